//! Strategic Consensus Mapping: how far the members of a group rank or rate the same things alike, how far two
//! groups do, and a picture of both.
//!
//! Source: Tarakci, Ates, Porck, van Knippenberg, Groenen & de Haas (2014), Strategic consensus mapping: a new method for
//! testing and visualizing strategic consensus within and between teams, Strategic Management Journal 35. The method
//! standardises every member's ranking or rating (mean 0, variance 1 over the items) and compares directions.

use nalgebra::{DMatrix, SVD};

use super::draws::{Draw, Purpose};
use super::rankings::next_arrangement;

/// Up to so many reallocations of members, or permutations of items, each is visited; beyond, they are drawn.
const EXACT: f64 = 50_000.0;

/// Agreement within a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Consensus {
    /// Members whose values tell items apart; others have no direction and are left out.
    pub members: usize,
    /// Length of the mean standardised member vector, in [0, 1]; its square is Kendall's W for complete rankings without ties.
    pub alpha: f64,
    /// Square of `alpha`.
    pub alpha_squared: f64,
    /// Mean correlation over pairs of members, in [-1, 1]; undefined with one member.
    pub mean_correlation: Option<f64>,
    /// Mean standardised value of each item.
    pub profile: Vec<f64>,
}

/// Which alpha a difference is taken of: p depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The length itself.
    Length,
    /// Its square.
    Squared,
}

/// A permutation test, exact where `draws` is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConsensusTest {
    /// What is tested: the difference of the two groups' alpha, or their correlation.
    pub observed: f64,
    /// Share of arrangements at least as high, in (0, 1].
    pub p_greater: f64,
    /// Share of arrangements at least as far from 0, in (0, 1].
    pub p_two_sided: f64,
    /// Arrangements compared, the observed one included.
    pub arrangements: usize,
    /// How many were drawn when there are too many to visit.
    pub draws: Option<usize>,
}

/// Items as points and members as arrows in a plane: an arrow's direction is where a member's values rise, its length
/// (at most 1) how well the plane shows that member.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsensusMap {
    /// Singular values of the standardised data, falling.
    pub singular_values: Vec<f64>,
    /// Share of the variance that either dimension shows.
    pub explained: [f64; 2],
    /// One point per item.
    pub items: Vec<[f64; 2]>,
    /// One arrow per member that has a direction.
    pub members: Vec<[f64; 2]>,
    /// Mean of the arrows.
    pub average: [f64; 2],
}

/// Standardised rows (divisor n) of the members whose values differ; none for uneven or unusable input.
fn standardised(ratings: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let items = ratings.first()?.len();
    if ratings
        .iter()
        .any(|row| row.len() != items || row.iter().any(|v| !v.is_finite()))
    {
        return None;
    }
    let rows: Vec<Vec<f64>> = ratings
        .iter()
        .filter(|row| row.windows(2).any(|pair| pair[0] != pair[1]))
        .filter_map(|row| {
            let n = items as f64;
            let mean = row.iter().sum::<f64>() / n;
            let variance = row.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
            let deviation = variance.sqrt();
            (deviation > 0.0 && deviation.is_finite())
                .then(|| row.iter().map(|v| (v - mean) / deviation).collect())
        })
        .collect();
    (!rows.is_empty()).then_some(rows)
}

