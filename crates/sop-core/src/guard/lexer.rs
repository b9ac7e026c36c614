//! Words and signs with their places.

use std::ops::Range;

use super::error::{GuardError, GuardErrorKind, LiteralProblem};
use super::parser::{MAX_ERRORS, MAX_TOKENS};

/// A word or sign of the language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name, `case`, `has`, `in`, `true`, `false`.
    Word,
    /// Digits.
    Integer,
    /// Digits, a point, digits.
    Decimal,
    /// A text with its escapes resolved.
    Text(String),
    And,
    Or,
    Not,
    Equal,
    Different,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    Point,
    Minus,
    /// A literal that is wrong and has been reported: stands for any constant.
    Broken,
    /// A sign that the language doesn't have.
    Other,
}

/// A token and the bytes it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) token: Token,
    pub(crate) span: Range<usize>,
}

/// Signs, longest first, with what they mean; those with a second text are not ours, and are reported and read on as
/// what they mean.
const SIGNS: &[(&str, Token, Option<&str>)] = &[
    ("===", Token::Equal, Some("==")),
    ("!==", Token::Different, Some("!=")),
    ("&&", Token::And, None),
    ("||", Token::Or, None),
    ("==", Token::Equal, None),
    ("!=", Token::Different, None),
    ("<=", Token::AtMost, None),
    (">=", Token::AtLeast, None),
    ("=>", Token::AtLeast, Some(">=")),
    ("=<", Token::AtMost, Some("<=")),
    ("<>", Token::Different, Some("!=")),
    ("≤", Token::AtMost, Some("<=")),
    ("≥", Token::AtLeast, Some(">=")),
    ("≠", Token::Different, Some("!=")),
    ("=", Token::Equal, Some("==")),
    ("&", Token::And, Some("&&")),
    ("|", Token::Or, Some("||")),
    ("<", Token::Less, None),
    (">", Token::Greater, None),
    ("!", Token::Not, None),
    ("(", Token::Open, None),
    (")", Token::Close, None),
    ("[", Token::OpenList, None),
    ("]", Token::CloseList, None),
    (",", Token::Comma, None),
    (".", Token::Point, None),
    ("-", Token::Minus, None),
];

/// Words of other notations, in lower case.
const WORDS: &[(&str, Token, &str)] = &[
    ("and", Token::And, "&&"),
    ("dan", Token::And, "&&"),
    ("or", Token::Or, "||"),
    ("atau", Token::Or, "||"),
    ("not", Token::Not, "!"),
    ("tidak", Token::Not, "!"),
    ("bukan", Token::Not, "!"),
];

