//! What happened, a line for each event, as a clerk would tell it.

use sop_core::case::{Capacity, Directory, Event, Fault, Named, Record, RungOutcome};
use sop_core::definition::{EndId, FieldId, OutcomeId, PaperId, PersonId, RoleId, StepId};
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, StepSpec};
use sop_core::time::{Instant, Zone};

use crate::store::Position;

/// One entry of a case's history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// Which entry of the case it is, counted from 1.
    pub version: u32,
    /// Its place in the log.
    pub position: Position,
    /// What is on record.
    pub record: Record,
    /// What happened, a line for each event that a reader wants to know of.
    pub lines: Vec<Bilingual>,
}

/// What stands where something was erased.
pub(crate) struct Erased {
    pub(crate) id: &'static str,
    pub(crate) en: &'static str,
}

/// What stands where something was erased.
pub(crate) const ERASED: Erased = Erased { id: "(dihapus)", en: "(erased)" };

/// The name of a person, or what the host calls them.
pub(crate) fn person_name(directory: &Directory, person: &PersonId) -> String {
    directory.person(person).map_or_else(|| person.to_string(), |entry| entry.name.clone())
}

/// Tells what happened in a process.
#[derive(Clone, Copy)]
pub(crate) struct Teller<'a> {
    pub(crate) process: &'a Process,
    pub(crate) directory: &'a Directory,
    pub(crate) zone: &'a Zone,
}

fn both(id: String, en: String) -> Option<Bilingual> {
    Some(Bilingual { id, en })
}

