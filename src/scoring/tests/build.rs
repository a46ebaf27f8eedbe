//! Short ways to write a round down.

use crate::scoring::*;

/// A response, filled in by its methods from words separated by spaces.
pub(super) struct Given(pub(super) CodedResponse);

pub(super) fn by(executive: &str) -> Given {
    Given(CodedResponse {
        executive: executive.to_owned(),
        ..CodedResponse::default()
    })
}

fn coded(words: &str) -> Vec<Coded> {
    words.split_whitespace().map(Coded::confirmed).collect()
}

/// `a>b c>d` as pairs.
fn pairs(words: &str, separator: char) -> Vec<(&str, &str)> {
    words
        .split_whitespace()
        .map(|word| word.split_once(separator).expect("a pair"))
        .collect()
}

impl Given {
    pub(super) fn priorities(mut self, words: &str) -> Self {
        self.0.priorities = coded(words);
        self
    }

    pub(super) fn trades(mut self, words: &str) -> Self {
        self.0.trade_offs = pairs(words, '>')
            .into_iter()
            .map(|(a, b)| CodedTradeOff {
                favour: Coded::confirmed(a),
                over: Coded::confirmed(b),
            })
            .collect();
        self
    }

    pub(super) fn stops(mut self, words: &str) -> Self {
        self.0.stops = coded(words);
        self
    }

    pub(super) fn successes(mut self, words: &str) -> Self {
        self.0.successes = coded(words)
            .into_iter()
            .map(|coded| CodedSuccess {
                coded,
                measure: None,
            })
            .collect();
        self
    }

    pub(super) fn measured(
        mut self,
        theme: &str,
        metric: &str,
        comparison: Comparison,
        target: Target,
    ) -> Self {
        let measure = Measure {
            metric: metric.to_owned(),
            comparison,
            target,
            unit: None,
        };
        self.0.successes.push(CodedSuccess {
            coded: Coded::confirmed(theme),
            measure: Some(measure),
        });
        self
    }

    /// `Sales:theme`.
    pub(super) fn asks(mut self, words: &str) -> Self {
        self.0.asks = pairs(words, ':')
            .into_iter()
            .map(|(function, theme)| CodedAsk {
                function: function.to_owned(),
                coded: Coded::confirmed(theme),
            })
            .collect();
        self
    }

    pub(super) fn unknown(mut self, questions: &[Question]) -> Self {
        self.0.unknown = questions.to_vec();
        self
    }

    pub(super) fn perceived(mut self, value: u8) -> Self {
        self.0.perceived = Some(value);
        self
    }
}

/// A round whose executives are those who answered; each one's function is `F` and own identifier, unless `functions` says otherwise.
pub(super) fn parts(answers: Vec<Given>, functions: &[(&str, &str)]) -> RoundParts {
    let responses: Vec<CodedResponse> = answers.into_iter().map(|a| a.0).collect();
    let mut themes: Vec<String> = Vec::new();
    for r in &responses {
        let trades = r.trade_offs.iter().flat_map(|t| [&t.favour, &t.over]);
        let texts = r
            .priorities
            .iter()
            .chain(&r.stops)
            .chain(r.successes.iter().map(|s| &s.coded));
        for coded in texts.chain(r.asks.iter().map(|a| &a.coded)).chain(trades) {
            themes.push(coded.theme.clone());
            themes.extend(coded.proposed.as_ref().and_then(|p| p.second.clone()));
        }
    }
    themes.sort();
    themes.dedup();
    RoundParts {
        invited: responses.len(),
        seed: 20_261_120,
        executives: responses
            .iter()
            .map(|r| Executive {
                id: r.executive.clone(),
                function: functions
                    .iter()
                    .find(|(id, _)| *id == r.executive)
                    .map_or_else(
                        || format!("F{}", r.executive),
                        |(_, function)| (*function).to_owned(),
                    ),
            })
            .collect(),
        themes: themes
            .into_iter()
            .map(|id| Theme { id, name: None })
            .collect(),
        responses,
        ..RoundParts::default()
    }
}

pub(super) fn round(answers: Vec<Given>) -> CodedRound {
    CodedRound::new(parts(answers, &[])).expect("a valid round")
}

/// Few draws: for tests that look at everything but the draws.
pub(super) fn quick(round: &CodedRound) -> ScoredRound {
    score_with(
        round,
        &Options {
            chance_draws: 50,
            grouping_draws: 50,
            camp_draws: 99,
        },
    )
}

pub(super) fn found(score: &ScoredRound, kind: FindingKind) -> Vec<&Finding> {
    score.findings.iter().filter(|f| f.kind == kind).collect()
}
