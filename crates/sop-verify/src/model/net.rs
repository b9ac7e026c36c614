//! The flow of a process as a net of places and transitions, recorded from the core's own moves.
//!
//! A step and a slot are a place each; so are the case before it is opened, and the case that is over. Every exit, every
//! start and every join is a transition. What an exit puts where is not read off its tables again: it is its
//! [`Effect`], what the core does with it.
//!
//! The net joins when it likes, where a case joins at once. A case's runs are among those of the net, so that whatever
//! never happens in the net never happens in a case; and since nothing but its join takes a token out of a slot, a run
//! to the end stays one when its joins are moved to the front.
//!
//! Values are not in the net. Where the branch of a choice depends on values that were set before, the net may take any
//! of its branches, and none of them alone can be counted on for getting on: they are a [group](Transition::group), of
//! which all have to.

use smallvec::SmallVec;
use sop_core::definition::EndKind;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, Route, SlotIx, StartIx, StepIx};

use super::concurrency::Concurrency;
use super::effect::{Did, Effect, Put};
use super::{Choice, ExitIx, Exits};

pub(crate) type Place = u32;
pub(crate) type Places = SmallVec<[Place; 4]>;

/// The place of a case that is not open yet.
pub(crate) const GATE: Place = 0;

/// What a transition stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Start(StartIx),
    Exit(ExitIx),
    Join(StepIx),
}

/// The number of a group of branches.
pub(crate) type Group = u32;

#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub(crate) origin: Origin,
    pub(crate) inputs: Places,
    pub(crate) outputs: Places,
    /// Whether it may be counted on for getting on ([`Exit::leads_on`](super::Exit::leads_on)), by itself or with the
    /// others of its group.
    pub(crate) leads_on: bool,
    /// The choice whose values decide, if any do.
    pub(crate) group: Option<Group>,
}

/// A return of a process with parallel parts: from a step back to an earlier one, with all that has come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Back {
    pub(crate) from: Place,
    pub(crate) to: Place,
    pub(crate) taken: ReturnIx,
}

/// What is known of tokens that stand beside one another, where there are returns that stand apart, or tokens that
/// vanish.
#[derive(Debug, Clone)]
pub(crate) enum Apart {
    /// Nothing has to be known.
    Nothing,
    /// A level for each place below that of whatever it leads to: the net has no rounds.
    Levels(Vec<u32>),
    /// Which steps and slots may hold tokens at once; nothing piles up.
    Concurrency(Concurrency),
}

/// The flow of a process. In one with parallel parts, returns stand apart: what they withdraw is no matter of places and
/// transitions. An end that stops the case is left out there where its step has another way on, since nothing follows
/// from it; where it is the only one, its token vanishes: whatever the others do then, they could do before.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) places: usize,
    /// The place of a case that is over.
    pub(crate) done: Place,
    pub(crate) transitions: Vec<Transition>,
    /// The returns that stand apart, each pair of places once.
    pub(crate) backs: Vec<Back>,
    /// For each group how many of its branches have to lead on; [`BROKEN`] for one that cannot be counted on.
    pub(crate) groups: Vec<u32>,
    /// Tells whether tokens vanish: parts end by themselves.
    pub(crate) vanishes: bool,
    /// Tells whether some end ends the whole case.
    ends_case: bool,
    pub(crate) apart: Apart,
    /// Place where a concurrency relation is used: which steps are open alone, as far as returns are concerned.
    pub(crate) alone: Option<Alone>,
}

/// For each return that stands apart the steps beside which nothing else stands that it withdraws.
#[derive(Debug, Clone)]
pub(crate) struct Alone {
    /// For each transition the step from which it takes its token, if it is an exit's.
    heads: Vec<Option<StepIx>>,
    for_backs: Vec<BitSet>,
    froms: Vec<StepIx>,
}

impl Alone {
    /// Tells whether a token is alone, for a return, before a transition takes it.
    pub(crate) fn before(&self, transition: u32, back: u32) -> bool {
        let step = self.heads.get(transition as usize).copied().flatten();
        step.is_some_and(|step| self.for_backs.get(back as usize).is_some_and(|alone| alone.contains(step.place())))
    }

    /// Tells whether a token is alone where a return takes it.
    pub(crate) fn at(&self, back: u32) -> bool {
        let alone = self.for_backs.get(back as usize).zip(self.froms.get(back as usize));
        alone.is_some_and(|(alone, from)| alone.contains(from.place()))
    }
}

/// A group that cannot be counted on: values may send a case round in it for ever.
pub(crate) const BROKEN: u32 = u32::MAX;

/// Tells whether a case of the process never has more than one token.
pub(crate) fn is_sequential(process: &Process, exits: &Exits) -> bool {
    let one = |route: &Route| !matches!(route, Route::Go(arcs) if arcs.len() > 1);
    process.starts().values().all(|start| start.opens.len() == 1) && exits.iter().all(|(_, exit)| one(&exit.route))
}

