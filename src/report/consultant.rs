//! The consultant's report: the client's, and beside it how firm the figures are and what was held back.
//!
//! It counts exactly, since the consultant codes the statements. It ties nobody to a statement: people appear by
//! letter only where no statement does.

use serde::{Deserialize, Serialize};

use crate::scoring::{FindingKind, Question};
use crate::survey::{Attribution, Quote};

use super::client::ClientReport;
use super::desk::Desk;
use super::figures::{question_name, whole};
use super::sections::chapter;
use super::since::Since;
use super::view::{Block, Section, Table};
use super::words::{list, number, several};
use super::{Material, TooFew};

/// The consultant's report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsultantReport {
    /// What the client will read.
    pub client: ClientReport,
    /// What only the consultant reads.
    pub sections: Vec<Section>,
}

impl ConsultantReport {
    /// Turns the material into the consultant's report; refused where too few answered.
    pub fn build(material: &Material) -> Result<Self, TooFew> {
        material.enough()?;
        let desk = Desk::new(material);
        let sections = vec![
            desk.before_publishing(),
            desk.firmness(),
            desk.per_question(),
            desk.distinct_priorities(),
            desk.all_findings(),
            desk.people(),
            desk.objections(),
            desk.talks(),
        ];
        Ok(Self {
            client: ClientReport::from_desk(&desk),
            sections,
        })
    }
}

fn table(caption: &str, head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        table: Table {
            caption: caption.to_owned(),
            head: head.iter().map(|h| (*h).to_owned()).collect(),
            rows,
        },
    }
}

/// A figure with one decimal, or that it is not defined.
fn one(value: Option<f64>) -> String {
    value.map_or_else(|| "not defined".to_owned(), |v| format!("{v:.1}"))
}

/// A share as per cent.
fn per_cent(value: Option<f64>) -> String {
    value.map_or_else(
        || "not defined".to_owned(),
        |v| format!("{} %", whole(v * 100.0)),
    )
}

