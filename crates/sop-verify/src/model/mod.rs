//! What is explored: the exits of a process, its tokens as bits, its fields cut into cells (G3), and what is certain
//! before any search.

mod cell_set;
mod cells;
mod choice;
mod concurrency;
mod diagram;
mod effect;
mod exits;
mod facts;
mod marking;
mod must;
mod net;
mod state;

pub(crate) use cell_set::CellSet;
pub(crate) use cells::{ANY, Cell, Cells};
pub(crate) use choice::MOST_WRONG;
pub(crate) use concurrency::{Concurrency, withdrawn};
pub(crate) use diagram::{Diagram, Guards, Known, Part, Target};
pub(crate) use effect::{Did, Effect};
pub(crate) use exits::{By, Exit, ExitIx, Exits, Way, has_budget};
pub(crate) use facts::{Choice, ChoiceFacts, Facts, FieldsSet, Reached, choices_of, has_joins};
pub(crate) use marking::{Layout, Outcome, Play};
pub(crate) use must::{Certain, Question, certain};
pub(crate) use net::{
    Alone, Apart, BROKEN, Back, Choices, GATE, Group, Net, Origin, Place, Places, Transition, is_sequential,
};
pub(crate) use state::{Data, Packing, Scope};
