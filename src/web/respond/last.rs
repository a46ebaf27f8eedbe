//! The last step: perceived alignment, consent, a look at all five answers, and sending them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use minijinja::{Value, context};

use super::form::{self, Action, Step};
use super::proof::{Link, Sent};
use super::{Speech, base, kept};
use crate::error::Error;
use crate::store;
use crate::store::responses::{self, OwnResponse, Saved};
use crate::survey::draft::Closing;
use crate::survey::{Draft, Mistakes, Question, Quote, Rule};
use crate::web::{Fields, State, see_other};

/// What the page says above its heading.
enum Note {
    Opened,
    Saved,
    /// Saved, and not sent because of these.
    Open(Mistakes),
    /// Not saved: no choice of the page.
    Refused(Mistakes),
    Unavailable,
}

/// Shows the last step.
pub(super) async fn show(
    state: web::Data<State>,
    link: Link,
    query: web::Query<Fields>,
) -> Result<HttpResponse, Error> {
    let own = responses::own(&state.db, &state.tools, &link.invitation).await?;
    let note = if query.has("saved") {
        Note::Saved
    } else {
        Note::Opened
    };
    let speech = Speech::of(&state, &link.invitation);
    let page = page(speech, &base(&link.token), &own, note);
    state.page(
        "respond/last.html",
        context! { ..page, ..speech.page(&link.token, &link.invitation) },
    )
}

fn page(speech: Speech<'_>, base: &str, own: &OwnResponse, note: Note) -> Value {
    let draft = &own.draft;
    let key = match &note {
        Note::Opened => "opened",
        Note::Saved => "saved",
        Note::Open(_) => "open",
        Note::Refused(_) => "refused",
        Note::Unavailable => "unavailable",
    };
    let mistakes = match note {
        Note::Open(mistakes) | Note::Refused(mistakes) => mistakes,
        Note::Opened | Note::Saved | Note::Unavailable => Mistakes::none(),
    };
    let beside = |field: &str| mistakes.of(field).map(|rule| speech.mistake(field, rule));
    context! {
        note => key,
        summary_list => speech.summary_of_all(base, &mistakes),
        perceived => draft.closing.perceived.as_str(),
        perceived_mistake => beside("perceived"),
        quote => draft.closing.quote.as_str(),
        quote_mistake => beside("quote"),
        quotes => speech.quotes(),
        version => draft.closing.version,
        answers => Question::ALL.map(|question| speech.part(question, draft.part(question))).to_vec(),
        steps => speech.steps(draft, Step::Last),
        back => Step::Last.before().map(Step::path),
        sent_before => own.submitted.is_some(),
    }
}

/// What became of the form in the database.
enum Outcome {
    Kept(u32),
    Stale(Closing),
    Sent,
    Open(Mistakes),
}

