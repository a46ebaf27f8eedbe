//! How far two coders of a round agreed, and what it matters to the index.

use std::collections::{BTreeMap, HashMap};

use entity::types::{Side, StatementId, ThemeId};
use sea_orm::ConnectionTrait;

use super::coded::coded_as;
use crate::error::Error;
use crate::report::TwoCoders;
use crate::scoring::reliability::{coder_agreement, compare_codings};
use crate::store::Tools;
use crate::store::coders::{self, ComparedText, Second};
use crate::store::codings::{self, Coding};
use crate::store::gate::{self, ConsultantReader};
use crate::store::themes::{self, Theme};
use crate::survey::Promise;

/// A theme as the two coders used it when they were compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Code {
    Known(ThemeId),
    New(String),
}

/// The agreement of the two coders; `None` unless the round has a second coding that was compared.
/// Agreement is of the two codings as they were compared: nothing that was settled or merged since
/// raises it. The index under a coding that left a text open takes the other's theme for that text;
/// below the fewest responses there is none.
pub async fn two_coders(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Option<TwoCoders>, Error> {
    let Some(texts) = coders::compared(db, reader).await? else {
        return Ok(None);
    };
    let all = themes::all(db, reader.access()).await?;
    let board = codings::of_round(db, reader.round().id()).await?;
    let mut found = agreement(&texts);
    found.open = differences(&texts, &board, &all)
        .into_iter()
        .filter(|difference| difference.open)
        .count();
    let engine = gate::for_engine(db, tools, reader).await?;
    if engine.responses.len() >= Promise::FEWEST_RESPONSES {
        let (first, second, known) = as_codings(&texts, &all);
        let first = coded_as(reader, &engine, first, &known, Vec::new())?;
        let second = coded_as(reader, &engine, second, &known, Vec::new())?;
        let now = coded_as(reader, &engine, board, &all, Vec::new())?;
        if let Some(compared) = compare_codings(&first, &second) {
            (found.first, found.second) = (compared.first, compared.second);
        }
        found.now = compare_codings(&now, &now).and_then(|compared| compared.first);
    }
    Ok(Some(found))
}

/// Counts and alpha; indices are left undefined.
fn agreement(texts: &[ComparedText]) -> TwoCoders {
    let first: Vec<Option<Code>> = texts
        .iter()
        .map(|text| text.confirmed.then_some(Code::Known(text.first)))
        .collect();
    let second: Vec<Option<Code>> = texts.iter().map(|text| code(&text.second)).collect();
    let both: Vec<(&Code, &Code)> = first
        .iter()
        .zip(&second)
        .filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)))
        .collect();
    let count = |is: fn(&ComparedText) -> bool| texts.iter().filter(|text| is(text)).count();
    TwoCoders {
        texts: texts.len(),
        both: both.len(),
        same: both.iter().filter(|(a, b)| a == b).count(),
        alpha: coder_agreement(&first, &second),
        unclear: count(|text| text.confirmed && text.second == Second::Unclear),
        unreached: count(|text| text.confirmed && text.second == Second::Unreached),
        unconfirmed: count(|text| !text.confirmed),
        first: None,
        second: None,
        now: None,
        open: 0,
    }
}

fn code(second: &Second) -> Option<Code> {
    match second {
        Second::Theme(theme) => Some(Code::Known(*theme)),
        Second::New { name, .. } => Some(Code::New(name.to_lowercase())),
        Second::Unclear | Second::Unreached => None,
    }
}

