//! The second coder's desk: one statement at a time, the codebook's names, and nothing of the first coding.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::{Side, StatementId, ThemeId};
use minijinja::{Value, context};
use serde::Deserialize;

use super::{facts, lost, progress, statements};
use crate::error::Error;
use crate::store::coders::{self, Code, Desk};
use crate::store::gate::ConsultantReader;
use crate::store::rounds::Round;
use crate::store::themes::ThemeName;
use crate::store::{self, codings};
use crate::survey::Question;
use crate::web::consult::board::words;
use crate::web::consult::{Wrong, capital};
use crate::web::{Fields, RoundPath, State, see_other};

/// Where the desk is.
pub(super) fn address(round: &Round) -> String {
    format!("{}/blind", super::address(round))
}

const ELSEWHERE: &str =
    "You have gone on in another window. Nothing was overwritten: this is where you are now.";

#[derive(Deserialize)]
pub(super) struct DeedPath {
    deed: String,
}

/// How the page comes back after a form that could not be carried out.
struct Again {
    status: StatusCode,
    notice: Option<&'static str>,
    wrong: Wrong,
    typed: String,
}

impl Again {
    fn plain() -> Self {
        Self {
            status: StatusCode::OK,
            notice: None,
            wrong: Wrong::nothing(),
            typed: String::new(),
        }
    }

    fn told(notice: &'static str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            notice: Some(notice),
            ..Self::plain()
        }
    }
}

pub(super) async fn get(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    if coders::blind(&state.db, &path.access, path.round.id()).await? {
        show(&state, &path, &reader, Again::plain()).await
    } else {
        Ok(see_other(super::address(&path.round)))
    }
}

async fn show(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    again: Again,
) -> Result<HttpResponse, Error> {
    let desk = coders::desk(&state.db, &state.tools, reader).await?;
    state.page_with(
        again.status,
        "consult/coders_blind.html",
        page(&desk, path, &again),
    )
}

fn page(desk: &Desk, path: &RoundPath, again: &Again) -> Value {
    let now = desk.now.as_ref().map(|text| {
        let sides = if text.question == Question::TradeOffs {
            "The two sides of a trade-off come each by itself."
        } else {
            ""
        };
        context! {
            statement => text.statement.to_string(),
            side => side_name(text.side),
            text => text.text.as_str(),
            context => words::context(text),
            beside => words::beside(text),
            sides => sides,
        }
    });
    let last = desk.last.as_ref().map(|(text, theme)| {
        context! { text => text.text.as_str(), theme => theme.as_deref() }
    });
    let themes: Vec<Value> = desk
        .themes
        .iter()
        .map(|theme| context! { id => theme.id.to_string(), name => theme.name.as_str() })
        .collect();
    context! {
        round => facts(&path.round),
        team => path.access.name(),
        address => address(&path.round),
        version => desk.version,
        coded => desk.coded,
        texts => desk.texts,
        progress => progress(desk.coded, desk.texts),
        all_coded => format!("All {} are coded", statements(desk.texts)),
        now => now,
        last => last,
        themes => themes,
        own => desk.own.clone(),
        lost => lost(desk.coded),
        notice => again.notice,
        mistakes => again.wrong.value(),
        typed => again.typed.as_str(),
    }
}

const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Whole => "whole",
        Side::Favour => "favour",
        Side::Over => "over",
    }
}

fn side(text: &str) -> Option<Side> {
    [Side::Whole, Side::Favour, Side::Over]
        .into_iter()
        .find(|side| side_name(*side) == text)
}

fn version(form: &Fields) -> Result<i32, Error> {
    form.get("version").parse().map_err(|_| {
        Error::Unreadable("the form does not say which version of the coding it saw".into())
    })
}

/// What a form of the desk wants.
#[derive(Debug, PartialEq)]
enum Wanted {
    Code((StatementId, Side), Code),
    Undo,
    /// The new theme's name breaks a rule.
    Mistake(String),
}

fn read(deed: &str, form: &Fields) -> Result<Wanted, Error> {
    if deed == "undo" {
        return Ok(Wanted::Undo);
    }
    let text = || {
        let statement = form.get("statement").parse().ok()?;
        Some((statement, side(form.get("side"))?))
    };
    let unreadable =
        || Error::Unreadable("the form names a statement or a theme that is none".into());
    let text = text().ok_or_else(unreadable)?;
    let new = |name: &str| match ThemeName::parse(name) {
        Ok(name) => Wanted::Code(text, Code::New(name)),
        Err(rule) => Wanted::Mistake(format!("The new theme’s name {rule}.")),
    };
    match deed {
        "code" => {
            if form.has("unclear") {
                return Ok(Wanted::Code(text, Code::Unclear));
            }
            if let Some(name) = form.given("again") {
                return Ok(new(name));
            }
            let theme: ThemeId = form.get("theme").parse().map_err(|_| unreadable())?;
            Ok(Wanted::Code(text, Code::Theme(theme)))
        }
        "new" => Ok(new(form.get("name"))),
        _ => Err(Error::NotFound),
    }
}

