//! The coherence index and what stands beside it.

use super::camps;
use super::chance::{ChanceTeam, Regrouping};
use super::figures;
use super::findings;
use super::input::{CodedRound, Question, Weights};
use super::measures::{corrected, quantile};
use super::output::{
    Chance, GroupingRange, IndexFigures, LeftOut, MissingRange, PositionWords, SCORE_FORMAT,
    ScoredRound, Similarity,
};
use super::parallel;
use super::people::{Person, Team};
use super::sheet::Numbers;
use super::sums::{Sum, Sums, pair, sums, weighted};
use super::totals::{Adder, index_of};

/// Up to this many respondents the full matrix of pairs is built.
pub const MATRIX_LIMIT: usize = 200;

/// How much to draw. The defaults are those that reports use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Draws for chance. Above 200 respondents at most 400,000 / respondents, but not fewer than 200: the mean over so many
    /// pairs hardly varies.
    pub chance_draws: usize,
    /// Redraws of unconfirmed themes; fewer in large groups likewise.
    pub grouping_draws: usize,
    /// Draws for the permutation test of camps; fewer in large groups likewise.
    pub camp_draws: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chance_draws: 2_000,
            grouping_draws: 500,
            camp_draws: 999,
        }
    }
}

/// The mean over many people hardly varies from draw to draw, so a large group needs fewer of them.
fn affordable(draws: usize, people: usize) -> usize {
    if people <= MATRIX_LIMIT {
        draws
    } else {
        draws.min((400_000 / people).max(200))
    }
}

/// The expected Jaccard index of the priorities is a mean only, over draws as well as pairs: in a large group so many draws do.
const JACCARD_DRAWS: usize = 20;

/// Scores a round with the default [`Options`].
pub fn score(round: &CodedRound) -> ScoredRound {
    score_with(round, &Options::default())
}

/// Scores a round.
///
/// Everything that rests on pairs is undefined (`None`) with fewer than two answers; counts are always there.
/// No step grows with the square of the number of respondents; the pair matrix and the camps, which would,
/// are left out above [`MATRIX_LIMIT`].
pub fn score_with(round: &CodedRound, options: &Options) -> ScoredRound {
    let team = Team::new(round);
    let weights = round.weights();
    let all = Question::ALL.map(|question| sums(&team.people, question));
    let numbers = Numbers::new(&team);
    let chance_team = ChanceTeam::new(&team, &numbers);
    let chance = ChanceFigures::draw(round, &team, &chance_team, &numbers, options.chance_draws);
    let similarity = similarity(&team, weights);
    let camps = similarity.as_ref().and_then(|found| {
        let draws = affordable(options.camp_draws, team.people.len());
        camps::find(
            &team,
            &found.matrix,
            |number| {
                let sheets = chance_team.sheets(round.seed(), number);
                let people: Vec<Person> = sheets.map(|sheet| sheet.person()).collect();
                matrix(&people, weights)
            },
            draws,
        )
    });
    let questions = figures::questions(round, &team, &all, &chance);
    let findings = findings::find(round, &team, &questions, camps.as_ref());
    ScoredRound {
        format: SCORE_FORMAT.to_owned(),
        responded: team.people.len(),
        invited: round.invited(),
        weights: *weights,
        index: index_figures(
            round,
            &team,
            &numbers,
            &all,
            &chance,
            similarity.as_ref(),
            options,
        ),
        questions,
        similarity,
        camps,
        agenda: findings::agenda(&findings),
        findings,
    }
}

/// The index alone, 0 to 100.
pub(super) fn value_of(round: &CodedRound) -> Option<f64> {
    let team = Team::new(round);
    index_of(&team, &team.people, round.weights())
}

/// What the draws for chance give: the index, and the Jaccard indices that are reported corrected.
pub(super) struct ChanceFigures {
    index: Option<Chance>,
    pub(super) priorities: Option<f64>,
    pub(super) stops: Option<f64>,
}

