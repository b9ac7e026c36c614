//! `SOP017x`: values with a form of their own.

use crate::diagnostic::registry::rule_table;

rule_table! {
    171 BAD_DATE Error
        "`{date}` bukan tanggal: {reason}", "`{date}` is not a date: {reason}"
        page "Tanggal ditulis tahun-bulan-hari dengan empat, dua, dan dua angka. Tulisan lain yang ada di naskah dicatat pada `printed`.",
             "A date is written year-month-day with four, two and two digits. What the paper writes otherwise goes into `printed`."
        bad r#""date": "31-Aug-23""# good r#""date": "2023-08-31", "printed": "31-Aug-23""#;
    172 BAD_TIME_OF_DAY Error
        "`{time}` bukan jam: tulis seperti 07:30, dari 00:00 sampai 24:00", "`{time}` is not a time of day: write it like 07:30, from 00:00 to 24:00"
        page "Jam ditulis dengan dua angka jam, titik dua, dan dua angka menit. `24:00` hanya untuk akhir hari.",
             "A time of day has two digits for the hour, a colon, and two digits for the minute. `24:00` only ends a day."
        bad r#"["7.30", "12.00"]"# good r#"["07:30", "12:00"]"#;
}
