//! Taking over a grouping: texts that nobody has decided yet go where it says.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::coding;
use entity::types::{CodingId, RoundState, ThemeId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::leave::Leave;
use super::sheet::{Grouping, Place, Sheet};
use crate::error::Error;
use crate::store::gate::{self, Excerpt};
use crate::store::history::{self, Before, Event, Line};
use crate::store::sorting::{lock_codebook, next_version};
use crate::store::themes::{self, Theme, ThemeName};
use crate::store::{Result, Tools, rounds};
use crate::survey::Quote;

/// The confidence of a proposal by a language model where the program proposed otherwise: nobody has
/// counted how often such proposals are right, so it is as likely right as the other. Where the two
/// agree, the program's own, measured confidence stays.
const NOT_MEASURED: f64 = 0.5;

/// Words in a row from which on a name repeats a statement.
const REPEATED: usize = 5;

/// Takes the grouping over. What a consultant has decided meanwhile stays, and so does the program's
/// own grouping of texts that were not on the sheet. `false` where there is nothing left to take over:
/// everything is sorted, the report is published, or the answers are deleted. Call it in a writing
/// transaction.
pub async fn adopt(
    db: &impl ConnectionTrait,
    tools: &Tools,
    leave: &Leave,
    sheet: &Sheet,
    grouping: &Grouping,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (reader, access) = (leave.reader(), leave.reader().access());
    lock_codebook(db, access).await?;
    let round = rounds::again(db, reader.round()).await?;
    if round.state() != RoundState::Closed || round.erased_at().is_some() {
        return Ok(false);
    }
    let rows: Vec<coding::Model> = coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?;
    let broken = || Error::Broken("a grouping names what its sheet does not hold".into());
    let mut placed = HashMap::new();
    for (nth, place) in grouping.places.iter().enumerate() {
        placed.insert(sheet.coding(nth).ok_or_else(broken)?, *place);
    }
    let mut codebook = Codebook::of(themes::all(db, access).await?);
    let excerpts = gate::excerpts(db, tools, reader).await?;
    let (mut texts, mut names) = (0, Vec::new());
    let mut before = Before::default();
    for row in rows.iter().filter(|row| !row.confirmed) {
        let Some(place) = placed.get(&row.id) else {
            continue;
        };
        let to = match *place {
            Place::Known(known) => codebook.still(sheet.theme(known).ok_or_else(broken)?),
            Place::New(new) => {
                let name = grouping.names.get(new).ok_or_else(broken)?;
                if let Some(id) = codebook.named(name) {
                    Some(id)
                } else {
                    let new = themes::New {
                        name,
                        quoted: repeats_unreleased(&excerpts, name),
                        proposed: true,
                    };
                    let id = themes::add(db, tools, access, round.id(), &new, now).await?;
                    codebook.add(id, name);
                    names.push(name.as_str().to_owned());
                    Some(id)
                }
            }
        };
        // A theme that was put away meanwhile is offered no more: the program's proposal stays.
        let Some(to) = to else { continue };
        let was = codebook.stands(row.theme_id);
        let mut changed = row.clone().into_active_model();
        changed.theme_id = Set(to);
        let is_new = !codebook.chosen.contains(&to);
        if was != to && !(is_new && agree(row, &rows, &placed)) {
            // What the program had in mind is the other choice: the index is drawn between the two.
            changed.confidence = Set(NOT_MEASURED);
            changed.second_id = Set(Some(was));
            changed.tight = Set(false);
        }
        before.note_coding(row);
        changed.update(db).await?;
        texts += 1;
    }
    if texts == 0 {
        return Ok(false);
    }
    let event = Event::Assisted {
        provider: leave.provider().as_str().to_owned(),
        texts,
        names,
    };
    let version = next_version(db, round.id()).await?;
    // A form that was filled in before says what it would do to a text as it was then.
    let line = Line::new(version, None, &event, now).before(&before);
    history::keep(db, tools, access, round.id(), line).await?;
    Ok(true)
}

/// Whether model and program judge alike, whatever they call it: the text makes a new theme with the
/// same fellows, or its tight group stays whole in one. Then the program's confidence holds, and the
/// board may go on saying of a tight group that the proposal is nearly always right.
fn agree(row: &coding::Model, rows: &[coding::Model], placed: &HashMap<CodingId, Place>) -> bool {
    let Some(place @ Place::New(_)) = placed.get(&row.id) else {
        return false;
    };
    let fellows = || rows.iter().filter(|other| other.theme_id == row.theme_id);
    let together = |other: &coding::Model| placed.get(&other.id) == Some(place);
    let whole = fellows().all(together);
    let same =
        whole && placed.values().filter(|other| *other == place).count() == fellows().count();
    let tight = || fellows().filter(|other| other.tight);
    same || (row.tight && tight().count() > 1 && tight().all(together))
}

/// The team's themes while a grouping is taken over.
struct Codebook {
    standing: HashMap<ThemeId, ThemeId>,
    /// Themes that can be chosen, by their folded names.
    names: HashMap<String, ThemeId>,
    chosen: HashSet<ThemeId>,
}

impl Codebook {
    fn of(all: Vec<Theme>) -> Self {
        let standing = themes::standing(&all);
        let mut book = Self {
            standing,
            names: HashMap::new(),
            chosen: HashSet::new(),
        };
        for theme in all {
            if !theme.proposed && theme.merged_into.is_none() && !theme.archived {
                book.chosen.insert(theme.id);
                book.names.insert(theme.name.to_lowercase(), theme.id);
            }
        }
        book
    }

    fn stands(&self, theme: ThemeId) -> ThemeId {
        self.standing.get(&theme).copied().unwrap_or(theme)
    }

    /// What the theme stands for now, where that can still be chosen.
    fn still(&self, theme: ThemeId) -> Option<ThemeId> {
        Some(self.stands(theme)).filter(|theme| self.chosen.contains(theme))
    }

    /// The theme of that name. One that only the program has named is another's: its name is made of a
    /// statement, and what the model means by it need not be that.
    fn named(&self, name: &ThemeName) -> Option<ThemeId> {
        self.names.get(&name.as_str().to_lowercase()).copied()
    }

    fn add(&mut self, id: ThemeId, name: &ThemeName) {
        self.names.insert(name.as_str().to_lowercase(), id);
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a name repeats a run of words of a statement whose author did not release it word for word:
/// such a name is not for clients.
fn repeats_unreleased(excerpts: &[Excerpt], name: &ThemeName) -> bool {
    let name = words(name.as_str());
    excerpts
        .iter()
        .filter(|excerpt| excerpt.whole.quote != Quote::Verbatim)
        .any(|excerpt| {
            let text = words(&excerpt.text);
            name.windows(REPEATED)
                .any(|run| text.windows(REPEATED).any(|other| other == run))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Body, Question, Statement, StatementText};
    use entity::types::{Side, StatementId};

    fn excerpt(text: &str, quote: Quote) -> Excerpt {
        Excerpt {
            statement: StatementId(uuid::Uuid::nil()),
            side: Side::Whole,
            text: text.to_owned(),
            whole: Statement {
                body: Body::Stop {
                    text: StatementText::parse(text).expect("valid"),
                },
                quote,
            },
            question: Question::Stops,
            position: 0,
        }
    }

    #[test]
    fn a_name_that_repeats_five_words_of_an_unreleased_statement_is_not_for_clients() {
        let said = "Please stop the migration of the old ledger, now!";
        let name = |text: &str| ThemeName::parse(text).expect("a name");
        let kept = [excerpt(said, Quote::Paraphrase)];
        assert!(repeats_unreleased(
            &kept,
            &name("The migration of the OLD ledger")
        ));
        assert!(!repeats_unreleased(&kept, &name("Migration of the old")));
        assert!(!repeats_unreleased(
            &kept,
            &name("The old ledger and what comes next")
        ));
        let released = [excerpt(said, Quote::Verbatim)];
        assert!(!repeats_unreleased(
            &released,
            &name("The migration of the old ledger")
        ));
    }
}
