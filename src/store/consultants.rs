//! Consultants: who may sign in.

use chrono::{DateTime, Utc};
use entity::consultant;
use entity::types::{ConsultantId, Digest};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Result, Tools, sessions};
use crate::error::Error;
use crate::survey::{EmailAddress, Line};
use crate::vault::{LinkKind, LinkToken};

/// A consultant's name and address, as sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultantPerson {
    /// Full name: signs the letters.
    pub name: Line<1, 120>,
    /// Signs in with it; letters are answered to it.
    pub email: EmailAddress,
}

/// Proof that a consultant has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    id: ConsultantId,
    person: ConsultantPerson,
}

impl SignedIn {
    /// The consultant's key.
    pub const fn id(&self) -> ConsultantId {
        self.id
    }

    /// Full name.
    pub fn name(&self) -> &str {
        self.person.name.as_str()
    }

    /// Address.
    pub const fn email(&self) -> &EmailAddress {
        &self.person.email
    }
}

/// Proof of a link that lets one consultant choose a password.
#[derive(Clone, Debug)]
pub struct PasswordLink {
    row: consultant::Model,
    person: ConsultantPerson,
}

impl PasswordLink {
    /// Whose password it is.
    pub const fn person(&self) -> &ConsultantPerson {
        &self.person
    }
}

fn place(id: ConsultantId) -> String {
    format!("consultant/{id}/person")
}

fn index(tools: &Tools, email: &EmailAddress) -> Digest {
    tools.vault.blind_index("consultant", &email.folded())
}

fn open(tools: &Tools, row: &consultant::Model) -> Result<ConsultantPerson> {
    Ok(tools.vault.server.open_json(&place(row.id), &row.person)?)
}

/// How many consultants there are.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(consultant::Entity::find().count(db).await?)
}

/// Whether the token is the set-up link, and nobody has used it: it opens only while there is no
/// consultant.
pub async fn set_up_is_open(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &LinkToken,
) -> Result<()> {
    let genuine = tools
        .vault
        .link_opens(token, LinkKind::SetUp, Uuid::nil(), 1);
    if genuine && count(db).await? == 0 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The set-up link's token.
pub fn set_up_token(tools: &Tools) -> String {
    tools.vault.link(LinkKind::SetUp, Uuid::nil(), 1)
}

/// Adds a consultant. An address that is there already is [`Error::Stale`].
pub async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    person: &ConsultantPerson,
    password_hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<ConsultantId> {
    insert(db, tools, tools.id(), person, password_hash, now).await
}

/// Adds the first consultant. The key is fixed, so that of two who use the set-up link at the same
/// moment one is [`Error::Stale`], on either database.
pub async fn add_first(
    db: &impl ConnectionTrait,
    tools: &Tools,
    person: &ConsultantPerson,
    password_hash: String,
    now: DateTime<Utc>,
) -> Result<ConsultantId> {
    if count(db).await? > 0 {
        return Err(Error::NotFound);
    }
    insert(
        db,
        tools,
        ConsultantId(Uuid::from_u128(1)),
        person,
        Some(password_hash),
        now,
    )
    .await
}

async fn insert(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: ConsultantId,
    person: &ConsultantPerson,
    password_hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<ConsultantId> {
    let row = consultant::ActiveModel {
        id: Set(id),
        email_index: Set(index(tools, &person.email)),
        person: Set(tools
            .vault
            .server
            .seal_json(&place(id), person, &*tools.entropy)?),
        password_hash: Set(password_hash),
        link_version: Set(1),
        created_at: Set(now),
    };
    consultant::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// The consultant of that address and the hash of the password, if one has been chosen.
pub async fn credentials(
    db: &impl ConnectionTrait,
    tools: &Tools,
    email: &EmailAddress,
) -> Result<Option<(ConsultantId, String)>> {
    let row = by_address(db, tools, email).await?;
    Ok(row.and_then(|row| row.password_hash.map(|hash| (row.id, hash))))
}

pub(super) async fn by_address(
    db: &impl ConnectionTrait,
    tools: &Tools,
    email: &EmailAddress,
) -> Result<Option<consultant::Model>> {
    Ok(consultant::Entity::find()
        .filter(consultant::COLUMN.email_index.eq(index(tools, email)))
        .one(db)
        .await?)
}

/// The consultant of a session. The session must have been proven.
pub(crate) async fn signed_in(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: ConsultantId,
) -> Result<SignedIn> {
    let row = consultant::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::SignedOut)?;
    Ok(SignedIn {
        id,
        person: open(tools, &row)?,
    })
}

/// Name and address of a consultant, for the letters of that consultant's rounds.
pub(crate) async fn person(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: ConsultantId,
) -> Result<ConsultantPerson> {
    let row = consultant::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    open(tools, &row)
}

/// All consultants' names and whether they can sign in, for the operator's command line.
pub async fn list(
    db: &impl ConnectionTrait,
    tools: &Tools,
) -> Result<Vec<(ConsultantPerson, bool)>> {
    let mut list = Vec::new();
    for row in consultant::Entity::find().all(db).await? {
        list.push((open(tools, &row)?, row.password_hash.is_some()));
    }
    list.sort_by_key(|(person, _)| person.name.as_str().to_lowercase());
    Ok(list)
}

/// A new link to choose a password; earlier ones end. `None` where the address is not known.
pub async fn new_password_link(
    db: &impl ConnectionTrait,
    tools: &Tools,
    email: &EmailAddress,
) -> Result<Option<String>> {
    let Some(row) = by_address(db, tools, email).await? else {
        return Ok(None);
    };
    let (id, version) = (row.id, row.link_version + 1);
    let mut row = row.into_active_model();
    row.link_version = Set(version);
    row.update(db).await?;
    Ok(Some(tools.vault.link(LinkKind::Password, id.0, version)))
}

/// Proves a link to choose a password.
pub async fn password_link(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &LinkToken,
) -> Result<PasswordLink> {
    let id = ConsultantId(token.id());
    let row = consultant::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if !tools
        .vault
        .link_opens(token, LinkKind::Password, id.0, row.link_version)
    {
        return Err(Error::NotFound);
    }
    let person = open(tools, &row)?;
    Ok(PasswordLink { row, person })
}

/// Sets the password; the link ends, and so does every session of the consultant.
pub async fn set_password(
    db: &impl ConnectionTrait,
    tools: &Tools,
    link: PasswordLink,
    hash: String,
) -> Result<ConsultantId> {
    let (id, version) = (link.row.id, link.row.link_version + 1);
    let mut row = link.row.into_active_model();
    row.password_hash = Set(Some(hash));
    row.link_version = Set(version);
    row.update(db).await?;
    sessions::end_all_of(db, tools, id).await?;
    Ok(id)
}
