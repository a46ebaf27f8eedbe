//! Consultants' pages: sign-in, the home page, organisations, teams, executives, rounds, the board,
//! two coders.

use actix_web::web;
use minijinja::{Value, context};

use crate::survey::{Language, Mistakes};

pub mod board;
pub mod coders;
pub(crate) mod passwords;
pub mod rounds;

mod assistance;
mod home;
mod import;
mod import_plan;
mod next_steps;
mod organisations;
mod sign_in;
mod teams;
mod trend;

/// Routes of all consultants' pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(sign_in::routes)
        .configure(home::routes)
        .configure(organisations::routes)
        .configure(teams::routes)
        .configure(trend::routes)
        .configure(import::routes)
        .configure(rounds::routes)
        .configure(board::routes)
        .configure(coders::routes);
}

/// What is wrong with a form, in sentences, by the field's name.
#[derive(Debug, Default)]
struct Wrong(Vec<(String, String)>);

impl Wrong {
    /// Nothing is.
    fn nothing() -> Self {
        Self::default()
    }

    /// One field is, for a reason that is no general rule.
    fn one(field: &str, sentence: &str) -> Self {
        Self(vec![(field.to_owned(), sentence.to_owned())])
    }

    /// Each mistake becomes "Label rule."; `labels` pairs the fields' names with what the page calls
    /// them.
    fn of(mistakes: &Mistakes, labels: &[(&str, &str)]) -> Self {
        let label = |field: &str| {
            labels
                .iter()
                .find(|(name, _)| *name == field)
                .map_or_else(|| field.to_owned(), |(_, label)| (*label).to_owned())
        };
        Self(
            mistakes
                .iter()
                .map(|m| (m.field.clone(), format!("{} {}.", label(&m.field), m.rule)))
                .collect(),
        )
    }

    /// For the macros of `consult/fields.html`: all of them in order, and the first of each field.
    fn value(&self) -> Value {
        let all: Vec<Value> = self
            .0
            .iter()
            .map(|(field, sentence)| context! { field => field.as_str(), sentence => sentence.as_str() })
            .collect();
        let mut of = std::collections::BTreeMap::new();
        for (field, sentence) in &self.0 {
            of.entry(field.as_str())
                .or_insert_with(|| Value::from(sentence.as_str()));
        }
        context! { all => all, of => Value::from_pairs(of) }
    }
}

/// The languages to choose from.
fn languages() -> Vec<Value> {
    Language::ALL
        .into_iter()
        .map(|language| context! { code => language.code(), name => language.name() })
        .collect()
}

const SMALL: [&str; 13] = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// A number as running text has it: in words up to twelve.
fn in_words(n: usize) -> String {
    SMALL
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// "one executive", "two executives".
fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", in_words(n), if n == 1 { one } else { many })
}

/// With a capital letter, for the start of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Rule;

    #[test]
    fn a_mistake_reads_as_a_sentence_that_names_field_and_rule() {
        let mut mistakes = Mistakes::none();
        mistakes.add("email", Rule::Required);
        mistakes.add("email", Rule::NotAnAddress);
        let wrong = Wrong::of(&mistakes, &[("email", "E-mail")]);
        assert_eq!(wrong.0[0].1, "E-mail must not be empty.");
        let value = wrong.value();
        let of = value.get_attr("of").expect("there");
        assert_eq!(
            of.get_attr("email").expect("there").as_str(),
            Some("E-mail must not be empty.")
        );
        assert_eq!(value.get_attr("all").expect("there").len(), Some(2));
    }

    #[test]
    fn small_numbers_are_words() {
        assert_eq!(
            capital(&counted(1, "executive", "executives")),
            "One executive"
        );
        assert_eq!(counted(12, "executive", "executives"), "twelve executives");
        assert_eq!(counted(13, "executive", "executives"), "13 executives");
        assert_eq!(capital(""), "");
    }
}
