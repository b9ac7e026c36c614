//! S6: what was done under a key.

use sop_engine::Key;
use sop_engine::store::{CaseId, Fingerprint, Position, Scope};

use super::entries::{batch, entry, key, keyed, one, said};
use super::{Backend, End, Told, holds, same};

pub(super) fn a_key_leads_to_its_entry(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    for version in 1..=40 {
        let scope = if version == 1 { Scope::Store } else { Scope::Case(CaseId(1)) };
        store.append(batch([keyed(1, version, scope, &key(&format!("klik {version}"))?), entry(2, version)]))?;
    }
    for again in [false, true] {
        for version in 1..=40_u32 {
            let scope = if version == 1 { Scope::Store } else { Scope::Case(CaseId(1)) };
            let found = store.find_key(scope, &key(&format!("klik {version}"))?)?;
            let at = Position(u64::from(version) * 2 - 1);
            same(format!("the entry of key {version}"), one(found.clone())?, one(store.entry(at)?)?)?;
            let command = found.and_then(|entry| entry.key).map(|used| used.command);
            same("the command", command, Some(Fingerprint([version.to_le_bytes()[0]; 16])))?;
        }
        same("a key that nobody used", one(store.find_key(Scope::Case(CaseId(1)), &key("klik 41")?)?)?, None)?;
        if !again {
            drop(store);
            store = backend.open()?;
        }
    }
    Ok(End::Kept)
}

pub(super) fn scopes_do_not_meet(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let same_key = key("k")?;
    let scopes = [Scope::Store, Scope::Case(CaseId(1)), Scope::Case(CaseId(2))];
    store.append(batch([keyed(1, 1, Scope::Store, &same_key), entry(2, 1)]))?;
    store.append(batch([keyed(1, 2, scopes[1], &same_key)]))?;
    store.append(batch([keyed(2, 2, scopes[2], &same_key)]))?;
    for (scope, place) in scopes.into_iter().zip([1, 3, 4]) {
        let found = store.find_key(scope, &same_key)?.map(|entry| entry.position);
        same(format!("the key in {scope:?}"), found, Some(Position(place)))?;
    }
    same("the key in another case", one(store.find_key(Scope::Case(CaseId(3)), &same_key)?)?, None)?;
    Ok(End::Kept)
}

pub(super) fn keys_of_every_form_are_found(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let longest = "é".repeat(Key::MAX_BYTES / 2);
    let forms = ["k", "K", " k", "k ", "ключ 🗂", "'; DROP TABLE log; --", "%", "_", "1", "01", &longest];
    for (form, version) in forms.iter().zip(1..) {
        store.append(batch([keyed(9, version, Scope::Case(CaseId(9)), &key(form)?)]))?;
    }
    for (form, place) in forms.iter().zip(1..) {
        let found = store.find_key(Scope::Case(CaseId(9)), &key(form)?)?;
        let Some(found) = found else { return Err(super::Otherwise(format!("the key {form:?} is not found"))) };
        same(format!("where the key {form:?} leads"), found.position, Position(place))?;
        let is_it = found.key.as_ref().is_some_and(|used| used.key.as_str() == *form);
        holds(format!("the key {form:?} came back otherwise: {}", said(&found)?), is_it)?;
    }
    Ok(End::Kept)
}
