//! The chain of hashes: what is genuine is sound, and whatever is done to it is found and named.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sop_engine::Key;
use sop_engine::Opening;
use sop_engine::audit::{Audit, Chain, Chained, Finding, Head, told, verify};
use sop_engine::core::case::{Cover, Event, RECORD_VERSION, Record, Salt};
use sop_engine::core::diagnostic::Language;
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{
    About, Batch, Body, CaseId, Checkpoint, Entry, KeyUse, MemoryStore, Position, ProcessNumber, Scope, Store,
    StoreError,
};

use crate::office::{Office, engine_on, key, person, straight};
use crate::wrapped::Of;

/// A log that somebody had in their hands.
pub(crate) struct Doctored {
    pub(crate) entries: Vec<Entry>,
    pub(crate) genuine: MemoryStore,
    pub(crate) lost: Option<Hash>,
}

impl Store for Doctored {
    fn append(&mut self, _: Batch) -> Of<Position> {
        Err(StoreError::read_only("it is only looked at"))
    }
    fn last(&self) -> Of<Position> {
        Ok(Position(self.entries.len() as u64))
    }
    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Of<()>) -> Of<()> {
        self.entries.iter().skip(after.0 as usize).try_for_each(|entry| visit(entry.clone()))
    }
    fn entry(&self, at: Position) -> Of<Option<Entry>> {
        Ok(self.entries.get(at.0 as usize - 1).cloned())
    }
    fn history(&self, case: CaseId) -> Of<Vec<Entry>> {
        self.genuine.history(case)
    }
    fn opening(&self, case: CaseId) -> Of<Option<Entry>> {
        self.genuine.opening(case)
    }
    fn find_key(&self, scope: Scope, key: &Key) -> Of<Option<Entry>> {
        self.genuine.find_key(scope, key)
    }
    fn blob(&self, hash: &Hash) -> Of<Option<Vec<u8>>> {
        if self.lost == Some(*hash) { Ok(None) } else { self.genuine.blob(hash) }
    }
    fn reindex(&mut self, _: &[IndexChange]) {}
    fn work(&self, _: &[Queue], _: Option<WorkKey>, _: usize) -> Of<Vec<WorkKey>> {
        Ok(Vec::new())
    }
    fn due(&self, _: Instant, _: usize) -> Of<Vec<Alarm>> {
        Ok(Vec::new())
    }
    fn next_due(&self) -> Of<Option<Instant>> {
        Ok(None)
    }
    fn save_checkpoint(&mut self, _: Checkpoint) -> Of<()> {
        Ok(())
    }
    fn load_checkpoint(&self) -> Of<Option<Checkpoint>> {
        Ok(None)
    }
    fn is_read_only(&self) -> bool {
        true
    }
}

/// A genuine log: three cases of the narasumber procedure in turn, with values, notes, keys, remarks, and one that ends.
struct Genuine {
    store: MemoryStore,
    entries: Vec<Entry>,
    head: Head,
}

fn office() -> (Office, MemoryStore) {
    let store = MemoryStore::chained();
    let (engine, clock, procedure) = Office::on(store.clone());
    (Office { engine, clock, store: store.clone(), procedure }, store)
}

fn genuine() -> Genuine {
    let (office, store) = office();
    let (first, second) = (office.start().case, office.start().case);
    for (place, (by, completion, minutes)) in straight().into_iter().enumerate() {
        office.pass(minutes);
        office.complete(office.wait(first), by, &completion.clone().note(format!("catatan {place}"))).unwrap();
        if place < 6 {
            office.complete(office.wait(second), by, &completion).unwrap();
        }
        if place == 3 {
            office.engine.start(&office.procedure, &person("tamu"), &Opening::about("z"), &key("z")).unwrap().unwrap();
        }
    }
    office.engine.comment(first, &person("tamu"), "terima kasih", &key("k")).unwrap().unwrap();
    office.engine.comment(second, &person("tamu"), "lama sekali", None).unwrap().unwrap();
    let entries = log(&store);
    let head = office.engine.audit_head().unwrap().unwrap();
    Genuine { store, entries, head }
}

pub(crate) fn log(store: &MemoryStore) -> Vec<Entry> {
    let mut entries = Vec::new();
    store
        .scan(Position(0), &mut |entry| {
            entries.push(entry);
            Ok(())
        })
        .unwrap();
    entries
}

