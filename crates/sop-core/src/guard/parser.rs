//! The grammar: operator precedence with a stack on the heap, so that depth of nesting costs no stack.
//!
//! `||` binds loosest, then `&&`, then the comparisons and `in`, and `!` tightest, as in CEL. After a mistake the
//! parser goes on at the next operator or parenthesis, so that one text can show several.

use std::ops::Range;

use super::error::{Expected, Found, GuardError, GuardErrorKind};
use super::lexer::{self, Placed, Token, shortened};
use super::syntax::{Node, NodeIx, NodeKind, Syntax};
use super::test::Comparison;

/// The longest guard, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// The most words and signs in a guard.
pub const MAX_TOKENS: usize = 4_096;
/// The most mistakes reported for one guard.
pub const MAX_ERRORS: usize = 64;

/// Parses the text of a guard. Fields and types are looked at later, by [`check`](super::check).
///
/// # Errors
/// Every mistake of grammar that can be told from the others, in the order of the text, at most [`MAX_ERRORS`].
pub fn parse(text: &str) -> Result<Syntax, Vec<GuardError>> {
    if text.len() > MAX_BYTES {
        // The label goes over the first character that is too much, found on a character border.
        let from = (0..=MAX_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let kind = GuardErrorKind::TooLong { length: text.len(), limit: MAX_BYTES };
        return Err(vec![GuardError::new(from..text.len(), kind)]);
    }
    let mut errors = Vec::new();
    let tokens = lexer::tokens(text, &mut errors);
    let is_cut = errors.len() >= MAX_ERRORS || tokens.len() > MAX_TOKENS;
    let mut nodes = Vec::new();
    if !is_cut {
        let mut parser =
            Parser { text, tokens: &tokens, at: 0, nodes: &mut nodes, errors: &mut errors, pending: Vec::new() };
        parser.run();
    }
    if errors.is_empty() {
        return Ok(Syntax { text: text.into(), nodes });
    }
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    // A second complaint about the same place only repeats the first.
    errors.dedup_by(|later, earlier| later.span == earlier.span);
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Operator {
    Or,
    And,
    Compare(Comparison),
    In,
}

impl Operator {
    fn binding(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Compare(_) | Self::In => 3,
        }
    }

    fn is_comparison(self) -> bool {
        matches!(self, Self::Compare(_) | Self::In)
    }
}

/// What waits for its right operand.
pub(super) enum Pending {
    Open(Range<usize>),
    Not(usize),
    Left(Operator, Part),
}

/// A finished part: its node, and the bytes that it takes with the parentheses around it.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) node: NodeIx,
    pub(super) outer: Range<usize>,
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Placed],
    pub(super) at: usize,
    nodes: &'a mut Vec<Node>,
    pub(super) errors: &'a mut Vec<GuardError>,
    pub(super) pending: Vec<Pending>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        loop {
            let operand = self.operand();
            if !self.operators(operand) {
                return;
            }
        }
    }

    /// Reads what follows an operand, up to and including the operator that wants the next; false at the end.
    fn operators(&mut self, mut operand: Part) -> bool {
        loop {
            operand = self.negated(operand);
            let Some(Placed { token, span }) = self.peek() else {
                self.close_all(operand);
                return false;
            };
            let operator = match token {
                Token::Or => Operator::Or,
                Token::And => Operator::And,
                Token::Equal => Operator::Compare(Comparison::Equal),
                Token::Different => Operator::Compare(Comparison::Different),
                Token::Less => Operator::Compare(Comparison::Less),
                Token::AtMost => Operator::Compare(Comparison::AtMost),
                Token::Greater => Operator::Compare(Comparison::Greater),
                Token::AtLeast => Operator::Compare(Comparison::AtLeast),
                Token::Word if self.written() == "in" => Operator::In,
                Token::Close => {
                    operand = self.closed(operand, span);
                    self.at += 1;
                    continue;
                }
                _ => {
                    self.no_operator();
                    continue;
                }
            };
            let (from, sign) = (operand.outer.start, span.clone());
            let is_broken = matches!(self.nodes.get(operand.node).map(|node| &node.kind), Some(NodeKind::Broken));
            operand = self.combined(operand, operator.binding());
            let is_chained = operator.is_comparison()
                && matches!(
                    self.nodes.get(operand.node).map(|node| &node.kind),
                    Some(NodeKind::Compare(..) | NodeKind::In(..))
                )
                && operand.outer.start != from
                && !is_broken;
            if is_chained {
                self.report(sign, GuardErrorKind::ChainedComparison);
            }
            self.at += 1;
            if matches!(operator, Operator::In) && !matches!(self.ahead(0), Some(Token::OpenList | Token::Broken)) {
                self.unexpected(Expected::List);
                if !self.is_operand_here() {
                    let here = self.here();
                    self.pending.push(Pending::Left(operator, operand));
                    operand = self.node(NodeKind::Broken, here..here, None);
                    continue;
                }
            }
            self.pending.push(Pending::Left(operator, operand));
            return true;
        }
    }

    fn is_operand_here(&self) -> bool {
        match self.ahead(0) {
            Some(Token::Word) => self.written() != "in",
            Some(Token::Integer | Token::Decimal | Token::Text(_) | Token::Minus | Token::Open | Token::Not) => true,
            _ => false,
        }
    }

    /// Reports what stands after an operand, and goes on at the next operator.
    fn no_operator(&mut self) {
        self.unexpected(Expected::Operator);
        while let Some(Placed { token, .. }) = self.peek() {
            match token {
                Token::Open => {
                    self.skip_parentheses();
                    continue;
                }
                Token::And | Token::Or | Token::Close => return,
                _ => self.at += 1,
            }
        }
    }

    /// The operand with the `!`s that stand directly before it.
    fn negated(&mut self, mut operand: Part) -> Part {
        while let Some(Pending::Not(start)) = self.pending.last() {
            let outer = *start..operand.outer.end;
            self.pending.pop();
            operand = self.node(NodeKind::Not(operand.node), outer, None);
        }
        operand
    }

    /// The operand joined with what waits on its left and binds at least so tightly.
    fn combined(&mut self, mut right: Part, binding: u8) -> Part {
        while let Some(Pending::Left(operator, _)) = self.pending.last() {
            if operator.binding() < binding {
                break;
            }
            let Some(Pending::Left(operator, left)) = self.pending.pop() else { break };
            let kind = match operator {
                Operator::Or => NodeKind::Or(left.node, right.node),
                Operator::And => NodeKind::And(left.node, right.node),
                Operator::Compare(comparison) => NodeKind::Compare(comparison, left.node, right.node),
                Operator::In => NodeKind::In(left.node, right.node),
            };
            right = self.node(kind, left.outer.start..right.outer.end, None);
        }
        right
    }

    /// The operand with the parenthesis that closes here, or a report that none was open.
    fn closed(&mut self, operand: Part, close: &Range<usize>) -> Part {
        let mut operand = self.combined(operand, 0);
        match self.pending.last() {
            Some(Pending::Open(open)) => {
                operand.outer = open.start..close.end;
                self.pending.pop();
            }
            _ => self.report(close.clone(), GuardErrorKind::UnopenedParenthesis),
        }
        operand
    }

    fn close_all(&mut self, operand: Part) {
        let mut operand = self.combined(operand, 0);
        while let Some(pending) = self.pending.pop() {
            if let Pending::Open(open) = pending {
                self.report(open, GuardErrorKind::UnclosedParenthesis);
            }
            operand = self.negated(operand);
            operand = self.combined(operand, 0);
        }
    }

    pub(super) fn peek(&self) -> Option<&'a Placed> {
        self.tokens.get(self.at)
    }

    pub(super) fn ahead(&self, count: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + count).map(|placed| &placed.token)
    }

    /// The byte where the next token begins.
    pub(super) fn here(&self) -> usize {
        self.peek().map_or(self.text.len(), |placed| placed.span.start)
    }

    /// The byte after the last token read, if that is behind `from`.
    pub(super) fn behind(&self, from: usize) -> usize {
        let end = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(from, |placed| placed.span.end);
        end.max(from)
    }

    pub(super) fn written(&self) -> &'a str {
        self.peek().and_then(|placed| self.text.get(placed.span.clone())).unwrap_or("")
    }

    pub(super) fn node(&mut self, kind: NodeKind, span: Range<usize>, reading: Option<Range<usize>>) -> Part {
        let reading = reading.unwrap_or_else(|| span.clone());
        self.nodes.push(Node { kind, span: span.clone(), reading });
        Part { node: self.nodes.len() - 1, outer: span }
    }

    pub(super) fn report(&mut self, span: Range<usize>, kind: GuardErrorKind) {
        self.errors.push(GuardError::new(span, kind));
    }

    pub(super) fn unexpected(&mut self, expected: Expected) {
        let (span, found) = match self.peek() {
            Some(placed) => (placed.span.clone(), Found::Written(shortened(self.written()))),
            None => (self.text.len()..self.text.len(), Found::End),
        };
        self.report(span, GuardErrorKind::Unexpected { found, expected });
    }
}
