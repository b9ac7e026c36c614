//! Strings, numbers and words: what has no parts.

use crate::diagnostic::rules;
use crate::text::Span;
use crate::text::json::{Content, Kind};
use crate::text::lexical::{escape, is_number};
use crate::text::mistake::Mistake;
use crate::text::parser::{Parser, Step};

impl Parser<'_> {
    /// Reads a string from its opening to its closing quote.
    pub(super) fn string(&mut self) -> Step<Content> {
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
                        // What follows the backslash is not part of the mistake, but says which one it is.
                        let rest = self.text.get(self.at..).unwrap_or_default();
                        let written: String = rest.chars().take(escape.length.max(2)).collect();
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

    /// The marks that close a text opened by the wrong sort of quote, if one comes next.
    pub(super) fn closing_of_odd_quote(&self) -> Option<&'static [char]> {
        match self.rest().chars().next()? {
            '\'' => Some(&['\'']),
            '`' => Some(&['`', '\'']),
            '\u{2018}' | '\u{2019}' | '\u{201a}' => Some(&['\u{2018}', '\u{2019}', '\'']),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => Some(&['\u{201c}', '\u{201d}', '"']),
            '\u{ab}' => Some(&['\u{bb}']),
            _ => None,
        }
    }

    /// Reads a text in the wrong sort of quotes, as JavaScript or a word processor writes them.
    pub(super) fn oddly_quoted(&mut self) -> Step<Content> {
        let start = self.at;
        let closing = self.closing_of_odd_quote().unwrap_or_default();
        let mark = self.here();
        let found = self.slice(mark);
        let line = self.text.get(mark.end as usize..).unwrap_or_default();
        let line = line.get(..line.find(['\n', '\r']).unwrap_or(line.len())).unwrap_or_default();
        let Some((length, close)) = line.char_indices().find(|(_, letter)| closing.contains(letter)) else {
            return self.fatal(Mistake::new(&rules::ODD_QUOTES, mark).with("found", found));
        };
        let inner = line.get(..length).unwrap_or_default();
        let content = Span::new(mark.end as usize, mark.end as usize + length);
        let span = Span::new(start, content.end as usize + close.len_utf8());
        let mut mistake = Mistake::new(&rules::ODD_QUOTES, span).with("found", found);
        if !inner.contains(|letter: char| letter == '"' || letter == '\\' || letter.is_control()) {
            mistake = mistake.fix(span, format!("\"{inner}\""));
        }
        self.report(mistake)?;
        self.at = span.end as usize;
        Ok(Content::Plain(content))
    }

    /// Takes letters, digits and what else a misspelt number or word may be made of.
    pub(super) fn token(&mut self) -> Span {
        let start = self.at;
        let rest = self.rest();
        let more = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '+' | '-');
        let length = rest.find(|c| !more(c)).unwrap_or(rest.len());
        // A character that fits nowhere is taken alone, so that reading moves on.
        self.at += if length == 0 { self.here().range().len() } else { length };
        Span::new(start, self.at)
    }

    pub(super) fn number(&mut self) -> Step<Kind> {
        let span = self.token();
        let written = self.slice(span);
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

    pub(super) fn word(&mut self) -> Step<Kind> {
        let span = self.token();
        let written = self.slice(span);
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
