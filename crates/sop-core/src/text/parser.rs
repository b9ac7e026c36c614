//! Strict JSON, read in one pass without recursion.
//!
//! Why not a ready-made parser: `jsonc-parser`, with all its leniencies off, still accepts repeated
//! keys, raw control characters and numbers that overflow, recurses, and stops at the first error, so
//! that more passes would stand around it; on an SOP of 20 kB it takes 1.6 times as long. `serde_json`
//! loses the places. This one goes on after every mistake whose remedy is plain, so that an analyst
//! sees all of them at once, and can say for each what to do.

use crate::diagnostic::{Both, Diagnostic, Diagnostics, rules};
use crate::text::json::{Content, Json, Key, Kind, Slot};
use crate::text::lexical::is_odd_blank;
use crate::text::mistake::Mistake;
use crate::text::{MAX_BYTES, Pointer, SourceText, Span};

/// How many arrays and objects may stand inside one another.
pub const MAX_DEPTH: usize = 64;

/// How many syntax errors of one file are reported at most.
pub const MAX_SYNTAX_ERRORS: usize = 20;

/// The number of values that one file may have: ten thousand steps have a tenth of that.
const MAX_VALUES: usize = 1_000_000;

pub(super) fn parse(source: &SourceText) -> Result<(Json, Diagnostics), Diagnostics> {
    let text = source.text();
    if text.len() > MAX_BYTES {
        let size = format!("{} byte", text.len());
        let refused = Diagnostic::new(&rules::FILE_TOO_LARGE, Pointer::root())
            .with("size", size)
            .with("limit", "16 MiB")
            .in_file(source.name());
        return Err(Diagnostics::from(vec![refused]));
    }
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        at: source.content_start(),
        slots: Vec::with_capacity((text.len() / 16).min(1 << 16)),
        open: Vec::new(),
        decoded: String::new(),
        key: None,
        mistakes: Vec::new(),
        members: Vec::new(),
    };
    let finished = parser.run().is_ok();
    let count = Span::new(parser.slots.len(), 0).start;
    for open in std::mem::take(&mut parser.open) {
        if let Some(slot) = parser.slots.get_mut(open as usize) {
            slot.after = count;
        }
    }
    let json = Json { source: source.clone(), slots: parser.slots, decoded: parser.decoded };
    let mut diagnostics: Diagnostics =
        parser.mistakes.into_iter().map(|mistake| mistake.into_diagnostic(&json)).collect();
    diagnostics.locate(&json);
    if finished { Ok((json, diagnostics)) } else { Err(diagnostics) }
}

/// Reading can't go on; the reason is among the mistakes.
pub(super) struct Stop;

pub(super) type Step<T = ()> = Result<T, Stop>;

/// What may come next.
#[derive(Clone, Copy)]
enum Next {
    Value,
    /// An item or the end of the array; with where the comma before it stands.
    ItemOrEnd(Option<usize>),
    /// A key or the end of the object; with where the comma before it stands.
    KeyOrEnd(Option<usize>),
    CommaOrEnd,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    slots: Vec<Slot>,
    /// The arrays and objects that aren't closed yet.
    open: Vec<u32>,
    pub(super) decoded: String,
    /// The key that waits for its value.
    key: Option<Key>,
    mistakes: Vec<Mistake>,
    /// Scratch space to find repeated keys.
    members: Vec<u32>,
}

