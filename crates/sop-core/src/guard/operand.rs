//! Operands: fields, `has(…)`, constants and lists, with what stands before them.

use std::ops::Range;

use super::error::{Expected, GuardErrorKind, LiteralProblem};
use super::lexer::{Placed, Token, shortened};
use super::parser::{Parser, Part, Pending};
use super::syntax::{Literal, NodeKind};

impl Parser<'_> {
    /// Reads up to and including one operand, with the `!` and `(` before it.
    pub(super) fn operand(&mut self) -> Part {
        while let Some(Placed { token, span }) = self.peek() {
            match token {
                Token::Not => self.pending.push(Pending::Not(span.start)),
                Token::Open => self.pending.push(Pending::Open(span.clone())),
                _ => break,
            }
            self.at += 1;
        }
        let from = self.here();
        let kind = match self.ahead(0) {
            Some(Token::Word) => return self.word(),
            Some(Token::OpenList) => self.list(),
            Some(Token::Integer | Token::Decimal | Token::Text(_) | Token::Minus) => {
                self.literal().map_or(NodeKind::Broken, NodeKind::Constant)
            }
            Some(Token::Broken) => {
                self.at += 1;
                NodeKind::Broken
            }
            _ => self.no_operand(),
        };
        self.node(kind, from..self.behind(from), None)
    }

    /// Reports that no operand is here. An operator or a closing parenthesis is left for those who know it.
    fn no_operand(&mut self) -> NodeKind {
        self.unexpected(Expected::Operand);
        let is_stray = matches!(self.ahead(0), Some(Token::CloseList | Token::Comma | Token::Point | Token::Other));
        self.at += usize::from(is_stray);
        NodeKind::Broken
    }

    /// An operand that begins with a word.
    fn word(&mut self) -> Part {
        let from = self.here();
        let word = self.written();
        match word {
            "true" | "false" => {
                self.at += 1;
                self.node(NodeKind::Constant(Literal::Bool(word == "true")), from..self.behind(from), None)
            }
            "case" => match self.field() {
                Some(name) => self.node(NodeKind::Field(name), from..self.behind(from), None),
                None => self.node(NodeKind::Broken, from..self.behind(from), None),
            },
            "has" => {
                self.at += 1;
                let tested = self.has_argument();
                let span = from..self.behind(from);
                match tested {
                    Some((name, reading)) => self.node(NodeKind::Has(name), span, Some(reading)),
                    None => self.node(NodeKind::Broken, span, None),
                }
            }
            "in" => {
                self.unexpected(Expected::Operand);
                self.node(NodeKind::Broken, from..from, None)
            }
            _ => {
                let next = self.tokens.get(self.at + 1).map(|placed| &placed.token);
                match next {
                    // A function call, or a path that doesn't begin with `case`: neither is a forgotten `case.`.
                    Some(Token::Open | Token::Point) => self.unexpected(Expected::Operand),
                    _ => {
                        let kind = GuardErrorKind::MissingCase { name: shortened(word) };
                        self.report(from..from + word.len(), kind);
                    }
                }
                self.at += 1;
                if matches!(next, Some(Token::Open)) {
                    self.skip_parentheses();
                } else {
                    while matches!(self.ahead(0), Some(Token::Point)) {
                        self.at += 1 + usize::from(matches!(self.ahead(1), Some(Token::Word)));
                    }
                }
                self.node(NodeKind::Broken, from..self.behind(from), None)
            }
        }
    }

    /// `case.x`, giving the bytes of the name.
    fn field(&mut self) -> Option<Range<usize>> {
        self.at += 1;
        if !matches!(self.ahead(0), Some(Token::Point)) {
            self.unexpected(Expected::Point);
            return None;
        }
        self.at += 1;
        let name = match self.peek() {
            Some(Placed { token: Token::Word, span }) => span.clone(),
            _ => {
                self.unexpected(Expected::FieldName);
                return None;
            }
        };
        // Words that CEL keeps for itself can't be selected there either.
        if matches!(self.written(), "in" | "true" | "false" | "null") {
            self.unexpected(Expected::FieldName);
            self.at += 1;
            return None;
        }
        self.at += 1;
        Some(name)
    }

    /// `(case.x)`, giving the bytes of the name and of the whole field.
    fn has_argument(&mut self) -> Option<(Range<usize>, Range<usize>)> {
        if !matches!(self.ahead(0), Some(Token::Open)) {
            self.unexpected(Expected::HasArgument);
            return None;
        }
        let (open, open_at) = (self.here(), self.at);
        self.at += 1;
        let from = self.here();
        let name = match self.written() {
            "case" => self.field(),
            name if matches!((self.ahead(0), self.ahead(1)), (Some(Token::Word), Some(Token::Close))) => {
                self.report(from..from + name.len(), GuardErrorKind::MissingCase { name: shortened(name) });
                None
            }
            _ => {
                self.unexpected(Expected::HasArgument);
                None
            }
        };
        let reading = from..self.behind(from);
        match self.ahead(0) {
            Some(Token::Close) => {
                self.at += 1;
                return Some((name?, reading));
            }
            None if name.is_some() => self.report(open..open + 1, GuardErrorKind::UnclosedParenthesis),
            Some(_) if name.is_some() => self.unexpected(Expected::HasArgument),
            _ => {}
        }
        self.at = open_at;
        self.skip_parentheses();
        None
    }

    /// A number, text, `true` or `false`, perhaps with a minus sign; `None` when it has been reported.
    fn literal(&mut self) -> Option<Literal> {
        let from = self.here();
        let is_negative = matches!(self.peek()?.token, Token::Minus);
        self.at += usize::from(is_negative);
        let Some(Placed { token, span }) = self.peek() else {
            self.unexpected(Expected::Number);
            return None;
        };
        let written = self.text.get(span.clone()).unwrap_or("");
        let signed = || format!("{}{written}", if is_negative { "-" } else { "" });
        let literal = match token {
            Token::Integer => match signed().parse() {
                Ok(number) => Literal::Integer(number),
                Err(_) => {
                    let kind =
                        GuardErrorKind::BadLiteral { literal: shortened(&signed()), problem: LiteralProblem::TooLarge };
                    self.report(from..span.end, kind);
                    self.at += 1;
                    return None;
                }
            },
            Token::Decimal => Literal::Decimal(signed()),
            Token::Broken => {
                self.at += 1;
                return None;
            }
            _ if is_negative => {
                self.unexpected(Expected::Number);
                return None;
            }
            Token::Text(text) => Literal::Text(text.clone()),
            Token::Word if matches!(written, "true" | "false") => Literal::Bool(written == "true"),
            _ => {
                self.unexpected(Expected::Constant);
                return None;
            }
        };
        self.at += 1;
        Some(literal)
    }

    /// `[`, constants, `]`.
    fn list(&mut self) -> NodeKind {
        let open = self.here();
        self.at += 1;
        let mut constants = Vec::new();
        let errors_before = self.errors.len();
        loop {
            match self.ahead(0) {
                Some(Token::CloseList) if constants.is_empty() => {
                    self.at += 1;
                    self.report(open..self.behind(open), GuardErrorKind::EmptyList);
                    return NodeKind::Broken;
                }
                None => {
                    self.report(open..open + 1, GuardErrorKind::UnclosedList);
                    return NodeKind::Broken;
                }
                _ => {}
            }
            let from = self.here();
            match self.literal() {
                Some(literal) => constants.push((literal, from..self.behind(from))),
                None if self.here() == from => break self.skip_list(),
                None => {}
            }
            match self.ahead(0) {
                Some(Token::Comma) => self.at += 1,
                Some(Token::CloseList) => {
                    self.at += 1;
                    break;
                }
                None => {}
                Some(_) => {
                    // Reported once already when the constant itself was wrong.
                    if self.errors.len() == errors_before {
                        self.unexpected(Expected::CommaOrBracket);
                    }
                    break self.skip_list();
                }
            }
        }
        match self.errors.len() == errors_before {
            true => NodeKind::List(constants),
            false => NodeKind::Broken,
        }
    }

    /// Goes on behind the end of a list, or before what can't be in one.
    fn skip_list(&mut self) {
        while let Some(Placed { token, .. }) = self.peek() {
            match token {
                Token::CloseList => {
                    self.at += 1;
                    return;
                }
                Token::And | Token::Or | Token::Close => return,
                _ => self.at += 1,
            }
        }
    }

    /// Goes on behind the parenthesis that closes the one here.
    pub(super) fn skip_parentheses(&mut self) {
        let mut depth = 0_usize;
        while let Some(Placed { token, .. }) = self.peek() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}
