//! The edge cases that the description of the score names.

use super::build::*;
use crate::scoring::*;

fn refused(parts: RoundParts) -> String {
    CodedRound::new(parts)
        .expect_err("must be refused")
        .to_string()
}

fn full(executive: &str) -> Given {
    by(executive)
        .priorities("a b c")
        .trades("a>b c>d")
        .stops("e f")
        .successes("a g")
        .asks("Sales:e Product:f")
}

#[test]
fn a_round_without_answers_has_counts_and_nothing_else() {
    let score = score(
        &CodedRound::new(RoundParts {
            invited: 8,
            ..RoundParts::default()
        })
        .expect("valid"),
    );
    assert_eq!((score.responded, score.invited), (0, 8));
    let index = &score.index;
    assert_eq!(
        (index.value, index.chance, index.ceiling, index.missing),
        (None, None, None, None)
    );
    assert_eq!(
        (index.position, index.words, index.adjusted, index.grouping),
        (None, None, None, None)
    );
    assert!(score.findings.is_empty() && score.agenda.is_empty() && index.leave_one_out.is_empty());
    assert_eq!(score.similarity.map(|s| s.matrix.len()), Some(0));
}

#[test]
fn one_answer_agrees_with_nobody_and_has_no_index() {
    let score = score(&round(vec![full("e1")]));
    assert_eq!(score.index.value, None);
    assert_eq!(score.questions.priorities.spread.distinct, 3);
    assert_eq!(score.questions.asks.unanswered, 2);
    assert_eq!(score.questions.priorities.knows_three, None);
    assert!(score.findings.is_empty(), "{:?}", score.findings);
}

#[test]
fn two_answers_make_one_pair_and_none_without_either() {
    let score = score(&round(vec![
        by("e1").priorities("a b"),
        by("e2").priorities("b a"),
    ]));
    assert_eq!(
        score.index.value.map(|v| (v * 1e6).round()),
        rbo_ext(&["a", "b"], &["b", "a"], 0.8).map(|v| (v * 1e8).round())
    );
    assert!(score.index.leave_one_out.iter().all(|l| l.value.is_none()));
    assert!(score.camps.is_none());
}

#[test]
fn a_question_that_nobody_answered_leaves_the_index_to_the_others() {
    let score = quick(&round(vec![
        by("e1").priorities("a").stops("b"),
        by("e2").priorities("a").stops("c"),
    ]));
    assert_eq!(score.questions.trade_offs.answers.agreement, None);
    assert_eq!(score.questions.asks.answers.agreement, None);
    // Priorities agree fully (.30), stops not at all (.15).
    assert!((score.index.value.expect("defined") - 100.0 * 0.30 / 0.45).abs() < 1e-9);
}

#[test]
fn everybody_not_knowing_is_counted_and_undefined() {
    let score = quick(&round(vec![
        by("e1").unknown(&Question::ALL),
        by("e2").unknown(&Question::ALL),
        by("e3").unknown(&Question::ALL),
    ]));
    for question in Question::ALL {
        assert_eq!(score.questions.agreement(question), None, "{question:?}");
    }
    assert_eq!(
        (
            score.questions.stops.answers.answered,
            score.questions.stops.answers.unknown
        ),
        (3, 3)
    );
    assert_eq!(score.index.value, None);
    let unspoken = found(&score, FindingKind::UnspokenTradeOffs);
    assert_eq!(
        (unspoken[0].severity, score.questions.trade_offs.none),
        (1.0, 0)
    );
}

