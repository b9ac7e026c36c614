//! Pairs of steps that may wait at the same time (P5).
//!
//! The relation is the least one in which the steps of a split and of a start are side by side, and in which whatever
//! stands beside a token stands beside what the token moves to: a return takes away what it withdraws (R3), and a join
//! has beside it only what every one of its slots has. It holds for each pair of tokens that a case can have, and for
//! some that no case has, because it looks at two tokens at a time and at no values. A second token at the same step or
//! slot is a fault (F3), at which a case stands still, so that nothing follows from it.
//!
//! A token that does not split and meets nobody has the same company all along its way. Such a stretch is one member of
//! the relation, which therefore is as small as the definition's splits and merges are few.

use std::collections::HashMap;

use super::presence::Flow;
use crate::process::bits::BitSet;
use crate::process::index::{Position, ReturnIx, SlotIx, StartIx, StepIx, Table};
use crate::process::tables::{Route, StartSpec, StepSpec, ThenSpec};

/// The most stretches that may run beside others where guards read what other steps set: the relation has a bit for
/// each pair of them.
pub(crate) const MAX_PARALLEL: usize = 8_192;

/// Steps that may wait at the same time.
pub(super) struct Parallel {
    stretches: Stretches,
    company: Company,
}

impl Parallel {
    /// The relation of a flow; none where more than [`MAX_PARALLEL`] stretches run beside others.
    pub(super) fn of(flow: Flow<'_>, starts: &Table<StartIx, StartSpec>) -> Option<Self> {
        let moves = Moves::of(flow, starts);
        let stretches = Stretches::of(&moves);
        let company = Company::of(flow, &moves, &stretches)?;
        Some(Self { stretches, company })
    }

    /// Tells whether two different steps may wait at the same time.
    pub(super) fn holds(&self, one: StepIx, other: StepIx) -> bool {
        match (self.row(one), self.number(other)) {
            (Some(row), Some(other)) => row.contains(other),
            _ => false,
        }
    }

    /// The stretches of some steps, to be asked about with [`holds_any`](Self::holds_any).
    pub(super) fn stretches_of(&self, steps: &[StepIx]) -> BitSet {
        let mut stretches = BitSet::with_len(self.company.firsts.len());
        stretches.extend(steps.iter().filter_map(|step| self.number(*step)));
        stretches
    }

    /// Tells whether any of these stretches may hold a token while a step waits.
    pub(super) fn holds_any(&self, step: StepIx, stretches: &BitSet) -> bool {
        self.row(step).is_some_and(|row| row.meets(stretches))
    }

    fn number(&self, step: StepIx) -> Option<usize> {
        let first = self.stretches.of.get(step.place())?;
        self.company.numbers.get(*first).copied().flatten().map(|number| number as usize)
    }

    fn row(&self, step: StepIx) -> Option<&BitSet> {
        self.company.rows.get(self.number(step)?)
    }
}

/// One way of a token from its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    /// The return that it is.
    taken: Option<ReturnIx>,
    /// The places that get a token.
    to: Vec<usize>,
}

/// How tokens move between places: the steps by their index, and then the slots.
struct Moves {
    /// For each step its moves.
    from: Vec<Vec<Move>>,
    /// The places that are given a token together.
    forks: Vec<Vec<usize>>,
    /// Steps with a join, with the places of its slots.
    joins: Vec<(usize, std::ops::Range<usize>)>,
    /// Places whose company is their own: those of starts and splits, joins, and slots that a return keeps.
    own: BitSet,
    places: usize,
}

