//! The distinct priorities of a team, a cell each, beside those of a published case.

use super::super::desk::Desk;
use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::super::words::{capital, several};
use super::row;

/// A published team: five executives named the company's ten most important priorities, 23 different ones in all.
/// Source: E. Herb, K. Leslie and C. Price, "Teamwork at the top", The `McKinsey` Quarterly, 2001.
const PUBLISHED: [(Place, usize); 3] =
    [(Place::Every, 2), (Place::Between, 8), (Place::Fewest, 13)];

/// Above this many priorities, the gaps between cells would be all one sees.
const MOST_CELLS: usize = 48;

/// On how many of the lists a priority is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Every,
    Most,
    Between,
    Fewest,
}

impl Place {
    const ALL: [Self; 4] = [Self::Every, Self::Most, Self::Between, Self::Fewest];

    fn class(self) -> &'static str {
        match self {
            Self::Every => "bar-shared",
            Self::Most => "bar-most",
            Self::Between => "bar-split",
            Self::Fewest => "bar-lone",
        }
    }
}

/// The team's distinct priorities by the number of lists they are on. `None` without a priority.
pub(crate) fn strip(desk: &Desk<'_>) -> Option<Figure> {
    let n = desk.crowd.size();
    // Where people are not named, one list reads like two.
    let fewest = if desk.names_people() { 1 } else { 2 };
    let place = |lists: usize| match lists {
        k if k == n => Place::Every,
        k if k <= fewest => Place::Fewest,
        k if k * 2 > n => Place::Most,
        _ => Place::Between,
    };
    let lists: Vec<usize> = desk.themes.iter().map(|t| t.priority).collect();
    let own: Vec<(Place, usize)> = Place::ALL
        .into_iter()
        .map(|at| {
            let there = lists.iter().filter(|k| **k > 0 && place(**k) == at);
            (at, there.count())
        })
        .filter(|(_, themes)| *themes > 0)
        .collect();
    let distinct: usize = own.iter().map(|(_, themes)| themes).sum();
    if distinct == 0 {
        return None;
    }
    let said = |at: Place| match at {
        Place::Every => "on all",
        Place::Most => "on most",
        Place::Between => "on some",
        Place::Fewest if fewest == 1 => "on one only",
        Place::Fewest => "on one or two",
    };
    let published = |at: Place| match at {
        Place::Fewest => "on one only",
        at => said(at),
    };
    let phrase = |groups: &[(Place, usize)], said: &dyn Fn(Place) -> &'static str| {
        let parts: Vec<String> = groups
            .iter()
            .map(|(at, themes)| format!("{themes} {}", said(*at)))
            .collect();
        capital(&parts.join(", "))
    };
    let team = format!("Your team: {distinct} on {n} lists");
    let case = "A published team: 23 on 5 lists";
    let (own_words, case_words) = (phrase(&own, &said), phrase(&PUBLISHED, &published));
    let title = format!(
        "{} and the lists they are on",
        capital(&several(
            distinct,
            "different priority",
            "different priorities"
        ))
    );
    let mut drawing = Drawing::new(
        "strip",
        &title,
        &format!("{team}. {own_words}. {case}. {case_words}."),
        148,
    );
    // Both strips to one scale: a cell is a priority in either.
    let widest = distinct.max(23);
    let cell = 100.0 / widest as f64;
    for (y, heading, words, groups) in [
        (0.0, team.as_str(), &own_words, &own[..]),
        (80.0, case, &case_words, &PUBLISHED[..]),
    ] {
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, heading);
        let mut at = 0.0;
        for (place, themes) in groups {
            if widest > MOST_CELLS {
                drawing.bar(place.class(), at, y + 24.0, cell * *themes as f64, 20.0);
            } else {
                for i in 0..*themes {
                    let x = at + cell * i as f64;
                    drawing.bar(place.class(), x, y + 24.0, cell * 0.86, 20.0);
                }
            }
            at += cell * *themes as f64;
        }
        drawing.text("cap", 0.0, y + 62.0, Anchor::Start, words);
    }
    let lists_of = |(at, themes): &(Place, usize), said: &dyn Fn(Place) -> &'static str| {
        (said(*at).to_owned(), themes.to_string())
    };
    let rows = own
        .iter()
        .map(|group| lists_of(group, &said))
        .map(|(at, themes)| vec!["Your team".to_owned(), at, themes])
        .chain(
            PUBLISHED
                .iter()
                .map(|group| lists_of(group, &published))
                .map(|(at, themes)| vec!["Published team".to_owned(), at, themes]),
        )
        .collect();
    Some(Figure {
        svg: drawing.finish(),
        caption: "A cell is a priority; all, most and some are lists. The published team: five executives, ten priorities each, 23 different ones (Herb, Leslie and Price, The McKinsey Quarterly, 2001). \
                  It is a picture to set yours beside, not a standard."
            .to_owned(),
        table: Table {
            caption: "Priorities by the number of lists".to_owned(),
            head: row(&["Team", "Where they are", "Priorities"]),
            rows,
        },
    })
}
