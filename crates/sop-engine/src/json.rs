//! Writes a record as JSON: the bytes that `serde_json` writes, in a third of the time.
//!
//! A record is mostly names of fields, short ids and instants. Names of fields are Rust's and need no escape; for the
//! rest one look at eight bytes at a time says whether there is anything to escape. What is rare (such texts, numbers
//! with a fraction) is left to `serde_json` itself, so that there is one place that says how it is written.

use std::fmt::{self, Display, Write as _};

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;

/// How many bytes most records have at the most: one is made for each command, and is not to be moved as it grows.
pub(crate) const MOST_RECORDS: usize = 1_024;

/// Appends a value to a text, as [`serde_json::to_vec`] would write it.
///
/// # Errors
/// The value's own, and for a map whose keys are no texts.
pub(crate) fn append<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    value.serialize(Writer(text))
}

/// Writes one value.
struct Writer<'t>(&'t mut Vec<u8>);

/// Writes the parts of a value, with a comma before each but the first.
struct Parts<'t> {
    text: &'t mut Vec<u8>,
    is_first: bool,
    /// What stands after the last.
    end: &'static [u8],
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// Whether some of eight bytes has to be escaped: controls, quotes and backslashes.
fn any_escaped(eight: u64) -> bool {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (control | zero(eight ^ (ONES * u64::from(b'"'))) | zero(eight ^ (ONES * u64::from(b'\\')))) & HIGHS != 0
}

fn is_plain(text: &[u8]) -> bool {
    let (eights, rest) = text.as_chunks::<8>();
    let is_escaped = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    !eights.iter().any(|eight| any_escaped(u64::from_le_bytes(*eight)))
        && match text.last_chunk::<8>() {
            Some(last) => rest.is_empty() || !any_escaped(u64::from_le_bytes(*last)),
            None => !rest.iter().any(is_escaped),
        }
}

#[inline]
fn quoted(text: &mut Vec<u8>, said: &str) -> Result<(), Error> {
    if !is_plain(said.as_bytes()) {
        return serde_json::to_writer(text, said);
    }
    text.reserve(said.len() + 2);
    text.push(b'"');
    text.extend_from_slice(said.as_bytes());
    text.push(b'"');
    Ok(())
}

/// A natural number, in its digits.
fn digits(text: &mut Vec<u8>, mut number: u64) {
    let mut written = [b'0'; 20];
    let mut length = 0;
    for place in written.iter_mut().rev() {
        *place = b'0' + (number % 10).to_le_bytes().first().copied().unwrap_or(0);
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(written.get(written.len() - length..).unwrap_or_default());
}

/// Opens a variant with something in it: `{"name":`, and what opens the something.
#[inline]
fn open_variant(text: &mut Vec<u8>, name: &'static str, open: u8) {
    text.reserve(name.len() + 5);
    text.extend_from_slice(b"{\"");
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"\":");
    text.push(open);
}

impl<'t> Writer<'t> {
    fn parts(self, open: &[u8], end: &'static [u8]) -> Parts<'t> {
        self.0.extend_from_slice(open);
        Parts { text: self.0, is_first: true, end }
    }

    fn rarely<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        serde_json::to_writer(self.0, value)
    }
}

