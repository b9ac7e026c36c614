//! A truth value that is true where nothing is said.

use serde::{Deserialize, Serialize};

use crate::format::{Decode, Reader};
use crate::text::Node;

/// A truth value that is true where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Affirmed(pub bool);

impl Default for Affirmed {
    fn default() -> Self {
        Self(true)
    }
}

impl Decode for Affirmed {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        bool::decode(node, reader).map(Self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Affirmed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Affirmed".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "boolean", "default": true })
    }
}
