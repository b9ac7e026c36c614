//! Overdue ladders (T3, T5): each step's own, else the policy's, else the office's; every role resolved.

use super::{Compiler, policy_place, step_policy_place};
use crate::definition::Rung;
use crate::diagnostic::{Diagnostic, rules};
use crate::process::index::{LadderIx, OutcomeIx, Position, RoleIx, StepIx, Table};
use crate::process::tables::{Ladder, RoleSpec, Route, RungEffect, RungSpec, StepSpec, ThenSpec, Timing};
use crate::text::Pointer;
use crate::time::Measure;

/// A rung whose time has been read, with where it is written.
#[derive(Clone)]
struct Read<'a> {
    rung: &'a Rung,
    timing: Timing,
    pointer: Pointer,
}

impl<'a> Compiler<'a> {
    pub(super) fn ladders(
        &mut self,
        steps: &mut Table<StepIx, StepSpec>,
        roles: &Table<RoleIx, RoleSpec>,
    ) -> Table<LadderIx, Ladder> {
        let mut ladders = vec![Ladder::default()];
        let Some(policy) = self.policy else { return Table::new(ladders) };
        let default: Vec<Read<'a>> = match &policy.overdue {
            Some(rungs) => self.read_rungs(rungs, policy_place("overdue")),
            None => {
                let rungs = &self.office.office().overdue;
                let mut read = Vec::new();
                for (place, rung) in rungs.iter().enumerate() {
                    // The office's own times were read when it was checked.
                    if let Some(timing) = self.office.timing(place) {
                        read.push(Read { rung, timing, pointer: Pointer::root().key("office") });
                    }
                }
                read
            }
        };
        for at in (0..steps.len()).map(StepIx::at) {
            let Some(spec) = steps.get(at) else { continue };
            let own = policy.steps.get(spec.id.as_str()).and_then(|step| step.overdue.as_ref());
            let read = match own {
                Some(rungs) => self.read_rungs(rungs, step_policy_place(spec.id.as_str()).key("overdue")),
                None => default.clone(),
            };
            let Some(spec) = steps.get(at) else { continue };
            // Without a budget nothing is ever overdue.
            let ladder = self.ladder(&read, spec, roles);
            let place = match ladders.iter().position(|known| *known == ladder) {
                Some(place) => place,
                None => {
                    ladders.push(ladder);
                    ladders.len() - 1
                }
            };
            if let Some(spec) = steps.get_mut(at) {
                spec.ladder = LadderIx::at(place);
            }
        }
        Table::new(ladders)
    }

    fn read_rungs(&mut self, rungs: &'a [Rung], pointer: Pointer) -> Vec<Read<'a>> {
        let mut read = Vec::new();
        for (place, rung) in rungs.iter().enumerate() {
            let here = pointer.index(place);
            let timing = match (&rung.after, &rung.every) {
                (Some(after), _) => self.duration(after, true, || here.key("after")).map(Timing::After),
                (None, Some(every)) => self.duration(every, false, || here.key("every")).map(Timing::Every),
                (None, None) => None,
            };
            if rung.every.is_some() && acts(rung) {
                let pointer = here.key("every");
                self.report(Diagnostic::new(&rules::ONLY_REMINDERS_REPEAT, pointer));
            }
            if let Some(timing) = timing {
                read.push(Read { rung, timing, pointer: here });
            }
        }
        read
    }

    fn ladder(&mut self, read: &[Read<'a>], spec: &StepSpec, roles: &Table<RoleIx, RoleSpec>) -> Ladder {
        // A role that could not be found has been reported; who stands above it merely follows.
        if spec.roles.is_empty() {
            return Ladder::default();
        }
        // Who acts and who answers follows the order in which rungs fire, not the one in which they are written. Among
        // the rungs that change it this order has to be known beforehand: they are measured alike.
        let mut changing: Vec<(usize, &Read<'a>)> =
            read.iter().enumerate().filter(|(_, rung)| rung.rung.remind.is_none()).collect();
        let timed = |rung: &Read<'a>| rung.timing.first().minutes() > 0;
        let measure = changing.iter().find(|(_, rung)| timed(rung)).map(|(_, rung)| rung.timing.first().measure());
        let odd = changing.iter().find(|(_, rung)| timed(rung) && Some(rung.timing.first().measure()) != measure);
        if let Some((_, odd)) = odd {
            self.report(Diagnostic::new(&rules::MIXED_MEASURES, odd.pointer.clone()));
            return Ladder::default();
        }
        changing.sort_by_key(|(place, rung)| (rung.timing.first().minutes(), *place));
        let mut rungs: Vec<Option<RungSpec>> = vec![None; read.len()];
        let mut acting = spec.roles.first().copied();
        let mut escalated: Option<RoleIx> = None;
        let mut left = false;
        // How things stand after each rung that changes them.
        let mut stages = vec![(None, acting, escalated, left)];
        for (place, rung) in changing {
            if left {
                self.report(Diagnostic::new(&rules::RUNG_AFTER_LEAVING, rung.pointer.clone()));
                break;
            }
            let Some(effect) = self.effect(rung, spec, roles, acting, escalated) else { continue };
            match effect {
                RungEffect::Escalate(role) => escalated = Some(role),
                RungEffect::Reassign(role) => acting = Some(role),
                _ => {}
            }
            left = effect.leaves();
            stages.push((Some((rung.timing, place)), acting, escalated, left));
            if let Some(held) = rungs.get_mut(place) {
                *held = Some(RungSpec { timing: rung.timing, effect });
            }
        }
        for (place, rung) in read.iter().enumerate().filter(|(_, rung)| rung.rung.remind.is_some()) {
            let here = (rung.timing, place);
            let stage = stages.iter().rfind(|(at, ..)| at.is_none_or(|at| certainly_before(at, here)));
            let Some(&(_, acting, escalated, left)) = stage else { continue };
            if left {
                self.report(Diagnostic::new(&rules::RUNG_AFTER_LEAVING, rung.pointer.clone()));
                continue;
            }
            let Some(effect) = self.effect(rung, spec, roles, acting, escalated) else { continue };
            if let Some(held) = rungs.get_mut(place) {
                *held = Some(RungSpec { timing: rung.timing, effect });
            }
        }
        let rungs: Vec<RungSpec> = rungs.into_iter().flatten().collect();
        let first = first_rung(&rungs);
        Ladder { rungs, first }
    }

    fn effect(
        &mut self,
        read: &Read<'a>,
        spec: &StepSpec,
        roles: &Table<RoleIx, RoleSpec>,
        acting: Option<RoleIx>,
        escalated: Option<RoleIx>,
    ) -> Option<RungEffect> {
        let rung = read.rung;
        // The ladder climbs from whoever was escalated to last; that role is accountable too (T5).
        let top = escalated.or(acting);
        let declared = acting.and_then(|role| roles.get(role)).and_then(|role| role.accountable);
        let accountable = escalated.or(declared);
        let here = |key: &'static str| {
            let pointer = read.pointer.clone();
            move || if pointer.as_str() == "/office" { pointer.clone() } else { pointer.key(key) }
        };
        let superior = |role: Option<RoleIx>| role.and_then(|role| roles.get(role)).and_then(|role| role.superior);
        let title = |role: Option<RoleIx>| {
            role.and_then(|role| roles.get(role)).map(|role| role.id.to_string()).unwrap_or_default()
        };
        if let Some(target) = &rung.remind {
            return match target.as_str() {
                "doer" => Some(RungEffect::RemindDoer),
                "accountable" => {
                    if accountable.is_none() {
                        let finding = Diagnostic::new(&rules::NOBODY_ACCOUNTABLE, here("remind")());
                        self.report(finding.with("step", spec.id.as_str()).with("role", title(acting)));
                        return None;
                    }
                    if accountable.is_some_and(|role| acting == Some(role) || spec.roles.contains(&role)) {
                        let finding = Diagnostic::new(&rules::ACCOUNTABLE_IS_DOER, here("remind")());
                        self.report(finding.with("role", title(accountable)));
                        return None;
                    }
                    Some(RungEffect::RemindAccountable)
                }
                "superior" => match superior(top) {
                    Some(role) => Some(RungEffect::Remind(role)),
                    None => self.no_superior(spec, title(top), here("remind")()),
                },
                role => self.role(role, here("remind")).map(RungEffect::Remind),
            };
        }
        if let Some(target) = &rung.escalate {
            let role = match target.as_str() {
                "superior" => match superior(top) {
                    Some(role) => role,
                    None => return self.no_superior(spec, title(top), here("escalate")()),
                },
                role => self.role(role, here("escalate"))?,
            };
            if acting == Some(role) || spec.roles.contains(&role) {
                let finding = Diagnostic::new(&rules::ESCALATES_TO_DOER, here("escalate")());
                self.report(finding.with("step", spec.id.as_str()).with("role", title(Some(role))));
                return None;
            }
            return Some(RungEffect::Escalate(role));
        }
        if let Some(target) = &rung.reassign {
            let role = self.role(target.as_str(), here("reassign"))?;
            return Some(RungEffect::Reassign(role));
        }
        if let Some(end) = &rung.end {
            return self.end(end.as_str(), here("end")).map(RungEffect::End);
        }
        let outcome = rung.outcome.as_ref()?;
        let place = spec.outcomes.iter().position(|known| known.id == *outcome);
        match place {
            Some(place) => Some(RungEffect::Outcome(OutcomeIx::at(place))),
            None => {
                let known = spec.outcomes.iter().map(|outcome| outcome.id.to_string()).collect();
                if let Some(finding) = self.dangling_outcome(outcome.as_str(), here("outcome"), known) {
                    self.report(finding);
                }
                None
            }
        }
    }

    fn no_superior(&mut self, spec: &StepSpec, role: String, pointer: Pointer) -> Option<RungEffect> {
        let finding = Diagnostic::new(&rules::NOBODY_ABOVE, pointer);
        self.report(finding.with("step", spec.id.as_str()).with("role", role));
        None
    }

    /// A return that a rung names cannot be closed (R2).
    pub(super) fn check_closing(
        &mut self,
        steps: &Table<StepIx, StepSpec>,
        ladders: &Table<LadderIx, Ladder>,
        returns: &Table<crate::process::index::ReturnIx, crate::process::tables::ReturnSpec>,
    ) {
        for (_, spec) in steps.iter() {
            let Some(ladder) = ladders.get(spec.ladder) else { continue };
            for (place, rung) in ladder.rungs.iter().enumerate() {
                let RungEffect::Outcome(outcome) = rung.effect else { continue };
                let Some(Route::Return(taken)) = spec.outcome(outcome).map(|outcome| &outcome.route) else { continue };
                if returns.get(*taken).is_some_and(|spec| matches!(spec.limit, Some((_, ThenSpec::Closed)))) {
                    let own = self.step_policy(spec.id.as_str()).is_some_and(|step| step.overdue.is_some());
                    let pointer = match self.policy {
                        _ if own => step_policy_place(spec.id.as_str()).key("overdue").index(place).key("outcome"),
                        Some(policy) if policy.overdue.is_some() => policy_place("overdue").index(place).key("outcome"),
                        _ => Pointer::root().key("office"),
                    };
                    self.report(Diagnostic::new(&rules::RUNG_ON_CLOSING, pointer).with("step", spec.id.as_str()));
                }
            }
        }
    }
}

/// Whether a rung does more than remind.
pub(super) fn acts(rung: &Rung) -> bool {
    rung.escalate.is_some() || rung.reassign.is_some() || rung.outcome.is_some() || rung.end.is_some()
}

/// Whether one rung fires before another whatever the calendar: working time takes at least as long as elapsed time.
fn certainly_before((one, first): (Timing, usize), (other, second): (Timing, usize)) -> bool {
    let (one, other) = (one.first(), other.first());
    if one.measure() == other.measure() || one.minutes() == 0 {
        return (one.minutes(), first) < (other.minutes(), second);
    }
    other.measure() == Measure::Working && one.minutes() < other.minutes()
}

/// The rung that fires first, where all rungs are measured alike.
fn first_rung(rungs: &[RungSpec]) -> Option<u16> {
    let measure = rungs.first()?.timing.first().measure();
    if rungs.iter().any(|rung| rung.timing.first().measure() != measure) {
        return None;
    }
    let first = rungs.iter().enumerate().min_by_key(|(place, rung)| (rung.timing.first().minutes(), *place));
    first.map(|(place, _)| u16::at(place))
}
