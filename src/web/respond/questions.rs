//! One question a screen: shown, saved while typing, and saved with every button.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use minijinja::context;

use super::form::{self, Action, Step};
use super::proof::{Link, Sent};
use super::shown::values;
use super::view::{Note, check};
use super::{Speech, base, kept};
use crate::error::Error;
use crate::store;
use crate::store::responses::{self, Saved};
use crate::survey::{Draft, Part, Question};
use crate::web::{Fields, State, see_other};

/// Shows one question of the draft.
pub(super) async fn show(
    state: web::Data<State>,
    link: Link,
    path: web::Path<(String, String)>,
    query: web::Query<Fields>,
) -> Result<HttpResponse, Error> {
    let question = asked(&path.1)?;
    let own = responses::own(&state.db, &state.tools, &link.invitation).await?;
    let note = if query.has("saved") {
        Note::Saved
    } else {
        Note::Opened
    };
    let part = own.draft.part(question);
    let speech = Speech::of(&state, &link.invitation);
    state.page(
        "respond/question.html",
        context! {
            ..speech.question(&link.invitation, question, part, &own.draft, note),
            ..speech.page(&link.token, &link.invitation)
        },
    )
}

fn asked(number: &str) -> Result<Question, Error> {
    // One spelling for each page: "01" and "+1" are none.
    Question::ALL
        .into_iter()
        .find(|question| question.number().to_string() == number)
        .ok_or(Error::NotFound)
}

/// Saves one question as typed, then does what the button says.
pub(super) async fn save(
    state: web::Data<State>,
    sent: Sent,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let question = asked(&path.1)?;
    let action = Action::read(&sent.fields);
    let mut typed = form::part(question, &sent.fields);
    form::rearrange(question, &mut typed, action);
    let desk = Desk {
        state: &state,
        sent: &sent,
        question,
    };
    if let Err(mistakes) = form::unkeepable(question, &typed) {
        return desk.refused(&typed, mistakes).await;
    }
    match store_part(&state, &sent, question, typed.clone()).await {
        Ok(Saved::Kept { version }) => desk.kept(Part { version, ..typed }, action).await,
        Ok(Saved::Stale { theirs }) => desk.stale(&typed, &theirs),
        // The round closed while the request was on its way.
        Err(Error::NotFound) => kept::closed(
            desk.speech(),
            sent.invitation.round(),
            &sent.token,
            &sent.fields,
            sent.json,
        ),
        Err(error @ Error::Unavailable { .. }) => {
            tracing::error!(%error, "a draft could not be saved");
            desk.unavailable(&typed).await
        }
        Err(error) => Err(error),
    }
}

async fn store_part(
    state: &State,
    sent: &Sent,
    question: Question,
    typed: Part,
) -> Result<Saved<Part>, Error> {
    let tx = store::begin_write(&state.db).await?;
    let saved = responses::save_part(
        &tx,
        &state.tools,
        &sent.invitation,
        question,
        typed,
        state.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(saved)
}

/// The answers to one save.
struct Desk<'a> {
    state: &'a State,
    sent: &'a Sent,
    question: Question,
}

