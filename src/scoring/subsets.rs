//! Who shares how many elements with whom, from how many sets hold each subset.

use rustc_hash::FxHashMap;

use super::input::MAX_STATEMENTS;

const M: usize = MAX_STATEMENTS;

/// By the size of the set, from 1: how many sets contain something.
type BySize = [u32; M];

/// How many sets of each size contain each element and each subset of two and more.
pub(super) struct Subsets {
    single: Vec<BySize>,
    /// Subsets of up to three elements.
    few: FxHashMap<u64, BySize>,
    /// Larger ones.
    many: FxHashMap<u128, BySize>,
    /// By size of the subset, size of the later and of the earlier set: pairs of sets that both contain it, over all subsets.
    shared: [[[u64; M]; M]; M],
}

impl Subsets {
    /// `elements`: their number, to lay them out in full; with 0 they are hashed.
    pub(super) fn new(elements: usize) -> Self {
        Self {
            single: vec![[0; M]; elements],
            few: FxHashMap::default(),
            many: FxHashMap::default(),
            shared: [[[0; M]; M]; M],
        }
    }

    pub(super) fn dense(&self) -> bool {
        !self.single.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.single.fill([0; M]);
        self.few.clear();
        self.many.clear();
        self.shared = [[[0; M]; M]; M];
    }

    /// `set` ascending and distinct. A subset is one number: 21 bits an element, at most six elements, which begin at 1.
    pub(super) fn add(&mut self, set: &[u32]) {
        let Some(size) = set.len().checked_sub(1) else {
            return;
        };
        for mask in 1..1u32 << set.len() {
            let chosen = set.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
            let row = if mask.is_power_of_two() && !self.single.is_empty() {
                &mut self.single[set[mask.trailing_zeros() as usize] as usize]
            } else if mask.count_ones() <= 3 {
                let key = chosen.fold(0, |key: u64, (_, element)| {
                    key << 21 | u64::from(element + 1)
                });
                self.few.entry(key).or_default()
            } else {
                let key = chosen.fold(0, |key: u128, (_, element)| {
                    key << 21 | u128::from(element + 1)
                });
                self.many.entry(key).or_default()
            };
            let shared = &mut self.shared[mask.count_ones() as usize - 1][size];
            for (shared, count) in shared.iter_mut().zip(row.iter()) {
                *shared += u64::from(*count);
            }
            row[size] += 1;
        }
    }

    /// The sum of all pairs' Jaccard index.
    pub(super) fn jaccard(&self) -> f64 {
        let mut sum = 0.0;
        for short in 0..M {
            for long in short..M {
                let pairs = |subset: usize| {
                    let both = &self.shared[subset];
                    let other = if short == long { 0 } else { both[short][long] };
                    i128::from(both[long][short] + other)
                };
                for common in 0..=short {
                    // Pairs that share exactly so many: each subset of them is counted, and taken off again.
                    let mut exactly = 0i128;
                    for subset in common..=short {
                        let sign = if (subset - common).is_multiple_of(2) {
                            1
                        } else {
                            -1
                        };
                        exactly += sign * choose(subset + 1, common + 1) * pairs(subset);
                    }
                    let union = (short + long + 2) - (common + 1);
                    sum += exactly as f64 * ((common + 1) as f64 / union as f64);
                }
            }
        }
        sum
    }
}

fn choose(n: usize, k: usize) -> i128 {
    (0..k).fold(1, |product, i| product * (n - i) as i128 / (i + 1) as i128)
}
