//! What to tell a person whose command was refused: whole sentences, and what to do now.

use super::rejection::{Called, Rejection};
use super::state::Status;
use crate::diagnostic::{Bilingual, Both, Language};
use crate::guard::{ValueProblem, explain_value};
use crate::time::Zone;

impl Rejection {
    /// What to tell a person, with instants as the office's zone shows them.
    ///
    /// Names appear as people call them. That nothing was written (C1) goes without saying.
    pub fn explain(&self, zone: &Zone, language: Language) -> String {
        self.words(zone).in_language(language).to_owned()
    }

    fn words(&self, zone: &Zone) -> Bilingual {
        let show = |instant| zone.show(instant);
        match self {
            Self::AlreadyStarted => Bilingual::new(
                "Permohonan ini sudah dibuka sebelumnya. Lanjutkan melalui daftar tugas.",
                "This request was opened before. Go on with it in the work list.",
            ),
            Self::NotStarted => Bilingual::new(
                "Permohonan ini belum dibuka. Buka dahulu, lalu ulangi.",
                "This request has not been opened yet. Open it first, then try again.",
            ),
            Self::OtherProcess => Bilingual::new(
                "Permohonan ini berjalan menurut edisi SOP yang lain. Muat ulang halaman ini, lalu coba lagi; bila tetap \
                 ditolak, hubungi pengelola aplikasi.",
                "This request follows another edition of the SOP. Reload the page and try again; if it is still refused, \
                 call whoever runs the application.",
            ),
            Self::CaseIsOver { status } => {
                let word = word_for(*status);
                Bilingual::new(
                    format!(
                        "Permohonan ini berstatus “{}”, jadi tidak dapat dilanjutkan. Bila masih ada keperluan, ajukan \
                         permohonan baru.",
                        word.id
                    ),
                    format!(
                        "This request is “{}” and can't be continued. If something is still needed, open a new one.",
                        word.en
                    ),
                )
            }
            Self::CaseIsFaulted => Bilingual::new(
                "Permohonan ini terhenti karena kesalahan pada alurnya. Hubungi pengelola aplikasi; sebelum diperbaiki, \
                 tidak ada yang dapat dikerjakan di sini.",
                "This request stands still because of a fault in its flow. Call whoever runs the application; nothing can \
                 be done here before it is mended.",
            ),
            Self::WaitIsOver { wait } => Bilingual::new(
                format!(
                    "Tugas nomor {wait} sudah tidak terbuka: sudah diselesaikan, ditarik, atau dikembalikan. Muat ulang \
                     daftar tugas Anda."
                ),
                format!(
                    "Task number {wait} is no longer open: it was completed, withdrawn or returned. Reload your work list."
                ),
            ),
            Self::WaitIsHeld { until } => Bilingual::new(
                format!(
                    "Tugas ini ditunda sampai {}. Akhiri dahulu penundaannya, atau tunggu sampai saat itu.",
                    show(*until)
                ),
                format!("This task is put off until {}. Resume it first, or wait until then.", show(*until)),
            ),
            Self::WaitIsNotHeld => Bilingual::new(
                "Tugas ini tidak sedang ditunda. Anda dapat langsung mengerjakannya.",
                "This task is not put off. You can go on with it at once.",
            ),
            Self::NotYours { roles } if roles.is_empty() => Bilingual::new(
                "Tidak ada peran yang berwenang melakukan ini. Hubungi pengelola aplikasi.",
                "No role has the authority to do this. Call whoever runs the application.",
            ),
            Self::NotYours { roles } => Bilingual::new(
                format!(
                    "Ini hanya dapat dilakukan oleh {}. Bila Anda memang memegang peran itu, mintalah pengelola daftar \
                     pejabat memeriksa data Anda.",
                    one_of(roles, "atau")
                ),
                format!(
                    "Only {} can do this. If you do hold that role, ask whoever keeps the directory to check your entry.",
                    one_of(roles, "or")
                ),
            ),
            Self::NeedsMandate { role } => Bilingual::new(
                format!(
                    "Langkah ini keputusan strategis, sedangkan Anda bertindak sebagai {} tanpa mandat untuk memutuskan. \
                     Serahkan kepada pejabat definitif, atau mintalah mandat yang mencakup keputusan ini.",
                    role.title
                ),
                format!(
                    "This step is a strategic decision, and you act as {} without a mandate to decide. Leave it to the \
                     definitive holder, or ask for a mandate that covers it.",
                    role.title
                ),
            ),
            Self::MustBeAnother { step } => Bilingual::new(
                format!(
                    "Tugas ini harus dikerjakan orang lain, sebab Anda sudah mengerjakan langkah pasangannya ({}). Mintalah \
                     rekan yang juga berwenang.",
                    step.title
                ),
                format!(
                    "Somebody else has to do this, since you did the step that it is kept apart from ({}). Ask a \
                     colleague who may act as well.",
                    step.title
                ),
            ),
            Self::MustBeTheSame { step, person } => Bilingual::new(
                format!(
                    "Tugas ini harus dikerjakan {person}, yang sudah mengerjakan langkah pasangannya ({}). Serahkan \
                     kepadanya.",
                    step.title
                ),
                format!(
                    "This has to be done by {person}, who did the step that it goes with ({}). Leave it to them.",
                    step.title
                ),
            ),
            Self::ClaimedByAnother { person, until } => Bilingual::new(
                format!(
                    "Tugas ini sedang diambil {person} sampai {}. Tunggu sampai saat itu, atau mintalah ia melepaskannya.",
                    show(*until)
                ),
                format!(
                    "This task is claimed by {person} until {}. Wait until then, or ask them to release it.",
                    show(*until)
                ),
            ),
            Self::NotClaimed => Bilingual::new(
                "Tugas ini tidak sedang diambil siapa pun, jadi tidak perlu dilepaskan. Anda dapat langsung \
                 mengerjakannya.",
                "Nobody has claimed this task, so there is nothing to release. You can go on with it at once.",
            ),
            Self::NoSuchOutcome { outcomes } => Bilingual::new(
                format!("Langkah ini tidak mengenal keputusan itu. Pilih {}.", one_of(outcomes, "atau")),
                format!("This step has no such outcome. Pick {}.", one_of(outcomes, "or")),
            ),
            Self::OutcomeIsClosed { outcome, limit } => Bilingual::new(
                format!(
                    "“{}” tidak dapat dipilih lagi, sebab permohonan ini sudah dikembalikan {limit} kali, sebanyak yang \
                     diperbolehkan. Pilih keputusan lain.",
                    outcome.title
                ),
                format!(
                    "“{}” can't be picked any more, since this request has been returned as often as is allowed ({limit}). \
                     Pick another outcome.",
                    outcome.title
                ),
            ),
            Self::Incomplete { papers, fields, invalid, unexpected, unattachable } => {
                incomplete(papers, fields, invalid, unexpected, unattachable)
            }
            Self::Undecided { holding: 0 } => Bilingual::new(
                "Dengan isian ini tidak ada jalan yang terbuka. Periksa isiannya; bila sudah benar, sampaikan kepada \
                 pengelola SOP.",
                "With these values no way is open. Check them; if they are right, tell whoever keeps the SOP.",
            ),
            Self::Undecided { holding } => Bilingual::new(
                format!(
                    "Dengan isian ini terbuka {holding} jalan sekaligus, padahal harus tepat satu. Periksa isiannya; bila \
                     sudah benar, sampaikan kepada pengelola SOP."
                ),
                format!(
                    "With these values {holding} ways are open at once, and it has to be exactly one. Check them; if they \
                     are right, tell whoever keeps the SOP."
                ),
            ),
            Self::TextTooLong { limit } => Bilingual::new(
                format!(
                    "Teksnya terlalu panjang; batasnya kira-kira {limit} huruf. Persingkat, atau lampirkan sebagai dokumen."
                ),
                format!(
                    "The text is too long; the limit is about {limit} characters. Shorten it, or attach it as a document."
                ),
            ),
            Self::TextMissing => Bilingual::new(
                "Keterangannya belum ditulis. Tulis dengan singkat, lalu kirim lagi.",
                "The text is still empty. Write a few words, then send it again.",
            ),
            Self::NoSuchStart => Bilingual::new(
                "SOP ini tidak dapat dibuka dengan cara itu. Pilih salah satu cara yang tersedia.",
                "This SOP can't be opened in that way. Pick one of the ways that are offered.",
            ),
            Self::NoSuchRole => Bilingual::new(
                "SOP ini tidak mengenal peran itu. Pilih peran dari daftar.",
                "This SOP knows no such role. Pick one from the list.",
            ),
            Self::UnknownPerson => Bilingual::new(
                "Orang itu tidak ada dalam daftar pejabat. Pilih orang dari daftar, atau mintalah pengelolanya menambahkan.",
                "The directory does not list that person. Pick somebody from the list, or ask whoever keeps it to add them.",
            ),
            Self::WithdrawalIsOff => Bilingual::new(
                "Permohonan menurut SOP ini tidak dapat ditarik. Hubungi petugas bila Anda tidak memerlukannya lagi.",
                "Requests under this SOP can't be withdrawn. Call the office if you no longer need it.",
            ),
            Self::NotTheRequester => Bilingual::new(
                "Hanya pemohon yang dapat menarik permohonan ini. Mintalah pemohon sendiri melakukannya.",
                "Only the requester can withdraw this request. Ask them to do so.",
            ),
            Self::TooLateToWithdraw { step } => Bilingual::new(
                format!(
                    "Permohonan ini tidak dapat ditarik lagi, sebab langkah terakhir yang masih memungkinkannya ({}) sudah \
                     selesai. Hubungi petugas bila Anda tidak memerlukannya lagi.",
                    step.title
                ),
                format!(
                    "This request can't be withdrawn any more, since the last step before which it could be ({}) is \
                     completed. Call the office if you no longer need it.",
                    step.title
                ),
            ),
            Self::HoldsAreOff => Bilingual::new(
                "Tugas dalam SOP ini tidak dapat ditunda. Kerjakan sekarang, atau mintalah penanggung jawab \
                 mengalihkannya.",
                "Tasks of this SOP can't be put off. Do it now, or ask whoever is accountable to reassign it.",
            ),
            Self::HoldOutOfRange { latest } => Bilingual::new(
                format!(
                    "Penundaan harus berakhir sesudah saat ini dan paling lambat {}. Pilih waktu di antaranya.",
                    show(*latest)
                ),
                format!(
                    "A task can be put off from now until {} at the latest. Pick a time in between.",
                    show(*latest)
                ),
            ),
            Self::TooManyComments { limit } => Bilingual::new(
                format!(
                    "Permohonan ini sudah memuat {limit} komentar, sebanyak yang diperbolehkan. Tulis keterangan Anda saat \
                     menyelesaikan tugas."
                ),
                format!(
                    "This request has {limit} comments, as many as are allowed. Write what you have to say when you \
                     complete a task."
                ),
            ),
            Self::CaseIsNotOver => Bilingual::new(
                "Permohonan ini masih berjalan. Penghapusan data pribadi dan pengarsipan dilakukan setelah permohonan \
                 berakhir.",
                "This request is still going on. Personal data is erased and requests are archived once they are over.",
            ),
            Self::ActsAlready => Bilingual::new(
                "Yang Anda tunjuk sudah menangani tugas ini. Pilih peran atau orang lain.",
                "Whom you name acts on this task already. Pick another role or person.",
            ),
            Self::RegisterIsFull { register } => Bilingual::new(
                format!(
                    "Nomor pada “{}” sudah habis, sehingga surat ini belum dapat diberi nomor. Hubungi pengelola buku \
                     register.",
                    register.title
                ),
                format!(
                    "“{}” has no numbers left, so this letter can't be given one. Call whoever keeps the register.",
                    register.title
                ),
            ),
        }
    }
}

