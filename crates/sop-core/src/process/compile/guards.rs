//! Fields and guards.

use super::{Compiler, policy_place};
use crate::definition::{FieldDefinition, FieldKind};
use crate::diagnostic::{Applicability, Diagnostic, Fix, rules};
use crate::guard::{self, Field, FieldIx, FieldType, Guard, GuardError, GuardErrorKind};
use crate::text::Pointer;

/// The longest text that a field holds where the definition says nothing, in characters.
const DEFAULT_TEXT: u32 = 1_000;

impl<'a> Compiler<'a> {
    pub(super) fn fields(&mut self) -> Vec<Field> {
        let signed = self.definition.fields.len();
        let policy = self.policy;
        let place_of = move |place: usize| match place.checked_sub(signed) {
            None => Pointer::root().key("fields").index(place),
            Some(place) => policy_place("fields").index(place),
        };
        let all = self.definition.fields.iter().chain(policy.iter().flat_map(|policy| &policy.fields));
        let mut names = std::collections::BTreeMap::new();
        let mut fields = Vec::new();
        for (place, field) in all.enumerate() {
            let here = || place_of(place);
            let Some(index) = FieldIx::new(place) else {
                self.report(Diagnostic::new(&rules::TOO_MANY_FIELDS, here()).with("limit", u16::MAX));
                break;
            };
            self.enter(&mut names, field.id.as_str(), index, || here().key("id"), |at| place_of(at.place()).key("id"));
            let ty = self.field_type(field, here);
            fields.push(Field::new(field.id.as_str(), field.title.clone(), ty));
        }
        self.names.fields = names;
        fields
    }

    pub(super) fn field_kind(&self, field: FieldIx) -> Option<FieldKind> {
        let policy = self.policy;
        let all = self.definition.fields.iter().chain(policy.iter().flat_map(|policy| &policy.fields));
        all.into_iter().nth(field.place()).map(|field| field.r#type)
    }

    fn field_type(&mut self, field: &'a FieldDefinition, here: impl Fn() -> Pointer) -> FieldType {
        use FieldKind as Kind;
        let kind = field.r#type;
        let number = matches!(kind, Kind::Integer | Kind::Decimal);
        let out_of_place = [
            ("min", field.min.is_some() && !number),
            ("max", field.max.is_some() && !number),
            ("scale", field.scale.is_some() && kind != Kind::Decimal),
            ("choices", !field.choices.is_empty() && kind != Kind::Choice),
            ("max_length", field.max_length.is_some() && kind != Kind::Text),
        ];
        for (key, wrong) in out_of_place {
            if wrong {
                let fix = Fix::remove(here().key(key), Applicability::NeedsDecision);
                let finding = Diagnostic::new(&rules::KEY_OF_ANOTHER_TYPE, here().key(key)).on_key();
                self.report(finding.with("key", key).with("type", kind.as_str()).fix(fix));
            }
        }
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            self.report(Diagnostic::new(&rules::FIELD_RANGE, here().key("min")).with("min", min).with("max", max));
        }
        match kind {
            Kind::Bool => FieldType::Bool,
            Kind::Integer => FieldType::Integer { min: field.min, max: field.max },
            Kind::Decimal => {
                let scale = field.scale.unwrap_or(2);
                if scale > 6 {
                    self.report(Diagnostic::new(&rules::FIELD_SCALE, here().key("scale")).with("scale", scale));
                }
                let scale = u8::try_from(scale.min(6)).unwrap_or(6);
                let scaled = |bound: Option<i64>| bound.map(|bound| bound.saturating_mul(10_i64.pow(u32::from(scale))));
                FieldType::Decimal { scale, min: scaled(field.min), max: scaled(field.max) }
            }
            Kind::Choice => {
                if field.choices.is_empty() {
                    self.report(Diagnostic::new(&rules::NOTHING_LISTED, here()).with("key", "choices"));
                }
                let mut known = std::collections::BTreeMap::new();
                for (place, choice) in field.choices.iter().enumerate() {
                    let at = |place: usize| here().key("choices").index(place).key("id");
                    self.enter(&mut known, choice.id.as_str(), place, || at(place), at);
                }
                FieldType::Choice(field.choices.iter().map(|choice| choice.id.to_string()).collect())
            }
            Kind::Unit => {
                let units = &self.office.office().units;
                if units.is_empty() {
                    self.report(Diagnostic::new(&rules::OFFICE_WITHOUT_UNITS, here().key("type")));
                }
                FieldType::Unit(units.iter().map(|unit| unit.id.to_string()).collect())
            }
            Kind::Date => FieldType::Date,
            Kind::Text => FieldType::Text { max_length: field.max_length.unwrap_or(DEFAULT_TEXT) },
        }
    }

