//! Exports that something happened to, and stores that do not take them.

use std::io::{self, BufReader, Read};

use sop_engine::core::process::Hash;
use sop_engine::store::{
    About, Batch, Body, CaseId, Fingerprint, Key, KeyUse, MemoryStore, NewEntry, Position, ProcessNumber, Scope, Store,
    StoreError,
};
use sop_engine::transfer::{self, ImportError, ImportTrouble};

use crate::office::Office;
use crate::wrapped::Wrapped;

/// An entry as a store keeps it, with a key now and then.
fn entry(case: u64, version: u32) -> NewEntry {
    let key = (version % 2 == 1).then(|| KeyUse {
        scope: if version == 1 { Scope::Store } else { Scope::Case(CaseId(case)) },
        key: Key::new(format!("klik \"{case}/{version}\" é")).unwrap(),
        command: Fingerprint([200_u8.wrapping_add(version as u8); 16]),
    });
    let about = About::Case { case: CaseId(case), version, process: ProcessNumber(1) };
    let body = Body::from_json(format!(r#"{{"v":1, "n":1.50,"catatan":"{case}\u00e9é"}}"#).into_bytes());
    NewEntry { about, key, body }
}

/// A store with a directory and entries of two cases in turn.
fn store(entries: u32) -> MemoryStore {
    let mut store = MemoryStore::new();
    let directory = NewEntry { about: About::Directory, key: None, body: Body::from_json(*b"{}") };
    let of_cases = (2..=entries).map(|n| entry(u64::from(n % 2) + 1, n / 2));
    store.append(Batch { entries: [directory].into_iter().chain(of_cases).collect(), ..Batch::default() }).unwrap();
    store
}

fn export(store: &dyn Store) -> Vec<u8> {
    let mut text = Vec::new();
    transfer::export(store, &mut text).unwrap();
    text
}

/// Refused by both ways of reading it, with the same words, and the store is as it was.
fn refused(text: &[u8]) -> ImportError {
    let mut store = MemoryStore::new();
    let error = transfer::import(&mut store, text).unwrap_err();
    assert!(!error.is_partly_written && store.last().unwrap() == Position(0), "{error}");
    let checked = transfer::check(text).unwrap_err();
    assert_eq!(checked.to_string(), error.to_string());
    error
}

/// Lines without their sums.
fn contents(text: &[u8]) -> Vec<String> {
    let lines = std::str::from_utf8(text).unwrap().lines();
    lines.map(|line| format!("{}}}", line.rsplit_once(",\"sum\":").unwrap().0)).collect()
}

/// Gives lines the sums that they would have if they had been exported so.
fn sealed(contents: &[String]) -> Vec<u8> {
    let (mut text, mut sum) = (Vec::new(), [0; 32]);
    for line in contents {
        let line = line.strip_suffix('}').unwrap();
        let hash = Hash::of(&[&sum, line.as_bytes()].concat());
        sum = *hash.as_bytes();
        text.extend_from_slice(format!("{line},\"sum\":\"{hash}\"}}\n").as_bytes());
    }
    text
}

#[test]
fn an_import_is_the_same_byte_for_byte_however_many_entries_there_are() {
    for entries in [1, 2, 255, 256, 257, 1_023, 1_024, 1_025, 2_049] {
        let store = store(entries);
        let text = export(&store);
        assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), entries as usize + 1);
        let mut other = MemoryStore::new();
        transfer::import(&mut other, text.as_slice()).unwrap();
        assert!(export(&other) == text);
        for case in [1, 2] {
            let history = |store: &MemoryStore| format!("{:?}", store.history(CaseId(case)).unwrap());
            assert_eq!(history(&other), history(&store));
        }
        let key = Key::new("klik \"2/1\" é").unwrap();
        let found = |store: &MemoryStore| store.find_key(Scope::Store, &key).unwrap().map(|entry| entry.position);
        assert_eq!(found(&other), found(&store));
    }
    let empty = export(&MemoryStore::new());
    assert_eq!(transfer::import(&mut MemoryStore::new(), empty.as_slice()).unwrap().entries, 0);
}

