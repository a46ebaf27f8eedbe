//! Every page the walk comes by is looked at: by rules here, and by people in the pictures it keeps.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::browser::Browser;

/// Where the picture for the README goes, from the folder of the crate; without it none is made.
const SCREENSHOTS: &str = "COHERENCE_SCREENSHOTS";

/// How a page is shown.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    /// A desk, by day.
    Desk,
    /// A phone, 360 pixels wide.
    Phone,
    /// The same by night.
    DarkPhone,
    /// A tablet held upright.
    Tablet,
    /// The same by night.
    DarkTablet,
    /// On paper: A4 at 96 pixels to the inch, less its margins.
    Print,
    /// A desk, by night.
    Dark,
    /// A desk at 200 %: half the pixels in either direction.
    Zoomed,
}

impl Look {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Desk => "",
            Self::Phone => "-360",
            Self::DarkPhone => "-360-dark",
            Self::Tablet => "-768",
            Self::DarkTablet => "-768-dark",
            Self::Print => "-print",
            Self::Dark => "-dark",
            Self::Zoomed => "-zoomed",
        }
    }

    /// Shows the page of the moment in this way.
    pub async fn put(self, browser: &Browser) {
        let (width, height, ratio) = match self {
            Self::Desk | Self::Dark => (1280, 900, 1),
            Self::Phone | Self::DarkPhone => (360, 780, 2),
            Self::Tablet | Self::DarkTablet => (768, 1024, 1),
            Self::Print => (680, 1000, 1),
            Self::Zoomed => (640, 450, 2),
        };
        let phone = matches!(self, Self::Phone | Self::DarkPhone);
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": phone });
        browser
            .cdp("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let dark = matches!(self, Self::Dark | Self::DarkPhone | Self::DarkTablet);
        let scheme = if dark { "dark" } else { "light" };
        let medium = if matches!(self, Self::Print) {
            "print"
        } else {
            ""
        };
        let media = json!({
            "media": medium,
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        });
        browser.cdp("Emulation.setEmulatedMedia", media).await;
    }
}

/// The pictures of one walk, numbered in its order, and the faults found on the way.
pub struct Album {
    kept: bool,
    taken: usize,
    faults: Vec<String>,
}

impl Album {
    /// Checks every page; keeps its picture where `kept`.
    pub fn new(kept: bool) -> Self {
        Self {
            kept,
            taken: 0,
            faults: Vec::new(),
        }
    }

    /// Checks the page as this browser shows it.
    pub async fn page(&mut self, browser: &Browser, name: &str) {
        self.page_after(browser, name, &[]).await;
    }

    /// The same for a page that the server sent with one of these statuses, which the browser's console repeats.
    pub async fn page_after(&mut self, browser: &Browser, name: &str, statuses: &[u16]) {
        self.taken += 1;
        self.look(browser, name, "", statuses).await;
    }

    /// Checks the page on a desk, on a phone and in the dark, and leaves it on the desk.
    pub async fn everywhere(&mut self, browser: &Browser, name: &str) {
        self.everywhere_after(browser, name, &[]).await;
    }

    /// The same for a page sent with one of these statuses.
    pub async fn everywhere_after(&mut self, browser: &Browser, name: &str, statuses: &[u16]) {
        self.taken += 1;
        for look in [Look::Phone, Look::Dark, Look::Desk] {
            look.put(browser).await;
            self.look(browser, name, look.suffix(), statuses).await;
        }
    }

    /// Checks the page at 360, 768 and 1280 pixels, by day and by night, and on paper, and leaves it on the desk.
    pub async fn in_every_form(&mut self, browser: &Browser, name: &str) {
        self.taken += 1;
        let forms = [
            Look::Phone,
            Look::DarkPhone,
            Look::Tablet,
            Look::DarkTablet,
            Look::Dark,
            Look::Print,
            Look::Desk,
        ];
        for form in forms {
            form.put(browser).await;
            self.look(browser, name, form.suffix(), &[]).await;
        }
    }

    async fn look(&mut self, browser: &Browser, name: &str, suffix: &str, statuses: &[u16]) {
        let name = format!("{:02}-{name}{suffix}", self.taken);
        if self.kept {
            browser.screenshot(&name).await;
        }
        browser.assert_no_horizontal_scroll().await;
        browser.assert_stayed_local().await;
        let meant = |complaint: &String| {
            statuses
                .iter()
                .any(|status| complaint.contains(&format!("status of {status} ")))
        };
        let complaints = browser
            .complaints()
            .await
            .into_iter()
            .filter(|complaint| !meant(complaint));
        let faults = browser.accessibility_faults().await;
        self.faults.extend(
            complaints
                .chain(faults)
                .map(|fault| format!("{name}: {fault}")),
        );
    }

    /// Fails the test with every fault of every page.
    pub fn close(self) {
        assert!(
            self.faults.is_empty(),
            "{} faults:\n- {}",
            self.faults.len(),
            self.faults.join("\n- ")
        );
    }
}

/// The top of the page as the README shows it, where the caller's settings say so.
pub async fn for_the_readme(browser: &Browser) {
    let Some(folder) = std::env::var_os(SCREENSHOTS) else {
        return;
    };
    let (width, height) = (1280, 1400);
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    browser
        .cdp("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
    let picture = browser
        .cdp(
            "Page.captureScreenshot",
            json!({ "format": "png", "clip": clip }),
        )
        .await;
    let picture = STANDARD
        .decode(picture["data"].as_str().unwrap_or_default())
        .expect("a picture is base64");
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    std::fs::write(folder.join("report.png"), picture).expect("the picture can be written");
    Look::Desk.put(browser).await;
}
