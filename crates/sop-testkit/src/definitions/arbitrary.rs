//! Definitions whose arrows are random: most that compile are unsound, and that is the point.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;
use sop_core::definition::Definition;

use super::Outlined;
use crate::office::ROLES;
use crate::sketch::{DONE, Exit, Exits, PART, STOP, Sketch, StepSketch, ThenSketch, Way};

/// Definitions of the built-in office with up to a dozen steps, of which any may lead to any.
///
/// What the compiler would refuse for its form alone is mended: a join names exactly the steps that lead to it, a return
/// goes to a step from which the work comes here again. Most compile; hardly any is sound by intent.
pub fn arbitrary() -> impl Strategy<Value = Outlined> {
    (vec(wish().boxed(), 1..10), rules()).prop_map(|(wishes, rules)| Outlined(written(&wishes, rules))).boxed()
}

/// What a step is wished to be.
#[derive(Debug, Clone)]
struct Wish {
    role: usize,
    timed: bool,
    exits: WishedExits,
    /// By which numbers the steps that lead here are put into slots; none: it doesn't join.
    join: Option<u8>,
    requires: Vec<u8>,
    outputs: Vec<u8>,
    limit: Option<(u32, u8)>,
}

#[derive(Debug, Clone)]
enum WishedExits {
    One(WishedExit),
    Outcomes(Vec<WishedExit>),
    /// The branches, the first wrongly guarded or not, and whether the field is set at the first step.
    Choose(Vec<WishedExit>, Guards, bool),
}

/// How the guards of a choice miss one another.
#[derive(Debug, Clone, Copy)]
enum Guards {
    Exact,
    Gap,
    Overlap,
}

#[derive(Debug, Clone)]
enum WishedExit {
    Onwards(usize),
    Anywhere(usize),
    Split(Vec<usize>),
    Back(usize),
    End(u8),
}

#[derive(Debug, Clone, Copy)]
struct Rules {
    limit: Option<u32>,
    overdue: bool,
    done_is_part: bool,
}

fn rules() -> impl Strategy<Value = Rules> {
    (option::weighted(0.8, 1..4_u32), prop::bool::weighted(0.8), any::<bool>())
        .prop_map(|(limit, overdue, done_is_part)| Rules { limit, overdue, done_is_part })
}

