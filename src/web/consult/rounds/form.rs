//! The settings of a round while it is a draft: the page and the form.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use entity::types::RoundState;
use minijinja::{Value, context};

use super::notices;
use crate::error::Error;
use crate::store;
use crate::store::consultants::SignedIn;
use crate::store::rounds::{self, Round};
use crate::store::teams::TeamAccess;
use crate::survey::promise::{Attribution, Promise, Provider};
use crate::survey::quarter::{Quarter, next_label};
use crate::survey::round::{RoundForm, RoundPlan, closing_time};
use crate::survey::{Language, Mistakes, Rule};
use crate::web::consult::{Wrong, languages};
use crate::web::{Fields, RoundPath, State, TeamPath, see_other};

/// A round stays open this long unless the consultant says otherwise.
const OPEN_DAYS: u64 = 14;
/// The time zone of a team's first round until another one is typed.
const ZONE: Tz = Tz::Europe__London;

pub(super) const LABELS: [(&str, &str); 8] = [
    ("label", "Name of the round"),
    ("closes_at", "Closing time"),
    ("time_zone", "Time zone"),
    ("attribution", "Who sees who wrote what"),
    ("retention_months", "Delete the answers after"),
    ("language", "Language"),
    ("message", "Your own words"),
    ("provider", "Language model"),
];

/// The form's fields as text, typed or proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    label: String,
    attribution: String,
    retention_months: String,
    language: String,
    time_zone: String,
    closes_at: String,
    message: String,
    /// The provider whose language model may propose groups; empty for none.
    provider: String,
}

impl From<&Fields> for Typed {
    fn from(form: &Fields) -> Self {
        let get = |name: &str| form.get(name).to_owned();
        Self {
            label: get("label"),
            attribution: get("attribution"),
            retention_months: get("retention_months"),
            language: get("language"),
            time_zone: get("time_zone"),
            closes_at: get("closes_at"),
            message: get("message"),
            provider: get("provider"),
        }
    }
}

impl Typed {
    /// What a new round begins with: the settings of the team's last one, else sensible ones. The
    /// label and the closing time are always new.
    pub(super) fn proposed(earlier: &[Round], set: Option<&Provider>, now: DateTime<Utc>) -> Self {
        let last = earlier.first();
        let zone = last.map_or(ZONE, Round::time_zone);
        let promise = last.map_or(
            Promise {
                attribution: Attribution::default(),
                retention_months: Promise::RETENTION_MONTHS,
            },
            Round::promise,
        );
        let today = now.with_timezone(&zone).date_naive();
        let taken: BTreeSet<&str> = earlier.iter().map(Round::label).collect();
        Self {
            label: free_label(last.map(Round::label), &taken, today),
            attribution: promise.attribution.key().to_owned(),
            retention_months: promise.retention_months.to_string(),
            language: last.map_or(Language::En, Round::language).code().to_owned(),
            time_zone: zone.name().to_owned(),
            closes_at: closing_day(today).format("%Y-%m-%dT18:00").to_string(),
            message: last.map(Round::message).unwrap_or_default().to_owned(),
            // Only the very provider the last round named: another one is agreed to anew.
            provider: name(
                last.and_then(Round::provider)
                    .filter(|last| Some(*last) == set),
            ),
        }
    }

    fn of(round: &Round) -> Self {
        Self {
            label: round.label().to_owned(),
            attribution: round.promise().attribution.key().to_owned(),
            retention_months: round.promise().retention_months.to_string(),
            language: round.language().code().to_owned(),
            time_zone: round.time_zone().name().to_owned(),
            closes_at: local(round.closes_at(), round.time_zone()),
            message: round.message().to_owned(),
            provider: name(round.provider()),
        }
    }

    /// `set` is the provider that the operator has set.
    pub(super) fn plan(
        &self,
        set: Option<&Provider>,
        now: DateTime<Utc>,
    ) -> Result<RoundPlan, Mistakes> {
        let form = RoundForm {
            label: &self.label,
            attribution: &self.attribution,
            retention_months: &self.retention_months,
            language: &self.language,
            time_zone: &self.time_zone,
            closes_at: &self.closes_at,
            message: &self.message,
            provider: &self.provider,
            offered: set,
        };
        RoundPlan::parse(&form, now)
    }

