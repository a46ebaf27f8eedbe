//! How the program compares statements: the sentence model, and the vectors of the boards that are being worked at.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::RoundId;
use sea_orm::ConnectionTrait;

use super::moves::known_themes;
use crate::error::Error;
use crate::store::Tools;
use crate::store::aliases;
use crate::store::codings::Board;
use crate::store::gate::ConsultantReader;
use crate::themes::{Aliases, Language, Method, Model, ModelError, Models, Space};

/// Vectors of a board are kept for so long after it was last looked at.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(15);
/// Boards whose vectors are kept at a time.
const MOST: usize = 16;

/// The sentence model and the spaces of boards, shared by all who look at them. Nothing of it is written anywhere; what has not been
/// used for a quarter of an hour is let go, the model's memory with it.
pub struct Grouping {
    models: Models,
    kept: Mutex<HashMap<RoundId, Kept>>,
}

/// What the statements of a board are compared by. For the program: the earlier statements are shown to nobody.
pub struct Compared {
    /// Holds the board's statements, its themes' names and the earlier statements.
    pub space: Arc<Space>,
    /// What consultants put into each theme in earlier rounds, by the theme's key as text.
    pub earlier: HashMap<String, Vec<String>>,
}

struct Kept {
    space: Arc<Space>,
    /// Held so that the model needs not be loaded again for the next new text.
    model: Option<Arc<Model>>,
    aliases: Aliases,
    used: DateTime<Utc>,
}

impl std::fmt::Debug for Grouping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Grouping")
    }
}

impl Grouping {
    /// With the built-in model, and for languages that it does not serve the one in that directory.
    pub fn new(directory: Option<&Path>) -> Self {
        Self {
            models: Models::new(directory),
            kept: Mutex::default(),
        }
    }

