//! What is proved about a process, and the only way to a verified one.
//!
//! A [`Verified`] process carries its [`Verdicts`]: for each of the nine guarantees whether it is proved, refuted, or
//! unknown and why. Nothing outside of this crate can make one, so that whoever is handed one knows that the verdicts
//! are about exactly this process.
//!
//! **The verifier does not search yet.** Every verdict is [`Verdict::Unknown`] and says so; an unknown verdict is never
//! taken for a pass.
//!
//! Knows nothing of stores, files and terminals.
//!
//! ```
//! # fn show(process: sop_core::process::Process) {
//! use sop_verify::{GuaranteeName, Verdict, Verify};
//!
//! let verified = process.verify();
//! let judgement = verified.verdicts().of(GuaranteeName::Bounded);
//! assert!(matches!(judgement.verdict, Verdict::Unknown { .. }));
//! # }
//! ```

mod verdict;
mod verified;

pub use sop_core::definition::GuaranteeName;
pub use verdict::{ALL, Judgement, REQUIRED, Unmet, Verdict, Verdicts};
pub use verified::{Subject, Verified, Verify, verify};
