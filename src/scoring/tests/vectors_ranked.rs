//! Reference values for complete rankings, ratings and groupings, computed with other people's packages.

use serde_json::Value;

use super::vectors::{agree, number, run};
use crate::scoring::clusters::{Merge, average_linkage, cut, silhouette, silhouette_widths};
use crate::scoring::consensus::{
    ConsensusMap, Scale, between, between_test, difference_test, map, within,
};
use crate::scoring::partition::{adjusted_rand, b_cubed};
use crate::scoring::rankings::{kendalls_w, kendalls_w_permutation};
use crate::scoring::ratings::rating_agreement;
use crate::scoring::reliability::{Level, coder_agreement, krippendorff_alpha};

fn matrix(value: &Value) -> Vec<Vec<f64>> {
    let rows = value.as_array().expect("rows").iter();
    rows.map(|row| row.as_array().expect("a row").iter().map(number).collect())
        .collect()
}

fn transposed(value: &Value) -> Vec<Vec<f64>> {
    let rows = matrix(value);
    (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column]).collect())
        .collect()
}

fn tolerance(case: &Value, of: &str) -> f64 {
    let given = &case["tolerance"];
    given.as_f64().or(given[of].as_f64()).unwrap_or(1e-9)
}

fn agree_all(name: &str, what: &str, ours: &[f64], expected: &Value, tolerance: f64) {
    let expected = expected.as_array().expect("a list");
    assert_eq!(ours.len(), expected.len(), "{name}: {what}");
    for (ours, expected) in ours.iter().zip(expected) {
        agree(name, what, Some(*ours), expected, tolerance);
    }
}

#[test]
fn kendalls_w_agrees_with_the_reference_values() {
    run("kendall_w", |name, case| {
        let (expected, within) = (&case["expected"], tolerance(case, "W"));
        let ratings = matrix(&case["inputs"]["matrix"]);
        if let Some(p) = expected.get("p_perm") {
            let draws = 40_000;
            let ours = kendalls_w_permutation(&ratings, 7, draws).expect("defined");
            assert_eq!(ours.draws, Some(draws));
            // The reference is drawn too: four standard errors of our draws on top of its own tolerance.
            let p = number(p);
            let own = 4.0 * (p * (1.0 - p) / draws as f64).sqrt();
            agree(
                name,
                "p",
                Some(ours.p_value),
                &expected["p_perm"],
                within + own,
            );
            return;
        }
        let ours = kendalls_w(&ratings).expect("defined");
        for (what, ours) in [
            ("S", Some(ours.s)),
            ("sum_ties", Some(ours.ties)),
            ("W", ours.w),
            ("W_uncorrected", Some(ours.w_uncorrected)),
            ("chi2", ours.chi_square),
            ("df", Some((ours.items - 1) as f64)),
            ("p_chi2", ours.p_chi_square),
            ("F", ours.f),
            ("F_df1", ours.f_df.map(|df| df.0)),
            ("F_df2", ours.f_df.map(|df| df.1)),
            ("p_F", ours.p_f),
        ] {
            agree(name, what, ours, &expected[what], within);
        }
        let permuted = kendalls_w_permutation(&ratings, 7, 999);
        assert_eq!(permuted.is_some(), ours.w.is_some());
        if expected.get("p_perm_exact").is_some() {
            let permuted = permuted.expect("defined");
            assert_eq!(permuted.draws, None, "{name}");
            agree(
                name,
                "p_perm_exact",
                Some(permuted.p_value),
                &expected["p_perm_exact"],
                within,
            );
        }
    });
}

#[test]
fn krippendorffs_alpha_agrees_with_the_reference_values() {
    run("krippendorff_alpha", |name, case| {
        let data: Vec<Vec<Option<f64>>> = case["inputs"]["data"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| {
                row.as_array()
                    .expect("a row")
                    .iter()
                    .map(Value::as_f64)
                    .collect()
            })
            .collect();
        let level = match case["inputs"]["level"].as_str().expect("a level") {
            "nominal" => Level::Nominal,
            "ordinal" => Level::Ordinal,
            "interval" => Level::Interval,
            "ratio" => Level::Ratio,
            other => panic!("{name}: no level {other}"),
        };
        let ours = krippendorff_alpha(&data, level);
        agree(
            name,
            "alpha",
            ours,
            &case["expected"]["alpha"],
            tolerance(case, "alpha"),
        );
        if case["expected"].get("published").is_some() {
            let published = &case["expected"]["published"];
            agree(
                name,
                "the published value",
                ours,
                published,
                tolerance(case, "published"),
            );
        }
        if level == Level::Nominal && data.len() == 2 {
            let text = |row: &[Option<f64>]| -> Vec<_> {
                row.iter().map(|v| v.map(|v| v.to_string())).collect()
            };
            let coders = coder_agreement(&text(&data[0]), &text(&data[1]));
            agree(name, "two coders", coders, &case["expected"]["alpha"], 1e-9);
        }
    });
}

