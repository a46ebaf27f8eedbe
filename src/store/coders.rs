//! A second coding of a round, blind: another consultant puts the same texts under the same
//! codebook without seeing what stands on the board. When it is done it is compared with the
//! board as that is then, and both are kept as they were.
//!
//! Until the comparison only the second coder reads the second coding, and that consultant does
//! not read the first ([`blind`] says who must not). What is compared never changes afterwards,
//! so that the agreement is that of two people who had not talked yet; differences are settled
//! on the board, by its ordinary changes.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::types::{ConsultantId, RoundId, RoundState, SecondCodeId, Side, StatementId, ThemeId};
use entity::{coding_event, round, second_code, second_coding};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use sha2::{Digest as _, Sha256};

use super::codings::{self, Coding};
use super::gate::{self, ConsultantReader, Excerpt};
use super::rounds::Round;
use super::sorting::{self, Change};
use super::teams::TeamAccess;
use super::themes::{self, Theme, ThemeName};
use super::{Result, Tools, rounds};
use crate::error::Error;

const PUBLISHED: Error =
    Error::Refused("The report has been published: its themes stay as they are.");

fn name_place(id: SecondCodeId) -> String {
    format!("second_code/{id}/new_theme")
}

/// Names that differ only in case are one theme.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// A second coding's frame: who codes and how far it is, nothing of what was decided.
#[derive(Clone, Debug)]
pub struct SecondCoding {
    row: second_coding::Model,
    coded: usize,
}

impl SecondCoding {
    /// Who codes.
    pub const fn coder(&self) -> ConsultantId {
        self.row.consultant_id
    }

    /// When it was begun.
    pub const fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// When it was compared with the first; `None` while it runs.
    pub const fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }

    /// How many texts the second coder has seen: with a theme, or without one because the coder could not tell.
    pub const fn coded(&self) -> usize {
        self.coded
    }
}

async fn row_of(db: &impl ConnectionTrait, round: RoundId) -> Result<Option<second_coding::Model>> {
    Ok(second_coding::Entity::find()
        .filter(second_coding::COLUMN.round_id.eq(round))
        .one(db)
        .await?)
}

/// The round's second coding, if there is one.
pub async fn of_round(db: &impl ConnectionTrait, round: RoundId) -> Result<Option<SecondCoding>> {
    let Some(row) = row_of(db, round).await? else {
        return Ok(None);
    };
    let coded = second_code::Entity::find()
        .filter(second_code::COLUMN.second_coding_id.eq(row.id))
        .filter(second_code::COLUMN.step.gt(0))
        .count(db)
        .await?;
    Ok(Some(SecondCoding {
        row,
        coded: usize::try_from(coded).unwrap_or(usize::MAX),
    }))
}

/// Whether this consultant is coding the round blind just now, and must see nothing of the first
/// coding: no board, no history, no index, no report.
pub async fn blind(db: &impl ConnectionTrait, access: &TeamAccess, round: RoundId) -> Result<bool> {
    Ok(row_of(db, round)
        .await?
        .is_some_and(|row| row.consultant_id == access.consultant() && row.finished_at.is_none()))
}

/// Whether this consultant has changed the round's board.
pub async fn has_sorted(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
) -> Result<bool> {
    let changes = coding_event::Entity::find()
        .filter(coding_event::COLUMN.round_id.eq(round))
        .filter(coding_event::COLUMN.consultant_id.eq(access.consultant()))
        .limit(1)
        .count(db)
        .await?;
    Ok(changes > 0)
}

/// Locks the round's row, which must be closed: neither the board nor the report changes meanwhile.
async fn lock_closed(db: &impl ConnectionTrait, round: RoundId) -> Result<()> {
    let row = round::Entity::find_by_id(round)
        .lock(LockType::Update)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if row.state == RoundState::Closed {
        Ok(())
    } else {
        Err(PUBLISHED)
    }
}

