//! `supplied`: is every paper there when it is needed?
//!
//! **Theorem.** `Proved` iff at each activation of a step every paper that it requires exists, or is made or brought by
//! that very completion (P3), and nobody makes a new version of a paper while a parallel step may be reading it, or making one too (P6).
//!
//! A forward must-analysis gives for each step the papers that are certainly there (Nielson, Nielson, Hankin, Principles
//! of Program Analysis, 2.1): a proof where it suffices. Where it does not, the states are searched with the paper in
//! question, and either a run shows it missing or no state does. Whoever passes a step has what it requires: further
//! steps take that for granted, so that one missing paper is one cause (G4).
//!
//! A waived requirement is judged like any other; the waiver stands beside the verdict (P4, G5). Assumes that whoever
//! opens a case brings what its first steps require.

use sop_core::case::Handing;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, PaperIx, Position as _, Process, StepIx};

use crate::cause::{Cause, Trouble};
use crate::certificate::{RacesEvidence, Sets, States, SuppliedEvidence, words_of};
use crate::examination::Examination;
use crate::flow::{Found, Goal, run_of};
use crate::model::{By, Concurrency, Exit, ExitIx, Exits, Question, Scope, Way, certain};
use crate::run::Run;
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
    let mut apart = None;
    match races(examination) {
        Ok((found, by)) => {
            causes.extend(found);
            apart = by;
        }
        Err(reason) => unknown = unknown.or(Some(reason)),
    }
    if !causes.is_empty() {
        return (Found::Refuted(causes), None);
    }
    if let Some(reason) = unknown {
        return (Found::Unknown(reason), None);
    }
    let apart = apart.map(|by| match by {
        ApartBy::Relation(relation) => RacesEvidence::Sets(words_of(&relation)),
        ApartBy::States => RacesEvidence::States(States::of(examination.nearest())),
    });
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

/// What proves that no two steps of any racing pair are open at once.
enum ApartBy {
    Relation(Concurrency),
    States,
}

/// New versions made while a parallel step may be reading the paper, or making one of its own (P6).
fn races(examination: &Examination<'_, '_>) -> Result<(Vec<Cause>, Option<ApartBy>), Bilingual> {
    let facts = examination.facts;
    let process = facts.process;
    let mut pairs =
        if facts.is_sequential { Vec::new() } else { racing_pairs(process, &facts.exits, |at| facts.is_feasible(at)) };
    let mut causes: Vec<Cause> = Vec::new();
    if pairs.is_empty() {
        return Ok((causes, None));
    }
    if let Some(relation) = facts.concurrency() {
        pairs.retain(|pair| relation.meet(pair.by, pair.other));
        if pairs.is_empty() {
            return Ok((causes, Some(ApartBy::Relation(relation.clone()))));
        }
    }
    for pair in pairs {
        let trouble = pair.trouble();
        if causes.iter().any(|cause| cause.trouble == trouble) {
            continue;
        }
        let run = met_in(process, examination.near(), &pair)
            .or_else(|| {
                let sought = examination.seeker.seek(Goal::TakeBeside(pair.exit, pair.other));
                sought.map(|found| found.told(facts))
            })
            .map(Some);
        let run = match run {
            Some(run) => run,
            None => met_in_any(examination, &pair)?,
        };
        causes.extend(run.map(|run| Cause { trouble, run: Some(run) }));
    }
    Ok((causes, Some(ApartBy::States)))
}

/// A run of a graph in which two steps of a pair meet, and the paper is made.
fn met_in(process: &Process, graph: &Graph<'_>, pair: &Race) -> Option<Run> {
    let both = |at: &u32| {
        let state = graph.state(*at);
        graph.packing.marking.is_active(state, pair.by) && graph.packing.marking.is_active(state, pair.other)
    };
    let takes = |at: u32| graph.edges_of(at).iter().find(|edge| edge.exit == pair.exit).copied();
    let met = (0..graph.len() as u32).filter(both).filter_map(|at| takes(at).map(|edge| (at, edge)));
    let mut real = met.filter(|(at, _)| graph.scope.counters || graph.is_real(process, &graph.way_to(*at)));
    let (at, edge): (u32, Edge) = real.next()?;
    let mut way = graph.way_to(at);
    way.push(crate::search::Parent::Move { from: at, exit: pair.exit, sample: edge.sample });
    Some(run_of(process, graph, &way))
}