impl ChanceFigures {
    fn draw(
        round: &CodedRound,
        team: &Team<'_>,
        chance: &ChanceTeam,
        numbers: &Numbers,
        draws: usize,
    ) -> Self {
        let people = team.people.len();
        let draws = affordable(draws, people);
        let with_jaccard = if people <= MATRIX_LIMIT {
            draws
        } else {
            JACCARD_DRAWS
        };
        let all = parallel::draws(
            0,
            draws,
            || Adder::new(people, numbers.count(), team.functions.len()),
            |adder, number| {
                let sheets = chance.sheets(round.seed(), number);
                adder.totals(sheets, (number as usize) < with_jaccard)
            },
        );
        let mut values: Vec<f64> = all
            .iter()
            .filter_map(|totals| totals.index(round.weights()))
            .collect();
        let priorities: Vec<f64> = all
            .iter()
            .filter_map(|totals| totals.priority_jaccard.mean())
            .collect();
        let stops: Vec<f64> = all
            .iter()
            .filter_map(|totals| totals.sums[Question::Stops.slot()].mean())
            .collect();
        let mean =
            |list: &[f64]| (!list.is_empty()).then(|| list.iter().sum::<f64>() / list.len() as f64);
        values.sort_by(f64::total_cmp);
        let index = mean(&values)
            .zip(quantile(&values, 0.95))
            .map(|(mean, p95)| Chance {
                mean,
                p95,
                draws: values.len(),
            });
        Self {
            index,
            priorities: mean(&priorities),
            stops: mean(&stops),
        }
    }
}

fn index_figures(
    round: &CodedRound,
    team: &Team<'_>,
    numbers: &Numbers,
    all: &[Sums; 5],
    chance: &ChanceFigures,
    similarity: Option<&Similarity>,
    options: &Options,
) -> IndexFigures {
    let weights = round.weights();
    let value = scaled(weights, all.iter().map(|s| s.total));
    let ceiling = scaled(weights, ceilings(team, all).into_iter());
    let mean = chance.index.map(|c| c.mean);
    let position = match (value, mean, ceiling) {
        (Some(value), Some(mean), Some(ceiling)) if ceiling - mean > 1e-9 => {
            Some((value - mean) / (ceiling - mean))
        }
        _ => None,
    };
    IndexFigures {
        value,
        chance: chance.index,
        adjusted: value
            .zip(mean)
            .and_then(|(v, m)| corrected(v / 100.0, m / 100.0))
            .map(|a| 100.0 * a),
        ceiling,
        position,
        common_share: position.map(|p| p.clamp(0.0, 1.0).sqrt()),
        words: position.and_then(PositionWords::of),
        missing: missing(round, team, all, similarity),
        grouping: value
            .and_then(|value| grouping(round, team, numbers, value, options.grouping_draws)),
        leave_one_out: (0..team.people.len())
            .map(|i| LeftOut {
                executive: team.id(i),
                value: scaled(weights, all.iter().map(|s| without(s, i))),
            })
            .collect(),
    }
}

fn scaled(weights: &Weights, totals: impl Iterator<Item = Sum>) -> Option<f64> {
    weighted(weights, totals.map(Sum::mean)).map(|value| 100.0 * value)
}

/// The sums of one question without the pairs of one person.
fn without(sums: &Sums, person: usize) -> Sum {
    sums.total.minus(sums.rows[person])
}

/// Prefixes of one common list: rank-biased overlap 1, Jaccard the ratio of lengths; every ask taken up.
fn ceilings(team: &Team<'_>, all: &[Sums; 5]) -> [Sum; 5] {
    let by_length = |question: Question| {
        let mut counts = [0.0; super::input::MAX_STATEMENTS + 1];
        for person in &team.people {
            let length = match question {
                Question::Priorities => person.priorities.as_ref().map(Vec::len),
                Question::TradeOffs => person.trade_offs.as_ref().map(Vec::len),
                Question::Stops => person.stops.as_ref().map(Vec::len),
                Question::Successes => person.successes.as_ref().map(Vec::len),
                Question::Asks => None,
            };
            if let Some(length) = length {
                counts[length] += 1.0;
            }
        }
        let mut sum = 0.0;
        for (short, people) in counts.iter().enumerate().skip(1) {
            sum += people * (people - 1.0) / 2.0;
            for (long, others) in counts.iter().enumerate().skip(short + 1) {
                let ratio = if question == Question::Priorities {
                    1.0
                } else {
                    short as f64 / long as f64
                };
                sum += people * others * ratio;
            }
        }
        sum
    };
    Question::ALL.map(|question| {
        let pairs = all[question.slot()].total.pairs;
        Sum {
            sum: if question == Question::Asks {
                pairs
            } else {
                by_length(question)
            },
            pairs,
        }
    })
}

