//! Titles of the values of choices and units, which a compiled process does not keep.

use std::collections::BTreeMap;

use sop_core::case::Called;
use sop_core::guard::{FieldIx, FieldType};
use sop_core::process::Process;

use crate::files::Bundle;

/// Titles of the values in closed lists, by the id of the field and that of the value.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValueTitles {
    units: BTreeMap<String, String>,
    choices: BTreeMap<(String, String), String>,
}

impl ValueTitles {
    pub(crate) fn of(bundle: &Bundle) -> Self {
        let units = bundle.office().office().units.iter();
        let definition = bundle.definition();
        let of_policy = definition.policy.iter().flat_map(|policy| &policy.fields);
        let fields = definition.fields.iter().chain(of_policy);
        let choices = fields.flat_map(|field| field.choices.iter().map(move |choice| (field, choice)));
        Self {
            units: units.map(|unit| (unit.id.to_string(), unit.title.clone())).collect(),
            choices: choices
                .map(|(field, choice)| ((field.id.to_string(), choice.id.to_string()), choice.title.clone()))
                .collect(),
        }
    }

    /// The value at a place of a field's list.
    pub(crate) fn called(&self, process: &Process, field: FieldIx, place: u16) -> Option<Called> {
        let field = process.field(field)?;
        let id = field.ty.listed()?.get(usize::from(place))?.clone();
        let title = match &field.ty {
            FieldType::Unit(_) => self.units.get(&id),
            _ => self.choices.get(&(field.id.clone(), id.clone())),
        };
        Some(Called { title: title.cloned().unwrap_or_else(|| id.clone()), id })
    }
}
