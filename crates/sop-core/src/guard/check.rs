//! Fields and types: from a [`Syntax`] to a [`Guard`].

use std::collections::BTreeMap;
use std::ops::Range;

use super::constant::{Constants, operand};
use super::error::{GuardError, GuardErrorKind, Operand};
use super::parser::MAX_ERRORS;
use super::program::Guard;
use super::syntax::{Literal, Node, NodeIx, NodeKind, Syntax};
use super::test::{Comparison, Test};
use super::value::{Field, FieldIx, FieldType, Value};
use super::{print, program};
use crate::diagnostic::suggest;

/// Checks a guard against the definition's fields and compiles it. Values are later handed to it in the order of
/// `fields`. Fields past the 65,536th can't be read by any guard.
///
/// # Errors
/// Every fault of fields and types in the whole guard, in the order of the text, at most [`MAX_ERRORS`].
pub fn check(syntax: &Syntax, fields: &[Field]) -> Result<Guard, Vec<GuardError>> {
    let mut names = BTreeMap::new();
    for (place, field) in fields.iter().enumerate() {
        if let Some(ix) = FieldIx::new(place) {
            // Two fields of one name are an error of the definition; until it is mended the first one counts.
            names.entry(field.id.as_str()).or_insert(ix);
        }
    }
    check_named(syntax, fields, &names)
}

/// The same, with the places of the fields by name: many guards are checked against the same fields.
pub(crate) fn check_named(
    syntax: &Syntax,
    fields: &[Field],
    names: &BTreeMap<&str, FieldIx>,
) -> Result<Guard, Vec<GuardError>> {
    let mut checker = Checker {
        syntax,
        fields,
        names,
        constants: Constants::default(),
        typed: Vec::with_capacity(syntax.nodes.len()),
        errors: Vec::new(),
    };
    for node in &syntax.nodes {
        if checker.errors.len() >= MAX_ERRORS {
            break;
        }
        let typed = checker.node(node);
        checker.typed.push(typed);
    }
    if let Some(root) = syntax.nodes.len().checked_sub(1) {
        checker.condition(root);
    }
    let Checker { typed, mut errors, .. } = checker;
    if errors.is_empty() {
        let canonical = print::canonical(&typed, fields);
        return Ok(program::compile(syntax, canonical, &typed));
    }
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

/// A node after its fields and types are known.
#[derive(Clone, Debug)]
pub(crate) enum Typed {
    /// Not a condition and not faulty: a constant, a list, or a field whose type is not bool.
    Operand,
    /// Something that has been reported.
    Broken,
    Always(bool),
    Ask {
        field: FieldIx,
        test: Test,
        reading: Range<usize>,
    },
    Not(NodeIx),
    And(NodeIx, NodeIx),
    Or(NodeIx, NodeIx),
}

struct Checker<'a> {
    syntax: &'a Syntax,
    fields: &'a [Field],
    names: &'a BTreeMap<&'a str, FieldIx>,
    constants: Constants<'a>,
    typed: Vec<Typed>,
    errors: Vec<GuardError>,
}

impl<'a> Checker<'a> {
    fn node(&mut self, node: &Node) -> Typed {
        match &node.kind {
            NodeKind::Broken => Typed::Broken,
            NodeKind::List(_) => Typed::Operand,
            NodeKind::Constant(Literal::Bool(yes)) => Typed::Always(*yes),
            NodeKind::Constant(_) => Typed::Operand,
            NodeKind::Field(name) => match self.field(name, &node.reading) {
                Some((field, Field { ty: FieldType::Bool, .. })) => {
                    let test = Test::Is(Comparison::Equal, Value::Bool(true));
                    Typed::Ask { field, test, reading: node.reading.clone() }
                }
                Some(_) => Typed::Operand,
                None => Typed::Broken,
            },
            NodeKind::Has(name) => match self.field(name, &node.reading) {
                Some((field, _)) => Typed::Ask { field, test: Test::Has, reading: node.reading.clone() },
                None => Typed::Broken,
            },
            NodeKind::Not(inner) => self.combined(&[*inner], Typed::Not(*inner)),
            NodeKind::And(left, right) => self.combined(&[*left, *right], Typed::And(*left, *right)),
            NodeKind::Or(left, right) => self.combined(&[*left, *right], Typed::Or(*left, *right)),
            NodeKind::Compare(comparison, left, right) => self.comparison(node, *comparison, *left, *right),
            NodeKind::In(left, right) => self.membership(node, *left, *right),
        }
    }

