//! Families as offices draw them: a few values beside parallel work, guards over kinds and papers, ends of parts.
//!
//! All are sound. Hard about them is that values and branches multiply for whoever lists states.

use sop_core::definition::{FieldDefinition, FieldId, FieldKind, StepId};

use super::choice::{choice, declared, field_id};
use crate::sketch::{Drawn, Exit, Sketch, named};

fn step(word: &str) -> StepId {
    named(word, &[])
}

fn when(guard: String, to: StepId) -> (String, Exit) {
    (guard, Exit::Next(to))
}

/// A yes-or-no field that is set in the first row and read after so many branches of three steps.
pub fn read_after_branches(branches: usize) -> Sketch {
    read_after(branches, false)
}

/// The same, each branch with a return to its first step, every fifth with one to the first row.
pub fn read_after_branches_with_returns(branches: usize) -> Sketch {
    read_after(branches, true)
}

fn read_after(branches: usize, returns: bool) -> Sketch {
    let branches = branches.max(2);
    let mut sketch = Sketch::opening(step("isi"));
    sketch.field(declared(0, FieldKind::Bool));
    sketch.draw(Drawn::new(step("isi"), Exit::Next(step("bagi"))).collecting([field_id(0)]));
    sketch.draw(Drawn::new(step("bagi"), Exit::Split((0..branches).map(|at| named("a", &[at])).collect())));
    for at in 0..branches {
        sketch.draw(Drawn::new(named("a", &[at]), Exit::Next(named("b", &[at]))));
        sketch.draw(Drawn::new(named("b", &[at]), Exit::Next(named("c", &[at]))));
        let mut exits = vec![Exit::Next(step("rapat"))];
        if returns {
            exits.push(Exit::Return(named("a", &[at])));
            exits.extend((at % 5 == 1).then(|| Exit::Return(step("isi"))));
        }
        sketch.draw(Drawn::deciding(named("c", &[at]), exits));
    }
    let last = (0..branches).map(|at| vec![named("c", &[at])]).collect();
    let choose = vec![when("case.f0".into(), step("kepala")), when("!case.f0".into(), step("terbit"))];
    sketch.draw(Drawn::new(step("rapat"), Exit::Choose(choose)).joining(last));
    sketch.draw(Drawn::new(step("kepala"), Exit::Next(step("terbit"))));
    sketch.draw(Drawn::new(step("terbit"), Exit::Case));
    sketch
}

/// So many fields that are set in the first row, each read twice in a branch of its own.
pub fn read_twice(fields: usize) -> Sketch {
    let fields = fields.max(2);
    let mut sketch = Sketch::opening(step("isi"));
    sketch.draw(Drawn::new(step("isi"), Exit::Next(step("bagi"))).collecting((0..fields).map(field_id)));
    sketch.draw(Drawn::new(step("bagi"), Exit::Split((0..fields).map(|at| named("g", &[at])).collect())));
    for at in 0..fields {
        sketch.field(declared(at, FieldKind::Bool));
        let read = |yes: &str, no: &str| {
            let branches = [(format!("case.f{at}"), yes), (format!("!case.f{at}"), no)];
            Exit::Choose(branches.into_iter().map(|(guard, to)| when(guard, named(to, &[at]))).collect())
        };
        sketch.draw(Drawn::new(named("g", &[at]), read("x", "y")));
        sketch.draw(Drawn::new(named("x", &[at]), Exit::Next(named("h", &[at]))));
        sketch.draw(Drawn::new(named("y", &[at]), Exit::Next(named("h", &[at]))));
        sketch.draw(Drawn::new(named("h", &[at]), read("p", "q")));
        sketch.draw(Drawn::new(named("p", &[at]), Exit::Next(step("rapat"))));
        sketch.draw(Drawn::new(named("q", &[at]), Exit::Next(step("rapat"))));
    }
    let last = (0..fields).map(|at| vec![named("p", &[at]), named("q", &[at])]).collect();
    sketch.draw(Drawn::new(step("rapat"), Exit::Case).joining(last));
    sketch
}

