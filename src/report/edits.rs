//! What the consultant changes about the client's report: sentences in other words, pieces left out, commentary, and
//! the order of the decisions.
//!
//! The report itself is never touched. A change names its place and the words that stood there, so that it survives
//! the report being made anew while statements are still sorted. Where those words are gone the change is set aside,
//! never applied to other words and never lost: a sentence about five people must not go on saying so once there are
//! six.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::survey::Line;

use super::client::{ClientReport, first_page};
use super::closing;
use super::commentary;
use super::view::{Block, Choice, Fork, Prose, Section, Step, Voice};

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
        Layer::new(self).sheet(original)
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

/// Lays changes over a report, piece by piece.
struct Layer<'a> {
    edits: &'a Edits,
    pieces: BTreeMap<String, Piece>,
    met: BTreeSet<Address>,
}

impl<'a> Layer<'a> {
    fn new(edits: &'a Edits) -> Self {
        Self {
            edits,
            pieces: BTreeMap::new(),
            met: BTreeSet::new(),
        }
    }

    fn piece(&mut self, place: Place, words: &str, rewordable: bool, removable: bool) -> Piece {
        let address = Address {
            place,
            words: words.to_owned(),
        };
        let typed = self.edits.reworded.iter().find(|(at, _)| *at == address);
        let now = typed
            .filter(|_| rewordable)
            .map_or_else(|| words.to_owned(), |(_, typed)| typed.clone());
        let left_out = removable && self.edits.left_out.contains(&address);
        let piece = Piece {
            key: digest(&address),
            original: words.to_owned(),
            changed: now != words,
            seen: digest(&(&now, left_out)),
            now,
            left_out,
            rewordable,
            removable,
            first: self.met.insert(address.clone()),
            address: Some(address),
        };
        self.pieces.insert(piece.key.clone(), piece.clone());
        piece
    }

    fn said(&self, chapter: &str) -> Said {
        let markdown = self
            .edits
            .commentary
            .get(chapter)
            .map_or_else(String::new, |comment| comment.markdown.clone());
        Said {
            prose: commentary::prose(&markdown),
            seen: digest(&markdown),
            markdown,
        }
    }

    fn heard(&mut self, voices: &[Voice]) -> Vec<Heard> {
        voices
            .iter()
            .map(|voice| Heard {
                piece: self.piece(Place::Quote, &voice.text, false, true),
                voice: voice.clone(),
            })
            .collect()
    }

    fn choice(&mut self, fork: &str, second: bool, choice: &Choice) -> ChoicePieces {
        let fork = || fork.to_owned();
        ChoicePieces {
            label: self.piece(
                Place::Label {
                    fork: fork(),
                    second,
                },
                &choice.label,
                true,
                false,
            ),
            lean: self.piece(
                Place::Lean {
                    fork: fork(),
                    second,
                },
                &choice.lean,
                !choice.lean.is_empty(),
                false,
            ),
            voices: self.heard(&choice.voices),
            original: choice.clone(),
        }
    }

    fn forks(&mut self, forks: &[Fork]) -> Vec<ForkPieces> {
        let mut laid: Vec<ForkPieces> = forks
            .iter()
            .map(|fork| ForkPieces {
                number: None,
                whole: self.piece(Place::Fork, &fork.question, false, true),
                question: self.piece(Place::Question, &fork.question, true, false),
                a: self.choice(&fork.question, false, &fork.a),
                b: self.choice(&fork.question, true, &fork.b),
                cost: self.piece(
                    Place::Cost {
                        fork: fork.question.clone(),
                    },
                    &fork.cost,
                    !fork.cost.is_empty(),
                    false,
                ),
                moves: [false; 2],
            })
            .collect();
        let order = &self.edits.order;
        laid.sort_by_key(|fork| {
            let wanted = order.iter().position(|q| *q == fork.whole.original);
            wanted.unwrap_or(order.len())
        });
        let last = laid.len().saturating_sub(1);
        let mut number = 0;
        for (at, fork) in laid.iter_mut().enumerate() {
            fork.moves = [at > 0, at < last];
            if !fork.whole.left_out {
                number += 1;
                fork.number = Some(number);
            }
        }
        laid
    }

