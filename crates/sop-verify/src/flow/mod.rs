//! `completable` and `clean`: two questions about one search.

mod judge;
mod net;
mod reduce;
mod residue;
mod tell;

pub(crate) use judge::{FlowEvidence, FlowFacts, Found, judge};
pub(crate) use net::{GATE, Net, Origin, Place, is_sequential};
pub(crate) use reduce::Rule;
pub(crate) use tell::{add, run_of, values};