    fn syntax_node(&self, ix: NodeIx) -> Option<&'a Node> {
        self.syntax.nodes.get(ix)
    }

    /// The field of a name; an unknown one is reported.
    fn field(&mut self, name: &Range<usize>, reading: &Range<usize>) -> Option<(FieldIx, &'a Field)> {
        let written = self.syntax.written(name);
        let found = self.names.get(written).and_then(|ix| Some((*ix, self.fields.get(ix.place())?)));
        if found.is_none() {
            let suggestion = match self.errors.len() < MAX_ERRORS {
                true => suggest::nearest(written, self.fields.iter().map(|field| field.id.as_str())).map(str::to_owned),
                false => None,
            };
            let name = super::lexer::shortened(written);
            self.report(reading, GuardErrorKind::UnknownField { name, suggestion });
        }
        found
    }

    /// The field of a node that was found before, without reporting an unknown one again.
    fn field_of(&self, node: &Node) -> Option<(FieldIx, &'a Field)> {
        let NodeKind::Field(name) = &node.kind else { return None };
        let ix = self.names.get(self.syntax.written(name))?;
        Some((*ix, self.fields.get(ix.place())?))
    }

    fn combined(&mut self, parts: &[NodeIx], whole: Typed) -> Typed {
        let mut is_sound = true;
        for part in parts {
            is_sound &= self.condition(*part);
        }
        if is_sound { whole } else { Typed::Broken }
    }

    /// Tells whether a node is a condition; anything else is reported.
    fn condition(&mut self, ix: NodeIx) -> bool {
        match self.typed.get(ix) {
            Some(Typed::Operand) => {
                if let Some(node) = self.syntax_node(ix) {
                    self.report(&node.span, GuardErrorKind::NotACondition { found: operand_of(node) });
                }
                false
            }
            Some(Typed::Broken) | None => false,
            Some(_) => true,
        }
    }

    fn comparison(&mut self, node: &Node, comparison: Comparison, left: NodeIx, right: NodeIx) -> Typed {
        let (Some(first), Some(second)) = (self.syntax_node(left), self.syntax_node(right)) else {
            return Typed::Broken;
        };
        let (comparison, reading, constant) = match (&first.kind, &second.kind) {
            (NodeKind::Field(_), NodeKind::Constant(_)) => (comparison, first, second),
            (NodeKind::Constant(_), NodeKind::Field(_)) => (comparison.turned(), second, first),
            _ => return self.not_a_comparison(node, left, right),
        };
        let NodeKind::Constant(literal) = &constant.kind else { return Typed::Broken };
        let Some((ix, field)) = self.field_of(reading) else { return Typed::Broken };
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::Different);
        if !is_equality && !field.ty.kind().is_ordered() {
            let kind = GuardErrorKind::NotOrdered { field: field.id.clone(), kind: field.ty.kind() };
            self.report(&node.span, kind);
            return Typed::Broken;
        }
        match self.constants.value(ix, field, literal, self.syntax, &constant.span) {
            Ok(value) => Typed::Ask { field: ix, test: Test::Is(comparison, value), reading: reading.reading.clone() },
            Err(kind) => {
                self.report(&constant.span, kind);
                Typed::Broken
            }
        }
    }

    fn membership(&mut self, node: &Node, left: NodeIx, right: NodeIx) -> Typed {
        let (Some(first), Some(second)) = (self.syntax_node(left), self.syntax_node(right)) else {
            return Typed::Broken;
        };
        let (NodeKind::Field(_), NodeKind::List(constants)) = (&first.kind, &second.kind) else {
            return self.not_a_comparison(node, left, right);
        };
        let Some((ix, field)) = self.field_of(first) else { return Typed::Broken };
        let mut values = Vec::with_capacity(constants.len());
        for (literal, span) in constants {
            match self.constants.value(ix, field, literal, self.syntax, span) {
                Ok(value) => values.push(value),
                Err(kind) => self.report(span, kind),
            }
            if self.errors.len() >= MAX_ERRORS {
                break;
            }
        }
        if values.len() < constants.len() {
            return Typed::Broken;
        }
        values.sort();
        values.dedup();
        let test = match <[Value; 1]>::try_from(values) {
            Ok([value]) => Test::Is(Comparison::Equal, value),
            Err(values) => Test::OneOf(values.into()),
        };
        Typed::Ask { field: ix, test, reading: first.reading.clone() }
    }

    fn not_a_comparison(&mut self, node: &Node, left: NodeIx, right: NodeIx) -> Typed {
        let is_reported = |ix| matches!(self.typed.get(ix), Some(Typed::Broken) | None);
        if !is_reported(left)
            && !is_reported(right)
            && let (Some(left), Some(right)) = (self.syntax_node(left), self.syntax_node(right))
        {
            let kind = GuardErrorKind::NotAComparisonWithConstant { left: operand_of(left), right: operand_of(right) };
            self.report(&node.span, kind);
        }
        Typed::Broken
    }

    fn report(&mut self, span: &Range<usize>, kind: GuardErrorKind) {
        self.errors.push(GuardError::new(span.clone(), kind));
    }
}

fn operand_of(node: &Node) -> Operand {
    match &node.kind {
        NodeKind::Field(_) => Operand::Field,
        NodeKind::Constant(literal) => operand(literal),
        NodeKind::List(_) => Operand::List,
        _ => Operand::Condition,
    }
}
