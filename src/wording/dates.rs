//! Days, times, quarters and small numbers in words.

use chrono::{DateTime, Datelike, NaiveDate, Offset, Utc};
use chrono_tz::Tz;

use super::catalogue::{Arg, Catalogue};
use crate::survey::Language;
use crate::survey::quarter::Quarter;

/// "Friday 4 December 2026, 18:00, London time": the city is the last part of the zone's IANA
/// name. A zone that is not called after a place reads "UTC" or "UTC+01:00".
pub fn moment(catalogue: &Catalogue, language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let date = day(catalogue, language, local.date_naive());
    let time = local.format("%H:%M").to_string();
    let named = zone
        .name()
        .split_once('/')
        .filter(|(region, _)| *region != "Etc");
    if named.is_some() {
        let city = zone.name().rsplit('/').next().unwrap_or_default();
        let place = city.replace('_', " ");
        let args = [
            ("day", date.into()),
            ("time", time.into()),
            ("place", place.into()),
        ];
        return catalogue.say(language, "date-moment", &args);
    }
    let offset = match local.offset().fix().local_minus_utc() {
        0 => "UTC".to_owned(),
        _ => format!("UTC{}", local.format("%:z")),
    };
    let args = [
        ("day", date.into()),
        ("time", time.into()),
        ("offset", offset.into()),
    ];
    catalogue.say(language, "date-moment-universal", &args)
}

/// "Friday 4 December 2026".
pub fn day(catalogue: &Catalogue, language: Language, date: NaiveDate) -> String {
    say_date(catalogue, language, "date-day", date)
}

/// "Friday 4 December": for subjects, where the year goes without saying.
pub fn short_day(catalogue: &Catalogue, language: Language, date: NaiveDate) -> String {
    say_date(catalogue, language, "date-short", date)
}

fn say_date(catalogue: &Catalogue, language: Language, key: &str, date: NaiveDate) -> String {
    let weekday = date.weekday().number_from_monday();
    let weekday = catalogue.say(language, "weekday", &[("nth", weekday.into())]);
    let month = catalogue.say(language, "month", &[("nth", date.month().into())]);
    let args: [(&str, Arg<'_>); 4] = [
        ("weekday", weekday.into()),
        ("day", date.day().into()),
        ("month", month.into()),
        // As text: a year is no quantity.
        ("year", date.year().to_string().into()),
    ];
    let shown = if key == "date-short" {
        &args[..3]
    } else {
        &args[..]
    };
    catalogue.say(language, key, shown)
}

/// "fourth quarter of 2026" for `2026-Q4`; any other label as it is.
pub fn round_label(catalogue: &Catalogue, language: Language, label: &str) -> String {
    let Ok(quarter) = label.parse::<Quarter>() else {
        return label.to_owned();
    };
    let args = [
        ("nth", Arg::from(u32::from(quarter.number()))),
        ("year", quarter.year().to_string().into()),
    ];
    catalogue.say(language, "round-quarter", &args)
}

/// "eight" for 8; from 13 on in figures.
pub fn number(catalogue: &Catalogue, language: Language, number: usize) -> String {
    catalogue.say(language, "number-word", &[("number", number.into())])
}