    fn part(&mut self, id: &str, block: &Block) -> Part {
        let fixed = id == METHOD;
        let chapter = || id.to_owned();
        match block {
            Block::Text { text } | Block::Note { text } => Part::Text {
                piece: self.piece(Place::Text { chapter: chapter() }, text, !fixed, !fixed),
                small: matches!(block, Block::Note { .. }),
            },
            Block::List { items } => Part::List {
                entries: items
                    .iter()
                    .map(|item| {
                        self.piece(Place::Item { chapter: chapter() }, item, !fixed, !fixed)
                    })
                    .collect(),
            },
            Block::Quotes { voices } => Part::Quotes {
                voices: self.heard(voices),
            },
            Block::Forks { forks } => Part::Forks {
                forks: self.forks(forks),
            },
            // Its steps are laid out once the decisions are known.
            Block::Agenda { .. } => Part::Agenda { steps: Vec::new() },
            other => {
                let caption = match other {
                    Block::Figure { figure } => figure.caption.clone(),
                    Block::Themes { table } => table.caption.clone(),
                    Block::Table { table } => table.caption.clone(),
                    // A kind that has no caption is told apart by all it holds.
                    _ => digest(other),
                };
                Part::Still {
                    piece: self.piece(Place::Still { chapter: chapter() }, &caption, false, !fixed),
                    block: other.clone(),
                }
            }
        }
    }

    fn sheet(mut self, original: &ClientReport) -> Sheet {
        let headline = self.piece(Place::Headline, &original.headline, true, false);
        let lead = self.piece(Place::Lead, &original.lead, true, false);
        let shared = self.piece(Place::Shared, &original.shared, true, false);
        let split = self.piece(Place::Split, &original.split, true, false);
        let unsaid = self.piece(Place::Unsaid, &original.unsaid, true, false);
        let limits = original
            .limits
            .iter()
            .map(|limit| self.piece(Place::Limit, limit, true, false))
            .collect();
        let mut chapters: Vec<Chapter> = original
            .sections
            .iter()
            .map(|section| {
                let place = Place::Chapter {
                    chapter: section.id.clone(),
                };
                // Decisions are left out one by one: the first page and the agenda hang on them.
                let removable = section.id != METHOD && section.id != DECISIONS;
                Chapter {
                    id: section.id.clone(),
                    title: section.title.clone(),
                    whole: self.piece(place, &section.title, false, removable),
                    parts: section
                        .blocks
                        .iter()
                        .map(|block| self.part(&section.id, block))
                        .collect(),
                    commentary: self.said(&section.id),
                }
            })
            .collect();
        let forks: Vec<ForkPieces> = all_forks(&chapters).cloned().collect();
        let kept = forks.iter().filter(|fork| !fork.whole.left_out).count();
        for chapter in chapters.iter_mut().filter(|one| one.id == DECISIONS) {
            if kept != forks.len() {
                // The heading counts them.
                chapter.title = closing::decisions_title(kept);
            }
        }
        let blocks = original.sections.iter().flat_map(|section| &section.blocks);
        let mut agendas: Vec<Vec<StepPiece>> = blocks
            .filter_map(|block| match block {
                Block::Agenda { steps } => Some(self.steps(steps, &forks)),
                _ => None,
            })
            .collect();
        for part in chapters.iter_mut().flat_map(|chapter| &mut chapter.parts) {
            if let Part::Agenda { steps } = part
                && !agendas.is_empty()
            {
                *steps = agendas.remove(0);
            }
        }
        let commentary = self.said(FIRST_PAGE);
        let set_aside = self.set_aside(&chapters);
        let mut sheet = Sheet {
            original: original.clone(),
            headline,
            lead,
            shared,
            split,
            unsaid,
            limits,
            commentary,
            chapters,
            set_aside,
            order_seen: String::new(),
            pieces: self.pieces,
        };
        sheet.order_seen = digest(&sheet.order());
        sheet
    }

