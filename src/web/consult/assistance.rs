//! What consultants read about the help of a language model: a note on the round's page and on the
//! board, and the log of calls.

use std::collections::BTreeMap;

use entity::types::{AssistanceState, CallOutcome, KeptReason, RoundState};
use minijinja::{Value, context};

use super::counted;
use crate::error::Error;
use crate::store::assistance::{self, Assistance, Call};
use crate::survey::Language;
use crate::web::{RoundPath, State};
use crate::wording::moment;

/// The note, where the round's notice names a provider and the round has closed.
pub(super) async fn note(state: &State, path: &RoundPath) -> Result<Option<String>, Error> {
    let found = assistance::of_round(&state.db, path.round.id()).await?;
    Ok(found.as_ref().map(|found| said(found, path.round.state())))
}

/// The note with the calls behind it.
pub(super) async fn value(state: &State, path: &RoundPath) -> Result<Option<Value>, Error> {
    let Some(found) = assistance::of_round(&state.db, path.round.id()).await? else {
        return Ok(None);
    };
    let calls = assistance::calls_of(&state.db, path.round.id()).await?;
    let zone = path.round.time_zone();
    let lines: Vec<Value> = calls
        .iter()
        .map(|call| {
            let when = moment(&state.catalogue, Language::En, call.at, zone);
            context! { how => format!("{when}. {}", how(call)), what => what(call) }
        })
        .collect();
    Ok(Some(context! {
        note => said(&found, path.round.state()),
        kept => found.state == AssistanceState::Kept,
        calls => lines,
        total => total(&calls),
    }))
}

fn said(found: &Assistance, round: RoundState) -> String {
    let provider = &found.provider;
    let Some(reason) = found.reason else {
        return match found.state {
            AssistanceState::Done if round == RoundState::Published => {
                format!(
                    "Grouped with the language model of {provider}, then decided and published."
                )
            }
            AssistanceState::Done => format!(
                "Grouped with the language model of {provider}. How often it is right nobody has counted: where the program grouped otherwise, decide statement by statement."
            ),
            AssistanceState::Waiting | AssistanceState::Kept => format!(
                "The language model of {provider} is being asked to group the statements. Until it answers, this is the program’s own grouping; what you decide meanwhile stays."
            ),
        };
    };
    let model = format!("The language model of {provider}");
    let (why, own) = match reason {
        KeptReason::NotSet => (
            format!(
                "The executives were told of a language model of {provider}, and this server does not use it any more"
            ),
            true,
        ),
        KeptReason::Nothing => (
            format!("There was no statement that {provider} may be sent"),
            true,
        ),
        KeptReason::Late => (format!("{model} did not answer in time"), true),
        KeptReason::Unreachable => (format!("{model} could not be reached"), true),
        KeptReason::Busy => (format!("{model} took no more requests"), true),
        KeptReason::Failed => (format!("{model} answered with an error"), true),
        KeptReason::Misfit => (
            format!("{model} answered what does not fit the statements; nothing of it was used"),
            true,
        ),
        KeptReason::Declined => (format!("{model} declined to answer"), true),
        KeptReason::Overtaken => (
            format!(
                "{model} was not needed any more: everything was decided before it had answered"
            ),
            false,
        ),
        KeptReason::Interrupted => (
            format!("The server stopped while the language model of {provider} was being asked"),
            true,
        ),
    };
    if own {
        format!("{why}; this is the program’s own grouping.")
    } else {
        format!("{why}.")
    }
}

/// How a call ended.
fn how(call: &Call) -> String {
    let how = match call.outcome {
        CallOutcome::Asked => "No end is known",
        CallOutcome::Answered => "Answered",
        CallOutcome::Late => "No answer in time",
        CallOutcome::Unreachable => "Not reached",
        CallOutcome::Busy => "Took no more requests",
        CallOutcome::Failed => "Answered with an error",
        CallOutcome::Misfit => "Answered what does not fit",
        CallOutcome::Declined => "Declined",
    };
    match &call.detail {
        Some(detail) => format!("{how} ({detail})"),
        None => how.to_owned(),
    }
}

