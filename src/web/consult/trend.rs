//! All rounds of a team on one page, and the teams of an organisation beside each other.

use actix_web::{HttpResponse, web};
use minijinja::context;
use minijinja::value::Serde;

use super::teams::team_value;
use crate::conduct;
use crate::error::Error;
use crate::report::{SideBySide, TeamLately, Trend};
use crate::web::{OrganisationPath, State, TeamPath};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/teams/{id}/trend").route(web::get().to(show)));
}

async fn show(path: TeamPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let material = conduct::trend(&state.db, &state.tools, &path.access).await?;
    let trend = on_a_thread(move || Trend::build(&material)).await?;
    state.page(
        "consult/trend.html",
        context! {
            team => team_value(&path.access),
            trend => Serde(&trend),
        },
    )
}

/// The organisation's teams, alphabetically.
pub(super) async fn side_by_side(
    path: OrganisationPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let teams = conduct::side_by_side(&state.db, &state.tools, &path.who, &path.access).await?;
    let teams = teams
        .into_iter()
        .map(|(access, material, report)| TeamLately {
            address: format!("/teams/{}/trend", access.id()),
            material,
            report,
        })
        .collect();
    let beside = on_a_thread(move || SideBySide::build(teams)).await?;
    state.page(
        "consult/teams.html",
        context! {
            organisation => context! { id => path.access.id().to_string(), name => path.access.name() },
            beside => Serde(&beside),
        },
    )
}

/// Comparing the rounds of a large team takes its time.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    web::block(work)
        .await
        .map_err(|error| Error::Broken(format!("comparing the rounds stopped: {error}")))
}
