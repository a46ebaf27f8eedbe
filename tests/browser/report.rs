//! What a consultant puts on the table: every page of the report in every form, on the demo's sample.

use coherence::demo;
use serde_json::json;

use crate::album::{Album, Look};
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Kind};
use crate::support::db::Backend;

/// The address of the page that a link with these words leads to.
async fn link(browser: &Browser, words: &str) -> String {
    let found = browser
        .script(&format!(
            "return [...document.querySelectorAll('main a')].find((a) => a.textContent.trim().startsWith('{words}'))?.href ?? ''"
        ))
        .await;
    let found = found.as_str().unwrap_or_default().to_owned();
    assert!(
        !found.is_empty(),
        "no link “{words}” on {}",
        browser.path().await
    );
    found
}

/// How many sheets of A4 the page of the moment prints on.
async fn sheets(browser: &Browser) -> usize {
    let paper = json!({
        "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false, "transferMode": "ReturnAsStream",
    });
    let printed = browser.cdp("Page.printToPDF", paper).await;
    let stream = printed["stream"]
        .as_str()
        .expect("a stream of the printed page");
    let mut text = String::new();
    loop {
        let part = browser.cdp("IO.read", json!({ "handle": stream })).await;
        let data = part["data"].as_str().unwrap_or_default();
        text.push_str(&decoded(data, part["base64Encoded"] == true));
        if part["eof"] == true {
            break;
        }
    }
    // The page tree of a PDF says how many there are.
    text.matches("/Type /Page\n").count()
}

fn decoded(data: &str, base64: bool) -> String {
    use base64::Engine as _;
    if !base64 {
        return data.to_owned();
    }
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(data)
        .expect("base64");
    bytes.into_iter().map(char::from).collect()
}

#[tokio::test]
async fn every_page_of_the_report_holds_in_every_form() {
    let app = TestApp::with_sample(Backend::Sqlite).await;
    let browser = Kind::desktop(1280, 900).start().await;
    browser.goto(&format!("{}/sign-in", app.address())).await;
    browser.fill("E-mail", demo::ADDRESS).await;
    browser.fill("Password", demo::PASSWORD).await;
    browser.click("Sign in").await;
    let mut album = Album::new(true);

    // The third quarter of the first team is published, has a round before it and a debrief.
    let rounds = browser
        .script("return [...document.querySelectorAll('main a[href^=\"/rounds/\"]')].filter((a) => a.textContent.includes('Q3')).map((a) => a.href)")
        .await;
    let round = rounds[0].as_str().expect("a third quarter").to_owned();
    browser.goto(&round).await;
    album.in_every_form(&browser, "report-round").await;
    for (words, name) in [
        ("Your report", "report-consultant"),
        ("The client’s report", "report-client"),
        ("Record what the team decides", "report-debrief"),
    ] {
        browser.goto(&round).await;
        let page = link(&browser, words).await;
        browser.goto(&page).await;
        album.in_every_form(&browser, name).await;
    }

    browser.goto(&round).await;
    browser.click("Make a link for").await;
    browser.wait_for_text("The link is ready.").await;
    let private = browser.page().value("Private link, until").await;
    let sponsor = Kind::desktop(1280, 900).start().await;
    sponsor.goto(&private).await;
    album.in_every_form(&sponsor, "report-sponsor").await;
    Look::Desk.put(&sponsor).await;
    let sheets = sheets(&sponsor).await;
    assert!(
        (4..=9).contains(&sheets),
        "the sponsor’s page prints on {sheets} sheets"
    );
    album.close();
    // The sample's round is open: its letters wait for the postman, whom nobody sent.
    let mut app = app;
    app.expect_pending_letters();
    app.stop().await;
}
