//! The history of the board: every change with who and when.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::types::{CodingId, ConsultantId, RoundId, ThemeId};
use entity::{coding, coding_event, theme};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rounds::Round;
use super::teams::TeamAccess;
use super::{Result, Tools, consultants, themes};

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
        /// Labels of the published rounds whose statements count for the theme that stayed from now on.
        #[serde(default)]
        earlier: Vec<String>,
    },
    /// Texts were confirmed.
    Confirmed {
        /// How many.
        texts: usize,
    },
    /// A theme was put away.
    Archived {
        /// Its name.
        name: String,
    },
    /// A theme is offered again.
    Restored {
        /// Its name.
        name: String,
    },
    /// The program grouped what nobody had confirmed anew.
    Regrouped {
        /// How many texts.
        texts: usize,
    },
    /// A language model grouped anew what nobody had decided.
    Assisted {
        /// Whose model, as the executives read it.
        provider: String,
        /// How many texts.
        texts: usize,
        /// The names it gave to new themes.
        names: Vec<String>,
    },
    /// A change was taken back.
    Undone {
        /// The change.
        what: Box<Event>,
    },
}

/// What a change touched, as it was before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    codings: Vec<CodingBefore>,
    themes: Vec<ThemeBefore>,
    /// Themes that the change made.
    made: Vec<Uuid>,
}

/// A text's coding as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CodingBefore {
    id: Uuid,
    pub(super) theme: Uuid,
    pub(super) second: Option<Uuid>,
    pub(super) confirmed: bool,
}

impl CodingBefore {
    pub(super) fn id(&self) -> CodingId {
        CodingId(self.id)
    }
}

/// A theme as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ThemeBefore {
    id: Uuid,
    pub(super) name: String,
    pub(super) quoted: bool,
    pub(super) proposed: bool,
    pub(super) merged_into: Option<Uuid>,
    pub(super) archived_at: Option<DateTime<Utc>>,
}

impl ThemeBefore {
    pub(super) fn id(&self) -> ThemeId {
        ThemeId(self.id)
    }
}

impl Before {
    /// Only the first time: a change may touch a row twice.
    pub(super) fn note_coding(&mut self, row: &coding::Model) {
        if !self.codings.iter().any(|one| one.id == row.id.0) {
            self.codings.push(CodingBefore {
                id: row.id.0,
                theme: row.theme_id.0,
                second: row.second_id.map(|id| id.0),
                confirmed: row.confirmed,
            });
        }
    }

    /// Likewise.
    pub(super) fn note_theme(&mut self, row: &theme::Model, access: &TeamAccess) -> Result<()> {
        if !self.themes.iter().any(|one| one.id == row.id.0) {
            self.themes.push(ThemeBefore {
                id: row.id.0,
                name: themes::open_name(access, row)?,
                quoted: row.quoted,
                proposed: row.proposed,
                merged_into: row.merged_into.map(|id| id.0),
                archived_at: row.archived_at,
            });
        }
        Ok(())
    }

    pub(super) fn note_made(&mut self, theme: ThemeId) {
        self.made.push(theme.0);
    }

    pub(super) fn codings(&self) -> &[CodingBefore] {
        &self.codings
    }

    pub(super) fn themes(&self) -> &[ThemeBefore] {
        &self.themes
    }

    pub(super) fn made(&self) -> impl Iterator<Item = ThemeId> {
        self.made.iter().copied().map(ThemeId)
    }

    pub(super) fn coding_ids(&self) -> Vec<CodingId> {
        self.codings.iter().map(CodingBefore::id).collect()
    }

    pub(super) fn theme_ids(&self) -> Vec<ThemeId> {
        let changed = self.themes.iter().map(ThemeBefore::id);
        changed.chain(self.made()).collect()
    }
}

/// A line to be kept.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    version: i32,
    who: Option<ConsultantId>,
    event: &'a Event,
    at: DateTime<Utc>,
    before: Option<&'a Before>,
    undoes: Option<i32>,
}

impl<'a> Line<'a> {
    /// A line that cannot be taken back; `who` is `None` for the program.
    pub(super) fn new(
        version: i32,
        who: Option<ConsultantId>,
        event: &'a Event,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            version,
            who,
            event,
            at,
            before: None,
            undoes: None,
        }
    }

    /// With what it touched.
    pub(super) fn before(mut self, before: &'a Before) -> Self {
        self.before = Some(before);
        self
    }

    /// With the earlier line that it takes back, if it does.
    pub(super) fn undoes(mut self, version: Option<i32>) -> Self {
        self.undoes = version;
        self
    }
}

/// What a line of the history touched.
pub(super) struct Touched {
    pub(super) version: i32,
    pub(super) undoes: Option<i32>,
    /// `None` where it is not known.
    before: Option<Before>,
}