/// Model, time, tokens and cost, as far as they are known.
fn what(call: &Call) -> String {
    let mut parts = vec![format!("{} of {}", call.model, call.provider)];
    if let Some(millis) = call.millis {
        parts.push(format!("{}.{} s", millis / 1000, millis % 1000 / 100));
    }
    if let (Some(sent), Some(received)) = (call.usage.tokens_in, call.usage.tokens_out) {
        parts.push(format!("{sent} tokens sent, {received} received"));
    }
    if let Some(cost) = &call.cost {
        parts.push(money(cost.micros, &cost.currency));
    }
    parts.join("; ")
}

/// The sum of what is known to have been paid, by currency; nothing where one call says it all.
fn total(calls: &[Call]) -> Option<String> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for cost in calls.iter().filter_map(|call| call.cost.as_ref()) {
        let sum = sums.entry(&cost.currency).or_default();
        *sum = sum.saturating_add(cost.micros);
    }
    if sums.is_empty() || calls.len() < 2 {
        return None;
    }
    let sums: Vec<String> = sums
        .into_iter()
        .map(|(currency, micros)| money(micros, currency))
        .collect();
    Some(format!(
        "{} in {}.",
        sums.join(" and "),
        counted(calls.len(), "call", "calls")
    ))
}

/// "0.0065 EUR": four digits behind the point, because one call costs less than a cent.
fn money(micros: i64, currency: &str) -> String {
    if (1..50).contains(&micros) {
        return format!("less than 0.0001 {currency}");
    }
    let rounded = (micros.max(0) + 50) / 100;
    format!("{}.{:04} {currency}", rounded / 10_000, rounded % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::assistance::{Cost, Usage};
    use entity::types::RoundId;

    fn found(state: AssistanceState, reason: Option<KeptReason>) -> Assistance {
        Assistance {
            provider: "Example Ltd, Dublin".into(),
            state,
            reason,
        }
    }

    #[test]
    fn every_outcome_says_whose_grouping_this_is() {
        let waiting = said(&found(AssistanceState::Waiting, None), RoundState::Closed);
        assert!(waiting.contains("the program’s own grouping"), "{waiting}");
        let done = said(&found(AssistanceState::Done, None), RoundState::Closed);
        assert!(
            done.starts_with("Grouped with the language model of Example Ltd, Dublin."),
            "{done}"
        );
        assert_eq!(
            said(
                &found(AssistanceState::Kept, Some(KeptReason::Late)),
                RoundState::Closed
            ),
            "The language model of Example Ltd, Dublin did not answer in time; this is the program’s own grouping."
        );
        for reason in [
            KeptReason::NotSet,
            KeptReason::Nothing,
            KeptReason::Unreachable,
            KeptReason::Busy,
            KeptReason::Failed,
            KeptReason::Misfit,
            KeptReason::Declined,
            KeptReason::Interrupted,
        ] {
            let said = said(
                &found(AssistanceState::Kept, Some(reason)),
                RoundState::Closed,
            );
            assert!(
                said.ends_with("; this is the program’s own grouping.")
                    || said.contains("this is the program’s own grouping"),
                "{said}"
            );
            assert!(said.contains("Example Ltd, Dublin"), "{said}");
        }
    }

    #[test]
    fn costs_are_small_and_still_said() {
        assert_eq!(money(6_500, "EUR"), "0.0065 EUR");
        assert_eq!(money(1_234_567, "EUR"), "1.2346 EUR");
        assert_eq!(money(1, "EUR"), "less than 0.0001 EUR");
        assert_eq!(money(0, "EUR"), "0.0000 EUR");
        let call = |micros| Call {
            round: RoundId(uuid::Uuid::nil()),
            provider: "Example Ltd, Dublin".into(),
            model: "m".into(),
            at: "2026-11-20T12:00:00Z".parse().expect("a time"),
            outcome: CallOutcome::Answered,
            detail: None,
            millis: Some(2_340),
            usage: Usage {
                tokens_in: Some(900),
                tokens_out: Some(80),
            },
            cost: Some(Cost {
                micros,
                currency: "EUR".into(),
            }),
        };
        assert_eq!(
            what(&call(6_500)),
            "m of Example Ltd, Dublin; 2.3 s; 900 tokens sent, 80 received; 0.0065 EUR"
        );
        assert_eq!(total(&[call(1)]), None);
        assert_eq!(
            total(&[call(6_500), call(3_500)]).as_deref(),
            Some("0.0100 EUR in two calls.")
        );
    }
}
