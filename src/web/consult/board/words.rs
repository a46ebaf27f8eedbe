//! What the board says in sentences: the history, the index, where a statement comes from.

use crate::scoring::IndexFigures;
use crate::store::gate::Excerpt;
use crate::store::history::{Event, PastEvent};
use crate::survey::{Body, Comparison, Measure, Promise, Question, Target};
use crate::web::consult::{capital, counted, in_words};
use entity::types::Side;

/// A question's name in running text, in the plural.
pub(in crate::web::consult) const fn name(question: Question) -> &'static str {
    match question {
        Question::Priorities => "Priorities",
        Question::TradeOffs => "Trade-offs",
        Question::Stops => "Stops",
        Question::Successes => "Successes",
        Question::Asks => "Asks",
    }
}

pub(super) fn statements(n: usize) -> String {
    counted(n, "statement", "statements")
}

/// A line of the history: who did it stands beside it.
pub(super) fn said(event: &Event) -> String {
    match event {
        Event::Proposed {
            texts,
            new_themes: 0,
        } => {
            format!("Grouped {} into the themes there were", statements(*texts))
        }
        Event::Proposed { texts, new_themes } => {
            let themes = counted(*new_themes, "new theme", "new themes");
            format!("Grouped {} and proposed {themes}", statements(*texts))
        }
        Event::Moved { texts, from, to } if from.is_empty() => {
            format!("Confirmed {} in “{to}”", statements(*texts))
        }
        Event::Moved { texts, from, to } => format!(
            "Moved {} from {} to “{to}”",
            statements(*texts),
            quoted(from)
        ),
        Event::Made { texts, from, name } if from.is_empty() => {
            format!("Made the theme “{name}” from {}", statements(*texts))
        }
        Event::Made { texts, from, name } => {
            format!(
                "Made the theme “{name}” from {} of {}",
                statements(*texts),
                quoted(from)
            )
        }
        Event::Renamed { from, to } => format!("Renamed “{from}” to “{to}”"),
        Event::Merged {
            from,
            into,
            earlier,
        } if earlier.is_empty() => format!("Merged “{from}” into “{into}”"),
        Event::Merged {
            from,
            into,
            earlier,
        } => format!(
            "Merged “{from}” into “{into}”. Comparisons with {} count them as one from now on; what was published stays as it is",
            list(earlier)
        ),
        Event::Confirmed { texts } => format!("Confirmed {}", statements(*texts)),
        Event::Archived { name } => format!("Put “{name}” away"),
        Event::Restored { name } => format!("Took “{name}” out again"),
        Event::Regrouped { texts } => format!("Grouped {} anew", statements(*texts)),
        Event::Assisted {
            provider,
            texts,
            names,
        } => {
            let themes = counted(names.len(), "new theme", "new themes");
            format!(
                "Grouped {} again with the language model of {provider}, {themes}",
                statements(*texts)
            )
        }
        Event::Undone { what } => format!("Took back: {}", lower_first(&said(what))),
    }
}

/// Who did it.
pub(super) fn author(event: &PastEvent) -> String {
    event
        .who
        .clone()
        .unwrap_or_else(|| "The program".to_owned())
}

fn quoted(names: &[String]) -> String {
    list(
        &names
            .iter()
            .map(|name| format!("“{name}”"))
            .collect::<Vec<_>>(),
    )
}

fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// The index as it stands, with the range that the unsorted statements leave open.
pub(in crate::web::consult) fn index(index: &IndexFigures) -> String {
    let Some(value) = index.value else {
        return "There is no index yet: it needs two answers to one question".to_owned();
    };
    let value = value.round();
    match index.grouping {
        Some(range) if range.unconfirmed > 0 => {
            let (low, high) = (range.p05.round(), range.p95.round());
            if low == high {
                format!("Index now {value}; what is left to sort hardly changes it")
            } else {
                format!("Index now {value}, between {low} and {high} until the rest is sorted")
            }
        }
        _ => format!("Index {value}, everything sorted"),
    }
}

/// Why there is no index below the fewest responses.
pub(in crate::web::consult) fn no_index() -> String {
    format!(
        "There is no index below {} answers.",
        in_words(Promise::FEWEST_RESPONSES)
    )
}

/// Where the text comes from: "Priority, second on the list".
pub(in crate::web::consult) fn context(excerpt: &Excerpt) -> String {
    const PLACES: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    let place = PLACES.get(excerpt.position).copied();
    match (excerpt.question, excerpt.side, place) {
        (Question::Priorities, _, Some(place)) => format!("Priority, {place} on the list"),
        (Question::Priorities, _, None) => "Priority".to_owned(),
        (Question::TradeOffs, Side::Over, _) => "Trade-off: what gives way".to_owned(),
        (Question::TradeOffs, _, _) => "Trade-off: what is favoured".to_owned(),
        (Question::Stops, _, Some(place)) => format!("To stop, {place} in order"),
        (Question::Stops, _, None) => "To stop".to_owned(),
        (Question::Successes, _, _) => "Sign of success".to_owned(),
        (Question::Asks, _, _) => "Asked of another function".to_owned(),
    }
}

