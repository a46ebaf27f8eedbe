//! Offers, neighbours, short forms, and the space that both are asked of.

use super::super::odds::{Closeness, chances};
use super::*;

fn suggest(text: &str, codebook: &[KnownTheme], k: usize, method: &Method) -> Vec<Suggestion> {
    let space = Space::of_round(method, &items(&[text]), codebook).unwrap();
    space.suggest(&[text], codebook, k).remove(0)
}

fn themes(suggestions: &[Suggestion]) -> Vec<&str> {
    suggestions.iter().map(|s| s.theme.as_str()).collect()
}

#[test]
fn a_known_example_repeated_is_nearly_certain_and_offered_first() {
    let codebook = [
        known("uptime", &["Get uptime to 99.95"]),
        known("brand", &["the rebrand", "new logo"]),
    ];
    let method = Method::lexical(Language::En);
    let offered = suggest("THE REBRAND", &codebook, 5, &method);
    assert_eq!(themes(&offered), ["brand", "uptime"]);
    assert_eq!(
        offered[1].similarity, 0.0,
        "a choice to make, but not a likely one"
    );
    assert!(offered[1].confidence < 0.3 && offered[0].confidence > 0.4);
    let proposals = by_words(
        &items(&["the rebrand"]),
        &[known("brand", &["the rebrand"])],
        Language::En,
    );
    assert!(proposals.assignments[0].confidence > 0.9);
}

#[test]
fn by_meaning_the_right_theme_is_offered_first_without_a_shared_word() {
    let codebook = [
        known("customer_retention", &["NRR back above 110%"]),
        known("hiring", &["Fill the open AE seats"]),
        known("pricing", &["New packaging and price list"]),
        known("reliability", &["Fix the platform"]),
    ];
    let method = english();
    for (text, theme) in [
        ("stop losing accounts at renewal", "customer_retention"),
        ("usage-based price plans", "pricing"),
        ("no more Monday-morning outages", "reliability"),
        ("build out quota-carrying headcount", "hiring"),
    ] {
        let offered = suggest(text, &codebook, 3, &method);
        assert_eq!(offered.len(), 3);
        assert_eq!(offered[0].theme, theme, "{text}: {offered:?}");
    }
}

#[test]
fn many_statements_are_offered_the_same_as_one_and_a_decision_changes_what_follows() {
    let asked = items(&[
        "Win the DACH mid-market",
        "Grow in Germany",
        "Hire sales leads",
    ]);
    let texts: Vec<&str> = asked.iter().map(|item| item.text.as_str()).collect();
    let before = [
        known("expansion", &["Open an office in Spain"]),
        known("hiring", &["Recruit regional managers"]),
    ];
    let method = english();
    let mut space = Space::of_round(&method, &asked, &before).unwrap();
    let together = space.suggest(&texts, &before, 3);
    for (text, offered) in texts.iter().zip(&together) {
        assert_eq!(&space.suggest(&[text], &before, 3)[0], offered);
    }
    // The first statement has made a theme with a name that was not there.
    space.add(&method, ["German-speaking markets"]).unwrap();
    let after = [
        before[0].clone(),
        before[1].clone(),
        KnownTheme {
            id: "dach".into(),
            name: "German-speaking markets".into(),
            examples: vec![texts[0].to_owned()],
        },
    ];
    let again = space.suggest(&texts[1..], &after, 3);
    assert_eq!(together[1][0].theme, "expansion");
    assert_eq!(again[0][0].theme, "dach");
    assert_eq!(again[1][0].theme, "hiring");
}

#[test]
fn a_space_that_grew_is_the_one_made_of_all_texts_at_once() {
    let texts = [
        "Cafe opening",
        "the rebrand",
        "Café Opening!",
        "CAFE OPENING",
        "",
    ];
    for method in [Method::lexical(Language::En), english()] {
        let mut grown = Space::of(&method, texts[..2].iter().copied()).unwrap();
        grown.add(&method, texts[2..].iter().copied()).unwrap();
        let once = Space::of(&method, texts).unwrap();
        let asked = items(&texts);
        let near = |space: &Space| space.neighbours("cafe opening", &asked, 9);
        assert_eq!(near(&grown), near(&once));
        assert_eq!(
            near(&once)[..3]
                .iter()
                .map(|n| n.similarity)
                .collect::<Vec<_>>(),
            [1.0; 3]
        );
        assert_eq!(grown.propose(&asked, &[]), once.propose(&asked, &[]));
    }
}

#[test]
fn unknown_texts_and_empty_themes_are_offered_nothing() {
    let method = Method::lexical(Language::En);
    let space = Space::of(&method, ["churn", ""]).unwrap();
    let codebook = [known("churn", &["churn"]), known("empty", &[])];
    assert_eq!(
        space.suggest(&["", "never seen"], &codebook, 3),
        [Vec::new(), Vec::new()]
    );
    let offered = space.suggest(&["churn"], &codebook, 3).remove(0);
    assert_eq!(
        themes(&offered),
        ["churn"],
        "a theme without a text in the space cannot be compared"
    );
    assert!(space.suggest(&[], &codebook, 3).is_empty());
    assert!(space.suggest(&["churn"], &[], 3)[0].is_empty());
}