fn profile<'a>(rows: impl Iterator<Item = &'a Vec<f64>>, items: usize) -> Vec<f64> {
    let (mut sums, mut count) = (vec![0.0; items], 0.0);
    for row in rows {
        count += 1.0;
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums.into_iter().map(|sum| sum / count).collect()
}

/// Squared length of a profile in units of a member's.
fn squared(profile: &[f64]) -> f64 {
    (profile.iter().map(|v| v * v).sum::<f64>() / profile.len() as f64).clamp(0.0, 1.0)
}

/// Agreement within a group.
///
/// `ratings`: one row per member, one column per item. Undefined when nobody tells items apart, for rows of different
/// lengths, and for values that are not finite.
pub fn within(ratings: &[Vec<f64>]) -> Option<Consensus> {
    let rows = standardised(ratings)?;
    let profile = profile(rows.iter(), rows[0].len());
    let (members, alpha_squared) = (rows.len(), squared(&profile));
    Some(Consensus {
        members,
        alpha: alpha_squared.sqrt(),
        alpha_squared,
        mean_correlation: (members > 1).then(|| {
            let m = members as f64;
            ((m * alpha_squared - 1.0) / (m - 1.0)).clamp(-1.0, 1.0)
        }),
        profile,
    })
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let scale = length(a) * length(b);
    // Profiles have mean 0, so no centring; one of length 0 has no direction.
    (scale > 1e-12).then(|| {
        let product: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        (product / scale).clamp(-1.0, 1.0)
    })
}

/// Agreement between two groups: the correlation of their mean standardised profiles, in [-1, 1].
/// Undefined where [`within`] is, for different numbers of items, and when a group's members cancel out.
pub fn between(one: &[Vec<f64>], other: &[Vec<f64>]) -> Option<f64> {
    let (a, b) = (within(one)?.profile, within(other)?.profile);
    (a.len() == b.len()).then(|| correlation(&a, &b)).flatten()
}

/// Counts arrangements as they come.
struct Tally {
    observed: f64,
    greater: usize,
    further: usize,
    all: usize,
}

impl Tally {
    fn new(observed: f64) -> Self {
        Self {
            observed,
            greater: 0,
            further: 0,
            all: 0,
        }
    }

    fn add(&mut self, value: f64) {
        // A tie is a tie in spite of rounding.
        self.greater += usize::from(value >= self.observed - 1e-10);
        self.further += usize::from(value.abs() >= self.observed.abs() - 1e-10);
        self.all += 1;
    }

    fn test(&self, draws: Option<usize>) -> ConsensusTest {
        ConsensusTest {
            observed: self.observed,
            p_greater: self.greater as f64 / self.all as f64,
            p_two_sided: self.further as f64 / self.all as f64,
            arrangements: self.all,
            draws,
        }
    }
}

/// Permutation test of the difference of two groups' alpha (first minus second): members are reallocated to groups of the same
/// sizes, in every way where there are few, else in `draws` seeded ones beside the observed. Undefined as [`between`] is.
pub fn difference_test(
    one: &[Vec<f64>],
    other: &[Vec<f64>],
    scale: Scale,
    seed: u64,
    draws: usize,
) -> Option<ConsensusTest> {
    let mut rows = standardised(one)?;
    let first = rows.len();
    rows.extend(standardised(other)?);
    let (all, items) = (rows.len(), rows[0].len());
    if rows.iter().any(|row| row.len() != items) {
        return None;
    }
    let on_scale = |squared: f64| match scale {
        Scale::Length => squared.sqrt(),
        Scale::Squared => squared,
    };
    let difference = |chosen: &[bool]| {
        let alpha = |of: bool| {
            let group = rows.iter().zip(chosen).filter(|(_, c)| **c == of);
            on_scale(squared(&profile(group.map(|(row, _)| row), items)))
        };
        alpha(true) - alpha(false)
    };
    let mut chosen: Vec<bool> = (0..all).map(|i| i < first).collect();
    let mut tally = Tally::new(difference(&chosen));
    let ways = (0..first).fold(1.0, |ways, i| ways * (all - i) as f64 / (i + 1) as f64);
    if ways <= EXACT {
        chosen.reverse();
        chosen.sort_unstable();
        loop {
            tally.add(difference(&chosen));
            if !next_arrangement(&mut chosen) {
                return Some(tally.test(None));
            }
        }
    }
    tally.add(tally.observed);
    for number in 0..draws {
        Draw::new(seed, Purpose::Permutation, number as u64).shuffle(&mut chosen);
        tally.add(difference(&chosen));
    }
    Some(tally.test(Some(draws)))
}

/// Permutation test of the correlation between two groups: the items of one are relabelled, in every way where there are few, else in
/// `draws` seeded ones beside the observed. Undefined as [`between`] is.
pub fn between_test(
    one: &[Vec<f64>],
    other: &[Vec<f64>],
    seed: u64,
    draws: usize,
) -> Option<ConsensusTest> {
    let (a, b) = (within(one)?.profile, within(other)?.profile);
    let mut tally = Tally::new(between(one, other)?);
    let mut order: Vec<usize> = (0..b.len()).collect();
    let relabelled = |order: &[usize]| {
        let moved: Vec<f64> = order.iter().map(|i| b[*i]).collect();
        correlation(&a, &moved).unwrap_or_default()
    };
    let ways = (1..=b.len()).fold(1.0, |ways, i| ways * i as f64);
    if ways <= EXACT {
        loop {
            tally.add(relabelled(&order));
            if !next_arrangement(&mut order) {
                return Some(tally.test(None));
            }
        }
    }
    tally.add(tally.observed);
    for number in 0..draws {
        Draw::new(seed, Purpose::Permutation, number as u64).shuffle(&mut order);
        tally.add(relabelled(&order));
    }
    Some(tally.test(Some(draws)))
}

/// The two-dimensional map (vector model for unfolding): the best plane for the standardised data, by singular value decomposition.
/// Each dimension points where the members' mean is positive. Undefined where [`within`] is.
pub fn map(ratings: &[Vec<f64>]) -> Option<ConsensusMap> {
    let rows = standardised(ratings)?;
    let (members, items) = (rows.len(), rows[0].len());
    let data = DMatrix::from_fn(items, members, |item, member| rows[member][item]);
    let decomposed = SVD::new(data, true, true);
    let (u, v_t) = (decomposed.u?, decomposed.v_t?);
    let singular: Vec<f64> = decomposed.singular_values.iter().copied().collect();
    let variance: f64 = singular.iter().map(|s| s * s).sum();
    let root = (items as f64).sqrt();
    let mut found = ConsensusMap {
        explained: [0.0; 2],
        items: vec![[0.0; 2]; items],
        members: vec![[0.0; 2]; members],
        average: [0.0; 2],
        singular_values: singular.clone(),
    };
    for (dimension, value) in singular.iter().copied().enumerate().take(2) {
        // A dimension that shows nothing has no direction either.
        if value * value <= 1e-20 * variance {
            continue;
        }
        let mean = v_t.row(dimension).iter().sum::<f64>() / members as f64;
        let widest = v_t
            .row(dimension)
            .iter()
            .copied()
            .fold(0.0, |widest: f64, v| {
                if v.abs() > widest.abs() + 1e-9 {
                    v
                } else {
                    widest
                }
            });
        let lean = if mean.abs() > 1e-9 { mean } else { widest };
        let sign = if lean < 0.0 { -1.0 } else { 1.0 };
        found.explained[dimension] = value * value / variance;
        for (item, point) in found.items.iter_mut().enumerate() {
            point[dimension] = sign * root * u[(item, dimension)];
        }
        for (member, arrow) in found.members.iter_mut().enumerate() {
            arrow[dimension] = sign * v_t[(dimension, member)] * value / root;
        }
        found.average[dimension] = sign * mean * value / root;
    }
    Some(found)
}
