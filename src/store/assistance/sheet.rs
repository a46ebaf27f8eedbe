//! What a language model is shown, and what it may answer.

use std::collections::HashSet;

use entity::types::{CodingId, Side, ThemeId};

use crate::store::themes::ThemeName;
use crate::survey::{Language, Question, Rule};

/// Most new themes that an answer may make: nobody sorts among more.
const MOST_NEW: usize = 60;

/// One text under its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The question it answers.
    pub question: Question,
    /// Which text of its statement.
    pub side: Side,
    /// The words.
    pub words: String,
}

/// A theme of the codebook under its number.
pub type KnownText = String;

/// The texts of one call. A text's number is its place, from 1; so is a theme's. The numbers mean
/// nothing outside the call: texts come in an order drawn for it.
#[derive(Clone, Debug)]
pub struct Sheet {
    language: Language,
    texts: Vec<Text>,
    themes: Vec<KnownText>,
    /// Whose numbers they are; never sent. Empty in a sample.
    codings: Vec<CodingId>,
    known: Vec<ThemeId>,
}

impl Sheet {
    pub(super) const fn new(
        language: Language,
        texts: Vec<Text>,
        codings: Vec<CodingId>,
        themes: Vec<KnownText>,
        known: Vec<ThemeId>,
    ) -> Self {
        Self {
            language,
            texts,
            themes,
            codings,
            known,
        }
    }

    /// Made-up statements, for an operator who wants to see whether the model answers.
    pub fn sample() -> Self {
        let text = |question, words: &str| Text {
            question,
            side: Side::Whole,
            words: words.to_owned(),
        };
        Self {
            language: Language::En,
            texts: vec![
                text(Question::Priorities, "Fewer outages of the platform"),
                text(Question::Stops, "The move to a new office"),
                text(Question::Successes, "The platform is up all quarter"),
            ],
            themes: vec!["Hiring".to_owned()],
            codings: Vec::new(),
            known: Vec::new(),
        }
    }

    /// The language for the names of new themes.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The texts with their numbers, from 1.
    pub fn texts(&self) -> impl Iterator<Item = (u64, &Text)> {
        (1..).zip(&self.texts)
    }

    /// The names of known themes with their numbers, from 1.
    pub fn themes(&self) -> impl Iterator<Item = (u64, &str)> {
        (1..).zip(self.themes.iter().map(String::as_str))
    }

    /// Whether there is nothing to group.
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub(super) fn coding(&self, place: usize) -> Option<CodingId> {
        self.codings.get(place).copied()
    }

    pub(super) fn theme(&self, place: usize) -> Option<ThemeId> {
        self.known.get(place).copied()
    }
}

/// What is wrong with an answer: in our words and its numbers, never in its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A number that was never given out.
    #[error("there is no statement {0}")]
    NoStatement(u64),
    /// A statement in two themes, or twice in one.
    #[error("statement {0} is given twice")]
    StatementTwice(u64),
    /// Statements in no theme.
    #[error("{0} statements are in no theme")]
    Missing(usize),
    /// A number that was never given out.
    #[error("there is no known theme {0}")]
    NoTheme(u64),
    /// A known theme in two entries.
    #[error("known theme {0} is given twice")]
    ThemeTwice(u64),
    /// More new themes than anybody could sort among.
    #[error("{0} new themes are more than {MOST_NEW}")]
    TooMany(usize),
    /// A new theme that nothing is in.
    #[error("new theme {0} has no statement")]
    Empty(usize),
    /// A name that breaks a theme name's rule.
    #[error("the name of new theme {nth} {rule}")]
    Name {
        /// Which, from 1.
        nth: usize,
        /// The rule.
        rule: Rule,
    },
    /// A name with markup or an address in it.
    #[error("the name of new theme {0} is not plain words")]
    NotPlain(usize),
    /// Two themes of one name.
    #[error("new theme {0} has the name of another theme")]
    SameName(usize),
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The known theme of that place.
    Known(usize),
    /// The new theme of that place.
    New(usize),
}

/// A grouping that fits its sheet: every text is in exactly one theme, and every theme is a known one
/// or has a fit name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    pub(super) names: Vec<ThemeName>,
    /// For each text of the sheet, in its order.
    pub(super) places: Vec<Place>,
}