    /// The meeting with the decisions as they are now: they share the time that all of them had.
    fn steps(&mut self, steps: &[Step], forks: &[ForkPieces]) -> Vec<StepPiece> {
        let is_fork = |step: &Step| forks.iter().any(|fork| fork.whole.original == step.what);
        let kept: Vec<&ForkPieces> = forks.iter().filter(|fork| !fork.whole.left_out).collect();
        let first = steps.iter().position(is_fork);
        let last = steps.iter().rposition(is_fork);
        let mut laid = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            if Some(at) == first {
                let end = last.and_then(|last| steps.get(last + 1)).map_or_else(
                    || steps.iter().map(|s| s.from + s.minutes).max(),
                    |s| Some(s.from),
                );
                let time = end.unwrap_or(step.from).saturating_sub(step.from);
                let each = time / kept.len().max(1);
                for (nth, fork) in kept.iter().enumerate() {
                    laid.push(StepPiece {
                        step: Step {
                            from: step.from + each * nth,
                            minutes: each,
                            what: fork.question.now.clone(),
                        },
                        piece: None,
                    });
                }
                if kept.is_empty() {
                    let piece = self.piece(Place::Step, closing::WITHOUT_DECISIONS, true, false);
                    laid.push(StepPiece {
                        step: Step {
                            from: step.from,
                            minutes: time,
                            what: piece.now.clone(),
                        },
                        piece: Some(piece),
                    });
                }
            }
            if !is_fork(step) {
                let piece = self.piece(Place::Step, &step.what, true, false);
                laid.push(StepPiece {
                    step: Step {
                        what: piece.now.clone(),
                        ..step.clone()
                    },
                    piece: Some(piece),
                });
            }
        }
        laid
    }

    fn set_aside(&self, chapters: &[Chapter]) -> Vec<SetAside> {
        let gone = |at: &&Address| !self.met.contains(*at);
        let reworded = self.edits.reworded.iter().filter(|(at, _)| gone(&at));
        let mut aside: Vec<SetAside> = reworded
            .map(|(at, typed)| SetAside {
                key: digest(at),
                what: "Put in other words",
                original: at.words.clone(),
                typed: typed.clone(),
            })
            .collect();
        let left_out = self.edits.left_out.iter().filter(gone);
        aside.extend(left_out.map(|at| SetAside {
            key: digest(&(at, "out")),
            what: "Left out",
            original: at.words.clone(),
            typed: String::new(),
        }));
        let known = |id: &str| id == FIRST_PAGE || chapters.iter().any(|chapter| chapter.id == id);
        let comments = self.edits.commentary.iter().filter(|(id, _)| !known(id));
        aside.extend(comments.map(|(id, comment)| SetAside {
            key: digest(&("commentary", id)),
            what: "Commentary on a chapter",
            original: comment.title.clone(),
            typed: comment.markdown.clone(),
        }));
        aside
    }
}

fn all_forks(chapters: &[Chapter]) -> impl Iterator<Item = &ForkPieces> {
    let parts = chapters.iter().flat_map(|chapter| &chapter.parts);
    parts
        .filter_map(|part| match part {
            Part::Forks { forks } => Some(forks),
            _ => None,
        })
        .flatten()
}

impl Sheet {
    /// The piece of that key.
    pub fn piece(&self, key: &str) -> Option<&Piece> {
        self.pieces.get(key)
    }

    /// The decisions in the order wanted, those left out as well.
    pub fn forks(&self) -> impl Iterator<Item = &ForkPieces> {
        all_forks(&self.chapters)
    }

    /// The program's own question behind each numbered decision, in the order of the numbers.
    pub fn numbered(&self) -> Vec<String> {
        self.forks()
            .filter(|fork| fork.number.is_some())
            .map(|fork| fork.whole.original.clone())
            .collect()
    }

    /// Heading and commentary of that chapter ([`FIRST_PAGE`] for the first page).
    pub fn said(&self, chapter: &str) -> Option<(&str, &Said)> {
        if chapter == FIRST_PAGE {
            return Some(("The first page", &self.commentary));
        }
        let found = self.chapters.iter().find(|one| one.id == chapter)?;
        Some((&found.title, &found.commentary))
    }

    fn order(&self) -> Vec<String> {
        self.forks()
            .map(|fork| fork.whole.original.clone())
            .collect()
    }

    /// How much of the report was changed.
    pub fn tally(&self) -> Tally {
        let chapters = self.chapters.iter().map(|chapter| &chapter.commentary);
        let said = std::iter::once(&self.commentary).chain(chapters);
        let order = self.order();
        Tally {
            reworded: self.pieces.values().filter(|piece| piece.changed).count(),
            left_out: self.pieces.values().filter(|piece| piece.left_out).count(),
            comments: said.filter(|said| !said.prose.is_empty()).count(),
            reordered: !self.original.forks().map(|fork| &fork.question).eq(&order),
        }
    }

    /// The report's quotations, each once.
    pub fn quotations(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.values().filter(
            |piece| matches!(&piece.address, Some(address) if address.place == Place::Quote),
        )
    }

