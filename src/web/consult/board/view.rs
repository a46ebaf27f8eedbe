//! What the board's page shows.

use std::collections::HashMap;

use entity::types::{CodingId, RoundId, RoundState, ThemeId};
use minijinja::{Value, context};

use super::change::close_matches;
use super::words;
use crate::store::codings::{Board, Card};
use crate::store::rounds::Round;
use crate::store::themes::Theme;
use crate::survey::{Attribution, Language, Question};
use crate::themes::{self, KnownTheme};
use crate::web::consult::{Wrong, capital, counted, in_words};

/// How many statements the list below the card shows.
const QUEUE: usize = 8;
/// How many themes the card offers as buttons.
const LIKELY: usize = 3;

/// What the page needs besides the board.
pub(super) struct Around<'a> {
    pub(super) round: &'a Round,
    pub(super) team: &'a str,
    pub(super) question: Question,
    /// The statement to look at; the first unsorted one without.
    pub(super) at: Option<CodingId>,
    /// The index in a sentence.
    pub(super) index: String,
    /// What has just been done.
    pub(super) done: Option<String>,
    pub(super) wrong: Wrong,
    /// The id and the value of the field that comes back with a mistake.
    pub(super) typed: Option<(String, String)>,
}

/// The page's values.
pub(super) fn page(board: &Board, around: Around<'_>) -> Value {
    let editable = around.round.state() == RoundState::Closed;
    let desk = Desk::of(board, around.question, around.at, editable);
    let id = around.round.id();
    let confirmed = board
        .cards
        .iter()
        .filter(|card| card.coding.confirmed)
        .count();
    let left = desk.queue.len() + usize::from(desk.now.is_some_and(|card| !card.coding.confirmed));
    let close = close_matches(board, around.question).len();
    let later = desk
        .queue
        .first()
        .map(|card| card.coding.id.to_string())
        .unwrap_or_default();
    let (typed_field, typed_value) = around.typed.unwrap_or_default();
    context! {
        round => context! { id => id.to_string(), label => around.round.label() },
        team => around.team,
        address => address(id, around.question),
        version => board.version,
        editable => editable,
        heading => words::progress(confirmed, board.cards.len()),
        index => around.index,
        note => note(around.round, around.question),
        question => context! { key => around.question.key(), name => words::name(around.question) },
        questions => questions(board, around.question),
        next_question => next_question(board, around.question),
        done => around.done,
        mistakes => around.wrong.value(),
        typed => context! { field => typed_field, value => typed_value },
        sort_heading => if left == 0 { "Nothing left to sort here".to_owned() } else { format!("To sort: {left}") },
        now => desk.now.map(|card| now(board, card, around.round.language())),
        stay => desk.now.map(|card| card.coding.id.to_string()).unwrap_or_default(),
        later => later,
        queue => desk.queue.iter().take(QUEUE).map(|card| brief(card)).collect::<Vec<_>>(),
        more => desk.queue.len().checked_sub(QUEUE).filter(|more| *more > 0).map(|more| format!("{more} more")),
        close_matches => if editable && close > 0 { Some(close_words(close)) } else { None },
        themes => themes_of(board, around.question, id, editable),
        all => board.themes.iter().map(named).collect::<Vec<_>>(),
        elsewhere => desk.elsewhere.iter().map(|theme| named(theme)).collect::<Vec<_>>(),
        elsewhere_count => capital(&counted(desk.elsewhere.len(), "theme of other questions and rounds", "themes of other questions and rounds")),
    }
}

/// Where a question's board is.
pub(super) fn address(round: RoundId, question: Question) -> String {
    format!("/rounds/{round}/themes/{}", question.key())
}

fn close_words(close: usize) -> String {
    if close == 1 {
        "Confirm the one close match".to_owned()
    } else {
        format!("Confirm all {} close matches", in_words(close))
    }
}

/// How the statements come, so that nobody wonders whose they are.
fn note(round: &Round, question: Question) -> String {
    let whose = match round.promise().attribution {
        Attribution::Confidential => "Statements come without names, in shuffled order.",
        Attribution::Consultant => {
            "You see who wrote a statement, as the executives were told; the report will not say."
        }
        Attribution::Named => {
            "You see who wrote a statement, and so will readers of the report, as the team agreed."
        }
    };
    let sides = if question == Question::TradeOffs {
        " The two sides of a trade-off are sorted each by itself."
    } else {
        ""
    };
    format!("{whose}{sides}")
}

/// What lies on the desk: the card in hand and those that follow.
struct Desk<'a> {
    now: Option<&'a Card>,
    queue: Vec<&'a Card>,
    /// Themes that no statement of this question is in.
    elsewhere: Vec<&'a Theme>,
}

