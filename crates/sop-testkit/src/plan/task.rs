//! Writing one step: its roles, time, papers and ladder, and the field that its guards read.

use serde_json::json;

use super::around::{Kept, Known, Surroundings, Thread};
use super::write::{Writer, pick};
use super::{Kind, Ladder, Reads, Source, Task};
use crate::office::{BESIDE, ROLES, TAKES_OVER};
use crate::sketch::{BOUND, StepSketch, step_id};

/// The times as they are written, with the budget that the policy gives where there is none.
const TIMES: [(&str, Option<&str>); 8] = [
    ("5 menit", None),
    ("10 menit", None),
    ("15 menit", None),
    ("30 menit", None),
    ("1 jam", None),
    ("2 jam", None),
    ("Segera", Some("1 jam")),
    ("1 x 24 jam", None),
];

/// The parts that a choice field falls into.
const CHOICES: [&str; 4] = ["a", "b", "c", "d"];

impl Writer {
    /// Writes a step with its roles, time and papers, and notes what is certain behind it.
    pub(super) fn task(&mut self, task: &Task, around: &mut Surroundings, passed_by: bool) -> usize {
        let step = self.sketch.steps.len();
        let number = step + 1;
        let role = usize::from(task.role) % ROLES.len();
        let mut sketch = StepSketch::default();
        sketch.roles.extend(ROLES.get(role));
        sketch.roles.extend(BESIDE.get(role).filter(|_| task.shared));
        if let Some((time, within)) = TIMES.get(usize::from(task.time) % TIMES.len()) {
            (sketch.time, sketch.within) = (time, *within);
        }
        for pick in &task.papers.requires {
            let newest = around.papers.iter().rev().nth(usize::from(*pick) % around.papers.len().max(1));
            if let Some(paper) = newest.filter(|paper| !sketch.requires.contains(&paper.id)) {
                sketch.requires.push(paper.id.clone());
            }
        }
        if let Some(first) = sketch.requires.first().cloned() {
            let own = around.papers.iter().any(|paper| paper.id == first && paper.own);
            if task.papers.revises && own {
                sketch.revises.push(first.clone());
            }
            if task.papers.passes || !sketch.revises.is_empty() {
                sketch.outputs.push(first);
            }
        }
        let mut made = Vec::new();
        let mut paper = |id: String, brought_by: Option<&str>| {
            let mut written = json!({ "id": id, "title": format!("Berkas {id}") });
            if let (Some(role), Some(written)) = (brought_by, written.as_object_mut()) {
                written.insert("brought_by".into(), json!(role));
            }
            self.sketch.papers.push(written);
            made.push(id.clone());
            id
        };
        if task.papers.brings {
            sketch.requires.push(paper(format!("b{number}"), sketch.roles.first().copied()));
        }
        if task.papers.drawn {
            let drawn = paper(format!("d{number}"), None);
            sketch.requires.push(drawn.clone());
            sketch.policy.insert("makes".into(), json!([drawn]));
        }
        if task.papers.makes {
            sketch.outputs.push(paper(format!("p{number}"), None));
        }
        if task.register {
            sketch.policy.insert("register".into(), json!("agenda"));
        }
        if task.rework {
            sketch.policy.insert("rework_time".into(), json!("5 menit"));
        }
        if task.strategic {
            sketch.policy.insert("strategic".into(), json!(true));
        }
        if let Some(other) = task.apart_from.and_then(|pick| self.partner(&sketch, pick)) {
            sketch.policy.insert("distinct_from".into(), json!([step_id(other)]));
        }
        self.sketch.steps.push(sketch);
        around.targets.push((step, around.thread == Thread::Joined));
        if !passed_by {
            around.passed.push(step);
            around.papers.extend(made.into_iter().map(|id| Kept { id, own: true }));
        }
        step
    }

    /// An earlier step of the same role alone that somebody else can have done. Each step has one partner at most, so
    /// that two holders are always enough.
    fn partner(&self, sketch: &StepSketch, nth: u16) -> Option<usize> {
        let distinct = |step: &StepSketch| step.policy.get("distinct_from").and_then(|list| list.get(0)).cloned();
        let taken: Vec<_> = self.sketch.steps.iter().filter_map(distinct).collect();
        let free = |&place: &usize| {
            let step = self.sketch.steps.get(place);
            let alike = step.is_some_and(|step| step.roles == sketch.roles && distinct(step).is_none());
            alike && !taken.contains(&json!(step_id(place)))
        };
        let [role] = sketch.roles.as_slice() else { return None };
        let steps: Vec<usize> = (0..self.sketch.steps.len()).rev().filter(free).collect();
        if *role == "pemohon" { None } else { pick(&steps, nth) }
    }