/// So many fields that may be left out, all under one guard.
pub fn optional(fields: usize) -> Sketch {
    let fields = fields.max(1);
    let mut sketch = Sketch::opening(named("c", &[0]));
    for at in 0..fields {
        sketch.field(declared(at, FieldKind::Bool));
        let next = if at + 1 < fields { named("c", &[at + 1]) } else { step("periksa") };
        // Whoever goes by way of `e` fills it in.
        let exits = vec![Exit::Next(named("e", &[at])), Exit::Next(next.clone())];
        sketch.draw(Drawn::deciding(named("c", &[at]), exits));
        sketch.draw(Drawn::new(named("e", &[at]), Exit::Next(next)).collecting([field_id(at)]));
    }
    let all: Vec<String> = (0..fields).map(|at| format!("has(case.f{at}) && case.f{at}")).collect();
    let all = all.join(" && ");
    let choose = vec![when(all.clone(), step("lengkap")), when(format!("!({all})"), step("kurang"))];
    sketch.draw(Drawn::new(step("periksa"), Exit::Choose(choose)));
    sketch.draw(Drawn::new(step("lengkap"), Exit::Case));
    sketch.draw(Drawn::deciding(step("kurang"), vec![Exit::Case, Exit::Return(named("c", &[0]))]));
    sketch
}

/// So many kinds of service, each with four papers of its own that it needs.
pub fn papers_of_kinds(kinds: usize) -> Sketch {
    let kinds = kinds.max(2);
    let papers = |kind: usize| (0..4).map(move |at| field_id(1 + kind * 4 + at));
    let needs = |kind: usize| {
        let papers: Vec<String> = papers(kind).map(|paper| format!("case.{paper}")).collect();
        format!("(case.f0 == \"{}\" && {})", choice(kind).id, papers.join(" && "))
    };
    let guard = (0..kinds).map(needs).collect::<Vec<_>>().join(" || ");
    let mut kind = declared(0, FieldKind::Choice);
    kind.choices = (0..kinds).map(choice).collect();
    decided(vec![kind], (1..=kinds * 4).map(|at| declared(at, FieldKind::Bool)).collect(), guard)
}

/// So many pairs of papers, of which one pair has to be there.
pub fn pairs(pairs: usize) -> Sketch {
    let pairs = pairs.max(1);
    let both = |at: usize| format!("(case.f{} && case.f{})", 2 * at, 2 * at + 1);
    let guard = (0..pairs).map(both).collect::<Vec<_>>().join(" || ");
    decided(Vec::new(), (0..2 * pairs).map(|at| declared(at, FieldKind::Bool)).collect(), guard)
}

/// A form with these fields, and a guard over them: what is not as it asks goes back.
fn decided(first: Vec<FieldDefinition>, others: Vec<FieldDefinition>, guard: String) -> Sketch {
    let fields: Vec<_> = first.into_iter().chain(others).collect();
    let ids: Vec<FieldId> = fields.iter().map(|field| field.id.clone()).collect();
    let mut sketch = Sketch::opening(step("isi"));
    fields.into_iter().for_each(|field| sketch.field(field));
    sketch.draw(Drawn::new(step("isi"), Exit::Next(step("periksa"))).collecting(ids));
    let choose = vec![when(guard.clone(), step("lengkap")), when(format!("!({guard})"), step("kurang"))];
    sketch.draw(Drawn::new(step("periksa"), Exit::Choose(choose)));
    sketch.draw(Drawn::new(step("lengkap"), Exit::Case));
    sketch.draw(Drawn::deciding(step("kurang"), vec![Exit::Case, Exit::Return(step("isi"))]));
    sketch
}

/// So many branches that end by themselves, each with a return, beside one that goes on.
pub fn parts_with_returns(branches: usize) -> Sketch {
    let mut sketch = Sketch::opening(step("bagi"));
    sketch.draw(Drawn::new(step("bagi"), Exit::Split((0..branches.max(2)).map(|at| named("a", &[at])).collect())));
    for at in 0..branches.max(2) {
        sketch.draw(Drawn::new(named("a", &[at]), Exit::Next(named("b", &[at]))));
        sketch.draw(Drawn::deciding(named("b", &[at]), vec![Exit::Part, Exit::Return(named("a", &[at]))]));
    }
    sketch
}
