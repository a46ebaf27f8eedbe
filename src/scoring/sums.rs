//! Sums of pair similarities, per question and per person.
//!
//! A small team is summed pair by pair. A large group is summed from counts, so that the work grows with the
//! number of statements and not with the number of pairs: rank-biased overlap is linear in the themes that two
//! lists share (counted per theme, list length and rank), and the number of others that share exactly k
//! elements with a set follows from how often each of its subsets occurs (inclusion and exclusion).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::input::{MAX_STATEMENTS, Question, Weights};
use super::measures::RboWeights;
use super::people::{Person, Theme, ascending};

/// Persistence of rank-biased overlap: the first three ranks carry 73 % of the weight.
pub const RBO_P: f64 = 0.8;

/// Up to this many respondents, pairs are summed one by one: faster than counting.
const SMALL: usize = 40;

/// By length of the shorter and of the longer list, less one each.
pub(crate) static RBO: LazyLock<Vec<Vec<RboWeights>>> = LazyLock::new(|| {
    (1..=MAX_STATEMENTS)
        .map(|short| {
            (1..=MAX_STATEMENTS)
                .map(|long| RboWeights::new(short.min(long), short.max(long), RBO_P))
                .collect()
        })
        .collect()
});

/// A sum of similarities over a number of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    pub(crate) sum: f64,
    pub(crate) pairs: f64,
}

impl Sum {
    pub(crate) fn mean(self) -> Option<f64> {
        // Rounding may push a mean of ones above 1.
        (self.pairs > 0.0).then(|| (self.sum / self.pairs).clamp(0.0, 1.0))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            pairs: self.pairs + other.pairs,
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            sum: self.sum - other.sum,
            pairs: self.pairs - other.pairs,
        }
    }
}

/// Sums of one question: over everybody, and for each person over the pairs that this person is in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) total: Sum,
    pub(crate) rows: Vec<Sum>,
}

/// The sums of one question.
pub(crate) fn sums(people: &[Person], question: Question) -> Sums {
    sums_by(people, question, people.len() <= SMALL)
}

/// As [`sums`], saying whether pairs are visited one by one.
pub(crate) fn sums_by(people: &[Person], question: Question, by_pair: bool) -> Sums {
    match question {
        Question::Priorities => {
            let lists: Vec<_> = people.iter().map(|p| p.priorities.as_deref()).collect();
            if by_pair {
                visit_pairs(&lists, rbo)
            } else {
                count_rbo(&lists)
            }
        }
        Question::TradeOffs => {
            let lists: Vec<_> = people.iter().map(|p| p.trade_offs.as_deref()).collect();
            jaccard_sums(&lists, by_pair)
        }
        Question::Stops => jaccard_sums(
            &people
                .iter()
                .map(|p| p.stops.as_deref())
                .collect::<Vec<_>>(),
            by_pair,
        ),
        Question::Successes => jaccard_sums(
            &people
                .iter()
                .map(|p| p.successes.as_deref())
                .collect::<Vec<_>>(),
            by_pair,
        ),
        Question::Asks => ask_sums(people),
    }
}

/// Jaccard sums of the priorities, whose similarity in the index is another one.
pub(crate) fn priority_jaccard(people: &[Person]) -> Sum {
    let lists: Vec<_> = people.iter().map(|p| p.priorities.as_deref()).collect();
    jaccard_sums(&lists, people.len() <= SMALL).total
}

/// What one pair of people adds to one question.
pub(crate) fn pair(a: &Person, b: &Person, question: Question) -> Sum {
    match question {
        Question::Priorities => of_lists(a.priorities.as_deref(), b.priorities.as_deref(), &rbo),
        Question::TradeOffs => of_lists(a.trade_offs.as_deref(), b.trade_offs.as_deref(), &jaccard),
        Question::Stops => of_lists(a.stops.as_deref(), b.stops.as_deref(), &jaccard),
        Question::Successes => of_lists(a.successes.as_deref(), b.successes.as_deref(), &jaccard),
        Question::Asks => asked_of(a, b).plus(asked_of(b, a)),
    }
}

/// The weighted mean of the means that are defined; none without a weight.
pub(crate) fn weighted(weights: &Weights, means: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (weight, mean) in weights.array().into_iter().zip(means) {
        if let Some(mean) = mean {
            sum += weight * mean;
            total += weight;
        }
    }
    (total > 0.0).then(|| (sum / total).clamp(0.0, 1.0))
}

fn of_lists<T>(a: Option<&[T]>, b: Option<&[T]>, similarity: &dyn Fn(&[T], &[T]) -> f64) -> Sum {
    match (a, b) {
        (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() => Sum {
            sum: similarity(a, b),
            pairs: 1.0,
        },
        (Some(a), Some(b)) if !a.is_empty() || !b.is_empty() => Sum {
            sum: 0.0,
            pairs: 1.0,
        },
        _ => Sum::default(),
    }
}

fn rbo(a: &[Theme], b: &[Theme]) -> f64 {
    let weights = &RBO[a.len() - 1][b.len() - 1];
    let mut sum = 0.0;
    // From the shorter list, so that the sum does not depend on who comes first.
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut depths = [0u32; MAX_STATEMENTS];
    for (i, theme) in short.iter().enumerate() {
        if let Some(j) = long.iter().position(|other| other == theme) {
            depths[i.max(j)] += 1;
        }
    }
    for (i, count) in depths.into_iter().enumerate().take(long.len()) {
        if count > 0 {
            sum += f64::from(count) * weights.at_depth(i + 1);
        }
    }
    sum.min(1.0)
}

fn jaccard<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    let common = a.iter().filter(|x| b.contains(x)).count();
    common as f64 / (a.len() + b.len() - common) as f64
}

