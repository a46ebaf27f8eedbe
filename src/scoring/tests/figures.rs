//! Figures and findings worked out by hand.

use super::build::*;
use crate::scoring::Comparison::{AtLeast, AtMost, ByDate};
use crate::scoring::*;

fn near(ours: Option<f64>, expected: f64) {
    assert!(
        ours.is_some_and(|ours| (ours - expected).abs() < 1e-9),
        "{ours:?}, expected {expected}"
    );
}

/// Four people: three who want reliability first, one who wants features; growth against margin two to one.
fn team() -> Vec<Given> {
    vec![
        by("e1")
            .priorities("rel growth nordic")
            .trades("rel>feat growth>margin")
            .stops("brand")
            .perceived(3),
        by("e2")
            .priorities("rel nordic margin")
            .trades("rel>feat margin>growth")
            .stops("nordic")
            .perceived(2),
        by("e3")
            .priorities("feat rel growth")
            .trades("feat>rel growth>margin")
            .stops("nordic brand"),
        by("e4")
            .priorities("own")
            .unknown(&[Question::TradeOffs])
            .stops("brand")
            .perceived(1),
    ]
}

#[test]
fn priorities_are_counted_as_described() {
    let score = quick(&round(team()));
    let p = &score.questions.priorities;
    // rel 3, growth 2, nordic 2, margin 1, feat 1, own 1
    let spread = p.spread;
    assert_eq!(
        (
            spread.lists,
            spread.distinct,
            spread.distinct_fewest,
            spread.distinct_most
        ),
        (4, 6, 3, 10)
    );
    assert_eq!(
        (
            spread.on_every_list,
            spread.on_most_lists,
            spread.on_one_list
        ),
        (0, 1, 3)
    );
    near(spread.overlap, (3.0 + 1.0 + 1.0) / 6.0);
    near(spread.jaccard, (0.5 + 0.5 + 0.2) / 6.0); // 12: 2 of 4; 13: 2 of 4; 23: 1 of 5; e4 with nobody
    near(p.perceived, 2.0);
    // At least half of three others is two: rel for e1, e2, e3; nothing else.
    near(p.measured, 0.75);
    // To e1 the others name rel twice and everything else once, a tie for the fifth place: e1 knows three.
    // Of e2's themes nobody else names margin, of e3's nobody feat.
    near(p.knows_three, 0.25);
}

#[test]
fn an_agreed_list_decides_who_knows_three_and_a_shorter_one_asks_for_all_of_it() {
    let share = |agreed: &[&str]| {
        let agreed_priorities = agreed.iter().map(|id| (*id).to_owned()).collect();
        let parts = RoundParts {
            agreed_priorities,
            ..parts(team(), &[])
        };
        quick(&CodedRound::new(parts).expect("valid"))
            .questions
            .priorities
            .knows_three
    };
    near(share(&["rel", "growth", "nordic", "feat"]), 0.5);
    near(share(&["rel", "growth"]), 0.5);
    near(share(&["rel", "rel"]), 0.75);
}

#[test]
fn trade_offs_are_axes_with_people_on_either_side() {
    let score = quick(&round(team()));
    let t = &score.questions.trade_offs;
    let pair = |a: &str, b: &str, a_over_b, b_over_a| TradedPair {
        a: a.into(),
        b: b.into(),
        a_over_b,
        b_over_a,
    };
    assert_eq!(
        t.pairs,
        [pair("feat", "rel", 1, 2), pair("growth", "margin", 2, 1)]
    );
    near(t.opposed_share, 4.0 / 6.0);
    // 12: {rel>feat} of 3; 13: {growth>margin} of 3; 23: none; e4 knows none: 0 with three people.
    near(t.answers.agreement, (1.0 / 3.0 + 1.0 / 3.0) / 6.0);
    assert_eq!((t.answers.unknown, t.none), (1, 0));
    let opposed = found(&score, FindingKind::OpposedTradeOff);
    assert_eq!(opposed.len(), 2);
    near(Some(opposed[0].severity), 4.0 * 0.25 * 0.5);
    assert_eq!(opposed[0].themes, ["feat", "rel"]);
    assert_eq!(opposed[0].sides, [vec!["e3"], vec!["e1", "e2"]]);
}

#[test]
fn a_circle_of_majorities_is_found() {
    let score = quick(&round(vec![
        by("e1").trades("a>b b>c"),
        by("e2").trades("b>c c>a"),
        by("e3").trades("c>a a>b"),
    ]));
    assert_eq!(score.questions.trade_offs.cycles, [["a", "b", "c"]]);
}