/// What has become of a case, in a word or two.
pub fn status_word(status: Status, language: Language) -> &'static str {
    word_for(status).in_language(language)
}

fn word_for(status: Status) -> Both {
    match status {
        Status::New => Both { id: "belum dibuka", en: "not opened" },
        Status::Running => Both { id: "berjalan", en: "running" },
        Status::Finished => Both { id: "selesai", en: "finished" },
        Status::Stopped => Both { id: "dihentikan", en: "stopped" },
        Status::Faulted => Both { id: "macet", en: "at a standstill" },
    }
}

/// Everything that a completion lacks or has too much of, a sentence each.
fn incomplete(
    papers: &[Called],
    fields: &[Called],
    invalid: &[(Called, ValueProblem)],
    unexpected: &[Called],
    unattachable: &[Called],
) -> Bilingual {
    let mut all = Bilingual::new("Belum dapat diselesaikan.", "This can't be completed yet.");
    let mut say = |id: String, en: String| {
        all.id.push(' ');
        all.id.push_str(&id);
        all.en.push(' ');
        all.en.push_str(&en);
    };
    if !papers.is_empty() {
        let list = listed(papers);
        say(format!("Berkas yang belum ada: {list}."), format!("Papers that are missing: {list}."));
    }
    if !fields.is_empty() {
        let list = listed(fields);
        say(format!("Isian yang belum diisi: {list}."), format!("Fields to fill in: {list}."));
    }
    if !invalid.is_empty() {
        let problems: Vec<_> = invalid.iter().map(|(field, problem)| (&field.title, explain_value(problem))).collect();
        let id: Vec<String> = problems.iter().map(|(field, text)| format!("{field} ({})", text.id)).collect();
        let en: Vec<String> = problems.iter().map(|(field, text)| format!("{field} ({})", text.en)).collect();
        say(
            format!("Isian yang perlu diperbaiki: {}.", id.join("; ")),
            format!("Fields to correct: {}.", en.join("; ")),
        );
    }
    if !unexpected.is_empty() {
        let list = listed(unexpected);
        say(
            format!("Isian yang tidak diminta di sini, atau diisi dua kali: {list}."),
            format!("Fields that are not asked for here, or given twice: {list}."),
        );
    }
    if !unattachable.is_empty() {
        let list = listed(unattachable);
        say(
            format!("Dokumen tidak dapat dilampirkan pada berkas ini: {list}."),
            format!("No document can be attached to these papers: {list}."),
        );
    }
    all
}

