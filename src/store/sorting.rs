//! What consultants do on the board: every change is checked against what others did meanwhile, kept with who and when, and
//! can be taken back.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::types::{CodingId, RoundId, RoundState, ThemeId};
use entity::{coding, round, team, theme};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::gate::ConsultantReader;
use super::history::{self, Before, Event, Line};
use super::teams::TeamAccess;
use super::themes::{self, ThemeName};
use super::{Result, Tools};
use crate::error::Error;

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
    /// The theme is put away: it is offered no more, and what was in it in earlier rounds stays.
    Archive {
        /// The theme.
        theme: ThemeId,
    },
    /// The theme is offered again.
    Restore {
        /// The theme.
        theme: ThemeId,
    },
}

impl Change {
    /// The texts and themes that must still be as the consultant saw them.
    fn rests_on(&self) -> (&[CodingId], Vec<ThemeId>) {
        match self {
            Self::Move { codings, to } => (codings, vec![*to]),
            Self::NewTheme { codings, .. } | Self::Confirm { codings } => (codings, Vec::new()),
            Self::Rename { theme, .. } | Self::Archive { theme } | Self::Restore { theme } => {
                (&[], vec![*theme])
            }
            Self::Merge { from, into } => (&[], vec![*from, *into]),
        }
    }
}

/// Carries out a change that is based on that version of the board. What others did since on other texts and themes does not
/// matter; where they touched the same ones it is [`Error::Stale`]. Returns the new version. Call it in a writing transaction.
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
    let version = next_version(db, round.id()).await?;
    let (codings, themes) = change.rests_on();
    if based_on >= version || touched_since(db, reader, based_on, codings, &themes).await? {
        return Err(Error::Stale);
    }
    let mut sorter = Sorter::new(db, tools, access, round.id(), now);
    let (event, others) = sorter.carry_out(change).await?;
    sorter.keep(version, &event, others, None).await?;
    Ok(version)
}

/// Takes back the consultant's own latest change of this round that has not been taken back yet. Refused where there is none,
/// or where somebody has touched the same texts or themes since. Returns the new version. Call it in a writing transaction.
pub async fn undo(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    now: DateTime<Utc>,
) -> Result<i32> {
    let (access, round) = (reader.access(), reader.round());
    lock_codebook(db, access).await?;
    let version = next_version(db, round.id()).await?;
    let taken = history::last_own(db, access, round.id())
        .await?
        .ok_or(Error::Refused("There is nothing of yours to take back."))?;
    let codings = taken.before.coding_ids();
    let themes = taken.before.theme_ids();
    if touched_by_others(db, reader, taken.version, &codings, &themes).await? {
        return Err(Error::Refused(
            "Your last change cannot be taken back: somebody has changed the same statements or themes since.",
        ));
    }
    let mut sorter = Sorter::new(db, tools, access, round.id(), now);
    let others = sorter.put_back(&taken.before).await?;
    let event = Event::Undone {
        what: Box::new(taken.event),
    };
    sorter
        .keep(version, &event, others, Some(taken.version))
        .await?;
    Ok(version)
}

/// Whether anybody has touched one of these texts or themes after that version.
async fn touched_since(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
    after: i32,
    codings: &[CodingId],
    themes: &[ThemeId],
) -> Result<bool> {
    let later = history::later(db, reader.access(), reader.round().id(), after).await?;
    Ok(later.iter().any(|line| line.touches(codings, themes)))
}

/// Likewise, what the consultant has done and taken back again left out.
async fn touched_by_others(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
    after: i32,
    codings: &[CodingId],
    themes: &[ThemeId],
) -> Result<bool> {
    let later = history::later(db, reader.access(), reader.round().id(), after).await?;
    let undone: BTreeSet<i32> = later.iter().filter_map(|line| line.undoes).collect();
    Ok(later
        .iter()
        .filter(|line| line.undoes.is_none() && !undone.contains(&line.version))
        .any(|line| line.touches(codings, themes)))
}

/// Carries out one change and notes what it touches.
struct Sorter<'a, C> {
    db: &'a C,
    tools: &'a Tools,
    access: &'a TeamAccess,
    round: RoundId,
    now: DateTime<Utc>,
    before: Before,
}

