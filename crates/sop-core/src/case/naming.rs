//! The two ways in which events name things.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::people::PersonIx;
use crate::definition::{EndId, FieldId, OutcomeId, PaperId, PersonId, RegisterId, RoleId, StartId, StepId};
use crate::guard::{FieldIx, Value};
use crate::process::{EndIx, GroupIx, OutcomeIx, PaperIx, RegisterIx, ReturnIx, RoleIx, SlotIx, StartIx, StepIx};

/// How an event names things.
pub trait Naming: Clone + Debug + PartialEq + 'static {
    /// A step.
    type Step: Thing;
    /// A role.
    type Role: Thing;
    /// A paper.
    type Paper: Thing;
    /// A field.
    type Field: Thing;
    /// The value of a field.
    type Value: Thing;
    /// The value that binds a role filled per field, one of a closed list.
    type Binding: Thing;
    /// An outcome, within the step beside it.
    type Outcome: Thing;
    /// A way to open a case.
    type Start: Thing;
    /// An end.
    type End: Thing;
    /// A return.
    type Return: Thing;
    /// A slot of a join.
    type Slot: Thing;
    /// A shared clock.
    type Group: Thing;
    /// A person.
    type Person: Thing;
    /// A register.
    type Register: Thing;
}

/// What a name has to be able to do.
pub trait Thing: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static {}

impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static> Thing for T {}

/// Names by index into one process: for the state in memory.
#[derive(Debug, Clone, PartialEq)]
pub enum Dense {}

impl Naming for Dense {
    type Step = StepIx;
    type Role = RoleIx;
    type Paper = PaperIx;
    type Field = FieldIx;
    type Value = Value;
    type Binding = u16;
    type Outcome = OutcomeIx;
    type Start = StartIx;
    type End = EndIx;
    type Return = ReturnIx;
    type Slot = SlotIx;
    type Group = GroupIx;
    type Person = PersonIx;
    type Register = RegisterIx;
}

/// Names as the definition has them: for records.
#[derive(Debug, Clone, PartialEq)]
pub enum Named {}

impl Naming for Named {
    type Step = StepId;
    type Role = RoleId;
    type Paper = PaperId;
    type Field = FieldId;
    type Value = serde_json::Value;
    type Binding = serde_json::Value;
    type Outcome = OutcomeId;
    type Start = StartId;
    type End = EndId;
    type Return = ReturnName;
    type Slot = SlotName;
    type Group = StepId;
    type Person = PersonId;
    type Register = RegisterId;
}

/// A return, by the exit that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnName {
    /// The step that sends back.
    pub step: StepId,
    /// Its outcome.
    pub outcome: OutcomeId,
    /// The branch, counted from 0, where the outcome chooses by guards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<u16>,
}

/// A slot, by the join that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotName {
    /// The step that joins.
    pub step: StepId,
    /// The group of sources, counted from 0.
    pub group: u32,
}
