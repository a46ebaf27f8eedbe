//! Executives from a list: look first, store when confirmed.

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use futures_util::TryStreamExt;
use minijinja::{Value, context};
use sea_orm::ConnectionTrait;

use super::import_plan::Plan;
use super::teams::{path_saying, team_value};
use crate::error::Error;
use crate::store;
use crate::store::teams::{self, Effect, Executive, TeamAccess};
use crate::survey::Person;
use crate::survey::roster::{self, Roster};
use crate::web::{State, TeamPath, see_other};

/// Most fields of the form; it has four.
const MOST_FIELDS: usize = 8;
/// Most bytes of a field that is not the list.
const MOST_OF_A_FIELD: usize = 4 * 1024;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/teams/{id}/import")
            .route(web::get().to(show))
            .route(web::post().to(submit)),
    );
}

async fn show(path: TeamPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    page(
        &state,
        &path.access,
        StatusCode::OK,
        "",
        None,
        Value::from(()),
    )
}

fn page(
    state: &State,
    access: &TeamAccess,
    status: StatusCode,
    list: &str,
    trouble: Option<&str>,
    preview: Value,
) -> Result<HttpResponse, Error> {
    state.page_with(
        status,
        "consult/import.html",
        context! { team => team_value(access), list => list, trouble => trouble, preview => preview },
    )
}

/// The form as it arrived.
#[derive(Default)]
struct Upload {
    list: Vec<u8>,
    file: Vec<u8>,
    /// Whether a field was larger than a list may be.
    too_large: bool,
    action: String,
    plan: String,
}

impl Upload {
    async fn read(mut form: Multipart) -> Result<Self, Error> {
        let unreadable =
            |error: actix_multipart::MultipartError| Error::Unreadable(error.to_string());
        let mut upload = Self::default();
        let mut fields = 0;
        while let Some(mut field) = form.try_next().await.map_err(unreadable)? {
            fields += 1;
            if fields > MOST_FIELDS {
                return Err(Error::Unreadable("the form has too many fields".to_owned()));
            }
            let name = field.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "list" => upload.list = upload.large(&mut field).await?,
                "file" => upload.file = upload.large(&mut field).await?,
                "action" => upload.action = small(&mut field).await?,
                "plan" => upload.plan = small(&mut field).await?,
                _ => {
                    small(&mut field).await?;
                }
            }
        }
        Ok(upload)
    }

    async fn large(&mut self, field: &mut Field) -> Result<Vec<u8>, Error> {
        let Ok(bytes) = field.bytes(roster::MAX_BYTES).await else {
            self.too_large = true;
            return Ok(Vec::new());
        };
        Ok(bytes
            .map_err(|error| Error::Unreadable(error.to_string()))?
            .to_vec())
    }

    /// The list to read: the file where one was chosen, else what was pasted.
    fn bytes(&self) -> &[u8] {
        if self.file.is_empty() {
            &self.list
        } else {
            &self.file
        }
    }

    /// The list as the page gives it back.
    fn shown(&self) -> String {
        let bytes = self.bytes();
        String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
    }

    fn roster(&self) -> Result<Roster, String> {
        if self.too_large {
            return Err(format!(
                "The list is larger than {} KB, which is the most. Split it.",
                roster::MAX_BYTES / 1024
            ));
        }
        roster::read(self.bytes())
    }
}

async fn small(field: &mut Field) -> Result<String, Error> {
    let bytes = field
        .bytes(MOST_OF_A_FIELD)
        .await
        .map_err(|error| Error::Unreadable(error.to_string()))?
        .map_err(|error| Error::Unreadable(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the list would do, and everybody who is there.
async fn look(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    people: &[Person],
) -> Result<(Vec<Effect>, Vec<Executive>), Error> {
    Ok((
        teams::effects(db, access, people).await?,
        teams::executives(db, access).await?,
    ))
}

async fn submit(
    path: TeamPath,
    form: Multipart,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let access = &path.access;
    let upload = Upload::read(form).await?;
    let shown = upload.shown();
    let roster = match upload.roster() {
        Ok(roster) => roster,
        Err(trouble) => {
            return page(
                &state,
                access,
                StatusCode::UNPROCESSABLE_ENTITY,
                &shown,
                Some(&trouble),
                Value::from(()),
            );
        }
    };
    let people: Vec<Person> = roster.good.iter().map(|line| line.person.clone()).collect();
    if upload.action != "store" {
        let (effects, there) = look(&state.db, access, &people).await?;
        let plan = Plan::new(&roster, &effects, &there);
        let status = if plan.is_hopeless() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        return page(&state, access, status, &shown, None, plan.value(false));
    }
    let tx = store::begin_write(&state.db).await?;
    let (effects, there) = look(&tx, access, &people).await?;
    let plan = Plan::new(&roster, &effects, &there);
    // What was confirmed is what was shown; if the team has changed since, it is shown anew.
    if plan.code() != upload.plan {
        tx.rollback().await?;
        return page(
            &state,
            access,
            StatusCode::CONFLICT,
            &shown,
            None,
            plan.value(true),
        );
    }
    let (added, changed) = teams::import(&tx, &state.tools, access, &people, state.now()).await?;
    tx.commit().await?;
    Ok(see_other(path_saying(
        access,
        &format!("imported-{added}-{changed}"),
    )))
}
