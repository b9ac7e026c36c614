//! The linear program behind a bound, and values that satisfy it: what each place is worth, and what each return adds.
//!
//! A bound is what the start is worth and every return's price, as often as it may be taken (weak duality). The least worths
//! are found from the back; they make returns from places that are worth little dear. Where something else keeps what
//! comes before a place high anyway, the place may be worth more at no cost, and what returns from there is cheaper. So
//! worths are raised and lowered one by one as long as that makes the bound smaller. Any values that satisfy the
//! inequalities prove their bound, whether or not they are the best.

use smallvec::SmallVec;

/// A place is worth this much, and as much as all of these together, at least.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) from: usize,
    pub(crate) base: u64,
    pub(crate) to: SmallVec<[usize; 2]>,
}

/// A return adds this much and what its target is worth, less what its source is worth, at least.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taking {
    pub(crate) taken: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) base: i64,
}

/// A program: places are numbered so that rows lead to higher numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    pub(crate) places: usize,
    pub(crate) rows: Vec<Row>,
    pub(crate) takings: Vec<Taking>,
    /// For each return how often it may be taken, and what it adds at least.
    pub(crate) returns: Vec<(u64, u64)>,
    /// The places where a case comes in: what they are worth is part of the bound.
    pub(crate) entries: Vec<usize>,
}

/// Values that satisfy a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) worth: Vec<u64>,
    pub(crate) price: Vec<u64>,
}

/// The number of times that all worths are gone through.
const MOST_PASSES: usize = 6;

impl Program {
    /// The values that were found to give the least bound.
    pub(crate) fn solved(&self) -> Values {
        let least = self.least();
        let by_place = ByPlace::of(self);
        let of_least = self.values(least.clone());
        let is_huge = |worth: &u64| *worth > u64::MAX / 4;
        if of_least.price.iter().all(|price| *price == 0) || of_least.worth.iter().any(is_huge) {
            return of_least;
        }
        let from_least = self.improved(&by_place, least.clone());
        let from_most = self.improved(&by_place, self.most(&by_place, least));
        [of_least, from_least, from_most]
            .into_iter()
            .min_by_key(|values| self.cost(values))
            .unwrap_or_else(|| Values { worth: Vec::new(), price: Vec::new() })
    }

