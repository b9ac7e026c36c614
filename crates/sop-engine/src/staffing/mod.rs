//! Staffing of a procedure over a period: the steps, `per` values and times for which nobody may act (W1–W3).
//!
//! [`Engine::deploy`](crate::Engine::deploy) and [`Engine::set_directory`](crate::Engine::set_directory) return a
//! [`StaffingReport`]; [`Engine::staffing`](crate::Engine::staffing) makes one for any period, and [`examine`] needs no
//! engine. None of them refuses anything: `staffed` is not a required guarantee, and nothing about a person enters the
//! hash of a process or the log.
//!
//! # Definition
//!
//! A step has a gap at an instant if nobody eligible is left there:
//!
//! - Eligible is whoever holds a role of the step by the directory, absences taken out, under the value that binds it;
//!   at a `strategic` step with a mandate that decides (W1, W2).
//! - Whoever may have completed a step of `distinct_from` last is kept out. A step of `same_as` binds only while the
//!   person who did it is eligible here (W3): a leaver binds nobody. Two such steps done by two people who are both
//!   eligible keep everybody out.
//! - A person may have done an earlier step if they held a role of it, or one that its ladder calls in, at some instant
//!   from the beginning of the period on; or if they did it in a case that is open. So people who change posts are
//!   compared with what they did at the former one.
//! - An earlier step is one from which an arrow leads here, or one in a parallel branch.
//!
//! A role that a rung hands waits over to has gaps once somebody has held it in the period (T3).
//!
//! Steps of the requester, and steps that no start reaches, have no gaps. Delegations, claims and holds are not
//! considered; escalations only as far as they let more people do the earlier steps. A field that binds two steps is
//! taken to keep its value in between.
//!
//! The verdict beside the gaps is [`verify`](sop_verify)'s, which considers guards and return limits too. It names one
//! instant for each step; the gaps name all times. In an office where posts have hundreds of holders each it would take
//! long, and is left open; [`verify_on`] finds it all the same.

mod gap;
mod order;
mod report;
mod seat;
mod separation;
mod values;

use sop_core::case::{Directory, People};
use sop_core::definition::{GuaranteeName, PersonId};
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, StepIx};
use sop_core::time::{Instant, Zone};
use sop_verify::{Staff, Terms, Verdict, verify_on};

pub use gap::{GapReason, StaffingGap};
pub use report::{ProcedureStaffing, StaffingReport, UnstaffedWait};
pub(crate) use values::ValueTitles;

use crate::files::Bundle;
use seat::Timetable;

/// The days that a report covers unless a caller chooses: a year from now.
pub const DEFAULT_DAYS: u32 = 365;

/// How often the verifier may look at a person, by estimate, before the verdict is left open: the gaps are found much
/// faster, and whoever deploys should not wait for it.
const MOST_LOOKS: usize = 200_000_000;

/// Examines the staffing of a procedure by a directory, from one instant to another, without an engine.
///
/// A period that ends before it begins has no gaps.
///
/// ```
/// use sop_engine::{files, staffing};
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
/// # let path = |name: &str| format!("{folder}/{name}");
/// let sop = files::read(path("narasumber.json"))?;
/// let officials = files::directory(path("pejabat.json"), sop.office())?;
/// let (from, until) = ("2026-01-01T00:00:00+07:00".parse()?, "2027-01-01T00:00:00+07:00".parse()?);
/// let staffing = staffing::examine(&sop, &officials, from, until);
/// let gap = staffing.gaps.iter().find(|gap| gap.leaves_nobody()).ok_or("all year somebody may act")?;
/// assert_eq!(gap.step.id, "buat_balasan"); // the order of an acting officer ends on 30 September
/// assert_eq!(gap.from, "2026-10-01T00:00:00+07:00".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn examine(bundle: &Bundle, directory: &Directory, from: Instant, until: Instant) -> ProcedureStaffing {
    let (values, zone) = (ValueTitles::of(bundle), bundle.calendar().zone());
    Subject { process: bundle.process(), values: &values, zone, done: &[] }.examine(directory, from, until)
}

/// A procedure whose staffing is examined.
pub(crate) struct Subject<'s> {
    pub(crate) process: &'s Process,
    pub(crate) values: &'s ValueTitles,
    pub(crate) zone: &'s Zone,
    /// Who completed which steps in cases that are open.
    pub(crate) done: &'s [(StepIx, PersonId)],
}

impl Subject<'_> {
    pub(crate) fn examine(&self, directory: &Directory, from: Instant, until: Instant) -> ProcedureStaffing {
        let process = self.process;
        // Numbers of people are given anew, so that no lock of an engine is held meanwhile.
        let mut people = People::new();
        let staffing = directory.staff(process, &mut people);
        let done = self.done.iter().map(|(step, person)| (*step, people.intern(person))).collect();
        let timetable = Timetable::new(process, &staffing, done, from, until);
        let verdict = match timetable.verifying_takes() > MOST_LOOKS {
            true => Verdict::Unknown {
                reason: Bilingual::new(
                    "terlalu banyak pejabat untuk diperiksa di sini",
                    "too many officials to be examined here",
                ),
            },
            false => {
                let staff = Staff { people: &people, staffing: &staffing, from, until };
                let only = Some(vec![GuaranteeName::Staffed]);
                let verified = verify_on(process, &Terms { only, staff: Some(staff), ..Terms::default() });
                verified.verdicts().of(GuaranteeName::Staffed).verdict.clone()
            }
        };
        let teller = gap::Teller { process, values: self.values, zone: self.zone, directory, people: &people };
        ProcedureStaffing {
            procedure: process.id().clone(),
            edition: process.edition(),
            process: process.hash(),
            title: process.title().to_owned(),
            verdict,
            gaps: timetable.gaps().map(|(seat, times)| teller.gap(&seat, times)).collect(),
        }
    }
}
