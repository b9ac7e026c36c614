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
use sop_core::process::{EndIx, Position as _, Process, ReturnIx, Route, SlotIx, StartIx, StepIx};

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

#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) places: usize,
    /// The place of a case that is over.
    pub(crate) done: Place,
    pub(crate) transitions: Vec<Transition>,
}

/// Whether a case of the process never has more than one token.
pub(crate) fn is_sequential(process: &Process, exits: &Exits) -> bool {
    let one = |route: &Route| !matches!(route, Route::Go(arcs) if arcs.len() > 1);
    process.starts().values().all(|start| start.opens.len() == 1) && exits.iter().all(|(_, exit)| one(&exit.route))
}

impl Net {
    /// The net of a process whose every move is one of tokens alone: it has no choice that depends on values set
    /// before, and what its returns and ends withdraw is nothing but the token that moves. None for other processes.
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
        let mut recorder = Recorder { places, returns_open: true, outputs: Places::new(), withdraws: false };
        for (at, exit) in exits.iter().filter(|(at, _)| is_feasible(*at)) {
            recorder.outputs.clear();
            recorder.withdraws = false;
            recorder.returns_open = !matches!(exit.way, Way::Spent(_));
            tokens::take(process, &mut recorder, &exit.route);
            if recorder.withdraws && !sequential {
                return None;
            }
            transitions.push(Transition {
                origin: Origin::Exit(at),
                inputs: Places::from_slice(&[places.step(exit.step)]),
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
        Some(Self { places: places.done as usize + 1, done: places.done, transitions })
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
struct Recorder {
    places: Numbering,
    returns_open: bool,
    outputs: Places,
    /// Whether the move takes away other tokens than its own, or may only be made when there are none.
    withdraws: bool,
}

impl Board for Recorder {
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
        self.withdraws = true;
    }
    fn use_up(&mut self, _: ReturnIx) {}
    fn end(&mut self, _: EndIx) {
        self.outputs.push(self.places.done);
    }
    fn stop(&mut self, _: EndIx) {
        self.withdraws = true;
        self.outputs.push(self.places.done);
    }
    fn fault(&mut self, _: Fault<Dense>) {}
    fn finish(&mut self) {}
}
