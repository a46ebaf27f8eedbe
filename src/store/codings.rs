//! Codings: which theme each text is about, proposed by the program and decided by consultants.
//! Every change is kept with who and when.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::types::{CodingId, RoundId, RoundState, Side, StatementId, ThemeId};
use entity::{coding, round, team, theme};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect, Set,
};

use super::gate::{self, ConsultantReader, Excerpt};
use super::history::{self, Event};
use super::teams::TeamAccess;
use super::themes::{self, Theme, ThemeName};
use super::{Result, Tools};
use crate::error::Error;

/// Where a proposal puts a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProposedTheme {
    /// A theme of the codebook.
    Known(ThemeId),
    /// The new theme of that key.
    New(String),
}

/// The program's proposal for one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The statement.
    pub statement: StatementId,
    /// Which of its texts.
    pub side: Side,
    /// The likeliest theme.
    pub theme: ProposedTheme,
    /// Share of such proposals that are right, in (0, 1).
    pub confidence: f64,
    /// The second likeliest theme.
    pub second: Option<ProposedTheme>,
}

/// A theme that a proposal makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedName {
    /// The key that [`ProposedTheme::New`] uses.
    pub key: String,
    /// The theme's name.
    pub name: ThemeName,
    /// Whether the name is a sentence that its author did not release word for word.
    pub quoted: bool,
}

/// One text and the theme it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Coding {
    /// The coding's key.
    pub id: CodingId,
    /// The statement.
    pub statement: StatementId,
    /// Which of its texts.
    pub side: Side,
    /// The theme it is in now.
    pub theme: ThemeId,
    /// Whether a consultant has decided.
    pub confirmed: bool,
    /// The proposal's confidence.
    pub confidence: f64,
    /// The proposal's second choice.
    pub second: Option<ThemeId>,
}

impl From<coding::Model> for Coding {
    fn from(row: coding::Model) -> Self {
        Self {
            id: row.id,
            statement: row.statement_id,
            side: row.side,
            theme: row.theme_id,
            confirmed: row.confirmed,
            confidence: row.confidence,
            second: row.second_id,
        }
    }
}

/// A text on the board.
#[derive(Clone, Debug)]
pub struct Card {
    /// The coding.
    pub coding: Coding,
    /// The text, without its author.
    pub excerpt: Excerpt,
    /// The author, where the promise lets the consultant see it.
    pub author: Option<String>,
}

/// The board of a round: all cards of all questions, and the team's codebook.
#[derive(Clone, Debug)]
pub struct Board {
    /// To be named by the next change.
    pub version: i32,
    /// The team's themes by name.
    pub themes: Vec<Theme>,
    /// All cards, by question and then shuffled.
    pub cards: Vec<Card>,
}

/// How many texts a round has, and how many of them a consultant has confirmed.
pub async fn count(db: &impl ConnectionTrait, round: RoundId) -> Result<(usize, usize)> {
    let all = coding::Entity::find().filter(coding::COLUMN.round_id.eq(round));
    let texts = all.clone().count(db).await?;
    let confirmed = all
        .filter(coding::COLUMN.confirmed.eq(true))
        .count(db)
        .await?;
    Ok((
        usize::try_from(texts).unwrap_or(usize::MAX),
        usize::try_from(confirmed).unwrap_or(usize::MAX),
    ))
}

/// The version of a round's board: it counts the changes.
pub async fn version(db: &impl ConnectionTrait, round: RoundId) -> Result<i32> {
    let row = round::Entity::find_by_id(round).one(db).await?;
    Ok(row.ok_or(Error::NotFound)?.coding_version)
}

/// All codings of a round.
pub async fn of_round(db: &impl ConnectionTrait, round: RoundId) -> Result<Vec<Coding>> {
    Ok(coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round))
        .all(db)
        .await?
        .into_iter()
        .map(Coding::from)
        .collect())
}

