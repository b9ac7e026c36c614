//! Decimal numbers as a whole number and a count of digits after the point, so that nothing is ever rounded.

/// Why a text is not a decimal of the wanted scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotDecimal {
    /// Not `-`, digits, and perhaps a point and digits.
    Malformed,
    /// More digits after the point than allowed.
    TooFine,
    /// Beyond 64 bits once scaled.
    TooLarge,
}

/// Reads `-12.5` at scale 2 as -1250. At most `scale` digits may follow the point, zeros too: `5.000` is five
/// thousand to an Indonesian reader, and must not silently become five. At scale 0 a single `.0` is understood.
pub(crate) fn read(text: &str, scale: u8) -> Result<i64, NotDecimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(NotDecimal::Malformed),
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(NotDecimal::Malformed);
    }
    let fraction = if scale == 0 && fraction == "0" { "" } else { fraction };
    let missing = usize::from(scale).checked_sub(fraction.len()).ok_or(NotDecimal::TooFine)?;
    let mut number: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', missing)) {
        let step = i64::from(digit - b'0');
        // Counting downwards for negative numbers reaches the smallest one, which has no positive counterpart.
        number = number
            .checked_mul(10)
            .and_then(|number| if negative { number.checked_sub(step) } else { number.checked_add(step) })
            .ok_or(NotDecimal::TooLarge)?;
    }
    Ok(number)
}

/// Writes -1250 at scale 2 as `-12.50`, with exactly `scale` digits after the point.
pub(crate) fn write(number: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    match digits.split_at_checked(digits.len() - scale) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{NotDecimal, read, write};

    #[test]
    fn reads_exactly_or_says_why_not() {
        for (text, scale, expected) in [
            ("12.5", 2, Ok(1250)),
            ("-0.05", 2, Ok(-5)),
            ("-0", 2, Ok(0)),
            ("7", 0, Ok(7)),
            ("7.0", 0, Ok(7)),
            ("7.00", 0, Err(NotDecimal::TooFine)),
            ("5.000", 2, Err(NotDecimal::TooFine)),
            ("5.", 2, Err(NotDecimal::Malformed)),
            (".5", 2, Err(NotDecimal::Malformed)),
            ("1e3", 2, Err(NotDecimal::Malformed)),
            ("5.000.000", 6, Err(NotDecimal::Malformed)),
            ("", 2, Err(NotDecimal::Malformed)),
            ("-", 2, Err(NotDecimal::Malformed)),
            ("-9223372036854775808", 0, Ok(i64::MIN)),
            ("9223372036854775808", 0, Err(NotDecimal::TooLarge)),
            ("9223372036854775807", 1, Err(NotDecimal::TooLarge)),
        ] {
            assert_eq!(read(text, scale), expected, "{text} at {scale}");
        }
    }

    proptest::proptest! {
        #[test]
        fn round_trip(number: i64, scale in 0u8..=6) {
            proptest::prop_assert_eq!(read(&write(number, scale), scale), Ok(number));
        }
    }
}
