//! Average-link clustering, cut where asked.

use kodama::{Method, linkage};

/// A tree of things that were joined two by two, the most alike first.
pub(super) struct Tree {
    things: usize,
    /// One thing of each of the two groups joined, and the mean similarity between the groups.
    joins: Vec<(usize, usize, f32)>,
}

impl Tree {
    /// The tree of `things` things by the mean similarity between groups. The similarities, in [-1, 1], are
    /// those of the first thing with the second, third, ..., then of the second with the third, ... The order of the
    /// things decides between equal ones.
    pub fn average_link(things: usize, mut similarities: Vec<f32>) -> Self {
        let mut joins = Vec::with_capacity(things.saturating_sub(1));
        if things > 1 {
            for value in &mut similarities {
                *value = 1.0 - *value;
            }
            let tree = linkage(&mut similarities, things, Method::Average);
            // Step k makes group things + k; one of its things stands for it.
            let mut member: Vec<usize> = (0..things).collect();
            for step in tree.steps() {
                let (a, b) = (member[step.cluster1], member[step.cluster2]);
                joins.push((a, b, 1.0 - step.dissimilarity));
                member.push(a.min(b));
            }
        }
        Self { things, joins }
    }

    /// Each thing's group when groups stay apart whose mean similarity is below `least`, numbered from 0 in
    /// the order in which the groups' first things come. A higher `least` divides the groups of a lower one.
    pub fn cut(&self, least: f64) -> Vec<usize> {
        let mut parent: Vec<usize> = (0..self.things).collect();
        for &(a, b, similarity) in &self.joins {
            // A hair's breadth below is as much: these are sums of many rounded numbers.
            if f64::from(similarity) >= least - 1e-6 {
                let (a, b) = (root(&parent, a), root(&parent, b));
                parent[a.max(b)] = a.min(b);
            }
        }
        let mut number = vec![None; self.things];
        let mut next = 0;
        (0..self.things)
            .map(|thing| {
                *number[root(&parent, thing)].get_or_insert_with(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect()
    }
}

/// The smallest thing of a group: parents always point to a smaller one.
fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

/// The mean, over all things, of the mean similarity to the `nearest` most alike others. Others that are not
/// there count 0. The similarities come as for [`Tree::average_link`].
pub(super) fn density(things: usize, similarities: &[f32], nearest: usize) -> f64 {
    let mut top = vec![Vec::with_capacity(nearest + 1); things];
    let mut keep = |thing: usize, value: f32| {
        let best: &mut Vec<f32> = &mut top[thing];
        if best.len() < nearest || best.last().is_some_and(|last| value > *last) {
            let at = best.partition_point(|other| *other >= value);
            best.insert(at, value);
            best.truncate(nearest);
        }
    };
    let mut pairs = similarities.iter();
    for a in 0..things {
        for (b, value) in (a + 1..things).zip(&mut pairs) {
            keep(a, *value);
            keep(b, *value);
        }
    }
    let sum: f64 = top.iter().flatten().map(|value| f64::from(*value)).sum();
    sum / (things.max(1) * nearest.max(1)) as f64
}
