//! The relation of steps that may wait at the same time, beside a plain search through small flows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value as Json, json};

use super::parallel::Parallel;
use super::presence::Flow;
use super::{Reading, check_office, compile};
use crate::definition::{Definition, EndKind, Office};
use crate::process::{Arc, EndIx, Position, Process, ReturnIx, Route, StepIx, ThenSpec};

/// SplitMix64: the same flows each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % many as u64).unwrap()
    }
}

/// A flow of a few steps whose exits lead anywhere; some of the steps are joins of all that lead to them.
fn drawn(dice: &mut Dice) -> Json {
    let count = 3 + dice.below(6);
    let name = |at: usize| format!("s{at}");
    let mut leads: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut steps: Vec<Json> = Vec::new();
    for at in 0..count {
        let mut outcomes = Vec::new();
        for outcome in 0..=dice.below(2) {
            let (one, two) = (1 + dice.below(count - 1), 1 + dice.below(count - 1));
            let exit = match dice.below(8) {
                0..=2 => json!({ "next": name(one) }),
                3 | 4 if one != two => json!({ "split": [name(one), name(two)] }),
                5 => json!({ "return_to": name(dice.below(count)) }),
                6 => json!({ "end": "stop" }),
                _ => json!({ "end": "bagian" }),
            };
            if exit.get("next").is_some() || exit.get("split").is_some() {
                leads.insert((at, one));
            }
            if exit.get("split").is_some() {
                leads.insert((at, two));
            }
            let mut exit = exit;
            exit["id"] = json!(format!("o{outcome}"));
            outcomes.push(exit);
        }
        steps.push(json!({ "id": name(at), "role": "tu", "outcomes": outcomes }));
    }
    for (at, step) in steps.iter_mut().enumerate().skip(1) {
        let sources: Vec<_> = leads.iter().filter(|(_, to)| *to == at).map(|(from, _)| json!([name(*from)])).collect();
        if sources.len() > 1 && dice.below(2) == 0 {
            step["join"] = json!({ "all": sources });
        }
    }
    let column = |shows: &str| json!({ "shows": shows, "heading": shows });
    let columns = ["no", "activity", "roles", "requires", "time", "outputs", "remark"].map(column);
    let rows: Vec<Json> = steps.into_iter().map(|step| json!({ "activity": "Bekerja", "steps": [step] })).collect();
    let mut whole = json!({
        "format": 1, "id": "acak", "edition": 1, "office": "kantor.json",
        "identity": { "government": "Pemerintah", "agency": "Dinas", "title": "SOP" },
        "table": { "title": "SOP", "columns": columns },
        "roles": [{ "id": "tu", "title": "TU" }], "rows": rows,
        "starts": [{ "id": "mulai", "opens": ["s0"] }],
        "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }, { "id": "stop", "title": "Stop", "kind": "stop" }],
    });
    if dice.below(2) == 0 {
        let then =
            if dice.below(3) == 0 { json!({ "end": "stop" }) } else { json!({ "next": name(dice.below(count)) }) };
        whole["policy"] = json!({ "reason": "Uji", "returns": { "limit": 1, "then": then } });
    }
    whole
}

/// Waits and filled slots: steps as they are, slots after them.
type Marking = BTreeSet<usize>;

struct Search<'p> {
    process: &'p Process,
    seen: BTreeSet<Marking>,
    open: VecDeque<Marking>,
}

