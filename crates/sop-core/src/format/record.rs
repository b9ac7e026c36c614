//! Objects with known keys.

use crate::diagnostic::{Applicability, Bilingual, Both, Diagnostic, Fix, Label, rules, suggest};
use crate::format::Reader;
use crate::text::{Node, Value};

/// Tells whether a key has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has to be there.
    Required,
    /// It may be absent, and that means something of its own.
    Optional,
    /// It may be absent, which is the same as its default.
    Default,
}

/// One key of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySpec {
    /// The key as it stands in the file.
    pub name: &'static str,
    /// Tells whether it has to be there.
    pub presence: Presence,
    /// What it says, in Indonesian, for the editor and the help.
    pub description: &'static str,
}

/// How many of a group of keys there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "the names are what `record!` is written with")]
pub enum GroupKind {
    /// Exactly one.
    one_of,
    /// None or one.
    at_most_one,
    /// One or more.
    at_least_one,
}

/// Keys that depend on one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// How many there may be.
    pub kind: GroupKind,
    /// The keys.
    pub keys: &'static [&'static str],
}

/// What is known of a record before any is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSpec {
    /// The name of the Rust type.
    pub name: &'static str,
    /// Its title, in Indonesian.
    pub title: &'static str,
    /// What it is, in Indonesian.
    pub about: &'static str,
    /// Its keys, in the order of the type.
    pub keys: &'static [KeySpec],
    /// Keys that depend on one another.
    pub groups: &'static [Group],
}

impl RecordSpec {
    /// The record as a message calls it: by its title, in English by its type's name.
    fn called(&self) -> Bilingual {
        let mut english = String::new();
        for letter in self.name.chars() {
            if letter.is_uppercase() && !english.is_empty() {
                english.push(' ');
            }
            english.extend(letter.to_lowercase());
        }
        Bilingual::new(self.title.to_lowercase(), english)
    }
}

/// A record's members in the order of its keys.
pub(crate) struct Opened<'j, const N: usize> {
    pub(crate) members: [Option<Node<'j>>; N],
    /// All required keys are there, and as many of each group as there may be.
    pub(crate) complete: bool,
}

/// Takes an object apart: reports unknown and missing keys and keys that exclude one another. A
/// misspelt key whose meaning is plain is read as what was meant, so that nothing else is reported
/// because of it. `None` if the value is no object.
pub(crate) fn open<'j, const N: usize>(
    spec: &RecordSpec,
    node: Node<'j>,
    reader: &mut Reader,
) -> Option<Opened<'j, N>> {
    let Value::Object(object) = node.value() else {
        reader.wrong_type(node, Both { id: "objek { … }", en: "an object { … }" }, None);
        reader.lose_names();
        return None;
    };
    let mut members = [None; N];
    let mut unknown = Vec::new();
    for (key, member) in object {
        let known = spec.keys.iter().zip(members.iter_mut()).find(|(known, _)| known.name == key);
        match known {
            Some((_, place)) => *place = Some(member),
            None => unknown.push((key, member)),
        }
    }
    for (key, member) in unknown {
        let absent: Vec<&str> = present(spec, &members, false).collect();
        let meant = suggest::only_nearest(key, absent.iter().copied());
        unknown_key(spec, key, member, meant, &absent, reader);
        let place = spec.keys.iter().zip(members.iter_mut()).find(|(known, _)| Some(known.name) == meant);
        if let Some((_, place)) = place {
            *place = Some(member);
        }
    }
    let mut complete = true;
    for (key, member) in spec.keys.iter().zip(&members) {
        if key.presence == Presence::Required && member.is_none() {
            complete = false;
            if key.name == "id" {
                reader.lose_names();
            }
            reader.report(|| {
                Diagnostic::new(&rules::MISSING_KEY, node.pointer())
                    .at(crate::text::Span { start: node.span().start, end: node.span().start + 1 })
                    .with("object", called(spec, node))
                    .with("key", key.name)
                    .with("about", key.description)
            });
        }
    }
    for group in spec.groups {
        complete &= check_group(spec, group, &members, node, reader);
    }
    Some(Opened { members, complete })
}

/// The keys of a record that are there, or those that aren't.
fn present<'s>(
    spec: &'s RecordSpec,
    members: &'s [Option<Node<'_>>],
    there: bool,
) -> impl Iterator<Item = &'static str> {
    let pairs = spec.keys.iter().zip(members);
    pairs.filter(move |(_, member)| member.is_some() == there).map(|(key, _)| key.name)
}

