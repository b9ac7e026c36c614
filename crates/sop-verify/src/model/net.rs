//! The flow of a process as a net of places and transitions, recorded from the core's own moves.
//!
//! A step and a slot are a place each; so are the case before it is opened, and the case that is over. Every exit, every
//! start and every join is a transition. What an exit puts where is not read off its tables again: it is what the core
//! does on a [`Recorder`], a board that writes down the orders that it gets.
//!
//! The net joins when it likes, where a case joins at once. A case's runs are among those of the net, so that whatever
//! never happens in the net never happens in a case; and since nothing but its join takes a token out of a slot, a run
//! to the end stays one when its joins are moved to the front.

use smallvec::SmallVec;
use sop_core::case::tokens::{self, Board};
use sop_core::case::{Dense, Fault};
use sop_core::definition::EndKind;
use sop_core::process::{EndIx, EndSpec, Position as _, Process, ReturnIx, Route, SlotIx, StartIx, StepIx, Table};

use super::{ExitIx, Exits, Way};

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

#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub(crate) origin: Origin,
    pub(crate) inputs: Places,
    pub(crate) outputs: Places,
    /// Whether it may be counted on for getting on ([`Exit::leads_on`](super::Exit::leads_on)).
    pub(crate) leads_on: bool,
}

/// A return of a process with parallel parts: from a step back to an earlier one, with all that has come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Back {
    pub(crate) from: Place,
    pub(crate) to: Place,
}

/// The flow of a process. In one with parallel parts, returns stand apart: what they withdraw is no matter of places and
/// transitions. Ends that stop the case are left out there, since nothing follows from them.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) places: usize,
    /// The place of a case that is over.
    pub(crate) done: Place,
    pub(crate) transitions: Vec<Transition>,
    /// The returns that stand apart, each pair of places once.
    pub(crate) backs: Vec<Back>,
    /// Whether parts end by themselves: tokens vanish.
    pub(crate) vanishes: bool,
    /// For each place a level below that of whatever it leads to; none where the net has rounds. Only asked for where
    /// there are returns or vanishing tokens.
    pub(crate) levels: Option<Vec<u32>>,
}

/// Whether a case of the process never has more than one token.
pub(crate) fn is_sequential(process: &Process, exits: &Exits) -> bool {
    let one = |route: &Route| !matches!(route, Route::Go(arcs) if arcs.len() > 1);
    process.starts().values().all(|start| start.opens.len() == 1) && exits.iter().all(|(_, exit)| one(&exit.route))
}

impl Net {
    /// The net of a process whose every move is one of tokens alone: it has no choice that depends on values set
    /// before. None for others, and where both kinds of ends, or rounds beside returns, leave no net to speak of.
    ///
    /// `is_feasible` says of an exit whether any values lead to it.
    pub(crate) fn of(process: &Process, exits: &Exits, is_feasible: impl Fn(ExitIx) -> bool) -> Option<Self> {
        let sequential = is_sequential(process, exits);
        let places = Numbering::of(process);
        let mut transitions = Vec::with_capacity(exits.len() + process.starts().len());
        for (start, spec) in process.starts().iter() {
            transitions.push(Transition {
                origin: Origin::Start(start),
                inputs: Places::from_slice(&[GATE]),
                outputs: spec.opens.iter().map(|step| places.step(*step)).collect(),
                leads_on: true,
            });
        }
        let mut recorder =
            Recorder { places, kinds: process.ends(), returns_open: true, outputs: Places::new(), did: Did::Moved };
        let mut backs: Vec<Back> = Vec::new();
        let (mut ends_parts, mut ends_case) = (false, false);
        for (at, exit) in exits.iter().filter(|(at, _)| is_feasible(*at)) {
            recorder.outputs.clear();
            recorder.did = Did::Moved;
            recorder.returns_open = !matches!(exit.way, Way::Spent(_));
            tokens::take(process, &mut recorder, &exit.route);
            let from = places.step(exit.step);
            if !sequential {
                match (recorder.did, recorder.outputs.as_slice()) {
                    (Did::WentBack, &[to]) => {
                        backs.push(Back { from, to });
                        continue;
                    }
                    (Did::Stopped, _) => continue,
                    (Did::Ended(EndKind::Part), _) => {
                        ends_parts = true;
                        recorder.outputs.clear();
                    }
                    (Did::Ended(_), _) => ends_case = true,
                    _ => {}
                }
            }
            transitions.push(Transition {
                origin: Origin::Exit(at),
                inputs: Places::from_slice(&[from]),
                outputs: recorder.outputs.clone(),
                leads_on: exit.leads_on(),
            });
        }
        for (step, spec) in process.steps().iter() {
            if let Some((first, slots)) = spec.join {
                transitions.push(Transition {
                    origin: Origin::Join(step),
                    inputs: (0..slots).map(|slot| places.slot(first.after(slot))).collect(),
                    outputs: Places::from_slice(&[places.step(step)]),
                    leads_on: true,
                });
            }
        }
        backs.sort_unstable_by_key(|back| (back.from, back.to));
        backs.dedup();
        let mut net = Self {
            places: places.done as usize + 1,
            done: places.done,
            transitions,
            backs,
            vanishes: ends_parts,
            levels: None,
        };
        if !net.backs.is_empty() || net.vanishes {
            // An end of the whole case has to wait for the parts: that is seen in states only.
            net.levels = Some(net.leveled().filter(|_| !(ends_parts && ends_case))?);
        }
        Some(net)
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

/// A board on which nothing stands: it writes down where a move puts tokens.
struct Recorder<'p> {
    places: Numbering,
    kinds: &'p Table<EndIx, EndSpec>,
    returns_open: bool,
    outputs: Places,
    did: Did,
}

/// What a move did beside putting tokens somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Did {
    Moved,
    /// It took other tokens back with its own.
    WentBack,
    /// Its token came to an end.
    Ended(EndKind),
    /// It took all tokens away.
    Stopped,
}

impl Board for Recorder<'_> {
    fn is_over(&self) -> bool {
        false
    }
    fn is_active(&self, _: StepIx) -> bool {
        false
    }
    fn is_filled(&self, _: SlotIx) -> bool {
        false
    }
    fn has_tokens(&self) -> bool {
        false
    }
    fn is_open(&self, _: ReturnIx) -> bool {
        self.returns_open
    }
    fn activate(&mut self, step: StepIx, _: bool) {
        self.outputs.push(self.places.step(step));
    }
    fn fill(&mut self, slot: SlotIx) {
        self.outputs.push(self.places.slot(slot));
    }
    fn join(&mut self, _: SlotIx, _: u32) {}
    fn go_back(&mut self, _: ReturnIx) {
        self.did = Did::WentBack;
    }
    fn use_up(&mut self, _: ReturnIx) {}
    fn end(&mut self, end: EndIx) {
        self.did = Did::Ended(self.kinds.get(end).map_or(EndKind::Case, |end| end.kind));
        self.outputs.push(self.places.done);
    }
    fn stop(&mut self, _: EndIx) {
        self.did = Did::Stopped;
        self.outputs.push(self.places.done);
    }
    fn fault(&mut self, _: Fault<Dense>) {}
    fn finish(&mut self) {}
}
