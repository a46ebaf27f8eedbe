//! Priorities from one round to the next: kept, new and dropped, as bands as broad as the people behind them are many.

use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::super::words::{Crowd, number, shorten};
use super::{LABEL, middle, row};

/// What became of a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// On lists before and now.
    Kept,
    /// On lists now only.
    New,
    /// On lists before only.
    Dropped,
}

impl Course {
    /// In the order in which they are drawn.
    pub(crate) const ALL: [Self; 3] = [Self::Kept, Self::New, Self::Dropped];

    /// Its heading.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kept => "Kept",
            Self::New => "New",
            Self::Dropped => "Dropped",
        }
    }
}

/// One priority of the same people in two rounds.
#[derive(Clone, Debug)]
pub(crate) struct Band {
    pub(crate) course: Course,
    pub(crate) name: String,
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// Height of the band of a priority that everybody has, in pixels.
const FULL: f64 = 26.0;
/// Height of a priority's row.
const ROW: f64 = 54.0;
/// Height of a heading's row.
const HEADING: f64 = 30.0;

/// The bands by what became of them, in the order given. `None` without one.
pub(crate) fn flow(crowd: Crowd, bands: &[Band]) -> Option<Figure> {
    if bands.is_empty() {
        return None;
    }
    let words = |k: usize| crowd.short(k);
    let mut rows = Vec::new();
    let mut said = Vec::new();
    let mut height = 0.0;
    for course in Course::ALL {
        let mut some = false;
        for band in bands.iter().filter(|band| band.course == course) {
            some = true;
            height += ROW;
            let (before, after) = (words(band.before), words(band.after));
            said.push(format!("{}: {before} before, {after} now.", band.name));
            rows.push(vec![
                band.name.clone(),
                course.name().to_owned(),
                before,
                after,
            ]);
        }
        height += if some { HEADING } else { 0.0 };
    }
    let mut drawing = Drawing::new(
        "flow",
        "Priorities from last round to this one",
        &said.join(" "),
        height as usize,
    );
    let broad = |k: usize| FULL * middle(crowd, k) / crowd.size().max(1) as f64;
    let mut y = 0.0;
    for course in Course::ALL {
        let mut there = bands.iter().filter(|band| band.course == course).peekable();
        if there.peek().is_none() {
            continue;
        }
        drawing.text("cap", 0.0, y + 18.0, Anchor::Start, course.name());
        y += HEADING;
        for band in there {
            let name = shorten(&band.name, LABEL);
            drawing.text("lab", 0.0, y + 14.0, Anchor::Start, &name);
            let (left, right) = (broad(band.before), broad(band.after));
            // From a quarter of the width to three: the numbers stand at either end.
            let (class, from, to) = match course {
                Course::Kept => ("flow-kept", (24.0, left), (76.0, right)),
                Course::New => ("flow-new", (50.0, 0.0), (76.0, right)),
                Course::Dropped => ("flow-dropped", (24.0, left), (50.0, 0.0)),
            };
            drawing.band(class, from, to, y + 34.0);
            if course != Course::New {
                drawing.text("cap", 0.0, y + 38.0, Anchor::Start, &words(band.before));
            }
            if course != Course::Dropped {
                drawing.text("cap", 100.0, y + 38.0, Anchor::End, &words(band.after));
            }
            y += ROW;
        }
    }
    Some(Figure {
        svg: drawing.finish(),
        caption: format!(
            "Last round on the left, this round on the right; a band is as broad as the people are many, of {}.",
            number(crowd.size())
        ),
        table: Table {
            caption: "Priorities in two rounds".to_owned(),
            head: row(&["Priority", "Since then", "Last round", "This round"]),
            rows,
        },
    })
}