/// `baris ke-3` where the record is an item of a list, else `baris`.
fn called(spec: &RecordSpec, node: Node<'_>) -> Bilingual {
    let name = spec.called();
    match (node.get("id").and_then(Node::as_str), node.position_in_array()) {
        (Some(id), _) => Bilingual::new(format!("{} `{id}`", name.id), format!("the {} `{id}`", name.en)),
        (None, Some(index)) => {
            let number = index + 1;
            Bilingual::new(format!("{} ke-{number}", name.id), format!("{} {number}", name.en))
        }
        (None, None) => Bilingual::new(name.id, format!("the {}", name.en)),
    }
}

fn unknown_key(
    spec: &RecordSpec,
    key: &str,
    member: Node<'_>,
    meant: Option<&str>,
    absent: &[&str],
    reader: &mut Reader,
) {
    reader.report(|| {
        let name = spec.called();
        let unknown = Diagnostic::new(&rules::UNKNOWN_KEY, member.pointer())
            .on_key()
            .with("key", key)
            .with("object", Bilingual::new(name.id, format!("the {}", name.en)));
        match meant {
            Some(meant) => unknown.fix(Fix::rename(member.pointer(), meant, Applicability::Safe)),
            // Among all keys: the one meant may be there already.
            None => match suggest::nearest(key, spec.keys.iter().map(|key| key.name)) {
                Some(near) if !absent.contains(&near) => {
                    unknown.fix(Fix::remove(member.pointer(), Applicability::NeedsDecision)).line(
                        Both { id: "mungkin maksudnya", en: "did you mean" },
                        Bilingual::new(
                            format!("`{near}`, yang sudah ada"),
                            format!("`{near}`, which is there already"),
                        ),
                    )
                }
                near => {
                    let unknown = unknown.with("known", listed(absent.iter().copied()));
                    match near {
                        Some(near) => unknown.fix(Fix::rename(member.pointer(), near, Applicability::NeedsDecision)),
                        None => unknown,
                    }
                }
            },
        }
    });
}

