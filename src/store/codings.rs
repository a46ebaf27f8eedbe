//! Codings: which theme each text is about, proposed by the program and decided by consultants.
//! Every change is kept with who and when.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::types::{CodingId, RoundId, Side, StatementId, ThemeId};
use entity::{coding, round, theme};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};

use super::gate::{self, ConsultantReader, Excerpt};
use super::history::{self, Before, Event, Line};
use super::sorting::next_version;
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
    /// Whether it is in a group so tight that the proposal is nearly always right.
    pub tight: bool,
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
    /// Whether the proposal put it into a tight group.
    pub tight: bool,
}

impl Coding {
    /// Whether the board shows it in its theme: a consultant has decided so, or the proposal is nearly always right.
    pub fn placed(&self) -> bool {
        self.confirmed || self.tight
    }
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
            tight: row.tight,
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
    /// The team's themes by name; of those that only the program has named, the ones that texts of this round are in.
    pub themes: Vec<Theme>,
    /// Themes that were put away, by name.
    pub archived: Vec<Theme>,
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
    let all = themes::all(db, reader.access()).await?;
    let standing = themes::standing(&all);
    let stands = |theme| standing.get(&theme).copied().unwrap_or(theme);
    let authors = match reader.names() {
        Some(leave) => gate::authors(db, tools, reader, leave).await?,
        None => HashMap::new(),
    };
    let cards: Vec<Card> = gate::excerpts(db, tools, reader)
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
    let used: HashSet<ThemeId> = cards.iter().map(|card| card.coding.theme).collect();
    let (archived, themes): (Vec<Theme>, Vec<Theme>) = all
        .into_iter()
        .filter(|theme| theme.merged_into.is_none())
        .filter(|theme| !theme.proposed || used.contains(&theme.id))
        .partition(|theme| theme.archived && !used.contains(&theme.id));
    Ok(Board {
        version,
        themes,
        archived,
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
    let places = Places::make(db, tools, reader, new_themes, now).await?;
    let mut rows = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        rows.push(coding::ActiveModel {
            id: Set(tools.id()),
            round_id: Set(round.id()),
            statement_id: Set(proposal.statement),
            side: Set(proposal.side),
            theme_id: Set(places.find(&proposal.theme)?),
            confirmed: Set(false),
            confidence: Set(proposal.confidence),
            second_id: Set(places.second(proposal)?),
            tight: Set(proposal.tight),
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
    let version = next_version(db, round.id()).await?;
    let line = Line::new(version, None, &event, now);
    history::keep(db, tools, access, round.id(), line).await
}

/// Puts a new proposal in place of the old one, for the texts that nobody has confirmed; a proposal for another text is passed
/// over. [`Error::Stale`] where the board has changed since that version. Returns the new version. Call it in a writing transaction.
pub async fn propose_again(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    based_on: i32,
    proposals: &[Proposal],
    new_themes: &[ProposedName],
    now: DateTime<Utc>,
) -> Result<i32> {
    let (access, round) = (reader.access(), reader.round());
    let version = next_version(db, round.id()).await?;
    if version != based_on + 1 {
        return Err(Error::Stale);
    }
    let open: HashMap<_, _> = coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round.id()))
        .filter(coding::COLUMN.confirmed.eq(false))
        .all(db)
        .await?
        .into_iter()
        .map(|row| ((row.statement_id, row.side), row))
        .collect();
    let places = Places::make(db, tools, reader, new_themes, now).await?;
    let mut texts = 0;
    let mut before = Before::default();
    for proposal in proposals {
        let Some(row) = open.get(&(proposal.statement, proposal.side)) else {
            continue;
        };
        // Who saw the old proposal must not confirm the new one unseen.
        before.note_coding(row);
        let mut row = row.clone().into_active_model();
        row.theme_id = Set(places.find(&proposal.theme)?);
        row.confidence = Set(proposal.confidence);
        row.second_id = Set(places.second(proposal)?);
        row.tight = Set(proposal.tight);
        row.update(db).await?;
        texts += 1;
    }
    let event = Event::Regrouped { texts };
    let line = Line::new(version, None, &event, now).before(&before);
    history::keep(db, tools, access, round.id(), line).await?;
    Ok(version)
}

/// The themes of a proposal, those it makes among them.
struct Places<'a>(HashMap<&'a str, ThemeId>);

impl<'a> Places<'a> {
    async fn make(
        db: &impl ConnectionTrait,
        tools: &Tools,
        reader: &ConsultantReader,
        new_themes: &'a [ProposedName],
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut made = HashMap::new();
        for proposed in new_themes {
            let new = themes::New {
                name: &proposed.name,
                quoted: proposed.quoted,
                proposed: true,
            };
            let round = reader.round().id();
            let id = themes::add(db, tools, reader.access(), round, &new, now).await?;
            made.insert(proposed.key.as_str(), id);
        }
        Ok(Self(made))
    }

    fn find(&self, theme: &ProposedTheme) -> Result<ThemeId> {
        match theme {
            ProposedTheme::Known(id) => Ok(*id),
            ProposedTheme::New(key) => self.0.get(key.as_str()).copied().ok_or_else(|| {
                Error::Broken("a proposal names a theme that it does not make".into())
            }),
        }
    }

    fn second(&self, proposal: &Proposal) -> Result<Option<ThemeId>> {
        let second = proposal.second.as_ref();
        second.map(|second| self.find(second)).transpose()
    }
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