#[test]
fn contested_sacrificed_and_split_priorities_name_both_sides() {
    let score = quick(&round(team()));
    let contested = found(&score, FindingKind::ContestedPriority);
    assert_eq!(contested.len(), 1);
    assert_eq!(contested[0].sides, [["e1", "e2"], ["e2", "e3"]]);
    near(Some(contested[0].severity), 1.0);
    let sacrificed: Vec<_> = found(&score, FindingKind::SacrificedPriority)
        .iter()
        .map(|f| f.themes.join(" "))
        .collect();
    assert_eq!(sacrificed, ["rel", "feat", "growth", "margin"]); // rel: three against one
    let split: Vec<_> = found(&score, FindingKind::SplitPriority)
        .iter()
        .map(|f| f.themes.join(" "))
        .collect();
    assert_eq!(split, ["growth", "nordic"]);
    assert_eq!(
        score.questions.stops.collisions,
        [StopCollision {
            theme: "nordic".into(),
            stop: 2,
            protect: 2
        }]
    );
    // e4's first priority is nobody else's; feat, first for e3, is nobody else's priority either.
    let orphan = found(&score, FindingKind::OrphanPriority)[0];
    assert_eq!(
        (orphan.themes.join(" "), orphan.severity),
        ("feat own".to_owned(), 0.5)
    );
    assert!(
        score
            .findings
            .windows(2)
            .all(|two| two[0].severity >= two[1].severity)
    );
}

#[test]
fn one_person_contradicting_oneself_is_no_divergence() {
    let score = quick(&round(vec![
        by("e1").priorities("a").stops("a").trades("a>b b>a"),
        by("e2").priorities("c"),
    ]));
    assert!(found(&score, FindingKind::ContestedPriority).is_empty());
    assert!(found(&score, FindingKind::OpposedTradeOff).is_empty());
    assert!(found(&score, FindingKind::SacrificedPriority).is_empty());
    assert!(score.questions.stops.collisions.is_empty());
}

#[test]
fn measures_of_one_theme_disagree_by_target_by_direction_or_by_date() {
    let at =
        |e, theme, metric, comparison, target| by(e).measured(theme, metric, comparison, target);
    let number = Target::Number;
    let date = |text: &str| Target::Date(text.to_owned());
    let conflict = |one: Given, other: Given| {
        let score = quick(&round(vec![one, other]));
        let found = found(&score, FindingKind::TargetConflict);
        assert_eq!(found.len(), score.questions.successes.conflicting.len());
        found.first().map(|f| (f.severity * 1e6).round() / 1e6)
    };
    assert_eq!(
        conflict(
            at("e1", "x", "NRR", AtLeast, number(110.0)),
            at("e2", "x", " nrr ", AtLeast, number(100.0))
        ),
        None
    );
    assert_eq!(
        conflict(
            at("e1", "x", "NRR", AtLeast, number(120.0)),
            at("e2", "x", "nrr", AtLeast, number(90.0))
        ),
        Some(0.25)
    );
    assert_eq!(
        conflict(
            at("e1", "x", "NRR", AtLeast, number(5.0)),
            at("e2", "x", "NRR", AtMost, number(5.0))
        ),
        Some(1.0)
    );
    assert_eq!(
        conflict(
            at("e1", "x", "NRR", AtLeast, number(5.0)),
            at("e2", "y", "NRR", AtLeast, number(9.0))
        ),
        None
    );
    assert_eq!(
        conflict(
            at("e1", "x", "m", AtLeast, number(-1e308)),
            at("e2", "x", "m", AtLeast, number(1.7e308))
        ),
        Some(1.0)
    );
    assert_eq!(
        conflict(
            at("e1", "x", "live", ByDate, date("2026-12-31")),
            at("e2", "x", "live", ByDate, date("2027-01-05"))
        ),
        None
    );
    assert_eq!(
        conflict(
            at("e1", "x", "live", ByDate, date("2024-02-28")),
            at("e2", "x", "live", ByDate, date("2024-03-14"))
        ),
        Some((15.0f64 / 91.0 * 1e6).round() / 1e6)
    );
    assert_eq!(
        conflict(
            at("e1", "x", "a", AtLeast, number(1.0)),
            at("e2", "x", "b", AtLeast, number(2.0))
        ),
        None
    );
}

#[test]
fn a_shared_priority_that_nobody_measures_is_named() {
    let answers = |measured: bool| {
        let first = by("e1").priorities("a b");
        let first = if measured {
            first.measured("a", "x", Comparison::AtLeast, Target::Number(1.0))
        } else {
            first
        };
        let score = quick(&round(vec![
            first.successes_too("a"),
            by("e2").priorities("a"),
            by("e3").priorities("c a"),
        ]));
        score.questions.successes
    };
    assert_eq!(answers(false).unmeasured, ["a"]);
    assert!(answers(true).unmeasured.is_empty());
    near(answers(true).measured, 0.5);
}

