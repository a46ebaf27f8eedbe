//! How a round moves: draft -> open -> closed -> published, and never back.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::people::Language;
use super::promise::{Attribution, Promise, Provider};
use super::rule::{Mistakes, Rule};
use super::text::{Line, Paragraphs};

/// Weights of the five questions, in their order: priorities, trade-offs, stops, successes, asks.
pub const DEFAULT_WEIGHTS: [f64; 5] = [0.30, 0.25, 0.15, 0.15, 0.15];

/// Longest time a round can stay open.
pub const LONGEST_OPEN: TimeDelta = TimeDelta::days(180);

/// A round's label: 1 to 40 characters, usually a quarter.
pub type RoundLabel = Line<1, 40>;

/// The settings of a round while it is a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundPlan {
    /// Unique in its team.
    pub label: RoundLabel,
    /// What executives are promised.
    pub promise: Promise,
    /// Language of executives without one of their own.
    pub language: Language,
    /// Zone in which dates are typed and shown.
    pub time_zone: Tz,
    /// When answers become final.
    pub closes_at: DateTime<Utc>,
    /// The consultant's own words in the letter.
    pub message: Paragraphs<1000>,
    /// Whose language model may propose groups; nobody's unless the consultant says so.
    pub provider: Option<Provider>,
}

/// A round's settings as typed.
#[derive(Clone, Debug, Default)]
pub struct RoundForm<'a> {
    /// The label.
    pub label: &'a str,
    /// An [`Attribution`]'s key.
    pub attribution: &'a str,
    /// Months until deletion.
    pub retention_months: &'a str,
    /// A language's code.
    pub language: &'a str,
    /// IANA name of a zone.
    pub time_zone: &'a str,
    /// `2026-12-04T18:00`, in that zone.
    pub closes_at: &'a str,
    /// The consultant's own words.
    pub message: &'a str,
    /// The provider whose language model may propose groups; empty for none.
    pub provider: &'a str,
    /// The provider that the operator has set: the only one that can be chosen.
    pub offered: Option<&'a Provider>,
}

impl RoundPlan {
    /// Checks all fields; each mistake has the name of its field in [`RoundForm`].
    pub fn parse(form: &RoundForm<'_>, now: DateTime<Utc>) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::none();
        let label = mistakes.take("label", RoundLabel::parse(form.label));
        let attribution = mistakes.take(
            "attribution",
            Attribution::from_key(form.attribution).ok_or(Rule::NotAChoice),
        );
        let retention_months = mistakes.take("retention_months", retention(form.retention_months));
        let language = mistakes.take("language", Language::parse(form.language));
        let time_zone = mistakes.take(
            "time_zone",
            form.time_zone.parse::<Tz>().map_err(|_| Rule::NotAChoice),
        );
        let closes_at = time_zone
            .and_then(|zone| mistakes.take("closes_at", closing_time(form.closes_at, zone, now)));
        let message = mistakes.take("message", Paragraphs::parse(form.message));
        let provider = mistakes.take("provider", chosen(form.provider, form.offered));
        match (
            label,
            attribution,
            retention_months,
            language,
            time_zone,
            closes_at,
            message,
            provider,
        ) {
            (
                Some(label),
                Some(attribution),
                Some(retention_months),
                Some(language),
                Some(time_zone),
                Some(closes_at),
                Some(message),
                Some(provider),
            ) => Ok(Self {
                label,
                promise: Promise {
                    attribution,
                    retention_months,
                },
                language,
                time_zone,
                closes_at,
                message,
                provider,
            }),
            _ => Err(mistakes),
        }
    }
}

/// A provider is agreed to by its name: where the operator has set another one since the page was
/// shown, the box that was ticked named somebody else.
fn chosen(raw: &str, offered: Option<&Provider>) -> Result<Option<Provider>, Rule> {
    match (raw.trim(), offered) {
        ("", _) => Ok(None),
        (name, Some(provider)) if provider.as_str() == name => Ok(Some(provider.clone())),
        _ => Err(Rule::NotAChoice),
    }
}

fn retention(raw: &str) -> Result<u32, Rule> {
    let max = Promise::LONGEST_RETENTION;
    raw.trim()
        .parse::<u32>()
        .ok()
        .filter(|months| (1..=max).contains(months))
        .ok_or(Rule::OutOfRange {
            min: 1,
            max: i64::from(max),
        })
}

/// A closing time typed in that zone: in the future, and not further off than [`LONGEST_OPEN`].
/// An hour that a change to summer time leaves out is no time; one that occurs twice means the
/// later one, so that nobody is cut off early.
pub fn closing_time(raw: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, Rule> {
    let raw = raw.trim();
    let local = NaiveDateTime::parse_from_str(raw, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(raw, "%Y-%m-%dT%H:%M:%S"))
        .or_else(|_| NaiveDateTime::parse_from_str(raw, "%Y-%m-%d %H:%M"))
        .map_err(|_| {
            if raw.is_empty() {
                Rule::Required
            } else {
                Rule::NotADate
            }
        })?;
    let at = zone
        .from_local_datetime(&local)
        .latest()
        .ok_or(Rule::SkippedHour)?
        .with_timezone(&Utc);
    if at <= now {
        Err(Rule::InThePast)
    } else if at > now + LONGEST_OPEN {
        Err(Rule::TooFar {
            days: LONGEST_OPEN.num_days(),
        })
    } else {
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_closing_time_is_read_in_the_rounds_zone_and_lies_in_the_future() {
        let zone = chrono_tz::Europe::Berlin;
        let at = closing_time("2026-12-04T18:00", zone, now()).expect("valid");
        assert_eq!(at.to_rfc3339(), "2026-12-04T17:00:00+00:00");
        assert_eq!(
            closing_time("2026-11-20T12:30", zone, now()),
            Err(Rule::InThePast)
        );
        assert_eq!(closing_time("tomorrow", zone, now()), Err(Rule::NotADate));
        assert_eq!(closing_time("", zone, now()), Err(Rule::Required));
        assert_eq!(
            closing_time("2036-01-01T00:00", zone, now()),
            Err(Rule::TooFar { days: 180 })
        );
    }

    #[test]
    fn an_hour_that_summer_time_leaves_out_is_no_time() {
        let winter: DateTime<Utc> = "2027-03-01T00:00:00Z".parse().expect("a time");
        assert_eq!(
            closing_time("2027-03-28T02:30", chrono_tz::Europe::Berlin, winter),
            Err(Rule::SkippedHour)
        );
    }

    #[test]
    fn only_the_provider_that_is_set_can_be_chosen_and_none_is_unless_it_is() {
        let set = Provider::parse("Example Ltd, Dublin").expect("a name");
        assert_eq!(chosen("", Some(&set)), Ok(None));
        assert_eq!(chosen("", None), Ok(None));
        assert_eq!(
            chosen("Example Ltd, Dublin", Some(&set)),
            Ok(Some(set.clone()))
        );
        assert_eq!(chosen("Example Ltd", Some(&set)), Err(Rule::NotAChoice));
        assert_eq!(chosen("Example Ltd, Dublin", None), Err(Rule::NotAChoice));
    }

    #[test]
    fn all_mistakes_of_a_round_are_named_at_once() {
        let form = RoundForm {
            time_zone: "Mars/Olympus",
            retention_months: "0",
            ..RoundForm::default()
        };
        let mistakes = RoundPlan::parse(&form, now()).expect_err("many");
        for field in [
            "label",
            "attribution",
            "retention_months",
            "language",
            "time_zone",
        ] {
            assert!(mistakes.of(field).is_some(), "{field}");
        }
    }
}