/// The same among all states; none where they never meet.
fn met_in_any(examination: &Examination<'_, '_>, pair: &Race) -> Result<Option<Run>, Bilingual> {
    let process = examination.facts.process;
    let both = |graph: &Graph<'_>| {
        (0..graph.len() as u32).any(|at| {
            let state = graph.state(at);
            let is_active = |step| graph.packing.marking.is_active(state, step);
            is_active(pair.by) && is_active(pair.other) && graph.edges_of(at).iter().any(|edge| edge.exit == pair.exit)
        })
    };
    let graph = examination.nearest();
    if graph.is_cut {
        return Err(not_searched(process, pair.other));
    }
    if !both(graph) {
        return Ok(None);
    }
    if let Some(run) = met_in(process, graph, pair) {
        return Ok(Some(run));
    }
    let counted = examination.counted();
    // What meets only where returns count as used up at any time is not shown by states without counters.
    met_in(process, counted, pair).map(Some).ok_or_else(|| not_searched(process, pair.other))
}

/// A step that makes a paper, and another that reads it or makes it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Race {
    pub(crate) by: StepIx,
    pub(crate) other: StepIx,
    pub(crate) paper: PaperIx,
    /// The exit with which it is made.
    pub(crate) exit: ExitIx,
    /// Tells whether the other makes it, and does not read it.
    makes: bool,
}

impl Race {
    fn trouble(&self) -> Trouble {
        let &Self { by, other, paper, .. } = self;
        match self.makes {
            true => Trouble::PaperMadeTwice { by, other, paper },
            false => Trouble::PaperOvertaken { by, reader: other, paper },
        }
    }
}

/// Steps that make a paper, and others that read it or make it too, in the order of the document.
pub(crate) fn racing_pairs(process: &Process, exits: &Exits, is_feasible: impl Fn(ExitIx) -> bool) -> Vec<Race> {
    let mut readers: Vec<Vec<StepIx>> = vec![Vec::new(); process.papers().len()];
    for (step, spec) in process.steps().iter() {
        for paper in &spec.drawn_requires {
            if let Some(list) = readers.get_mut(paper.place()) {
                list.push(step);
            }
        }
    }
    let mut makers: Vec<Vec<(StepIx, ExitIx)>> = vec![Vec::new(); process.papers().len()];
    for (at, exit) in exits.iter().filter(|(at, exit)| exit.by == By::Person && is_feasible(*at)) {
        let spec = &process.steps()[exit.step];
        let Some(outcome) = exit.outcome.and_then(|at| spec.outcome(at)) else { continue };
        let handing = Handing::of(outcome, &exit.route, |_| !matches!(exit.way, Way::Spent(_)));
        for paper in handing.makes(spec, outcome) {
            if let Some(list) = makers.get_mut(paper.place()) {
                list.push((exit.step, at));
            }
        }
    }
    let mut pairs = Vec::new();
    for (place, (makers, readers)) in makers.iter().zip(&readers).enumerate() {
        let paper = PaperIx::at(place);
        for &(by, exit) in makers {
            let reading = readers.iter().filter(|reader| **reader != by);
            pairs.extend(reading.map(|other| Race { by, other: *other, paper, exit, makes: false }));
            // Whoever reads it too is told as a reader; of two makers the pair is told once.
            let mut others: Vec<StepIx> = makers.iter().map(|(step, _)| *step).filter(|step| *step > by).collect();
            others.dedup();
            let is_reader = |step: &StepIx| readers.contains(step);
            let making = others.iter().filter(|other| !is_reader(other) && !is_reader(&by));
            pairs.extend(making.map(|other| Race { by, other: *other, paper, exit, makes: true }));
        }
    }
    pairs.sort_by_key(|pair| (pair.exit, pair.makes));
    pairs
}

/// The sets of the analysis, for whoever keeps them.
pub(crate) fn analyse(process: &Process, exits: &Exits) -> crate::model::Certain {
    certain(process, exits, &Papers { process })
}