/// Begins the second coding of a closed round; refused to a consultant who has changed its board
/// and where there is one already. Beginning twice begins once. Call it in a writing transaction.
pub async fn start(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    now: DateTime<Utc>,
) -> Result<()> {
    let (access, round) = (reader.access(), reader.round().id());
    lock_closed(db, round).await?;
    match row_of(db, round).await? {
        Some(row) if row.consultant_id == access.consultant() && row.finished_at.is_none() => {
            return Ok(());
        }
        Some(_) => {
            return Err(Error::Refused(
                "This round has a second coding already: there is one second coder a round.",
            ));
        }
        None => {}
    }
    if has_sorted(db, access, round).await? {
        return Err(Error::Refused(
            "You have sorted on this round’s board, so you cannot code it blind. A colleague who has not can.",
        ));
    }
    let (texts, _) = codings::count(db, round).await?;
    if texts == 0 {
        return Err(Error::Refused("This round has no statement to code."));
    }
    let row = second_coding::ActiveModel {
        id: Set(tools.id()),
        round_id: Set(round),
        consultant_id: Set(access.consultant()),
        version: Set(0),
        started_at: Set(now),
        finished_at: Set(None),
    };
    second_coding::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The reader's own running coding of the round; refused where there is none.
async fn own(db: &impl ConnectionTrait, reader: &ConsultantReader) -> Result<second_coding::Model> {
    let row = second_coding::Entity::find()
        .filter(second_coding::COLUMN.round_id.eq(reader.round().id()))
        .filter(
            second_coding::COLUMN
                .consultant_id
                .eq(reader.access().consultant()),
        )
        .filter(second_coding::COLUMN.finished_at.is_null())
        .lock(LockType::Update)
        .one(db)
        .await?
        .ok_or(Error::Refused("You are not coding this round blind."))?;
    if reader.round().state() == RoundState::Closed {
        Ok(row)
    } else {
        Err(PUBLISHED)
    }
}

/// The codes given so far, in the order in which they were given.
async fn codes(
    db: &impl ConnectionTrait,
    of: &second_coding::Model,
) -> Result<Vec<second_code::Model>> {
    Ok(second_code::Entity::find()
        .filter(second_code::COLUMN.second_coding_id.eq(of.id))
        .order_by_asc(second_code::Column::Step)
        .all(db)
        .await?)
}

fn new_name(access: &TeamAccess, row: &second_code::Model) -> Result<Option<String>> {
    let Some(sealed) = &row.new_theme else {
        return Ok(None);
    };
    let name = access.key().open(&name_place(row.id), sealed)?;
    Ok(Some(String::from_utf8_lossy(&name).into_owned()))
}

/// What lies before the second coder.
#[derive(Clone, Debug)]
pub struct Desk {
    /// To be named by the next change.
    pub version: i32,
    /// The team's codebook by name.
    pub themes: Vec<Theme>,
    /// Names of the second coder's own new themes; nobody else sees them before the comparison.
    pub own: Vec<String>,
    /// How many texts have been coded.
    pub coded: usize,
    /// How many texts there are.
    pub texts: usize,
    /// The text in hand; `None` when all are coded.
    pub now: Option<Excerpt>,
    /// The text coded last, and the name of the theme it was given: `None` where the coder could not tell.
    pub last: Option<(Excerpt, Option<String>)>,
}

/// The texts of the round in the order of this coding: another draw than the board's, questions
/// mixed, so that a coding that is ended early has coded a random part.
async fn in_order(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    of: &second_coding::Model,
) -> Result<Vec<Excerpt>> {
    let mut texts = gate::excerpts(db, tools, reader).await?;
    texts.sort_by_cached_key(|text| {
        let mut lot = Sha256::new();
        lot.update(of.id.0.as_bytes());
        lot.update(text.statement.0.as_bytes());
        lot.update([match text.side {
            Side::Whole => 0,
            Side::Favour => 1,
            Side::Over => 2,
        }]);
        <[u8; 32]>::from(lot.finalize())
    });
    Ok(texts)
}

/// Reads the desk of the reader's own running coding.
pub async fn desk(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Desk> {
    let access = reader.access();
    let coding = own(db, reader).await?;
    let given = codes(db, &coding).await?;
    let texts = in_order(db, tools, reader, &coding).await?;
    let all = themes::all(db, access).await?;
    let mut own: Vec<String> = Vec::new();
    for row in &given {
        if let Some(name) = new_name(access, row)?
            && !own.iter().any(|other| folded(other) == folded(&name))
        {
            own.push(name);
        }
    }
    own.sort_by_cached_key(|name| folded(name));
    let find = |statement: StatementId, side: Side| {
        texts
            .iter()
            .find(|text| text.statement == statement && text.side == side)
    };
    let last = match given.last() {
        Some(row) => {
            let theme = match row.theme_id {
                Some(id) => {
                    let stands = themes::standing(&all).get(&id).copied().unwrap_or(id);
                    let theme = all.iter().find(|theme| theme.id == stands);
                    theme.map(|theme| theme.name.clone())
                }
                None => new_name(access, row)?,
            };
            find(row.statement_id, row.side).map(|text| (text.clone(), theme))
        }
        None => None,
    };
    let coded = |text: &Excerpt| {
        given
            .iter()
            .any(|row| row.statement_id == text.statement && row.side == text.side)
    };
    Ok(Desk {
        version: coding.version,
        own,
        coded: given.len(),
        texts: texts.len(),
        now: texts.iter().find(|text| !coded(text)).cloned(),
        last,
        themes: codebook(all, &codings::of_round(db, reader.round().id()).await?),
    })
}

/// The names that both coders choose from: the team's codebook, and of the themes that only the
/// program has named those that texts of this round are in.
pub fn codebook(all: Vec<Theme>, board: &[Coding]) -> Vec<Theme> {
    let standing = themes::standing(&all);
    let used: HashSet<ThemeId> = board
        .iter()
        .map(|coding| standing.get(&coding.theme).copied().unwrap_or(coding.theme))
        .collect();
    all.into_iter()
        .filter(|theme| theme.merged_into.is_none())
        .filter(|theme| used.contains(&theme.id) || !(theme.proposed || theme.archived))
        .collect()
}

/// What the second coder decides about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// A theme of the codebook.
    Theme(ThemeId),
    /// A theme that the codebook does not have. It stays with the second coding until a difference
    /// is settled in its favour: in the codebook it would tell the first coder what was decided.
    New(ThemeName),
    /// The coder cannot tell: the text counts as missing.
    Unclear,
}

/// Codes one text; [`Error::Stale`] where another window went on meanwhile. The same decision sent
/// twice is taken once. Call it in a writing transaction.
pub async fn code(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    based_on: i32,
    (statement, side): (StatementId, Side),
    code: Code,
) -> Result<()> {
    let access = reader.access();
    let coding = own(db, reader).await?;
    let code = in_codebook(db, access, reader.round().id(), code).await?;
    let earlier = second_code::Entity::find()
        .filter(second_code::COLUMN.second_coding_id.eq(coding.id))
        .filter(second_code::COLUMN.statement_id.eq(statement))
        .filter(second_code::COLUMN.side.eq(side))
        .one(db)
        .await?;
    if let Some(earlier) = earlier {
        return if same(access, &earlier, &code)? {
            Ok(())
        } else {
            Err(Error::Stale)
        };
    }
    if coding.version != based_on {
        return Err(Error::Stale);
    }
    let known = codings::of_round(db, reader.round().id()).await?;
    if !known
        .iter()
        .any(|text| text.statement == statement && text.side == side)
    {
        return Err(Error::NotFound);
    }
    let id: SecondCodeId = tools.id();
    let (theme, name) = match code {
        Code::Theme(theme) => (Some(theme), None),
        Code::New(name) => (None, Some(name)),
        Code::Unclear => (None, None),
    };
    let name = name
        .map(|name| {
            let name = name.as_str().as_bytes();
            access.key().seal(&name_place(id), name, &*tools.entropy)
        })
        .transpose()?;
    let (coding, step) = bump(db, coding).await?;
    let row = second_code::ActiveModel {
        id: Set(id),
        second_coding_id: Set(coding.id),
        statement_id: Set(statement),
        side: Set(side),
        step: Set(step),
        theme_id: Set(theme),
        new_theme: Set(name),
        became_id: Set(None),
        first_id: Set(None),
        first_confirmed: Set(false),
        settled_id: Set(None),
    };
    second_code::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// A theme must be one of the codebook; a new one that the codebook has already is that one.
async fn in_codebook(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
    code: Code,
) -> Result<Code> {
    Ok(match code {
        Code::Theme(id) => Code::Theme(themes::one(db, access, id).await?.id),
        Code::New(name) => {
            let board = codings::of_round(db, round).await?;
            codebook(themes::all(db, access).await?, &board)
                .into_iter()
                .find(|theme| folded(&theme.name) == folded(name.as_str()))
                .map_or(Code::New(name), |theme| Code::Theme(theme.id))
        }
        Code::Unclear => Code::Unclear,
    })
}

fn same(access: &TeamAccess, row: &second_code::Model, code: &Code) -> Result<bool> {
    let name = new_name(access, row)?;
    Ok(match code {
        Code::Theme(id) => row.theme_id == Some(*id),
        Code::New(wanted) => name.is_some_and(|name| folded(&name) == folded(wanted.as_str())),
        Code::Unclear => row.theme_id.is_none() && name.is_none(),
    })
}

/// Raises the coding's version; returns the row as it was and the new version.
async fn bump(
    db: &impl ConnectionTrait,
    coding: second_coding::Model,
) -> Result<(second_coding::Model, i32)> {
    let version = coding.version + 1;
    let mut row = coding.clone().into_active_model();
    row.version = Set(version);
    row.update(db).await?;
    Ok((coding, version))
}

/// Takes back the code given last; [`Error::Stale`] where another window went on meanwhile. Call it
/// in a writing transaction.
pub async fn undo(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
    based_on: i32,
) -> Result<()> {
    let coding = own(db, reader).await?;
    if coding.version != based_on {
        return Err(Error::Stale);
    }
    let last = codes(db, &coding).await?.pop().ok_or(Error::Refused(
        "Nothing is coded yet, so there is nothing to take back.",
    ))?;
    second_code::Entity::delete_by_id(last.id).exec(db).await?;
    bump(db, coding).await?;
    Ok(())
}

/// Deletes the reader's own running coding. Call it in a writing transaction.
pub async fn abandon(db: &impl ConnectionTrait, reader: &ConsultantReader) -> Result<()> {
    let coding = own(db, reader).await?;
    second_coding::Entity::delete_by_id(coding.id)
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes a coding that still runs: the report it was meant for has been published without it.
pub async fn end_unfinished(db: &impl ConnectionTrait, round: RoundId) -> Result<()> {
    second_coding::Entity::delete_many()
        .filter(second_coding::COLUMN.round_id.eq(round))
        .filter(second_coding::COLUMN.finished_at.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes the round's second coding, whether it was compared or not: it goes with the answers.
pub(super) async fn erase(db: &impl ConnectionTrait, round: RoundId) -> Result<()> {
    second_coding::Entity::delete_many()
        .filter(second_coding::COLUMN.round_id.eq(round))
        .exec(db)
        .await?;
    Ok(())
}

/// Compares: the board is kept beside the second coding as it is now, for good. Texts that were not
/// reached count as missing. [`Error::Stale`] where another window went on meanwhile. Call it in a
/// writing transaction.
pub async fn finish(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    based_on: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    let (access, round) = (reader.access(), reader.round().id());
    lock_closed(db, round).await?;
    let coding = own(db, reader).await?;
    if coding.version != based_on {
        return Err(Error::Stale);
    }
    let mut given: HashMap<_, _> = codes(db, &coding)
        .await?
        .into_iter()
        .map(|row| ((row.statement_id, row.side), row))
        .collect();
    if given.is_empty() {
        return Err(Error::Refused(
            "Nothing is coded yet, so there is nothing to compare.",
        ));
    }
    let all = themes::all(db, access).await?;
    let standing = themes::standing(&all);
    let stands = |theme: ThemeId| standing.get(&theme).copied().unwrap_or(theme);
    let board = codings::of_round(db, round).await?;
    let known_names = codebook(all.clone(), &board);
    let mut unreached = Vec::new();
    for first in board {
        let first_id = stands(first.theme);
        let Some(row) = given.remove(&(first.statement, first.side)) else {
            unreached.push(second_code::ActiveModel {
                id: Set(tools.id()),
                second_coding_id: Set(coding.id),
                statement_id: Set(first.statement),
                side: Set(first.side),
                step: Set(0),
                theme_id: Set(None),
                new_theme: Set(None),
                became_id: Set(None),
                first_id: Set(Some(first_id)),
                first_confirmed: Set(first.confirmed),
                settled_id: Set(None),
            });
            continue;
        };
        // Meanwhile the codebook may have got a theme of the same name.
        let known = match new_name(access, &row)? {
            Some(name) => known_names
                .iter()
                .find(|theme| folded(&theme.name) == folded(&name))
                .map(|theme| theme.id),
            None => None,
        };
        let theme = row.theme_id.map(stands);
        let mut row = row.into_active_model();
        row.theme_id = Set(known.or(theme));
        if known.is_some() {
            row.new_theme = Set(None);
        }
        row.first_id = Set(Some(first_id));
        row.first_confirmed = Set(first.confirmed);
        row.update(db).await?;
    }
    for portion in unreached.chunks(500) {
        second_code::Entity::insert_many(portion.to_vec())
            .exec_without_returning(db)
            .await?;
    }
    let (coding, _) = bump(db, coding).await?;
    let mut row = coding.into_active_model();
    row.finished_at = Set(Some(now));
    row.update(db).await?;
    Ok(())
}

/// What the second coder decided, as it was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Second {
    /// A theme of the codebook.
    Theme(ThemeId),
    /// A new theme.
    New {
        /// Its name.
        name: String,
        /// The theme of the codebook it became when a difference was settled.
        became: Option<ThemeId>,
    },
    /// The coder could not tell.
    Unclear,
    /// The coding was compared before the coder came to this text.
    Unreached,
}

/// One text as two coders coded it, before they talked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedText {
    /// Its key, for settling.
    pub id: SecondCodeId,
    /// The statement.
    pub statement: StatementId,
    /// Which of its texts.
    pub side: Side,
    /// The first coder's theme, or the program's where nobody had decided.
    pub first: ThemeId,
    /// Whether a consultant had decided it.
    pub confirmed: bool,
    /// The second coder's.
    pub second: Second,
    /// The theme that a consultant settled the difference on.
    pub settled: Option<ThemeId>,
}

/// All texts as they were compared, in no order that means anything; `None` unless the round has a
/// second coding that was compared.
pub async fn compared(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
) -> Result<Option<Vec<ComparedText>>> {
    let coding = row_of(db, reader.round().id()).await?;
    let Some(coding) = coding.filter(|row| row.finished_at.is_some()) else {
        return Ok(None);
    };
    let mut texts = Vec::new();
    for row in codes(db, &coding).await? {
        texts.push(read(reader.access(), &row)?);
    }
    texts.sort_by_key(|text| text.id);
    Ok(Some(texts))
}

fn read(access: &TeamAccess, row: &second_code::Model) -> Result<ComparedText> {
    let second = match (row.theme_id, new_name(access, row)?) {
        (Some(theme), _) => Second::Theme(theme),
        (None, Some(name)) => Second::New {
            name,
            became: row.became_id,
        },
        (None, None) if row.step == 0 => Second::Unreached,
        (None, None) => Second::Unclear,
    };
    Ok(ComparedText {
        id: row.id,
        statement: row.statement_id,
        side: row.side,
        first: row.first_id.ok_or_else(|| {
            Error::Broken("a compared text does not say where the first coder had it".into())
        })?,
        confirmed: row.first_confirmed,
        second,
        settled: row.settled_id,
    })
}

/// How a difference is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// The first coder's theme stays.
    First,
    /// The second coder's theme is taken.
    Second,
    /// Neither: another theme of the codebook.
    Other(ThemeId),
}

/// Settles one difference as an ordinary change of the board, based on that version of it;
/// [`Error::Stale`] where somebody changed the board since. Returns the board's version. The same
/// press sent twice changes the board once. Call it in a writing transaction.
pub async fn settle(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    based_on: i32,
    (id, how): (SecondCodeId, Settle),
    now: DateTime<Utc>,
) -> Result<i32> {
    let (access, round) = (reader.access(), reader.round().id());
    let coding = row_of(db, round)
        .await?
        .filter(|row| row.finished_at.is_some())
        .ok_or(Error::NotFound)?;
    let rows = codes(db, &coding).await?;
    let row = rows
        .iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)?;
    let text = read(access, row)?;
    let board = codings::of_round(db, round).await?;
    let on_board = board
        .iter()
        .find(|coding| coding.statement == text.statement && coding.side == text.side)
        .ok_or(Error::NotFound)?;
    let all = themes::all(db, access).await?;
    let standing = themes::standing(&all);
    let stands = |theme: ThemeId| standing.get(&theme).copied().unwrap_or(theme);
    let target = match (how, &text.second) {
        (Settle::First, _) => Target::Known(stands(text.first)),
        (Settle::Other(theme), _) => Target::Known(theme),
        (Settle::Second, Second::Theme(theme)) => Target::Known(stands(*theme)),
        (Settle::Second, Second::New { name, became }) => match became {
            Some(theme) => Target::Known(stands(*theme)),
            None => codebook(all.clone(), &board)
                .iter()
                .find(|theme| folded(&theme.name) == folded(name))
                .map_or_else(
                    || Target::New(name.clone()),
                    |theme| Target::Known(theme.id),
                ),
        },
        (Settle::Second, Second::Unclear | Second::Unreached) => {
            return Err(Error::Refused(
                "The second coder gave this statement no theme.",
            ));
        }
    };
    let stays = Target::Known(stands(on_board.theme));
    if text.settled.map(stands) == Some(stands(on_board.theme)) && target == stays {
        return codings::version(db, round).await;
    }
    let codings = vec![on_board.id];
    let change = match &target {
        Target::Known(to) => Change::Move { codings, to: *to },
        Target::New(name) => Change::NewTheme {
            codings,
            name: ThemeName::parse(name)
                .map_err(|rule| Error::Broken(format!("the name of a kept theme {rule}")))?,
        },
    };
    let version = sorting::apply(db, tools, reader, based_on, change, now).await?;
    let there = match target {
        Target::Known(theme) => theme,
        Target::New(_) => codings::of_round(db, round)
            .await?
            .into_iter()
            .find(|coding| coding.id == on_board.id)
            .map(|coding| coding.theme)
            .ok_or(Error::NotFound)?,
    };
    if let (Settle::Second, Second::New { name, became: None }) = (how, &text.second) {
        became(db, access, &rows, name, there).await?;
    }
    let row = second_code::ActiveModel {
        id: Set(row.id),
        settled_id: Set(Some(there)),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(version)
}

#[derive(PartialEq, Eq)]
enum Target {
    Known(ThemeId),
    New(String),
}

/// The second coder's new theme of that name is that theme of the codebook from now on, for all texts.
async fn became(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    rows: &[second_code::Model],
    name: &str,
    theme: ThemeId,
) -> Result<()> {
    for row in rows {
        if new_name(access, row)?.is_some_and(|other| folded(&other) == folded(name)) {
            let mut row = row.clone().into_active_model();
            row.became_id = Set(Some(theme));
            row.update(db).await?;
        }
    }
    Ok(())
}

/// The round, or the one before it that its report compares with, whichever this consultant is
/// coding blind just now: nothing of either report may be read.
pub async fn blind_behind_report(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
) -> Result<Option<Round>> {
    if blind(db, access, round.id()).await? {
        return Ok(Some(round.clone()));
    }
    match rounds::previous(db, access, round).await? {
        Some(earlier) if blind(db, access, earlier.id()).await? => Ok(Some(earlier)),
        _ => Ok(None),
    }
}
