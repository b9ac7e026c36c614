//! Tokens as bits: the verifier's board under the core's own moves.

use sop_core::case::tokens::{self, Board};
use sop_core::case::{Dense, Fault};
use sop_core::process::{EndIx, Position as _, Process, ReturnIx, Route, SlotIx, StartSpec, StepIx};

/// How the bits of a marking are laid out: a bit for each step, then one for each slot, each part in words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    steps: usize,
    slots: usize,
}

impl Layout {
    pub(crate) fn of(process: &Process) -> Self {
        Self { steps: process.steps().len().div_ceil(64), slots: process.slots().len().div_ceil(64) }
    }

    /// The number of words that a marking takes.
    pub(crate) fn words(self) -> usize {
        self.steps + self.slots
    }

    /// The active steps of a marking.
    pub(crate) fn active(self, words: &[u64]) -> impl Iterator<Item = StepIx> + '_ {
        ones(words.get(..self.steps).unwrap_or(&[])).map(StepIx::at)
    }

    /// The filled slots of a marking.
    pub(crate) fn filled(self, words: &[u64]) -> impl Iterator<Item = SlotIx> + '_ {
        ones(words.get(self.steps..self.words()).unwrap_or(&[])).map(SlotIx::at)
    }

    pub(crate) fn is_active(self, words: &[u64], step: StepIx) -> bool {
        words.get(step.place() / 64).is_some_and(|word| word & (1 << (step.place() % 64)) != 0)
    }
}

fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(place, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                place * 64 + bit
            })
        })
    })
}

/// What a move made of the case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It goes on.
    Running,
    /// Every token came to its end.
    Finished,
    /// It was stopped.
    Stopped,
    /// It stands still.
    Faulted(Fault<Dense>),
}

/// One move on a marking.
pub(crate) struct Play<'p> {
    process: &'p Process,
    layout: Layout,
    /// The tokens.
    pub(crate) words: Vec<u64>,
    /// Tells whether counted returns are open in this move: an exit says so ([`Way`](super::Way)).
    pub(crate) returns_open: bool,
    /// What became of the case.
    pub(crate) outcome: Outcome,
}

impl<'p> Play<'p> {
    pub(crate) fn new(process: &'p Process) -> Self {
        let layout = Layout::of(process);
        Self { process, layout, words: vec![0; layout.words()], returns_open: true, outcome: Outcome::Running }
    }

    /// Puts the tokens of a marking on the board.
    pub(crate) fn set(&mut self, words: &[u64]) {
        self.words.clear();
        self.words.extend_from_slice(words.get(..self.layout.words()).unwrap_or(&[]));
        self.outcome = Outcome::Running;
    }

    /// Opens a case.
    pub(crate) fn start(&mut self, start: &StartSpec) {
        self.words.iter_mut().for_each(|word| *word = 0);
        self.outcome = Outcome::Running;
        for &step in &start.opens {
            tokens::activate(self, step, false);
        }
    }

    /// Leaves a wait by a route.
    pub(crate) fn leave(&mut self, step: StepIx, route: &Route, returns_open: bool) {
        self.returns_open = returns_open;
        self.put(step.place(), false);
        tokens::take(self.process, self, route);
    }

    #[inline]
    fn has(&self, bit: usize) -> bool {
        self.words.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    #[inline]
    fn put(&mut self, bit: usize, on: bool) {
        if let Some(word) = self.words.get_mut(bit / 64) {
            let mask = 1 << (bit % 64);
            if on { *word |= mask } else { *word &= !mask }
        }
    }

    #[inline]
    fn bit_of(&self, slot: SlotIx) -> usize {
        self.layout.steps * 64 + slot.place()
    }
}

impl Board for Play<'_> {
    #[inline]
    fn is_over(&self) -> bool {
        self.outcome != Outcome::Running
    }

    #[inline]
    fn is_active(&self, step: StepIx) -> bool {
        self.has(step.place())
    }

    #[inline]
    fn is_filled(&self, slot: SlotIx) -> bool {
        self.has(self.bit_of(slot))
    }

    #[inline]
    fn has_tokens(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    #[inline]
    fn is_open(&self, _: ReturnIx) -> bool {
        self.returns_open
    }

    #[inline]
    fn activate(&mut self, step: StepIx, _: bool) {
        self.put(step.place(), true);
    }

    #[inline]
    fn fill(&mut self, slot: SlotIx) {
        self.put(self.bit_of(slot), true);
    }

    #[inline]
    fn join(&mut self, first: SlotIx, slots: u32) {
        for place in 0..slots {
            self.put(self.bit_of(first.after(place)), false);
        }
    }

    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        for (word, region) in self.words.iter_mut().zip(spec.steps.as_words()) {
            *word &= !region;
        }
        for (word, region) in self.words.iter_mut().skip(self.layout.steps).zip(spec.slots.as_words()) {
            *word &= !region;
        }
    }

    fn use_up(&mut self, _: ReturnIx) {}

    fn end(&mut self, _: EndIx) {}

    fn stop(&mut self, _: EndIx) {
        self.words.iter_mut().for_each(|word| *word = 0);
        self.outcome = Outcome::Stopped;
    }

    fn fault(&mut self, fault: Fault<Dense>) {
        self.outcome = Outcome::Faulted(fault);
    }

    fn finish(&mut self) {
        self.outcome = Outcome::Finished;
    }
}
