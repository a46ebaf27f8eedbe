//! Changes laid over a report, piece by piece.

use std::collections::{BTreeMap, BTreeSet};

use super::super::client::ClientReport;
use super::super::view::{Block, Choice, Fork, Step, Voice};
use super::super::{closing, commentary};
use super::print::all_forks;
use super::{
    Address, Chapter, ChoicePieces, DECISIONS, Edits, FIRST_PAGE, ForkPieces, Heard, METHOD, Part,
    Piece, Place, Said, SetAside, Sheet, StepPiece, digest,
};

/// Lays changes over a report, piece by piece.
pub(super) struct Layer<'a> {
    edits: &'a Edits,
    pieces: BTreeMap<String, Piece>,
    met: BTreeSet<Address>,
}

impl<'a> Layer<'a> {
    pub(super) fn new(edits: &'a Edits) -> Self {
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

    pub(super) fn sheet(mut self, original: &ClientReport) -> Sheet {
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
