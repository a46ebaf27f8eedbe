//! Opening, extending and closing a round.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::types::{RoundState, Side, StatementId, ThemeId};
use sea_orm::ConnectionTrait;

use super::grouping::{Grouping, team_aliases};
use super::letters::{extended_promise, promise_text};
use crate::error::Error;
use crate::store::Tools;
use crate::store::assistance;
use crate::store::codings::{self, Proposal, ProposedName, ProposedTheme};
use crate::store::gate::{self, ConsultantReader, Excerpt};
use crate::store::rounds::{self, Round};
use crate::store::teams::{self, TeamAccess};
use crate::store::themes::{self as codebook, ThemeName};
use crate::survey::{Provider, Question, Quote};
use crate::themes::{self, Item, KnownTheme, Space, ThemeRef};
use crate::wording::Catalogue;

/// Opens a draft: keeps the promise word for word and puts one letter for each executive into the
/// outbox. `set` is the provider of the language model that the operator has set: a draft that names
/// another one would promise what cannot be. Returns how many are asked. Call it in a writing
/// transaction.
pub async fn open_round(
    db: &impl ConnectionTrait,
    tools: &Tools,
    catalogue: &Catalogue,
    access: &TeamAccess,
    round: &Round,
    set: Option<&Provider>,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    // As it stands now: another tab may have changed the draft since the page was shown.
    let round = rounds::again(db, round).await?;
    if round.provider().is_some() && round.provider() != set {
        return Err(Error::Refused(
            "The settings of this round name a language model that this server does not use any more. Save the settings again, then open the round.",
        ));
    }
    let team_size = teams::executives(db, access)
        .await?
        .iter()
        .filter(|executive| executive.left_at.is_none())
        .count();
    let text = promise_text(db, tools, catalogue, access, &round, team_size).await?;
    rounds::open(db, tools, access, &round, &text, now).await
}

/// Moves the closing time; the notice says the new one from then on. Call it in a writing
/// transaction.
pub async fn extend_round(
    db: &impl ConnectionTrait,
    tools: &Tools,
    catalogue: &Catalogue,
    round: &Round,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let round = rounds::extend(db, round, closes_at, now).await?;
    let text = extended_promise(tools, catalogue, &round)?;
    rounds::keep_promise_text(db, tools, &round, &text).await
}

/// Closes an open round and keeps the program's proposal for its themes. Call it in a writing
/// transaction, so that a closed round always has its proposal.
pub async fn close_round(
    db: &impl ConnectionTrait,
    tools: &Tools,
    grouping: &Arc<Grouping>,
    access: &TeamAccess,
    round: &Round,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    rounds::close(db, tools, round, now).await?;
    let round = rounds::again(db, round).await?;
    debug_assert_eq!(round.state(), RoundState::Closed);
    let reader = ConsultantReader::of(access, &round)?;
    let excerpts = gate::excerpts(db, tools, &reader).await?;
    let known = known_themes(db, tools, &reader).await?;
    let (proposals, new_themes) = propose(db, &reader, grouping, excerpts, known, now).await?;
    codings::record(db, tools, &reader, &proposals, &new_themes, now).await?;
    // Only what the executives read counts. The model is asked afterwards, by a worker.
    match assistance::promised(tools, &round)? {
        Some(provider) => assistance::want(db, round.id(), &provider, now).await,
        None => Ok(()),
    }
}

/// Groups anew what nobody has confirmed: what has been sorted so far are the examples. Returns the board's new version. Call it
/// in a writing transaction.
pub async fn propose_again(
    db: &impl ConnectionTrait,
    tools: &Tools,
    grouping: &Arc<Grouping>,
    reader: &ConsultantReader,
    now: DateTime<Utc>,
) -> Result<i32, Error> {
    let board = codings::board(db, tools, reader).await?;
    let mut known = known_themes(db, tools, reader).await?;
    let mut open = Vec::new();
    for card in board.cards {
        if !card.coding.confirmed {
            open.push(card.excerpt);
            continue;
        }
        let theme = card.coding.theme.to_string();
        if let Some(known) = known.iter_mut().find(|known| known.id == theme) {
            known.examples.push(card.excerpt.text);
        }
    }
    if open.is_empty() {
        return Err(Error::Refused("Every statement has a confirmed theme."));
    }
    let (proposals, new_themes) = propose(db, reader, grouping, open, known, now).await?;
    let version = board.version;
    codings::propose_again(db, tools, reader, version, &proposals, &new_themes, now).await
}