pub(super) async fn change(
    path: RoundPath,
    deed: web::Path<DeedPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let based_on = version(&form)?;
    let wanted = read(&deed.deed, &form)?;
    let tx = store::begin_write(&state.db).await?;
    let done = match wanted {
        Wanted::Code(text, code) => {
            coders::code(&tx, &state.tools, &reader, based_on, text, code).await
        }
        Wanted::Undo => coders::undo(&tx, &reader, based_on).await,
        Wanted::Mistake(sentence) => {
            drop(tx);
            let again = Again {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                wrong: Wrong::one("name", &sentence),
                typed: form.get("name").to_owned(),
                ..Again::plain()
            };
            return show(&state, &path, &reader, again).await;
        }
    };
    let again = match done {
        Ok(()) => {
            tx.commit().await?;
            return Ok(see_other(format!("{}#card", address(&path.round))));
        }
        Err(Error::Stale) => Again::told(ELSEWHERE),
        Err(Error::Refused(why)) => Again::told(why),
        Err(error) => return Err(error),
    };
    drop(tx);
    show(&state, &path, &reader, again).await
}

/// What comparing means, before it is done.
pub(super) async fn before_comparing(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    if coders::blind(&state.db, &path.access, path.round.id()).await? {
        ask(&state, &path, &reader, StatusCode::OK, None).await
    } else {
        Ok(see_other(super::address(&path.round)))
    }
}

async fn ask(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    status: StatusCode,
    notice: Option<&'static str>,
) -> Result<HttpResponse, Error> {
    let desk = coders::desk(&state.db, &state.tools, reader).await?;
    let (texts, confirmed) = codings::count(&state.db, path.round.id()).await?;
    state.page_with(
        status,
        "consult/coders_finish.html",
        context! {
            round => facts(&path.round),
            team => path.access.name(),
            version => desk.version,
            coded => desk.coded,
            said => said(desk.coded, texts),
            waiting => waiting(texts.saturating_sub(confirmed)),
            notice => notice,
        },
    )
}

/// How much of the round the comparison would rest on.
fn said(coded: usize, texts: usize) -> String {
    if coded == texts {
        format!("You have coded all {}.", statements(texts))
    } else {
        format!(
            "You have coded {coded} of {}. They came in random order, so they stand for the rest; the rest will count as missing.",
            statements(texts)
        )
    }
}

/// What the first coder has not decided yet; `None` where everything is.
fn waiting(unconfirmed: usize) -> Option<String> {
    let are = if unconfirmed == 1 { "is" } else { "are" };
    (unconfirmed > 0).then(|| {
        format!(
            "On the board {} {are} still where the program put them. What only the program has decided is left out of the comparison for good. Better wait until the first coder is done.",
            statements(unconfirmed)
        )
    })
    .map(|text| capital(&text))
}

pub(super) async fn finish(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let based_on = version(&form)?;
    let tx = store::begin_write(&state.db).await?;
    let done = coders::finish(&tx, &state.tools, &reader, based_on, state.now()).await;
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(see_other(super::address(&path.round)))
        }
        Err(Error::Stale) => {
            drop(tx);
            ask(
                &state,
                &path,
                &reader,
                StatusCode::CONFLICT,
                Some(ELSEWHERE),
            )
            .await
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_button_of_the_desk_is_read() {
        let (statement, theme) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (key, other) = (statement.to_string(), theme.to_string());
        let at = (StatementId(statement), Side::Favour);
        let form = |name: &'static str, value: &str| {
            Fields::from([
                ("statement", key.as_str()),
                ("side", "favour"),
                (name, value),
            ])
        };
        let name = ThemeName::parse("Brand").expect("valid");
        for (deed, field, value, code) in [
            ("code", "theme", other.as_str(), Code::Theme(ThemeId(theme))),
            ("code", "again", "Brand", Code::New(name.clone())),
            ("code", "unclear", "yes", Code::Unclear),
            ("new", "name", " Brand ", Code::New(name.clone())),
        ] {
            let wanted = read(deed, &form(field, value)).expect("readable");
            assert_eq!(wanted, Wanted::Code(at, code), "{deed} {field}");
        }
        assert_eq!(
            read("undo", &Fields::default()).expect("readable"),
            Wanted::Undo
        );
        let wanted = read("new", &form("name", " ")).expect("readable");
        assert_eq!(
            wanted,
            Wanted::Mistake("The new theme’s name must not be empty.".into())
        );
        assert!(matches!(
            read("code", &form("theme", "x")),
            Err(Error::Unreadable(_))
        ));
        assert!(matches!(
            read(
                "code",
                &Fields::from([("statement", "x"), ("side", "whole")])
            ),
            Err(Error::Unreadable(_))
        ));
        assert!(matches!(
            read("burn", &form("x", "y")),
            Err(Error::NotFound)
        ));
    }

    #[test]
    fn comparing_early_says_what_is_left_out() {
        assert_eq!(said(1, 1), "You have coded all one statement.");
        assert!(said(38, 112).starts_with("You have coded 38 of 112 statements."));
        assert_eq!(waiting(0), None);
        assert!(waiting(1).expect("said").contains("one statement is still"));
    }
}
