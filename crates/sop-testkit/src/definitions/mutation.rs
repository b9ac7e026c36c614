//! Sound definitions with one thing broken.

use std::collections::BTreeSet;
use std::fmt;

use proptest::prelude::*;
use proptest::sample::Index;
use sop_core::definition::{
    Closed, Definition, FieldId, Outcome, OutcomeId, PaperId, PostId, ReturnPolicy, RoleId, RolePolicy, Step, StepId,
    StepPolicy, Then,
};
use sop_core::guard::{Value, check, parse};

use super::{Outlined, Sample, sound};
use crate::edit::{self, exit_count, steps, steps_mut};
use crate::office::VACANT;

/// One thing broken, with its place. Not every one makes a definition unsound: an exit that is dropped may not be
/// missed. But each is a slip that an author could make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mutation {
    /// An outcome, a branch of a choice, or a thread of a split is left out.
    DropExit {
        /// The step.
        step: StepId,
        /// Which of its exits, counted from 0 over outcomes, branches and threads.
        exit: usize,
    },
    /// The threads of a split become outcomes to pick from.
    SwapSplitForChoice {
        /// The step.
        step: StepId,
    },
    /// The outcomes that lead on become threads of a split.
    SwapChoiceForSplit {
        /// The step.
        step: StepId,
    },
    /// Every outcome of a step goes back, and is closed when it is used up: then none is open.
    CloseOutcome {
        /// The step.
        step: StepId,
    },
    /// The last rung of a ladder is left out.
    DropRung {
        /// The step; none: the ladder for all.
        step: Option<StepId>,
    },
    /// A guard lets one value less through.
    TightenGuard {
        /// The step.
        step: StepId,
        /// Which branch, counted from 0.
        branch: usize,
        /// The field whose value is kept out.
        field: FieldId,
        /// The value as guards write it.
        value: String,
    },
    /// A step no longer hands on a paper that another asks for.
    DropProducer {
        /// The step.
        step: StepId,
        /// The paper.
        paper: PaperId,
    },
    /// A role is held by a post that nobody holds.
    EmptyRole {
        /// The role.
        role: RoleId,
    },
    /// Returns lose their limit.
    DropLimit {
        /// The step whose own limits go; none: the default goes.
        step: Option<StepId>,
    },
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropExit { step, exit } => write!(f, "exit {} of `{step}` is left out", exit + 1),
            Self::SwapSplitForChoice { step } => write!(f, "the split of `{step}` is a choice of outcomes"),
            Self::SwapChoiceForSplit { step } => write!(f, "the outcomes of `{step}` are a split"),
            Self::CloseOutcome { step } => write!(f, "every outcome of `{step}` goes back, and is closed afterwards"),
            Self::DropRung { step: Some(step) } => write!(f, "the ladder of `{step}` has lost its last rung"),
            Self::DropRung { step: None } => f.write_str("the ladder for all has lost its last rung"),
            Self::TightenGuard { step, branch, field, value } => {
                write!(f, "branch {} of `{step}` keeps out {field} = {value}", branch + 1)
            }
            Self::DropProducer { step, paper } => write!(f, "`{step}` does not hand on `{paper}`"),
            Self::EmptyRole { role } => write!(f, "nobody holds `{role}`"),
            Self::DropLimit { step: Some(step) } => write!(f, "the returns of `{step}` have no limit"),
            Self::DropLimit { step: None } => f.write_str("returns have no limit"),
        }
    }
}

/// A sound sample, one thing broken, and the definition so broken. Each kind of mutation that is possible comes as often
/// as any other, wherever in the definition.
pub fn mutated() -> impl Strategy<Value = (Sample, Mutation, Outlined)> {
    (sound(), any::<Index>(), any::<Index>())
        .prop_filter_map("nothing can be broken", |(sample, kind, place)| {
            let mut kinds: Vec<Vec<Mutation>> = Vec::new();
            for mutation in mutations(&sample.definition) {
                let known = kinds.iter_mut().find(|kind| kind.first().is_some_and(|first| same_kind(first, &mutation)));
                match known {
                    Some(kind) => kind.push(mutation),
                    None => kinds.push(vec![mutation]),
                }
            }
            let of_kind = kinds.get(kind.index(kinds.len().max(1)))?;
            let mutation = of_kind.get(place.index(of_kind.len().max(1)))?.clone();
            let broken = mutation.apply(&sample.definition)?;
            Some((sample, mutation, Outlined(broken)))
        })
        .boxed()
}

