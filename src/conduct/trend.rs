//! From a team's rounds to their trend.

use std::collections::{BTreeMap, BTreeSet};

use entity::types::RoundState;
use sea_orm::ConnectionTrait;

use super::coded::coded_round;
use super::frozen::Frozen;
use super::results::standing;
use crate::error::Error;
use crate::report::{
    Basis, ClientReport, Counted, LeftOut, Merge, Part, Period, TrendMaterial, TrendRound,
};
use crate::scoring::{CodedRound, Options, ScoredRound, score_with};
use crate::store::consultants::SignedIn;
use crate::store::gate::{self, ConsultantReader};
use crate::store::organisations::{self, OrganisationAccess};
use crate::store::rounds::{self, Round};
use crate::store::teams::{self, TeamAccess};
use crate::store::{Tools, coders, codings, invitations, reports, themes};
use crate::survey::Promise;

/// A round that counts, its score still to come where there is none yet.
struct Taken {
    coded: CodedRound,
    score: Option<ScoredRound>,
    basis: Basis,
}

/// All rounds of the team that have closed. A published round counts with the score that was published; where
/// themes in use were merged since, with its published codings scored anew under the codebook as it stands now; one that is
/// closed, with its codings of this moment. Scoring is done on a thread of its own.
pub async fn trend(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
) -> Result<TrendMaterial, Error> {
    let all = themes::all(db, access).await?;
    let standing = standing(&all);
    let mut asked = invitations::asked_by_team(db, access).await?;
    let mut closed: Vec<Round> = rounds::of_team(db, access)
        .await?
        .into_iter()
        .filter(|round| round.state() >= RoundState::Closed)
        .collect();
    closed.sort_by_key(|round| (round.opened_at(), round.created_at()));
    let (mut gone, mut blind) = (BTreeSet::new(), false);
    let mut taken = Vec::with_capacity(closed.len());
    let mut frames = Vec::with_capacity(closed.len());
    for round in &closed {
        let people = asked.remove(&round.id()).unwrap_or_default();
        let answered = people.iter().filter(|(_, submitted)| *submitted).count();
        frames.push((people, answered));
        let part = if coders::blind_behind_report(db, access, round)
            .await?
            .is_some()
        {
            blind = true;
            Err(LeftOut::Blind)
        } else if gate::came_later(access, round) {
            Err(LeftOut::CameLater)
        } else if answered < Promise::FEWEST_RESPONSES {
            Err(LeftOut::TooFew)
        } else if round.state() == RoundState::Published {
            let kept = reports::score::<Frozen>(db, access, round.id())
                .await?
                .ok_or_else(|| Error::Broken("a published round has no report".into()))?
                .content;
            let (coded, here) = kept.coded_now(&standing)?;
            let as_published = here.is_empty();
            gone.extend(here);
            Ok(Taken {
                coded,
                basis: if as_published {
                    Basis::Published
                } else {
                    Basis::Recomputed
                },
                score: as_published.then_some(kept.score),
            })
        } else if round.erased_at().is_some() {
            Err(LeftOut::Deleted)
        } else {
            let reader = ConsultantReader::of(access, round)?;
            let (texts, confirmed) = codings::count(db, round.id()).await?;
            Ok(Taken {
                coded: coded_round(db, tools, &reader).await?,
                score: None,
                basis: Basis::Preliminary {
                    unconfirmed: texts.saturating_sub(confirmed),
                },
            })
        };
        taken.push(part);
    }
    let parts = scored(taken).await?;
    let rounds = closed
        .iter()
        .zip(frames)
        .zip(parts)
        .map(|((round, (people, answered)), part)| TrendRound {
            label: round.label().to_owned(),
            period: round
                .opened_at()
                .zip(round.closed_at())
                .map(|(opened_at, closed_at)| Period {
                    opened_at,
                    closed_at,
                    time_zone: round.time_zone(),
                }),
            promise: round.promise(),
            asked: people.into_iter().map(|(id, _)| id.to_string()).collect(),
            answered,
            part,
        })
        .collect();
    let merges = gone
        .into_iter()
        .filter_map(|from| {
            let into = standing.get(&from)?.clone();
            Some(Merge { from, into })
        })
        .collect();
    Ok(TrendMaterial {
        organisation: access.organisation().to_owned(),
        team: access.name().to_owned(),
        rounds,
        theme_names: all
            .iter()
            .map(|theme| (theme.id.to_string(), theme.name.clone()))
            .collect::<BTreeMap<_, _>>(),
        unreleased_names: all
            .iter()
            .filter(|theme| theme.quoted)
            .map(|theme| theme.id.to_string())
            .collect(),
        // A merge is the first coder's work: nothing for who codes blind.
        merges: if blind { Vec::new() } else { merges },
    })
}