impl Desk<'_> {
    fn before_publishing(&self) -> Section {
        let mut blocks = Vec::new();
        let telling = self.telling_quotes();
        if self.unnamed.is_empty()
            && self.held.is_empty()
            && self.material.unconfirmed == 0
            && telling.is_empty()
        {
            blocks.push(Block::text("Nothing was held back, every theme has a name of its own, and every statement is sorted."));
        }
        if !telling.is_empty() {
            blocks.push(Block::text("These statements were released word for word, but name a function of the team; a reader may tell who speaks:"));
            blocks.push(Block::List { items: telling });
        }
        if !self.unnamed.is_empty() {
            blocks.push(Block::text(format!(
                "{} named in words that their author did not release for quotation. The client reads “Unnamed theme” until you rename: {}.",
                super::words::capital(&several(self.unnamed.len(), "theme is", "themes are")),
                list(&self.unnamed.iter().filter_map(|id| self.material.theme_names.get(id)).cloned().collect::<Vec<_>>())
            )));
        }
        if self.material.unconfirmed > 0 {
            blocks.push(Block::text(format!(
                "{} on a proposed theme that nobody has confirmed.",
                super::words::capital(&several(
                    self.material.unconfirmed,
                    "statement is",
                    "statements are"
                ))
            )));
        }
        if !self.held.is_empty() {
            blocks.push(Block::Table {
                table: self.held_table(),
            });
        }
        chapter("before", "Before you publish", blocks)
    }

    /// What the client does not read, and why.
    pub(crate) fn held_table(&self) -> Table {
        Table {
            caption: "Held back from the client".to_owned(),
            head: ["Finding", "Themes", "Why"].map(str::to_owned).to_vec(),
            rows: self
                .held
                .iter()
                .map(|(f, why)| {
                    vec![
                        kind(f.kind).to_owned(),
                        self.titles(&f.themes),
                        (*why).to_owned(),
                    ]
                })
                .collect(),
        }
    }

    /// Released statements that name a function of the team, ordered by lot. None where people are named anyway.
    fn telling_quotes(&self) -> Vec<String> {
        if self.names_people() {
            return Vec::new();
        }
        let functions: Vec<String> = self
            .material
            .coded
            .executives()
            .iter()
            .map(|e| e.function.clone())
            .filter(|function| !function.is_empty())
            .collect();
        // With its capital: a launch that people notice does not name the function People.
        let tells = |text: &str| functions.iter().any(|function| names(text, function));
        let released = self
            .material
            .quotes
            .iter()
            .filter(|q| q.quote == Quote::Verbatim && tells(&q.text));
        let mut telling: Vec<String> = released.map(|q| format!("“{}”", q.text)).collect();
        telling.sort_by_key(|text| self.lot("telling", text));
        telling.dedup();
        telling
    }

    pub(crate) fn titles(&self, themes: &[String]) -> String {
        if themes.is_empty() {
            "–".to_owned()
        } else {
            list(
                &themes
                    .iter()
                    .map(|t| self.consultant_title(t))
                    .collect::<Vec<_>>(),
            )
        }
    }

    /// The theme's own name: the consultant gave it.
    fn consultant_title(&self, theme: &str) -> String {
        self.material
            .theme_names
            .get(theme)
            .filter(|n| !n.trim().is_empty())
            .cloned()
            .unwrap_or_else(|| self.title(theme))
    }

    fn firmness(&self) -> Section {
        let index = &self.material.score.index;
        let mut rows = vec![vec!["Index".to_owned(), one(index.value)]];
        let mut add = |what: &str, value: String| rows.push(vec![what.to_owned(), value]);
        if let Some(chance) = &index.chance {
            add("By chance, on average", format!("{:.1}", chance.mean));
            add(
                "By chance, 95th percentile",
                format!("{:.1} ({} draws)", chance.p95, chance.draws),
            );
        }
        add("Adjusted for chance", one(index.adjusted));
        add("Best these lists allow", one(index.ceiling));
        add(
            "Position between chance and best",
            index
                .position
                .map_or_else(|| "not defined".to_owned(), |p| format!("{p:.2}")),
        );
        if let Some(missing) = index.missing.as_ref().filter(|m| m.high > m.low) {
            add(
                "With those who did not answer",
                format!("{:.1} to {:.1}", missing.low, missing.high),
            );
        }
        if let Some(grouping) = index.grouping.as_ref().filter(|g| g.unconfirmed > 0) {
            add(
                "With unconfirmed statements drawn anew",
                format!(
                    "{:.1} to {:.1} ({} unconfirmed)",
                    grouping.p05, grouping.p95, grouping.unconfirmed
                ),
            );
        }
        let left: Vec<f64> = index.leave_one_out.iter().filter_map(|l| l.value).collect();
        if let (Some(low), Some(high)) = (
            left.iter().copied().reduce(f64::min),
            left.iter().copied().reduce(f64::max),
        ) {
            add(
                "Without each person in turn",
                format!("{low:.1} to {high:.1}"),
            );
        }
        let mut blocks = vec![table(
            "The index and what stands beside it",
            &["Figure", "Of 100"],
            rows,
        )];
        if let Some(since) = Since::new(self) {
            blocks.push(Block::text(since.sentence()));
            if since.open() {
                blocks.push(Block::text(since.test()));
            }
        }
        if let Some(coders) = &self.material.coders {
            blocks.push(table("Two coders", &["Figure", "Value"], coders.rows()));
            blocks.push(Block::text(coders.sentence()));
        }
        chapter("firmness", "How firm the figures are", blocks)
    }

    fn per_question(&self) -> Section {
        let q = &self.material.score.questions;
        let n = self.crowd.size();
        let answers = [
            q.priorities.answers,
            q.trade_offs.answers,
            q.stops.answers,
            q.successes.answers,
            q.asks.answers,
        ];
        let rows = Question::ALL
            .iter()
            .zip(answers)
            .map(|(question, a)| {
                vec![
                    question_name(*question).to_owned(),
                    per_cent(a.agreement),
                    format!("{} of {n}", a.answered),
                    a.unknown.to_string(),
                ]
            })
            .collect();
        let spread = |name: &str, s: &crate::scoring::Spread| {
            vec![
                name.to_owned(),
                s.lists.to_string(),
                format!(
                    "{} ({} to {} possible)",
                    s.distinct, s.distinct_fewest, s.distinct_most
                ),
                s.on_every_list.to_string(),
                s.on_most_lists.to_string(),
                s.on_one_list.to_string(),
                per_cent(s.jaccard),
                per_cent(s.jaccard_adjusted),
            ]
        };
        let cycles: Vec<String> = q
            .trade_offs
            .cycles
            .iter()
            .take(3)
            .map(|c| {
                c.iter()
                    .map(|t| self.consultant_title(t))
                    .collect::<Vec<_>>()
                    .join(" over ")
            })
            .collect();
        let mut items = vec![
            format!(
                "Trade-offs: {} of those who speak to the same pair of themes stand opposed.",
                per_cent(q.trade_offs.opposed_share)
            ),
            format!(
                "Success: {} of the statements have a measure.",
                per_cent(q.successes.measured)
            ),
            format!(
                "Asks: {} taken up, {} against what the function protects, {} not mentioned there, {} unanswered.",
                q.asks.taken_up, q.asks.colliding, q.asks.unheard, q.asks.unanswered
            ),
        ];
        if !cycles.is_empty() {
            items.push(format!(
                "By majority the team prefers in a circle: {}.",
                cycles.join("; ")
            ));
        }
        let mut blocks = vec![
            table(
                "Answers and agreement",
                &["Question", "Agreement", "Answered", "“I don’t know”"],
                rows,
            ),
            table(
                "How lists overlap",
                &[
                    "Lists",
                    "How many",
                    "Distinct themes",
                    "On every list",
                    "On most",
                    "On one only",
                    "Jaccard",
                    "Adjusted",
                ],
                vec![
                    spread("Priorities", &q.priorities.spread),
                    spread("What would stop", &q.stops.spread),
                ],
            ),
            Block::List { items },
        ];
        // The asker's function is kept from everybody in the confidential mode.
        if self.material.promise.attribution != Attribution::Confidential && !q.asks.list.is_empty()
        {
            blocks.push(Block::Table {
                table: self.ask_matrix(),
            });
        }
        chapter("questions", "Question by question", blocks)
    }

    fn distinct_priorities(&self) -> Section {
        let mut rows: Vec<_> = self.themes.iter().filter(|t| t.priority > 0).collect();
        rows.sort_by(|a, b| {
            b.priority
                .cmp(&a.priority)
                .then_with(|| a.theme.cmp(&b.theme))
        });
        let lists = self.material.score.questions.priorities.spread.lists;
        let rows = rows
            .into_iter()
            .map(|t| {
                let place = match t.priority {
                    k if k == lists => "every list",
                    k if k * 2 > lists => "most lists",
                    1 => "one list only",
                    _ => "some lists",
                };
                let counts = [t.priority, t.stop, t.success, t.ask, t.favoured, t.given_up]
                    .map(|k| k.to_string());
                let mut row = vec![self.consultant_title(&t.theme), place.to_owned()];
                row.extend(counts);
                row
            })
            .collect();
        let head = [
            "Theme",
            "On",
            "Priority",
            "Stop",
            "Success",
            "Asked to wait",
            "Favoured",
            "Given up",
        ];
        chapter(
            "distinct",
            "The distinct priorities",
            vec![table("Exact counts of people", &head, rows)],
        )
    }

    fn all_findings(&self) -> Section {
        let rows: Vec<Vec<String>> = self
            .material
            .score
            .findings
            .iter()
            .map(|f| {
                let sides: Vec<String> = f.sides.iter().map(|s| s.len().to_string()).collect();
                let held = self.held.iter().any(|(h, _)| std::ptr::eq(*h, f));
                vec![
                    kind(f.kind).to_owned(),
                    self.titles(&f.themes),
                    if sides.is_empty() {
                        "–".to_owned()
                    } else {
                        sides.join(" / ")
                    },
                    format!("{:.2}", f.severity),
                    if held { "held back" } else { "may be shown" }.to_owned(),
                ]
            })
            .collect();
        let blocks = if rows.is_empty() {
            vec![Block::text(
                "No finding: the answers neither share nor oppose anything by the rules of the method.",
            )]
        } else {
            vec![table(
                "All findings, the most severe first",
                &[
                    "Finding",
                    "Themes",
                    "People on each side",
                    "Severity",
                    "Client",
                ],
                rows,
            )]
        };
        chapter("findings", "All findings", blocks)
    }

    fn people(&self) -> Section {
        let roster = self.roster();
        let score = &self.material.score;
        let mut blocks = Vec::new();
        let name = |id: &String| {
            roster
                .iter()
                .find(|(known, _)| known == id)
                .map_or_else(|| "?".to_owned(), |(_, name)| name.clone())
        };
        let by_name = self.names_people();
        if !by_name && !self.material.settled {
            let text = "Who answers alike is shown once the report is published. While statements are still being sorted, moving one would show whose figures move with it.";
            return chapter("people", "Who is close to whom", vec![Block::note(text)]);
        }
        if !by_name {
            blocks.push(Block::note("Letters are drawn by lot and stand for the same person in the tables of this chapter only. No letter can be tied to a statement."));
        }
        if let Some(similarity) = score.similarity.as_ref().filter(|_| roster.len() <= 30) {
            let at = |id: &String| similarity.executives.iter().position(|e| e == id);
            let head: Vec<&str> = std::iter::once("")
                .chain(roster.iter().map(|(_, name)| name.as_str()))
                .collect();
            let rows = roster
                .iter()
                .map(|(row, name)| {
                    let cells = roster.iter().map(|(column, _)| {
                        if row == column {
                            return "–".to_owned();
                        }
                        let value = at(row)
                            .zip(at(column))
                            .and_then(|(i, j)| *similarity.matrix.get(i)?.get(j)?);
                        value.map_or_else(|| "n/a".to_owned(), |v| whole(v * 100.0))
                    });
                    std::iter::once(name.clone()).chain(cells).collect()
                })
                .collect();
            blocks.push(table(
                "How alike two people’s answers are, of 100",
                &head,
                rows,
            ));
        }
        if !by_name {
            let values = score
                .index
                .leave_one_out
                .iter()
                .filter_map(|left| left.value);
            let (low, high) = values
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                    (low.min(value), high.max(value))
                });
            if low <= high {
                blocks.push(Block::text(format!(
                    "Without any one of them the index would lie between {} and {}.",
                    whole(low),
                    whole(high)
                )));
            }
        }
        let rows: Vec<Vec<String>> = roster
            .iter()
            .filter_map(|(id, name)| {
                let left = score
                    .index
                    .leave_one_out
                    .iter()
                    .find(|l| l.executive == *id)?;
                Some(vec![name.clone(), one(left.value)])
            })
            .collect();
        if by_name && !rows.is_empty() {
            blocks.push(table(
                "The index without each person",
                &["Without", "Index"],
                rows,
            ));
        }
        if let Some(camps) = &score.camps {
            let groups: Vec<String> = camps
                .groups
                .iter()
                .map(|group| {
                    let mut names: Vec<String> = group.iter().map(name).collect();
                    names.sort();
                    list(&names)
                })
                .collect();
            blocks.push(Block::text(format!(
                "The answers fall into {}: {}. Silhouette {:.2}, p = {:.3}.",
                several(groups.len(), "group", "groups"),
                groups.join("; "),
                camps.silhouette,
                camps.p_value
            )));
        }
        chapter("people", "Who is close to whom", blocks)
    }

    fn objections(&self) -> Section {
        let score = &self.material.score;
        let n = self.crowd.size();
        let mut items = vec![format!(
            "“{} people are no statistics.” They are the whole team, not a sample of it: these are their answers, counted.",
            super::words::capital(&number(n))
        )];
        if let (Some(value), Some(chance)) = (score.index.value, &score.index.chance) {
            items.push(format!(
                "“People only used different words.” Statements were compared by theme, not by wording. Lists filled by chance would give {}; yours give {}.",
                whole(chance.mean),
                whole(value)
            ));
        }
        if let Some(ceiling) = score.index.ceiling {
            items.push(format!("“Nobody ever reaches 100.” True: lists of these lengths allow {} at best, and the position is read between chance and that.", whole(ceiling)));
        }
        items.push("“Of course functions differ.” They answered what the team’s priorities are, not what their own are.".to_owned());
        chapter(
            "objections",
            "Likely objections, and what the answers say",
            vec![Block::List { items }],
        )
    }
}

pub(crate) fn kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::OpposedTradeOff => "Opposed trade-off",
        FindingKind::ContestedPriority => "Contested priority",
        FindingKind::SacrificedPriority => "Sacrificed priority",
        FindingKind::SplitPriority => "Split priority",
        FindingKind::OrphanPriority => "First priorities alone",
        FindingKind::CollidingAsk => "Colliding ask",
        FindingKind::TargetConflict => "Conflicting targets",
        FindingKind::UnmeasuredPriority => "Unmeasured priority",
        FindingKind::UnspokenTradeOffs => "Unspoken trade-offs",
        FindingKind::CrowdedAgenda => "Crowded agenda",
        FindingKind::BrokenDecision => "Broken decision",
        FindingKind::Camps => "Groups",
        FindingKind::SharedGround => "Shared ground",
    }
}

/// Whether the text has that name as words of its own.
pub(crate) fn names(text: &str, name: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(name).any(|(at, found)| {
        !word(text[..at].chars().next_back()) && !word(text[at + found.len()..].chars().next())
    })
}
