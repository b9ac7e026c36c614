//! `completable` and `clean`: two questions about one search.

mod judge;
mod links;
mod reduce;
mod residue;
mod tell;

pub(crate) use judge::{FlowFacts, Found, judge};
pub(crate) use tell::{add, run_of, values};
