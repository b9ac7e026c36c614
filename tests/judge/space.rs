//! Every state that a process can be in, by plain exploration.

use std::collections::HashMap;

use super::board::{By, Exit, Game, Next, State};

/// Place where a move leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    State(usize),
    Over,
    Fault,
    Gap,
}

/// One move of a state.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub step: usize,
    pub by: By,
    pub exit: Option<Exit>,
    pub makes: u32,
    pub to: To,
}

/// All states and moves.
pub struct Space {
    pub states: Vec<State>,
    pub edges: Vec<Vec<Edge>>,
    pub starts: Vec<To>,
}

impl Space {
    /// Explores; none where there are more states than that.
    pub fn of(game: &mut Game<'_>, most: usize) -> Option<Self> {
        let mut space = Self { states: Vec::new(), edges: Vec::new(), starts: Vec::new() };
        let mut known: HashMap<State, usize> = HashMap::new();
        for start in 0..game.process.starts().len() {
            let (next, _) = game.opening(start);
            let to = space.enter(&mut known, next);
            space.starts.push(to);
        }
        let mut at = 0;
        while at < space.states.len() {
            if space.states.len() > most {
                return None;
            }
            let state = space.states[at];
            let mut edges = Vec::new();
            for made in game.completions(&state).into_iter().chain(game.rungs(&state)) {
                let to = space.enter(&mut known, made.next);
                edges.push(Edge { step: made.step, by: made.by, exit: made.exit, makes: made.makes, to });
            }
            space.edges.push(edges);
            at += 1;
        }
        Some(space)
    }

    fn enter(&mut self, known: &mut HashMap<State, usize>, next: Next) -> To {
        match next {
            Next::State(state) => To::State(*known.entry(state).or_insert_with(|| {
                self.states.push(state);
                self.states.len() - 1
            })),
            Next::Over => To::Over,
            Next::Fault => To::Fault,
            Next::Gap(_) => To::Gap,
        }
    }

    /// All moves, each with the state that it leaves.
    pub fn moves(&self) -> impl Iterator<Item = (usize, &Edge)> {
        self.edges.iter().enumerate().flat_map(|(at, edges)| edges.iter().map(move |edge| (at, edge)))
    }
}

/// For each node the number of its strongly connected component; those that are reached from another have smaller numbers
/// (Kosaraju and Sharir, without recursion).
pub fn components(next: &[Vec<usize>]) -> Vec<usize> {
    let count = next.len();
    let mut order = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    for root in 0..count {
        if seen[root] {
            continue;
        }
        seen[root] = true;
        let mut open = vec![(root, 0)];
        while let Some((at, nth)) = open.pop() {
            match next[at].get(nth) {
                Some(&to) => {
                    open.push((at, nth + 1));
                    if !seen[to] {
                        seen[to] = true;
                        open.push((to, 0));
                    }
                }
                None => order.push(at),
            }
        }
    }
    let mut before = vec![Vec::new(); count];
    for (from, to) in next.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |to| (from, *to))) {
        before[to].push(from);
    }
    let mut component = vec![usize::MAX; count];
    let mut number = 0;
    for &root in order.iter().rev() {
        if component[root] != usize::MAX {
            continue;
        }
        let mut open = vec![root];
        component[root] = number;
        while let Some(at) = open.pop() {
            for &from in &before[at] {
                if component[from] == usize::MAX {
                    component[from] = number;
                    open.push(from);
                }
            }
        }
        number += 1;
    }
    // Components come sources first; turned round, whatever is reached has a smaller number.
    component.iter().map(|found| number - 1 - found).collect()
}

/// The longest way from each node, where an arrow costs something; none where it is without end.
///
/// `next` gives for each node the arrows with their costs; `ends` what leaving at a node costs at most.
pub fn longest(next: &[Vec<(usize, u64)>], ends: &[u64]) -> Option<Vec<u64>> {
    let plain: Vec<Vec<usize>> = next.iter().map(|arrows| arrows.iter().map(|(to, _)| *to).collect()).collect();
    let component = components(&plain);
    let on_round = |from: usize, to: usize, cost: u64| cost > 0 && component[from] == component[to];
    if next.iter().enumerate().any(|(from, arrows)| arrows.iter().any(|(to, cost)| on_round(from, *to, *cost))) {
        return None;
    }
    let count = component.iter().max().map_or(0, |most| most + 1);
    let mut members = vec![Vec::new(); count];
    for (node, component) in component.iter().enumerate() {
        members[*component].push(node);
    }
    let mut most = vec![0_u64; count];
    for number in 0..count {
        let of = |node: usize| {
            let arrows = next[node].iter().filter(|(to, _)| component[*to] != number);
            arrows.map(|(to, cost)| most[component[*to]] + cost).chain([ends[node]]).max().unwrap_or(0)
        };
        let longest = members[number].iter().map(|node| of(*node)).max().unwrap_or(0);
        most[number] = longest;
    }
    Some(component.iter().map(|number| most[*number]).collect())
}
