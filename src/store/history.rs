//! The history of the board: every change with who and when.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::coding_event;
use entity::types::{ConsultantId, RoundId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use super::rounds::Round;
use super::teams::TeamAccess;
use super::{Result, Tools, consultants};

/// A line of the history. Names are kept as they were then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Event {
    /// The program proposed a grouping.
    Proposed {
        /// How many texts.
        texts: usize,
        /// How many new themes.
        new_themes: usize,
    },
    /// A language model grouped anew what nobody had decided yet.
    Regrouped {
        /// Whose model, as the executives read it.
        provider: String,
        /// How many texts.
        texts: usize,
        /// How many new themes.
        new_themes: usize,
    },
    /// Texts were moved.
    Moved {
        /// How many.
        texts: usize,
        /// Names of the themes they came from.
        from: Vec<String>,
        /// Name of the theme they went to.
        to: String,
    },
    /// A theme was made from texts.
    Made {
        /// How many.
        texts: usize,
        /// Names of the themes they came from.
        from: Vec<String>,
        /// The new theme's name.
        name: String,
    },
    /// A theme was renamed.
    Renamed {
        /// Its name before.
        from: String,
        /// Its name since.
        to: String,
    },
    /// A theme was merged into another.
    Merged {
        /// The theme that ended.
        from: String,
        /// The theme that stayed.
        into: String,
    },
    /// Texts were confirmed.
    Confirmed {
        /// How many.
        texts: usize,
    },
}

/// A line of the history with who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    /// The version it led to.
    pub version: i32,
    /// Who; `None` for the program.
    pub who: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub event: Event,
}

fn event_place(round: RoundId, version: i32) -> String {
    format!("coding_event/{round}/{version}")
}

#[expect(clippy::too_many_arguments, reason = "one row, one value a column")]
pub(super) async fn keep(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: RoundId,
    version: i32,
    who: Option<ConsultantId>,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = coding_event::ActiveModel {
        id: Set(tools.id()),
        round_id: Set(round),
        version: Set(version),
        consultant_id: Set(who),
        at: Set(now),
        change: Set(access.key().seal_json(
            &event_place(round, version),
            event,
            &*tools.entropy,
        )?),
    };
    coding_event::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Every name that a consultant has ever given to a theme of the team.
pub(super) async fn names_given(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    rounds: &[RoundId],
) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    for row in coding_event::Entity::find()
        .filter(coding_event::Column::RoundId.is_in(rounds.iter().copied()))
        .filter(coding_event::COLUMN.consultant_id.is_not_null())
        .all(db)
        .await?
    {
        let event = access
            .key()
            .open_json(&event_place(row.round_id, row.version), &row.change)?;
        if let Event::Made { name, .. } | Event::Renamed { to: name, .. } = event {
            names.insert(name);
        }
    }
    Ok(names)
}

/// The round's history, the newest first, from that version on.
pub async fn of_round(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
    after: i32,
) -> Result<Vec<PastEvent>> {
    let mut events = Vec::new();
    let mut names: HashMap<ConsultantId, String> = HashMap::new();
    for row in coding_event::Entity::find()
        .filter(coding_event::COLUMN.round_id.eq(round.id()))
        .filter(coding_event::COLUMN.version.gt(after))
        .order_by_desc(coding_event::Column::Version)
        .all(db)
        .await?
    {
        if let Some(id) = row.consultant_id.filter(|id| !names.contains_key(id)) {
            let person = consultants::person(db, tools, id).await?;
            names.insert(id, person.name.into());
        }
        let who = row.consultant_id.and_then(|id| names.get(&id).cloned());
        let event = access
            .key()
            .open_json(&event_place(round.id(), row.version), &row.change)?;
        events.push(PastEvent {
            version: row.version,
            who,
            at: row.at,
            event,
        });
    }
    Ok(events)
}
