//! The round in compact, canonical form: executives and themes are numbers in the order of their identifiers,
//! so that the order in which a file lists them changes no figure.

use super::input::{Coded, CodedResponse, CodedRound, Question};

/// A theme's position in the sorted codebook.
pub(crate) type Theme = u32;

/// What one executive answered; `None` is a question skipped, an empty list "I don't know".
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Person {
    /// Position in the sorted list of functions.
    pub(crate) function: u32,
    /// Best first, distinct.
    pub(crate) priorities: Option<Vec<Theme>>,
    /// (favoured, given up), ascending, distinct.
    pub(crate) trade_offs: Option<Vec<(Theme, Theme)>>,
    /// Ascending, distinct.
    pub(crate) stops: Option<Vec<Theme>>,
    /// Ascending, distinct.
    pub(crate) successes: Option<Vec<Theme>>,
    /// (function asked, theme), ascending, distinct.
    pub(crate) asks: Option<Vec<(u32, Theme)>>,
}

impl Person {
    /// Would stop the theme, or asks others to let it wait.
    pub(crate) fn lets_go(&self, theme: Theme) -> bool {
        has(self.stops.as_ref(), theme) || self.asks.iter().flatten().any(|ask| ask.1 == theme)
    }

    /// Has the theme among own priorities or successes.
    pub(crate) fn protects(&self, theme: Theme) -> bool {
        self.priorities.iter().flatten().any(|t| *t == theme) || has(self.successes.as_ref(), theme)
    }

    /// The distinct themes of one question, in the order that a redraw maps them.
    pub(crate) fn themes_of(&self, question: Question) -> Vec<Theme> {
        match question {
            Question::Priorities => self.priorities.clone().unwrap_or_default(),
            Question::Stops => self.stops.clone().unwrap_or_default(),
            Question::Successes => self.successes.clone().unwrap_or_default(),
            Question::TradeOffs => {
                distinct(self.trade_offs.iter().flatten().flat_map(|&(a, b)| [a, b]))
            }
            Question::Asks => distinct(self.asks.iter().flatten().map(|ask| ask.1)),
        }
    }
}

fn has(list: Option<&Vec<Theme>>, theme: Theme) -> bool {
    list.is_some_and(|list| list.binary_search(&theme).is_ok())
}

/// The first occurrence of each.
pub(crate) fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

/// Ascending, each once.
pub(crate) fn ascending<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// The respondents and the names behind the numbers.
#[derive(Clone, Debug)]
pub(crate) struct Team<'a> {
    pub(crate) people: Vec<Person>,
    /// The response of each person, in the same order.
    pub(crate) responses: Vec<&'a CodedResponse>,
    /// Theme identifiers, ascending.
    pub(crate) themes: Vec<&'a str>,
    /// Functions of executives and of asks, ascending.
    pub(crate) functions: Vec<&'a str>,
}

impl<'a> Team<'a> {
    pub(crate) fn new(round: &'a CodedRound) -> Self {
        let mut functions: Vec<&str> = round
            .executives()
            .iter()
            .map(|e| e.function.as_str())
            .collect();
        for response in round.responses() {
            functions.extend(response.asks.iter().map(|ask| ask.function.as_str()));
        }
        let functions = ascending(functions.into_iter());
        let themes = ascending(round.themes().iter().map(|t| t.id.as_str()));
        let mut executives: Vec<_> = round.executives().iter().collect();
        executives.sort_by(|a, b| a.id.cmp(&b.id));
        let mut responses: Vec<_> = round.responses().iter().collect();
        responses.sort_by(|a, b| a.executive.cmp(&b.executive));
        let mut team = Self {
            people: Vec::new(),
            responses,
            themes,
            functions,
        };
        team.people = team
            .responses
            .iter()
            .map(|response| {
                let function = executives
                    .binary_search_by(|e| e.id.cmp(&response.executive))
                    .map_or("", |found| executives[found].function.as_str());
                team.person(response, team.function(function))
            })
            .collect();
        team
    }

    /// The number of a theme. Every theme of a checked round is in the codebook.
    pub(crate) fn theme(&self, id: &str) -> Theme {
        self.themes.binary_search(&id).unwrap_or_default() as Theme
    }

    pub(crate) fn function(&self, name: &str) -> u32 {
        self.functions.binary_search(&name).unwrap_or_default() as u32
    }

    /// A response in compact form.
    fn person(&self, response: &CodedResponse, function: u32) -> Person {
        let theme_of = |coded: &Coded| self.theme(&coded.theme);
        let answered = |question| response.answered(question);
        let priorities: Vec<Theme> = response.priorities.iter().map(theme_of).collect();
        let trade_offs: Vec<(Theme, Theme)> = response
            .trade_offs
            .iter()
            .map(|t| (theme_of(&t.favour), theme_of(&t.over)))
            .collect();
        let stops: Vec<Theme> = response.stops.iter().map(theme_of).collect();
        let successes: Vec<Theme> = response
            .successes
            .iter()
            .map(|s| theme_of(&s.coded))
            .collect();
        let asks: Vec<(u32, Theme)> = response
            .asks
            .iter()
            .map(|a| (self.function(&a.function), theme_of(&a.coded)))
            .collect();
        Person {
            function,
            priorities: answered(Question::Priorities).then(|| distinct(priorities.into_iter())),
            trade_offs: answered(Question::TradeOffs)
                .then(|| ascending(trade_offs.into_iter().filter(|(a, b)| a != b))),
            stops: answered(Question::Stops).then(|| ascending(stops.into_iter())),
            successes: answered(Question::Successes).then(|| ascending(successes.into_iter())),
            asks: answered(Question::Asks).then(|| ascending(asks.into_iter())),
        }
    }

    /// Identifier of a respondent.
    pub(crate) fn id(&self, person: usize) -> String {
        self.responses[person].executive.clone()
    }

    /// Identifiers of themes.
    pub(crate) fn names(&self, themes: &[Theme]) -> Vec<String> {
        themes
            .iter()
            .map(|t| self.themes[*t as usize].to_owned())
            .collect()
    }
}