/// Reads the board.
pub async fn board(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Board> {
    let round = reader.round();
    let version = version(db, round.id()).await?;
    let mut codings: HashMap<_, _> = of_round(db, round.id())
        .await?
        .into_iter()
        .map(|coding| ((coding.statement, coding.side), coding))
        .collect();
    // A published round's codings may lie in themes that were merged since.
    let standing = themes::standing(&themes::all(db, reader.access()).await?);
    let stands = |theme| standing.get(&theme).copied().unwrap_or(theme);
    let authors = match reader.names() {
        Some(leave) => gate::authors(db, tools, reader, leave).await?,
        None => HashMap::new(),
    };
    let cards = gate::excerpts(db, tools, reader)
        .await?
        .into_iter()
        .filter_map(|excerpt| {
            let mut coding = codings.remove(&(excerpt.statement, excerpt.side))?;
            coding.theme = stands(coding.theme);
            coding.second = coding.second.map(stands);
            Some(Card {
                author: authors.get(&excerpt.statement).cloned(),
                coding,
                excerpt,
            })
        })
        .collect();
    Ok(Board {
        version,
        themes: themes::current(db, reader.access()).await?,
        cards,
    })
}

/// Keeps the program's proposal for a round that has none yet. Call it in the transaction that closes the round.
pub async fn record(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    proposals: &[Proposal],
    new_themes: &[ProposedName],
    now: DateTime<Utc>,
) -> Result<()> {
    let (access, round) = (reader.access(), reader.round());
    let mut made = HashMap::new();
    for new in new_themes {
        let id = themes::add(db, tools, access, round.id(), &new.name, new.quoted, now).await?;
        made.insert(new.key.as_str(), id);
    }
    let find = |theme: &ProposedTheme| match theme {
        ProposedTheme::Known(id) => Ok(*id),
        ProposedTheme::New(key) => made
            .get(key.as_str())
            .copied()
            .ok_or_else(|| Error::Broken("a proposal names a theme that it does not make".into())),
    };
    let mut rows = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        rows.push(coding::ActiveModel {
            id: Set(tools.id()),
            round_id: Set(round.id()),
            statement_id: Set(proposal.statement),
            side: Set(proposal.side),
            theme_id: Set(find(&proposal.theme)?),
            confirmed: Set(false),
            confidence: Set(proposal.confidence),
            second_id: Set(proposal.second.as_ref().map(find).transpose()?),
        });
    }
    let texts = rows.len();
    for portion in rows.chunks(500) {
        coding::Entity::insert_many(portion.to_vec())
            .exec_without_returning(db)
            .await?;
    }
    let event = Event::Proposed {
        texts,
        new_themes: new_themes.len(),
    };
    let version = bump(db, round.id(), None).await?;
    history::keep(db, tools, access, round.id(), version, None, &event, now).await
}

/// A change a consultant asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// These texts belong to that theme; the decision is the consultant's from now on.
    Move {
        /// The texts.
        codings: Vec<CodingId>,
        /// The theme.
        to: ThemeId,
    },
    /// These texts make a new theme (a new theme from one text, or a split).
    NewTheme {
        /// The texts.
        codings: Vec<CodingId>,
        /// The new theme's name.
        name: ThemeName,
    },
    /// The theme gets another name.
    Rename {
        /// The theme.
        theme: ThemeId,
        /// Its new name.
        name: ThemeName,
    },
    /// All texts of one theme belong to another, in every round of the team.
    Merge {
        /// The theme that ends.
        from: ThemeId,
        /// The theme that stays.
        into: ThemeId,
    },
    /// These texts are right where they are.
    Confirm {
        /// The texts.
        codings: Vec<CodingId>,
    },
}

/// Carries out a change that is based on that version of the board; [`Error::Stale`] where somebody
/// else changed the board since. Returns the new version. Call it in a writing transaction.
pub async fn apply(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    based_on: i32,
    change: Change,
    now: DateTime<Utc>,
) -> Result<i32> {
    let (access, round) = (reader.access(), reader.round());
    lock_codebook(db, access).await?;
    let version = bump(db, round.id(), Some(based_on)).await?;
    let event = match change {
        Change::Move { codings, to } => {
            let to = themes::one(db, access, to).await?;
            let from = put(db, access, round.id(), &codings, to.id).await?;
            Event::Moved {
                texts: codings.len(),
                from,
                to: to.name,
            }
        }
        Change::NewTheme { codings, name } => {
            let id = themes::add(db, tools, access, round.id(), &name, false, now).await?;
            let from = put(db, access, round.id(), &codings, id).await?;
            Event::Made {
                texts: codings.len(),
                from,
                name: name.as_str().to_owned(),
            }
        }
        Change::Rename { theme, name } => {
            let old = themes::one(db, access, theme).await?;
            themes::rename(db, tools, access, theme, &name).await?;
            Event::Renamed {
                from: old.name,
                to: name.as_str().to_owned(),
            }
        }
        Change::Merge { from, into } => {
            if from == into {
                return Err(Error::Refused("A theme cannot be merged into itself."));
            }
            let (old, kept) = (
                themes::one(db, access, from).await?,
                themes::one(db, access, into).await?,
            );
            let event = Event::Merged {
                from: old.name,
                into: kept.name,
            };
            for other in merge(db, access, round.id(), from, into).await? {
                let version = bump(db, other, None).await?;
                let who = Some(access.consultant());
                history::keep(db, tools, access, other, version, who, &event, now).await?;
            }
            event
        }
        Change::Confirm { codings } => {
            let rows = chosen(db, round.id(), &codings).await?;
            for row in rows {
                let mut row = row.into_active_model();
                row.confirmed = Set(true);
                row.update(db).await?;
            }
            Event::Confirmed {
                texts: codings.len(),
            }
        }
    };
    history::keep(
        db,
        tools,
        access,
        round.id(),
        version,
        Some(access.consultant()),
        &event,
        now,
    )
    .await?;
    Ok(version)
}

