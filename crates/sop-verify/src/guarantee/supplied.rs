//! `supplied`: is every paper there when it is needed?
//!
//! **Theorem.** `Proved` iff at each activation of a step every paper that it requires exists, or is made or brought by
//! that very completion (P3), and nobody makes a new version of a paper while a parallel step may be reading it.
//!
//! A forward must-analysis gives for each step the papers that are certainly there (Nielson, Nielson, Hankin, Principles
//! of Program Analysis, 2.1): a proof where it suffices. Where it does not, the states are searched with the paper in
//! question, and either a run shows it missing or no state does. Whoever passes a step has what it requires: further
//! steps take that for granted, so that one missing paper is one cause (G4).
//!
//! A waived requirement is judged like any other; the waiver stands beside the verdict (P4, G5). Assumes that whoever
//! opens a case brings what its first steps require.

use std::collections::BTreeMap;

use sop_core::case::Handing;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, PaperIx, Position as _, Process, StepIx};

use super::potential::leads_to;
use crate::cause::{Cause, Trouble};
use crate::certificate::{FlowEvidence, Sets, States, SuppliedEvidence};
use crate::examination::Examination;
use crate::flow::{Found, run_of};
use crate::model::{By, Exit, Exits, Question, Scope, Way, certain};
use crate::search::{Edge, Graph, explore};

/// Which papers are there.
pub(crate) struct Papers<'p> {
    pub(crate) process: &'p Process,
}

impl Question for Papers<'_> {
    fn width(&self) -> usize {
        self.process.papers().len()
    }

    fn at_start(&self, start: usize) -> BitSet {
        let mut there = BitSet::with_len(self.width());
        if let Some(start) = self.process.starts().values().nth(start) {
            there.extend(start.brings.iter().map(|paper| paper.place()));
        }
        there
    }

    fn gain(&self, exit: &Exit, known: &mut BitSet) {
        let spec = &self.process.steps()[exit.step];
        let Some(outcome) = exit.outcome.and_then(|at| spec.outcome(at)).filter(|_| exit.by == By::Person) else {
            return;
        };
        let open = !matches!(exit.way, Way::Spent(_));
        let handing = Handing::of(outcome, &exit.route, |_| open);
        known.extend(handing.provides(spec, outcome).map(|paper| paper.place()));
        // Nobody gets past a step without what it requires (P3): who looks further takes it for granted (G4).
        known.extend(spec.requires.iter().map(|paper| paper.place()));
    }
}

/// What a step needs: what it requires and what is waived, since a waiver is judged like any verdict (P4, G5).
pub(crate) fn needed(process: &Process, step: StepIx) -> impl Iterator<Item = PaperIx> + '_ {
    let spec = &process.steps()[step];
    spec.requires.iter().chain(&spec.waived).copied()
}

pub(crate) fn judge(examination: &Examination<'_, '_>) -> (Found, Option<SuppliedEvidence>) {
    let facts = examination.facts;
    let process = facts.process;
    let known = &facts.papers;
    let mut alarms: Vec<(StepIx, PaperIx)> = Vec::new();
    for (step, _) in process.steps().iter() {
        let Some(Some(there)) = known.steps.get(step.place()) else { continue };
        alarms.extend(needed(process, step).filter(|paper| !there.contains(paper.place())).map(|paper| (step, paper)));
    }
    let mut causes = Vec::new();
    let mut unknown = None;
    let mut states = Vec::new();
    // Alarms are looked into a few papers at a time: each doubles the states at most.
    let mut papers: Vec<PaperIx> = alarms.iter().map(|(_, paper)| *paper).collect();
    papers.sort_unstable();
    papers.dedup();
    for group in papers.chunks(1) {
        let scope = Scope { papers: group.to_vec(), ..Scope::default() };
        let graph = explore(facts, scope, facts.limits);
        for &(step, paper) in alarms.iter().filter(|(_, paper)| group.contains(paper)) {
            match missing(&graph, group, step, paper) {
                Some(at) if graph.is_real(process, &graph.way_to(at)) => {
                    let run = run_of(process, &graph, &graph.way_to(at));
                    causes.push(Cause { trouble: Trouble::PaperMissing { step, paper }, run: Some(run) });
                }
                // It is missing only after some return is used up, if that can be.
                Some(_) => {
                    let scope = Scope { counters: true, papers: group.to_vec() };
                    let counted = explore(facts, scope, facts.limits);
                    match missing(&counted, group, step, paper) {
                        Some(at) => {
                            let run = run_of(process, &counted, &counted.way_to(at));
                            causes.push(Cause { trouble: Trouble::PaperMissing { step, paper }, run: Some(run) });
                        }
                        None if counted.is_cut => unknown = Some(not_searched(process, step)),
                        None => states.push(States::of(&counted)),
                    }
                }
                None if graph.is_cut => unknown = Some(not_searched(process, step)),
                None if !states.iter().any(|known: &States| known.papers == group) => states.push(States::of(&graph)),
                None => {}
            }
        }
    }
    match races(examination) {
        Ok(found) => causes.extend(found),
        Err(reason) => unknown = unknown.or(Some(reason)),
    }
    if !causes.is_empty() {
        return (Found::Refuted(causes), None);
    }
    if let Some(reason) = unknown {
        return (Found::Unknown(reason), None);
    }
    let apart =
        (!facts.is_sequential && !open_pairs(examination).is_empty()).then(|| States::of(examination.nearest()));
    (Found::Proved, Some(SuppliedEvidence { papers: Sets::of(known), states, apart }))
}

