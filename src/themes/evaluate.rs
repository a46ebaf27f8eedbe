//! How well the proposal agrees with people who grouped the same statements.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Item, Language, Question, ThemeRef, propose};

/// One statement with the theme that people gave it; themes are compared within a company.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GoldRow {
    /// The company; each is grouped on its own.
    pub company: String,
    /// The executive. Does not enter: the program never knows who wrote a statement.
    pub exec: String,
    /// The kind of question, in the file's own words. Does not enter either.
    pub question: String,
    /// The statement; a trade-off is one text here.
    pub text: String,
    /// The theme.
    pub theme: String,
}

/// Agreement with the people; each value in [0, 1], the adjusted Rand index in [-1, 1]. `None` where undefined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// F1 of "these two are on one theme", over the pairs of all companies; undefined without such a pair on
    /// either side.
    pub pair_f1: Option<f64>,
    /// B-cubed F1 (Bagga & Baldwin 1998), precision and recall averaged over statements; undefined without statements.
    pub bcubed: Option<f64>,
    /// Adjusted Rand index (Hubert & Arabie 1985) per company, averaged by its number of statements. A company
    /// where chance alone would agree fully (fewer than two statements, all alone or all together on both sides) is left out.
    pub adjusted_rand: Option<f64>,
    /// The smallest share of statements that a consultant has to move to get the people's themes, when each
    /// proposed group may become one theme only; undefined without statements.
    pub moves_share: Option<f64>,
}

/// Groups each company's statements without a codebook, and compares with the themes given.
pub fn evaluate(gold: &[GoldRow], language: Language) -> Evaluation {
    let mut companies: BTreeMap<&str, Vec<&GoldRow>> = BTreeMap::new();
    for row in gold {
        companies.entry(&row.company).or_default().push(row);
    }
    let tables: Vec<Table> = companies
        .values()
        .map(|rows| Table::of(rows, &grouped(rows, language)))
        .collect();
    compare(&tables)
}

/// The proposed theme of each row.
fn grouped(rows: &[&GoldRow], language: Language) -> Vec<ThemeRef> {
    let items: Vec<Item> = rows
        .iter()
        .enumerate()
        // Wide numbers, so that the order of ids is the order of rows.
        .map(|(at, row)| Item {
            id: format!("{at:020}"),
            question: Question::Priorities,
            text: row.text.clone(),
        })
        .collect();
    propose(&items, &[], language)
        .assignments
        .into_iter()
        .map(|assignment| assignment.theme)
        .collect()
}

/// How many statements each proposed group (row) shares with each theme of the people (column).
pub(super) struct Table(Vec<Vec<f64>>);

impl Table {
    fn of(rows: &[&GoldRow], groups: &[ThemeRef]) -> Self {
        Self::count(
            rows.iter()
                .zip(groups)
                .map(|(row, group)| (group, row.theme.as_str())),
        )
    }

    /// Counts pairs of (proposed group, theme).
    pub fn count<G: Ord, T: Ord>(pairs: impl Iterator<Item = (G, T)>) -> Self {
        let mut themes: BTreeMap<T, usize> = BTreeMap::new();
        let mut cells: BTreeMap<G, BTreeMap<usize, f64>> = BTreeMap::new();
        for (group, theme) in pairs {
            let next = themes.len();
            let column = *themes.entry(theme).or_insert(next);
            *cells.entry(group).or_default().entry(column).or_default() += 1.0;
        }
        let row = |cells: BTreeMap<usize, f64>| {
            (0..themes.len())
                .map(|c| cells.get(&c).copied().unwrap_or(0.0))
                .collect()
        };
        Self(cells.into_values().map(row).collect())
    }

    fn rows(&self) -> Vec<f64> {
        self.0.iter().map(|row| row.iter().sum()).collect()
    }

    fn columns(&self) -> Vec<f64> {
        (0..self.0.first().map_or(0, Vec::len))
            .map(|c| self.0.iter().map(|row| row[c]).sum())
            .collect()
    }

    fn total(&self) -> f64 {
        self.rows().iter().sum()
    }

