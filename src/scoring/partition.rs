//! How alike two groupings of the same things are.

use std::collections::BTreeMap;

/// B-cubed precision, recall and their harmonic mean, each in (0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BCubed {
    /// How pure the found groups are: mean share of a thing's found group that belongs with it.
    pub precision: f64,
    /// How whole the true groups are: mean share of a thing's true group that was found with it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// How many things there are of each pair of groups, of each first group, of each second.
struct Table<'a, T, U> {
    cells: BTreeMap<(&'a T, &'a U), f64>,
    rows: BTreeMap<&'a T, f64>,
    columns: BTreeMap<&'a U, f64>,
}

fn table<'a, T: Ord, U: Ord>(one: &'a [T], other: &'a [U]) -> Option<Table<'a, T, U>> {
    if one.is_empty() || one.len() != other.len() {
        return None;
    }
    let mut table = Table {
        cells: BTreeMap::new(),
        rows: BTreeMap::new(),
        columns: BTreeMap::new(),
    };
    for (a, b) in one.iter().zip(other) {
        *table.cells.entry((a, b)).or_default() += 1.0;
        *table.rows.entry(a).or_default() += 1.0;
        *table.columns.entry(b).or_default() += 1.0;
    }
    Some(table)
}

fn pairs<'a>(counts: impl Iterator<Item = &'a f64>) -> f64 {
    counts.map(|n| n * (n - 1.0) / 2.0).sum()
}

/// Adjusted Rand index of two groupings: 1 when they are the same, 0 for what chance gives, possibly below 0.
///
/// Each list names the group of every thing, in the same order. Two groupings that leave chance no room (all in one group, or
/// each alone, in both) are the same: 1. Undefined for empty lists and lists of different lengths.
///
/// Source: Hubert & Arabie (1985), Comparing partitions, Journal of Classification 2.
pub fn adjusted_rand<T: Ord, U: Ord>(one: &[T], other: &[U]) -> Option<f64> {
    let table = table(one, other)?;
    let (rows, columns) = (pairs(table.rows.values()), pairs(table.columns.values()));
    let all = pairs([one.len() as f64].iter());
    if all == 0.0 {
        return Some(1.0);
    }
    let expected = rows * columns / all;
    let most = f64::midpoint(rows, columns);
    if most == expected {
        return Some(1.0);
    }
    Some((pairs(table.cells.values()) - expected) / (most - expected))
}

/// B-cubed agreement of a found grouping with the true one, over things, each counted with itself.
/// Undefined for empty lists and lists of different lengths.
///
/// Source: Bagga & Baldwin (1998), Algorithms for scoring coreference chains, LREC.
pub fn b_cubed<T: Ord, U: Ord>(truth: &[T], found: &[U]) -> Option<BCubed> {
    let table = table(truth, found)?;
    let things = truth.len() as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((a, b), both) in &table.cells {
        precision += both * both / table.columns[b];
        recall += both * both / table.rows[a];
    }
    let (precision, recall) = (precision / things, recall / things);
    Some(BCubed {
        precision,
        recall,
        f1: 2.0 * precision * recall / (precision + recall),
    })
}
