//! The guards of one choice as a decision diagram: which branch every combination of values takes.
//!
//! A node asks one test of one guard; its two edges lead on for yes and for no. Nodes are shared: what lies below one
//! depends on its [`Situation`] alone, that is, on where the programs of the open guards stand and on what is known of
//! the fields that these may still ask. Guards as people write them, one alternative after the other, give diagrams
//! about as large as their text (Bryant, Graph-Based Algorithms for Boolean Function Manipulation, IEEE Trans. Computers
//! 35, 1986), where a tree without sharing doubles with each alternative.
//!
//! How a diagram is found is the business of [`grow`](super::choice::grow); that it is one of its choice is confirmed by
//! [`Guards::confirms`], which follows every edge once.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use sop_core::guard::{FieldIx, Next};
use sop_core::process::BranchSpec;

use super::cell_set::CellSet;
use super::cells::{Cell, Cells};

/// What is known of a field where a choice is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has some value.
    Set,
    /// It has some value or none.
    Anything,
}

/// Place where an edge of a diagram leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// To another question.
    Node(u32),
    /// All values here take this branch.
    Branch(u16),
    /// All values here satisfy no guard, or at least so many.
    Wrong(u32),
}

/// A question: the test at this place of this branch's guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Question {
    pub(crate) branch: u16,
    pub(crate) test: u16,
    pub(crate) yes: Target,
    pub(crate) no: Target,
}

/// A choice as a decision diagram.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Diagram {
    pub(crate) root: Target,
    pub(crate) nodes: Vec<Question>,
}

/// The cells of the fields that were asked for, in a part of all combinations of values.
pub(crate) type Part = Vec<(FieldIx, CellSet)>;

/// A test of a guard's program, over cells.
#[derive(Debug, Clone)]
struct Test {
    /// The field's place among [`Guards::fields`].
    field: usize,
    mask: CellSet,
    yes: Place,
    no: Place,
}

/// A place in a guard's program: that of a test, or one of the two answers.
type Place = u16;
const HOLDS: Place = Place::MAX;
const FAILS: Place = Place::MAX - 1;

/// The guards of one choice, as programs over cells.
#[derive(Debug)]
pub(crate) struct Guards {
    /// The fields that are read, rising.
    fields: Vec<FieldIx>,
    /// For each of them the cells that are possible where the choice is made.
    domains: Vec<CellSet>,
    entries: Vec<Place>,
    programs: Vec<Vec<Test>>,
}

/// What the answers so far leave open: all that what lies below depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Situation {
    /// The guards that may still hold or fail, with the places where their programs go on.
    open: Vec<(u16, Place)>,
    /// The guard that holds already, if one does.
    holding: Option<u16>,
    /// The fields that may still be asked and of which something is known, by their places, with the cells left.
    known: Vec<(u16, CellSet)>,
}

impl Situation {
    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + 4 * self.open.len() + self.known.len() * size_of::<(u16, CellSet)>()
    }
}

/// Where answers lead: to what is still open, or to a verdict.
pub(crate) enum Led {
    On(Situation),
    To(Target),
}

/// A test that is still open: of which branch's guard, at which place, about which field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenTest {
    pub(crate) branch: u16,
    pub(crate) test: u16,
    pub(crate) field: usize,
}

