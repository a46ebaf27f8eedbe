//! Reference values computed with other people's packages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use serde_json::Value;

use crate::scoring::trade_offs::{
    Common, Edges, common, direct_contradictions, simple_cycles, strong_components,
    transitive_closure, transitive_contradictions,
};
use crate::scoring::*;

const VECTORS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/scoring/vectors.json"
);

/// Families that are not run, with the reason.
const NOT_RUN: [(&str, &str); 1] = [(
    "jackknife_bca",
    "no interval is reported: a team is a census, not a sample",
)];

/// Parts of cases that are not run, with the reason.
const PARTS_NOT_RUN: [(&str, &str); 1] = [(
    "mds_cluster",
    "eigenvalues, coordinates and fit of classical scaling: the only map is that of consensus mapping",
)];

/// Families run here and in `vectors_ranked`.
const RUN: [&str; 11] = [
    "rbo",
    "set_overlap",
    "tradeoff",
    "paired_permutation",
    "kendall_w",
    "krippendorff_alpha",
    "rwg_ad",
    "scm_within",
    "scm_between",
    "partition",
    "mds_cluster",
];

fn cases() -> Vec<Value> {
    let text = std::fs::read_to_string(VECTORS)
        .unwrap_or_else(|error| panic!("the reference values are expected at {VECTORS}: {error}"));
    let file: Value = serde_json::from_str(&text).expect("the reference values are JSON");
    file["cases"].as_array().expect("a list of cases").clone()
}

pub(super) fn words(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|v| v.as_str().expect("a word"))
        .collect()
}

pub(super) fn sets(value: &Value) -> Vec<BTreeSet<&str>> {
    value
        .as_array()
        .expect("sets")
        .iter()
        .map(|set| words(set).into_iter().collect())
        .collect()
}

pub(super) fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {value}"))
}

/// Equal to within the tolerance; undefined only where `null` is expected.
pub(super) fn agree(name: &str, what: &str, ours: Option<f64>, expected: &Value, tolerance: f64) {
    match (ours, expected.as_f64()) {
        (None, None) => {}
        (Some(ours), Some(expected)) => {
            assert!(
                (ours - expected).abs() <= tolerance,
                "{name}: {what} is {ours}, expected {expected}"
            );
        }
        (ours, _) => panic!("{name}: {what} is {ours:?}, expected {expected}"),
    }
}

/// Runs every case of one family and says how many passed.
pub(super) fn run(family: &str, check: impl Fn(&str, &Value)) {
    let all = cases();
    let own: Vec<_> = all.iter().filter(|case| case["family"] == family).collect();
    assert!(!own.is_empty(), "no case of {family}");
    for case in &own {
        check(case["name"].as_str().expect("a name"), case);
    }
    say(&format!(
        "{family}: {} of {} cases passed",
        own.len(),
        own.len()
    ));
}

/// Past the test harness, which keeps what a passing test prints: whoever runs the tests sees what was compared.
fn say(line: &str) {
    writeln!(std::io::stdout().lock(), "reference values, {line}").expect("standard output");
}

#[test]
fn rank_biased_overlap_agrees_with_the_reference_values() {
    run("rbo", |name, case| {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        let tolerance = case["tolerance"].as_f64().unwrap_or(1e-9);
        if expected.get("rbo_ext").is_some() {
            let (a, b, p) = (
                words(&inputs["list_a"]),
                words(&inputs["list_b"]),
                number(&inputs["p"]),
            );
            agree(
                name,
                "rbo_ext",
                rbo_ext(&a, &b, p),
                &expected["rbo_ext"],
                tolerance,
            );
            agree(
                name,
                "rbo_ext, the other way round",
                rbo_ext(&b, &a, p),
                &expected["rbo_ext"],
                tolerance,
            );
        } else if expected.get("average_overlap").is_some() {
            let depth = number(&inputs["depth"]) as usize;
            let ours = average_overlap(&words(&inputs["list_a"]), &words(&inputs["list_b"]), depth);
            agree(
                name,
                "average_overlap",
                ours,
                &expected["average_overlap"],
                1e-9,
            );
            agree(
                name,
                "the published value",
                ours,
                &expected["published"],
                5e-4,
            );
        } else {
            let ours = rbo_prefix_weight(number(&inputs["p"]), number(&inputs["depth"]) as usize);
            agree(name, "weight", ours, &expected["weight"], tolerance);
        }
    });
}

