//! How well a proposal agrees with people who grouped the same statements.

use std::collections::BTreeMap;

use serde::Serialize;

/// Agreement with people. `None` where undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// F1 of "these two are on one theme", in [0, 1]; undefined where neither side puts two together.
    pub pair_f1: Option<f64>,
    /// B-cubed F1 (Bagga & Baldwin 1998), precision and recall averaged over statements, in [0, 1]; undefined
    /// without statements.
    pub bcubed: Option<f64>,
    /// Adjusted Rand index (Hubert & Arabie 1985), in [-1, 1]. Undefined where chance alone would agree fully: fewer
    /// than two statements, all alone or all together on both sides. Over several teams the mean by their statements.
    pub adjusted_rand: Option<f64>,
    /// The smallest share of statements that a consultant has to move to get the people's themes, in [0, 1]. Each
    /// proposed group may become one theme only; a known theme is the one it is. Undefined without statements.
    pub to_move: Option<f64>,
}

/// How many statements each proposed group (row) shares with each theme of the people (column).
pub(super) struct Table {
    counts: Vec<Vec<f64>>,
    /// How many statements can stay where they are.
    kept: f64,
}

impl Table {
    /// Counts pairs of (proposed group, theme); `may(group, theme)` says whether the group can become the theme.
    pub fn count<G: Ord, T: Ord + Clone>(
        pairs: impl Iterator<Item = (G, T)>,
        may: impl Fn(&G, &T) -> bool,
    ) -> Self {
        let mut themes: BTreeMap<T, usize> = BTreeMap::new();
        let mut cells: BTreeMap<G, BTreeMap<usize, f64>> = BTreeMap::new();
        for (group, theme) in pairs {
            let next = themes.len();
            let column = *themes.entry(theme.clone()).or_insert(next);
            *cells.entry(group).or_default().entry(column).or_default() += 1.0;
        }
        let row = |cells: &BTreeMap<usize, f64>| -> Vec<f64> {
            (0..themes.len())
                .map(|c| cells.get(&c).copied().unwrap_or(0.0))
                .collect()
        };
        let counts: Vec<Vec<f64>> = cells.values().map(row).collect();
        let mut stays = counts.clone();
        for (group, stays) in cells.keys().zip(&mut stays) {
            for (theme, &column) in &themes {
                if !may(group, theme) {
                    stays[column] = 0.0;
                }
            }
        }
        Self {
            kept: kept(&stays),
            counts,
        }
    }

    fn rows(&self) -> Vec<f64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    fn columns(&self) -> Vec<f64> {
        (0..self.counts.first().map_or(0, Vec::len))
            .map(|c| self.counts.iter().map(|row| row[c]).sum())
            .collect()
    }

    fn total(&self) -> f64 {
        self.rows().iter().sum()
    }

    /// Pairs that are together in both, in the proposal, in the people's themes.
    fn pairs(&self) -> [f64; 3] {
        let pairs = |counts: &[f64]| counts.iter().map(|n| n * (n - 1.0) / 2.0).sum::<f64>();
        [
            self.counts.iter().map(|row| pairs(row)).sum(),
            pairs(&self.rows()),
            pairs(&self.columns()),
        ]
    }

    /// Sums over statements of B-cubed precision and recall.
    fn bcubed(&self) -> [f64; 2] {
        let (rows, columns) = (self.rows(), self.columns());
        let mut sums = [0.0, 0.0];
        for (row, of_row) in self.counts.iter().zip(&rows) {
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

/// The figures over the statements of several teams.
pub(super) fn pooled<'a>(tables: impl Iterator<Item = &'a Table> + Clone) -> Agreement {
    let total: f64 = tables.clone().map(Table::total).sum();
    let share = |sum: f64| (total > 0.0).then(|| sum / total);
    let [both, proposed, gold] = tables
        .clone()
        .map(Table::pairs)
        .fold([0.0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    let [precision, recall] = tables
        .clone()
        .map(Table::bcubed)
        .fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
    let rand: Vec<(f64, f64)> = tables
        .clone()
        .filter_map(|t| Some((t.adjusted_rand()?, t.total())))
        .collect();
    let weight: f64 = rand.iter().map(|(_, n)| n).sum();
    Agreement {
        pair_f1: (proposed + gold > 0.0).then(|| 2.0 * both / (proposed + gold)),
        bcubed: share(precision)
            .zip(share(recall))
            .map(|(p, r)| 2.0 * p * r / (p + r)),
        adjusted_rand: (weight > 0.0)
            .then(|| rand.iter().map(|(value, n)| value * n).sum::<f64>() / weight),
        to_move: share(tables.map(|t| t.total() - t.kept).sum()),
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
