//! A closed or published round: the sorting, the report, the sponsor's links, the next round.

use entity::types::RoundState;
use minijinja::{Value, context};

use super::draft::{Team, role};
use super::open::{Tally, stage};
use super::page::when;
use crate::conduct;
use crate::error::Error;
use crate::store::codings::{self, Board};
use crate::store::gate::ConsultantReader;
use crate::store::{coders, consultants, decisions, invitations, reports, rounds};
use crate::survey::{Promise, Question};
use crate::web::consult::assistance;
use crate::web::consult::board::{Filter, words};
use crate::web::consult::coders::{ends_with_publishing, section};
use crate::web::consult::{capital, counted, in_words};
use crate::web::{RoundPath, State, exports};

pub(super) async fn values(state: &State, path: &RoundPath) -> Result<Value, Error> {
    let round = &path.round;
    let published = round.state() == RoundState::Published;
    let progress = invitations::progress(&state.db, &state.tools, &path.access, round.id()).await?;
    let answered = Tally::of(&progress);
    let (texts, confirmed) = codings::count(&state.db, round.id()).await?;
    let left = texts.saturating_sub(confirmed);
    let enough = answered.answered >= Promise::FEWEST_RESPONSES;
    let blind = coders::blind(&state.db, &path.access, round.id()).await?;
    // Neither the sorting nor the index is for the eyes of somebody who codes it blind.
    let sorting = if blind {
        Value::UNDEFINED
    } else {
        sorting(state, path, texts, left, enough).await?
    };
    let people: Vec<Value> = progress
        .iter()
        .map(|one| {
            let (class, words) = stage(one);
            context! {
                name => one.person.name.as_str(), role => role(&one.person),
                stage => class, stage_words => words, revoked => one.revoked,
            }
        })
        .collect();
    let closed = round
        .closed_at()
        .map(|at| when(state, path, at))
        .unwrap_or_default();
    let lead = match round.published_at() {
        Some(at) => format!(
            "Published {}. {}.",
            when(state, path, at),
            capital(&answered.heading())
        ),
        None => format!("Closed {closed}. {}.", capital(&answered.heading())),
    };
    Ok(context! {
        heading => format!("{}: {}", round.label(), if blind { "you are coding it blind".to_owned() } else { headline(published, texts, left) }),
        coders => section(state, path).await?,
        lead => lead,
        warnings => warnings(answered.answered, published),
        sorting => sorting,
        assistance => assistance::value(state, path).await?,
        report => report(state, path, answered.answered, left, blind).await?,
        revisions => revisions(state, path).await?,
        files => exports::links(&format!("/rounds/{}/", round.id())),
        debrief => debrief(state, path).await?,
        shares => shares(state, path).await?,
        share_days => reports::SHARE_LIFE.num_days(),
        successor => successor(state, path).await?,
        trend => conduct::rounds_with_enough(&state.db, &path.access).await? >= 2,
        again => again(&Team::since(state, path, Some(round)).await?, path),
        people => people,
    })
}

fn headline(published: bool, texts: usize, left: usize) -> String {
    if published {
        "the report is published".to_owned()
    } else if texts == 0 {
        "closed without an answer".to_owned()
    } else if left == 0 {
        "everything is sorted".to_owned()
    } else {
        format!(
            "sort {left} of {}",
            counted(texts, "statement", "statements")
        )
    }
}

fn warnings(answered: usize, published: bool) -> Vec<String> {
    if answered == Promise::FEWEST_RESPONSES && !published {
        vec![format!(
            "Only {} have answered: colleagues will guess more easily who said what. Read the client’s report with that in mind before you publish it.",
            in_words(answered)
        )]
    } else {
        Vec::new()
    }
}

async fn sorting(
    state: &State,
    path: &RoundPath,
    texts: usize,
    left: usize,
    enough: bool,
) -> Result<Value, Error> {
    let nothing = |heading: &str, empty: &str| {
        context! {
            heading => heading, rows => Vec::<Value>::new(), empty => empty, index => "", left => 0, board => "", first => "",
        }
    };
    if path.round.erased_at().is_some() {
        return Ok(nothing(
            "The answers have been deleted",
            "As the executives were promised. Themes, scores and counts stay for the comparison with later rounds.",
        ));
    }
    if texts == 0 {
        return Ok(nothing(
            "Nothing to sort",
            "Nobody wrote a statement in this round.",
        ));
    }
    let reader = match ConsultantReader::of(&path.access, &path.round) {
        Ok(reader) => reader,
        // Given access after the round opened: the rest of the page is theirs to see.
        Err(Error::Refused(why)) => {
            return Ok(nothing("The statements are not yours to read", why));
        }
        Err(error) => return Err(error),
    };
    let board = codings::board(&state.db, &state.tools, &reader).await?;
    let published = path.round.state() == RoundState::Published;
    let index = if enough {
        format!(
            "{}.",
            words::index(&conduct::index_now(&state.db, &state.tools, &reader).await?)
        )
    } else {
        words::no_index()
    };
    Ok(context! {
        heading => if published { "The themes" } else { "Sort the statements into themes" },
        rows => Question::ALL.into_iter().map(|question| row(&board, question)).collect::<Vec<_>>(),
        empty => "",
        index => index,
        left => left,
        board => if published { "See the board" } else if left == 0 { "Look at the board again" } else { "Open the board" },
        first => first(&board).key(),
    })
}

fn row(board: &Board, question: Question) -> Value {
    let (all, left) = Filter::Only(question).tally(board);
    let sorted = all - left;
    context! {
        key => question.key(),
        name => words::name(question),
        words => if all == 0 { "no statement".to_owned() } else { format!("{sorted} of {all} sorted") },
        percent => (sorted * 100).checked_div(all).unwrap_or(100),
    }
}

