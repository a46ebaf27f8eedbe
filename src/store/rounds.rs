//! Rounds: draft -> open -> closed -> published, and never back.

use chrono::{DateTime, Months, Utc};
use chrono_tz::Tz;
use entity::types::{
    ConsultantId, InvitationId, LetterKind, ResponseId, RoundId, RoundState, Sealed, StatementId,
    TeamId,
};
use entity::{invitation, response, round, statement};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::consultants::SignedIn;
use super::teams::{self, TeamAccess};
use super::{Result, Tools, gate, outbox};
use crate::error::Error;
use crate::survey::answers::Answers;
use crate::survey::round::{DEFAULT_WEIGHTS, RoundPlan};
use crate::survey::{Answer, Language, Promise, Provider, Question};
use crate::vault::DataKey;

/// A round, read and understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    row: round::Model,
    promise: Promise,
    language: Language,
    time_zone: Tz,
    weights: [f64; 5],
    provider: Option<Provider>,
}

impl Round {
    pub(super) fn new(row: round::Model) -> Result<Self> {
        let broken = |what: &str| Error::Broken(format!("round {}: {what} cannot be read", row.id));
        Ok(Self {
            promise: Promise {
                attribution: row.attribution.into(),
                retention_months: u32::try_from(row.retention_months)
                    .map_err(|_| broken("retention"))?,
            },
            language: Language::parse(&row.language).map_err(|_| broken("language"))?,
            time_zone: row.time_zone.parse().map_err(|_| broken("time zone"))?,
            weights: serde_json::from_str(&row.weights).map_err(|_| broken("weights"))?,
            provider: row
                .model_provider
                .as_deref()
                .map(Provider::parse)
                .transpose()
                .map_err(|_| broken("provider"))?,
            row,
        })
    }

    /// The round's key.
    pub const fn id(&self) -> RoundId {
        self.row.id
    }

    /// The team that is asked.
    pub const fn team_id(&self) -> TeamId {
        self.row.team_id
    }

    /// Usually a quarter, `2026-Q4`.
    pub fn label(&self) -> &str {
        &self.row.label
    }

    /// Where it stands.
    pub const fn state(&self) -> RoundState {
        self.row.state
    }

    /// What executives are promised.
    pub const fn promise(&self) -> Promise {
        self.promise
    }

    /// Whose language model may propose groups, as the round was planned. Once it has opened, its kept
    /// notice says so (`assistance::promised`), and nothing else counts.
    pub const fn provider(&self) -> Option<&Provider> {
        self.provider.as_ref()
    }

    /// Language of executives without one of their own.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Zone in which dates are typed and shown.
    pub const fn time_zone(&self) -> Tz {
        self.time_zone
    }

    /// Weights of the five questions, in their order.
    pub const fn weights(&self) -> [f64; 5] {
        self.weights
    }

    /// Seed of every random draw in the score; at most 2^53.
    pub const fn seed(&self) -> u64 {
        self.row.seed.unsigned_abs()
    }

    /// When answers become final.
    pub const fn closes_at(&self) -> DateTime<Utc> {
        self.row.closes_at
    }

    /// The consultant's own words in the letter.
    pub fn message(&self) -> &str {
        &self.row.message
    }

    /// The notice word for word, as JSON by language, once the round has opened.
    pub fn promise_text(&self, tools: &Tools) -> Result<Option<String>> {
        let Some(sealed) = &self.row.promise_text else {
            return Ok(None);
        };
        let text = tools.vault.server.open(&promise_place(self.id()), sealed)?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// The round this one continues.
    pub const fn previous_id(&self) -> Option<RoundId> {
        self.row.previous_id
    }

    /// Who opened it and signs the letters.
    pub const fn consultant_id(&self) -> ConsultantId {
        self.row.consultant_id
    }

    /// Counts changes to the coding.
    pub const fn coding_version(&self) -> i32 {
        self.row.coding_version
    }

    /// When it was made.
    pub const fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it opened.
    pub const fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.row.opened_at
    }

    /// When it closed.
    pub const fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }

    /// When its report was first published.
    pub const fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }

    /// When the answers were deleted, as promised.
    pub const fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.row.erased_at
    }

    /// When the answers will be deleted; known once the round has closed.
    pub fn erases_at(&self) -> Option<DateTime<Utc>> {
        self.row
            .closed_at
            .and_then(|at| at.checked_add_months(Months::new(self.promise.retention_months)))
    }

    pub(super) const fn row(&self) -> &round::Model {
        &self.row
    }
}

