//! Laws of the whole engine: names, copies, threads, and fast sums against plain ones.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::build::*;
use super::properties::{THEMES, asks, list, people, sheet, trades, valid};
use crate::scoring::people::Team;
use crate::scoring::sheet::{Numbers, Sheet};
use crate::scoring::sums::{pair, priority_jaccard, sums_by, weighted};
use crate::scoring::totals::{Adder, index_of};
use crate::scoring::*;

/// The same round under other names of themes.
fn renamed(parts: &RoundParts, to: &dyn Fn(&str) -> String) -> RoundParts {
    let mut parts = parts.clone();
    let coded = |coded: &mut Coded| {
        coded.theme = to(&coded.theme);
        if let Some(proposed) = &mut coded.proposed {
            proposed.theme = to(&proposed.theme);
            proposed.second = proposed.second.as_deref().map(to);
        }
    };
    for theme in &mut parts.themes {
        theme.id = to(&theme.id);
    }
    for response in &mut parts.responses {
        response.priorities.iter_mut().for_each(coded);
        response.stops.iter_mut().for_each(coded);
        response
            .successes
            .iter_mut()
            .for_each(|s| coded(&mut s.coded));
        response.asks.iter_mut().for_each(|a| coded(&mut a.coded));
        for trade_off in &mut response.trade_offs {
            coded(&mut trade_off.favour);
            coded(&mut trade_off.over);
        }
    }
    parts
}

/// All figures of a score with themes under the names that `to` gives them, in an order that does not depend on names.
fn figures(score: &ScoredRound, to: &dyn Fn(&str) -> String) -> Value {
    let mut json = serde_json::to_value(score).expect("a score is JSON");
    json["agenda"] = score
        .agenda
        .iter()
        .map(|i| score.findings[*i].severity)
        .collect();
    let named = [
        "a",
        "b",
        "theme",
        "themes",
        "conflicting",
        "unmeasured",
        "cycles",
    ];
    plain(&mut json, &named, to);
    json["questions"]["trade_offs"]["cycles"] = score.questions.trade_offs.cycles.len().into();
    json
}

/// Renames below the keys `named`, and sorts every list of objects, and of names.
fn plain(json: &mut Value, named: &[&str], to: &dyn Fn(&str) -> String) {
    match json {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if named.contains(&key.as_str()) {
                    rename(value, to);
                }
                plain(value, named, to);
            }
            // A pair of themes is written in the order of its names.
            if let [Some(a), Some(b)] = ["a", "b"].map(|key| map.get(key).cloned())
                && a.as_str() > b.as_str()
            {
                let (one, other) = (map["a_over_b"].clone(), map["b_over_a"].clone());
                map.extend([
                    ("a".into(), b),
                    ("b".into(), a),
                    ("a_over_b".into(), other),
                    ("b_over_a".into(), one),
                ]);
            }
        }
        Value::Array(list) => {
            for value in list.iter_mut() {
                plain(value, named, to);
            }
            if !list.iter().any(|v| v.is_number() || v.is_null()) {
                list.sort_by_key(Value::to_string);
            }
        }
        _ => {}
    }
}

