//! Decisions of a debrief: recorded with a published round, kept as long as the team, and checked
//! by the round after.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use entity::types::{DecisionId, ExecutiveId, RoundId, RoundState};
use entity::{decision, executive, round};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::invitations::Delivery;
use super::rounds::{self, Round};
use super::teams::{self, TeamAccess};
use super::{Result, Tools, outbox};
use crate::error::Error;
use crate::survey::{Decision, Owner, Person};

/// The hour of the day at which an owner is reminded, where the team is.
const HOUR: u32 = 8;

/// Most decisions of one debrief: more than a team can keep, and few enough for one page.
pub const MOST: usize = 40;

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its key.
    pub id: DecisionId,
    /// The number of the report's fork, from 1.
    pub fork: Option<usize>,
    /// Counts changes, from 1.
    pub version: i32,
    /// What was decided.
    pub decision: Decision,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Kept,
    /// Somebody else was first; nothing was changed. Holds the decision as it is kept, `None` where
    /// it has been deleted.
    Stale(Option<Box<Recorded>>),
}

fn place(id: DecisionId) -> String {
    format!("decision/{id}/body")
}

fn open(access: &TeamAccess, row: &decision::Model) -> Result<Recorded> {
    Ok(Recorded {
        id: row.id,
        fork: row.fork.and_then(|fork| usize::try_from(fork).ok()),
        version: row.version,
        decision: access.key().open_json(&place(row.id), &row.body)?,
    })
}

/// The round's decisions: those on forks in the report's order, then the team's own.
pub async fn of_round(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
) -> Result<Vec<Recorded>> {
    let mut rows = decision::Entity::find()
        .filter(decision::COLUMN.round_id.eq(round))
        .all(db)
        .await?;
    rows.sort_by_key(|row| (row.fork.unwrap_or(i32::MAX), row.created_at, row.id.0));
    rows.iter().map(|row| open(access, row)).collect()
}

/// The team's latest debrief before that round, if there was one.
pub async fn before(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
) -> Result<Option<(Round, Vec<Recorded>)>> {
    for earlier in rounds::of_team(db, access).await? {
        let done = earlier.id() != round.id()
            && earlier.state() == RoundState::Published
            && earlier.created_at() <= round.created_at();
        if !done {
            continue;
        }
        let decisions = of_round(db, access, earlier.id()).await?;
        if !decisions.is_empty() {
            return Ok(Some((earlier, decisions)));
        }
    }
    Ok(None)
}

/// Why decisions of the round cannot be changed; `None` while they can.
pub async fn closed(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
) -> Result<Option<&'static str>> {
    Ok(why_closed(round, &rounds::of_team(db, access).await?))
}

fn why_closed(round: &Round, all: &[Round]) -> Option<&'static str> {
    if round.state() != RoundState::Published {
        Some("A debrief follows the report: publish it first.")
    } else if all
        .iter()
        .any(|later| later.id() != round.id() && later.opened_at() > round.opened_at())
    {
        Some(
            "The next round has opened: it is checked against these decisions, so they stay as they are.",
        )
    } else if round.erased_at().is_some() {
        Some(
            "The report went with the answers it quotes; what was decided about it stays as it is.",
        )
    } else {
        None
    }
}

/// Refuses a change that comes too late. No round of the team opens until this transaction ends.
async fn may_change(db: &impl ConnectionTrait, access: &TeamAccess, round: &Round) -> Result<()> {
    let all = round::Entity::find()
        .filter(round::COLUMN.team_id.eq(access.id()))
        .order_by_asc(round::Column::Id)
        .lock(LockType::Update)
        .all(db)
        .await?
        .into_iter()
        .map(Round::new)
        .collect::<Result<Vec<_>>>()?;
    let now = all
        .iter()
        .find(|row| row.id() == round.id())
        .ok_or(Error::NotFound)?;
    match why_closed(now, &all) {
        Some(why) => Err(Error::Refused(why)),
        None => Ok(()),
    }
}

/// A decision to be kept: `based_on` is the version it was made from, 0 for a new one, whose key the
/// page brought, so that a form sent twice makes one.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The key.
    pub id: DecisionId,
    /// The version it was made from.
    pub based_on: i32,
    /// The fork it is about.
    pub fork: Option<usize>,
    /// What was decided.
    pub decision: &'a Decision,
}