impl Teller<'_> {
    /// The lines of a record. A wait is told of by its step as far as the record itself says which that is.
    pub(crate) fn lines(&self, record: &Record) -> Vec<Bilingual> {
        let events = record.events.iter().zip(record.erased());
        events.filter_map(|(event, is_erased)| self.line_of(record.at, event, is_erased)).collect()
    }

    /// The line of an event; where what was personal in it was erased, that it was.
    fn line_of(&self, now: Instant, event: &Event<Named>, is_erased: bool) -> Option<Bilingual> {
        if !is_erased {
            return self.line(now, event);
        }
        let [id, en] = [ERASED.id, ERASED.en].map(|said| {
            let mut event = event.clone();
            event.say_instead(said);
            self.line(now, &event)
        });
        Some(Bilingual { id: id?.id, en: en?.en })
    }

    fn line(&self, now: Instant, event: &Event<Named>) -> Option<Bilingual> {
        match event {
            Event::Started { requester, subject, .. } => {
                let name = self.person(requester);
                both(format!("Permohonan dibuka oleh {name}: {subject}"), format!("Opened by {name}: {subject}"))
            }
            Event::Activated { step, bound, due, rework, .. } => {
                let (row, roles) = (self.row(step), self.roles(step));
                let bound = bound.as_ref().map(|bound| format!(" ({})", shown(bound))).unwrap_or_default();
                let (again, anew) = if *rework { (" lagi", " again") } else { ("", "") };
                let (by, limit) = match due.map(|due| self.at_on_the_day_of(now, due)) {
                    Some(due) => (format!(", jatuh tempo {due}"), format!(", due {due}")),
                    None => (String::new(), String::new()),
                };
                both(
                    format!("baris {row} menunggu{again} {}{bound}{by}", roles.id),
                    format!("row {row} waits{anew} for {}{bound}{limit}", roles.en),
                )
            }
            Event::Completed { step, outcome, by, forced, note, .. } => {
                let (row, who) = (self.row(step), self.person(&by.person));
                let post = self.post(by.capacity, &by.role);
                let title = self.outcome(step, outcome);
                let (only, alone) =
                    if *forced { (" (satu-satunya pilihan)", " (the only choice left)") } else { ("", "") };
                let note = note.as_deref().map(|note| format!(" — {note}")).unwrap_or_default();
                both(
                    format!("baris {row} · {who}, {post}: {}{only}{note}", title.id),
                    format!("row {row} · {who}, {post}: {}{alone}{note}", title.en),
                )
            }
            Event::FieldSet { field, value } => {
                let (field, value) = (self.field(field), shown(value));
                both(format!("{field}: {value}"), format!("{field}: {value}"))
            }
            Event::PaperMade { paper, version } => {
                let paper = self.paper(paper);
                both(format!("Berkas {paper}, versi {version}"), format!("Paper {paper}, version {version}"))
            }
            Event::DocumentAttached { paper, version, reference } => {
                let paper = self.paper(paper);
                both(
                    format!("Berkas {paper} versi {version} disimpan di {reference}"),
                    format!("Paper {paper} version {version} is kept at {reference}"),
                )
            }
            Event::AbsenceWaived { step, paper } => {
                let (row, paper) = (self.row(step), self.paper(paper));
                both(
                    format!("baris {row}: {paper} tidak ada, syaratnya dikesampingkan"),
                    format!("row {row}: {paper} is absent, its requirement waived"),
                )
            }
            Event::Numbered { register, text, .. } => {
                let title = self.process.find_register(register).and_then(|ix| self.process.registers().get(ix));
                let title = title.map_or_else(|| register.to_string(), |register| register.title.clone());
                both(format!("Nomor {text} dari {title}"), format!("Number {text} from {title}"))
            }
            Event::Returned { r#return, count } => {
                let row = self.row(&r#return.step);
                both(
                    format!("dikembalikan dari baris {row}, kali ke-{count}"),
                    format!("sent back from row {row}, time {count}"),
                )
            }
            Event::ReturnExhausted { r#return } => {
                let row = self.row(&r#return.step);
                both(
                    format!("batas pengembalian dari baris {row} tercapai"),
                    format!("the returns from row {row} are used up"),
                )
            }
            Event::WaitWithdrawn { step, .. } => {
                let row = self.row(step);
                both(format!("baris {row} ditarik kembali"), format!("row {row} was withdrawn"))
            }
            Event::TokenEnded { end } => {
                let end = self.end(end);
                both(format!("Sampai pada akhir: {end}"), format!("Came to an end: {end}"))
            }
            Event::Finished => both("Permohonan selesai".to_owned(), "The case is finished".to_owned()),
            Event::Stopped { end } => {
                let end = self.end(end);
                both(format!("Permohonan dihentikan: {end}"), format!("The case was stopped: {end}"))
            }
            Event::Faulted { fault } => {
                let (id, en) = match fault {
                    Fault::StepAlreadyActive { step } => {
                        let row = self.row(step);
                        (format!("baris {row} sudah menunggu"), format!("row {row} waits already"))
                    }
                    Fault::SlotAlreadyFull { slot } => {
                        let row = self.row(&slot.step);
                        (
                            format!("baris {row} menerima hal yang sama dua kali"),
                            format!("row {row} was reached twice by the same way"),
                        )
                    }
                    Fault::EndBeforeTheRest { end } => {
                        let end = self.end(end);
                        (
                            format!("akhir {end} tercapai saat yang lain masih terbuka"),
                            format!("the end {end} was reached while something else was open"),
                        )
                    }
                };
                both(format!("Permohonan macet: {id}"), format!("The case stands still: {en}"))
            }
            Event::RungFired { outcome, due, missed, .. } => self.rung(outcome, *due, *missed),
            Event::LeftByPolicy { step, .. } => {
                let row = self.row(step);
                both(format!("baris {row} dilewati menurut kebijakan"), format!("row {row} was left by the policy"))
            }
            Event::Claimed { by, .. } => {
                let who = self.actor(&by.person, by.capacity, &by.role);
                both(format!("Diambil oleh {who}"), format!("Taken by {who}"))
            }
            Event::Released { by, .. } => {
                let who = self.person(by);
                both(format!("Dilepas oleh {who}"), format!("Given back by {who}"))
            }
            Event::Delegated { by, to, .. } => {
                let (who, to) = (self.actor(&by.person, by.capacity, &by.role), self.person(to));
                both(format!("{who} melimpahkan kepada {to}"), format!("{who} handed it over to {to}"))
            }
            Event::Held { by, until, reason, .. } => {
                let (who, until) = (self.actor(&by.person, by.capacity, &by.role), self.at(*until));
                both(
                    format!("{who} menunda sampai {until}: {reason}"),
                    format!("{who} put it off until {until}: {reason}"),
                )
            }
            Event::Resumed { by, .. } => match by {
                Some(by) => {
                    let who = self.person(by);
                    both(format!("Dilanjutkan oleh {who}"), format!("{who} goes on with it"))
                }
                None => both("Penundaan berakhir".to_owned(), "The time for which it was put off is over".to_owned()),
            },
            Event::Reassigned { by, role, reason, .. } => {
                let (who, role) = (self.actor(&by.person, by.capacity, &by.role), self.role(role));
                both(format!("{who} mengalihkan kepada {role}: {reason}"), format!("{who} gave it to {role}: {reason}"))
            }
            Event::WithdrawnByRequester { by, reason } => {
                let who = self.person(by);
                both(format!("Ditarik oleh {who}: {reason}"), format!("Withdrawn by {who}: {reason}"))
            }
            Event::Commented { by, text } => {
                let who = self.person(by);
                both(format!("Catatan {who}: {text}"), format!("Remark of {who}: {text}"))
            }
            Event::Erased { by, reason, .. } => {
                let who = self.person(by);
                both(
                    format!("Data pribadi dihapus oleh {who}: {reason}"),
                    format!("Personal data erased by {who}: {reason}"),
                )
            }
            Event::Archived { by, archive, .. } => {
                let who = self.person(by);
                both(
                    format!("Diarsipkan ke “{archive}” oleh {who}"),
                    format!("Moved to the archive “{archive}” by {who}"),
                )
            }
            Event::Restored { by, archive } => {
                let who = self.person(by);
                both(
                    format!("Dikembalikan dari arsip “{archive}” oleh {who}"),
                    format!("Put back from the archive “{archive}” by {who}"),
                )
            }
            Event::CalendarChanged { .. } => {
                both("Kalender kerja berubah".to_owned(), "The calendar changed".to_owned())
            }
            Event::Rescheduled { due, .. } => {
                let due = self.at((*due)?);
                both(format!("Jatuh tempo menjadi {due}"), format!("It is now due {due}"))
            }
            // How tokens and clocks are kept is of no interest to a reader.
            Event::SlotFilled { .. }
            | Event::Joined { .. }
            | Event::SlotWithdrawn { .. }
            | Event::SharedClock { .. } => None,
        }
    }

    fn rung(&self, outcome: &RungOutcome<Named>, due: Instant, missed: u32) -> Option<Bilingual> {
        let at = self.at(due);
        let (more, again) = match missed {
            0 => (String::new(), String::new()),
            count => (format!(", {count} kali terlewat"), format!(", {count} missed")),
        };
        let (id, en) = match outcome {
            RungOutcome::RemindedDoer => ("pelaksana diingatkan".to_owned(), "whoever may act was reminded".to_owned()),
            RungOutcome::Reminded { role } => {
                let role = self.role(role);
                (format!("{role} diingatkan"), format!("{role} was reminded"))
            }
            RungOutcome::Escalated { role, .. } => {
                let role = self.role(role);
                (format!("dinaikkan kepada {role}"), format!("escalated to {role}"))
            }
            RungOutcome::Reassigned { role, .. } => {
                let role = self.role(role);
                (format!("dialihkan kepada {role}"), format!("given to {role}"))
            }
            RungOutcome::Left => ("dilewati".to_owned(), "left".to_owned()),
            RungOutcome::Blocked => (
                "tidak dapat dilewati, karena tidak tepat satu syarat terpenuhi".to_owned(),
                "not left, since not exactly one guard holds".to_owned(),
            ),
            RungOutcome::NobodyAccountable => (
                "tidak ada penanggung jawab untuk diingatkan".to_owned(),
                "nobody is accountable to be reminded".to_owned(),
            ),
        };
        both(format!("Terlambat ({at}{more}): {id}"), format!("Overdue ({at}{again}): {en}"))
    }

    fn at(&self, instant: Instant) -> String {
        self.zone.show(instant).to_string()
    }

    /// The time of day, with the date only where that is another than a reader has in mind.
    fn at_on_the_day_of(&self, day: Instant, instant: Instant) -> String {
        if self.zone.date(day) != self.zone.date(instant) {
            return self.at(instant);
        }
        let minute = self.zone.minute_of_day(instant);
        format!("{:02}.{:02}", minute / 60, minute % 60)
    }

    fn person(&self, person: &PersonId) -> String {
        person_name(self.directory, person)
    }

    /// A person acting for a post: `Tirta Mendawaian (Plh Kepala Biro)`.
    fn actor(&self, person: &PersonId, capacity: Capacity, role: &RoleId) -> String {
        format!("{} ({})", self.person(person), self.post(capacity, role))
    }

    /// A post as whoever acts for it signs: `Plh Kepala Biro`.
    fn post(&self, capacity: Capacity, role: &RoleId) -> String {
        let role = self.role(role);
        match capacity {
            Capacity::Definitive | Capacity::Requester => role,
            Capacity::Plh => format!("Plh {role}"),
            Capacity::Plt => format!("Plt {role}"),
            Capacity::Delegate => format!("a.n. {role}"),
        }
    }

    fn spec(&self, step: &StepId) -> Option<&StepSpec> {
        self.process.find_step(step).and_then(|step| self.process.steps().get(step))
    }

    /// The number of a step's row as printed; of a step that there is not, its name.
    fn row(&self, step: &StepId) -> String {
        self.spec(step).map_or_else(|| step.to_string(), |spec| self.process.row_name(spec.row))
    }

    /// Those who do a step.
    fn roles(&self, step: &StepId) -> Bilingual {
        let roles = self.spec(step).map(|spec| spec.roles.as_slice()).unwrap_or_default();
        let titles = roles.iter().filter_map(|role| self.process.roles().get(*role)).map(|role| role.title.as_str());
        let titles: Vec<&str> = titles.collect();
        Bilingual::new(titles.join(" atau "), titles.join(" or "))
    }

    fn role(&self, role: &RoleId) -> String {
        let spec = self.process.find_role(role).and_then(|role| self.process.roles().get(role));
        spec.map_or_else(|| role.to_string(), |role| role.title.clone())
    }

    fn paper(&self, paper: &PaperId) -> String {
        let spec = self.process.find_paper(paper).and_then(|paper| self.process.papers().get(paper));
        spec.map_or_else(|| paper.to_string(), |paper| paper.title.clone())
    }

    fn field(&self, field: &FieldId) -> String {
        let spec = self.process.find_field(field.as_str()).and_then(|field| self.process.field(field));
        spec.map_or_else(|| field.to_string(), |field| field.title.clone())
    }

    fn end(&self, end: &EndId) -> String {
        let spec = self.process.find_end(end).and_then(|end| self.process.ends().get(end));
        spec.map_or_else(|| end.to_string(), |end| end.title.clone())
    }

    /// An outcome as it is called; that of a step which has no other is that it is done (F4).
    fn outcome(&self, step: &StepId, outcome: &OutcomeId) -> Bilingual {
        let outcomes = self.spec(step).map(|spec| spec.outcomes.as_slice()).unwrap_or_default();
        match outcomes {
            [only] if only.id == *outcome && outcome.as_str() == "selesai" => Bilingual::new("selesai", "done"),
            several => {
                let spec = several.iter().find(|spec| spec.id == *outcome);
                Bilingual::same(spec.map_or_else(|| outcome.to_string(), |spec| spec.title.clone()))
            }
        }
    }
}

/// A value as people write it.
fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(true) => "ya".to_owned(),
        serde_json::Value::Bool(false) => "tidak".to_owned(),
        other => other.to_string(),
    }
}
