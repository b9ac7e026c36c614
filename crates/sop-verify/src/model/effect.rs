//! The effect of an exit on tokens, recorded from the core's own moves.

use smallvec::SmallVec;
use sop_core::case::tokens::{self, Board};
use sop_core::case::{Dense, Fault};
use sop_core::definition::EndKind;
use sop_core::process::{EndIx, EndSpec, Process, ReturnIx, SlotIx, StepIx, Table};

use super::{Exit, Way};

/// Place where a token is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    Step(StepIx),
    Slot(SlotIx),
}

/// What an exit does beside putting tokens somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Did {
    Moved,
    /// It takes other tokens back with its own.
    WentBack(ReturnIx),
    /// Its token comes to an end.
    Ended(EndKind),
    /// It takes all tokens away.
    Stopped,
}

/// The effect of an exit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Effect {
    pub(crate) puts: SmallVec<[Put; 4]>,
    pub(crate) did: Did,
}

impl Effect {
    /// The effect of an exit: what the core does with its route, where nothing else stands.
    pub(crate) fn of(process: &Process, exit: &Exit) -> Self {
        let mut recorder = Recorder {
            kinds: process.ends(),
            returns_open: !matches!(exit.way, Way::Spent(_)),
            effect: Self { puts: SmallVec::new(), did: Did::Moved },
        };
        tokens::take(process, &mut recorder, &exit.route);
        recorder.effect
    }
}

/// A board on which nothing stands: it writes down where a move puts tokens.
struct Recorder<'p> {
    kinds: &'p Table<EndIx, EndSpec>,
    returns_open: bool,
    effect: Effect,
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
        self.effect.puts.push(Put::Step(step));
    }
    fn fill(&mut self, slot: SlotIx) {
        self.effect.puts.push(Put::Slot(slot));
    }
    fn join(&mut self, _: SlotIx, _: u32) {}
    fn go_back(&mut self, taken: ReturnIx) {
        self.effect.did = Did::WentBack(taken);
    }
    fn use_up(&mut self, _: ReturnIx) {}
    fn end(&mut self, end: EndIx) {
        self.effect.did = Did::Ended(self.kinds.get(end).map_or(EndKind::Case, |end| end.kind));
    }
    fn stop(&mut self, _: EndIx) {
        self.effect.did = Did::Stopped;
    }
    fn fault(&mut self, _: Fault<Dense>) {}
    fn finish(&mut self) {}
}
