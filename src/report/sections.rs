//! The chapters of the client's report.

use std::cmp::Reverse;

use crate::scoring::{FindingKind, TradedPair};
use crate::survey::Question;

use super::desk::Desk;
use super::figures;
use super::view::{Block, Section, Standing, Table, ThemeRow, ThemeTable, Voice};
use super::words::{capital, list, list_of, number, several};

/// Most rows of the theme table.
const THEMES: usize = 14;
/// Most quotations in one chapter.
const VOICES: usize = 4;

/// The chapter of that name with its blocks.
pub(crate) fn chapter(id: &str, title: impl Into<String>, blocks: Vec<Block>) -> Section {
    Section {
        id: id.to_owned(),
        title: title.into(),
        blocks,
    }
}

fn quotes(voices: Vec<Voice>) -> Option<Block> {
    (!voices.is_empty()).then_some(Block::Quotes { voices })
}

impl Desk<'_> {
    /// Sentences of the findings of these kinds, the most severe first.
    pub(crate) fn sentences(&self, kinds: &[FindingKind], most: usize) -> Vec<String> {
        self.shown
            .iter()
            .filter(|f| kinds.contains(&f.kind))
            .take(most)
            .map(|f| self.sentence(f))
            .collect()
    }

    /// Shared ground that more than half of all respondents stand on, the most shared first.
    pub(crate) fn common(&self) -> Vec<&crate::scoring::Finding> {
        let n = self.crowd.size();
        let mut common: Vec<_> = self
            .of_kind(FindingKind::SharedGround)
            .filter(|f| f.sides.first().is_some_and(|s| s.len() * 2 > n))
            .collect();
        // What the team wants comes before what it would let go; of what equally many want, what they rank higher.
        common.sort_by_key(|f| {
            (
                f.question,
                Reverse(self.crowd.rank(f.sides[0].len())),
                self.ranks(f.themes.first()),
            )
        });
        common
    }

    /// The sum of a theme's ranks over the lists of priorities that have it.
    fn ranks(&self, theme: Option<&String>) -> usize {
        let lists = self
            .material
            .coded
            .responses()
            .iter()
            .map(|r| &r.priorities);
        lists
            .filter_map(|list| list.iter().position(|coded| Some(&coded.theme) == theme))
            .sum()
    }

    /// Themes on more than half of the lists, the most named first.
    pub(crate) fn on_most_lists(&self) -> Vec<&crate::scoring::ThemeCounts> {
        let n = self.crowd.size();
        let mut most: Vec<_> = self.themes.iter().filter(|t| t.priority * 2 > n).collect();
        most.sort_by_key(|t| (Reverse(self.crowd.rank(t.priority)), t.theme.clone()));
        most
    }

    pub(crate) fn agree(&self) -> Section {
        let common = self.common();
        let mut blocks = Vec::new();
        if common.is_empty() {
            let most: Vec<String> = self
                .on_most_lists()
                .iter()
                .map(|t| format!("{} ({})", self.theme(&t.theme), self.crowd.of(t.priority)))
                .collect();
            blocks.push(Block::text(
                "No priority, trade-off or sign of success is shared by three quarters of you.",
            ));
            if !most.is_empty() {
                blocks.push(Block::text(format!(
                    "Closest to it on your lists of priorities: {}.",
                    list_of(&most, 3)
                )));
            }
            return chapter("agree", "Where you agree", blocks);
        }
        blocks.push(Block::List {
            items: common.iter().map(|f| self.sentence(f)).collect(),
        });
        let mut voices: Vec<Voice> = Vec::new();
        for finding in &common {
            for voice in self.voices(finding, 0, 2) {
                if voices.len() < VOICES && !voices.iter().any(|v| v.text == voice.text) {
                    voices.push(voice);
                }
            }
        }
        blocks.extend(quotes(voices));
        chapter("agree", "Where you agree", blocks)
    }

    pub(crate) fn part(&self) -> Section {
        let mut blocks = Vec::new();
        let kinds = [
            FindingKind::ContestedPriority,
            FindingKind::SacrificedPriority,
            FindingKind::SplitPriority,
            FindingKind::OrphanPriority,
            FindingKind::Camps,
        ];
        // Contradictions first: what is wanted and stopped weighs more than what is on half of the lists.
        let contradictions: Vec<_> = self
            .shown
            .iter()
            .filter(|f| kinds[..2].contains(&f.kind))
            .collect();
        let others = self.shown.iter().filter(|f| {
            kinds[2..].contains(&f.kind)
                && (f.themes.is_empty() || !contradictions.iter().any(|c| c.themes == f.themes))
        });
        let told = contradictions.iter().copied().take(5).chain(others.take(5));
        let items: Vec<String> = told.map(|f| self.sentence(f)).collect();
        blocks.push(if items.is_empty() {
            Block::text("Nothing that some of you put first is stopped, given up or left out by others, as far as this report may say.")
        } else {
            Block::List { items }
        });
        let table = self.theme_table();
        blocks.push(if table.rows.is_empty() {
            Block::Note { text: table.note }
        } else {
            Block::Themes { table }
        });
        if let Some(figure) = figures::strip(self) {
            let spread = &self.material.score.questions.priorities.spread;
            blocks.push(Block::text(format!(
                "{}, {} of them on more than half of the lists. Lists of these lengths could hold between {} and {}.",
                capital(&several(spread.distinct, "different priority", "different priorities")),
                if spread.on_most_lists == 0 { "none".to_owned() } else { number(spread.on_most_lists) },
                number(spread.distinct_fewest),
                number(spread.distinct_most)
            )));
            blocks.push(Block::Figure { figure });
        }
        if let Some((what, so)) = self.illusion().zip(self.verdict()) {
            blocks.push(Block::text(format!("{what} {so}")));
            let priorities = &self.material.score.questions.priorities;
            let figure = priorities.perceived.zip(priorities.measured);
            blocks.extend(figure.map(|(expected, found)| Block::Figure {
                figure: figures::illusion(expected, found),
            }));
        }
        blocks.extend(self.knows_agreed().map(Block::text));
        chapter("part", "Where you part", blocks)
    }

    /// What was expected of the others beside what was found.
    pub(crate) fn illusion(&self) -> Option<String> {
        let figures = &self.material.score.questions.priorities;
        let (expected, found) = (figures.perceived?, figures.measured?);
        let short = |value: f64| format!("{value:.1}").trim_end_matches(".0").to_owned();
        Some(format!(
            "On average you expected most colleagues to name {} of your own first three priorities; they name {}.",
            short(expected),
            short(found)
        ))
    }

    fn verdict(&self) -> Option<&'static str> {
        let figures = &self.material.score.questions.priorities;
        Some(match figures.perceived? - figures.measured? {
            d if d >= 0.5 => "The team looks more aligned from inside than its answers are.",
            d if d <= -0.5 => "The team is closer together than it believes.",
            _ => "That is about what the answers show.",
        })
    }

    fn knows_agreed(&self) -> Option<String> {
        let figures = &self.material.score.questions.priorities;
        let agreed = self.material.coded.agreed_priorities().len();
        let share = figures.knows_three.filter(|_| agreed > 0)?;
        let k = (share * figures.answers.answered as f64).round() as usize;
        Some(format!(
            "{} of the priorities agreed beforehand. In a published survey of 124 organisations, 28 % of the executives and managers \
             responsible for strategy could name three (Sull, Sull and Yoder, MIT Sloan Management Review, 2018).",
            capital(&self.crowd.says(
                k,
                &format!("names {}", number(agreed.min(3))),
                &format!("name {}", number(agreed.min(3)))
            ))
        ))
    }

    fn theme_table(&self) -> ThemeTable {
        let (shown, kept): (Vec<_>, Vec<_>) = self
            .themes
            .iter()
            .filter(|t| t.priority + t.stop + t.success + t.ask > 0)
            .partition(|t| self.may_show(&t.theme));
        let rest = shown.len().saturating_sub(THEMES);
        let rows = shown
            .iter()
            .take(THEMES)
            .map(|t| self.theme_row(t))
            .collect();
        let mut note = Vec::new();
        if !self.names_people() && !shown.is_empty() {
            note.push(
                "A circle is a person; a short ring is one or two, a long ring nearly all. Rows cannot be read across: \
                 the first circle of two rows need not be the same person."
                    .to_owned(),
            );
        }
        if !kept.is_empty() {
            note.push(format!(
                "{} named by one or two people not shown.",
                capital(&several(kept.len(), "theme", "themes"))
            ));
        }
        if rest > 0 {
            note.push(format!(
                "{} mentioned less often left out.",
                capital(&several(rest, "more theme", "more themes"))
            ));
        }
        ThemeTable {
            caption: "Where each theme stands".to_owned(),
            rows,
            note: note.join(" "),
        }
    }

    fn theme_row(&self, t: &crate::scoring::ThemeCounts) -> ThemeRow {
        let n = self.crowd.size();
        // What one or two give up in a trade-off is drawn nowhere, so it must not show here either.
        let given_up = if self.names_people() || t.given_up > 2 {
            t.given_up
        } else {
            0
        };
        let (standing, words) = if t.priority > 0 && t.stop + given_up > 0 {
            (
                Standing::Opposed,
                if t.priority * 4 >= n * 3 {
                    "shared, yet pulled both ways"
                } else {
                    "pulled both ways"
                },
            )
        } else if t.priority * 4 >= n * 3 {
            (Standing::Shared, "shared")
        } else if t.priority > 0 {
            (Standing::Split, "named by part of the team")
        } else {
            (Standing::Unspoken, "nobody’s priority")
        };
        ThemeRow {
            name: self.title(&t.theme),
            standing,
            words: words.to_owned(),
            priority: self.cell(t.priority),
            stop: self.cell(t.stop),
            success: self.cell(t.success),
            ask: self.cell(t.ask),
            traded: self.traded(t),
        }
    }

    /// How often a theme comes first and second in trade-offs. What one or two trade is drawn nowhere, so it is not said here.
    fn traded(&self, t: &crate::scoring::ThemeCounts) -> String {
        let few = if self.names_people() { 0 } else { 2 };
        let said = [(t.favoured, "favoured by"), (t.given_up, "given up by")];
        let parts: Vec<String> = said
            .into_iter()
            .filter(|(k, _)| *k > few)
            .map(|(k, how)| format!("{how} {}", self.crowd.short(k)))
            .collect();
        parts.join(", ")
    }

    pub(crate) fn trade_offs(&self) -> Section {
        let figures = &self.material.score.questions.trade_offs;
        let mut blocks = Vec::new();
        let mut pairs: Vec<&TradedPair> = figures
            .pairs
            .iter()
            .filter(|p| {
                self.names_people()
                    || (p.a_over_b + p.b_over_a > 2 && self.may_show(&p.a) && self.may_show(&p.b))
            })
            .collect();
        let few = figures.pairs.len() - pairs.len();
        pairs.sort_by_key(|p| {
            let sides = [p.a_over_b, p.b_over_a].map(|k| self.crowd.rank(k));
            let [low, high] = [sides[0].min(sides[1]), sides[0].max(sides[1])];
            (Reverse(low), Reverse(high))
        });
        let mut items = self.sentences(&[FindingKind::OpposedTradeOff], 5);
        items.extend(self.traded_and_stopped());
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
        match figures::axes(self, &pairs) {
            Some(figure) => blocks.push(Block::Figure { figure }),
            None if figures.pairs.is_empty() => blocks.push(Block::text(
                "Nobody named a trade-off that the team is making on purpose.",
            )),
            None => blocks.push(Block::text(
                "No trade-off is named by more than two people, so none is drawn.",
            )),
        }
        let silent = self.silence(figures.none, figures.answers.unknown);
        blocks.extend(silent.map(Block::text));
        if few > 0 && few < figures.pairs.len() {
            blocks.push(Block::note(format!(
                "{} named by one or two people not drawn.",
                capital(&several(few, "trade-off", "trade-offs"))
            )));
        }
        chapter("trade-offs", "Trade-offs", blocks)
    }

    fn silence(&self, none: usize, unknown: usize) -> Option<String> {
        let mut parts = Vec::new();
        if none > 0 {
            parts.push(format!(
                "{} no trade-off",
                self.crowd.says(none, "names", "name")
            ));
        }
        if unknown > 0 {
            parts.push(format!(
                "{} they do not know of any",
                self.crowd.brief(unknown, "says", "say")
            ));
        }
        (!parts.is_empty()).then(|| capital(&list(&parts)) + ".")
    }

    /// What is favoured in trade-offs and yet on stop lists, where neither rests on one person.
    fn traded_and_stopped(&self) -> Vec<String> {
        let few = usize::from(!self.names_people());
        self.themes
            .iter()
            .filter(|t| t.favoured > few && t.stop > few && self.may_show(&t.theme))
            .map(|t| {
                let stop = self.crowd.brief(t.stop, "would", "would");
                capital(&format!(
                    "{} {} in a trade-off; {stop} stop it.",
                    self.crowd.says(t.favoured, "favours", "favour"),
                    self.theme(&t.theme)
                ))
            })
            .take(3)
            .collect()
    }

    pub(crate) fn stops(&self) -> Section {
        let figures = &self.material.score.questions.stops;
        let mut stopped: Vec<_> = self.themes.iter().filter(|t| t.stop > 0).collect();
        stopped.sort_by_key(|t| (Reverse(self.crowd.rank(t.stop)), t.theme.clone()));
        let (shown, kept): (Vec<_>, Vec<_>) =
            stopped.into_iter().partition(|t| self.may_show(&t.theme));
        let mut blocks = Vec::new();
        if shown.is_empty() && kept.is_empty() {
            blocks.push(Block::text(
                "Nobody named work that should stop if capacity gets tight.",
            ));
        } else if shown.is_empty() {
            blocks.push(Block::text(
                "No work is on the stop lists of more than two people.",
            ));
        } else {
            let rows = shown
                .iter()
                .take(8)
                .map(|t| {
                    vec![
                        self.title(&t.theme),
                        self.crowd.of(t.stop),
                        self.crowd.of(t.priority),
                    ]
                })
                .collect();
            let head = ["Work", "Would stop it", "Have it as a priority"]
                .map(String::from)
                .to_vec();
            blocks.push(Block::Table {
                table: Table {
                    caption: "What would stop".to_owned(),
                    head,
                    rows,
                },
            });
        }
        if !kept.is_empty() {
            blocks.push(Block::note(format!(
                "{} named by one or two people not shown.",
                capital(&several(kept.len(), "theme", "themes"))
            )));
        }
        let mut voices: Vec<Voice> = Vec::new();
        for t in shown.iter().take(2) {
            voices.extend(self.voices_on(&t.theme, Question::Stops, 1));
        }
        blocks.extend(quotes(voices));
        if figures.answers.unknown > 0 {
            blocks.push(Block::text(format!(
                "{} they do not know what should stop.",
                capital(&self.crowd.says(figures.answers.unknown, "says", "say"))
            )));
        }
        chapter("stops", "What would stop", blocks)
    }

    pub(crate) fn successes(&self) -> Section {
        let figures = &self.material.score.questions.successes;
        let mut blocks = Vec::new();
        if let Some(share) = figures.measured {
            let text = match share {
                s if s <= 0.0 => "No sign of success carries a number or a date.".to_owned(),
                s if s >= 1.0 => "Every sign of success carries a number or a date.".to_owned(),
                s => format!(
                    "{} % of the signs of success carry a number or a date; the others cannot be checked.",
                    figures::whole(s * 100.0)
                ),
            };
            blocks.push(Block::text(text));
        } else {
            blocks.push(Block::text("Nobody said how the quarter is to be judged."));
        }
        let mut items = self.sentences(
            &[FindingKind::TargetConflict, FindingKind::UnmeasuredPriority],
            6,
        );
        let mut named: Vec<_> = self
            .themes
            .iter()
            .filter(|t| t.success > 2 || (t.success > 0 && self.names_people()))
            .collect();
        named.sort_by_key(|t| (Reverse(self.crowd.rank(t.success)), t.theme.clone()));
        let said: Vec<String> = named
            .iter()
            .take(3)
            .map(|t| format!("{} ({})", self.theme(&t.theme), self.crowd.of(t.success)))
            .collect();
        if said.is_empty() && figures.measured.is_some() {
            items.push("No sign of success is named by more than two people.".to_owned());
        } else if !said.is_empty() {
            items.insert(
                0,
                format!("Most named as a sign of success: {}.", list(&said)),
            );
        }
        blocks.push(Block::List { items });
        let voices = named
            .iter()
            .take(2)
            .flat_map(|t| self.voices_on(&t.theme, Question::Successes, 1))
            .collect();
        blocks.extend(quotes(voices));
        if figures.answers.unknown > 0 {
            blocks.push(Block::text(format!(
                "{} they do not know how success would show.",
                capital(&self.crowd.says(figures.answers.unknown, "says", "say"))
            )));
        }
        chapter("success", "Success this quarter", blocks)
    }
}
