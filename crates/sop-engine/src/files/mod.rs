//! Reading a definition with the office and the calendar that it names, and the directory of officials.
//!
//! A definition names its office file, and the office file its calendar, relative to themselves. Errors print every
//! diagnostic with its file, line and column. Nothing here is read without looking at its length first.

mod bundle;
mod calendar;
mod error;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use sop_core::case::Directory;
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::diagnostic::{Bilingual, Diagnostic, Diagnostics, Rule, rules};
use sop_core::format::{Document, parse};
use sop_core::process::CheckedOffice;
use sop_core::text::{MAX_BYTES, Pointer, SourceText};

pub use bundle::Bundle;
pub(crate) use calendar::compile_calendar_text;
pub use error::FileError;

use error::Findings;

/// Reads a definition with the office and the calendar that it names, and compiles it.
///
/// # Errors
/// [`FileError`], which prints everything that is wrong with any of the files, as far as it can be known.
pub fn read(path: impl AsRef<Path>) -> Result<Bundle, FileError> {
    let path = path.as_ref();
    let definition = text(path)?;
    let (office, calendar) = match bundle::office_named(&definition) {
        // What is wrong with the definition is said once, by compiling it.
        None => (None, None),
        Some(named) => {
            let (office_path, office) = named_text::<Definition>(path, &definition, "office", &named)?;
            let calendar = match bundle::calendar_named(&office) {
                Some(named) => Some(named_text::<Office>(&office_path, &office, "calendar", &named)?.1),
                None => None,
            };
            (Some(office), calendar)
        }
    };
    Bundle::assemble(definition, office, calendar)
}

/// Reads the directory of officials of an office.
///
/// # Errors
/// [`FileError`], which prints everything that is wrong with the file.
pub fn directory(path: impl AsRef<Path>, office: &CheckedOffice) -> Result<Directory, FileError> {
    directory_from(text(path.as_ref())?, office)
}

/// Checks the text of a directory of officials.
///
/// # Errors
/// [`FileError`], which prints everything that is wrong with it.
pub fn directory_from(source: SourceText, office: &CheckedOffice) -> Result<Directory, FileError> {
    let mut findings = Findings::default();
    let parsed = parse::<DirectoryFile>(source);
    findings.take(&parsed);
    let checked = parsed.value.as_ref().and_then(|file| {
        let (directory, found) = Directory::check(file, office, &parsed.poisoned);
        findings.add(found, &parsed);
        directory
    });
    findings.into_result(checked).map(|(directory, _)| directory)
}

/// Reads the text of a file, if it is a file and not too long.
fn text(path: &Path) -> Result<SourceText, FileError> {
    let name = path.display().to_string();
    let io = |error: io::Error| FileError::unreadable(&name, Bilingual::same(error.to_string()), Some(error));
    let about = fs::metadata(path).map_err(io)?;
    if !about.is_file() {
        let reason = Bilingual::new("bukan berkas, mungkin sebuah folder", "it is not a file, perhaps a folder");
        return Err(FileError::unreadable(&name, reason, None));
    }
    let limit = MAX_BYTES as u64;
    if about.len() > limit {
        return Err(FileError::from(SourceText::too_large(&name, about.len())));
    }
    let mut bytes = Vec::new();
    // It may have grown since; one byte more than allowed is enough to know.
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(io)?;
    SourceText::from_bytes(&name, &bytes).map_err(|refused| FileError::from(*refused))
}

/// Reads the text of a file that another one names, relative to that one, and says where it is; where
/// there is none, the name is what is wrong.
fn named_text<T: Document>(
    path: &Path,
    naming: &SourceText,
    key: &'static str,
    named: &str,
) -> Result<(PathBuf, SourceText), FileError> {
    let wrong = |rule: &'static Rule| {
        let finding = Diagnostic::new(rule, Pointer::root().key(key)).with("key", key).with("file", named);
        let parsed = parse::<T>(naming.clone());
        let mut findings = Findings::default();
        findings.take(&parsed);
        findings.add(Diagnostics::from(vec![finding]), &parsed);
        FileError::from(findings)
    };
    let relative = Path::new(named);
    if relative.components().any(|part| matches!(part, Component::Prefix(_) | Component::RootDir)) {
        return Err(wrong(&rules::REFERENCE_NOT_RELATIVE));
    }
    let found = beside(path, relative);
    if matches!(fs::metadata(&found), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Err(wrong(&rules::REFERENCED_FILE_MISSING));
    }
    let source = text(&found)?;
    Ok((found, source))
}

/// The path of a file that another one names.
fn beside(path: &Path, relative: &Path) -> PathBuf {
    let mut found = path.parent().map(Path::to_path_buf).unwrap_or_default();
    for part in relative.components() {
        match part {
            Component::CurDir => {}
            // `a/../b` is shown as `b`; where nothing is left to take away, the dots stay.
            Component::ParentDir if matches!(found.components().next_back(), Some(Component::Normal(_))) => {
                found.pop();
            }
            part => found.push(part),
        }
    }
    found
}
