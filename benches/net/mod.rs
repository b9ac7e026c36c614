//! Workflow nets, one JSON object a line: process models that no one here wrote.
//!
//! The form is that of the benchmark's own description: places are numbers, every arc has weight one, and each net
//! comes with whether it is sound. [`sketch`] makes a definition's flow of a net, [`search`] looks through its markings.

mod convert;
mod search;

use std::fmt;

use serde::Deserialize;
use sop_core::diagnostic::Bilingual;
use sop_core::process::MAX_STEPS;

pub use convert::{Inexpressible, free_choice, sketch};
pub use search::search;

/// A net, with what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Net {
    /// What the collection calls it.
    pub name: String,
    /// The number of places: they are 0, 1, …
    pub places: usize,
    /// The place of the one token at first.
    pub start: usize,
    /// The place of the one token at the end.
    pub end: usize,
    /// What can happen.
    pub transitions: Vec<Transition>,
    /// What is known.
    pub verdict: Known,
}

/// Something that can happen: a token from each of these places becomes one in each of those.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "(Vec<usize>, Vec<usize>)")]
pub struct Transition {
    /// From where.
    pub inputs: Vec<usize>,
    /// To where.
    pub outputs: Vec<usize>,
}

impl From<(Vec<usize>, Vec<usize>)> for Transition {
    fn from((inputs, outputs): (Vec<usize>, Vec<usize>)) -> Self {
        Self { inputs, outputs }
    }
}

/// Tells whether a net is sound, as it was published and computed elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// From every marking the end can be reached, alone, and everything can happen.
    Sound,
    /// It is not so.
    Unsound,
}

/// Why a file of nets cannot be used.
#[derive(Debug)]
pub struct Mistake {
    /// The line, counted from 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: Bilingual,
}

impl fmt::Display for Mistake {
    /// Both languages, one a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bilingual { id, en } = &self.what;
        match self.line {
            Some(line) => write!(f, "baris {line}: {id}\nline {line}: {en}"),
            None => write!(f, "{id}\n{en}"),
        }
    }
}

/// Reads nets, one a line; empty lines are passed over.
///
/// # Errors
/// The first line that is not a net, or that there is none.
pub fn read(text: &[u8]) -> Result<Vec<Net>, Mistake> {
    let mut nets = Vec::new();
    for (place, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mistake = |what| Mistake { line: Some(place + 1), what };
        let net: Net = serde_json::from_slice(line).map_err(|error| mistake(not_a_net(&error)))?;
        check(&net).map_err(mistake)?;
        nets.push(net);
    }
    if nets.is_empty() {
        return Err(Mistake { line: None, what: Bilingual::new("tidak ada jaring di dalamnya", "it holds no net") });
    }
    Ok(nets)
}

fn not_a_net(error: &serde_json::Error) -> Bilingual {
    // A line is read by itself, so that the line that serde_json counts says nothing.
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let column = error.column();
    Bilingual::new(
        format!("bukan jaring alur kerja, pada huruf ke-{column}: {said}"),
        format!("not a workflow net, at character {column}: {said}"),
    )
}

/// Every place that is named is there.
fn check(net: &Net) -> Result<(), Bilingual> {
    if net.places > MAX_STEPS {
        return Err(Bilingual::new(
            format!("terlalu banyak tempat: {}, batasnya {MAX_STEPS}", net.places),
            format!("too many places: {}, the limit is {MAX_STEPS}", net.places),
        ));
    }
    let arcs = net.transitions.iter().flat_map(|transition| transition.inputs.iter().chain(&transition.outputs));
    let astray = arcs.chain([&net.start, &net.end]).find(|place| **place >= net.places);
    match astray {
        Some(place) => Err(Bilingual::new(
            format!("tempat {place} tidak ada: jaring ini punya {} tempat, mulai dari 0", net.places),
            format!("there is no place {place}: the net has {} places, counted from 0", net.places),
        )),
        None => Ok(()),
    }
}