async fn chosen(
    db: &impl ConnectionTrait,
    round: RoundId,
    codings: &[CodingId],
) -> Result<Vec<coding::Model>> {
    let wanted: BTreeSet<CodingId> = codings.iter().copied().collect();
    let rows = coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round))
        .filter(coding::Column::Id.is_in(wanted.iter().copied()))
        .all(db)
        .await?;
    if wanted.is_empty() || rows.len() != wanted.len() {
        return Err(Error::Refused(
            "Choose at least one statement of this round.",
        ));
    }
    Ok(rows)
}

/// Puts texts into a theme, as a consultant's decision; returns the names of where they were.
async fn put(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
    codings: &[CodingId],
    to: ThemeId,
) -> Result<Vec<String>> {
    let names: HashMap<_, _> = themes::all(db, access)
        .await?
        .into_iter()
        .map(|t| (t.id, t.name))
        .collect();
    let mut from = BTreeSet::new();
    for row in chosen(db, round, codings).await? {
        if row.theme_id != to {
            from.extend(names.get(&row.theme_id).cloned());
        }
        let mut row = row.into_active_model();
        row.theme_id = Set(to);
        row.confirmed = Set(true);
        row.update(db).await?;
    }
    Ok(from.into_iter().collect())
}

/// One change of a team's codebook at a time, whichever of its rounds it is made from.
pub(super) async fn lock_codebook(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<()> {
    team::Entity::find_by_id(access.id())
        .lock(LockType::Update)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(())
}

/// Merging holds for the team's codebook: other rounds that are still being sorted are changed too,
/// and returned. The codings of published rounds keep what was decided then; [`themes::standing`]
/// leads from there.
async fn merge(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    here: RoundId,
    from: ThemeId,
    into: ThemeId,
) -> Result<Vec<RoundId>> {
    themes::merge(db, access, from, into).await?;
    let mut others = Vec::new();
    for row in round::Entity::find()
        .filter(round::COLUMN.team_id.eq(access.id()))
        .filter(round::COLUMN.state.eq(RoundState::Closed))
        .all(db)
        .await?
    {
        let mut changed = 0;
        for column in [coding::Column::ThemeId, coding::Column::SecondId] {
            changed += coding::Entity::update_many()
                .col_expr(column, Expr::value(into.0))
                .filter(column.eq(from.0))
                .filter(coding::COLUMN.round_id.eq(row.id))
                .exec(db)
                .await?
                .rows_affected;
        }
        if changed > 0 && row.id != here {
            others.push(row.id);
        }
    }
    Ok(others)
}

/// Raises the round's coding version, if it still is the one named.
pub(super) async fn bump(
    db: &impl ConnectionTrait,
    round: RoundId,
    based_on: Option<i32>,
) -> Result<i32> {
    let row = round::Entity::find_by_id(round)
        .lock(LockType::Update)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != RoundState::Closed {
        return Err(Error::Refused(
            "The report has been published: its themes stay as they are.",
        ));
    }
    if based_on.is_some_and(|version| version != row.coding_version) {
        return Err(Error::Stale);
    }
    let version = row.coding_version + 1;
    let mut row = row.into_active_model();
    row.coding_version = Set(version);
    row.update(db).await?;
    Ok(version)
}

/// How many rounds of the team a theme appears in, by theme: the board says "from last quarter".
pub async fn rounds_by_theme(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
) -> Result<HashMap<ThemeId, usize>> {
    let ids: Vec<ThemeId> = theme::Entity::find()
        .filter(theme::COLUMN.team_id.eq(access.id()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let mut seen: HashMap<ThemeId, BTreeSet<RoundId>> = HashMap::new();
    for row in coding::Entity::find()
        .filter(coding::Column::ThemeId.is_in(ids))
        .all(db)
        .await?
    {
        seen.entry(row.theme_id).or_default().insert(row.round_id);
    }
    Ok(seen
        .into_iter()
        .map(|(theme, rounds)| (theme, rounds.len()))
        .collect())
}
