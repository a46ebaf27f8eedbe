//! What the consultant changes about the client's report: sentences in other words, pieces left out, commentary, and
//! the order of the decisions.
//!
//! The report itself is never touched. A change names its place and the words that stood there, so that it survives
//! the report being made anew while statements are still sorted. Where those words are gone the change is set aside,
//! never applied to other words and never lost: a sentence about five people must not go on saying so once there are
//! six.

mod layer;
mod print;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::survey::Line;

use super::client::ClientReport;
use super::view::{Block, Choice, Prose, Step, Voice};

/// A sentence or paragraph of the consultant's: 1 to 2000 characters.
pub type Sentence = Line<1, 2000>;

/// The chapter name under which commentary on the first page is kept.
pub const FIRST_PAGE: &str = "brief";
/// Anchor and heading of that commentary, which comes right after the first page.
const COMMENTARY: (&str, &str) = ("commentary", "What the consultant adds");
/// The chapter that says what was promised and what is not known. It stays as it is.
const METHOD: &str = "method";
/// The chapter of the decisions, whose heading counts them.
const DECISIONS: &str = "decisions";

/// Which piece of a report a change is about; together with the words that stood there it finds the piece again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
enum Place {
    Headline,
    Lead,
    Shared,
    Split,
    Unsaid,
    Limit,
    Chapter {
        chapter: String,
    },
    Text {
        chapter: String,
    },
    Item {
        chapter: String,
    },
    Still {
        chapter: String,
    },
    /// Wherever it is printed: whoever can be told by a quotation is told by it on every page.
    Quote,
    Fork,
    Question,
    Label {
        fork: String,
        second: bool,
    },
    Lean {
        fork: String,
        second: bool,
    },
    Cost {
        fork: String,
    },
    Step,
}

/// A place and the words that stood there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Address {
    #[serde(flatten)]
    place: Place,
    words: String,
}

/// 16 hexadecimal characters that stand for the value on a page and in a form.
fn digest(value: &impl Serialize) -> String {
    // Plain strings and flags: they always serialise; what could not would find nothing.
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(&Sha256::digest(json)[..8])
}

/// Commentary on a chapter, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Comment {
    /// The chapter's heading at the time, for when the chapter is gone.
    title: String,
    markdown: String,
}

/// The consultant's changes to one round's report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    reworded: Vec<(Address, String)>,
    left_out: Vec<Address>,
    commentary: BTreeMap<String, Comment>,
    /// The decisions' questions as the program put them, in the order wanted. Others follow in their own.
    order: Vec<String>,
}

/// One thing of the report that can be changed or left out.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what may be done to it and what was done: a page reads each by itself"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Names it on the page and in a form: 16 hexadecimal characters.
    pub key: String,
    /// The words as the program put them.
    pub original: String,
    /// The words as they will be printed.
    pub now: String,
    /// Whether they differ.
    pub changed: bool,
    /// Whether it is left out.
    pub left_out: bool,
    /// Whether it can be put in other words.
    pub rewordable: bool,
    /// Whether it can be left out.
    pub removable: bool,
    /// Whether it is the first of its key on the page: the same quotation may stand in several places.
    pub first: bool,
    /// Stands for how it is now: a form that brings another one was made from something else.
    pub seen: String,
    #[serde(skip)]
    address: Option<Address>,
}

/// Commentary on a chapter as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// As it was typed.
    pub markdown: String,
    /// As it will be printed.
    pub prose: Vec<Prose>,
    /// Stands for how it is now.
    pub seen: String,
}

/// A chapter with its pieces.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chapter {
    /// Its anchor.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// The chapter as a whole.
    pub whole: Piece,
    /// What it holds, in order.
    pub parts: Vec<Part>,
    /// What the consultant adds.
    pub commentary: Said,
}

/// A piece of a chapter, or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Text {
        /// Its words.
        piece: Piece,
        /// Whether it is printed in small type.
        small: bool,
    },
    /// A list.
    List {
        /// Its entries.
        entries: Vec<Piece>,
    },
    /// Quotations.
    Quotes {
        /// Each with what it is known by.
        voices: Vec<Heard>,
    },
    /// A figure or table: printed as it is, or left out.
    Still {
        /// The whole of it.
        piece: Piece,
        /// What is printed.
        block: Block,
    },
    /// The decisions, in the order wanted.
    Forks {
        /// All of them, those left out as well.
        forks: Vec<ForkPieces>,
    },
    /// The meeting.
    Agenda {
        /// Its steps. Those of decisions follow the decisions and have no piece.
        steps: Vec<StepPiece>,
    },
}

/// A quotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// It can be left out, never put in other words.
    pub piece: Piece,
    /// What is printed.
    pub voice: Voice,
}

/// One way out of a decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChoicePieces {
    /// What it means.
    pub label: Piece,
    /// How many lean to it.
    pub lean: Piece,
    /// The quotations for it.
    pub voices: Vec<Heard>,
    #[serde(skip)]
    original: Choice,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForkPieces {
    /// Its number in the report; `None` where it is left out.
    pub number: Option<usize>,
    /// The decision as a whole.
    pub whole: Piece,
    /// The question.
    pub question: Piece,
    /// One way.
    pub a: ChoicePieces,
    /// The other.
    pub b: ChoicePieces,
    /// What not deciding costs.
    pub cost: Piece,
    /// Whether it can go up or down.
    pub moves: [bool; 2],
}

