//! Why a wait waits, in one sentence.

use sop_core::case::Wait;
use sop_core::diagnostic::Bilingual;
use sop_core::time::Millis;

use crate::timeline::person_name;
use crate::worklist::{Desk, WorkItem};

/// Why a wait waits: for whom, since when, until when, and what has been done about it.
pub(crate) fn sentence(desk: &Desk<'_>, item: &WorkItem, wait: &Wait) -> Bilingual {
    let zone = desk.world.calendar.zone();
    // Of those who may act, the first is the step's own; those escalated to come at the end of the sentence.
    let escalated: Vec<String> = wait.escalated().iter().map(|(role, _)| desk.called_role(*role).title).collect();
    let own = item.roles.len().saturating_sub(escalated.len());
    let own: Vec<&str> = item.roles.iter().take(own).map(|role| role.title.as_str()).collect();
    let bound = item.bound.as_deref().map(|bound| format!(" ({bound})")).unwrap_or_default();
    let since = zone.show(item.since);
    let (id, en) = (own.join(" atau "), own.join(" or "));
    let mut said =
        Bilingual::new(format!("Menunggu {id}{bound} sejak {since}"), format!("Waiting for {en}{bound} since {since}"));
    let mut add = |id: String, en: String| {
        said.id.push_str("; ");
        said.id.push_str(&id);
        said.en.push_str("; ");
        said.en.push_str(&en);
    };
    if item.rework {
        add("dikembalikan untuk diperbaiki".to_owned(), "sent back to be mended".to_owned());
    }
    if let Some(until) = item.held_until {
        let until = zone.show(until);
        add(format!("ditunda sampai {until}"), format!("put off until {until}"));
    }
    if let Some(due) = item.due {
        let at = zone.show(due);
        let (perhaps, maybe) = if item.due_is_estimated { (" (perkiraan)", " (estimated)") } else { ("", "") };
        if item.overdue {
            let late = item.overdue_by;
            let id = if late == Millis::ZERO { String::new() } else { format!(", terlambat {}", amount(late).id) };
            let en = if late == Millis::ZERO { String::new() } else { format!(", {} late", amount(late).en) };
            add(format!("jatuh tempo {at}{perhaps}{id}"), format!("was due {at}{maybe}{en}"));
        } else {
            add(format!("jatuh tempo {at}{perhaps}"), format!("due {at}{maybe}"));
        }
    } else if item.held_until.is_none() {
        add("tanpa batas waktu".to_owned(), "without a time limit".to_owned());
    }
    if !escalated.is_empty() {
        let roles = escalated.join(", ");
        add(format!("dinaikkan kepada {roles}"), format!("escalated to {roles}"));
    }
    if let Some((person, _)) = &item.claim {
        let name = person_name(desk.directory, person);
        add(format!("diambil oleh {name}"), format!("taken by {name}"));
    }
    if let Some(person) = &item.delegate {
        let name = person_name(desk.directory, person);
        add(format!("dilimpahkan kepada {name}"), format!("handed over to {name}"));
    }
    said.id.push('.');
    said.en.push('.');
    said
}

/// Working time in hours and minutes.
pub(crate) fn amount(time: Millis) -> Bilingual {
    let (hours, minutes) = (time.minutes() / 60, time.minutes() % 60);
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    match (hours, minutes) {
        (0, 0) => Bilingual::new("kurang dari semenit kerja", "less than a working minute"),
        (0, minutes) => {
            Bilingual::new(format!("{minutes} menit kerja"), format!("{minutes} working minute{}", plural(minutes)))
        }
        (hours, 0) => Bilingual::new(format!("{hours} jam kerja"), format!("{hours} working hour{}", plural(hours))),
        (hours, minutes) => Bilingual::new(
            format!("{hours} jam {minutes} menit kerja"),
            format!("{hours} h {minutes} min of working time"),
        ),
    }
}
