//! Fields, choices and buttons, found by the words a reader sees, on the whole page or in one named part of it.

use std::path::Path;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::json;

use super::browser::Browser;

/// The whole page or one named part of it.
pub struct Within<'b> {
    browser: &'b Browser,
    group: Option<String>,
}

impl<'b> Within<'b> {
    pub(super) fn new(browser: &'b Browser, group: Option<String>) -> Self {
        Self { browser, group }
    }

    /// Puts a value into the field with that label, in place of what it held. Dates are written as in HTML, such as
    /// `2026-11-20` or `2026-11-20T17:00`.
    pub async fn fill(&self, label: &str, value: &str) {
        let field = self.field(label).await;
        let kind = field.attr("type").await.ok().flatten().unwrap_or_default();
        let filled = if matches!(
            kind.as_str(),
            "date" | "datetime-local" | "time" | "month" | "week" | "color" | "range"
        ) {
            // How these are typed depends on the browser's language.
            set_value(self.browser.client(), &field, value).await
        } else {
            match field.clear().await {
                Ok(()) => field.send_keys(value).await,
                Err(error) => Err(error),
            }
        };
        filled.unwrap_or_else(|error| panic!("the field {label:?} could not be filled: {error}"));
    }

    /// What the field with that label holds.
    pub async fn value(&self, label: &str) -> String {
        let value = self.field(label).await.prop("value").await;
        value
            .ok()
            .flatten()
            .unwrap_or_else(|| panic!("the field {label:?} has no value"))
    }

    /// Clicks the label of a radio button or checkbox.
    pub async fn choose(&self, label: &str) {
        let [exact, loose] = same_or_starting(label).map(|is| format!("//label[{is}]"));
        let label = self
            .only(&format!("choice {label:?}"), &exact, &loose)
            .await;
        label.click().await.expect("a label can be clicked");
    }

    /// Whether the radio button or checkbox with that label is chosen.
    pub async fn is_chosen(&self, label: &str) -> bool {
        self.field(label)
            .await
            .is_selected()
            .await
            .expect("a choice is on or off")
    }

    /// Picks an option of a list by the words a reader sees.
    pub async fn select(&self, label: &str, option: &str) {
        let list = self.field(label).await;
        let path = format!(".//option[normalize-space(.) = {}]", literal(option));
        let picked = list.select_by(Locator::XPath(&path)).await;
        picked.unwrap_or_else(|error| panic!("the list {label:?} has no {option:?}: {error}"));
    }

    /// Gives a file to the field with that label.
    pub async fn attach(&self, label: &str, file: &Path) {
        let path = file.to_str().expect("the tests' paths are plain text");
        self.field(label)
            .await
            .send_keys(path)
            .await
            .expect("a file field takes a path");
    }

    /// Clicks the button or link with those words; a longer text that starts with them will do if it is the only one.
    pub async fn click(&self, words: &str) {
        let clickable =
            "self::button or self::a[@href] or self::summary or @role='button' or @role='tab'";
        let [exact, loose] = same_or_starting(words).map(|is| format!("//*[{clickable}][{is}]"));
        let value = literal(words);
        let input = format!("//input[@type='submit' or @type='button'][@value={value}]");
        let [exact, loose] = [exact, loose].map(|path| format!("{path} | {}{input}", self.root()));
        let button = self
            .only(&format!("button or link {words:?}"), &exact, &loose)
            .await;
        let clicked = button.click().await;
        clicked.unwrap_or_else(|error| panic!("{words:?} could not be clicked: {error}"));
    }

    /// The text a reader sees in this part.
    pub async fn text(&self) -> String {
        let Some(group) = &self.group else {
            return self.browser.text().await;
        };
        match self
            .browser
            .client()
            .find(Locator::XPath(&self.root()))
            .await
        {
            Ok(part) => part.text().await.expect("a part of a page has text"),
            Err(error) => panic!(
                "no part {group:?} ({error}); the page shows:\n{}",
                self.browser.text().await
            ),
        }
    }

