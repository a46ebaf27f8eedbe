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

/// The consultant changes the headline, adds a commentary, leaves out a chapter, moves a decision and publishes it again.
async fn revised(browser: &Browser, round: &str) {
    browser.goto(&format!("{round}/report/edit")).await;
    let question =
        "return [...document.querySelectorAll('article.fork h3')].map((h) => h.textContent)";
    let before = browser.script(question).await;
    for (open, words, save, seen) in [
        (
            "section.brief .controls summary",
            "Platform first, until March.",
            "reword",
            "The program wrote:",
        ),
        (
            "#c-brief summary",
            "**Decide** this before lunch.",
            "comment",
            "Decide this before lunch.",
        ),
    ] {
        // The same field stands under every sentence, so it is found by its place.
        let fold = format!("document.querySelector('{open}').closest('details')");
        browser
            .script(&format!(
                "document.querySelector('{open}').click(); {fold}.querySelector('textarea').select()"
            ))
            .await;
        browser.press(words).await;
        browser
            .script(&format!(
                "{fold}.querySelector('button[value={save}]').click()"
            ))
            .await;
        browser.wait_for_text(seen).await;
    }
    browser
        .click("Leave out the chapter: An agenda of 90 minutes")
        .await;
    browser.wait_for_text("Show the chapter again").await;
    let second = before[1].as_str().expect("a second decision").to_owned();
    browser
        .script("document.querySelectorAll('article.fork')[1].querySelector('button[value=up]').click()")
        .await;
    let first = format!("document.querySelector('article.fork h3').textContent === {second:?}");
    browser.wait_until(&first).await;
    browser.click("Publish a revision").await;
    browser
        .fill(
            "Why there is a new revision",
            "The sponsor asked for one sentence.",
        )
        .await;
    browser.click("Publish revision 2").await;
    browser.wait_for_text("Revisions").await;
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
        .script("return [...document.querySelectorAll('main a[href^=\"/rounds/\"]')].filter((a) => a.textContent.includes('Q3') && a.textContent.includes('Executive team')).map((a) => a.href)")
        .await;
    let round = rounds[0].as_str().expect("a third quarter").to_owned();
    browser.goto(&round).await;
    album.in_every_form(&browser, "report-round").await;
    for (words, name) in [
        ("Your report", "report-consultant"),
        ("The client’s report", "report-client"),
        ("Change the client’s report", "report-edit"),
        ("Publish a revision", "report-publish"),
        ("Record what the team decides", "report-debrief"),
        ("All rounds of", "report-trend"),
    ] {
        browser.goto(&round).await;
        let page = link(&browser, words).await;
        browser.goto(&page).await;
        album.in_every_form(&browser, name).await;
    }
    browser
        .goto(&format!("{}/organisations", app.address()))
        .await;
    let organisation = link(&browser, "Halden").await;
    browser.goto(&format!("{organisation}/teams")).await;
    album.in_every_form(&browser, "report-teams").await;

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

    revised(&browser, &round).await;
    sponsor.reload().await;
    sponsor.wait_for_text("Platform first, until March.").await;
    sponsor.wait_for_text("Decide this before lunch.").await;
    sponsor.wait_for_text("Revision 2").await;
    sponsor
        .wait_for_text("The sponsor asked for one sentence.")
        .await;
    let page = sponsor.text().await;
    assert!(
        !page.contains("An agenda of 90 minutes"),
        "the chapter was left out"
    );
    album
        .in_every_form(&sponsor, "report-sponsor-revised")
        .await;
    album.close();
    // The sample's round is open: its letters wait for the postman, whom nobody sent.
    let mut app = app;
    app.expect_pending_letters();
    app.stop().await;
}
