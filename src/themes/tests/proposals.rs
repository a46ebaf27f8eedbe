//! Proposals.

use super::super::cluster::{Tree, density};
use super::super::text::Reader;
use super::*;

#[test]
fn nothing_asked_nothing_proposed() {
    assert_eq!(by_words(&[], &[], Language::En), Proposals::default());
    let codebook = [known("brand", &["the rebrand"])];
    assert_eq!(by_words(&[], &codebook, Language::De), Proposals::default());
    assert_eq!(
        propose(&[], &codebook, &english()).unwrap(),
        Proposals::default()
    );
}

#[test]
fn a_lone_statement_gets_a_theme_of_its_own_words() {
    let asked = items(&["Reduce customer churn"]);
    let proposals = by_words(&asked, &[], Language::En);
    sound(&asked, &[], &proposals);
    assert_eq!(
        proposals.groups,
        [NewTheme {
            key: "proposed-1".into(),
            name: "Reduce customer churn".into(),
            size: 1
        }]
    );
    assert_eq!(proposals.assignments[0].second, None);
}

#[test]
fn the_same_words_are_one_tight_group_whatever_their_case_and_accents() {
    let asked = items(&[
        "Café opening",
        "CAFE OPENING!",
        "cafe\u{301}  opening",
        "Hire nurses",
    ]);
    let proposals = by_words(&asked, &[], Language::En);
    sound(&asked, &[], &proposals);
    assert_eq!(proposals.groups[0].size, 3);
    assert!(theme_of(&proposals, "s000").confidence > 0.95);
    assert_eq!(proposals.groups[1].name, "Hire nurses");
}

#[test]
fn one_text_from_two_executives_is_a_group_not_two_lone_statements() {
    let proposals = by_words(&items(&["the rebrand", "the rebrand"]), &[], Language::En);
    assert_eq!(proposals.groups.len(), 1);
    assert!(proposals.assignments.iter().all(|a| a.confidence > 0.95));
}

#[test]
fn forms_of_one_word_come_together_and_different_subjects_stay_apart() {
    let asked = items(&[
        "Hire sales people",
        "Hiring in sales",
        "Platform reliability",
        "Make the platform reliable",
        "Become profitable",
        "Profitability by Q4",
    ]);
    let expected: BTreeSet<BTreeSet<String>> =
        [["s000", "s001"], ["s002", "s003"], ["s004", "s005"]]
            .map(|pair| pair.map(str::to_owned).into())
            .into();
    assert_eq!(together(&by_words(&asked, &[], Language::En)), expected);
}

#[test]
fn words_of_direction_alone_make_no_theme() {
    let asked = items(&[
        "Reduce churn",
        "Reduce patient harm",
        "Reduce travel",
        "Improve morale",
        "Improve invoicing",
    ]);
    assert_eq!(by_words(&asked, &[], Language::En).groups.len(), 5);
}

#[test]
fn the_codebook_comes_first() {
    let codebook = [
        known(
            "reliability",
            &["Get uptime to 99.95", "Fewer outages", "Platform stability"],
        ),
        known(
            "retention",
            &["Stop losing accounts at renewal", "Customer churn below 8%"],
        ),
    ];
    let asked = items(&[
        "No more outages on Mondays",
        "customer churn",
        "Open the Leeds warehouse",
    ]);
    let proposals = by_words(&asked, &codebook, Language::En);
    sound(&asked, &codebook, &proposals);
    assert_eq!(
        theme_of(&proposals, "s000").theme,
        ThemeRef::Known("reliability".into())
    );
    assert_eq!(
        theme_of(&proposals, "s001").theme,
        ThemeRef::Known("retention".into())
    );
    assert_eq!(
        theme_of(&proposals, "s002").theme,
        ThemeRef::New("proposed-1".into())
    );
}

#[test]
fn a_new_key_never_meets_a_known_id() {
    let codebook = [known("proposed-1", &["uptime"])];
    let asked = items(&["Hire nurses"]);
    let proposals = by_words(&asked, &codebook, Language::En);
    sound(&asked, &codebook, &proposals);
    assert_eq!(proposals.groups[0].key, "proposed-2");
}

#[test]
fn german_umlauts_sharp_s_and_their_spelt_forms_are_the_same_word() {
    let reader = Reader::new(Language::De);
    assert_eq!(
        reader.fold("Größere Verfügbarkeit"),
        reader.fold("groessere VERFUEGBARKEIT")
    );
    assert_eq!(reader.fold("neue Quelle"), "neue quelle");
    let asked = items(&[
        "Verfügbarkeit der Plattform",
        "Plattform muss verfuegbar sein",
        "Neue Pflegekräfte einstellen",
    ]);
    let proposals = by_words(&asked, &[], Language::De);
    sound(&asked, &[], &proposals);
    assert_eq!(
        theme_of(&proposals, "s000").theme,
        theme_of(&proposals, "s001").theme
    );
    assert_ne!(
        theme_of(&proposals, "s000").theme,
        theme_of(&proposals, "s002").theme
    );
}

