//! The invitation as one executive would get it, before anything is sent.

use actix_web::{HttpResponse, web};
use entity::types::ExecutiveId;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::conduct;
use crate::error::Error;
use crate::mail::Correspondent;
use crate::store::teams;
use crate::web::{RoundPath, State};

#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    executive: String,
}

pub(super) async fn get(
    path: RoundPath,
    whose: web::Query<Whose>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let id: ExecutiveId = whose.executive.parse().map_err(|_| Error::NotFound)?;
    let team = teams::executives(&state.db, &path.access).await?;
    let person = team
        .iter()
        .find(|executive| executive.id == id)
        .ok_or(Error::NotFound)?;
    let desk = conduct::Desk {
        templates: state.templates.clone(),
        catalogue: state.catalogue.clone(),
        settings: state.settings.clone(),
    };
    let letter = conduct::preview(
        &state.db,
        &state.tools,
        &desk,
        &path.access,
        &path.round,
        id,
        state.now(),
    )
    .await?;
    let language = person.person.language.unwrap_or(path.round.language());
    let others: Vec<Value> = team
        .iter()
        .filter(|executive| executive.id != id && executive.left_at.is_none())
        .map(|executive| context! { id => executive.id.to_string(), name => executive.person.name.as_str() })
        .collect();
    state.page(
        "consult/letter.html",
        context! {
            round => context! { id => path.round.id().to_string(), label => path.round.label() },
            team => path.access.name(),
            person => context! { name => person.person.name.as_str() },
            letter => context! {
                from => address(&letter.from),
                reply_to => address(&letter.reply_to),
                to => address(&letter.to),
                subject => letter.subject,
                text => letter.text,
                html => letter.html,
                language => language.code(),
            },
            others => others,
        },
    )
}

fn address(correspondent: &Correspondent) -> String {
    format!(
        "{} <{}>",
        correspondent.name,
        correspondent.address.as_str()
    )
}
