//! Overdue ladders (T3, T5): each step's own, else the policy's, else the office's; every role resolved.

use std::collections::{BTreeMap, HashMap};

use super::{Compiler, policy_place, step_policy_place};
use crate::definition::{OutcomeId, Rung, StepId};
use crate::diagnostic::{Bilingual, Both, Diagnostic, rules};
use crate::process::index::{GroupIx, LadderIx, OutcomeIx, Position, RoleIx, StepIx, Table};
use crate::process::tables::{GroupSpec, Ladder, RoleSpec, Route, RungEffect, RungSpec, StepSpec, ThenSpec, Timing};
use crate::text::Pointer;
use crate::time::Measure;

/// A rung whose time has been read, with where it is written.
#[derive(Clone)]
struct Read<'a> {
    rung: &'a Rung,
    timing: Timing,
    pointer: Pointer,
}

/// Findings about lines of ladders that do not fit the steps they hold for: one for each line and rule, with the steps.
/// The office's or the policy's ladder holds for many steps at once, and one line of it is one cause.
#[derive(Default)]
struct Misfits(BTreeMap<(Pointer, u16), (Diagnostic, Vec<Misfit>)>);

/// A step that a line does not fit, and the role that is said beside it.
type Misfit = (StepId, Option<String>);

/// The rungs as they are for a step.
struct Fitted {
    ladder: Ladder,
    found: Misfits,
    /// The place among all ladders, once it is known.
    place: Option<usize>,
}

/// Count: how many steps a finding about a shared line lists.
const LISTED: usize = 5;

impl Misfits {
    /// Adds a finding about a step; `role` is said beside it where it may differ from step to step.
    fn add(&mut self, finding: Diagnostic, step: &StepSpec, role: Option<&str>) {
        let Some(pointer) = finding.primary().map(|label| label.pointer.clone()) else { return };
        let (_, steps) = self.0.entry((pointer, finding.rule.code)).or_insert_with(|| (finding, Vec::new()));
        steps.push((step.id.clone(), role.map(str::to_owned)));
    }

    /// Adds what was found about a step, for another step that is like it.
    fn add_all(&mut self, found: &Self, step: &StepSpec) {
        for (place, (finding, steps)) in &found.0 {
            let (_, known) = self.0.entry(place.clone()).or_insert_with(|| (finding.clone(), Vec::new()));
            known.extend(steps.first().map(|(_, role)| (step.id.clone(), role.clone())));
        }
    }

    fn into_findings(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_values().map(|(finding, steps)| {
            if steps.len() < 2 {
                return finding;
            }
            let listed = steps.iter().take(LISTED).map(|(step, role)| match role {
                Some(role) => format!("`{step}` (`{role}`)"),
                None => format!("`{step}`"),
            });
            let listed = listed.collect::<Vec<_>>().join(", ");
            let text = match steps.len().saturating_sub(LISTED) {
                0 => Bilingual::same(listed),
                more => Bilingual::new(format!("{listed}, dan {more} lagi"), format!("{listed} and {more} more")),
            };
            finding.line(Both { id: "langkah", en: "steps" }, text)
        })
    }
}

impl<'a> Compiler<'a> {
    pub(super) fn ladders(
        &mut self,
        steps: &mut Table<StepIx, StepSpec>,
        groups: &Table<GroupIx, GroupSpec>,
        roles: &Table<RoleIx, RoleSpec>,
    ) -> Table<LadderIx, Ladder> {
        let mut ladders = vec![Ladder::default()];
        let mut misfits = Misfits::default();
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
        let mut known: HashMap<Ladder, usize> = HashMap::from([(Ladder::default(), 0)]);
        // What the default ladder comes to depends on who acts, and on the outcomes where it takes one.
        let takes_outcome = default.iter().any(|read| read.rung.outcome.is_some());
        let mut alike: HashMap<(bool, Vec<RoleIx>, Vec<OutcomeId>), Fitted> = HashMap::new();
        for at in (0..steps.len()).map(StepIx::at) {
            let Some(spec) = steps.get(at) else { continue };
            let own = policy.steps.get(spec.id.as_str()).and_then(|step| step.overdue.as_ref());
            // Without a budget nothing is ever overdue: no rung fires, and how one fits the step is no question.
            let is_due = has_budget(spec, groups);
            let mut single;
            let fitted = match own {
                Some(rungs) => {
                    let read = self.read_rungs(rungs, step_policy_place(spec.id.as_str()).key("overdue"));
                    single = self.fitted(&read, true, spec, roles);
                    &mut single
                }
                None => {
                    let outcomes = spec.outcomes.iter().filter(|_| takes_outcome).map(|outcome| outcome.id.clone());
                    let like = (is_due, spec.roles.clone(), outcomes.collect());
                    alike.entry(like).or_insert_with(|| self.fitted(&default, false, spec, roles))
                }
            };
            if !is_due {
                continue;
            }
            misfits.add_all(&fitted.found, spec);
            let place = match fitted.place.or_else(|| known.get(&fitted.ladder).copied()) {
                Some(place) => place,
                None => {
                    ladders.push(fitted.ladder.clone());
                    known.insert(fitted.ladder.clone(), ladders.len() - 1);
                    ladders.len() - 1
                }
            };
            fitted.place = Some(place);
            if let Some(spec) = steps.get_mut(at) {
                spec.ladder = LadderIx::at(place);
            }
        }
        for finding in misfits.into_findings() {
            self.report(finding);
        }
        Table::new(ladders)
    }

