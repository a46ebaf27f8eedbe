//! Means over all pairs of a whole team, for the draws: without a row per person, and fast.
//!
//! A small team is gone through pair by pair, with its lists as bits. A larger one is counted: who shares how much with whom follows
//! from how many lists of each length have an element at each rank (rank-biased overlap), or hold a subset (Jaccard, by
//! inclusion and exclusion). The counts are whole numbers, so neither order nor names leave a trace.

use rustc_hash::FxHashMap;

use super::input::{MAX_STATEMENTS, Weights};
use super::people::{Person, Team, Theme};
use super::sheet::{Few, Numbers, Sheet};
use super::subsets::Subsets;
use super::sums::{RBO, Sum, weighted};

/// Up to so many people, with at most 128 themes, pairs are gone through.
const FEW: usize = 48;
/// Cells of a table that is laid out in full rather than hashed.
const DENSE: usize = 1 << 20;
const M: usize = MAX_STATEMENTS;

/// What one pass over a team gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// By question.
    pub(crate) sums: [Sum; 5],
    /// Jaccard of the priorities; without a pair unless it was asked for.
    pub(crate) priority_jaccard: Sum,
}

impl Totals {
    pub(crate) fn index(&self, weights: &Weights) -> Option<f64> {
        weighted(weights, self.sums.iter().map(|sum| sum.mean())).map(|value| 100.0 * value)
    }
}

/// The coherence index, 0 to 100, of people whose themes and functions are those of `team`.
pub(crate) fn index_of(team: &Team<'_>, people: &[Person], weights: &Weights) -> Option<f64> {
    let numbers = Numbers::as_they_are(team.themes.len());
    Adder::new(people.len(), numbers.count(), team.functions.len())
        .totals(
            people.iter().map(|person| Sheet::of(person, &numbers)),
            false,
        )
        .index(weights)
}

/// Adds a team up; to be used again for the next draw, since it keeps its tables.
pub(crate) enum Adder {
    Pairs(Box<Pairs>),
    Counts(Box<Counts>),
}

impl Adder {
    /// For teams of `people` whose themes and functions are below the given numbers.
    pub(crate) fn new(people: usize, themes: usize, functions: usize) -> Self {
        if people <= FEW && themes <= 128 {
            Self::Pairs(Box::default())
        } else {
            Self::Counts(Box::new(Counts::new(themes, functions)))
        }
    }

    /// The totals of a team; `jaccard` says whether those of the priorities' Jaccard index are wanted too.
    pub(crate) fn totals(&mut self, sheets: impl Iterator<Item = Sheet>, jaccard: bool) -> Totals {
        match self {
            Self::Pairs(pairs) => pairs.totals(sheets, jaccard),
            Self::Counts(counts) => counts.totals(sheets, jaccard),
        }
    }
}

/// How many answered a question, and how many of them with nothing.
#[derive(Clone, Copy, Default)]
struct Answered {
    all: usize,
    empty: usize,
}

impl Answered {
    fn add<T: Copy + Default + Ord>(&mut self, list: &Few<T>) {
        self.all += usize::from(list.answered);
        self.empty += usize::from(list.answered && list.as_slice().is_empty());
    }

    /// Pairs of which at least one listed something.
    fn pairs(self) -> f64 {
        let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
        pairs(self.all) - pairs(self.empty)
    }
}

/// A small team, pair by pair.
#[derive(Default)]
pub(crate) struct Pairs {
    people: Vec<Bits>,
    answered: [Answered; 4],
}

struct Bits {
    sheet: Sheet,
    priorities: u128,
    stops: u128,
    successes: u128,
    favoured: u128,
    protected: u128,
    let_go: u128,
    /// Rank of each theme among the priorities; meaningless for others.
    ranks: [u8; 128],
}

fn bits(themes: &[Theme]) -> u128 {
    themes
        .iter()
        .fold(0, |bits, theme| bits | 1 << (theme & 127))
}

fn share(common: u32, a: usize, b: usize) -> f64 {
    f64::from(common) / (a + b - common as usize) as f64
}

