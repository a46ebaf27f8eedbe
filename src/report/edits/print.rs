//! From the pieces back to a report, and what is to be known about them.

use std::collections::BTreeSet;

use super::super::client::{ClientReport, first_page};
use super::super::view::{Block, Choice, Fork, Section, Voice};
use super::super::{commentary, sections};
use super::{
    COMMENTARY, Chapter, ChoicePieces, FIRST_PAGE, ForkPieces, Heard, Part, Piece, Place, Said,
    Sheet, Tally, Typed,
};

pub(super) fn all_forks(chapters: &[Chapter]) -> impl Iterator<Item = &ForkPieces> {
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

    pub(super) fn order(&self) -> Vec<String> {
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
            sections.insert(0, sections::chapter(id, title, blocks));
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
