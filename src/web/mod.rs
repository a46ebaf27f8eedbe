//! The web: pages for executives, consultants and sponsors. Handlers parse forms into survey
//! types, open transactions, call the store and render templates; they hold no query and no rule.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use minijinja::{Value, context};
use sea_orm::DatabaseConnection;

use crate::conduct::Grouping;
use crate::error::Error;
use crate::mail::Memory;
use crate::settings::Settings;
use crate::store::Tools;
use crate::survey::Provider;
use crate::wording::Catalogue;
use crate::world::Clock;

mod assets;
mod exports;
mod fields;
mod guard;
mod limits;
mod outbox_page;
mod proof;
mod refusal;
mod sessions;

pub mod consult;
pub mod respond;
pub mod sponsor;

pub use fields::Fields;
pub use guard::{head_as_get, refuse_cross_site, secure_headers};
pub use limits::Limits;
pub use proof::{OrganisationPath, RoundPath, TeamPath};
pub use refusal::pages_for_errors;
pub use sessions::{DatabaseSessions, session_middleware};

/// What every handler may use.
pub struct State {
    /// The database.
    pub db: DatabaseConnection,
    /// Vault and randomness, for the store.
    pub tools: Tools,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The templates.
    /// How statements are compared.
    pub grouping: Arc<Grouping>,
    /// The pages.
    pub templates: Arc<minijinja::Environment<'static>>,
    /// Every word an executive reads.
    pub catalogue: Arc<Catalogue>,
    /// The operator's settings.
    pub settings: Arc<Settings>,
    /// Rate limits.
    pub limits: Limits,
    /// Letters kept in memory, in the demo: shown on a page instead of sent.
    pub letters: Option<Memory>,
}

impl State {
    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whose language model the operator has set, if any.
    pub fn provider(&self) -> Option<&Provider> {
        self.settings.model.as_ref().map(|model| &model.provider)
    }

    /// A page, with status 200.
    pub fn page(&self, template: &str, context: Value) -> Result<HttpResponse, Error> {
        self.page_with(StatusCode::OK, template, context)
    }

    /// A page with that status (422 where a form comes back with its mistakes, 409 where somebody
    /// else was first).
    pub fn page_with(
        &self,
        status: StatusCode,
        template: &str,
        context: Value,
    ) -> Result<HttpResponse, Error> {
        // In the demo every page leads to the letters, which nobody receives.
        let context = context! { letters => self.letters.is_some(), ..context };
        let html = self.templates.get_template(template)?.render(context)?;
        Ok(HttpResponse::build(status)
            .content_type(ContentType::html())
            .body(html))
    }

    /// The address of the page, as it stands in letters: `public_url` and the path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url.trim_end_matches('/'))
    }
}

/// To another page after a POST.
pub fn see_other(path: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((actix_web::http::header::LOCATION, path.as_ref()))
        .finish()
}

/// All routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(fields::form_config())
        .app_data(fields::path_config())
        .app_data(fields::query_config())
        .configure(assets::routes)
        .configure(respond::routes)
        .configure(sponsor::routes)
        .configure(outbox_page::routes)
        .configure(consult::routes)
        .default_service(web::to(|| async {
            Err::<HttpResponse, _>(Error::NotFound)
        }));
}
