//! What is proved about a process, and the only way to a verified one.
mod cause;
mod certificate;
mod examination;
mod explain;
mod flow;
mod guarantee;
mod limits;
mod model;
mod repair;
mod route;
mod run;
mod search;
mod verdict;
mod verified;

pub use cause::{Cause, Trouble};
pub use certificate::{CERTIFICATE_VERSION, Certificate, CertificateError, check};
pub use guarantee::staffed::Staff;
pub use limits::{Limits, Terms};
pub use repair::{Repair, RepairOf, Repairable};
pub use run::{Act, Cast, Deed, REQUESTER, Run, When};
pub use sop_core::definition::GuaranteeName;
pub use verdict::{ALL, Judgement, REQUIRED, Unmet, Verdict, Verdicts, Worst};
pub use verified::{Subject, Verified, Verify, verify, verify_by, verify_on};