#[test]
fn german_compounds_meet_their_parts() {
    let asked = items(&[
        "Kundenbindung",
        "Bindung der Kunden",
        "Büroumzug verschieben",
    ]);
    let proposals = by_words(&asked, &[], Language::De);
    assert_eq!(
        theme_of(&proposals, "s000").theme,
        theme_of(&proposals, "s001").theme
    );
    assert_eq!(proposals.groups.len(), 2);
}

#[test]
fn letters_joined_by_an_ampersand_and_decimals_stay_whole() {
    let reader = Reader::new(Language::En);
    assert_eq!(
        reader.fold("A&E at 99.95 %, P&L & 1,5."),
        "a&e at 99.95 p&l 1.5"
    );
}

#[test]
fn language_tags_are_read_by_their_first_part() {
    assert_eq!(
        ["en-GB", "DE_at", "fr", ""].map(Language::from_tag),
        [Language::En, Language::De, Language::Other, Language::Other,]
    );
}

#[test]
fn emoji_blanks_and_stop_words_are_statements_too() {
    let asked = items(&[
        "🚀",
        "🚀",
        "🔥🔥",
        "",
        "   ",
        "over and out",
        "the",
        "\u{301}",
        "...",
        "日本市場",
        "日本市場",
    ]);
    for language in [Language::En, Language::De, Language::Other] {
        let proposals = by_words(&asked, &[known("empty", &["", " "])], language);
        sound(&asked, &[known("empty", &[])], &proposals);
        assert_eq!(
            theme_of(&proposals, "s000").theme,
            theme_of(&proposals, "s001").theme
        );
        assert_ne!(
            theme_of(&proposals, "s000").theme,
            theme_of(&proposals, "s002").theme
        );
        assert_eq!(
            theme_of(&proposals, "s009").theme,
            theme_of(&proposals, "s010").theme
        );
        assert!(matches!(
            theme_of(&proposals, "s003").theme,
            ThemeRef::New(_)
        ));
    }
}

#[test]
fn a_name_is_one_visible_line_cut_at_a_word() {
    let long = "Get the whole of the northern sales organisation onto the new commission plan";
    let asked = items(&[
        long,
        &"x".repeat(300),
        "<script>alert(1)</script>\r\nBcc: a@b\u{202e}\0",
    ]);
    let proposals = by_words(&asked, &[], Language::En);
    sound(&asked, &[], &proposals);
    let names: BTreeSet<&str> = proposals
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert!(
        names.contains("Get the whole of the northern sales organisation onto the…"),
        "{names:?}"
    );
    assert!(names.contains(format!("{}…", "x".repeat(59)).as_str()));
    assert!(names.contains("<script>alert(1)</script> Bcc: a@b"));
}

#[test]
fn a_very_long_text_is_compared_by_its_beginning() {
    let long = format!("Reduce customer churn {}", "ärger 🚀 ".repeat(200_000));
    let asked = items(&[&long, "Reduce customer churn", &"a".repeat(1_000_000)]);
    let proposals = by_words(&asked, &[], Language::En);
    sound(&asked, &[], &proposals);
}

#[test]
fn statements_beyond_the_clustered_ones_join_the_likeliest_group_or_stay_alone() {
    let asked = items(&[
        "aaa zebra crossing",
        "bbb quarterly numbers",
        "zebra crossing",
        "zzzz yyyy",
        "zzzzz yyyy",
    ]);
    let method = Method::lexical(Language::Other);
    let space = Space::of_round(&method, &asked, &[]).unwrap();
    // In the order of the alphabet, the first two are clustered with each other.
    let proposals = space.propose_most(&asked, &[], 2);
    sound(&asked, &[], &proposals);
    let expected: BTreeSet<BTreeSet<String>> =
        [&["s000", "s002"][..], &["s001"], &["s003"], &["s004"]]
            .map(|group| group.iter().map(|&id| id.to_owned()).collect())
            .into();
    assert_eq!(together(&proposals), expected);
    let all = space.propose(&asked, &[]);
    assert_eq!(theme_of(&all, "s003").theme, theme_of(&all, "s004").theme);
}

#[test]
fn duplicate_ids_still_get_one_assignment_each() {
    let asked = [
        item("x", "Hire nurses"),
        item("x", "the rebrand"),
        item("x", "Hire nurses"),
    ];
    let forward = by_words(&asked, &[], Language::En);
    sound(&asked, &[], &forward);
    let backward: Vec<Item> = asked.iter().rev().cloned().collect();
    assert_eq!(forward, by_words(&backward, &[], Language::En));
}