impl Given {
    /// A success without a measure, beside those already there.
    fn successes_too(mut self, theme: &str) -> Self {
        self.0.successes.push(CodedSuccess {
            coded: Coded::confirmed(theme),
            measure: None,
        });
        self
    }
}

#[test]
fn the_agenda_takes_five_at_most_two_of_a_kind_and_nothing_that_is_settled() {
    let score = quick(&round(team()));
    assert_eq!(score.agenda.len(), 5);
    let kinds: Vec<_> = score
        .agenda
        .iter()
        .map(|i| score.findings[*i].kind)
        .collect();
    assert!(
        kinds
            .iter()
            .all(|kind| kind.can_be_settled() && kinds.iter().filter(|k| *k == kind).count() <= 2)
    );
    assert!(score.agenda.windows(2).all(|two| two[0] < two[1]));
    // brand is stopped by three of four: common ground, and not on the agenda.
    let shared = found(&score, FindingKind::SharedGround);
    assert!(shared.iter().any(|f| f.question == Some(Question::Stops)
        && f.themes == ["brand"]
        && f.severity == 0.75));
}

#[test]
fn a_decision_that_answers_contradict_is_broken() {
    let decision = |theme: &str, direction| Decision {
        theme: theme.to_owned(),
        direction,
    };
    let decisions = vec![
        decision("nordic", Direction::Stop),
        decision("margin", Direction::Keep),
        decision("own", Direction::Keep),
    ];
    let score = quick(
        &CodedRound::new(RoundParts {
            decisions,
            ..parts(team(), &[])
        })
        .expect("valid"),
    );
    let broken = found(&score, FindingKind::BrokenDecision);
    let sides: Vec<_> = broken
        .iter()
        .map(|f| (f.themes[0].as_str(), f.sides[0].join(" "), f.severity))
        .collect();
    assert_eq!(
        sides,
        [
            ("margin", "e1 e3".to_owned(), 0.5),
            ("nordic", "e1 e2".to_owned(), 0.5)
        ]
    );
}

#[test]
fn the_table_of_themes_counts_executives() {
    let table = theme_table(&round(team()));
    let rel = table.iter().find(|row| row.theme == "rel").expect("named");
    assert_eq!(
        (
            rel.priority,
            rel.stop,
            rel.success,
            rel.ask,
            rel.favoured,
            rel.given_up
        ),
        (3, 0, 0, 0, 2, 1)
    );
    assert_eq!(table[0].theme, "rel");
    assert_eq!(table.last().map(|row| row.theme.as_str()), Some("own"));
}

#[test]
fn missing_answers_widen_the_range_between_disagreement_and_one_more_of_the_same() {
    let with = |invited| {
        quick(
            &CodedRound::new(RoundParts {
                invited,
                ..parts(team(), &[])
            })
            .expect("valid"),
        )
        .index
    };
    let all = with(4);
    assert_eq!(
        all.missing.map(|m| (Some(m.low), Some(m.high))),
        Some((all.value, all.value))
    );
    let (value, missing) = (
        all.value.expect("defined"),
        with(6).missing.expect("defined"),
    );
    assert!(
        missing.low < value && value < missing.high,
        "{missing:?} {value}"
    );
    near(Some(missing.low), value * 6.0 / 15.0); // everybody answered the same questions: 6 pairs become 15
}

#[test]
fn leaving_one_out_is_scoring_the_others() {
    let mut parts = parts(
        team(),
        &[
            ("e1", "Sales"),
            ("e2", "Product"),
            ("e3", "Sales"),
            ("e4", "Sales"),
        ],
    );
    parts.responses[0].asks = by("x").asks("Product:brand Sales:nordic").0.asks;
    parts.responses[1].asks = by("x").asks("Sales:brand").0.asks;
    parts.responses[2].asks = by("x").asks("Sales:brand Product:rel").0.asks;
    let score = quick(&CodedRound::new(parts.clone()).expect("valid"));
    for (i, left_out) in score.index.leave_one_out.iter().enumerate() {
        let mut others = parts.clone();
        others.responses.remove(i);
        near(
            left_out.value,
            quick(&CodedRound::new(others).expect("valid"))
                .index
                .value
                .expect("defined"),
        );
    }
}

#[test]
fn unconfirmed_themes_make_a_range_and_sure_ones_a_point() {
    let with = |confidence, second: Option<&str>| {
        let mut parts = parts(team(), &[]);
        let proposed = Proposed {
            theme: "growth".into(),
            confidence,
            second: second.map(str::to_owned),
        };
        parts.responses[0].priorities[1].proposed = Some(proposed);
        quick(&CodedRound::new(parts).expect("valid")).index
    };
    let open = with(0.5, Some("brand"));
    let range = open.grouping.expect("defined");
    assert!(range.p05 < range.p95 && range.unconfirmed == 1, "{range:?}");
    near(open.value, range.p95);
    for sure in [with(1.0, Some("brand")), with(0.5, None)] {
        let range = sure.grouping.expect("defined");
        assert_eq!((Some(range.p05), Some(range.p95)), (sure.value, sure.value));
    }
}

