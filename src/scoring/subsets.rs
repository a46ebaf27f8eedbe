//! Who shares how many elements with whom, from how many sets hold each subset.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::input::MAX_STATEMENTS;

const M: usize = MAX_STATEMENTS;

/// By the size of the set, from 1: how many sets contain something.
type BySize = [u32; M];

/// Heaps that subsets are dealt into by their key before they are counted. Counting one heap at a time keeps its table in
/// the processor's nearest cache, so that a subset costs the same in a group of a hundred thousand as in one of a thousand.
const HEAPS: usize = 1 << HEAP_BITS;
const HEAP_BITS: u32 = 6;

/// How many sets of each size contain each element and each subset of two and more.
pub(super) struct Subsets {
    single: Vec<BySize>,
    /// Subsets of up to three elements.
    few: Heaps<u64>,
    /// Larger ones.
    many: Heaps<u128>,
    /// By size of the subset, size of the later and of the earlier set: pairs of sets that both contain it, over all subsets.
    shared: Shared,
}

type Shared = [[[u64; M]; M]; M];

/// A set's subset: its key, its own size and the size of the set, less one each.
type Dealt<K> = (K, u8, u8);

struct Heaps<K> {
    heaps: Vec<Vec<Dealt<K>>>,
    /// The table of the heap that is being counted.
    counts: FxHashMap<K, BySize>,
}

impl<K: Copy + Eq + Hash + Into<u128>> Heaps<K> {
    fn new() -> Self {
        Self {
            heaps: (0..HEAPS).map(|_| Vec::new()).collect(),
            counts: FxHashMap::default(),
        }
    }

    fn clear(&mut self) {
        self.heaps.iter_mut().for_each(Vec::clear);
    }

    fn deal(&mut self, key: K, subset: usize, size: usize) {
        let wide: u128 = key.into();
        let folded = (wide as u64) ^ ((wide >> 64) as u64).rotate_left(32);
        // Fibonacci hashing: the top bits of the product depend on all bits of the key.
        let heap = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HEAP_BITS);
        self.heaps[heap as usize].push((key, subset as u8, size as u8));
    }

    fn count(&mut self, shared: &mut Shared) {
        for heap in &self.heaps {
            self.counts.clear();
            for &(key, subset, size) in heap {
                let row = self.counts.entry(key).or_default();
                meet(row, usize::from(size), &mut shared[usize::from(subset)]);
            }
        }
    }
}

/// Adds a set to those that hold a subset: it makes a pair with each of them.
fn meet(row: &mut BySize, size: usize, shared: &mut [[u64; M]; M]) {
    for (shared, count) in shared[size].iter_mut().zip(row.iter()) {
        *shared += u64::from(*count);
    }
    row[size] += 1;
}

impl Subsets {
    /// `elements`: their number, to lay them out in full; with 0 they are hashed.
    pub(super) fn new(elements: usize) -> Self {
        Self {
            single: vec![[0; M]; elements],
            few: Heaps::new(),
            many: Heaps::new(),
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
            let subset = mask.count_ones() as usize - 1;
            if subset == 0 && !self.single.is_empty() {
                let row = &mut self.single[set[mask.trailing_zeros() as usize] as usize];
                meet(row, size, &mut self.shared[0]);
                continue;
            }
            let chosen = set.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
            if subset < 3 {
                let key = chosen.fold(0, |key: u64, (_, element)| {
                    key << 21 | u64::from(element + 1)
                });
                self.few.deal(key, subset, size);
            } else {
                let key = chosen.fold(0, |key: u128, (_, element)| {
                    key << 21 | u128::from(element + 1)
                });
                self.many.deal(key, subset, size);
            }
        }
    }

    /// Counts what was dealt out; to be called once, after the last set.
    fn count(&mut self) {
        self.few.count(&mut self.shared);
        self.many.count(&mut self.shared);
        self.few.clear();
        self.many.clear();
    }

    /// The sum of all pairs' Jaccard index.
    pub(super) fn jaccard(&mut self) -> f64 {
        self.count();
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
