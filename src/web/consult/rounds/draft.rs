//! A draft: who will be asked, the letter, and the button that opens the round.

use entity::types::{ExecutiveId, RoundState};
use minijinja::{Value, context};

use super::page::when;
use crate::error::Error;
use crate::store::teams::{self, Executive};
use crate::store::{invitations, rounds};
use crate::survey::{Person, Promise, Provider};
use crate::web::consult::{capital, counted, in_words};
use crate::web::{RoundPath, State};

/// Job title and function, as far as they are known.
pub(super) fn role(person: &Person) -> String {
    [person.title.as_str(), person.function.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The team as it is, and how it differs from the round before.
pub(super) struct Team {
    pub(super) present: Vec<Executive>,
    /// Joined since the round before; nobody where there was none.
    pub(super) joined: Vec<ExecutiveId>,
    /// Names of those asked the last time who are gone.
    pub(super) left: Vec<String>,
}

impl Team {
    /// The team now, compared with those whom `before` asked.
    pub(super) async fn since(
        state: &State,
        path: &RoundPath,
        before: Option<&rounds::Round>,
    ) -> Result<Self, Error> {
        let present: Vec<Executive> = teams::executives(&state.db, &path.access)
            .await?
            .into_iter()
            .filter(|executive| executive.left_at.is_none())
            .collect();
        let Some(before) = before else {
            return Ok(Self {
                present,
                joined: Vec::new(),
                left: Vec::new(),
            });
        };
        let asked =
            invitations::progress(&state.db, &state.tools, &path.access, before.id()).await?;
        let joined = present
            .iter()
            .filter(|executive| {
                !asked
                    .iter()
                    .any(|progress| progress.executive == executive.id)
            })
            .map(|executive| executive.id)
            .collect();
        let left = asked
            .iter()
            .filter(|progress| {
                !progress.revoked
                    && !present
                        .iter()
                        .any(|executive| executive.id == progress.executive)
            })
            .map(|progress| progress.person.name.as_str().to_owned())
            .collect();
        Ok(Self {
            present,
            joined,
            left,
        })
    }
}

pub(super) async fn values(state: &State, path: &RoundPath) -> Result<Value, Error> {
    let before = rounds::previous(&state.db, &path.access, &path.round).await?;
    let team = Team::since(state, path, before.as_ref()).await?;
    let n = team.present.len();
    let elsewhere = rounds::of_team(&state.db, &path.access)
        .await?
        .into_iter()
        .find(|round| round.state() == RoundState::Open)
        .map(|round| round.label().to_owned());
    let past = path.round.closes_at() <= state.now();
    let people: Vec<Value> = team
        .present
        .iter()
        .map(|executive| {
            context! {
                id => executive.id.to_string(),
                name => executive.person.name.as_str(),
                role => role(&executive.person),
                email => executive.person.email.as_str(),
                language => match executive.person.language {
                    Some(language) => language.name().to_owned(),
                    None => format!("{}, as the round", path.round.language().name()),
                },
                joined => team.joined.contains(&executive.id),
            }
        })
        .collect();
    Ok(context! {
        heading => format!("{}: {}", path.round.label(), asked_words(n)),
        lead => format!("A draft: nothing has been sent. Answers will be taken until {}.", when(state, path, path.round.closes_at())),
        warnings => warnings(n, past, elsewhere.as_deref())
            .into_iter()
            .chain(other_model(path.round.provider(), state.provider()))
            .collect::<Vec<_>>(),
        people => people,
        leavers => team.left.join(", "),
        send => send_words(n),
    })
}

fn asked_words(n: usize) -> String {
    match n {
        0 => "nobody to ask yet".to_owned(),
        n => format!("{} will be asked", counted(n, "person", "people")),
    }
}

fn send_words(n: usize) -> String {
    match n {
        0 => "Send the invitations".to_owned(),
        1 => "Send one invitation".to_owned(),
        n => format!("Send {n} invitations"),
    }
}

fn warnings(n: usize, past: bool, elsewhere: Option<&str>) -> Vec<String> {
    let mut warnings = Vec::new();
    if past {
        warnings.push("The closing time has passed. Choose a later one in the settings; then the round can open.".to_owned());
    }
    let fewest = Promise::FEWEST_RESPONSES;
    if (1..fewest).contains(&n) {
        let people = counted(n, "executive", "executives");
        warnings.push(format!(
            "The team has {people}, and there is no report below {} answers. The round can open, but will have no report.",
            in_words(fewest)
        ));
    } else if n == fewest {
        warnings.push(format!(
            "There is no report below {} answers, so everybody has to answer.",
            in_words(fewest)
        ));
    }
    if let Some(label) = elsewhere {
        warnings.push(format!(
            "{} is still open for this team. The same people would be asked twice.",
            capital(label)
        ));
    }
    warnings
}

/// A draft that names another language model than the one that is set cannot open.
fn other_model(named: Option<&Provider>, set: Option<&Provider>) -> Option<String> {
    let named = named.filter(|named| Some(*named) != set)?;
    Some(format!(
        "The settings name a language model of {}, which this server does not use any more. Save the settings again; then the round can open.",
        named.as_str()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_team_is_warned_and_not_refused() {
        assert!(warnings(3, false, None)[0].starts_with("The team has three executives"));
        assert!(warnings(4, false, None)[0].contains("everybody has to answer"));
        assert!(warnings(5, false, None).is_empty());
        assert!(warnings(0, false, None).is_empty());
    }

    #[test]
    fn a_closing_time_in_the_past_and_another_open_round_are_named() {
        let warnings = warnings(8, true, Some("2026-Q3"));
        assert!(warnings[0].contains("closing time has passed"));
        assert!(warnings[1].contains("2026-Q3"));
    }

    #[test]
    fn a_draft_that_names_another_provider_than_the_one_set_is_warned() {
        let (dublin, bonn) = (Provider::parse("A, Dublin"), Provider::parse("B, Bonn"));
        let (dublin, bonn) = (dublin.expect("a name"), bonn.expect("a name"));
        assert!(other_model(None, Some(&dublin)).is_none());
        assert!(other_model(Some(&dublin), Some(&dublin)).is_none());
        for set in [Some(&bonn), None] {
            let said = other_model(Some(&dublin), set).expect("a warning");
            assert!(said.contains("A, Dublin"), "{said}");
        }
    }

    #[test]
    fn buttons_say_how_many_letters_go_out() {
        assert_eq!(send_words(8), "Send 8 invitations");
        assert_eq!(send_words(1), "Send one invitation");
        assert_eq!(asked_words(0), "nobody to ask yet");
    }
}