fn not_searched(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!("{at}: terlalu banyak keadaan untuk memastikan berkasnya"),
        format!("{at}: too many states to be certain of its papers"),
    )
}

fn missing(graph: &Graph<'_>, papers: &[PaperIx], step: StepIx, paper: PaperIx) -> Option<u32> {
    let place = papers.iter().position(|known| *known == paper)?;
    (0..graph.len() as u32).find(|at| {
        let state = graph.state(*at);
        graph.packing.marking.is_active(state, step) && !graph.packing.has_paper(state, place)
    })
}

/// New versions made while a parallel step may be reading the paper.
fn races(examination: &Examination<'_, '_>) -> Result<Vec<Cause>, Bilingual> {
    let facts = examination.facts;
    let process = facts.process;
    if facts.is_sequential {
        return Ok(Vec::new());
    }
    let pairs = open_pairs(examination);
    let mut causes = Vec::new();
    if pairs.is_empty() {
        return Ok(causes);
    }
    let nearest = examination.nearest();
    for (by, reader, paper, exit) in pairs {
        let mut graph = nearest;
        let both = |at: &u32| {
            let state = graph.state(*at);
            graph.packing.marking.is_active(state, by) && graph.packing.marking.is_active(state, reader)
        };
        let takes = |at: &u32| graph.edges_of(*at).iter().find(|edge| edge.exit == exit).copied();
        let mut found = (0..graph.len() as u32).filter(both).find_map(|at| takes(&at).map(|edge| (at, edge)));
        let is_real = |graph: &Graph<'_>, found: &(u32, Edge)| graph.is_real(process, &graph.way_to(found.0));
        if found.as_ref().is_some_and(|found| !is_real(graph, found)) {
            graph = examination.counted();
            found = (0..graph.len() as u32).find_map(|at| {
                let state = graph.state(at);
                let marking = graph.packing.marking;
                let both = marking.is_active(state, by) && marking.is_active(state, reader);
                let edge = graph.edges_of(at).iter().find(|edge| both && edge.exit == exit)?;
                Some((at, *edge))
            });
        }
        match found {
            Some((at, edge)) => {
                let mut way = graph.way_to(at);
                way.push(crate::search::Parent::Move { from: at, exit, sample: edge.sample });
                let run = run_of(process, graph, &way);
                let trouble = Trouble::PaperOvertaken { by, reader, paper };
                let told = causes.iter().any(|cause: &Cause| cause.trouble == trouble);
                if !told {
                    causes.push(Cause { trouble, run: Some(run) });
                }
            }
            None if graph.is_cut => return Err(not_searched(process, reader)),
            None => {}
        }
    }
    Ok(causes)
}