/// A step of the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepPiece {
    /// When and what, as it will be printed.
    pub step: Step,
    /// What can be changed about it.
    pub piece: Option<Piece>,
}

/// A change whose place is gone from the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Names it in a form.
    pub key: String,
    /// What the change did, in words.
    pub what: &'static str,
    /// The words that are gone.
    pub original: String,
    /// What the consultant typed; empty where something was left out.
    pub typed: String,
}

/// What the consultant typed into the report, for a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Where on the editing page it is.
    pub anchor: String,
    /// The words.
    pub words: String,
}

/// How much was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Pieces in other words.
    pub reworded: usize,
    /// Pieces left out.
    pub left_out: usize,
    /// Places with commentary.
    pub comments: usize,
    /// Whether the decisions come in another order.
    pub reordered: bool,
}

/// The report with its changes laid over it: every piece with its original and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sheet {
    #[serde(skip)]
    original: ClientReport,
    /// The sentence at the top.
    pub headline: Piece,
    /// The round in a paragraph.
    pub lead: Piece,
    /// What is shared.
    pub shared: Piece,
    /// What is split.
    pub split: Piece,
    /// What nobody named.
    pub unsaid: Piece,
    /// What the report can't tell. It can be put in other words, not left out.
    pub limits: Vec<Piece>,
    /// What the consultant adds to the first page.
    pub commentary: Said,
    /// The chapters.
    pub chapters: Vec<Chapter>,
    /// Changes that no longer fit.
    pub set_aside: Vec<SetAside>,
    /// Stands for the order of the decisions as it is now.
    pub order_seen: String,
    #[serde(skip)]
    pieces: BTreeMap<String, Piece>,
}

/// The report as it is to be published, and what no longer fits it.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// What the client reads.
    pub report: ClientReport,
    /// Changes that no longer fit.
    pub set_aside: Vec<SetAside>,
}

impl Edits {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The report with these changes.
    pub fn apply(&self, original: &ClientReport) -> Edited {
        let sheet = self.lay_over(original);
        Edited {
            report: sheet.report(),
            set_aside: sheet.set_aside,
        }
    }

    /// Every piece of the report with its original and what became of it.
    pub fn lay_over(&self, original: &ClientReport) -> Sheet {
        layer::Layer::new(self).sheet(original)
    }

    /// Puts a piece in other words; its original ones take the change back. What cannot be reworded stays.
    pub fn reword(&mut self, piece: &Piece, words: &Sentence) {
        let (true, Some(address)) = (piece.rewordable, &piece.address) else {
            return;
        };
        self.reworded.retain(|(at, _)| at != address);
        // The check tidies what was typed; an original is the same once it is tidied alike.
        let same = Sentence::parse(&piece.original).is_ok_and(|original| original == *words);
        if !same {
            self.reworded
                .push((address.clone(), words.as_str().to_owned()));
        }
    }

    /// Puts the program's own words back.
    pub fn restore(&mut self, piece: &Piece) {
        self.reworded
            .retain(|(at, _)| Some(at) != piece.address.as_ref());
    }

    /// Leaves a piece out, or shows it again. What has to stay stays.
    pub fn leave_out(&mut self, piece: &Piece, out: bool) {
        let (true, Some(address)) = (piece.removable, &piece.address) else {
            return;
        };
        self.left_out.retain(|at| at != address);
        if out {
            self.left_out.push(address.clone());
        }
    }

    /// Keeps commentary on that chapter ([`FIRST_PAGE`] for the first page) in place of what was there. The text is
    /// what [`commentary::parse`] gave back; an empty one takes it away.
    pub fn comment(&mut self, chapter: &str, title: &str, markdown: String) {
        if markdown.is_empty() {
            self.commentary.remove(chapter);
        } else {
            let comment = Comment {
                title: title.to_owned(),
                markdown,
            };
            self.commentary.insert(chapter.to_owned(), comment);
        }
    }

    /// Moves the decision of that key one place up, or down. At the end of the list it stays.
    pub fn move_fork(&mut self, sheet: &Sheet, key: &str, up: bool) {
        let mut order = sheet.order();
        let Some(at) = sheet.forks().position(|fork| fork.whole.key == key) else {
            return;
        };
        let to = if up { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to.filter(|to| *to < order.len()) {
            order.swap(at, to);
            self.order = order;
        }
    }

    /// Drops a change that was set aside.
    pub fn forget(&mut self, key: &str) {
        self.reworded.retain(|(at, _)| digest(at) != key);
        self.left_out.retain(|at| digest(&(at, "out")) != key);
        self.commentary
            .retain(|chapter, _| digest(&("commentary", chapter)) != key);
    }
}

/// The reason of a revision: 3 to 280 characters.
pub type Reason = Line<3, 280>;
