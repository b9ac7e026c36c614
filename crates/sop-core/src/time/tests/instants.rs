//! Dates, times and instants as text.

use proptest::prelude::*;

use super::*;

fn instants() -> impl Strategy<Value = Instant> {
    (Instant::MIN.millis()..=Instant::MAX.millis()).prop_map(|millis| Instant::from_millis(millis).unwrap())
}

fn zones() -> impl Strategy<Value = Zone> {
    (-12 * 60..=14 * 60_i32).prop_map(|offset| {
        let sign = if offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
        Zone::parse(&format!("{sign}{hours:02}:{minutes:02}"), "X").unwrap()
    })
}

proptest! {
    /// A revision is sixteen hexadecimal digits, and read back.
    #[test]
    fn a_revision_is_written_in_sixteen_digits(number in any::<u64>()) {
        let text = Revision(number).to_string();
        prop_assert_eq!(&text, &format!("{number:016x}"));
        prop_assert_eq!(serde_json::to_string(&Revision(number)).unwrap(), format!("\"{text}\""));
        prop_assert_eq!(serde_json::from_str::<Revision>(&format!("\"{text}\"")).unwrap(), Revision(number));
    }

    /// In serde's formats, an instant is the text that it shows.
    #[test]
    fn an_instant_is_kept_as_it_is_shown(instant in instants()) {
        let json = serde_json::to_string(&instant).unwrap();
        prop_assert_eq!(&json, &format!("\"{instant}\""));
        prop_assert_eq!(serde_json::from_str::<Instant>(&json).unwrap(), instant);
    }

    #[test]
    fn an_instant_is_read_back_as_it_was_written(instant in instants()) {
        prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        let json = serde_json::to_string(&instant).unwrap();
        prop_assert_eq!(serde_json::from_str::<Instant>(&json).unwrap(), instant);
    }

    #[test]
    fn instants_are_written_in_their_order(a in instants(), b in instants()) {
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn an_instant_has_a_date_and_a_minute_in_every_zone(instant in instants(), zone in zones()) {
        let (date, minute) = (zone.date(instant), zone.minute_of_day(instant));
        let begun = instant.millis() - instant.millis().rem_euclid(60_000);
        let back = Instant::at(date, minute / 60, minute % 60, &zone);
        prop_assert_eq!(back, Instant::from_millis(begun));
    }

    #[test]
    fn a_date_is_read_back_and_has_the_next_weekday_tomorrow(days in Date::MIN.days()..Date::MAX.days()) {
        let date = Date::from_days(days).unwrap();
        prop_assert_eq!(date.to_string().parse(), Ok(date));
        prop_assert_eq!(Date::new(date.year(), date.month(), date.day()), Some(date));
        let tomorrow = date.plus_days(1).unwrap().weekday();
        prop_assert_eq!(tomorrow as usize, (date.weekday() as usize + 1) % 7);
    }

    #[test]
    fn a_time_of_day_is_read_back(minutes in 0..=1_440_u16) {
        let time = TimeOfDay::from_minutes(minutes).unwrap();
        prop_assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,30}", near in "[0-9TZtz:.+-]{0,30}") {
        for text in [text, near] {
            let _ = (text.parse::<Instant>(), text.parse::<Date>(), text.parse::<TimeOfDay>());
            let _ = Zone::parse(&text, &text);
        }
    }
}

#[test]
fn the_ends_of_the_range() {
    assert_eq!(Date::MIN.to_string(), "1900-01-01");
    assert_eq!(Date::MAX.to_string(), "9999-12-31");
    assert_eq!(Instant::MIN.to_string(), "1900-01-02T00:00:00.000Z");
    assert_eq!(Instant::MAX.to_string(), "9999-12-30T23:59:59.999Z");
    assert_eq!(Instant::from_millis(Instant::MAX.millis() + 1), None);
    assert_eq!(Instant::from_millis(Instant::MIN.millis() - 1), None);
    assert_eq!(Date::MAX.plus_days(1), None);
}

