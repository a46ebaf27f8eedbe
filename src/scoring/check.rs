//! The rules a round must keep, and where it breaks one.

use std::collections::BTreeSet;

use super::input::{
    Coded, CodedResponse, Comparison, InputError, MAX_INVITED, MAX_STATEMENTS, MAX_THEMES, Measure,
    Question, RoundParts, Target, Weights,
};

fn refuse<T>(path: impl Into<String>, rule: impl Into<String>) -> Result<T, InputError> {
    Err(InputError {
        path: path.into(),
        rule: rule.into(),
    })
}

/// Refuses a round that breaks a rule, at the first fault found.
pub(super) fn check(parts: &RoundParts) -> Result<(), InputError> {
    check_weights(&parts.weights)?;
    let executives = unique(parts.executives.iter().map(|e| &e.id), "executives")?;
    let themes = unique(parts.themes.iter().map(|t| &t.id), "themes")?;
    let known = |theme: &String, path: String| {
        if themes.contains(theme) {
            Ok(())
        } else {
            refuse(path, format!("\"{theme}\" is not in `themes`"))
        }
    };
    if parts.invited > MAX_INVITED {
        return refuse(
            "invited",
            format!("at most {MAX_INVITED} people can be invited"),
        );
    }
    if parts.themes.len() > MAX_THEMES {
        return refuse("themes", format!("at most {MAX_THEMES} themes"));
    }
    if parts.invited < parts.responses.len() {
        return refuse(
            "invited",
            format!(
                "{} invited, but {} responses: nobody answers uninvited",
                parts.invited,
                parts.responses.len()
            ),
        );
    }
    for (i, theme) in parts.agreed_priorities.iter().enumerate() {
        known(theme, format!("agreed_priorities[{i}]"))?;
    }
    for (i, decision) in parts.decisions.iter().enumerate() {
        known(&decision.theme, format!("decisions[{i}].theme"))?;
    }
    let mut seen = BTreeSet::new();
    for (i, response) in parts.responses.iter().enumerate() {
        let at = format!("responses[{i}]");
        if !executives.contains(&response.executive) {
            return refuse(
                format!("{at}.executive"),
                format!("\"{}\" is not in `executives`", response.executive),
            );
        }
        if !seen.insert(&response.executive) {
            return refuse(
                format!("{at}.executive"),
                format!(
                    "\"{}\" has answered already: one response each",
                    response.executive
                ),
            );
        }
        check_response(response, &at, &known)?;
    }
    Ok(())
}

fn check_weights(weights: &Weights) -> Result<(), InputError> {
    for question in Question::ALL {
        let weight = weights.of(question);
        if !weight.is_finite() || !(0.0..=1e6).contains(&weight) {
            return refuse(
                format!("weights.{}", question.key()),
                format!("{weight} is not a weight: a number from 0 to 1000000"),
            );
        }
    }
    Ok(())
}

fn unique<'a>(
    ids: impl Iterator<Item = &'a String>,
    list: &str,
) -> Result<BTreeSet<&'a String>, InputError> {
    let mut seen = BTreeSet::new();
    for (i, id) in ids.enumerate() {
        if id.trim().is_empty() {
            return refuse(format!("{list}[{i}].id"), "must not be empty");
        }
        if !seen.insert(id) {
            return refuse(
                format!("{list}[{i}].id"),
                format!("\"{id}\" is there twice"),
            );
        }
    }
    Ok(seen)
}

type Known<'a> = dyn Fn(&String, String) -> Result<(), InputError> + 'a;

