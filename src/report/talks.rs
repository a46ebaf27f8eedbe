//! The order of talks: with whom the consultant speaks before the team meets.

use crate::scoring::Finding;

use super::desk::Desk;
use super::sections::chapter;
use super::view::{Block, Section};
use super::words::{list, number};

/// Most decisions that are talked over before the meeting.
const TALKS: usize = 3;

impl Desk<'_> {
    /// The chapter. It points at people only where the promise names them; else everybody is asked the same.
    pub(crate) fn talks(&self) -> Section {
        let mut items = vec![
            "First the sponsor: the first page and the decisions. Agree that nobody will be asked which answer was theirs."
                .to_owned(),
        ];
        let chosen = self.to_settle();
        let forks: Vec<(&Finding, String)> = chosen
            .into_iter()
            .zip(self.forks())
            .take(TALKS)
            .map(|(finding, fork)| (finding, fork.question))
            .collect();
        if self.names_people() {
            items.extend(forks.iter().filter_map(|(finding, question)| {
                let sides: Vec<String> = finding
                    .sides
                    .iter()
                    .map(|side| {
                        let mut names: Vec<String> = side.iter().filter_map(|id| self.person(id)).collect();
                        names.sort();
                        list(&names)
                    })
                    .filter(|names| !names.is_empty())
                    .collect();
                (sides.len() > 1).then(|| {
                    format!(
                        "Then “{question}”: {}. Ask each what it would take to live with the other answer.",
                        sides.join(" on one side, ") + " on the other"
                    )
                })
            }));
        } else if !forks.is_empty() {
            let questions: Vec<String> = forks
                .iter()
                .map(|(_, question)| format!("“{question}”"))
                .collect();
            items.push(format!(
                "Then each of the {} alone, for ten minutes, on {}: what would it take to live with either answer? Ask everybody the same, so that nobody is singled out.",
                number(self.crowd.size()),
                list(&questions)
            ));
        }
        items.push(if forks.is_empty() {
            "Then the team: there is no decision to force, so the meeting is about what follows from what it agrees on.".to_owned()
        } else {
            "Last the team, in the order of the agenda: what it agrees on, then the decisions, the one with most at stake first.".to_owned()
        });
        chapter("talks", "The order of talks", vec![Block::List { items }])
    }
}