impl Moves {
    fn of(flow: Flow<'_>, starts: &Table<StartIx, StartSpec>) -> Self {
        let steps = flow.steps.len();
        let places = steps + flow.slots.len();
        let mut moves = Self {
            from: vec![Vec::new(); steps],
            forks: Vec::new(),
            joins: Vec::new(),
            own: BitSet::with_len(places),
            places,
        };
        // Only what a token comes to moves on.
        let mut reached = BitSet::with_len(places);
        let mut open: Vec<usize> = Vec::new();
        for start in starts.values() {
            let opened: Vec<usize> = start.opens.iter().map(|step| step.place()).collect();
            moves.own.extend(opened.iter().copied());
            open.extend(opened.iter().copied().filter(|place| reached.insert(*place)));
            moves.fork(opened);
        }
        while let Some(place) = open.pop() {
            let Some(slot) = place.checked_sub(steps) else {
                let Some(spec) = flow.steps.get(StepIx::at(place)) else { continue };
                let from = moves.of_step(flow, spec);
                open.extend(from.iter().flat_map(|way| &way.to).copied().filter(|to| reached.insert(*to)));
                if let Some(held) = moves.from.get_mut(place) {
                    *held = from;
                }
                continue;
            };
            // A join is reached once all its slots are.
            let Some(join) = flow.slots.get(SlotIx::at(slot)).map(|slot| slot.step) else { continue };
            let Some((first, count)) = flow.steps.get(join).and_then(|spec| spec.join) else { continue };
            let slots = steps + first.place()..steps + first.place() + count as usize;
            if slots.clone().all(|slot| reached.contains(slot)) {
                moves.own.insert(join.place());
                moves.joins.push((join.place(), slots));
                open.extend(Some(join.place()).filter(|join| reached.insert(*join)));
            }
        }
        // A return keeps the slots of the step that it goes back to, whatever it withdraws of their sources (R3).
        for spec in flow.returns.values() {
            if let Some((first, count)) = flow.steps.get(spec.to).and_then(|step| step.join) {
                moves.own.extend((0..count).map(|place| steps + first.after(place).place()));
            }
        }
        moves
    }

    fn of_step(&mut self, flow: Flow<'_>, spec: &StepSpec) -> Vec<Move> {
        let mut from: Vec<Move> = Vec::new();
        for outcome in &spec.outcomes {
            match &outcome.route {
                Route::Choose(branches) => {
                    branches.iter().for_each(|branch| self.add(flow, &branch.route, &mut from));
                }
                route => self.add(flow, route, &mut from),
            }
        }
        from.sort_unstable();
        from.dedup();
        from
    }

    fn add(&mut self, flow: Flow<'_>, route: &Route, from: &mut Vec<Move>) {
        match route {
            Route::Go(arcs) => {
                let place = |arc: &crate::process::tables::Arc| {
                    arc.slot.map_or(arc.to.place(), |slot| flow.steps.len() + slot.place())
                };
                let to: Vec<usize> = arcs.iter().map(place).collect();
                if to.len() > 1 {
                    self.own.extend(to.iter().copied());
                    self.fork(to.clone());
                }
                from.push(Move { taken: None, to });
            }
            Route::Return(taken) => {
                let Some(spec) = flow.returns.get(*taken) else { return };
                from.push(Move { taken: Some(*taken), to: vec![spec.to.place()] });
                if let Some((_, ThenSpec::Next(next))) = spec.limit {
                    from.push(Move { taken: None, to: vec![next.place()] });
                }
            }
            Route::End(_) | Route::Choose(_) => {}
        }
    }

    fn fork(&mut self, to: Vec<usize>) {
        if to.len() > 1 {
            self.forks.push(to);
        }
    }
}

/// Which places have the same company.
struct Stretches {
    /// For each place the first place of its stretch; itself where nothing leads to it.
    of: Vec<usize>,
    /// The first places of stretches of more than one place.
    long: BitSet,
}

impl Stretches {
    /// A place belongs to the stretch that all moves to it come from. Joins, and what is opened with others, begin a
    /// stretch, and so does a place to which moves of several stretches lead.
    fn of(moves: &Moves) -> Self {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); moves.places];
        for (place, from) in moves.from.iter().enumerate() {
            for to in from.iter().flat_map(|way| &way.to) {
                if let Some(before) = before.get_mut(*to) {
                    before.push(place);
                }
            }
        }
        let mut own = moves.own.clone();
        let mut first: Vec<Option<usize>> =
            (0..moves.places).map(|place| own.contains(place).then_some(place)).collect();
        let mut open: std::collections::VecDeque<usize> = own.iter().collect();
        // Each look at a place is counted: where stretches are found to be several again and again, each place is one.
        let mut left = 64 * (moves.places + before.iter().map(Vec::len).sum::<usize>());
        while let Some(place) = open.pop_front() {
            let Some(Some(stretch)) = first.get(place).copied() else { continue };
            for &to in moves.from.get(place).into_iter().flatten().flat_map(|way| &way.to) {
                left = left.saturating_sub(1);
                let held = first.get(to).copied().flatten();
                if own.contains(to) || held == Some(stretch) {
                    continue;
                }
                let comes = match held {
                    None => stretch,
                    // The place before it may have been counted to another stretch until now.
                    Some(_) => {
                        let sources = before.get(to).map_or(&[][..], Vec::as_slice);
                        left = left.saturating_sub(sources.len());
                        let differs =
                            |source: &usize| first.get(*source).copied().flatten().is_some_and(|of| of != stretch);
                        if sources.iter().any(differs) { to } else { stretch }
                    }
                };
                if comes == to {
                    own.insert(to);
                }
                if let Some(first) = first.get_mut(to) {
                    *first = Some(comes);
                }
                open.push_back(to);
            }
            if left == 0 {
                return Self { of: (0..moves.places).collect(), long: BitSet::with_len(moves.places) };
            }
        }
        let of: Vec<usize> = first.into_iter().enumerate().map(|(place, first)| first.unwrap_or(place)).collect();
        let mut long = BitSet::with_len(moves.places);
        long.extend(of.iter().enumerate().filter(|(place, first)| place != *first).map(|(_, first)| *first));
        Self { of, long }
    }
}

