//! Rounds for the tests, written short: `theme` or `theme|text`, `favoured>given up`, `function:theme`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeZone, Utc};
use chrono_tz::Tz;

use crate::scoring::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Comparison, Decision,
    Direction, Executive, Measure, Options, Question as Scored, RoundParts, Target, Theme, Weights,
    score_with,
};
use crate::survey::decision::Check;
use crate::survey::{Attribution, Promise, Question, Quote, Way};

use super::{Debrief, Facts, Made, Material, Period, Previous, Quotable, QuoteSide};

/// One executive's answers, written short.
#[derive(Clone, Debug)]
pub(crate) struct P {
    pub(crate) id: String,
    pub(crate) function: String,
    pub(crate) priorities: Vec<String>,
    pub(crate) trades: Vec<String>,
    pub(crate) stops: Vec<String>,
    /// `theme|text|target`: the target is a number in per cent, at least.
    pub(crate) successes: Vec<String>,
    pub(crate) asks: Vec<String>,
    pub(crate) unknown: Vec<Scored>,
    pub(crate) perceived: Option<u8>,
    pub(crate) quote: Quote,
}

fn split(list: &str) -> Vec<String> {
    list.split(';')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(String::from)
        .collect()
}

/// Priorities; trade-offs; stops; successes; asks: each separated by semicolons.
pub(crate) fn p(id: &str, function: &str, answers: [&str; 5], quote: Quote) -> P {
    let [priorities, trades, stops, successes, asks] = answers.map(split);
    P {
        id: id.into(),
        function: function.into(),
        priorities,
        trades,
        stops,
        successes,
        asks,
        unknown: vec![],
        perceived: Some(2),
        quote,
    }
}

/// The text of a statement that gives none: nobody else's, and easy to find.
fn words_of(person: &P, what: &str, theme: &str) -> String {
    format!(
        "{} on {theme} as a matter of {what} in own words",
        person.id
    )
}

struct Builder {
    themes: BTreeSet<String>,
    quotes: Vec<Quotable>,
}

impl Builder {
    fn text(
        &mut self,
        person: &P,
        question: Question,
        side: QuoteSide,
        position: usize,
        entry: &str,
    ) -> Coded {
        let (theme, text) = entry.split_once('|').map_or_else(
            || (entry, words_of(person, question.key(), entry)),
            |(theme, text)| (theme, text.to_owned()),
        );
        self.themes.insert(theme.to_owned());
        self.quotes.push(Quotable {
            question,
            theme: theme.to_owned(),
            side,
            text,
            quote: person.quote,
            executive: person.id.clone(),
            position,
        });
        Coded::confirmed(theme)
    }

    fn response(&mut self, person: &P) -> CodedResponse {
        let whole = |b: &mut Self, q, list: &[String]| -> Vec<Coded> {
            list.iter()
                .enumerate()
                .map(|(i, e)| b.text(person, q, QuoteSide::Whole, i, e))
                .collect()
        };
        let priorities = whole(self, Question::Priorities, &person.priorities);
        let stops = whole(self, Question::Stops, &person.stops);
        let trade_offs = person
            .trades
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                let (favour, over) = entry.split_once('>').expect("favoured>given up");
                CodedTradeOff {
                    favour: self.text(person, Question::TradeOffs, QuoteSide::Favour, i, favour),
                    over: self.text(person, Question::TradeOffs, QuoteSide::Over, i, over),
                }
            })
            .collect();
        let successes = person
            .successes
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                let parts: Vec<&str> = entry.split('|').collect();
                let coded = self.text(
                    person,
                    Question::Successes,
                    QuoteSide::Whole,
                    i,
                    &parts[..parts.len().min(2)].join("|"),
                );
                let measure = parts.get(2).map(|target| Measure {
                    metric: "NRR".into(),
                    comparison: Comparison::AtLeast,
                    target: Target::Number(target.parse().expect("a number")),
                    unit: Some("%".into()),
                });
                CodedSuccess { coded, measure }
            })
            .collect();
        let asks = person
            .asks
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                let (function, theme) = entry.split_once(':').expect("function:theme");
                CodedAsk {
                    function: function.into(),
                    coded: self.text(person, Question::Asks, QuoteSide::Whole, i, theme),
                }
            })
            .collect();
        CodedResponse {
            executive: person.id.clone(),
            priorities,
            trade_offs,
            stops,
            successes,
            asks,
            unknown: person.unknown.clone(),
            skipped: vec![],
            perceived: person.perceived,
        }
    }
}

