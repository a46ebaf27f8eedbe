//! Every word an executive reads, page and mail, by language: the message catalogue, dates and
//! numbers in words, and the notice of who sees what.

mod catalogue;
mod dates;
mod notice;
mod template;

pub use catalogue::{Arg, Catalogue, CatalogueError};
pub use dates::{day, moment, number, round_label, short_day};
pub use notice::{Notice, NoticeFacts, about_model, notice};
pub use template::words;

use crate::survey::{Language, Rule};

/// The sentence that says which rule was broken; it stands beside its field.
pub fn mistake(catalogue: &Catalogue, language: Language, rule: &Rule) -> String {
    let numbers: Vec<(&str, Arg<'_>)> = rule
        .numbers()
        .into_iter()
        .map(|(name, number)| (name, Arg::from(number)))
        .collect();
    catalogue.say(language, rule.key(), &numbers)
}

#[cfg(test)]
mod tests;