    fn fitted(&mut self, read: &[Read<'a>], is_own: bool, spec: &StepSpec, roles: &Table<RoleIx, RoleSpec>) -> Fitted {
        let mut found = Misfits::default();
        let ladder = self.ladder(read, is_own, spec, roles, &mut found);
        Fitted { ladder, found, place: None }
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

    fn ladder(
        &mut self,
        read: &[Read<'a>],
        is_own: bool,
        spec: &StepSpec,
        roles: &Table<RoleIx, RoleSpec>,
        found: &mut Misfits,
    ) -> Ladder {
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
            let Some(effect) = self.effect(rung, is_own, spec, roles, (acting, escalated), found) else { continue };
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
            // Stages stand in the order in which they are reached.
            let reached = stages.partition_point(|(at, ..)| at.is_none_or(|at| certainly_before(at, here)));
            let stage = reached.checked_sub(1).and_then(|last| stages.get(last));
            let Some(&(_, acting, escalated, left)) = stage else { continue };
            if left {
                self.report(Diagnostic::new(&rules::RUNG_AFTER_LEAVING, rung.pointer.clone()));
                continue;
            }
            let Some(effect) = self.effect(rung, is_own, spec, roles, (acting, escalated), found) else { continue };
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
        is_own: bool,
        spec: &StepSpec,
        roles: &Table<RoleIx, RoleSpec>,
        (acting, escalated): (Option<RoleIx>, Option<RoleIx>),
        found: &mut Misfits,
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
        let name = |role: Option<RoleIx>| role.and_then(|role| roles.get(role)).map_or("", |role| role.id.as_str());
        let mut lacks_superior = |pointer: Pointer| {
            let finding = Diagnostic::new(&rules::NOBODY_ABOVE, pointer);
            found.add(finding.with("step", spec.id.as_str()).with("role", name(top)), spec, Some(name(top)));
            None
        };
        if let Some(target) = &rung.remind {
            return match target.as_str() {
                "doer" => Some(RungEffect::RemindDoer),
                "accountable" => {
                    if accountable.is_none() {
                        let finding = Diagnostic::new(&rules::NOBODY_ACCOUNTABLE, here("remind")());
                        let finding = finding.with("step", spec.id.as_str()).with("role", name(acting));
                        found.add(finding, spec, Some(name(acting)));
                        return None;
                    }
                    if accountable.is_some_and(|role| acting == Some(role) || spec.roles.contains(&role)) {
                        let finding = Diagnostic::new(&rules::ACCOUNTABLE_IS_DOER, here("remind")());
                        found.add(finding.with("role", name(accountable)), spec, None);
                        return None;
                    }
                    Some(RungEffect::RemindAccountable)
                }
                "superior" => match superior(top) {
                    Some(role) => Some(RungEffect::Remind(role)),
                    None => lacks_superior(here("remind")()),
                },
                role => self.role(role, here("remind")).map(RungEffect::Remind),
            };
        }
        if let Some(target) = &rung.escalate {
            let role = match target.as_str() {
                "superior" => match superior(top) {
                    Some(role) => role,
                    None => return lacks_superior(here("escalate")()),
                },
                role => self.role(role, here("escalate"))?,
            };
            if acting == Some(role) || spec.roles.contains(&role) {
                let finding = Diagnostic::new(&rules::ESCALATES_TO_DOER, here("escalate")());
                let finding = finding.with("step", spec.id.as_str()).with("role", name(Some(role)));
                found.add(finding, spec, None);
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
                let finding = self.dangling_outcome(outcome.as_str(), here("outcome"), known)?;
                match is_own {
                    true => self.report(finding),
                    false => found.add(finding, spec, None),
                }
                None
            }
        }
    }

    /// A return that a rung names cannot be closed (R2).
    pub(super) fn check_closing(
        &mut self,
        steps: &Table<StepIx, StepSpec>,
        ladders: &Table<LadderIx, Ladder>,
        returns: &Table<crate::process::index::ReturnIx, crate::process::tables::ReturnSpec>,
    ) {
        let mut misfits = Misfits::default();
        for spec in steps.values() {
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
                    let finding = Diagnostic::new(&rules::RUNG_ON_CLOSING, pointer).with("step", spec.id.as_str());
                    misfits.add(finding, spec, None);
                }
            }
        }
        for finding in misfits.into_findings() {
            self.report(finding);
        }
    }
}

/// Tells whether a wait of the step is ever due (T1, T2).
fn has_budget(spec: &StepSpec, groups: &Table<GroupIx, GroupSpec>) -> bool {
    match spec.group {
        Some(group) => groups.get(group).is_some_and(|group| group.budget.is_some()),
        None => spec.budget.or(spec.rework).is_some(),
    }
}

/// Tells whether a rung does more than remind.
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