#[test]
fn every_cut_is_noticed() {
    let text = export(&store(6));
    for length in 0..text.len() {
        let error = refused(&text[..length]);
        let first = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        match error.trouble {
            ImportTrouble::NotAnExport => assert!(length < first),
            ImportTrouble::Truncated { found, expected: 6 } => {
                let whole = text[..length].iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(found + 1, whole as u64);
            }
            _ => panic!("{length}: {error}"),
        }
    }
}

#[test]
fn every_altered_bit_is_noticed_in_its_line() {
    let text = export(&store(6));
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut altered = text.clone();
            altered[place] ^= 1 << bit;
            let line = text[..place].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            let error = refused(&altered);
            assert_eq!(error.line, line, "{place}: {error}");
        }
    }
}

#[test]
fn lines_that_are_missing_doubled_or_moved_are_noticed() {
    let text = export(&store(6));
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for at in 1..lines.len() {
        let mut missing = lines.clone();
        missing.remove(at);
        let error = refused(&missing.concat());
        let is_last = at + 1 == lines.len();
        match error.trouble {
            ImportTrouble::Gap { expected, found } => assert_eq!((expected.0, found.0), (at as u64, at as u64 + 1)),
            ImportTrouble::Truncated { found: 5, expected: 6 } => assert!(is_last),
            _ => panic!("{error}"),
        }
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        let error = refused(&doubled.concat());
        assert!(matches!(error.trouble, ImportTrouble::Gap { .. } | ImportTrouble::GoesOn), "{error}");
        if !is_last {
            let mut moved = lines.clone();
            moved.swap(at, at + 1);
            assert_eq!(refused(&moved.concat()).line, at as u64 + 1);
        }
    }
}