impl Search<'_> {
    /// What may stand together, up to some thousand markings; a fault goes nowhere (F3).
    fn run(mut self) -> BTreeSet<Marking> {
        for start in self.process.starts().values() {
            self.reach(start.opens.iter().map(|step| step.place()).collect());
        }
        while let Some(marking) = self.open.pop_front() {
            for step in marking.iter().copied().filter(|place| *place < self.process.steps().len()) {
                let mut rest = marking.clone();
                rest.remove(&step);
                for outcome in &self.process.steps()[StepIx::at(step)].outcomes {
                    self.leave(&rest, &outcome.route);
                }
            }
        }
        self.seen
    }

    fn reach(&mut self, marking: Marking) {
        if self.seen.len() < 3_000 && self.seen.insert(marking.clone()) {
            self.open.push_back(marking);
        }
    }

    fn leave(&mut self, rest: &Marking, route: &Route) {
        match route {
            Route::Go(arcs) => self.go(rest.clone(), arcs),
            Route::End(end) => self.end(rest, *end),
            Route::Return(taken) => self.back(rest, *taken),
            Route::Choose(_) => unreachable!("there are no guards"),
        }
    }

    fn go(&mut self, mut marking: Marking, arcs: &[Arc]) {
        let steps = self.process.steps().len();
        for arc in arcs {
            let Some(slot) = arc.slot else {
                if !marking.insert(arc.to.place()) {
                    return;
                }
                continue;
            };
            if !marking.insert(steps + slot.place()) {
                return;
            }
            let (first, count) = self.process.steps()[arc.to].join.unwrap();
            let slots: Vec<usize> = (0..count).map(|place| steps + first.after(place).place()).collect();
            if slots.iter().all(|slot| marking.contains(slot)) {
                slots.iter().for_each(|slot| {
                    marking.remove(slot);
                });
                if !marking.insert(arc.to.place()) {
                    return;
                }
            }
        }
        self.reach(marking);
    }

    fn end(&mut self, rest: &Marking, end: EndIx) {
        if self.process.ends()[end].kind == EndKind::Part {
            self.reach(rest.clone());
        }
    }

    fn back(&mut self, rest: &Marking, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        let steps = self.process.steps().len();
        let is_left = |place: &usize| match place.checked_sub(steps) {
            None => !spec.steps.contains(*place),
            Some(slot) => !spec.slots.contains(slot),
        };
        let mut left: Marking = rest.iter().copied().filter(is_left).collect();
        if left.insert(spec.to.place()) {
            self.reach(left);
        }
        match spec.limit {
            Some((_, ThenSpec::End(end))) => self.end(rest, end),
            Some((_, ThenSpec::Next(next))) => {
                let mut marking = rest.clone();
                if marking.insert(next.place()) {
                    self.reach(marking);
                }
            }
            _ => {}
        }
    }
}

fn office() -> super::CheckedOffice {
    let office: Office = serde_json::from_value(json!({
        "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" },
        "calendar": "kalender.json",
        "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
        "posts": [{ "id": "tu", "title": "TU" }]
    }))
    .unwrap();
    check_office(&office, &Default::default()).0.unwrap()
}

#[test]
fn steps_that_wait_together_are_known_to() {
    let (mut dice, office) = (Dice(5), office());
    let (mut compiled, mut together, mut apart) = (0, 0, 0);
    for _ in 0..4_000 {
        let text = drawn(&mut dice);
        let definition: Definition = serde_json::from_value(text.clone()).unwrap();
        let Some(process) = compile(&definition, &office, Reading::AsRun, &Default::default()).process else {
            continue;
        };
        compiled += 1;
        let flow = Flow { steps: process.steps(), returns: process.returns(), slots: process.slots() };
        let parallel = Parallel::of(flow, process.starts()).unwrap();
        let steps = process.steps().len();
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        for marking in (Search { process: &process, seen: BTreeSet::new(), open: VecDeque::new() }).run() {
            let waits: Vec<usize> = marking.into_iter().filter(|place| *place < steps).collect();
            pairs.extend(
                waits.iter().flat_map(|one| waits.iter().map(|two| (*one, *two))).filter(|(one, two)| one != two),
            );
        }
        for one in 0..steps {
            for two in (0..steps).filter(|two| *two != one) {
                let known = parallel.holds(StepIx::at(one), StepIx::at(two));
                assert!(known || !pairs.contains(&(one, two)), "s{one} and s{two} wait together in {text}");
                match (pairs.contains(&(one, two)), known) {
                    (true, _) => together += 1,
                    (false, true) => apart += 1,
                    (false, false) => {}
                }
            }
        }
    }
    // The flows are worth trying, and little is held against honest ones.
    assert!(compiled > 300 && together > 500, "{compiled} flows, {together} pairs");
    assert!(apart * 10 < together, "{apart} pairs too many beside {together}");
}
