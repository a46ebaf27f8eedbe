//! Average-link clustering, cut at one distance.

use kodama::{Method, linkage};

/// Groups `n` things so that two groups stay apart when their mean similarity is below `least`.
///
/// `similarity(a, b)` with `a < b` is in [0, 1]. Returns each thing's group, numbered from 0 in the order in
/// which the groups' first things come. Takes memory for n (n - 1) / 2 numbers.
pub(super) fn average_link(
    n: usize,
    least: f64,
    similarity: impl Fn(usize, usize) -> f64,
) -> Vec<usize> {
    let mut distances = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for a in 0..n {
        for b in a + 1..n {
            distances.push(1.0 - similarity(a, b));
        }
    }
    let mut parent: Vec<usize> = (0..n).collect();
    if n > 1 {
        let tree = linkage(&mut distances, n, Method::Average);
        // Step k makes cluster n + k; one of its things stands for it.
        let mut member: Vec<usize> = (0..n).collect();
        for step in tree.steps() {
            let (a, b) = (member[step.cluster1], member[step.cluster2]);
            if step.dissimilarity <= 1.0 - least {
                let (a, b) = (root(&parent, a), root(&parent, b));
                parent[a.max(b)] = a.min(b);
            }
            member.push(a.min(b));
        }
    }
    let mut number = vec![None; n];
    let mut next = 0;
    (0..n)
        .map(|thing| {
            *number[root(&parent, thing)].get_or_insert_with(|| {
                next += 1;
                next - 1
            })
        })
        .collect()
}

/// The smallest thing of a group: parents always point to a smaller one.
fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}
