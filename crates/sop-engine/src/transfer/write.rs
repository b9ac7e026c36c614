//! Writing an export.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;
use sop_core::process::Hash;

use super::line::{Chain, EntryLine, Header, Kind, Line, TextLine, ending};
use super::{ExportError, Exported, VERSION};
use crate::engine::named_texts;
use crate::store::{self, CaseId, Entry, Position, Store, StoreError};

/// The texts that were written already.
pub(crate) type Given = BTreeSet<Hash>;

/// An entry, with those texts it names that no entry before it named.
#[derive(Debug)]
pub(crate) struct Told {
    entry: Entry,
    texts: Vec<(Hash, String)>,
}

/// Writes a whole log, up to the entry that is the last when this is called. What is appended meanwhile, by a store's
/// other handles, does not matter.
///
/// An engine has its own way to [export](crate::Engine::export) while commands go on.
///
/// # Errors
/// What the store fails with when it is read, [`StoreError::is_damaged`] where an entry names a text that is missing or
/// does not say one line of JSON, and what `to` fails with.
pub fn export(store: &dyn Store, to: &mut dyn Write) -> Result<Exported, ExportError> {
    let last = store.last()?;
    write_log(last, to, |after, given| portion(store, after, last, given))
}

/// Writes the log up to a place, as it is read portion by portion.
pub(crate) fn write_log(
    last: Position,
    to: &mut dyn Write,
    mut read: impl FnMut(Position, &mut Given) -> Result<Vec<Told>, StoreError>,
) -> Result<Exported, ExportError> {
    let mut lines = Lines::begin(to, &Header { sop: Kind::Log, v: VERSION, case: None, entries: last.0 })?;
    let mut given = Given::new();
    let mut after = Position::default();
    while after < last {
        for told in read(after, &mut given)? {
            lines.told(&told)?;
            after = told.entry.position;
        }
    }
    lines.end()
}

/// Writes what there is to know of a case.
pub(crate) fn write_case(case: CaseId, told: &[Told], to: &mut dyn Write) -> Result<Exported, ExportError> {
    let header = Header { sop: Kind::Case, v: VERSION, case: Some(case), entries: told.len() as u64 };
    let mut lines = Lines::begin(to, &header)?;
    for told in told {
        lines.told(told)?;
    }
    lines.end()
}

/// Writes cases for an archive, as they are read one by one: how many entries there are in all is said before.
pub(crate) fn write_archive(
    entries: u64,
    to: &mut dyn Write,
    mut read: impl FnMut() -> Result<Option<Vec<Told>>, StoreError>,
) -> Result<Exported, ExportError> {
    let header = Header { sop: Kind::Archive, v: VERSION, case: None, entries };
    let mut lines = Lines::begin(to, &header)?;
    while let Some(told) = read()? {
        for told in &told {
            lines.told(told)?;
        }
    }
    lines.end()
}

/// Reads the entries after a place, some of them, and none after `last`. There is at least one, unless there is none to
/// come.
pub(crate) fn portion(
    store: &dyn Store,
    after: Position,
    last: Position,
    given: &mut Given,
) -> Result<Vec<Told>, StoreError> {
    let (entries, read) = store::portion(store, after, last);
    read?;
    let missing = |at| StoreError::damaged(format!("entry {at} of the log is missing"));
    let mut expected = after.next();
    for entry in &entries {
        if entry.position != expected {
            return Err(missing(expected));
        }
        expected = expected.next();
    }
    if expected == after.next() {
        return Err(missing(expected));
    }
    entries.into_iter().map(|entry| Told::of(entry, store, given)).collect()
}

impl Told {
    /// An entry with the texts that it names and that were not given yet.
    pub(crate) fn of(entry: Entry, store: &dyn Store, given: &mut Given) -> Result<Self, StoreError> {
        let mut texts = Vec::new();
        for hash in named_texts(&entry)? {
            if !given.insert(hash) {
                continue;
            }
            let lost =
                |how| StoreError::damaged(format!("entry {} names the text {hash}, which {how}", entry.position));
            let content = store.blob(&hash)?.ok_or_else(|| lost("is missing"))?;
            texts.push((hash, String::from_utf8(content).map_err(|_| lost("is no text"))?));
        }
        Ok(Self { entry, texts })
    }
}

/// Where the lines go.
struct Lines<'a> {
    to: &'a mut dyn Write,
    chain: Chain,
    entries: u64,
    texts: u64,
}

impl<'a> Lines<'a> {
    fn begin(to: &'a mut dyn Write, header: &Header) -> Result<Self, ExportError> {
        let mut lines = Self { to, chain: Chain::new(), entries: 0, texts: 0 };
        lines.put(header)?;
        Ok(lines)
    }

    fn told(&mut self, told: &Told) -> Result<(), ExportError> {
        for (hash, content) in &told.texts {
            self.put(&Line::Text(TextLine { hash: *hash, content: content.into() }))?;
            self.texts += 1;
        }
        let body = told.entry.body.to_json()?;
        let Some(entry) = EntryLine::of(&told.entry, &body) else {
            let at = told.entry.position;
            return Err(StoreError::damaged(format!("entry {at} of the log does not say one line of JSON")).into());
        };
        self.put(&Line::Entry(entry))?;
        self.entries += 1;
        Ok(())
    }

    fn put(&mut self, line: &impl Serialize) -> Result<(), ExportError> {
        self.chain.begin();
        serde_json::to_writer(&mut self.chain.buffer, line)
            .map_err(|error| StoreError::damaged("a line of the export cannot be written").because(error))?;
        // The sum goes where the object ends.
        self.chain.buffer.pop();
        let sum = self.chain.sum_of_buffer();
        self.chain.buffer.extend_from_slice(ending(sum).as_bytes());
        self.chain.buffer.push(b'\n');
        self.to.write_all(self.chain.line())?;
        self.chain.sum = Some(sum);
        Ok(())
    }

    fn end(self) -> Result<Exported, ExportError> {
        self.to.flush()?;
        let sum = self.chain.sum.unwrap_or_else(|| Hash::of(&[]));
        Ok(Exported { entries: self.entries, texts: self.texts, sum })
    }
}
