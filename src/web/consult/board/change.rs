//! From the board's forms to a change of the coding.

use entity::types::{CodingId, ThemeId};

use super::filter::Filter;
use super::likeness::established;
use crate::error::Error;
use crate::store::codings::Board;
use crate::store::sorting::Change;
use crate::store::themes::ThemeName;
use crate::web::Fields;

/// What a form of the board wants, and what it says where it comes back.
pub(super) enum Read {
    /// A change to carry out.
    Change(Change),
    /// A field breaks a rule.
    Mistake {
        /// The field's id on the page.
        field: String,
        /// Which field, and the rule, in a sentence.
        sentence: String,
    },
}

/// Reads the form of that action. An action or a key that no form of ours sends is an error.
pub(super) fn read(
    action: &str,
    form: &Fields,
    board: &Board,
    filter: Filter,
) -> Result<Read, Error> {
    match action {
        "move" => moved(form, board),
        "new" => made(form, "name"),
        "rename" => renamed(form),
        "merge" => merged(form),
        "split" => split(form),
        "confirm" => confirmed(form, board, filter),
        "archive" => Ok(Read::Change(Change::Archive {
            theme: key(form.get("theme"))?,
        })),
        "restore" => Ok(Read::Change(Change::Restore {
            theme: key(form.get("theme"))?,
        })),
        _ => Err(Error::NotFound),
    }
}

/// The statements shown that are proposed in tight groups and that nobody has confirmed yet.
pub(super) fn close_matches(board: &Board, filter: Filter) -> Vec<CodingId> {
    filter
        .cards(board)
        .filter(|card| !card.coding.confirmed && card.coding.tight)
        .map(|card| card.coding.id)
        .collect()
}

fn moved(form: &Fields, board: &Board) -> Result<Read, Error> {
    let codings = codings(form)?;
    // A button with a likely theme wins over the field below it.
    let named = form.given("suggested").or_else(|| form.given("to"));
    if let Some(to) = named.filter(|to| !to.trim().is_empty()) {
        let to = key::<ThemeId>(to)?;
        return Ok(Read::Change(Change::Move { codings, to }));
    }
    Ok(match found(form.get("find"), board) {
        Ok(to) => Read::Change(Change::Move { codings, to }),
        Err(sentence) => mistake("find", sentence),
    })
}

/// The one theme that these words name: by its whole name, else by a part of it.
fn found(words: &str, board: &Board) -> Result<ThemeId, String> {
    let wanted = words.trim().to_lowercase();
    if wanted.is_empty() {
        return Err("Another theme: please type its name, or a part of it.".to_owned());
    }
    let named = |matches: &dyn Fn(&str) -> bool| -> Vec<(ThemeId, &str)> {
        established(board)
            .filter(|theme| matches(&theme.name.to_lowercase()))
            .map(|theme| (theme.id, theme.name.as_str()))
            .collect()
    };
    let whole = named(&|name| name == wanted);
    let candidates = if whole.is_empty() {
        named(&|name| name.contains(&wanted))
    } else {
        whole
    };
    match candidates.as_slice() {
        [(only, _)] => Ok(*only),
        [] => Err(format!(
            "Another theme: no theme is called “{}”. You can make it a new one below.",
            words.trim()
        )),
        several => {
            let some: Vec<String> = several
                .iter()
                .take(4)
                .map(|(_, name)| format!("“{name}”"))
                .collect();
            Err(format!(
                "Another theme: “{}” fits several ({}). Please type more of the name.",
                words.trim(),
                some.join(", ")
            ))
        }
    }
}

fn made(form: &Fields, field: &str) -> Result<Read, Error> {
    let codings = codings(form)?;
    Ok(match ThemeName::parse(form.get("name")) {
        Ok(name) => Read::Change(Change::NewTheme { codings, name }),
        Err(rule) => mistake(field, format!("The new theme’s name {rule}.")),
    })
}

fn split(form: &Fields) -> Result<Read, Error> {
    let theme = key::<ThemeId>(form.get("theme"))?;
    if !form.has("coding") {
        return Ok(mistake(
            format!("split-{theme}"),
            "Split off: please tick at least one statement.",
        ));
    }
    made(form, &format!("split-name-{theme}"))
}

