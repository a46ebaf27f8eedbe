//! A real Chromium, driven by what a reader sees: labels, buttons, headings.
//!
//! Elements are waited for by the driver itself (its implicit wait), so no test sleeps or retries. Every verb fails the
//! test with a sentence that says what was looked for and what the page shows instead.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::Driver;
use super::within::Within;

/// How long the driver looks for an element and waits for a condition.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing but the page under test may use the network, and it may only reach this machine: every other address goes
/// to a proxy that isn't there, and no other name has an address. Loopback needs no exception from the proxy.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox", // root, as in a container, has no sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-pings",
    "--metrics-recording-only",
    "--password-store=basic",
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,\
     NetworkTimeServiceQuerying,DialMediaRouteProvider",
    // The same picture on every machine and at every run.
    "--force-device-scale-factor=1",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];

/// What kind of browser a test wants.
#[derive(Clone, Debug)]
#[must_use = "a kind of browser does nothing until it is started"]
pub struct Kind {
    width: u32,
    height: u32,
    phone: bool,
    scripts: bool,
    dark: bool,
    language: &'static str,
}

impl Kind {
    /// A window of that many CSS pixels on a desk.
    pub fn desktop(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            phone: false,
            scripts: true,
            dark: false,
            language: "en-GB",
        }
    }

    /// A phone of that many CSS pixels, used with a finger; narrower than any window on a desk can be.
    pub fn phone(width: u32, height: u32) -> Self {
        Self {
            phone: true,
            ..Self::desktop(width, height)
        }
    }

    /// The pages' own scripts don't run. The test's still do.
    pub fn without_scripts(mut self) -> Self {
        self.scripts = false;
        self
    }

    /// The reader prefers a dark page.
    pub fn dark(mut self) -> Self {
        self.dark = true;
        self
    }

    /// The language the browser asks for, such as `de`. Its own date fields stay American where Debian's
    /// `chromium-l10n` isn't installed.
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Starts a browser of this kind with an empty profile.
    pub async fn start(self) -> Browser {
        let profile = tempfile::Builder::new()
            .prefix("coherence-browser-")
            .tempdir();
        let profile = profile.expect("a temporary folder for the browser's profile can be made");
        let driver = Driver::start();
        let Value::Object(wishes) = self.wishes(profile.path()) else {
            unreachable!("the wishes are an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&driver.url())
            .await;
        let client = client.unwrap_or_else(|error| {
            panic!(
                "Chromium does not start ({error}): run the tests with tests/run, which installs it"
            )
        });
        Browser {
            client,
            scripts: self.scripts,
            _driver: driver,
            _profile: profile,
        }
    }

    fn wishes(&self, profile: &Path) -> Value {
        let mut flags: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.display()));
        flags.push(format!("--window-size={},{}", self.width, self.height));
        flags.push(format!("--lang={}", self.language));
        // A finger is coarse and can't hover; a mouse is fine and can, also on a machine that has none.
        let (pointer, hover) = if self.phone { (2, 1) } else { (4, 2) };
        flags.push(format!(
            "--blink-settings=preferredColorScheme={},primaryPointerType={pointer},availablePointerTypes={pointer},\
             primaryHoverType={hover},availableHoverTypes={hover}",
            u8::from(!self.dark),
        ));
        let mut options = json!({
            "args": flags,
            "prefs": {
                "profile.managed_default_content_settings.javascript": if self.scripts { 1 } else { 2 },
                "intl.accept_languages": self.language,
                "credentials_enable_service": false,
                "profile.password_manager_leak_detection": false,
            },
            // Collected by the driver, for `assert_stayed_local`.
            "perfLoggingPrefs": { "enableNetwork": true, "enablePage": false },
        });
        // A window's own size would count its frame, and can't be as narrow as a phone.
        options["mobileEmulation"] = json!({ "deviceMetrics": {
            "width": self.width,
            "height": self.height,
            "pixelRatio": if self.phone { 2 } else { 1 },
            "mobile": self.phone,
            // A driven tap becomes a click only later, so that the next look at the page may still see the old one.
            // The page learns of the finger by the settings above instead.
            "touch": false,
        }});
        let patience = u64::try_from(PATIENCE.as_millis()).expect("seconds fit");
        json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "implicit": patience, "script": patience, "pageLoad": 3 * patience },
        })
    }
}

