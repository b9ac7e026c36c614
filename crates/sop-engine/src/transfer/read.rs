//! Reading an export.

use std::collections::BTreeSet;
use std::io::{BufRead, Read};
use std::sync::Arc;

use serde::Deserialize;
use sop_core::process::Hash;

use super::line::{BEFORE, Chain, ENDING, EntryLine, Header, Kind, Line, TextLine, ending};
use super::{Exported, ImportError, ImportTrouble, READS};
use crate::audit;
use crate::engine::named_texts;
use crate::store::{About, Batch, Body, ByCase, Entry, NewEntry, Position, Store, StoreError, blob_hash};

/// The number of entries that are committed in one go, and so how many are in memory at a time.
const AT_ONCE: usize = 1_024;

/// The longest first line, in bytes: what is no export is not read to its end.
const LONGEST_HEADER: u64 = 4_096;

/// Reads an export of a whole log into an empty store. An engine that is opened on it then has the same cases,
/// histories, registers, keys and timers as the one that it came from.
///
/// The export is read once and in portions of 1,024 entries, each committed when all its lines were found to be what was
/// exported; an export of no more is imported wholly or not at all. Memory holds a portion, and a few bytes for each
/// case. Whoever wants to know before anything is written [checks](check) it first.
///
/// # Errors
/// [`ImportError`] names the line, what is wrong with it, and what to do; and says whether the store is as it was, or
/// has to be thrown away. A store that is not empty is left as it is.
pub fn import(store: &mut dyn Store, from: impl BufRead) -> Result<Exported, ImportError> {
    let refused = |trouble| ImportError { line: 0, trouble, is_partly_written: false };
    let last = store.last().map_err(|error| refused(ImportTrouble::Store(error)))?;
    if last != Position::default() {
        return Err(refused(ImportTrouble::NotEmpty { last }));
    }
    let (mut written, mut is_unsure) = (false, false);
    let mut lines = Lines { from, chain: Chain::new(), at: 0 };
    let read = read(&mut lines, &mut |batch| match store.append(batch) {
        Ok(_) => {
            written = true;
            Ok(())
        }
        Err(error) => {
            // A connection may break after the store has written.
            is_unsure = error.is_unavailable();
            Err(error)
        }
    });
    read.map_err(|trouble| ImportError { line: lines.at, trouble, is_partly_written: written || is_unsure })
}

/// Reads an export of a whole log, and says whether an empty store would take it.
///
/// # Errors
/// As for [`import`].
pub fn check(from: impl BufRead) -> Result<Exported, ImportError> {
    let mut lines = Lines { from, chain: Chain::new(), at: 0 };
    let read = read(&mut lines, &mut |_| Ok(()));
    read.map_err(|trouble| ImportError { line: lines.at, trouble, is_partly_written: false })
}

/// What comes next.
enum Found<'a> {
    /// A line, and whether it is what was exported.
    Line(&'a [u8], bool),
    /// The beginning of one.
    Cut,
    /// Nothing.
    End,
}

/// The lines of an export.
struct Lines<R> {
    from: R,
    chain: Chain,
    /// The line that was read last.
    at: u64,
}

/// Any export's first line.
#[derive(Deserialize)]
struct Beginning {
    sop: Kind,
    v: u32,
}

impl<R: BufRead> Lines<R> {
    /// Reads a line of at most so many bytes. False: there is none.
    fn read(&mut self, most: u64) -> Result<bool, ImportTrouble> {
        self.chain.begin();
        let read = (&mut self.from).take(most).read_until(b'\n', &mut self.chain.buffer);
        let is_any = read.map_err(ImportTrouble::Read)? > 0;
        self.at += u64::from(is_any);
        Ok(is_any)
    }

    /// Takes its sum off the line that was read, and looks whether it is the right one.
    fn unseal(&mut self) -> Found<'_> {
        let Chain { sum, buffer } = &mut self.chain;
        if buffer.pop() != Some(b'\n') {
            return Found::Cut;
        }
        let length = buffer.len().saturating_sub(ENDING).max(BEFORE);
        let said = buffer.split_off(length);
        let is = Hash::of(buffer);
        *sum = Some(is);
        buffer.push(b'}');
        Found::Line(self.chain.line(), ending(is).as_bytes() == said)
    }

    fn next(&mut self) -> Result<Found<'_>, ImportTrouble> {
        Ok(if self.read(u64::MAX)? { self.unseal() } else { Found::End })
    }

    /// Reads the first line of an export of one kind, and gives how many entries follow.
    fn header(&mut self, kind: Kind) -> Result<u64, ImportTrouble> {
        // A later version may end its lines otherwise, so that this is looked at first.
        self.read(LONGEST_HEADER)?;
        let beginning: Beginning = serde_json::from_slice(self.chain.line()).map_err(|_| ImportTrouble::NotAnExport)?;
        if !READS.contains(&beginning.v) {
            return Err(ImportTrouble::OtherVersion { version: beginning.v });
        }
        match self.unseal() {
            Found::Line(line, true) => {
                let header: Header = serde_json::from_slice(line).map_err(unreadable)?;
                match beginning.sop {
                    found if found == kind => Ok(header.entries),
                    Kind::Log => Err(ImportTrouble::NotAnArchive),
                    Kind::Case => Err(ImportTrouble::OfOneCase { case: header.case }),
                    Kind::Archive => Err(ImportTrouble::AnArchive),
                }
            }
            Found::Line(_, false) => Err(ImportTrouble::Altered),
            Found::Cut | Found::End => Err(ImportTrouble::NotAnExport),
        }
    }
}

