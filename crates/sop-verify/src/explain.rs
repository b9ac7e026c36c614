//! Verdicts as people read them: a line for each guarantee, and under what is refuted why, with a run.

use std::fmt::Write as _;

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::{Both, Language};
use sop_core::process::{Position as _, Process, Reading, ReturnIx};
use sop_core::time::{Calendar, Date, Instant};

use crate::clocks::Clocks;
use crate::playback::Playback;
use crate::run::{Deed, Run};
use crate::verdict::{Judgement, REQUIRED, Verdict, Verdicts, Worst};

/// How many causes of one guarantee are told; the others are counted.
const MAX_CAUSES: usize = 3;

impl Verdicts {
    /// The verdicts about a process on a date, as a text of several lines.
    ///
    /// Waivers are told where they cover something, and by a warning where they cover nothing or are over. The last line says whether the process may be deployed.
    /// Minutes of working and of elapsed time do not add up to a length of time. Where a worst case has both, the instant
    /// at which it is over is told instead, by the calendar, of a case that is opened when the office first opens on or
    /// after the date.
    pub fn explain(&self, process: &Process, calendar: Option<&Calendar>, on: Date, language: Language) -> String {
        let mut text = String::new();
        let page = Page { process, calendar, on, language };
        for judgement in self {
            page.say_judgement(&mut text, judgement);
        }
        for warning in self.warnings(on) {
            let word = Both { id: "peringatan", en: "warning" }.in_language(language);
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{word}: {}", warning.say(process).in_language(language));
        }
        let unmet = self.unmet(on).len();
        let last = match (process.reading(), unmet) {
            (Reading::AsSigned, 0) => {
                Both { id: "Semua jaminan wajib terbukti.", en: "All required guarantees are proved." }
                    .in_language(language)
                    .to_owned()
            }
            (Reading::AsRun, 0) => {
                Both { id: "Boleh dijalankan.", en: "It may be deployed." }.in_language(language).to_owned()
            }
            (Reading::AsSigned, count) => match language {
                Language::Indonesian => format!("{count} jaminan wajib belum terpenuhi."),
                Language::English => format!("{count} required guarantees are not met."),
            },
            (Reading::AsRun, count) => match language {
                Language::Indonesian => format!("Belum boleh dijalankan: {count} jaminan wajib belum terpenuhi."),
                Language::English => format!("It may not be deployed: {count} required guarantees are not met."),
            },
        };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{last}");
        text
    }
}

/// What verdicts are told by.
#[derive(Clone, Copy)]
struct Page<'p> {
    process: &'p Process,
    calendar: Option<&'p Calendar>,
    on: Date,
    language: Language,
}