fn renamed(form: &Fields) -> Result<Read, Error> {
    let theme = key::<ThemeId>(form.get("theme"))?;
    Ok(match ThemeName::parse(form.get("name")) {
        Ok(name) => Read::Change(Change::Rename { theme, name }),
        Err(rule) => mistake(format!("name-{theme}"), format!("The theme’s name {rule}.")),
    })
}

fn merged(form: &Fields) -> Result<Read, Error> {
    let from = key::<ThemeId>(form.get("theme"))?;
    if form.get("into").trim().is_empty() {
        return Ok(mistake(
            format!("into-{from}"),
            "Merge into: please choose a theme.",
        ));
    }
    Ok(Read::Change(Change::Merge {
        from,
        into: key(form.get("into"))?,
    }))
}

fn confirmed(form: &Fields, board: &Board, filter: Filter) -> Result<Read, Error> {
    let codings = if form.has("close") {
        close_matches(board, filter)
    } else {
        codings(form)?
    };
    if codings.is_empty() {
        return Err(Error::Refused("Nothing is left to confirm here."));
    }
    Ok(Read::Change(Change::Confirm { codings }))
}

fn mistake(field: impl Into<String>, sentence: impl Into<String>) -> Read {
    Read::Mistake {
        field: field.into(),
        sentence: sentence.into(),
    }
}

fn codings(form: &Fields) -> Result<Vec<CodingId>, Error> {
    form.all("coding").map(key).collect()
}

/// A key as our own page sent it.
fn key<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse()
        .map_err(|_| Error::Unreadable("the form names a theme or a statement that is none".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn empty() -> Board {
        Board {
            version: 1,
            themes: Vec::new(),
            archived: Vec::new(),
            cards: Vec::new(),
        }
    }

    fn read_of<const N: usize>(action: &str, fields: [(&str, &str); N]) -> Result<Read, Error> {
        read(action, &Fields::from(fields), &empty(), Filter::All)
    }

    #[test]
    fn a_pressed_suggestion_wins_over_the_list() {
        let [a, b, c] = [1, 2, 3].map(|n| Uuid::from_u128(n).to_string());
        let read =
            read_of("move", [("coding", &a), ("to", &b), ("suggested", &c)]).expect("readable");
        let Read::Change(Change::Move { codings, to }) = read else {
            panic!("a move");
        };
        assert_eq!(codings, [CodingId(Uuid::from_u128(1))]);
        assert_eq!(to, ThemeId(Uuid::from_u128(3)));
    }

    #[test]
    fn what_is_left_out_is_named_beside_its_own_field() {
        let id = Uuid::from_u128(1).to_string();
        for (action, extra, field) in [
            ("move", ("find", ""), "find".to_owned()),
            ("move", ("find", "nothing like it"), "find".to_owned()),
            ("new", ("name", " "), "name".to_owned()),
            ("rename", ("name", ""), format!("name-{id}")),
            ("merge", ("into", ""), format!("into-{id}")),
            ("split", ("name", ""), format!("split-name-{id}")),
        ] {
            let read = read_of(action, [("coding", &id), ("theme", &id), extra]).expect("readable");
            assert!(
                matches!(read, Read::Mistake { field: named, .. } if named == field),
                "{action}"
            );
        }
        let nothing_ticked = read_of("split", [("theme", &id), ("name", "New")]).expect("readable");
        assert!(
            matches!(nothing_ticked, Read::Mistake { field, .. } if field == format!("split-{id}"))
        );
    }

    #[test]
    fn an_action_or_a_key_that_no_form_sends_is_refused() {
        assert!(matches!(read_of("burn", []), Err(Error::NotFound)));
        assert!(matches!(
            read_of("move", [("coding", "x"), ("to", "y")]),
            Err(Error::Unreadable(_))
        ));
        assert!(matches!(
            read_of("confirm", [("close", "yes")]),
            Err(Error::Refused(_))
        ));
    }
}
