//! Measures, sorted statements, and the consultant who sorts them.

use super::super::consultant::{Board, Confirming, Offers};
use super::super::measure::{Table, pooled};
use super::*;

/// One table, any group may become any theme.
fn table<T: Ord + Clone>(pairs: impl IntoIterator<Item = (char, T)>) -> Table {
    Table::count(pairs.into_iter(), |_, _| true)
}

fn near(value: Option<f64>, expected: f64) -> bool {
    (value.unwrap() - expected).abs() < 1e-12
}

#[test]
fn the_measures_agree_with_values_worked_out_by_hand() {
    // Groups {a, b, c}, {d, e}; people say {a, b}, {c, d, e}: 2 of 4 proposed pairs are right, 2 of 4 found.
    let table = table([('g', 1), ('g', 1), ('g', 2), ('h', 2), ('h', 2)]);
    let found = pooled([&table].into_iter());
    assert!(near(found.pair_f1, 0.5));
    assert!(near(found.adjusted_rand, (2.0 - 1.6) / (4.0 - 1.6)));
    // Precision and recall are both (2 * 2/3 + 1/3 + 2) / 5 = 11/15.
    assert!(near(found.bcubed, 11.0 / 15.0));
    assert!(near(found.to_move, 0.2));
}

#[test]
fn moves_are_the_fewest_when_a_greedy_choice_is_not() {
    // Taking the 3 first leaves 3 + 0; the best is 2 + 2 of 7.
    let rows = [('g', "x", 3), ('g', "y", 2), ('h', "x", 2)];
    let pairs = rows
        .into_iter()
        .flat_map(|(group, theme, n)| std::iter::repeat_n((group, theme), n));
    let table = table(pairs);
    assert!(near(pooled([&table].into_iter()).to_move, 3.0 / 7.0));
}

#[test]
fn a_known_theme_is_the_one_it_is() {
    // Both statements of "x" were put into the known theme "y": they move, though they are together.
    let pairs = [('y', 'x'), ('y', 'x'), ('g', 'y')];
    let table = Table::count(pairs.into_iter(), |group, theme| {
        *group == *theme || (*group == 'g' && *theme != 'y')
    });
    assert!(near(pooled([&table].into_iter()).to_move, 1.0));
}

#[test]
fn measures_without_anything_to_measure_are_undefined() {
    assert_eq!(pooled(std::iter::empty()), Agreement::default());
    let one = table([('g', 'x')]);
    let found = pooled([&one].into_iter());
    assert_eq!(
        found,
        Agreement {
            bcubed: Some(1.0),
            to_move: Some(0.0),
            ..Agreement::default()
        }
    );
}

