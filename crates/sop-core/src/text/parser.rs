//! Strict JSON, read in one pass without recursion.
//!
//! Why not a ready-made parser: `jsonc-parser` stops at the first error, accepts duplicate keys and
//! raw control characters and recurses, so that three more passes would stand around it; `serde_json`
//! loses the places. This one goes on after every mistake whose remedy is plain, so that an analyst
//! sees all of them at once, and can say for each what to do.

use crate::diagnostic::{Both, Diagnostic, Diagnostics, Edit, Fix, Label, Rule, rules};
use crate::text::json::{Content, Json, Key, Kind, Slot};
use crate::text::{MAX_BYTES, Pointer, SourceText, Span};

/// How many arrays and objects may stand inside one another.
pub const MAX_DEPTH: usize = 64;

/// How many syntax errors of one file are reported at most.
pub const MAX_SYNTAX_ERRORS: usize = 20;

/// How many values one file may have: ten thousand steps have a tenth of that.
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
        slots: Vec::with_capacity(text.len() / 16),
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
struct Stop;

type Step<T = ()> = Result<T, Stop>;

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

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    slots: Vec<Slot>,
    /// The arrays and objects that aren't closed yet.
    open: Vec<u32>,
    decoded: String,
    /// The key that waits for its value.
    key: Option<Key>,
    mistakes: Vec<Mistake>,
    /// Scratch space to find repeated keys.
    members: Vec<u32>,
}

/// A diagnostic before the tree, and with it the place, is known.
struct Mistake {
    rule: &'static Rule,
    slot: u32,
    span: Span,
    arguments: Vec<(&'static str, String)>,
    second: Option<(Span, Both)>,
    fix: Option<(Span, String, bool)>,
}

impl Mistake {
    fn new(rule: &'static Rule, span: Span) -> Self {
        Self { rule, slot: 0, span, arguments: Vec::new(), second: None, fix: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    fn second(mut self, span: Span, text: Both) -> Self {
        self.second = Some((span, text));
        self
    }

    /// A replacement that can't but be meant.
    fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into(), true));
        self
    }

    /// A replacement that the author has to confirm.
    fn proposal(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into(), false));
        self
    }

    fn into_diagnostic(self, json: &Json) -> Diagnostic {
        let pointer = json.node(self.slot).pointer();
        let mut diagnostic = Diagnostic::new(self.rule, pointer.clone()).at(self.span);
        for (name, value) in self.arguments {
            diagnostic = diagnostic.with(name, value);
        }
        if let Some((span, text)) = self.second {
            diagnostic = diagnostic.label(Label::new(pointer).at(span).saying(text));
        }
        if let Some((span, text, safe)) = self.fix {
            let fix = Fix::new(vec![Edit::Text { span, text }]);
            diagnostic = diagnostic.fix(if safe { fix } else { fix.needs_decision() });
        }
        diagnostic
    }
}

