//! What holds for any statements.

use proptest::prelude::*;

use super::*;

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
            whatever_is_asked(&asked, &codebook, &Method::lexical(language), &example)?;
        }
    }
}

proptest! {
    // The model takes its time in a debug build.
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn by_meaning_the_order_of_items_and_codebook_and_their_ids_change_nothing(
        texts in prop::collection::btree_set("(reduce|new|hire|churn|sales|nurses|uptime|🚀| ){1,5}", 2..12),
        seed in any::<u64>(),
    ) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (asked, rest) = texts.split_at(texts.len() * 2 / 3);
        let codebook = [known("one", rest), known("two", &["Enter Sweden"])];
        let mut asked = items(asked);
        let method = english();
        let first = propose(&asked, &codebook, &method).unwrap();
        sound(&asked, &codebook, &first);
        let scramble = |at: usize| (at as u64 + 1).wrapping_mul(seed | 1).rotate_left(29);
        asked.sort_by_key(|item| scramble(item.id[1..].parse().unwrap()));
        let [one, two] = codebook;
        prop_assert_eq!(&first, &propose(&asked, &[two.clone(), one.clone()], &method).unwrap());
        for item in &mut asked {
            item.id = format!("{:020}", scramble(item.id[1..].parse().unwrap()));
        }
        let renamed = propose(&asked, &[one, two], &method).unwrap();
        prop_assert_eq!(&first.groups, &renamed.groups);
        let by_text = |proposals: &Proposals, asked: &[Item]| -> Vec<(String, ThemeRef, String)> {
            let mut found: Vec<_> = proposals.assignments.iter().map(|a| {
                let text = asked.iter().find(|item| item.id == a.item).unwrap().text.clone();
                (text, a.theme.clone(), format!("{} {:?} {}", a.confidence, a.second, a.tight))
            }).collect();
            found.sort();
            found
        };
        let named = items(&texts[..asked.len()]);
        prop_assert_eq!(by_text(&first, &named), by_text(&renamed, &asked));
    }

    #[test]
    fn by_meaning_no_text_breaks_it(texts in prop::collection::vec(any::<String>(), 0..8), example in any::<String>()) {
        let asked = items(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        whatever_is_asked(&asked, &[known(&example, &[&example])], &english(), &example)?;
    }
}

/// Proposals, offers and neighbours are sound, and the space says the same of a text added later.
fn whatever_is_asked(
    asked: &[Item],
    codebook: &[KnownTheme],
    method: &Method,
    text: &str,
) -> Result<(), TestCaseError> {
    let mut space = Space::of_round(method, asked, codebook).unwrap();
    sound(asked, codebook, &space.propose(asked, codebook));
    space.add(method, [text]).unwrap();
    for neighbour in space.neighbours(text, asked, 5) {
        prop_assert!(neighbour.similarity > 0.0 && neighbour.similarity <= 1.0);
    }
    for suggestion in space.suggest(&[text], codebook, 5).concat() {
        prop_assert!((-1.0..=1.0).contains(&suggestion.similarity));
        prop_assert!(suggestion.confidence > 0.0 && suggestion.confidence < 1.0);
    }
    Ok(())
}