/// The range of the index if everybody invited had answered. A question that nobody answered stays out.
fn missing(
    round: &CodedRound,
    team: &Team<'_>,
    all: &[Sums; 5],
    similarity: Option<&Similarity>,
) -> Option<MissingRange> {
    let people = team.people.len();
    let absent = round.invited() - people;
    let value = scaled(round.weights(), all.iter().map(|s| s.total))?;
    if absent == 0 {
        return Some(MissingRange {
            low: value,
            high: value,
        });
    }
    let more = absent as f64;
    let low = scaled(
        round.weights(),
        Question::ALL.into_iter().map(|question| {
            let total = all[question.slot()].total;
            let pairs = |n: f64| n * (n - 1.0) / 2.0;
            let answered = round
                .responses()
                .iter()
                .filter(|r| r.answered(question))
                .count() as f64;
            if total.pairs == 0.0 {
                total
            } else if question == Question::Asks {
                // Whom the absent would ask is not known: asks are taken to grow like pairs of people.
                Sum {
                    pairs: total.pairs * pairs(answered + more) / pairs(answered).max(1.0),
                    ..total
                }
            } else {
                Sum {
                    pairs: total.pairs + more * answered + pairs(more),
                    ..total
                }
            }
        }),
    )?;
    let central = most_central(team, all, round.weights(), similarity);
    let mut full = team.people.clone();
    full.extend(std::iter::repeat_n(team.people[central].clone(), absent));
    let high = index_of(team, &full, round.weights())?;
    Some(MissingRange { low, high })
}

/// Who agrees most with the others; of several, the first by identifier.
fn most_central(
    team: &Team<'_>,
    all: &[Sums; 5],
    weights: &Weights,
    similarity: Option<&Similarity>,
) -> usize {
    let agreement = |person: usize| match similarity {
        Some(found) => found.index[person],
        // Without the matrix: the weighted mean of the person's means per question.
        None => weighted(weights, all.iter().map(|s| s.rows[person].mean())),
    };
    let mut best = (0, f64::NEG_INFINITY);
    for person in 0..team.people.len() {
        // Rounding must not decide between equals.
        if let Some(value) = agreement(person).filter(|value| *value > best.1 + 1e-9) {
            best = (person, value);
        }
    }
    best.0
}

fn grouping(
    round: &CodedRound,
    team: &Team<'_>,
    numbers: &Numbers,
    value: f64,
    draws: usize,
) -> Option<GroupingRange> {
    let regrouping = Regrouping::new(team, numbers);
    let unconfirmed = regrouping.unconfirmed();
    if unconfirmed == 0 {
        return Some(GroupingRange {
            p05: value,
            p95: value,
            unconfirmed,
        });
    }
    let people = team.people.len();
    let mut values: Vec<f64> = parallel::draws(
        0,
        affordable(draws, people),
        || Adder::new(people, numbers.count(), team.functions.len()),
        |adder, number| {
            let sheets = regrouping.sheets(round.seed(), number);
            adder.totals(sheets, false).index(round.weights())
        },
    )
    .into_iter()
    .flatten()
    .collect();
    values.sort_by(f64::total_cmp);
    Some(GroupingRange {
        p05: quantile(&values, 0.05)?,
        p95: quantile(&values, 0.95)?,
        unconfirmed,
    })
}

/// Similarities of all pairs, row by row.
pub(super) type Matrix = Vec<Vec<Option<f64>>>;

/// The weighted mean over the questions defined for a pair.
pub(super) fn matrix(people: &[Person], weights: &Weights) -> Matrix {
    let mut matrix = vec![vec![Some(1.0); people.len()]; people.len()];
    for i in 0..people.len() {
        for j in i + 1..people.len() {
            let means = Question::ALL
                .into_iter()
                .map(|q| pair(&people[i], &people[j], q).mean());
            let value = weighted(weights, means);
            matrix[i][j] = value;
            matrix[j][i] = value;
        }
    }
    matrix
}

fn similarity(team: &Team<'_>, weights: &Weights) -> Option<Similarity> {
    let people = team.people.len();
    (people <= MATRIX_LIMIT).then(|| {
        let matrix = matrix(&team.people, weights);
        let index = (0..people)
            .map(|i| {
                let others: Vec<f64> = (0..people)
                    .filter(|j| *j != i)
                    .filter_map(|j| matrix[i][j])
                    .collect();
                (!others.is_empty())
                    .then(|| 100.0 * others.iter().sum::<f64>() / others.len() as f64)
            })
            .collect();
        Similarity {
            executives: (0..people).map(|i| team.id(i)).collect(),
            matrix,
            index,
        }
    })
}