impl Parser<'_> {
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

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The character at the current place; empty at the end.
    fn here(&self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + length)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn report(&mut self, mut mistake: Mistake) -> Step {
        mistake.slot = self.open.last().copied().unwrap_or_default();
        self.mistakes.push(mistake);
        if self.mistakes.len() >= MAX_SYNTAX_ERRORS { Err(Stop) } else { Ok(()) }
    }

    fn fatal<T>(&mut self, mistake: Mistake) -> Step<T> {
        let _ = self.report(mistake);
        Err(Stop)
    }

    fn skip_blank(&mut self) -> Step {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
                self.at += 1;
            }
            let rest = self.rest();
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
            b'\'' => Kind::String(self.single_quoted()?),
            b'-' | b'+' | b'.' | b'0'..=b'9' => self.number()?,
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => self.word()?,
            _ => {
                let found = self.text.get(self.here().range()).unwrap_or_default().to_owned();
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
            Content::Plain(span) => self.text.get(span.range()).unwrap_or_default(),
            Content::Decoded(span) => self.decoded.get(span.range()).unwrap_or_default(),
        }
    }

    fn member(&mut self) -> Step<Next> {
        let start = self.at;
        let content = match self.peek() {
            None => return self.unexpected_end(),
            Some(b'"') => self.string()?,
            Some(b'\'') => self.single_quoted()?,
            Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') || byte >= 0x80 => {
                let span = self.token();
                let key = self.text.get(span.range()).unwrap_or_default().to_owned();
                let mistake = Mistake::new(&rules::UNQUOTED_KEY, span).fix(span, format!("\"{key}\"")).with("key", key);
                self.report(mistake)?;
                Content::Plain(span)
            }
            Some(b']') => return self.mismatch(),
            Some(_) => {
                let found = self.text.get(self.here().range()).unwrap_or_default().to_owned();
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
                if self.at_value_start() {
                    self.report(mistake.fix(after, ":"))?;
                } else {
                    return self.fatal(mistake);
                }
            }
        }
        Ok(Next::Value)
    }

    fn at_value_start(&self) -> bool {
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
                if directly && !matches!(self.peek(), Some(b'"' | b'{' | b'[')) {
                    return self.fatal(Mistake::new(&rules::UNESCAPED_QUOTE, Span::new(end - 1, end)));
                }
                if !self.at_value_start() {
                    let found = self.text.get(self.here().range()).unwrap_or_default().to_owned();
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
        let found = self.text.get(self.here().range()).unwrap_or_default().to_owned();
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

    /// Reads a string from its opening to its closing quote.
    fn string(&mut self) -> Step<Content> {
        let start = self.at;
        self.at += 1;
        let mut copied = self.at;
        let mut decoded: Option<usize> = None;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < 0x20);
            self.at += plain.unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    decoded.get_or_insert(self.decoded.len());
                    self.decoded.push_str(self.text.get(copied..self.at).unwrap_or_default());
                    let escape = escape(self.bytes, self.at);
                    let span = Span::new(self.at, self.at + escape.length);
                    if !escape.valid {
                        let written = self.text.get(span.range()).unwrap_or_default().to_owned();
                        let mistake = Mistake::new(&rules::BAD_ESCAPE, span).with("escape", written);
                        self.report(mistake)?;
                    }
                    self.decoded.push(escape.character);
                    self.at += escape.length;
                    copied = self.at;
                }
                Some(byte) if byte != b'\n' && byte != b'\r' => {
                    let written = if byte == b'\t' { "\\t".to_owned() } else { format!("\\u{byte:04x}") };
                    let mistake = Mistake::new(&rules::CONTROL_CHARACTER, self.here())
                        .fix(self.here(), written.clone())
                        .with("escape", written);
                    self.report(mistake)?;
                    self.at += 1;
                }
                _ => {
                    let span = Span::new(start, self.at);
                    return self.fatal(Mistake::new(&rules::UNCLOSED_STRING, span));
                }
            }
        }
        let content = match decoded {
            None => Content::Plain(Span::new(copied, self.at)),
            Some(from) => {
                self.decoded.push_str(self.text.get(copied..self.at).unwrap_or_default());
                Content::Decoded(Span::new(from, self.decoded.len()))
            }
        };
        self.at += 1;
        Ok(content)
    }

    fn single_quoted(&mut self) -> Step<Content> {
        let start = self.at;
        let line = self.rest().get(1..).unwrap_or_default();
        let line = line.get(..line.find(['\n', '\r']).unwrap_or(line.len())).unwrap_or_default();
        let Some(length) = line.find('\'') else {
            return self.fatal(Mistake::new(&rules::SINGLE_QUOTES, Span::new(start, start + 1)));
        };
        let inner = line.get(..length).unwrap_or_default().to_owned();
        let span = Span::new(start, start + length + 2);
        let mut mistake = Mistake::new(&rules::SINGLE_QUOTES, span);
        if !inner.contains(['"', '\\']) {
            mistake = mistake.fix(span, format!("\"{inner}\""));
        }
        self.report(mistake)?;
        self.at = span.end as usize;
        Ok(Content::Plain(Span::new(start + 1, start + 1 + length)))
    }

    /// Takes letters, digits and what else a misspelt number or word may be made of.
    fn token(&mut self) -> Span {
        let start = self.at;
        let rest = self.rest();
        let more = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '+' | '-');
        let length = rest.find(|c| !more(c)).unwrap_or(rest.len());
        // A character that fits nowhere is taken alone, so that reading moves on.
        self.at += if length == 0 { self.here().range().len() } else { length };
        Span::new(start, self.at)
    }

    fn number(&mut self) -> Step<Kind> {
        let span = self.token();
        let written = self.text.get(span.range()).unwrap_or_default();
        if !is_number(written.as_bytes()) {
            let without_dots = written.replace('.', "");
            let grouped = written.split('.').skip(1).all(|group| group.len() == 3) && written.matches('.').count() > 1;
            let mut mistake = Mistake::new(&rules::BAD_NUMBER, span).with("number", written);
            if grouped && is_number(without_dots.as_bytes()) {
                mistake = mistake.proposal(span, without_dots);
            }
            self.report(mistake)?;
            return Ok(Kind::Broken);
        }
        // Only an exponent or hundreds of digits can overflow.
        let may_overflow = written.len() > 300 || written.contains(['e', 'E']);
        if may_overflow && !written.parse::<f64>().is_ok_and(f64::is_finite) {
            let mistake = Mistake::new(&rules::NUMBER_TOO_LARGE, span);
            self.report(mistake)?;
            return Ok(Kind::Broken);
        }
        Ok(Kind::Number)
    }

    fn word(&mut self) -> Step<Kind> {
        let span = self.token();
        let written = self.text.get(span.range()).unwrap_or_default();
        let (meant, kind) = match written {
            "true" => return Ok(Kind::Bool(true)),
            "false" => return Ok(Kind::Bool(false)),
            "null" => return Ok(Kind::Null),
            "True" | "TRUE" | "ya" | "benar" => (Some("true"), Kind::Broken),
            "False" | "FALSE" | "tidak" | "salah" => (Some("false"), Kind::Broken),
            "None" | "NULL" | "Null" | "nil" | "undefined" => (Some("null"), Kind::Broken),
            _ => (None, Kind::Broken),
        };
        let mistake = Mistake::new(&rules::UNKNOWN_WORD, span).with("word", written);
        let proposed = meant.map_or_else(|| format!("\"{written}\""), str::to_owned);
        self.report(mistake.proposal(span, proposed))?;
        Ok(kind)
    }
}

