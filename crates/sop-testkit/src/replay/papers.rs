//! Papers at hand: what a run that is about something else takes for granted (G2).

use sop_core::definition::{Definition, GuaranteeName, PaperId, Waiver};
use sop_core::process::PaperIx;
use sop_core::text::SourceText;
use sop_core::time::Date;
use sop_engine::files::Bundle;

use super::Mismatch;
use crate::edit;

/// The same, with the requirement of every paper waived but of this one (P4).
pub(super) fn waived(bundle: &Bundle, but: Option<PaperIx>) -> Result<Bundle, Mismatch> {
    let mut definition = bundle.definition().clone();
    let but = but.and_then(|paper| bundle.process().papers().get(paper)).map(|paper| &paper.id);
    let others = definition.papers.iter().map(|paper| paper.id.clone()).filter(|paper| Some(paper) != but);
    let waivers: Vec<Waiver> = others
        .map(|paper| Waiver {
            guarantee: GuaranteeName::Supplied,
            step: None,
            paper: Some(paper),
            reason: "Berkas dianggap ada".to_owned(),
            by: "Pengujian".to_owned(),
            until: Date::MAX,
        })
        .collect();
    match &mut definition.policy {
        Some(policy) => policy.waive.extend(waivers),
        None => return Err(Mismatch::Stage("there is no policy to waive papers with".to_owned())),
    }
    let unready = |error: &dyn std::fmt::Display| Mismatch::Stage(error.to_string());
    let text = serde_json::to_string_pretty(&definition).map_err(|error| unready(&error))?;
    let [_, office, calendar] = bundle.sources();
    Bundle::from_texts(SourceText::new("definisi.json", text), office.clone(), calendar.clone())
        .map_err(|error| unready(&error))
}

/// The same, where no step asks for any paper but this one. What a step makes stays, and what it hands on unchanged goes.
pub(super) fn not_asked_for(definition: &Definition, but: Option<&PaperId>) -> Definition {
    let mut granted = definition.clone();
    for row in &mut granted.rows {
        for step in &mut row.steps {
            let requires = step.requires.clone().unwrap_or_else(|| row.requires.clone());
            let revises = step.revises.clone().unwrap_or_else(|| row.revises.clone());
            let outputs = step.outputs.clone().unwrap_or_else(|| row.outputs.clone());
            let stays = |paper: &PaperId| Some(paper) == but;
            let is_made = |paper: &PaperId| stays(paper) || !requires.contains(paper) || revises.contains(paper);
            step.outputs = Some(outputs.into_iter().filter(is_made).collect());
            for outcome in step.outcomes.iter_mut().flatten() {
                outcome.outputs.iter_mut().for_each(|outputs| outputs.retain(is_made));
            }
            step.requires = Some(requires.iter().filter(|paper| stays(paper)).cloned().collect());
            step.revises = Some(revises.iter().filter(|paper| stays(paper)).cloned().collect());
        }
    }
    edit::tidy(&mut granted);
    granted
}
