//! What the board's page shows.

use std::cmp::Reverse;
use std::collections::HashMap;

use entity::types::{CodingId, RoundId, RoundState, ThemeId};
use minijinja::{Value, context};

use super::change::close_matches;
use super::filter::Filter;
use super::likeness::{Likeness, established};
use super::words;
use crate::conduct::Compared;
use crate::store::aliases::Alias;
use crate::store::codings::{Board, Card};
use crate::store::history::Event;
use crate::store::rounds::Round;
use crate::store::themes::Theme;
use crate::survey::{Attribution, Question};
use crate::web::consult::{Wrong, capital, counted, in_words};

/// How many statements the list below the card shows.
const QUEUE: usize = 8;
/// How many more it unfolds: more would only slow the page down, and sorting brings them up.
const REST: usize = 500;
/// How many themes the card offers as buttons.
const LIKELY: usize = 3;

/// What the page needs besides the board.
pub(super) struct Around<'a> {
    pub(super) round: &'a Round,
    pub(super) team: &'a str,
    /// What resembles what.
    pub(super) compared: Compared,
    pub(super) filter: Filter,
    /// The statement to look at; the first unsorted one without.
    pub(super) at: Option<CodingId>,
    /// The index in a sentence.
    pub(super) index: String,
    /// What has just been done.
    pub(super) done: Option<String>,
    /// What undoing would take back.
    pub(super) undo: Option<Event>,
    /// The team's own words.
    pub(super) aliases: Vec<Alias>,
    pub(super) wrong: Wrong,
    /// The id and the value of the fields that come back with a mistake.
    pub(super) typed: Vec<(String, String)>,
}

/// The page's values.
pub(super) fn page(board: &Board, around: Around<'_>) -> Value {
    let editable = around.round.state() == RoundState::Closed;
    let filter = around.filter;
    let desk = Desk::of(board, filter, around.at, editable);
    let likeness = Likeness::of(board, &around.compared);
    let id = around.round.id();
    let (texts, unsorted) = Filter::All.tally(board);
    let left = desk.queue.len() + usize::from(desk.now.is_some_and(|card| !card.coding.confirmed));
    let close = close_matches(board, filter).len();
    let later = desk
        .queue
        .first()
        .map(|card| card.coding.id.to_string())
        .unwrap_or_default();
    let typed = Value::from_pairs(
        around
            .typed
            .into_iter()
            .map(|(field, value)| (Value::from(field), Value::from(value))),
    );
    let aliases = around.aliases.iter().map(|alias| {
        context! { id => alias.id.to_string(), short => alias.short.as_str(), meaning => alias.meaning.as_str() }
    });
    context! {
        round => context! { id => id.to_string(), label => around.round.label() },
        team => around.team,
        address => filter.address(id),
        version => board.version,
        editable => editable,
        heading => words::progress(texts - unsorted, texts),
        index => around.index,
        note => note(around.round, filter),
        filter => context! { key => filter.key(), name => filter.name() },
        filters => filters(board, filter),
        next_filter => next_filter(board, filter),
        done => around.done,
        undo => around.undo.filter(|_| editable).map(|event| words::said(&event)),
        mistakes => around.wrong.value(),
        typed => typed,
        sort_heading => if left == 0 { "Nothing left to sort here".to_owned() } else { format!("To sort: {left}") },
        now => desk.now.map(|card| now(board, card, &likeness)),
        words_only => editable && around.compared.space.is_lexical() && !board.cards.is_empty(),
        stay => desk.now.map(|card| card.coding.id.to_string()).unwrap_or_default(),
        later => later,
        queue => desk.queue.iter().take(QUEUE).map(|card| brief(card, &likeness)).collect::<Vec<_>>(),
        rest => desk.queue.iter().skip(QUEUE).take(REST).map(|card| brief(card, &likeness)).collect::<Vec<_>>(),
        more => desk.queue.len().checked_sub(QUEUE).filter(|more| *more > 0).map(|more| format!("{more} more")),
        close_matches => if editable && close > 0 { Some(close_words(close)) } else { None },
        loose => editable && board.cards.iter().any(|card| !card.coding.confirmed),
        themes => themes_of(board, filter, id, editable, &likeness),
        all => established(board).map(named).collect::<Vec<_>>(),
        elsewhere => desk.elsewhere.iter().map(|theme| idle(board, theme)).collect::<Vec<_>>(),
        elsewhere_count => capital(&counted(desk.elsewhere.len(), "theme without a statement here", "themes without a statement here")),
        archived => board.archived.iter().map(named).collect::<Vec<_>>(),
        archived_count => capital(&counted(board.archived.len(), "theme put away", "themes put away")),
        aliases => aliases.collect::<Vec<_>>(),
    }
}