impl<'a> Desk<'a> {
    fn of(board: &'a Board, question: Question, at: Option<CodingId>, editable: bool) -> Self {
        let here: Vec<&Card> = board
            .cards
            .iter()
            .filter(|card| card.excerpt.question == question)
            .collect();
        let elsewhere = board
            .themes
            .iter()
            .filter(|theme| !here.iter().any(|card| card.coding.theme == theme.id))
            .collect();
        if !editable {
            return Self {
                now: None,
                queue: Vec::new(),
                elsewhere,
            };
        }
        let unsorted: Vec<&Card> = here
            .iter()
            .copied()
            .filter(|card| !card.coding.confirmed)
            .collect();
        let now = here
            .iter()
            .copied()
            .find(|card| Some(card.coding.id) == at)
            .or_else(|| unsorted.first().copied());
        // "Later" goes round: what stands before the card in hand comes after the last one.
        let place = now.and_then(|now| {
            unsorted
                .iter()
                .position(|card| card.coding.id == now.coding.id)
        });
        let queue = match place {
            Some(place) => unsorted[place + 1..]
                .iter()
                .chain(&unsorted[..place])
                .copied()
                .collect(),
            None => unsorted,
        };
        Self {
            now,
            queue,
            elsewhere,
        }
    }
}

fn brief(card: &Card) -> Value {
    context! { id => card.coding.id.to_string(), text => card.excerpt.text.as_str(), confirmed => card.coding.confirmed }
}

fn named(theme: &Theme) -> Value {
    context! { id => theme.id.to_string(), name => theme.name.as_str() }
}

fn now(board: &Board, card: &Card, language: Language) -> Value {
    let likely: Vec<Value> = likely(board, card, language)
        .into_iter()
        .filter_map(|id| board.themes.iter().find(|theme| theme.id == id))
        .map(|theme| context! {
            id => theme.id.to_string(), name => theme.name.as_str(), current => theme.id == card.coding.theme,
        })
        .collect();
    context! {
        id => card.coding.id.to_string(),
        text => card.excerpt.text.as_str(),
        context => words::context(&card.excerpt),
        beside => words::beside(&card.excerpt),
        who => card.author.as_deref(),
        confirmed => card.coding.confirmed,
        likely => likely,
    }
}

/// The theme the card is in, the proposal's second choice, then what resembles it most.
fn likely(board: &Board, card: &Card, language: Language) -> Vec<ThemeId> {
    let mut likely = vec![card.coding.theme];
    likely.extend(
        card.coding
            .second
            .filter(|second| *second != card.coding.theme),
    );
    let codebook: Vec<KnownTheme> = board
        .themes
        .iter()
        .map(|theme| KnownTheme {
            id: theme.id.to_string(),
            name: theme.name.clone(),
            examples: board
                .cards
                .iter()
                .filter(|other| {
                    other.coding.confirmed
                        && other.coding.theme == theme.id
                        && other.coding.id != card.coding.id
                })
                .map(|other| other.excerpt.text.clone())
                .collect(),
        })
        .collect();
    let language = themes::Language::from_tag(language.code());
    for suggestion in themes::suggest(&card.excerpt.text, &codebook, LIKELY + 2, language) {
        if let Ok(id) = suggestion.theme.parse::<ThemeId>()
            && !likely.contains(&id)
        {
            likely.push(id);
        }
    }
    likely.truncate(LIKELY);
    likely
}

/// The five questions with what is left to sort in each.
fn questions(board: &Board, current: Question) -> Vec<Value> {
    Question::ALL
        .into_iter()
        .map(|question| {
            let (all, left) = tally(board, question);
            context! {
                key => question.key(),
                name => words::name(question),
                current => question == current,
                left => if all == 0 { "none".to_owned() } else if left == 0 { "sorted".to_owned() } else { format!("{left} left") },
            }
        })
        .collect()
}

/// How many texts a question has, and how many of them are still to be sorted.
pub(in crate::web::consult) fn tally(board: &Board, question: Question) -> (usize, usize) {
    let here = board
        .cards
        .iter()
        .filter(|card| card.excerpt.question == question);
    here.fold((0, 0), |(all, left), card| {
        (all + 1, left + usize::from(!card.coding.confirmed))
    })
}

/// The next question with something to sort, going round.
fn next_question(board: &Board, current: Question) -> Option<Value> {
    let at = current as usize;
    (1..Question::ALL.len())
        .map(|step| Question::ALL[(at + step) % Question::ALL.len()])
        .find(|question| tally(board, *question).1 > 0)
        .map(|question| context! { key => question.key(), name => words::name(question) })
}

