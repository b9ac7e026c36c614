//! What else the policy says: separation of duties, withdrawal, holds, claims, the promise, waivers (W3, W4, T6, P4).

use super::{Compiler, policy_place, step_policy_place};
use crate::definition::{GuaranteeName, StepId};
use crate::diagnostic::{Diagnostic, rules};
use crate::process::index::{Position, StepIx, Table};
use crate::process::tables::{StepSpec, WaiverSpec, WithdrawSpec};
use crate::text::Pointer;
use crate::time::Budget;

/// The number of comments that a case may carry where the policy says nothing.
const DEFAULT_COMMENTS: u32 = 200;

/// What the policy says of the case as a whole.
pub(super) struct Settled {
    pub(super) withdraw: Option<WithdrawSpec>,
    pub(super) hold_max: Option<Budget>,
    pub(super) claim_exclusive: Option<Budget>,
    pub(super) max_comments: u32,
    pub(super) promise: Option<Budget>,
    pub(super) waivers: Vec<WaiverSpec>,
}

impl Compiler<'_> {
    pub(super) fn settle(&mut self, steps: &mut Table<StepIx, StepSpec>) -> Settled {
        let mut settled = Settled {
            withdraw: None,
            hold_max: None,
            claim_exclusive: None,
            max_comments: DEFAULT_COMMENTS,
            promise: None,
            waivers: Vec::new(),
        };
        let Some(policy) = self.policy else { return settled };
        for id in policy.steps.keys() {
            self.step(id.as_str(), || step_policy_place(id.as_str()));
        }
        self.separation(steps);
        if let Some(withdraw) = &policy.withdraw {
            let place = policy_place("withdraw");
            let until = self.step(withdraw.until.as_str(), || place.key("until"));
            let end = self.stop_end(withdraw.end.as_str(), || place.key("end"));
            if !self.definition.roles.iter().any(|role| role.requester) {
                self.report(Diagnostic::new(&rules::NOBODY_TO_WITHDRAW, place));
            }
            settled.withdraw = until.zip(end).map(|(until, end)| WithdrawSpec { until, end });
        }
        if let Some(hold) = &policy.hold {
            settled.hold_max = self.duration(&hold.max, false, || policy_place("hold").key("max"));
        }
        if let Some(claim) = &policy.claim {
            settled.claim_exclusive = self.duration(&claim.exclusive, false, || policy_place("claim").key("exclusive"));
        }
        if let Some(promise) = &policy.promise {
            settled.promise = self.duration(promise, false, || policy_place("promise"));
        }
        settled.max_comments = policy.comments.unwrap_or(DEFAULT_COMMENTS);
        settled.waivers = self.waivers(steps);
        settled
    }

    /// Separation of duties works both ways (W3).
    fn separation(&mut self, steps: &mut Table<StepIx, StepSpec>) {
        let Some(policy) = self.policy else { return };
        for (id, written) in &policy.steps {
            let here = |key: &'static str| step_policy_place(id.as_str()).key(key);
            let Some(step) = self.names.steps.get(id.as_str()).copied() else { continue };
            for (place, other) in self.others(step, &written.distinct_from, here("distinct_from")) {
                if written.same_as.contains(&place) {
                    self.report(
                        Diagnostic::new(&rules::SAME_AND_DISTINCT, here("same_as")).with("step", place.as_str()),
                    );
                }
                both_ways(steps, step, other, |spec| &mut spec.distinct_from);
            }
            for (_, other) in self.others(step, &written.same_as, here("same_as")) {
                both_ways(steps, step, other, |spec| &mut spec.same_as);
            }
        }
        // The contradiction may also be written at the two ends.
        let torn: Vec<(StepIx, StepIx)> = steps
            .iter()
            .flat_map(|(step, spec)| {
                spec.same_as.iter().filter(|other| spec.distinct_from.contains(other)).map(move |&o| (step, o))
            })
            .filter(|(step, other)| step < other)
            .collect();
        for (step, other) in torn {
            let (Some(one), Some(two)) = (steps.get(step), steps.get(other)) else { continue };
            let already =
                self.findings.iter().any(|finding| std::ptr::eq(finding.rule, &raw const rules::SAME_AND_DISTINCT));
            if !already {
                let pointer = step_policy_place(one.id.as_str());
                self.report(Diagnostic::new(&rules::SAME_AND_DISTINCT, pointer).with("step", two.id.as_str()));
            }
        }
    }

    fn others(&mut self, step: StepIx, list: &[StepId], pointer: Pointer) -> Vec<(StepId, StepIx)> {
        let mut others = Vec::new();
        for (item, id) in list.iter().enumerate() {
            let Some(other) = self.step(id.as_str(), || pointer.index(item)) else { continue };
            if other == step {
                self.report(
                    Diagnostic::new(&rules::SEPARATED_FROM_ITSELF, pointer.index(item)).with("step", id.as_str()),
                );
            } else {
                others.push((id.clone(), other));
            }
        }
        others
    }

    fn waivers(&mut self, steps: &mut Table<StepIx, StepSpec>) -> Vec<WaiverSpec> {
        let Some(policy) = self.policy else { return Vec::new() };
        let mut waivers = Vec::new();
        for (place, waiver) in policy.waive.iter().enumerate() {
            let here = || policy_place("waive").index(place);
            let step = match &waiver.step {
                Some(step) => self.step(step.as_str(), || here().key("step")),
                None => None,
            };
            let paper = match &waiver.paper {
                Some(paper) => self.paper(paper.as_str(), || here().key("paper")),
                None => None,
            };
            if waiver.paper.is_some() && waiver.guarantee != GuaranteeName::Supplied {
                self.report(Diagnostic::new(&rules::WAIVED_PAPER, here().key("paper")));
            }
            // P4: a waived requirement is not enforced, and its absence is recorded.
            if waiver.guarantee == GuaranteeName::Supplied {
                let at: Vec<StepIx> = match step {
                    Some(step) => vec![step],
                    None => (0..steps.len()).map(StepIx::at).collect(),
                };
                let mut used = false;
                for at in at {
                    let Some(spec) = steps.get_mut(at) else { continue };
                    let waived: Vec<_> = spec
                        .requires
                        .iter()
                        .copied()
                        .filter(|required| paper.is_none_or(|paper| *required == paper))
                        .collect();
                    used |= !waived.is_empty();
                    spec.requires.retain(|required| !waived.contains(required));
                    spec.waived.extend(waived);
                }
                if !used {
                    self.report(Diagnostic::new(&rules::WAIVER_UNUSED, here()));
                }
            }
            waivers.push(WaiverSpec {
                guarantee: waiver.guarantee,
                step,
                paper,
                reason: waiver.reason.clone(),
                by: waiver.by.clone(),
                until: waiver.until,
            });
        }
        waivers
    }
}

fn both_ways(
    steps: &mut Table<StepIx, StepSpec>,
    one: StepIx,
    two: StepIx,
    list: impl Fn(&mut StepSpec) -> &mut Vec<StepIx>,
) {
    for (step, other) in [(one, two), (two, one)] {
        if let Some(spec) = steps.get_mut(step) {
            let others = list(spec);
            if !others.contains(&other) {
                others.push(other);
            }
        }
    }
}