    fn value(&self) -> Value {
        context! {
            label => self.label.as_str(),
            attribution => self.attribution.as_str(),
            retention_months => self.retention_months.as_str(),
            language => self.language.as_str(),
            time_zone => self.time_zone.as_str(),
            closes_at => self.closes_at.as_str(),
            message => self.message.as_str(),
            provider => self.provider.as_str(),
        }
    }
}

fn name(provider: Option<&Provider>) -> String {
    provider.map_or_else(String::new, |provider| provider.as_str().to_owned())
}

/// A time as the browser's field for date and time has it.
pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

/// Two weeks on, not at a weekend.
fn closing_day(today: NaiveDate) -> NaiveDate {
    let mut day = today + Days::new(OPEN_DAYS);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    day
}

/// The label after the last one that the team has not used.
fn free_label(last: Option<&str>, taken: &BTreeSet<&str>, today: NaiveDate) -> String {
    let mut label = last.map_or_else(
        || Quarter::of(today).to_string(),
        |last| next_label(last, today),
    );
    while taken.contains(label.as_str()) {
        label = next_label(&label, today);
    }
    label
}

/// Which form it is: of a new round or of a draft.
enum Of<'a> {
    New,
    Draft(&'a Round),
}

pub(super) async fn new_page(
    path: TeamPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let earlier = rounds::of_team(&state.db, &path.access).await?;
    let typed = Typed::proposed(&earlier, state.provider(), state.now());
    page(
        &state,
        StatusCode::OK,
        &path.who,
        &path.access,
        &Of::New,
        &typed,
        &Wrong::nothing(),
    )
    .await
}

