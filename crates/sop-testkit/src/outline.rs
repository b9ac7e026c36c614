//! A definition in a few lines: what a person wants to see of a counterexample.

use std::fmt::Write as _;

use sop_core::definition::{Branch, Definition, EndId, EndKind, Outcome, Rung, Step, StepId, StepPolicy, Then};

/// A definition in a few lines: one for each step, one for the ends that do not just end the case, and one for what the
/// policy says of all.
///
/// ```
/// use sop_testkit::{outline, plan::Plan};
///
/// assert_eq!(outline(&Plan::default().definition()), "s1 pemohon, 5 menit -> end selesai\n");
/// ```
pub fn outline(definition: &Definition) -> String {
    let mut text = String::new();
    let policy = definition.policy.as_ref();
    for row in &definition.rows {
        for step in &row.steps {
            let own = policy.and_then(|policy| policy.steps.get(step.id.as_str()));
            let _ = write!(text, "{} {}", step.id, roles(step));
            let time = step.time.as_ref().or(row.time.as_ref());
            let _ = time.map(|time| write!(text, ", {time}"));
            for (word, papers) in [
                ("asks for", step.requires.as_ref().unwrap_or(&row.requires)),
                ("hands on", step.outputs.as_ref().unwrap_or(&row.outputs)),
                ("revises", step.revises.as_ref().unwrap_or(&row.revises)),
            ] {
                text.push_str(&listed(word, papers));
            }
            text.push_str(&listed("sets", &step.collects));
            if let Some(join) = &step.join {
                let groups: Vec<String> = join.all.iter().map(|group| joined(group, "|")).collect();
                let _ = write!(text, ", joins {}", groups.join(" + "));
            }
            if let Some(own) = own {
                text.push_str(&of_policy(own));
            }
            text.push_str(&exits(step));
        }
    }
    // An end that ends the case is what one expects of an end.
    let odd = definition.ends.iter().filter(|end| end.kind != EndKind::Case);
    let odd: Vec<String> = odd.map(|end| format!("{} {}", end.id, end.kind)).collect();
    if !odd.is_empty() {
        let _ = writeln!(text, "ends: {}", odd.join("; "));
    }
    let Some(policy) = policy else { return text };
    let mut said: Vec<String> = Vec::new();
    if let Some(returns) = &policy.returns {
        said.push(format!("returns at most {}, then {}", returns.limit, then(&returns.then)));
    }
    if let Some(withdraw) = &policy.withdraw {
        said.push(format!("withdrawn until {}", withdraw.until));
    }
    for (role, filling) in &policy.roles {
        let per = filling.per.as_ref().map(|per| format!("{role} per {per}"));
        let post = filling.post.as_ref().map(|post| format!("{role} held by {post}"));
        said.extend(per.into_iter().chain(post));
    }
    if policy.overdue.is_none() {
        said.push("no ladder for all".to_owned());
    }
    if !said.is_empty() {
        let _ = writeln!(text, "policy: {}", said.join("; "));
    }
    text
}

fn roles(step: &Step) -> String {
    match &step.role {
        Some(role) => role.to_string(),
        None => joined(&step.roles, "/"),
    }
}

fn joined<T: ToString>(items: &[T], by: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(by)
}

fn listed<T: ToString>(word: &str, items: &[T]) -> String {
    if items.is_empty() { String::new() } else { format!(", {word} {}", joined(items, "+")) }
}

fn of_policy(own: &StepPolicy) -> String {
    let mut text = String::new();
    text.push_str(&listed("sets (policy)", &own.collects));
    text.push_str(&listed("makes itself", &own.makes));
    text.push_str(&listed("not by who did", &own.distinct_from));
    text.push_str(&listed("by who did", &own.same_as));
    for (outcome, limit) in &own.returns {
        let _ = write!(text, ", {outcome} at most {}, then {}", limit.limit, then(&limit.then));
    }
    if let Some(rungs) = &own.overdue {
        let rungs: Vec<String> = rungs.iter().map(rung).collect();
        let _ = write!(text, ", overdue [{}]", rungs.join("; "));
    }
    text
}

fn rung(rung: &Rung) -> String {
    let when = match (&rung.after, &rung.every) {
        (Some(after), _) => format!("after {after}"),
        (None, every) => format!("every {}", every.as_deref().unwrap_or("?")),
    };
    let what = [
        rung.remind.as_ref().map(|role| format!("remind {role}")),
        rung.escalate.as_ref().map(|role| format!("escalate to {role}")),
        rung.reassign.as_ref().map(|role| format!("hand over to {role}")),
        rung.outcome.as_ref().map(|outcome| format!("take {outcome}")),
        rung.end.as_ref().map(|end| format!("end {end}")),
    ];
    format!("{when} {}", what.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn then(then: &Then) -> String {
    match (&then.end, &then.next) {
        (Some(end), _) => format!("end {end}"),
        (None, Some(next)) => next.to_string(),
        (None, None) => "closed".to_owned(),
    }
}

/// The ways out, in the same line where there is one.
fn exits(step: &Step) -> String {
    let Some(outcomes) = &step.outcomes else {
        return match &step.choose {
            Some(branches) => format!("{}\n", choose(branches, "  ")),
            None => format!(" {}\n", arrow(&step.next, &step.split, &step.return_to, &step.end)),
        };
    };
    let mut text = String::from("\n");
    for outcome in outcomes {
        let Outcome { id, next, split, return_to, end, .. } = outcome;
        let _ = match &outcome.choose {
            Some(branches) => writeln!(text, "  {id}{}", choose(branches, "    ")),
            None => writeln!(text, "  {id} {}", arrow(next, split, return_to, end)),
        };
    }
    text
}

fn choose(branches: &[Branch], indent: &str) -> String {
    let line = |branch: &Branch| {
        format!("\n{indent}if {} {}", branch.when, arrow(&branch.next, &branch.split, &branch.return_to, &branch.end))
    };
    branches.iter().map(line).collect()
}

fn arrow(
    next: &Option<StepId>,
    split: &Option<Vec<StepId>>,
    return_to: &Option<StepId>,
    end: &Option<EndId>,
) -> String {
    match (next, split, return_to, end) {
        (Some(next), ..) => format!("-> {next}"),
        (_, Some(split), ..) => format!("-> {} at once", joined(split, " & ")),
        (_, _, Some(back), _) => format!("-> back to {back}"),
        (_, _, _, Some(end)) => format!("-> end {end}"),
        _ => "-> nowhere".to_owned(),
    }
}