    /// The least worths.
    pub(crate) fn least(&self) -> Vec<u64> {
        let mut worth = vec![0_u64; self.places];
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.from));
        for row in rows {
            let needed = needed(row, &worth);
            if let Some(known) = worth.get_mut(row.from) {
                *known = needed.max(*known);
            }
        }
        worth
    }

    /// The prices that belong to some worths.
    pub(crate) fn values(&self, worth: Vec<u64>) -> Values {
        let mut price: Vec<u64> = self.returns.iter().map(|(_, least)| *least).collect();
        for taking in &self.takings {
            if let Some(price) = price.get_mut(taking.taken) {
                *price = added(taking, &worth).max(*price);
            }
        }
        Values { worth, price }
    }

    fn cost(&self, values: &Values) -> u64 {
        let start = self.entries.iter().map(|place| of(&values.worth, *place)).max().unwrap_or(0);
        let prices = self.returns.iter().zip(&values.price).map(|((limit, _), price)| limit.saturating_mul(*price));
        prices.fold(start, u64::saturating_add)
    }

    /// Worths as high as what comes before them allows.
    fn most(&self, by_place: &ByPlace, mut worth: Vec<u64>) -> Vec<u64> {
        for place in (0..self.places).filter(|place| !self.entries.contains(place)) {
            let room = self.room(by_place, &worth, place);
            if let Some(known) = worth.get_mut(place) {
                *known = known.saturating_add(room);
            }
        }
        worth
    }

    /// By how much a place may be worth more without anything before it being worth more.
    fn room(&self, by_place: &ByPlace, worth: &[u64], place: usize) -> u64 {
        let rows = by_place.before.get(place).into_iter().flatten().filter_map(|at| self.rows.get(*at));
        let room = |row: &Row| {
            let times = row.to.iter().filter(|to| **to == place).count().max(1) as u64;
            of(worth, row.from).saturating_sub(needed(row, worth)) / times
        };
        rows.map(room).min().unwrap_or(0)
    }

    /// Worths that are raised and lowered as long as that makes the bound smaller, or costs nothing.
    fn improved(&self, by_place: &ByPlace, mut worth: Vec<u64>) -> Values {
        let mut best = self.cost(&self.values(worth.clone()));
        for _ in 0..MOST_PASSES {
            for place in (0..self.places).filter(|place| !self.entries.contains(place)) {
                let room = self.room(by_place, &worth, place);
                let to = of(&worth, place).saturating_add(room);
                self.set_if_cheaper(by_place, &mut worth, place, to, true);
            }
            for place in (0..self.places).rev() {
                let rows = by_place.of_place.get(place).into_iter().flatten().filter_map(|at| self.rows.get(*at));
                let least = rows.map(|row| needed(row, &worth)).max().unwrap_or(0);
                self.set_if_cheaper(by_place, &mut worth, place, least, false);
            }
            let now = self.cost(&self.values(worth.clone()));
            if now >= best {
                break;
            }
            best = now;
        }
        self.values(worth)
    }

    /// Lets a place be worth something else, if the prices of the returns from and to it then add up to less; or to the same.
    fn set_if_cheaper(&self, by_place: &ByPlace, worth: &mut [u64], place: usize, to: u64, or_same: bool) {
        let known = of(worth, place);
        if known == to {
            return;
        }
        let returns = by_place.returns.get(place).map_or(&[][..], Vec::as_slice);
        let before = self.priced(by_place, returns, worth);
        let set = |worth: &mut [u64], value: u64| {
            if let Some(known) = worth.get_mut(place) {
                *known = value;
            }
        };
        set(worth, to);
        let after = self.priced(by_place, returns, worth);
        if after > before || (after == before && !or_same) {
            set(worth, known);
        }
    }

    /// The sum of what these returns add, each as often as it may be taken.
    fn priced(&self, by_place: &ByPlace, returns: &[usize], worth: &[u64]) -> u64 {
        let price = |taken: usize| {
            let (limit, least) = self.returns.get(taken).copied().unwrap_or_default();
            let takings = by_place.takings.get(taken).into_iter().flatten().filter_map(|at| self.takings.get(*at));
            limit.saturating_mul(takings.map(|taking| added(taking, worth)).max().unwrap_or(0).max(least))
        };
        returns.iter().map(|taken| price(*taken)).fold(0, u64::saturating_add)
    }
}

fn of(worth: &[u64], place: usize) -> u64 {
    worth.get(place).copied().unwrap_or(0)
}

fn needed(row: &Row, worth: &[u64]) -> u64 {
    row.to.iter().fold(row.base, |sum, to| sum.saturating_add(of(worth, *to)))
}

fn added(taking: &Taking, worth: &[u64]) -> u64 {
    let target = i128::from(of(worth, taking.to)) + i128::from(taking.base);
    u64::try_from((target - i128::from(of(worth, taking.from))).max(0)).unwrap_or(u64::MAX)
}

/// Rows, returns and their takings by the places that they are about.
struct ByPlace {
    /// For each place the rows that it bounds, and those in which it is a summand.
    of_place: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
    /// For each place the returns from it and to it.
    returns: Vec<Vec<usize>>,
    /// For each return its takings.
    takings: Vec<Vec<usize>>,
}

impl ByPlace {
    fn of(program: &Program) -> Self {
        let lists = || vec![Vec::new(); program.places];
        let mut by_place = Self {
            of_place: lists(),
            before: lists(),
            returns: lists(),
            takings: vec![Vec::new(); program.returns.len()],
        };
        let put = |lists: &mut Vec<Vec<usize>>, place: usize, at: usize| {
            if let Some(list) = lists.get_mut(place)
                && list.last() != Some(&at)
            {
                list.push(at);
            }
        };
        for (at, row) in program.rows.iter().enumerate() {
            put(&mut by_place.of_place, row.from, at);
            row.to.iter().for_each(|to| put(&mut by_place.before, *to, at));
        }
        for (at, taking) in program.takings.iter().enumerate() {
            put(&mut by_place.takings, taking.taken, at);
            for place in [taking.from, taking.to] {
                put(&mut by_place.returns, place, taking.taken);
            }
        }
        by_place.returns.iter_mut().for_each(|list| {
            list.sort_unstable();
            list.dedup();
        });
        by_place
    }
}