/// What has to be known of exits to make a net.
pub(crate) struct Choices<'c> {
    /// Tells whether any values lead to an exit.
    pub(crate) is_feasible: &'c dyn Fn(ExitIx) -> bool,
    /// Whether the branch of a choice depends on nothing but what its own completion sets: then a person picks it.
    pub(crate) is_free: &'c dyn Fn(ExitIx) -> bool,
}

impl Net {
    /// The net of a process with what has to be known of tokens that stand beside one another. None where too much would
    /// have to be known, or where they may pile up.
    pub(crate) fn of<'c>(
        process: &Process,
        exits: &Exits,
        choices: &Choices<'_>,
        concurrency: impl FnOnce() -> Option<&'c Concurrency>,
    ) -> Option<Self> {
        let mut net = Self::flow(process, exits, choices);
        if net.needs_apart() {
            // An end of the whole case has to wait for the parts: levels do not say whether it does.
            let levels = if net.mixes_ends() { None } else { net.leveled() };
            match levels {
                Some(levels) => net.apart = Apart::Levels(levels),
                None => {
                    let concurrency = concurrency().filter(|concurrency| concurrency.is_safe())?;
                    net.stand_apart(process, exits, concurrency.clone());
                }
            }
        }
        Some(net)
    }

    /// Tells whether something has to be known of tokens that stand beside one another.
    pub(crate) fn needs_apart(&self) -> bool {
        !self.backs.is_empty() || self.vanishes
    }

    /// Tells whether parts end by themselves, and another end waits for all of them.
    pub(crate) fn mixes_ends(&self) -> bool {
        self.vanishes && self.ends_case
    }

    /// Takes for granted that tokens meet only where a relation says so, and that nothing piles up.
    pub(crate) fn stand_apart(&mut self, process: &Process, exits: &Exits, concurrency: Concurrency) {
        // Nothing stands beside a token that ends the case: it is over as if its last part had ended.
        self.vanishes |= self.ends_case;
        let done = self.done;
        self.transitions.iter_mut().for_each(|transition| transition.outputs.retain(|place| *place != done));
        let head = |transition: &Transition| match transition.origin {
            Origin::Exit(at) => exits.get(at).map(|exit| exit.step),
            _ => None,
        };
        let heads = self.transitions.iter().map(head).collect();
        let steps = || process.steps().iter().map(|(step, _)| step);
        let alone_for = |back: &Back| {
            let mut alone = BitSet::with_len(process.steps().len());
            let region = &process.returns()[back.taken].steps;
            let is_alone =
                |step: &StepIx| region.contains(step.place()) && concurrency.is_alone(process, *step, back.taken);
            alone.extend(steps().filter(is_alone).map(|step| step.place()));
            alone
        };
        let for_backs = self.backs.iter().map(alone_for).collect();
        let froms = self.backs.iter().map(|back| process.returns()[back.taken].from).collect();
        self.alone = Some(Alone { heads, for_backs, froms });
        self.apart = Apart::Concurrency(concurrency);
    }

    /// The net of a process, with nothing known of tokens that stand beside one another.
    pub(crate) fn flow(process: &Process, exits: &Exits, choices: &Choices<'_>) -> Self {
        let sequential = is_sequential(process, exits);
        let places = Numbering::of(process);
        let mut net = Self {
            places: places.done as usize + 1,
            done: places.done,
            transitions: Vec::with_capacity(exits.len() + process.starts().len()),
            backs: Vec::new(),
            groups: Vec::new(),
            vanishes: false,
            ends_case: false,
            apart: Apart::Nothing,
            alone: None,
        };
        for (start, spec) in process.starts().iter() {
            net.transitions.push(Transition {
                origin: Origin::Start(start),
                inputs: Places::from_slice(&[GATE]),
                outputs: spec.opens.iter().map(|step| places.step(*step)).collect(),
                leads_on: true,
                group: None,
            });
        }
        for (step, _) in process.steps().iter() {
            net.add_step(process, exits, choices, places, step, sequential);
        }
        for (step, spec) in process.steps().iter() {
            if let Some((first, slots)) = spec.join {
                net.transitions.push(Transition {
                    origin: Origin::Join(step),
                    inputs: (0..slots).map(|slot| places.slot(first.after(slot))).collect(),
                    outputs: Places::from_slice(&[places.step(step)]),
                    leads_on: true,
                    group: None,
                });
            }
        }
        net.backs.sort_unstable_by_key(|back| (back.from, back.to));
        net.backs.dedup_by_key(|back| (back.from, back.to));
        net
    }

    /// Adds the exits of a step.
    fn add_step(
        &mut self,
        process: &Process,
        exits: &Exits,
        choices: &Choices<'_>,
        places: Numbering,
        step: StepIx,
        sequential: bool,
    ) {
        let from = places.step(step);
        let feasible = || exits.of_step(step).filter(|(at, _)| (choices.is_feasible)(*at));
        let goes_on = |did: Did| !matches!(did, Did::Stopped | Did::WentBack(_));
        let has_way_on =
            !sequential && feasible().any(|(_, exit)| exit.leads_on() && goes_on(Effect::of(process, exit).did));
        let mut groups: SmallVec<[(Choice, Group); 2]> = SmallVec::new();
        for (at, exit) in feasible() {
            let group = match Choice::of(exit).filter(|_| !(choices.is_free)(at)) {
                None => None,
                Some(choice) => Some(match groups.iter().find(|(known, _)| *known == choice) {
                    Some((_, group)) => *group,
                    None => {
                        let group = self.groups.len() as Group;
                        self.groups.push(0);
                        groups.push((choice, group));
                        group
                    }
                }),
            };
            let mut count = |broken: bool| {
                if let Some(count) = group.and_then(|group| self.groups.get_mut(group as usize))
                    && *count != BROKEN
                {
                    *count = if broken { BROKEN } else { *count + 1 };
                }
            };
            let effect = Effect::of(process, exit);
            let mut outputs: Places = effect
                .puts
                .iter()
                .map(|put| match *put {
                    Put::Step(step) => places.step(step),
                    Put::Slot(slot) => places.slot(slot),
                })
                .collect();
            match effect.did {
                Did::WentBack(taken) if !sequential => {
                    if exit.leads_on() {
                        count(true);
                    }
                    let to = places.step(process.returns()[taken].to);
                    self.backs.push(Back { from, to, taken });
                    continue;
                }
                // The case may be over at once: whoever counts on the others of a group may count on this one too.
                Did::Stopped if !sequential && has_way_on => continue,
                Did::Stopped if !sequential => self.vanishes = true,
                Did::Ended(EndKind::Part) if !sequential => self.vanishes = true,
                Did::Stopped => outputs.push(places.done),
                Did::Ended(_) => {
                    self.ends_case = true;
                    outputs.push(places.done);
                }
                Did::Moved | Did::WentBack(_) => {}
            }
            if exit.leads_on() {
                count(false);
            }
            self.transitions.push(Transition {
                origin: Origin::Exit(at),
                inputs: Places::from_slice(&[from]),
                outputs,
                leads_on: exit.leads_on(),
                group,
            });
        }
    }

    /// Levels that rise along every transition, if there is no round.
    fn leveled(&self) -> Option<Vec<u32>> {
        let mut levels = vec![0_u32; self.places];
        let mut takers: Vec<SmallVec<[u32; 2]>> = vec![SmallVec::new(); self.places];
        let mut open_inputs: Vec<u32> =
            self.transitions.iter().map(|transition| transition.inputs.len() as u32).collect();
        let mut open_producers = vec![0_u32; self.places];
        for (at, transition) in (0..).zip(&self.transitions) {
            for input in &transition.inputs {
                takers.get_mut(*input as usize)?.push(at);
            }
            for output in &transition.outputs {
                *open_producers.get_mut(*output as usize)? += 1;
            }
        }
        let is_root = |place: &u32| open_producers.get(*place as usize) == Some(&0);
        let mut open: Vec<u32> = (0..self.places as u32).filter(is_root).collect();
        let mut seen = 0;
        while let Some(place) = open.pop() {
            seen += 1;
            for taker in takers.get(place as usize).cloned().unwrap_or_default() {
                let inputs = open_inputs.get_mut(taker as usize)?;
                *inputs -= 1;
                if *inputs > 0 {
                    continue;
                }
                let transition = self.transitions.get(taker as usize)?;
                let level = transition.inputs.iter().filter_map(|input| levels.get(*input as usize)).max()? + 1;
                for output in &transition.outputs {
                    let known = levels.get_mut(*output as usize)?;
                    *known = level.max(*known);
                    let producers = open_producers.get_mut(*output as usize)?;
                    *producers -= 1;
                    if *producers == 0 {
                        open.push(*output);
                    }
                }
            }
        }
        (seen == self.places).then_some(levels)
    }
}

#[derive(Debug, Clone, Copy)]
struct Numbering {
    steps: u32,
    done: u32,
}

impl Numbering {
    fn of(process: &Process) -> Self {
        let steps = process.steps().len() as u32;
        Self { steps, done: 1 + steps + process.slots().len() as u32 }
    }

    fn step(self, step: StepIx) -> Place {
        1 + step.place() as u32
    }

    fn slot(self, slot: SlotIx) -> Place {
        1 + self.steps + slot.place() as u32
    }
}