#[test]
fn agreement_of_ratings_agrees_with_the_reference_values() {
    run("rwg_ad", |name, case| {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        let points = number(&inputs["scale_points"]) as u32;
        let ours = rating_agreement(&matrix(&inputs["ratings"]), points).expect("defined");
        let mean = ours.rwg_truncated.iter().sum::<f64>() / ours.rwg_truncated.len() as f64;
        for (what, value) in [
            ("sigma2_uniform", Some(ours.uniform_variance)),
            ("mean_rwg_truncated", Some(mean)),
            ("rwg_j_raw", ours.rwg_j_untruncated),
            ("rwg_j", Some(ours.rwg_j)),
            ("rwg_j_star_lindell", Some(ours.rwg_j_star)),
            ("AD_M_scale", Some(ours.scale_ad_mean)),
            ("AD_Md_scale", Some(ours.scale_ad_median)),
            ("AD_upper_limit", Some(ours.ad_limit)),
        ] {
            agree(name, what, value, &expected[what], tolerance(case, what));
        }
        for (what, values) in [
            ("item_variance", &ours.variances),
            ("rwg", &ours.rwg),
            ("rwg_truncated", &ours.rwg_truncated),
            ("AD_M", &ours.ad_mean),
            ("AD_Md", &ours.ad_median),
        ] {
            agree_all(name, what, values, &expected[what], tolerance(case, what));
        }
    });
}

#[test]
fn consensus_within_a_group_agrees_with_the_reference_values() {
    run("scm_within", |name, case| {
        let (expected, close) = (&case["expected"], tolerance(case, "alpha_length"));
        let members = transposed(&case["inputs"]["H"]);
        let ours = within(&members).expect("defined");
        let shown = map(&members).expect("defined");
        for (what, value) in [
            ("alpha_length", Some(ours.alpha)),
            ("alpha_squared", Some(ours.alpha_squared)),
            ("mean_pairwise_r", ours.mean_correlation),
            ("vaf_dim1", Some(shown.explained[0])),
            (
                "average_vector_2d_length",
                Some(shown.average[0].hypot(shown.average[1])),
            ),
        ] {
            agree(name, what, value, &expected[what], close);
        }
        if expected.get("vaf_2d").is_some() {
            agree(
                name,
                "vaf_dim2",
                Some(shown.explained[1]),
                &expected["vaf_dim2"],
                close,
            );
            let both = Some(shown.explained[0] + shown.explained[1]);
            agree(name, "vaf_2d", both, &expected["vaf_2d"], close);
            // The mean correlation of the members with their average is alpha once more.
            let again = &expected["mean_member_correlation_with_average"];
            agree(
                name,
                "correlation with the average",
                Some(ours.alpha),
                again,
                close,
            );
            agree_all(
                name,
                "profile",
                &ours.profile,
                &expected["average_profile"],
                close,
            );
            same_map(name, &shown, expected, close);
        }
    });
}

/// Points and arrows, directions included: both sides point where the members' mean is positive.
fn same_map(name: &str, ours: &ConsensusMap, expected: &Value, close: f64) {
    agree_all(
        name,
        "singular_values",
        &ours.singular_values,
        &expected["singular_values"],
        close,
    );
    let squares: Vec<f64> = ours
        .singular_values
        .iter()
        .map(|s| s * s / ours.items.len() as f64)
        .collect();
    agree_all(
        name,
        "eigenvalues",
        &squares,
        &expected["eigenvalues"],
        close,
    );
    agree_all(
        name,
        "average",
        &ours.average,
        &expected["average_vector_2d"],
        close,
    );
    let dot = |a: &[f64; 2], b: &[f64; 2]| a[0] * b[0] + a[1] * b[1];
    for (i, arrow) in ours.members.iter().enumerate() {
        agree_all(
            name,
            "arrow",
            arrow,
            &expected["member_vectors_2d"][i],
            close,
        );
        let length = Some(arrow[0].hypot(arrow[1]));
        agree(
            name,
            "length",
            length,
            &expected["member_vector_lengths_2d"][i],
            close,
        );
        let gram: Vec<f64> = ours.members.iter().map(|other| dot(arrow, other)).collect();
        agree_all(name, "gram", &gram, &expected["member_gram_2d"][i], close);
    }
    for (i, point) in ours.items.iter().enumerate() {
        agree_all(name, "point", point, &expected["item_points_2d"][i], close);
        let projected: Vec<f64> = ours.members.iter().map(|arrow| dot(point, arrow)).collect();
        agree_all(
            name,
            "projection",
            &projected,
            &expected["item_member_projection_2d"][i],
            close,
        );
    }
}