impl Genuine {
    /// What is found where somebody has done something to the entries, and closed the gaps between their places.
    fn audited(&self, kept: &[Head], change: impl FnOnce(&mut Vec<Entry>)) -> Audit {
        let mut entries = self.entries.clone();
        change(&mut entries);
        for (entry, place) in entries.iter_mut().zip(1..) {
            entry.position = Position(place);
        }
        verify(&Doctored { entries, genuine: self.store.clone(), lost: None }, kept).unwrap()
    }

    fn found(&self, change: impl FnOnce(&mut Vec<Entry>)) -> Vec<Finding> {
        self.audited(&[], change).findings
    }

    /// Places from which on the heads are those of what was recorded until then.
    fn last(&self) -> usize {
        self.entries.len() - 1
    }
}

fn text(entry: &Entry) -> String {
    String::from_utf8(entry.body.to_json().unwrap().into_owned()).unwrap()
}

fn reword(entry: &mut Entry, from: &str, to: &str) {
    let text = text(entry);
    assert!(text.contains(from), "{text}");
    entry.body = Body::from_json(text.replacen(from, to, 1).into_bytes());
}

/// Chains entries from a place on anew, as the store would have done.
fn rechain(entries: &mut [Entry], from: usize, upto: usize) {
    let mut chain = Chain::new();
    for entry in entries.iter().take(from) {
        chain.take_entry(entry).unwrap();
    }
    for entry in entries.iter_mut().take(upto).skip(from) {
        entry.chained = Some(chain.take_entry(entry).unwrap());
    }
}

#[test]
fn what_is_genuine_is_sound_and_stays_so() {
    let genuine = genuine();
    let kept = [genuine.head, Head { position: Position(3), hash: genuine.entries[2].chained.unwrap().head }];
    let audit = genuine.audited(&kept, |_| {});
    assert_eq!(
        audit,
        Audit { entries: genuine.entries.len() as u64, archived: 0, head: Some(genuine.head), findings: Vec::new() }
    );
    let engine =
        engine_on(genuine.store.clone(), &sop_engine::Clock::simulated(crate::office::at(crate::office::MONDAY)));
    assert!(engine.verify_audit(&kept).unwrap().is_sound());
    engine.comment(CaseId(2), &person("tamu"), "lagi", None).unwrap().unwrap();
    let audit = engine.verify_audit(&kept).unwrap();
    assert_eq!((audit.entries, audit.is_sound()), (genuine.entries.len() as u64 + 1, true));
    assert_eq!(audit.head, engine.audit_head().unwrap());
    assert_eq!(genuine.head.to_string().parse::<Head>(), Ok(genuine.head));
    assert!("12 sha256:00".parse::<Head>().is_err());
}

#[test]
fn a_store_that_does_not_chain_says_so() {
    let office = Office::narasumber();
    assert_eq!(office.engine.audit_head().unwrap(), None);
    let error = office.engine.verify_audit(&[]).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("does not chain"), "{error}");
}

#[test]
fn every_entry_that_is_altered_is_named() {
    let genuine = genuine();
    for (place, entry) in genuine.entries.iter().enumerate() {
        let at = entry.position;
        // One digit of the year in which it was decided.
        let findings = genuine.found(|entries| reword(&mut entries[place], "\"at\":\"2026", "\"at\":\"2027"));
        let altered = |about| Finding::Altered { at, about };
        match entry.about {
            // The cases that follow a deployment are bound to what it says.
            About::Deployment => {
                assert_eq!(findings[0], altered(entry.about));
                let opened = findings.iter().skip(1).map(|finding| match finding {
                    Finding::Altered { about: About::Case { version: 1, case, .. }, .. } => case.0,
                    other => panic!("{other:?}"),
                });
                assert_eq!(opened.collect::<Vec<_>>(), [1, 2, 3]);
            }
            _ => assert_eq!(findings, [altered(entry.about)]),
        }
        if let About::Case { case, version, process } = entry.about {
            let other = About::Case { case, version, process: ProcessNumber(process.0 + 1) };
            assert_eq!(genuine.found(|entries| entries[place].about = other), [altered_as(at, other)]);
        }
        let used = KeyUse { scope: Scope::Store, key: key("lain"), command: sop_engine::store::Fingerprint([0; 16]) };
        assert_eq!(genuine.found(|entries| entries[place].key = Some(used)), [altered(entry.about)]);
        assert_eq!(genuine.found(|entries| entries[place].chained = None).first().map(Finding::at), Some(at));
    }
}