impl<'a, C: ConnectionTrait> Sorter<'a, C> {
    fn new(
        db: &'a C,
        tools: &'a Tools,
        access: &'a TeamAccess,
        round: RoundId,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            db,
            tools,
            access,
            round,
            now,
            before: Before::default(),
        }
    }

    /// Writes what happened into the history of this round and of the others it happened in.
    async fn keep(
        &self,
        version: i32,
        event: &Event,
        others: Vec<RoundId>,
        undoes: Option<i32>,
    ) -> Result<()> {
        let (db, tools, access) = (self.db, self.tools, self.access);
        let who = Some(access.consultant());
        for other in others {
            let version = next_version(db, other).await?;
            // Taking it back is for the round it was made from.
            let line = Line::new(version, who, event, self.now);
            history::keep(db, tools, access, other, line).await?;
        }
        let line = Line::new(version, who, event, self.now)
            .before(&self.before)
            .undoes(undoes);
        history::keep(db, tools, access, self.round, line).await
    }

    /// Returns what happened, and the other rounds it happened in too.
    async fn carry_out(&mut self, change: Change) -> Result<(Event, Vec<RoundId>)> {
        let mut others = Vec::new();
        let event = match change {
            Change::Move { codings, to } => {
                let to = themes::one(self.db, self.access, to).await?;
                let from = self.put(&codings, to.id).await?;
                self.adopt(to.id).await?;
                Event::Moved {
                    texts: codings.len(),
                    from,
                    to: to.name,
                }
            }
            Change::NewTheme { codings, name } => self.make(&codings, &name).await?,
            Change::Rename { theme, name } => {
                let old = themes::one(self.db, self.access, theme).await?;
                self.rename(theme, &name).await?;
                Event::Renamed {
                    from: old.name,
                    to: name.as_str().to_owned(),
                }
            }
            Change::Merge { from, into } => {
                if from == into {
                    return Err(Error::Refused("A theme cannot be merged into itself."));
                }
                let old = themes::one(self.db, self.access, from).await?;
                let kept = themes::one(self.db, self.access, into).await?;
                let (sorted_too, earlier) = self.merge(from, into).await?;
                others = sorted_too;
                Event::Merged {
                    from: old.name,
                    into: kept.name,
                    earlier,
                }
            }
            Change::Confirm { codings } => {
                let rows = self.chosen(&codings).await?;
                for row in rows {
                    self.adopt(row.theme_id).await?;
                    self.before.note_coding(&row);
                    let mut row = row.into_active_model();
                    row.confirmed = Set(true);
                    row.update(self.db).await?;
                }
                Event::Confirmed {
                    texts: codings.len(),
                }
            }
            Change::Archive { theme } => {
                let old = themes::one(self.db, self.access, theme).await?;
                if self.in_use(theme).await? {
                    return Err(Error::Refused(
                        "Only a theme without statements in the rounds that are being sorted can be put away. Move or merge them first.",
                    ));
                }
                let mut row = self.touch(theme).await?;
                row.archived_at = Set(Some(self.now));
                row.update(self.db).await?;
                Event::Archived { name: old.name }
            }
            Change::Restore { theme } => {
                let all = themes::all(self.db, self.access).await?;
                let old = all
                    .into_iter()
                    .find(|one| one.id == theme && one.archived && one.merged_into.is_none())
                    .ok_or(Error::Refused("This theme has not been put away."))?;
                let mut row = self.touch(theme).await?;
                row.archived_at = Set(None);
                row.update(self.db).await?;
                Event::Restored { name: old.name }
            }
        };
        Ok((event, others))
    }

    /// The theme's row, noted as it is and ready to be changed.
    async fn touch(&mut self, theme: ThemeId) -> Result<theme::ActiveModel> {
        let row = theme::Entity::find_by_id(theme)
            .filter(theme::COLUMN.team_id.eq(self.access.id()))
            .one(self.db)
            .await?
            .ok_or(Error::NotFound)?;
        self.before.note_theme(&row, self.access)?;
        Ok(row.into_active_model())
    }

    async fn rename(&mut self, theme: ThemeId, name: &ThemeName) -> Result<()> {
        let mut row = self.touch(theme).await?;
        row.name = Set(themes::seal_name(
            self.tools,
            self.access,
            theme,
            name.as_str(),
        )?);
        row.quoted = Set(false);
        row.proposed = Set(false);
        row.update(self.db).await?;
        Ok(())
    }

    /// A theme that a consultant has used is the program's proposal no more.
    async fn adopt(&mut self, theme: ThemeId) -> Result<()> {
        let drafts = theme::Entity::find_by_id(theme)
            .filter(theme::COLUMN.proposed.eq(true))
            .one(self.db)
            .await?;
        if drafts.is_some() {
            let mut row = self.touch(theme).await?;
            row.proposed = Set(false);
            row.update(self.db).await?;
        }
        Ok(())
    }

    /// A new theme of these texts. Where the program had a theme of its own in mind for them, which the board does not show yet,
    /// that one is taken: what else it proposed there stays proposed.
    async fn make(&mut self, codings: &[CodingId], name: &ThemeName) -> Result<Event> {
        let id = if let Some(draft) = self.own_draft(codings).await? {
            // Under its own name it may still be a sentence that its author did not release.
            if draft.name != name.as_str() {
                self.rename(draft.id, name).await?;
            }
            self.adopt(draft.id).await?;
            draft.id
        } else {
            let new = themes::New {
                name,
                quoted: false,
                proposed: false,
            };
            let (db, tools, access) = (self.db, self.tools, self.access);
            let id = themes::add(db, tools, access, self.round, &new, self.now).await?;
            self.before.note_made(id);
            id
        };
        Ok(Event::Made {
            texts: codings.len(),
            from: self.put(codings, id).await?,
            name: name.as_str().to_owned(),
        })
    }

    async fn own_draft(&self, codings: &[CodingId]) -> Result<Option<themes::Theme>> {
        let rows = self.chosen(codings).await?;
        let Some(theme) = rows.first().map(|row| row.theme_id) else {
            return Ok(None);
        };
        let fellows = coding::Entity::find()
            .filter(coding::COLUMN.theme_id.eq(theme))
            .all(self.db)
            .await?;
        let chosen = |row: &coding::Model| rows.iter().any(|one| one.id == row.id);
        let shown = |row: &coding::Model| row.confirmed || row.tight;
        if rows.iter().any(|row| row.theme_id != theme)
            || fellows.iter().any(|row| shown(row) && !chosen(row))
        {
            return Ok(None);
        }
        let draft = themes::one(self.db, self.access, theme).await?;
        Ok(draft.proposed.then_some(draft))
    }

    async fn chosen(&self, codings: &[CodingId]) -> Result<Vec<coding::Model>> {
        let wanted: BTreeSet<CodingId> = codings.iter().copied().collect();
        let rows = coding::Entity::find()
            .filter(coding::COLUMN.round_id.eq(self.round))
            .filter(coding::Column::Id.is_in(wanted.iter().copied()))
            .all(self.db)
            .await?;
        if wanted.is_empty() || rows.len() != wanted.len() {
            return Err(Error::Refused(
                "Choose at least one statement of this round.",
            ));
        }
        Ok(rows)
    }

    /// Puts texts into a theme, as a consultant's decision; returns the names of where they were.
    async fn put(&mut self, codings: &[CodingId], to: ThemeId) -> Result<Vec<String>> {
        let names: HashMap<_, _> = themes::all(self.db, self.access)
            .await?
            .into_iter()
            .map(|t| (t.id, t.name))
            .collect();
        let mut from = BTreeSet::new();
        for row in self.chosen(codings).await? {
            if row.theme_id != to {
                from.extend(names.get(&row.theme_id).cloned());
            }
            self.before.note_coding(&row);
            let mut row = row.into_active_model();
            row.theme_id = Set(to);
            row.confirmed = Set(true);
            row.update(self.db).await?;
        }
        Ok(from.into_iter().collect())
    }

    /// Whether a round that is still being sorted has statements in the theme.
    async fn in_use(&self, theme: ThemeId) -> Result<bool> {
        let rounds = self.rounds(Some(RoundState::Closed)).await?;
        let ids = rounds.iter().map(|row| row.id);
        let one = coding::Entity::find()
            .filter(coding::COLUMN.theme_id.eq(theme))
            .filter(coding::Column::RoundId.is_in(ids))
            .one(self.db)
            .await?;
        Ok(one.is_some())
    }

    async fn rounds(&self, state: Option<RoundState>) -> Result<Vec<round::Model>> {
        let mut of_team = round::Entity::find().filter(round::COLUMN.team_id.eq(self.access.id()));
        if let Some(state) = state {
            of_team = of_team.filter(round::COLUMN.state.eq(state));
        }
        Ok(of_team
            .order_by_asc(round::Column::CreatedAt)
            .all(self.db)
            .await?)
    }

    /// Merging holds for the team's codebook: other rounds that are still being sorted are changed too, and come first in what is
    /// returned. The codings of published rounds keep what was decided then, and [`themes::standing`] leads from there: their
    /// labels come second.
    async fn merge(&mut self, from: ThemeId, into: ThemeId) -> Result<(Vec<RoundId>, Vec<String>)> {
        self.adopt(into).await?;
        let mut row = self.touch(from).await?;
        row.merged_into = Set(Some(into));
        row.update(self.db).await?;
        let (mut others, mut earlier) = (Vec::new(), Vec::new());
        for round in self.rounds(None).await? {
            let either = Condition::any()
                .add(coding::COLUMN.theme_id.eq(from))
                .add(coding::COLUMN.second_id.eq(from));
            let rows = coding::Entity::find()
                .filter(coding::COLUMN.round_id.eq(round.id))
                .filter(either)
                .all(self.db)
                .await?;
            if rows.is_empty() {
                continue;
            }
            if round.state != RoundState::Closed {
                if rows.iter().any(|row| row.theme_id == from) {
                    earlier.push(round.label);
                }
                continue;
            }
            for row in rows {
                self.before.note_coding(&row);
                let (theme, second) = (row.theme_id, row.second_id);
                let mut row = row.into_active_model();
                if theme == from {
                    row.theme_id = Set(into);
                }
                if second == Some(from) {
                    row.second_id = Set(Some(into));
                }
                row.update(self.db).await?;
            }
            if round.id != self.round {
                others.push(round.id);
            }
        }
        Ok((others, earlier))
    }

    /// Restores what a change touched; returns the other rounds where that changed something.
    async fn put_back(&mut self, earlier: &Before) -> Result<Vec<RoundId>> {
        for theme in earlier.themes() {
            let mut row = self.touch(theme.id()).await?;
            row.name = Set(themes::seal_name(
                self.tools,
                self.access,
                theme.id(),
                &theme.name,
            )?);
            row.quoted = Set(theme.quoted);
            row.proposed = Set(theme.proposed);
            row.merged_into = Set(theme.merged_into.map(ThemeId));
            row.archived_at = Set(theme.archived_at);
            row.update(self.db).await?;
        }
        let mut others = BTreeSet::new();
        for coding in earlier.codings() {
            let row = coding::Entity::find_by_id(coding.id())
                .one(self.db)
                .await?
                .ok_or(Error::Refused(
                    "Your last change cannot be taken back: a statement it was about has been erased.",
                ))?;
            let open = round::Entity::find_by_id(row.round_id)
                .filter(round::COLUMN.state.eq(RoundState::Closed))
                .one(self.db)
                .await?;
            if open.is_none() {
                return Err(Error::Refused(
                    "Your last change cannot be taken back: a round it was about has been published.",
                ));
            }
            if row.round_id != self.round {
                others.insert(row.round_id);
            }
            self.before.note_coding(&row);
            let mut row = row.into_active_model();
            row.theme_id = Set(ThemeId(coding.theme));
            row.second_id = Set(coding.second.map(ThemeId));
            row.confirmed = Set(coding.confirmed);
            row.update(self.db).await?;
        }
        for made in earlier.made() {
            // Nothing is in it any more; it stays as a proposal that nobody took up, which no page shows.
            let mut row = self.touch(made).await?;
            row.proposed = Set(true);
            row.update(self.db).await?;
        }
        Ok(others.into_iter().collect())
    }
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

/// Raises the round's coding version. Refused where its report has been published.
pub(super) async fn next_version(db: &impl ConnectionTrait, round: RoundId) -> Result<i32> {
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
    let version = row.coding_version + 1;
    let mut row = row.into_active_model();
    row.coding_version = Set(version);
    row.update(db).await?;
    Ok(version)
}
