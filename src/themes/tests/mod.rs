//! What the proposal promises.

#![allow(
    clippy::unwrap_used,
    reason = "a failing test may stop where it stands"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::cluster::{Tree, density};
use super::text::Reader;
use super::*;

pub(super) fn item(id: &str, text: &str) -> Item {
    Item {
        id: id.to_owned(),
        question: Question::Priorities,
        text: text.to_owned(),
    }
}

fn items(texts: &[&str]) -> Vec<Item> {
    texts
        .iter()
        .enumerate()
        .map(|(at, text)| item(&format!("s{at:03}"), text))
        .collect()
}

pub(super) fn known(id: &str, examples: &[&str]) -> KnownTheme {
    let examples = examples.iter().map(|&text| text.to_owned()).collect();
    KnownTheme {
        id: id.to_owned(),
        name: id.replace('_', " "),
        examples,
    }
}

/// Proposes by words.
fn by_words(asked: &[Item], codebook: &[KnownTheme], language: Language) -> Proposals {
    propose(asked, codebook, &Method::lexical(language)).unwrap()
}

/// Proposes by meaning.
fn by_meaning(asked: &[Item], codebook: &[KnownTheme]) -> Proposals {
    propose(asked, codebook, &english()).unwrap()
}

/// The built-in model.
pub(super) fn english() -> Method {
    Method::of("en-GB", Some(Model::built_in().unwrap()))
}

fn suggest(text: &str, codebook: &[KnownTheme], k: usize, method: &Method) -> Vec<Suggestion> {
    let space = Space::of_round(method, &items(&[text]), codebook).unwrap();
    space.suggest(&[text], codebook, k).remove(0)
}

fn neighbours(text: &str, asked: &[Item], k: usize, method: &Method) -> Vec<Neighbour> {
    let mut space = Space::of_round(method, asked, &[]).unwrap();
    space.add(method, [text]).unwrap();
    space.neighbours(text, asked, k)
}

/// The sets of statements that share a theme.
fn together(proposals: &Proposals) -> BTreeSet<BTreeSet<String>> {
    let mut themes: BTreeMap<&ThemeRef, BTreeSet<String>> = BTreeMap::new();
    for assignment in &proposals.assignments {
        themes
            .entry(&assignment.theme)
            .or_default()
            .insert(assignment.item.clone());
    }
    themes.into_values().collect()
}

fn theme_of<'a>(proposals: &'a Proposals, id: &str) -> &'a Assignment {
    proposals.assignments.iter().find(|a| a.item == id).unwrap()
}

/// What must hold whatever was asked.
fn sound(asked: &[Item], codebook: &[KnownTheme], proposals: &Proposals) {
    let mut ids: Vec<&str> = asked.iter().map(|item| item.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        proposals
            .assignments
            .iter()
            .map(|a| a.item.as_str())
            .collect::<Vec<_>>()
    );
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let names_a_theme = |theme: &ThemeRef| match theme {
        ThemeRef::Known(id) => codebook.iter().any(|theme| theme.id == *id),
        ThemeRef::New(key) => proposals.groups.iter().any(|group| group.key == *key),
    };
    for assignment in &proposals.assignments {
        assert!(
            assignment.confidence > 0.0 && assignment.confidence < 1.0,
            "{assignment:?}"
        );
        assert!(names_a_theme(&assignment.theme), "{assignment:?}");
        assert!(
            assignment.second.as_ref().is_none_or(names_a_theme),
            "{assignment:?}"
        );
        assert_ne!(assignment.second.as_ref(), Some(&assignment.theme));
        if let ThemeRef::New(key) = &assignment.theme {
            *sizes.entry(key).or_default() += 1;
        }
    }
    let mut tight: Vec<&String> = proposals.tight.iter().flat_map(|group| &group.items).collect();
    let mut marked: Vec<&String> = Vec::new();
    for assignment in &proposals.assignments {
        if assignment.tight {
            marked.push(&assignment.item);
        }
    }
    tight.sort_unstable();
    assert_eq!(tight, marked);
    for group in &proposals.tight {
        assert!(group.items.len() > 1);
        for item in &group.items {
            let mut of_item = proposals.assignments.iter().filter(|a| a.item == *item);
            assert!(of_item.any(|a| a.theme == group.theme && a.tight));
        }
    }
    assert_eq!(
        proposals.to_sort().len() + tight.len(),
        proposals.assignments.len()
    );
    assert_eq!(sizes.len(), proposals.groups.len());
    for group in &proposals.groups {
        assert_eq!(sizes[group.key.as_str()], group.size);
        assert!(
            !group.name.is_empty() && group.name.chars().count() <= 60,
            "{group:?}"
        );
        assert!(!group.name.chars().any(char::is_control), "{group:?}");
        assert!(codebook.iter().all(|theme| theme.id != group.key));
    }
}

