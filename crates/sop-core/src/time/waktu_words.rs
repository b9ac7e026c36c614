//! The vocabulary of written durations: units, numbers, and phrases instead of a duration.

use super::{
    spelling,
    waktu::{Quantity, Unit, Unset},
    waktu_parser::WaktuErrorKind,
};

/// Phrases that say that there is no duration.
pub(super) const UNSET: [(&str, Unset); 9] = [
    ("segera", Unset::Promptly),
    ("insidental", Unset::Incidental),
    ("insidentil", Unset::Incidental),
    ("kondisional", Unset::Conditional),
    ("menyesuaikan", Unset::Conditional),
    ("tentatif", Unset::Tentative),
    ("tentative", Unset::Tentative),
    ("sesuai kebutuhan", Unset::AsNeeded),
    ("menyesuaikan kebutuhan", Unset::AsNeeded),
];

/// Words that say how often, not how long.
pub(super) const PERIODS: [&str; 12] = [
    "harian",
    "mingguan",
    "bulanan",
    "triwulan",
    "triwulanan",
    "caturwulan",
    "semester",
    "semesteran",
    "tahunan",
    "berkala",
    "periodik",
    "dwiwulan",
];

/// Words that stand between the ends of a range.
pub(super) fn is_until(word: &str) -> bool {
    matches!(word, "sampai" | "hingga" | "sd")
}

/// Larger before smaller, and no two sorts of day in one amount.
pub(super) fn may_follow(before: Unit, unit: Unit) -> bool {
    let special = matches!(unit, Unit::WorkingDay | Unit::CalendarDay | Unit::TwentyFourHours);
    before.rank() > unit.rank() && !special
}

/// The unit that a word names by itself.
pub(super) fn unit(word: &str) -> Option<Unit> {
    match word {
        "menit" => Some(Unit::Minute),
        "jam" => Some(Unit::Hour),
        "hari" => Some(Unit::Day),
        "minggu" => Some(Unit::Week),
        "bulan" => Some(Unit::Month),
        _ => None,
    }
}

/// What was probably meant by a word that isn't a unit, and whether it replaces the number too.
pub(super) fn meant_unit(word: &str, quantity: Quantity) -> Option<(bool, String)> {
    let known = match word {
        "mnt" | "mn" | "min" | "mins" | "minute" | "minutes" => "menit",
        "jm" | "j" | "hour" | "hours" => "jam",
        "hr" | "hri" | "day" | "days" => "hari",
        "hk" => "hari kerja",
        "mgg" | "mg" | "mng" | "pekan" | "week" | "weeks" => "minggu",
        "bln" | "bl" | "month" | "months" => "bulan",
        "tahun" | "thn" | "th" => {
            let months = quantity.thousandths.saturating_mul(12);
            return Some((true, format!("{} bulan", Quantity { thousandths: months })));
        }
        "detik" | "dtk" => {
            let minutes = quantity.thousandths.div_ceil(60_000).max(1);
            return Some((true, format!("{minutes} menit")));
        }
        word => spelling::closest(word, &["menit", "jam", "hari", "minggu", "bulan"])?,
    };
    Some((false, known.to_owned()))
}

/// `1,5` or `1.440`: a comma in front of decimals, dots between thousands.
pub(super) fn quantity(written: &str) -> Result<Quantity, WaktuErrorKind> {
    let (whole, decimals) = match written.split_once(',') {
        Some((whole, decimals)) => (whole, decimals),
        None => (written, ""),
    };
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 || first.len() > 3 || first.starts_with('0') {
            return Err(WaktuErrorKind::BadNumber);
        }
        grouped = true;
        digits.push_str(group);
    }
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = all_digits(&digits) && all_digits(decimals) && !digits.is_empty();
    if !plain || decimals.len() > 3 || (grouped && digits.len() < 4) {
        return Err(WaktuErrorKind::BadNumber);
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 9 {
        return Err(WaktuErrorKind::TooLarge);
    }
    let thousandths = digits.bytes().chain(decimals.bytes().chain([b'0'; 3]).take(3));
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Ok(Quantity { thousandths })
}