impl Touched {
    /// Whether it touched one of these; a line that does not say touched everything.
    pub(super) fn touches(&self, codings: &[CodingId], themes: &[ThemeId]) -> bool {
        self.before.as_ref().is_none_or(|before| {
            before.codings.iter().any(|one| codings.contains(&one.id()))
                || before.theme_ids().iter().any(|one| themes.contains(one))
        })
    }
}

/// A change that can be taken back.
pub(super) struct Taken {
    pub(super) version: i32,
    pub(super) event: Event,
    pub(super) before: Before,
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

fn before_place(round: RoundId, version: i32) -> String {
    format!("coding_event/{round}/{version}/before")
}

pub(super) async fn keep(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: RoundId,
    line: Line<'_>,
) -> Result<()> {
    let (key, entropy) = (access.key(), &*tools.entropy);
    let before = line
        .before
        .map(|before| key.seal_json(&before_place(round, line.version), before, entropy))
        .transpose()?;
    let row = coding_event::ActiveModel {
        id: Set(tools.id()),
        round_id: Set(round),
        version: Set(line.version),
        consultant_id: Set(line.who),
        at: Set(line.at),
        change: Set(key.seal_json(&event_place(round, line.version), line.event, entropy)?),
        before: Set(before),
        undoes: Set(line.undoes),
    };
    coding_event::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

fn open_before(access: &TeamAccess, row: &coding_event::Model) -> Result<Option<Before>> {
    let place = before_place(row.round_id, row.version);
    let sealed = row.before.as_ref();
    Ok(sealed
        .map(|sealed| access.key().open_json(&place, sealed))
        .transpose()?)
}

/// What the lines after that version touched.
pub(super) async fn later(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
    after: i32,
) -> Result<Vec<Touched>> {
    let rows = coding_event::Entity::find()
        .filter(coding_event::COLUMN.round_id.eq(round))
        .filter(coding_event::COLUMN.version.gt(after))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Touched {
                version: row.version,
                undoes: row.undoes,
                before: open_before(access, &row)?,
            })
        })
        .collect()
}

/// The consultant's own latest change that has not been taken back.
pub(super) async fn last_own(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
) -> Result<Option<Taken>> {
    let rows = coding_event::Entity::find()
        .filter(coding_event::COLUMN.round_id.eq(round))
        .filter(coding_event::COLUMN.consultant_id.eq(access.consultant()))
        .filter(coding_event::COLUMN.before.is_not_null())
        .order_by_desc(coding_event::Column::Version)
        .all(db)
        .await?;
    let undone: Vec<i32> = rows.iter().filter_map(|row| row.undoes).collect();
    let Some(row) = rows
        .iter()
        .find(|row| row.undoes.is_none() && !undone.contains(&row.version))
    else {
        return Ok(None);
    };
    let event = access
        .key()
        .open_json(&event_place(round, row.version), &row.change)?;
    Ok(open_before(access, row)?.map(|before| Taken {
        version: row.version,
        event,
        before,
    }))
}

/// The consultant's own latest change that could be taken back.
pub async fn to_undo(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
) -> Result<Option<Event>> {
    Ok(last_own(db, access, round.id())
        .await?
        .map(|taken| taken.event))
}

/// The names of the team's themes that consultants have given, or that provider's language model, and
/// none that the program has ever taken from a statement: a page offers such a name for a new theme, and
/// taking it over makes it nobody's own. Folded to lower case.
pub(super) async fn own_names(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    rounds: &[RoundId],
    provider: &str,
) -> Result<HashSet<String>> {
    let (mut given, mut by_program, mut by_provider) =
        (HashSet::new(), HashSet::new(), HashSet::new());
    let mut named_by_hand = HashSet::new();
    for row in coding_event::Entity::find()
        .filter(coding_event::Column::RoundId.is_in(rounds.iter().copied()))
        .all(db)
        .await?
    {
        let event = access
            .key()
            .open_json(&event_place(row.round_id, row.version), &row.change)?;
        let before = open_before(access, &row)?.unwrap_or_default();
        match event {
            Event::Made { name, .. } | Event::Renamed { to: name, .. } => {
                named_by_hand.extend(before.made());
                let renamed = before.themes.iter().filter(|theme| theme.name != name);
                named_by_hand.extend(renamed.map(ThemeBefore::id));
                given.insert(name.to_lowercase());
            }
            Event::Assisted {
                provider: whose,
                names,
                ..
            } if whose == provider => {
                by_provider.extend(names.iter().map(|name| name.to_lowercase()));
            }
            _ => {}
        }
        let drafts = before.themes.into_iter().filter(|theme| theme.proposed);
        by_program.extend(drafts.map(|theme| theme.name.to_lowercase()));
    }
    for theme in themes::all(db, access).await? {
        if theme.proposed || !named_by_hand.contains(&theme.id) {
            by_program.insert(theme.name.to_lowercase());
        }
    }
    given.retain(|name| !by_program.contains(name));
    given.extend(by_provider);
    Ok(given)
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
