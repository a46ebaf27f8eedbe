//! How an executive answers, by the labels on the page, in either language.

use crate::sample::Answers;
use crate::support::browser::Browser;

/// The words on the pages that the walk looks for.
pub struct Words {
    pub begin: &'static str,
    pub next: &'static str,
    pub save: &'static str,
    pub send: &'static str,
    pub thanks: &'static str,
    pub titles: [&'static str; 5],
    pub last: &'static str,
    lines: [&'static str; 5],
    favour: &'static str,
    over: &'static str,
    add_measure: &'static str,
    metric: &'static str,
    comparison: &'static str,
    comparisons: [(&'static str, &'static str); 3],
    target: &'static str,
    unit: &'static str,
    function: &'static str,
    put_off: &'static str,
    unknown: &'static str,
    perceived: &'static str,
    verbatim: &'static str,
}

pub const ENGLISH: Words = Words {
    begin: "Begin",
    next: "Next:",
    save: "Save for later",
    send: "Send my answers",
    thanks: "Thank you. Your answers have arrived.",
    titles: [
        "What are our top priorities right now?",
        "What trade-offs are we deliberately making?",
        "Which work should stop if capacity gets tight?",
        "How will we know this quarter was successful?",
        "What are we asking other teams to deprioritise?",
    ],
    last: "Two taps, then check and send",
    lines: ["Priority", "Trade-off", "To stop", "Sign of success", "Ask"],
    favour: "We favour",
    over: "over",
    add_measure: "Add a figure or a date, Sign of success",
    metric: "What is measured",
    comparison: "How it should stand",
    comparisons: [
        ("at_least", "at least"),
        ("at_most", "at most"),
        ("by_date", "by"),
    ],
    target: "Target",
    unit: "Unit",
    function: "Function asked",
    put_off: "What it should put off",
    unknown: "I don’t know.",
    perceived: "Of your own top three",
    verbatim: "Word for word",
};

pub const GERMAN: Words = Words {
    begin: "Beginnen",
    next: "Weiter:",
    save: "Für später speichern",
    send: "Meine Antworten absenden",
    thanks: "Vielen Dank. Ihre Antworten sind angekommen.",
    titles: [
        "Was sind zurzeit unsere obersten Prioritäten?",
        "Welche Abwägungen treffen wir bewusst?",
        "Welche Arbeit sollte enden, wenn die Kapazität knapp wird?",
        "Woran werden wir erkennen, dass dieses Quartal erfolgreich war?",
        "Was sollen andere Bereiche auf unsere Bitte zurückstellen?",
    ],
    last: "Noch zwei Angaben, dann prüfen und absenden",
    lines: ["Priorität", "Abwägung", "Vorhaben", "Anzeichen", "Bitte"],
    favour: "Vorrang hat",
    over: "vor",
    add_measure: "Zahl oder Datum hinzufügen, Anzeichen",
    metric: "Was gemessen wird",
    comparison: "Wie der Wert stehen soll",
    comparisons: [
        ("at_least", "mindestens"),
        ("at_most", "höchstens"),
        ("by_date", "bis"),
    ],
    target: "Zielwert",
    unit: "Einheit",
    function: "Welchen Bereich Sie bitten",
    put_off: "Was er zurückstellen soll",
    unknown: "Ich weiss es nicht.",
    perceived: "Wie viele Ihrer eigenen",
    verbatim: "Wörtlich",
};

impl Words {
    /// Fills in one question, numbered from 1, on its page.
    pub async fn fill(&self, browser: &Browser, number: usize, answers: &Answers) {
        browser.wait_for_text(self.titles[number - 1]).await;
        match number {
            1 => self.lines_of(browser, 0, answers.priorities).await,
            2 => self.trade_offs(browser, answers.trade_offs).await,
            3 => self.lines_of(browser, 2, answers.stops).await,
            4 => self.successes(browser, answers).await,
            _ => self.asks(browser, answers.asks).await,
        }
    }

    async fn unknown_if(&self, browser: &Browser, silent: bool) {
        if silent {
            browser.choose(self.unknown).await;
        }
    }

    async fn lines_of(&self, browser: &Browser, question: usize, texts: &[&str]) {
        for (text, nth) in texts.iter().zip(1..) {
            browser
                .fill(&format!("{} {nth}", self.lines[question]), text)
                .await;
        }
        self.unknown_if(browser, texts.is_empty()).await;
    }

    async fn trade_offs(&self, browser: &Browser, pairs: &[(&str, &str)]) {
        for ((favour, over), nth) in pairs.iter().zip(1..) {
            let pair = browser.within(&format!("{} {nth}", self.lines[1]));
            pair.fill(self.favour, favour).await;
            pair.fill(self.over, over).await;
        }
        self.unknown_if(browser, pairs.is_empty()).await;
    }

    async fn successes(&self, browser: &Browser, answers: &Answers) {
        for ((text, measure), nth) in answers.successes.iter().zip(1..) {
            let line = format!("{} {nth}", self.lines[3]);
            browser.fill(&line, text).await;
            if let Some((metric, comparison, target, unit)) = measure {
                browser.click(&format!("{} {nth}", self.add_measure)).await;
                let fields = browser.within(&line);
                fields.fill(self.metric, metric).await;
                let words = self
                    .comparisons
                    .iter()
                    .find(|(key, _)| key == comparison)
                    .expect("a comparison")
                    .1;
                fields.select(self.comparison, words).await;
                fields.fill(self.target, target).await;
                fields.fill(self.unit, unit).await;
            }
        }
        self.unknown_if(browser, answers.successes.is_empty()).await;
    }

    async fn asks(&self, browser: &Browser, asks: &[(&str, &str)]) {
        for ((function, text), nth) in asks.iter().zip(1..) {
            let ask = browser.within(&format!("{} {nth}", self.lines[4]));
            ask.select(self.function, function).await;
            ask.fill(self.put_off, text).await;
        }
        self.unknown_if(browser, asks.is_empty()).await;
    }

    /// The two taps of the last page.
    pub async fn taps(&self, browser: &Browser, answers: &Answers) {
        browser.wait_for_text(self.last).await;
        browser
            .within(self.perceived)
            .choose(answers.perceived)
            .await;
        browser.choose(self.verbatim).await;
    }

    /// From the question's page to the end.
    pub async fn from(&self, browser: &Browser, first: usize, answers: &Answers) {
        for number in first..=5 {
            self.fill(browser, number, answers).await;
            browser.click(self.next).await;
        }
        self.finish(browser, answers).await;
    }

    /// The last page, and off they go.
    pub async fn finish(&self, browser: &Browser, answers: &Answers) {
        self.taps(browser, answers).await;
        browser.click(self.send).await;
        browser.wait_for_text(self.thanks).await;
    }
}