/// Both codings as the engine takes them, and the themes they use, each standing for itself: a merge
/// since the comparison changes neither.
fn as_codings(texts: &[ComparedText], all: &[Theme]) -> (Vec<Coding>, Vec<Coding>, Vec<Theme>) {
    let mut known: Vec<Theme> = all
        .iter()
        .map(|theme| Theme {
            merged_into: None,
            ..theme.clone()
        })
        .collect();
    // A new theme goes by the key of the first text that has it: no theme of the codebook has that key.
    let mut new: BTreeMap<String, ThemeId> = BTreeMap::new();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for text in texts {
        let coding = |theme| Coding {
            id: text.id.0.into(),
            statement: text.statement,
            side: text.side,
            theme,
            confirmed: true,
            confidence: 0.5,
            second: None,
            tight: false,
        };
        first.push(coding(text.first));
        second.push(coding(match &text.second {
            Second::Theme(theme) => *theme,
            Second::New { name, .. } => *new.entry(name.to_lowercase()).or_insert_with(|| {
                let id = ThemeId(text.id.0);
                known.extend(all.first().map(|any| Theme {
                    id,
                    name: name.clone(),
                    merged_into: None,
                    ..any.clone()
                }));
                id
            }),
            Second::Unclear | Second::Unreached => text.first,
        }));
    }
    (first, second, known)
}

/// A text that the two coders put under different themes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The text as it was compared.
    pub text: &'a ComparedText,
    /// What stands for the first coder's theme now.
    pub first: ThemeId,
    /// What stands for the second coder's theme now; `None` for a new theme that the codebook does not have.
    pub second: Option<ThemeId>,
    /// Where the text is on the board now.
    pub now: ThemeId,
    /// Whether it is still to be settled.
    pub open: bool,
}