/// The first question with something left to sort.
fn first(board: &Board) -> Question {
    Question::ALL
        .into_iter()
        .find(|question| Filter::Only(*question).tally(board).1 > 0)
        .unwrap_or(Question::Priorities)
}

async fn report(
    state: &State,
    path: &RoundPath,
    answered: usize,
    left: usize,
    blind: bool,
) -> Result<Value, Error> {
    let round = &path.round;
    let fewest = in_words(Promise::FEWEST_RESPONSES);
    let published = round.state() == RoundState::Published;
    let refusal = if answered < Promise::FEWEST_RESPONSES {
        let who = match answered {
            0 => "nobody has".to_owned(),
            1 => "one person has".to_owned(),
            n => format!("{} people have", in_words(n)),
        };
        Some(format!(
            "There is no report below {fewest} answers, as the executives were promised; {who} answered."
        ))
    } else if round.erased_at().is_some() {
        Some("The report went with the answers it quotes. Its figures stay for the comparison with later rounds.".to_owned())
    } else {
        None
    };
    let sentence = if published {
        "It is frozen: the sponsor reads what you published, and the themes stay as they are. What you change afterwards is a new revision, with a reason."
            .to_owned()
    } else if left > 0 {
        "You can read it already; until everything is sorted, the index is a range.".to_owned()
    } else {
        "Read it, put it in your own words where you want to, then publish it: the sponsor reads exactly that, and the themes stay as they are.".to_owned()
    };
    let mut warnings = Vec::new();
    if !published && refusal.is_none() {
        match left {
            0 => {}
            1 => warnings.push("One statement is still where the program put it.".to_owned()),
            n => warnings.push(format!(
                "{n} statements are still where the program put them."
            )),
        }
        if !blind {
            warnings.extend(ends_with_publishing(state, path).await?);
        }
    }
    Ok(
        context! { refusal => refusal, sentence => sentence, publishable => !published, warnings => warnings },
    )
}

/// The revisions, once there are several.
async fn revisions(state: &State, path: &RoundPath) -> Result<Vec<Value>, Error> {
    let all = reports::revisions(&state.db, &state.tools, &path.round).await?;
    if all.len() < 2 || path.round.erased_at().is_some() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for one in all {
        let by = consultants::person(&state.db, &state.tools, one.by).await?;
        lines.push(context! {
            number => one.number,
            at => when(state, path, one.at),
            by => by.name.as_str(),
            reason => one.reason,
        });
    }
    Ok(lines)
}

/// "Opened three times, last on Friday 4 December 2026, 18:00, London time."
fn openings(state: &State, path: &RoundPath, share: &reports::Share) -> String {
    let times = match share.opened {
        0 => return "Not opened yet.".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{} times", in_words(n)),
    };
    let last = share.opened_at.map(|at| when(state, path, at));
    let last = last.unwrap_or_default();
    if share.opened == 1 {
        format!("Opened once, on {last}.")
    } else {
        format!("Opened {times}, last on {last}.")
    }
}

/// How many decisions there are, and what they are for.
async fn debrief(state: &State, path: &RoundPath) -> Result<String, Error> {
    let made = decisions::of_round(&state.db, &path.access, path.round.id())
        .await?
        .len();
    Ok(match made {
        0 => "What the team decides, with one owner each: the next round is read against it."
            .to_owned(),
        n => format!(
            "{} recorded; the next round is read against them.",
            capital(&counted(n, "decision", "decisions"))
        ),
    })
}

async fn shares(state: &State, path: &RoundPath) -> Result<Vec<Value>, Error> {
    if path.round.state() != RoundState::Published {
        return Ok(Vec::new());
    }
    Ok(
        reports::shares(&state.db, &state.tools, &path.round, state.now())
            .await?
            .into_iter()
            .map(|share| {
                context! {
                    id => share.id.to_string(),
                    address => state.address(&format!("/s/{}", share.token)),
                    until => when(state, path, share.expires_at),
                    opened => openings(state, path, &share),
                }
            })
            .collect(),
    )
}

async fn successor(state: &State, path: &RoundPath) -> Result<Option<Value>, Error> {
    Ok(rounds::of_team(&state.db, &path.access)
        .await?
        .into_iter()
        .find(|round| round.previous_id() == Some(path.round.id()))
        .map(|round| context! { id => round.id().to_string(), label => round.label() }))
}

/// What the next round would take over, and who has come and gone since.
fn again(team: &Team, path: &RoundPath) -> String {
    let mut said = vec!["Team, settings and themes carry on; you get a draft to check.".to_owned()];
    let joined: Vec<&str> = team
        .present
        .iter()
        .filter(|executive| team.joined.contains(&executive.id))
        .map(|executive| executive.person.name.as_str())
        .collect();
    if !joined.is_empty() {
        said.push(format!(
            "New since {}: {}.",
            path.round.label(),
            joined.join(", ")
        ));
    }
    if !team.left.is_empty() {
        said.push(format!("Gone since: {}.", team.left.join(", ")));
    }
    if joined.is_empty() && team.left.is_empty() {
        said.push("The team is the same.".to_owned());
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_says_what_is_next() {
        assert_eq!(headline(false, 112, 31), "sort 31 of 112 statements");
        assert_eq!(headline(false, 112, 0), "everything is sorted");
        assert_eq!(headline(false, 0, 0), "closed without an answer");
        assert_eq!(headline(true, 112, 0), "the report is published");
    }

    #[test]
    fn four_answers_bring_a_warning_until_the_report_is_published() {
        assert_eq!(warnings(4, false).len(), 1);
        assert!(warnings(5, false).is_empty());
        assert!(warnings(4, true).is_empty());
    }
}