fn promise_place(id: RoundId) -> String {
    format!("round/{id}/promise_text")
}

fn seal_promise(tools: &Tools, id: RoundId, text: &str) -> Result<Sealed> {
    Ok(tools
        .vault
        .server
        .seal(&promise_place(id), text.as_bytes(), &*tools.entropy)?)
}

pub(super) fn key_place(id: RoundId) -> String {
    format!("round/{id}")
}

/// Makes a draft. A label the team has already is [`Error::Stale`].
pub async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    plan: &RoundPlan,
    previous: Option<RoundId>,
    now: DateTime<Utc>,
) -> Result<RoundId> {
    let id: RoundId = tools.id();
    let key = DataKey::random(&*tools.entropy);
    let mut seed = [0; 8];
    tools.entropy.fill(&mut seed);
    let mut row = round::ActiveModel {
        id: Set(id),
        team_id: Set(access.id()),
        state: Set(RoundState::Draft),
        promise_text: Set(None),
        weights: Set(
            serde_json::to_string(&DEFAULT_WEIGHTS).map_err(|e| Error::Broken(e.to_string()))?
        ),
        // 53 bits: a seed must survive JSON readers that keep numbers as doubles.
        seed: Set((u64::from_le_bytes(seed) >> 11).cast_signed()),
        data_key: Set(Some(tools.vault.wrap(
            &key_place(id),
            &key,
            &*tools.entropy,
        )?)),
        previous_id: Set(previous),
        consultant_id: Set(access.consultant()),
        coding_version: Set(0),
        created_at: Set(now),
        opened_at: Set(None),
        closed_at: Set(None),
        published_at: Set(None),
        erased_at: Set(None),
        ..Default::default()
    };
    apply_plan(&mut row, plan);
    round::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

fn apply_plan(row: &mut round::ActiveModel, plan: &RoundPlan) {
    row.label = Set(plan.label.as_str().to_owned());
    row.attribution = Set(plan.promise.attribution.into());
    row.retention_months = Set(plan.promise.retention_months.cast_signed());
    row.language = Set(plan.language.code().to_owned());
    row.time_zone = Set(plan.time_zone.name().to_owned());
    row.closes_at = Set(plan.closes_at);
    row.message = Set(plan.message.as_str().to_owned());
    row.model_provider = Set(plan.provider.clone().map(String::from));
}

/// Changes a draft. What executives were promised cannot be changed once the round has opened.
pub async fn update(db: &impl ConnectionTrait, round: &Round, plan: &RoundPlan) -> Result<()> {
    let current = locked(db, round.id()).await?;
    if current.state != RoundState::Draft {
        return Err(Error::Refused(
            "The round has opened: its settings are part of what executives were promised and stay as they are.",
        ));
    }
    let mut row = current.into_active_model();
    apply_plan(&mut row, plan);
    row.update(db).await?;
    Ok(())
}

/// Deletes a draft.
pub async fn delete_draft(db: &impl ConnectionTrait, round: &Round) -> Result<()> {
    let done = round::Entity::delete_many()
        .filter(round::COLUMN.id.eq(round.id()))
        .filter(round::COLUMN.state.eq(RoundState::Draft))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Refused("Only a draft can be deleted."))
    }
}

/// Proves access to the round's team and reads the round.
pub async fn access(
    db: &impl ConnectionTrait,
    tools: &Tools,
    who: &SignedIn,
    id: RoundId,
) -> Result<(TeamAccess, Round)> {
    let row = round::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let access = teams::access(db, tools, who, row.team_id).await?;
    Ok((access, Round::new(row)?))
}

/// The round as the program itself works on it, in the name of the consultant who opened it.
pub(crate) async fn for_program(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: RoundId,
) -> Result<(TeamAccess, Round)> {
    let row = round::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let access = teams::for_program(db, tools, row.team_id, row.consultant_id).await?;
    Ok((access, Round::new(row)?))
}

