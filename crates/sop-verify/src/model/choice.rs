//! One choice: which branch every combination of values takes, found by asking one test at a time.
//!
//! Whether guards cover everything is coNP-complete in the number of fields, so that no way of asking is fast for all
//! of them. Asking the question that most of the guards that are still open ask, and keeping only the guards that are
//! open, finds the structure that people write: tables whose columns are asked one after the other, or cases within
//! cases.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use sop_core::guard::{FieldIx, Guard};
use sop_core::process::BranchSpec;

use super::cell_set::CellSet;
use super::cells::{Cell, Cells};

/// A node of the tree, depth first: behind a question first what it is true for, then what it is false for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Split {
    /// The test at this place of this branch's guard is asked.
    Ask { branch: u16, test: u16 },
    /// All values here take this branch.
    Branch(u16),
    /// All values here satisfy so many guards: not one.
    Wrong(u32),
}

/// What a part of all combinations of values leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    /// The fields that were asked for, with the cells that are in this part.
    pub(crate) cells: Vec<(FieldIx, CellSet)>,
    /// The branch, or how many guards hold.
    pub(crate) branch: Result<u16, u32>,
}

/// A choice taken apart.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Split>,
    pub(crate) leaves: Vec<Leaf>,
    /// For each branch the place of its first leaf, if some values take it.
    taken: Vec<Option<u32>>,
    /// Whether every part takes exactly one branch.
    pub(crate) is_decided: bool,
}

impl Tree {
    /// A part that takes a branch.
    pub(crate) fn leaf_of(&self, branch: Option<u16>) -> Option<&Leaf> {
        let place = (*self.taken.get(usize::from(branch?))?)?;
        self.leaves.get(place as usize)
    }
}

/// What is known of a field where a choice is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has some value.
    Set,
    /// It has some value or none.
    Anything,
}

/// All cells of a field, as far as is known.
pub(crate) fn domain(cells: &Cells, field: FieldIx, known: Known) -> CellSet {
    CellSet::run(Cell::from(known == Known::Set), cells.count(field))
}

/// For each test of a guard its field and the cells for which it is true.
pub(crate) fn masks(guard: &Guard, cells: &Cells) -> Vec<(FieldIx, CellSet)> {
    guard.tests().map(|(field, test)| (field, CellSet::true_for(cells, field, test))).collect()
}

/// A question that was asked: what was there before, and what is open below.
struct Asked {
    field: usize,
    before: CellSet,
    mask: CellSet,
    is_second: bool,
    open: Vec<u16>,
    holding: Vec<u16>,
}

/// A number for each question: tests of one field that are true, or false, for the same cells share one.
fn numbered(tests: &[Vec<(FieldIx, CellSet)>], fields: &[FieldIx]) -> Vec<Vec<u32>> {
    let mut known: HashMap<(usize, CellSet), u32, FixedState> = HashMap::default();
    let mut number = |(field, mask): &(FieldIx, CellSet)| {
        let field = fields.binary_search(field).unwrap_or(0);
        // A question and its contrary are one, the missing value aside.
        let set = CellSet::set();
        let straight = if mask.contains(1) { set.without(mask) } else { mask.and(&set) };
        let next = known.len() as u32;
        *known.entry((field, straight)).or_insert(next)
    };
    tests.iter().map(|masks| masks.iter().map(&mut number).collect()).collect()
}

/// Of the tests that have no answer yet the one that most of these guards ask: its branch and its place.
fn most_asked(
    open: &[u16],
    tests: &[Vec<(FieldIx, CellSet)>],
    fields: &[FieldIx],
    sets: &[CellSet],
    questions: &[Vec<u32>],
    asked_by: &mut [u32],
) -> Option<(u16, usize)> {
    let mut best: Option<(u32, u16, usize)> = None;
    let mut touched: Vec<u32> = Vec::new();
    for &branch in open {
        let of_branch = tests.get(usize::from(branch)).zip(questions.get(usize::from(branch)));
        let Some((masks, numbers)) = of_branch else { continue };
        for (test, ((field, mask), number)) in masks.iter().zip(numbers).enumerate() {
            let set = fields.binary_search(field).ok().and_then(|field| sets.get(field));
            if set.is_none_or(|set| set.answer(mask).is_some()) {
                continue;
            }
            if let Some(count) = asked_by.get_mut(*number as usize) {
                *count += 1;
                touched.push(*number);
                if best.is_none_or(|(most, ..)| *count > most) {
                    best = Some((*count, branch, test));
                }
            }
        }
    }
    for number in touched {
        if let Some(count) = asked_by.get_mut(number as usize) {
            *count = 0;
        }
    }
    best.map(|(_, branch, test)| (branch, test))
}

