//! A small grammar: numbers, counts of people, lists, dates and theme names in plain English.

use std::collections::BTreeSet;

use chrono::Datelike;
use chrono_tz::Tz;

use crate::survey::quarter::Quarter;
use crate::survey::{Count, Promise};

use super::Period;

const SMALL: [&str; 13] = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// A number in a sentence: in words to twelve, in figures above. 0 reads "no".
pub(crate) fn number(n: usize) -> String {
    SMALL
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// "one priority", "two priorities", "no priorities".
pub(crate) fn several(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// The text with its first letter as a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// "All eight answered", "Seven of eight answered", at the beginning of a sentence.
pub(crate) fn answered(k: usize, invited: usize) -> String {
    if k == invited {
        format!("All {} answered", number(k))
    } else {
        format!("{} of {} answered", capital(&number(k)), number(invited))
    }
}

/// "a", "a and b", "a, b and c"; empty for an empty list.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The first `most` items as a list, and how many more there are.
pub(crate) fn list_of(items: &[String], most: usize) -> String {
    let Some(more) = items.len().checked_sub(most).filter(|more| *more > 0) else {
        return list(items);
    };
    format!("{} and {} more", items[..most].join(", "), number(more))
}

/// At most `most` characters, cut at the end with an ellipsis.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// "Monday 9 to Friday 20 November 2026, London time"; says only what the two days do not share.
pub(crate) fn days(period: Period) -> String {
    let zone = period.time_zone;
    let a = period.opened_at.with_timezone(&zone);
    let b = period.closed_at.with_timezone(&zone);
    let start = if a.year() != b.year() {
        a.format("%A %-d %B %Y")
    } else if a.month() == b.month() {
        a.format("%A %-d")
    } else {
        a.format("%A %-d %B")
    };
    format!("{start} to {}, {}", b.format("%A %-d %B %Y"), place(zone))
}

/// "London time"; "UTC" for UTC.
fn place(zone: Tz) -> String {
    match zone.name().rsplit_once('/') {
        Some((_, city)) if !zone.name().starts_with("Etc/") => {
            format!("{} time", city.replace('_', " "))
        }
        _ => zone.name().trim_start_matches("Etc/").to_owned(),
    }
}

/// "fourth quarter of 2026" for `2026-Q4`; other labels as they are.
pub(crate) fn round(label: &str) -> String {
    let Ok(quarter) = label.parse::<Quarter>() else {
        return label.to_owned();
    };
    let nth = ["first", "second", "third", "fourth"][usize::from(quarter.number().clamp(1, 4)) - 1];
    format!("{nth} quarter of {}", quarter.year())
}

/// "the fourth quarter of 2026" for `2026-Q4`; other labels as they are.
pub(crate) fn the_round(label: &str) -> String {
    let name = round(label);
    if name == label {
        name
    } else {
        format!("the {name}")
    }
}

/// A name written from right to left, kept from turning the sentence around it.
pub(crate) fn isolate(name: String) -> String {
    let rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    if name.contains(rtl) {
        format!("\u{2068}{name}\u{2069}")
    } else {
        name
    }
}

/// Which words the team writes small, and which with a capital inside a sentence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    common: BTreeSet<String>,
    proper: BTreeSet<String>,
}

impl Usage {
    /// Reads the team's own words.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut usage = Self::default();
        for text in texts {
            let words = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty());
            for (i, word) in words.enumerate() {
                if word.starts_with(char::is_lowercase) {
                    usage.common.insert(word.to_owned());
                } else if i > 0 {
                    usage.proper.insert(word.to_owned());
                }
            }
        }
        usage
    }

    /// A theme's name inside a sentence. Its first letter becomes small only where the team's own words show that
    /// it is a common word: they write it small, and never with a capital inside a sentence.
    pub(crate) fn inside(&self, name: &str) -> String {
        let first: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
        let small = first.to_lowercase();
        let plain = first.chars().count() > 1 && !first.chars().skip(1).any(char::is_uppercase);
        if plain && self.common.contains(&small) && !self.proper.contains(&first) {
            format!("{small}{}", &name[first.len()..])
        } else {
            name.to_owned()
        }
    }
}

/// Counts of people, said as the promise allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    promise: Promise,
    n: usize,
}

impl Crowd {
    /// A crowd of `n` people.
    pub(crate) fn new(promise: Promise, n: usize) -> Self {
        Self { promise, n }
    }

    /// How many people there are in all.
    pub(crate) fn size(self) -> usize {
        self.n
    }

    /// The count as the promise allows it.
    pub(crate) fn count(self, k: usize) -> Count {
        self.promise.count(k.min(self.n), self.n)
    }

    /// What to sort by: numbers that read the same rank the same, so that an order tells no more than the words.
    pub(crate) fn rank(self, k: usize) -> usize {
        match self.count(k) {
            Count::None => 0,
            Count::OneOrTwo => 2,
            Count::NearlyAll => self.n.saturating_sub(1),
            Count::Exactly(k) | Count::All(k) => k,
        }
    }