/// The pairs of which it is not known yet that one always comes after the other.
///
/// Where the flow was proved by reduction and has no rounds but returns, two steps of which one leads to the other are
/// never active together: the token behind could catch up with the one before, and nothing piles up.
fn open_pairs(examination: &Examination<'_, '_>) -> Vec<(StepIx, StepIx, PaperIx, u32)> {
    let facts = examination.facts;
    let pairs = racing_pairs(facts.process, &facts.exits);
    let by_reduction = matches!(examination.flow.evidence, Some(FlowEvidence::Reduced { .. }));
    match by_reduction && Forwards::has_no_round(facts.process, &facts.exits) {
        true => {
            let mut forwards = Forwards::of(facts.process, &facts.exits);
            pairs.into_iter().filter(|(by, reader, ..)| !forwards.is_ordered(*by, *reader)).collect()
        }
        false => pairs,
    }
}

/// What leads to what by exits other than returns.
pub(crate) struct Forwards {
    next: Vec<Vec<StepIx>>,
    reached: BTreeMap<StepIx, BitSet>,
}

impl Forwards {
    pub(crate) fn of(process: &Process, exits: &Exits) -> Self {
        let mut next = vec![Vec::new(); process.steps().len()];
        for (_, exit) in exits.iter().filter(|(_, exit)| exit.goes_back().is_none()) {
            if let Some(list) = next.get_mut(exit.step.place()) {
                list.extend(leads_to(process, exit));
            }
        }
        Self { next, reached: BTreeMap::new() }
    }

    /// Whether no step leads to itself.
    pub(crate) fn has_no_round(process: &Process, exits: &Exits) -> bool {
        let forwards = Self::of(process, exits);
        let mut into = vec![0_u32; forwards.next.len()];
        for to in forwards.next.iter().flatten() {
            if let Some(into) = into.get_mut(to.place()) {
                *into += 1;
            }
        }
        let mut open: Vec<usize> = (0..into.len()).filter(|step| into.get(*step) == Some(&0)).collect();
        let mut seen = 0;
        while let Some(step) = open.pop() {
            seen += 1;
            for to in forwards.next.get(step).into_iter().flatten() {
                if let Some(into) = into.get_mut(to.place()) {
                    *into -= 1;
                    if *into == 0 {
                        open.push(to.place());
                    }
                }
            }
        }
        seen == forwards.next.len()
    }

    /// Whether one of two steps leads to the other.
    pub(crate) fn is_ordered(&mut self, one: StepIx, other: StepIx) -> bool {
        self.leads(one, other) || self.leads(other, one)
    }

    fn leads(&mut self, from: StepIx, to: StepIx) -> bool {
        let next = &self.next;
        let reached = self.reached.entry(from).or_insert_with(|| {
            let mut reached = BitSet::with_len(next.len());
            let mut open = vec![from];
            while let Some(step) = open.pop() {
                for to in next.get(step.place()).into_iter().flatten() {
                    if reached.insert(to.place()) {
                        open.push(*to);
                    }
                }
            }
            reached
        });
        reached.contains(to.place())
    }
}

/// Steps that make a paper, and others that read it, in the order of the document.
pub(crate) fn racing_pairs(process: &Process, exits: &Exits) -> Vec<(StepIx, StepIx, PaperIx, u32)> {
    let mut readers: Vec<Vec<StepIx>> = vec![Vec::new(); process.papers().len()];
    for (step, spec) in process.steps().iter() {
        for paper in &spec.drawn_requires {
            if let Some(list) = readers.get_mut(paper.place()) {
                list.push(step);
            }
        }
    }
    let mut pairs = Vec::new();
    for (at, exit) in exits.iter().filter(|(_, exit)| exit.by == By::Person) {
        let spec = &process.steps()[exit.step];
        let Some(outcome) = exit.outcome.and_then(|at| spec.outcome(at)) else { continue };
        let handing = Handing::of(outcome, &exit.route, |_| !matches!(exit.way, Way::Spent(_)));
        for paper in handing.makes(spec, outcome) {
            let others = readers.get(paper.place()).into_iter().flatten().filter(|reader| **reader != exit.step);
            pairs.extend(others.map(|reader| (exit.step, *reader, paper, at)));
        }
    }
    pairs
}

/// The sets of the analysis, for whoever keeps them.
pub(crate) fn analyse(process: &Process, exits: &Exits) -> crate::model::Certain {
    certain(process, exits, &Papers { process })
}