impl Pairs {
    fn totals(&mut self, sheets: impl Iterator<Item = Sheet>, jaccard: bool) -> Totals {
        self.people.clear();
        self.answered = Default::default();
        for sheet in sheets {
            self.add(sheet);
        }
        let mut sums = [0.0; 5];
        let mut priority_jaccard = 0.0;
        for (i, a) in self.people.iter().enumerate() {
            for b in &self.people[i + 1..] {
                let both = a.priorities & b.priorities;
                if both != 0 {
                    sums[0] += overlap(a, b, both);
                    if jaccard {
                        let (one, other) = (&a.sheet.priorities, &b.sheet.priorities);
                        let (one, other) = (one.as_slice().len(), other.as_slice().len());
                        priority_jaccard += share(both.count_ones(), one, other);
                    }
                }
                if a.favoured & b.favoured != 0 {
                    let (one, other) =
                        (a.sheet.trade_offs.as_slice(), b.sheet.trade_offs.as_slice());
                    let common = one.iter().filter(|edge| other.contains(edge)).count() as u32;
                    sums[1] += share(common, one.len(), other.len());
                }
                let common = (a.stops & b.stops).count_ones();
                if common != 0 {
                    let (one, other) = (a.sheet.stops.as_slice(), b.sheet.stops.as_slice());
                    sums[2] += share(common, one.len(), other.len());
                }
                let common = (a.successes & b.successes).count_ones();
                if common != 0 {
                    let (one, other) = (a.sheet.successes.as_slice(), b.sheet.successes.as_slice());
                    sums[3] += share(common, one.len(), other.len());
                }
            }
        }
        let (asked, pairs) = self.asks();
        sums[4] = asked;
        let of = |slot: usize, pairs: f64| Sum {
            sum: sums[slot],
            pairs,
        };
        let by_list = self.answered.map(Answered::pairs);
        Totals {
            sums: [
                of(0, by_list[0]),
                of(1, by_list[1]),
                of(2, by_list[2]),
                of(3, by_list[3]),
                of(4, pairs),
            ],
            priority_jaccard: Sum {
                sum: priority_jaccard,
                pairs: if jaccard { by_list[0] } else { 0.0 },
            },
        }
    }

    fn add(&mut self, sheet: Sheet) {
        self.answered[0].add(&sheet.priorities);
        self.answered[1].add(&sheet.trade_offs);
        self.answered[2].add(&sheet.stops);
        self.answered[3].add(&sheet.successes);
        let priorities = bits(sheet.priorities.as_slice());
        let stops = bits(sheet.stops.as_slice());
        let successes = bits(sheet.successes.as_slice());
        let asked = sheet.asks.as_slice().iter();
        let mut person = Bits {
            priorities,
            stops,
            successes,
            favoured: sheet
                .trade_offs
                .as_slice()
                .iter()
                .fold(0, |bits, edge| bits | 1 << (edge.0 & 127)),
            protected: priorities | successes,
            let_go: asked.fold(stops, |bits, ask| bits | 1 << (ask.1 & 127)),
            ranks: [0; 128],
            sheet,
        };
        for (rank, theme) in sheet.priorities.as_slice().iter().enumerate() {
            person.ranks[(theme & 127) as usize] = rank as u8;
        }
        self.people.push(person);
    }

    /// Sum and number over every ask and everybody who heard it.
    fn asks(&self) -> (f64, f64) {
        let (mut halves, mut pairs) = (0u32, 0u32);
        for (i, from) in self.people.iter().enumerate() {
            for &(function, theme) in from.sheet.asks.as_slice() {
                for (j, to) in self.people.iter().enumerate() {
                    if to.sheet.function != function || j == i || !to.sheet.asks.answered {
                        continue;
                    }
                    pairs += 1;
                    let theme = 1 << (theme & 127);
                    if to.protected & theme == 0 {
                        halves += if to.let_go & theme == 0 { 1 } else { 2 };
                    }
                }
            }
        }
        (f64::from(halves) / 2.0, f64::from(pairs))
    }
}

/// Rank-biased overlap of two people who share the themes `both`.
fn overlap(a: &Bits, b: &Bits, mut both: u128) -> f64 {
    let (one, other) = (
        a.sheet.priorities.as_slice().len(),
        b.sheet.priorities.as_slice().len(),
    );
    let weights = &RBO[one - 1][other - 1];
    let mut depths = [0u8; M];
    while both != 0 {
        let theme = both.trailing_zeros() as usize;
        depths[usize::from(a.ranks[theme].max(b.ranks[theme]))] += 1;
        both &= both - 1;
    }
    let mut sum = 0.0;
    for (depth, count) in depths.into_iter().enumerate() {
        if count > 0 {
            sum += f64::from(count) * weights.at_depth(depth + 1);
        }
    }
    sum.min(1.0)
}

