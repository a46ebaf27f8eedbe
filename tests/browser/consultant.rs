//! What a consultant does, by the words on the page.

use std::collections::BTreeSet;

use fantoccini::Locator;
use serde_json::Value;

use crate::sample;
use crate::support::app::TestApp;
use crate::support::browser::Browser;

pub const NAME: &str = "Noa Berg";
pub const ADDRESS: &str = "noa@berg.example";
pub const PASSWORD: &str = "four words that hold";

/// Fills in the page behind the set-up link.
pub async fn set_up(browser: &Browser, app: &TestApp) {
    browser
        .goto(&format!("{}{}", app.address(), app.set_up_path()))
        .await;
    browser.fill("Your name", NAME).await;
    browser.fill("Your e-mail", ADDRESS).await;
    browser.fill("Password", PASSWORD).await;
    browser.fill("Password again", PASSWORD).await;
}

pub async fn sign_in(browser: &Browser) {
    browser.fill("E-mail", ADDRESS).await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
}

/// Settings of a round as the consultant types them.
pub async fn plan(browser: &Browser) {
    browser.fill("Name of the round", "2026-Q4").await;
    browser
        .fill("Answers are taken until", "2026-12-04T18:00")
        .await;
    browser.fill("Time zone", "Europe/London").await;
    browser.choose("Confidential").await;
    browser
        .fill("Your own words in the letter", sample::MESSAGE)
        .await;
}

/// A statement on the board: its coding, its text and the name of its theme.
#[derive(Clone, Debug)]
pub struct Card {
    pub coding: String,
    pub text: String,
    pub theme: String,
    pub theme_id: String,
}

/// The board of one question.
pub struct Board<'b> {
    pub browser: &'b Browser,
}

