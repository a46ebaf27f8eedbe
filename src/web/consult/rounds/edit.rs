//! The client's report in the consultant's hands: every sentence with what can be done to it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::RoundState;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::conduct::{self, Editing};
use crate::error::Error;
use crate::report::edits::{Piece, Sentence, Sheet};
use crate::report::{Edits, commentary};
use crate::store::gate::ConsultantReader;
use crate::store::{self, report_edits, rounds};
use crate::survey::Rule;
use crate::web::consult::Wrong;
use crate::web::consult::coders::ReportPath;
use crate::web::{Fields, RoundPath, State, see_other};

/// What has just been done, as the address after a POST says it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    done: String,
}

/// Fixed sentences only.
fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "reword" => "Your words stand in the report; the original is beside them.",
        "restore" => "The original is back.",
        "out" => "It is left out. It stays on this page, so that you can show it again.",
        "in" => "It is shown again.",
        "comment" => "The commentary is kept.",
        "up" | "down" => {
            "The decisions have their new order, on the first page and in the agenda too."
        }
        "forget" => "The change is dropped.",
        _ => return None,
    })
}

/// A form that comes back with what was typed.
#[derive(Default)]
struct Back {
    /// The piece's key, or the chapter's name.
    at: String,
    words: String,
}

/// How the page comes back.
struct Again {
    status: StatusCode,
    wrong: Wrong,
    back: Option<Back>,
    /// Why what was typed is not kept, where somebody else was first.
    conflict: Option<String>,
    /// What was typed for a place that is gone.
    lost: Option<String>,
    done: Option<&'static str>,
}

impl Again {
    fn plain(done: Option<&'static str>) -> Self {
        Self {
            status: StatusCode::OK,
            wrong: Wrong::nothing(),
            back: None,
            conflict: None,
            lost: None,
            done,
        }
    }

    fn conflict(why: impl Into<String>, back: Option<Back>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            back,
            conflict: Some(why.into()),
            ..Self::plain(None)
        }
    }
}

pub(super) async fn get(
    path: ReportPath,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let editing = conduct::editing(&state.db, &state.tools, &reader, None).await?;
    show(&state, &path, &editing, Again::plain(done(&look.done)))
}

/// What a form does to the changes.
enum Outcome {
    Changed(Edits),
    /// It asks for what is there already.
    Same,
    Again(Again),
}

pub(super) async fn save(
    path: ReportPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    // Made before the transaction: scoring takes its time.
    let mut editing = conduct::editing(&state.db, &state.tools, &reader, None).await?;
    let tx = store::begin_write(&state.db).await?;
    let now = rounds::again(&tx, &path.round).await?;
    if now.state() != path.round.state() || now.erased_at().is_some() {
        // Published or deleted a moment ago: the answer to the same form is another one now.
        return Err(Error::Stale);
    }
    if let Some(kept) = report_edits::of_round::<Edits>(&tx, &state.tools, &reader).await? {
        editing.edits = kept.content;
        editing.version = kept.version;
    }
    let sheet = editing.edits.lay_over(&editing.original);
    match change(&editing.edits, &sheet, &form)? {
        Outcome::Again(again) => {
            drop(tx);
            return show(&state, &path, &editing, again);
        }
        Outcome::Same => {}
        Outcome::Changed(edits) => {
            report_edits::save(
                &tx,
                &state.tools,
                &reader,
                &edits,
                editing.version,
                state.now(),
            )
            .await?;
            tx.commit().await?;
        }
    }
    let action = form.get("action");
    let anchor = match action {
        "forget" => "set-aside".to_owned(),
        "comment" => format!("c-{}", form.get("chapter")),
        _ => format!("p-{}", form.get("piece")),
    };
    let known = done(action).map_or("", |_| action);
    let id = path.round.id();
    // The anchor is one that the report has: what finds nothing was answered above.
    Ok(see_other(format!(
        "/rounds/{id}/report/edit?done={known}#{anchor}"
    )))
}