const OPENED_HERE: Both = Both { id: "dibuka di sini", en: "opened here" };

/// Whether the bytes are a number as RFC 8259 writes it.
fn is_number(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let bytes = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(bytes);
    if whole == 0 || (whole > 1 && bytes.starts_with(b"0")) {
        return false;
    }
    let mut rest = bytes.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        if length == 0 {
            return false;
        }
        rest = exponent.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

/// An escape sequence of a string.
pub(super) struct Escape {
    pub(super) character: char,
    /// Its length in the file, in bytes; never beyond the end of the text.
    pub(super) length: usize,
    pub(super) valid: bool,
}

/// Reads the escape sequence that begins with the backslash at `at`. An invalid one stands for
/// U+FFFD.
pub(super) fn escape(bytes: &[u8], at: usize) -> Escape {
    let simple = |character: char| Escape { character, length: 2, valid: true };
    let replaced = |length: usize| Escape { character: char::REPLACEMENT_CHARACTER, length, valid: false };
    match bytes.get(at + 1) {
        Some(b'"') => simple('"'),
        Some(b'\\') => simple('\\'),
        Some(b'/') => simple('/'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'u') => match unit(bytes, at) {
            None => replaced(2),
            Some(high @ 0xd800..=0xdbff) => match unit(bytes, at + 6) {
                Some(low @ 0xdc00..=0xdfff) => {
                    let code = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(low) - 0xdc00);
                    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    Escape { character, length: 12, valid: true }
                }
                _ => replaced(6),
            },
            Some(code) => match char::from_u32(u32::from(code)) {
                Some(character) => Escape { character, length: 6, valid: true },
                None => replaced(6),
            },
        },
        // The backslash alone: what follows may be a character of several bytes, or a line break.
        _ => replaced(1),
    }
}

/// The sixteen bits that `\uXXXX` at `at` stands for.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let sequence = bytes.get(at..at + 6)?;
    let digits = sequence.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0_u16, |sum, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(sum << 4 | u16::try_from(digit).ok()?)
    })
}
