//! From a closed round to its report.

use std::collections::{BTreeMap, HashMap};

use entity::types::{RoundState, Side};
use rand::SeedableRng;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use sea_orm::ConnectionTrait;
use sha2::{Digest as _, Sha256};

use super::coded::{Lookup, coded_round};
use super::coders::two_coders;
use super::debrief;
use super::frozen::Frozen;
use crate::error::Error;
use crate::report::{Facts, Material, Period, Previous, Quotable, QuoteSide};
use crate::scoring::{
    CodedRound, FindingKind, IndexFigures, Options, ScoredRound, score, score_with,
};
use crate::store::gate::{self, ConsultantReader};
use crate::store::rounds::{self, Round};
use crate::store::themes::Theme;
use crate::store::{Tools, codings, reports, themes};
use crate::survey::Answer;

/// Everything a report is made from. Scoring is work for a thread of its own: it is done there.
pub async fn material(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Material, Error> {
    let round = reader.round();
    let coded = coded_round(db, tools, reader).await?;
    let mut score = scored(coded.clone()).await?;
    let settled = round.state() == RoundState::Published;
    if settled && let Some(kept) = reports::score::<Frozen>(db, reader.access(), round.id()).await?
    {
        // People stay as they were published: merging themes later would move one person's figures.
        score.similarity = kept.content.score.similarity;
        score.camps = kept.content.score.camps;
        score.index.leave_one_out = kept.content.score.index.leave_one_out;
    }
    let all = themes::all(db, reader.access()).await?;
    // Codings name the themes that stand; what was merged away has no reader any more.
    let names: BTreeMap<String, String> = all
        .iter()
        .filter(|theme| theme.merged_into.is_none())
        .map(|theme| (theme.id.to_string(), theme.name.clone()))
        .collect();
    let unreleased_names = all
        .iter()
        .filter(|theme| theme.quoted)
        .map(|theme| theme.id.to_string())
        .collect();
    let found = codings::of_round(db, round.id()).await?;
    let unconfirmed = found.iter().filter(|coding| !coding.confirmed).count();
    let lookup = Lookup::new(found, &all);
    let quotes = quotes(db, tools, reader, &lookup).await?;
    let people = match reader.names_in_report() {
        Some(leave) => Some(
            gate::names_for_report(db, tools, reader, leave)
                .await?
                .into_iter()
                .collect(),
        ),
        None => None,
    };
    let previous = match rounds::previous(db, reader.access(), round).await? {
        // Whoever was given access in between reads this round's report, without the comparison.
        Some(earlier) if !gate::came_later(reader.access(), &earlier) => {
            previous(db, tools, reader, &earlier, &names).await?
        }
        _ => None,
    };
    let missing = || Error::Broken("a closed round has no opening or closing time".into());
    Ok(Material {
        facts: Facts {
            organisation: reader.access().organisation().to_owned(),
            team: reader.access().name().to_owned(),
            label: round.label().to_owned(),
            period: Some(Period {
                opened_at: round.opened_at().ok_or_else(missing)?,
                closed_at: round.closed_at().ok_or_else(missing)?,
                time_zone: round.time_zone(),
            }),
            invited: coded.invited(),
            responded: coded.responses().len(),
            statements: coded.statements(),
        },
        promise: round.promise(),
        coded,
        score,
        theme_names: names,
        unreleased_names,
        quotes,
        people,
        previous,
        debrief: debrief::last(db, reader.access(), round, &all).await?,
        unconfirmed,
        coders: two_coders(db, tools, reader).await?,
        settled,
    })
}

async fn scored(coded: CodedRound) -> Result<ScoredRound, Error> {
    tokio::task::spawn_blocking(move || score(&coded))
        .await
        .map_err(|error| Error::Broken(format!("scoring stopped: {error}")))
}

/// The texts under the engine's pseudonyms, for the report to choose from. What of them may be
/// printed the report decides by consent and promise.
async fn quotes(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    lookup: &Lookup,
) -> Result<Vec<Quotable>, Error> {
    let mut quotes = Vec::new();
    for response in gate::for_engine(db, tools, reader).await?.responses {
        for (question, position, id) in &response.statements {
            let Answer::Given(given) = response.answers.to(*question) else {
                continue;
            };
            let Some(statement) = given.get(*position) else {
                continue;
            };
            for (side, text) in gate::sides(&statement.body) {
                quotes.push(Quotable {
                    question: *question,
                    theme: lookup.theme(*id, side)?,
                    side: match side {
                        Side::Whole => QuoteSide::Whole,
                        Side::Favour => QuoteSide::Favour,
                        Side::Over => QuoteSide::Over,
                    },
                    text: text.to_owned(),
                    quote: statement.quote,
                    executive: response.person.clone(),
                    position: *position,
                });
            }
        }
    }
    quotes.sort_by(|a, b| (a.question, &a.theme, &a.text).cmp(&(b.question, &b.theme, &b.text)));
    Ok(quotes)
}

/// The earlier round as it is coded now: merges of the codebook hold for it too. Once its answers have been
/// deleted, by the codings as they were published.
async fn previous(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    earlier: &Round,
    names: &BTreeMap<String, String>,
) -> Result<Option<Previous>, Error> {
    let (coded, score) = if earlier.erased_at().is_none() {
        let reader = ConsultantReader::of(reader.access(), earlier)?;
        let coded = coded_round(db, tools, &reader).await?;
        let score = scored(coded.clone()).await?;
        (coded, score)
    } else {
        let Some(kept) = reports::score::<Frozen>(db, reader.access(), earlier.id()).await? else {
            return Ok(None);
        };
        let all = themes::all(db, reader.access()).await?;
        let (coded, _) = kept.content.coded_now(&standing(&all))?;
        (coded, kept.content.score)
    };
    Ok(Some(Previous {
        label: earlier.label().to_owned(),
        promise: earlier.promise(),
        coded,
        score,
        theme_names: names.clone(),
    }))
}

/// For every theme, by the keys the engine uses, the one it stands for now.
pub(super) fn standing(all: &[Theme]) -> HashMap<String, String> {
    themes::standing(all)
        .into_iter()
        .map(|(theme, now)| (theme.to_string(), now.to_string()))
        .collect()
}

/// The index and its range while statements are being sorted: with fewer draws, so that the board
/// answers at once.
pub async fn index_now(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<IndexFigures, Error> {
    let coded = coded_round(db, tools, reader).await?;
    let few = Options {
        chance_draws: 100,
        grouping_draws: 100,
        camp_draws: 0,
    };
    tokio::task::spawn_blocking(move || score_with(&coded, &few).index)
        .await
        .map_err(|error| Error::Broken(format!("scoring stopped: {error}")))
}

/// The score as the promise lets it leave: people by name in the named mode; else as letters, drawn
/// anew in every place, so that no two places can be joined into one person's answers, and without
/// what only a name makes readable (leave-one-out, functions of those who ask).
pub fn public_score(material: &Material) -> ScoredRound {
    let mut score = material.score.clone();
    if let Some(names) = &material.people {
        rename(&mut score, &mut |_, id| {
            names.get(&id).cloned().unwrap_or(id)
        });
        return score;
    }
    if !material.settled {
        // While statements are being sorted, moving one would show whose figures move with it.
        score.similarity = None;
        score.camps = None;
    }
    let ids: Vec<String> = material
        .coded
        .executives()
        .iter()
        .map(|e| e.id.clone())
        .collect();
    let mut letters: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    // Another draw for every state of the board: two downloads must not be joined either.
    let seed = material.coded.seed() ^ (material.unconfirmed as u64) << 53 ^ fingerprint(&score);
    rename(&mut score, &mut |place, id| {
        let drawn = letters.entry(place).or_insert_with(|| {
            let mut order: Vec<usize> = (0..ids.len()).collect();
            order.shuffle(&mut ChaCha8Rng::seed_from_u64(
                seed ^ (place as u64).rotate_left(32),
            ));
            ids.iter()
                .zip(order)
                .map(|(id, nth)| (id.clone(), letter_name(nth)))
                .collect()
        });
        drawn.get(&id).cloned().unwrap_or(id)
    });
    score.index.leave_one_out.clear();
    score.questions.asks.functions.clear();
    score.questions.asks.asked.clear();
    score.questions.asks.collisions.clear();
    score.questions.asks.list.clear();
    for finding in &mut score.findings {
        // The functions asked are often one person each: who protects what was asked for.
        finding.functions.clear();
        if finding.kind == FindingKind::CollidingAsk {
            finding.sides.clear();
            finding.value = None;
        }
    }
    score
}

/// A number that differs where the score differs.
fn fingerprint(score: &ScoredRound) -> u64 {
    let digest = Sha256::digest(format!("{score:?}"));
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A, B, ... Z, AA, AB, ...
fn letter_name(nth: usize) -> String {
    let last = char::from(b'A' + (nth % 26) as u8);
    if nth < 26 {
        last.to_string()
    } else {
        letter_name(nth / 26 - 1) + &last.to_string()
    }
}

/// Renames people place by place: the pair matrix (reordered by the new names), leave-one-out, the
/// camps, and each finding.
fn rename(score: &mut ScoredRound, name: &mut impl FnMut(usize, String) -> String) {
    if let Some(similarity) = &mut score.similarity {
        let renamed: Vec<String> = similarity
            .executives
            .iter()
            .map(|id| name(0, id.clone()))
            .collect();
        let mut order: Vec<usize> = (0..renamed.len()).collect();
        order.sort_by(|a, b| {
            (renamed[*a].len(), &renamed[*a]).cmp(&(renamed[*b].len(), &renamed[*b]))
        });
        let matrix = &similarity.matrix;
        similarity.matrix = order
            .iter()
            .map(|&i| order.iter().map(|&j| matrix[i][j]).collect())
            .collect();
        similarity.index = order.iter().map(|&i| similarity.index[i]).collect();
        similarity.executives = order.iter().map(|&i| renamed[i].clone()).collect();
    }
    for left_out in &mut score.index.leave_one_out {
        left_out.executive = name(1, std::mem::take(&mut left_out.executive));
    }
    for group in score.camps.iter_mut().flat_map(|camps| &mut camps.groups) {
        rename_all(group, 2, name);
    }
    for (nth, finding) in score.findings.iter_mut().enumerate() {
        for side in &mut finding.sides {
            rename_all(side, 3 + nth, name);
        }
    }
}

fn rename_all(ids: &mut [String], place: usize, name: &mut impl FnMut(usize, String) -> String) {
    for id in ids.iter_mut() {
        *id = name(place, std::mem::take(id));
    }
    ids.sort();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let names: Vec<_> = [0, 25, 26, 27, 51, 52]
            .into_iter()
            .map(letter_name)
            .collect();
        assert_eq!(names, ["A", "Z", "AA", "AB", "AZ", "BA"]);
    }
}