#[test]
fn two_camps_are_found_and_a_team_of_individuals_has_none() {
    let camp = |e: &str, them: &str| {
        let w = |words: &str| {
            words
                .split(' ')
                .map(|word| format!("{them}{word}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        by(e)
            .priorities(&w("a b c"))
            .stops(&w("d e"))
            .successes(&w("f g"))
    };
    let divided = round(
        ["e1", "e2", "e3", "e4"]
            .map(|e| camp(e, "l"))
            .into_iter()
            .chain(["e5", "e6", "e7"].map(|e| camp(e, "r")))
            .collect(),
    );
    let score = score_with(
        &divided,
        &Options {
            camp_draws: 199,
            chance_draws: 50,
            grouping_draws: 1,
        },
    );
    let camps = score.camps.as_ref().expect("two camps");
    assert_eq!(
        camps.groups,
        [vec!["e1", "e2", "e3", "e4"], vec!["e5", "e6", "e7"]]
    );
    assert!(camps.silhouette > 0.9 && camps.p_value < 0.05);
    assert_eq!(found(&score, FindingKind::Camps).len(), 1);
    assert!(
        score
            .agenda
            .iter()
            .all(|i| score.findings[*i].kind != FindingKind::Camps)
    );
    let individuals = round(["e1", "e2", "e3", "e4", "e5"].map(|e| camp(e, e)).into());
    assert_eq!(quick(&individuals).camps, None);
}

#[test]
fn a_change_is_measured_over_the_same_people_by_exchanging_their_answers() {
    let before = round(vec![
        by("e1").priorities("a b"),
        by("e2").priorities("c d"),
        by("e3").priorities("e f"),
        by("e4").priorities("g h"),
        by("e5").priorities("i j"),
        by("gone").priorities("a b"),
    ]);
    let after = round(vec![
        by("e1").priorities("a b"),
        by("e2").priorities("a b"),
        by("e3").priorities("a b"),
        by("e4").priorities("a b"),
        by("e5").priorities("a k"),
        by("new").priorities("z"),
    ]);
    let change = change(&before, &after).expect("five people answered both");
    assert_eq!(
        (change.people, change.arrangements, change.exact),
        (5, 32, true)
    );
    near(Some(change.before), 0.0);
    near(Some(change.difference), change.after);
    assert!(change.difference > 80.0);
    // Both extremes: nobody exchanged and everybody; and e1, whose answer is the same, either way.
    near(Some(change.p_value), 4.0 / 32.0);
    let names = |list: &[ThemeChange]| {
        list.iter()
            .map(|t| format!("{} {}-{}", t.theme, t.before, t.after))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&change.kept), ["a 1-5", "b 1-4"]);
    assert_eq!(names(&change.new), ["k 0-1"]);
    assert_eq!(
        names(&change.dropped),
        [
            "c 1-0", "d 1-0", "e 1-0", "f 1-0", "g 1-0", "h 1-0", "i 1-0", "j 1-0"
        ]
    );
    near(change.agreements[0], change.after / 100.0);
    assert_eq!(change.agreements[1], None);
    assert_eq!(
        super::super::change(
            &before,
            &round(vec![by("e1").priorities("a"), by("other").priorities("a")])
        ),
        None
    );
}

#[test]
fn a_change_of_many_people_is_tested_by_seeded_draws_the_same_way_each_time() {
    let group = |n: usize, themes: &str| {
        (0..n)
            .map(|i| by(&format!("e{i:03}")).priorities(if i % 3 == 0 { "x y" } else { themes }))
            .collect::<Vec<_>>()
    };
    for people in [14, 120] {
        let (before, after) = (round(group(people, "a b")), round(group(people, "x z")));
        let first = change_with(&before, &after, 199).expect("all answered both");
        assert_eq!(
            (first.people, first.arrangements, first.exact),
            (people, 200, false)
        );
        assert!(first.p_value > 0.0 && first.p_value <= 1.0);
        assert_eq!(Some(first), change_with(&before, &after, 199));
    }
}

#[test]
fn a_round_compared_with_itself_has_not_changed() {
    let team = round(team());
    let change = change(&team, &team).expect("four people");
    assert_eq!((change.difference, change.p_value), (0.0, 1.0));
}

#[test]
fn the_draws_are_the_same_on_every_machine() {
    let chance = score(&round(team())).index.chance.expect("defined");
    assert_eq!(
        (chance.mean, chance.p95, chance.draws),
        (18.629_908_730_158_736, 31.095_238_095_238_09, 2_000)
    );
}