fn altered_as(at: Position, about: About) -> Finding {
    Finding::Altered { at, about }
}

/// The verdict and the process under which a case ran are bound by its links.
#[test]
fn another_verdict_or_process_shows_in_every_case() {
    let genuine = genuine();
    let deployment = genuine.entries.iter().position(|entry| entry.about == About::Deployment).unwrap();
    for (from, to) in [
        (r#""guarantee":"unattended","verdict":"refuted""#, r#""guarantee":"unattended","verdict":"proved""#),
        (r#""process":"sha256:2"#, r#""process":"sha256:3"#),
    ] {
        let mended = genuine.found(|entries| {
            reword(&mut entries[deployment], from, to);
            // Also where the entry itself is mended.
            let upto = deployment + 1;
            rechain(entries, deployment, upto);
        });
        let cases: BTreeSet<u64> = mended
            .iter()
            .filter_map(|finding| match finding {
                Finding::Altered { about: About::Case { case, version: 1, .. }, .. } => Some(case.0),
                _ => None,
            })
            .collect();
        assert_eq!(cases, [1, 2, 3].into(), "{mended:#?}");
    }
}

#[test]
fn an_entry_that_is_altered_and_mended_breaks_what_comes_after_it() {
    let genuine = genuine();
    for place in 0..genuine.last() {
        let alter = |entries: &mut Vec<Entry>| reword(&mut entries[place], "\"at\":\"2026", "\"at\":\"2027");
        let mended = genuine.found(|entries| {
            alter(entries);
            rechain(entries, place, place + 1);
        });
        // The next entry does not follow it.
        assert!(mended.contains(&Finding::RemovedBefore { at: Position(place as u64 + 2) }), "{place}: {mended:?}");
        // All of it computed anew is another log, which a head shows that was kept.
        let audit = |kept: &[Head]| {
            genuine.audited(kept, |entries| {
                alter(entries);
                let all = entries.len();
                rechain(entries, place, all);
            })
        };
        assert!(audit(&[]).is_sound());
        let found = audit(&[]).head.unwrap().hash;
        assert_eq!(audit(&[genuine.head]).findings, [Finding::Forked { kept: genuine.head, found }]);
    }
}

#[test]
fn every_entry_that_is_removed_is_named() {
    let genuine = genuine();
    for (place, removed) in genuine.entries.iter().enumerate() {
        let findings = genuine.found(|entries| drop(entries.remove(place)));
        let at = Position(place as u64 + 1);
        if place == genuine.last() {
            assert_eq!(findings, []);
            let kept = genuine.head;
            let audit = genuine.audited(&[kept], |entries| drop(entries.remove(place)));
            assert_eq!(audit.findings, [Finding::CutShort { kept, last: Position(place as u64) }]);
            continue;
        }
        assert!(findings.contains(&Finding::RemovedBefore { at }), "{place}: {findings:?}");
        let About::Case { case, version, .. } = removed.about else { continue };
        let next = genuine.entries.iter().skip(place + 1).find(|entry| entry.about.case() == Some(case));
        if let Some(next) = next {
            let before = Position(next.position.0 - 1);
            assert!(findings.contains(&Finding::Removed { case, versions: version..=version, before }), "{findings:?}");
        }
        assert!(findings.len() <= 2, "{findings:?}");
    }
}

#[test]
fn several_entries_that_are_removed_together_are_named_once() {
    let genuine = genuine();
    let findings = genuine.found(|entries| drop(entries.drain(10..20)));
    assert!(findings.contains(&Finding::RemovedBefore { at: Position(11) }), "{findings:?}");
    let named: u32 = findings
        .iter()
        .map(|finding| match finding {
            Finding::Removed { versions, .. } => versions.clone().count() as u32,
            _ => 0,
        })
        .sum();
    assert!((5..=10).contains(&named), "{findings:?}");
}

#[test]
fn every_entry_that_is_put_in_is_named() {
    let genuine = genuine();
    for place in 3..genuine.last() {
        // A remark that nobody made, of a case that goes on: as well forged as can be, and as another entry's copy.
        for is_forged in [true, false] {
            let about = About::Case { case: CaseId(2), version: 90, process: ProcessNumber(1) };
            let findings = genuine.found(|entries| {
                let mut put_in = entries[3].clone();
                if is_forged {
                    put_in.about = about;
                }
                entries.insert(place, put_in);
                if is_forged {
                    rechain(entries, place, place + 1);
                }
            });
            // Of two that are the same and stand together, the first may be the copy as well.
            let at = Position(if !is_forged && place == 4 { 4 } else { place as u64 + 1 });
            let about = if is_forged { about } else { genuine.entries[3].about };
            assert!(findings.contains(&Finding::Inserted { at, about }), "{place} {is_forged}: {findings:#?}");
        }
    }
}

#[test]
fn entries_in_another_order_are_named() {
    let genuine = genuine();
    let moved = |from: usize, to: usize| {
        let findings = genuine.found(|entries| {
            let entry = entries.remove(from);
            entries.insert(to, entry);
        });
        assert!(
            findings.iter().any(|finding| matches!(finding, Finding::Reordered { .. })),
            "{from} to {to}: {findings:#?}"
        );
        assert!(!findings.iter().any(|finding| matches!(finding, Finding::Inserted { .. })), "{findings:#?}");
        let near = |finding: &Finding| {
            let at = finding.at().0 as usize;
            at + 2 >= from.min(to) && at <= from.max(to) + 2
        };
        let is_order =
            |finding: &&Finding| matches!(finding, Finding::Reordered { .. } | Finding::RemovedBefore { .. });
        assert!(findings.iter().filter(is_order).all(near), "{from} to {to}: {findings:#?}");
    };
    for from in 2..genuine.last() - 1 {
        moved(from, from + 1);
        for to in (2..genuine.last() - 1).step_by(5).filter(|to| *to != from) {
            moved(from, to);
        }
    }
}

#[test]
fn a_text_that_is_lost_is_named_with_the_entry_that_needs_it() {
    let genuine = genuine();
    let deployment = genuine.entries.iter().find(|entry| entry.about == About::Deployment).unwrap();
    let certificate = text(deployment).split(r#""certificate":""#).nth(1).unwrap()[..71].parse_hash();
    let lost = Doctored { entries: genuine.entries.clone(), genuine: genuine.store.clone(), lost: Some(certificate) };
    let findings = verify(&lost, &[]).unwrap().findings;
    assert_eq!(findings, [Finding::Text { at: deployment.position, text: certificate }]);
    let told = findings[0].explain(Language::Indonesian);
    assert!(told.starts_with("Naskah ") && told.ends_with("hilang atau telah diubah."), "{told}");
}

trait ParseHash {
    fn parse_hash(&self) -> Hash;
}

impl ParseHash for str {
    fn parse_hash(&self) -> Hash {
        Hash::parse(self).unwrap()
    }
}

/// The form of the chain is kept for decades, and other programs can compute it: these were, by one in another language.
#[test]
fn the_form_of_the_chain_is_what_it_was() {
    let deployment = Hash::of(br#"{"number":1}"#);
    let mut chain = Chain::new();
    let first = chain.take(&About::Deployment, None, &deployment);
    let events = vec![
        Event::Commented { by: "wulan".parse().unwrap(), text: "Halo".into() },
        Event::FieldSet { field: "nilai".parse().unwrap(), value: 5_000_000.into() },
        Event::Finished,
    ];
    let at = "2026-01-12T08:00:00+07:00".parse().unwrap();
    let mut record = Record {
        v: RECORD_VERSION,
        definition: "cerita".parse().unwrap(),
        at,
        events,
        covers: Vec::new(),
        archived: None,
    };
    record.cover(|number| Salt([number as u8 + 1; 16]));
    let about = About::Case { case: CaseId(7), version: 1, process: ProcessNumber(1) };
    let command = sop_engine::store::Fingerprint([9; 16]);
    let used = KeyUse { scope: Scope::Case(CaseId(7)), key: key("klik-1"), command };
    let json = |record: &Record| serde_json::to_vec(record).unwrap();
    let whole = told(&about, &json(&record)).unwrap();
    let second = chain.take(&about, Some(&used), &whole);
    let known = |text: &str| Hash::parse(text).unwrap();
    assert_eq!(
        first,
        Chained {
            link: known("sha256:00afdce77a1c9ef06559904360445162ee0a4166c3b90a21aed6cbb18e6192ba"),
            head: known("sha256:8fc1a249955a1e975a3f0530d875cb497491dbf8c2f614c1867d9e4f37aed256"),
        }
    );
    assert_eq!(
        second,
        Chained {
            link: known("sha256:45785ecf3d21641c4b021bd74b8243e33d6e16a7bcf54b7b444d64da535c7689"),
            head: known("sha256:9054796e8bba9f571a22f352af569975470a809aae331a6da5934028cc44caba"),
        }
    );
    // And it is the same when something was erased, whichever.
    for which in [true, false] {
        let mut less = record.clone();
        let erased =
            less.erase(|personal| which == matches!(personal, sop_engine::core::case::Personal::Text)).unwrap();
        assert_eq!((erased, told(&about, &json(&less)).unwrap()), (1, whole));
        assert!(less.covers.iter().any(|cover| matches!(cover, Cover::Erased(_))));
        assert_eq!(less.erase(|_| true).map(|more| (more, less.covers.len())), Ok((1, 2)));
        assert_eq!(told(&about, &json(&less)).unwrap(), whole);
        assert!(!String::from_utf8(json(&less)).unwrap().contains("Halo"));
    }
    // What was erased cannot be put back as something else.
    let mut doctored = record.clone();
    doctored.erase(|_| true).unwrap();
    doctored.events[1] = Event::FieldSet { field: "nilai".parse().unwrap(), value: 1.into() };
    assert!(told(&about, &json(&doctored)).unwrap_err().is_damaged());
    doctored = record;
    doctored.covers.pop();
    assert!(told(&about, &json(&doctored)).unwrap_err().to_string().contains("2 personal values and 1 covers"));
}

/// What happens to a log behind its store's back.
#[derive(Debug, Clone)]
enum Deed {
    Alter(usize),
    Remove(usize),
    Copy(usize, usize),
    Move(usize, usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let place = 0..1_000_usize;
    prop_oneof![
        place.clone().prop_map(Deed::Alter),
        place.clone().prop_map(Deed::Remove),
        (place.clone(), place.clone()).prop_map(|(from, to)| Deed::Copy(from, to)),
        (place.clone(), place).prop_map(|(from, to)| Deed::Move(from, to)),
    ]
}

proptest! {
    /// However much is done, something is found, unless it comes to nothing or only takes from the end.
    #[test]
    fn whatever_is_done_is_found(deeds in prop::collection::vec(deed(), 1..4)) {
        let genuine = genuine_once();
        let kept = [genuine.head];
        let mut after = Vec::new();
        let audit = genuine.audited(&kept, |entries| {
            for deed in &deeds {
                let many = entries.len().max(1);
                let place = |number: &usize| number % many;
                match deed {
                    Deed::Alter(at) => {
                        let at = place(at);
                        let text = text(&entries[at]);
                        entries[at].body = Body::from_json(text.replacen("2026", "2036", 1).into_bytes());
                    }
                    Deed::Remove(at) => drop(entries.remove(place(at))),
                    Deed::Copy(from, to) => {
                        let copy = entries[place(from)].clone();
                        entries.insert(place(to), copy);
                    }
                    Deed::Move(from, to) => {
                        let entry = entries.remove(place(from));
                        entries.insert(place(to).min(entries.len()), entry);
                    }
                }
            }
            after = entries.iter().map(text).collect();
        });
        let before: Vec<String> = genuine.entries.iter().map(text).collect();
        prop_assert_eq!(audit.is_sound(), after == before, "{:?}", audit.findings);
    }
}

fn genuine_once() -> &'static Genuine {
    static ONCE: std::sync::OnceLock<Genuine> = std::sync::OnceLock::new();
    ONCE.get_or_init(genuine)
}

#[test]
fn what_is_found_is_told_in_both_languages() {
    let genuine = genuine();
    let findings = genuine.found(|entries| {
        reword(&mut entries[6], "\"at\":\"2026", "\"at\":\"2027");
        entries.remove(12);
    });
    for finding in &findings {
        let [id, en] = [Language::Indonesian, Language::English].map(|language| finding.explain(language));
        assert!(id != en && id.ends_with('.') && en.ends_with('.'), "{id} {en}");
        assert_eq!(finding.to_string(), id);
    }
    assert_eq!(findings[0].to_string(), "Catatan 7 (permohonan 1, ke-3) telah diubah: isinya bukan lagi yang dicatat.");
}