type SetSimilarity<'a> = fn(&BTreeSet<&'a str>, &BTreeSet<&'a str>) -> Option<f64>;

/// The mean similarity when everybody's set is redrawn in its size: exact, over all sets.
fn expected_mean<'a>(
    sets: &[BTreeSet<&'a str>],
    popularity: &BTreeMap<&'a str, f64>,
    similarity: SetSimilarity<'a>,
) -> Option<f64> {
    let (themes, weights): (Vec<&str>, Vec<f64>) = popularity.iter().map(|(t, w)| (*t, *w)).unzip();
    let redraws: BTreeMap<usize, Vec<(BTreeSet<&'a str>, f64)>> = sets
        .iter()
        .map(|set| {
            let drawn = subset_probabilities(&weights, set.len());
            (
                set.len(),
                drawn
                    .into_iter()
                    .map(|(s, p)| (s.into_iter().map(|i| themes[i]).collect(), p))
                    .collect(),
            )
        })
        .collect();
    mean_over_pairs(sets, |a, b| {
        similarity(a, b)?; // the same pairs as observed
        let mut sum = 0.0;
        for (one, p) in &redraws[&a.len()] {
            for (other, q) in &redraws[&b.len()] {
                sum += p * q * similarity(one, other)?;
            }
        }
        Some(sum)
    })
    .0
}

#[test]
fn overlap_of_sets_agrees_with_the_reference_values() {
    run("set_overlap", |name, case| {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        if let Some(weights) = inputs.get("weights") {
            let weights: Vec<f64> = weights
                .as_array()
                .expect("weights")
                .iter()
                .map(number)
                .collect();
            let ours = subset_probabilities(&weights, number(&inputs["k"]) as usize);
            assert_eq!(
                ours.len(),
                expected.as_object().expect("sets").len(),
                "{name}"
            );
            for (set, p) in ours {
                let key = format!(
                    "{{{}}}",
                    set.iter()
                        .map(usize::to_string)
                        .collect::<Vec<_>>()
                        .join(",")
                );
                agree(name, &key, Some(p), &expected[&key], 1e-9);
            }
            return;
        }
        let sets = sets(&inputs["sets"]);
        let popularity: BTreeMap<&str, f64> = inputs["popularity"]
            .as_object()
            .expect("popularity")
            .iter()
            .map(|(k, v)| (k.as_str(), number(v)))
            .collect();
        let measures: [(&str, SetSimilarity<'_>); 3] =
            [("jaccard", jaccard), ("dice", dice), ("overlap", overlap)];
        for (measure, similarity) in measures {
            let expected = &expected[measure];
            let (observed, pairs) = mean_over_pairs(&sets, similarity);
            agree(name, measure, observed, &expected["observed"], 1e-12);
            assert_eq!(
                pairs,
                number(&expected["n_pairs"]) as usize,
                "{name}: pairs of {measure}"
            );
            let chance = expected_mean(&sets, &popularity, similarity);
            agree(
                name,
                &format!("expected {measure}"),
                chance,
                &expected["expected"],
                1e-9,
            );
            let ours = observed
                .zip(chance)
                .and_then(|(observed, chance)| corrected(observed, chance));
            agree(
                name,
                &format!("corrected {measure}"),
                ours,
                &expected["corrected"],
                1e-9,
            );
        }
    });
}

#[test]
fn agreement_on_trade_offs_agrees_with_the_reference_values() {
    run("tradeoff", |name, case| {
        let expected = &case["expected"];
        let people: Vec<(&str, Edges<&str>)> = case["inputs"]["persons"]
            .as_object()
            .expect("persons")
            .iter()
            .map(|(person, edges)| {
                let edges = edges
                    .as_array()
                    .expect("edges")
                    .iter()
                    .map(|edge| (words(edge)[0], words(edge)[1]));
                (person.as_str(), edges.collect())
            })
            .collect();
        let (mut total, mut direct, mut transitive) = (Common::default(), Vec::new(), Vec::new());
        for (i, (one, a)) in people.iter().enumerate() {
            for (other, b) in &people[i + 1..] {
                let pair = common(a, b);
                agree(
                    name,
                    "pair",
                    pair.agreement(),
                    &expected["pair_agreement"][format!("{one}|{other}")],
                    1e-12,
                );
                total.same += pair.same;
                total.opposite += pair.opposite;
                total.pairs += pair.pairs;
                direct.extend(
                    direct_contradictions(a, b)
                        .into_iter()
                        .map(|(x, y)| vec![*one, *other, x, y]),
                );
                transitive.extend(
                    transitive_contradictions(a, b)
                        .into_iter()
                        .map(|(x, y)| vec![*one, *other, x, y]),
                );
            }
        }
        let (mean, defined) = mean_over_pairs(&people, |a, b| common(&a.1, &b.1).agreement());
        agree(
            name,
            "mean",
            mean,
            &expected["mean_over_defined_pairs"],
            1e-12,
        );
        agree(
            name,
            "pooled",
            total.agreement(),
            &expected["pooled"],
            1e-12,
        );
        let union: Edges<&str> = people
            .iter()
            .flat_map(|(_, edges)| edges.iter().copied())
            .collect();
        let components = strong_components(&union);
        let cycles = simple_cycles(&union, usize::MAX, usize::MAX);
        let circular: Vec<&str> = people
            .iter()
            .filter(|(_, edges)| transitive_closure(edges).iter().any(|(a, b)| a == b))
            .map(|(person, _)| *person)
            .collect();
        let ours = serde_json::json!({
            "pair_agreement": expected["pair_agreement"],
            "mean_over_defined_pairs": expected["mean_over_defined_pairs"],
            "pooled": expected["pooled"],
            "n_defined_pairs": defined, "n_same": total.same, "n_opposite": total.opposite, "n_common": total.pairs,
            "direct_contradictions": direct.len(), "direct_contradiction_list": direct,
            "transitive_only_contradictions": transitive.len(), "transitive_only_list": transitive,
            "union_graph_strong_components": components,
            "union_graph_conflicted_theme_pairs": components.iter().map(|c| c.len() * (c.len() - 1) / 2).sum::<usize>(),
            "union_graph_simple_cycles": cycles, "n_cycles": cycles.len(),
            "persons_with_own_cycle": circular,
        });
        assert_eq!(&ours, expected, "{name}");
    });
}

#[test]
fn the_paired_permutation_test_agrees_with_the_reference_values() {
    run("paired_permutation", |name, case| {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        let tested = if inputs.get("wave1").is_some() {
            let list = |key: &str| {
                inputs[key]
                    .as_array()
                    .expect("numbers")
                    .iter()
                    .map(number)
                    .collect::<Vec<_>>()
            };
            let (first, second) = (list("wave1"), list("wave2"));
            paired_permutation(first.len(), 1, 0, |exchanged| {
                let signed = |(i, x): (usize, &bool)| {
                    if *x {
                        first[i] - second[i]
                    } else {
                        second[i] - first[i]
                    }
                };
                Some(exchanged.iter().enumerate().map(signed).sum::<f64>() / first.len() as f64)
            })
        } else {
            let (first, second) = (sets(&inputs["wave1_sets"]), sets(&inputs["wave2_sets"]));
            paired_permutation(first.len(), 1, 0, |exchanged| {
                let wave = |later: bool| -> Vec<_> {
                    (0..first.len())
                        .map(|i| {
                            if exchanged[i] == later {
                                &first[i]
                            } else {
                                &second[i]
                            }
                        })
                        .collect()
                };
                let mean =
                    |sets: Vec<&BTreeSet<&str>>| mean_over_pairs(&sets, |a, b| jaccard(a, b)).0;
                Some(mean(wave(true))? - mean(wave(false))?)
            })
        }
        .expect("defined");
        let (difference, count) = match expected.get("n_flips") {
            Some(count) => (&expected["mean_difference"], count),
            None => (&expected["difference"], &expected["n_swaps"]),
        };
        agree(name, "difference", Some(tested.observed), difference, 1e-12);
        agree(
            name,
            "p",
            Some(tested.p_value),
            &expected["p_two_sided"],
            1e-12,
        );
        assert!(tested.exact);
        assert_eq!(tested.arrangements, number(count) as usize, "{name}");
    });
}

#[test]
fn no_family_of_reference_values_is_passed_over_in_silence() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        *counts
            .entry(case["family"].as_str().expect("a family").to_owned())
            .or_default() += 1;
    }
    for (family, count) in counts {
        match NOT_RUN.iter().find(|(other, _)| *other == family) {
            Some((_, reason)) => say(&format!("{family}: {count} cases not run: {reason}")),
            None => assert!(
                RUN.contains(&family.as_str()),
                "{family} has {count} cases that nothing runs"
            ),
        }
    }
    for (family, reason) in PARTS_NOT_RUN {
        say(&format!("{family}: not run: {reason}"));
    }
}
