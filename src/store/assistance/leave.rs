//! Leave to show a round's statements to a provider's language model, and what it is shown.

use std::collections::{BTreeMap, HashMap};

use entity::types::{RoundId, ThemeId};
use sea_orm::ConnectionTrait;
use serde::Deserialize;

use super::sheet::{Sheet, Text};
use crate::error::Error;
use crate::store::gate::{self, ConsultantReader};
use crate::store::rounds::{self, Round};
use crate::store::themes::{self, Theme};
use crate::store::{Result, Tools, codings, history};
use crate::survey::{Provider, Quote};

/// The part of a kept promise that decides whether a language model may be asked.
#[derive(Deserialize)]
struct Kept {
    named: Named,
    notices: BTreeMap<String, Words>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    provider: Option<Provider>,
}

#[derive(Deserialize)]
struct Words {
    lines: Vec<String>,
}

/// The provider that the round's notice names, as it was kept when the round opened; `None` where it
/// names none. The words themselves are asked too, in every language in which somebody may have
/// read them: a name beside them would promise nothing.
pub fn promised(tools: &Tools, round: &Round) -> Result<Option<Provider>> {
    let Some(text) = round.promise_text(tools)? else {
        return Ok(None);
    };
    let kept: Kept = serde_json::from_str(&text)
        .map_err(|error| Error::Broken(format!("a round's notice cannot be read: {error}")))?;
    Ok(kept.named.provider.filter(|provider| {
        !kept.notices.is_empty()
            && kept
                .notices
                .values()
                .all(|words| words.lines.iter().any(|l| l.contains(provider.as_str())))
    }))
}

/// Proof that the executives of a round read, before they answered, that this provider's language
/// model may be shown their statements.
#[derive(Clone, Debug)]
pub struct Leave {
    reader: ConsultantReader,
    provider: Provider,
}

impl Leave {
    /// The proof, if the kept notice names the very provider that is set now.
    pub fn of(tools: &Tools, reader: &ConsultantReader, set: &Provider) -> Result<Option<Self>> {
        let promised = promised(tools, reader.round())?;
        Ok(promised
            .filter(|provider| provider == set)
            .map(|provider| Self {
                reader: reader.clone(),
                provider,
            }))
    }

    /// Whose model.
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The round, read in the consultant's name.
    pub const fn reader(&self) -> &ConsultantReader {
        &self.reader
    }
}

/// What the model is shown: the texts that nobody has decided yet, and the names of themes that consultants
/// or this very provider's model have given. Not shown are names that the program has ever taken from
/// what executives wrote, perhaps in a round whose notice named no provider; texts in themes of such
/// names; and texts that their author left for the consultant only. All these stay where they are.
pub async fn sheet(db: &impl ConnectionTrait, tools: &Tools, leave: &Leave) -> Result<Sheet> {
    let reader = &leave.reader;
    let access = reader.access();
    let rounds = rounds::of_team(db, access).await?;
    let ids: Vec<RoundId> = rounds.iter().map(Round::id).collect();
    let own = history::own_names(db, access, &ids, leave.provider.as_str()).await?;
    let all = themes::all(db, access).await?;
    let standing = themes::standing(&all);
    let stands = |id: ThemeId| standing.get(&id).copied().unwrap_or(id);
    let by_id: HashMap<ThemeId, &Theme> = all.iter().map(|theme| (theme.id, theme)).collect();
    // What the program has proposed for this round alone is what the model is asked to do better.
    let is_draft = |theme: &Theme| theme.proposed && theme.first_round == reader.round().id();
    let is_offered = |theme: &Theme| {
        theme.merged_into.is_none()
            && !theme.archived
            && !theme.proposed
            && own.contains(&theme.name.to_lowercase())
    };
    let offered: Vec<&Theme> = all.iter().filter(|theme| is_offered(theme)).collect();
    let found = codings::of_round(db, reader.round().id()).await?;
    let words: HashMap<_, _> = gate::excerpts(db, tools, reader)
        .await?
        .into_iter()
        .map(|excerpt| ((excerpt.statement, excerpt.side), excerpt))
        .collect();
    let mut drawn = Vec::new();
    for coding in found.iter().filter(|coding| !coding.confirmed) {
        let shown = by_id
            .get(&stands(coding.theme))
            .is_some_and(|theme| is_draft(theme) || is_offered(theme));
        if shown
            && let Some(excerpt) = words.get(&(coding.statement, coding.side))
            && excerpt.whole.quote != Quote::Consultant
        {
            let text = Text {
                question: excerpt.question,
                side: excerpt.side,
                words: excerpt.text.clone(),
            };
            drawn.push((tools.entropy.uuid(), coding.id, text));
        }
    }
    drawn.sort_by_key(|(lot, ..)| *lot);
    let (codings, texts) = drawn
        .into_iter()
        .map(|(_, coding, text)| (coding, text))
        .unzip();
    Ok(Sheet::new(
        reader.round().language(),
        texts,
        codings,
        offered.iter().map(|theme| theme.name.clone()).collect(),
        offered.iter().map(|theme| theme.id).collect(),
    ))
}
