//! Similarities of two lists, under the names the field gives them.

use std::collections::BTreeSet;

/// Extrapolated rank-biased overlap of two rankings, in [0, 1].
///
/// `a` and `b` list distinct elements, best first, and may differ in length; `p` in (0, 1) says how slowly
/// the weight falls with depth. Symmetric. Undefined (`None`) when a list is empty, since the formula divides
/// by the length of the shorter, and when `p` is outside (0, 1).
///
/// Source: Webber, Moffat & Zobel (2010), A similarity measure for indefinite rankings,
/// ACM Transactions on Information Systems 28(4), equation 32.
pub fn rbo_ext<T: PartialEq>(a: &[T], b: &[T], p: f64) -> Option<f64> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let weights = RboWeights::new(short.len(), long.len(), p);
    let mut sum = 0.0;
    for (i, element) in short.iter().enumerate() {
        if let Some(j) = long.iter().position(|other| other == element) {
            sum += weights.at_depth(i.max(j) + 1);
        }
    }
    Some(sum.min(1.0))
}

/// Equation 32 is linear in "which element is common from which depth on": this table holds what one
/// common element adds, by the depth at which both lists have it. It is what lets means over pairs
/// come from counts.
#[derive(Clone, Debug)]
pub(crate) struct RboWeights {
    by_depth: Vec<f64>,
}

impl RboWeights {
    /// For lists of `short` and `long` elements, `1 <= short <= long`.
    pub(crate) fn new(short: usize, long: usize, p: f64) -> Self {
        let (s, l) = (short as f64, long as f64);
        // powers[d] = p^d by multiplication: `powf` may differ between machines.
        let mut powers = vec![1.0; long + 1];
        for depth in 1..=long {
            powers[depth] = powers[depth - 1] * p;
        }
        let factor = (1.0 - p) / p;
        let beyond: f64 = (short + 1..=long)
            .map(|d| (d as f64 - s) / (s * d as f64) * powers[d])
            .sum();
        let by_depth = (1..=long)
            .map(|depth| {
                let seen: f64 = (depth..=long).map(|d| powers[d] / d as f64).sum();
                if depth <= short {
                    factor * (seen + beyond) + powers[long] / s
                } else {
                    factor * seen + powers[long] / l
                }
            })
            .collect();
        Self { by_depth }
    }

    /// What an element adds that both lists have from `depth` on, 1-based and at most the longer length.
    pub(crate) fn at_depth(&self, depth: usize) -> f64 {
        self.by_depth[depth - 1]
    }
}

/// Average overlap of two rankings down to `depth`: the mean over d = 1..depth of the shared part of the first d
/// elements, in [0, 1]. Undefined when `depth` is 0. A list shorter than a depth counts with what it has.
///
/// Source: Webber, Moffat & Zobel (2010), section 3.
pub fn average_overlap<T: PartialEq>(a: &[T], b: &[T], depth: usize) -> Option<f64> {
    if depth == 0 {
        return None;
    }
    let sum: f64 = (1..=depth)
        .map(|d| {
            let (a, b) = (&a[..d.min(a.len())], &b[..d.min(b.len())]);
            a.iter().filter(|x| b.contains(x)).count() as f64 / d as f64
        })
        .sum();
    Some(sum / depth as f64)
}

/// The share of rank-biased overlap's weight that lies on the first `depth` ranks, in (0, 1].
/// Undefined when `depth` is 0 or `p` outside (0, 1).
///
/// Source: Webber, Moffat & Zobel (2010), equation 21.
pub fn rbo_prefix_weight(p: f64, depth: usize) -> Option<f64> {
    if depth == 0 || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let (mut power, mut sum) = (1.0, 0.0);
    for i in 1..depth {
        power *= p;
        sum += power / i as f64;
    }
    Some(1.0 - power + (1.0 - p) / p * depth as f64 * (-(1.0 - p).ln() - sum))
}

/// Jaccard index of two sets, |A and B| / |A or B|, in [0, 1]. Undefined when both are empty.
pub fn jaccard<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Option<f64> {
    let common = a.intersection(b).count();
    let union = a.len() + b.len() - common;
    (union > 0).then(|| common as f64 / union as f64)
}

/// Dice coefficient of two sets, 2 |A and B| / (|A| + |B|), in [0, 1]. Undefined when both are empty.
pub fn dice<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Option<f64> {
    let sizes = a.len() + b.len();
    (sizes > 0).then(|| 2.0 * a.intersection(b).count() as f64 / sizes as f64)
}

/// Overlap coefficient of two sets, |A and B| / min(|A|, |B|), in [0, 1]. Undefined when either is empty.
pub fn overlap<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Option<f64> {
    let smaller = a.len().min(b.len());
    (smaller > 0).then(|| a.intersection(b).count() as f64 / smaller as f64)
}

/// Mean of a similarity over the unordered pairs for which it is defined, and their number.
pub fn mean_over_pairs<T>(
    items: &[T],
    similarity: impl Fn(&T, &T) -> Option<f64>,
) -> (Option<f64>, usize) {
    let (mut sum, mut pairs) = (0.0, 0);
    for (i, a) in items.iter().enumerate() {
        for b in &items[i + 1..] {
            if let Some(value) = similarity(a, b) {
                sum += value;
                pairs += 1;
            }
        }
    }
    ((pairs > 0).then(|| sum / pairs as f64), pairs)
}

/// Agreement corrected for chance, (observed - expected) / (1 - expected): 1 for full agreement, 0 for what chance gives.
/// Undefined when `expected` is 1 (to within rounding).
pub fn corrected(observed: f64, expected: f64) -> Option<f64> {
    (1.0 - expected > 1e-12).then(|| (observed - expected) / (1.0 - expected))
}

/// Every set of `k` of the elements with its probability under successive sampling without replacement
/// (each draw in proportion to the weights of what is left). Elements of weight 0 are never drawn.
/// Sets are ascending positions in `weights`. Grows with the number of subsets: for checks, not for scoring.
pub fn subset_probabilities(weights: &[f64], k: usize) -> Vec<(Vec<usize>, f64)> {
    fn grow(
        weights: &[f64],
        k: usize,
        drawn: &mut Vec<usize>,
        left: f64,
        p: f64,
        found: &mut Vec<(Vec<usize>, f64)>,
    ) {
        if drawn.len() == k {
            let mut set = drawn.clone();
            set.sort_unstable();
            found.push((set, p));
            return;
        }
        for (i, weight) in weights.iter().enumerate() {
            if *weight > 0.0 && !drawn.contains(&i) {
                drawn.push(i);
                grow(weights, k, drawn, left - weight, p * weight / left, found);
                drawn.pop();
            }
        }
    }
    let mut orders = Vec::new();
    grow(
        weights,
        k,
        &mut Vec::new(),
        weights.iter().sum(),
        1.0,
        &mut orders,
    );
    orders.sort_by(|a, b| a.0.cmp(&b.0));
    let mut sets: Vec<(Vec<usize>, f64)> = Vec::new();
    for (set, p) in orders {
        match sets.last_mut() {
            Some(last) if last.0 == set => last.1 += p,
            _ => sets.push((set, p)),
        }
    }
    sets
}

/// Quantile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7).
/// `sorted` ascending, `q` in [0, 1]. Undefined for an empty list.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = q * last as f64;
    let below = (at.floor() as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64))
}