/// The team's rounds, the newest first.
pub async fn of_team(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Round>> {
    round::Entity::find()
        .filter(round::COLUMN.team_id.eq(access.id()))
        .order_by_desc(round::Column::CreatedAt)
        .all(db)
        .await?
        .into_iter()
        .map(Round::new)
        .collect()
}

/// The latest round of the team before this one that has closed: the one it continues, else the
/// last one closed before it was made.
pub async fn previous(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
) -> Result<Option<Round>> {
    let rounds = of_team(db, access).await?;
    let done = |candidate: &&Round| {
        candidate.id() != round.id()
            && candidate.state() >= RoundState::Closed
            && candidate.row.created_at <= round.row.created_at
    };
    Ok(rounds
        .iter()
        .filter(done)
        .find(|candidate| Some(candidate.id()) == round.previous_id())
        .or_else(|| rounds.iter().find(done))
        .cloned())
}

async fn locked(db: &impl ConnectionTrait, id: RoundId) -> Result<round::Model> {
    round::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Opens a draft: one invitation, one empty response and one letter for each executive of the
/// team. Call it in a writing transaction. Returns how many are asked.
pub async fn open(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
    promise_text: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    let row = locked(db, round.id()).await?;
    if row.state != RoundState::Draft {
        return Err(Error::Refused(
            "The round has been opened before. A round is opened once and never reopened; start the next one instead.",
        ));
    }
    if row.closes_at <= now {
        return Err(Error::Refused(
            "The closing date lies in the past. Choose a later one, then open the round.",
        ));
    }
    let people: Vec<_> = teams::executives(db, access)
        .await?
        .into_iter()
        .filter(|executive| executive.left_at.is_none())
        .collect();
    if people.is_empty() {
        return Err(Error::Refused(
            "The team has no executive to ask. Add its executives, then open the round.",
        ));
    }
    let key = gate::round_key(tools, round)?;
    let mut invitations = Vec::with_capacity(people.len());
    let mut responses = Vec::with_capacity(people.len());
    for executive in &people {
        let (id, response_id): (InvitationId, ResponseId) = (tools.id(), tools.id());
        invitations.push(invitation::ActiveModel {
            id: Set(id),
            round_id: Set(round.id()),
            executive_id: Set(executive.id),
            link_version: Set(1),
            started: Set(false),
            submitted: Set(false),
            declined: Set(false),
            revoked: Set(false),
        });
        let function = executive.person.function.as_str().as_bytes();
        responses.push(response::ActiveModel {
            id: Set(response_id),
            round_id: Set(round.id()),
            locator: Set(tools.vault.locator(id)),
            pseudonym: Set(tools.vault.pseudonym(access.id(), executive.id)),
            function: Set(key.seal(
                &gate::function_place(response_id),
                function,
                &*tools.entropy,
            )?),
            version: Set(0),
            draft: Set(None),
            submitted: Set(None),
        });
    }
    let letters: Vec<InvitationId> = invitations
        .iter()
        .filter_map(|row| row.id.clone().take())
        .collect();
    // In the order of their random keys: the order of the rows must not join the two tables.
    responses.sort_by_key(|row| row.id.clone().take());
    // In portions: databases limit how many values one statement may bind.
    for portion in invitations.chunks(500) {
        invitation::Entity::insert_many(portion.to_vec())
            .exec_without_returning(db)
            .await?;
    }
    for portion in responses.chunks(500) {
        response::Entity::insert_many(portion.to_vec())
            .exec_without_returning(db)
            .await?;
    }
    for invitation in letters {
        outbox::enqueue(db, tools, LetterKind::Invitation, invitation, "1", now).await?;
    }
    let mut row = row.into_active_model();
    row.state = Set(RoundState::Open);
    row.opened_at = Set(Some(now));
    row.promise_text = Set(Some(seal_promise(tools, round.id(), promise_text)?));
    row.consultant_id = Set(access.consultant());
    row.update(db).await?;
    Ok(people.len())
}

/// Moves the closing time of an open round; the notice is kept anew, with the new time. Returns the
/// round as it is from then on.
pub async fn extend(
    db: &impl ConnectionTrait,
    round: &Round,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Round> {
    let row = locked(db, round.id()).await?;
    if row.state != RoundState::Open || row.closes_at <= now {
        return Err(Error::Refused("Only an open round can be extended."));
    }
    let mut row = row.into_active_model();
    row.closes_at = Set(closes_at);
    Round::new(row.update(db).await?)
}

/// Keeps the notice word for word, after the closing time has moved.
pub async fn keep_promise_text(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    text: &str,
) -> Result<()> {
    let sealed = seal_promise(tools, round.id(), text)?;
    round::Entity::update_many()
        .col_expr(round::Column::PromiseText, Expr::value(sealed.0))
        .filter(round::COLUMN.id.eq(round.id()))
        .exec(db)
        .await?;
    Ok(())
}

/// Reads the round again, and keeps others from changing it until this transaction ends.
pub async fn again(db: &impl ConnectionTrait, round: &Round) -> Result<Round> {
    Round::new(locked(db, round.id()).await?)
}

/// Asks again those who have neither answered nor declined; returns how many. Reminders of one
/// day are one occasion: pressing twice sends once.
pub async fn remind(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    now: DateTime<Utc>,
) -> Result<usize> {
    let row = locked(db, round.id()).await?;
    if row.state != RoundState::Open || row.closes_at <= now {
        return Err(Error::Refused(
            "Reminders can be sent while the round is open.",
        ));
    }
    let waiting = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        .filter(invitation::COLUMN.revoked.eq(false))
        .filter(invitation::COLUMN.submitted.eq(false))
        .filter(invitation::COLUMN.declined.eq(false))
        .all(db)
        .await?;
    let day = now
        .with_timezone(&round.time_zone())
        .date_naive()
        .to_string();
    let mut asked = 0;
    for row in waiting {
        if outbox::enqueue(db, tools, LetterKind::Reminder, row.id, &day, now).await? {
            asked += 1;
        }
    }
    Ok(asked)
}

/// Sends the invitation of one executive again, after an address was corrected.
pub async fn resend(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = locked(db, round.id()).await?;
    if row.state != RoundState::Open || row.closes_at <= now {
        return Err(Error::Refused(
            "Letters can be sent while the round is open.",
        ));
    }
    invitation::Entity::find_by_id(id)
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        .filter(invitation::COLUMN.revoked.eq(false))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    outbox::drop_pending(db, &[id]).await?;
    let occasion = now.timestamp_micros().to_string();
    outbox::enqueue(db, tools, LetterKind::Invitation, id, &occasion, now).await?;
    Ok(())
}

/// Closes an open round: no answer is taken from then on, letters that wait are dropped, and every
/// statement of a submitted response becomes a row of its own. Call it in a writing transaction.
pub async fn close(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = locked(db, round.id()).await?;
    if row.state != RoundState::Open {
        return Err(Error::Refused("Only an open round can be closed."));
    }
    let mut row = row.into_active_model();
    row.state = Set(RoundState::Closed);
    row.closed_at = Set(Some(now));
    row.update(db).await?;
    let ids: Vec<InvitationId> = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    outbox::drop_pending(db, &ids).await?;
    // How often somebody saved is told by nothing from now on.
    response::Entity::update_many()
        .col_expr(response::Column::Version, Expr::value(0))
        .filter(response::COLUMN.round_id.eq(round.id()))
        .exec(db)
        .await?;
    let key = gate::round_key(tools, round)?;
    let mut statements = Vec::new();
    for response in response::Entity::find()
        .filter(response::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?
    {
        let Some(sealed) = &response.submitted else {
            continue;
        };
        let answers: Answers = key.open_json(&gate::submitted_place(response.id), sealed)?;
        for question in Question::ALL {
            let Answer::Given(given) = answers.to(question) else {
                continue;
            };
            for (position, said) in given.iter().enumerate() {
                let id: StatementId = tools.id();
                statements.push(statement::ActiveModel {
                    id: Set(id),
                    round_id: Set(round.id()),
                    response_id: Set(response.id),
                    question: Set(question.into()),
                    position: Set(position as i32),
                    body: Set(Some(key.seal_json(
                        &gate::statement_place(id),
                        said,
                        &*tools.entropy,
                    )?)),
                });
            }
        }
    }
    statements.sort_by_key(|row| row.id.clone().take());
    for portion in statements.chunks(500) {
        statement::Entity::insert_many(portion.to_vec())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Open rounds whose closing time has come.
pub async fn due_to_close(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<RoundId>> {
    Ok(round::Entity::find()
        .filter(round::COLUMN.state.eq(RoundState::Open))
        .filter(round::COLUMN.closes_at.lte(now))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

/// Marks a closed round as published, if its themes still are as in that version. Publishing again
/// (a revision) keeps the first date.
pub(super) async fn mark_published(
    db: &impl ConnectionTrait,
    id: RoundId,
    coding_version: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = locked(db, id).await?;
    if row.coding_version != coding_version {
        return Err(Error::Stale);
    }
    if row.state < RoundState::Closed {
        return Err(Error::Refused(
            "A report can be published once the round has closed.",
        ));
    }
    if row.state == RoundState::Closed {
        let mut row = row.into_active_model();
        row.state = Set(RoundState::Published);
        row.published_at = Set(Some(now));
        row.update(db).await?;
    }
    Ok(())
}
