//! Findings in words: one sentence each, and the decision each asks for.

use crate::scoring::{Comparison, Direction, Finding, FindingKind, Question, Target};

use super::desk::Desk;
use super::view::{Choice, Fork, Voice};
use super::words::{capital, list, number, several};
use crate::survey::decision::Check;
use crate::survey::{Count, Way};

/// Most decisions a team is asked to take.
const DECISIONS: usize = 5;
/// Most decisions of one kind.
const OF_A_KIND: usize = 2;
/// Kinds that ask the same of a theme: whether it is a priority of everybody.
const SAME_QUESTION: [FindingKind; 3] = [
    FindingKind::ContestedPriority,
    FindingKind::SacrificedPriority,
    FindingKind::SplitPriority,
];
/// Most first priorities looked at for their names: a sentence holds no more.
const ORPHANS: usize = 12;
/// Most quotations on one side.
const VOICES: usize = 2;

/// A question, its two ways out with who leans to each, and what not deciding costs.
type Dilemma = (String, [(String, String); 2], &'static str);

/// How many people stand on one side.
fn people(finding: &Finding, side: usize) -> usize {
    finding.sides.get(side).map_or(0, Vec::len)
}

impl Desk<'_> {
    fn first_theme(&self, finding: &Finding) -> String {
        finding
            .themes
            .first()
            .map_or_else(String::new, |theme| self.theme(theme))
    }

    fn second_theme(&self, finding: &Finding) -> String {
        finding
            .themes
            .get(1)
            .map_or_else(String::new, |theme| self.theme(theme))
    }

    /// A finding as one sentence. It says who stands where in numbers, and that nobody is wrong by saying no more.
    pub(crate) fn sentence(&self, finding: &Finding) -> String {
        let crowd = self.crowd;
        let (a, b) = (people(finding, 0), people(finding, 1));
        let theme = self.first_theme(finding);
        let text = match finding.kind {
            FindingKind::OpposedTradeOff => {
                let other = self.second_theme(finding);
                format!(
                    "{} {theme} over {other}; {} it the other way round.",
                    crowd.says(a, "favours", "favour"),
                    crowd.brief(b, "sees", "see")
                )
            }
            FindingKind::ContestedPriority => {
                format!(
                    "{} {theme} a priority; {} stop it first.",
                    crowd.says(a, "calls", "call"),
                    crowd.brief(b, "would", "would")
                )
            }
            FindingKind::SacrificedPriority => {
                format!(
                    "{} {theme} a priority; {} it up in a trade-off.",
                    crowd.says(a, "calls", "call"),
                    crowd.brief(b, "gives", "give")
                )
            }
            FindingKind::SplitPriority => {
                // Not how many leave it off: with the first count, that would tell how many gave no list.
                let rest = match crowd.count(a) {
                    Count::NearlyAll => ", but not everybody does",
                    _ => "; the others do not",
                };
                format!(
                    "{} {theme} among their priorities{rest}.",
                    crowd.says(a, "names", "name")
                )
            }
            FindingKind::OrphanPriority => self.orphans(finding),
            FindingKind::CollidingAsk => {
                format!(
                    "{} another function to let {theme} wait; those asked have it among their own priorities or signs of success.",
                    crowd.says(a, "asks", "ask")
                )
            }
            FindingKind::TargetConflict => self.targets_sentence(finding, &theme),
            FindingKind::UnmeasuredPriority => {
                format!(
                    "{} {theme} a priority, and no sign of success puts a number on it.",
                    crowd.says(a, "calls", "call")
                )
            }
            FindingKind::UnspokenTradeOffs => format!(
                "{} no trade-off that the team is making on purpose.",
                crowd.says(a, "names", "name")
            ),
            FindingKind::CrowdedAgenda => format!(
                "The lists hold {} between them, where three were asked for.",
                several(
                    self.material.score.questions.priorities.spread.distinct,
                    "different priority",
                    "different priorities"
                )
            ),
            FindingKind::BrokenDecision => {
                format!(
                    "What {} on {theme} goes against the last debrief’s decision.",
                    crowd.says(a, "says", "say")
                )
            }
            FindingKind::Camps => format!(
                "The answers fall into {} more clearly than chance would make them.",
                several(finding.sides.len(), "group,", "groups,")
            ),
            FindingKind::SharedGround => self.shared(finding),
        };
        capital(&text)
    }

    /// The same in short, after a sentence that has said how many share the theme.
    pub(crate) fn yet(&self, finding: &Finding) -> Option<String> {
        let k = people(finding, 1);
        match finding.kind {
            FindingKind::ContestedPriority => Some(format!(
                "Yet {} stop it first.",
                self.crowd.brief(k, "would", "would")
            )),
            FindingKind::SacrificedPriority => Some(format!(
                "Yet {} it up in a trade-off.",
                self.crowd.brief(k, "gives", "give")
            )),
            _ => None,
        }
    }

    fn orphans(&self, finding: &Finding) -> String {
        let alone: usize = finding.sides.iter().map(Vec::len).sum();
        let text = format!(
            "{} first a priority that is on nobody else’s list",
            self.crowd.says(alone, "puts", "put")
        );
        let themes = self.list(&self.released_orphans(finding));
        if themes.is_empty() {
            text + "."
        } else {
            format!("{text}: {} among them.", list(&themes))
        }
    }

    /// First priorities on nobody else's list whose author released the words, and so the theme.
    fn released_orphans(&self, finding: &Finding) -> Vec<String> {
        let side = |i: usize| finding.sides.get(i).and_then(|side| side.first());
        finding
            .themes
            .iter()
            .enumerate()
            .take(ORPHANS)
            .filter(|(i, theme)| {
                let own = Finding {
                    themes: vec![(*theme).clone()],
                    ..finding.clone()
                };
                self.names_people()
                    || side(*i).is_some_and(|p| super::gate::released(self.material, &own, 0, p))
            })
            .map(|(_, theme)| theme.clone())
            .collect()
    }

    fn shared(&self, finding: &Finding) -> String {
        let k = people(finding, 0);
        let theme = self.first_theme(finding);
        match finding.question {
            Some(Question::TradeOffs) => {
                format!(
                    "{} {theme} over {}.",
                    self.crowd.says(k, "favours", "favour"),
                    self.second_theme(finding)
                )
            }
            Some(Question::Stops) => format!(
                "{} let {theme} go first when capacity is short.",
                self.crowd.says(k, "would", "would")
            ),
            Some(Question::Successes) => format!(
                "{} the quarter by {theme}.",
                self.crowd.says(k, "would judge", "would judge")
            ),
            _ => format!(
                "{} {theme} among their priorities.",
                self.crowd.says(k, "names", "name")
            ),
        }
    }

    fn targets_sentence(&self, finding: &Finding, theme: &str) -> String {
        let sides: Vec<String> = (0..finding.sides.len())
            .filter_map(|side| {
                let target = self.target(finding, side)?;
                Some(format!(
                    "{} for {target}",
                    self.crowd.brief(people(finding, side), "aims", "aim")
                ))
            })
            .collect();
        if sides.len() < 2 {
            return format!("{theme} is measured against targets that differ.");
        }
        format!(
            "the same measure of {theme} has different targets: {}.",
            list(&sides)
        )
    }

    /// The target of one side of a target conflict, without the words in which anybody put it.
    fn target(&self, finding: &Finding, side: usize) -> Option<String> {
        let people = finding.sides.get(side)?;
        let measures = self
            .material
            .coded
            .responses()
            .iter()
            .filter(|r| people.contains(&r.executive));
        let measure = measures
            .flat_map(|r| &r.successes)
            .filter(|s| finding.themes.contains(&s.coded.theme))
            .find_map(|s| s.measure.as_ref())?;
        let how = match measure.comparison {
            Comparison::AtLeast => "at least ",
            Comparison::AtMost => "at most ",
            Comparison::Exactly => "exactly ",
            Comparison::ByDate => "",
        };
        Some(match &measure.target {
            Target::Number(value) => {
                let unit = measure
                    .unit
                    .as_deref()
                    .filter(|u| u.chars().count() <= 3)
                    .unwrap_or_default();
                format!(
                    "{how}{value}{}{unit}",
                    if unit.is_empty() { "" } else { " " }
                )
            }
            Target::Date(date) => date
                .parse::<chrono::NaiveDate>()
                .map_or_else(|_| date.clone(), |d| d.format("%-d %B %Y").to_string()),
        })
    }

    /// What the findings ask the team to decide: the most severe first, at most two of a kind and five in all, and
    /// of several findings that ask the same about one theme only the first.
    pub(crate) fn forks(&self) -> Vec<Fork> {
        let chosen = self.to_settle();
        let forks = chosen.iter().enumerate();
        forks
            .map(|(i, finding)| self.fork(finding, i + 1))
            .collect()
    }

    /// The findings behind the decisions, in their order.
    pub(crate) fn to_settle(&self) -> Vec<&Finding> {
        let mut chosen: Vec<&Finding> = Vec::new();
        for finding in self
            .shown
            .iter()
            .copied()
            .filter(|f| f.kind.can_be_settled())
        {
            let of_kind = chosen.iter().filter(|f| f.kind == finding.kind).count();
            let asked = SAME_QUESTION.contains(&finding.kind)
                && chosen
                    .iter()
                    .any(|f| SAME_QUESTION.contains(&f.kind) && f.themes == finding.themes);
            if chosen.len() < DECISIONS && of_kind < OF_A_KIND && !asked {
                chosen.push(finding);
            }
        }
        chosen
    }

    fn fork(&self, finding: &Finding, number: usize) -> Fork {
        let mut voices = [
            self.voices(finding, 0, VOICES),
            self.voices(finding, 1, VOICES),
        ];
        let (question, [a, b], cost) = self.question(finding);
        if finding.kind == FindingKind::OrphanPriority {
            voices = [self.orphan_voices(finding), Vec::new()];
        }
        let [first, second] = voices;
        let [keep, stop] = self.checks(finding);
        let choice = |(label, lean): (String, String), voices, check| Choice {
            label: capital(&label),
            lean,
            voices,
            check,
        };
        Fork {
            number,
            question,
            a: choice(a, first, keep),
            b: choice(b, second, stop),
            cost: cost.to_owned(),
        }
    }

    /// What the next round would be held against after each way out; nothing where a decision says how, not
    /// whether.
    fn checks(&self, finding: &Finding) -> [Option<Check>; 2] {
        let on = |nth: usize, way| {
            finding.themes.get(nth).map(|theme| Check {
                theme: theme.clone(),
                way,
            })
        };
        match finding.kind {
            FindingKind::OpposedTradeOff => [on(0, Way::Keep), on(1, Way::Keep)],
            FindingKind::ContestedPriority
            | FindingKind::SplitPriority
            | FindingKind::UnmeasuredPriority => [on(0, Way::Keep), on(0, Way::Stop)],
            FindingKind::SacrificedPriority => [on(0, Way::Keep), None],
            FindingKind::CollidingAsk => [on(0, Way::Stop), on(0, Way::Keep)],
            FindingKind::BrokenDecision => {
                let decided = self.material.coded.decisions().iter();
                let mut decided = decided.filter(|d| finding.themes.first() == Some(&d.theme));
                let way = decided.next().map(|d| match d.direction {
                    Direction::Keep => Way::Keep,
                    Direction::Stop => Way::Stop,
                });
                [way.and_then(|way| on(0, way)), None]
            }
            _ => [None, None],
        }
    }

    fn orphan_voices(&self, finding: &Finding) -> Vec<Voice> {
        let sides = finding.sides.iter().flatten().cloned().collect();
        self.voices(
            &Finding {
                sides: vec![sides],
                ..finding.clone()
            },
            0,
            VOICES,
        )
    }

    /// The question of a finding, its two ways out with how many lean to each, and what not deciding costs.
    fn question(&self, finding: &Finding) -> Dilemma {
        let lean = |k: usize, one: &str, many: &str| self.crowd.brief(k, one, many);
        let (a, b) = (people(finding, 0), people(finding, 1));
        let theme = self.first_theme(finding);
        let said = |label: &str, lean: String| (label.to_owned(), lean);
        match finding.kind {
            FindingKind::OpposedTradeOff => {
                let other = self.second_theme(finding);
                (
                    format!("When we cannot have both, do we put {theme} before {other}?"),
                    [
                        (
                            format!("yes, {theme} first"),
                            lean(a, "leans this way", "lean this way"),
                        ),
                        (
                            format!("no, {other} first"),
                            lean(b, "leans this way", "lean this way"),
                        ),
                    ],
                    "Left open, each function settles it for itself, case by case.",
                )
            }
            FindingKind::ContestedPriority => (
                format!("Do we protect {theme} this quarter, or stop it first?"),
                [
                    said(
                        "protect it",
                        format!("a priority for {}", self.crowd.short(a)),
                    ),
                    said(
                        "stop it first",
                        format!("on the stop list of {}", self.crowd.short(b)),
                    ),
                ],
                "Left open, part of the team builds what another part is winding down.",
            ),
            FindingKind::SacrificedPriority => (
                format!("Do we let {theme} give way when something else presses?"),
                [
                    said(
                        "no, it holds",
                        format!("a priority for {}", self.crowd.short(a)),
                    ),
                    said(
                        "yes, it gives way",
                        format!("given up in a trade-off by {}", self.crowd.short(b)),
                    ),
                ],
                "Left open, it is promised in one meeting and traded away in the next.",
            ),
            FindingKind::SplitPriority => (
                format!("Do we count {theme} among the team’s priorities this quarter?"),
                [
                    said(
                        "yes, for everybody",
                        format!("named by {}", self.crowd.short(a)),
                    ),
                    said("not this quarter", "not named by the others".to_owned()),
                ],
                "Left open, it gets part of the team’s effort: too much to be free, too little to finish.",
            ),
            FindingKind::CollidingAsk => (
                format!("Do we let {theme} wait, as asked, or keep it going?"),
                [
                    said("it waits", format!("asked for by {}", self.crowd.short(a))),
                    said(
                        "it keeps its place",
                        format!("protected by {}", self.crowd.short(b)),
                    ),
                ],
                "Left open, the ask is made again each month and turned down each time.",
            ),
            FindingKind::TargetConflict | FindingKind::UnmeasuredPriority => {
                self.measure_question(finding)
            }
            _ => self.team_question(finding),
        }
    }

    /// The same for findings about measures.
    fn measure_question(&self, finding: &Finding) -> Dilemma {
        let lean = |k: usize, one: &str, many: &str| self.crowd.brief(k, one, many);
        let (a, b) = (people(finding, 0), people(finding, 1));
        let theme = self.first_theme(finding);
        let said = |label: &str, lean: String| (label.to_owned(), lean);
        match finding.kind {
            FindingKind::TargetConflict => {
                let way = |side: usize, k: usize| {
                    let target = self
                        .target(finding, side)
                        .unwrap_or_else(|| "another target".to_owned());
                    (target, lean(k, "measures it so", "measure it so"))
                };
                (
                    format!("Which target do we hold ourselves to for {theme}?"),
                    [way(0, a), way(1, b)],
                    "Left open, the same result will be a success to some and a miss to others.",
                )
            }
            _ => (
                format!("How will we know that we succeeded with {theme}?"),
                [
                    said(
                        "agree one measure now",
                        format!("a priority for {}", self.crowd.short(a)),
                    ),
                    said(
                        "take it off the list until it has one",
                        "nobody was asked".to_owned(),
                    ),
                ],
                "Left open, nobody can say in three months whether it went well.",
            ),
        }
    }

    /// The same for findings about the team rather than one theme.
    fn team_question(&self, finding: &Finding) -> Dilemma {
        let lean = |k: usize, one: &str, many: &str| self.crowd.brief(k, one, many);
        let (a, b) = (people(finding, 0), people(finding, 1));
        let said = |label: &str, lean: String| (label.to_owned(), lean);
        match finding.kind {
            FindingKind::OrphanPriority => (
                "What becomes of the first priorities that nobody else names?".to_owned(),
                [
                    said(
                        "they join the team’s list, and something leaves it",
                        lean(
                            finding.sides.iter().map(Vec::len).sum(),
                            "puts such a priority first",
                            "put such a priority first",
                        ),
                    ),
                    said(
                        "they wait, and the team says so",
                        "nobody was asked".to_owned(),
                    ),
                ],
                "Left open, each is pursued alone and competes for the same people.",
            ),
            FindingKind::UnspokenTradeOffs => (
                "Which trade-offs are we making on purpose?".to_owned(),
                [
                    said(
                        "name two or three now",
                        lean(b, "already names one", "already name one"),
                    ),
                    said(
                        "leave each to judge alone",
                        lean(a, "names none", "name none"),
                    ),
                ],
                "Left open, what gives way is decided wherever capacity happens to run out.",
            ),
            FindingKind::CrowdedAgenda => {
                let distinct = self.material.score.questions.priorities.spread.distinct;
                (
                    format!(
                        "Which few of the {} priorities hold for everybody?",
                        number(distinct)
                    ),
                    [
                        said(
                            "three, for the whole team",
                            "three were asked for".to_owned(),
                        ),
                        said(
                            "a longer list, and who carries what",
                            format!("{} were named", number(distinct)),
                        ),
                    ],
                    "Left open, everything is important and what happens first is chance.",
                )
            }
            FindingKind::BrokenDecision => (
                format!(
                    "Do we hold to the last debrief’s decision on {}?",
                    self.first_theme(finding)
                ),
                [
                    said("yes, it stands", "as decided".to_owned()),
                    said(
                        "no, we decide anew",
                        format!("contradicted by {}", self.crowd.short(a)),
                    ),
                ],
                "Left open, the next decision will be taken less seriously.",
            ),
            _ => (
                self.sentence(finding),
                [said("yes", String::new()), said("no", String::new())],
                "",
            ),
        }
    }
}
