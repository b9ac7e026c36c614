//! What numbers and escape sequences are made of (RFC 8259).

/// Tells whether the bytes are a number as RFC 8259 writes it.
pub(super) fn is_number(bytes: &[u8]) -> bool {
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

/// Blanks that JSON doesn't know and nobody sees: word processors and web pages leave them behind.
pub(super) fn is_odd_blank(letter: char) -> bool {
    let invisible = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    invisible || (letter.is_whitespace() && !matches!(letter, ' ' | '\t' | '\n' | '\r'))
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
