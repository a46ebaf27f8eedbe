//! The comparison: agreement, what it matters, and the differences side by side.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::{RoundState, SecondCodeId, Side, StatementId, ThemeId};
use minijinja::{Value, context};
use serde::Deserialize;

use super::{address, facts, name_of, statements, when};
use crate::conduct::{self, Difference};
use crate::error::Error;
use crate::store::coders::{self, ComparedText, Second, SecondCoding, Settle};
use crate::store::codings;
use crate::store::gate::{self, ConsultantReader, Excerpt};
use crate::store::{self, themes};
use crate::web::consult::board::words;
use crate::web::consult::{Wrong, capital};
use crate::web::{Fields, RoundPath, State, see_other};

const CHANGED: &str = "The board was changed while you looked at this page, so nothing was changed now. Here everything is as it stands: please settle the difference again.";

/// Whether a difference has just been settled. What cannot be read is left out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    done: String,
}

/// How the page comes back after a form that could not be carried out.
struct Again {
    status: StatusCode,
    done: bool,
    notice: Option<&'static str>,
    wrong: Wrong,
}

pub(super) async fn get(
    path: RoundPath,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let again = Again {
        status: StatusCode::OK,
        done: look.done == "settled",
        notice: None,
        wrong: Wrong::nothing(),
    };
    show(&state, &path, again).await
}

async fn show(state: &State, path: &RoundPath, again: Again) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let coding = coders::of_round(&state.db, path.round.id()).await?;
    let texts = coders::compared(&state.db, &reader).await?;
    let (Some(coding), Some(texts)) = (coding, texts) else {
        // Not compared yet: the desk for the second coder, the round's page for everybody else.
        let mine = coders::blind(&state.db, &path.access, path.round.id()).await?;
        return Ok(see_other(if mine {
            super::desk::address(&path.round)
        } else {
            format!("/rounds/{}#coders", path.round.id())
        }));
    };
    let page = page(state, path, &reader, &coding, &texts, &again).await?;
    state.page_with(again.status, "consult/coders.html", page)
}

/// The words of a text, by statement and side.
type Texts = HashMap<(StatementId, Side), Excerpt>;

async fn page(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    coding: &SecondCoding,
    texts: &[ComparedText],
    again: &Again,
) -> Result<Value, Error> {
    let found = conduct::two_coders(&state.db, &state.tools, reader)
        .await?
        .ok_or(Error::NotFound)?;
    let words: Texts = gate::excerpts(&state.db, &state.tools, reader)
        .await?
        .into_iter()
        .map(|text| ((text.statement, text.side), text))
        .collect();
    let all = themes::all(&state.db, &path.access).await?;
    let names: HashMap<ThemeId, &str> = all
        .iter()
        .map(|theme| (theme.id, theme.name.as_str()))
        .collect();
    let board = codings::of_round(&state.db, path.round.id()).await?;
    let differences = conduct::differences(texts, &board, &all);
    let standing = themes::standing(&all);
    let unclear: Vec<Value> = texts
        .iter()
        .filter(|text| text.second == Second::Unclear)
        .filter_map(|text| {
            let first = standing.get(&text.first).unwrap_or(&text.first);
            Some(context! {
                text => words.get(&(text.statement, text.side))?.text.as_str(),
                first => names.get(first).copied().unwrap_or_default(),
            })
        })
        .collect();
    let mut settled: Vec<Value> = differences
        .iter()
        .filter(|difference| !difference.open)
        .filter_map(|difference| {
            let shown = shown(difference, &words, &names)?;
            let now = names.get(&difference.now).copied().unwrap_or_default();
            Some(context! { now => now, ..shown })
        })
        .collect();
    settled.sort_by_cached_key(|one| one.get_attr("text").map(|text| text.to_string()).ok());
    let compared = coding.finished_at().map(|at| when(state, path, at));
    Ok(context! {
        round => facts(&path.round),
        team => path.access.name(),
        address => address(&path.round),
        version => codings::version(&state.db, path.round.id()).await?,
        editable => path.round.state() == RoundState::Closed,
        who => name_of(state, coding).await?,
        begun => when(state, path, coding.started_at()),
        compared => compared,
        alpha => found.alpha_in_words(),
        agreement => found.agreement(),
        reading => found.reading(),
        left_out => found.left_out(),
        indices => found.indices(),
        heading => heading(differences.len(), found.open),
        pairs => pairs(&differences, &words, &names),
        settled_count => capital(&format!("{} settled", statements(settled.len()))),
        settled => settled,
        unclear_count => format!("{} the second coder could not place", capital(&statements(unclear.len()))),
        unclear => unclear,
        themes => coders::codebook(all.clone(), &board)
            .iter()
            .map(|theme| context! { id => theme.id.to_string(), name => theme.name.as_str() })
            .collect::<Vec<_>>(),
        done => again.done,
        notice => again.notice,
        mistakes => again.wrong.value(),
    })
}