    /// Everything the consultant typed that will be printed.
    pub fn typed(&self) -> Vec<Typed> {
        let hidden: BTreeSet<&str> = self.hidden();
        let mut typed: Vec<Typed> = self
            .pieces
            .values()
            .filter(|piece| {
                piece.changed && !piece.left_out && !hidden.contains(piece.key.as_str())
            })
            .map(|piece| Typed {
                anchor: format!("p-{}", piece.key),
                words: piece.now.clone(),
            })
            .collect();
        let chapters = self
            .chapters
            .iter()
            .filter(|chapter| !chapter.whole.left_out)
            .map(|chapter| (chapter.id.as_str(), &chapter.commentary));
        for (id, said) in std::iter::once((FIRST_PAGE, &self.commentary)).chain(chapters) {
            let lines = commentary::plain(&said.prose).into_iter();
            typed.extend(lines.map(|words| Typed {
                anchor: format!("c-{id}"),
                words,
            }));
        }
        typed
    }

    /// Keys of pieces that go with what holds them: inside a chapter or a decision that is left out.
    fn hidden(&self) -> BTreeSet<&str> {
        let mut hidden = BTreeSet::new();
        for chapter in &self.chapters {
            let out = chapter.whole.left_out;
            for part in &chapter.parts {
                match part {
                    Part::Text { piece, .. } if out => {
                        hidden.insert(piece.key.as_str());
                    }
                    Part::List { entries } if out => {
                        hidden.extend(entries.iter().map(|entry| entry.key.as_str()));
                    }
                    Part::Agenda { steps } if out => {
                        let pieces = steps.iter().filter_map(|step| step.piece.as_ref());
                        hidden.extend(pieces.map(|piece| piece.key.as_str()));
                    }
                    Part::Forks { forks } => {
                        for fork in forks.iter().filter(|fork| out || fork.whole.left_out) {
                            let pieces = [
                                &fork.question,
                                &fork.a.label,
                                &fork.a.lean,
                                &fork.b.label,
                                &fork.b.lean,
                                &fork.cost,
                            ];
                            hidden.extend(pieces.map(|piece| piece.key.as_str()));
                        }
                    }
                    _ => {}
                }
            }
        }
        hidden
    }

    /// What the client reads.
    pub fn report(&self) -> ClientReport {
        let original = &self.original;
        let forks: Vec<Fork> = self.forks().filter_map(printed_fork).collect();
        let before: Vec<&Fork> = original.forks().collect();
        let mut sections: Vec<Section> = self
            .chapters
            .iter()
            .filter(|chapter| !chapter.whole.left_out)
            .filter_map(|chapter| printed_chapter(chapter, &forks))
            .collect();
        if !self.commentary.prose.is_empty() {
            let (id, title) = COMMENTARY;
            let prose = self.commentary.prose.clone();
            let blocks = vec![Block::Commentary { prose }];
            sections.insert(0, super::sections::chapter(id, title, blocks));
        }
        let decisions = if forks.iter().eq(before) {
            original.decisions.clone()
        } else {
            first_page(&forks)
        };
        ClientReport {
            headline: self.headline.now.clone(),
            lead: self.lead.now.clone(),
            shared: self.shared.now.clone(),
            split: self.split.now.clone(),
            unsaid: self.unsaid.now.clone(),
            decisions,
            limits: self.limits.iter().map(|limit| limit.now.clone()).collect(),
            sections,
            ..original.clone()
        }
    }
}

fn voices(heard: &[Heard]) -> Vec<Voice> {
    let kept = heard.iter().filter(|heard| !heard.piece.left_out);
    kept.map(|heard| heard.voice.clone()).collect()
}

fn printed_fork(fork: &ForkPieces) -> Option<Fork> {
    let choice = |pieces: &ChoicePieces| Choice {
        label: pieces.label.now.clone(),
        lean: pieces.lean.now.clone(),
        voices: voices(&pieces.voices),
        check: pieces.original.check.clone(),
    };
    Some(Fork {
        number: fork.number?,
        question: fork.question.now.clone(),
        a: choice(&fork.a),
        b: choice(&fork.b),
        cost: fork.cost.now.clone(),
    })
}

