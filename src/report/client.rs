//! The client's report: what the promise lets everybody read.

use serde::{Deserialize, Serialize};

use crate::scoring::{Finding, FindingKind};
use crate::survey::{Promise, Question};

use super::closing;
use super::desk::Desk;
use super::read_back::since_last;
use super::since::{Since, distance, position};
use super::view::{Block, Fork, Section};
use super::words::{capital, days, list_of, number, several};
use super::{Facts, Material, TooFew};

/// Name and version of the frozen form.
pub const CLIENT_FORMAT: &str = "coherence-client-report/1";

/// Decisions on the first page.
const FIRST_PAGE: usize = 3;

/// A decision as the first page names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// The question for the room.
    pub question: String,
    /// Who leans where, in a clause.
    pub lean: String,
}

/// The client's report. It is frozen as JSON when it is published and printed from that ever after, so it holds
/// finished sentences, quotations that were released, and counts as the promise allows them: nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientReport {
    /// Always [`CLIENT_FORMAT`].
    pub format: String,
    /// The consultant's client.
    pub organisation: String,
    /// The team asked.
    pub team: String,
    /// The round, as in "fourth quarter of 2026".
    pub round: String,
    /// The round in one sentence or two.
    pub headline: String,
    /// Who was asked, when, and how much was said.
    pub meta: Vec<String>,
    /// A warning about small numbers.
    pub warning: Option<String>,
    /// The round in a paragraph.
    pub lead: String,
    /// What is shared.
    pub shared: String,
    /// What is split.
    pub split: String,
    /// What nobody named.
    pub unsaid: String,
    /// At most three decisions to force.
    pub decisions: Vec<Headline>,
    /// What the report can't tell.
    pub limits: Vec<String>,
    /// The chapters after the first page.
    pub sections: Vec<Section>,
}

impl ClientReport {
    /// Turns the material into the client's report; refused where too few answered.
    pub fn build(material: &Material) -> Result<Self, TooFew> {
        material.enough()?;
        Ok(Self::from_desk(&Desk::new(material)))
    }

    /// The decisions it asks for, in order.
    pub fn forks(&self) -> impl Iterator<Item = &Fork> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        blocks
            .filter_map(|block| match block {
                Block::Forks { forks } => Some(forks),
                _ => None,
            })
            .flatten()
    }

    pub(crate) fn from_desk(desk: &Desk<'_>) -> Self {
        let facts = &desk.material.facts;
        let n = desk.crowd.size();
        let since = Since::new(desk);
        let forks = desk.forks();
        let mut chapters = vec![
            desk.agree(),
            desk.part(),
            desk.trade_offs(),
            desk.stops(),
            desk.successes(),
            desk.asks(),
        ];
        chapters.push(closing::decisions(&forks));
        chapters.push(closing::agenda(&forks));
        chapters.push(distance(desk, since.as_ref()));
        chapters.extend(since_last(desk, since.as_ref()));
        chapters.push(desk.method());
        Self {
            format: CLIENT_FORMAT.to_owned(),
            organisation: facts.organisation.clone(),
            team: facts.team.clone(),
            round: super::words::round(&facts.label),
            headline: desk.headline(),
            meta: meta(facts, n),
            warning: (n < Promise::FEW_RESPONSES)
                .then(|| format!("Only {} people answered. With so few, each answer weighs a lot, and colleagues may guess who said what.", number(n))),
            lead: desk.lead(),
            shared: desk.shared_line(),
            split: desk.split_line(),
            unsaid: desk.unsaid_line(),
            decisions: first_page(&forks),
            limits: desk.limits(),
            sections: chapters,
        }
    }
}

