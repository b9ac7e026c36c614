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
        let mut spread = Spread::new(process);
        for start in process.starts().values() {
            let puts: Vec<usize> = start.opens.iter().map(|step| step.place()).collect();
            spread.together(&puts);
        }
        let moves: Vec<Vec<Move>> = process
            .steps()
            .iter()
            .map(|(step, _)| {
                let feasible = exits.of_step(step).filter(|(at, _)| is_feasible(*at));
                feasible.map(|(_, exit)| spread.numbered(&Effect::of(process, exit))).collect()
            })
            .collect();
        while let Some(place) = spread.open.pop() {
            spread.spread(place, &moves)?;
        }
        Some(spread.found())
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

    /// The places in which an effect puts tokens.
    pub(crate) fn places_of(&self, effect: &Effect) -> Vec<usize> {
        places_of(effect, self.slots_from)
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

fn places_of(effect: &Effect, slots_from: usize) -> Vec<usize> {
    let place = |put: &Put| match *put {
        Put::Step(step) => step.place(),
        Put::Slot(slot) => slots_from + slot.place(),
    };
    effect.puts.iter().map(place).collect()
}

/// An exit as far as tokens are concerned: the places it puts them in, and what it does to others.
struct Move {
    puts: Vec<usize>,
    /// The places from which a return takes tokens, as words.
    withdraws: Option<Vec<u64>>,
    /// Tells whether it ends the whole case, so that nothing may be left.
    ends_case: bool,
}

/// The relation in the making: a row of words for each place.
struct Spread<'p> {
    process: &'p Process,
    slots_from: usize,
    /// Count: words in a row.
    width: usize,
    beside: Vec<u64>,
    /// For each place what was found beside it and not carried on yet.
    news: Vec<u64>,
    is_reached: Vec<bool>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    is_safe: bool,
    /// Count: words and pairs that may still be looked at.
    work: usize,
}

impl<'p> Spread<'p> {
    fn new(process: &'p Process) -> Self {
        let slots_from = process.steps().len().div_ceil(64) * 64;
        let places = slots_from + process.slots().len();
        let width = places.div_ceil(64);
        Self {
            process,
            slots_from,
            width,
            beside: vec![0; places * width],
            news: vec![0; places * width],
            is_reached: vec![false; places],
            is_open: vec![false; places],
            open: Vec::new(),
            is_safe: true,
            work: MOST_WORK,
        }
    }

    fn numbered(&self, effect: &Effect) -> Move {
        let withdraws = match effect.did {
            Did::WentBack(taken) => Some(withdrawn(self.process, taken, self.slots_from).take(self.width).collect()),
            _ => None,
        };
        let ends_case = effect.did == Did::Ended(EndKind::Case);
        Move { puts: places_of(effect, self.slots_from), withdraws, ends_case }
    }

    fn found(self) -> Concurrency {
        let rows = self.beside.chunks(self.width.max(1)).zip(&self.is_reached);
        let sets = rows.map(|(row, is_reached)| is_reached.then(|| BitSet::from(row.to_vec()))).collect();
        Concurrency { sets, slots_from: self.slots_from, is_safe: self.is_safe }
    }

    fn row(&self, place: usize) -> &[u64] {
        self.beside.get(place * self.width..(place + 1) * self.width).unwrap_or_default()
    }

    fn spend(&mut self, amount: usize) -> Option<()> {
        self.work = self.work.checked_sub(amount)?;
        Some(())
    }

    fn reach(&mut self, place: usize) {
        if let Some(reached @ false) = self.is_reached.get_mut(place) {
            *reached = true;
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
                if one == other {
                    self.is_safe = false;
                } else {
                    self.note(*one, *other);
                    self.note(*other, *one);
                }
            }
        }
    }

    /// Notes that one may hold a token beside the other.
    fn note(&mut self, one: usize, other: usize) {
        let (word, bit) = (one * self.width + other / 64, 1 << (other % 64));
        let (Some(beside), Some(news)) = (self.beside.get_mut(word), self.news.get_mut(word)) else { return };
        if *beside & bit == 0 {
            *beside |= bit;
            *news |= bit;
            self.put_off(one);
        }
    }

    /// Lets all of these stand beside a place, and the place beside them.
    fn stand_beside(&mut self, place: usize, others: &[u64]) -> Option<()> {
        self.reach(place);
        self.spend(self.width)?;
        for (at, others) in others.iter().enumerate() {
            let own = if place / 64 == at { 1 << (place % 64) } else { 0 };
            self.is_safe &= others & own == 0;
            let word = place * self.width + at;
            let beside = self.beside.get_mut(word)?;
            let mut fresh = others & !own & !*beside;
            if fresh == 0 {
                continue;
            }
            *beside |= fresh;
            *self.news.get_mut(word)? |= fresh;
            self.put_off(place);
            self.spend(fresh.count_ones() as usize)?;
            while fresh != 0 {
                self.note(at * 64 + fresh.trailing_zeros() as usize, place);
                fresh &= fresh - 1;
            }
        }
        Some(())
    }

    /// Carries on what is new beside a place.
    fn spread(&mut self, place: usize, moves: &[Vec<Move>]) -> Option<()> {
        *self.is_open.get_mut(place)? = false;
        self.spend(self.width)?;
        let news: Vec<u64> = {
            let row = self.news.get_mut(place * self.width..(place + 1) * self.width)?;
            let news = row.to_vec();
            row.fill(0);
            news
        };
        let Some(of_step) = moves.get(place) else {
            let slot = place.checked_sub(self.slots_from);
            return slot.map_or(Some(()), |slot| self.join(slot));
        };
        for it in of_step {
            self.spend(1 + it.puts.len() * it.puts.len())?;
            self.together(&it.puts);
            self.is_safe &= !it.ends_case || news.iter().all(|word| *word == 0);
            let stays: Option<Vec<u64>> =
                it.withdraws.as_ref().map(|gone| news.iter().zip(gone).map(|(news, gone)| news & !gone).collect());
            for put in &it.puts {
                self.stand_beside(*put, stays.as_ref().unwrap_or(&news))?;
            }
        }
        Some(())
    }

    /// A join is reached once all of its slots may be filled at once; beside it stands what stands beside all of them.
    fn join(&mut self, slot: usize) -> Option<()> {
        let step = self.process.slots().get(SlotIx::at(slot))?.step;
        let (first, count) = self.process.steps()[step].join?;
        let slots: Vec<usize> = (0..count).map(|at| self.slots_from + first.after(at).place()).collect();
        self.spend(slots.len() * self.width)?;
        let mut own = vec![0_u64; self.width];
        for slot in &slots {
            *own.get_mut(slot / 64)? |= 1 << (slot % 64);
        }
        let mut beside = vec![u64::MAX; self.width];
        for one in &slots {
            if self.is_reached.get(*one) != Some(&true) {
                return Some(());
            }
            for (at, (all, (there, own))) in beside.iter_mut().zip(self.row(*one).iter().zip(&own)).enumerate() {
                let itself = if one / 64 == at { 1 << (one % 64) } else { 0 };
                if own & !there & !itself != 0 {
                    return Some(());
                }
                *all &= there;
            }
        }
        beside.iter_mut().zip(&own).for_each(|(beside, own)| *beside &= !own);
        self.stand_beside(step.place(), &beside)
    }
}