fn gold(lines: &str) -> Result<Gold, String> {
    Gold::read(lines.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn sorted_statements_are_read_and_mistakes_name_line_and_field() {
    let good = r#"{"company": "A", "exec": "E1", "question": "priority", "text": "Hire", "theme": "t", "company_no": 1}"#;
    let two = format!(
        "\u{feff}{good}\n\n{}\r\n",
        good.replace("priority", "trade_offs")
    );
    assert!(gold(&two).is_ok());
    for (line, says) in [
        (
            good.replace("\"theme\"", "\"thema\""),
            "line 2: missing field \"theme\"",
        ),
        (
            good.replace("\"Hire\"", "7"),
            "line 2: “text”: invalid type: integer `7`, expected a string",
        ),
        (good.replace("\"Hire\"", "\" \""), "line 2: “text” is empty"),
        (good.replace("\"E1\"", "\"\""), "line 2: “exec” is empty"),
        (
            good.replace("priority", "priori"),
            "line 2: “question” is none of priorities, trade_offs, stops, successes, asks",
        ),
        (
            good.replace('}', ""),
            "line 2: it is not one JSON object (column 100)",
        ),
        (
            format!("{good} {good}"),
            "line 2: something follows the JSON object",
        ),
        (
            "[1]".to_owned(),
            "line 2: it is not one JSON object (column 1)",
        ),
    ] {
        let said = gold(&format!("{good}\n{line}\n")).unwrap_err();
        assert_eq!(said.replace('`', "\""), says.replace('`', "\""), "{line}");
    }
    assert_eq!(gold("\n \n").unwrap_err(), "it holds no statement");
    assert_eq!(
        Gold::read(&b"{}\xff\n"[..]).unwrap_err().to_string(),
        "line 1: it is not UTF-8 text"
    );
}

/// A proposal as somebody could have made it: (id, theme, confidence, tight).
fn proposals(of: &[(&str, ThemeRef, f64, bool)], names: &[(&str, &str)]) -> Proposals {
    Proposals {
        groups: names
            .iter()
            .map(|(key, name)| NewTheme {
                key: (*key).to_owned(),
                name: (*name).to_owned(),
                size: of
                    .iter()
                    .filter(|(_, theme, ..)| *theme == ThemeRef::New((*key).to_owned()))
                    .count(),
            })
            .collect(),
        assignments: of
            .iter()
            .map(|(id, theme, confidence, tight)| Assignment {
                item: (*id).to_owned(),
                theme: theme.clone(),
                confidence: *confidence,
                second: None,
                tight: *tight,
            })
            .collect(),
    }
}

#[test]
fn the_consultant_s_actions_agree_with_a_count_by_hand() {
    let new = |key: &str| ThemeRef::New(key.to_owned());
    let asked = items(&[
        "reduce churn",       // s000 churn
        "reduce churn now",   // s001 churn
        "reduce headcount",   // s002 staff
        "lose fewer clients", // s003 churn
        "hire nurses",        // s004 staff
        "hire more nurses",   // s005 staff
        "uptime",             // s006 uptime
        "uptime again",       // s007 uptime
        "open in Spain",      // s008 spain
    ]);
    let gold = [
        "churn", "churn", "staff", "churn", "staff", "staff", "uptime", "uptime", "spain",
    ];
    let proposals = proposals(
        &[
            ("s000", new("p"), 0.9, true),
            ("s001", new("p"), 0.9, true),
            ("s002", new("p"), 0.9, true),
            ("s003", new("q"), 0.3, false),
            ("s004", new("r"), 0.9, true),
            ("s005", new("r"), 0.9, true),
            ("s006", ThemeRef::Known("uptime".into()), 0.9, true),
            ("s007", ThemeRef::Known("uptime".into()), 0.9, true),
            ("s008", new("s"), 0.3, false),
        ],
        &[
            ("p", "reduce churn"),
            ("q", "lose fewer clients"),
            ("r", "hire nurses"),
            ("s", "open in Spain"),
        ],
    );
    let codebook = [
        known("uptime", &["uptime"]),
        known("brand", &["the rebrand"]),
        known("budget", &["clients pay late"]),
        known("clients", &["fewer clients"]),
        known("fleet", &["fewer vans, fewer clients to lose"]),
    ];
    let mut space = Space::of_round(&Method::lexical(Language::En), &asked, &codebook).unwrap();
    space
        .add(&Method::lexical(Language::En), ["churn", "staff", "spain"])
        .unwrap();
    let board = Board {
        space: &space,
        items: asked.iter().map(|item| (item.id.as_str(), item)).collect(),
        gold: asked
            .iter()
            .map(|item| item.id.as_str())
            .zip(gold)
            .collect(),
        codebook: &codebook,
        proposals: &proposals,
    };
    // p: confirmed (1), "reduce headcount" moved out (2), which makes the theme "staff".
    // r: two statements of "staff", which is there by now: merged, from the list (2).
    // uptime: confirmed (1).
    // s003: "churn" is there, but clients, fleet and budget share its words: from the list (2).
    // s008: a new theme (1).
    let by_theme = board.actions(Confirming::ThemeByTheme);
    assert_eq!(by_theme, 1 + 2 + 2 + 1 + 2 + 1);
    // p and uptime with one press.
    assert_eq!(board.actions(Confirming::AllAtOnce), by_theme - 1);
    // One after the other: "uptime" is there before; churn, staff and spain are made by their first statements. Asked
    // are the other churn (2), staff (2), uptime (2): offered all but s003.
    let offers = board.offers();
    assert_eq!(offers.asked, 6);
    assert_eq!(offers.offered, 5);
    assert!(offers.first >= 3 && offers.first <= 5);
}

#[test]
fn a_board_with_nothing_known_asks_nothing_twice() {
    let asked = items(&["alpha", "beta"]);
    let space = Space::of_round(&Method::lexical(Language::En), &asked, &[]).unwrap();
    let proposals = space.propose(&asked, &[]);
    let board = Board {
        space: &space,
        items: asked.iter().map(|item| (item.id.as_str(), item)).collect(),
        gold: [("s000", "one"), ("s001", "two")].into(),
        codebook: &[],
        proposals: &proposals,
    };
    assert_eq!(board.actions(Confirming::ThemeByTheme), 2);
    assert_eq!(board.actions(Confirming::AllAtOnce), 2);
    assert_eq!(board.offers(), Offers::default());
}

#[test]
fn an_evaluation_counts_teams_and_statements_and_tells_an_earlier_round_from_a_later() {
    let mut lines = Vec::new();
    for (company, split) in [("A", "one"), ("B", "two"), ("C", "two")] {
        for (exec, text, theme) in [
            ("E1", "Reduce churn", "churn"),
            ("E2", "Reduce churn", "churn"),
            ("E1", "Hire nurses", "staff"),
            ("E2", "Hire nurses", "staff"),
            ("E3", "Churn and churn", "churn"),
        ] {
            lines.push(format!(
                r#"{{"company": "{company}", "split": "{split}", "exec": "{exec}", "question": "stop", "text": "{text}", "theme": "{theme}"}}"#
            ));
        }
    }
    let lines = lines.join("\n");
    let gold = gold(&lines).unwrap();
    let method = Method::lexical(Language::En);
    let first = evaluate(&gold, &method, Earlier::None).unwrap();
    let splits: Vec<_> = first
        .iter()
        .map(|e| (e.split.as_deref(), e.teams, e.statements))
        .collect();
    assert_eq!(
        splits,
        [(Some("one"), 1, 5), (Some("two"), 2, 10), (None, 3, 15)]
    );
    let all = &first[2];
    assert_eq!(
        all.mean.agreement, all.pooled.agreement,
        "the teams say the same"
    );
    assert_eq!(all.pooled.agreement.pair_f1, Some(1.0));
    assert_eq!(all.pooled.agreement.to_move, Some(0.0));
    // Two tight groups, and the third statement of "churn" in one of them or taken from the offers.
    assert!(all.pooled.actions.unwrap() <= 3.0 / 5.0);
    let later = evaluate(&gold, &method, Earlier::Half).unwrap();
    assert_eq!(
        (later[2].teams, later[2].statements),
        (3, 9),
        "of three executives one is the earlier half"
    );
    assert_eq!(later[2].pooled.agreement.to_move, Some(0.0));
}