fn change(edits: &Edits, sheet: &Sheet, form: &Fields) -> Result<Outcome, Error> {
    let mut edits = edits.clone();
    match form.get("action") {
        "comment" => return Ok(comment(edits, sheet, form)),
        "forget" => {
            if sheet
                .set_aside
                .iter()
                .all(|one| one.key != form.get("piece"))
            {
                return Ok(Outcome::Same);
            }
            edits.forget(form.get("piece"));
            return Ok(Outcome::Changed(edits));
        }
        _ => {}
    }
    let typed = form.get("words");
    let Some(piece) = sheet.piece(form.get("piece")) else {
        return Ok(Outcome::Again(gone(typed)));
    };
    let back = || {
        Some(Back {
            at: piece.key.clone(),
            words: typed.to_owned(),
        })
    };
    let untouched = piece.seen == form.get("seen");
    let turned = |out: bool| {
        if piece.left_out == out {
            "Somebody has done the same in between."
        } else {
            "Somebody has changed this in between. Read it again; then do it if you still want to."
        }
    };
    match form.get("action") {
        "reword" => {
            let words = match Sentence::parse(typed) {
                Ok(words) => words,
                Err(rule) => return Ok(Outcome::Again(wrong(&piece.key, &rule, back()))),
            };
            if words.as_str() == piece.now {
                return Ok(Outcome::Same);
            }
            if !untouched {
                return Ok(Outcome::Again(Again::conflict(theirs(piece), back())));
            }
            edits.reword(piece, &words);
        }
        "restore" if !piece.changed => return Ok(Outcome::Same),
        "restore" if !untouched => {
            return Ok(Outcome::Again(Again::conflict(theirs(piece), None)));
        }
        "restore" => edits.restore(piece),
        action @ ("out" | "in") => {
            let out = action == "out";
            if piece.left_out == out {
                return Ok(Outcome::Same);
            }
            if !untouched {
                return Ok(Outcome::Again(Again::conflict(turned(out), None)));
            }
            edits.leave_out(piece, out);
        }
        action @ ("up" | "down") => {
            if sheet.order_seen != form.get("seen") {
                return Ok(Outcome::Again(Again::conflict(
                    "The order of the decisions has changed in between. This is how it is now; move yours again if you still want to.",
                    None,
                )));
            }
            edits.move_fork(sheet, &piece.key, action == "up");
        }
        _ => {
            return Err(Error::Unreadable(
                "the form’s field action names nothing that can be done".into(),
            ));
        }
    }
    Ok(Outcome::Changed(edits))
}

fn theirs(piece: &Piece) -> String {
    format!(
        "Somebody has changed this sentence while you wrote. It now reads: “{}” What you typed is in its box; saving it replaces theirs.",
        piece.now
    )
}

fn gone(typed: &str) -> Again {
    let why = "This piece is no longer in the report: statements were moved meanwhile, or the round has been published. Nothing was changed.";
    Again {
        lost: (!typed.is_empty()).then(|| typed.to_owned()),
        ..Again::conflict(why, None)
    }
}

fn wrong(at: &str, rule: &Rule, back: Option<Back>) -> Again {
    let field = format!("w-{at}");
    Again {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        wrong: Wrong(vec![(field, format!("What you typed {rule}."))]),
        back,
        ..Again::plain(None)
    }
}

fn comment(mut edits: Edits, sheet: &Sheet, form: &Fields) -> Outcome {
    let (chapter, typed) = (form.get("chapter"), form.get("words"));
    let Some((title, said)) = sheet.said(chapter) else {
        return Outcome::Again(gone(typed));
    };
    let back = || {
        Some(Back {
            at: chapter.to_owned(),
            words: typed.to_owned(),
        })
    };
    let markdown = match commentary::parse(typed) {
        Ok(markdown) => markdown,
        Err(rule) => return Outcome::Again(wrong(chapter, &rule, back())),
    };
    if markdown == said.markdown {
        return Outcome::Same;
    }
    if said.seen != form.get("seen") {
        let why = format!(
            "Somebody has written commentary here while you wrote. Theirs reads: “{}” What you typed is in its box; saving it replaces theirs.",
            said.markdown
        );
        return Outcome::Again(Again::conflict(why, back()));
    }
    edits.comment(chapter, title, markdown);
    Outcome::Changed(edits)
}

fn show(
    state: &State,
    path: &RoundPath,
    editing: &Editing,
    again: Again,
) -> Result<HttpResponse, Error> {
    let sheet = editing.edits.lay_over(&editing.original);
    let back = again.back.unwrap_or_default();
    let original = &editing.original;
    state.page_with(
        again.status,
        "consult/report_edit.html",
        context! {
            round => context! {
                id => path.round.id().to_string(),
                label => path.round.label(),
                published => path.round.state() == RoundState::Published,
            },
            team => path.access.name(),
            meta => &original.meta,
            warning => &original.warning,
            sheet => Value::from(Serde(&sheet)),
            longest => commentary::LONGEST,
            back => context! { at => back.at, words => back.words },
            conflict => again.conflict,
            lost => again.lost,
            done => again.done,
            mistakes => again.wrong.value(),
        },
    )
}