impl Page<'_> {
    fn say_judgement(self, text: &mut String, judgement: &Judgement) {
        let Page { process, on, language, .. } = self;
        let name = judgement.guarantee.as_str();
        let required = REQUIRED.contains(&judgement.guarantee);
        let waived = judgement.waived(on);
        let mark = match (&judgement.verdict, waived) {
            (Verdict::Proved, _) => "✔",
            (Verdict::Refuted, _) => "✘",
            (Verdict::Unknown { .. }, _) => "–",
        };
        let _ = match &judgement.verdict {
            Verdict::Proved => {
                let worst = judgement.worst.as_ref().map(|worst| self.say_worst(judgement.guarantee, worst));
                let said = worst.unwrap_or_else(|| statement(judgement.guarantee).in_language(language).to_owned());
                writeln!(text, "{mark} {name:<12} {said}")
            }
            Verdict::Refuted => {
                let word = Both { id: "TERBANTAH", en: "REFUTED" }.in_language(language);
                let question = question(judgement.guarantee).in_language(language);
                let optional = if required {
                    ""
                } else {
                    Both { id: " (tidak diwajibkan)", en: " (not required)" }.in_language(language)
                };
                let follows = judgement.follows.map_or_else(String::new, |from| match language {
                    Language::Indonesian => format!(", akibat `{from}`"),
                    Language::English => format!(", following from `{from}`"),
                });
                writeln!(text, "{mark} {name:<12} {question} {word}{follows}{optional}")
            }
            Verdict::Unknown { reason } => {
                let reason = reason.in_language(language);
                writeln!(text, "{mark} {name:<12} {reason}")
            }
        };
        for cause in judgement.causes.iter().take(MAX_CAUSES) {
            let _ = writeln!(text, "    {}", cause.trouble.say(process).in_language(language));
            if let Some(run) = &cause.run {
                let example = Both { id: "contoh", en: "example" }.in_language(language);
                let said = run.say(process, language);
                let minutes = minutes_of(process, run);
                let time = match (minutes, language) {
                    (0, _) => String::new(),
                    (minutes, Language::Indonesian) => format!(" ({minutes} menit kerja)"),
                    (minutes, Language::English) => format!(" ({minutes} working minutes)"),
                };
                let _ = writeln!(text, "      {example}: {said}{time}");
            }
        }
        let more = judgement.causes.len().saturating_sub(MAX_CAUSES);
        if more > 0 {
            let _ = match language {
                Language::Indonesian => writeln!(text, "    … dan {more} lagi"),
                Language::English => writeln!(text, "    … and {more} more"),
            };
        }
        if let Some(waiver) = waived.filter(|_| !judgement.verdict.is_proved()) {
            let _ = match language {
                Language::Indonesian => {
                    writeln!(text, "    dikesampingkan oleh {} sampai {}: {}", waiver.by, waiver.until, waiver.reason)
                }
                Language::English => {
                    writeln!(text, "    waived by {} until {}: {}", waiver.by, waiver.until, waiver.reason)
                }
            };
        }
    }

    fn say_worst(self, guarantee: GuaranteeName, worst: &Worst) -> String {
        let Page { process, language, .. } = self;
        if let Some((opened, ends)) = self.mixed(guarantee, worst) {
            return match language {
                Language::Indonesian => {
                    format!("terburuk sampai {ends} bila dibuka {opened} dan tiap langkah tepat waktu")
                }
                Language::English => {
                    format!("over by {ends} at worst, if it is opened on {opened} and every step is on time")
                }
            };
        }
        let value = worst.value;
        let exact = worst.run.is_some();
        match (guarantee, language) {
            (GuaranteeName::Bounded, Language::Indonesian) => {
                let bound = if exact { "paling banyak" } else { "tidak lebih dari" };
                format!("{bound} {value} penyelesaian")
            }
            (GuaranteeName::Bounded, Language::English) => {
                format!("{} {value} completions", if exact { "at most" } else { "not more than" })
            }
            (GuaranteeName::Timely, Language::Indonesian) => {
                let clock = if worst.is_mixed { "menit (kerja dan kalender dijumlahkan)" } else { "menit kerja" };
                let promise = process
                    .promise()
                    .map_or_else(String::new, |promise| format!("; janji {} menit kerja", promise.minutes()));
                let bound = if exact { "terburuk" } else { "tidak lebih dari" };
                format!("{bound} {value} {clock} bila tiap langkah tepat waktu{promise}")
            }
            (GuaranteeName::Timely, Language::English) => {
                let clock = if worst.is_mixed { "minutes (working and elapsed added up)" } else { "working minutes" };
                let promise =
                    process.promise().map_or_else(String::new, |promise| format!("; {} promised", promise.minutes()));
                let bound = if exact { "at worst" } else { "not more than" };
                format!("{bound} {value} {clock}, if every step is on time{promise}")
            }
            (_, Language::Indonesian) => format!("berakhir sendiri dalam {value} menit"),
            (_, Language::English) => format!("over by itself within {value} minutes"),
        }
    }

    /// Of a worst case that has working and elapsed time in it: when it is opened, and when it is over.
    fn mixed(self, guarantee: GuaranteeName, worst: &Worst) -> Option<(String, String)> {
        let calendar = self.calendar.filter(|_| worst.is_mixed && guarantee == GuaranteeName::Timely)?;
        let zone = calendar.zone();
        let opened = calendar.next_opening(Instant::at(self.on, 0, 0, zone)?).at;
        let ends = worst.run.as_ref()?.over_by(self.process, calendar, opened)?;
        Some((zone.show(opened).to_string(), zone.show(ends).to_string()))
    }
}

