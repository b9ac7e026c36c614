//! One choice: which branch every combination of values takes, found by splitting on one field at a time.
//!
//! Whether guards cover everything is coNP-complete in the number of fields, so that no way of asking is fast for all
//! of them. Splitting first on what a guard is waiting for, and keeping only the guards that are still open, follows
//! the structure that people write: a table whose columns are asked one after the other.

use sop_core::guard::{FieldIx, Value};
use sop_core::process::BranchSpec;

use super::cells::{Cell, Cells};

/// A node of the tree, in the order in which it is grown: depth first, the cells of a field in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Split {
    /// The cells of this field follow; that of a missing value first where it may be missing.
    On(FieldIx),
    /// All values here take this branch.
    Branch(u16),
    /// All values here satisfy so many guards: not one.
    Wrong(u32),
}

/// What one combination of values leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    /// The cells that were looked at, in the order of the splits.
    pub(crate) cells: Vec<(FieldIx, Cell)>,
    /// The branch, or how many guards hold.
    pub(crate) branch: Result<u16, u32>,
}

/// A choice taken apart.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Split>,
    pub(crate) leaves: Vec<Leaf>,
}

/// What is known of a field where a choice is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has a value of this cell, or none.
    Is(Cell),
    /// It has some value.
    Set,
    /// It has some value or none.
    Anything,
}

/// Takes a choice apart. None where more nodes than `limit` would be needed.
pub(crate) fn grow(
    branches: &[BranchSpec],
    cells: &Cells,
    known: impl Fn(FieldIx) -> Known,
    limit: usize,
) -> Option<Tree> {
    let mut tree = Tree::default();
    // The cells picked so far, each with how far its field has come, and the guards that are open below.
    let mut picked: Vec<(FieldIx, Cell, Cell)> = Vec::new();
    let mut open: Vec<Vec<u16>> = vec![(0..branches.len() as u16).collect()];
    let mut holding: Vec<Vec<u16>> = vec![Vec::new()];
    loop {
        if tree.nodes.len() >= limit {
            return None;
        }
        let value = |field: FieldIx| -> Option<&Option<Value>> {
            if let Some((_, cell, _)) = picked.iter().find(|(of, ..)| *of == field) {
                return Some(cells.value(field, *cell));
            }
            match known(field) {
                Known::Is(cell) => Some(cells.value(field, cell)),
                Known::Set | Known::Anything => None,
            }
        };
        let (mut still, mut hold) = (Vec::new(), holding.last().cloned().unwrap_or_default());
        let mut waits_for = None;
        for &branch in open.last().into_iter().flatten() {
            let Some(spec) = branches.get(usize::from(branch)) else { continue };
            let answers = spec.guard.may_hold_with(|field, test| match value(field) {
                Some(value) => Some(test.holds(value.as_ref())),
                // That it is set is known before its value is.
                None if !test.reads() && known(field) == Known::Set => Some(true),
                None => None,
            });
            match (answers.holds, answers.fails) {
                (true, true) => {
                    still.push(branch);
                    waits_for = waits_for.or(answers.open);
                }
                (true, false) => hold.push(branch),
                (false, _) => {}
            }
        }
        match waits_for {
            // Two that hold already stay two, whatever else does.
            Some(field) if hold.len() < 2 => {
                tree.nodes.push(Split::On(field));
                let first = if known(field) == Known::Anything { 0 } else { 1 };
                picked.push((field, first, cells.count(field)));
                open.push(still);
                holding.push(hold);
                continue;
            }
            _ => {
                let branch = match hold.as_slice() {
                    [only] => Ok(*only),
                    several => Err(several.len() as u32),
                };
                tree.nodes.push(branch.map_or_else(Split::Wrong, Split::Branch));
                let cells = picked.iter().map(|(field, cell, _)| (*field, *cell)).collect();
                tree.leaves.push(Leaf { cells, branch });
            }
        }
        // On to the next cell of the last field that has one.
        loop {
            match picked.last_mut() {
                None => return Some(tree),
                Some((_, cell, last)) if *cell < *last => {
                    *cell += 1;
                    break;
                }
                Some(_) => {
                    picked.pop();
                    open.pop();
                    holding.pop();
                }
            }
        }
    }
}
