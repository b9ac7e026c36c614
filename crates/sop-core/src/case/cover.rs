//! What is personal in a record, and how it can be erased without breaking a chain of hashes.
//!
//! Values of fields, and what people wrote, may be about a person, who may one day ask that they be erased (UU 27/2022
//! on the protection of personal data, articles 8 and 43). A chain of hashes over records is to survive that. So each
//! such value has a *cover*: a random salt beside it in the record. What is hashed is not the value but its
//! *commitment*, the hash over salt and value together. To erase a value is to throw it and its salt away and to keep the
//! commitment: the chain is as it was, and nobody can find the value out by trying, not even where there are only two
//! that it can have had.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::event::{Event, Named, Record};
use crate::definition::FieldId;
use crate::process::Hash;

/// Sixteen random bytes that nobody can guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt(pub [u8; 16]);

/// What stands in a record for one personal value of it, in the order of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cover {
    /// The value is there, and this is its salt. Written as 32 hexadecimal digits.
    Salt(Salt),
    /// The value was erased, and this is its commitment. Written as a [hash](struct@Hash) is.
    Erased(Hash),
}

/// The covers of a record do not fit its values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverError {
    /// There are not as many as there are personal values.
    #[error("the record has {values} personal values and {covers} covers")]
    Count {
        /// The values.
        values: usize,
        /// The covers.
        covers: usize,
    },
    /// A value that was erased is there all the same.
    #[error("personal value {place} of the record was erased, and says something all the same")]
    NotErased {
        /// Which, counted from 1.
        place: usize,
    },
}

/// A personal value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal<'r> {
    /// The value of a field.
    Field(&'r FieldId),
    /// What somebody wrote: a subject, a note, a reason, a remark, or where a document is kept.
    Text,
}

/// Where a personal value stands.
enum Place<'r> {
    Value(&'r FieldId, &'r mut Json),
    Text(&'r mut Box<str>),
}

impl Place<'_> {
    /// The value, and leaves nothing.
    fn take(&mut self) -> Json {
        match self {
            Self::Value(_, value) => value.take(),
            Self::Text(text) => Json::String(std::mem::take(*text).into()),
        }
    }

    fn put(&mut self, said: String) {
        match self {
            Self::Value(_, value) => **value = Json::String(said),
            Self::Text(text) => **text = said.into(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Value(_, value) => value.is_null(),
            Self::Text(text) => text.is_empty(),
        }
    }

    fn personal(&self) -> Personal<'_> {
        match self {
            Self::Value(field, _) => Personal::Field(field),
            Self::Text(_) => Personal::Text,
        }
    }
}

/// The personal value of an event, of which each has one at most. An event's own reason for an erasure is none: it is
/// what shows that the erasure was lawful.
fn place(event: &mut Event<Named>) -> Option<Place<'_>> {
    Some(match event {
        Event::FieldSet { field, value } => Place::Value(field, value),
        Event::Started { subject: text, .. }
        | Event::Completed { note: Some(text), .. }
        | Event::DocumentAttached { reference: text, .. }
        | Event::Held { reason: text, .. }
        | Event::Reassigned { reason: text, .. }
        | Event::WithdrawnByRequester { reason: text, .. }
        | Event::Commented { text, .. } => Place::Text(text),
        _ => return None,
    })
}

/// The commitment to a value: its hash together with its salt. Known here, and wherever a chain is to be checked by
/// another program: SHA-256 over the salt's 16 bytes and the value as compact JSON.
fn commitment(salt: Salt, value: &Json) -> Hash {
    Hash::of_all([salt.0.as_slice(), value.to_string().as_bytes()])
}

impl<N: super::event::Naming> Event<N> {
    /// Tells whether a record of this event has a personal value.
    pub fn is_personal(&self) -> bool {
        matches!(
            self,
            Self::FieldSet { .. }
                | Self::Started { .. }
                | Self::Completed { note: Some(_), .. }
                | Self::DocumentAttached { .. }
                | Self::Held { .. }
                | Self::Reassigned { .. }
                | Self::WithdrawnByRequester { .. }
                | Self::Commented { .. }
        )
    }
}