fn heading(all: usize, open: usize) -> String {
    if all == 0 {
        "No difference".to_owned()
    } else if open == 0 {
        "Every difference is settled".to_owned()
    } else {
        format!("To settle: {open}")
    }
}

/// The theme the second coder chose, by the name it has now.
fn second_name<'a>(difference: &Difference<'a>, names: &HashMap<ThemeId, &'a str>) -> &'a str {
    match (difference.second, &difference.text.second) {
        (Some(theme), _) => names.get(&theme).copied().unwrap_or_default(),
        (None, Second::New { name, .. }) => name,
        (None, _) => "",
    }
}

fn shown(
    difference: &Difference<'_>,
    words: &Texts,
    names: &HashMap<ThemeId, &str>,
) -> Option<Value> {
    let text = difference.text;
    let excerpt = words.get(&(text.statement, text.side))?;
    let new = matches!(text.second, Second::New { .. }) && difference.second.is_none();
    Some(context! {
        id => text.id.to_string(),
        text => excerpt.text.as_str(),
        context => words::context(excerpt),
        beside => words::beside(excerpt),
        first => names.get(&difference.first).copied().unwrap_or_default(),
        confirmed => text.confirmed,
        second => second_name(difference, names),
        new => new,
    })
}

/// A pair of themes by the names they have now, in either order.
fn pair(difference: &Difference<'_>, names: &HashMap<ThemeId, &str>) -> (String, String) {
    let mut both = [
        names
            .get(&difference.first)
            .copied()
            .unwrap_or_default()
            .to_owned(),
        second_name(difference, names).to_owned(),
    ];
    both.sort_by_cached_key(|name| name.to_lowercase());
    both.into()
}

