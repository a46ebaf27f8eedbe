//! Before publishing: what could still identify somebody, what was held back, what is frozen and who reads it. Then
//! the deed.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::RoundState;
use minijinja::value::Serde;
use minijinja::{Value, context};

use super::notices::mode_name;
use super::page::when;
use crate::conduct::{self, Editing};
use crate::error::Error;
use crate::report::edits::{Reason, Sheet};
use crate::report::{ClientReport, Review};
use crate::store::gate::ConsultantReader;
use crate::store::{self, codings, reports, rounds};
use crate::survey::Question;
use crate::web::consult::board::words;
use crate::web::consult::coders::{self, ReportPath};
use crate::web::consult::{Wrong, capital, counted, in_words};
use crate::web::{Fields, RoundPath, State, see_other};

/// How the page comes back.
struct Again {
    status: StatusCode,
    wrong: Wrong,
    reason: String,
    conflict: Option<&'static str>,
}

impl Again {
    fn plain() -> Self {
        Self {
            status: StatusCode::OK,
            wrong: Wrong::nothing(),
            reason: String::new(),
            conflict: None,
        }
    }

    fn conflict(why: &'static str, reason: &str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            reason: reason.to_owned(),
            conflict: Some(why),
            ..Self::plain()
        }
    }
}

const CHANGED: &str = "Something of the report has changed since you opened this page. Read it once more; then publish it.";

pub(super) async fn get(path: ReportPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    show(&state, &path, Again::plain()).await
}

/// The version that a form names; 0 where it names none: a report nobody has changed.
fn version(form: &Fields, name: &str) -> Result<i32, Error> {
    match form.given(name) {
        None => Ok(0),
        Some(typed) => typed
            .parse()
            .map_err(|_| Error::Unreadable(format!("the form’s field {name} is wrong"))),
    }
}

pub(super) async fn save(
    path: ReportPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let done = if path.round.state() == RoundState::Published {
        revise(&state, &path, &reader, &form).await
    } else {
        first(&state, &path, &reader, &form).await
    };
    match done {
        Ok(Ok(what)) => Ok(see_other(format!(
            "/rounds/{}?done={what}&n=1",
            path.round.id()
        ))),
        Ok(Err(again)) => show(&state, &path, again).await,
        Err(Error::Stale) => {
            show(&state, &path, Again::conflict(CHANGED, form.get("reason"))).await
        }
        Err(error) => Err(error),
    }
}

async fn first(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    form: &Fields,
) -> Result<Result<&'static str, Again>, Error> {
    let publication = conduct::prepare(&state.db, &state.tools, reader).await?;
    let moved = form.has("coding") && version(form, "coding")? != publication.coding_version();
    if moved || version(form, "edits")? != publication.edits_version() {
        return Err(Error::Stale);
    }
    let tx = store::begin_write(&state.db).await?;
    if rounds::again(&tx, &path.round).await?.state() == RoundState::Published {
        return Err(Error::Refused(
            "Somebody has published the report meanwhile: it stays as it is. A change to it is a new revision.",
        ));
    }
    conduct::publish(&tx, &state.tools, reader, &publication, state.now()).await?;
    tx.commit().await?;
    Ok(Ok("published"))
}

async fn revise(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    form: &Fields,
) -> Result<Result<&'static str, Again>, Error> {
    if !form.has("revision") {
        return Err(Error::Refused(
            "The report has been published: it stays as it is. A change to it is a new revision, with a reason.",
        ));
    }
    let typed = form.get("reason");
    let reason = match Reason::parse(typed) {
        Ok(reason) => reason,
        Err(rule) => {
            return Ok(Err(Again {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                wrong: Wrong(vec![("reason".to_owned(), format!("The reason {rule}."))]),
                reason: typed.to_owned(),
                conflict: None,
            }));
        }
    };
    let seen = (version(form, "revision")?, version(form, "edits")?);
    let tx = store::begin_write(&state.db).await?;
    rounds::again(&tx, &path.round).await?;
    let revised = conduct::revise(
        &tx,
        &state.tools,
        &state.catalogue,
        reader,
        seen,
        &reason,
        state.now(),
    )
    .await;
    match revised {
        Ok(_) => {
            tx.commit().await?;
            Ok(Ok("revised"))
        }
        Err(Error::Refused(why)) => Ok(Err(Again::conflict(why, typed))),
        Err(error) => Err(error),
    }
}