/// A larger team, counted.
pub(crate) struct Counts {
    themes: usize,
    answered: [Answered; 4],
    /// By theme: how many lists of a length (rows) have it at a rank (columns).
    ranks: Vec<[[u32; M]; M]>,
    priorities: Subsets,
    trade_offs: Subsets,
    stops: Subsets,
    successes: Subsets,
    edges: FxHashMap<(Theme, Theme), u32>,
    asks: Asks,
}

impl Counts {
    fn new(themes: usize, functions: usize) -> Self {
        let pairs = themes.saturating_mul(themes);
        Self {
            themes,
            answered: Default::default(),
            ranks: vec![[[0; M]; M]; themes],
            priorities: Subsets::new(themes),
            trade_offs: Subsets::new(if pairs <= 1 << 16 { pairs } else { 0 }),
            stops: Subsets::new(themes),
            successes: Subsets::new(themes),
            edges: FxHashMap::default(),
            asks: Asks::new(themes, functions),
        }
    }

    fn totals(&mut self, sheets: impl Iterator<Item = Sheet>, jaccard: bool) -> Totals {
        self.answered = Default::default();
        self.ranks.fill([[0; M]; M]);
        self.edges.clear();
        self.asks.clear();
        for subsets in [
            &mut self.priorities,
            &mut self.trade_offs,
            &mut self.stops,
            &mut self.successes,
        ] {
            subsets.clear();
        }
        for sheet in sheets {
            self.add(&sheet, jaccard);
        }
        let pairs = self.answered.map(Answered::pairs);
        let of = |sum: f64, slot: usize| Sum {
            sum,
            pairs: pairs[slot],
        };
        Totals {
            sums: [
                of(self.rank_biased_overlap(), 0),
                of(self.trade_offs.jaccard(), 1),
                of(self.stops.jaccard(), 2),
                of(self.successes.jaccard(), 3),
                self.asks.sum(),
            ],
            priority_jaccard: if jaccard {
                of(self.priorities.jaccard(), 0)
            } else {
                Sum::default()
            },
        }
    }

    fn add(&mut self, sheet: &Sheet, jaccard: bool) {
        self.answered[0].add(&sheet.priorities);
        self.answered[1].add(&sheet.trade_offs);
        self.answered[2].add(&sheet.stops);
        self.answered[3].add(&sheet.successes);
        let priorities = sheet.priorities.as_slice();
        for (rank, theme) in priorities.iter().enumerate() {
            self.ranks[*theme as usize][priorities.len() - 1][rank] += 1;
        }
        if jaccard {
            let mut sorted = sheet.priorities;
            sorted.sort();
            self.priorities.add(sorted.as_slice());
        }
        self.stops.add(sheet.stops.as_slice());
        self.successes.add(sheet.successes.as_slice());
        let mut edges = Few::empty(true);
        for &(favour, over) in sheet.trade_offs.as_slice() {
            edges.add(if self.trade_offs.dense() {
                favour * self.themes as u32 + over
            } else {
                let next = self.edges.len() as u32;
                *self.edges.entry((favour, over)).or_insert(next)
            });
        }
        edges.sort();
        self.trade_offs.add(edges.as_slice());
        self.asks.add(sheet);
    }

    /// The sum of all pairs' overlap: of two lists of given lengths, how often a theme is common from each depth on.
    fn rank_biased_overlap(&self) -> f64 {
        // found[short][long][depth]: how many pairs of occurrences, over all themes.
        let mut found = [[[0u64; M]; M]; M];
        for ranks in &self.ranks {
            let mut upto = [[0u64; M]; M];
            let mut present = 0u32;
            for (length, row) in ranks.iter().enumerate() {
                let mut sum = 0;
                for (upto, count) in upto[length].iter_mut().zip(row) {
                    sum += u64::from(*count);
                    *upto = sum;
                }
                present |= u32::from(sum > 0) << length;
            }
            for long in 0..M {
                if present >> long & 1 == 0 {
                    continue;
                }
                for short in 0..long {
                    let mut before = 0;
                    let counts = upto[short].iter().zip(&upto[long]).take(long + 1);
                    for (found, (one, other)) in found[short][long].iter_mut().zip(counts) {
                        let both = one * other;
                        *found += both - before;
                        before = both;
                    }
                }
                let mut before = 0;
                for (depth, count) in upto[long].iter().enumerate().take(long + 1) {
                    let both = count * count.saturating_sub(1) / 2;
                    found[long][long][depth] += both - before;
                    before = both;
                }
            }
        }
        let mut sum = 0.0;
        for short in 0..M {
            for long in short..M {
                for (depth, pairs) in found[short][long].iter().enumerate().take(long + 1) {
                    sum += *pairs as f64 * RBO[short][long].at_depth(depth + 1);
                }
            }
        }
        sum
    }
}

