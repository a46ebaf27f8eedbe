//! Directed trade-offs: who agrees, who contradicts whom, and where the team goes round in a circle.

use std::collections::{BTreeMap, BTreeSet};

/// Directed pairs: (favoured, given up).
pub type Edges<T> = BTreeSet<(T, T)>;

/// How two persons agree on the pairs of themes that both address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Common {
    /// Pairs with the same direction.
    pub same: usize,
    /// Pairs with opposite directions: direct contradictions.
    pub opposite: usize,
    /// Unordered pairs of themes that both address.
    pub pairs: usize,
}

impl Common {
    /// (same - opposite) / pairs, in [-1, 1]; undefined when no pair is addressed by both.
    pub fn agreement(&self) -> Option<f64> {
        (self.pairs > 0).then(|| (self.same as f64 - self.opposite as f64) / self.pairs as f64)
    }
}

fn unordered<T: Ord + Copy>(edges: &Edges<T>) -> BTreeSet<(T, T)> {
    edges
        .iter()
        .filter(|(a, b)| a != b)
        .map(|&(a, b)| if a < b { (a, b) } else { (b, a) })
        .collect()
}

/// Counts what two persons say about the same pairs of themes.
pub fn common<T: Ord + Copy>(one: &Edges<T>, other: &Edges<T>) -> Common {
    let mut found = Common::default();
    for (a, b) in unordered(one).intersection(&unordered(other)).copied() {
        found.pairs += 1;
        let both = |edge| one.contains(&edge) && other.contains(&edge);
        let against = |x, y| one.contains(&(x, y)) && other.contains(&(y, x));
        found.same += usize::from(both((a, b)) || both((b, a)));
        found.opposite += usize::from(against(a, b) || against(b, a));
    }
    found
}

/// Pairs of themes on which two persons contradict each other in so many words, each in ascending order.
pub fn direct_contradictions<T: Ord + Copy>(one: &Edges<T>, other: &Edges<T>) -> BTreeSet<(T, T)> {
    unordered(
        &one.iter()
            .copied()
            .filter(|&(a, b)| other.contains(&(b, a)))
            .collect(),
    )
}

/// Everything that follows from "a over b" and "b over c". A person whose own statements are circular
/// ends up with both directions.
pub fn transitive_closure<T: Ord + Copy>(edges: &Edges<T>) -> Edges<T> {
    let mut closure = edges.clone();
    let nodes: BTreeSet<T> = edges.iter().flat_map(|&(a, b)| [a, b]).collect();
    for &via in &nodes {
        let into: Vec<T> = nodes
            .iter()
            .copied()
            .filter(|&a| closure.contains(&(a, via)))
            .collect();
        let out: Vec<T> = nodes
            .iter()
            .copied()
            .filter(|&b| closure.contains(&(via, b)))
            .collect();
        for &a in &into {
            closure.extend(out.iter().map(|&b| (a, b)));
        }
    }
    closure
}

/// Pairs of themes on which two persons contradict each other only by what follows from their statements.
pub fn transitive_contradictions<T: Ord + Copy>(
    one: &Edges<T>,
    other: &Edges<T>,
) -> BTreeSet<(T, T)> {
    let direct = direct_contradictions(one, other);
    direct_contradictions(&transitive_closure(one), &transitive_closure(other))
        .difference(&direct)
        .copied()
        .collect()
}

/// Themes that lie on a common circle, as groups of two or more (the strongly connected components), ascending.
pub fn strong_components<T: Ord + Copy>(edges: &Edges<T>) -> Vec<Vec<T>> {
    let closure = transitive_closure(edges);
    let nodes: BTreeSet<T> = edges.iter().flat_map(|&(a, b)| [a, b]).collect();
    let mut left = nodes.clone();
    let mut groups = Vec::new();
    for a in nodes {
        if left.remove(&a) {
            let others: Vec<T> = left
                .iter()
                .copied()
                .filter(|&b| closure.contains(&(a, b)) && closure.contains(&(b, a)))
                .collect();
            if !others.is_empty() {
                left.retain(|b| !others.contains(b));
                groups.push(std::iter::once(a).chain(others).collect());
            }
        }
    }
    groups
}

/// Simple cycles of a directed graph, each from its smallest node, shorter ones first, then ascending.
/// The number of cycles can grow without bound: stops at `most` cycles, of `longest` nodes each.
pub fn simple_cycles<T: Ord + Copy>(edges: &Edges<T>, longest: usize, most: usize) -> Vec<Vec<T>> {
    // Steps, not only cycles, are bounded: a dense graph without short cycles would take as long.
    let mut search = Search {
        next: BTreeMap::new(),
        longest,
        most,
        steps: 200_000,
        found: Vec::new(),
    };
    let circular: BTreeSet<T> = strong_components(edges).into_iter().flatten().collect();
    for &(a, b) in edges {
        if a != b && circular.contains(&a) && circular.contains(&b) {
            search.next.entry(a).or_default().push(b);
        }
    }
    for &start in &circular {
        search.extend(&mut vec![start]);
    }
    search
        .found
        .sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    search.found
}

struct Search<T> {
    next: BTreeMap<T, Vec<T>>,
    longest: usize,
    most: usize,
    steps: usize,
    found: Vec<Vec<T>>,
}

impl<T: Ord + Copy> Search<T> {
    fn extend(&mut self, path: &mut Vec<T>) {
        if self.steps == 0 || self.found.len() >= self.most {
            return;
        }
        self.steps -= 1;
        let (start, end) = (path[0], path[path.len() - 1]);
        for node in self.next.get(&end).cloned().unwrap_or_default() {
            if node == start && path.len() > 1 && self.found.len() < self.most {
                self.found.push(path.clone());
            } else if node > start && path.len() < self.longest && !path.contains(&node) {
                path.push(node);
                self.extend(path);
                path.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_with_very_many_cycles_is_cut_short() {
        let mut edges = Edges::new();
        for a in 0..40 {
            edges.extend((0..40).filter(|b| *b != a).map(|b| (a, b)));
        }
        assert_eq!(simple_cycles(&edges, 6, 50).len(), 50);
    }
}