/// Who was asked, when, and how much was said.
fn meta(facts: &Facts, answered: usize) -> Vec<String> {
    let who = format!(
        "{}, each alone",
        super::words::answered(answered, facts.invited)
    );
    let said = several(facts.statements, "statement", "statements");
    [
        Some(format!(
            "{}, {}",
            facts.team,
            super::words::round(&facts.label)
        )),
        Some(who),
        facts.period.map(days),
        Some(format!("Five questions, {said}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The decisions that the first page names.
pub(crate) fn first_page(forks: &[Fork]) -> Vec<Headline> {
    forks.iter().take(FIRST_PAGE).map(headline).collect()
}

fn headline(fork: &Fork) -> Headline {
    let lean = |choice: &super::view::Choice| format!("{}: {}", choice.label, choice.lean);
    Headline {
        question: fork.question.clone(),
        lean: format!("{}. {}.", lean(&fork.a), lean(&fork.b)),
    }
}

impl Desk<'_> {
    /// The theme that most of the team shares: shared ground first, then what most lists name.
    fn common_theme(&self) -> Option<(String, bool)> {
        let ground = self.common().into_iter().find(|f| {
            matches!(
                f.question,
                Some(crate::scoring::Question::Priorities | crate::scoring::Question::Successes)
            )
        });
        if let Some(theme) = ground.and_then(|f| f.themes.first()) {
            return Some((theme.clone(), true));
        }
        self.on_most_lists()
            .first()
            .map(|t| (t.theme.clone(), false))
    }

    /// What the team parts over most, in a clause, and the finding behind it.
    fn main_split(&self) -> Option<(String, &Finding)> {
        let split = |f: &&&Finding| {
            matches!(
                f.kind,
                FindingKind::OpposedTradeOff
                    | FindingKind::ContestedPriority
                    | FindingKind::SacrificedPriority
                    | FindingKind::SplitPriority
                    | FindingKind::CollidingAsk
                    | FindingKind::TargetConflict
            )
        };
        let finding = *self.shown.iter().find(split)?;
        let theme = self.theme(finding.themes.first()?);
        let clause = match finding.kind {
            FindingKind::OpposedTradeOff => format!(
                "over {theme} against {}",
                self.theme(finding.themes.get(1)?)
            ),
            FindingKind::TargetConflict => format!("over the target for {theme}"),
            FindingKind::CollidingAsk => format!("over letting {theme} wait"),
            _ => format!("over {theme}"),
        };
        Some((clause, finding))
    }

    pub(crate) fn headline(&self) -> String {
        let distinct = self.material.score.questions.priorities.spread.distinct;
        match (self.common_theme(), self.main_split()) {
            (Some((theme, true)), Some((clause, finding))) if !finding.themes.contains(&theme) => {
                format!("You agree on {}. You part {clause}.", self.theme(&theme))
            }
            (Some((theme, true)), Some((clause, finding))) => {
                if finding.kind == FindingKind::OpposedTradeOff {
                    format!(
                        "You agree on {}. You don’t agree what comes before what: you part {clause}.",
                        self.theme(&theme)
                    )
                } else {
                    format!(
                        "You agree on {}, and part over what may happen to it.",
                        self.theme(&theme)
                    )
                }
            }
            (Some((theme, false)), Some((_, finding)))
                if finding.themes.contains(&theme)
                    && matches!(
                        finding.kind,
                        FindingKind::ContestedPriority
                            | FindingKind::SacrificedPriority
                            | FindingKind::SplitPriority
                    ) =>
            {
                format!(
                    "Most of you name {}, and part over what may happen to it.",
                    self.theme(&theme)
                )
            }
            (Some((theme, false)), Some((clause, _))) => format!(
                "Most of you name {}. You part {clause}.",
                self.theme(&theme)
            ),
            (Some((theme, true)), None) => format!(
                "You agree on {}, and nothing in your answers pulls against it.",
                self.theme(&theme)
            ),
            (Some((theme, false)), None) => format!(
                "Most of you name {}. The rest is spread wide.",
                self.theme(&theme)
            ),
            (None, Some((clause, _))) => {
                format!("No priority is named by most of you. You part most {clause}.")
            }
            (None, None) if distinct > 0 => {
                format!(
                    "{} people, {}, none on most lists.",
                    capital(&number(self.crowd.size())),
                    several(distinct, "priority", "priorities")
                )
            }
            (None, None) => "The answers name no priorities to compare.".to_owned(),
        }
    }

    pub(crate) fn lead(&self) -> String {
        let mut sentences = vec![position(self.material.score.index.words).to_owned()];
        let common = self.common();
        let shared = common
            .first()
            .filter(|f| f.question == Some(crate::scoring::Question::Priorities));
        if let Some(finding) = common.first() {
            sentences.push(self.sentence(finding));
        } else if let Some(t) = self.on_most_lists().first() {
            sentences.push(capital(&format!(
                "{} {} among their priorities.",
                self.crowd.says(t.priority, "names", "name"),
                self.theme(&t.theme)
            )));
        }
        // One sentence a theme: the same theme is often contested and split at once.
        let mut told: Vec<&[String]> = Vec::new();
        // "Most name it" has just been said of that theme.
        let said = common.is_empty().then(|| self.on_most_lists());
        let said = said.and_then(|most| most.first().map(|t| vec![t.theme.clone()]));
        for finding in self.shown.iter().filter(|f| {
            f.kind.can_be_settled()
                && !f.themes.is_empty()
                && f.kind != FindingKind::UnmeasuredPriority
                && !(f.kind == FindingKind::SplitPriority && Some(&f.themes) == said.as_ref())
        }) {
            if told.len() < 2 && !told.contains(&finding.themes.as_slice()) {
                let again = shared.filter(|s| s.themes == finding.themes);
                // Right behind the sentence on the same theme, if there is one.
                match again.and_then(|_| self.yet(finding)) {
                    Some(yet) => sentences.insert(2, yet),
                    None => sentences.push(self.sentence(finding)),
                }
                told.push(&finding.themes);
            }
        }
        sentences.extend(self.illusion());
        sentences.retain(|s| !s.is_empty());
        sentences.join(" ")
    }

    fn shared_line(&self) -> String {
        let mut themes: Vec<String> = Vec::new();
        for finding in self
            .common()
            .into_iter()
            .filter(|f| f.question != Some(crate::scoring::Question::Stops))
        {
            let name = match finding.question {
                Some(crate::scoring::Question::TradeOffs) => {
                    self.list(&finding.themes).join(" over ")
                }
                _ => self
                    .list(&finding.themes[..finding.themes.len().min(1)])
                    .join(""),
            };
            if !themes.contains(&name) {
                themes.push(name);
            }
        }
        if themes.is_empty() {
            "Nothing that three quarters of you name.".to_owned()
        } else {
            capital(&list_of(&themes, 4)) + "."
        }
    }

    fn split_line(&self) -> String {
        let mut themes: Vec<String> = Vec::new();
        for finding in &self.shown {
            let name = match finding.kind {
                FindingKind::OpposedTradeOff => self.list(&finding.themes).join(" against "),
                FindingKind::ContestedPriority
                | FindingKind::SacrificedPriority
                | FindingKind::SplitPriority => self.list(&finding.themes).join(""),
                FindingKind::TargetConflict => {
                    format!("the target for {}", self.list(&finding.themes).join(""))
                }
                _ => continue,
            };
            if !themes.contains(&name) {
                themes.push(name);
            }
        }
        if !themes.is_empty() {
            capital(&list_of(&themes, 4)) + "."
        } else if self.held.is_empty() {
            "Nothing in the answers.".to_owned()
        } else {
            "Nothing that this report may show.".to_owned()
        }
    }

    fn unsaid_line(&self) -> String {
        let questions = &self.material.score.questions;
        let mut parts = Vec::new();
        let silent = questions.trade_offs.none + questions.trade_offs.answers.unknown;
        if silent > 0 {
            parts.push(format!(
                "{} no trade-off.",
                capital(&self.crowd.brief(silent, "names", "name"))
            ));
        }
        let unmeasured: Vec<String> = self
            .of_kind(FindingKind::UnmeasuredPriority)
            .flat_map(|f| self.list(&f.themes))
            .collect();
        if !unmeasured.is_empty() {
            parts.push(format!("Nobody measures {}.", list_of(&unmeasured, 3)));
        }
        let unknown = questions.stops.answers.unknown;
        if unknown > 0 {
            parts.push(format!(
                "{} not know what should stop.",
                capital(&self.crowd.brief(unknown, "does", "do"))
            ));
        } else if !self.themes.iter().any(|t| t.stop > 0) {
            parts.push("Nobody named work that should stop.".to_owned());
        }
        if questions.successes.measured.is_none() {
            parts.push("Nobody said how the quarter is to be judged.".to_owned());
        }
        if questions.asks.list.is_empty() {
            parts.push("Nobody asked another function to let anything wait.".to_owned());
        }
        if parts.is_empty() {
            "Nothing stands out: every question has its answers.".to_owned()
        } else {
            parts.join(" ")
        }
    }

    /// What the report does not know.
    pub(crate) fn limits(&self) -> Vec<String> {
        let material = self.material;
        let mut limits = Vec::new();
        let absent = material.facts.invited.saturating_sub(self.crowd.size());
        if absent > 0 {
            let range = material
                .score
                .index
                .missing
                .as_ref()
                .map_or_else(String::new, |m| {
                    format!(
                        " The index would lie between {} and {} with everybody’s answers.",
                        super::figures::whole(m.low),
                        super::figures::whole(m.high)
                    )
                });
            limits.push(format!(
                "What those who did not answer would have said.{range}"
            ));
        }
        if material.unconfirmed > 0 {
            limits.push(format!(
                "{} still under a theme that nobody has confirmed.",
                capital(&several(
                    material.unconfirmed,
                    "statement is",
                    "statements are"
                ))
            ));
        }
        if material
            .quotes
            .iter()
            .filter(|q| q.question == Question::Priorities)
            .count()
            == 0
            && material.facts.statements == 0
        {
            limits.push("What the team wants: nobody wrote a statement.".to_owned());
        }
        limits.push("Who is right. People who see different things may each see well.".to_owned());
        limits.push(
            "How strongly anybody holds to an answer: it was asked what, not how much.".to_owned(),
        );
        limits
    }
}
