//! The change between two rounds, over the same people.

use std::collections::BTreeMap;

use super::draws::{Draw, Purpose};
use super::input::{CodedRound, Question, Weights};
use super::output::{Change, ThemeChange};
use super::parallel;
use super::people::{Person, Team, ascending};
use super::sheet::{Numbers, Sheet};
use super::sums::{Sum, pair, sums, weighted};
use super::totals::{Adder, index_of};

/// A change of the index below about this many points is what the luck of wording gives the same team.
pub const LUCK_OF_WORDING: f64 = 7.0;

/// Up to this many people every arrangement is visited.
const EXACT: usize = 12;
/// Arrangements drawn above that.
const DRAWN: u64 = 10_000;
/// Up to this many people the pairs are tabulated first.
const TABULATED: usize = 100;

/// The result of a paired permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permutation {
    /// The statistic as observed.
    pub observed: f64,
    /// Share of arrangements at least as far from 0, in (0, 1].
    pub p_value: f64,
    /// Number of arrangements compared, the observed one included.
    pub arrangements: usize,
    /// Whether these were all there are.
    pub exact: bool,
}

/// Paired permutation test, two-sided: under the null hypothesis each of the `people` may exchange own two responses.
///
/// `statistic` gets, per person, whether the two are exchanged, and is computed anew for every arrangement:
/// all 2^people of them up to 12 people, else `draws` seeded ones beside the observed. Arrangements
/// for which it is undefined are left out. Undefined when the observed one is.
pub fn paired_permutation(
    people: usize,
    seed: u64,
    draws: u64,
    statistic: impl Fn(&[bool]) -> Option<f64>,
) -> Option<Permutation> {
    let observed = statistic(&vec![false; people])?;
    let exact = people <= EXACT;
    let rounds = if exact { (1u64 << people) - 1 } else { draws };
    let values = (1..=rounds).map(|number| statistic(&arrangement(people, seed, number)));
    Some(judged(observed, exact, values))
}

/// Who exchanges: the binary digits of `number` for few people, else drawn.
fn arrangement(people: usize, seed: u64, number: u64) -> Vec<bool> {
    let mut draw = Draw::new(seed, Purpose::Change, number);
    (0..people)
        .map(|i| {
            if people <= EXACT {
                number >> i & 1 == 1
            } else {
                draw.below(2) == 1
            }
        })
        .collect()
}

fn judged(observed: f64, exact: bool, values: impl Iterator<Item = Option<f64>>) -> Permutation {
    // A tie is a tie in spite of rounding.
    let extreme = observed.abs() - 1e-12 * observed.abs().max(1.0);
    let (mut at_least, mut all) = (1usize, 1usize);
    for value in values.flatten() {
        all += 1;
        at_least += usize::from(value.abs() >= extreme);
    }
    Permutation {
        observed,
        p_value: at_least as f64 / all as f64,
        arrangements: all,
        exact,
    }
}

/// The change from one round to the next over the executives (by identifier) who answered both.
///
/// The index of either round is that of these people alone, under the weights of the later round, so it may differ
/// from the round's own. A response keeps the function its author had when giving it. Themes
/// are the same when their identifiers are. `None` with fewer than two such people, or without a defined index.
pub fn change(previous: &CodedRound, next: &CodedRound) -> Option<Change> {
    change_with(previous, next, DRAWN)
}

/// As [`change`], with so many draws above 12 people (fewer above 100, where each takes long).
pub fn change_with(previous: &CodedRound, next: &CodedRound, draws: u64) -> Option<Change> {
    let (previous, next, weights) = (
        same_people(previous, next)?,
        same_people(next, previous)?,
        next.weights(),
    );
    let together = joined(&previous, &next);
    let (before, after) = (Team::new(&together.0), Team::new(&together.1));
    // Both codebooks and both lists of functions were joined, so numbers mean the same in the two teams.
    let people = before.people.len();
    let draws = if people <= TABULATED {
        draws
    } else {
        draws.min((1_000_000 / people as u64).max(199))
    };
    let index_before = index_of(&before, &before.people, weights)?;
    let index_after = index_of(&after, &after.people, weights)?;
    let tested = if people <= TABULATED {
        let table = Table::new(&before.people, &after.people);
        paired_permutation(people, next.seed(), draws, |exchanged| {
            table.difference(exchanged, weights)
        })?
    } else {
        drawn(&before, &after, weights, next.seed(), draws)?
    };
    let mean = |people: &[Person], question| sums(people, question).total.mean();
    let (kept, new, dropped) = themes(&before, &after);
    Some(Change {
        people,
        before: index_before,
        after: index_after,
        difference: index_after - index_before,
        p_value: tested.p_value,
        arrangements: tested.arrangements,
        exact: tested.exact,
        agreements: Question::ALL
            .into_iter()
            .map(|q| Some(mean(&after.people, q)? - mean(&before.people, q)?))
            .collect(),
        kept,
        new,
        dropped,
    })
}