impl Desk<'_> {
    fn speech(&self) -> Speech<'_> {
        Speech::of(self.state, &self.sent.invitation)
    }

    async fn kept(&self, part: Part, action: Action) -> Result<HttpResponse, Error> {
        if self.sent.json {
            let zone = self.sent.invitation.time_zone();
            let saved = self
                .state
                .now()
                .with_timezone(&zone)
                .format("%H:%M")
                .to_string();
            return Ok(HttpResponse::Ok()
                .json(serde_json::json!({ "version": part.version, "saved": saved })));
        }
        let base = base(&self.sent.token);
        let own = self.question.number();
        let step = Step::Question(self.question);
        let target = match action {
            Action::Next | Action::Send => {
                if let Err(mistakes) = check(self.question, &part) {
                    return self
                        .again(
                            &part,
                            Note::Open(mistakes),
                            StatusCode::UNPROCESSABLE_ENTITY,
                        )
                        .await;
                }
                step.after()
                    .map_or_else(|| base.clone(), |next| format!("{base}/{}", next.path()))
            }
            Action::Back => step.before().map_or_else(
                || base.clone(),
                |before| format!("{base}/{}", before.path()),
            ),
            Action::To(step) => format!("{base}/{}", step.path()),
            Action::Add => format!("{base}/{own}#text.{}", part.entries.len().saturating_sub(1)),
            Action::Up(line) => format!("{base}/{own}#text.{}", line.saturating_sub(1)),
            Action::Down(line) => format!("{base}/{own}#text.{}", line + 1),
            Action::Save => format!("{base}/{own}?saved"),
        };
        Ok(see_other(target))
    }

    async fn refused(
        &self,
        typed: &Part,
        mistakes: crate::survey::Mistakes,
    ) -> Result<HttpResponse, Error> {
        if self.sent.json {
            let speech = self.speech();
            let list: Vec<_> = mistakes
                .iter()
                .map(|mistake| serde_json::json!({ "field": mistake.field, "words": speech.mistake(&mistake.field, &mistake.rule) }))
                .collect();
            return Ok(
                HttpResponse::UnprocessableEntity().json(serde_json::json!({ "mistakes": list }))
            );
        }
        self.again(
            typed,
            Note::Refused(mistakes),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await
    }

    async fn unavailable(&self, typed: &Part) -> Result<HttpResponse, Error> {
        if self.sent.json {
            return Ok(kept::unavailable_json());
        }
        self.again(typed, Note::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
            .await
    }

    /// The same page again, with everything typed.
    async fn again(
        &self,
        part: &Part,
        note: Note,
        status: StatusCode,
    ) -> Result<HttpResponse, Error> {
        let invitation = &self.sent.invitation;
        // The other steps are a comfort: what was typed is shown even where they cannot be read.
        let mut draft = match responses::own(&self.state.db, &self.state.tools, invitation).await {
            Ok(own) => own.draft,
            Err(Error::Unavailable { .. }) => Draft::default(),
            Err(error) => return Err(error),
        };
        *draft.part_mut(self.question) = part.clone();
        let speech = self.speech();
        self.state.page_with(
            status,
            "respond/question.html",
            context! {
                ..speech.question(invitation, self.question, part, &draft, note),
                ..speech.page(&self.sent.token, invitation)
            },
        )
    }

    /// Both versions side by side. The form holds what was just typed, based on the other's
    /// version: sending it again overwrites on purpose.
    fn stale(&self, mine: &Part, theirs: &Part) -> Result<HttpResponse, Error> {
        if self.sent.json {
            let body = serde_json::json!({
                "version": theirs.version,
                "theirs": theirs.entries,
                "unknown": theirs.unknown,
            });
            return Ok(HttpResponse::Conflict().json(body));
        }
        let speech = self.speech();
        let side = |part: &Part| {
            context! {
                lines => values(speech.entries(self.question, &part.entries)),
                unknown => part.unknown,
            }
        };
        let mut hidden: Vec<(String, String)> = Vec::new();
        for (line, entry) in mine.entries.iter().enumerate() {
            hidden.extend(
                form::named(entry)
                    .map(|(name, value)| (format!("{name}.{line}"), value.to_owned())),
            );
        }
        if mine.unknown {
            hidden.push(("unknown".into(), "yes".into()));
        }
        hidden.push(("version".into(), theirs.version.to_string()));
        self.state.page_with(
            StatusCode::CONFLICT,
            "respond/conflict.html",
            context! {
                title => speech.say(&format!("respond-question-{}", self.question.key()), &[]),
                mine => side(mine),
                theirs => side(theirs),
                hidden => kept::pairs(hidden),
                here => format!("{}/{}", base(&self.sent.token), self.question.number()),
                ..speech.page(&self.sent.token, &self.sent.invitation)
            },
        )
    }
}