#[test]
fn what_is_no_export_of_this_version_is_said_to_be_that() {
    let first = |line: &str| refused(&sealed(&[line.to_owned()])).to_string();
    assert_eq!(
        refused(b"PK\x03\x04").to_string(),
        "line 1: this is no export of a store, or its beginning is missing: check the file; nothing was written"
    );
    assert!(matches!(refused(&[b'x'; 100_000]).trouble, ImportTrouble::NotAnExport));
    assert_eq!(
        first(r#"{"sop":"log","v":3,"entries":0,"more":true}"#),
        "line 1: the export is of version 3, and this program reads versions up to 2: use the program that wrote it, or a \
         later one; nothing was written"
    );
    let unknown = first(r#"{"sop":"log","v":1,"entries":0,"more":true}"#);
    assert!(unknown.starts_with("line 1: the line cannot be read: unknown field `more`"), "{unknown}");
    // Its sums may be made otherwise.
    assert!(matches!(
        refused(b"{\"sop\":\"log\",\"v\":3,\"crc\":1}\n").trouble,
        ImportTrouble::OtherVersion { version: 3 }
    ));
}

/// What happens to a line whose sums are made new, as by somebody who edits an export.
fn edited(from: &str, to: &str) -> String {
    let mut lines = contents(&export(&store(4)));
    assert!(lines[3].contains(from), "{}", lines[3]);
    lines[3] = lines[3].replacen(from, to, 1);
    refused(&sealed(&lines)).to_string()
}

#[test]
fn a_line_in_another_form_is_refused_by_name() {
    assert_eq!(
        edited(r#""at":3"#, r#""at":4"#),
        "line 4: entry 4 comes where entry 3 should: the log has a gap; take another copy, or export again; nothing \
         was written"
    );
    for (from, to, why) in [
        (r#""version":1"#, r#""version":-1"#, "invalid value"),
        (r#""about":"#, r#""of":"#, "unknown field `of`"),
        (r#""case":{"case""#, r#""berkas":{"case""#, "unknown variant `berkas`"),
        (r#""text":"klik"#, "\"text\":\"klik\\n", "an idempotency key has 1 to 128 bytes and no control characters"),
        (r#""command":"c9"#, r#""command":"C9"#, "a command is 32 hexadecimal digits"),
        (r#""body":{"#, r#""body":{{"#, "key must be a string"),
    ] {
        let said = edited(from, to);
        assert!(said.starts_with(&format!("line 4: the line cannot be read: {why}")), "{said}");
    }
    let said = edited(r#""version":1"#, r#""version":2"#);
    assert!(said.starts_with("line 4: entry 2 of case 2 comes after 0 of its entries"), "{said}");
}

#[test]
fn texts_come_once_before_who_names_them() {
    let office = Office::narasumber();
    let mut text = Vec::new();
    office.engine.export(&mut text).unwrap();
    let lines = contents(&text);
    let is_text = |line: &String| line.starts_with(r#"{"text":"#);
    let first = lines.iter().position(is_text).unwrap();
    assert_eq!(lines.iter().filter(|line| is_text(line)).count(), 4);
    let said = |lines: &[String]| refused(&sealed(lines));

    let mut missing = lines.clone();
    missing.remove(first);
    assert!(matches!(said(&missing).trouble, ImportTrouble::TextMissing { .. }));
    let mut doubled = lines.clone();
    doubled.insert(first, lines[first].clone());
    assert!(matches!(said(&doubled).trouble, ImportTrouble::TextNotNamed { .. }));
    let mut other = lines.clone();
    other[first] = other[first].replacen("narasumber", "narasumbar", 1);
    let error = said(&other);
    assert!(matches!(error.trouble, ImportTrouble::WrongText { .. }), "{error}");
    assert_eq!(error.line, first as u64 + 1);
    let stray = format!(r#"{{"text":{{"hash":"{}","content":"x"}}}}"#, Hash::of(b"x"));
    let mut unnamed = lines.clone();
    unnamed.insert(first, stray.clone());
    assert!(matches!(said(&unnamed).trouble, ImportTrouble::TextNotNamed { .. }));
    let mut behind = lines;
    behind.push(stray);
    assert!(matches!(said(&behind).trouble, ImportTrouble::GoesOn));
}

#[test]
fn a_store_that_holds_something_is_left_as_it_is() {
    let mut store = store(3);
    let before = export(&store);
    let error = transfer::import(&mut store, before.as_slice()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store holds 3 entries already, and an export goes into an empty one: make a new store; nothing was written"
    );
    assert!(export(&store) == before);
}

/// Reads so far, and then fails.
struct Breaking<'a>(&'a [u8]);

impl Read for Breaking<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            some => Ok(some),
        }
    }
}

#[test]
fn who_fails_half_way_is_told_to_throw_the_store_away() {
    let text = export(&store(2_000));
    let mut cut = MemoryStore::new();
    let error = transfer::import(&mut cut, &text[..text.len() - 10]).unwrap_err();
    assert!(error.is_partly_written && cut.last().unwrap() == Position(1_024));
    assert!(
        error.to_string().ends_with("a part was written: throw the store away, and import into a new one"),
        "{error}"
    );
    let error = transfer::import(&mut MemoryStore::new(), BufReader::new(Breaking(&text))).unwrap_err();
    assert!(matches!(error.trouble, ImportTrouble::Read(_)) && error.is_partly_written, "{error}");

    for (failure, is_unsure) in
        [(StoreError::read_only("for reading"), false), (StoreError::unavailable("the line is dead"), true)]
    {
        let append = Box::new(move |_: &mut MemoryStore, _| Err(failure.clone()));
        let mut failing = Wrapped { after_telling: None, inner: MemoryStore::new(), append };
        let error = transfer::import(&mut failing, text.as_slice()).unwrap_err();
        assert!(matches!(error.trouble, ImportTrouble::Store(_)), "{error}");
        assert_eq!(error.is_partly_written, is_unsure);
    }
}

#[test]
fn what_a_log_may_not_say_is_not_exported() {
    for body in ["{\"v\":\n1}", " {}", "{} ", "{", ""] {
        let mut store = MemoryStore::new();
        let entry = NewEntry { about: About::Directory, key: None, body: Body::from_json(body.as_bytes()) };
        store.append(Batch { entries: vec![entry], ..Batch::default() }).unwrap();
        let error = transfer::export(&store, &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "entry 1 of the log does not say one line of JSON", "{body:?}");
    }
}