#[test]
fn consensus_between_groups_agrees_with_the_reference_values() {
    run("scm_between", |name, case| {
        let (expected, close) = (&case["expected"], tolerance(case, "r"));
        let inputs = &case["inputs"];
        let (a, b) = (transposed(&inputs["H_a"]), transposed(&inputs["H_b"]));
        let length = difference_test(&a, &b, Scale::Length, 1, 0).expect("defined");
        let square = difference_test(&a, &b, Scale::Squared, 1, 0).expect("defined");
        let r = between_test(&a, &b, 1, 0).expect("defined");
        assert!(length.draws.is_none() && square.draws.is_none() && r.draws.is_none());
        for (what, value) in [
            ("r", between(&a, &b)),
            ("r_from_raw_mean_ranks", Some(r.observed)),
            ("alpha_length_a", within(&a).map(|c| c.alpha)),
            ("alpha_length_b", within(&b).map(|c| c.alpha)),
            ("difference_alpha_length", Some(length.observed)),
            ("difference_alpha_squared", Some(square.observed)),
            ("n_reallocations", Some(length.arrangements as f64)),
            ("p_two_sided_alpha_length", Some(length.p_two_sided)),
            ("p_greater_alpha_length", Some(length.p_greater)),
            ("p_two_sided_alpha_squared", Some(square.p_two_sided)),
            ("p_r_item_permutation_greater", Some(r.p_greater)),
            ("p_r_item_permutation_two_sided", Some(r.p_two_sided)),
        ] {
            agree(name, what, value, &expected[what], close);
        }
    });
}

#[test]
fn agreement_of_groupings_agrees_with_the_reference_values() {
    run("partition", |name, case| {
        let (expected, close) = (&case["expected"], tolerance(case, "ari"));
        let list = |key: &str| -> Vec<i64> {
            let all = case["inputs"][key].as_array().expect("groups").iter();
            all.map(|group| group.as_i64().expect("a group")).collect()
        };
        let (truth, found) = (list("truth"), list("predicted"));
        agree(
            name,
            "ari",
            adjusted_rand(&truth, &found),
            &expected["ari"],
            close,
        );
        let ours = b_cubed(&truth, &found).expect("defined");
        agree(
            name,
            "precision",
            Some(ours.precision),
            &expected["bcubed_precision"],
            close,
        );
        agree(
            name,
            "recall",
            Some(ours.recall),
            &expected["bcubed_recall"],
            close,
        );
        agree(name, "f1", Some(ours.f1), &expected["bcubed_f1"], close);
    });
}

/// The height at which two things first lie in one cluster.
fn cophenetic(merges: &[Merge], one: usize, other: usize) -> f64 {
    let things = merges.len() + 1;
    for count in (1..=things).rev() {
        let groups = cut(merges, count);
        if groups[one] == groups[other] {
            return if count == things {
                0.0
            } else {
                merges[things - count - 1].height
            };
        }
    }
    panic!("everything ends in one cluster");
}

#[test]
fn linkage_and_silhouettes_agree_with_the_reference_values() {
    run("mds_cluster", |name, case| {
        let (expected, distances) = (&case["expected"], matrix(&case["inputs"]["distance"]));
        let close = tolerance(case, "average_linkage_heights");
        let merges = average_linkage(&distances);
        let heights: Vec<f64> = merges.iter().map(|m| m.height).collect();
        agree_all(
            name,
            "heights",
            &heights,
            &expected["average_linkage_heights"],
            close,
        );
        for (ours, merge) in merges.iter().zip(
            expected["average_linkage_merges"]
                .as_array()
                .expect("merges"),
        ) {
            // Which of equally distant pairs comes first may differ; there are none at the same height in these cases.
            let (one, other) = ours.clusters;
            assert_eq!(serde_json::json!([one, other, ours.size]), *merge, "{name}");
        }
        for (i, row) in expected["cophenetic"]
            .as_array()
            .expect("rows")
            .iter()
            .enumerate()
        {
            let ours: Vec<f64> = (0..distances.len())
                .map(|j| cophenetic(&merges, i, j))
                .collect();
            agree_all(name, "cophenetic", &ours, row, close);
        }
        let groups = cut(&merges, 2);
        for (number, group) in expected["two_clusters"]
            .as_array()
            .expect("groups")
            .iter()
            .enumerate()
        {
            for thing in group.as_array().expect("things") {
                assert_eq!(groups[number_of(thing)], number, "{name}");
            }
        }
        let close = tolerance(case, "silhouette");
        agree_all(
            name,
            "widths",
            &silhouette_widths(&distances, &groups),
            &expected["silhouette"],
            close,
        );
        agree(
            name,
            "silhouette",
            Some(silhouette(&distances, &groups)),
            &expected["silhouette_mean"],
            close,
        );
    });
}

fn number_of(value: &Value) -> usize {
    number(value) as usize
}
