//! Days of the calendar, written `YYYY-MM-DD`.
//!
//! Only the years 1 to 9999 exist here: for them, the order of the texts is the order of the days, which is why a
//! guard may compare dates as texts and still mean the same in CEL.

use chrono::{Datelike, NaiveDate};

/// 1 January 1970, in days since the day before 1 January of the year 1.
const EPOCH: i32 = 719_163;

/// Days since 1 January 1970 of a day written exactly `YYYY-MM-DD`.
pub(crate) fn read(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() || year == 0 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.num_days_from_ce() - EPOCH)
}

/// The day as `YYYY-MM-DD`; `None` outside of the years 1 to 9999.
pub(crate) fn write(days: i32) -> Option<String> {
    let date = NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?)?;
    match date.year() {
        1..=9999 => Some(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())),
        _ => None,
    }
}

fn digits(text: &str, count: usize) -> Option<u32> {
    match text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{read, write};

    #[test]
    fn known_days() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2023-08-31", 19_600),
            ("0001-01-01", -719_162),
        ] {
            assert_eq!(read(text), Some(days), "{text}");
            assert_eq!(write(days).unwrap(), text);
        }
    }

    #[test]
    fn the_last_day_is_in_9999() {
        let last = read("9999-12-31").unwrap();
        assert_eq!(write(last + 1), None);
        assert_eq!(write(-719_163), None);
        assert_eq!((write(i32::MAX), write(i32::MIN)), (None, None));
    }

    #[test]
    fn only_real_days_in_one_form() {
        for text in [
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "2023-1-1",
            "23-01-01",
            "0000-01-01",
            "2023-01-01T00",
            "",
            "-",
            "2023/01/01",
            "+023-01-01",
            "2023-01-01-",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn order_of_texts_is_order_of_days(a in -719_162..2_932_896, b in -719_162..2_932_896) {
            let (first, second) = (write(a).unwrap(), write(b).unwrap());
            proptest::prop_assert_eq!(read(&first), Some(a));
            proptest::prop_assert_eq!(first.cmp(&second), a.cmp(&b));
        }
    }
}