/// The themes that statements of the question are in, the largest first.
fn themes_of(board: &Board, question: Question, round: RoundId, editable: bool) -> Vec<Value> {
    let mut by_theme: HashMap<ThemeId, Vec<&Card>> = HashMap::new();
    for card in board
        .cards
        .iter()
        .filter(|card| card.excerpt.question == question)
    {
        by_theme.entry(card.coding.theme).or_default().push(card);
    }
    let mut shown: Vec<(&Theme, Vec<&Card>)> = board
        .themes
        .iter()
        .filter_map(|theme| by_theme.remove(&theme.id).map(|cards| (theme, cards)))
        .collect();
    // The sort keeps the order of names among themes of one size.
    shown.sort_by_key(|(_, cards)| std::cmp::Reverse(cards.len()));
    shown
        .into_iter()
        .map(|(theme, mut cards)| {
            cards.sort_by_key(|card| !card.coding.confirmed);
            let proposed = cards.iter().filter(|card| !card.coding.confirmed).count();
            let others: Vec<Value> = board.themes.iter().filter(|other| other.id != theme.id).map(named).collect();
            context! {
                id => theme.id.to_string(),
                name => theme.name.as_str(),
                about => words::about(cards.len(), proposed, theme.first_round != round),
                proposed => editable && proposed > 0,
                confirm => if proposed == 1 { "Confirm the proposal".to_owned() } else { format!("Confirm all {}", in_words(proposed)) },
                cards => cards.into_iter().map(brief).collect::<Vec<_>>(),
                others => others,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::codings::Coding;
    use crate::store::gate::Excerpt;
    use crate::survey::{Body, Quote, Statement, StatementText};
    use entity::types::{Side, StatementId};
    use uuid::Uuid;

    fn card(n: u128, text: &str, theme: u128, confirmed: bool) -> Card {
        let words = StatementText::parse(text).expect("valid");
        Card {
            coding: Coding {
                id: CodingId(Uuid::from_u128(n)),
                statement: StatementId(Uuid::from_u128(n)),
                side: Side::Whole,
                theme: ThemeId(Uuid::from_u128(theme)),
                confirmed,
                confidence: 0.8,
                second: None,
            },
            excerpt: Excerpt {
                statement: StatementId(Uuid::from_u128(n)),
                side: Side::Whole,
                text: text.to_owned(),
                whole: Statement {
                    body: Body::Priority { text: words },
                    quote: Quote::Verbatim,
                },
                question: Question::Priorities,
                position: 0,
            },
            author: None,
        }
    }

    fn board() -> Board {
        let theme = |n, name: &str| Theme {
            id: ThemeId(Uuid::from_u128(n)),
            name: name.to_owned(),
            quoted: false,
            first_round: RoundId(Uuid::nil()),
            merged_into: None,
        };
        Board {
            version: 4,
            themes: vec![theme(101, "Growth"), theme(102, "Platform reliability")],
            cards: vec![
                card(1, "Fix platform reliability", 102, true),
                card(2, "Enter Sweden", 101, false),
                card(3, "Reliability of the platform", 101, false),
                card(4, "Enter Norway", 101, false),
            ],
        }
    }

    fn id(n: u128) -> CodingId {
        CodingId(Uuid::from_u128(n))
    }

    #[test]
    fn later_goes_round_and_a_sorted_statement_can_be_taken_up_again() {
        let board = board();
        let ids = |desk: &Desk<'_>| {
            desk.queue
                .iter()
                .map(|card| card.coding.id)
                .collect::<Vec<_>>()
        };
        let first = Desk::of(&board, Question::Priorities, None, true);
        assert_eq!(first.now.map(|card| card.coding.id), Some(id(2)));
        assert_eq!(ids(&first), [id(3), id(4)]);
        let third = Desk::of(&board, Question::Priorities, Some(id(3)), true);
        assert_eq!(ids(&third), [id(4), id(2)]);
        let sorted = Desk::of(&board, Question::Priorities, Some(id(1)), true);
        assert_eq!(sorted.now.map(|card| card.coding.id), Some(id(1)));
        assert_eq!(ids(&sorted), [id(2), id(3), id(4)]);
        assert!(
            Desk::of(&board, Question::Stops, Some(id(3)), true)
                .now
                .is_none()
        );
        assert!(
            Desk::of(&board, Question::Priorities, Some(id(3)), false)
                .now
                .is_none()
        );
    }

    #[test]
    fn the_card_offers_its_own_theme_first_and_then_what_resembles_it() {
        let board = board();
        let likely = likely(&board, &board.cards[2], Language::En);
        assert_eq!(
            likely,
            [ThemeId(Uuid::from_u128(101)), ThemeId(Uuid::from_u128(102))]
        );
    }

    #[test]
    fn only_unconfirmed_close_matches_of_the_question_are_confirmed_together() {
        let mut board = board();
        board.cards[1].coding.confidence = 0.74;
        assert_eq!(close_matches(&board, Question::Priorities), [id(3), id(4)]);
        assert!(close_matches(&board, Question::Stops).is_empty());
        assert_eq!(tally(&board, Question::Priorities), (4, 3));
    }
}
