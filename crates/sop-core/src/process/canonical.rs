//! Canonical JSON, written straight from the format's types: no white space, the keys of each object sorted by their
//! bytes, arrays in the order of the document (H1).
//!
//! A tree of `serde_json` values would say the same, at many times the cost: hashing is most of what compiling a plain
//! definition takes.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::ops::Range;

use serde::ser::{self, Impossible, Serialize, Serializer};

/// Where members named `notes` are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    /// Nowhere.
    Kept,
    /// Everywhere.
    LeftOut,
    /// In the outermost member of this name.
    LeftOutIn(&'static str),
}

/// The outermost members of an object as canonical JSON, each by itself.
pub(super) struct Members {
    text: Vec<u8>,
    members: Vec<Member>,
}

struct Member {
    key: Cow<'static, str>,
    /// Place where the key and its value are written.
    written: Range<usize>,
}

impl Members {
    /// Writes a value whose type is a struct, without these outermost members.
    pub(super) fn of<T: Serialize>(value: &T, without: &[&str], notes: Notes) -> Option<Self> {
        let mut writer = Writer {
            text: Vec::new(),
            members: Vec::new(),
            spare: Vec::new(),
            depth: 0,
            without,
            notes,
            leaves_out: notes == Notes::LeftOut,
        };
        value.serialize(&mut writer).ok()?;
        Some(Self { text: writer.text, members: writer.members })
    }

    /// The members with their keys, in the order of these.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.members
            .iter()
            .map(|member| (member.key.as_ref(), self.text.get(member.written.clone()).unwrap_or_default()))
    }

    /// The whole object.
    pub(super) fn object(&self) -> Vec<u8> {
        let mut text = vec![b'{'];
        for (place, (_, member)) in self.iter().enumerate() {
            if place > 0 {
                text.push(b',');
            }
            text.extend_from_slice(member);
        }
        text.push(b'}');
        text
    }
}

/// The format's types hold nothing that JSON cannot say; what would is refused.
#[derive(Debug)]
pub(super) struct Refused;

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not part of any format")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

struct Writer<'w> {
    text: Vec<u8>,
    /// The members of the objects that are being written, the innermost last.
    members: Vec<Member>,
    /// Room to put members in order.
    spare: Vec<u8>,
    depth: usize,
    without: &'w [&'w str],
    notes: Notes,
    leaves_out: bool,
}

impl Writer<'_> {
    fn open(&mut self, sign: u8) {
        self.depth += 1;
        // The outermost members are put together by whoever asked for them.
        if self.depth > 1 {
            self.text.push(sign);
        }
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: Cow<'static, str>, value: &T) -> Result<(), Refused> {
        let is_outermost = self.depth == 1;
        if self.leaves_out && key == "notes" || is_outermost && self.without.contains(&key.as_ref()) {
            return Ok(());
        }
        let before = self.leaves_out;
        if is_outermost && matches!(self.notes, Notes::LeftOutIn(inside) if inside == key) {
            self.leaves_out = true;
        }
        let start = self.text.len();
        self.string(&key)?;
        self.text.push(b':');
        value.serialize(&mut *self)?;
        self.members.push(Member { key, written: start..self.text.len() });
        self.leaves_out = before;
        Ok(())
    }

    /// Ends an object whose members begin at this place among those that are being written.
    fn close(&mut self, first: usize) {
        self.depth -= 1;
        let members = self.members.get_mut(first..).unwrap_or_default();
        members.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        if self.depth == 0 {
            return;
        }
        let start = members.iter().map(|member| member.written.start).min().unwrap_or(self.text.len());
        self.spare.clear();
        for (place, member) in members.iter().enumerate() {
            if place > 0 {
                self.spare.push(b',');
            }
            self.spare.extend_from_slice(self.text.get(member.written.clone()).unwrap_or_default());
        }
        self.text.truncate(start);
        self.text.extend_from_slice(&self.spare);
        self.text.push(b'}');
        self.members.truncate(first);
    }

    fn string(&mut self, text: &str) -> Result<(), Refused> {
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if text.bytes().all(is_plain) {
            self.text.push(b'"');
            self.text.extend_from_slice(text.as_bytes());
            self.text.push(b'"');
            return Ok(());
        }
        serde_json::to_writer(&mut self.text, text).map_err(|_| Refused)
    }

    fn number(&mut self, number: impl Display) -> Result<(), Refused> {
        self.text.extend_from_slice(number.to_string().as_bytes());
        Ok(())
    }
}

macro_rules! numbers {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, number: $type) -> Result<(), Refused> {
            self.number(number)
        }
    )*};
}

impl<'s, 'w> Serializer for &'s mut Writer<'w> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Items<'s, 'w>;
    type SerializeTuple = Impossible<(), Refused>;
    type SerializeTupleStruct = Impossible<(), Refused>;
    type SerializeTupleVariant = Impossible<(), Refused>;
    type SerializeMap = Object<'s, 'w>;
    type SerializeStruct = Object<'s, 'w>;
    type SerializeStructVariant = Impossible<(), Refused>;

    numbers!(
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64)
    );

    fn serialize_bool(self, is_so: bool) -> Result<(), Refused> {
        self.text.extend_from_slice(if is_so { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Refused> {
        self.string(text)
    }

    fn serialize_char(self, letter: char) -> Result<(), Refused> {
        self.string(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Refused> {
        self.text.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Refused> {
        self.string(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'s, 'w>, Refused> {
        self.open(b'[');
        Ok(Items { writer: self, is_first: true })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'s, 'w>, Refused> {
        self.open(b'{');
        let first = self.members.len();
        Ok(Object { writer: self, first, key: None })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Object<'s, 'w>, Refused> {
        self.serialize_map(Some(len))
    }

    fn serialize_f32(self, _: f32) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Refused> {
        Err(Refused)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Refused> {
        Err(Refused)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Refused> {
        Err(Refused)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(Refused)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Refused> {
        Err(Refused)
    }
}

/// An array that is being written.
struct Items<'s, 'w> {
    writer: &'s mut Writer<'w>,
    is_first: bool,
}

impl ser::SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        if !std::mem::take(&mut self.is_first) {
            self.writer.text.push(b',');
        }
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Refused> {
        self.writer.depth -= 1;
        self.writer.text.push(b']');
        Ok(())
    }
}

/// An object that is being written.
struct Object<'s, 'w> {
    writer: &'s mut Writer<'w>,
    /// The place of its first member among those that are being written.
    first: usize,
    key: Option<String>,
}

impl ser::SerializeStruct for Object<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Refused> {
        self.writer.member(Cow::Borrowed(key), value)
    }

    fn end(self) -> Result<(), Refused> {
        self.writer.close(self.first);
        Ok(())
    }
}

impl ser::SerializeMap for Object<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        // Keys of maps are names of the format, which are texts.
        match serde_json::to_value(key) {
            Ok(serde_json::Value::String(key)) => {
                self.key = Some(key);
                Ok(())
            }
            _ => Err(Refused),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let key = self.key.take().ok_or(Refused)?;
        self.writer.member(Cow::Owned(key), value)
    }

    fn end(self) -> Result<(), Refused> {
        self.writer.close(self.first);
        Ok(())
    }
}
