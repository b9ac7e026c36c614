//! What happened, told in lines that a person reads.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;
use sop_core::case::{Dense, Event, Record};
use sop_core::time::Instant;

/// What an accepted command caused.
#[derive(Debug, Clone)]
pub struct Happened {
    pub events: Vec<Event<Dense>>,
    pub record: Record,
}

impl Happened {
    /// The kinds of the events, in order.
    pub fn kinds(&self) -> Vec<String> {
        self.json().iter().map(kind).collect()
    }

    /// The events as they are recorded.
    pub fn json(&self) -> Vec<Json> {
        let events = self.record.events.iter();
        events.map(|event| serde_json::to_value(event).expect("events serialise")).collect()
    }

    /// Those events that are of a kind, told.
    pub fn of(&self, wanted: &str) -> Vec<String> {
        self.json().iter().filter(|event| kind(event) == wanted).map(tell).collect()
    }

    /// Tells whether an event of a kind is among them.
    pub fn has(&self, wanted: &str) -> bool {
        self.kinds().iter().any(|kind| kind == wanted)
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json().iter().try_for_each(|event| writeln!(f, "{}", tell(event)))
    }
}

fn kind(event: &Json) -> String {
    match event {
        Json::String(kind) => kind.clone(),
        Json::Object(members) => members.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// An event in one line: its kind and what it carries, instants by the office's clock, revisions and sizes left out.
pub fn tell(event: &Json) -> String {
    let Json::Object(members) = event else { return kind(event) };
    let mut line = String::new();
    for (kind, carried) in members {
        line.push_str(kind);
        // By name, whatever order the map keeps.
        let sorted: BTreeMap<_, _> = carried.as_object().into_iter().flatten().collect();
        for (key, value) in sorted {
            if !matches!(key.as_str(), "shape" | "directory" | "calendar") {
                line.push_str(&format!(" {key}={}", word(value)));
            }
        }
    }
    line
}

fn word(value: &Json) -> String {
    match value {
        Json::String(text) => match text.parse::<Instant>() {
            Ok(instant) => super::shown(instant).replace(' ', "T"),
            Err(_) => text.clone(),
        },
        Json::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let all: Vec<String> = sorted.into_iter().map(|(key, value)| format!("{key}:{}", word(value))).collect();
            format!("({})", all.join(" "))
        }
        other => other.to_string(),
    }
}