/// What people make of what their function is asked, in halves: +1 takes up, -1 protects.
struct Asks {
    themes: usize,
    /// By function and theme: how often it is asked, and how the function's people lean.
    dense: Vec<(u32, i32)>,
    hashed: FxHashMap<u64, (u32, i32)>,
    members: Vec<u32>,
    /// By theme: the person who was last seen with it, and the leaning then.
    seen: Vec<(u32, i32)>,
    person: u32,
    /// Asks to the own function, and what the askers themselves lean, to be taken off.
    own: i64,
    own_leaning: i64,
}

impl Asks {
    fn new(themes: usize, functions: usize) -> Self {
        let cells = themes.saturating_mul(functions);
        Self {
            themes,
            dense: vec![(0, 0); if cells <= DENSE { cells } else { 0 }],
            hashed: FxHashMap::default(),
            members: vec![0; functions],
            seen: vec![(0, 0); themes],
            person: 0,
            own: 0,
            own_leaning: 0,
        }
    }

    fn clear(&mut self) {
        self.dense.fill((0, 0));
        self.hashed.clear();
        self.members.fill(0);
        self.seen.fill((0, 0));
        (self.person, self.own, self.own_leaning) = (0, 0, 0);
    }

    fn cell(&mut self, function: u32, theme: Theme) -> &mut (u32, i32) {
        let at = function as usize * self.themes + theme as usize;
        if self.dense.is_empty() {
            self.hashed.entry(at as u64).or_default()
        } else {
            &mut self.dense[at]
        }
    }

    fn add(&mut self, sheet: &Sheet) {
        if !sheet.asks.answered {
            return;
        }
        self.person += 1;
        self.members[sheet.function as usize] += 1;
        let asks = sheet.asks.as_slice();
        let (priorities, successes) = (sheet.priorities.as_slice(), sheet.successes.as_slice());
        for theme in priorities.iter().chain(successes) {
            self.lean(sheet.function, *theme, -1);
        }
        for theme in sheet.stops.as_slice() {
            self.lean(sheet.function, *theme, 1);
        }
        for (_, theme) in asks {
            self.lean(sheet.function, *theme, 1);
        }
        for &(function, theme) in asks {
            self.cell(function, theme).0 += 1;
            if function == sheet.function {
                self.own += 1;
                self.own_leaning += i64::from(self.seen[theme as usize].1);
            }
        }
    }

    /// Whoever has a theme in several places leans as in the first: protection comes first.
    fn lean(&mut self, function: u32, theme: Theme, leaning: i32) {
        let person = self.person;
        let seen = &mut self.seen[theme as usize];
        if seen.0 != person {
            *seen = (person, leaning);
            self.cell(function, theme).1 += leaning;
        }
    }

    fn sum(&self) -> Sum {
        let (mut halves, mut pairs) = (0i64, 0i64);
        let mut take = |function: usize, (times, leaning): (u32, i32)| {
            let (times, members) = (i64::from(times), i64::from(self.members[function]));
            pairs += times * members;
            halves += times * (members + i64::from(leaning));
        };
        if self.dense.is_empty() {
            for (at, cell) in &self.hashed {
                take(*at as usize / self.themes, *cell);
            }
        } else {
            for (function, row) in self.dense.chunks(self.themes).enumerate() {
                for cell in row.iter().filter(|cell| cell.0 > 0) {
                    take(function, *cell);
                }
            }
        }
        Sum {
            sum: (halves - self.own - self.own_leaning) as f64 / 2.0,
            pairs: (pairs - self.own) as f64,
        }
    }
}