/// Which stretches run beside which.
struct Company {
    /// For each place that begins a stretch its number among those with company.
    numbers: Vec<Option<u32>>,
    /// The places that begin them, by number.
    firsts: Vec<usize>,
    /// For each of them the others, and itself where two tokens may be in one stretch.
    rows: Vec<BitSet>,
    /// For each place that begins a stretch, whether something that leads there has new company.
    open: Vec<bool>,
}

/// How stretches lead to one another.
struct Links {
    /// For each place that begins a stretch the stretches before it, each with the return that leads back from it.
    before: Vec<Vec<(usize, Option<ReturnIx>)>>,
    /// For each of them the stretches after it, joins that wait for it among them.
    after: Vec<Vec<usize>>,
    /// For each step with a join the stretches that fill its slots.
    slots: HashMap<usize, Vec<usize>>,
    /// The places that begin stretches, those that come first first.
    order: Vec<usize>,
}

impl Links {
    fn of(moves: &Moves, stretches: &Stretches) -> Self {
        let stretch = |place: usize| stretches.of.get(place).copied().unwrap_or(place);
        let mut links: Vec<(usize, usize, Option<ReturnIx>)> = Vec::new();
        for (place, from) in moves.from.iter().enumerate() {
            let here = stretch(place);
            for way in from {
                links.extend(way.to.iter().map(|to| (here, stretch(*to), way.taken)).filter(|(_, to, _)| *to != here));
            }
        }
        links.sort_unstable();
        links.dedup();
        let mut before = vec![Vec::new(); moves.places];
        let mut after = vec![Vec::new(); moves.places];
        for (from, to, taken) in links {
            if let (Some(before), Some(after)) = (before.get_mut(to), after.get_mut(from)) {
                before.push((from, taken));
                after.push(to);
            }
        }
        let mut slots = HashMap::new();
        for (step, range) in &moves.joins {
            let filled: Vec<usize> = range.clone().map(stretch).collect();
            for slot in &filled {
                if let Some(after) = after.get_mut(*slot) {
                    after.push(*step);
                }
            }
            slots.insert(*step, filled);
        }
        let order = order(moves, &after, stretches);
        Self { before, after, slots, order }
    }
}

/// The stretches in an order in which each comes after those that lead to it, except around circles.
fn order(moves: &Moves, after: &[Vec<usize>], stretches: &Stretches) -> Vec<usize> {
    let mut seen = BitSet::with_len(moves.places);
    let mut order = Vec::new();
    let mut path: Vec<(usize, usize)> = Vec::new();
    for first in (0..moves.places).filter(|place| stretches.of.get(*place) == Some(place)) {
        if seen.insert(first) {
            path.push((first, 0));
        }
        while let Some((place, tried)) = path.last_mut() {
            match after.get(*place).and_then(|after| after.get(*tried)) {
                Some(&next) => {
                    *tried += 1;
                    if seen.insert(next) {
                        path.push((next, 0));
                    }
                }
                None => {
                    order.push(*place);
                    path.pop();
                }
            }
        }
    }
    order.reverse();
    order
}

