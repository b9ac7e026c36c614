//! `completable` and `clean`: two questions about one search.

mod dead;
mod judge;
mod links;
mod play;
mod probe;
mod reduce;
mod residue;
mod rules;
mod stuck;
mod tell;
mod witness;
mod work;

pub(crate) use judge::{FlowFacts, Found, judge};
pub(crate) use tell::{add, run_of, values};
pub(crate) use witness::{Draft, Goal, Seeker};