impl Board<'_> {
    /// What the themes hold, then what lies in none yet: its theme is empty.
    pub async fn cards(&self) -> Vec<Card> {
        let script = "const words = (card) => card.firstChild.textContent.trim();
            const placed = [...document.querySelectorAll('article.theme')].flatMap((theme) =>
                [...theme.querySelectorAll('[data-coding]')].map((card) => [card.dataset.coding, words(card),
                    theme.querySelector('h3').textContent.trim(), theme.dataset.theme]));
            const known = new Set(placed.map((card) => card[0]));
            const waiting = [...document.querySelectorAll('#sort [draggable][data-coding]')]
                .filter((card) => !known.has(card.dataset.coding)).map((card) => [card.dataset.coding, words(card), '', '']);
            return placed.concat(waiting)";
        let Value::Array(cards) = self.browser.script(script).await else {
            panic!("the board has no list of cards")
        };
        let text = |card: &Value, at: usize| card[at].as_str().unwrap_or_default().to_owned();
        let card = |card: &Value| Card {
            coding: text(card, 0),
            text: text(card, 1),
            theme: text(card, 2),
            theme_id: text(card, 3),
        };
        cards.iter().map(card).collect()
    }

    /// The names of the team's codebook, as the list of the card in hand offers them.
    async fn codebook(&self) -> BTreeSet<String> {
        let names = self
            .browser
            .script(
                "return [...document.querySelectorAll('#all-themes option')].map((o) => o.value)",
            )
            .await;
        names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    async fn version(&self) -> String {
        let version = self
            .browser
            .script("return document.querySelector('#drop [name=version]').value")
            .await;
        version.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the board has changed by what `deed` does.
    pub async fn changes(&self, deed: impl Future<Output = ()>) {
        let before = self.version().await;
        deed.await;
        self.browser
            .wait_until(&format!(
                "document.querySelector('#drop [name=version]')?.value !== '{before}'"
            ))
            .await;
    }

    /// Takes the card of that statement in hand, as its link does where no script runs.
    pub async fn take(&self, coding: &str) {
        let mut address = self
            .browser
            .client()
            .current_url()
            .await
            .expect("the board has an address");
        address.set_query(Some(&format!("at={coding}")));
        address.set_fragment(None);
        self.browser.goto(address.as_str()).await;
        self.browser
            .wait_for(&format!("#now[data-coding='{coding}']"))
            .await;
    }

    /// Moves the card in hand to a theme: by its button where it is likely, else by the list.
    pub async fn move_to(&self, theme: &str) {
        let button = format!(
            "[...document.querySelectorAll('#now .pick button')].findIndex((b) => b.querySelector('span').firstChild.textContent.trim() === '{theme}')"
        );
        let likely = self
            .browser
            .script(&format!("return {button} + 1"))
            .await
            .as_u64()
            .unwrap_or_default();
        self.changes(async {
            if likely > 0 {
                let button = self
                    .browser
                    .wait_for(&format!("#now .pick button:nth-child({likely})"))
                    .await;
                button.click().await.expect("a theme can be clicked");
            } else {
                let field = self.browser.wait_for("#find").await;
                field
                    .send_keys(theme)
                    .await
                    .expect("the field takes a name");
                self.browser.click("Move").await;
            }
        })
        .await;
    }

    /// Makes a theme from the card in hand.
    pub async fn new_theme(&self, name: &str) {
        self.changes(async {
            let field = self.browser.wait_for("#now input[name=name]").await;
            field.clear().await.expect("the field can be emptied");
            field.send_keys(name).await.expect("the field takes a name");
            self.browser.click("Make it").await;
        })
        .await;
    }

    /// The key of the theme of that name.
    pub async fn theme_id(&self, name: &str) -> String {
        let cards = self.cards().await;
        let card = cards.iter().find(|card| card.theme == name);
        card.unwrap_or_else(|| panic!("no theme {name}"))
            .theme_id
            .clone()
    }

    /// Opens what can be done with a theme as a whole.
    pub async fn open_theme(&self, theme: &str) {
        self.browser
            .click(&format!("Rename, merge, split {theme}"))
            .await;
    }

    pub async fn rename(&self, theme: &str, to: &str) {
        self.open_theme(theme).await;
        self.changes(async {
            let part = self.browser.within(theme);
            part.fill("New name", to).await;
            part.click("Rename").await;
        })
        .await;
    }

    pub async fn merge(&self, theme: &str, into: &str) {
        self.open_theme(theme).await;
        self.changes(async {
            let part = self.browser.within(theme);
            part.select("Merge into", into).await;
            part.click("Merge").await;
        })
        .await;
    }

    /// Sorts every statement of the question as the sample's consultant sees it, and confirms them all.
    pub async fn sort(&self) {
        self.name_themes().await;
        for card in self.cards().await {
            let wanted = sample::theme_of(&card.text);
            if card.theme != wanted {
                self.take(&card.coding).await;
                if self.codebook().await.contains(wanted) {
                    self.move_to(wanted).await;
                } else {
                    self.new_theme(wanted).await;
                }
            }
        }
        self.confirm_all().await;
    }

    /// Gives each proposed theme the name of what most of its statements are about.
    async fn name_themes(&self) {
        let mut seen = BTreeSet::new();
        for card in self.cards().await {
            if card.theme.is_empty() || !seen.insert(card.theme_id.clone()) {
                continue;
            }
            let cards = self.cards().await;
            let here: Vec<&Card> = cards
                .iter()
                .filter(|other| other.theme_id == card.theme_id)
                .collect();
            let wanted = sample::theme_of(&card.text);
            let all = here
                .iter()
                .all(|other| sample::theme_of(&other.text) == wanted);
            let Some(name) = here
                .first()
                .map(|card| card.theme.clone())
                .filter(|name| !sample::is_theme(name))
            else {
                continue; // named already, and used by the other questions too
            };
            if !all {
                continue; // its statements go each its own way
            }
            if self.codebook().await.contains(wanted) {
                self.merge(&name, wanted).await;
            } else {
                self.rename(&name, wanted).await;
            }
        }
    }

    /// Confirms theme by theme.
    async fn confirm_all(&self) {
        let button = Locator::Css("article.theme form[action$='/confirm'] button");
        loop {
            let left = self
                .browser
                .script("return document.querySelectorAll('.tent').length")
                .await;
            if left.as_u64() == Some(0) {
                return;
            }
            self.changes(async {
                let button = self
                    .browser
                    .client()
                    .find(button)
                    .await
                    .expect("a theme with proposals has a button");
                button.click().await.expect("a button can be clicked");
            })
            .await;
        }
    }
}