fn exit() -> impl Strategy<Value = WishedExit> {
    prop_oneof![
        5 => (0..3_usize).prop_map(WishedExit::Onwards),
        1 => (0..12_usize).prop_map(WishedExit::Anywhere),
        2 => vec(0..5_usize, 2..4).prop_map(WishedExit::Split),
        2 => (0..6_usize).prop_map(WishedExit::Back),
        2 => (0..6_u8).prop_map(WishedExit::End),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    let guards = prop_oneof![2 => Just(Guards::Exact), 1 => Just(Guards::Gap), 1 => Just(Guards::Overlap)];
    let exits = prop_oneof![
        4 => exit().prop_map(WishedExits::One),
        3 => vec(exit(), 2..4).prop_map(WishedExits::Outcomes),
        1 => (vec(exit(), 2..4), guards, any::<bool>())
            .prop_map(|(branches, guards, first)| WishedExits::Choose(branches, guards, first)),
    ];
    let papers = || vec(0..4_u8, 0..2);
    let limit = option::weighted(0.3, (1..4_u32, 0..3_u8));
    (0..ROLES.len(), prop::bool::weighted(0.95), exits, option::weighted(0.4, any::<u8>()), papers(), papers(), limit)
        .prop_map(|(role, timed, exits, join, requires, outputs, limit)| Wish {
            role,
            timed,
            exits,
            join,
            requires,
            outputs,
            limit,
        })
}

fn written(wishes: &[Wish], rules: Rules) -> Definition {
    let mut sketch =
        Sketch { returns: rules.limit, overdue: rules.overdue, done_is_part: rules.done_is_part, ..Sketch::default() };
    let fields: Vec<usize> = (0..wishes.len())
        .filter(|at| matches!(wishes.get(*at), Some(Wish { exits: WishedExits::Choose(..), .. })))
        .collect();
    for field in &fields {
        let id = format!("f{}", field + 1);
        sketch.fields.push(json!({ "id": id, "title": id, "type": "integer", "min": 0, "max": 100 }));
    }
    for (at, wish) in wishes.iter().enumerate() {
        let step = step(at, wish, wishes.len());
        sketch.steps.push(step);
    }
    // Fields that the first step sets for choices further down.
    for (at, wish) in wishes.iter().enumerate() {
        if let WishedExits::Choose(_, _, first) = wish.exits {
            let setter = if first { 0 } else { at };
            if let Some(step) = sketch.steps.get_mut(setter) {
                step.collects.push(format!("f{}", at + 1));
            }
        }
    }
    name_papers(&mut sketch);
    name_sources(&mut sketch, wishes);
    mend_returns(&mut sketch);
    name_sources(&mut sketch, wishes);
    limit_returns(&mut sketch, wishes);
    sketch.write()
}

fn step(at: usize, wish: &Wish, steps: usize) -> StepSketch {
    let target = |exit: &WishedExit| match exit {
        WishedExit::Onwards(by) => forward(at, *by, steps),
        WishedExit::Anywhere(to) => Exit::Next(to % steps),
        WishedExit::Split(by) => {
            let mut to: Vec<usize> = Vec::new();
            for by in by {
                if let Exit::Next(next) = forward(at, *by, steps)
                    && !to.contains(&next)
                {
                    to.push(next);
                }
            }
            if to.is_empty() { Exit::End(DONE) } else { Exit::Split(to) }
        }
        WishedExit::Back(by) => Exit::Return(at.saturating_sub(*by)),
        WishedExit::End(kind) => Exit::End(match kind {
            0 => PART,
            1 => STOP,
            _ => DONE,
        }),
    };
    let exits = match &wish.exits {
        WishedExits::One(exit) => Exits::One(Way::To(target(exit))),
        WishedExits::Outcomes(exits) => {
            let named = |(place, exit)| (format!("o{}", place + 1), Way::To(target(exit)));
            Exits::Outcomes(exits.iter().enumerate().map(named).collect())
        }
        WishedExits::Choose(exits, guards, _) => {
            let branch = |(place, exit): (usize, &WishedExit)| (guard(at, place, exits.len(), *guards), target(exit));
            Exits::One(Way::Choose(exits.iter().enumerate().map(branch).collect()))
        }
    };
    let paper = |paper: &u8| format!("p{paper}");
    let mut step = StepSketch {
        roles: ROLES.get(wish.role).into_iter().copied().collect(),
        time: if wish.timed { "15 menit" } else { "Segera" },
        requires: wish.requires.iter().map(paper).collect(),
        outputs: wish.outputs.iter().map(paper).collect(),
        exits,
        ..StepSketch::default()
    };
    step.requires.dedup();
    step.outputs.dedup();
    step
}

fn forward(at: usize, by: usize, steps: usize) -> Exit {
    let to = at + 1 + by;
    if to < steps { Exit::Next(to) } else { Exit::End(DONE) }
}

/// Guards over `f` of the step, cut at tens.
fn guard(at: usize, place: usize, parts: usize, guards: Guards) -> String {
    let name = format!("case.f{}", at + 1);
    let low = place * 10;
    let high = (place + 1) * 10;
    match (place, guards) {
        (0, Guards::Exact) => format!("{name} <= {high}"),
        (0, Guards::Gap) => format!("{name} < {high}"),
        (0, Guards::Overlap) => format!("{name} <= {}", high + 1),
        _ if place + 1 == parts => format!("{name} > {low}"),
        _ => format!("{name} > {low} && {name} <= {high}"),
    }
}

/// Lists the papers that some step names.
fn name_papers(sketch: &mut Sketch) {
    let named = sketch.steps.iter().flat_map(|step| step.requires.iter().chain(&step.outputs));
    let named: std::collections::BTreeSet<&String> = named.collect();
    let papers = named.into_iter().map(|id| json!({ "id": id, "title": id })).collect();
    sketch.papers = papers;
}

/// Lets joins name exactly the steps that lead to them. A step that nobody leads to, and the first one, joins nothing.
fn name_sources(sketch: &mut Sketch, wishes: &[Wish]) {
    for (at, wish) in wishes.iter().enumerate() {
        let leading: Vec<usize> = (0..sketch.steps.len())
            .filter(|from| {
                let exits = sketch.steps.get(*from).map(|step| step.exits.exits());
                exits.into_iter().flatten().any(|exit| exit.onwards().contains(&at))
            })
            .collect();
        let Some(step) = sketch.steps.get_mut(at) else { continue };
        step.join.clear();
        let Some(seed) = wish.join.filter(|_| at > 0) else { continue };
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(), Vec::new(), Vec::new()];
        for (place, source) in leading.into_iter().enumerate() {
            let slot = if seed < 200 { place } else { usize::from(seed >> (place % 8)) } % groups.len();
            if let Some(group) = groups.get_mut(slot) {
                group.push(source);
            }
        }
        groups.retain(|group| !group.is_empty());
        step.join = groups;
    }
}

