//! Agreement of complete rankings: Kendall's coefficient of concordance.
//!
//! For teams that rank one common list. On free lists these would count shared silence as agreement.

use std::collections::BTreeMap;

use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

use super::draws::{Draw, Purpose};

/// Arrangements of one person's ranks that the exact permutation test may walk through.
const MOST_ARRANGEMENTS: f64 = 5_040.0;
/// Steps that the exact permutation test may take in all.
const MOST_STEPS: usize = 2_000_000;

/// Kendall's W and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concordance {
    /// People who ranked (m).
    pub raters: usize,
    /// Things ranked (n).
    pub items: usize,
    /// Sum of squared deviations of the rank sums from their mean.
    pub s: f64,
    /// Sum over people and groups of ties of t^3 - t, t being how many share a rank.
    pub ties: f64,
    /// W corrected for ties, 12 S / (m^2 (n^3 - n) - m x ties), in [0, 1]. Undefined when nobody tells anything apart.
    pub w: Option<f64>,
    /// W without that correction, in [0, 1]; at most `w`.
    pub w_uncorrected: f64,
    /// Friedman's chi-square, m (n - 1) W, with n - 1 degrees of freedom.
    pub chi_square: Option<f64>,
    /// Upper tail of the chi-square distribution; rough for fewer than about eight people.
    pub p_chi_square: Option<f64>,
    /// F = (m - 1) W / (1 - W); undefined when W is 1.
    pub f: Option<f64>,
    /// Degrees of freedom of F: n - 1 - 2 / m, and m - 1 times that. Undefined unless both are above 0.
    pub f_df: Option<(f64, f64)>,
    /// Upper tail of the F distribution; 0 when W is 1.
    pub p_f: Option<f64>,
}

/// The p of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationP {
    /// Share of arrangements at least as extreme as the observed one, in (0, 1].
    pub p_value: f64,
    /// Whether every arrangement was counted; otherwise so many were drawn, the observed one beside them.
    pub draws: Option<usize>,
}

/// Ranks of one person, doubled so that the mean ranks of ties are whole: 2, 4, 6 .. without ties.
fn doubled_ranks(row: &[f64]) -> Vec<u64> {
    row.iter()
        .map(|value| {
            let below = row.iter().filter(|other| *other < value).count() as u64;
            let equal = row.iter().filter(|other| *other == value).count() as u64;
            2 * below + equal + 1
        })
        .collect()
}

/// Doubled ranks of everybody; none when rows differ in length, hold something that is no number, or are too few.
fn ranked(ratings: &[Vec<f64>]) -> Option<Vec<Vec<u64>>> {
    let items = ratings.first()?.len();
    let even = ratings
        .iter()
        .all(|row| row.len() == items && row.iter().all(|value| !value.is_nan()));
    (even && items >= 2 && ratings.len() >= 2)
        .then(|| ratings.iter().map(|row| doubled_ranks(row)).collect())
}

/// Four times S, from the sums of doubled ranks.
fn spread(sums: &[u64], raters: usize) -> u128 {
    let mean = (raters * (sums.len() + 1)) as u64;
    sums.iter()
        .map(|sum| u128::from(sum.abs_diff(mean)).pow(2))
        .sum()
}

fn rank_sums(ranks: &[Vec<u64>]) -> Vec<u64> {
    let mut sums = vec![0; ranks[0].len()];
    for row in ranks {
        for (sum, rank) in sums.iter_mut().zip(row) {
            *sum += rank;
        }
    }
    sums
}

fn ties_of(row: &[u64]) -> f64 {
    let mut sizes: BTreeMap<u64, f64> = BTreeMap::new();
    for rank in row {
        *sizes.entry(*rank).or_default() += 1.0;
    }
    sizes.values().map(|t| t * t * t - t).sum()
}

/// Kendall's W over everybody, with tie correction, chi-square and F.
///
/// `ratings`: one row per person, one column per item; only the order within a row counts, equal values share
/// their mean rank. A person whose row is all tied stays in and lowers nothing but the correction: as R's vegan and irr do;
/// see [`kendalls_w_of_decided`]. Undefined with fewer than two people or items, for rows of different
/// lengths, or when a value is not a number.
///
/// Sources: Kendall & Babington Smith (1939), The problem of m rankings, Annals of Mathematical Statistics 10;
/// Legendre (2005), Species associations: the Kendall coefficient of concordance revisited, JABES 10 (for F).
pub fn kendalls_w(ratings: &[Vec<f64>]) -> Option<Concordance> {
    let ranks = ranked(ratings)?;
    let (raters, items) = (ranks.len(), ranks[0].len());
    let (m, n) = (raters as f64, items as f64);
    let squares = spread(&rank_sums(&ranks), raters) as f64 / 4.0;
    let ties: f64 = ranks.iter().map(|row| ties_of(row)).sum();
    let most = m * m * (n * n * n - n);
    let corrected = most - m * ties;
    let w = (corrected > 0.0).then(|| (12.0 * squares / corrected).min(1.0));
    let chi_square = w.map(|w| m * (n - 1.0) * w);
    let freedom = n - 1.0 - 2.0 / m;
    let f_df = w
        .is_some()
        .then_some((freedom, freedom * (m - 1.0)))
        .filter(|df| df.0 > 0.0 && df.1 > 0.0);
    let f = w.filter(|w| *w < 1.0).map(|w| (m - 1.0) * w / (1.0 - w));
    let p_f = match (w, f, f_df) {
        (Some(_), Some(value), Some((one, other))) => FisherSnedecor::new(one, other)
            .ok()
            .map(|distribution| distribution.sf(value)),
        (Some(_), None, Some(_)) => Some(0.0),
        _ => None,
    };
    Some(Concordance {
        raters,
        items,
        s: squares,
        ties,
        w,
        w_uncorrected: 12.0 * squares / most,
        chi_square,
        p_chi_square: chi_square.and_then(|value| Some(ChiSquared::new(n - 1.0).ok()?.sf(value))),
        f: f.filter(|_| f_df.is_some()),
        f_df,
        p_f,
    })
}