impl<'t> Parser<'t> {
    fn run(&mut self) -> Step {
        self.skip_blank()?;
        if self.peek().is_none() {
            return self.fatal(Mistake::new(&rules::EMPTY_FILE, self.here()));
        }
        let mut next = Next::Value;
        loop {
            self.skip_blank()?;
            next = match next {
                Next::Value => self.value()?,
                Next::ItemOrEnd(comma) => {
                    self.extra_commas(comma)?;
                    match self.peek() {
                        Some(b']') => {
                            self.trailing_comma(comma)?;
                            self.close()
                        }
                        Some(b'}') => return self.mismatch(),
                        _ => self.value()?,
                    }
                }
                Next::KeyOrEnd(comma) => {
                    self.extra_commas(comma)?;
                    match self.peek() {
                        Some(b'}') => {
                            self.trailing_comma(comma)?;
                            self.close()
                        }
                        _ => self.member()?,
                    }
                }
                Next::CommaOrEnd => match self.open.last().copied() {
                    None => return self.end_of_file(),
                    Some(container) => self.comma_or_end(container)?,
                },
            };
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The character at the current place; empty at the end.
    pub(super) fn here(&self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + length)
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn report(&mut self, mut mistake: Mistake) -> Step {
        mistake.slot = self.open.last().copied().unwrap_or_default();
        self.mistakes.push(mistake);
        if self.mistakes.len() >= MAX_SYNTAX_ERRORS { Err(Stop) } else { Ok(()) }
    }

    pub(super) fn fatal<T>(&mut self, mistake: Mistake) -> Step<T> {
        let _ = self.report(mistake);
        Err(Stop)
    }

    fn skip_blank(&mut self) -> Step {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
                self.at += 1;
            }
            let rest = self.rest();
            let odd = rest.find(|letter| !is_odd_blank(letter)).unwrap_or(rest.len());
            if odd > 0 {
                let span = Span::new(self.at, self.at + odd);
                self.at += odd;
                self.report(Mistake::new(&rules::ODD_BLANK, span).fix(span, " "))?;
                continue;
            }
            let length = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find(['\n', '\r']).unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => end + 2,
                    None => rest.len(),
                }
            } else {
                return Ok(());
            };
            let span = Span::new(self.at, self.at + length);
            self.at += length;
            self.report(Mistake::new(&rules::COMMENT, span).proposal(span, ""))?;
        }
    }

    fn value(&mut self) -> Step<Next> {
        let start = self.at;
        let Some(byte) = self.peek() else { return self.unexpected_end() };
        let kind = match byte {
            b'{' => return self.open(Kind::Object),
            b'[' => return self.open(Kind::Array),
            b'"' => Kind::String(self.string()?),
            _ if self.closing_of_odd_quote().is_some() => Kind::String(self.oddly_quoted()?),
            b'-' | b'+' | b'.' | b'0'..=b'9' => self.number()?,
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => self.word()?,
            _ => {
                let found = self.slice(self.here());
                return self.fatal(Mistake::new(&rules::EXPECTED_VALUE, self.here()).with("found", found));
            }
        };
        self.push(kind, Span::new(start, self.at))?;
        Ok(Next::CommaOrEnd)
    }

    fn push(&mut self, kind: Kind, span: Span) -> Step<u32> {
        if self.slots.len() >= MAX_VALUES {
            let mistake = Mistake::new(&rules::TOO_MANY_VALUES, span).with("limit", "1.000.000");
            return self.fatal(mistake);
        }
        let index = Span::new(self.slots.len(), 0).start;
        let parent = self.open.last().copied().unwrap_or_default();
        let key = self.key.take();
        self.slots.push(Slot { kind, span, key, parent, after: index + 1, duplicate: false });
        Ok(index)
    }

    fn open(&mut self, kind: Kind) -> Step<Next> {
        if self.open.len() >= MAX_DEPTH {
            let mistake = Mistake::new(&rules::TOO_DEEP, self.here()).with("limit", MAX_DEPTH.to_string());
            return self.fatal(mistake);
        }
        let index = self.push(kind, self.here())?;
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.after = u32::MAX;
        }
        self.open.push(index);
        self.at += 1;
        Ok(if kind == Kind::Array { Next::ItemOrEnd(None) } else { Next::KeyOrEnd(None) })
    }

    /// Closes the innermost array or object, whose closing bracket comes next.
    fn close(&mut self) -> Next {
        self.at += 1;
        let after = Span::new(self.slots.len(), self.at);
        if let Some(index) = self.open.pop()
            && let Some(slot) = self.slots.get_mut(index as usize)
        {
            slot.after = after.start;
            slot.span.end = after.end;
            if slot.kind == Kind::Object {
                self.mark_duplicates(index, after.start);
            }
        }
        Next::CommaOrEnd
    }

    /// Marks the members of an object whose key an earlier member has, and reports them.
    fn mark_duplicates(&mut self, object: u32, after: u32) {
        let mut members = std::mem::take(&mut self.members);
        members.clear();
        let mut index = object + 1;
        while index < after {
            let Some(slot) = self.slots.get(index as usize) else { break };
            members.push(index);
            index = slot.after;
        }
        members.sort_unstable_by(|one, two| self.key_of(*one).cmp(self.key_of(*two)).then(one.cmp(two)));
        let mut first: Option<u32> = None;
        for index in &members {
            match first {
                Some(first) if self.key_of(first) == self.key_of(*index) => self.duplicate(first, *index, object),
                _ => first = Some(*index),
            }
        }
        self.members = members;
    }

    fn key_of(&self, index: u32) -> &str {
        let key = self.slots.get(index as usize).and_then(|slot| slot.key);
        key.map(|key| self.content(key.content)).unwrap_or_default()
    }

    fn duplicate(&mut self, first: u32, index: u32, object: u32) {
        let place = |slots: &[Slot], index: u32| {
            slots.get(index as usize).and_then(|slot| slot.key).map(|key| key.span).unwrap_or_default()
        };
        let (earlier, span) = (place(&self.slots, first), place(&self.slots, index));
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.duplicate = true;
        }
        // Repeated keys don't end the reading: beyond the limit they are passed over unreported.
        if self.mistakes.len() < MAX_SYNTAX_ERRORS {
            let mut mistake = Mistake::new(&rules::DUPLICATE_KEY, span)
                .with("key", self.key_of(index))
                .second(earlier, Both { id: "pertama kali di sini", en: "first given here" });
            mistake.slot = object;
            self.mistakes.push(mistake);
        }
    }

    fn content(&self, content: Content) -> &str {
        match content {
            Content::Plain(span) => self.slice(span),
            Content::Decoded(span) => self.decoded.get(span.range()).unwrap_or_default(),
        }
    }

    fn member(&mut self) -> Step<Next> {
        let start = self.at;
        let content = match self.peek() {
            None => return self.unexpected_end(),
            Some(b'"') => self.string()?,
            Some(_) if self.closing_of_odd_quote().is_some() => self.oddly_quoted()?,
            Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') || byte >= 0x80 => {
                let span = self.token();
                let key = self.slice(span);
                let mistake = Mistake::new(&rules::UNQUOTED_KEY, span).fix(span, format!("\"{key}\"")).with("key", key);
                self.report(mistake)?;
                Content::Plain(span)
            }
            Some(b']') => return self.mismatch(),
            Some(_) => {
                let found = self.slice(self.here());
                return self.fatal(Mistake::new(&rules::EXPECTED_KEY, self.here()).with("found", found));
            }
        };
        let span = Span::new(start, self.at);
        self.key = Some(Key { span, content });
        self.skip_blank()?;
        match self.peek() {
            Some(b':') => self.at += 1,
            None => return self.unexpected_end(),
            Some(_) => {
                let after = Span::new(span.end as usize, span.end as usize);
                let key = self.content(content).to_owned();
                let mistake =
                    Mistake::new(&rules::MISSING_COLON, Span::new(self.at, self.here().end as usize)).with("key", key);
                if self.peek() == Some(b'=') {
                    let sign = self.here();
                    self.at += 1;
                    self.report(mistake.fix(sign, ":"))?;
                } else if self.at_value_start() {
                    self.report(mistake.fix(after, ":"))?;
                } else {
                    return self.fatal(mistake);
                }
            }
        }
        Ok(Next::Value)
    }

    pub(super) fn at_value_start(&self) -> bool {
        self.peek().is_some_and(|byte| matches!(byte, b'"' | b'{' | b'[' | b'-') || byte.is_ascii_alphanumeric())
    }

    fn comma_or_end(&mut self, container: u32) -> Step<Next> {
        let is_array = self.slots.get(container as usize).is_some_and(|slot| slot.kind == Kind::Array);
        let next = if is_array { Next::ItemOrEnd } else { Next::KeyOrEnd };
        match self.peek() {
            None => self.unexpected_end(),
            Some(b',') => {
                self.at += 1;
                Ok(next(Some(self.at - 1)))
            }
            Some(b']') if is_array => Ok(self.close()),
            Some(b'}') if !is_array => Ok(self.close()),
            Some(b']' | b'}') => self.mismatch(),
            Some(_) => {
                let end = self.end_of_previous();
                let directly = end == self.at && self.bytes.get(end.wrapping_sub(1)) == Some(&b'"');
                if directly && self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80) {
                    return self.fatal(Mistake::new(&rules::UNESCAPED_QUOTE, Span::new(end - 1, end)));
                }
                if self.peek() == Some(b';') {
                    let sign = self.here();
                    self.at += 1;
                    self.report(Mistake::new(&rules::EXPECTED_COMMA, sign).with("found", ";").fix(sign, ","))?;
                    return Ok(next(Some(self.at - 1)));
                }
                if !self.at_value_start() {
                    let found = self.slice(self.here());
                    return self.fatal(Mistake::new(&rules::EXPECTED_COMMA, self.here()).with("found", found));
                }
                let place = Span::new(end, end);
                self.report(Mistake::new(&rules::MISSING_COMMA, place).fix(place, ","))?;
                Ok(next(None))
            }
        }
    }

    /// Where the value before the current place ends.
    fn end_of_previous(&self) -> usize {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.trim_end_matches([' ', '\t', '\n', '\r']).len()
    }

    fn trailing_comma(&mut self, comma: Option<usize>) -> Step {
        match comma {
            None => Ok(()),
            Some(at) => {
                let span = Span::new(at, at + 1);
                self.report(Mistake::new(&rules::TRAILING_COMMA, span).fix(span, ""))
            }
        }
    }

    /// Passes over commas that follow the one at `comma`.
    fn extra_commas(&mut self, comma: Option<usize>) -> Step {
        while comma.is_some() && self.peek() == Some(b',') {
            let span = self.here();
            self.at += 1;
            self.report(Mistake::new(&rules::EXTRA_COMMA, span).proposal(span, ""))?;
            self.skip_blank()?;
        }
        Ok(())
    }

    fn opener(&self) -> Option<(char, Span)> {
        let slot = self.slots.get(*self.open.last()? as usize)?;
        let bracket = if slot.kind == Kind::Array { '[' } else { '{' };
        Some((bracket, Span::new(slot.span.start as usize, slot.span.start as usize + 1)))
    }

    fn unexpected_end<T>(&mut self) -> Step<T> {
        let at = self.end_of_previous();
        let mut mistake = Mistake::new(&rules::UNEXPECTED_END, Span::new(at, at));
        if let Some((bracket, span)) = self.opener() {
            let closing = if bracket == '[' { "]" } else { "}" };
            mistake = mistake.with("closing", closing).second(span, OPENED_HERE);
        } else {
            mistake = mistake.with("closing", "}");
        }
        self.fatal(mistake)
    }

    fn mismatch<T>(&mut self) -> Step<T> {
        let found = self.slice(self.here());
        let mut mistake = Mistake::new(&rules::MISMATCHED_BRACKET, self.here()).with("found", found);
        if let Some((bracket, span)) = self.opener() {
            let closing = if bracket == '[' { "]" } else { "}" };
            mistake = mistake.with("closing", closing).second(span, OPENED_HERE);
        }
        self.fatal(mistake)
    }

    fn end_of_file(&mut self) -> Step {
        if self.peek().is_some() { self.fatal(Mistake::new(&rules::TEXT_AFTER_END, self.here())) } else { Ok(()) }
    }
}

const OPENED_HERE: Both = Both { id: "dibuka di sini", en: "opened here" };