/// How many of the team's rounds have closed with enough answers for a report: from two on there is a trend, as far as
/// the reader may see them.
pub async fn rounds_with_enough(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
) -> Result<usize, Error> {
    let asked = invitations::asked_by_team(db, access).await?;
    let enough = |round: &Round| {
        round.state() >= RoundState::Closed
            && asked.get(&round.id()).is_some_and(|people| {
                people.iter().filter(|(_, submitted)| *submitted).count()
                    >= Promise::FEWEST_RESPONSES
            })
    };
    Ok(rounds::of_team(db, access)
        .await?
        .iter()
        .filter(|round| enough(round))
        .count())
}

/// Scores what has no score yet.
async fn scored(taken: Vec<Result<Taken, LeftOut>>) -> Result<Vec<Part>, Error> {
    let missing = taken
        .iter()
        .any(|part| part.as_ref().is_ok_and(|taken| taken.score.is_none()));
    let work = move || -> Vec<Part> { taken.into_iter().map(part).collect() };
    if !missing {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Broken(format!("scoring stopped: {error}")))
}

fn part(taken: Result<Taken, LeftOut>) -> Part {
    match taken {
        Err(reason) => Part::LeftOut(reason),
        Ok(Taken {
            coded,
            score,
            basis,
        }) => {
            // No camps: the trend shows nobody beside anybody.
            let options = Options {
                camp_draws: 0,
                ..Options::default()
            };
            let score = score.unwrap_or_else(|| score_with(&coded, &options));
            Part::Counted(Box::new(Counted {
                coded,
                score,
                basis,
            }))
        }
    }
}

/// The organisation's teams, each with its trend and with the client's report of its latest round on the line (none where
/// it is not published, or has gone with its answers), by name.
pub async fn side_by_side(
    db: &impl ConnectionTrait,
    tools: &Tools,
    who: &SignedIn,
    organisation: &OrganisationAccess,
) -> Result<Vec<(TeamAccess, TrendMaterial, Option<ClientReport>)>, Error> {
    let mut teams = Vec::new();
    for listed in organisations::list(db, who).await? {
        if listed.organisation.id != organisation.id() {
            continue;
        }
        for team in listed.teams {
            let access = teams::access(db, tools, who, team.id).await?;
            let material = trend(db, tools, &access).await?;
            let report = latest_report(db, tools, &access, &material).await?;
            teams.push((access, material, report));
        }
    }
    Ok(teams)
}

async fn latest_report(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    material: &TrendMaterial,
) -> Result<Option<ClientReport>, Error> {
    let on_the_line = |round: &&TrendRound| matches!(round.part, Part::Counted(_));
    let Some(latest) = material.rounds.iter().rev().find(on_the_line) else {
        return Ok(None);
    };
    // A team uses a label once.
    let round = rounds::of_team(db, access)
        .await?
        .into_iter()
        .find(|round| round.label() == latest.label);
    match round.filter(|round| round.state() == RoundState::Published) {
        Some(round) => Ok(reports::client::<ClientReport>(db, tools, &round)
            .await?
            .map(|published| published.content)),
        None => Ok(None),
    }
}