#[test]
fn nothing_asked_nothing_proposed() {
    assert_eq!(propose(&[], &[], Language::En), Proposals::default());
    assert_eq!(
        propose(&[], &[known("brand", &["the rebrand"])], Language::De),
        Proposals::default()
    );
    assert!(neighbours("churn", &[], 5, Language::En).is_empty());
    assert!(suggest("churn", &[], 5, Language::En).is_empty());
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
fn a_known_example_repeated_is_nearly_certain_and_suggested_first() {
    let codebook = [
        known("uptime", &["Get uptime to 99.95"]),
        known("brand", &["the rebrand", "new logo"]),
    ];
    let suggestions = suggest("THE REBRAND", &codebook, 5, Language::En);
    assert_eq!(suggestions[0].theme, "brand");
    assert_eq!(
        suggestions.len(),
        1,
        "a theme that shares nothing is not suggested"
    );
    let proposals = propose(
        &items(&["the rebrand"]),
        &[known("brand", &["the rebrand"])],
        Language::En,
    );
    assert!(proposals.assignments[0].confidence > 0.9);
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
fn neighbours_come_nearest_first_and_no_more_than_asked() {
    let asked = items(&[
        "Hire sales people",
        "Reduce customer churn",
        "customer churn",
        "The rebrand",
    ]);
    let near = neighbours("Customer churn", &asked, 9, Language::En);
    assert_eq!(
        near.iter().map(|n| n.item.as_str()).collect::<Vec<_>>(),
        ["s002", "s001"]
    );
    assert_eq!(near[0].similarity, 1.0);
    assert_eq!(
        neighbours("Customer churn", &asked, 1, Language::En).len(),
        1
    );
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
fn statements_beyond_the_clustered_ones_join_the_nearest_group_or_stay_alone() {
    // Made words without a common piece fill the clustered part; the last two in the alphabet come after it.
    let filler = (0..2_001_u32).map(|n| {
        let letter = |n: u32| char::from(b'a' + (n % 20) as u8).to_string().repeat(3);
        format!("{}{}{}", letter(n), letter(n / 20), letter(n / 400))
    });
    let mut texts: Vec<String> = filler.collect();
    texts.extend([
        "aaa zebra crossing".to_owned(),
        "zebra crossing".to_owned(),
        "zzzz yyyy".to_owned(),
    ]);
    let asked = items(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let proposals = by_words(&asked, &[], Language::Other);
    sound(&asked, &[], &proposals);
    assert_eq!(
        theme_of(&proposals, "s2001").theme,
        theme_of(&proposals, "s2002").theme
    );
    let ThemeRef::New(alone) = &theme_of(&proposals, "s2003").theme else {
        panic!("no codebook was given")
    };
    assert_eq!(
        proposals
            .groups
            .iter()
            .find(|group| group.key == *alone)
            .unwrap()
            .size,
        1
    );
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
    let likeness = |a: usize, b: usize| {
        if (a, b) == (0, 2) {
            0.0
        } else if (a, b) == (0, 1) {
            1.0
        } else {
            0.9
        }
    };
    assert_eq!(average_link(3, 0.5, likeness), [0, 0, 1]);
    assert_eq!(average_link(3, 0.45, likeness), [0, 0, 0]);
    assert_eq!(average_link(0, 0.5, likeness), [0_usize; 0]);
    assert_eq!(average_link(1, 0.5, likeness), [0]);
}

#[test]
fn the_measures_agree_with_values_worked_out_by_hand() {
    // Groups {a, b, c}, {d, e}; people say {a, b}, {c, d, e}: 2 of 4 proposed pairs are right, 2 of 4 found.
    let table = Table::count([(1, 'x'), (1, 'x'), (1, 'y'), (2, 'y'), (2, 'y')].into_iter());
    let found = compare(&[table]);
    let near = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-12;
    assert!(near(found.pair_f1, 0.5));
    assert!(near(found.adjusted_rand, (2.0 - 1.6) / (4.0 - 1.6)));
    // Precision and recall are both (2 * 2/3 + 1/3 + 2) / 5 = 11/15.
    assert!(near(found.bcubed, 11.0 / 15.0));
    assert!(near(found.moves_share, 0.2));
}

#[test]
fn moves_are_the_fewest_when_a_greedy_choice_is_not() {
    // Taking the 3 first leaves 3 + 0; the best is 2 + 2 of 7.
    let rows = [("g", "x", 3), ("g", "y", 2), ("h", "x", 2)];
    let pairs = rows
        .into_iter()
        .flat_map(|(g, t, n)| std::iter::repeat_n((g, t), n));
    assert_eq!(compare(&[Table::count(pairs)]).moves_share, Some(3.0 / 7.0));
}

#[test]
fn measures_without_anything_to_measure_are_undefined() {
    let none = Evaluation {
        pair_f1: None,
        bcubed: None,
        adjusted_rand: None,
        moves_share: None,
    };
    assert_eq!(evaluate(&[], Language::En), none);
    let row = GoldRow {
        company: "Acme".to_owned(),
        exec: "E1".to_owned(),
        question: "priority".to_owned(),
        text: "Hire nurses".to_owned(),
        theme: "staffing".to_owned(),
    };
    let one = evaluate(&[row], Language::En);
    assert_eq!(
        one,
        Evaluation {
            bcubed: Some(1.0),
            moves_share: Some(0.0),
            ..none
        }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_items_and_codebook_changes_nothing(
        texts in prop::collection::vec("(reduce|cut|new|hire|churn|sales|nurses|uptime|ärger|🚀| ){1,5}", 0..20),
        examples in prop::collection::vec("(churn|sales|nurses|uptime| ){1,3}", 0..6),
        seed in any::<u64>(),
    ) {
        let mut asked = items(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut codebook: Vec<KnownTheme> =
            examples.chunks(2).enumerate().map(|(at, texts)| KnownTheme {
                id: format!("t{at}"), name: String::new(), examples: texts.to_vec(),
            }).collect();
        let first = by_words(&asked, &codebook, Language::De);
        sound(&asked, &codebook, &first);
        // Sorting by a scrambled number is a shuffle that a failing case can repeat.
        let scramble = |at: usize| (at as u64 + 1).wrapping_mul(seed | 1).rotate_left(29);
        asked.sort_by_key(|item| scramble(item.id[1..].parse().unwrap()));
        codebook.reverse();
        for theme in &mut codebook {
            theme.examples.reverse();
        }
        prop_assert_eq!(first, by_words(&asked, &codebook, Language::De));
    }

    #[test]
    fn no_text_breaks_it(texts in prop::collection::vec(any::<String>(), 0..12), example in any::<String>()) {
        let asked = items(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let codebook = [known(&example, &[&example])];
        for language in [Language::En, Language::De, Language::Other] {
            sound(&asked, &codebook, &by_words(&asked, &codebook, language));
            for neighbour in neighbours(&example, &asked, 5, language) {
                prop_assert!(neighbour.similarity > 0.0 && neighbour.similarity <= 1.0);
            }
            for suggestion in suggest(&example, &codebook, 5, language) {
                prop_assert!(suggestion.similarity > 0.0 && suggestion.similarity <= 1.0);
                prop_assert!(suggestion.confidence > 0.0 && suggestion.confidence < 1.0);
            }
        }
    }
}