    /// Pairs that are together in both, in the proposal, in the people's themes.
    fn pairs(&self) -> [f64; 3] {
        let pairs = |counts: &[f64]| counts.iter().map(|n| n * (n - 1.0) / 2.0).sum::<f64>();
        [
            self.0.iter().map(|row| pairs(row)).sum(),
            pairs(&self.rows()),
            pairs(&self.columns()),
        ]
    }

    /// Sums over statements of B-cubed precision and recall.
    fn bcubed(&self) -> [f64; 2] {
        let (rows, columns) = (self.rows(), self.columns());
        let mut sums = [0.0, 0.0];
        for (row, of_row) in self.0.iter().zip(&rows) {
            for (n, of_column) in row.iter().zip(&columns).filter(|(n, _)| **n > 0.0) {
                sums[0] += n * n / of_row;
                sums[1] += n * n / of_column;
            }
        }
        sums
    }

    fn adjusted_rand(&self) -> Option<f64> {
        let n = self.total();
        let [both, proposed, gold] = self.pairs();
        let all = n * (n - 1.0) / 2.0;
        let expected = proposed * gold / all;
        let room = f64::midpoint(proposed, gold) - expected;
        (all > 0.0 && room.abs() > 1e-12).then(|| (both - expected) / room)
    }
}

/// The four figures over several companies.
pub(super) fn compare(tables: &[Table]) -> Evaluation {
    let total: f64 = tables.iter().map(Table::total).sum();
    let share = |sum: f64| (total > 0.0).then(|| sum / total);
    let [both, proposed, gold] = tables
        .iter()
        .map(Table::pairs)
        .fold([0.0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    let [precision, recall] = tables
        .iter()
        .map(Table::bcubed)
        .fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
    let rand: Vec<(f64, f64)> = tables
        .iter()
        .filter_map(|t| Some((t.adjusted_rand()?, t.total())))
        .collect();
    let weight: f64 = rand.iter().map(|(_, n)| n).sum();
    Evaluation {
        pair_f1: (proposed + gold > 0.0).then(|| 2.0 * both / (proposed + gold)),
        bcubed: share(precision)
            .zip(share(recall))
            .map(|(p, r)| 2.0 * p * r / (p + r)),
        adjusted_rand: (weight > 0.0)
            .then(|| rand.iter().map(|(value, n)| value * n).sum::<f64>() / weight),
        moves_share: share(tables.iter().map(|t| t.total() - kept(&t.0)).sum()),
    }
}

/// The most statements that can stay when each row is given one column: the assignment problem, by the
/// Hungarian method with potentials (Kuhn 1955; Munkres 1957). Costs are negated counts.
fn kept(table: &[Vec<f64>]) -> f64 {
    let size = table.len().max(table.first().map_or(0, Vec::len));
    let cost = |row: usize, column: usize| {
        -table
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(0.0)
    };
    // Position 0 stands for "none yet", so rows and columns count from 1.
    let (mut of_row, mut of_column) = (vec![0.0; size + 1], vec![0.0; size + 1]);
    let mut taken_by = vec![0; size + 1];
    for row in 1..=size {
        taken_by[0] = row;
        let mut least = vec![f64::INFINITY; size + 1];
        let mut came_from = vec![0; size + 1];
        let mut seen = vec![false; size + 1];
        let mut at = 0;
        while taken_by[at] != 0 {
            seen[at] = true;
            let (mut step, mut next) = (f64::INFINITY, 0);
            for column in (1..=size).filter(|&column| !seen[column]) {
                let slack =
                    cost(taken_by[at] - 1, column - 1) - of_row[taken_by[at]] - of_column[column];
                if slack < least[column] {
                    least[column] = slack;
                    came_from[column] = at;
                }
                if least[column] < step {
                    step = least[column];
                    next = column;
                }
            }
            for column in 0..=size {
                if seen[column] {
                    of_row[taken_by[column]] += step;
                    of_column[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            taken_by[at] = taken_by[came_from[at]];
            at = came_from[at];
        }
    }
    (1..=size)
        .map(|column| -cost(taken_by[column] - 1, column - 1))
        .sum()
}