/// Splits a text into tokens, reporting what can't be read and going on after it.
pub(crate) fn tokens(text: &str, errors: &mut Vec<GuardError>) -> Vec<Placed> {
    let mut lexer = Lexer { text, at: 0, errors, tokens: Vec::new() };
    while lexer.errors.len() < MAX_ERRORS && lexer.next() {
        if lexer.tokens.len() > MAX_TOKENS {
            let from = lexer.tokens.last().map_or(0, |last| last.span.start);
            lexer.errors.push(GuardError::new(from..text.len(), GuardErrorKind::TooManyTokens { limit: MAX_TOKENS }));
            break;
        }
    }
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    errors: &'a mut Vec<GuardError>,
    tokens: Vec<Placed>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn written(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or("")
    }

    /// Bytes from here on whose characters satisfy the condition.
    fn run(&self, wanted: impl Fn(char) -> bool) -> usize {
        self.rest().find(|letter| !wanted(letter)).unwrap_or(self.rest().len())
    }

    fn push(&mut self, token: Token, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.push(Placed { token, span });
    }

    fn report(&mut self, span: Range<usize>, kind: GuardErrorKind) {
        self.errors.push(GuardError::new(span, kind));
    }

    /// Reads one token; false at the end.
    fn next(&mut self) -> bool {
        self.at += self.run(|letter| matches!(letter, ' ' | '\t' | '\r' | '\n'));
        let Some(first) = self.rest().chars().next() else { return false };
        match first {
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            '0'..='9' => self.number(),
            '"' | '\'' => self.text(first),
            '“' | '”' | '„' | '‘' | '’' => self.curly_text(first),
            _ => self.sign(first),
        }
        true
    }

    fn word(&mut self) {
        let length = self.run(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let span = self.at..self.at + length;
        let after_point = matches!(self.tokens.last(), Some(Placed { token: Token::Point, .. }));
        let lower = self.written(span.clone()).to_ascii_lowercase();
        let foreign = WORDS.iter().find(|(word, ..)| *word == lower && !after_point);
        match foreign {
            Some((_, token, instead)) => {
                let found = self.written(span.clone()).to_owned();
                self.report(span, GuardErrorKind::OtherNotation { found, instead });
                self.push(token.clone(), length);
            }
            None => self.push(Token::Word, length),
        }
    }

    fn number(&mut self) {
        // Everything that clings to the digits belongs to the word, so that `5.000.000` or `1e3` is one mistake.
        let length = self.run(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
        let span = self.at..self.at + length;
        let written = self.written(span.clone());
        let groups: Vec<&str> = written.split(['.', '_']).collect();
        let digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
        let token = match (digits, groups.len(), written.contains('_')) {
            (true, 1, _) => Token::Integer,
            (true, 2, false) => Token::Decimal,
            (is_grouped, ..) => {
                let problem = if is_grouped { LiteralProblem::ThousandsSeparator } else { LiteralProblem::NotANumber };
                let literal = shortened(written);
                self.report(span, GuardErrorKind::BadLiteral { literal, problem });
                Token::Broken
            }
        };
        self.push(token, length);
    }

    fn text(&mut self, quote: char) {
        let start = self.at;
        let mut resolved = String::new();
        let mut letters = self.text.get(start + 1..).unwrap_or("").char_indices();
        let mut wrong = Vec::new();
        let end = loop {
            let Some((place, letter)) = letters.next() else { break None };
            match letter {
                '\n' | '\r' => break None,
                '\\' => {
                    let from = start + 1 + place;
                    match escape(&mut letters) {
                        Some(letter) => resolved.push(letter),
                        None => {
                            let next = self.rest().get(place + 2..).and_then(|rest| rest.chars().next());
                            wrong.push(from..from + 1 + next.map_or(0, char::len_utf8));
                        }
                    }
                }
                _ if letter == quote => break Some(place + 2),
                _ => resolved.push(letter),
            }
        };
        let is_sound = wrong.is_empty();
        for span in wrong {
            let literal = self.written(span.clone()).to_owned();
            self.report(span, GuardErrorKind::BadLiteral { literal, problem: LiteralProblem::UnknownEscape });
        }
        match end {
            Some(length) if is_sound => self.push(Token::Text(resolved), length),
            Some(length) => self.push(Token::Broken, length),
            None => {
                let length = self.run(|letter| !matches!(letter, '\n' | '\r'));
                self.report(start..start + length, GuardErrorKind::UnclosedText);
                self.push(Token::Broken, length);
            }
        }
    }

    /// A text in the quotation marks that word processors make.
    fn curly_text(&mut self, first: char) {
        let opening = first.len_utf8();
        let is_double = matches!(first, '“' | '”' | '„');
        let closes =
            |letter: char| if is_double { matches!(letter, '“' | '”') } else { matches!(letter, '‘' | '’') };
        let rest = self.rest().get(opening..).unwrap_or("");
        let length = match rest.find(|letter| closes(letter) || letter == '\n') {
            Some(place) => {
                opening + place + rest.get(place..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
            }
            None => opening,
        };
        let instead = if is_double { "\"" } else { "'" };
        self.report(self.at..self.at + opening, GuardErrorKind::OtherNotation { found: first.to_string(), instead });
        self.push(Token::Broken, length);
    }

    fn sign(&mut self, first: char) {
        let known = SIGNS.iter().find(|(sign, ..)| self.rest().starts_with(sign));
        match known {
            Some((sign, token, instead)) => {
                if let Some(instead) = instead {
                    let span = self.at..self.at + sign.len();
                    self.report(span, GuardErrorKind::OtherNotation { found: (*sign).to_owned(), instead });
                }
                self.push(token.clone(), sign.len());
            }
            None => self.push(Token::Other, first.len_utf8()),
        }
    }
}

/// The character that an escape stands for, read after its `\`.
fn escape(letters: &mut std::str::CharIndices<'_>) -> Option<char> {
    let mut ahead = letters.clone();
    let resolved = match ahead.next()?.1 {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        same @ ('\\' | '"' | '\'') => same,
        'u' => {
            let mut code = 0;
            for _ in 0..4 {
                code = code * 16 + ahead.next()?.1.to_digit(16)?;
            }
            char::from_u32(code)?
        }
        _ => return None,
    };
    *letters = ahead;
    Some(resolved)
}

/// A quotation for a message, cut where it gets long.
pub(crate) fn shortened(written: &str) -> String {
    const LONGEST: usize = 40;
    match written.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", written.get(..cut).unwrap_or("")),
        None => written.to_owned(),
    }
}