fn check_response(response: &CodedResponse, at: &str, known: &Known<'_>) -> Result<(), InputError> {
    for (list, name) in [
        (&response.unknown, "unknown"),
        (&response.skipped, "skipped"),
    ] {
        for (i, question) in list.iter().enumerate() {
            let key = question.key();
            if response.count(*question) > 0 {
                return refuse(
                    format!("{at}.{name}[{i}]"),
                    format!("`{key}` has statements, so it can't be {name}"),
                );
            }
            if name == "skipped" && response.unknown.contains(question) {
                return refuse(
                    format!("{at}.{name}[{i}]"),
                    format!("`{key}` is in `unknown` too: one of the two"),
                );
            }
        }
    }
    for question in Question::ALL {
        if response.count(question) > MAX_STATEMENTS {
            return refuse(
                format!("{at}.{}", question.key()),
                format!("at most {MAX_STATEMENTS} statements a question"),
            );
        }
    }
    if response.perceived.is_some_and(|p| p > 3) {
        return refuse(format!("{at}.perceived"), "0 to 3, or left out");
    }
    for (i, coded) in response.priorities.iter().enumerate() {
        check_coded(coded, &format!("{at}.priorities[{i}]"), known)?;
    }
    for (i, trade_off) in response.trade_offs.iter().enumerate() {
        check_coded(
            &trade_off.favour,
            &format!("{at}.trade_offs[{i}].favour"),
            known,
        )?;
        check_coded(
            &trade_off.over,
            &format!("{at}.trade_offs[{i}].over"),
            known,
        )?;
    }
    for (i, coded) in response.stops.iter().enumerate() {
        check_coded(coded, &format!("{at}.stops[{i}]"), known)?;
    }
    for (i, success) in response.successes.iter().enumerate() {
        let at = format!("{at}.successes[{i}]");
        check_coded(&success.coded, &at, known)?;
        if let Some(measure) = &success.measure {
            check_measure(measure, &format!("{at}.measure"))?;
        }
    }
    for (i, ask) in response.asks.iter().enumerate() {
        check_coded(&ask.coded, &format!("{at}.asks[{i}]"), known)?;
    }
    Ok(())
}

fn check_coded(coded: &Coded, at: &str, known: &Known<'_>) -> Result<(), InputError> {
    known(&coded.theme, format!("{at}.theme"))?;
    let Some(proposed) = &coded.proposed else {
        return Ok(());
    };
    if proposed.theme != coded.theme {
        return refuse(
            format!("{at}.proposed.theme"),
            format!(
                "\"{}\" is proposed, but the statement is on \"{}\": leave `proposed` out once somebody has decided",
                proposed.theme, coded.theme
            ),
        );
    }
    if let Some(second) = &proposed.second {
        known(second, format!("{at}.proposed.second"))?;
    }
    if !(0.0..=1.0).contains(&proposed.confidence) {
        return refuse(format!("{at}.proposed.confidence"), "a number from 0 to 1");
    }
    Ok(())
}

fn check_measure(measure: &Measure, at: &str) -> Result<(), InputError> {
    match (&measure.target, measure.comparison) {
        (Target::Date(date), Comparison::ByDate) if day_number(date).is_none() => refuse(
            format!("{at}.target"),
            format!("\"{date}\" is not a date like 2026-12-31"),
        ),
        (Target::Number(_), Comparison::ByDate) => refuse(
            format!("{at}.target"),
            "`by_date` needs a date like 2026-12-31",
        ),
        (Target::Date(_), Comparison::AtLeast | Comparison::AtMost | Comparison::Exactly) => {
            refuse(
                format!("{at}.target"),
                "must be a number; a date goes with `by_date`",
            )
        }
        (Target::Number(number), _) if !number.is_finite() => {
            refuse(format!("{at}.target"), "must be a finite number")
        }
        _ => Ok(()),
    }
}

/// Days since 1 January of the year 0 (proleptic Gregorian calendar), or none when the text is no date.
pub(crate) fn day_number(date: &str) -> Option<i64> {
    let digits = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i64>().ok())
            .flatten()
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() || !(1..=12).contains(&month) {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let months = usize::try_from(month).ok()?;
    if day < 1 || day > lengths[months - 1] {
        return None;
    }
    // Leap days before this year: the year 0 is a leap year itself.
    let leaps = if year == 0 {
        0
    } else {
        (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1
    };
    Some(year * 365 + leaps + lengths[..months - 1].iter().sum::<i64>() + day - 1)
}