/// `None` where nothing of the chapter is left.
fn printed_chapter(chapter: &Chapter, forks: &[Fork]) -> Option<Section> {
    let mut blocks = Vec::new();
    for part in &chapter.parts {
        match part {
            Part::Text { piece, small } if !piece.left_out => {
                let text = piece.now.clone();
                blocks.push(if *small {
                    Block::Note { text }
                } else {
                    Block::Text { text }
                });
            }
            Part::List { entries } => {
                let kept = entries.iter().filter(|entry| !entry.left_out);
                let items: Vec<String> = kept.map(|entry| entry.now.clone()).collect();
                if !items.is_empty() || entries.is_empty() {
                    blocks.push(Block::List { items });
                }
            }
            Part::Quotes { voices: heard } => {
                let voices = voices(heard);
                if !voices.is_empty() {
                    blocks.push(Block::Quotes { voices });
                }
            }
            Part::Still { piece, block } if !piece.left_out => blocks.push(block.clone()),
            Part::Forks { .. } => {
                if !forks.is_empty() {
                    let forks = forks.to_vec();
                    blocks.push(Block::Forks { forks });
                }
            }
            Part::Agenda { steps } => blocks.push(Block::Agenda {
                steps: steps.iter().map(|step| step.step.clone()).collect(),
            }),
            Part::Text { .. } | Part::Still { .. } => {}
        }
    }
    if !chapter.commentary.prose.is_empty() {
        let prose = chapter.commentary.prose.clone();
        blocks.push(Block::Commentary { prose });
    }
    (!blocks.is_empty() || chapter.parts.is_empty()).then(|| Section {
        id: chapter.id.clone(),
        title: chapter.title.clone(),
        blocks,
    })
}