impl<'t> Serializer for Writer<'t> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'t>;
    type SerializeTuple = Parts<'t>;
    type SerializeTupleStruct = Parts<'t>;
    type SerializeTupleVariant = Parts<'t>;
    type SerializeMap = Parts<'t>;
    type SerializeStruct = Parts<'t>;
    type SerializeStructVariant = Parts<'t>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        if value < 0 {
            self.0.push(b'-');
        }
        digits(self.0, value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        digits(self.0, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.rarely(&value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.rarely(&value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.rarely(&value)
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        quoted(self.0, value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.rarely(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _place: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _place: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.0.extend_from_slice(b"{\"");
        self.0.extend_from_slice(variant.as_bytes());
        self.0.extend_from_slice(b"\":");
        value.serialize(Writer(self.0))?;
        self.0.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Parts<'t>, Error> {
        Ok(self.parts(b"[", b"]"))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Parts<'t>, Error> {
        Ok(self.parts(b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Parts<'t>, Error> {
        Ok(self.parts(b"[", b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _place: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Parts<'t>, Error> {
        open_variant(self.0, variant, b'[');
        Ok(Parts { text: self.0, is_first: true, end: b"]}" })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Parts<'t>, Error> {
        Ok(self.parts(b"{", b"}"))
    }

    #[inline]
    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Parts<'t>, Error> {
        Ok(self.parts(b"{", b"}"))
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _place: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Parts<'t>, Error> {
        open_variant(self.0, variant, b'{');
        Ok(Parts { text: self.0, is_first: true, end: b"}}" })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        /// Takes what is displayed, and notes whether all of it is plain.
        struct Quoted<'t>(&'t mut Vec<u8>, bool);
        impl fmt::Write for Quoted<'_> {
            fn write_str(&mut self, part: &str) -> fmt::Result {
                self.1 &= is_plain(part.as_bytes());
                self.0.extend_from_slice(part.as_bytes());
                Ok(())
            }
        }
        let before = self.0.len();
        self.0.push(b'"');
        let mut quoted = Quoted(self.0, true);
        write!(quoted, "{value}").map_err(|_| Error::custom("it cannot be displayed"))?;
        if quoted.1 {
            self.0.push(b'"');
            return Ok(());
        }
        self.0.truncate(before);
        serde_json::to_writer(self.0, &format_args!("{value}"))
    }
}

impl Parts<'_> {
    #[inline(always)]
    fn comma(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.text.push(b',');
        }
    }

    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        value.serialize(Writer(self.text))
    }

    #[inline(always)]
    fn named<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.text.reserve(name.len() + 4);
        self.comma();
        self.text.push(b'"');
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b"\":");
        value.serialize(Writer(self.text))
    }

    #[inline]
    fn close(self) -> Result<(), Error> {
        self.text.extend_from_slice(self.end);
        Ok(())
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeTuple for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeTupleStruct for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeTupleVariant for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.comma();
        let before = self.text.len();
        key.serialize(Writer(self.text))?;
        match self.text.get(before) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("the key of an object is a text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.text.push(b':');
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.named(name, value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStructVariant for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.named(name, value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Number, Value};

    use super::*;

    /// Everything that a type can tell serde, and what records do not have yet.
    #[derive(Debug, Clone, serde::Serialize)]
    enum Shape {
        Nothing,
        One(Box<Shape>),
        Two(i64, u64),
        Named { text: String, number: Option<f64>, flag: bool, letter: char, more: Vec<Shape> },
        Any(Value),
        Unit(()),
        Small(i8, u16, f32),
        ByName(BTreeMap<String, Shape>),
        Displayed(Displayed),
        Alone(Wrapped, Pair, Empty),
    }

    #[derive(Debug, Clone, serde::Serialize)]
    struct Wrapped(String);

    #[derive(Debug, Clone, serde::Serialize)]
    struct Pair(u8, Option<Wrapped>);

    #[derive(Debug, Clone, serde::Serialize)]
    struct Empty;

    #[derive(Debug, Clone)]
    struct Displayed(String);

    impl Serialize for Displayed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}|{}", self.0, self.0))
        }
    }

    /// Texts of every length around eight, with what has to be escaped anywhere.
    fn text() -> impl Strategy<Value = String> {
        let letter = prop_oneof![
            8 => prop::char::range('a', 'z'),
            1 => prop::sample::select(vec!['"', '\\', '\n', '\0', '\u{1f}', ' ', '\u{7f}', '!', '#', '[', ']', 'é', '語', '🙂']),
            1 => any::<char>(),
        ];
        prop::collection::vec(letter, 0..30).prop_map(String::from_iter)
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
            text().prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map(text(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let leaf = prop_oneof![
            Just(Shape::Nothing),
            Just(Shape::Unit(())),
            any::<(i64, u64)>().prop_map(|(one, two)| Shape::Two(one, two)),
            any::<(i8, u16, f32)>().prop_map(|(one, two, three)| Shape::Small(one, two, three)),
            value().prop_map(Shape::Any),
            text().prop_map(|text| Shape::Displayed(Displayed(text))),
            (text(), any::<u8>()).prop_map(|(text, number)| {
                Shape::Alone(Wrapped(text.clone()), Pair(number, (number > 9).then_some(Wrapped(text))), Empty)
            }),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let named = (
                text(),
                any::<Option<f64>>(),
                any::<bool>(),
                any::<char>(),
                prop::collection::vec(inner.clone(), 0..4),
            );
            prop_oneof![
                inner.clone().prop_map(|shape| Shape::One(Box::new(shape))),
                prop::collection::btree_map(text(), inner, 0..4).prop_map(Shape::ByName),
                named.prop_map(|(text, number, flag, letter, more)| Shape::Named { text, number, flag, letter, more }),
            ]
        })
    }

    proptest! {
        /// Whatever it is given, it writes what serde_json writes.
        #[test]
        fn it_writes_what_serde_json_writes(shape in shape()) {
            let mut text = b"before".to_vec();
            append(&mut text, &shape).unwrap();
            prop_assert_eq!(&text[6..], serde_json::to_vec(&shape).unwrap());
        }
    }

    #[test]
    fn each_byte_is_escaped_at_each_place_as_serde_json_does() {
        for byte in 0..=0x7f_u8 {
            for (before, after) in [(0, 0), (0, 7), (3, 3), (7, 0), (7, 1), (8, 0), (11, 6)] {
                let said = format!("{}{}{}", "a".repeat(before), char::from(byte), "z".repeat(after));
                let mut text = Vec::new();
                append(&mut text, &said).unwrap();
                assert_eq!(text, serde_json::to_vec(&said).unwrap(), "{said:?}");
            }
        }
    }

    #[test]
    fn a_key_that_is_no_text_is_refused() {
        assert!(append(&mut Vec::new(), &BTreeMap::from([(1, 2)])).is_err());
    }
}
