//! Responses: drafts and submitted answers, found only with the proof of their own private link.

use chrono::{DateTime, Utc};
use entity::types::{LetterKind, RoundState};
use entity::{invitation, response, round};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::invitations::OpenInvitation;
use super::{Result, Tools, gate, outbox};
use crate::error::Error;
use crate::survey::draft::Closing;
use crate::survey::{Answers, Draft, Mistakes, Part, Question};

/// One executive's response, for that executive.
#[derive(Clone, Debug)]
pub struct OwnResponse {
    /// What has been typed so far.
    pub draft: Draft,
    /// What was submitted last; it counts until something else is submitted.
    pub submitted: Option<Answers>,
}

impl OwnResponse {
    /// Whether the draft differs from what was submitted.
    pub fn has_unsent_changes(&self) -> bool {
        match (&self.submitted, self.draft.check()) {
            (Some(submitted), Ok(now)) => *submitted != now,
            (Some(_), Err(_)) => true,
            (None, _) => false,
        }
    }
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved<T> {
    /// Kept; the part's version from now on.
    Kept {
        /// To be named by the next save.
        version: u32,
    },
    /// Another tab or device saved this part in between; nothing was changed.
    Stale {
        /// The part as it is kept.
        theirs: T,
    },
}

/// Reads the executive's own response.
pub async fn own(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
) -> Result<OwnResponse> {
    let row = find(db, tools, invitation, false).await?;
    gate::open_own(tools, invitation, &row)
}

/// Saves one question of the draft, if it still is the version that the typing was based on.
/// Call it in a writing transaction.
pub async fn save_part(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    question: Question,
    typed: Part,
    now: DateTime<Utc>,
) -> Result<Saved<Part>> {
    still_open(db, invitation, now).await?;
    let row = find(db, tools, invitation, true).await?;
    let mut draft = gate::open_own(tools, invitation, &row)?.draft;
    let part = draft.part_mut(question);
    if part.entries == typed.entries && part.unknown == typed.unknown {
        // The same words: two tabs that agree have no quarrel, and a version needs no change.
        return Ok(Saved::Kept {
            version: part.version,
        });
    }
    if part.version != typed.version {
        return Ok(Saved::Stale {
            theirs: part.clone(),
        });
    }
    let version = part.version + 1;
    *part = Part { version, ..typed };
    keep_draft(db, tools, invitation, &row, &draft).await?;
    Ok(Saved::Kept { version })
}

/// Saves what follows the five questions, like [`save_part`].
pub async fn save_closing(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    typed: Closing,
    now: DateTime<Utc>,
) -> Result<Saved<Closing>> {
    still_open(db, invitation, now).await?;
    let row = find(db, tools, invitation, true).await?;
    let mut draft = gate::open_own(tools, invitation, &row)?.draft;
    let kept = &mut draft.closing;
    if kept.perceived == typed.perceived && kept.quote == typed.quote {
        return Ok(Saved::Kept {
            version: kept.version,
        });
    }
    if kept.version != typed.version {
        return Ok(Saved::Stale {
            theirs: kept.clone(),
        });
    }
    let version = kept.version + 1;
    *kept = Closing { version, ..typed };
    keep_draft(db, tools, invitation, &row, &draft).await?;
    Ok(Saved::Kept { version })
}

/// Submits the draft as it is kept, and puts a receipt into the outbox. Returns the mistakes where
/// the draft is not yet complete; nothing is changed then.
pub async fn submit(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    now: DateTime<Utc>,
) -> Result<std::result::Result<Answers, Mistakes>> {
    still_open(db, invitation, now).await?;
    let row = find(db, tools, invitation, true).await?;
    let own = gate::open_own(tools, invitation, &row)?;
    let answers = match own.draft.check() {
        Ok(answers) => answers,
        Err(mistakes) => return Ok(Err(mistakes)),
    };
    if own.submitted.as_ref() == Some(&answers) {
        // The same answers sent twice: nothing to keep, and no second receipt.
        return Ok(Ok(answers));
    }
    let key = gate::round_key(tools, invitation.round())?;
    let sealed = key.seal_json(&gate::submitted_place(row.id), &answers, &*tools.entropy)?;
    let next = row.version + 1;
    response::Entity::update_many()
        .col_expr(response::Column::Submitted, Expr::value(sealed.0))
        .col_expr(response::Column::Version, Expr::value(next))
        .filter(response::COLUMN.id.eq(row.id))
        .exec(db)
        .await?;
    mark(
        db,
        invitation,
        [
            (invitation::Column::Started, true),
            (invitation::Column::Submitted, true),
            (invitation::Column::Declined, false),
        ],
    )
    .await?;
    outbox::drop_reminders(db, invitation.id()).await?;
    // One receipt for each submission; the key must not repeat anything of the response's row.
    outbox::enqueue(
        db,
        tools,
        LetterKind::Receipt,
        invitation.id(),
        &tools.entropy.uuid().to_string(),
        now,
    )
    .await?;
    Ok(Ok(answers))
}

/// Declines the round: what was written is deleted, and no reminder follows. It can be taken back
/// by answering after all.
pub async fn decline(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    now: DateTime<Utc>,
) -> Result<()> {
    still_open(db, invitation, now).await?;
    let row = find(db, tools, invitation, true).await?;
    response::Entity::update_many()
        .col_expr(
            response::Column::Submitted,
            Expr::value(Option::<Vec<u8>>::None),
        )
        .col_expr(
            response::Column::Draft,
            Expr::value(Option::<Vec<u8>>::None),
        )
        .col_expr(response::Column::Version, Expr::value(row.version + 1))
        .filter(response::COLUMN.id.eq(row.id))
        .exec(db)
        .await?;
    mark(
        db,
        invitation,
        [
            (invitation::Column::Started, false),
            (invitation::Column::Submitted, false),
            (invitation::Column::Declined, true),
        ],
    )
    .await?;
    outbox::drop_reminders(db, invitation.id()).await
}

/// Refuses to write once the round has closed. On PostgreSQL the shared lock makes a closing round
/// wait for the writing transaction; SQLite has one writer anyway.
async fn still_open(
    db: &impl ConnectionTrait,
    invitation: &OpenInvitation,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = round::Entity::find_by_id(invitation.round().id())
        .lock(LockType::Share)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if row.state == RoundState::Open && now < row.closes_at {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

async fn find(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    write: bool,
) -> Result<response::Model> {
    let mut query = response::Entity::find().filter(
        response::COLUMN
            .locator
            .eq(tools.vault.locator(invitation.id())),
    );
    if write {
        query = query.lock(LockType::Update);
    }
    query
        .one(db)
        .await?
        .ok_or_else(|| Error::Broken("an open invitation has no response".into()))
}

async fn keep_draft(
    db: &impl ConnectionTrait,
    tools: &Tools,
    invitation: &OpenInvitation,
    row: &response::Model,
    draft: &Draft,
) -> Result<()> {
    let key = gate::round_key(tools, invitation.round())?;
    let sealed = key.seal_json(&gate::draft_place(row.id), draft, &*tools.entropy)?;
    let done = response::Entity::update_many()
        .col_expr(response::Column::Draft, Expr::value(sealed.0))
        .col_expr(response::Column::Version, Expr::value(row.version + 1))
        .filter(response::COLUMN.id.eq(row.id))
        .filter(response::COLUMN.version.eq(row.version))
        .exec(db)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::Stale);
    }
    mark(
        db,
        invitation,
        [
            (invitation::Column::Started, true),
            (invitation::Column::Declined, false),
        ],
    )
    .await
}

async fn mark<const N: usize>(
    db: &impl ConnectionTrait,
    of: &OpenInvitation,
    flags: [(invitation::Column, bool); N],
) -> Result<()> {
    let mut update = invitation::Entity::update_many();
    let mut differs = Condition::any();
    for (column, value) in flags {
        update = update.col_expr(column, Expr::value(value));
        differs = differs.add(column.ne(value));
    }
    update
        .filter(invitation::COLUMN.id.eq(of.id()))
        // A row that says so already is not written: on PostgreSQL two rows written by one
        // transaction carry its number.
        .filter(differs)
        .exec(db)
        .await?;
    Ok(())
}