fn check_group(
    spec: &RecordSpec,
    group: &Group,
    members: &[Option<Node<'_>>],
    node: Node<'_>,
    reader: &mut Reader,
) -> bool {
    let there = || {
        let pairs = spec.keys.iter().zip(members);
        pairs.filter(|(key, _)| group.keys.contains(&key.name)).filter_map(|(_, member)| *member)
    };
    let keys = || listed(group.keys.iter().copied());
    let count = there().count();
    if count == 0 && group.kind != GroupKind::at_most_one {
        reader.report(|| {
            Diagnostic::new(&rules::NONE_OF_KEYS, node.pointer())
                .at(crate::text::Span { start: node.span().start, end: node.span().start + 1 })
                .with("object", called(spec, node))
                .with("keys", keys())
        });
        return false;
    }
    if count > 1 && group.kind != GroupKind::at_least_one {
        reader.report(|| {
            let mut several = there();
            let first = several.next().unwrap_or(node);
            let finding = Diagnostic::new(&rules::SEVERAL_OF_KEYS, first.pointer())
                .on_key()
                .with("object", called(spec, node))
                .with("keys", keys());
            several.fold(finding, |finding, member| finding.label(Label::new(member.pointer()).on_key()))
        });
        return false;
    }
    true
}

/// Names in backticks, separated by commas.
pub(crate) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Defines an object with known keys: its type, its serde, its [`Decode`](crate::format::Decode), its
/// schema. Each key is `required`, `optional` (its type is an `Option`) or `default` (absent is its
/// type's default, which isn't written). A key that is no Rust name is given after `as`.
///
/// ```text
/// record! {
///     /// One line of the table.
///     pub struct Row "Baris" "Satu baris tabel SOP." {
///         /// What is done.
///         required activity: String = "Uraian kegiatan, persis seperti tertulis.",
///         /// The number as printed.
///         optional no: Option<String> = "Nomor baris.",
///         /// What kind it is.
///         default r#type as "type": Vec<PaperId> = "Kelengkapan.",
///     }
///     one_of [next, split, end]
///     at_most_one [no, "type"]
/// }
/// ```
macro_rules! record {
    (@field $head:tt $shape:tt { $($done:tt)* } [$($meta:tt)*] $presence:ident $field:ident $key:tt $ty:ty, $text:literal; $($rest:tt)*) => {
        record!(@fields $head $shape { $($done)* { [$($meta)*] $presence $field $key [$ty] $text } } $($rest)*);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* required $field:ident : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done [$(#[$meta])*] required $field (stringify!($field)) $ty, $text; $($($rest)*)?);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* required $field:ident as $key:literal : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done [$(#[$meta])* #[serde(rename = $key)]] required $field ($key) $ty, $text; $($($rest)*)?);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* optional $field:ident : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done
            [$(#[$meta])* #[serde(default, skip_serializing_if = "Option::is_none")]]
            optional $field (stringify!($field)) $ty, $text; $($($rest)*)?);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* optional $field:ident as $key:literal : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done
            [$(#[$meta])* #[serde(rename = $key, default, skip_serializing_if = "Option::is_none")]]
            optional $field ($key) $ty, $text; $($($rest)*)?);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* default $field:ident : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done
            [$(#[$meta])* #[serde(default, skip_serializing_if = "crate::format::is_default")]]
            default $field (stringify!($field)) $ty, $text; $($($rest)*)?);
    };
    (@fields $head:tt $shape:tt $done:tt $(#[$meta:meta])* default $field:ident as $key:literal : $ty:ty = $text:literal $(, $($rest:tt)*)?) => {
        record!(@field $head $shape $done
            [$(#[$meta])* #[serde(rename = $key, default, skip_serializing_if = "crate::format::is_default")]]
            default $field ($key) $ty, $text; $($($rest)*)?);
    };
    (@fields [$($head:tt)*] [$name:ident $title:literal $about:literal [$([$group:ident $($member:tt)+])*]]
        { $({ [$($meta:tt)*] $presence:ident $field:ident ($key:expr) [$ty:ty] $text:literal })* }
    ) => {
        $($head)*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($($meta)* pub $field: $ty,)*
        }

        impl $name {
            /// The keys, in the order of the type.
            pub const KEYS: &'static [$crate::format::KeySpec] = &[$($crate::format::KeySpec {
                name: $key,
                presence: record!(@presence $presence),
                description: $text,
            }),*];

            /// What is known of this record before any is read.
            pub const SPEC: $crate::format::RecordSpec = $crate::format::RecordSpec {
                name: stringify!($name),
                title: $title,
                about: $about,
                keys: Self::KEYS,
                groups: &[$($crate::format::Group {
                    kind: $crate::format::GroupKind::$group,
                    keys: &[$(record!(@key $member)),+],
                }),*],
            };
        }

        impl $crate::format::Decode for $name {
            fn decode(node: $crate::text::Node<'_>, reader: &mut $crate::format::Reader) -> Option<Self> {
                let opened = $crate::format::open::<{ $name::KEYS.len() }>(&Self::SPEC, node, reader)?;
                let complete = opened.complete;
                let mut members = opened.members.into_iter();
                $(let $field = record!(@decode $presence $ty, members.next().flatten(), reader);)*
                if !complete {
                    return None;
                }
                Some(Self { $($field: record!(@value $presence $field)),* })
            }
        }

        impl_record_schema!($name $($presence [$ty])*);
    };
    (@presence required) => { $crate::format::Presence::Required };
    (@presence optional) => { $crate::format::Presence::Optional };
    (@presence default) => { $crate::format::Presence::Default };
    (@key $key:literal) => { $key };
    (@key $key:ident) => { stringify!($key) };
    (@decode required $ty:ty, $node:expr, $reader:ident) => {
        $node.and_then(|node| <$ty as $crate::format::Decode>::decode(node, $reader))
    };
    (@decode $other:ident $ty:ty, $node:expr, $reader:ident) => { $reader.or_default::<$ty>($node) };
    (@value required $field:ident) => { $field? };
    (@value $other:ident $field:ident) => { $field };
    (
        $(#[$meta:meta])*
        pub struct $name:ident $title:literal $about:literal { $($fields:tt)* }
        $($group:ident [$($member:tt),+ $(,)?])*
    ) => {
        record!(@fields [$(#[$meta])*] [$name $title $about [$([$group $($member)+])*]] { } $($fields)*);
    };
}

#[cfg(feature = "schema")]
macro_rules! impl_record_schema {
    ($name:ident $($presence:ident [$ty:ty])*) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let values = [$(impl_record_schema!(@value $presence $ty, generator)),*];
                $crate::format::record_schema(&Self::SPEC, values)
            }
        }
    };
    (@value optional $ty:ty, $generator:ident) => {
        $generator.subschema_for::<<$ty as $crate::format::Optional>::Value>()
    };
    (@value $other:ident $ty:ty, $generator:ident) => { $generator.subschema_for::<$ty>() };
}

#[cfg(not(feature = "schema"))]
macro_rules! impl_record_schema {
    ($($record:tt)*) => {};
}