fn visit_pairs<T>(lists: &[Option<&[T]>], similarity: impl Fn(&[T], &[T]) -> f64) -> Sums {
    let mut sums = Sums {
        total: Sum::default(),
        rows: vec![Sum::default(); lists.len()],
    };
    for i in 0..lists.len() {
        for j in i + 1..lists.len() {
            let pair = of_lists(lists[i], lists[j], &similarity);
            sums.total = sums.total.plus(pair);
            sums.rows[i] = sums.rows[i].plus(pair);
            sums.rows[j] = sums.rows[j].plus(pair);
        }
    }
    sums
}

/// Adds up rows that were found by counting; fills in how many pairs each is in.
fn from_rows<T>(lists: &[Option<&[T]>], row: impl Fn(&[T]) -> f64) -> Sums {
    let answered = lists.iter().flatten().count() as f64;
    let listed = lists
        .iter()
        .flatten()
        .filter(|list| !list.is_empty())
        .count() as f64;
    let rows: Vec<Sum> = lists
        .iter()
        .map(|list| match list {
            None => Sum::default(),
            Some([]) => Sum {
                sum: 0.0,
                pairs: listed,
            },
            Some(list) => Sum {
                sum: row(list),
                pairs: answered - 1.0,
            },
        })
        .collect();
    let twice = rows.iter().fold(Sum::default(), |sum, row| sum.plus(*row));
    Sums {
        total: Sum {
            sum: twice.sum / 2.0,
            pairs: twice.pairs / 2.0,
        },
        rows,
    }
}

fn count_rbo(lists: &[Option<&[Theme]>]) -> Sums {
    const CELLS: usize = MAX_STATEMENTS * MAX_STATEMENTS;
    let themes = lists
        .iter()
        .flatten()
        .flat_map(|list| list.iter())
        .max()
        .map_or(0, |t| *t as usize + 1);
    // counts[theme][length - 1][rank - 1]: how many lists of that length have the theme at that rank.
    let mut counts = vec![0u32; themes * CELLS];
    for list in lists.iter().flatten() {
        for (rank, theme) in list.iter().enumerate() {
            counts[*theme as usize * CELLS + (list.len() - 1) * MAX_STATEMENTS + rank] += 1;
        }
    }
    from_rows(lists, |list| {
        let mut sum = 0.0;
        for (rank, theme) in list.iter().enumerate() {
            let cells = &counts[*theme as usize * CELLS..][..CELLS];
            for length in 0..MAX_STATEMENTS {
                for other in 0..=length {
                    let own = usize::from(length + 1 == list.len() && other == rank);
                    let count = cells[length * MAX_STATEMENTS + other] as usize - own;
                    if count > 0 {
                        sum += count as f64
                            * RBO[list.len() - 1][length].at_depth(rank.max(other) + 1);
                    }
                }
            }
        }
        sum
    })
}

/// Jaccard sums of sets given as distinct elements.
fn jaccard_sums<T: Ord + Copy>(lists: &[Option<&[T]>], by_pair: bool) -> Sums {
    if by_pair {
        visit_pairs(lists, jaccard)
    } else {
        count_jaccard(lists)
    }
}

/// How many sets of each size (0 to [`MAX_STATEMENTS`]) contain a given subset.
type BySize = [u32; MAX_STATEMENTS + 1];

fn count_jaccard<T: Ord + Copy>(lists: &[Option<&[T]>]) -> Sums {
    let elements = ascending(lists.iter().flatten().flat_map(|list| list.iter().copied()));
    let numbers = |list: &[T]| -> Vec<u32> {
        ascending(
            list.iter()
                .map(|x| elements.binary_search(x).unwrap_or_default() as u32 + 1),
        )
    };
    // Looked up, never walked through: its order is of no consequence.
    let mut subsets: FxHashMap<u128, BySize> = FxHashMap::default();
    for list in lists.iter().flatten() {
        let set = numbers(list);
        for mask in 1..1u32 << set.len() {
            subsets.entry(key(&set, mask)).or_default()[set.len()] += 1;
        }
    }
    from_rows(lists, |list| {
        let set = numbers(list);
        // containing[m][size]: over own subsets of m elements, how many others' sets of that size contain it.
        let mut containing = [[0i64; MAX_STATEMENTS + 1]; MAX_STATEMENTS + 1];
        for mask in 1..1u32 << set.len() {
            let chosen = &mut containing[mask.count_ones() as usize];
            if let Some(sizes) = subsets.get(&key(&set, mask)) {
                for (total, count) in chosen.iter_mut().zip(sizes) {
                    *total += i64::from(*count);
                }
                chosen[set.len()] -= 1; // the person's own set
            }
        }
        let mut sum = 0.0;
        for common in 1..=set.len() {
            for size in common..=MAX_STATEMENTS {
                let signed = |(m, sizes): (usize, &[i64; MAX_STATEMENTS + 1])| {
                    let sign = if (m - common).is_multiple_of(2) {
                        1
                    } else {
                        -1
                    };
                    sign * choose(m, common) * sizes[size]
                };
                let exactly: i64 = containing.iter().enumerate().skip(common).map(signed).sum();
                sum += exactly as f64 * (common as f64 / (set.len() + size - common) as f64);
            }
        }
        sum
    })
}