pub(super) async fn create(
    path: TeamPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let typed = Typed::from(&*form);
    let plan = match typed.plan(state.provider(), state.now()) {
        Ok(plan) => plan,
        Err(mistakes) => {
            return again(&state, &path.who, &path.access, &Of::New, &typed, &mistakes).await;
        }
    };
    let tx = store::begin_write(&state.db).await?;
    match rounds::add(&tx, &state.tools, &path.access, &plan, None, state.now()).await {
        Ok(id) => {
            tx.commit().await?;
            Ok(see_other(format!("/rounds/{id}")))
        }
        Err(Error::Stale) => {
            drop(tx);
            again(&state, &path.who, &path.access, &Of::New, &typed, &taken()).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn edit_page(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    if path.round.state() != RoundState::Draft {
        return Err(Error::Refused(
            "The round has opened: its settings are part of what executives were promised and stay as they are.",
        ));
    }
    let typed = Typed::of(&path.round);
    page(
        &state,
        StatusCode::OK,
        &path.who,
        &path.access,
        &Of::Draft(&path.round),
        &typed,
        &Wrong::nothing(),
    )
    .await
}

pub(super) async fn edit(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let typed = Typed::from(&*form);
    let of = Of::Draft(&path.round);
    let plan = match typed.plan(state.provider(), state.now()) {
        Ok(plan) => plan,
        Err(mistakes) => {
            return again(&state, &path.who, &path.access, &of, &typed, &mistakes).await;
        }
    };
    let tx = store::begin_write(&state.db).await?;
    match rounds::update(&tx, &path.round, &plan).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(see_other(format!("/rounds/{}", path.round.id())))
        }
        Err(Error::Stale) => {
            drop(tx);
            again(&state, &path.who, &path.access, &of, &typed, &taken()).await
        }
        Err(error) => Err(error),
    }
}

fn taken() -> Mistakes {
    let mut mistakes = Mistakes::none();
    mistakes.add("label", Rule::Duplicate);
    mistakes
}

/// The form with its mistakes and everything that was typed.
async fn again(
    state: &State,
    who: &SignedIn,
    access: &TeamAccess,
    of: &Of<'_>,
    typed: &Typed,
    mistakes: &Mistakes,
) -> Result<HttpResponse, Error> {
    let wrong = Wrong::of(mistakes, &LABELS);
    page(
        state,
        StatusCode::UNPROCESSABLE_ENTITY,
        who,
        access,
        of,
        typed,
        &wrong,
    )
    .await
}

async fn page(
    state: &State,
    status: StatusCode,
    who: &SignedIn,
    access: &TeamAccess,
    of: &Of<'_>,
    typed: &Typed,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let (heading, action, button, back) = match of {
        Of::New => (
            "A new round".to_owned(),
            format!("/teams/{}/rounds/new", access.id()),
            "Save the draft",
            format!("/teams/{}", access.id()),
        ),
        Of::Draft(round) => (
            format!("Settings of {}", round.label()),
            format!("/rounds/{}/edit", round.id()),
            "Save the settings",
            format!("/rounds/{}", round.id()),
        ),
    };
    let now = state.now();
    let zone = typed.time_zone.parse::<Tz>().unwrap_or(ZONE);
    let closes_at = closing_time(&typed.closes_at, zone, now).unwrap_or(now);
    let months = typed
        .retention_months
        .trim()
        .parse()
        .unwrap_or(Promise::RETENTION_MONTHS);
    let facts = notices::Facts::gather(state, who, access).await?;
    let chosen = state
        .provider()
        .filter(|provider| provider.as_str() == typed.provider);
    let plan = notices::Plan {
        promise: Promise {
            attribution: Attribution::default(),
            retention_months: months,
        },
        provider: chosen,
        closes_at,
        time_zone: zone,
    };
    let modes: Vec<Value> = Attribution::ALL
        .into_iter()
        .map(|attribution| {
            let promise = Promise {
                attribution,
                ..plan.promise
            };
            let plan = notices::Plan { promise, ..plan };
            let notice = facts.notice(&state.catalogue, Language::En, &plan);
            context! {
                key => attribution.key(),
                name => notices::mode_name(attribution),
                headline => notice.headline,
                lines => notice.lines,
            }
        })
        .collect();
    state.page_with(
        status,
        "consult/round_form.html",
        context! {
            heading => heading,
            action => action,
            button => button,
            back => back,
            team_id => access.id().to_string(),
            team => access.name(),
            organisation => access.organisation(),
            quarter => Quarter::of(now.date_naive()).to_string(),
            longest_retention => Promise::LONGEST_RETENTION,
            zones => chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect::<Vec<_>>(),
            languages => languages(),
            modes => modes,
            model => state.provider().map(|provider| context! {
                provider => provider.as_str(),
                ticked => chosen.is_some(),
                lines => facts.about_model(
                    &state.catalogue,
                    Language::En,
                    &notices::Plan { provider: Some(provider), ..plan },
                ),
            }),
            typed => typed.value(),
            mistakes => wrong.value(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_first_round_is_proposed_confidential_for_this_quarter_and_two_weeks() {
        let typed = Typed::proposed(&[], None, now());
        assert_eq!(typed.label, "2026-Q4");
        assert_eq!(typed.attribution, "confidential");
        assert_eq!(typed.closes_at, "2026-12-04T18:00");
        assert_eq!(typed.provider, "", "off unless a consultant says so");
        assert!(typed.plan(None, now()).is_ok());
    }

    #[test]
    fn a_round_does_not_close_at_a_weekend() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(closing_day(day("2026-11-21")), day("2026-12-07"));
        assert_eq!(closing_day(day("2026-11-20")), day("2026-12-04"));
    }

    #[test]
    fn the_proposed_label_is_one_the_team_has_not_used() {
        let today = "2026-11-20".parse().expect("a day");
        assert_eq!(
            free_label(Some("2026-Q4"), &BTreeSet::from(["2026-Q4"]), today),
            "2027-Q1"
        );
        assert_eq!(
            free_label(
                Some("Autumn"),
                &BTreeSet::from(["Autumn", "2026-Q4"]),
                today
            ),
            "2027-Q1"
        );
        assert_eq!(free_label(None, &BTreeSet::new(), today), "2026-Q4");
    }
}