fn rename(json: &mut Value, to: &dyn Fn(&str) -> String) {
    match json {
        Value::String(text) => *text = to(text),
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, to)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_themes_are_called_changes_no_figure(
        sheets in prop::collection::vec(sheet(), 0..7), names in Just(THEMES.to_vec()).prop_shuffle()
    ) {
        let parts = people(sheets);
        let to = |theme: &str| names[THEMES.iter().position(|t| *t == theme).expect("a theme")].to_owned();
        let back = |theme: &str| THEMES[names.iter().position(|t| *t == theme).expect("a theme")].to_owned();
        let same = |theme: &str| theme.to_owned();
        let (one, other) = (quick(&valid(parts.clone())), quick(&valid(renamed(&parts, &to))));
        prop_assert_eq!(figures(&one, &same), figures(&other, &back));
    }

    #[test]
    fn a_copy_of_the_most_central_never_lowers_the_agreement_of_a_question_that_all_answered(
        sheets in prop::collection::vec((list(&THEMES[..6], 5), trades(), list(&THEMES, 3), list(&THEMES[..6], 3), asks(&THEMES[6..])), 2..8)
    ) {
        let sheets: Vec<CodedResponse> = sheets.iter().map(|(priorities, trades, stops, successes, asks)| {
            let mut response = by("").priorities(priorities).trades(trades).stops(stops).successes(successes).asks(asks).0;
            // Whoever lists nothing says so: everybody has answered.
            response.unknown = Question::ALL.into_iter().filter(|q| response.count(*q) == 0).collect();
            response
        }).collect();
        let round = valid(people(sheets));
        let team = Team::new(&round);
        for question in Question::ALL {
            let before = sums_by(&team.people, question, true);
            let Some(mean) = before.total.mean() else { continue };
            let central = (0..team.people.len())
                .max_by(|a, b| before.rows[*a].mean().partial_cmp(&before.rows[*b].mean()).expect("numbers"))
                .expect("somebody");
            let mut more = team.people.clone();
            more.push(more[central].clone());
            let after = sums_by(&more, question, true).total.mean().expect("defined");
            prop_assert!(after >= mean - 1e-12, "{:?}: {} after {}", question, after, mean);
        }
    }

    #[test]
    fn leaving_one_out_is_scoring_the_others_afresh(sheets in prop::collection::vec(sheet(), 2..7)) {
        let parts = people(sheets);
        let score = quick(&valid(parts.clone()));
        for (i, left) in score.index.leave_one_out.iter().enumerate() {
            let mut others = parts.clone();
            prop_assert_eq!(&others.responses[i].executive, &left.executive);
            others.responses.remove(i);
            let afresh = quick(&valid(others)).index.value;
            let close = match (afresh, left.value) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                (a, b) => a == b,
            };
            prop_assert!(close, "{:?} and {:?}", afresh, left.value);
        }
    }

    #[test]
    fn fast_totals_are_plain_sums_over_pairs(sheets in prop::collection::vec(sheet(), 0..14), wide in select(vec![false, true])) {
        let round = valid(people(sheets));
        let team = Team::new(&round);
        let numbers = Numbers::new(&team);
        // More themes than 128 make any team one that is counted.
        let themes = if wide { 500 } else { numbers.count() };
        let mut adder = Adder::new(team.people.len(), themes, team.functions.len());
        prop_assert_eq!(matches!(adder, Adder::Counts(_)), wide);
        for _ in 0..2 {
            let totals = adder.totals(team.people.iter().map(|p| Sheet::of(p, &numbers)), true);
            for question in Question::ALL {
                let (mut sum, mut pairs) = (0.0, 0.0);
                for (i, a) in team.people.iter().enumerate() {
                    for b in &team.people[i + 1..] {
                        let pair = pair(a, b, question);
                        sum += pair.sum;
                        pairs += pair.pairs;
                    }
                }
                let ours = totals.sums[question as usize];
                prop_assert_eq!(ours.pairs, pairs);
                prop_assert!((ours.sum - sum).abs() < 1e-9, "{:?}: {} and {}", question, ours.sum, sum);
            }
            let jaccard = priority_jaccard(&team.people);
            prop_assert!((totals.priority_jaccard.sum - jaccard.sum).abs() < 1e-9 && totals.priority_jaccard.pairs == jaccard.pairs);
        }
        let plain = weighted(round.weights(), Question::ALL.into_iter().map(|q| sums_by(&team.people, q, true).total.mean()));
        match (plain, index_of(&team, &team.people, round.weights())) {
            (Some(a), Some(b)) => prop_assert!((100.0 * a - b).abs() < 1e-9),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte(sheets in prop::collection::vec(sheet(), 3..9)) {
        let round = valid(people(sheets));
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| serde_json::to_string(&score(&round)).expect("a score is JSON"))
        };
        prop_assert_eq!(with(1), with(3));
    }
}

#[test]
fn a_large_group_gets_at_least_200_draws_and_a_team_all_of_them() {
    let answers = |n: usize| {
        let all = (0..n).map(|i| {
            let theme = |step: usize| THEMES[(i * step + i / 7) % THEMES.len()];
            by(&format!("e{i:05}"))
                .priorities(&format!("{} z", theme(1)))
                .stops(theme(2))
        });
        score(&round(all.collect())).index
    };
    for (people, draws) in [(20, 2_000), (200, 2_000), (201, 1_990), (4_000, 200)] {
        let index = answers(people);
        assert_eq!(
            index.chance.expect("defined").draws,
            draws,
            "{people} people"
        );
    }
}