impl Company {
    fn of(flow: Flow<'_>, moves: &Moves, stretches: &Stretches) -> Option<Self> {
        let links = Links::of(moves, stretches);
        let mut company = Self {
            numbers: vec![None; moves.places],
            firsts: Vec::new(),
            rows: Vec::new(),
            open: vec![false; moves.places],
        };
        for fork in &moves.forks {
            let mut together = BitSet::default();
            for place in fork {
                together.insert_with_room(company.number(*place)?);
            }
            for place in fork {
                let own = company.number(*place)?;
                if let Some(row) = company.rows.get_mut(own) {
                    let was_there = row.contains(own);
                    row.unite_with_room(&together);
                    if !was_there {
                        row.remove(own);
                    }
                }
                company.open_after(*place, &links);
            }
        }
        // In the order of the flow one look at each stretch is enough, except around circles.
        let mut is_open = true;
        while is_open {
            is_open = false;
            for &place in &links.order {
                if company.open.get_mut(place).is_some_and(std::mem::take) {
                    is_open = true;
                    for &(from, taken) in links.before.get(place).into_iter().flatten() {
                        let beside = company.kept(flow, from, taken, place);
                        company.meet(place, beside, stretches, &links)?;
                    }
                    if let Some(slots) = links.slots.get(&place) {
                        company.meet(place, company.beside_all(slots), stretches, &links)?;
                    }
                }
            }
        }
        Some(company)
    }

    fn number(&mut self, place: usize) -> Option<usize> {
        let known = self.numbers.get_mut(place)?;
        if let Some(number) = known {
            return Some(*number as usize);
        }
        let number = self.firsts.len();
        if number == MAX_PARALLEL {
            return None;
        }
        *known = Some(number as u32);
        self.firsts.push(place);
        self.rows.push(BitSet::default());
        Some(number)
    }

    fn row(&self, place: usize) -> Option<&BitSet> {
        self.rows.get(self.numbers.get(place).copied().flatten()? as usize)
    }

    /// A stretch gets a token while these have one. One of a single place has no room for a second token.
    fn meet(&mut self, place: usize, mut beside: BitSet, stretches: &Stretches, links: &Links) -> Option<()> {
        if let Some(row) = self.row(place) {
            beside.subtract(row);
        }
        if !stretches.long.contains(place)
            && let Some(own) = self.numbers.get(place).copied().flatten()
        {
            beside.remove(own as usize);
        }
        if beside.is_empty() {
            return Some(());
        }
        let number = self.number(place)?;
        if let Some(row) = self.rows.get_mut(number) {
            row.unite_with_room(&beside);
        }
        self.open_after(place, links);
        for other in beside.iter() {
            if let Some(row) = self.rows.get_mut(other) {
                row.insert_with_room(number);
            }
            if let Some(&place) = self.firsts.get(other) {
                self.open_after(place, links);
            }
        }
        Some(())
    }

    fn open_after(&mut self, place: usize, links: &Links) {
        for after in links.after.get(place).into_iter().flatten() {
            if let Some(open) = self.open.get_mut(*after) {
                *open = true;
            }
        }
    }

    /// What a move to a place brings along: a return leaves behind the stretches that begin in its region.
    fn kept(&self, flow: Flow<'_>, from: usize, taken: Option<ReturnIx>, to: usize) -> BitSet {
        let mut kept = self.row(from).cloned().unwrap_or_default();
        let Some(spec) = taken.and_then(|taken| flow.returns.get(taken)) else { return kept };
        if let Some(row) = self.row(to) {
            kept.subtract(row);
        }
        let is_withdrawn = |place: usize| match place.checked_sub(flow.steps.len()) {
            None => spec.steps.contains(place),
            Some(slot) => spec.slots.contains(slot),
        };
        let withdrawn: Vec<usize> =
            kept.iter().filter(|other| self.firsts.get(*other).copied().is_some_and(is_withdrawn)).collect();
        for other in withdrawn {
            kept.remove(other);
        }
        kept
    }

    /// What is beside every one of some stretches.
    fn beside_all(&self, stretches: &[usize]) -> BitSet {
        let mut rows = stretches.iter().map(|place| self.row(*place));
        let Some(mut all) = rows.next().flatten().cloned() else { return BitSet::default() };
        for row in rows {
            match row {
                Some(row) => all.intersect(row),
                None => return BitSet::default(),
            };
        }
        all
    }
}
