//! Concurrency: which steps and slots may hold tokens at the same time.
//!
//! The least relation that contains whatever a start opens together and is closed under every exit: a token that stands
//! beside another still does after it has moved, unless a return withdraws it (Kovalyov, Concurrency Relations and the
//! Safety Problem for Petri Nets, 1992). It may contain pairs that never meet, and misses none, as long as nothing piles
//! up; where it shows that something might, [`is_safe`](Concurrency::is_safe) says so.

use sop_core::definition::EndKind;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, SlotIx, StepIx};

use super::effect::{Did, Effect, Put};
use super::{ExitIx, Exits};

/// Which steps and slots may hold tokens at once. Slots are numbered behind the steps, from a multiple of 64 on, so that
/// the regions of returns can be compared word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Concurrency {
    /// For each place those that may hold a token beside it; none for one that is never reached.
    sets: Vec<Option<BitSet>>,
    slots_from: usize,
    is_safe: bool,
}

/// Amount: how much is looked at before it is given up: pairs, times the exits that move one of them.
const MOST_WORK: usize = 20_000_000;

impl Concurrency {
    /// Works it out. None where it would take too much.
    pub(crate) fn of(process: &Process, exits: &Exits, is_feasible: impl Fn(ExitIx) -> bool) -> Option<Self> {
        let slots_from = process.steps().len().div_ceil(64) * 64;
        let places = slots_from + process.slots().len();
        let nothing = Self { sets: vec![None; places], slots_from, is_safe: true };
        let mut spread = Spread {
            process,
            found: nothing,
            news: vec![BitSet::with_len(places); places],
            is_open: vec![false; places],
            open: Vec::new(),
            work: MOST_WORK / places.div_ceil(64).max(1),
        };
        for start in process.starts().values() {
            let puts: Vec<usize> = start.opens.iter().map(|step| step.place()).collect();
            spread.together(&puts);
        }
        let effects: Vec<Vec<(Effect, Vec<usize>)>> = process
            .steps()
            .iter()
            .map(|(step, _)| {
                let feasible = exits.of_step(step).filter(|(at, _)| is_feasible(*at));
                feasible.map(|(_, exit)| Effect::of(process, exit)).map(|effect| spread.numbered(effect)).collect()
            })
            .collect();
        while let Some(place) = spread.open.pop() {
            spread.spread(place, &effects)?;
        }
        Some(spread.found)
    }

    /// The relation with these sets.
    pub(crate) fn from_sets(process: &Process, sets: Vec<Option<BitSet>>) -> Self {
        Self { sets, slots_from: process.steps().len().div_ceil(64) * 64, is_safe: true }
    }

    /// For each place those that may hold a token beside it.
    pub(crate) fn sets(&self) -> &[Option<BitSet>] {
        &self.sets
    }

    /// The number of a slot.
    pub(crate) fn slot(&self, slot: SlotIx) -> usize {
        self.slots_from + slot.place()
    }

    /// Place where an effect puts tokens.
    pub(crate) fn places_of(&self, effect: &Effect) -> Vec<usize> {
        let place = |put: &Put| match *put {
            Put::Step(step) => step.place(),
            Put::Slot(slot) => self.slot(slot),
        };
        effect.puts.iter().map(place).collect()
    }

    /// Those that may hold a token beside a place; none for one that is never reached.
    pub(crate) fn beside(&self, place: usize) -> Option<&BitSet> {
        self.sets.get(place).and_then(Option::as_ref)
    }

    /// Tells whether nothing piles up, and nothing is left where the case ends.
    pub(crate) fn is_safe(&self) -> bool {
        self.is_safe
    }

    /// Tells whether people may have to act at two steps at once.
    pub(crate) fn meet(&self, one: StepIx, other: StepIx) -> bool {
        self.beside(one.place()).is_some_and(|beside| beside.contains(other.place()))
    }

    /// Whether, while a step is open, nothing else of what a return withdraws holds a token.
    pub(crate) fn is_alone(&self, process: &Process, step: StepIx, taken: ReturnIx) -> bool {
        let Some(beside) = self.beside(step.place()) else { return false };
        let withdrawn = withdrawn(process, taken, self.slots_from);
        beside.as_words().iter().zip(withdrawn).all(|(beside, withdrawn)| beside & withdrawn == 0)
    }
}

/// What a return withdraws, as words over places.
pub(crate) fn withdrawn(process: &Process, taken: ReturnIx, slots_from: usize) -> impl Iterator<Item = u64> + '_ {
    let spec = &process.returns()[taken];
    let steps = spec.steps.as_words().iter().copied().chain(std::iter::repeat(0)).take(slots_from / 64);
    steps.chain(spec.slots.as_words().iter().copied()).chain(std::iter::repeat(0))
}