pub(crate) fn coded(people: &[P], invited: usize) -> (CodedRound, Vec<Quotable>) {
    let mut builder = Builder {
        themes: BTreeSet::new(),
        quotes: Vec::new(),
    };
    let responses: Vec<_> = people
        .iter()
        .map(|person| builder.response(person))
        .collect();
    let round = CodedRound::new(RoundParts {
        invited,
        weights: Weights::default(),
        seed: 20_261_120,
        executives: people
            .iter()
            .map(|p| Executive {
                id: p.id.clone(),
                function: p.function.clone(),
            })
            .collect(),
        themes: builder
            .themes
            .iter()
            .map(|id| Theme {
                id: id.clone(),
                name: None,
            })
            .collect(),
        agreed_priorities: vec![],
        responses,
        decisions: vec![],
    })
    .expect("the sample is valid");
    (round, builder.quotes)
}

pub(crate) fn options() -> Options {
    // Few draws: the tests are about words, not about the third digit of a percentile.
    Options {
        chance_draws: 60,
        grouping_draws: 20,
        ..Options::default()
    }
}

fn name(id: &str) -> String {
    super::words::capital(id).replace('_', " ")
}

/// A round of these people under that promise. Themes are named after their identifiers.
pub(crate) fn material(people: &[P], invited: usize, attribution: Attribution) -> Material {
    let (coded, quotes) = coded(people, invited);
    let score = score_with(&coded, &options());
    let at = |day| {
        Utc.with_ymd_and_hms(2026, 11, day, 9, 0, 0)
            .single()
            .expect("a moment")
    };
    Material {
        facts: Facts {
            organisation: "Halden Instruments".into(),
            team: "Executive team".into(),
            label: "2026-Q4".into(),
            period: Some(Period {
                opened_at: at(9),
                closed_at: at(20),
                time_zone: Tz::Europe__London,
            }),
            invited,
            responded: people.len(),
            statements: quotes.iter().filter(|q| q.side != QuoteSide::Over).count(),
        },
        promise: Promise {
            attribution,
            retention_months: 12,
        },
        theme_names: coded
            .themes()
            .iter()
            .map(|t| (t.id.clone(), name(&t.id)))
            .collect(),
        people: (attribution == Attribution::Named).then(|| {
            people
                .iter()
                .map(|p| (p.id.clone(), format!("Name of {}", p.id)))
                .collect::<BTreeMap<_, _>>()
        }),
        coded,
        score,
        unreleased_names: BTreeSet::new(),
        quotes,
        previous: None,
        debrief: None,
        unconfirmed: 0,
        coders: None,
        settled: true,
    }
}

/// The same with a round before it.
pub(crate) fn with_previous(mut material: Material, before: &[P], invited: usize) -> Material {
    let (coded, _) = coded(before, invited);
    let score = score_with(&coded, &options());
    let theme_names = coded
        .themes()
        .iter()
        .map(|t| (t.id.clone(), name(&t.id)))
        .collect();
    material.previous = Some(Previous {
        label: "2026-Q3".into(),
        promise: material.promise,
        coded,
        score,
        theme_names,
    });
    material
}

/// The same with a debrief before it: words, theme and way of each decision.
pub(crate) fn with_debrief(mut material: Material, made: &[(&str, &str, Option<Way>)]) -> Material {
    let round = &material.coded;
    let mut themes = round.themes().to_vec();
    for (_, theme, _) in made {
        if themes.iter().all(|there| there.id != *theme) {
            themes.push(Theme {
                id: (*theme).to_owned(),
                name: None,
            });
        }
    }
    let decisions = made.iter().filter_map(|(_, theme, way)| {
        Some(Decision {
            theme: (*theme).to_owned(),
            direction: match (*way)? {
                Way::Keep => Direction::Keep,
                Way::Stop => Direction::Stop,
            },
        })
    });
    material.coded = CodedRound::new(RoundParts {
        invited: round.invited(),
        weights: *round.weights(),
        seed: round.seed(),
        executives: round.executives().to_vec(),
        themes,
        agreed_priorities: round.agreed_priorities().to_vec(),
        responses: round.responses().to_vec(),
        decisions: decisions.collect(),
    })
    .expect("still valid");
    material.score = score_with(&material.coded, &options());
    material.debrief = Some(Debrief {
        label: "2026-Q3".into(),
        decisions: made
            .iter()
            .map(|(words, theme, way)| Made {
                words: (*words).to_owned(),
                check: way.map(|way| Check {
                    theme: (*theme).to_owned(),
                    way,
                }),
            })
            .collect(),
    });
    material
}