/// Makes of a return that doesn't lead back (R3) an ordinary arrow, until every return does. An arrow more may lead
/// past a join that another return then crosses, so this is done until nothing changes.
fn mend_returns(sketch: &mut Sketch) {
    for _ in 0..sketch.steps.len() * 4 {
        let wrong = (0..sketch.steps.len()).find_map(|at| {
            let exits = sketch.steps.get(at)?.exits.exits();
            let place = exits.iter().position(|exit| matches!(exit, Exit::Return(to) if !leads_back(sketch, at, *to)));
            place.map(|place| (at, place))
        });
        let Some((at, place)) = wrong else { return };
        let steps = sketch.steps.len();
        let exits = sketch.steps.get_mut(at).map(|step| step.exits.exits_mut());
        if let Some(exit) = exits.into_iter().flatten().nth(place) {
            *exit = forward(at, 0, steps);
        }
    }
}

/// Tells whether a return leads back, and past no join that would wait for what was not sent back (R3).
fn leads_back(sketch: &Sketch, from: usize, to: usize) -> bool {
    let region = sketch.reach(to, false);
    let around = from != to || !sketch.leads(from, false).is_empty();
    let crossed = |at: usize| {
        let Some(step) = sketch.steps.get(at) else { return false };
        let between = at != to && region.contains(&at) && sketch.reach(at, false).contains(&from);
        between && step.join.iter().any(|slot| !slot.iter().any(|source| region.contains(source)))
    };
    region.contains(&from) && around && !(0..sketch.steps.len()).any(crossed)
}

/// Gives some returns limits of their own.
fn limit_returns(sketch: &mut Sketch, wishes: &[Wish]) {
    for (at, wish) in wishes.iter().enumerate() {
        let Some((times, then)) = wish.limit else { continue };
        let Some(step) = sketch.steps.get(at) else { continue };
        let returning = step.exits.ways().into_iter().find_map(|(name, way)| {
            let direct = matches!(way, Way::To(Exit::Return(_)));
            way.exits().iter().any(|exit| matches!(exit, Exit::Return(_))).then(|| (name.to_owned(), direct))
        });
        let Some((outcome, direct)) = returning else { continue };
        let named = direct && matches!(step.exits, Exits::Outcomes(_));
        let next = at + 1;
        let joins = sketch.steps.get(next).is_some_and(|step| !step.join.is_empty());
        let then = match then {
            0 if named => ThenSketch::Closed,
            1 if next < sketch.steps.len() && !joins && !sketch.reach(next, true).contains(&at) => {
                ThenSketch::Next(next)
            }
            _ => ThenSketch::Stop,
        };
        if let Some(step) = sketch.steps.get_mut(at) {
            step.returns.push((outcome, times, then));
        }
    }
}
