//! Groups by average linkage, and how clear they are.

use kodama::{Method, linkage};

/// One merge of average linkage. Clusters below the number of things are the things; each merge makes the next number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// The clusters merged, the lower number first.
    pub clusters: (usize, usize),
    /// Mean distance between the things of the one and of the other.
    pub height: f64,
    /// How many things the new cluster has.
    pub size: usize,
}

/// Agglomerative clustering by average linkage (UPGMA), lowest merge first.
///
/// `distances`: square, symmetric, finite; only what is above the diagonal is read. Fewer than two things, or rows
/// of other lengths, give no merges. Of equal distances which is merged first depends on the order of the things.
///
/// Source: Sokal & Michener (1958), University of Kansas Science Bulletin 38.
pub fn average_linkage(distances: &[Vec<f64>]) -> Vec<Merge> {
    let things = distances.len();
    if things < 2 || distances.iter().any(|row| row.len() != things) {
        return Vec::new();
    }
    let mut condensed = Vec::with_capacity(things * (things - 1) / 2);
    for (i, row) in distances.iter().enumerate() {
        condensed.extend_from_slice(&row[i + 1..]);
    }
    if condensed.iter().any(|distance| !distance.is_finite()) {
        return Vec::new();
    }
    linkage(&mut condensed, things, Method::Average)
        .steps()
        .iter()
        .map(|step| Merge {
            clusters: (step.cluster1, step.cluster2),
            height: step.dissimilarity,
            size: step.size,
        })
        .collect()
}

/// The group of every thing when the merges are undone down to `count` groups (1 to the number of things, one more than
/// the merges); groups are numbered by their first member.
pub fn cut(merges: &[Merge], count: usize) -> Vec<usize> {
    let things = merges.len() + 1;
    let mut members: Vec<Vec<usize>> = (0..things).map(|thing| vec![thing]).collect();
    for merge in &merges[..things - count.clamp(1, things)] {
        let (one, other) = merge.clusters;
        let mut both = std::mem::take(&mut members[one]);
        both.append(&mut members[other]);
        members.push(both);
    }
    let mut groups: Vec<Vec<usize>> = members
        .into_iter()
        .filter(|group| !group.is_empty())
        .collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort();
    let mut of = vec![0; things];
    for (number, group) in groups.iter().enumerate() {
        for thing in group {
            of[*thing] = number;
        }
    }
    of
}

/// Silhouette width of every thing, in [-1, 1]: how much nearer its own group is than the next. A thing alone
/// in its group has 0. `groups` names the group of each thing, from 0 on. With fewer than two groups all are 0.
///
/// Source: Rousseeuw (1987), Silhouettes, Journal of Computational and Applied Mathematics 20.
pub fn silhouette_widths(distances: &[Vec<f64>], groups: &[usize]) -> Vec<f64> {
    let count = groups.iter().max().map_or(0, |last| last + 1);
    let mut sizes = vec![0.0; count];
    for group in groups {
        sizes[*group] += 1.0;
    }
    let mut totals = vec![0.0; count];
    (0..groups.len())
        .map(|i| {
            totals.fill(0.0);
            for (distance, group) in distances[i].iter().zip(groups) {
                totals[*group] += distance;
            }
            let own = groups[i];
            let others = (0..count).filter(|g| *g != own && sizes[*g] > 0.0);
            let outside = others
                .map(|g| totals[g] / sizes[g])
                .fold(f64::INFINITY, f64::min);
            if sizes[own] < 2.0 || outside.is_infinite() {
                return 0.0;
            }
            let inside = totals[own] / (sizes[own] - 1.0);
            let wider = inside.max(outside);
            if wider > 0.0 {
                (outside - inside) / wider
            } else {
                0.0
            }
        })
        .collect()
}

/// Mean silhouette width, in [-1, 1]; 0 for nothing.
pub fn silhouette(distances: &[Vec<f64>], groups: &[usize]) -> f64 {
    silhouette_widths(distances, groups).iter().sum::<f64>() / groups.len().max(1) as f64
}