#[test]
fn average_link_joins_by_the_mean_not_by_the_nearest() {
    // 0-1 and 1-2 are near, 0-2 far: the mean of {0, 1} and 2 is 0.45.
    let tree = Tree::average_link(3, vec![1.0, 0.0, 0.9]);
    assert_eq!(tree.cut(0.5), [0, 0, 1]);
    assert_eq!(tree.cut(0.45), [0, 0, 0]);
    assert_eq!(tree.cut(1.1), [0, 1, 2]);
    assert_eq!(Tree::average_link(0, Vec::new()).cut(0.5), [0_usize; 0]);
    assert_eq!(Tree::average_link(1, Vec::new()).cut(0.5), [0]);
}

#[test]
fn density_is_the_mean_likeness_to_the_nearest_and_absent_ones_count_nothing() {
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-6;
    // The nearest of 0, 1, 2 are 1.0, 1.0, 0.9 away; the two nearest (1.0, 0.0), (1.0, 0.9), (0.9, 0.0).
    let pairs = [1.0, 0.0, 0.9];
    assert!(near(density(3, &pairs, 1), 2.9 / 3.0));
    assert!(near(density(3, &pairs, 2), 3.8 / 6.0));
    assert!(near(density(3, &pairs, 4), 3.8 / 12.0));
    assert!(near(density(0, &[], 10), 0.0));
}

#[test]
fn by_meaning_statements_without_a_shared_word_come_together() {
    let asked = items(&[
        "Reduce customer churn",
        "Stop losing accounts at renewal",
        "Win back clients who left us",
        "Move the data centre to Frankfurt",
        "Consolidate our server sites",
        "Hire more nurses",
        "Fill the open ward positions",
    ]);
    let words = by_words(&asked, &[], Language::En);
    assert_eq!(words.groups.len(), 7, "they share no word");
    let meaning = propose(&asked, &[], &english()).unwrap();
    sound(&asked, &[], &meaning);
    let theme = |id| Some(theme_of(&meaning, id).theme.clone());
    assert_eq!(theme("s005"), theme("s006"));
    // In so small a round the others stay apart, and each names the right one as the next to try.
    for (one, other) in [("s000", "s001"), ("s003", "s004")] {
        assert_eq!(theme_of(&meaning, one).second, theme(other));
        assert_eq!(theme_of(&meaning, other).second, theme(one));
    }
}

#[test]
fn by_meaning_the_codebook_comes_first_too() {
    let codebook = [
        known("staff_retention", &["Keep our senior engineers"]),
        known("market_entry", &["Open the Lisbon office"]),
    ];
    let asked = items(&[
        "Retain experienced developers",
        "Launch in Portugal",
        "Pay down our debt",
    ]);
    let proposals = propose(&asked, &codebook, &english()).unwrap();
    sound(&asked, &codebook, &proposals);
    let theme = |id| &theme_of(&proposals, id).theme;
    assert_eq!(theme("s000"), &ThemeRef::Known("staff_retention".into()));
    assert_eq!(theme("s001"), &ThemeRef::Known("market_entry".into()));
    assert_eq!(theme("s002"), &ThemeRef::New("proposed-1".into()));
}

#[test]
fn the_sides_of_a_trade_off_are_two_statements() {
    let asked = items(&["stability", "new features", "Platform stability"]);
    let proposals = propose(&asked, &[], &english()).unwrap();
    assert_ne!(
        theme_of(&proposals, "s000").theme,
        theme_of(&proposals, "s001").theme
    );
    assert_eq!(
        theme_of(&proposals, "s000").theme,
        theme_of(&proposals, "s002").theme
    );
}

#[test]
fn near_repetitions_are_tight_and_what_is_left_is_sorted_theme_by_theme() {
    let asked = items(&[
        "DACH expansion",
        "Expand in the DACH region",
        "Successful DACH launch",
        "Hire sales people",
        "Build the sales team",
        "Reduce churn",
        "Balance the budget",
        "Nobody gets hurt",
    ]);
    let proposals = propose(&asked, &[], &english()).unwrap();
    sound(&asked, &[], &proposals);
    let tight: Vec<Vec<&str>> = proposals
        .tight()
        .into_iter()
        .map(|(_, items)| items)
        .collect();
    assert_eq!(tight, [vec!["s000", "s001"], vec!["s003", "s004"]]);
    let left: Vec<&str> = proposals
        .to_sort()
        .iter()
        .map(|a| a.item.as_str())
        .collect();
    assert_eq!(left.len(), 4);
    assert_eq!(left[0], "s002", "it is proposed for the largest theme");
    assert_eq!(
        theme_of(&proposals, "s002").theme,
        theme_of(&proposals, "s000").theme
    );
}

#[test]
fn a_text_that_the_space_does_not_hold_stays_alone() {
    let asked = items(&["Hire nurses", "Hire nurses now"]);
    let space = Space::of_round(&Method::lexical(Language::En), &asked[..1], &[]).unwrap();
    let proposals = space.propose(&asked, &[]);
    sound(&asked, &[], &proposals);
    assert_eq!(proposals.groups.len(), 2);
}
