//! Reads a [`Waktu`].
//!
//! A short text, read once from left to right: a hedge, one or two amounts, and what the rate is
//! for. Nothing is guessed: what isn't understood is an error with its place, and a suggestion is
//! made only if it can itself be read.

use std::ops::Range;

use thiserror::Error;

use super::{
    duration_rules::DurationRules,
    span::Budget,
    spelling,
    waktu::{Amount, Form, Qualifier, Quantity, Term, Unit, Unset, Waktu},
    waktu_tokens::{Symbol, Token, is_space, tokens},
    waktu_words::{PERIODS, UNSET, is_until, may_follow, meant_unit, quantity, unit},
};

/// Why a text is not a [`Waktu`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct WaktuError {
    /// What.
    pub kind: WaktuErrorKind,
    /// Where in the text, in bytes, on character boundaries.
    pub range: Range<usize>,
    /// The whole text as it should probably be written. It can be read.
    pub suggestion: Option<String>,
}

/// What can be wrong with a Waktu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum WaktuErrorKind {
    /// This part means nothing here.
    #[error("not understood")]
    NotUnderstood,
    /// A unit without a number: `menit`.
    #[error("a number is missing")]
    MissingNumber,
    /// A number without a unit: `5`.
    #[error("a unit is missing")]
    MissingUnit,
    /// A number with a word that isn't a unit: `5 mnt`.
    #[error("not a unit of time")]
    UnknownUnit,
    /// A number that isn't written as in Indonesian (`1.5`), or has more than three decimals.
    #[error("not a number as written in Indonesian")]
    BadNumber,
    /// The words in brackets are another number: `3 (lima) hari`.
    #[error("number and words disagree")]
    WordsDisagree,
    /// A unit that can't follow the one before: `30 menit 1 jam`, `1 hari 1 hari`.
    #[error("units run from large to small, each at most once")]
    BadOrder,
    /// The first end of a range is the greater one: `3 - 1 hari`.
    #[error("the range is the wrong way round")]
    Reversed,
    /// More than a budget can be, in an office whose days are as long as rules allow.
    #[error("too large")]
    TooLarge,
}

/// Reads a text; the public door is [`Waktu::parse`].
pub(super) fn parse(text: &str) -> Result<Waktu, WaktuError> {
    read(text).map_err(|mut error| {
        error.suggestion = error.suggestion.filter(|suggestion| read(suggestion).is_ok());
        error
    })
}

/// Reads a text; suggestions are not yet known to be readable.
fn read(text: &str) -> Result<Waktu, WaktuError> {
    let tokens = tokens(text);
    if let Some(form) = without_duration(&tokens) {
        return Ok(Waktu(form));
    }
    Reader { text, tokens: &tokens, next: 0 }.waktu()
}

