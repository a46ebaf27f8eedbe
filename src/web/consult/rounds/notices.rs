//! Who sees what, for the consultant: the lines that the executives will read or have read.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::error::Error;
use crate::store::consultants::SignedIn;
use crate::store::teams::TeamAccess;
use crate::store::{organisations, teams};
use crate::survey::Language;
use crate::survey::promise::{Attribution, Promise, Provider};
use crate::web::State;
use crate::wording::{Catalogue, Notice, NoticeFacts, about_model, notice};

/// What a mode is called on consultants' pages.
pub(super) const fn mode_name(attribution: Attribution) -> &'static str {
    match attribution {
        Attribution::Confidential => "Confidential",
        Attribution::Consultant => "With names for you, without in the report",
        Attribution::Named => "With names, by agreement of the team",
    }
}

/// What the notice says of everybody, while the round is a draft.
pub(super) struct Facts {
    organisation: String,
    team: String,
    consultant: String,
    others: Vec<String>,
    team_size: usize,
}

impl Facts {
    /// As they are now, with the one who is signed in as the one who asks.
    pub(super) async fn gather(
        state: &State,
        who: &SignedIn,
        access: &TeamAccess,
    ) -> Result<Self, Error> {
        let organisation = organisations::access(&state.db, who, access.organisation_id()).await?;
        let others = organisations::colleagues(&state.db, &state.tools, &organisation)
            .await?
            .into_iter()
            .filter(|colleague| colleague.email.folded() != who.email().folded())
            .map(|colleague| colleague.name.as_str().to_owned())
            .collect();
        let people = teams::executives(&state.db, access).await?;
        Ok(Self {
            organisation: access.organisation().to_owned(),
            team: access.name().to_owned(),
            consultant: who.name().to_owned(),
            others,
            team_size: people
                .iter()
                .filter(|executive| executive.left_at.is_none())
                .count(),
        })
    }

    /// The notice under that promise.
    pub(super) fn notice(
        &self,
        catalogue: &Catalogue,
        language: Language,
        plan: &Plan<'_>,
    ) -> Notice {
        notice(catalogue, language, &self.facts(plan))
    }

    /// What the notice says of a language model, by itself.
    pub(super) fn about_model(
        &self,
        catalogue: &Catalogue,
        language: Language,
        plan: &Plan<'_>,
    ) -> Vec<String> {
        about_model(catalogue, language, &self.facts(plan))
    }

    fn facts<'a>(&'a self, plan: &Plan<'a>) -> NoticeFacts<'a> {
        NoticeFacts {
            promise: plan.promise,
            provider: plan.provider.map(Provider::as_str),
            organisation: &self.organisation,
            team: &self.team,
            consultant: &self.consultant,
            others: &self.others,
            team_size: self.team_size,
            closes_at: plan.closes_at,
            time_zone: plan.time_zone,
        }
    }
}

/// What the notice says of the round.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) promise: Promise,
    pub(super) provider: Option<&'a Provider>,
    pub(super) closes_at: DateTime<Utc>,
    pub(super) time_zone: Tz,
}