    /// Waits until these words stand somewhere in this part.
    pub async fn wait_for_text(&self, words: &str) {
        let has = format!("contains(normalize-space(.), {})", literal(words));
        let path = format!(
            "//*[{has}][not(self::script or self::style or self::template)][not(*[{has}])][ancestor::body]"
        );
        if self.seen(&path).await.is_empty() {
            self.one(&format!("text {words:?}"), Vec::new()).await;
        }
    }

    /// The field with that label; a longer label that starts so will do if it is the only one.
    pub async fn field(&self, label: &str) -> Element {
        let name = literal(label);
        let [exact, loose] = same_or_starting(label).map(|is| {
            let is_field = "self::input or self::textarea or self::select";
            format!("//*[{is_field}][@id = //label[{is}]/@for or ancestor::label[{is}] or @aria-label = {name}]")
        });
        // A hidden field behind a drawn checkbox is still the field, so being seen is not asked here.
        let what = format!("field {label:?}");
        let mut found = self.all(&loose).await;
        if found.len() > 1 {
            let same = self.all(&exact).await;
            if !same.is_empty() {
                found = same;
            }
        }
        self.one(&what, found).await
    }

    /// Where paths start: at this part, or anywhere.
    fn root(&self) -> String {
        let Some(group) = &self.group else {
            return String::new();
        };
        let name = literal(group);
        let starts = format!("starts-with(normalize-space(.), {name})");
        format!(
            "//*[(self::fieldset and legend[{starts}]) or (self::tr and *[1][{starts}]) \
             or ((self::section or self::article or self::form or self::li or self::div or @role='group') \
             and (*[self::h1 or self::h2 or self::h3 or self::h4][{starts}] or header/*[{starts}] \
             or starts-with(@aria-label, {name}) or @aria-labelledby = //*[{starts}]/@id))]"
        )
    }

    async fn all(&self, path: &str) -> Vec<Element> {
        let path = format!("{}{path}", self.root());
        self.browser
            .client()
            .find_all(Locator::XPath(&path))
            .await
            .unwrap_or_else(|error| panic!("{path} failed: {error}"))
    }

    /// Those of them that a reader sees.
    async fn seen(&self, path: &str) -> Vec<Element> {
        let mut seen = Vec::new();
        for element in self.all(path).await {
            if element.is_displayed().await.unwrap_or(false) {
                seen.push(element);
            }
        }
        seen
    }

    async fn only(&self, what: &str, exact: &str, loose: &str) -> Element {
        let mut found = self.seen(loose).await;
        if found.len() > 1 {
            let same = self.seen(exact).await;
            if !same.is_empty() {
                found = same;
            }
        }
        self.one(what, found).await
    }

    async fn one(&self, what: &str, mut found: Vec<Element>) -> Element {
        let place = self
            .group
            .as_ref()
            .map(|group| format!(" in {group:?}"))
            .unwrap_or_default();
        match (found.pop(), found.len()) {
            (Some(element), 0) => element,
            (None, _) => panic!(
                "no {what}{place} on {}, which shows:\n{}",
                self.browser.path().await,
                self.browser.text().await
            ),
            (Some(_), more) => panic!("{} times {what}{place}: name it more exactly", more + 1),
        }
    }
}

/// Conditions for "its words are these" and "its words start with these".
fn same_or_starting(words: &str) -> [String; 2] {
    let name = literal(words);
    [
        format!("normalize-space(.) = {name} or @aria-label = {name}"),
        format!("starts-with(normalize-space(.), {name}) or @aria-label = {name}"),
    ]
}

/// An `XPath` string, which knows no escapes: a text with both kinds of quotes is joined from pieces.
fn literal(text: &str) -> String {
    if text.contains('\'') {
        let pieces: Vec<String> = text.split('\'').map(|piece| format!("'{piece}'")).collect();
        format!("concat({})", pieces.join(", \"'\", "))
    } else {
        format!("'{text}'")
    }
}

async fn set_value(client: &Client, field: &Element, value: &str) -> Result<(), CmdError> {
    let script = "const [field, value] = arguments;
        field.value = value;
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
    client
        .execute(script, vec![serde_json::to_value(field)?, json!(value)])
        .await
        .map(drop)
}