    /// Writes the ladder of a step. `onwards` is an outcome that leads on and needs no values.
    pub(super) fn ladder(&mut self, step: usize, ladder: Ladder, onwards: Option<&str>) {
        let Some(sketch) = self.sketch.steps.get_mut(step) else { return };
        let role = sketch.roles.first().and_then(|role| ROLES.iter().position(|known| known == role));
        let takes_over = role.and_then(|role| TAKES_OVER.get(role).copied().flatten());
        let first = json!({ "after": "0 menit", "remind": "doer" });
        let always = json!({ "every": "1 hari", "remind": "accountable" });
        let rungs = match (ladder, onwards, takes_over) {
            (Ladder::Remind, ..) | (Ladder::HandOver, _, None) => return,
            (Ladder::Climb, ..) => json!([first, { "after": "1 hari", "escalate": "superior" }, always]),
            (Ladder::HandOver, _, Some(role)) => json!([first, { "after": "1 hari", "reassign": role }, always]),
            (Ladder::Leave, Some(outcome), _) => json!([first, { "after": "2 hari", "outcome": outcome }]),
            (Ladder::Leave, None, _) | (Ladder::Stop, ..) => json!([first, { "after": "2 hari", "end": BOUND }]),
        };
        sketch.policy.insert("overdue".into(), rungs);
    }

    /// The field that a choice reads.
    pub(super) fn field(
        &mut self,
        step: usize,
        reads: Reads,
        branches: usize,
        passed: &[usize],
        around: &Surroundings,
    ) -> Known {
        let fits = |kind: Kind| kind != Kind::Bool || branches == 2;
        if let Source::Again(nth) = reads.from {
            let known: Vec<&Known> = around.fields.iter().rev().filter(|known| fits(known.kind)).collect();
            if let Some(known) = pick(&known, nth) {
                return known.clone();
            }
        }
        let kind = if fits(reads.kind) { reads.kind } else { Kind::Choice };
        let earlier: Vec<usize> = passed.iter().rev().copied().collect();
        let since = match reads.from {
            Source::Earlier(nth) => pick(&earlier, nth).unwrap_or(step),
            Source::Here | Source::Again(_) => step,
        };
        let id = format!("f{}", step + 1);
        let title = format!("Isian {id}");
        self.sketch.fields.push(match kind {
            Kind::Bool => json!({ "id": id, "title": title, "type": "bool" }),
            Kind::Integer => json!({ "id": id, "title": title, "type": "integer", "min": 0, "max": 100 }),
            Kind::Choice => {
                let choices = CHOICES.map(|choice| json!({ "id": choice, "title": choice }));
                json!({ "id": id, "title": title, "type": "choice", "choices": choices })
            }
        });
        if let Some(sketch) = self.sketch.steps.get_mut(since) {
            sketch.collects.push(id.clone());
        }
        Known { id, kind, since }
    }
}

/// Guards that cut what a field may hold into so many parts, each value in exactly one.
pub(super) fn guards(field: &Known, parts: usize) -> Vec<String> {
    let name = format!("case.{}", field.id);
    let part = |place: usize| {
        let last = place + 1 == parts;
        match field.kind {
            Kind::Bool if place == 0 => name.clone(),
            Kind::Bool => format!("!{name}"),
            Kind::Integer => match (place, last) {
                (0, _) => format!("{name} <= 10"),
                (_, true) => format!("{name} > {}", place * 10),
                (_, false) => format!("{name} > {} && {name} <= {}", place * 10, (place + 1) * 10),
            },
            Kind::Choice if last => {
                let rest: Vec<String> = CHOICES.iter().skip(place).map(|choice| format!("\"{choice}\"")).collect();
                format!("{name} in [{}]", rest.join(", "))
            }
            Kind::Choice => format!("{name} == \"{}\"", CHOICES.get(place).unwrap_or(&"a")),
        }
    };
    (0..parts).map(part).collect()
}
