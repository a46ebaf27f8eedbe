//! Taking over a grouping: texts that nobody has decided yet go where it says.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::types::{CodingId, RoundState, ThemeId};
use entity::{coding, theme};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::leave::{Codebook, Leave};
use super::sheet::{Grouping, Place, Sheet};
use crate::error::Error;
use crate::store::codings::{bump, lock_codebook};
use crate::store::gate::{self, Excerpt};
use crate::store::history::{self, Event};
use crate::store::themes::{self, ThemeName};
use crate::store::{Result, Tools, rounds};
use crate::survey::Quote;

/// The confidence of a proposal by a language model: nobody has counted how often such proposals are
/// right, so it is as likely right as wrong. A model that agrees with the program on a theme of an
/// earlier round leaves the program's own, measured confidence in place.
const NOT_MEASURED: f64 = 0.5;

/// Words in a row from which on a name repeats a statement.
const REPEATED: usize = 5;

/// Takes the grouping over. What a consultant has decided meanwhile stays, and so do themes that a
/// consultant has named; names the program had made for this round alone go where nothing is left in
/// them. `false` where there is nothing left to take over: everything is sorted, the report is
/// published, or the answers are deleted. Call it in a writing transaction.
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
    let mut open: HashMap<CodingId, coding::Model> = coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round.id()))
        .filter(coding::COLUMN.confirmed.eq(false))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let codebook = Codebook::read(db, leave).await?;
    let standing = themes::standing(&codebook.all);
    let mut by_name: HashMap<String, ThemeId> = codebook
        .all
        .iter()
        .filter(|theme| theme.merged_into.is_none())
        .map(|theme| (theme.name.to_lowercase(), theme.id))
        .collect();
    let earlier: HashSet<ThemeId> = codebook
        .all
        .iter()
        .filter(|theme| theme.first_round != round.id())
        .map(|theme| theme.id)
        .collect();
    let excerpts = gate::excerpts(db, tools, reader).await?;
    let broken = || Error::Broken("a grouping names what its sheet does not hold".into());
    let (mut texts, mut new_themes) = (0, 0);
    for (nth, place) in grouping.places.iter().enumerate() {
        // A consultant has decided meanwhile.
        let Some(row) = open.remove(&sheet.coding(nth).ok_or_else(broken)?) else {
            continue;
        };
        let to = match *place {
            Place::Known(known) => {
                let id = sheet.theme(known).ok_or_else(broken)?;
                match standing.get(&id) {
                    Some(id) => *id,
                    // Taken out of the codebook meanwhile: the program's proposal stays.
                    None => continue,
                }
            }
            Place::New(new) => {
                let name = grouping.names.get(new).ok_or_else(broken)?;
                let key = name.as_str().to_lowercase();
                if let Some(id) = by_name.get(&key) {
                    *id
                } else {
                    let quoted = repeats_unreleased(&excerpts, name);
                    let id = themes::add(db, tools, access, round.id(), name, quoted, now).await?;
                    by_name.insert(key, id);
                    new_themes += 1;
                    id
                }
            }
        };
        let was = standing.get(&row.theme_id).copied().unwrap_or(row.theme_id);
        let agreed = was == to && earlier.contains(&to);
        let (confidence, second) = if agreed {
            (row.confidence, row.second_id)
        } else {
            let second = (was != to && earlier.contains(&was)).then_some(was);
            (NOT_MEASURED, second)
        };
        let mut row = row.into_active_model();
        row.theme_id = Set(to);
        row.confidence = Set(confidence);
        row.second_id = Set(second);
        row.update(db).await?;
        texts += 1;
    }
    if texts == 0 {
        return Ok(false);
    }
    sweep(db, &codebook).await?;
    let event = Event::Regrouped {
        provider: leave.provider().as_str().to_owned(),
        texts,
        new_themes,
    };
    let version = bump(db, round.id(), None).await?;
    history::keep(db, tools, access, round.id(), version, None, &event, now).await?;
    Ok(true)
}

/// Takes themes out of the codebook that the program had made for this round alone and that nothing
/// is in any more, in no round.
async fn sweep(db: &impl ConnectionTrait, codebook: &Codebook) -> Result<()> {
    let merged_into: HashSet<ThemeId> = codebook
        .all
        .iter()
        .filter_map(|theme| theme.merged_into)
        .collect();
    let own: Vec<ThemeId> = codebook
        .all
        .iter()
        .filter(|theme| theme.merged_into.is_none() && !merged_into.contains(&theme.id))
        .filter(|theme| codebook.is_own_proposal(theme))
        .map(|theme| theme.id)
        .collect();
    let used: HashSet<ThemeId> = coding::Entity::find()
        .filter(coding::Column::ThemeId.is_in(own.iter().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.theme_id)
        .collect();
    let empty: Vec<ThemeId> = own.into_iter().filter(|id| !used.contains(id)).collect();
    coding::Entity::update_many()
        .col_expr(
            coding::Column::SecondId,
            Expr::value(Option::<uuid::Uuid>::None),
        )
        .filter(coding::Column::SecondId.is_in(empty.iter().copied()))
        .exec(db)
        .await?;
    theme::Entity::delete_many()
        .filter(theme::Column::Id.is_in(empty))
        .exec(db)
        .await?;
    Ok(())
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
