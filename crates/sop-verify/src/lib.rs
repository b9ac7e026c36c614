//! What is proved about a process: that no request can stall, or how one does.
//!
//! Nine guarantees, each a question that an official would ask ([`GuaranteeName`]). The verdict about each is *proved*,
//! with a [`Certificate`] that [`check`] confirms without a search; *refuted*, with its [causes](Cause), each with a
//! [`Run`] of commands that an engine can make again; or *unknown*, with the limit that was hit, which is never a pass.
//!
//! What is explored are the core's own moves ([`sop_core::case::tokens`]) on a board of bits: nothing is translated, so
//! that what is proved is proved about what runs. The flow is reduced without its values, in near linear time: a choice
//! that depends on earlier ones may take any of its branches there. Where that is too coarse, states are searched with
//! values cut into cells at the constants of the guards, and returns open or used up. Runs are drafted towards what is
//! looked for, however many states there are.
//!
//! A [`Verified`] process carries its [`Verdicts`]. Nothing outside of this crate can make one, so that whoever is handed
//! one knows that the verdicts are about exactly this process.
//!
//! [`Repairable::repairs`] suggests edits of the definition for what is refuted, each of which was tried.
//!
//! # What it deliberately does not know
//!
//! Stores, files, terminals, the wall clock. Who holds which post is an argument ([`Staff`]).
//!
//! # Invariants
//!
//! - The same process gets the same verdicts, causes and certificates on every machine: limits are counts, never times.
//! - Nothing recurses on a definition, and no search goes on past its [`Limits`]: what explodes is unknown.
//! - The checker imports nothing of the searches. No verdict leaves before it has confirmed the certificate, or the core's
//!   moves have played the run: what is not confirmed is unknown, and said to be an internal error.
//!
//! # Example
//!
//! ```
//! use sop_verify::{GuaranteeName, Verify};
//!
//! # use sop_core::definition::{Definition, Office};
//! # use sop_core::format::{Document, parse};
//! # use sop_core::process::{Process, Reading, check_office, compile};
//! # use sop_core::text::SourceText;
//! # fn read<T: Document>(name: &str) -> Result<T, Box<dyn std::error::Error>> {
//! #     let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/").to_owned() + name;
//! #     Ok(parse::<T>(SourceText::new(name, std::fs::read_to_string(path)?)).into_result()?)
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let office = check_office(&read::<Office>("kantor.json")?, &Default::default()).0.ok_or("it has errors")?;
//! # let definition = read::<Definition>("narasumber.json")?;
//! # let process = compile(&definition, &office, Reading::AsRun, &Default::default()).into_result()?;
//! let verified = process.verify();
//! assert!(verified.verdicts().unmet("2026-01-12".parse()?).is_empty());
//!
//! let bounded = verified.verdicts().of(GuaranteeName::Bounded);
//! assert_eq!(bounded.worst.as_ref().map(|worst| worst.value), Some(43)); // completions, however people decide
//! let timely = verified.verdicts().of(GuaranteeName::Timely);
//! assert_eq!(timely.worst.as_ref().map(|worst| worst.value), Some(540)); // working minutes, if every step is on time
//! # Ok(())
//! # }
//! ```

// What is explored, and the limits.
mod limits;
mod model;

// The searches.
mod flow;
mod route;
mod search;

// What is asked, and what comes of it.
mod certificate;
mod examination;
mod guarantee;
mod verdict;
mod verified;

// For people.
mod cause;
mod clocks;
mod confirm;
mod explain;
mod playback;
mod rehearsal;
mod repair;
mod run;
mod timetable;

pub use cause::{Cause, Trouble};
pub use certificate::{CERTIFICATE_VERSION, Certificate, CertificateError, check};
pub use guarantee::staffed::Staff;
pub use limits::{Limits, Terms};
pub use repair::{Repair, RepairOf, Repairable};
pub use run::{Act, Cast, Deed, REQUESTER, Run, When};
pub use sop_core::definition::GuaranteeName;
pub use verdict::{ALL, Judgement, REQUIRED, Unmet, Verdict, Verdicts, WaiverWarning, Worst};
pub use verified::{Subject, Verified, Verify, verify, verify_by, verify_on};
