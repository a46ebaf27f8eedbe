//! Agreement of raters and of coders: Krippendorff's alpha.

use super::index::value_of;
use super::input::{Coded, CodedResponse, CodedRound};
use super::partition::adjusted_rand;

/// How two different values differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Names: any difference is one.
    Nominal,
    /// Ranks: by how many values lie between.
    Ordinal,
    /// Numbers with a unit: squared difference.
    Interval,
    /// Numbers with a zero: squared difference relative to the sum.
    Ratio,
}

/// Krippendorff's alpha, 1 - observed disagreement / expected disagreement: at most 1, 0 for what chance gives.
///
/// `ratings`: one row per rater, one column per unit, `None` where a rating is missing; columns beyond the end of a
/// shorter row are missing. Units with fewer than two ratings are left out. Undefined when nothing is left, when all
/// remaining ratings are the same (there is nothing to disagree about), or when a value is not finite.
///
/// Source: Krippendorff (2004), Content Analysis, 2nd ed., chapter 11; ordinal differences from the counts of the ratings used.
pub fn krippendorff_alpha(ratings: &[Vec<Option<f64>>], level: Level) -> Option<f64> {
    let units = ratings.iter().map(Vec::len).max()?;
    let columns: Vec<Vec<f64>> = (0..units)
        .map(|unit| {
            ratings
                .iter()
                .filter_map(|row| *row.get(unit)?)
                .collect::<Vec<f64>>()
        })
        .filter(|column| column.len() >= 2)
        .collect();
    if columns.iter().flatten().any(|value| !value.is_finite()) {
        return None;
    }
    // Adding 0 makes a negative zero the zero that it equals.
    let mut values: Vec<f64> = columns.iter().flatten().map(|value| value + 0.0).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let coded: Vec<Vec<usize>> = columns
        .iter()
        .map(|column| {
            let place = |value: &f64| values.binary_search_by(|v| v.total_cmp(&(value + 0.0)));
            column
                .iter()
                .map(|value| place(value).unwrap_or_default())
                .collect()
        })
        .collect();
    alpha(&coded, &values, level)
}

/// Krippendorff's alpha (nominal) of two coders over the same statements, `None` where one gave no code.
/// Undefined as [`krippendorff_alpha`] is.
pub fn coder_agreement<T: Ord>(one: &[Option<T>], other: &[Option<T>]) -> Option<f64> {
    let both: Vec<[&T; 2]> = one
        .iter()
        .zip(other)
        .filter_map(|(a, b)| Some([a.as_ref()?, b.as_ref()?]))
        .collect();
    let mut names: Vec<&T> = both.iter().flatten().copied().collect();
    names.sort_unstable();
    names.dedup();
    let coded: Vec<Vec<usize>> = both
        .iter()
        .map(|pair| {
            pair.iter()
                .map(|name| names.binary_search(name).unwrap_or_default())
                .collect()
        })
        .collect();
    alpha(&coded, &vec![0.0; names.len()], Level::Nominal)
}

/// Alpha of units given as positions of their ratings among the sorted distinct `values`.
fn alpha(units: &[Vec<usize>], values: &[f64], level: Level) -> Option<f64> {
    let mut counts = vec![0.0; values.len()];
    for place in units.iter().flatten() {
        counts[*place] += 1.0;
    }
    let all: f64 = counts.iter().sum();
    // upto[v]: how many ratings lie below v.
    let mut upto = vec![0.0];
    for count in &counts {
        upto.push(upto[upto.len() - 1] + count);
    }
    let difference = |a: usize, b: usize| {
        let (low, high) = (a.min(b), a.max(b));
        let root = match level {
            Level::Nominal => f64::from(u8::from(low != high)),
            Level::Ordinal => upto[high + 1] - upto[low] - f64::midpoint(counts[low], counts[high]),
            Level::Interval => values[high] - values[low],
            Level::Ratio => {
                let sum = values[high] + values[low];
                if sum == 0.0 {
                    0.0
                } else {
                    (values[high] - values[low]) / sum
                }
            }
        };
        if low == high { 0.0 } else { root * root }
    };
    let mut observed = 0.0;
    for unit in units {
        let mut within = 0.0;
        for (i, a) in unit.iter().enumerate() {
            within += unit[i + 1..]
                .iter()
                .map(|b| difference(*a, *b))
                .sum::<f64>();
        }
        observed += 2.0 * within / (unit.len() - 1) as f64;
    }
    let mut expected = 0.0;
    if level == Level::Nominal {
        // In closed form: two coders may use thousands of codes.
        expected = all * all - counts.iter().map(|count| count * count).sum::<f64>();
    } else {
        for a in 0..values.len() {
            for b in a + 1..values.len() {
                expected += 2.0 * counts[a] * counts[b] * difference(a, b);
            }
        }
    }
    (expected > 0.0 && expected.is_finite()).then(|| 1.0 - (all - 1.0) * observed / expected)
}

/// How far two independent coders agree, and what it matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoderAgreement {
    /// Statements that both coded; a trade-off counts as two.
    pub statements: usize,
    /// Krippendorff's alpha, nominal: meaningful where both used one codebook.
    pub alpha: Option<f64>,
    /// Adjusted Rand index: whether the same statements were put together, whatever the themes are called.
    pub adjusted_rand: Option<f64>,
    /// The index under the first coding, 0 to 100.
    pub first: Option<f64>,
    /// The index under the second.
    pub second: Option<f64>,
}

/// Compares two codings of the same responses. Responses are matched by executive, statements by their place.
/// Undefined (`None`) unless both hold the same executives' responses with the same number of statements.
pub fn compare_codings(first: &CodedRound, second: &CodedRound) -> Option<CoderAgreement> {
    let (one, other) = (by_executive(first), by_executive(second));
    if one.len() != other.len() {
        return None;
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (a, b) in one.iter().zip(&other) {
        if a.executive != b.executive || lengths(a) != lengths(b) {
            return None;
        }
        left.extend(themes(a));
        right.extend(themes(b));
    }
    let some = |themes: &[&str]| {
        themes
            .iter()
            .map(|t| Some((*t).to_owned()))
            .collect::<Vec<_>>()
    };
    Some(CoderAgreement {
        statements: left.len(),
        alpha: coder_agreement(&some(&left), &some(&right)),
        adjusted_rand: adjusted_rand(&left, &right),
        first: value_of(first),
        second: value_of(second),
    })
}

fn by_executive(round: &CodedRound) -> Vec<&CodedResponse> {
    let mut all: Vec<_> = round.responses().iter().collect();
    all.sort_by(|a, b| a.executive.cmp(&b.executive));
    all
}

fn lengths(response: &CodedResponse) -> [usize; 5] {
    super::input::Question::ALL.map(|question| response.count(question))
}

fn themes(response: &CodedResponse) -> impl Iterator<Item = &str> {
    let trades = response
        .trade_offs
        .iter()
        .flat_map(|t| [&t.favour, &t.over]);
    let lists = response
        .priorities
        .iter()
        .chain(trades)
        .chain(&response.stops);
    let rest = response.successes.iter().map(|s| &s.coded);
    let asks = response.asks.iter().map(|a| &a.coded);
    lists
        .chain(rest)
        .chain(asks)
        .map(|coded: &Coded| coded.theme.as_str())
}