#[test]
fn two_codings_of_the_same_answers_are_compared_statement_by_statement() {
    let one = round(vec![
        by("e1").priorities("a b").stops("c"),
        by("e2").priorities("a c").trades("a>b"),
    ]);
    let mut parts = one.clone().into_parts();
    let same = reliability::compare_codings(&one, &one).expect("the same statements");
    assert_eq!(
        (same.statements, same.alpha, same.adjusted_rand),
        (7, Some(1.0), Some(1.0))
    );
    parts.responses[1].priorities[0].theme = "c".into();
    parts.responses[1].priorities[1].theme = "a".into();
    let second = valid(parts.clone());
    let found = reliability::compare_codings(&one, &second).expect("the same statements");
    // Seven units, two of them coded differently: a 6 times, b 4 and c 4 of 14 codes.
    let expected = 1.0 - 13.0 * 4.0 / (14.0 * 14.0 - 36.0 - 16.0 - 16.0);
    assert!((found.alpha.expect("defined") - expected).abs() < 1e-12);
    assert!(found.first > found.second);
    parts.responses[0].stops.clear();
    assert_eq!(reliability::compare_codings(&one, &valid(parts)), None);
}

#[test]
fn rankings_and_ratings_without_anything_to_compare_are_undefined() {
    use crate::scoring::{clusters, consensus, partition, rankings, ratings, reliability};
    let tied = vec![
        vec![1.0, 1.0, 1.0],
        vec![1.0, 2.0, 3.0],
        vec![1.0, 3.0, 2.0],
    ];
    assert_eq!(
        rankings::kendalls_w_of_decided(&tied).map(|c| c.raters),
        Some(2)
    );
    assert_eq!(rankings::kendalls_w(&tied).map(|c| c.raters), Some(3));
    for ragged in [
        vec![],
        vec![vec![1.0, 2.0]],
        vec![vec![1.0], vec![1.0, 2.0]],
        vec![vec![f64::NAN, 1.0]; 2],
    ] {
        assert_eq!(rankings::kendalls_w(&ragged), None);
        assert_eq!(rankings::kendalls_w_permutation(&ragged, 1, 9), None);
    }
    assert_eq!(
        reliability::krippendorff_alpha(&[], reliability::Level::Interval),
        None
    );
    assert_eq!(ratings::rating_agreement(&[vec![1.0], vec![6.0]], 5), None);
    assert_eq!(consensus::within(&[vec![2.0, 2.0]]), None);
    assert_eq!(consensus::map(&[vec![1.0, f64::INFINITY]]), None);
    assert_eq!(
        consensus::between(&[vec![1.0, 2.0]], &[vec![1.0, 2.0, 3.0]]),
        None
    );
    assert_eq!(partition::adjusted_rand::<u8, u8>(&[], &[]), None);
    assert_eq!(partition::b_cubed(&[1], &[1, 2]), None);
    assert!(clusters::average_linkage(&[vec![0.0]]).is_empty());
    assert_eq!(clusters::cut(&[], 1), [0]);
    let alone = consensus::map(&[vec![1.0, 2.0, 4.0]]).expect("one member has a direction");
    assert!((alone.members[0][0] - 1.0).abs() < 1e-12 && alone.members[0][1] == 0.0);
}

#[test]
fn too_many_arrangements_are_drawn_with_a_seed() {
    let members = |shift: usize| -> Vec<Vec<f64>> {
        (0..12)
            .map(|m| {
                (0..10)
                    .map(|i| ((i * (m % 3 + 1) + shift) % 10) as f64)
                    .collect()
            })
            .collect()
    };
    let (a, b) = (members(0), members(3));
    let test =
        consensus::difference_test(&a, &b, consensus::Scale::Length, 5, 200).expect("defined");
    assert_eq!((test.draws, test.arrangements), (Some(200), 201));
    assert_eq!(
        Some(test),
        consensus::difference_test(&a, &b, consensus::Scale::Length, 5, 200)
    );
    let r = consensus::between_test(&a, &b, 5, 200).expect("defined");
    assert_eq!(r.arrangements, 201);
    assert!(r.p_two_sided >= r.p_greater / 2.0 && r.p_greater > 0.0);
}
