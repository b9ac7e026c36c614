//! Random definitions of three to nine steps: a block structure that makes sense, with some arrows bent.
//!
//! What the compiler would refuse for its form alone is mended (a join names whoever leads to it, a return leads back), so
//! that most compile.

use proptest::collection::vec;
use proptest::prelude::*;
use sop_core::definition::Definition;

use super::tape::Tape;

mod mend;
mod write;

/// What a definition is made from.
pub type Recipe = (Vec<[u8; 40]>, [u8; 40]);

/// Recipes for definitions.
pub fn recipes() -> impl Strategy<Value = Recipe> {
    (vec(any::<[u8; 40]>(), 3..10), any::<[u8; 40]>())
}

/// The definition that a recipe gives.
pub fn definition(recipe: &Recipe) -> Definition {
    let json = Sketch::of(recipe).write();
    match serde_json::from_value(json.clone()) {
        Ok(definition) => definition,
        Err(error) => panic!("the judge wrote what is not in the format: {error}\n{json:#}"),
    }
}

const DONE: &str = "selesai";
const PART: &str = "bagian";
const STOP: &str = "henti";
const BOUND: &str = "batas";
const GONE: &str = "ditarik";

/// Place where an exit leads.
#[derive(Debug, Clone, PartialEq)]
enum Exit {
    Next(usize),
    Split(Vec<usize>),
    Return(usize),
    End(&'static str),
}

#[derive(Debug, Clone)]
enum Way {
    To(Exit),
    Choose(Vec<(String, Exit)>),
}

#[derive(Debug, Clone, Default)]
struct Step {
    /// One way, or several outcomes.
    ways: Vec<Way>,
    named: bool,
    join: Vec<Vec<usize>>,
    collects: Vec<usize>,
    role: &'static str,
    time: &'static str,
    /// Tells whether it stands in the row of the step before, and shares its clock.
    shares: bool,
    /// Tells whether it does so from a row of its own, whose Waktu is one with the cell above.
    merges: bool,
    /// Outputs and fields of an outcome's own.
    own: Option<(usize, Option<usize>, Option<usize>)>,
    requires: Vec<usize>,
    outputs: Vec<usize>,
    revises: bool,
    makes: Vec<usize>,
    waives: bool,
    rework: bool,
    /// A rung that leaves: an outcome by place, or an end.
    leaves: Option<Result<usize, &'static str>>,
    late: &'static str,
    /// A limit of its own for the returns of an outcome.
    limit: Option<(usize, u32, Then)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Then {
    End(&'static str),
    Closed,
    Next(usize),
}

/// Place where the tokens of a block go.
#[derive(Debug, Clone, Copy)]
enum After {
    Step(usize),
    /// A join, in one of its groups.
    Join(usize, usize),
    End(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Choice,
    Integer,
    Decimal,
    Unit,
    Date,
    Text,
}

struct Sketch {
    steps: Vec<Step>,
    fields: Vec<Kind>,
    tapes: Vec<Tape>,
    starts: Vec<Vec<usize>>,
    papers: usize,
    done: &'static str,
    limit: Option<u32>,
    overdue: usize,
    promise: Option<&'static str>,
    withdraw: Option<usize>,
    brought: bool,
    /// The end of a wait that nobody acts on, where the default ladder leaves it.
    given_up: &'static str,
}

impl Sketch {
    fn of((chunks, whole): &Recipe) -> Self {
        let mut tape = Tape::new(whole);
        let count = chunks.len();
        let mut sketch = Self {
            steps: vec![Step { role: "r", time: "1 menit", late: "1 menit", ..Step::default() }; count],
            fields: Vec::new(),
            tapes: chunks.iter().map(|chunk| Tape::new(chunk)).collect(),
            starts: vec![vec![0]],
            papers: tape.below(4),
            done: if tape.chance(80) { "part" } else { "case" },
            limit: if tape.chance(70) { None } else { Some(tape.below(2) as u32 + 1) },
            overdue: tape.below(6),
            promise: if tape.chance(50) { tape.pick(&["3 menit", "6 menit", "11 menit"]) } else { None },
            withdraw: if tape.chance(50) { Some(tape.below(count)) } else { None },
            brought: tape.chance(80),
            given_up: if tape.chance(50) { PART } else { STOP },
        };
        let opens_two = tape.chance(50) && count > 3;
        if opens_two {
            // Two parts that a start opens together.
            let middle = 1 + tape.below(count - 1);
            sketch.starts = vec![vec![0, middle]];
            let end = if tape.chance(128) { PART } else { DONE };
            sketch.block(0, middle, After::End(end));
            sketch.block(middle, count, After::End(end));
        } else {
            sketch.block(0, count, After::End(DONE));
        }
        if tape.chance(50) {
            sketch.starts.push(vec![tape.below(count)]);
        }
        sketch.dress();
        for _ in 0..4 {
            if tape.chance(90) {
                sketch.bend(&mut tape);
            }
        }
        sketch.mend();
        sketch
    }

    /// Steps `from..to` as a block, entered at the first.
    fn block(&mut self, from: usize, to: usize, after: After) {
        let count = to - from;
        if count == 0 {
            return;
        }
        if count == 1 {
            return self.leaf(from, after);
        }
        match self.tapes[from].below(9) {
            3 | 4 if count >= 4 => self.parallel(from, to, after),
            5 if count >= 3 => self.apart(from, to, after),
            6 | 7 if count >= 3 => self.alternatives(from, to, after),
            8 => {
                let middle = from + 1 + self.tapes[from].below(count - 1);
                self.block(from, middle, After::Step(middle));
                self.block(middle, to, after);
                // The last step may send back into the block.
                let back = from + self.tapes[from].below(count);
                self.add_outcome(to - 1, Exit::Return(back));
            }
            _ => {
                self.leaf(from, After::Step(from + 1));
                self.block(from + 1, to, after);
            }
        }
    }

    /// Cuts steps into parts that are not empty.
    fn cut(&mut self, at: usize, from: usize, to: usize, parts: usize) -> Vec<(usize, usize)> {
        let parts = parts.min(to - from);
        let mut cuts = vec![from];
        for part in 1..parts {
            let last = cuts.last().copied().unwrap_or(from);
            let most = to - (parts - part) - last;
            cuts.push(last + 1 + self.tapes[at].below(most));
        }
        cuts.push(to);
        cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// A split whose parts a join brings together.
    fn parallel(&mut self, from: usize, to: usize, after: After) {
        let join = to - 1;
        let wanted = 2 + self.tapes[from].below(2);
        let parts = self.cut(from, from + 1, join, wanted);
        self.steps[from].ways = vec![Way::To(Exit::Split(parts.iter().map(|(from, _)| *from).collect()))];
        self.steps[join].join = vec![Vec::new(); parts.len()];
        for (group, (from, to)) in parts.into_iter().enumerate() {
            self.block(from, to, After::Join(join, group));
        }
        self.leaf(join, after);
    }

    /// A split whose parts end each by themselves, but perhaps one.
    fn apart(&mut self, from: usize, to: usize, after: After) {
        let parts = self.cut(from, from + 1, to, 2);
        let goes_on = self.tapes[from].chance(128);
        self.steps[from].ways = vec![Way::To(Exit::Split(parts.iter().map(|(from, _)| *from).collect()))];
        for (place, (from, to)) in parts.into_iter().enumerate() {
            self.block(from, to, if place == 0 && goes_on { after } else { After::End(PART) });
        }
    }

    /// A decision, by a person or by guards, whose branches come together again.
    fn alternatives(&mut self, from: usize, to: usize, after: After) {
        let wanted = 1 + self.tapes[from].below(3);
        let parts = self.cut(from, from + 1, to, wanted);
        let mut exits: Vec<Exit> = parts.iter().map(|(from, _)| Exit::Next(*from)).collect();
        if exits.len() == 1 || self.tapes[from].chance(80) {
            exits.push(self.exit_to(from, after));
        }
        match self.tapes[from].chance(150) {
            false => {
                self.steps[from].named = true;
                self.steps[from].ways = exits.into_iter().map(Way::To).collect();
            }
            true => {
                let way = self.choose(from, exits);
                self.steps[from].ways = vec![way];
                if self.tapes[from].chance(60) {
                    let other = self.stray(from);
                    self.add_outcome(from, other);
                }
            }
        }
        for (from, to) in parts {
            self.block(from, to, after);
        }
    }

    /// A single step.
    fn leaf(&mut self, at: usize, after: After) {
        let exit = self.exit_to(at, after);
        self.steps[at].ways = vec![Way::To(exit)];
        if self.tapes[at].chance(70) {
            let other = self.stray(at);
            self.add_outcome(at, other);
        }
    }

    /// An exit off the main road: back, or out.
    fn stray(&mut self, at: usize) -> Exit {
        match self.tapes[at].below(8) {
            0..=4 => Exit::Return(at - self.tapes[at].below(at + 1)),
            5 => Exit::End(STOP),
            6 => Exit::End(PART),
            _ => Exit::Next(self.tapes[at].below(self.steps.len())),
        }
    }

    fn exit_to(&mut self, from: usize, after: After) -> Exit {
        match after {
            After::Step(to) => Exit::Next(to),
            After::Join(to, group) => {
                self.steps[to].join[group].push(from);
                Exit::Next(to)
            }
            After::End(end) => Exit::End(end),
        }
    }

    fn add_outcome(&mut self, at: usize, exit: Exit) {
        self.steps[at].named = true;
        self.steps[at].ways.push(Way::To(exit));
    }

    /// A choice among exits, by a field that is set here or before.
    fn choose(&mut self, at: usize, mut exits: Vec<Exit>) -> Way {
        let tape = &mut self.tapes[at];
        let old = tape.chance(90) && !self.fields.is_empty();
        let (field, here, safe) = if old || self.fields.len() >= 3 {
            (tape.below(self.fields.len()), tape.chance(100), tape.chance(200))
        } else {
            let kinds = [Kind::Bool, Kind::Choice, Kind::Integer, Kind::Decimal, Kind::Unit, Kind::Date, Kind::Text];
            self.fields.push(tape.pick(&kinds).unwrap_or(Kind::Bool));
            (self.fields.len() - 1, true, false)
        };
        let setter = match tape.below(4) {
            0 | 1 => at,
            2 => 0,
            _ => tape.below(at + 1),
        };
        let safe = safe || (setter != at && setter != 0 && tape.chance(200));
        let setter = if here { setter } else { at + self.steps.len() };
        if let Some(step) = self.steps.get_mut(setter)
            && !step.collects.contains(&field)
        {
            step.collects.push(field);
        }
        exits.truncate(3);
        let tape = &mut self.tapes[at];
        let mut guards = guards(self.fields[field], field, exits.len(), tape);
        let others: Vec<usize> = (0..self.fields.len()).filter(|other| *other != field).collect();
        if let Some(other) = tape.pick(&others)
            && tape.chance(40)
            && guards.len() > 2
        {
            // A second field parts the first branch.
            let halves = super::sketch::guards(self.fields[other], other, 2, tape);
            guards[1] = format!("({}) && {}", guards[0], halves[1]);
            guards[0] = format!("({}) && {}", guards[0], halves[0]);
            if !self.steps[at].collects.contains(&other) {
                self.steps[at].collects.push(other);
            }
        }
        if safe {
            for (place, guard) in guards.iter_mut().enumerate() {
                *guard = match place {
                    0 => format!("!has(case.f{field}) || ({guard})"),
                    _ => format!("has(case.f{field}) && ({guard})"),
                };
            }
        }
        Way::Choose(guards.into_iter().zip(exits).collect())
    }

    /// Papers, times, ladders and limits.
    fn dress(&mut self) {
        for at in 0..self.steps.len() {
            let papers = self.papers;
            let fields = self.fields.len();
            let tape = &mut self.tapes[at];
            let step = &mut self.steps[at];
            step.role = if tape.chance(60) { "p" } else { "r" };
            step.time = ["1 menit", "2 menit", "3 menit"][tape.below(3)];
            if tape.chance(6) {
                step.time = "Segera";
            } else if tape.chance(4) {
                step.time = "1 x 24 jam";
            }
            step.shares = at > 0 && tape.chance(50);
            if papers > 0 {
                if tape.chance(60) {
                    step.requires.push(tape.below(papers));
                }
                if tape.chance(110) {
                    step.outputs.push(tape.below(papers));
                    step.revises = tape.chance(128);
                }
                if tape.chance(12) && !step.requires.is_empty() {
                    step.makes.clone_from(&step.requires);
                } else if tape.chance(8) && !step.requires.is_empty() {
                    step.waives = true;
                }
            }
            step.merges = tape.chance(60);
            if tape.chance(25) {
                let paper = (papers > 0 && tape.chance(128)).then(|| tape.below(papers));
                let field = (fields > 0 && tape.chance(128)).then(|| tape.below(fields));
                step.own = Some((tape.below(step.ways.len()), paper, field));
            }
            step.rework = tape.chance(25);
            let ways = step.ways.len();
            if tape.chance(90) {
                step.leaves = Some(match tape.below(4) {
                    0 => Err(STOP),
                    1 => Err(PART),
                    _ => Ok(tape.below(ways)),
                });
                step.late = ["1 menit", "0 menit", "5 menit", "2 jam"][tape.below(4)];
            }
            if tape.chance(90) {
                let then = match tape.below(4) {
                    0 => Then::End(BOUND),
                    1 => Then::Closed,
                    2 => Then::Next(0),
                    _ => Then::End(PART),
                };
                step.limit = Some((0, tape.below(2) as u32 + 1, then));
            }
        }
    }

    /// Bends something.
    fn bend(&mut self, tape: &mut Tape) {
        let count = self.steps.len();
        let at = tape.below(count);
        let kind = tape.below(8);
        let to = tape.below(count);
        let step = &mut self.steps[at];
        match kind {
            0 => step.join.clear(),
            1 => {
                let all: Vec<usize> = step.join.iter().flatten().copied().collect();
                step.join = vec![all];
            }
            2 => step.join = vec![vec![at.saturating_sub(1)], vec![to]],
            3 => {
                if let Some(Way::To(exit)) = step.ways.first_mut() {
                    *exit = match exit {
                        Exit::Split(all) if !all.contains(&to) => {
                            Exit::Split(all.iter().copied().chain([to]).collect())
                        }
                        Exit::Next(next) if *next != to => Exit::Split(vec![*next, to]),
                        _ => Exit::Next(to),
                    };
                }
            }
            4 => {
                if let Some(exit) = exits_mut(step).into_iter().last() {
                    *exit = Exit::End([PART, STOP, DONE][to % 3]);
                }
            }
            5 => {
                if let Some(exit) = exits_mut(step).into_iter().last() {
                    *exit = Exit::Return(to.min(at));
                }
            }
            6 => {
                if let Some(exit) = exits_mut(step).into_iter().next() {
                    *exit = Exit::Next(to);
                }
            }
            _ => {
                let exit = Exit::Next(to);
                step.named = true;
                step.ways.push(Way::To(exit));
            }
        }
    }
}

fn id(at: usize) -> String {
    format!("s{}", at + 1)
}

fn exits(step: &Step) -> Vec<&Exit> {
    step.ways.iter().flat_map(way_exits).collect()
}

fn way_exits(way: &Way) -> Vec<&Exit> {
    match way {
        Way::To(exit) => vec![exit],
        Way::Choose(branches) => branches.iter().map(|(_, exit)| exit).collect(),
    }
}

fn way_exits_mut(way: &mut Way) -> Vec<&mut Exit> {
    match way {
        Way::To(exit) => vec![exit],
        Way::Choose(branches) => branches.iter_mut().map(|(_, exit)| exit).collect(),
    }
}

fn exits_mut(step: &mut Step) -> Vec<&mut Exit> {
    step.ways.iter_mut().flat_map(way_exits_mut).collect()
}

/// Guards that part a field's values, most of the time without a gap or an overlap.
fn guards(kind: Kind, field: usize, parts: usize, tape: &mut Tape) -> Vec<String> {
    let name = format!("case.f{field}");
    let wrong = tape.chance(50).then(|| tape.below(3));
    let ordered = |low: &str, high: &str| match parts {
        0 | 1 => vec![format!("{name} >= {low} || {name} < {low}")],
        2 => vec![format!("{name} <= {low}"), format!("{name} > {low}")],
        _ => {
            vec![format!("{name} < {low}"), format!("{name} >= {low} && {name} <= {high}"), format!("{name} > {high}")]
        }
    };
    let listed = |a: &str, b: &str| match parts {
        0 | 1 => vec![format!("{name} == {a} || {name} != {a}")],
        2 => vec![format!("{name} == {a}"), format!("{name} != {a}")],
        _ => vec![format!("{name} == {a}"), format!("{name} == {b}"), format!("!({name} in [{a}, {b}])")],
    };
    let mut guards = match kind {
        Kind::Bool => match parts {
            0 | 1 => vec![format!("{name} || !{name}")],
            2 => vec![name.clone(), format!("!{name}")],
            _ => vec![name.clone(), format!("!{name}"), format!("{name} && !{name}")],
        },
        Kind::Choice => listed("\"a\"", "\"b\""),
        Kind::Unit => listed("\"u1\"", "\"u2\""),
        Kind::Text => listed("\"ya\"", "\"tak\""),
        Kind::Integer => ordered("1", "2"),
        Kind::Decimal => ordered("0.3", "0.7"),
        Kind::Date => ordered("\"2026-03-10\"", "\"2026-03-20\""),
    };
    match wrong {
        // A gap, an overlap, or a branch that is never taken.
        Some(0) => guards[0] = guards[0].replace("<=", "<").replace("==", "!="),
        Some(1) => {
            let last = guards.len() - 1;
            guards[last] = guards[last].replace('>', ">=").replace(">==", ">=").replace("!=", "==");
        }
        Some(_) => guards[0] = format!("({}) && {name} == {name_value}", guards[0], name_value = constant(kind)),
        None => {}
    }
    guards
}

fn constant(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "true",
        Kind::Choice => "\"b\"",
        Kind::Unit => "\"u2\"",
        Kind::Text => "\"ya\"",
        Kind::Integer => "0",
        Kind::Decimal => "0.1",
        Kind::Date => "\"2026-03-09\"",
    }
}
