//! The home page: what waits, and all rounds.

use actix_web::{HttpResponse, web};
use minijinja::{Value, context};

use super::next_steps::{Facts, heading, next_steps};
use crate::error::Error;
use crate::store::consultants::SignedIn;
use crate::store::organisations;
use crate::store::overview;
use crate::store::overview::Overview;
use crate::web::State;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(home));
}

async fn home(who: SignedIn, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let now = state.now();
    let overview = overview::all(&state.db, &who).await?;
    let facts: Vec<Facts> = overview.iter().map(Facts::from).collect();
    let steps = next_steps(&facts, now);
    let rows: Vec<Value> = overview
        .iter()
        .zip(&facts)
        .map(|(overview, facts)| row(overview, facts.state_in_words(now)))
        .collect();
    let mut teams = Vec::new();
    if rows.is_empty() {
        for listed in organisations::list(&state.db, &who).await? {
            for team in &listed.teams {
                teams.push(context! {
                    id => team.id.to_string(),
                    name => team.name.as_str(),
                    organisation => listed.organisation.name.as_str(),
                });
            }
        }
    }
    let heading = if rows.is_empty() {
        format!("Welcome, {}", who.name())
    } else {
        heading(steps.len())
    };
    let steps: Vec<Value> = steps
        .into_iter()
        .map(|step| {
            context! {
                when => step.when,
                heading => step.heading,
                why => step.why,
                path => step.path,
                action => step.action,
            }
        })
        .collect();
    state.page(
        "consult/home.html",
        context! { heading => heading, steps => steps, rounds => rows, teams => teams },
    )
}

fn row(overview: &Overview, state: String) -> Value {
    let percent = (overview.submitted * 100)
        .checked_div(overview.asked)
        .unwrap_or(0);
    context! {
        id => overview.round.id().to_string(),
        label => overview.round.label(),
        organisation => overview.organisation.as_str(),
        team => overview.team.as_str(),
        team_id => overview.round.team_id().to_string(),
        state => state,
        asked => overview.asked,
        answered => overview.submitted,
        percent => percent,
    }
}