/// As [`kendalls_w`], over those only who tell at least two items apart: what the product reports.
pub fn kendalls_w_of_decided(ratings: &[Vec<f64>]) -> Option<Concordance> {
    let decided: Vec<Vec<f64>> = ratings
        .iter()
        .filter(|row| row.windows(2).any(|pair| pair[0] != pair[1]))
        .cloned()
        .collect();
    kendalls_w(&decided)
}

/// Permutation p of W: how often the people's ranks, each shuffled independently, concord at least as much.
///
/// Counted exactly where that takes few steps (small teams and lists), else from `draws` seeded shuffles.
/// Undefined where [`kendalls_w`] or its W is.
pub fn kendalls_w_permutation(
    ratings: &[Vec<f64>],
    seed: u64,
    draws: usize,
) -> Option<PermutationP> {
    kendalls_w(ratings)?.w?;
    let ranks = ranked(ratings)?;
    let observed = spread(&rank_sums(&ranks), ranks.len());
    if let Some(p_value) = exact_tail(&ranks, observed) {
        return Some(PermutationP {
            p_value,
            draws: None,
        });
    }
    let mut shuffled = ranks;
    let mut at_least = 1;
    for number in 0..draws {
        let mut draw = Draw::new(seed, Purpose::Permutation, number as u64);
        for row in &mut shuffled {
            draw.shuffle(row);
        }
        at_least += usize::from(spread(&rank_sums(&shuffled), shuffled.len()) >= observed);
    }
    Some(PermutationP {
        p_value: at_least as f64 / (draws + 1) as f64,
        draws: Some(draws),
    })
}

/// The share of all arrangements with a spread of at least `observed`; none when that takes too many steps.
/// Which column is which does not matter, so the sums so far are kept sorted, with their probability.
fn exact_tail(ranks: &[Vec<u64>], observed: u128) -> Option<f64> {
    let mut sums: BTreeMap<Vec<u64>, f64> = BTreeMap::new();
    let mut first = ranks[0].clone();
    first.sort_unstable();
    sums.insert(first, 1.0);
    let mut steps = 0;
    for row in &ranks[1..] {
        if arrangements(row) > MOST_ARRANGEMENTS {
            return None;
        }
        let all = all_arrangements(row);
        let mut next: BTreeMap<Vec<u64>, f64> = BTreeMap::new();
        for (sum, probability) in &sums {
            steps += all.len() * row.len();
            if steps > MOST_STEPS {
                return None;
            }
            for arranged in &all {
                let mut added: Vec<u64> = sum.iter().zip(arranged).map(|(a, b)| a + b).collect();
                added.sort_unstable();
                *next.entry(added).or_default() += probability / all.len() as f64;
            }
        }
        sums = next;
    }
    let tail: f64 = sums
        .iter()
        .filter(|(sum, _)| spread(sum, ranks.len()) >= observed)
        .map(|(_, probability)| probability)
        .sum();
    Some(tail.min(1.0))
}

/// In how many ways the ranks can be arranged.
fn arrangements(row: &[u64]) -> f64 {
    let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
    let mut ways = 1.0;
    for (i, rank) in row.iter().enumerate() {
        let size = sizes.entry(*rank).or_default();
        *size += 1;
        ways *= (i + 1) as f64 / *size as f64;
    }
    ways
}

fn all_arrangements(row: &[u64]) -> Vec<Vec<u64>> {
    let mut row = row.to_vec();
    row.sort_unstable();
    let mut all = vec![row.clone()];
    while next_arrangement(&mut row) {
        all.push(row.clone());
    }
    all
}

/// Steps to the next arrangement in lexicographic order; false after the last.
pub(crate) fn next_arrangement<T: PartialOrd>(row: &mut [T]) -> bool {
    let Some(at) = row.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    if let Some(with) = row.iter().rposition(|value| *value > row[at]) {
        row.swap(at, with);
    }
    row[at + 1..].reverse();
    true
}