/// Forms that say how often, or that nothing is said.
fn without_duration(tokens: &[Token]) -> Option<Form> {
    if tokens.is_empty() {
        return Some(Form::Unset(Unset::Empty));
    }
    if tokens.len() <= 3 && tokens.iter().all(|token| token.symbol == Symbol::Dash) {
        return Some(Form::Unset(Unset::Dash));
    }
    let words: Option<Vec<&str>> = tokens
        .iter()
        .map(|token| match &token.symbol {
            Symbol::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let words = words?;
    let phrase = words.join(" ");
    if let Some(&(_, unset)) = UNSET.iter().find(|(known, _)| *known == phrase) {
        return Some(Form::Unset(unset));
    }
    let every = matches!(words.as_slice(), ["setiap" | "tiap" | "per", _, ..]);
    let period = every || PERIODS.contains(&phrase.as_str());
    period.then(|| Form::Period(phrase.into()))
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    next: usize,
}

/// An amount, or a number that may take its unit from the amount after it.
enum End {
    Amount(Amount),
    Bare(Quantity, Range<usize>),
}

impl<'t> Reader<'t> {
    fn waktu(mut self) -> Result<Waktu, WaktuError> {
        if let Some(error) = self.misspelt() {
            return Err(error);
        }
        let qualifier = self.qualifier();
        let start = self.place().start;
        let first = self.end()?;
        let (low, high) = if self.take_until() {
            let high_start = self.place();
            let End::Amount(high) = self.end()? else {
                return Err(self.missing_unit(high_start));
            };
            let low = match first {
                End::Amount(low) => low,
                End::Bare(quantity, range) => self.with_unit_of(quantity, range, &high)?,
            };
            (Some(low), high)
        } else {
            match first {
                End::Amount(high) => (None, high),
                End::Bare(_, range) => return Err(self.missing_unit(range)),
            }
        };
        let span = start..self.end_of_previous();
        if let Some(low) = low.as_ref().filter(|low| is_reversed(low, &high)) {
            let turned = Form::Span { qualifier, low: Some(high.clone()), high: low.clone(), per: None };
            let turned = Waktu(turned).to_string();
            return Err(self.error(WaktuErrorKind::Reversed, span.clone(), Some((0..span.end, turned))));
        }
        for amount in low.iter().chain([&high]) {
            if amount.minutes(&DurationRules::LONGEST).1 > u64::from(Budget::MAX_MINUTES) {
                return Err(self.error(WaktuErrorKind::TooLarge, span, None));
            }
        }
        let per = self.per()?;
        if self.next < self.tokens.len() {
            let rest = self.place().start..self.text.trim_end_matches(is_space).len();
            return Err(self.error(WaktuErrorKind::NotUnderstood, rest.clone(), Some((rest, String::new()))));
        }
        Ok(Waktu(Form::Span { qualifier, low, high, per }))
    }

    /// A single word that is nearly one of those without a duration.
    fn misspelt(&self) -> Option<WaktuError> {
        let [Token { symbol: Symbol::Word(word), range }] = self.tokens else {
            return None;
        };
        let known: Vec<&str> = UNSET.iter().map(|(word, _)| *word).chain(PERIODS).collect();
        let meant = unit(word).is_none().then(|| spelling::closest(word, &known))??;
        let meant = Some((range.clone(), meant.to_owned()));
        Some(self.error(WaktuErrorKind::NotUnderstood, range.clone(), meant))
    }

    fn qualifier(&mut self) -> Qualifier {
        let hedges: [(&[&str], Qualifier); 12] = [
            (&["kurang", "lebih"], Qualifier::About),
            (&["lebih", "kurang"], Qualifier::About),
            (&["sekitar"], Qualifier::About),
            (&["kira", "kira"], Qualifier::About),
            (&["maks"], Qualifier::AtMost),
            (&["max"], Qualifier::AtMost),
            (&["maksimal"], Qualifier::AtMost),
            (&["maksimum"], Qualifier::AtMost),
            (&["paling", "lama"], Qualifier::AtMost),
            (&["paling", "lambat"], Qualifier::AtMost),
            (&["selambat", "lambatnya"], Qualifier::AtMost),
            (&["selama", "lamanya"], Qualifier::AtMost),
        ];
        match self.peek() {
            Some(Symbol::PlusMinus) => {
                self.next += 1;
                return Qualifier::About;
            }
            Some(Symbol::AtMost) => {
                self.next += 1;
                return Qualifier::AtMost;
            }
            _ => {}
        }
        for (words, qualifier) in hedges {
            let mut at = self.next;
            let found = words.iter().enumerate().all(|(place, word)| {
                // 'kira-kira' and 'selambat-lambatnya' have a dash between their words.
                if place > 0 && self.symbol(at) == Some(&Symbol::Dash) {
                    at += 1;
                }
                let found = matches!(self.symbol(at), Some(Symbol::Word(found)) if found == word);
                at += 1;
                found
            });
            if found {
                self.next = at;
                return qualifier;
            }
        }
        Qualifier::Plain
    }

    /// An amount, or a lone number in front of a range sign.
    fn end(&mut self) -> Result<End, WaktuError> {
        let mut terms: Vec<Term> = Vec::new();
        loop {
            let start = self.place();
            let quantity = self.number()?;
            let Some((unit, range)) = self.unit(quantity, start.clone())? else {
                if terms.is_empty() {
                    return Ok(End::Bare(quantity, start.start..self.end_of_previous()));
                }
                return Err(self.missing_unit(start));
            };
            if terms.last().is_some_and(|last| !may_follow(last.unit, unit)) {
                return Err(self.error(WaktuErrorKind::BadOrder, start.start..range.end, None));
            }
            terms.push(Term { quantity, unit });
            let and = self.next + usize::from(self.is_word("dan"));
            if self.symbol(and) != Some(&Symbol::Number) {
                return Ok(End::Amount(Amount { terms }));
            }
            self.next = and;
        }
    }

    /// A number, and perhaps its words in brackets.
    fn number(&mut self) -> Result<Quantity, WaktuError> {
        let range = self.place();
        match self.peek() {
            Some(Symbol::Number) => {}
            Some(Symbol::Word(_)) => return Err(self.number_in_words(range)),
            Some(_) => return Err(self.error(WaktuErrorKind::NotUnderstood, range, None)),
            None => return Err(self.error(WaktuErrorKind::MissingNumber, range, None)),
        }
        self.next += 1;
        let written = self.text.get(range.clone()).unwrap_or_default();
        let quantity = match quantity(written) {
            Ok(quantity) => quantity,
            Err(kind) => {
                let comma = written.replacen('.', ",", 1);
                return Err(self.error(kind, range.clone(), Some((range, comma))));
            }
        };
        if let Some(Symbol::Brackets(words)) = self.peek() {
            let words: Vec<&str> = words.split_whitespace().collect();
            let number = u32::try_from(quantity.thousandths / 1_000).ok();
            let spelt = number.and_then(spelling::in_words);
            let agree = quantity.thousandths.is_multiple_of(1_000) && spelt == Some(words.join(" "));
            if !agree {
                let place = self.place();
                let spelt = spelt.map(|spelt| (place.clone(), format!("({spelt})")));
                return Err(self.error(WaktuErrorKind::WordsDisagree, place, spelt));
            }
            self.next += 1;
        }
        Ok(quantity)
    }

    /// The error for a word where a number should be: a number in words, or a unit without one.
    fn number_in_words(&self, range: Range<usize>) -> WaktuError {
        let mut words = String::new();
        let mut best = None;
        for at in self.next..self.tokens.len().min(self.next.saturating_add(6)) {
            let (Some(Symbol::Word(word)), Some(token)) = (self.symbol(at), self.tokens.get(at)) else {
                break;
            };
            let space = if words.is_empty() { "" } else { " " };
            words = format!("{words}{space}{word}");
            if let Some(number) = spelling::from_words(&words) {
                best = Some((range.start..token.range.end, number.to_string()));
            }
        }
        match (best, self.symbol(self.next)) {
            (Some((range, digits)), _) => {
                self.error(WaktuErrorKind::MissingNumber, range.clone(), Some((range, digits)))
            }
            (None, Some(Symbol::Word(word))) if unit(word).is_some() => {
                self.error(WaktuErrorKind::MissingNumber, range, None)
            }
            _ => self.error(WaktuErrorKind::NotUnderstood, range, None),
        }
    }

    /// The unit behind a number, if there is any; none in front of a range sign or at the end.
    fn unit(&mut self, quantity: Quantity, number: Range<usize>) -> Result<Option<(Unit, Range<usize>)>, WaktuError> {
        let range = self.place();
        let word = match self.peek() {
            None | Some(Symbol::Dash | Symbol::Until) => return Ok(None),
            Some(Symbol::Word(word)) if is_until(word) => return Ok(None),
            Some(Symbol::Times) => "x",
            Some(Symbol::Word(word)) => word.as_str(),
            Some(_) => return Err(self.error(WaktuErrorKind::NotUnderstood, range, None)),
        };
        if word == "x" || word == "kali" {
            let hours = self.tokens.get(self.next.saturating_add(1));
            let hours = hours.filter(|hours| hours.symbol == Symbol::Number);
            let hours = hours.and_then(|hours| self.text.get(hours.range.clone()));
            let word = self.symbol(self.next.saturating_add(2));
            if hours == Some("24") && matches!(word, Some(Symbol::Word(word)) if word == "jam") {
                self.next += 3;
                return Ok(Some((Unit::TwentyFourHours, range.start..self.end_of_previous())));
            }
            return Err(self.error(WaktuErrorKind::NotUnderstood, range, None));
        }
        let Some(mut unit) = unit(word) else {
            let meant = meant_unit(word, quantity).map(|(from_number, meant)| {
                let start = if from_number { number.start } else { range.start };
                (start..range.end, meant)
            });
            return Err(self.error(WaktuErrorKind::UnknownUnit, range, meant));
        };
        self.next += 1;
        if self.is_word("kerja") && unit.rank() <= Unit::Day.rank() {
            // Minutes and hours are working time anyway.
            unit = if unit == Unit::Day { Unit::WorkingDay } else { unit };
            self.next += 1;
        } else if self.is_word("kalender") && unit == Unit::Day {
            unit = Unit::CalendarDay;
            self.next += 1;
        }
        Ok(Some((unit, range.start..self.end_of_previous())))
    }

    /// Takes a range sign, if one is next.
    fn take_until(&mut self) -> bool {
        let until = match self.peek() {
            Some(Symbol::Dash | Symbol::Until) => 1,
            Some(Symbol::Word(word)) if word == "sampai" => {
                // 'sampai dengan' is two words.
                let with = self.symbol(self.next.saturating_add(1));
                1 + usize::from(matches!(with, Some(Symbol::Word(with)) if with == "dengan"))
            }
            Some(Symbol::Word(word)) if is_until(word) => 1,
            _ => 0,
        };
        self.next += until;
        until > 0
    }

    /// The lower end of `1 - 2 hari` has the unit of the upper one.
    fn with_unit_of(&self, quantity: Quantity, range: Range<usize>, high: &Amount) -> Result<Amount, WaktuError> {
        match high.terms.as_slice() {
            [Term { unit, .. }] => Ok(Amount { terms: vec![Term { quantity, unit: *unit }] }),
            _ => Err(self.missing_unit(range)),
        }
    }

    /// What a rate is for each of: everything behind a slash or the word `per`.
    fn per(&mut self) -> Result<Option<Box<str>>, WaktuError> {
        if self.peek() != Some(&Symbol::Slash) && !self.is_word("per") {
            return Ok(None);
        }
        let sign = self.place();
        self.next = self.tokens.len();
        let each = self.text.get(sign.end..).unwrap_or_default();
        let each: Vec<&str> = each.split(is_space).filter(|word| !word.is_empty()).collect();
        let each = each.join(" ");
        if each.chars().any(char::is_alphabetic) {
            Ok(Some(each.into()))
        } else {
            Err(self.error(WaktuErrorKind::NotUnderstood, sign.start..self.text.len(), None))
        }
    }

    fn missing_unit(&self, number: Range<usize>) -> WaktuError {
        let end = number.end;
        self.error(WaktuErrorKind::MissingUnit, number, Some((end..end, " menit".to_owned())))
    }

    /// An error, and what the whole text would be with a part of it replaced.
    fn error(&self, kind: WaktuErrorKind, range: Range<usize>, replace: Option<(Range<usize>, String)>) -> WaktuError {
        let suggestion = replace.and_then(|(range, with)| {
            let (before, after) = (self.text.get(..range.start)?, self.text.get(range.end..)?);
            Some(format!("{before}{with}{after}").trim_matches(is_space).to_owned())
        });
        WaktuError { kind, range, suggestion }
    }

    fn symbol(&self, at: usize) -> Option<&'t Symbol> {
        self.tokens.get(at).map(|token| &token.symbol)
    }

    fn peek(&self) -> Option<&'t Symbol> {
        self.symbol(self.next)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Symbol::Word(found)) if found == word)
    }

    /// Where the next token is; the end of the text if there is none.
    fn place(&self) -> Range<usize> {
        let end = self.text.len()..self.text.len();
        self.tokens.get(self.next).map_or(end, |token| token.range.clone())
    }

    fn end_of_previous(&self) -> usize {
        let previous = self.next.checked_sub(1).and_then(|at| self.tokens.get(at));
        previous.map_or(0, |token| token.range.end)
    }
}

/// True if the low end is more than the high one by the usual rules and by the longest days, so
/// that no office could have meant it ('8 jam - 1 hari' is reversed only where days are short).
fn is_reversed(low: &Amount, high: &Amount) -> bool {
    [DurationRules::default(), DurationRules::LONGEST].iter().all(|rules| low.minutes(rules).1 > high.minutes(rules).1)
}
