//! What a guard says, before anything is known about its fields.

use std::ops::Range;

use super::test::Comparison;

/// A guard as parsed: grammatical, its fields and types not yet looked at.
///
/// The tree is a list in which operands stand before what combines them, so that everything that walks it is a loop.
#[derive(Clone, Debug)]
pub struct Syntax {
    pub(crate) text: Box<str>,
    pub(crate) nodes: Vec<Node>,
}

impl Syntax {
    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.text
    }

    /// Every mention of a field, in the order of the text, with the bytes of `case.x`.
    pub fn mentions(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Field(name) | NodeKind::Has(name) => Some((self.text.get(name.clone())?, node.reading.clone())),
            _ => None,
        })
    }

    pub(crate) fn written(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or("")
    }
}

/// The place of a node in [`Syntax::nodes`]. The last node is the whole guard.
pub(crate) type NodeIx = usize;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    /// The whole part, without parentheses around it.
    pub(crate) span: Range<usize>,
    /// For a field or `has`, the bytes of `case.x`; otherwise the same as `span`.
    pub(crate) reading: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// A field, by the bytes of its name.
    Field(Range<usize>),
    /// `has(case.x)`, by the bytes of the field's name.
    Has(Range<usize>),
    Constant(Literal),
    List(Vec<(Literal, Range<usize>)>),
    Not(NodeIx),
    And(NodeIx, NodeIx),
    Or(NodeIx, NodeIx),
    Compare(Comparison, NodeIx, NodeIx),
    In(NodeIx, NodeIx),
    /// Something that has been reported.
    Broken,
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Bool(bool),
    Integer(i64),
    /// Sign, digits, point, digits.
    Decimal(String),
    Text(String),
}