/// A team that agrees on reliability and parts over what may give way.
pub(crate) fn halden() -> Vec<P> {
    use Quote::{Consultant, Paraphrase, Verbatim};
    let mut team = vec![
        p(
            "e1",
            "Operations",
            [
                "platform_reliability|Stop the platform outages before we sell anything else;customer_retention|Keep the customers we have;margin|Margin before volume",
                "platform_reliability|keeping the platform up>new_features|features can wait a quarter",
                "nordic_expansion|The Nordic launch, until service is staffed;rebrand",
                "customer_retention|Renewals at 110 %|110;platform_reliability",
                "Product:analytics_module",
            ],
            Verbatim,
        ),
        p(
            "e2",
            "Engineering",
            [
                "platform_reliability;margin;hiring",
                "platform_reliability>new_features;growth>margin",
                "nordic_expansion;rebrand",
                "customer_retention||110",
                "Sales:custom_deals",
            ],
            Paraphrase,
        ),
        p(
            "e3",
            "Service",
            [
                "platform_reliability|Platform uptime above everything, customers are leaving over it;customer_retention;nordic_expansion",
                "platform_reliability|stability>new_features|anything new on the roadmap",
                "nordic_expansion|Opening Oslo and Malmö;rebrand",
                "customer_retention||110",
                "Product:analytics_module;Sales:custom_deals",
            ],
            Verbatim,
        ),
        p(
            "e4",
            "Sales",
            [
                "nordic_expansion|If we miss March the distributors go elsewhere;analytics_module;platform_reliability",
                "new_features|new features>platform_reliability|another quarter of stability;growth>margin",
                "internal_tools",
                "customer_retention||125;growth|Ten new accounts signed",
                "Engineering:internal_tools",
            ],
            Verbatim,
        ),
        p(
            "e5",
            "Product",
            [
                "analytics_module|We lose the spring if analytics slips again;platform_reliability;nordic_expansion",
                "new_features|shipping what we sold>platform_reliability|another round of hardening",
                "custom_deals|Deals with terms of their own",
                "analytics_module;customer_retention||125",
                "Sales:custom_deals",
            ],
            Verbatim,
        ),
        p(
            "e6",
            "Marketing",
            [
                "nordic_expansion;brand_awareness;analytics_module",
                "new_features>platform_reliability;margin>growth",
                "internal_tools;reporting",
                "growth",
                "Product:analytics_module",
            ],
            Consultant,
        ),
        p(
            "e7",
            "Finance",
            [
                "margin|Margin on the accounts we have;platform_reliability;customer_retention",
                "margin>growth",
                "nordic_expansion;rebrand",
                "margin|Gross margin back above 40 %",
                "Sales:custom_deals",
            ],
            Verbatim,
        ),
        p(
            "e8",
            "People",
            [
                "hiring;platform_reliability;margin",
                "margin>growth|growth for its own sake",
                "",
                "",
                "",
            ],
            Paraphrase,
        ),
    ];
    team[7].unknown = vec![Scored::Stops];
    team
}

/// The same team a quarter before, closer together.
pub(crate) fn halden_before() -> Vec<P> {
    let mut team = halden();
    for person in &mut team {
        person.priorities = split("platform_reliability;margin;customer_retention");
        person.successes = split("customer_retention");
    }
    team[3].priorities = split("nordic_expansion;platform_reliability;partner_programme");
    team[4].priorities = split("partner_programme;platform_reliability;margin");
    team[5].priorities = split("partner_programme;platform_reliability;margin");
    team
}

/// A team of so many who answer as that function says, each from a function of their own; nobody may be quoted.
pub(crate) fn team(n: usize, answers: impl Fn(usize) -> [String; 5]) -> Vec<P> {
    (0..n)
        .map(|i| {
            let answers = answers(i);
            p(
                &format!("e{i}"),
                &format!("F{i}"),
                answers.each_ref().map(String::as_str),
                Quote::Paraphrase,
            )
        })
        .collect()
}

/// Eight who give the same answers.
pub(crate) fn of_one_mind() -> Vec<P> {
    team(8, |_| {
        [
            "quality;speed;hiring",
            "quality>cost",
            "events",
            "quality",
            "",
        ]
        .map(String::from)
    })
}

/// Four who want growth and four who want margin.
pub(crate) fn two_camps() -> Vec<P> {
    team(8, |i| {
        if i < 4 {
            [
                "growth;sales;brand",
                "growth>margin",
                "audits",
                "growth",
                "",
            ]
        } else {
            ["margin;audits;cost", "margin>growth", "brand", "margin", ""]
        }
        .map(String::from)
    })
}

/// Eight who share no answer with anybody.
pub(crate) fn lone_wolves() -> Vec<P> {
    team(8, |i| {
        [
            format!("alpha{i};beta{i};gamma{i}"),
            format!("delta{i}>epsilon{i}"),
            format!("zeta{i}"),
            format!("eta{i}"),
            String::new(),
        ]
    })
}