/// Saves the two choices, then does what the button says.
pub(super) async fn save(state: web::Data<State>, sent: Sent) -> Result<HttpResponse, Error> {
    let action = Action::read(&sent.fields);
    let typed = form::closing(&sent.fields);
    let desk = Desk {
        state: &state,
        sent: &sent,
    };
    if let Err(mistakes) = choices(&typed) {
        return desk
            .again(
                &typed,
                Note::Refused(mistakes),
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
    }
    let outcome = match store_closing(&state, &sent, typed.clone(), action == Action::Send).await {
        Ok(outcome) => outcome,
        Err(Error::NotFound) => {
            return kept::closed(
                desk.speech(),
                sent.invitation.round(),
                &sent.token,
                &sent.fields,
                sent.json,
            );
        }
        Err(error @ Error::Unavailable { .. }) => {
            tracing::error!(%error, "a response could not be saved");
            if sent.json {
                return Ok(kept::unavailable_json());
            }
            return desk
                .again(&typed, Note::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
                .await;
        }
        Err(error) => return Err(error),
    };
    match outcome {
        Outcome::Sent => Ok(see_other(format!("{}/done", base(&sent.token)))),
        Outcome::Stale(theirs) => desk.stale(&typed, &theirs),
        Outcome::Open(mistakes) => {
            desk.again(
                &typed,
                Note::Open(mistakes),
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Outcome::Kept(version) => Ok(desk.kept(version, action)),
    }
}

/// Radio buttons send their own values; anything else was not sent by the page.
fn choices(typed: &Closing) -> Result<(), Mistakes> {
    let mut mistakes = Mistakes::none();
    if !matches!(typed.perceived.as_str(), "" | "0" | "1" | "2" | "3") {
        mistakes.add("perceived", Rule::NotAChoice);
    }
    if !typed.quote.is_empty() && Quote::from_key(&typed.quote).is_none() {
        mistakes.add("quote", Rule::NotAChoice);
    }
    mistakes.done()
}

async fn store_closing(
    state: &State,
    sent: &Sent,
    typed: Closing,
    to_send: bool,
) -> Result<Outcome, Error> {
    let now = state.now();
    let tx = store::begin_write(&state.db).await?;
    let outcome =
        match responses::save_closing(&tx, &state.tools, &sent.invitation, typed, now).await? {
            Saved::Stale { theirs } => Outcome::Stale(theirs),
            Saved::Kept { version } if !to_send => Outcome::Kept(version),
            Saved::Kept { .. } => {
                match responses::submit(&tx, &state.tools, &sent.invitation, now).await? {
                    Ok(_) => Outcome::Sent,
                    Err(mistakes) => Outcome::Open(mistakes),
                }
            }
        };
    // Choices that were kept stay kept where sending was refused.
    tx.commit().await?;
    Ok(outcome)
}

/// The answers to one save.
struct Desk<'a> {
    state: &'a State,
    sent: &'a Sent,
}

impl Desk<'_> {
    fn speech(&self) -> Speech<'_> {
        Speech::of(self.state, &self.sent.invitation)
    }

    fn kept(&self, version: u32, action: Action) -> HttpResponse {
        if self.sent.json {
            let zone = self.sent.invitation.time_zone();
            let saved = self
                .state
                .now()
                .with_timezone(&zone)
                .format("%H:%M")
                .to_string();
            return HttpResponse::Ok()
                .json(serde_json::json!({ "version": version, "saved": saved }));
        }
        let base = base(&self.sent.token);
        see_other(match action {
            Action::Back => Step::Last
                .before()
                .map_or_else(|| base.clone(), |step| format!("{base}/{}", step.path())),
            Action::To(step) => format!("{base}/{}", step.path()),
            _ => format!("{base}/last?saved"),
        })
    }

    async fn again(
        &self,
        typed: &Closing,
        note: Note,
        status: StatusCode,
    ) -> Result<HttpResponse, Error> {
        let invitation = &self.sent.invitation;
        let mut own = match responses::own(&self.state.db, &self.state.tools, invitation).await {
            Ok(own) => own,
            Err(Error::Unavailable { .. }) => OwnResponse {
                draft: Draft::default(),
                submitted: None,
            },
            Err(error) => return Err(error),
        };
        // Where it was saved, the page goes on from the version that is kept now.
        let version = if matches!(note, Note::Open(_)) {
            own.draft.closing.version
        } else {
            typed.version
        };
        own.draft.closing = Closing {
            version,
            ..typed.clone()
        };
        let speech = self.speech();
        let page = page(speech, &base(&self.sent.token), &own, note);
        let context = context! { ..page, ..speech.page(&self.sent.token, invitation) };
        self.state.page_with(status, "respond/last.html", context)
    }

    fn stale(&self, mine: &Closing, theirs: &Closing) -> Result<HttpResponse, Error> {
        if self.sent.json {
            let body = serde_json::json!({
                "version": theirs.version,
                "theirs": [{ "perceived": theirs.perceived, "quote": theirs.quote }],
            });
            return Ok(HttpResponse::Conflict().json(body));
        }
        let speech = self.speech();
        let side = |closing: &Closing| {
            context! { lines => super::shown::values(kept::closing_lines(speech, closing)), unknown => false }
        };
        let hidden = vec![
            ("perceived".to_owned(), mine.perceived.clone()),
            ("quote".to_owned(), mine.quote.clone()),
            ("version".to_owned(), theirs.version.to_string()),
        ];
        self.state.page_with(
            StatusCode::CONFLICT,
            "respond/conflict.html",
            context! {
                title => speech.say("respond-short-last", &[]),
                mine => side(mine),
                theirs => side(theirs),
                hidden => kept::pairs(hidden),
                here => format!("{}/last", base(&self.sent.token)),
                ..speech.page(&self.sent.token, &self.sent.invitation)
            },
        )
    }
}