impl Event<Named> {
    /// Says something in the place of what is personal in it: to show that it was erased.
    pub fn say_instead(&mut self, said: &str) {
        if let Some(mut place) = place(self) {
            place.put(said.to_owned());
        }
    }
}

impl Record {
    /// Gives each personal value a salt; `salt` makes one that nobody can guess from the number of the value in the
    /// record, counted from 0.
    pub fn cover(&mut self, mut salt: impl FnMut(usize) -> Salt) {
        let values = self.events.iter().filter(|event| event.is_personal()).count();
        self.covers = (0..values).map(|number| Cover::Salt(salt(number))).collect();
    }

    /// The record as it is hashed: with everything erased that is personal, so with commitments in the place of values
    /// and salts.
    ///
    /// The same whether values were erased or not. A record that has no covers is hashed as it is. One of which only the
    /// numbers are [left](Self::archived) does not say what it was: that has a hash already.
    ///
    /// # Errors
    /// [`CoverError`] where the covers do not fit the values: the record is not what was written.
    pub fn covered(mut self) -> Result<Self, CoverError> {
        if !self.covers.is_empty() {
            self.erase(|_| true)?;
        }
        Ok(self)
    }

    /// Erases personal values, and gives how many were erased by this. What was erased before stays so; of a record
    /// without covers nothing is kept.
    ///
    /// # Errors
    /// [`CoverError`] as for [`covered`](Self::covered); nothing is erased then.
    pub fn erase(&mut self, which: impl Fn(Personal<'_>) -> bool) -> Result<usize, CoverError> {
        self.check()?;
        let mut erased = 0;
        let mut covers = self.covers.iter_mut();
        for mut place in self.events.iter_mut().filter_map(place) {
            let cover = covers.next();
            if !which(place.personal()) {
                continue;
            }
            match cover {
                Some(Cover::Erased(_)) => {}
                Some(cover @ Cover::Salt(_)) => {
                    let value = place.take();
                    if let Cover::Salt(salt) = *cover {
                        *cover = Cover::Erased(commitment(salt, &value));
                    }
                    erased += 1;
                }
                None => {
                    erased += usize::from(!place.is_empty());
                    place.take();
                }
            }
        }
        Ok(erased)
    }

    /// Of each event whether its personal value was erased.
    pub fn erased(&self) -> impl Iterator<Item = bool> {
        let mut covers = self.covers.iter();
        self.events.iter().map(move |event| event.is_personal() && matches!(covers.next(), Some(Cover::Erased(_))))
    }

    /// Tells whether the covers fit the values.
    fn check(&mut self) -> Result<(), CoverError> {
        if self.covers.is_empty() {
            return Ok(());
        }
        let covers = self.covers.len();
        let values = self.events.iter().filter(|event| event.is_personal()).count();
        if values != covers {
            return Err(CoverError::Count { values, covers });
        }
        let places = self.events.iter_mut().filter_map(place);
        for (number, (place, cover)) in places.zip(&self.covers).enumerate() {
            if matches!(cover, Cover::Erased(_)) && !place.is_empty() {
                return Err(CoverError::NotErased { place: number + 1 });
            }
        }
        Ok(())
    }
}

impl Serialize for Cover {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Salt(salt) => serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(salt.0))),
            Self::Erased(hash) => hash.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Cover {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Ok(hash) = Hash::parse(&text) {
            return Ok(Self::Erased(hash));
        }
        let is_plain = text.len() == 32 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let number = if is_plain { u128::from_str_radix(&text, 16).ok() } else { None };
        let number = number.ok_or_else(|| serde::de::Error::custom("a cover is 32 hexadecimal digits, or a hash"))?;
        Ok(Self::Salt(Salt(number.to_be_bytes())))
    }
}
