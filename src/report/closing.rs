//! The chapters after the findings: decisions, the meeting, and how it was done.

use crate::scoring::Question;
use crate::survey::Promise;

use super::coders::TwoCoders;
use super::desk::Desk;
use super::figures;
use super::sections::chapter;
use super::view::{Block, Fork, Section, Step};
use super::words::{capital, list, number, several};

/// What the hour of the meeting is for where there is no decision to force.
pub(crate) const WITHOUT_DECISIONS: &str =
    "What would you stop to protect what you agree on? Agree one measure for it.";

impl Desk<'_> {
    pub(crate) fn method(&self) -> Section {
        let material = self.material;
        let weights = Question::ALL.map(|q| {
            format!(
                "{} {}",
                figures::question_name(q).to_lowercase(),
                figures::whole(
                    share(material.score.weights.of(q), &material.score.weights) * 100.0
                )
            )
        });
        let promise = if self.names_people() {
            "By agreement of the team, this report names people.".to_owned()
        } else {
            format!(
                "Nobody is named. Counts of one and of two read “one or two”, all but one or two “nearly all”; what rests on one person is left out \
                 unless that person allowed the words to be quoted. In a team of {}, colleagues may still guess from the wording.",
                number(material.facts.invited.max(self.crowd.size()))
            )
        };
        let mut items = vec![
            format!(
                "Every executive answered the same five questions alone. Statements about the same thing share a theme: a program proposes it, a person decides{}.",
                match material.unconfirmed {
                    0 => String::new(),
                    1 => " (one is still undecided)".to_owned(),
                    n => format!(" ({} are still undecided)", number(n)),
                }
            ),
            format!(
                "Agreement compares the answers of every two people: rank-biased overlap for the priorities (p = 0.8), the share of common answers for the others. The index is the weighted mean, in per cent: {}.",
                list(&weights)
            ),
            "The team is asked as a whole; it is not a sample, so there is no margin of error. What chance alone would give stands beside the index instead.".to_owned(),
            promise,
            "Quotations are printed only where their author allowed it. Everything else is counted, not quoted.".to_owned(),
            format!(
                "Named answers are deleted {} after the round closes. No report is made below {} responses.",
                several(material.promise.retention_months as usize, "month", "months"),
                number(Promise::FEWEST_RESPONSES)
            ),
        ];
        if let Some(said) = material.coders.as_ref().and_then(TwoCoders::for_client) {
            items.insert(1, said);
        }
        chapter(
            "method",
            "Method, promise and limits",
            vec![Block::List { items }],
        )
    }
}

fn share(weight: f64, weights: &crate::scoring::Weights) -> f64 {
    let sum: f64 = Question::ALL.iter().map(|q| weights.of(*q)).sum();
    if sum > 0.0 { weight / sum } else { 0.0 }
}

/// The chapter with the order of the meeting: an hour for the decisions, equally long each.
pub(crate) fn agenda(forks: &[Fork]) -> Section {
    let mut steps = vec![
        Step {
            from: 0,
            minutes: 10,
            what: "Read the first page in silence. Nobody explains an answer.".to_owned(),
        },
        Step {
            from: 10,
            minutes: 10,
            what: "Where you agree: say what follows from it, and what it rules out.".to_owned(),
        },
    ];
    let each = 60 / forks.len().max(1);
    for (i, fork) in forks.iter().enumerate() {
        steps.push(Step {
            from: 20 + each * i,
            minutes: each,
            what: fork.question.clone(),
        });
    }
    if forks.is_empty() {
        steps.push(Step {
            from: 20,
            minutes: 60,
            what: WITHOUT_DECISIONS.to_owned(),
        });
    }
    steps.push(Step {
        from: 80,
        minutes: 10,
        what: "Read each decision aloud with its owner and date. Agree who tells whom, and when."
            .to_owned(),
    });
    chapter(
        "agenda",
        "An agenda of 90 minutes",
        vec![Block::Agenda { steps }],
    )
}

/// The heading over that many decisions.
pub(crate) fn decisions_title(n: usize) -> String {
    match n {
        0 => "Decisions".to_owned(),
        n => capital(&several(n, "decision to force", "decisions to force")),
    }
}

/// A chapter of decisions.
pub(crate) fn decisions(forks: &[Fork]) -> Section {
    let blocks = if forks.is_empty() {
        vec![Block::text(
            "Nothing in the answers calls for a decision that this report may put.",
        )]
    } else {
        vec![Block::Forks {
            forks: forks.to_vec(),
        }]
    };
    chapter("decisions", decisions_title(forks.len()), blocks)
}