impl Grouping {
    /// Checks an answer: known themes by their numbers and new ones by their names, each with the
    /// numbers of its statements. A known theme may stay without a statement. The first thing that
    /// does not fit refuses the whole answer.
    pub fn check(
        sheet: &Sheet,
        known: &[(u64, Vec<u64>)],
        new: &[(String, Vec<u64>)],
    ) -> Result<Self, Misfit> {
        if new.len() > MOST_NEW {
            return Err(Misfit::TooMany(new.len()));
        }
        let mut places = vec![None; sheet.texts.len()];
        let mut put = |numbers: &[u64], place: Place| {
            for number in numbers {
                let slot = at(&mut places, *number).ok_or(Misfit::NoStatement(*number))?;
                if slot.replace(place).is_some() {
                    return Err(Misfit::StatementTwice(*number));
                }
            }
            Ok(())
        };
        let mut seen = HashSet::new();
        for (number, statements) in known {
            let place = usize::try_from(*number)
                .ok()
                .and_then(|number| number.checked_sub(1))
                .filter(|place| *place < sheet.themes.len())
                .ok_or(Misfit::NoTheme(*number))?;
            if !seen.insert(place) {
                return Err(Misfit::ThemeTwice(*number));
            }
            put(statements, Place::Known(place))?;
        }
        let mut taken: HashSet<String> = sheet
            .themes
            .iter()
            .map(|name| name.to_lowercase())
            .collect();
        let mut names = Vec::with_capacity(new.len());
        for (place, (raw, statements)) in new.iter().enumerate() {
            let nth = place + 1;
            if statements.is_empty() {
                return Err(Misfit::Empty(nth));
            }
            let name = ThemeName::parse(raw).map_err(|rule| Misfit::Name { nth, rule })?;
            if name.as_str().contains(['<', '>', '`']) || name.as_str().contains("://") {
                return Err(Misfit::NotPlain(nth));
            }
            if !taken.insert(name.as_str().to_lowercase()) {
                return Err(Misfit::SameName(nth));
            }
            put(statements, Place::New(place))?;
            names.push(name);
        }
        let missing = places.iter().filter(|place| place.is_none()).count();
        if missing > 0 {
            return Err(Misfit::Missing(missing));
        }
        Ok(Self {
            names,
            places: places.into_iter().flatten().collect(),
        })
    }

    /// How many new themes it makes.
    pub const fn new_themes(&self) -> usize {
        self.names.len()
    }
}

/// The entry of that number, counted from 1.
fn at<T>(list: &mut [T], number: u64) -> Option<&mut T> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    list.get_mut(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Known<'a> = &'a [(u64, &'a [u64])];
    type New<'a> = &'a [(&'a str, &'a [u64])];

    fn check(known: Known<'_>, new: New<'_>) -> Result<Grouping, Misfit> {
        let known: Vec<_> = known.iter().map(|(n, s)| (*n, s.to_vec())).collect();
        let new: Vec<_> = new
            .iter()
            .map(|(n, s)| ((*n).to_owned(), s.to_vec()))
            .collect();
        Grouping::check(&Sheet::sample(), &known, &new)
    }

    #[test]
    fn an_answer_that_puts_every_statement_into_one_theme_fits() {
        let fit = check(&[(1, &[2])], &[("Reliability", &[3, 1])]).expect("fits");
        assert_eq!(fit.places, [Place::New(0), Place::Known(0), Place::New(0)]);
        assert_eq!(fit.names[0].as_str(), "Reliability");
        assert!(check(&[(1, &[])], &[("A", &[1, 2, 3])]).is_ok());
        assert!(check(&[(1, &[1, 2, 3])], &[]).is_ok());
    }

    #[test]
    fn whatever_does_not_fit_the_statements_refuses_the_whole_answer() {
        let long = "x".repeat(81);
        let cases: [(Known<'_>, New<'_>, Misfit); 15] = [
            (&[], &[("A", &[1, 2, 3, 4])], Misfit::NoStatement(4)),
            (&[], &[("A", &[0, 1, 2, 3])], Misfit::NoStatement(0)),
            (&[], &[("A", &[u64::MAX])], Misfit::NoStatement(u64::MAX)),
            (
                &[(1, &[1])],
                &[("A", &[1, 2, 3])],
                Misfit::StatementTwice(1),
            ),
            (&[], &[("A", &[1, 1, 2, 3])], Misfit::StatementTwice(1)),
            (&[], &[("A", &[1, 2])], Misfit::Missing(1)),
            (&[], &[], Misfit::Missing(3)),
            (&[(2, &[1])], &[("A", &[2, 3])], Misfit::NoTheme(2)),
            (&[(0, &[1])], &[("A", &[2, 3])], Misfit::NoTheme(0)),
            (
                &[(1, &[1]), (1, &[2])],
                &[("A", &[3])],
                Misfit::ThemeTwice(1),
            ),
            (&[], &[("A", &[1, 2, 3]), ("B", &[])], Misfit::Empty(2)),
            (
                &[],
                &[(" \u{200b} ", &[1, 2, 3])],
                Misfit::Name {
                    nth: 1,
                    rule: Rule::Required,
                },
            ),
            (
                &[],
                &[(&long, &[1, 2, 3])],
                Misfit::Name {
                    nth: 1,
                    rule: Rule::TooLong { max: 80, given: 81 },
                },
            ),
            (
                &[],
                &[("<img src=x onerror=alert(1)>", &[1, 2, 3])],
                Misfit::NotPlain(1),
            ),
            (&[], &[("hiring", &[1, 2, 3])], Misfit::SameName(1)),
        ];
        for (known, new, misfit) in cases {
            assert_eq!(check(known, new), Err(misfit));
        }
        let many: Vec<(String, Vec<u64>)> =
            (0..61).map(|n| (format!("Theme {n}"), vec![1])).collect();
        assert_eq!(
            Grouping::check(&Sheet::sample(), &[], &many),
            Err(Misfit::TooMany(61))
        );
    }

    #[test]
    fn a_misfit_is_told_without_a_word_of_the_answer() {
        let said = check(&[], &[("Visit https://evil.example now", &[1, 2, 3])])
            .expect_err("not plain")
            .to_string();
        assert_eq!(said, "the name of new theme 1 is not plain words");
        let said = check(&[], &[("bell\u{7}", &[1, 2, 3])])
            .expect_err("a control character")
            .to_string();
        assert!(!said.contains("bell"), "{said}");
    }
}
