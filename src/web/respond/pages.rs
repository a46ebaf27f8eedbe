//! The pages around the questions: the notice before the first, one's own answers after the last,
//! and the way to decline.

use actix_web::{HttpResponse, web};
use minijinja::{Value, context};

use super::form::Step;
use super::proof::{Link, Sent};
use super::{Speech, base, kept};
use crate::conduct;
use crate::error::Error;
use crate::store;
use crate::store::invitations::OpenInvitation;
use crate::store::responses;
use crate::survey::{Draft, Question};
use crate::web::{State, see_other};

/// The notice in the executive's language: what was promised when the round opened, not what
/// today's program would promise.
fn notice(state: &State, invitation: &OpenInvitation) -> Result<Value, Error> {
    let notice = conduct::kept_notice(&state.tools, invitation.round(), invitation.language())?
        .ok_or_else(|| Error::Broken("an open round has no notice".into()))?;
    Ok(context! { headline => notice.headline, lines => notice.lines })
}

/// What is said before anything is asked.
pub(super) async fn welcome(state: web::Data<State>, link: Link) -> Result<HttpResponse, Error> {
    let own = responses::own(&state.db, &state.tools, &link.invitation).await?;
    let begun = own.draft != Draft::default();
    let speech = Speech::of(&state, &link.invitation);
    state.page(
        "respond/welcome.html",
        context! {
            notice => notice(&state, &link.invitation)?,
            submitted => own.submitted.is_some(),
            declined => link.invitation.declined(),
            begun,
            start => if begun { resume(&own.draft).path() } else { Step::Question(Question::Priorities).path() },
            ..speech.page(&link.token, &link.invitation)
        },
    )
}

/// Where somebody who comes back goes on: the first question left alone, else the last step.
fn resume(draft: &Draft) -> Step {
    Question::ALL
        .into_iter()
        .find(|question| draft.part(*question).is_blank())
        .map_or(Step::Last, Step::Question)
}

/// One's own answers as they count.
pub(super) async fn done(state: web::Data<State>, link: Link) -> Result<HttpResponse, Error> {
    let own = responses::own(&state.db, &state.tools, &link.invitation).await?;
    let Some(submitted) = &own.submitted else {
        return Ok(see_other(base(&link.token)));
    };
    let speech = Speech::of(&state, &link.invitation);
    let (answers, quote) = speech.answers(submitted);
    state.page(
        "respond/done.html",
        context! {
            unsent => own.has_unsent_changes(),
            perceived => submitted.perceived,
            answers,
            quote,
            ..speech.page(&link.token, &link.invitation)
        },
    )
}

/// What declining does, and the button.
pub(super) async fn ask_to_decline(
    state: web::Data<State>,
    link: Link,
) -> Result<HttpResponse, Error> {
    let speech = Speech::of(&state, &link.invitation);
    state.page(
        "respond/decline.html",
        context! { declined => link.invitation.declined(), ..speech.page(&link.token, &link.invitation) },
    )
}

/// Declines.
pub(super) async fn decline(state: web::Data<State>, sent: Sent) -> Result<HttpResponse, Error> {
    match store_decline(&state, &sent.invitation).await {
        Ok(()) => Ok(see_other(format!("{}/decline", base(&sent.token)))),
        Err(Error::NotFound) => {
            let speech = Speech::of(&state, &sent.invitation);
            kept::closed(
                speech,
                sent.invitation.round(),
                &sent.token,
                &sent.fields,
                sent.json,
            )
        }
        Err(error) => Err(error),
    }
}

async fn store_decline(state: &State, invitation: &OpenInvitation) -> Result<(), Error> {
    let tx = store::begin_write(&state.db).await?;
    responses::decline(&tx, &state.tools, invitation, state.now()).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Entry;

    #[test]
    fn whoever_comes_back_goes_on_at_the_first_question_left_alone() {
        let mut draft = Draft::default();
        assert_eq!(resume(&draft), Step::Question(Question::Priorities));
        draft.part_mut(Question::Priorities).entries.push(Entry {
            text: "one".into(),
            ..Entry::default()
        });
        draft.part_mut(Question::TradeOffs).unknown = true;
        assert_eq!(resume(&draft), Step::Question(Question::Stops));
        for question in Question::ALL {
            draft.part_mut(question).unknown = true;
        }
        assert_eq!(resume(&draft), Step::Last);
    }
}
