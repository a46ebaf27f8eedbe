//! What holds for every round.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::build::*;
use crate::scoring::people::Team;
use crate::scoring::sums::{pair, sums_by};
use crate::scoring::*;

pub(super) const THEMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
const FUNCTIONS: [&str; 4] = ["Finance", "Product", "Sales", "Legal"];

pub(super) fn list(themes: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    subsequence(themes, 0..=most.min(themes.len()))
        .prop_shuffle()
        .prop_map(|list| list.join(" "))
}

pub(super) fn trades() -> impl Strategy<Value = String> {
    prop::collection::vec((select(&THEMES[..]), select(&THEMES[..])), 0..3).prop_map(|pairs| {
        pairs
            .iter()
            .map(|(a, b)| format!("{a}>{b}"))
            .collect::<Vec<_>>()
            .join(" ")
    })
}

pub(super) fn asks(themes: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec((select(&FUNCTIONS[..]), select(themes)), 0..4).prop_map(|pairs| {
        pairs
            .iter()
            .map(|(f, t)| format!("{f}:{t}"))
            .collect::<Vec<_>>()
            .join(" ")
    })
}

prop_compose! {
    /// One person's answers; an empty list is skipped or not known, and some themes are not confirmed.
    pub(super) fn sheet()(
        priorities in list(&THEMES, 5), trades in trades(), stops in list(&THEMES, 3),
        successes in list(&THEMES, 3), asks in asks(&THEMES), knows in any::<[bool; 5]>(), open in any::<bool>(),
    ) -> CodedResponse {
        let mut response = by("").priorities(&priorities).trades(&trades).stops(&stops).successes(&successes).asks(&asks).0;
        response.unknown = Question::ALL.into_iter().filter(|q| !knows[*q as usize] && response.count(*q) == 0).collect();
        let open_at = |theme: &str, second: &str| Some(Proposed { theme: theme.into(), confidence: 0.6, second: Some(second.into()) });
        for stop in response.stops.iter_mut().filter(|_| open) {
            stop.proposed = open_at(&stop.theme, "a");
        }
        if let (true, Some(trade_off)) = (open, response.trade_offs.first_mut()) {
            trade_off.over.proposed = open_at(&trade_off.over.theme, "b");
        }
        response
    }
}

pub(super) fn people(sheets: Vec<CodedResponse>) -> RoundParts {
    let answers = sheets.into_iter().enumerate().map(|(i, mut sheet)| {
        sheet.executive = format!("e{i:03}");
        Given(sheet)
    });
    let functions: Vec<_> = (0..200)
        .map(|i| (format!("e{i:03}"), FUNCTIONS[i % 3]))
        .collect();
    let functions: Vec<_> = functions.iter().map(|(id, f)| (id.as_str(), *f)).collect();
    let mut parts = parts(answers.collect(), &functions);
    parts.themes = THEMES
        .iter()
        .map(|id| Theme {
            id: (*id).to_owned(),
            name: None,
        })
        .collect();
    parts
}