async fn show(state: &State, path: &RoundPath, again: Again) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let coding_version = codings::version(&state.db, path.round.id()).await?;
    let material = conduct::material(&state.db, &state.tools, &reader).await?;
    let editing = conduct::editing(&state.db, &state.tools, &reader, Some(&material)).await?;
    let sheet = editing.edits.lay_over(&editing.original);
    let known = conduct::known(&state.db, &state.tools, &reader).await?;
    let review = Review::build(&material, &sheet, &known).map_err(|_| conduct::too_few())?;
    let published = reports::client::<ClientReport>(&state.db, &state.tools, &path.round).await?;
    let revision = published.as_ref().map_or(0, |published| published.revision);
    let engine = published.map_or_else(
        || env!("CARGO_PKG_VERSION").to_owned(),
        |published| published.engine,
    );
    state.page_with(
        again.status,
        "consult/publish.html",
        context! {
            round => context! { id => path.round.id().to_string(), label => path.round.label() },
            team => path.access.name(),
            revision => revision,
            next => revision + 1,
            named => path.round.promise().attribution.report_names_people(),
            review => Value::from(Serde(&review)),
            open => open(state, path, &review, revision).await?,
            set_aside => sheet.set_aside.len(),
            changes => changes(&editing, &sheet),
            settings => settings(path),
            engine => engine,
            seed => path.round.seed().to_string(),
            until => path.round.erases_at().map(|at| when(state, path, at)),
            links => links(state, path, revision).await?,
            edits_version => editing.version,
            coding_version => coding_version,
            reason => again.reason,
            conflict => again.conflict,
            mistakes => again.wrong.value(),
        },
    )
}

/// What is not done yet, in sentences.
async fn open(
    state: &State,
    path: &RoundPath,
    review: &Review,
    revision: i32,
) -> Result<Vec<String>, Error> {
    let mut open = Vec::new();
    match review.unconfirmed {
        0 => {}
        1 => open.push("One statement is still where the program put it. The report says so, and nothing can be sorted any more.".to_owned()),
        n => open.push(format!(
            "{} statements are still where the program put them. The report says how much the grouping matters, and nothing can be sorted any more.",
            capital(&in_words(n))
        )),
    }
    // A revision keeps the names of the first publication.
    if revision == 0 && !review.unnamed.is_empty() {
        open.push(format!(
            "{} named in words that their author did not release. The client reads “Unnamed theme” until you rename: {}.",
            capital(&match review.unnamed.len() {
                1 => "one theme is".to_owned(),
                n => format!("{} themes are", in_words(n)),
            }),
            review.unnamed.join("; ")
        ));
    }
    if revision == 0 {
        open.extend(coders::ends_with_publishing(state, path).await?);
    }
    Ok(open)
}

fn changes(editing: &Editing, sheet: &Sheet) -> String {
    if editing.edits.is_empty() {
        return "The client’s report, word for word as the program made it.".to_owned();
    }
    let tally = sheet.tally();
    let mut parts = Vec::new();
    if tally.reworded > 0 {
        parts.push(format!(
            "{} in your words",
            counted(tally.reworded, "sentence", "sentences")
        ));
    }
    if tally.left_out > 0 {
        parts.push(format!(
            "{} left out",
            counted(tally.left_out, "piece", "pieces")
        ));
    }
    if tally.comments > 0 {
        parts.push(format!(
            "commentary in {}",
            counted(tally.comments, "place", "places")
        ));
    }
    if tally.reordered {
        parts.push("the decisions in your order".to_owned());
    }
    if parts.is_empty() {
        return "The client’s report, word for word as the program made it.".to_owned();
    }
    format!(
        "The client’s report with your changes: {}. The program’s own words are kept beside them.",
        parts.join(", ")
    )
}

fn settings(path: &RoundPath) -> String {
    let weights = path.round.weights();
    let sum: f64 = weights.iter().sum();
    let shares: Vec<String> = Question::ALL
        .into_iter()
        .zip(weights)
        .map(|(question, weight)| {
            let share = if sum > 0.0 { weight / sum * 100.0 } else { 0.0 };
            format!("{} {share:.0}", words::name(question).to_lowercase())
        })
        .collect();
    format!(
        "{}. Weights in per cent: {}.",
        mode_name(path.round.promise().attribution),
        shares.join(", ")
    )
}

/// Who reads a revision from the moment it is published.
async fn links(state: &State, path: &RoundPath, revision: i32) -> Result<usize, Error> {
    if revision == 0 {
        return Ok(0);
    }
    Ok(
        reports::shares(&state.db, &state.tools, &path.round, state.now())
            .await?
            .len(),
    )
}
