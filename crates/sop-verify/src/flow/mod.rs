//! `completable` and `clean`: two questions about one search.

mod dead;
mod draft;
mod judge;
mod links;
mod passed;
mod play;
mod probe;
mod reduce;
mod residue;
mod rules;
mod seek;
mod stuck;
mod tell;
mod work;

pub(crate) use draft::Draft;
pub(crate) use judge::{FlowFacts, Found, judge};
pub(crate) use passed::Passed;
pub(crate) use seek::{Goal, Seeker};
pub(crate) use tell::{add, run_of, values};
