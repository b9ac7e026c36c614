//! What happened, a line for each event, as a clerk would tell it.

use sop_core::case::{Capacity, Directory, Event, Fault, Named, Record, RungOutcome};
use sop_core::definition::{EndId, FieldId, PaperId, PersonId, RoleId, StepId};
use sop_core::diagnostic::Bilingual;
use sop_core::process::Process;
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
        record.events.iter().filter_map(|event| self.line(event)).collect()
    }

    fn line(&self, event: &Event<Named>) -> Option<Bilingual> {
        match event {
            Event::Started { requester, subject, .. } => {
                let name = self.person(requester);
                both(format!("Permohonan dibuka oleh {name}: {subject}"), format!("Opened by {name}: {subject}"))
            }
            Event::Activated { step, due, rework, .. } => {
                let step = self.step(step);
                let (again, anew) = if *rework { (" lagi", " again") } else { ("", "") };
                let until = due.map(|due| self.at(due));
                let (by, limit) = match until {
                    Some(until) => (format!(", jatuh tempo {until}"), format!(", due {until}")),
                    None => (String::new(), String::new()),
                };
                both(format!("Menunggu{again} {step}{by}"), format!("Waiting{anew} for {step}{limit}"))
            }
            Event::Completed { step, outcome, by, forced, note, .. } => {
                let who = self.actor(&by.person, by.capacity, &by.role);
                let title = self.outcome(step, outcome.as_str());
                let step = self.step(step);
                let (only, alone) =
                    if *forced { (" (satu-satunya pilihan)", " (the only choice left)") } else { ("", "") };
                let note = note.as_deref().map(|note| format!(" — {note}")).unwrap_or_default();
                both(
                    format!("{who} menyelesaikan {step}: {title}{only}{note}"),
                    format!("{who} completed {step}: {title}{alone}{note}"),
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
                let (step, paper) = (self.step(step), self.paper(paper));
                both(
                    format!("{step}: {paper} tidak ada, syaratnya dikesampingkan"),
                    format!("{step}: {paper} is absent, its requirement waived"),
                )
            }
            Event::Numbered { register, text, .. } => {
                let title = self.process.find_register(register).and_then(|ix| self.process.registers().get(ix));
                let title = title.map_or_else(|| register.to_string(), |register| register.title.clone());
                both(format!("Nomor {text} dari {title}"), format!("Number {text} from {title}"))
            }
            Event::Returned { r#return, count } => {
                let step = self.step(&r#return.step);
                both(
                    format!("Dikembalikan dari {step}, kali ke-{count}"),
                    format!("Sent back from {step}, time {count}"),
                )
            }
            Event::ReturnExhausted { r#return } => {
                let step = self.step(&r#return.step);
                both(format!("Batas pengembalian dari {step} tercapai"), format!("The returns from {step} are used up"))
            }
            Event::WaitWithdrawn { step, .. } => {
                let step = self.step(step);
                both(format!("{step} ditarik kembali"), format!("{step} was withdrawn"))
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
                        let step = self.step(step);
                        (format!("{step} sudah menunggu"), format!("{step} waits already"))
                    }
                    Fault::SlotAlreadyFull { slot } => {
                        let step = self.step(&slot.step);
                        (format!("{step} menerima hal yang sama dua kali"), format!("{step} was reached twice"))
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
                let step = self.step(step);
                both(format!("{step} dilewati menurut kebijakan"), format!("{step} was left by the policy"))
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

    fn person(&self, person: &PersonId) -> String {
        person_name(self.directory, person)
    }

    /// A person acting for a post: `Tirta Mendawaian (Plh Kepala Biro)`.
    fn actor(&self, person: &PersonId, capacity: Capacity, role: &RoleId) -> String {
        let (name, role) = (self.person(person), self.role(role));
        match capacity {
            Capacity::Definitive | Capacity::Requester => format!("{name} ({role})"),
            Capacity::Plh => format!("{name} (Plh {role})"),
            Capacity::Plt => format!("{name} (Plt {role})"),
            Capacity::Delegate => format!("{name} (a.n. {role})"),
        }
    }

    fn step(&self, step: &StepId) -> String {
        self.process.find_step(step).map_or_else(|| step.to_string(), |step| self.process.called_step(step).title)
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

    fn outcome(&self, step: &StepId, outcome: &str) -> String {
        let step = self.process.find_step(step).and_then(|step| self.process.steps().get(step));
        let spec = step.and_then(|step| step.outcomes.iter().find(|spec| spec.id.as_str() == outcome));
        spec.map_or_else(|| outcome.to_owned(), |spec| spec.title.clone())
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
