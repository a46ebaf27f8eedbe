//! What of the answers may reach the client: which words, which theme names, which findings.

use crate::scoring::{Finding, FindingKind};
use crate::survey::{Question, Quote};

use super::{Material, Quotable, QuoteSide};

/// Fewest words that make a theme's name somebody's sentence rather than a label.
const SENTENCE: usize = 5;

/// The words that their authors did not release.
pub(crate) struct Guarded(Vec<String>);

impl Guarded {
    /// Collects them; statements too short to be anybody's own sentence are left out.
    pub(crate) fn new(quotes: &[Quotable]) -> Self {
        let guarded = quotes
            .iter()
            .filter(|q| q.quote != Quote::Verbatim)
            .map(|q| plain(&q.text));
        Self(guarded.filter(|text| words(text) >= SENTENCE).collect())
    }

    /// Whether a theme's name repeats one of them, whole or from its beginning. Names of up to four words are labels
    /// ("Platform reliability"), whoever else writes them.
    pub(crate) fn repeated_in(&self, name: &str) -> bool {
        let name = plain(name);
        words(&name) >= SENTENCE
            && self
                .0
                .iter()
                .any(|text| text.starts_with(&name) || name.contains(text))
    }

    /// Whether a text repeats five words in a row of one of them.
    pub(crate) fn quoted_in(&self, text: &str) -> bool {
        let text = bare(text);
        self.0.iter().map(|guarded| bare(guarded)).any(|guarded| {
            guarded
                .windows(SENTENCE)
                .any(|said| text.windows(SENTENCE).any(|typed| typed == said))
        })
    }
}

/// The words of a text in small letters, without punctuation.
fn bare(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The same words compare equal whatever their case, spaces and final ellipsis.
fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    let text = text.trim().trim_end_matches(['…', '.']);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> usize {
    text.split(' ').filter(|w| !w.is_empty()).count()
}

/// What the people on one side of a finding said: which texts speak for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    pub(crate) question: Question,
    pub(crate) side: QuoteSide,
    /// Position in the finding's themes; `None` for any of them.
    pub(crate) theme: Option<usize>,
}

const fn says(question: Question) -> Evidence {
    Evidence {
        question,
        side: QuoteSide::Whole,
        theme: None,
    }
}

const fn trades(side: QuoteSide, theme: usize) -> Evidence {
    Evidence {
        question: Question::TradeOffs,
        side,
        theme: Some(theme),
    }
}

/// The texts that speak for the n-th side of a finding of that kind; none where a side only keeps silent.
pub(crate) fn evidence(kind: FindingKind, side: usize) -> Vec<Evidence> {
    use QuoteSide::{Favour, Over};
    match (kind, side) {
        (FindingKind::OpposedTradeOff, 0) => vec![trades(Favour, 0), trades(Over, 1)],
        (FindingKind::OpposedTradeOff, _) => vec![trades(Favour, 1), trades(Over, 0)],
        (FindingKind::ContestedPriority, 1) => vec![says(Question::Stops)],
        (FindingKind::SacrificedPriority, 1) => vec![trades(Over, 0)],
        (FindingKind::CollidingAsk, 0) => vec![says(Question::Asks)],
        (FindingKind::CollidingAsk, _) => {
            vec![says(Question::Priorities), says(Question::Successes)]
        }
        (FindingKind::TargetConflict, _) => vec![says(Question::Successes)],
        (FindingKind::SharedGround, _) => {
            let mut all: Vec<_> = [Question::Priorities, Question::Stops, Question::Successes]
                .map(says)
                .to_vec();
            all.extend([trades(Favour, 0), trades(Over, 1)]);
            all
        }
        (FindingKind::BrokenDecision, _) => vec![says(Question::Priorities), says(Question::Stops)],
        (FindingKind::SplitPriority, 1..)
        | (FindingKind::UnspokenTradeOffs | FindingKind::Camps | FindingKind::CrowdedAgenda, _) => {
            vec![]
        }
        _ => vec![says(Question::Priorities)],
    }
}

/// Texts on a theme of the finding that speak for one of its sides, by anybody.
pub(crate) fn texts<'a>(
    material: &'a Material,
    finding: &Finding,
    side: usize,
) -> Vec<&'a Quotable> {
    let evidence = evidence(finding.kind, side);
    material
        .quotes
        .iter()
        .filter(|quote| {
            evidence.iter().any(|e| {
                e.question == quote.question
                    && e.side == quote.side
                    && match e.theme {
                        Some(position) => finding.themes.get(position) == Some(&quote.theme),
                        None => finding.themes.contains(&quote.theme),
                    }
            })
        })
        .collect()
}

/// Whether that person released every text that speaks for the side. With nothing to show, nothing is released.
pub(crate) fn released(material: &Material, finding: &Finding, side: usize, person: &str) -> bool {
    let mut own = texts(material, finding, side)
        .into_iter()
        .filter(|q| q.executive == person)
        .peekable();
    own.peek().is_some() && own.all(|q| q.quote == Quote::Verbatim)
}

/// Why the client does not read a finding; `None` when it may be printed. Where the report names people by
/// agreement, nothing is held back. Counts are no reason: they read "one or two".
pub(crate) fn held_back(material: &Material, finding: &Finding) -> Option<&'static str> {
    if material.promise.attribution.report_names_people() {
        return None;
    }
    match finding.kind {
        // The second side of these two says nothing, so it can't be quoted against anybody.
        FindingKind::UnspokenTradeOffs | FindingKind::CrowdedAgenda => None,
        FindingKind::Camps => finding
            .sides
            .iter()
            .any(|side| side.len() == 1)
            .then_some("One person stands alone against a group; naming the groups would point at them."),
        FindingKind::OrphanPriority => {
            let alone = finding.sides.iter().flatten().count() < 2;
            (alone && !finding.sides.iter().flatten().any(|person| released(material, finding, 0, person)))
                .then_some("It rests on one person, who did not allow word-for-word quotes of it.")
        }
        kind => finding
            .sides
            .iter()
            .enumerate()
            .filter(|(side, _)| !evidence(kind, *side).is_empty())
            .any(|(side, people)| matches!(people.as_slice(), [one] if !released(material, finding, side, one)))
            .then_some("One side is a single person, who did not allow word-for-word quotes of it."),
    }
}