#[test]
fn neighbours_come_nearest_first_and_no_more_than_asked() {
    let asked = items(&[
        "Hire sales people",
        "Reduce customer churn",
        "customer churn",
        "The rebrand",
    ]);
    let method = Method::lexical(Language::En);
    let mut space = Space::of_round(&method, &asked, &[]).unwrap();
    space.add(&method, ["Customer churn"]).unwrap();
    let near = space.neighbours("Customer churn", &asked, 9);
    assert_eq!(
        near.iter().map(|n| n.item.as_str()).collect::<Vec<_>>(),
        ["s002", "s001"]
    );
    assert_eq!(near[0].similarity, 1.0);
    assert_eq!(space.neighbours("Customer churn", &asked, 1).len(), 1);
    assert!(space.neighbours("never seen", &asked, 1).is_empty());
    // All at once: the same, each without itself.
    let all = space.nearest(&asked, 9);
    assert_eq!(all.len(), 4);
    assert_eq!(all[1].len(), 1);
    assert_eq!(all[1][0].item, "s002");
    assert_eq!(
        all[2][0],
        Neighbour {
            item: "s001".into(),
            similarity: all[1][0].similarity
        }
    );
    assert!(all[0].is_empty() && all[3].is_empty());
    assert!(space.nearest(&asked, 0).iter().all(Vec::is_empty));
}

#[test]
fn short_forms_and_their_meanings_come_together_both_ways() {
    let asked = items(&["Win in DACH", "German-speaking expansion", "Hire nurses"]);
    let aliases = Aliases::new([("dach", "German-Speaking Expansion"), ("", "nothing")]);
    for method in [Method::lexical(Language::En), english()] {
        let without = propose(&asked, &[], &method).unwrap();
        assert_ne!(
            theme_of(&without, "s000").theme,
            theme_of(&without, "s001").theme
        );
        let with = propose(&asked, &[], &method.with_aliases(aliases.clone())).unwrap();
        sound(&asked, &[], &with);
        assert_eq!(theme_of(&with, "s000").theme, theme_of(&with, "s001").theme);
        assert_ne!(theme_of(&with, "s000").theme, theme_of(&with, "s002").theme);
        assert!(
            with.groups[0].name == "Win in DACH"
                || with.groups[0].name == "German-speaking expansion",
            "a name holds the executive's words only: {:?}",
            with.groups[0]
        );
    }
}

#[test]
fn short_forms_are_whole_words_and_do_not_loop() {
    use super::super::text::Reader;
    let reader = Reader::new(Language::En);
    let aliases = Aliases::new([
        ("AE", "account executive"),
        ("account executive", "AE seat"),
    ]);
    let said = |text: &str| aliases.expand(&reader, text);
    assert_eq!(said("Aesthetic paella"), "Aesthetic paella");
    assert_eq!(
        said("fill the ae seats"),
        "fill the ae seats (account executive)"
    );
    assert_eq!(
        said("Account  executive!"),
        "Account  executive! (AE, AE seat)"
    );
    assert_eq!(
        said("AE = account executive"),
        "AE = account executive (AE seat)"
    );
    assert!(Aliases::new([(" ", "x")]).is_empty());
    assert_eq!(
        Aliases::new([("a", "b"), ("c", "d")]),
        Aliases::new([("c", "d"), ("a", "b"), ("a", "b")])
    );
}

#[test]
fn the_method_follows_the_language_that_the_model_serves() {
    let model = Model::built_in().unwrap();
    assert!(!Method::of("en", Some(model.clone())).is_lexical());
    assert!(Method::of("de-AT", Some(model.clone())).is_lexical());
    assert!(Method::of("en", None).is_lexical());
    let space = Space::of(&Method::of("de", Some(model)), ["Kunden binden"]).unwrap();
    assert!(space.is_lexical());
}

#[test]
fn chances_add_up_and_grow_with_likeness_and_with_what_is_known() {
    let of = |product: f64, count: f64, square: f64| Closeness {
        product,
        count,
        square,
    };
    // One statement, the same text: known by heart. Three that agree say more than one.
    let same = of(1.0, 1.0, 1.0).log_odds();
    let three = of(3.0, 3.0, 9.0).log_odds();
    let apart = of(0.0, 1.0, 1.0).log_odds();
    assert!(three > same && same > 0.0 && apart < 0.0);
    // By hand: pull 1/3, distance 1 - 2/3 + 1/9 = 4/9, spreads 8/3 and 3:
    // 12 * (ln(9/8) + 1 - 4/9 * 9/8) = 12 * (ln(9/8) + 1/2).
    assert!((same - 12.0 * ((9.0_f64 / 8.0).ln() + 0.5)).abs() < 1e-9);
    let all = chances(&[1.0, apart, f64::NEG_INFINITY]);
    assert_eq!(all.len(), 4);
    assert!((all.iter().sum::<f64>() - 1.0).abs() < 0.005);
    assert!(all[0] > all[3] && all[3] > all[1] && all[1] > all[2]);
    assert_eq!(all[2], 0.001, "nothing is impossible");
    assert_eq!(chances(&[same])[0], 0.999, "nothing is certain");
    // Leaving a statement out of a group that it is in gives the group without it.
    let pair = of(1.5, 2.0, 3.0).without_itself().unwrap();
    assert_eq!((pair.product, pair.count, pair.square), (0.5, 1.0, 1.0));
    assert!(of(1.0, 1.0, 1.0).without_itself().is_none());
}