/// How many guards may be looked at for each node that may be made, on average.
const GUARDS_A_NODE: usize = 100;

/// Takes a choice apart. None where more nodes than `limit` would be needed, or too many guards would have to be looked at
/// over and over, or where a field falls into too many cells.
pub(crate) fn grow(
    branches: &[BranchSpec],
    cells: &Cells,
    known: impl Fn(FieldIx) -> Known,
    limit: usize,
) -> Option<Tree> {
    let tests: Vec<Vec<(FieldIx, CellSet)>> = branches.iter().map(|branch| masks(&branch.guard, cells)).collect();
    if tests.iter().flatten().any(|(field, _)| cells.is_cut_short(*field)) {
        return None;
    }
    let mut left = limit.saturating_mul(GUARDS_A_NODE);
    // The fields that are read, with the cells that are still possible.
    let mut fields: Vec<FieldIx> = tests.iter().flatten().map(|(field, _)| *field).collect();
    fields.sort_unstable();
    fields.dedup();
    let mut sets: Vec<CellSet> = fields.iter().map(|field| domain(cells, *field, known(*field))).collect();
    let questions = numbered(&tests, &fields);
    let mut asked_by = vec![0_u32; questions.iter().flatten().map(|number| *number as usize + 1).max().unwrap_or(0)];
    let mut tree = Tree { taken: vec![None; branches.len()], is_decided: true, ..Tree::default() };
    let mut asked: Vec<Asked> = Vec::new();
    let (mut open, mut holding): (Vec<u16>, Vec<u16>) = ((0..branches.len() as u16).collect(), Vec::new());
    loop {
        left = left.checked_sub(open.len())?;
        if tree.nodes.len() >= limit {
            return None;
        }
        let (mut still, mut hold) = (Vec::new(), holding.clone());
        for &branch in &open {
            let Some((spec, masks)) = branches.get(usize::from(branch)).zip(tests.get(usize::from(branch))) else {
                continue;
            };
            let answers = spec.guard.may_hold_with(|place, field, _| {
                let set = sets.get(fields.binary_search(&field).ok()?)?;
                set.answer(&masks.get(place)?.1)
            });
            match (answers.holds, answers.fails) {
                (true, true) => still.push(branch),
                (true, false) => hold.push(branch),
                (false, _) => {}
            }
        }
        // Two that hold already stay two, whatever else does.
        let next =
            if hold.len() < 2 { most_asked(&still, &tests, &fields, &sets, &questions, &mut asked_by) } else { None };
        if let Some((branch, test)) = next
            && let Some((of, mask)) = tests.get(usize::from(branch)).and_then(|masks| masks.get(test))
            && let Ok(field) = fields.binary_search(of)
            && let Some(set) = sets.get_mut(field)
        {
            tree.nodes.push(Split::Ask { branch, test: test as u16 });
            let before = std::mem::take(set);
            *set = before.and(mask);
            // What is open at this node is what both of its halves begin with.
            (open, holding) = (still, hold);
            asked.push(Asked {
                field,
                before,
                mask: mask.clone(),
                is_second: false,
                open: open.clone(),
                holding: holding.clone(),
            });
            continue;
        }
        let branch = match hold.as_slice() {
            [only] => Ok(*only),
            several => Err(several.len() as u32),
        };
        tree.nodes.push(branch.map_or_else(Split::Wrong, Split::Branch));
        let mut looked_at: Vec<usize> = asked.iter().map(|asked| asked.field).collect();
        looked_at.sort_unstable();
        looked_at.dedup();
        let cells = looked_at.into_iter().filter_map(|at| Some((*fields.get(at)?, sets.get(at)?.clone()))).collect();
        match branch {
            Ok(branch) => {
                if let Some(taken @ None) = tree.taken.get_mut(usize::from(branch)) {
                    *taken = Some(tree.leaves.len() as u32);
                }
            }
            Err(_) => tree.is_decided = false,
        }
        tree.leaves.push(Leaf { cells, branch });
        // On to the second half of the last question that has one.
        loop {
            let Some(last) = asked.last_mut() else { return Some(tree) };
            let set = sets.get_mut(last.field)?;
            if last.is_second {
                set.clone_from(&last.before);
                asked.pop();
                continue;
            }
            last.is_second = true;
            *set = last.before.without(&last.mask);
            open.clone_from(&last.open);
            holding.clone_from(&last.holding);
            break;
        }
    }
}