pub(super) fn valid(parts: RoundParts) -> CodedRound {
    CodedRound::new(parts).expect("a valid round")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_people_themes_and_unranked_statements_changes_nothing(
        (parts, mixed) in prop::collection::vec(sheet(), 0..7).prop_flat_map(|sheets| {
            let parts = people(sheets);
            let all = (Just(parts.executives.clone()).prop_shuffle(), Just(parts.themes.clone()).prop_shuffle(), Just(parts.responses.clone()).prop_shuffle());
            (Just(parts), all)
        })
    ) {
        let (executives, themes, mut responses) = mixed;
        for response in &mut responses {
            response.trade_offs.reverse();
            response.stops.reverse();
            response.successes.reverse();
            response.asks.reverse();
        }
        let shuffled = RoundParts { executives, themes, responses, ..parts.clone() };
        prop_assert_eq!(quick(&valid(parts)), quick(&valid(shuffled)));
    }

    #[test]
    fn one_sheet_for_all_gives_100_when_the_asks_hit_nothing_protected(
        priorities in list(&THEMES[..5], 5), trades in trades(), stops in list(&THEMES[5..], 3),
        successes in list(&THEMES[..5], 3), asks in asks(&THEMES[5..]), n in 2usize..7,
    ) {
        let sheet = by("").priorities(&priorities).trades(&trades).stops(&stops).successes(&successes).asks(&asks).0;
        let score = quick(&valid(people(vec![sheet; n])));
        prop_assert!(score.index.value.is_none_or(|value| (value - 100.0).abs() < 1e-9), "{:?}", score.index.value);
    }

    #[test]
    fn lists_without_a_common_theme_give_0(n in 2usize..5, length in 1usize..3) {
        let sheets = (0..n).map(|i| by("").priorities(&THEMES[i * 2..i * 2 + length].join(" ")).stops(THEMES[i]).0);
        prop_assert_eq!(quick(&valid(people(sheets.collect()))).index.value, Some(0.0));
    }

    #[test]
    fn every_share_lies_between_0_and_1(sheets in prop::collection::vec(sheet(), 0..7), absent in 0usize..3) {
        let mut parts = people(sheets);
        parts.invited += absent;
        let round = valid(parts);
        let score = quick(&round);
        let index = &score.index;
        let hundred = [index.value, index.ceiling, index.chance.map(|c| c.mean), index.chance.map(|c| c.p95),
            index.missing.map(|m| m.low), index.missing.map(|m| m.high), index.grouping.map(|g| g.p05)];
        for value in hundred.into_iter().flatten() {
            prop_assert!((0.0..=100.0).contains(&value), "{value}");
        }
        if let (Some(value), Some(ceiling), Some(missing)) = (index.value, index.ceiling, index.missing) {
            prop_assert!(value <= ceiling + 1e-9 && missing.low <= value + 1e-9);
        }
        for question in Question::ALL {
            prop_assert!(score.questions.agreement(question).is_none_or(|a| (0.0..=1.0).contains(&a)));
        }
        for finding in &score.findings {
            prop_assert!((0.0..=1.0).contains(&finding.severity), "{finding:?}");
        }
        prop_assert!(score.similarity.iter().flat_map(|s| s.matrix.iter().flatten()).flatten().all(|s| (0.0..=1.0).contains(s)));
        prop_assert_eq!(score.responded + absent, score.invited);
    }

    #[test]
    fn means_from_counts_are_means_over_pairs(sheets in prop::collection::vec(sheet(), 0..14)) {
        let round = valid(people(sheets));
        let team = Team::new(&round);
        for question in Question::ALL {
            let counted = sums_by(&team.people, question, false);
            let visited = sums_by(&team.people, question, true);
            let (mut sum, mut pairs) = (0.0, 0.0);
            for (i, a) in team.people.iter().enumerate() {
                for b in &team.people[i + 1..] {
                    let pair = pair(a, b, question);
                    sum += pair.sum;
                    pairs += pair.pairs;
                }
            }
            prop_assert_eq!(counted.total.pairs, pairs);
            prop_assert!((counted.total.sum - sum).abs() < 1e-9 && (visited.total.sum - sum).abs() < 1e-9, "{:?}", question);
            for (one, other) in counted.rows.iter().zip(&visited.rows) {
                prop_assert!((one.sum - other.sum).abs() < 1e-9 && one.pairs == other.pairs, "{:?}", question);
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_bytes_and_another_seed_other_draws(sheets in prop::collection::vec(sheet(), 3..6), seed in any::<u64>()) {
        let with = |seed| {
            let score = quick(&valid(RoundParts { seed, ..people(sheets.clone()) }));
            serde_json::to_string(&score).expect("a score is JSON")
        };
        prop_assert_eq!(with(seed), with(seed));
        let value = |text: String| serde_json::from_str::<ScoredRound>(&text).expect("a score").index.value;
        prop_assert_eq!(value(with(seed)), value(with(seed ^ 1)));
    }

    #[test]
    fn rank_biased_overlap_is_symmetric_and_one_for_itself(a in subsequence(&THEMES[..], 1..9).prop_shuffle(), b in subsequence(&THEMES[..], 1..9).prop_shuffle(), p in 0.05f64..0.95) {
        let (one, other) = (rbo_ext(&a, &b, p).expect("not empty"), rbo_ext(&b, &a, p).expect("not empty"));
        prop_assert!((one - other).abs() < 1e-12 && (-1e-12..=1.0).contains(&one));
        prop_assert!((rbo_ext(&a, &a, p).expect("not empty") - 1.0).abs() < 1e-9);
    }
}