/// The reason of a revision: 3 to 280 characters.
pub type Reason = Line<3, 280>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{Dice, halden, halden_before, material, random_team};
    use crate::survey::Attribution;

    fn report(attribution: Attribution) -> ClientReport {
        ClientReport::build(&material(&halden(), 8, attribution)).expect("enough answered")
    }

    fn words(text: &str) -> Sentence {
        Sentence::parse(text).expect("a sentence")
    }

    fn json(report: &ClientReport) -> String {
        serde_json::to_string(report).expect("plain data")
    }

    fn section<'a>(report: &'a ClientReport, id: &str) -> Option<&'a Section> {
        report.sections.iter().find(|section| section.id == id)
    }

    fn first_entry(sheet: &Sheet, id: &str) -> Piece {
        let chapter = sheet.chapters.iter().find(|chapter| chapter.id == id);
        let parts = &chapter.expect("the chapter").parts;
        let entry = parts.iter().find_map(|part| match part {
            Part::List { entries } => entries.first(),
            _ => None,
        });
        entry.expect("a list").clone()
    }

    #[test]
    fn a_report_that_nobody_changed_is_printed_as_it_is() {
        for attribution in [
            Attribution::Confidential,
            Attribution::Consultant,
            Attribution::Named,
        ] {
            let original = report(attribution);
            let edited = Edits::default().apply(&original);
            assert_eq!(edited.report, original);
            assert!(edited.set_aside.is_empty());
        }
        let mut dice = Dice(41);
        for _ in 0..20 {
            let team = random_team(&mut dice);
            if let Ok(original) =
                ClientReport::build(&material(&team, team.len(), Attribution::Confidential))
            {
                assert_eq!(Edits::default().apply(&original).report, original);
            }
        }
    }

    #[test]
    fn sentences_read_as_the_consultant_put_them_and_the_original_is_kept() {
        let original = report(Attribution::Confidential);
        let mut edits = Edits::default();
        let sheet = edits.lay_over(&original);
        edits.reword(&sheet.headline, &words("Two teams in one room."));
        edits.reword(&sheet.limits[0], &words("Who is right."));
        let entry = first_entry(&sheet, "part");
        edits.reword(&entry, &words("Said otherwise."));
        // What came back from the disk is the same.
        let kept = serde_json::to_string(&edits).expect("plain data");
        let edits: Edits = serde_json::from_str(&kept).expect("reads");
        let printed = edits.apply(&original).report;
        assert_eq!(printed.headline, "Two teams in one room.");
        assert_eq!(printed.limits[0], "Who is right.");
        // The opening paragraph may say the same: it is a piece of its own.
        let part = format!("{:?}", section(&printed, "part"));
        assert!(part.contains("Said otherwise.") && !part.contains(&entry.original));
        let sheet = edits.lay_over(&original);
        assert_eq!(sheet.headline.original, original.headline);
        assert!(sheet.headline.changed && !sheet.lead.changed);
        assert_eq!(sheet.typed().len(), 3);
        // The original typed again, or asked for, takes the change back.
        let mut back = edits.clone();
        back.reword(&sheet.headline, &words(&original.headline));
        back.restore(&sheet.limits[0]);
        back.restore(&entry);
        assert!(back.is_empty());
    }

    #[test]
    fn what_is_left_out_is_printed_nowhere_and_what_has_to_stay_stays() {
        let original = report(Attribution::Confidential);
        let mut edits = Edits::default();
        let sheet = edits.lay_over(&original);
        let quote = sheet.quotations().next().expect("a quotation").clone();
        assert!(!quote.rewordable);
        let entry = first_entry(&sheet, "part");
        for piece in [&quote, &entry, &sheet.limits[0], &sheet.headline] {
            edits.leave_out(piece, true);
        }
        let chapter = |id: &str| {
            let found = sheet.chapters.iter().find(|chapter| chapter.id == id);
            found.expect("the chapter").whole.clone()
        };
        for id in ["agree", "method", "decisions"] {
            edits.leave_out(&chapter(id), true);
        }
        edits.reword(
            &first_entry(&sheet, "method"),
            &words("We promised nothing."),
        );
        edits.reword(&quote, &words("Words of mine."));
        let printed = edits.apply(&original).report;
        let all = json(&printed);
        assert!(json(&original).contains(&quote.original) && !all.contains(&quote.original));
        assert!(!format!("{:?}", section(&printed, "part")).contains(&entry.original));
        assert!(section(&printed, "agree").is_none());
        assert!(section(&printed, "decisions").is_some());
        assert_eq!(section(&printed, "method"), section(&original, "method"));
        assert_eq!(
            (&printed.limits, &printed.headline),
            (&original.limits, &original.headline)
        );
        assert!(!all.contains("Words of mine."));
        edits.leave_out(&quote, false);
        edits.leave_out(&entry, false);
        edits.leave_out(&chapter("agree"), false);
        assert_eq!(edits.apply(&original).report, original);
    }

    #[test]
    fn decisions_are_moved_and_left_out_on_the_first_page_and_in_the_agenda_too() {
        let original = report(Attribution::Confidential);
        let forks: Vec<Fork> = original.forks().cloned().collect();
        assert!(forks.len() >= 3, "{}", forks.len());
        let mut edits = Edits::default();
        let sheet = edits.lay_over(&original);
        let keys: Vec<String> = sheet.forks().map(|fork| fork.whole.key.clone()).collect();
        edits.move_fork(&sheet, &keys[0], true);
        edits.move_fork(&sheet, &keys[keys.len() - 1], false);
        assert!(edits.is_empty(), "at the ends of the list they stay");
        edits.move_fork(&sheet, &keys[1], true);
        let sheet = edits.lay_over(&original);
        let second = sheet.forks().next().expect("a decision");
        edits.reword(&second.question, &words("What first?"));
        let printed = edits.apply(&original).report;
        let now: Vec<&Fork> = printed.forks().collect();
        assert_eq!(now[0].question, "What first?");
        assert_eq!((now[0].number, now[1].number), (1, 2));
        assert_eq!(now[0].a.check, forks[1].a.check);
        assert_eq!(now[1].question, forks[0].question);
        assert_eq!(printed.decisions[0].question, "What first?");
        let steps = |report: &ClientReport| {
            let blocks = report
                .sections
                .iter()
                .flat_map(|section| section.blocks.clone());
            let agenda = blocks.filter_map(|block| match block {
                Block::Agenda { steps } => Some(steps),
                _ => None,
            });
            agenda.flatten().collect::<Vec<_>>()
        };
        assert_eq!(steps(&printed)[2].what, "What first?");
        edits.leave_out(&sheet.forks().nth(1).expect("another").whole.clone(), true);
        let printed = edits.apply(&original).report;
        assert_eq!(printed.forks().count(), forks.len() - 1);
        assert!(!json(&printed).contains(&forks[0].question));
        let numbers: Vec<usize> = printed.forks().map(|fork| fork.number).collect();
        assert_eq!(numbers, (1..forks.len()).collect::<Vec<_>>());
        let title = &section(&printed, "decisions").expect("there").title;
        assert_ne!(
            *title,
            section(&original, "decisions").expect("there").title
        );
        let each = 60 / (forks.len() - 1);
        assert_eq!(steps(&printed)[2].minutes, each);
        assert_eq!(steps(&printed).last().expect("an end").from, 80);
        let sheet = edits.lay_over(&original);
        for fork in sheet.forks() {
            edits.leave_out(&fork.whole, true);
        }
        let printed = edits.apply(&original).report;
        assert!(printed.decisions.is_empty() && section(&printed, "decisions").is_none());
        let steps = steps(&printed);
        assert_eq!((steps.len(), steps[2].from, steps[2].minutes), (4, 20, 60));
        assert!(
            edits.lay_over(&original).typed().is_empty(),
            "a question left out is not printed"
        );
    }

    #[test]
    fn commentary_comes_after_the_first_page_and_at_the_end_of_chapters() {
        let original = report(Attribution::Confidential);
        let mut edits = Edits::default();
        edits.comment(FIRST_PAGE, "The first page", "Read **this**.".to_owned());
        edits.comment("method", "Method", "So it was done.".to_owned());
        let printed = edits.apply(&original).report;
        assert_eq!(printed.sections[0].id, "commentary");
        assert_eq!(printed.sections.len(), original.sections.len() + 1);
        let method = section(&printed, "method").expect("there");
        assert!(matches!(
            method.blocks.last(),
            Some(Block::Commentary { .. })
        ));
        let typed = edits.lay_over(&original).typed();
        assert_eq!(typed.len(), 2);
        assert_eq!(
            (typed[0].words.as_str(), typed[0].anchor.as_str()),
            ("Read this.", "c-brief")
        );
        edits.comment(FIRST_PAGE, "", String::new());
        edits.comment("method", "", String::new());
        assert!(edits.is_empty());
    }

    #[test]
    fn a_change_whose_words_are_gone_is_set_aside_and_comes_back_with_them() {
        let original = report(Attribution::Confidential);
        let people = halden_before();
        let other =
            ClientReport::build(&material(&people, people.len(), Attribution::Confidential))
                .expect("enough");
        assert_ne!(original.headline, other.headline);
        let mut edits = Edits::default();
        let sheet = edits.lay_over(&original);
        edits.reword(&sheet.headline, &words("Mine."));
        let entry = first_entry(&sheet, "part");
        edits.leave_out(&entry, true);
        edits.comment("gone", "A chapter that went", "Still mine.".to_owned());
        let edited = edits.apply(&other);
        assert_eq!(edited.report.headline, other.headline);
        assert!(!json(&edited.report).contains("Still mine."));
        let aside: Vec<(&str, &str)> = edited
            .set_aside
            .iter()
            .map(|one| (one.original.as_str(), one.typed.as_str()))
            .collect();
        assert_eq!(
            aside,
            [
                (original.headline.as_str(), "Mine."),
                (entry.original.as_str(), ""),
                ("A chapter that went", "Still mine.")
            ]
        );
        assert_eq!(edits.apply(&original).report.headline, "Mine.");
        for one in edited.set_aside {
            edits.forget(&one.key);
        }
        assert!(edits.is_empty());
    }

    #[test]
    fn any_changes_leave_a_report_that_can_be_printed() {
        let mut dice = Dice(7);
        for _ in 0..20 {
            let team = random_team(&mut dice);
            let Ok(original) =
                ClientReport::build(&material(&team, team.len(), Attribution::Confidential))
            else {
                continue;
            };
            let mut edits = Edits::default();
            for _ in 0..dice.roll(30) {
                let sheet = edits.lay_over(&original);
                let keys: Vec<&String> = sheet.pieces.keys().collect();
                let piece = sheet
                    .piece(keys[dice.roll(keys.len())])
                    .expect("a key of its own")
                    .clone();
                match dice.roll(4) {
                    0 => edits.reword(&piece, &words(&format!("Words {}.", dice.roll(9)))),
                    1 => edits.leave_out(&piece, dice.roll(3) > 0),
                    2 => edits.move_fork(&sheet, &piece.key, dice.roll(2) == 0),
                    _ => edits.restore(&piece),
                }
            }
            let edited = edits.apply(&original);
            assert!(edited.set_aside.is_empty(), "the report is the same");
            let numbers: Vec<usize> = edited.report.forks().map(|fork| fork.number).collect();
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
            assert!(edited.report.decisions.len() <= numbers.len().min(3));
            assert_eq!(edits.lay_over(&original).numbered().len(), numbers.len());
        }
    }
}