#[test]
fn not_knowing_is_an_empty_answer_and_skipping_is_none() {
    let both = |third: Given| {
        quick(&round(vec![
            by("e1").priorities("a"),
            by("e2").priorities("a"),
            third,
        ]))
        .questions
        .priorities
    };
    let unknown = both(by("e3").unknown(&[Question::Priorities]));
    assert!((unknown.answers.agreement.expect("defined") - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(unknown.answers.answered, 3);
    let skipped = both(by("e3").stops("b"));
    assert_eq!(
        (skipped.answers.agreement, skipped.answers.answered),
        (Some(1.0), 2)
    );
}

#[test]
fn a_team_of_one_mind_has_100_and_its_own_ceiling() {
    let answers = |e: &str| {
        by(e)
            .priorities("a b c")
            .trades("a>b")
            .stops("d e")
            .successes("a")
            .asks("Sales:d Product:d")
    };
    let functions = [
        ("e1", "Sales"),
        ("e2", "Product"),
        ("e3", "Sales"),
        ("e4", "Finance"),
    ];
    let round = CodedRound::new(parts(
        ["e1", "e2", "e3", "e4"].map(answers).into(),
        &functions,
    ))
    .expect("valid");
    let score = score(&round);
    assert_eq!(
        (score.index.value, score.index.ceiling),
        (Some(100.0), Some(100.0))
    );
    assert_eq!(
        (score.index.position, score.index.words),
        (Some(1.0), Some(PositionWords::OneStory))
    );
    assert_eq!(score.index.adjusted, Some(100.0));
    // Seven of the eight: Product's ask to itself reaches nobody.
    assert_eq!(
        (
            score.questions.asks.taken_up,
            score.questions.asks.unanswered
        ),
        (7, 1)
    );
    assert!(found(&score, FindingKind::OpposedTradeOff).is_empty());
    assert!(found(&score, FindingKind::SharedGround).len() >= 6);
    assert!(
        score
            .similarity
            .expect("small")
            .matrix
            .iter()
            .flatten()
            .all(|s| *s == Some(1.0))
    );
    assert!(score.camps.is_none(), "{:?}", score.camps);
}

#[test]
fn a_team_without_anything_in_common_has_0() {
    let score = quick(&round(vec![
        by("e1").priorities("a b").stops("c"),
        by("e2").priorities("d e").stops("f"),
        by("e3").priorities("g h").stops("i"),
    ]));
    assert_eq!(score.index.value, Some(0.0));
    assert!(score.index.position.expect("defined") < 0.0);
    assert_eq!(score.index.words, Some(PositionWords::NoCommonAgenda));
    assert_eq!(score.index.common_share, Some(0.0));
    let spread = score.questions.priorities.spread;
    assert_eq!(
        (
            spread.distinct,
            spread.distinct_fewest,
            spread.distinct_most,
            spread.on_one_list
        ),
        (6, 2, 6, 6)
    );
    let orphans = found(&score, FindingKind::OrphanPriority);
    assert_eq!(
        (orphans[0].severity, orphans[0].themes.join(" ")),
        (1.0, "a d g".to_owned())
    );
    assert_eq!(orphans[0].sides, [["e1"], ["e2"], ["e3"]]);
}

#[test]
fn with_one_theme_only_chance_gives_all_and_the_correction_is_undefined() {
    let score = quick(&round(vec![
        by("e1").priorities("a"),
        by("e2").priorities("a"),
        by("e3").priorities("a"),
    ]));
    assert_eq!(
        score.index.chance.map(|c| (c.mean, c.p95)),
        Some((100.0, 100.0))
    );
    assert_eq!(
        (
            score.index.value,
            score.index.adjusted,
            score.index.position
        ),
        (Some(100.0), None, None)
    );
    assert_eq!(score.questions.priorities.spread.jaccard_adjusted, None);
}

#[test]
fn a_theme_twice_in_a_list_counts_once_at_its_best_position() {
    let twice = quick(&round(vec![
        by("e1").priorities("a b a c"),
        by("e2").priorities("c b a").stops("d d"),
    ]));
    let once = quick(&round(vec![
        by("e1").priorities("a b c"),
        by("e2").priorities("c b a").stops("d"),
    ]));
    assert_eq!(twice, once);
}

#[test]
fn an_executive_who_asks_the_own_function_is_not_heard_by_oneself() {
    let alone = quick(&round(vec![
        by("e1").asks("Fe1:x").stops("x"),
        by("e2").asks("Fe1:y"),
    ]));
    // e1's ask reaches nobody else; e2's reaches e1, who is silent on y.
    assert_eq!(
        (
            alone.questions.asks.unanswered,
            alone.questions.asks.unheard
        ),
        (1, 1)
    );
    assert_eq!(alone.questions.asks.answers.agreement, Some(0.5));
    let functions = [("e1", "Sales"), ("e2", "Sales")];
    let parts = parts(
        vec![
            by("e1").asks("Sales:x"),
            by("e2").asks("Sales:y").stops("x"),
        ],
        &functions,
    );
    let together = quick(&CodedRound::new(parts).expect("valid"));
    assert_eq!(
        (
            together.questions.asks.taken_up,
            together.questions.asks.unheard
        ),
        (1, 1)
    );
    assert_eq!(together.questions.asks.answers.agreement, Some(0.75));
}

#[test]
fn an_ask_to_a_function_of_two_is_heard_by_both_and_to_an_absent_one_by_nobody() {
    let functions = [("e1", "Finance"), ("e2", "Sales"), ("e3", "Sales")];
    let answers = vec![
        by("e1").asks("Sales:x Legal:x"),
        by("e2").stops("x").unknown(&[Question::Asks]),
        by("e3").priorities("x").unknown(&[Question::Asks]),
    ];
    let score = quick(&CodedRound::new(parts(answers, &functions)).expect("valid"));
    let asks = &score.questions.asks;
    assert_eq!((asks.colliding, asks.unanswered, asks.taken_up), (1, 1, 0));
    assert_eq!(asks.answers.agreement, Some(0.5)); // one takes it up, one protects it
    assert_eq!(asks.functions, ["Finance", "Legal", "Sales"]);
    assert_eq!(
        (asks.asked[0].as_slice(), asks.collisions[0].as_slice()),
        ([0, 1, 1].as_slice(), [0, 0, 1].as_slice())
    );
    let collision = found(&score, FindingKind::CollidingAsk)[0];
    assert_eq!(
        (collision.severity, &collision.sides),
        (1.0, &vec![vec!["e1".to_owned()], vec!["e3".to_owned()]])
    );
    assert_eq!(collision.functions, ["Sales"]);
}

#[test]
fn merging_two_themes_after_coding_counts_them_once_and_empties_a_trade_off_between_them() {
    let mut merged = parts(
        vec![
            by("e1").priorities("a a2 b").trades("a>a2"),
            by("e2").priorities("a b").trades("a>b"),
        ],
        &[],
    );
    let rename = |coded: &mut Coded| {
        if coded.theme == "a2" {
            "a".clone_into(&mut coded.theme);
        }
    };
    for response in &mut merged.responses {
        response.priorities.iter_mut().for_each(rename);
        response
            .trade_offs
            .iter_mut()
            .for_each(|t| rename(&mut t.over));
    }
    let score = quick(&CodedRound::new(merged).expect("valid"));
    assert_eq!(score.questions.priorities.answers.agreement, Some(1.0));
    assert_eq!(score.questions.trade_offs.answers.agreement, Some(0.0));
    assert_eq!(
        (
            score.questions.trade_offs.pairs.len(),
            score.questions.trade_offs.answers.answered
        ),
        (1, 2)
    );
}

#[test]
fn a_statement_left_on_a_theme_that_was_split_away_is_named() {
    let mut split = parts(vec![full("e1"), full("e2")], &[]);
    split.themes.retain(|theme| theme.id != "d");
    assert_eq!(
        refused(split),
        "responses[0].trade_offs[1].over.theme: \"d\" is not in `themes`"
    );
}

#[test]
fn a_weight_of_0_leaves_its_question_out_and_all_weights_0_leave_no_index() {
    let weights = |priorities| Weights {
        priorities,
        trade_offs: 0.0,
        stops: 0.0,
        successes: 0.0,
        asks: 0.0,
    };
    let with = |weights| {
        let answers = vec![
            by("e1").priorities("a").stops("c"),
            by("e2").priorities("a").stops("d"),
        ];
        quick(
            &CodedRound::new(RoundParts {
                weights,
                ..parts(answers, &[])
            })
            .expect("valid"),
        )
    };
    assert_eq!(with(weights(0.3)).index.value, Some(100.0));
    let none = with(weights(0.0));
    assert_eq!(
        (
            none.index.value,
            none.index.chance,
            none.questions.stops.answers.agreement
        ),
        (None, None, Some(0.0))
    );
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_path() {
    let base = || parts(vec![full("e1"), full("e2")], &[]);
    assert!(
        refused(RoundParts {
            invited: 1,
            ..base()
        })
        .starts_with("invited: 1 invited, but 2 responses")
    );
    assert!(
        refused(RoundParts {
            invited: usize::MAX,
            ..base()
        })
        .starts_with("invited: at most")
    );
    let weights = Weights {
        asks: f64::NAN,
        ..Weights::default()
    };
    assert!(
        refused(RoundParts { weights, ..base() }).starts_with("weights.asks: NaN is not a weight")
    );
    let mut many = base();
    many.responses[1].stops = vec![Coded::confirmed("a"); MAX_STATEMENTS + 1];
    assert!(refused(many).starts_with("responses[1].stops: at most 6"));
    let mut contradictory = base();
    contradictory.responses[0].unknown = vec![Question::Stops];
    assert_eq!(
        refused(contradictory),
        "responses[0].unknown[0]: `stops` has statements, so it can't be unknown"
    );
    let mut twice = base();
    twice.themes.push(Theme {
        id: "a".to_owned(),
        name: None,
    });
    assert!(refused(twice).ends_with(".id: \"a\" is there twice"));
    let mut decided = base();
    decided.responses[0].stops[0].proposed = Some(Proposed {
        theme: "a".to_owned(),
        confidence: 0.5,
        second: None,
    });
    assert!(
        refused(decided).starts_with("responses[0].stops[0].proposed.theme: \"a\" is proposed")
    );
    for date in [
        "2026-02-29",
        "2026-13-01",
        "26-01-01",
        "2026-01-01-01",
        "2026-1-1",
        "",
        "２０２６-01-01",
    ] {
        let mut dated = base();
        let target = Target::Date(date.to_owned());
        dated.responses[0] = full("e1").measured("a", "x", Comparison::ByDate, target).0;
        assert!(refused(dated).contains("is not a date"), "{date}");
    }
    let mut agreed = base();
    agreed.agreed_priorities = vec!["nope".to_owned()];
    assert_eq!(
        refused(agreed),
        "agreed_priorities[0]: \"nope\" is not in `themes`"
    );
}