/// The relation in the making.
struct Spread<'p> {
    process: &'p Process,
    found: Concurrency,
    /// For each place what was found beside it and not carried on yet.
    news: Vec<BitSet>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    work: usize,
}

impl Spread<'_> {
    fn numbered(&self, effect: Effect) -> (Effect, Vec<usize>) {
        let places = self.found.places_of(&effect);
        (effect, places)
    }

    fn reach(&mut self, place: usize) {
        let words = self.news.len();
        if let Some(set @ None) = self.found.sets.get_mut(place) {
            *set = Some(BitSet::with_len(words));
            self.put_off(place);
        }
    }

    fn put_off(&mut self, place: usize) {
        if let Some(open @ false) = self.is_open.get_mut(place) {
            *open = true;
            self.open.push(place);
        }
    }

    /// Tokens that are put down together.
    fn together(&mut self, puts: &[usize]) {
        for (at, one) in puts.iter().enumerate() {
            self.reach(*one);
            for other in puts.iter().take(at) {
                self.pair(*one, *other);
            }
        }
    }

    fn pair(&mut self, one: usize, other: usize) {
        if one == other {
            self.found.is_safe = false;
            return;
        }
        for (at, beside) in [(one, other), (other, one)] {
            self.reach(at);
            if let Some(Some(set)) = self.found.sets.get_mut(at)
                && set.insert(beside)
            {
                if let Some(news) = self.news.get_mut(at) {
                    news.insert(beside);
                }
                self.put_off(at);
            }
        }
    }

    /// Carries on what is new beside a place.
    fn spread(&mut self, place: usize, effects: &[Vec<(Effect, Vec<usize>)>]) -> Option<()> {
        *self.is_open.get_mut(place)? = false;
        let words = self.news.len();
        let news = std::mem::replace(self.news.get_mut(place)?, BitSet::with_len(words));
        self.work = self.work.checked_sub(1 + news.count())?;
        if let Some(of_step) = effects.get(place) {
            for (effect, puts) in of_step {
                self.work = self.work.checked_sub(1 + puts.len() * (1 + news.count()))?;
                self.together(puts);
                let (taken, puts): (Option<ReturnIx>, &[usize]) = match effect.did {
                    Did::WentBack(taken) => (Some(taken), puts),
                    Did::Ended(EndKind::Case) if !news.is_empty() => {
                        self.found.is_safe = false;
                        (None, puts)
                    }
                    _ => (None, puts),
                };
                let stays: Vec<usize> = match taken {
                    None => news.iter().collect(),
                    Some(taken) => {
                        let withdrawn: Vec<u64> =
                            withdrawn(self.process, taken, self.found.slots_from).take(words.div_ceil(64)).collect();
                        let is_withdrawn =
                            |at: usize| withdrawn.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0);
                        news.iter().filter(|at| !is_withdrawn(*at)).collect()
                    }
                };
                for put in puts {
                    for beside in &stays {
                        self.pair(*put, *beside);
                    }
                }
            }
        } else if let Some(slot) = place.checked_sub(self.found.slots_from) {
            self.join(slot)?;
        }
        Some(())
    }

    /// A join is reached once all of its slots may be filled at once; beside it stands what stands beside all of them.
    fn join(&mut self, slot: usize) -> Option<()> {
        let step = self.process.slots().get(SlotIx::at(slot))?.step;
        let (first, count) = self.process.steps()[step].join?;
        let slots: Vec<usize> = (0..count).map(|at| self.found.slot(first.after(at))).collect();
        self.work = self.work.checked_sub(slots.len())?;
        let mut all_slots = BitSet::with_len(self.news.len());
        all_slots.extend(slots.iter().copied());
        let mut beside: Option<BitSet> = None;
        for one in &slots {
            let Some(set) = self.found.beside(*one) else { return Some(()) };
            let missing = |(at, (all, there)): (usize, (&u64, &u64))| {
                let own = if one / 64 == at { 1 << (one % 64) } else { 0 };
                all & !there & !own != 0
            };
            if all_slots.as_words().iter().zip(set.as_words()).enumerate().any(missing) {
                return Some(());
            }
            match &mut beside {
                None => beside = Some(set.clone()),
                Some(all) => drop(all.intersect(set)),
            }
        }
        self.reach(step.place());
        for at in beside?.iter().filter(|at| !slots.contains(at)).collect::<Vec<_>>() {
            self.pair(step.place(), at);
        }
        Some(())
    }
}