fn listed(called: &[Called]) -> String {
    called.iter().map(|called| called.title.as_str()).collect::<Vec<_>>().join(", ")
}

/// Alternatives as they stand in a sentence: `A`, `A atau B`, `A, B, atau C`.
fn one_of(called: &[Called], or: &str) -> String {
    match called {
        [] => "–".to_owned(),
        [only] => only.title.clone(),
        [first, second] => format!("{} {or} {}", first.title, second.title),
        [others @ .., last] => format!("{}, {or} {}", listed(others), last.title),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::definition::PersonId;
    use crate::time::Instant;

    const BOTH: [Language; 2] = [Language::Indonesian, Language::English];

    fn wib() -> Zone {
        Zone::parse("+07:00", "WIB").unwrap()
    }

    fn monday() -> Instant {
        Instant::at("2026-11-23".parse().unwrap(), 8, 30, &wib()).unwrap()
    }

    fn called(title: &str) -> Called {
        Called { id: "x".to_owned(), title: title.to_owned() }
    }

    fn step() -> Called {
        called("baris 6, Kasubbag")
    }

    fn damar() -> PersonId {
        PersonId::new("damar").unwrap()
    }

    fn incomplete() -> Rejection {
        Rejection::Incomplete {
            papers: vec![called("Disposisi"), called("Draf surat")],
            fields: vec![called("Bagian terkait")],
            invalid: vec![(called("Honor"), ValueProblem::NotWhole { value: "1.5".to_owned() })],
            unexpected: vec![called("Judul")],
            unattachable: vec![called("Surat PD")],
        }
    }

    /// Every refusal, with what its text has to name.
    fn all() -> Vec<(Rejection, Vec<&'static str>)> {
        let monday = monday();
        let by = || vec![called("Kepala Biro"), called("Sekda")];
        vec![
            (Rejection::AlreadyStarted, vec![]),
            (Rejection::NotStarted, vec![]),
            (Rejection::OtherProcess, vec![]),
            (Rejection::CaseIsOver { status: Status::Finished }, vec![]),
            (Rejection::CaseIsOver { status: Status::Stopped }, vec![]),
            (Rejection::CaseIsFaulted, vec![]),
            (Rejection::WaitIsOver { wait: 17 }, vec!["17"]),
            (Rejection::WaitIsHeld { until: monday }, vec!["23-11-2026 08.30 WIB"]),
            (Rejection::WaitIsNotHeld, vec![]),
            (Rejection::NotYours { roles: vec![] }, vec![]),
            (Rejection::NotYours { roles: by() }, vec!["Kepala Biro", "Sekda"]),
            (Rejection::NeedsMandate { role: called("Sekda") }, vec!["Sekda"]),
            (Rejection::MustBeAnother { step: step() }, vec!["baris 6, Kasubbag"]),
            (Rejection::MustBeTheSame { step: step(), person: damar() }, vec!["baris 6, Kasubbag", "damar"]),
            (Rejection::ClaimedByAnother { person: damar(), until: monday }, vec!["damar", "23-11-2026 08.30 WIB"]),
            (Rejection::NotClaimed, vec![]),
            (Rejection::NoSuchOutcome { outcomes: vec![called("Setuju"), called("Tidak")] }, vec!["Setuju", "Tidak"]),
            (Rejection::OutcomeIsClosed { outcome: called("Tidak setuju"), limit: 3 }, vec!["“Tidak setuju”", "3"]),
            (incomplete(), vec!["Disposisi", "Draf surat", "Bagian terkait", "Honor", "`1.5`", "Judul", "Surat PD"]),
            (Rejection::Undecided { holding: 0 }, vec![]),
            (Rejection::Undecided { holding: 2 }, vec!["2"]),
            (Rejection::TextTooLong { limit: 4_000 }, vec!["4000"]),
            (Rejection::TextMissing, vec![]),
            (Rejection::NoSuchStart, vec![]),
            (Rejection::NoSuchRole, vec![]),
            (Rejection::UnknownPerson, vec![]),
            (Rejection::WithdrawalIsOff, vec![]),
            (Rejection::NotTheRequester, vec![]),
            (Rejection::TooLateToWithdraw { step: step() }, vec!["baris 6, Kasubbag"]),
            (Rejection::HoldsAreOff, vec![]),
            (Rejection::HoldOutOfRange { latest: monday }, vec!["23-11-2026 08.30 WIB"]),
            (Rejection::TooManyComments { limit: 200 }, vec!["200"]),
            (Rejection::CaseIsNotOver, vec![]),
            (Rejection::ActsAlready, vec![]),
            (Rejection::RegisterIsFull { register: called("Buku agenda") }, vec!["“Buku agenda”"]),
        ]
    }

    #[test]
    fn every_refusal_is_told_in_whole_sentences_in_both_languages() {
        for (rejection, names) in all() {
            let [id, en] = BOTH.map(|language| rejection.explain(&wib(), language));
            assert_ne!(id, en, "{rejection:?}");
            for text in [&id, &en] {
                assert!(text.ends_with('.') && !text.contains("  ") && !text.contains('\n'), "{text}");
                assert!(text.starts_with(|first: char| first.is_uppercase() || first == '“'), "{text}");
                for name in &names {
                    assert!(text.contains(name), "{text}: {name}");
                }
            }
        }
    }

    #[test]
    fn no_two_refusals_are_told_alike() {
        for language in BOTH {
            let texts: Vec<String> = all().iter().map(|(rejection, _)| rejection.explain(&wib(), language)).collect();
            let different: std::collections::BTreeSet<&String> = texts.iter().collect();
            assert_eq!(different.len(), texts.len());
        }
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        assert_eq!(
            incomplete().explain(&wib(), Language::Indonesian),
            "Belum dapat diselesaikan. Berkas yang belum ada: Disposisi, Draf surat. Isian yang belum diisi: Bagian \
             terkait. Isian yang perlu diperbaiki: Honor (`1.5` bukan bilangan bulat). Isian yang tidak diminta di sini, \
             atau diisi dua kali: Judul. Dokumen tidak dapat dilampirkan pada berkas ini: Surat PD."
        );
    }

    #[test]
    fn what_is_not_missing_is_not_mentioned() {
        let only_paper = Rejection::Incomplete {
            papers: vec![called("Disposisi")],
            fields: vec![],
            invalid: vec![],
            unexpected: vec![],
            unattachable: vec![],
        };
        assert_eq!(
            only_paper.explain(&wib(), Language::English),
            "This can't be completed yet. Papers that are missing: Disposisi."
        );
    }

    #[test]
    fn alternatives_read_as_in_a_sentence() {
        let named = |titles: &[&str]| one_of(&titles.iter().map(|title| called(title)).collect::<Vec<_>>(), "atau");
        assert_eq!(named(&["Sekda"]), "Sekda");
        assert_eq!(named(&["Sekda", "Asisten"]), "Sekda atau Asisten");
        assert_eq!(named(&["Sekda", "Asisten", "TU"]), "Sekda, Asisten, atau TU");
    }

    #[test]
    fn every_status_has_a_word_of_its_own() {
        let all = [Status::New, Status::Running, Status::Finished, Status::Stopped, Status::Faulted];
        for language in BOTH {
            let words: std::collections::BTreeSet<&str> =
                all.into_iter().map(|status| status_word(status, language)).collect();
            assert_eq!(words.len(), all.len());
        }
        for status in all {
            assert_ne!(status_word(status, Language::Indonesian), status_word(status, Language::English));
        }
    }
}
