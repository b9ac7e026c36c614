//! Splits a written duration into numbers, words and signs.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// Digits, perhaps with dots and commas between them.
    Number,
    /// Letters, in lower case; a full stop behind them belongs to the token.
    Word(String),
    /// `(…)`, with what is inside in lower case.
    Brackets(String),
    Dash,
    /// `s.d.`, `s/d`: unlike a dash it can't stand for 'no duration'.
    Until,
    Slash,
    /// `x` as a sign (`×`, `*`); the letter comes as a word.
    Times,
    PlusMinus,
    AtMost,
    Other,
}

/// A piece of the text, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) symbol: Symbol,
    pub(super) range: Range<usize>,
}

/// Space, and the marks without width that word processors leave behind.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Splits a text into tokens; every character but space is in one of them.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        let mut length = first.len_utf8();
        if !is_space(first) {
            let symbol;
            (symbol, length) = token(rest, first);
            tokens.push(Token { symbol, range: at..at + length });
        }
        at += length;
    }
    tokens
}

/// The first token of a text, and its length in bytes.
fn token(rest: &str, first: char) -> (Symbol, usize) {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let lower = |range: Range<usize>| rest.get(range).unwrap_or_default().to_lowercase();
    if first.is_ascii_digit() {
        let run = run(|c| c.is_ascii_digit() || c == '.' || c == ',');
        let number = rest.get(..run).unwrap_or_default().trim_end_matches(['.', ',']);
        return (Symbol::Number, number.len());
    }
    for sign in ["s.d.", "s/d.", "s.d", "s/d"] {
        let found = rest.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign));
        let after = rest.get(sign.len()..).and_then(|after| after.chars().next());
        if found && after.is_none_or(|c| !c.is_alphabetic()) {
            return (Symbol::Until, sign.len());
        }
    }
    if first.is_alphabetic() {
        let run = run(char::is_alphabetic);
        let stop = usize::from(rest.get(run..).is_some_and(|after| after.starts_with('.')));
        return (Symbol::Word(lower(0..run)), run + stop);
    }
    let single = |symbol| (symbol, first.len_utf8());
    match first {
        '(' => match rest.find(')') {
            Some(end) => (Symbol::Brackets(lower(1..end)), end + 1),
            None => single(Symbol::Other),
        },
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => single(Symbol::Dash),
        '/' => single(Symbol::Slash),
        '×' | '*' => single(Symbol::Times),
        '±' => single(Symbol::PlusMinus),
        '+' if rest.starts_with("+/-") => (Symbol::PlusMinus, 3),
        '+' if rest.starts_with("+-") => (Symbol::PlusMinus, 2),
        '≤' | '<' => single(Symbol::AtMost),
        _ => single(Symbol::Other),
    }
}