/// The team's codebook with what was put into each theme in earlier rounds.
pub(super) async fn known_themes(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Vec<KnownTheme>, Error> {
    let all = codebook::all(db, reader.access()).await?;
    let standing = codebook::standing(&all);
    let mut examples: HashMap<ThemeId, Vec<String>> = HashMap::new();
    for (theme, text) in gate::examples(db, tools, reader).await? {
        examples
            .entry(standing.get(&theme).copied().unwrap_or(theme))
            .or_default()
            .push(text);
    }
    Ok(all
        .into_iter()
        // What only the program has named is a proposal, not yet part of the codebook.
        .filter(|theme| theme.merged_into.is_none() && !theme.archived && !theme.proposed)
        .map(|theme| KnownTheme {
            id: theme.id.to_string(),
            name: theme.name,
            examples: examples.remove(&theme.id).unwrap_or_default(),
        })
        .collect())
}

type Proposed = (Vec<Proposal>, Vec<ProposedName>);

/// Words from which on a name is somebody's sentence rather than the name of a subject.
const SENTENCE: usize = 5;

/// Whether a proposed name is a sentence whose author did not release it word for word.
fn repeats_unreleased(excerpts: &[Excerpt], name: &str) -> bool {
    let words = name.trim_end_matches('…').trim_end();
    words.split_whitespace().count() >= SENTENCE
        && excerpts.iter().any(|excerpt| {
            excerpt.whole.quote != Quote::Verbatim && excerpt.text.starts_with(words)
        })
}

async fn propose(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
    grouping: &Arc<Grouping>,
    excerpts: Vec<Excerpt>,
    known: Vec<KnownTheme>,
    now: DateTime<Utc>,
) -> Result<Proposed, Error> {
    let aliases = team_aliases(db, reader).await?;
    let (round, language) = (reader.round().id(), reader.round().language());
    grouping
        .off_thread(move |grouping| {
            let examples = known
                .iter()
                .flat_map(|t| t.examples.iter().chain([&t.name]));
            let texts = excerpts.iter().map(|excerpt| &excerpt.text).chain(examples);
            let texts = texts.map(String::as_str);
            let space = grouping.space(round, language.code(), &aliases, texts, now);
            proposal(&space, &excerpts, &known)
        })
        .await?
}

fn proposal(space: &Space, excerpts: &[Excerpt], known: &[KnownTheme]) -> Result<Proposed, Error> {
    let side_name = |side| match side {
        Side::Whole => "whole",
        Side::Favour => "favour",
        Side::Over => "over",
    };
    let id = |excerpt: &Excerpt| format!("{}/{}", excerpt.statement, side_name(excerpt.side));
    let by_id: HashMap<String, (StatementId, Side)> = excerpts
        .iter()
        .map(|excerpt| (id(excerpt), (excerpt.statement, excerpt.side)))
        .collect();
    let items: Vec<Item> = excerpts
        .iter()
        .map(|excerpt| Item {
            id: id(excerpt),
            question: question(excerpt.question),
            text: excerpt.text.clone(),
        })
        .collect();
    let proposed = space.propose(&items, known);
    let broken = || Error::Broken("the proposal names what it was not given".into());
    let theme = |theme: ThemeRef| match theme {
        ThemeRef::Known(id) => id.parse().map(ProposedTheme::Known).map_err(|_| broken()),
        ThemeRef::New(key) => Ok(ProposedTheme::New(key)),
    };
    let mut proposals = Vec::with_capacity(proposed.assignments.len());
    for assignment in proposed.assignments {
        let (statement, side) = *by_id.get(&assignment.item).ok_or_else(broken)?;
        proposals.push(Proposal {
            statement,
            side,
            theme: theme(assignment.theme)?,
            confidence: assignment.confidence,
            second: assignment.second.map(theme).transpose()?,
            tight: assignment.tight,
        });
    }
    let mut names = Vec::with_capacity(proposed.groups.len());
    for group in proposed.groups {
        let name = ThemeName::parse(&group.name)
            .map_err(|rule| Error::Broken(format!("a proposed theme's name {rule}")))?;
        let quoted = repeats_unreleased(excerpts, &group.name);
        names.push(ProposedName {
            key: group.key,
            name,
            quoted,
        });
    }
    Ok((proposals, names))
}

const fn question(question: Question) -> themes::Question {
    match question {
        Question::Priorities => themes::Question::Priorities,
        Question::TradeOffs => themes::Question::TradeOffs,
        Question::Stops => themes::Question::Stops,
        Question::Successes => themes::Question::Successes,
        Question::Asks => themes::Question::Asks,
    }
}