/// Six who want the same and name hardly a trade-off; three say that they know of none.
pub(crate) fn silent() -> Vec<P> {
    let mut people = team(6, |i| {
        [
            "quality;speed;hiring".to_owned(),
            if i < 1 {
                "quality>speed".to_owned()
            } else {
                String::new()
            },
            "events".to_owned(),
            "quality".to_owned(),
            String::new(),
        ]
    });
    for person in &mut people[3..] {
        person.unknown = vec![Scored::TradeOffs];
    }
    people
}

/// A small generator of its own: the rounds must be the same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn themes(&mut self, most: usize) -> Vec<String> {
        let themes = [
            "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "islet",
            "jetty",
        ];
        (0..self.roll(most + 1))
            .map(|_| themes[self.roll(10)].to_owned())
            .collect()
    }
}

/// A team of four to twelve who answer as the dice fall.
pub(crate) fn random_team(dice: &mut Dice) -> Vec<P> {
    let functions = ["Sales", "Product", "Finance", "Legal"];
    (0..4 + dice.roll(9))
        .map(|i| {
            let trades: Vec<String> = dice
                .themes(3)
                .iter()
                .zip(dice.themes(3))
                .map(|(a, b)| format!("{a}>{b}"))
                .collect();
            let asks: Vec<String> = dice
                .themes(3)
                .iter()
                .map(|t| format!("{}:{t}", functions[dice.roll(4)]))
                .collect();
            let successes: Vec<String> = dice
                .themes(3)
                .iter()
                .map(|t| {
                    if dice.roll(2) == 0 {
                        format!(
                            "{t}|person{i} sees success of {t} there|{}",
                            100 + dice.roll(3) * 20
                        )
                    } else {
                        t.clone()
                    }
                })
                .collect();
            let lists = [
                dice.themes(5).join(";"),
                trades.join(";"),
                dice.themes(3).join(";"),
                successes.join(";"),
                asks.join(";"),
            ];
            p(
                &format!("person{i}"),
                functions[dice.roll(4)],
                lists.each_ref().map(String::as_str),
                Quote::ALL[dice.roll(3)],
            )
        })
        .collect()
}

/// A round as the dice of that seed fall, in confidence, sometimes with a round and a debrief before it. The names of the
/// people are there, though the promise keeps them back.
pub(crate) fn random_round(seed: u64) -> Material {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.roll(2);
    let people = random_team(&mut dice);
    let n = people.len();
    let mut guarded = material(&people, n + dice.roll(3), Attribution::Confidential);
    guarded.people = Some(
        people
            .iter()
            .map(|p| (p.id.clone(), format!("Name of {}", p.id)))
            .collect(),
    );
    if seed.is_multiple_of(3) {
        guarded = with_previous(guarded, &people[..n - dice.roll(2)], n);
    }
    let themes = guarded.coded.themes().len();
    if seed.is_multiple_of(2) && themes > 0 {
        let theme = guarded.coded.themes()[dice.roll(themes)].id.clone();
        let way = Way::ALL[dice.roll(2)];
        guarded = with_debrief(guarded, &[("We decided something.", &theme, Some(way))]);
    }
    guarded
}

/// What of a text, in whatever form it left, breaks the promise: a statement that was not released, a name, a count of
/// one. Lines may be broken anywhere.
pub(crate) fn breach(material: &Material, text: &str) -> Option<String> {
    let squeeze = |text: &str| -> String {
        let kept = |c: &char| !c.is_whitespace() && *c != '\u{ad}' && *c != '-';
        text.to_lowercase().chars().filter(kept).collect()
    };
    let squeezed = squeeze(text);
    let unreleased = material
        .quotes
        .iter()
        .filter(|q| q.quote != Quote::Verbatim);
    for quote in unreleased {
        if squeezed.contains(&squeeze(&quote.text)) {
            return Some(format!("“{}” was not released", quote.text));
        }
    }
    for name in material.people.iter().flat_map(BTreeMap::values) {
        if squeezed.contains(&squeeze(name)) {
            return Some(format!("{name} is named"));
        }
    }
    let n = material.coded.responses().len();
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let plain = words.join(" ");
    let all = super::words::number(n);
    let phrases = [
        format!("one of {all}"),
        format!("one of {n}"),
        format!("1 of {n}"),
        format!("1 of {all}"),
        "one person".to_owned(),
        "1 person".to_owned(),
        "one executive".to_owned(),
    ];
    // What every report says of its method counts nobody.
    let plain = [
        "what rests on one person is left out",
        "a function is often one person",
    ]
    .into_iter()
    .fold(plain, |plain, sentence| plain.replace(sentence, ""));
    let alone = |at: usize| !plain[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
    for phrase in phrases {
        if plain.match_indices(&phrase).any(|(at, _)| alone(at)) {
            return Some(format!("“{phrase}” counts one"));
        }
    }
    None
}