/// What was read of an export.
#[derive(Default)]
struct Contents {
    entries: u64,
    given: BTreeSet<Hash>,
    /// The texts for the next entry.
    texts: Vec<(Hash, Arc<[u8]>)>,
    /// The number of entries that each case has.
    versions: ByCase<u32>,
    /// What was not handed on yet.
    batch: Batch,
    chain: audit::Chain,
    /// Tells whether the entries so far have links; none where there was none yet.
    is_chained: Option<bool>,
}

impl Contents {
    /// Takes a line in.
    fn take(&mut self, line: &[u8], is_as_exported: bool) -> Result<(), ImportTrouble> {
        let line = serde_json::from_slice::<Line<'_>>(line);
        if !is_as_exported {
            // Where it is merely not the next, that says more.
            return Err(match line {
                Ok(Line::Entry(entry)) if entry.at != self.next() => self.gap(entry.at),
                _ => ImportTrouble::Altered,
            });
        }
        match line.map_err(unreadable)? {
            Line::Text(text) => self.text(&text),
            Line::Entry(entry) => self.entry(&entry),
        }
    }

    fn text(&mut self, text: &TextLine<'_>) -> Result<(), ImportTrouble> {
        let content = text.content.as_bytes();
        let (said, is) = (text.hash, blob_hash(content));
        if said != is {
            return Err(ImportTrouble::WrongText { said, is });
        }
        if !self.given.insert(is) {
            return Err(ImportTrouble::TextNotNamed { hash: is });
        }
        self.texts.push((is, content.into()));
        Ok(())
    }

    fn entry(&mut self, line: &EntryLine<'_>) -> Result<(), ImportTrouble> {
        if line.at != self.next() {
            return Err(self.gap(line.at));
        }
        let entry = line.to_entry().map_err(|why| ImportTrouble::Unreadable { why })?;
        let named = named_texts(&entry).map_err(|error| ImportTrouble::Unreadable { why: error.to_string() })?;
        // Each text comes just before the first entry that names it, so that an import's export is the same again.
        for (hash, content) in self.texts.drain(..) {
            if !named.contains(&hash) {
                return Err(ImportTrouble::TextNotNamed { hash });
            }
            self.batch.blobs.push(content);
        }
        if let Some(&hash) = named.iter().find(|hash| !self.given.contains(hash)) {
            return Err(ImportTrouble::TextMissing { hash });
        }
        if let About::Case { case, version, .. } = entry.about {
            let held = self.versions.entry(case).or_default();
            if held.checked_add(1) != Some(version) {
                return Err(ImportTrouble::CaseGap { case, held: *held, found: version });
            }
            *held = version;
        }
        if *self.is_chained.get_or_insert(line.link.is_some()) != line.link.is_some() {
            return Err(ImportTrouble::NotChained { at: entry.position });
        }
        if let Some(link) = line.link {
            let chained =
                self.chain.take_entry(&entry).map_err(|error| ImportTrouble::Unreadable { why: error.to_string() })?;
            if chained.link != link {
                return Err(ImportTrouble::NotChained { at: entry.position });
            }
        }
        let Entry { about, key, mut body, .. } = entry;
        // The first version has no covers, without which nothing could be erased once it is chained.
        if line.link.is_none() {
            let json = body.to_json().map_err(ImportTrouble::Store)?;
            if let Some(covered) = audit::with_covers(&about, &json).map_err(ImportTrouble::Store)? {
                body = Body::from_json(covered);
            }
        }
        self.batch.entries.push(NewEntry { about, key, body });
        self.entries += 1;
        Ok(())
    }

    fn next(&self) -> Position {
        Position(self.entries).next()
    }