/// What stands beside the text in its statement: the other half of a trade-off, the measure, the
/// function asked. Empty where there is nothing.
pub(in crate::web::consult) fn beside(excerpt: &Excerpt) -> String {
    match (&excerpt.whole.body, excerpt.side) {
        (Body::TradeOff { favour, .. }, Side::Over) => format!("In favour of: {}", favour.as_str()),
        (Body::TradeOff { over, .. }, _) => format!("Over: {}", over.as_str()),
        (
            Body::Success {
                measure: Some(measure),
                ..
            },
            _,
        ) => format!("Measured by: {}", measured(measure)),
        (Body::Ask { function, .. }, _) => format!("Asked of: {}", function.as_str()),
        _ => String::new(),
    }
}

fn measured(measure: &Measure) -> String {
    let how = match measure.comparison {
        Comparison::AtLeast => "at least",
        Comparison::AtMost => "at most",
        Comparison::Exactly => "exactly",
        Comparison::ByDate => "by",
    };
    let target = match &measure.target {
        Target::Number(number) => number.to_string(),
        Target::Date(day) => day.format("%-d %B %Y").to_string(),
    };
    format!(
        "{} {how} {target} {}",
        measure.metric.as_str(),
        measure.unit.as_str()
    )
    .trim_end()
    .to_owned()
}

/// "81 of 112 statements have a confirmed theme".
pub(super) fn progress(confirmed: usize, all: usize) -> String {
    if all == 0 {
        "There is no statement to sort".to_owned()
    } else if confirmed == all && all == 1 {
        "The one statement has a confirmed theme".to_owned()
    } else if confirmed == all {
        format!("All {all} statements have a confirmed theme")
    } else if confirmed == 0 {
        format!("{} to sort", capital(&statements(all)))
    } else {
        format!("{confirmed} of {all} statements have a confirmed theme")
    }
}

/// What a theme holds: "three statements, one proposed; from an earlier round".
pub(super) fn about(all: usize, proposed: usize, earlier: bool) -> String {
    let mut about = statements(all);
    if proposed == all {
        about.push_str(", proposed");
    } else if proposed > 0 {
        about = format!("{about}, {} proposed", in_words(proposed));
    }
    if earlier {
        about.push_str("; from an earlier round");
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_reads_as_a_sentence() {
        let moved = Event::Moved {
            texts: 1,
            from: vec!["Growth".into()],
            to: "Margin".into(),
        };
        assert_eq!(
            said(&moved),
            "Moved one statement from “Growth” to “Margin”"
        );
        let stayed = Event::Moved {
            texts: 1,
            from: vec![],
            to: "Margin".into(),
        };
        assert_eq!(said(&stayed), "Confirmed one statement in “Margin”");
        let split = Event::Made {
            texts: 2,
            from: vec!["A".into(), "B".into()],
            name: "C".into(),
        };
        assert_eq!(
            said(&split),
            "Made the theme “C” from two statements of “A” and “B”"
        );
        let proposed = Event::Proposed {
            texts: 112,
            new_themes: 14,
        };
        assert_eq!(
            said(&proposed),
            "Grouped 112 statements and proposed 14 new themes"
        );
        assert_eq!(
            said(&Event::Merged {
                from: "A".into(),
                into: "B".into(),
                earlier: vec![],
            }),
            "Merged “A” into “B”"
        );
        assert_eq!(
            said(&Event::Assisted {
                provider: "Example Ltd, Dublin".into(),
                texts: 31,
                names: vec!["A".into()],
            }),
            "Grouped 31 statements again with the language model of Example Ltd, Dublin, one new theme"
        );
        let undone = Event::Undone {
            what: Box::new(Event::Merged {
                from: "A".into(),
                into: "B".into(),
                earlier: vec!["2026-Q2".into(), "2026-Q3".into()],
            }),
        };
        assert_eq!(
            said(&undone),
            "Took back: merged “A” into “B”. Comparisons with 2026-Q2 and 2026-Q3 count them as one from now on; what was published stays as it is"
        );
        assert_eq!(
            said(&Event::Renamed {
                from: "A".into(),
                to: "B".into()
            }),
            "Renamed “A” to “B”"
        );
        assert_eq!(
            said(&Event::Confirmed { texts: 3 }),
            "Confirmed three statements"
        );
    }

    #[test]
    fn the_heading_counts_what_is_sorted() {
        assert_eq!(
            progress(81, 112),
            "81 of 112 statements have a confirmed theme"
        );
        assert_eq!(progress(0, 3), "Three statements to sort");
        assert_eq!(
            progress(112, 112),
            "All 112 statements have a confirmed theme"
        );
        assert_eq!(progress(1, 1), "The one statement has a confirmed theme");
        assert_eq!(progress(0, 0), "There is no statement to sort");
    }

    #[test]
    fn a_theme_says_how_much_of_it_is_proposed() {
        assert_eq!(about(3, 1, false), "three statements, one proposed");
        assert_eq!(
            about(1, 1, true),
            "one statement, proposed; from an earlier round"
        );
        assert_eq!(about(2, 0, false), "two statements");
    }
}