/// Records a decision or changes one, and sees to the letter to its owner. The same decision saved
/// twice is no quarrel. Call it in a writing transaction.
pub async fn save(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<Saved> {
    may_change(db, access, round).await?;
    let all = of_round(db, access, round.id()).await?;
    let there = all.iter().find(|recorded| {
        recorded.id == change.id || (change.fork.is_some() && recorded.fork == change.fork)
    });
    let body = access
        .key()
        .seal_json(&place(change.id), change.decision, &*tools.entropy)?;
    match there {
        Some(there) if there.decision == *change.decision && there.fork == change.fork => {
            return Ok(Saved::Kept);
        }
        Some(there) if there.id == change.id && there.version == change.based_on => {
            let row = decision::ActiveModel {
                id: Set(change.id),
                version: Set(change.based_on.saturating_add(1)),
                body: Set(body),
                updated_at: Set(now),
                ..Default::default()
            };
            row.update(db).await?;
        }
        Some(there) => return Ok(Saved::Stale(Some(Box::new(there.clone())))),
        None if change.based_on != 0 => return Ok(Saved::Stale(None)),
        None if all.len() >= MOST => {
            return Err(Error::Refused(
                "A debrief holds at most forty decisions; more cannot be kept by anybody.",
            ));
        }
        None => {
            let fork = change.fork.map(i32::try_from).transpose();
            let row = decision::ActiveModel {
                id: Set(change.id),
                round_id: Set(round.id()),
                fork: Set(fork.map_err(|_| Error::NotFound)?),
                version: Set(1),
                body: Set(body),
                created_at: Set(now),
                updated_at: Set(now),
            };
            decision::Entity::insert(row)
                .exec_without_returning(db)
                .await?;
        }
    }
    remind(db, tools, round, change, now).await?;
    Ok(Saved::Kept)
}

/// Deletes a decision, and with it every letter about it. Call it in a writing transaction.
pub async fn delete(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
    id: DecisionId,
    based_on: i32,
) -> Result<Saved> {
    may_change(db, access, round).await?;
    let Some(there) = of_round(db, access, round.id())
        .await?
        .into_iter()
        .find(|recorded| recorded.id == id)
    else {
        return Ok(Saved::Kept);
    };
    if there.version != based_on {
        return Ok(Saved::Stale(Some(Box::new(there))));
    }
    decision::Entity::delete_by_id(id).exec(db).await?;
    Ok(Saved::Kept)
}

/// Gives decisions on forks the numbers that these have in a new revision of the report: `numbers` holds the new
/// number of each old one, from 1, `None` where the report no longer has the fork, which makes it a decision of the team's own.
/// A form that was made under the old numbers is told. Call it in a writing transaction.
pub async fn renumber(
    db: &impl ConnectionTrait,
    round: RoundId,
    numbers: &[Option<usize>],
) -> Result<()> {
    let rows: Vec<decision::Model> = decision::Entity::find()
        .filter(decision::COLUMN.round_id.eq(round))
        .filter(decision::COLUMN.fork.is_not_null())
        .all(db)
        .await?;
    let mut moved = Vec::new();
    for row in rows {
        let old = row.fork.and_then(|fork| usize::try_from(fork).ok());
        let new = old.and_then(|old| *numbers.get(old.checked_sub(1)?)?);
        if new != old {
            moved.push((row.id, row.version, new));
        }
    }
    // Two steps: no two decisions of a round may have one number, not even for a moment.
    for (id, version, _) in &moved {
        let row = decision::ActiveModel {
            id: Set(*id),
            fork: Set(None),
            version: Set(version.saturating_add(1)),
            ..Default::default()
        };
        row.update(db).await?;
    }
    for (id, _, new) in moved {
        let Some(new) = new else { continue };
        let row = decision::ActiveModel {
            id: Set(id),
            fork: Set(Some(i32::try_from(new).map_err(|_| Error::NotFound)?)),
            ..Default::default()
        };
        row.update(db).await?;
    }
    Ok(())
}

/// What the letter about a decision is due to, as part of its key in the outbox: another owner or
/// another day makes another letter, other words do not.
fn occasion(decision: &Decision) -> Option<String> {
    match (&decision.owner, decision.remind_on) {
        (Owner::Executive(owner), Some(day)) => Some(format!("{owner}/{day}")),
        _ => None,
    }
}

/// That hour of the day where the team is; the later one where it occurs twice.
fn morning(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or(NaiveTime::MIN));
    zone.from_local_datetime(&local)
        .latest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

async fn remind(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let occasion = occasion(change.decision);
    outbox::drop_about(db, change.id, occasion.as_deref()).await?;
    let (Some(occasion), Some(day)) = (occasion, change.decision.remind_on) else {
        return Ok(());
    };
    if day < now.with_timezone(&round.time_zone()).date_naive() {
        return Ok(());
    }
    let due = morning(day, round.time_zone());
    outbox::enqueue_about(db, tools, change.id, &occasion, due.max(now), now).await
}

/// Where the letter about each decision stands; decisions without one are left out.
pub async fn letters(
    db: &impl ConnectionTrait,
    tools: &Tools,
    decisions: &[Recorded],
) -> Result<HashMap<DecisionId, Delivery>> {
    let mut found = HashMap::new();
    for recorded in decisions {
        if let Some(occasion) = occasion(&recorded.decision)
            && let Some(letter) = outbox::about(db, recorded.id, &occasion).await?
        {
            found.insert(
                recorded.id,
                super::invitations::delivery(tools, Some(&letter))?,
            );
        }
    }
    Ok(found)
}

/// The owner of a decision and everything the letter to them says, for the postman.
#[derive(Clone, Debug)]
pub struct OwnerLetter {
    /// The owner.
    pub person: Person,
    /// The organisation's name.
    pub organisation: String,
    /// The team's name.
    pub team: String,
    /// The round whose report was discussed.
    pub round: Round,
    /// What was decided.
    pub decision: Decision,
}

/// Reads what the letter of that key says; [`Error::NotFound`] where it is no longer wanted: the
/// decision has gone, has another owner or day, or its owner has left.
pub(crate) async fn owner_letter(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: DecisionId,
    dedup_key: &str,
) -> Result<OwnerLetter> {
    let row = decision::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let (access, round) = rounds::for_program(db, tools, row.round_id).await?;
    let decision = open(&access, &row)?.decision;
    let wanted =
        occasion(&decision).is_some_and(|occasion| outbox::key_about(id, &occasion) == dedup_key);
    let (true, Owner::Executive(owner)) = (wanted, &decision.owner) else {
        return Err(Error::NotFound);
    };
    let owner: ExecutiveId = owner.parse().map_err(|_| Error::NotFound)?;
    let owner = executive::Entity::find_by_id(owner)
        .filter(executive::COLUMN.team_id.eq(access.id()))
        .filter(executive::COLUMN.left_at.is_null())
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(OwnerLetter {
        person: teams::open_person(access.key(), &owner)?,
        organisation: access.organisation().to_owned(),
        team: access.name().to_owned(),
        round,
        decision,
    })
}