/// A running browser. It ends when this is dropped, also when the test fails.
pub struct Browser {
    client: Client,
    scripts: bool,
    // The order matters: the browser has to be gone before its profile is removed.
    _driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// The WebDriver client, for what has no verb here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the pages' own scripts run.
    pub fn runs_scripts(&self) -> bool {
        self.scripts
    }

    /// Opens an address and waits until it has loaded.
    pub async fn goto(&self, url: &str) {
        let opened = self.client.goto(url).await;
        opened.unwrap_or_else(|error| panic!("{url} did not open: {error}"));
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self
            .client
            .current_url()
            .await
            .expect("the browser knows where it is");
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
    }

    /// Everything a reader sees on the page.
    pub async fn text(&self) -> String {
        let body = self
            .client
            .find(Locator::Css("body"))
            .await
            .expect("a page has a body");
        body.text().await.expect("a body has text")
    }

    /// What the tab says.
    pub async fn title(&self) -> String {
        self.client.title().await.expect("a page has a title")
    }

    /// The whole page, to name fields and buttons on.
    pub fn page(&self) -> Within<'_> {
        Within::new(self, None)
    }

    /// The part of the page that a legend, heading or first cell starting with these words belongs to.
    pub fn within(&self, group: &str) -> Within<'_> {
        Within::new(self, Some(group.to_owned()))
    }

    /// See [`Within::fill`].
    pub async fn fill(&self, label: &str, value: &str) {
        self.page().fill(label, value).await;
    }

    /// See [`Within::choose`].
    pub async fn choose(&self, label: &str) {
        self.page().choose(label).await;
    }

    /// See [`Within::select`].
    pub async fn select(&self, label: &str, option: &str) {
        self.page().select(label, option).await;
    }

    /// See [`Within::attach`].
    pub async fn attach(&self, label: &str, file: &Path) {
        self.page().attach(label, file).await;
    }

    /// See [`Within::click`].
    pub async fn click(&self, words: &str) {
        self.page().click(words).await;
    }

    /// See [`Within::wait_for_text`].
    pub async fn wait_for_text(&self, words: &str) {
        self.page().wait_for_text(words).await;
    }

    /// Waits for an element and returns it.
    pub async fn wait_for(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!(
                "no {css} on the page ({error}); it shows:\n{}",
                self.text().await
            ),
        }
    }

    /// Waits until a JavaScript expression is true, for what changes without an element coming or going.
    pub async fn wait_until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (function look() {{ if ({expression}) done(true); else setTimeout(look, 20); }})();"
        );
        if let Err(error) = self.client.execute_async(&script, Vec::new()).await {
            panic!(
                "{expression} did not become true ({error}); the page shows:\n{}",
                self.text().await
            );
        }
    }

    /// Presses keys where the focus is, such as `Key::Tab` or a text.
    pub async fn press(&self, keys: &str) {
        let focused = self
            .client
            .active_element()
            .await
            .expect("something has the focus");
        focused
            .send_keys(keys)
            .await
            .expect("the focused element takes keys");
    }

    /// Drags one element onto another with the mouse; both as CSS selectors.
    pub async fn drag(&self, from: &str, to: &str) {
        let (from, to) = (self.wait_for(from).await, self.wait_for(to).await);
        let step = Some(Duration::from_millis(50));
        let over = |element: Element, x| PointerAction::MoveToElement {
            element,
            duration: step,
            x,
            y: 0.0,
        };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(over(from, 0.0))
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            // A drag starts with a small movement, and only the second movement over the target drops there.
            .then(PointerAction::MoveBy {
                duration: step,
                x: 8.0,
                y: 8.0,
            })
            .then(over(to.clone(), 0.0))
            .then(over(to, 1.0))
            .then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        self.client
            .perform_actions(mouse)
            .await
            .expect("the mouse moves");
    }

    /// Runs a script of the test's in the page and returns its result.
    pub async fn script(&self, script: &str) -> Value {
        let result = self.client.execute(script, Vec::new()).await;
        result.unwrap_or_else(|error| panic!("the script failed ({error}): {script}"))
    }

    /// Saves the whole page, beyond the window too, to `target/screenshots/NAME.png` and returns the path.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        assert!(
            !name.is_empty() && name.chars().all(plain),
            "{name:?} is no plain name for a picture"
        );
        let metrics = self.cdp("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        let picture = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 },
        });
        let picture = self.cdp("Page.captureScreenshot", picture).await;
        let picture = STANDARD
            .decode(picture["data"].as_str().unwrap_or_default())
            .expect("a picture is base64");
        // Cargo gives tests a folder inside `target`, wherever that is.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        let file = folder.join(format!("{name}.png"));
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&file, picture))
            .unwrap_or_else(|error| panic!("{} could not be written: {error}", file.display()));
        file
    }

    /// Fails when the page is wider than its window, and names what sticks out.
    pub async fn assert_no_horizontal_scroll(&self) {
        let sticking_out = self.script(WIDE_ELEMENTS).await;
        let none = sticking_out.as_array().is_some_and(Vec::is_empty);
        assert!(
            none,
            "{} scrolls sideways because of {sticking_out}",
            self.path().await
        );
    }

    /// What the browser has complained about since the last call: script errors, blocked by policy, failed loads.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.log("browser").await;
        let bad = entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Fails when a page has asked for anything beyond 127.0.0.0/8 since the last call.
    pub async fn assert_stayed_local(&self) {
        let mut outside = Vec::new();
        for entry in self.log("performance").await {
            let message: Value = entry["message"]
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                let url = message["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                if !is_local(&url) {
                    outside.push(url);
                }
            }
        }
        assert!(
            outside.is_empty(),
            "the pages asked for addresses outside this machine: {outside:?}"
        );
    }

    /// One command of the browser's own protocol, which WebDriver has no verb for.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let result = self
            .client
            .issue_cmd(Extension {
                path: "goog/cdp/execute",
                body,
            })
            .await;
        result.unwrap_or_else(|error| panic!("the browser refused {command}: {error}"))
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self
            .client
            .issue_cmd(Extension {
                path: "se/log",
                body: json!({ "type": kind }),
            })
            .await;
        match entries {
            Ok(Value::Array(entries)) => entries,
            other => panic!("the browser's {kind} log could not be read: {other:?}"),
        }
    }
}

fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    match (url.scheme(), url.host_str()) {
        ("http" | "https" | "ws" | "wss", Some(host)) => {
            host == "localhost"
                || host
                    .parse::<std::net::Ipv4Addr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        ("data" | "blob" | "about" | "chrome" | "file", _) => true,
        _ => false,
    }
}

/// The outermost elements that reach beyond the window, or a sentence when only the page as a whole does.
const WIDE_ELEMENTS: &str = "
    const page = document.documentElement, room = page.clientWidth;
    // A phone zooms out to show what is too wide, and then its window seems wider than its screen.
    const zoomed = matchMedia('(pointer: coarse)').matches && innerWidth > screen.width;
    if (page.scrollWidth <= room && !zoomed) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > room + 0.5);
    const names = wide.filter((e) => !wide.includes(e.parentElement)).map((e) =>
        e.tagName.toLowerCase() + (e.id && '#' + e.id) + [...e.classList].map((c) => '.' + c).join(''));
    return names.length ? names : [`a page ${page.scrollWidth} pixels wide on a screen of ${Math.min(room, screen.width)}`];";

/// A command of ChromeDriver beyond the WebDriver standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