/// The texts that both gave a theme, and not the same one. A difference is settled when somebody
/// said so and did not take it back, when the text was moved or confirmed on the board since, and when
/// the two themes were merged.
pub fn differences<'a>(
    texts: &'a [ComparedText],
    board: &[Coding],
    all: &[Theme],
) -> Vec<Difference<'a>> {
    let standing = themes::standing(all);
    let stands = |theme: ThemeId| standing.get(&theme).copied().unwrap_or(theme);
    let board: HashMap<(StatementId, Side), &Coding> = board
        .iter()
        .map(|coding| ((coding.statement, coding.side), coding))
        .collect();
    let mut found = Vec::new();
    for text in texts {
        let second = match &text.second {
            Second::Theme(theme) if *theme != text.first => Some(stands(*theme)),
            Second::New { became, .. } => became.map(stands),
            Second::Theme(_) | Second::Unclear | Second::Unreached => continue,
        };
        let Some(on_board) = board.get(&(text.statement, text.side)) else {
            continue;
        };
        let (first, now) = (stands(text.first), stands(on_board.theme));
        let decided = text.settled.map(stands) == Some(now)
            || now != first
            || (on_board.confirmed && !text.confirmed);
        found.push(Difference {
            text,
            first,
            second,
            now,
            open: !decided && second != Some(first),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use entity::types::{CodingId, RoundId, SecondCodeId};
    use uuid::Uuid;

    fn theme(n: u128) -> ThemeId {
        ThemeId(Uuid::from_u128(n))
    }

    fn text(n: u128, first: u128, second: Second) -> ComparedText {
        ComparedText {
            id: SecondCodeId(Uuid::from_u128(n)),
            statement: StatementId(Uuid::from_u128(n)),
            side: Side::Whole,
            first: theme(first),
            confirmed: true,
            second,
            settled: None,
        }
    }

    fn book(ids: &[(u128, Option<u128>)]) -> Vec<Theme> {
        ids.iter()
            .map(|(id, into)| Theme {
                id: theme(*id),
                name: format!("Theme {id}"),
                quoted: false,
                first_round: RoundId(Uuid::nil()),
                merged_into: into.map(theme),
                proposed: false,
                archived: false,
            })
            .collect()
    }

    fn on_board(n: u128, theme_of: u128) -> Coding {
        Coding {
            id: CodingId(Uuid::from_u128(n)),
            statement: StatementId(Uuid::from_u128(n)),
            side: Side::Whole,
            theme: theme(theme_of),
            confirmed: true,
            confidence: 0.5,
            second: None,
            tight: false,
        }
    }

    /// Eight texts, two themes; they differ on one. Coincidences: first A A A A B B B B, second A A A B B B B B,
    /// so n = 16 codes, 7 of A and 9 of B; observed 2, expected 2 · 7 · 9 = 126;
    /// alpha = 1 − 15 · 2 / 126 = 0.761905.
    #[test]
    fn alpha_is_what_a_hand_computes() {
        let texts: Vec<ComparedText> = (0..8)
            .map(|n| {
                let first = if n < 4 { 101 } else { 102 };
                let second = if n < 3 { 101 } else { 102 };
                text(n, first, Second::Theme(theme(second)))
            })
            .collect();
        let found = agreement(&texts);
        assert_eq!((found.texts, found.both, found.same), (8, 8, 7));
        let alpha = found.alpha.expect("defined");
        assert!((alpha - (1.0 - 30.0 / 126.0)).abs() < 1e-12, "{alpha}");
    }

    #[test]
    fn what_one_left_open_or_nobody_confirmed_is_missing() {
        let mut texts = vec![
            text(1, 101, Second::Theme(theme(101))),
            text(2, 102, Second::Theme(theme(102))),
            text(3, 101, Second::Unclear),
            text(4, 101, Second::Unreached),
            text(5, 101, Second::Theme(theme(102))),
            text(6, 101, Second::Unclear),
        ];
        texts[4].confirmed = false;
        texts[5].confirmed = false;
        let found = agreement(&texts);
        assert_eq!((found.texts, found.both, found.same), (6, 2, 2));
        assert_eq!(
            (found.unclear, found.unreached, found.unconfirmed),
            (1, 1, 2),
            "each text is left out once"
        );
        assert_eq!(found.alpha, Some(1.0));
        assert_eq!(agreement(&texts[2..]).alpha, None, "nothing is left");
        assert_eq!(agreement(&texts[..1]).alpha, None, "one theme alone");
    }

    #[test]
    fn a_new_theme_is_a_theme_of_its_own_whatever_its_case() {
        let new = |name: &str| Second::New {
            name: name.to_owned(),
            became: None,
        };
        let texts = [
            text(1, 101, new("Brand")),
            text(2, 102, new("brand")),
            text(3, 101, Second::Theme(theme(101))),
        ];
        let found = agreement(&texts);
        assert_eq!((found.both, found.same), (3, 1));
        let (first, second, known) = as_codings(&texts, &book(&[(101, None), (102, None)]));
        assert_eq!(second[0].theme, second[1].theme);
        assert_eq!(first[2].theme, second[2].theme);
        assert_eq!(known.len(), 3);
        assert!(known.iter().any(|theme| theme.id == second[0].theme));
    }

    #[test]
    fn a_difference_is_settled_by_word_by_a_move_and_by_a_merge() {
        let other = || Second::Theme(theme(102));
        let mut texts = vec![
            text(1, 101, other()),
            text(2, 101, other()),
            text(3, 101, other()),
            text(4, 101, Second::Theme(theme(101))),
            text(5, 101, Second::Unclear),
        ];
        texts[1].settled = Some(theme(101));
        let board: Vec<Coding> = (1..=5)
            .map(|n| on_board(n, if n == 3 { 103 } else { 101 }))
            .collect();
        let book_of = |into| book(&[(101, None), (102, into), (103, None)]);
        let open = |all: &[Theme]| -> Vec<bool> {
            differences(&texts, &board, all)
                .iter()
                .map(|difference| difference.open)
                .collect()
        };
        assert_eq!(open(&book_of(None)), [true, false, false]);
        assert_eq!(open(&book_of(Some(101))), [false, false, false]);
        let all = book_of(None);
        let found = differences(&texts, &board, &all);
        assert_eq!(found[2].now, theme(103));
    }

    #[test]
    fn a_text_that_only_the_program_had_sorted_is_open_until_somebody_confirms_it() {
        let mut texts = vec![text(1, 101, Second::Theme(theme(102)))];
        texts[0].confirmed = false;
        let all = book(&[(101, None), (102, None)]);
        let mut board = vec![on_board(1, 101)];
        board[0].confirmed = false;
        assert!(differences(&texts, &board, &all)[0].open);
        board[0].confirmed = true;
        assert!(!differences(&texts, &board, &all)[0].open);
    }
}