/// The open differences by the pair of themes that were taken for each other, the pair with most
/// differences first. Settled ones count too, so that settling does not turn the page over.
fn pairs(
    differences: &[Difference<'_>],
    words: &Texts,
    names: &HashMap<ThemeId, &str>,
) -> Vec<Value> {
    let mut groups: BTreeMap<(String, String), (usize, Vec<&Difference<'_>>)> = BTreeMap::new();
    for difference in differences {
        let group = groups.entry(pair(difference, names)).or_default();
        group.0 += 1;
        if difference.open {
            group.1.push(difference);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    // The sort keeps the order of names among pairs of one size.
    groups.sort_by_key(|(_, (all, _))| std::cmp::Reverse(*all));
    groups
        .into_iter()
        .filter(|(_, (_, open))| !open.is_empty())
        .map(|((a, b), (_, open))| {
            context! {
                a => a,
                b => b,
                count => statements(open.len()),
                items => open.into_iter().filter_map(|one| shown(one, words, names)).collect::<Vec<_>>(),
            }
        })
        .collect()
}

/// What the form wants; a mistake where another theme was asked for and none chosen.
fn read(form: &Fields) -> Result<(SecondCodeId, Result<Settle, Wrong>), Error> {
    let unreadable =
        || Error::Unreadable("the form names a difference or a theme that is none".into());
    let id: SecondCodeId = form.get("text").parse().map_err(|_| unreadable())?;
    let how = match form.get("how") {
        "first" => Ok(Settle::First),
        "second" => Ok(Settle::Second),
        "other" if form.get("to").trim().is_empty() => Err(Wrong::one(
            &format!("to-{id}"),
            "Another theme: please choose one.",
        )),
        "other" => Ok(Settle::Other(
            form.get("to").parse().map_err(|_| unreadable())?,
        )),
        _ => return Err(unreadable()),
    };
    Ok((id, how))
}

pub(super) async fn settle(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let based_on: i32 = form.get("version").parse().map_err(|_| {
        Error::Unreadable("the form does not say which version of the board it saw".into())
    })?;
    let (id, how) = read(&form)?;
    let how = match how {
        Ok(how) => how,
        Err(wrong) => {
            let again = Again {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                done: false,
                notice: None,
                wrong,
            };
            return show(&state, &path, again).await;
        }
    };
    let tx = store::begin_write(&state.db).await?;
    let settled =
        coders::settle(&tx, &state.tools, &reader, based_on, (id, how), state.now()).await;
    let notice = match settled {
        Ok(_) => {
            tx.commit().await?;
            return Ok(see_other(format!(
                "{}?done=settled#differences",
                address(&path.round)
            )));
        }
        Err(Error::Stale) => CHANGED,
        Err(Error::Refused(why)) => why,
        Err(error) => return Err(error),
    };
    drop(tx);
    let again = Again {
        status: StatusCode::CONFLICT,
        done: false,
        notice: Some(notice),
        wrong: Wrong::nothing(),
    };
    show(&state, &path, again).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Body, Question, Quote, Statement, StatementText};
    use uuid::Uuid;

    fn theme(n: u128) -> ThemeId {
        ThemeId(Uuid::from_u128(n))
    }

    fn text(n: u128, second: u128) -> ComparedText {
        ComparedText {
            id: SecondCodeId(Uuid::from_u128(n)),
            statement: StatementId(Uuid::from_u128(n)),
            side: Side::Whole,
            first: theme(101),
            confirmed: true,
            second: Second::Theme(theme(second)),
            settled: None,
        }
    }

    fn excerpt(n: u128) -> ((StatementId, Side), Excerpt) {
        let words = format!("Statement {n}");
        let statement = StatementId(Uuid::from_u128(n));
        let excerpt = Excerpt {
            statement,
            side: Side::Whole,
            text: words.clone(),
            whole: Statement {
                body: Body::Priority {
                    text: StatementText::parse(&words).expect("valid"),
                },
                quote: Quote::Verbatim,
            },
            question: Question::Priorities,
            position: 0,
        };
        ((statement, Side::Whole), excerpt)
    }

    #[test]
    fn the_themes_that_are_confused_most_come_first_settled_or_not() {
        let texts = [text(1, 103), text(2, 102), text(3, 102)];
        let words: Texts = (1..=3).map(excerpt).collect();
        let names = HashMap::from([(theme(101), "M"), (theme(102), "Z"), (theme(103), "A")]);
        let difference = |n: usize, open| Difference {
            text: &texts[n],
            first: theme(101),
            second: match texts[n].second {
                Second::Theme(theme) => Some(theme),
                _ => None,
            },
            now: theme(101),
            open,
        };
        let found = [
            difference(0, true),
            difference(1, false),
            difference(2, true),
        ];
        let pairs = pairs(&found, &words, &names);
        let names: Vec<String> = pairs
            .iter()
            .map(|pair| {
                let part = |name| pair.get_attr(name).expect("there").to_string();
                format!("{} {} {}", part("a"), part("b"), part("count"))
            })
            .collect();
        assert_eq!(names, ["M Z one statement", "A M one statement"]);
    }

    #[test]
    fn each_button_is_read_and_a_missing_theme_named() {
        let (id, to) = (
            Uuid::from_u128(1).to_string(),
            Uuid::from_u128(9).to_string(),
        );
        let how = |how: &str, to: &str| {
            let form = Fields::from([("text", id.as_str()), ("how", how), ("to", to)]);
            read(&form).expect("readable").1
        };
        assert_eq!(how("first", "").ok(), Some(Settle::First));
        assert_eq!(how("second", "").ok(), Some(Settle::Second));
        assert_eq!(how("other", &to).ok(), Some(Settle::Other(theme(9))));
        assert!(how("other", " ").is_err());
        assert!(read(&Fields::from([("text", "x"), ("how", "first")])).is_err());
        assert!(read(&Fields::from([("text", id.as_str()), ("how", "burn")])).is_err());
    }
}
