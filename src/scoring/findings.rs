//! What the report says, how severe it is, and who stands where.

use std::collections::BTreeMap;

use super::figures::{Stances, asks_made, axes, conflicts, others, unmeasured};
use super::input::{CodedRound, Direction, Question};
use super::output::{AskOutcome, Camps, Finding, FindingKind, Questions};
use super::people::{Team, Theme, ascending};

/// How many priorities the questionnaire asks for (two more are optional).
const ASKED_FOR: f64 = 3.0;
/// The agenda's length, and how many of a kind it takes.
const AGENDA: (usize, usize) = (5, 2);

struct Finder<'a> {
    team: &'a Team<'a>,
    stances: Stances,
    /// Priority lists with at least one theme.
    lists: usize,
    found: Vec<Finding>,
}

/// All findings, most severe first; equally severe ones by kind, then by theme.
pub(super) fn find(
    round: &CodedRound,
    team: &Team<'_>,
    questions: &Questions,
    camps: Option<&Camps>,
) -> Vec<Finding> {
    let lists = questions.priorities.spread.lists;
    let mut finder = Finder {
        team,
        stances: Stances::new(team),
        lists,
        found: Vec::new(),
    };
    finder.trade_offs();
    finder.priorities();
    finder.orphans();
    finder.colliding_asks();
    finder.measures();
    finder.unspoken();
    finder.crowded(questions.priorities.spread.distinct);
    finder.broken_decisions(round);
    finder.shared_ground();
    let mut found = finder.found;
    if let Some(camps) = camps {
        let mut finding = Finding::new(
            FindingKind::Camps,
            Vec::new(),
            camps.silhouette,
            camps.groups.clone(),
        );
        finding.value = Some(camps.p_value);
        found.push(finding);
    }
    found.sort_by(|a, b| {
        b.severity
            .total_cmp(&a.severity)
            .then_with(|| (a.kind, &a.themes, a.question).cmp(&(b.kind, &b.themes, b.question)))
    });
    found
}

/// Positions of the five most severe findings that a decision can settle, at most two of a kind.
pub(super) fn agenda(findings: &[Finding]) -> Vec<usize> {
    let mut taken: BTreeMap<FindingKind, usize> = BTreeMap::new();
    let mut agenda = Vec::new();
    for (i, finding) in findings
        .iter()
        .enumerate()
        .filter(|(_, f)| f.kind.can_be_settled())
    {
        let of_kind = taken.entry(finding.kind).or_default();
        if agenda.len() < AGENDA.0 && *of_kind < AGENDA.1 {
            *of_kind += 1;
            agenda.push(i);
        }
    }
    agenda
}

impl Finding {
    fn new(kind: FindingKind, themes: Vec<String>, severity: f64, sides: Vec<Vec<String>>) -> Self {
        let severity = severity.clamp(0.0, 1.0);
        Self {
            kind,
            themes,
            severity,
            sides,
            question: None,
            functions: Vec::new(),
            value: None,
        }
    }
}

