//! What is explored: the exits of a process, its tokens as bits, its fields cut into cells (G3), and what is certain
//! before any search.

mod cells;
mod choice;
mod exits;
mod facts;
mod marking;
mod must;

pub(crate) use cells::{Cell, Cells};
pub(crate) use choice::{Known, Leaf, Split, Tree, grow};
pub(crate) use exits::{By, Exit, ExitIx, Exits, Way};
pub(crate) use facts::{ChoiceFacts, Facts};
pub(crate) use marking::{Layout, Outcome, Play};
pub(crate) use must::{Certain, Question, certain};