    /// "five of eight", "all eight", "nearly all", "one or two", "nobody".
    pub(crate) fn of(self, k: usize) -> String {
        match self.count(k) {
            Count::Exactly(k) => format!("{} of {}", number(k), number(self.n)),
            _ => self.short(k),
        }
    }

    /// "five", "all eight", "nearly all", "one or two", "nobody".
    pub(crate) fn short(self, k: usize) -> String {
        match self.count(k) {
            Count::None => "nobody".to_owned(),
            Count::OneOrTwo => "one or two".to_owned(),
            Count::Exactly(k) => number(k),
            Count::NearlyAll => "nearly all".to_owned(),
            Count::All(n) => format!("all {}", number(n)),
        }
    }

    /// The count with its verb: "five of eight name", "nobody names", "one of eight names".
    pub(crate) fn says(self, k: usize, one: &str, many: &str) -> String {
        format!("{} {}", self.of(k), self.verb(k, one, many))
    }

    /// The short count with its verb: "five name".
    pub(crate) fn brief(self, k: usize, one: &str, many: &str) -> String {
        format!("{} {}", self.short(k), self.verb(k, one, many))
    }

    fn verb<'a>(self, k: usize, one: &'a str, many: &'a str) -> &'a str {
        if matches!(self.count(k), Count::None | Count::Exactly(1)) {
            one
        } else {
            many
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Attribution;

    fn crowd(attribution: Attribution, n: usize) -> Crowd {
        Crowd::new(
            Promise {
                attribution,
                retention_months: 12,
            },
            n,
        )
    }

    #[test]
    fn numbers_to_twelve_are_words_and_nouns_follow_them() {
        assert_eq!(number(12), "twelve");
        assert_eq!(number(13), "13");
        assert_eq!(several(0, "ask", "asks"), "no asks");
        assert_eq!(several(1, "ask", "asks"), "one ask");
        assert_eq!(several(3, "ask", "asks"), "three asks");
        assert_eq!(answered(8, 8), "All eight answered");
        assert_eq!(answered(7, 8), "Seven of eight answered");
    }

    #[test]
    fn counts_of_people_read_as_the_promise_allows() {
        let c = crowd(Attribution::Confidential, 8);
        let said: Vec<_> = [0, 1, 2, 5, 6, 7, 8]
            .into_iter()
            .map(|k| c.says(k, "names", "name"))
            .collect();
        assert_eq!(
            said,
            [
                "nobody names",
                "one or two name",
                "one or two name",
                "five of eight name",
                "nearly all name",
                "nearly all name",
                "all eight name"
            ]
        );
        assert_eq!(
            crowd(Attribution::Named, 8).says(1, "names", "name"),
            "one of eight names"
        );
        assert_eq!(c.brief(5, "names", "name"), "five name");
        assert_eq!([1, 2, 3, 6, 7, 8].map(|k| c.rank(k)), [2, 2, 3, 7, 7, 8]);
    }

    #[test]
    fn lists_end_in_and() {
        let items: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        assert_eq!(list(&items[..1]), "a");
        assert_eq!(list(&items[..2]), "a and b");
        assert_eq!(list_of(&items, 2), "a, b and two more");
        assert_eq!(list_of(&items, 4), "a, b, c and d");
    }

    #[test]
    fn theme_names_keep_their_capital_unless_the_team_writes_the_word_small() {
        let usage = Usage::of(["Stop the platform outages", "Enter the Nordic market"].into_iter());
        assert_eq!(usage.inside("Platform reliability"), "platform reliability");
        assert_eq!(usage.inside("Nordic expansion"), "Nordic expansion");
        assert_eq!(usage.inside("NRR"), "NRR");
        assert_eq!(usage.inside("<script>"), "<script>");
        assert_eq!(usage.inside(""), "");
    }

    #[test]
    fn names_from_right_to_left_do_not_turn_the_sentence() {
        assert_eq!(isolate("Margin".to_owned()), "Margin");
        assert_eq!(isolate("أولوية".to_owned()), "\u{2068}أولوية\u{2069}");
    }

    #[test]
    fn dates_say_only_what_they_do_not_share() {
        let period = |from: &str, time_zone| Period {
            opened_at: from.parse().expect("a moment"),
            closed_at: "2026-11-20T18:00:00Z".parse().expect("a moment"),
            time_zone,
        };
        assert_eq!(
            days(period("2026-11-09T08:00:00Z", Tz::Europe__London)),
            "Monday 9 to Friday 20 November 2026, London time"
        );
        assert_eq!(
            days(period("2025-12-29T08:00:00Z", Tz::UTC)),
            "Monday 29 December 2025 to Friday 20 November 2026, UTC"
        );
        assert_eq!(round("2026-Q4"), "fourth quarter of 2026");
        assert_eq!(round("Autumn"), "Autumn");
    }
}