impl Guards {
    /// The guards of a choice. None where a field falls into too many cells.
    pub(crate) fn of(branches: &[BranchSpec], cells: &Cells, known: impl Fn(FieldIx) -> Known) -> Option<Self> {
        let mut fields: Vec<FieldIx> =
            branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field)).collect();
        fields.sort_unstable();
        fields.dedup();
        if fields.iter().any(|field| cells.is_cut_short(*field)) {
            return None;
        }
        let domains = fields
            .iter()
            .map(|field| CellSet::run(Cell::from(known(*field) == Known::Set), cells.count(*field)))
            .collect();
        let place = |next: Next| match next {
            Next::Holds => HOLDS,
            Next::Fails => FAILS,
            Next::Test(place) => Place::try_from(place).unwrap_or(FAILS),
        };
        let (mut entries, mut programs) = (Vec::new(), Vec::new());
        for branch in branches {
            let (entry, tests) = branch.guard.program();
            entries.push(place(entry));
            let test = |(field, test, yes, no): (FieldIx, &sop_core::guard::Test, Next, Next)| Test {
                field: fields.binary_search(&field).unwrap_or(0),
                mask: CellSet::true_for(cells, field, test),
                yes: place(yes),
                no: place(no),
            };
            programs.push(tests.map(test).collect());
        }
        Some(Self { fields, domains, entries, programs })
    }

    /// For each guard its tests: the field's place and the cells for which it is true.
    pub(super) fn masks(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, &CellSet)>> {
        self.programs.iter().map(|program| program.iter().map(|test| (test.field, &test.mask)))
    }

    /// Count: how many fields are read.
    pub(crate) fn field_count(&self) -> usize {
        self.fields.len()
    }

    /// Count: how many tests all guards have.
    pub(crate) fn test_count(&self) -> usize {
        self.programs.iter().map(Vec::len).sum()
    }

    fn test(&self, branch: u16, test: u16) -> Option<&Test> {
        self.programs.get(usize::from(branch))?.get(usize::from(test))
    }

    /// What is open before anything was asked. `work` counts the tests that are looked at.
    pub(crate) fn begin(&self, work: &mut usize) -> Led {
        let open = (0_u16..).zip(self.entries.iter().copied()).collect();
        self.settle(open, None, self.domains.clone(), work)
    }

    /// What is open after a test was answered. None for a test that is not open there.
    pub(crate) fn answer(
        &self,
        situation: &Situation,
        branch: u16,
        test: u16,
        yes: bool,
        work: &mut usize,
    ) -> Option<Led> {
        let test = self.test(branch, test)?;
        let mut sets = self.sets(situation);
        let set = sets.get_mut(test.field)?;
        if set.answer(&test.mask).is_some() {
            return None;
        }
        *set = if yes { set.and(&test.mask) } else { set.without(&test.mask) };
        Some(self.settle(situation.open.clone(), situation.holding, sets, work))
    }

    /// What is known of each field.
    fn sets(&self, situation: &Situation) -> Vec<CellSet> {
        let mut sets = self.domains.clone();
        for (field, set) in &situation.known {
            if let Some(known) = sets.get_mut(usize::from(*field)) {
                known.clone_from(set);
            }
        }
        sets
    }

    /// Moves every open guard on as far as its answers are known, and keeps of these what may still be asked for.
    fn settle(&self, open: Vec<(u16, Place)>, mut holding: Option<u16>, sets: Vec<CellSet>, work: &mut usize) -> Led {
        let mut still = Vec::with_capacity(open.len());
        let mut is_asked = vec![false; self.fields.len()];
        let mut moved: Vec<Place> = Vec::new();
        let mut reached: Vec<bool> = Vec::new();
        for (branch, entry) in open {
            let Some(program) = self.programs.get(usize::from(branch)) else { continue };
            *work += program.len().saturating_sub(usize::from(entry)) + 1;
            let entry = self.moved_on(program, entry, &sets, &mut moved);
            match entry {
                HOLDS if holding.is_some() => return Led::To(Target::Wrong(2)),
                HOLDS => holding = Some(branch),
                FAILS => {}
                entry => {
                    still.push((branch, entry));
                    note_asked(program, entry, &sets, &mut reached, &mut is_asked);
                }
            }
        }
        if still.is_empty() {
            return Led::To(holding.map_or(Target::Wrong(0), Target::Branch));
        }
        let known = (0_u16..)
            .zip(sets)
            .zip(&self.domains)
            .filter(|((place, set), domain)| is_asked.get(usize::from(*place)) == Some(&true) && set != *domain)
            .map(|(known, _)| known)
            .collect();
        Led::On(Situation { open: still, holding, known })
    }

    /// Place where a program really goes on: past tests whose answer is known, and past those that make no difference.
    fn moved_on(&self, program: &[Test], entry: Place, sets: &[CellSet], moved: &mut Vec<Place>) -> Place {
        moved.clear();
        moved.resize(program.len(), FAILS);
        let follow = |moved: &[Place], place: Place| moved.get(usize::from(place)).copied().unwrap_or(place);
        for (place, test) in program.iter().enumerate().skip(usize::from(entry)).rev() {
            let (yes, no) = (follow(moved, test.yes), follow(moved, test.no));
            let answer =
                if yes == no { Some(true) } else { sets.get(test.field).and_then(|set| set.answer(&test.mask)) };
            if let Some(known) = moved.get_mut(place) {
                *known = match answer {
                    Some(true) => yes,
                    Some(false) => no,
                    None => place as Place,
                };
            }
        }
        follow(moved, entry)
    }

    /// The tests that are really open in a situation, those of one guard after those of another, in the order of the text.
    pub(crate) fn open_tests(&self, situation: &Situation, work: &mut usize) -> Vec<OpenTest> {
        let sets = self.sets(situation);
        let mut found = Vec::new();
        let mut moved: Vec<Place> = Vec::new();
        for &(branch, entry) in &situation.open {
            let Some(program) = self.programs.get(usize::from(branch)) else { continue };
            *work += program.len().saturating_sub(usize::from(entry)) + 1;
            self.moved_on(program, entry, &sets, &mut moved);
            let follow = |place: Place| moved.get(usize::from(place)).copied().unwrap_or(place);
            let mut reached = vec![false; program.len()];
            let reach = |place: Place, reached: &mut [bool]| {
                if let Some(known) = reached.get_mut(usize::from(place)) {
                    *known = true;
                }
            };
            reach(entry, &mut reached);
            for (place, test) in program.iter().enumerate().skip(usize::from(entry)) {
                if reached.get(place) == Some(&true) {
                    found.push(OpenTest { branch, test: place as u16, field: test.field });
                    reach(follow(test.yes), &mut reached);
                    reach(follow(test.no), &mut reached);
                }
            }
        }
        found
    }

    /// The first test that is open in a situation.
    pub(crate) fn first_open(&self, situation: &Situation) -> Option<OpenTest> {
        let (branch, place) = *situation.open.first()?;
        self.test(branch, place).map(|test| OpenTest { branch, test: place, field: test.field })
    }

    /// Whether a diagram is one of this choice: every edge leads where its answer leads. Each edge is followed once.
    pub(crate) fn confirms(&self, diagram: &Diagram) -> bool {
        let mut work = 0;
        let mut situations: Vec<Option<Situation>> = vec![None; diagram.nodes.len()];
        let mut open: Vec<u32> = Vec::new();
        let leads = |led: Led, target: Target, open: &mut Vec<u32>, situations: &mut Vec<Option<Situation>>| match (
            led, target,
        ) {
            (Led::To(found), claimed) => found == claimed,
            (Led::On(found), Target::Node(node)) => match situations.get_mut(node as usize) {
                Some(Some(known)) => *known == found,
                Some(new) => {
                    *new = Some(found);
                    open.push(node);
                    true
                }
                None => false,
            },
            (Led::On(_), _) => false,
        };
        if !leads(self.begin(&mut work), diagram.root, &mut open, &mut situations) {
            return false;
        }
        while let Some(node) = open.pop() {
            let situation = situations.get(node as usize).cloned().flatten();
            let (Some(situation), Some(asked)) = (situation, diagram.nodes.get(node as usize)) else { return false };
            for (yes, target) in [(true, asked.yes), (false, asked.no)] {
                let Some(led) = self.answer(&situation, asked.branch, asked.test, yes, &mut work) else { return false };
                if !leads(led, target, &mut open, &mut situations) {
                    return false;
                }
            }
        }
        true
    }

    /// The fields of a part, in their order.
    fn part(&self, sets: &BTreeMap<usize, CellSet>) -> Part {
        sets.iter().filter_map(|(at, set)| Some((*self.fields.get(*at)?, set.clone()))).collect()
    }

    /// The parts of all combinations of values that are possible, each with where it leads. Parts that differ only in
    /// fields that are not kept are given once. None for more than `most`.
    pub(crate) fn parts(
        &self,
        diagram: &Diagram,
        possible: impl Fn(FieldIx) -> CellSet,
        is_kept: impl Fn(FieldIx) -> bool,
        most: usize,
    ) -> Option<Vec<(Target, Part)>> {
        let starts: Vec<CellSet> =
            self.fields.iter().zip(&self.domains).map(|(field, all)| possible(*field).and(all)).collect();
        let kept: Vec<bool> = self.fields.iter().map(|field| is_kept(*field)).collect();
        let mut found = Vec::new();
        let mut seen: HashSet<(Target, Vec<(usize, CellSet)>), foldhash::fast::FixedState> = HashSet::default();
        let mut open: Vec<(Target, BTreeMap<usize, CellSet>)> = vec![(diagram.root, BTreeMap::new())];
        while let Some((target, sets)) = open.pop() {
            let key: Vec<(usize, CellSet)> = sets
                .iter()
                .filter(|(at, _)| kept.get(**at) == Some(&true))
                .map(|(at, set)| (*at, set.clone()))
                .collect();
            if !seen.insert((target, key)) {
                continue;
            }
            if seen.len() > most {
                return None;
            }
            let Target::Node(node) = target else {
                found.push((target, self.part(&sets)));
                continue;
            };
            let asked = diagram.nodes.get(node as usize)?;
            let test = self.test(asked.branch, asked.test)?;
            let before = sets.get(&test.field).or(starts.get(test.field))?;
            // The half for yes comes first, so that parts stand in the order of the text.
            for (target, set) in [(asked.no, before.without(&test.mask)), (asked.yes, before.and(&test.mask))] {
                if !set.is_empty() {
                    let mut sets = sets.clone();
                    sets.insert(test.field, set);
                    open.push((target, sets));
                }
            }
        }
        Some(found)
    }

    /// For each verdict of a diagram one part that leads there, for a wrong one as many as there are edges to it, at most
    /// `most`; in the order in which the questions are asked.
    pub(crate) fn examples(&self, diagram: &Diagram, most: usize) -> Vec<(Target, Part)> {
        let mut found: Vec<(Target, Part)> = Vec::new();
        let mut parents: Vec<Option<(u32, bool)>> = vec![None; diagram.nodes.len()];
        let mut is_seen = vec![false; diagram.nodes.len()];
        let mut open = std::collections::VecDeque::new();
        match diagram.root {
            Target::Node(root) => {
                open.push_back(root);
                if let Some(seen) = is_seen.get_mut(root as usize) {
                    *seen = true;
                }
            }
            verdict => found.push((verdict, Part::new())),
        }
        let mut taken: HashSet<u16, foldhash::fast::FixedState> = HashSet::default();
        let mut wrong = 0;
        while let Some(node) = open.pop_front() {
            let Some(asked) = diagram.nodes.get(node as usize) else { continue };
            for (yes, target) in [(true, asked.yes), (false, asked.no)] {
                let is_told = match target {
                    Target::Node(next) => {
                        if let Some(seen @ false) = is_seen.get_mut(next as usize) {
                            *seen = true;
                            open.push_back(next);
                            if let Some(parent) = parents.get_mut(next as usize) {
                                *parent = Some((node, yes));
                            }
                        }
                        false
                    }
                    Target::Branch(branch) => taken.insert(branch),
                    Target::Wrong(_) => {
                        wrong += 1;
                        wrong <= most
                    }
                };
                if is_told {
                    found.push((target, self.part_at(diagram, &parents, node, yes)));
                }
            }
        }
        found
    }

    /// The part at the end of the first way to an edge.
    fn part_at(&self, diagram: &Diagram, parents: &[Option<(u32, bool)>], node: u32, yes: bool) -> Part {
        let mut sets: BTreeMap<usize, CellSet> = BTreeMap::new();
        let mut at = Some((node, yes));
        while let Some((node, yes)) = at {
            let asked = diagram.nodes.get(node as usize);
            if let Some(test) = asked.and_then(|asked| self.test(asked.branch, asked.test))
                && let Some(all) = self.domains.get(test.field)
            {
                let set = sets.entry(test.field).or_insert_with(|| all.clone());
                *set = if yes { set.and(&test.mask) } else { set.without(&test.mask) };
            }
            at = parents.get(node as usize).copied().flatten();
        }
        self.part(&sets)
    }
}

/// Notes the fields of all tests that a program may still come to, known answers followed.
fn note_asked(program: &[Test], entry: Place, sets: &[CellSet], reached: &mut Vec<bool>, is_asked: &mut [bool]) {
    reached.clear();
    reached.resize(program.len(), false);
    let reach = |place: Place, reached: &mut [bool]| {
        if let Some(known) = reached.get_mut(usize::from(place)) {
            *known = true;
        }
    };
    reach(entry, reached);
    for (place, test) in program.iter().enumerate().skip(usize::from(entry)) {
        if reached.get(place) != Some(&true) {
            continue;
        }
        if let Some(asked) = is_asked.get_mut(test.field) {
            *asked = true;
        }
        let answer = sets.get(test.field).and_then(|set| set.answer(&test.mask));
        if answer != Some(false) {
            reach(test.yes, reached);
        }
        if answer != Some(true) {
            reach(test.no, reached);
        }
    }
}
