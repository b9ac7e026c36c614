//! The flow of a process as a petgraph graph, and what can reach what in it.

use std::sync::Arc as Shared;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::bits::BitSet;
use super::index::ReturnIx;
use super::index::{EndIx, OutcomeIx, Position, StartIx, StepIx, Table};
use super::tables::{EndSpec, ReturnSpec, Route, StartSpec, StepSpec, ThenSpec};

/// A place of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Node {
    /// A way to open a case.
    Start(StartIx),
    /// A step.
    Step(StepIx),
    /// An end.
    End(EndIx),
}

/// How an arrow is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArrowKind {
    /// A case begins here.
    Open,
    /// Forward; of a split, one of several taken together.
    Forward,
    /// Back (R1).
    Return,
    /// Instead of a return that is used up (R2).
    Then,
}

/// An arrow of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arrow {
    /// How it is taken.
    pub kind: ArrowKind,
    /// The outcome of the step that it leaves from; none at a start.
    pub outcome: Option<OutcomeIx>,
    /// The branch of that outcome's `choose`.
    pub branch: Option<u16>,
}

/// The flow of a process.
///
/// Nodes are the starts, then the steps, then the ends, each in the order of the document; arrows are in the order of
/// the document too, so that every walk visits in the same order everywhere.
#[derive(Debug, Clone)]
pub struct FlowGraph {
    graph: DiGraph<Node, Arrow>,
    starts: usize,
    steps: usize,
}