#[test]
fn rfc_3339_is_read_and_nothing_else() {
    let read = |text: &str| text.parse::<Instant>().map(|instant| instant.to_string());
    let same = Ok("2026-11-24T01:30:00.000Z".to_owned());
    assert_eq!(read("2026-11-24T01:30:00.000Z"), same);
    assert_eq!(read("2026-11-24T01:30:00Z"), same);
    assert_eq!(read("2026-11-24t01:30:00z"), same);
    assert_eq!(read("2026-11-24T08:30:00.000000000+07:00"), same);
    assert_eq!(read("2026-11-23T20:00:00-05:30"), same);
    assert_eq!(read("2026-11-24T01:30:00.25Z").unwrap(), "2026-11-24T01:30:00.250Z");
    for text in [
        "",
        "2026-11-24",
        "2026-11-24T01:30Z",
        "2026-11-24 01:30:00Z",
        "2026-11-24T01:30:00",
        "2026-11-24T01:30:00.Z",
        "2026-11-24T01:30:00+7:00",
        "2026-11-24T1:30:00Z",
        "26-11-24T01:30:00Z",
        "2026-11-24T01:30:00:00Z",
        "2026-11-24T01:30:00Zulu",
        "+2026-11-24T01:30:00Z",
    ] {
        assert_eq!(read(text), Err(InstantError::Form), "{text}");
    }
    for text in ["2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T23:59:60Z"] {
        assert_eq!(read(text), Err(InstantError::NoSuchTime), "{text}");
    }
    assert_eq!(read("2026-11-24T01:30:00.0001Z"), Err(InstantError::TooFine));
    assert_eq!(read("1900-01-01T12:00:00Z"), Err(InstantError::OutOfRange));
    assert_eq!(read("1899-01-01T12:00:00Z"), Err(InstantError::OutOfRange));
}

#[test]
fn dates_times_and_zones_that_are_none() {
    assert_eq!("2026-2-3".parse::<Date>(), Err(DateError::Form));
    assert_eq!("2026-02-03-".parse::<Date>(), Err(DateError::Form));
    assert_eq!("2026-02-30".parse::<Date>(), Err(DateError::NoSuchDay));
    assert_eq!("1899-12-31".parse::<Date>(), Err(DateError::OutOfRange));
    for text in ["7:30", "07.30", "24:01", "07:60", "99:00", "07:30:00", ""] {
        assert_eq!(text.parse::<TimeOfDay>(), Err(TimeOfDayError), "{text}");
    }
    assert_eq!(Zone::parse("07:00", "WIB"), Err(ZoneError::Offset));
    assert_eq!(Zone::parse("+7", "WIB"), Err(ZoneError::Offset));
    assert_eq!(Zone::parse("+15:00", "WIB"), Err(ZoneError::OutOfRange));
    assert_eq!(Zone::parse("+07:00", ""), Err(ZoneError::Label));
    assert_eq!(Zone::parse("+07:00", "W B"), Err(ZoneError::Label));
    assert_eq!(Instant::at(date("2026-11-24"), 24, 0, &wib()), None);
    assert_eq!(Instant::at(Date::MIN, 6, 59, &wib()), None);
}

#[test]
fn an_office_reads_its_own_clock() {
    let instant: Instant = "2026-11-24T01:30:59.999Z".parse().unwrap();
    assert_eq!(wib().show(instant).to_string(), "24-11-2026 08.30 WIB");
    let wit = Zone::parse("+09:00", "WIT").unwrap();
    assert_eq!(wit.show("2026-12-31T15:00:00Z".parse().unwrap()).to_string(), "01-01-2027 00.00 WIT");
}

#[test]
fn a_budget_has_an_upper_limit() {
    assert!(Budget::new(Measure::Working, Budget::MAX_MINUTES).is_ok());
    assert_eq!(Budget::new(Measure::Elapsed, Budget::MAX_MINUTES + 1), Err(BudgetTooLarge));
    let json = r#"{"measure":"elapsed","minutes":1440}"#;
    let budget: Budget = serde_json::from_str(json).unwrap();
    assert_eq!(budget.amount(), Millis(86_400_000));
    assert_eq!(serde_json::to_string(&budget).unwrap(), json);
    assert!(serde_json::from_str::<Budget>(&json.replace("1440", "5256001")).is_err());
}
