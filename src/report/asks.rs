//! The chapter on what functions ask of each other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::scoring::FindingKind;

use super::desk::Desk;
use super::figures::{self, Asking};
use super::sections::chapter;
use super::view::{Block, Section, Table};
use super::words::{capital, list_of, number, several};

impl Desk<'_> {
    pub(crate) fn asks(&self) -> Section {
        let figures = &self.material.score.questions.asks;
        let total = figures.list.len();
        if total == 0 {
            return chapter(
                "asks",
                "Asks between functions",
                vec![Block::text(
                    "Nobody asked another function to deprioritise anything.",
                )],
            );
        }
        // Asks are counted like people: one or two could be somebody's.
        let asks = |k: usize| match k {
            0 => "none".to_owned(),
            1 | 2 if !self.names_people() => "one or two".to_owned(),
            k => number(k),
        };
        let made = capital(&if total > 2 || self.names_people() {
            format!("{} made.", several(total, "ask", "asks"))
        } else {
            "One or two asks made.".to_owned()
        });
        // A function is often one person: beside the table, outcomes would tell what that person protects (where the
        // finding itself was held back) or that they did not answer.
        let silent = if self.names_people() {
            format!(
                "Not mentioned there: {}. Asked of a function that did not answer: {}.",
                asks(figures.unheard),
                asks(figures.unanswered)
            )
        } else {
            format!(
                "Not mentioned there, or not answered: {}.",
                asks(figures.unheard + figures.unanswered)
            )
        };
        let held = self
            .held
            .iter()
            .any(|(finding, _)| finding.kind == FindingKind::CollidingAsk);
        let text = if held {
            made
        } else {
            format!(
                "{made} Taken up by the function asked: {}. Against what it protects: {}. {silent}",
                asks(figures.taken_up),
                asks(figures.colliding)
            )
        };
        let mut blocks = vec![Block::text(text)];
        let items = self.collisions();
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
        let figure = if self.names_people() {
            figures::asking(&self.asking(), self.ask_matrix())
        } else {
            figures::asked(self.crowd, &self.asked_functions())
        };
        blocks.extend(figure.map(|figure| Block::Figure { figure }));
        chapter("asks", "Asks between functions", blocks)
    }

    /// What is asked to wait and protected by those asked: the themes of equally many people in one sentence.
    fn collisions(&self) -> Vec<String> {
        let mut said: Vec<(String, Vec<String>)> = Vec::new();
        for finding in self.of_kind(FindingKind::CollidingAsk) {
            let asking = finding.sides.first().map_or(0, Vec::len);
            let who = self.crowd.says(asking, "asks", "ask");
            let themes = self.list(&finding.themes);
            match said.iter_mut().find(|(known, _)| *known == who) {
                Some((_, known)) => known.extend(themes),
                None => said.push((who, themes)),
            }
        }
        let sentence = |(who, themes): (String, Vec<String>)| {
            let (each, them) = if themes.len() == 1 {
                ("", "it")
            } else {
                (" in each case", "them")
            };
            capital(&format!(
                "{who} another function to let {} wait{each}; those asked have {them} among their own priorities or signs of success.",
                list_of(&themes, 5)
            ))
        };
        said.into_iter().map(sentence).collect()
    }

    /// Asks from function (row) to function (column). It names people, so only where the promise does.
    pub(crate) fn ask_matrix(&self) -> Table {
        let figures = &self.material.score.questions.asks;
        let mut head = vec!["From".to_owned()];
        head.extend(figures.functions.iter().cloned());
        let rows = figures
            .functions
            .iter()
            .enumerate()
            .map(|(i, function)| {
                let mut row = vec![function.clone()];
                for (j, _) in figures.functions.iter().enumerate() {
                    let of = |matrix: &Vec<Vec<usize>>| {
                        matrix
                            .get(i)
                            .and_then(|r| r.get(j))
                            .copied()
                            .unwrap_or_default()
                    };
                    let (asked, colliding) = (of(&figures.asked), of(&figures.collisions));
                    row.push(match (asked, colliding) {
                        (0, _) => "–".to_owned(),
                        (asked, 0) => asked.to_string(),
                        (asked, colliding) => format!("{asked} ({colliding} against a priority)"),
                    });
                }
                row
            })
            .collect();
        Table {
            caption: "Asks from function to function".to_owned(),
            head,
            rows,
        }
    }

    /// Who asks whom how often, the most asks first. It names people, so only where the promise does.
    fn asking(&self) -> Vec<Asking> {
        let figures = &self.material.score.questions.asks;
        let mut asks: Vec<Asking> = Vec::new();
        for (i, from) in figures.functions.iter().enumerate() {
            for (j, to) in figures.functions.iter().enumerate() {
                let of = |matrix: &[Vec<usize>]| {
                    let cell = matrix.get(i).and_then(|row| row.get(j));
                    cell.copied().unwrap_or_default()
                };
                asks.push(Asking {
                    from: from.clone(),
                    to: to.clone(),
                    asks: of(&figures.asked),
                    colliding: of(&figures.collisions),
                });
            }
        }
        asks.retain(|ask| ask.asks > 0);
        asks.sort_by_key(|ask| Reverse((ask.asks, ask.colliding)));
        asks
    }

    /// By how many people each function of the team is asked, the most first; functions typed freely are taken together.
    fn asked_functions(&self) -> Vec<(String, usize)> {
        let known: BTreeSet<&str> = self
            .material
            .coded
            .executives()
            .iter()
            .map(|e| e.function.as_str())
            .collect();
        let mut asking: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for response in self.material.coded.responses() {
            for ask in &response.asks {
                let function = if known.contains(ask.function.as_str()) {
                    ask.function.clone()
                } else {
                    "Other functions".to_owned()
                };
                asking
                    .entry(function)
                    .or_default()
                    .insert(&response.executive);
            }
        }
        let people = asking
            .into_iter()
            .map(|(function, by)| (function, by.len()));
        let mut functions: Vec<_> = people.collect();
        functions.sort_by_key(|(_, people)| Reverse(self.crowd.rank(*people)));
        functions
    }
}