impl Finder<'_> {
    fn ids(&self, people: &[usize]) -> Vec<String> {
        people.iter().map(|i| self.team.id(*i)).collect()
    }

    /// Share of the respondents.
    fn share(&self, people: usize) -> f64 {
        people as f64 / self.team.people.len().max(1) as f64
    }

    fn add(
        &mut self,
        kind: FindingKind,
        themes: &[Theme],
        severity: f64,
        sides: &[Vec<usize>],
    ) -> &mut Finding {
        let sides = sides.iter().map(|side| self.ids(side)).collect();
        let at = self.found.len();
        self.found
            .push(Finding::new(kind, self.team.names(themes), severity, sides));
        &mut self.found[at]
    }

    /// 4ps: 1 when half stands against half. Nothing, unless somebody stands against somebody else.
    fn two_sided(
        &mut self,
        kind: FindingKind,
        themes: &[Theme],
        one: Vec<usize>,
        other: Vec<usize>,
    ) {
        if others(&one, &other) {
            let severity = 4.0 * self.share(one.len()) * self.share(other.len());
            self.add(kind, themes, severity, &[one, other]);
        }
    }

    fn trade_offs(&mut self) {
        for ((a, b), [first, second, both]) in axes(self.team) {
            let with = |side: Vec<usize>| ascending(side.into_iter().chain(both.iter().copied()));
            let (first, second) = (with(first), with(second));
            self.two_sided(FindingKind::OpposedTradeOff, &[a, b], first, second);
        }
    }

    fn priorities(&mut self) {
        let listed: Vec<usize> = (0..self.team.people.len())
            .filter(|i| {
                self.team.people[*i]
                    .priorities
                    .as_ref()
                    .is_some_and(|list| !list.is_empty())
            })
            .collect();
        for t in 0..self.team.themes.len() {
            let theme = [t as Theme];
            let named = self.stances.priority[t].clone();
            self.two_sided(
                FindingKind::ContestedPriority,
                &theme,
                named.clone(),
                self.stances.stop[t].clone(),
            );
            self.two_sided(
                FindingKind::SacrificedPriority,
                &theme,
                named.clone(),
                self.stances.given_up[t].clone(),
            );
            let (count, lists) = (named.len(), self.lists);
            if lists > 1 && count * 10 >= lists * 3 && count * 10 <= lists * 7 {
                let share = count as f64 / lists as f64;
                let not_named = listed
                    .iter()
                    .copied()
                    .filter(|i| named.binary_search(i).is_err())
                    .collect();
                self.add(
                    FindingKind::SplitPriority,
                    &theme,
                    4.0 * share * (1.0 - share),
                    &[named, not_named],
                );
            }
        }
        for theme in unmeasured(self.team, &self.stances, self.lists) {
            let named = self.stances.priority[theme as usize].clone();
            let share = named.len() as f64 / self.lists.max(1) as f64;
            self.add(FindingKind::UnmeasuredPriority, &[theme], share, &[named]);
        }
    }

    /// First priorities that are on nobody else's list, in one finding: one side per theme.
    fn orphans(&mut self) {
        if self.lists < 2 {
            return;
        }
        let firsts = self
            .team
            .people
            .iter()
            .enumerate()
            .filter_map(|(i, p)| Some((*p.priorities.as_ref()?.first()?, i)));
        let orphans = ascending(
            firsts.filter(|(theme, _)| self.stances.priority[*theme as usize].len() == 1),
        );
        if !orphans.is_empty() {
            let (themes, people): (Vec<Theme>, Vec<Vec<usize>>) =
                orphans.into_iter().map(|(t, i)| (t, vec![i])).unzip();
            let severity = self.share(people.len());
            self.add(FindingKind::OrphanPriority, &themes, severity, &people);
        }
    }

    /// One finding per theme: the share of all asks that could be heard.
    fn colliding_asks(&mut self) {
        let made = asks_made(self.team);
        let heard = made
            .iter()
            .filter(|ask| ask.3 != AskOutcome::Unanswered)
            .count();
        let colliding: Vec<_> = made
            .iter()
            .filter(|ask| ask.3 == AskOutcome::Colliding)
            .collect();
        let mut by_theme: BTreeMap<Theme, Vec<_>> = BTreeMap::new();
        for ask in colliding {
            by_theme.entry(ask.2).or_default().push(ask);
        }
        for (theme, hits) in by_theme {
            let functions = ascending(hits.iter().map(|ask| ask.1));
            let asking = ascending(hits.iter().map(|ask| ask.0));
            let team = self.team;
            // By function asked: its first asker, and whether there is another.
            let mut askers: BTreeMap<u32, (usize, bool)> = BTreeMap::new();
            for ask in &hits {
                let first = askers.entry(ask.1).or_insert((ask.0, false));
                first.1 |= first.0 != ask.0;
            }
            let protecting = self
                .stances
                .protectors(theme as usize)
                .into_iter()
                .filter(|i| {
                    let person = &team.people[*i];
                    let asked = askers.get(&person.function);
                    person.asks.is_some() && asked.is_some_and(|(first, more)| *more || first != i)
                })
                .collect();
            let severity = hits.len() as f64 / heard as f64;
            let finding = self.add(
                FindingKind::CollidingAsk,
                &[theme],
                severity,
                &[asking, protecting],
            );
            finding.functions = functions
                .iter()
                .map(|f| team.functions[*f as usize].to_owned())
                .collect();
            finding.value = Some(hits.len() as f64);
        }
    }

    /// The relative spread of the targets; where some aim at least and others at most, 4ps if that is more.
    fn measures(&mut self) {
        for conflict in conflicts(self.team) {
            let two_sided = conflict.opposite.as_ref().map_or(0.0, |(a, b)| {
                4.0 * self.share(a.len()) * self.share(b.len())
            });
            let sides = match conflict.opposite {
                Some((least, most)) => vec![least, most],
                None => conflict.sides,
            };
            let severity = conflict.spread.max(two_sided);
            self.add(
                FindingKind::TargetConflict,
                &[conflict.theme],
                severity,
                &sides,
            )
            .value = Some(conflict.spread);
        }
    }

    fn unspoken(&mut self) {
        let people = self.team.people.len();
        let (without, with): (Vec<usize>, Vec<usize>) =
            (0..people).partition(|i| self.team.responses[*i].trade_offs.is_empty());
        if people > 0 && without.len() * 3 >= people {
            let share = self.share(without.len());
            self.add(FindingKind::UnspokenTradeOffs, &[], share, &[without, with]);
        }
    }

    fn crowded(&mut self, distinct: usize) {
        let ratio = distinct as f64 / ASKED_FOR;
        if ratio >= 2.0 {
            self.add(FindingKind::CrowdedAgenda, &[], ratio / 5.0, &[])
                .value = Some(ratio);
        }
    }

    fn broken_decisions(&mut self, round: &CodedRound) {
        for decision in round.decisions() {
            let theme = self.team.theme(&decision.theme);
            let t = theme as usize;
            let by = &self.stances;
            let against = match decision.direction {
                Direction::Stop => ascending(
                    by.protectors(t)
                        .into_iter()
                        .chain(by.favoured[t].iter().copied()),
                ),
                Direction::Keep => ascending(
                    by.stop[t]
                        .iter()
                        .chain(&by.given_up[t])
                        .chain(&by.ask[t])
                        .copied(),
                ),
            };
            if !against.is_empty() {
                let share = self.share(against.len());
                self.add(FindingKind::BrokenDecision, &[theme], share, &[against]);
            }
        }
    }

    /// What three quarters of those who answered a question say.
    fn shared_ground(&mut self) {
        for question in [
            Question::Priorities,
            Question::TradeOffs,
            Question::Stops,
            Question::Successes,
        ] {
            let answered = self
                .team
                .responses
                .iter()
                .filter(|r| r.answered(question))
                .count();
            let said: Vec<(Vec<Theme>, Vec<usize>)> = match question {
                Question::TradeOffs => axes(self.team)
                    .into_iter()
                    .flat_map(|((a, b), [first, second, both])| {
                        let with = |side: Vec<usize>| {
                            ascending(side.into_iter().chain(both.iter().copied()))
                        };
                        [(vec![a, b], with(first)), (vec![b, a], with(second))]
                    })
                    .collect(),
                Question::Stops => numbered(&self.stances.stop),
                Question::Successes => numbered(&self.stances.success),
                _ => numbered(&self.stances.priority),
            };
            for (themes, people) in said {
                if answered > 1 && people.len() * 4 >= answered * 3 {
                    let share = people.len() as f64 / answered as f64;
                    self.add(FindingKind::SharedGround, &themes, share, &[people])
                        .question = Some(question);
                }
            }
        }
    }
}

fn numbered(who: &[Vec<usize>]) -> Vec<(Vec<Theme>, Vec<usize>)> {
    who.iter()
        .enumerate()
        .map(|(theme, people)| (vec![theme as Theme], people.clone()))
        .collect()
}