    /// A guard, read and checked against the fields.
    pub(super) fn guard(&mut self, text: &str, fields: &[Field], pointer: impl Fn() -> Pointer) -> Option<Guard> {
        if self.is_full_of_errors() {
            return None;
        }
        let checked = guard::parse(text).and_then(|syntax| guard::check_named(&syntax, fields, &self.names.fields));
        match checked {
            Ok(guard) => Some(guard),
            Err(errors) => {
                for error in errors {
                    // A field that could not be read is not unknown.
                    if let GuardErrorKind::UnknownField { name, .. } = &error.kind
                        && self.poisoned.has_id(name)
                    {
                        continue;
                    }
                    self.report(guard_finding(text, &pointer(), &error));
                }
                None
            }
        }
    }
}

/// The finding about a guard's error, at its place inside the guard's text.
pub(super) fn guard_finding(text: &str, pointer: &Pointer, error: &GuardError) -> Diagnostic {
    use GuardErrorKind as Kind;
    let rule = match &error.kind {
        Kind::TooLong { .. } | Kind::TooManyTokens { .. } => &rules::GUARD_TOO_LONG,
        Kind::UnknownField { .. } => &rules::GUARD_UNKNOWN_FIELD,
        Kind::UnknownChoice { .. }
        | Kind::NotADate { .. }
        | Kind::TooFine { .. }
        | Kind::OutOfRange { .. }
        | Kind::TextTooLong { .. } => &rules::GUARD_CONSTANT,
        Kind::TypeMismatch { .. }
        | Kind::NotOrdered { .. }
        | Kind::NotAComparisonWithConstant { .. }
        | Kind::NotACondition { .. } => &rules::GUARD_TYPE,
        Kind::ReadWithoutHas { .. } => &rules::GUARD_READS_UNSET,
        _ => &rules::GUARD_SYNTAX,
    };
    let finding =
        Diagnostic::new(rule, pointer.clone()).inside(error.span.clone()).with("reason", guard::explain(&error.kind));
    let replaced = |range: std::ops::Range<usize>, by: &str| {
        let mut mended = text.to_owned();
        if mended.get(range.clone()).is_some() {
            mended.replace_range(range, by);
        }
        serde_json::Value::String(mended).to_string()
    };
    let mended = match &error.kind {
        Kind::UnknownField { suggestion: Some(near), .. } => {
            Some((replaced(error.span.clone(), &format!("case.{near}")), Applicability::NeedsDecision))
        }
        Kind::UnknownChoice { suggestion: Some(near), .. } => {
            Some((replaced(error.span.clone(), &format!("\"{near}\"")), Applicability::NeedsDecision))
        }
        Kind::MissingCase { name } => {
            Some((replaced(error.span.clone(), &format!("case.{name}")), Applicability::Safe))
        }
        Kind::OtherNotation { instead, .. } => Some((replaced(error.span.clone(), instead), Applicability::Safe)),
        _ => None,
    };
    match mended {
        Some((json, applicability)) => finding.fix(Fix::replace(pointer.clone(), json, applicability)),
        None => finding,
    }
}
