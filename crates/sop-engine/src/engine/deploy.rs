//! Deploying: which process new cases follow, and with what right (G5).

use std::fmt;

use sop_core::definition::DefinitionId;
use sop_core::process::Hash;
use sop_core::text::SourceText;
use sop_core::time::Instant;
use sop_verify::{Certificate, Unmet, Verdicts, Verified};

use super::Engine;
use super::entries::{DeploymentEntry, ENTRY_VERSION, Judged, Kept, written};
use super::inner::Inner;
use crate::files::Bundle;
use crate::staffing::StaffingReport;
use crate::store::{About, Batch, NewEntry, ProcessNumber, StoreError, blob_hash};

/// A deployed process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The definition.
    pub definition: DefinitionId,
    /// Its edition.
    pub edition: u32,
    /// The process.
    pub process: Hash,
    /// Tells whether new cases follow it only from now on: the one that they follow already changes nothing.
    pub is_new: bool,
    /// Whether the calendar handed in differs from the one of its name that is in force. That one stays: a new calendar
    /// concerns running cases too, and comes into force by [`set_calendar`](crate::Engine::set_calendar).
    pub calendar_differs: bool,
    /// The steps for which nobody may act at some time of the [year](crate::staffing::DEFAULT_DAYS) from now, by the
    /// directory in force, and the open waits of the procedure for which nobody may act now. Deploying is not refused
    /// because of them.
    pub staffing: StaffingReport,
}

/// What deploying changes.
pub(super) struct Placed {
    is_new: bool,
    calendar_differs: bool,
}

/// Why a process is not deployed.
pub enum DeployError {
    /// A required guarantee is neither proved nor waived.
    NotProved {
        /// All verdicts.
        verdicts: Box<Verdicts>,
        /// Those that stand in the way.
        unmet: Vec<Unmet>,
    },
    /// Deploying what is not proved needs a reason.
    ReasonMissing,
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotProved { unmet, .. } => {
                f.write_str("the process is not proved:")?;
                for (place, unmet) in unmet.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(f, "{comma} `{}` is {}", unmet.guarantee, unmet.verdict)?;
                    if unmet.expired {
                        f.write_str(" and its waiver has expired")?;
                    }
                }
                f.write_str("; mend it, waive it in the policy, or deploy it unproved with a reason")
            }
            Self::ReasonMissing => f.write_str("deploying a process that is not proved needs a reason"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DeployError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::NotProved { .. } | Self::ReasonMissing => None,
        }
    }
}

impl From<StoreError> for DeployError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    /// Deploys what was verified; with a reason, whatever its verdicts are.
    pub(super) fn deploy_as(
        &self,
        verified: Verified<Bundle>,
        unproved: Option<&str>,
    ) -> Result<Deployment, DeployError> {
        let certificate = verified.certificate().clone();
        let (bundle, verdicts) = verified.into_parts();
        let process = bundle.process();
        let (placed, survey) = self.command(|inner, now| {
            let placed = inner.deploy(&bundle, (verdicts, &certificate), unproved, now)?;
            Ok::<_, DeployError>((placed, inner.survey(Some(process.id()), now)))
        })?;
        Ok(Deployment {
            definition: process.id().clone(),
            edition: process.edition(),
            process: process.hash(),
            is_new: placed.is_new,
            calendar_differs: placed.calendar_differs,
            staffing: survey.report_by_default(),
        })
    }
}

impl Inner {
    /// Deploys a process; with a reason, whatever its verdicts are.
    fn deploy(
        &mut self,
        bundle: &Bundle,
        (verdicts, certificate): (Verdicts, &Certificate),
        unproved: Option<&str>,
        now: Instant,
    ) -> Result<Placed, DeployError> {
        self.recover()?;
        let process = bundle.process();
        let in_force = self
            .books
            .calendars
            .iter()
            .find(|known| known.id == bundle.calendar_id() && known.zone == *bundle.calendar().zone());
        // An earlier edition may be deployed again: it is what new cases follow from then on, as its own deployment.
        let current = self.books.latest.get(process.id());
        let current = current.and_then(|number| self.books.processes.iter().find(|known| known.number == *number));
        let is_now_proved = unproved.is_none() && current.is_some_and(|known| known.unproved.is_some());
        let placed = Placed {
            is_new: current.is_none_or(|known| known.process.hash() != process.hash()) || is_now_proved,
            calendar_differs: in_force.is_some_and(|known| known.calendar.revision() != bundle.calendar().revision()),
        };
        if unproved.is_some_and(|reason| reason.trim().is_empty()) {
            return Err(DeployError::ReasonMissing);
        }
        let today = bundle.calendar().zone().date(now);
        let unmet = verdicts.unmet(today);
        if unproved.is_none() && !unmet.is_empty() {
            return Err(DeployError::NotProved { verdicts: Box::new(verdicts), unmet });
        }
        if !placed.is_new {
            return Ok(placed);
        }
        let texts = bundle.texts();
        let texts = [&texts.definition, &texts.office, &texts.calendar];
        let number = u32::try_from(self.books.processes.len() + 1).unwrap_or(u32::MAX);
        let proof = serde_json::to_vec(certificate).map_err(|error| {
            StoreError::damaged("the certificate of the process cannot be written".to_owned()).because(error)
        })?;
        let proof_hash = Some(blob_hash(&proof));
        let entry = DeploymentEntry {
            v: ENTRY_VERSION,
            at: now,
            number: ProcessNumber(number),
            definition: process.id().clone(),
            edition: process.edition(),
            process: process.hash(),
            signed: process.signed_hash(),
            texts: texts.map(kept),
            verdicts: Judged::all(&verdicts, today),
            certificate: proof_hash,
            unproved: unproved.map(str::to_owned),
        };
        let blobs = texts.iter().map(|text| text.text().as_bytes().into()).chain([proof.into()]).collect();
        let entries = vec![NewEntry { about: About::Deployment, key: None, body: written(&entry)? }];
        let after = Some(self.books.position);
        let position = self.append_foundation(Batch { blobs, entries, after, ..Batch::default() })?;
        self.books.wrote_foundation(position, now);
        self.books.enter_process(bundle, unproved.map(str::to_owned), proof_hash);
        let (definition, edition, hash) = (process.id().as_str(), process.edition(), process.hash().short());
        match unproved {
            None => tracing::info!(target: "sop_engine::deploy", definition, edition, %hash, "a process is deployed"),
            Some(reason) => {
                tracing::warn!(target: "sop_engine::deploy", definition, edition, %hash, reason, "a process is deployed unproved");
            }
        }
        Ok(placed)
    }
}

fn kept(text: &SourceText) -> Kept {
    Kept { name: text.name().to_owned(), hash: blob_hash(text.text().as_bytes()) }
}