/// The test for many people: each arrangement is added up afresh.
fn drawn(
    before: &Team<'_>,
    after: &Team<'_>,
    weights: &Weights,
    seed: u64,
    draws: u64,
) -> Option<Permutation> {
    let numbers = Numbers::as_they_are(before.themes.len());
    let sheets = |team: &Team<'_>| -> Vec<Sheet> {
        team.people
            .iter()
            .map(|person| Sheet::of(person, &numbers))
            .collect()
    };
    let (one, other) = (sheets(before), sheets(after));
    let people = one.len();
    let difference = |adder: &mut Adder, exchanged: &[bool]| {
        let mut value = |later: bool| {
            let pick = exchanged.iter().zip(one.iter().zip(&other));
            let sheets = pick.map(|(x, (one, other))| if *x == later { *one } else { *other });
            adder.totals(sheets, false).index(weights)
        };
        Some(value(true)? - value(false)?)
    };
    let adder = || Adder::new(people, numbers.count(), before.functions.len());
    let observed = difference(&mut adder(), &vec![false; people])?;
    let values = parallel::draws(1, draws as usize + 1, adder, |adder, number| {
        difference(adder, &arrangement(people, seed, number))
    });
    Some(judged(observed, false, values.into_iter()))
}

/// The round with the responses of those only who answered `other` too.
fn same_people(round: &CodedRound, other: &CodedRound) -> Option<CodedRound> {
    let theirs = ascending(other.responses().iter().map(|r| r.executive.as_str()));
    let mut parts = round.clone().into_parts();
    parts
        .responses
        .retain(|r| theirs.binary_search(&r.executive.as_str()).is_ok());
    if parts.responses.len() < 2 {
        return None;
    }
    CodedRound::new(parts).ok()
}

/// Both rounds under one codebook and one list of functions.
fn joined(previous: &CodedRound, next: &CodedRound) -> (CodedRound, CodedRound) {
    let with = |round: &CodedRound, other: &CodedRound| {
        let mut parts = round.clone().into_parts();
        let known = ascending(round.themes().iter().map(|t| t.id.as_str()));
        parts.themes.extend(
            other
                .themes()
                .iter()
                .filter(|t| known.binary_search(&t.id.as_str()).is_err())
                .cloned(),
        );
        // A function that only the other round knows gets a number here through an executive who answers nothing.
        let ids = ascending(round.executives().iter().map(|e| e.id.as_str()));
        let asked = other
            .responses()
            .iter()
            .flat_map(|r| r.asks.iter().map(|a| a.function.clone()));
        let functions = ascending(
            other
                .executives()
                .iter()
                .map(|e| e.function.clone())
                .chain(asked),
        );
        for (i, function) in functions.into_iter().enumerate() {
            let mut id = format!("function {i}");
            while ids.binary_search(&id.as_str()).is_ok() {
                id.push('+');
            }
            parts
                .executives
                .push(super::input::Executive { id, function });
        }
        // Nothing that was valid has become invalid; if it had, the round as it was is the next best.
        CodedRound::new(parts).unwrap_or_else(|_| round.clone())
    };
    (with(previous, next), with(next, previous))
}

/// What each pair adds to each question, for every choice of round for either person.
struct Table {
    people: usize,
    /// Cell (2i + x, 2j + y): person i in round x with person j in round y.
    cells: Vec<[Sum; 5]>,
}

impl Table {
    fn new(before: &[Person], after: &[Person]) -> Self {
        let people = before.len();
        let all: Vec<&Person> = before.iter().zip(after).flat_map(|(b, a)| [b, a]).collect();
        let mut cells = vec![[Sum::default(); 5]; all.len() * all.len()];
        for i in 0..all.len() {
            for j in (i / 2 + 1) * 2..all.len() {
                cells[i * all.len() + j] = Question::ALL.map(|q| pair(all[i], all[j], q));
            }
        }
        Self { people, cells }
    }

    fn difference(&self, exchanged: &[bool], weights: &Weights) -> Option<f64> {
        let value = |later: bool| {
            let mut totals = [Sum::default(); 5];
            for i in 0..self.people {
                let row = (2 * i + usize::from(exchanged[i] != later)) * 2 * self.people;
                for (j, exchanged) in exchanged.iter().enumerate().skip(i + 1) {
                    let cell = &self.cells[row + 2 * j + usize::from(*exchanged != later)];
                    for (total, sum) in totals.iter_mut().zip(cell) {
                        *total = total.plus(*sum);
                    }
                }
            }
            weighted(weights, totals.into_iter().map(Sum::mean)).map(|value| 100.0 * value)
        };
        Some(value(true)? - value(false)?)
    }
}

fn themes(
    before: &Team<'_>,
    after: &Team<'_>,
) -> (Vec<ThemeChange>, Vec<ThemeChange>, Vec<ThemeChange>) {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for person in &before.people {
        for theme in before.names(&person.themes_of(Question::Priorities)) {
            counts.entry(theme).or_default().0 += 1;
        }
    }
    for person in &after.people {
        for theme in after.names(&person.themes_of(Question::Priorities)) {
            counts.entry(theme).or_default().1 += 1;
        }
    }
    let mut all: Vec<ThemeChange> = counts
        .into_iter()
        .map(|(theme, (before, after))| ThemeChange {
            theme,
            before,
            after,
        })
        .collect();
    // Stable: themes with equal counts stay in ascending order.
    all.sort_by(|a, b| b.after.cmp(&a.after).then(b.before.cmp(&a.before)));
    let (kept, changed): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|t| t.before > 0 && t.after > 0);
    let (new, dropped) = changed.into_iter().partition(|t| t.before == 0);
    (kept, new, dropped)
}
