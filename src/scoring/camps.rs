//! Groups within the team: average-link clustering of 1 - similarity, judged by silhouette and by chance.

use kodama::{Method, linkage};

use super::index::Matrix;
use super::output::Camps;
use super::people::Team;

/// Below this silhouette there are no camps.
const CLEAR: f64 = 0.25;
/// From this p on, chance may have made them.
const LEVEL: f64 = 0.05;

/// A division of the team: each person's group, and the mean silhouette width.
struct Division {
    groups: Vec<usize>,
    silhouette: f64,
}

/// The camps of a team, if it falls into two to four groups more clearly than chance teams do.
/// `redraw` gives the similarities of the chance team of that number.
pub(crate) fn find(
    team: &Team<'_>,
    matrix: &Matrix,
    redraw: impl Fn(u64) -> Matrix,
    draws: u64,
) -> Option<Camps> {
    let division = divide(matrix).filter(|division| division.silhouette >= CLEAR)?;
    // The observed division counts as one of its own chance draws, so p is never 0.
    let (mut as_clear, bound) = (1u64, LEVEL * (draws + 1) as f64);
    for number in 0..draws {
        if divide(&redraw(number))
            .is_some_and(|chance| chance.silhouette >= division.silhouette - 1e-12)
        {
            as_clear += 1;
            if as_clear as f64 >= bound {
                return None;
            }
        }
    }
    let p_value = as_clear as f64 / (draws + 1) as f64;
    if p_value >= LEVEL {
        return None;
    }
    let count = division.groups.iter().max().map_or(0, |last| last + 1);
    let mut groups: Vec<Vec<String>> = vec![Vec::new(); count];
    for (person, group) in division.groups.iter().enumerate() {
        groups[*group].push(team.id(person));
    }
    groups.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    Some(Camps {
        groups,
        silhouette: division.silhouette,
        p_value,
    })
}

/// The clearest division into two to four groups; none below four people.
fn divide(matrix: &Matrix) -> Option<Division> {
    let people = matrix.len();
    if people < 4 {
        return None;
    }
    let distances = distances(matrix);
    let mut condensed = Vec::with_capacity(people * (people - 1) / 2);
    for (i, row) in distances.iter().enumerate() {
        condensed.extend_from_slice(&row[i + 1..]);
    }
    let tree = linkage(&mut condensed, people, Method::Average);
    let mut best: Option<Division> = None;
    for count in 2..=4.min(people - 1) {
        let groups = cut(
            people,
            tree.steps()
                .iter()
                .map(|step| (step.cluster1, step.cluster2)),
            count,
        );
        let silhouette = silhouette(&distances, &groups, count);
        if best
            .as_ref()
            .is_none_or(|best| silhouette > best.silhouette + 1e-12)
        {
            best = Some(Division { groups, silhouette });
        }
    }
    best
}

/// 1 - similarity. A pair without a common question is as far apart as pairs are on average: nothing is known of it.
fn distances(matrix: &Matrix) -> Vec<Vec<f64>> {
    let people = matrix.len();
    let known: Vec<f64> = (0..people)
        .flat_map(|i| matrix[i][i + 1..].iter().flatten().map(|s| 1.0 - s))
        .collect();
    let average = if known.is_empty() {
        0.0
    } else {
        known.iter().sum::<f64>() / known.len() as f64
    };
    (0..people)
        .map(|i| {
            (0..people)
                .map(|j| {
                    if i == j {
                        0.0
                    } else {
                        matrix[i][j].map_or(average, |s| 1.0 - s)
                    }
                })
                .collect()
        })
        .collect()
}

/// The groups that are left when all but `count - 1` merges are made, numbered by their first member.
fn cut(people: usize, merges: impl Iterator<Item = (usize, usize)>, count: usize) -> Vec<usize> {
    let mut members: Vec<Vec<usize>> = (0..people).map(|person| vec![person]).collect();
    for (one, other) in merges.take(people - count) {
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
    let mut of = vec![0; people];
    for (number, group) in groups.iter().enumerate() {
        for person in group {
            of[*person] = number;
        }
    }
    of
}

/// Mean silhouette width (Rousseeuw 1987); a person alone in a group counts 0.
fn silhouette(distances: &[Vec<f64>], groups: &[usize], count: usize) -> f64 {
    let people = groups.len();
    let mut sizes = vec![0.0; count];
    for group in groups {
        sizes[*group] += 1.0;
    }
    let mut sum = 0.0;
    for i in 0..people {
        let mut totals = vec![0.0; count];
        for j in 0..people {
            totals[groups[j]] += distances[i][j];
        }
        let own = groups[i];
        if sizes[own] < 2.0 {
            continue;
        }
        let inside = totals[own] / (sizes[own] - 1.0);
        let outside = (0..count)
            .filter(|g| *g != own)
            .map(|g| totals[g] / sizes[g])
            .fold(f64::INFINITY, f64::min);
        let wider = inside.max(outside);
        if wider > 0.0 {
            sum += (outside - inside) / wider;
        }
    }
    sum / people as f64
}