fn close_words(close: usize) -> String {
    if close == 1 {
        "Confirm the one close match".to_owned()
    } else {
        format!("Confirm all {} close matches", in_words(close))
    }
}

/// How the statements come, so that nobody wonders whose they are.
fn note(round: &Round, filter: Filter) -> String {
    let whose = match round.promise().attribution {
        Attribution::Confidential => "Statements come without names, in shuffled order.",
        Attribution::Consultant => {
            "You see who wrote a statement, as the executives were told; the report will not say."
        }
        Attribution::Named => {
            "You see who wrote a statement, and so will readers of the report, as the team agreed."
        }
    };
    let sides = if filter == Filter::Only(Question::TradeOffs) {
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
    /// Themes that the board shows no statement in.
    elsewhere: Vec<&'a Theme>,
}

impl<'a> Desk<'a> {
    fn of(board: &'a Board, filter: Filter, at: Option<CodingId>, editable: bool) -> Self {
        let here: Vec<&Card> = filter.cards(board).collect();
        let shown = |theme: &Theme| {
            let mut cards = here.iter();
            cards.any(|card| card.coding.theme == theme.id && (card.coding.placed() || !editable))
        };
        let elsewhere = established(board).filter(|theme| !shown(theme)).collect();
        if !editable {
            return Self {
                now: None,
                queue: Vec::new(),
                elsewhere,
            };
        }
        // What the board shows in no theme comes first: it waits for a decision, the others only for a nod.
        let mut unsorted: Vec<&Card> = here
            .iter()
            .copied()
            .filter(|card| !card.coding.confirmed)
            .collect();
        // Those that the program has in one theme come one after the other, the largest theme first and the surest of it first:
        // each decision helps with the next.
        let mut sizes: HashMap<ThemeId, usize> = HashMap::new();
        for card in &here {
            *sizes.entry(card.coding.theme).or_default() += 1;
        }
        unsorted.sort_by(|a, b| {
            let place = |card: &Card| {
                let theme = card.coding.theme;
                (
                    card.coding.tight,
                    Reverse(sizes.get(&theme).copied()),
                    theme,
                )
            };
            place(a)
                .cmp(&place(b))
                .then_with(|| b.coding.confidence.total_cmp(&a.coding.confidence))
        });
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

fn brief(card: &Card, likeness: &Likeness<'_>) -> Value {
    let like: Vec<String> = likeness
        .near(card)
        .into_iter()
        .map(|other| other.coding.id.to_string())
        .collect();
    context! {
        id => card.coding.id.to_string(),
        text => card.excerpt.text.as_str(),
        confirmed => card.coding.confirmed,
        like => like.join(" "),
    }
}

fn named(theme: &Theme) -> Value {
    context! { id => theme.id.to_string(), name => theme.name.as_str() }
}

/// A theme that no statement shown is in; it can be put away where no statement of the round is.
fn idle(board: &Board, theme: &Theme) -> Value {
    let used = board.cards.iter().any(|card| card.coding.theme == theme.id);
    context! { id => theme.id.to_string(), name => theme.name.as_str(), idle => !used }
}

fn now(board: &Board, card: &Card, likeness: &Likeness<'_>) -> Value {
    let theme = |id: ThemeId| board.themes.iter().find(|theme| theme.id == id);
    let likely: Vec<Value> = likeness
        .themes(card, LIKELY)
        .into_iter()
        .filter_map(theme)
        .map(|theme| context! {
            id => theme.id.to_string(), name => theme.name.as_str(), current => theme.id == card.coding.theme,
        })
        .collect();
    let near: Vec<Value> = likeness
        .near(card)
        .into_iter()
        .map(|other| {
            let shown = other.coding.placed();
            context! {
                id => other.coding.id.to_string(),
                text => other.excerpt.text.as_str(),
                theme => theme(other.coding.theme).filter(|_| shown).map(|theme| theme.name.as_str()),
            }
        })
        .collect();
    // A theme that the program had in mind for it gives the new one its name; nothing to type where it is right.
    let own = theme(card.coding.theme)
        .filter(|theme| theme.proposed && !established(board).any(|shown| shown.id == theme.id));
    context! {
        id => card.coding.id.to_string(),
        text => card.excerpt.text.as_str(),
        context => words::context(&card.excerpt),
        beside => words::beside(&card.excerpt),
        who => card.author.as_deref(),
        confirmed => card.coding.confirmed,
        theme => card.coding.placed().then(|| card.coding.theme.to_string()),
        likely => likely,
        near => near,
        own_name => own.map(|theme| theme.name.as_str()).unwrap_or_default(),
    }
}

/// The filters with what is left to sort under each.
fn filters(board: &Board, current: Filter) -> Vec<Value> {
    Filter::each()
        .map(|filter| {
            let (all, left) = filter.tally(board);
            context! {
                key => filter.key(),
                name => filter.name(),
                current => filter == current,
                left => if all == 0 { "none".to_owned() } else if left == 0 { "sorted".to_owned() } else { format!("{left} left") },
            }
        })
        .collect()
}

/// The next question with something to sort, going round.
fn next_filter(board: &Board, current: Filter) -> Option<Value> {
    let Filter::Only(question) = current else {
        return None;
    };
    let at = question as usize;
    (1..Question::ALL.len())
        .map(|step| Filter::Only(Question::ALL[(at + step) % Question::ALL.len()]))
        .find(|filter| filter.tally(board).1 > 0)
        .map(|filter| context! { key => filter.key(), name => filter.name() })
}

/// The themes that the board shows statements in, the largest first. A published round shows all of them.
fn themes_of(
    board: &Board,
    filter: Filter,
    round: RoundId,
    editable: bool,
    likeness: &Likeness<'_>,
) -> Vec<Value> {
    let mut by_theme: HashMap<ThemeId, Vec<&Card>> = HashMap::new();
    for card in filter
        .cards(board)
        .filter(|card| card.coding.placed() || !editable)
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
            let others: Vec<Value> = established(board).filter(|other| other.id != theme.id).map(named).collect();
            context! {
                id => theme.id.to_string(),
                name => theme.name.as_str(),
                about => words::about(cards.len(), proposed, theme.first_round != round),
                proposed => editable && proposed > 0,
                confirm => if proposed == 1 { "Confirm the proposal".to_owned() } else { format!("Confirm all {}", in_words(proposed)) },
                cards => cards.into_iter().map(|card| brief(card, likeness)).collect::<Vec<_>>(),
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
    use crate::themes::{Language, Method, Space};
    use entity::types::{Side, StatementId};
    use std::sync::Arc;
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
                tight: true,
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
            proposed: false,
            archived: false,
        };
        Board {
            archived: vec![],
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

    const PRIORITIES: Filter = Filter::Only(Question::Priorities);
    const STOPS: Filter = Filter::Only(Question::Stops);

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
        let first = Desk::of(&board, PRIORITIES, None, true);
        assert_eq!(first.now.map(|card| card.coding.id), Some(id(2)));
        assert_eq!(ids(&first), [id(3), id(4)]);
        let third = Desk::of(&board, PRIORITIES, Some(id(3)), true);
        assert_eq!(ids(&third), [id(4), id(2)]);
        let sorted = Desk::of(&board, PRIORITIES, Some(id(1)), true);
        assert_eq!(sorted.now.map(|card| card.coding.id), Some(id(1)));
        assert_eq!(ids(&sorted), [id(2), id(3), id(4)]);
        assert!(Desk::of(&board, STOPS, Some(id(3)), true).now.is_none());
        assert!(
            Desk::of(&board, PRIORITIES, Some(id(3)), false)
                .now
                .is_none()
        );
    }

    #[test]
    fn what_the_program_has_in_one_theme_comes_one_after_the_other_the_surest_first() {
        let mut board = board();
        for card in &mut board.cards {
            card.coding.tight = false;
        }
        board.cards[1].coding.theme = ThemeId(Uuid::from_u128(103));
        board.cards[0].coding.confirmed = false;
        board.cards[0].coding.theme = ThemeId(Uuid::from_u128(101));
        board.cards[3].coding.confidence = 0.9;
        let order = |board: &Board| {
            let desk = Desk::of(board, PRIORITIES, None, true);
            let queue = desk.queue.iter();
            desk.now
                .iter()
                .chain(queue)
                .map(|card| card.coding.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(order(&board), [id(4), id(1), id(3), id(2)]);
        // What the board shows in its theme waits for a nod only.
        board.cards[3].coding.tight = true;
        assert_eq!(order(&board), [id(1), id(3), id(2), id(4)]);
    }

    #[test]
    fn what_earlier_rounds_put_into_a_theme_helps_to_offer_it() {
        let mut board = board();
        board.cards[1].coding.tight = false;
        let texts = [
            "Enter Sweden",
            "Enter Norway",
            "Open an office in Stockholm, Sweden",
        ];
        let names = board.themes.iter().map(|theme| theme.name.as_str());
        let method = Method::lexical(Language::En);
        let space =
            Space::of(&method, texts.into_iter().chain(names)).expect("words need no model");
        let mut compared = Compared {
            space: Arc::new(space),
            earlier: HashMap::new(),
        };
        let reliability = ThemeId(Uuid::from_u128(102));
        let first = |board: &Board, compared: &Compared| {
            Likeness::of(board, compared).themes(&board.cards[1], 1)[0]
        };
        assert_ne!(first(&board, &compared), reliability);
        compared
            .earlier
            .insert(reliability.to_string(), vec!["Enter Sweden".to_owned()]);
        assert_eq!(first(&board, &compared), reliability);
    }

    #[test]
    fn the_card_offers_its_own_theme_first_and_then_what_resembles_it() {
        let mut board = board();
        let growth = ThemeId(Uuid::from_u128(101));
        let reliability = ThemeId(Uuid::from_u128(102));
        let space = |board: &Board| {
            let cards = board.cards.iter().map(|card| card.excerpt.text.as_str());
            let names = board.themes.iter().map(|theme| theme.name.as_str());
            let method = Method::lexical(Language::En);
            let space = Space::of(&method, cards.chain(names)).expect("words need no model");
            Compared {
                space: Arc::new(space),
                earlier: HashMap::new(),
            }
        };
        let likely = |board: &Board| Likeness::of(board, &space(board)).themes(&board.cards[2], 3);
        assert_eq!(likely(&board), [growth, reliability]);
        // A statement that the board shows in no theme is offered what resembles it first.
        board.cards[2].coding.tight = false;
        assert_eq!(likely(&board), [reliability, growth]);
        let (space, third) = (space(&board), &board.cards[2]);
        let near = Likeness::of(&board, &space).near(third);
        assert_eq!(near[0].coding.id, id(1));
    }

    #[test]
    fn a_theme_that_only_the_program_has_named_is_offered_once_the_board_shows_it() {
        let mut board = board();
        board.themes[0].proposed = true;
        let names = |board: &Board| -> Vec<String> {
            established(board).map(|theme| theme.name.clone()).collect()
        };
        assert_eq!(names(&board), ["Growth", "Platform reliability"]);
        for card in &mut board.cards[1..] {
            card.coding.tight = false;
        }
        assert_eq!(names(&board), ["Platform reliability"]);
        let desk = Desk::of(&board, Filter::All, None, true);
        assert_eq!(desk.now.map(|card| card.coding.id), Some(id(2)));
        assert!(desk.elsewhere.is_empty());
        board.cards[1].coding.confirmed = true;
        assert_eq!(names(&board), ["Growth", "Platform reliability"]);
    }

    #[test]
    fn only_unconfirmed_close_matches_of_those_shown_are_confirmed_together() {
        let mut board = board();
        board.cards[1].coding.tight = false;
        assert_eq!(close_matches(&board, PRIORITIES), [id(3), id(4)]);
        assert_eq!(close_matches(&board, Filter::All), [id(3), id(4)]);
        assert!(close_matches(&board, STOPS).is_empty());
        assert_eq!(PRIORITIES.tally(&board), (4, 3));
        // What waits for a decision comes before what waits for a nod.
        board.cards[1].coding.tight = true;
        board.cards[3].coding.tight = false;
        let desk = Desk::of(&board, Filter::All, None, true);
        assert_eq!(desk.now.map(|card| card.coding.id), Some(id(4)));
    }
}
