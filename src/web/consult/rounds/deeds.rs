//! What is done to a round: each a POST, carried out in one transaction, then back to its page.

use actix_web::{HttpResponse, web};
use entity::types::{InvitationId, RoundState, ShareId};

use super::form::Typed;
use super::page::{Again, show};
use crate::conduct;
use crate::error::Error;
use crate::store::{self, codings, invitations, reports, rounds};
use crate::survey::Mistakes;
use crate::survey::round::closing_time;
use crate::web::consult::Wrong;
use crate::web::{Fields, RoundPath, State, see_other};

/// Back to the round's page, which says what was done.
fn back(path: &RoundPath, done: &str, n: usize) -> HttpResponse {
    see_other(format!("/rounds/{}?done={done}&n={n}", path.round.id()))
}

/// A key as our own page sent it.
fn key<T: std::str::FromStr>(form: &Fields, name: &str) -> Result<T, Error> {
    form.get(name)
        .parse()
        .map_err(|_| Error::Unreadable(format!("the form’s field {name} is not filled in")))
}

pub(super) async fn open(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    let opened = conduct::open_round(
        &tx,
        &state.tools,
        &state.catalogue,
        &path.access,
        &path.round,
        state.provider(),
        state.now(),
    )
    .await;
    match opened {
        Ok(asked) => {
            tx.commit().await?;
            Ok(back(&path, "opened", asked))
        }
        Err(Error::Refused(why))
            if rounds::again(&tx, &path.round).await?.state() == RoundState::Draft =>
        {
            // The draft stays as it is; its page says what is missing.
            drop(tx);
            show(&state, &path, Again::wrong(Wrong::one("send", why), None)).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn remind(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    let reminded = rounds::remind(&tx, &state.tools, &path.round, state.now()).await?;
    tx.commit().await?;
    Ok(back(&path, "reminded", reminded))
}

pub(super) async fn extend(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let typed = form.get("closes_at");
    let mut mistakes = Mistakes::none();
    let closes_at = mistakes.take(
        "closes_at",
        closing_time(typed, path.round.time_zone(), state.now()),
    );
    let wrong = match closes_at {
        None => Wrong::of(&mistakes, &[("closes_at", "The new closing time")]),
        Some(at) if at <= path.round.closes_at() => Wrong::one(
            "closes_at",
            "The new closing time must be later than the one there is.",
        ),
        Some(at) => {
            let tx = store::begin_write(&state.db).await?;
            conduct::extend_round(
                &tx,
                &state.tools,
                &state.catalogue,
                &path.round,
                at,
                state.now(),
            )
            .await?;
            tx.commit().await?;
            return Ok(back(&path, "extended", 0));
        }
    };
    if path.round.state() != RoundState::Open {
        return Err(Error::Refused("Only an open round can be extended."));
    }
    show(&state, &path, Again::wrong(wrong, Some(typed.to_owned()))).await
}

pub(super) async fn close(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    conduct::close_round(
        &tx,
        &state.tools,
        &state.grouping,
        &path.access,
        &path.round,
        state.now(),
    )
    .await?;
    let (texts, _) = codings::count(&tx, path.round.id()).await?;
    tx.commit().await?;
    Ok(back(&path, "closed", texts))
}

pub(super) async fn resend(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let id: InvitationId = key(&form, "invitation")?;
    let tx = store::begin_write(&state.db).await?;
    rounds::resend(&tx, &state.tools, &path.round, id, state.now()).await?;
    tx.commit().await?;
    Ok(back(&path, "resent", 1))
}

pub(super) async fn revoke(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let id: InvitationId = key(&form, "invitation")?;
    let tx = store::begin_write(&state.db).await?;
    invitations::revoke(&tx, &path.access, &path.round, id).await?;
    tx.commit().await?;
    Ok(back(&path, "revoked", 1))
}

pub(super) async fn share(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    reports::add_share(&tx, &state.tools, &path.round, state.now()).await?;
    tx.commit().await?;
    Ok(back(&path, "shared", 1))
}

pub(super) async fn unshare(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let id: ShareId = key(&form, "share")?;
    let tx = store::begin_write(&state.db).await?;
    reports::revoke_share(&tx, &path.round, id).await?;
    tx.commit().await?;
    Ok(back(&path, "unshared", 1))
}

/// The next round: a draft with the settings of this one. Pressing twice makes one.
pub(super) async fn next(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    if path.round.state() < RoundState::Closed {
        return Err(Error::Refused(
            "The next round starts from one that has closed.",
        ));
    }
    let now = state.now();
    let tx = store::begin_write(&state.db).await?;
    let rounds = rounds::of_team(&tx, &path.access).await?;
    if let Some(there) = rounds
        .iter()
        .find(|round| round.previous_id() == Some(path.round.id()))
    {
        return Ok(see_other(format!("/rounds/{}", there.id())));
    }
    // The settings of this round, and a label that none of the others has.
    let mut earlier = vec![path.round.clone()];
    earlier.extend(
        rounds
            .into_iter()
            .filter(|round| round.id() != path.round.id()),
    );
    let plan = Typed::proposed(&earlier, state.provider(), now)
        .plan(state.provider(), now)
        .map_err(|mistakes| {
            Error::Broken(format!(
                "the settings of a round that was open are not valid any more: {mistakes}"
            ))
        })?;
    let id = rounds::add(
        &tx,
        &state.tools,
        &path.access,
        &plan,
        Some(path.round.id()),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(see_other(format!("/rounds/{id}?done=next")))
}

pub(super) async fn delete(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    rounds::delete_draft(&tx, &path.round).await?;
    tx.commit().await?;
    Ok(see_other(format!("/teams/{}", path.access.id())))
}
