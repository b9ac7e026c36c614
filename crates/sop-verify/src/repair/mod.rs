//! Repairs: edits of the definition that change a verdict.
//!
//! For each cause a few edits come to mind. Each is tried before it is suggested: applied to the text, read, compiled
//! and verified again, and kept only if the cause is gone and no other guarantee is worse off than before.

mod edits;
mod ideas;
mod words;

use sop_core::case::{Directory, People};
use sop_core::definition::{Definition, DirectoryFile, GuaranteeName};
use sop_core::diagnostic::{Bilingual, Fix};
use sop_core::format::{Parsed, parse};
use sop_core::process::{CheckedOffice, Process, Reading, compile};
use sop_core::text::SourceText;

use crate::cause::Cause;
use crate::guarantee::staffed::Staff;
use crate::limits::Terms;
use crate::verdict::{Judgement, Verdicts};
use crate::verified::verify_on;

/// Which file a repair edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairOf {
    /// The definition.
    Definition,
    /// The directory of officials.
    Directory,
}

/// An edit that was tried, and mends a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The guarantee.
    pub guarantee: GuaranteeName,
    /// The place of the cause among the guarantee's causes.
    pub cause: usize,
    /// The file that it edits.
    pub of: RepairOf,
    /// The edit. It always needs a decision of the office: it changes what the definition means.
    pub fix: Fix,
    /// Tells whether it changes the signed part, so that the office has to sign again.
    pub needs_signing: bool,
}

/// What repairs are looked for in.
pub struct Repairable<'r> {
    /// The definition, as it was read.
    pub definition: &'r Parsed<Definition>,
    /// The office that it was compiled with.
    pub office: &'r CheckedOffice,
    /// How it is read.
    pub reading: Reading,
    /// The directory of officials, where `staffed` is asked for, with the time that is looked at.
    pub directory: Option<(&'r Parsed<DirectoryFile>, sop_core::time::Instant, sop_core::time::Instant)>,
}

/// The most causes of one guarantee for which repairs are looked for.
const MAX_CAUSES: usize = 16;

impl Repairable<'_> {
    /// The repairs of everything that is refuted, in the order of guarantees and causes.
    pub fn repairs(&self, process: &Process, verdicts: &Verdicts) -> Vec<Repair> {
        verdicts.iter().flat_map(|judgement| self.of_judgement(process, verdicts, judgement)).collect()
    }

    fn of_judgement(&self, process: &Process, verdicts: &Verdicts, judgement: &Judgement) -> Vec<Repair> {
        let mut found = Vec::new();
        for (place, cause) in judgement.causes.iter().enumerate().take(MAX_CAUSES) {
            for idea in ideas::of(self, process, cause) {
                let repair = Repair {
                    guarantee: judgement.guarantee,
                    cause: place,
                    of: idea.of,
                    fix: idea.fix.needs_decision(),
                    needs_signing: idea.needs_signing,
                };
                if self.mends(verdicts, judgement, cause, &repair) {
                    found.push(repair);
                }
            }
        }
        found
    }

    /// Tells whether a repair, applied, takes the cause away and makes nothing else worse.
    fn mends(&self, before: &Verdicts, judgement: &Judgement, cause: &Cause, repair: &Repair) -> bool {
        let Some(after) = self.after(repair) else { return false };
        let mended = after.of(judgement.guarantee);
        let is_gone = !mended.causes.iter().any(|other| other.trouble.is_like(&cause.trouble));
        let better = !mended.verdict.is_refuted() || mended.causes.len() < judgement.causes.len();
        let no_worse =
            before.iter().zip(&after).all(|(one, other)| !one.verdict.is_proved() || other.verdict.is_proved());
        is_gone && better && no_worse
    }

    /// The verdicts after a repair; none where it cannot be applied, or what comes of it has errors.
    pub fn after(&self, repair: &Repair) -> Option<Verdicts> {
        let source = &self.definition.source;
        let definition = match repair.of {
            RepairOf::Definition => edited(source, self.definition.json.as_ref()?, &repair.fix)?,
            RepairOf::Directory => source.clone(),
        };
        let parsed = parse::<Definition>(definition);
        let definition = parsed.into_result().ok()?;
        let process = compile(&definition, self.office, self.reading, &Default::default()).into_result().ok()?;
        let mut people = People::new();
        let staffing = match &self.directory {
            Some((directory, from, until)) => {
                let text = match repair.of {
                    RepairOf::Directory => edited(&directory.source, directory.json.as_ref()?, &repair.fix)?,
                    RepairOf::Definition => directory.source.clone(),
                };
                let file = parse::<DirectoryFile>(text).into_result().ok()?;
                let checked = Directory::check(&file, self.office, &Default::default()).0?;
                Some((checked.staff(&process, &mut people), *from, *until))
            }
            None => None,
        };
        let staff = staffing.as_ref().map(|(staffing, from, until)| Staff {
            people: &people,
            staffing,
            from: *from,
            until: *until,
        });
        Some(verify_on(&process, &Terms { staff, ..Terms::default() }).into_parts().1)
    }
}

/// The text with an edit applied; none where it cannot be.
fn edited(source: &SourceText, json: &sop_core::text::Json, fix: &Fix) -> Option<SourceText> {
    fix.replacements(json)?;
    Some(SourceText::new(source.name(), fix.apply(source, json)))
}

/// Something to try.
pub(crate) struct Idea {
    of: RepairOf,
    fix: Fix,
    needs_signing: bool,
}

impl Idea {
    fn new(fix: Fix, title: Bilingual) -> Self {
        Self { of: RepairOf::Definition, fix: fix.titled(title), needs_signing: false }
    }

    fn signing(self) -> Self {
        Self { needs_signing: true, ..self }
    }
}