impl FlowGraph {
    pub(crate) fn new(
        starts: &Table<StartIx, StartSpec>,
        steps: &Table<StepIx, StepSpec>,
        ends: &Table<EndIx, EndSpec>,
        returns: &Table<ReturnIx, ReturnSpec>,
    ) -> Self {
        let mut graph = DiGraph::with_capacity(starts.len() + steps.len() + ends.len(), steps.len() * 2);
        let nodes = starts.iter().map(|(start, _)| Node::Start(start));
        let nodes = nodes.chain(steps.iter().map(|(step, _)| Node::Step(step)));
        for node in nodes.chain(ends.iter().map(|(end, _)| Node::End(end))) {
            graph.add_node(node);
        }
        let mut flow = Self { graph, starts: starts.len(), steps: steps.len() };
        for (start, spec) in starts.iter() {
            for &step in &spec.opens {
                let arrow = Arrow { kind: ArrowKind::Open, outcome: None, branch: None };
                flow.graph.add_edge(NodeIndex::new(start.place()), flow.step(step), arrow);
            }
        }
        for (step, spec) in steps.iter() {
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                let arrow = Arrow { kind: ArrowKind::Forward, outcome: Some(OutcomeIx::at(place)), branch: None };
                match &outcome.route {
                    Route::Choose(branches) => {
                        for (branch, spec) in branches.iter().enumerate() {
                            flow.draw(step, &spec.route, Arrow { branch: Some(u16::at(branch)), ..arrow }, returns);
                        }
                    }
                    route => flow.draw(step, route, arrow, returns),
                }
            }
        }
        flow
    }

    fn draw(&mut self, from: StepIx, route: &Route, arrow: Arrow, returns: &Table<ReturnIx, ReturnSpec>) {
        let from = self.step(from);
        match route {
            Route::Go(arcs) => {
                for arc in arrow_targets(arcs) {
                    self.graph.add_edge(from, self.step(arc), arrow);
                }
            }
            Route::End(end) => {
                self.graph.add_edge(from, self.end(*end), arrow);
            }
            Route::Return(taken) => {
                let Some(spec) = returns.get(*taken) else { return };
                self.graph.add_edge(from, self.step(spec.to), Arrow { kind: ArrowKind::Return, ..arrow });
                let then = match spec.limit {
                    Some((_, ThenSpec::End(end))) => Some(self.end(end)),
                    Some((_, ThenSpec::Next(step))) => Some(self.step(step)),
                    Some((_, ThenSpec::Closed)) | None => None,
                };
                if let Some(then) = then {
                    self.graph.add_edge(from, then, Arrow { kind: ArrowKind::Then, ..arrow });
                }
            }
            Route::Choose(_) => {}
        }
    }

    fn step(&self, step: StepIx) -> NodeIndex {
        NodeIndex::new(self.starts + step.place())
    }

    fn end(&self, end: EndIx) -> NodeIndex {
        NodeIndex::new(self.starts + self.steps + end.place())
    }

    fn step_at(&self, node: NodeIndex) -> Option<StepIx> {
        let place = node.index().checked_sub(self.starts)?;
        (place < self.steps).then(|| StepIx::at(place))
    }

    /// The petgraph graph itself, for algorithms of one's own.
    pub fn as_petgraph(&self) -> &DiGraph<Node, Arrow> {
        &self.graph
    }

    /// The arrows that leave a step.
    pub fn leaving(&self, step: StepIx) -> impl Iterator<Item = (Arrow, Node)> + '_ {
        let mut arrows: Vec<_> = self.graph.edges(self.step(step)).collect();
        // petgraph lists the newest first.
        arrows.reverse();
        arrows.into_iter().filter_map(|edge| Some((*edge.weight(), *self.graph.node_weight(edge.target())?)))
    }

    /// The steps that can be reached from these by the arrows that are allowed, themselves included.
    pub(crate) fn reach(&self, from: impl IntoIterator<Item = StepIx>, allowed: impl Fn(&Arrow) -> bool) -> BitSet {
        self.walk(from, allowed)
    }

    /// For every step those that can be reached from it by the arrows that are allowed: one pass over the graph,
    /// however many are asked about. Steps on a common circle share one set.
    pub(crate) fn closure(&self, allowed: impl Fn(&Arrow) -> bool) -> Closure {
        let mut steps: DiGraph<(), ()> = DiGraph::with_capacity(self.steps, self.graph.edge_count());
        for _ in 0..self.steps {
            steps.add_node(());
        }
        for edge in self.graph.edge_references().filter(|edge| allowed(edge.weight())) {
            if let (Some(from), Some(to)) = (self.step_at(edge.source()), self.step_at(edge.target())) {
                steps.add_edge(NodeIndex::new(from.place()), NodeIndex::new(to.place()), ());
            }
        }
        // Successors come first, so that what they reach is known.
        let mut closure = Closure { circle: vec![0; self.steps], sets: Vec::new() };
        for (at, circle) in petgraph::algo::kosaraju_scc(&steps).into_iter().enumerate() {
            let mut reached = BitSet::with_len(self.steps);
            for &node in &circle {
                reached.insert(node.index());
                if let Some(place) = closure.circle.get_mut(node.index()) {
                    *place = at;
                }
            }
            for &node in &circle {
                for next in steps.neighbors(node) {
                    if reached.insert(next.index())
                        && let Some(further) = closure.of(StepIx::at(next.index()))
                    {
                        reached.unite(further);
                    }
                }
            }
            closure.sets.push(Shared::new(reached));
        }
        closure
    }

    fn walk(&self, from: impl IntoIterator<Item = StepIx>, allowed: impl Fn(&Arrow) -> bool) -> BitSet {
        let mut reached = BitSet::with_len(self.steps);
        let mut open: Vec<NodeIndex> = Vec::new();
        for step in from {
            if reached.insert(step.place()) {
                open.push(self.step(step));
            }
        }
        while let Some(node) = open.pop() {
            for edge in self.graph.edges(node) {
                let next = edge.target();
                if let Some(step) = self.step_at(next)
                    && allowed(edge.weight())
                    && reached.insert(step.place())
                {
                    open.push(next);
                }
            }
        }
        reached
    }
}

/// What every step reaches.
pub(crate) struct Closure {
    /// For each step the number of its circle.
    circle: Vec<usize>,
    sets: Vec<Shared<BitSet>>,
}

impl Closure {
    /// The steps that this one reaches, itself included.
    pub(crate) fn of(&self, step: StepIx) -> Option<&Shared<BitSet>> {
        self.circle.get(step.place()).and_then(|circle| self.sets.get(*circle))
    }

    /// Tells whether one step reaches another, or is it.
    pub(crate) fn leads(&self, from: StepIx, to: StepIx) -> bool {
        self.of(from).is_some_and(|reached| reached.contains(to.place()))
    }
}

fn arrow_targets(arcs: &[super::tables::Arc]) -> impl Iterator<Item = StepIx> + '_ {
    arcs.iter().map(|arc| arc.to)
}