/// The minutes that a run takes up to where it begins to repeat itself, if every wait takes its budget, played on the
/// clocks: parallel waits side by side, shared clocks once.
fn minutes_of(process: &Process, run: &Run) -> u64 {
    let mut play = Playback::new(process, 0_u64);
    let mut clocks = Clocks::opened(process, &[]);
    let mut now = 0;
    for act in run.acts.iter().take(run.repeats_from.unwrap_or(run.acts.len())) {
        if let Deed::Complete { step, .. } = act.deed {
            now = clocks.due(step).unwrap_or(now).max(now);
        }
        let before = play.returns();
        if play.follow(act).is_none() {
            return now;
        }
        let after = play.returns();
        let taken = before.iter().zip(&after).position(|(before, after)| before < after);
        let open: Vec<_> = play.active.keys().copied().collect();
        clocks.moved(now, &open, taken.map(ReturnIx::at));
    }
    now
}

fn statement(guarantee: GuaranteeName) -> Both {
    match guarantee {
        GuaranteeName::Completable => {
            Both { id: "setiap permohonan masih dapat selesai", en: "every request can still finish" }
        }
        GuaranteeName::Decided => Both { id: "selalu tepat satu jalan", en: "there is always exactly one way on" },
        GuaranteeName::Clean => {
            Both { id: "tidak ada yang menumpuk, menggantung, atau mati", en: "nothing piles up, dangles or lies dead" }
        }
        GuaranteeName::Supplied => {
            Both { id: "setiap berkas tersedia saat diperlukan", en: "every paper is there when it is needed" }
        }
        GuaranteeName::Bounded => {
            Both { id: "pasti berakhir, apa pun keputusannya", en: "it ends, however people decide" }
        }
        GuaranteeName::Watched => {
            Both { id: "selalu ada yang tahu bila berhenti", en: "somebody always notices when nothing happens" }
        }
        GuaranteeName::Timely => Both { id: "waktu terburuknya terbatas", en: "its worst case is bounded" },
        GuaranteeName::Unattended => {
            Both { id: "berakhir walau tidak ada yang bertindak", en: "it ends even if nobody ever acts" }
        }
        GuaranteeName::Staffed => Both { id: "selalu ada yang berwenang bertindak", en: "somebody may always act" },
    }
}

fn question(guarantee: GuaranteeName) -> Both {
    match guarantee {
        GuaranteeName::Completable => {
            Both { id: "setiap permohonan masih dapat selesai?", en: "can every request still finish?" }
        }
        GuaranteeName::Decided => Both { id: "selalu tepat satu jalan?", en: "is there always exactly one way on?" },
        GuaranteeName::Clean => Both {
            id: "tidak ada yang menumpuk, menggantung, atau mati?",
            en: "does nothing pile up, dangle or lie dead?",
        },
        GuaranteeName::Supplied => {
            Both { id: "berkas tersedia saat diperlukan?", en: "is every paper there when it is needed?" }
        }
        GuaranteeName::Bounded => {
            Both { id: "pasti berakhir, apa pun keputusannya?", en: "does it end, however people decide?" }
        }
        GuaranteeName::Watched => {
            Both { id: "ada yang tahu bila berhenti?", en: "does anybody notice when nothing happens?" }
        }
        GuaranteeName::Timely => Both { id: "berapa lama terburuknya?", en: "how long at the very worst?" },
        GuaranteeName::Unattended => {
            Both { id: "berakhir walau tidak ada yang bertindak?", en: "does it end even if nobody ever acts?" }
        }
        GuaranteeName::Staffed => {
            Both { id: "selalu ada yang berwenang bertindak?", en: "is there always somebody who may act?" }
        }
    }
}
