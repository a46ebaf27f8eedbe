//! What a report is made of: plain data, ready to be printed, with nothing behind it that the reader may not know.

use serde::{Deserialize, Serialize};

use crate::survey::decision::Check;

/// A chapter of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Anchor, unique in the report.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it holds, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a chapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Text {
        /// Its sentences.
        text: String,
    },
    /// A paragraph in small type.
    Note {
        /// Its sentences.
        text: String,
    },
    /// A list of sentences.
    List {
        /// The sentences.
        items: Vec<String>,
    },
    /// The executives' own words.
    Quotes {
        /// Who is heard.
        voices: Vec<Voice>,
    },
    /// A drawing with its table.
    Figure {
        /// The drawing.
        figure: Figure,
    },
    /// Themes with circles for people.
    Themes {
        /// The table.
        table: ThemeTable,
    },
    /// A plain table.
    Table {
        /// The table.
        table: Table,
    },
    /// Decisions as forks.
    Forks {
        /// The decisions, the most severe first.
        forks: Vec<Fork>,
    },
    /// The order of a meeting.
    Agenda {
        /// Its steps.
        steps: Vec<Step>,
    },
    /// What the consultant says to it.
    Commentary {
        /// Its paragraphs and lists.
        prose: Vec<Prose>,
    },
}

impl Block {
    /// A paragraph.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A paragraph in small type.
    pub(crate) fn note(text: impl Into<String>) -> Self {
        Self::Note { text: text.into() }
    }
}

/// A piece of the consultant's commentary: Markdown reduced to what a page, a PDF and a slide can all show. No markup is left in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Prose {
    /// A paragraph.
    Paragraph {
        /// Its text.
        runs: Vec<Run>,
    },
    /// A heading inside the commentary.
    Heading {
        /// Its text.
        runs: Vec<Run>,
    },
    /// A list, one level deep.
    List {
        /// Whether the entries are numbered, from 1.
        ordered: bool,
        /// The entries.
        entries: Vec<Vec<Run>>,
    },
}

/// A stretch of text in one style.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The text as it is to be read.
    pub text: String,
    /// Whether it is printed bold.
    #[serde(default)]
    pub strong: bool,
    /// Whether it is printed in italics.
    #[serde(default)]
    pub emphasis: bool,
}

/// A quotation that its author allowed word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// The words.
    pub text: String,
    /// Who said it; only where the promise names people.
    pub who: Option<String>,
}

/// A table of plain cells; the first cell of a row is its heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Headings of the columns.
    pub head: Vec<String>,
    /// The rows, each as long as `head`.
    pub rows: Vec<Vec<String>>,
}

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// SVG, made and escaped by the server.
    pub svg: String,
    /// What to see in it.
    pub caption: String,
    /// The same in figures.
    pub table: Table,
}

/// How a number of people is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Nobody.
    None,
    /// A ring for one or two.
    Few,
    /// A circle for each.
    Dots,
    /// A long ring for nearly all.
    Nearly,
    /// In words only: too many for circles.
    Words,
}

/// A number of people, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// How it is drawn.
    pub kind: CellKind,
    /// Full circles, 0 unless each is a person.
    pub on: usize,
    /// Empty circles, 0 unless each is a person.
    pub off: usize,
    /// The number in words.
    pub words: String,
}

/// Where a theme stands in the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// On three quarters of the lists or more, and nothing pulls against it.
    Shared,
    /// Named by part of the team.
    Split,
    /// Wanted by some and stopped or given up by others.
    Opposed,
    /// Nobody's priority.
    Unspoken,
}

/// One theme over the questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeRow {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// The same in words.
    pub words: String,
    /// A priority of how many.
    pub priority: Cell,
    /// How many would stop it.
    pub stop: Cell,
    /// How many would see success in it.
    pub success: Cell,
    /// How many ask others to let it wait.
    pub ask: Cell,
    /// How many favour it in a trade-off and how many give it up, in words; empty where that may not be said, and in reports
    /// published before it was.
    #[serde(default)]
    pub traded: String,
}

/// The themes of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeTable {
    /// What it shows.
    pub caption: String,
    /// The themes, the most mentioned first.
    pub rows: Vec<ThemeRow>,
    /// What is not shown, and how the circles are to be read.
    pub note: String,
}

/// One way out of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What it means.
    pub label: String,
    /// How many lean to it, and how that is known.
    pub lean: String,
    /// At most two quotations for it.
    pub voices: Vec<Voice>,
    /// What the next round would be held against if it is chosen. Not printed; the debrief proposes it.
    #[serde(default)]
    pub check: Option<Check>,
}

/// A decision to force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Its place on the agenda, from 1.
    pub number: usize,
    /// The question for the room.
    pub question: String,
    /// One way.
    pub a: Choice,
    /// The other way.
    pub b: Choice,
    /// What not deciding costs.
    pub cost: String,
}

/// A step of the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When it starts, in minutes from the beginning.
    pub from: usize,
    /// How long it takes, in minutes.
    pub minutes: usize,
    /// What happens.
    pub what: String,
}