    fn gap(&self, found: Position) -> ImportTrouble {
        ImportTrouble::Gap { expected: self.next(), found }
    }

    /// Hands on what was not handed on yet.
    fn flush(&mut self, keep: &mut dyn FnMut(Batch) -> Result<(), StoreError>) -> Result<(), ImportTrouble> {
        let mut batch = std::mem::take(&mut self.batch);
        if batch.entries.is_empty() {
            return Ok(());
        }
        batch.after = Some(Position(self.entries.saturating_sub(batch.entries.len() as u64)));
        keep(batch).map_err(ImportTrouble::Store)
    }
}

/// Reads an export to its end, and hands on what was read.
fn read<R: BufRead>(
    lines: &mut Lines<R>,
    keep: &mut dyn FnMut(Batch) -> Result<(), StoreError>,
) -> Result<Exported, ImportTrouble> {
    let expected = lines.header(Kind::Log)?;
    let mut contents = Contents::default();
    while contents.entries < expected {
        match lines.next()? {
            Found::Line(line, is_as_exported) => contents.take(line, is_as_exported)?,
            Found::Cut | Found::End => return Err(ImportTrouble::Truncated { found: contents.entries, expected }),
        }
        if contents.batch.entries.len() >= AT_ONCE && contents.entries < expected {
            contents.flush(keep)?;
        }
    }
    let sum = lines.chain.sum.unwrap_or_else(|| Hash::of(&[]));
    if lines.read(1)? {
        return Err(ImportTrouble::GoesOn);
    }
    contents.flush(keep)?;
    Ok(Exported { entries: contents.entries, texts: contents.given.len() as u64, sum })
}

/// Reads an archive to its end, and hands on its entries one by one. What each says is as it was written, and nothing is
/// known yet of whether that was ever on record.
///
/// # Errors
/// As for [`import`], and what `visit` fails with.
pub(crate) fn read_archive<R: BufRead, E>(
    from: R,
    mut visit: impl FnMut(Entry) -> Result<(), E>,
) -> Result<(), Result<ImportError, E>> {
    let mut lines = Lines { from, chain: Chain::new(), at: 0 };
    let mut next = |expected: &mut Option<u64>| -> Result<Option<Entry>, ImportTrouble> {
        let left = match expected {
            Some(left) => left,
            none => none.insert(lines.header(Kind::Archive)?),
        };
        while *left > 0 {
            let line = match lines.next()? {
                Found::Line(line, true) => serde_json::from_slice::<Line<'_>>(line).map_err(unreadable)?,
                Found::Line(_, false) => return Err(ImportTrouble::Altered),
                Found::Cut | Found::End => return Err(ImportTrouble::CutShort { missing: *left }),
            };
            match line {
                Line::Text(text) => {
                    let (said, is) = (text.hash, blob_hash(text.content.as_bytes()));
                    if said != is {
                        return Err(ImportTrouble::WrongText { said, is });
                    }
                }
                Line::Entry(entry) => {
                    *left -= 1;
                    return entry.to_entry().map(Some).map_err(|why| ImportTrouble::Unreadable { why });
                }
            }
        }
        if lines.read(1)? { Err(ImportTrouble::GoesOn) } else { Ok(None) }
    };
    let mut expected = None;
    loop {
        match next(&mut expected) {
            Ok(Some(entry)) => visit(entry).map_err(Err)?,
            Ok(None) => return Ok(()),
            Err(trouble) => return Err(Ok(ImportError { line: lines.at, trouble, is_partly_written: false })),
        }
    }
}

/// Reads the entries of an archive whatever has become of other lines of it: each is to be held against what is known of
/// it by whoever takes it.
///
/// # Errors
/// Where it is no archive, or cannot be read.
pub(crate) fn read_loosely<R: BufRead>(from: R, mut visit: impl FnMut(Entry)) -> Result<(), ImportError> {
    let mut lines = Lines { from, chain: Chain::new(), at: 0 };
    let error = |line, trouble| ImportError { line, trouble, is_partly_written: false };
    lines.header(Kind::Archive).map_err(|trouble| error(1, trouble))?;
    loop {
        let found = match lines.next() {
            Ok(Found::Line(line, _)) => serde_json::from_slice::<Line<'_>>(line).ok().and_then(|line| match line {
                Line::Entry(entry) => entry.to_entry().ok(),
                Line::Text(_) => None,
            }),
            Ok(Found::Cut | Found::End) => return Ok(()),
            Err(trouble) => return Err(error(lines.at, trouble)),
        };
        found.into_iter().for_each(&mut visit);
    }
}

fn unreadable(error: serde_json::Error) -> ImportTrouble {
    ImportTrouble::Unreadable { why: error.to_string() }
}