fn same_kind(one: &Mutation, other: &Mutation) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Everything of this kind that can be broken in a definition.
pub fn mutations(definition: &Definition) -> Vec<Mutation> {
    let mut found = Vec::new();
    let policy = definition.policy.as_ref();
    for step in steps(definition) {
        let id = || step.id.clone();
        let exits = exit_count(step);
        if exits > 1 {
            found.extend((0..exits).map(|exit| Mutation::DropExit { step: id(), exit }));
        }
        if step.split.as_ref().is_some_and(|split| split.len() > 1) {
            found.push(Mutation::SwapSplitForChoice { step: id() });
        }
        if onward_targets(step).len() > 1 {
            found.push(Mutation::SwapChoiceForSplit { step: id() });
        }
        let outcomes = step.outcomes.as_deref().unwrap_or_default();
        if outcomes.iter().any(|outcome| outcome.return_to.as_ref().is_some_and(|back| *back != step.id)) {
            found.push(Mutation::CloseOutcome { step: id() });
        }
        found.extend(tightenings(definition, step));
    }
    for (row, step) in definition.rows.iter().flat_map(|row| row.steps.iter().map(move |step| (row, step))) {
        let outputs = step.outputs.as_ref().unwrap_or(&row.outputs);
        let asked = |paper: &&PaperId| {
            let mut rows = definition.rows.iter();
            rows.any(|row| {
                let mut asking = row.steps.iter().filter(|other| other.id != step.id);
                asking.any(|other| other.requires.as_ref().unwrap_or(&row.requires).contains(paper))
            })
        };
        let produced = outputs.iter().filter(asked).cloned();
        found.extend(produced.map(|paper| Mutation::DropProducer { step: step.id.clone(), paper }));
    }
    let roles: BTreeSet<&RoleId> = steps(definition).flat_map(|step| step.role.iter().chain(&step.roles)).collect();
    let is_held = |role: &RoleId| definition.roles.iter().any(|known| known.id == *role && !known.requester);
    found.extend(roles.into_iter().filter(|role| is_held(role)).map(|role| Mutation::EmptyRole { role: role.clone() }));
    let Some(policy) = policy else { return found };
    if policy.overdue.as_ref().is_some_and(|rungs| !rungs.is_empty()) {
        found.push(Mutation::DropRung { step: None });
    }
    if policy.returns.is_some() {
        found.push(Mutation::DropLimit { step: None });
    }
    for (step, own) in &policy.steps {
        if own.overdue.as_ref().is_some_and(|rungs| !rungs.is_empty()) {
            found.push(Mutation::DropRung { step: Some(step.clone()) });
        }
        if !own.returns.is_empty() && policy.returns.is_none() {
            found.push(Mutation::DropLimit { step: Some(step.clone()) });
        }
    }
    found
}

/// The steps that the outcomes of a step lead on to, each once.
fn onward_targets(step: &Step) -> Vec<StepId> {
    let mut targets: Vec<StepId> = Vec::new();
    for next in step.outcomes.iter().flatten().filter_map(|outcome| outcome.next.clone()) {
        if !targets.contains(&next) {
            targets.push(next);
        }
    }
    targets
}

/// For each branch of a step's own choice one value that it lets through.
fn tightenings(definition: &Definition, step: &Step) -> Vec<Mutation> {
    let fields = edit::fields(definition);
    let mut found = Vec::new();
    for (branch, written) in step.choose.iter().flatten().enumerate() {
        let Ok(guard) = parse(&written.when).and_then(|syntax| check(&syntax, &fields)) else { continue };
        let Some(ix) = guard.reads().first().copied() else { continue };
        let Some(field) = fields.get(ix.place()) else { continue };
        let through = edit::samples(&field.ty).into_iter().find(|value| {
            let mut slots: Vec<Option<Value>> = vec![None; fields.len()];
            if let Some(slot) = slots.get_mut(ix.place()) {
                *slot = Some(value.clone());
            }
            guard.holds(&slots)
        });
        let value = through.and_then(|value| field.ty.to_json(&value).ok());
        if let (Some(value), Ok(field)) = (value, FieldId::new(&field.id)) {
            found.push(Mutation::TightenGuard { step: step.id.clone(), branch, field, value: value.to_string() });
        }
    }
    found
}

