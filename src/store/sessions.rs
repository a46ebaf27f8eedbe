//! Sessions of consultants, kept on the server: the cookie holds a token, the table its digest.

use chrono::{DateTime, TimeDelta, Utc};
use entity::session;
use entity::types::{ConsultantId, Digest};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::{Result, Tools};

/// A session's state: names and JSON values.
pub type State = std::collections::HashMap<String, String>;

fn place(id: &str) -> String {
    format!("session/{id}")
}

pub(crate) fn owner(tools: &Tools, id: ConsultantId) -> Digest {
    tools.vault.blind_index("session owner", &id.to_string())
}

/// The state of the session of that token, unless it has ended.
pub async fn load(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<State>> {
    let id = tools.vault.token_digest(token);
    let row = session::Entity::find_by_id(id.clone())
        .filter(session::COLUMN.expires_at.gt(now))
        .one(db)
        .await?;
    row.map(|row| Ok(tools.vault.server.open_json(&place(&id), &row.state)?))
        .transpose()
}

/// Keeps the state under that token until it ends.
pub async fn save(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &str,
    state: &State,
    consultant: Option<ConsultantId>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let id = tools.vault.token_digest(token);
    let row = session::ActiveModel {
        id: Set(id.clone()),
        state: Set(tools
            .vault
            .server
            .seal_json(&place(&id), state, &*tools.entropy)?),
        owner: Set(consultant.map(|consultant| owner(tools, consultant))),
        expires_at: Set(expires_at),
    };
    let replace = OnConflict::column(session::Column::Id)
        .update_columns([
            session::Column::State,
            session::Column::Owner,
            session::Column::ExpiresAt,
        ])
        .to_owned();
    session::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Moves the session's end, if it would move by at least that much.
pub async fn touch(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &str,
    expires_at: DateTime<Utc>,
    every: TimeDelta,
) -> Result<()> {
    let id = tools.vault.token_digest(token);
    let due = session::Entity::find_by_id(id.clone())
        .filter(session::COLUMN.expires_at.lt(expires_at - every))
        .one(db)
        .await?;
    if due.is_none() {
        return Ok(());
    }
    session::Entity::update_many()
        .col_expr(
            session::Column::ExpiresAt,
            sea_orm::sea_query::Expr::value(expires_at),
        )
        .filter(session::COLUMN.id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends the session of that token.
pub async fn end(db: &impl ConnectionTrait, tools: &Tools, token: &str) -> Result<()> {
    session::Entity::delete_by_id(tools.vault.token_digest(token))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends every session of a consultant.
pub async fn end_all_of(db: &impl ConnectionTrait, tools: &Tools, id: ConsultantId) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::COLUMN.owner.eq(owner(tools, id)))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes sessions that have ended; returns how many.
pub async fn sweep(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let done = session::Entity::delete_many()
        .filter(session::COLUMN.expires_at.lte(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