/// A subset as one number: 21 bits an element, at most six elements; element numbers begin at 1.
fn key(set: &[u32], mask: u32) -> u128 {
    let chosen = set.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
    chosen.fold(0, |key, (_, element)| key << 21 | u128::from(*element))
}

fn choose(n: usize, k: usize) -> i64 {
    (0..k).fold(1, |product, i| product * (n - i) as i64 / (i + 1) as i64)
}

/// What the asked person makes of a theme: 1 takes it up, 0.5 is silent, 0 protects it. Protection counts
/// more than an ask of one's own: who asks others to let go of what one holds on to oneself has not taken it up.
pub(crate) fn outcome(asked: &Person, theme: Theme) -> f64 {
    if asked.protects(theme) {
        0.0
    } else if asked.lets_go(theme) {
        1.0
    } else {
        0.5
    }
}

/// The asks of one person to the function of another.
fn asked_of(from: &Person, to: &Person) -> Sum {
    let (Some(asks), Some(_)) = (&from.asks, &to.asks) else {
        return Sum::default();
    };
    asks.iter()
        .filter(|ask| ask.0 == to.function)
        .fold(Sum::default(), |sum, ask| {
            sum.plus(Sum {
                sum: outcome(to, ask.1),
                pairs: 1.0,
            })
        })
}

/// Over every ask and every executive of the asked function who isn't the asker and answered the question.
/// A person's row holds the asks made and the asks received.
fn ask_sums(people: &[Person]) -> Sums {
    let asked = ascending(people.iter().flat_map(|p| p.asks.iter().flatten().copied()));
    let find = |ask: &(u32, Theme)| asked.binary_search(ask).ok();
    // Per (function, theme) asked: how often, and how far the function's people are from silence.
    let (mut times, mut leaning) = (vec![0.0; asked.len()], vec![0.0; asked.len()]);
    let functions = people
        .iter()
        .map(|p| p.function)
        .chain(asked.iter().map(|a| a.0))
        .max()
        .map_or(0, |f| f as usize + 1);
    let (mut members, mut received) = (vec![0.0; functions], vec![0.0; functions]);
    let mut opinions: Vec<Vec<(usize, f64)>> = Vec::with_capacity(people.len());
    for person in people {
        let mut own = Vec::new();
        if let Some(asks) = &person.asks {
            members[person.function as usize] += 1.0;
            for ask in asks {
                received[ask.0 as usize] += 1.0;
                if let Some(at) = find(ask) {
                    times[at] += 1.0;
                }
            }
            let lists = [&person.priorities, &person.stops, &person.successes];
            let mentioned = lists
                .into_iter()
                .flatten()
                .flatten()
                .copied()
                .chain(asks.iter().map(|ask| ask.1));
            for theme in ascending(mentioned) {
                if let Some(at) = find(&(person.function, theme)) {
                    let lean = outcome(person, theme) - 0.5;
                    leaning[at] += lean;
                    own.push((at, lean));
                }
            }
        }
        opinions.push(own);
    }
    let mut sums = Sums {
        total: Sum::default(),
        rows: Vec::with_capacity(people.len()),
    };
    for (person, own) in people.iter().zip(&opinions) {
        let Some(asks) = &person.asks else {
            sums.rows.push(Sum::default());
            continue;
        };
        let own_lean = |at: usize| {
            own.iter()
                .find(|(place, _)| *place == at)
                .map_or(0.0, |(_, lean)| *lean)
        };
        let mut made = Sum::default();
        let mut to_own_function = 0.0;
        for ask in asks {
            let Some(at) = find(ask) else { continue };
            let inside = ask.0 == person.function;
            to_own_function += f64::from(u8::from(inside));
            let pairs = members[ask.0 as usize] - f64::from(u8::from(inside));
            let lean = leaning[at] - if inside { own_lean(at) } else { 0.0 };
            made = made.plus(Sum {
                sum: 0.5 * pairs + lean,
                pairs,
            });
        }
        let pairs = received[person.function as usize] - to_own_function;
        let lean: f64 = own
            .iter()
            .map(|(at, lean)| {
                (times[*at] - f64::from(u8::from(asks.binary_search(&asked[*at]).is_ok()))) * lean
            })
            .sum();
        sums.total = sums.total.plus(made);
        sums.rows.push(made.plus(Sum {
            sum: 0.5 * pairs + lean,
            pairs,
        }));
    }
    sums
}
