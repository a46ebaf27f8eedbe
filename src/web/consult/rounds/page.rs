//! The one screen of a round: what it shows depends on where the round stands.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web;
use chrono::{DateTime, Utc};
use entity::types::RoundState;
use minijinja::{Value, context};
use serde::Deserialize;

use super::{closed, draft, notices, open};
use crate::conduct;
use crate::error::Error;
use crate::survey::Language;
use crate::web::consult::{Wrong, capital, counted};
use crate::web::{RoundPath, State};
use crate::wording::{Notice, moment};

/// What has just been done, as the address after a POST says it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    done: String,
    n: usize,
}

/// How the page comes back after a POST that could not be carried out.
pub(super) struct Again {
    pub(super) status: StatusCode,
    pub(super) wrong: Wrong,
    /// The closing time as typed.
    pub(super) closes_at: Option<String>,
    pub(super) done: Option<String>,
}

impl Again {
    fn plain(done: Option<String>) -> Self {
        Self {
            status: StatusCode::OK,
            wrong: Wrong::nothing(),
            closes_at: None,
            done,
        }
    }

    pub(super) fn wrong(wrong: Wrong, closes_at: Option<String>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            wrong,
            closes_at,
            done: None,
        }
    }
}

pub(super) async fn get(
    path: RoundPath,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    show(&state, &path, Again::plain(done(&look.done, look.n))).await
}

/// Fixed sentences only: nothing of the address is repeated on the page but a number.
fn done(what: &str, n: usize) -> Option<String> {
    Some(match (what, n) {
        ("opened", n) => format!("The round is open. {} on the way.", capital(&are(n, "letter", "letters"))),
        ("reminded", 0) => "Everybody has had today’s reminder already. The next one can go tomorrow.".to_owned(),
        ("reminded", n) => format!("{} on the way.", capital(&are(n, "reminder", "reminders"))),
        ("resent", _) => "The letter is on its way again.".to_owned(),
        ("revoked" | "unshared", _) => "The link is withdrawn; it opens nothing any more.".to_owned(),
        ("extended", _) => "The round stays open longer. Letters sent from now on name the new time.".to_owned(),
        ("closed", n) => format!("The round is closed. {} to sort.", capital(&counted(n, "statement", "statements"))),
        ("abandoned", _) => "The second coding has ended, and what it held is deleted.".to_owned(),
        ("published", _) => "The report is published and frozen.".to_owned(),
        ("revised", _) => "The revision is published. Links to the report show it from now on.".to_owned(),
        ("shared", _) => "The link is ready. Copy it from below and send it to the sponsor yourself.".to_owned(),
        ("next", _) => "A draft with the same settings. Check the date, the team and your words before you open it.".to_owned(),
        _ => return None,
    })
}

fn are(n: usize, one: &str, many: &str) -> String {
    let counted = counted(n, one, many);
    if n == 1 {
        format!("{counted} is")
    } else {
        format!("{counted} are")
    }
}

pub(super) async fn show(
    state: &State,
    path: &RoundPath,
    again: Again,
) -> Result<HttpResponse, Error> {
    let part = match path.round.state() {
        RoundState::Draft => draft::values(state, path).await?,
        RoundState::Open => open::values(state, path, again.closes_at).await?,
        RoundState::Closed | RoundState::Published => closed::values(state, path).await?,
    };
    let notice = promise(state, path).await?;
    let base = context! {
        round => context! {
            id => path.round.id().to_string(),
            label => path.round.label(),
            state => state_word(path.round.state()),
        },
        team_id => path.access.id().to_string(),
        team => path.access.name(),
        organisation => path.access.organisation(),
        facts => facts(state, path),
        promise => context! { headline => notice.headline, lines => notice.lines },
        done => again.done,
        mistakes => again.wrong.value(),
    };
    state.page_with(
        again.status,
        "consult/round.html",
        context! { ..part, ..base },
    )
}

const fn state_word(state: RoundState) -> &'static str {
    match state {
        RoundState::Draft => "draft",
        RoundState::Open => "open",
        RoundState::Closed => "closed",
        RoundState::Published => "published",
    }
}

/// A time as consultants read it.
pub(super) fn when(state: &State, path: &RoundPath, at: DateTime<Utc>) -> String {
    moment(&state.catalogue, Language::En, at, path.round.time_zone())
}

/// The notice: as it would be now for a draft, as it was kept once the round has opened.
async fn promise(state: &State, path: &RoundPath) -> Result<Notice, Error> {
    if let Some(kept) = conduct::kept_notice(&state.tools, &path.round, Language::En)? {
        return Ok(kept);
    }
    let facts = notices::Facts::gather(state, &path.who, &path.access).await?;
    let round = &path.round;
    let plan = notices::Plan {
        promise: round.promise(),
        provider: round.provider(),
        closes_at: round.closes_at(),
        time_zone: round.time_zone(),
    };
    Ok(facts.notice(&state.catalogue, Language::En, &plan))
}

fn facts(state: &State, path: &RoundPath) -> Vec<Value> {
    let round = &path.round;
    let mut facts = Vec::new();
    let mut fact =
        |name: &str, value: String| facts.push(context! { name => name, value => value });
    if let Some(at) = round.opened_at() {
        fact("Opened", when(state, path, at));
    }
    match round.closed_at() {
        Some(at) => fact("Closed", when(state, path, at)),
        None => fact(
            "Answers are taken until",
            when(state, path, round.closes_at()),
        ),
    }
    fact(
        "Who sees who wrote what",
        notices::mode_name(round.promise().attribution).to_owned(),
    );
    if let Some(provider) = round.provider() {
        fact(
            "Language model",
            format!("One of {} may propose groups", provider.as_str()),
        );
    }
    fact(
        "Language",
        format!(
            "{}, for executives without one of their own",
            round.language().name()
        ),
    );
    let months = counted(round.promise().retention_months as usize, "month", "months");
    match (round.erased_at(), round.erases_at()) {
        (Some(at), _) => fact("Answers deleted", when(state, path, at)),
        (None, Some(at)) => fact("Answers will be deleted", when(state, path, at)),
        (None, None) => fact(
            "Answers will be deleted",
            capital(&format!("{months} after closing")),
        ),
    }
    let message = round.message();
    fact(
        "Your own words in the letter",
        if message.is_empty() {
            "None".to_owned()
        } else {
            message.to_owned()
        },
    );
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_in_fixed_sentences() {
        assert_eq!(
            done("reminded", 3).as_deref(),
            Some("Three reminders are on the way.")
        );
        assert_eq!(
            done("opened", 1).as_deref(),
            Some("The round is open. One letter is on the way.")
        );
        assert!(done("<script>", 3).is_none());
        assert!(done("", 0).is_none());
    }
}