    /// The space of a round that holds all these texts. Where the model cannot be used, texts are compared by their words; the
    /// log says why.
    pub fn space<'a>(
        &self,
        round: RoundId,
        language: &str,
        aliases: &Aliases,
        texts: impl IntoIterator<Item = &'a str>,
        now: DateTime<Utc>,
    ) -> Arc<Space> {
        let texts: Vec<&str> = texts.into_iter().collect();
        let kept = {
            let mut all = self.lock();
            let kept = all.get_mut(&round).filter(|kept| kept.aliases == *aliases);
            kept.map(|kept| {
                kept.used = now;
                (kept.space.clone(), kept.model.clone())
            })
        };
        if let Some((space, _)) = kept.as_ref().filter(|(space, _)| space.holds(&texts)) {
            return space.clone();
        }
        let (earlier, model) = kept.unzip();
        let (space, model) = self
            .made(earlier, model.flatten(), language, aliases, &texts)
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "the sentence model cannot be used; statements are compared by their words");
                let method = Method::lexical(Language::from_tag(language)).with_aliases(aliases.clone());
                // Words need no model, so this cannot fail.
                let space = Space::of(&method, texts.iter().copied());
                (space.unwrap_or_else(|_| Space::empty(&method)), None)
            });
        let space = Arc::new(space);
        let kept = Kept {
            space: space.clone(),
            model,
            aliases: aliases.clone(),
            used: now,
        };
        let mut all = self.lock();
        all.insert(round, kept);
        while all.len() > MOST {
            let Some(oldest) = all.iter().min_by_key(|(_, kept)| kept.used) else {
                break;
            };
            let oldest = *oldest.0;
            all.remove(&oldest);
        }
        space
    }

    fn made(
        &self,
        earlier: Option<Arc<Space>>,
        model: Option<Arc<Model>>,
        language: &str,
        aliases: &Aliases,
        texts: &[&str],
    ) -> Result<(Space, Option<Arc<Model>>), ModelError> {
        let model = match model {
            Some(model) => Some(model),
            None => self.models.serving(language)?,
        };
        let method = Method::of(language, model.clone()).with_aliases(aliases.clone());
        let mut space = match earlier.filter(|space| space.is_lexical() == method.is_lexical()) {
            Some(earlier) => (*earlier).clone(),
            None => Space::empty(&method),
        };
        space.add(&method, texts.iter().copied())?;
        Ok((space, model))
    }

    /// What a board's offers are made from: its statements, the names of its themes, and what earlier rounds put into them.
    pub async fn of_board(
        self: &Arc<Self>,
        db: &impl ConnectionTrait,
        tools: &Tools,
        reader: &ConsultantReader,
        board: &Board,
        now: DateTime<Utc>,
    ) -> Result<Compared, Error> {
        let aliases = team_aliases(db, reader).await?;
        let known = known_themes(db, tools, reader).await?;
        let texts = board.cards.iter().map(|card| card.excerpt.text.clone());
        let names = board.themes.iter().map(|theme| theme.name.clone());
        let examples = known
            .iter()
            .flat_map(|theme| theme.examples.iter().cloned());
        let texts: Vec<String> = texts.chain(names).chain(examples).collect();
        let (round, language) = (reader.round().id(), reader.round().language());
        let space = self
            .off_thread(move |grouping| {
                let texts = texts.iter().map(String::as_str);
                grouping.space(round, language.code(), &aliases, texts, now)
            })
            .await?;
        Ok(Compared {
            space,
            earlier: known
                .into_iter()
                .map(|theme| (theme.id, theme.examples))
                .collect(),
        })
    }

    /// Runs something that computes for long on a thread of its own.
    pub(super) async fn off_thread<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let grouping = self.clone();
        tokio::task::spawn_blocking(move || work(&grouping))
            .await
            .map_err(|error| Error::Broken(format!("comparing statements stopped: {error}")))
    }

    /// Lets go what nobody has used lately.
    pub fn forget(&self, now: DateTime<Utc>) {
        self.lock().retain(|_, kept| now - kept.used < KEPT_FOR);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoundId, Kept>> {
        // What is kept is put in whole, so a panic elsewhere cannot have left it half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The team's own words, as the comparison takes them.
pub(super) async fn team_aliases(
    db: &impl ConnectionTrait,
    reader: &ConsultantReader,
) -> Result<Aliases, Error> {
    let found = aliases::all(db, reader.access()).await?;
    Ok(Aliases::new(
        found.into_iter().map(|alias| (alias.short, alias.meaning)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn a_boards_vectors_are_kept_while_it_is_used_and_let_go_after() {
        let grouping = Grouping::new(None);
        let (round, none) = (RoundId(Uuid::from_u128(1)), Aliases::default());
        let space = |texts: &[&'static str], minute| {
            grouping.space(round, "en", &none, texts.iter().copied(), at(minute))
        };
        let first = space(&["Fix the platform", "Hire two engineers"], 0);
        assert!(!first.is_lexical());
        assert!(
            Arc::ptr_eq(&first, &space(&["Hire two engineers"], 5)),
            "nothing new"
        );
        let more = space(&["Enter Sweden"], 6);
        assert!(more.holds(&["Fix the platform", "Enter Sweden"]));
        let aliases = Aliases::new([("DACH", "German-speaking")]);
        let other = grouping.space(round, "en", &aliases, ["Enter Sweden"], at(7));
        assert!(
            !other.holds(&["Fix the platform"]),
            "other words, other vectors"
        );
        grouping.forget(at(21));
        assert_eq!(grouping.lock().len(), 1);
        grouping.forget(at(22));
        assert!(grouping.lock().is_empty());
    }

    #[test]
    fn a_language_that_the_model_does_not_serve_and_a_model_that_is_not_there_leave_words() {
        let (round, none) = (RoundId(Uuid::from_u128(1)), Aliases::default());
        let texts = ["Plattform stabilisieren", "die Plattform"];
        let german = Grouping::new(None).space(round, "de", &none, texts, at(0));
        assert!(german.is_lexical() && german.holds(&texts));
        let nowhere = Grouping::new(Some(Path::new("/nowhere/model")));
        let space = nowhere.space(round, "de", &none, texts, at(0));
        assert!(space.is_lexical() && space.holds(&texts));
        let english = nowhere.space(round, "en", &none, ["Fix it"], at(0));
        assert!(!english.is_lexical(), "the built-in model serves English");
    }
}