impl Mutation {
    /// The definition with this broken; none where the definition has no such place. Joins still name exactly the steps
    /// that lead to them, so that most such definitions compile.
    pub fn apply(&self, definition: &Definition) -> Option<Definition> {
        let mut broken = definition.clone();
        match self {
            Self::DropExit { step, exit } => drop_exit(find(&mut broken, step)?, *exit)?,
            Self::SwapSplitForChoice { step } => {
                let step = find(&mut broken, step)?;
                let threads = step.split.take()?;
                let outcome = |(place, next): (usize, StepId)| Some(plain(place, next));
                step.outcomes = Some(threads.into_iter().enumerate().filter_map(outcome).flatten().collect());
            }
            Self::SwapChoiceForSplit { step } => {
                let step = find(&mut broken, step)?;
                let threads = onward_targets(step);
                step.outcomes = None;
                step.split = Some(threads);
            }
            Self::CloseOutcome { step } => close(&mut broken, step)?,
            Self::DropRung { step: None } => {
                broken.policy.as_mut()?.overdue.as_mut()?.pop()?;
            }
            Self::DropRung { step: Some(step) } => {
                broken.policy.as_mut()?.steps.get_mut(step)?.overdue.as_mut()?.pop()?;
            }
            Self::TightenGuard { step, branch, field, value } => {
                let when = &mut find(&mut broken, step)?.choose.as_mut()?.get_mut(*branch)?.when;
                *when = format!("({when}) && case.{field} != {value}");
            }
            Self::DropProducer { step, paper } => {
                let row = broken.rows.iter_mut().find(|row| row.steps.iter().any(|known| known.id == *step))?;
                let step = row.steps.iter_mut().find(|known| known.id == *step)?;
                step.outputs.get_or_insert_with(|| row.outputs.clone()).retain(|output| output != paper);
                step.revises.get_or_insert_with(|| row.revises.clone()).retain(|output| output != paper);
            }
            Self::EmptyRole { role } => {
                let vacant = PostId::new(VACANT).ok()?;
                let nothing = RolePolicy { post: None, per: None, superior: None, accountable: None };
                broken.policy.as_mut()?.roles.entry(role.clone()).or_insert(nothing).post = Some(vacant);
            }
            Self::DropLimit { step: None } => {
                broken.policy.as_mut()?.returns.take()?;
            }
            Self::DropLimit { step: Some(step) } => broken.policy.as_mut()?.steps.get_mut(step)?.returns.clear(),
        }
        edit::tidy(&mut broken);
        Some(broken)
    }
}

fn find<'d>(definition: &'d mut Definition, id: &StepId) -> Option<&'d mut Step> {
    steps_mut(definition).find(|step| step.id == *id)
}

/// The outcome at a place that leads to one step.
fn plain(place: usize, next: StepId) -> Option<Outcome> {
    let id = OutcomeId::new(&format!("o{}", place + 1)).ok()?;
    Some(Outcome {
        id,
        title: None,
        label: None,
        outputs: None,
        collects: None,
        next: Some(next),
        split: None,
        return_to: None,
        choose: None,
        end: None,
        drawn: Default::default(),
        notes: Vec::new(),
    })
}

fn drop_exit(step: &mut Step, exit: usize) -> Option<()> {
    let mut place = exit;
    if let Some(outcomes) = &mut step.outcomes {
        for outcome in outcomes.iter_mut() {
            let branches = outcome.choose.as_ref().map_or(1, Vec::len);
            if place < branches {
                match &mut outcome.choose {
                    Some(branches) if branches.len() > 1 => {
                        branches.remove(place);
                        return Some(());
                    }
                    _ => break,
                }
            }
            place -= branches;
        }
        let mut seen = 0;
        let at = outcomes.iter().position(|outcome| {
            seen += outcome.choose.as_ref().map_or(1, Vec::len);
            exit < seen
        })?;
        outcomes.remove(at);
        return Some(());
    }
    if let Some(list) = step.choose.as_mut().filter(|list| exit < list.len()) {
        list.remove(exit);
        return Some(());
    }
    step.split.as_mut().filter(|list| exit < list.len()).map(|list| {
        list.remove(exit);
    })
}

/// Has every outcome of a step go back to where one of them goes, once, and closes it then.
fn close(definition: &mut Definition, id: &StepId) -> Option<()> {
    let step = find(definition, id)?;
    let outcomes = step.outcomes.as_mut()?;
    // Without a way on a step can't be sent back to itself.
    let back = outcomes.iter().filter_map(|outcome| outcome.return_to.clone()).find(|back| back != id)?;
    for outcome in outcomes.iter_mut() {
        (outcome.next, outcome.split, outcome.choose, outcome.end) = (None, None, None, None);
        outcome.return_to = Some(back.clone());
    }
    let names: Vec<OutcomeId> = outcomes.iter().map(|outcome| outcome.id.clone()).collect();
    let policy = definition.policy.as_mut()?;
    let own = policy.steps.entry(id.clone()).or_insert_with(no_policy);
    own.overdue = None;
    own.returns = names
        .into_iter()
        .map(|name| {
            let then = Then { end: None, next: None, closed: Some(Closed::Outcome) };
            (name, ReturnPolicy { limit: 1, then })
        })
        .collect();
    Some(())
}

fn no_policy() -> StepPolicy {
    StepPolicy {
        reason: Some("Untuk pengujian".to_owned()),
        collects: Vec::new(),
        makes: Vec::new(),
        distinct_from: Vec::new(),
        same_as: Vec::new(),
        register: None,
        within: None,
        rework_time: None,
        returns: Default::default(),
        overdue: None,
        strategic: false,
    }
}
