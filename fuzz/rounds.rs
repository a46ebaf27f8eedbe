//! Rounds made from bytes, for the fuzz target and for the tests that run the cases it kept.

use super::scoring::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Comparison, Decision,
    Direction, Executive, Measure, Options, Proposed, Question, RoundParts, Target, Theme, Weights,
    change_with, score_with,
};

/// The bytes, one at a time; 0 when there are no more.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn below(&mut self, bound: u8) -> u8 {
        self.0.next().copied().unwrap_or_default() % bound
    }

    fn theme(&mut self) -> String {
        format!("t{}", self.below(12))
    }

    fn coded(&mut self) -> Coded {
        let theme = self.theme();
        let proposed = (self.below(4) == 0).then(|| Proposed {
            theme: theme.clone(),
            confidence: f64::from(self.below(11)) / 10.0,
            second: (self.below(2) == 0).then(|| self.theme()),
        });
        Coded { theme, proposed }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(7)).map(|_| item(self)).collect()
    }

    fn measure(&mut self) -> Option<Measure> {
        let (comparison, target) = match self.below(5) {
            0 => (Comparison::AtLeast, Target::Number(f64::MAX)),
            1 => (
                Comparison::AtMost,
                Target::Number(-f64::from(self.below(9))),
            ),
            2 => (Comparison::Exactly, Target::Number(0.0)),
            3 => (
                Comparison::ByDate,
                Target::Date(format!("20{:02}-02-28", self.below(99))),
            ),
            _ => return None,
        };
        Some(Measure {
            metric: "m".into(),
            comparison,
            target,
            unit: None,
        })
    }

    fn response(&mut self, executive: String) -> CodedResponse {
        let mut response = CodedResponse {
            executive,
            priorities: self.list(Self::coded),
            trade_offs: self.list(|bytes| CodedTradeOff {
                favour: bytes.coded(),
                over: bytes.coded(),
            }),
            stops: self.list(Self::coded),
            successes: self.list(|bytes| CodedSuccess {
                coded: bytes.coded(),
                measure: bytes.measure(),
            }),
            asks: self.list(|bytes| CodedAsk {
                function: format!("f{}", bytes.below(4)),
                coded: bytes.coded(),
            }),
            perceived: Some(self.below(4)),
            ..CodedResponse::default()
        };
        response.unknown = Question::ALL
            .into_iter()
            .filter(|question| response.count(*question) == 0 && self.below(2) == 0)
            .collect();
        response
    }

    fn round(&mut self) -> CodedRound {
        let people = usize::from(self.below(60));
        let weight = |bytes: &mut Self| f64::from(bytes.below(4));
        let parts = RoundParts {
            invited: people + usize::from(self.below(4)),
            weights: Weights {
                priorities: weight(self),
                trade_offs: weight(self),
                stops: weight(self),
                successes: weight(self),
                asks: weight(self),
            },
            seed: u64::from(self.below(255)),
            executives: (0..people)
                .map(|i| Executive {
                    id: format!("e{i}"),
                    function: format!("f{}", self.below(3)),
                })
                .collect(),
            themes: (0..12)
                .map(|i| Theme {
                    id: format!("t{i}"),
                    name: None,
                })
                .collect(),
            agreed_priorities: self.list(Self::theme),
            responses: (0..people)
                .map(|i| self.response(format!("e{i}")))
                .collect(),
            decisions: self.list(|bytes| Decision {
                theme: bytes.theme(),
                direction: if bytes.below(2) == 0 {
                    Direction::Stop
                } else {
                    Direction::Keep
                },
            }),
        };
        CodedRound::new(parts).expect("a round made by the rules")
    }
}

/// Makes two rounds of the bytes, scores them, and checks that everything that comes out is in its range.
pub(crate) fn check(bytes: &[u8]) {
    let mut bytes = Bytes(bytes.iter());
    let options = Options {
        chance_draws: 3,
        grouping_draws: 3,
        camp_draws: 19,
    };
    let (one, other) = (bytes.round(), bytes.round());
    let score = score_with(&one, &options);
    let index = &score.index;
    let low = index.missing.map(|range| range.low);
    for value in [index.value, index.ceiling, low].into_iter().flatten() {
        assert!((0.0..=100.0).contains(&value));
    }
    assert!(
        score
            .findings
            .iter()
            .all(|f| (0.0..=1.0).contains(&f.severity))
    );
    assert_eq!(score, score_with(&one, &options));
    if let Some(change) = change_with(&one, &other, 9) {
        assert!(change.p_value > 0.0 && change.p_value <= 1.0);
    }
}
