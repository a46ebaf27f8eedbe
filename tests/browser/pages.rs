//! Pages by the keyboard alone, at 200 % zoom, and in the dark.

use fantoccini::key::Key;

use crate::album::Look;
use crate::consultant::Board;
use crate::executive::ENGLISH;
use crate::sample::PRIYA;
use crate::stage::Stage;
use crate::support::browser::{Browser, Kind};

/// More stops than any page has.
const MOST_STOPS: usize = 200;

/// Goes on with the Tab key until that JavaScript condition holds for the focused element, called `at`. Wherever the
/// focus comes by, it can be seen.
pub async fn tab_to(browser: &Browser, condition: &str) {
    for _ in 0..MOST_STOPS {
        browser.press(&Key::Tab).await;
        let seen = "const at = document.activeElement, style = getComputedStyle(at);
            const inner = at.matches('input[type=radio], input[type=checkbox]') && at.nextElementSibling;
            return at === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none'
                || Boolean(inner) && getComputedStyle(inner).outlineStyle !== 'none'";
        if browser.script(seen).await != true {
            let focused = browser
                .script("return document.activeElement.outerHTML.slice(0, 200)")
                .await;
            panic!("the focus cannot be seen on {focused}");
        }
        if browser
            .script(&format!(
                "const at = document.activeElement; return Boolean({condition})"
            ))
            .await
            == true
        {
            return;
        }
    }
    panic!(
        "the Tab key never leads to {condition} on {}",
        browser.path().await
    );
}

fn says(words: &str) -> String {
    format!("at.textContent.trim().startsWith('{words}')")
}

#[tokio::test]
async fn a_question_is_answered_by_the_keyboard_alone() {
    let stage = Stage::open().await;
    let browser = Kind::desktop(1280, 900).start().await;
    browser.goto(&stage.private(&PRIYA)).await;
    tab_to(&browser, &says("Begin")).await;
    browser.press(&Key::Enter).await;
    browser.wait_for_text(ENGLISH.titles[0]).await;
    for (nth, text) in PRIYA.answers.priorities.iter().enumerate() {
        tab_to(&browser, &format!("at.id === 'text.{nth}'")).await;
        browser.press(text).await;
    }
    // Alt with the arrow takes the third up to the second place, and the focus with it.
    browser
        .press(&format!("{}{}", char::from(Key::Alt), char::from(Key::Up)))
        .await;
    assert_eq!(
        browser.page().value("Priority 2").await,
        PRIYA.answers.priorities[2]
    );
    assert_eq!(
        browser.page().value("Priority 3").await,
        PRIYA.answers.priorities[1]
    );
    assert_eq!(
        browser.script("return document.activeElement.id").await,
        "text.1"
    );
    tab_to(&browser, "at.value === 'down.1'").await;
    browser.press(&Key::Enter).await;
    assert_eq!(
        browser.page().value("Priority 3").await,
        PRIYA.answers.priorities[2]
    );
    tab_to(&browser, &says("Next: Trade-offs")).await;
    browser.press(&Key::Enter).await;
    browser.wait_for_text(ENGLISH.titles[1]).await;
    tab_to(&browser, "at.id === 'unknown'").await;
    browser.press(" ").await;
    tab_to(&browser, &says("Save for later")).await;
    browser.press(&Key::Enter).await;
    browser
        .wait_for_text("Saved. You can close this page")
        .await;
    assert!(browser.page().is_chosen("I don’t know.").await);
    stage.app.stop().await;
}

#[tokio::test]
async fn the_board_is_worked_by_the_keyboard_alone() {
    let stage = Stage::open().await;
    stage.answered().await;
    stage.close().await;
    let noa = &stage.noa;
    let board = Board { browser: noa };
    tab_to(noa, &says("Open the board")).await;
    noa.press(&Key::Enter).await;
    noa.wait_for_text("To sort: 15").await;
    let in_hand = "return document.querySelector('#now').dataset.coding";
    let first = noa.script(in_hand).await;
    tab_to(noa, "at.closest('#now')").await;
    board.changes(noa.press("1")).await;
    noa.wait_for_text("To sort: 14").await;
    let second = noa.script(in_hand).await;
    assert_ne!(first, second, "the next card is in hand");
    // The focus is still on the card, so that the next key works at once.
    noa.press(&Key::Right).await;
    noa.wait_until(&format!(
        "document.querySelector('#now').dataset.coding !== {second}"
    ))
    .await;
    let third = noa.script(in_hand).await;
    noa.press("n").await;
    assert_eq!(noa.script("return document.activeElement.id").await, "name");
    board
        .changes(noa.press(&format!("A theme of my own{}", char::from(Key::Enter))))
        .await;
    let cards = board.cards().await;
    let moved = cards
        .iter()
        .find(|card| third == card.coding.as_str())
        .expect("the card is still there");
    assert_eq!(moved.theme, "A theme of my own");
    noa.press("/").await;
    assert_eq!(noa.script("return document.activeElement.id").await, "find");
    tab_to(noa, &says("Rename, merge, split A theme of my own")).await;
    noa.press(&Key::Enter).await;
    tab_to(noa, "at.name === 'name' && at.closest('details')").await;
    board
        .changes(noa.press(&format!("My own theme{}", char::from(Key::Enter))))
        .await;
    noa.wait_for_text("My own theme").await;
    stage.app.stop().await;
}

#[tokio::test]
async fn every_main_page_holds_at_200_percent_and_in_the_dark() {
    let stage = Stage::open().await;
    let private = stage.private(&PRIYA);
    let executive = Kind::desktop(1280, 900).start().await;
    let questions = ["", "/1", "/2", "/3", "/4", "/5", "/last", "/decline"];
    let pages: Vec<String> = questions
        .iter()
        .map(|page| format!("{private}{page}"))
        .collect();
    hold(&executive, &pages).await;
    drop(executive);
    stage.answered().await;
    let (team, round) = (&stage.team, &stage.round);
    let open = [
        "/".to_owned(),
        "/organisations".to_owned(),
        stage.organisation.clone(),
        team.clone(),
        format!("{team}/import"),
        format!("{team}/rounds/new"),
        round.clone(),
    ];
    hold(&stage.noa, &open.map(|path| stage.at(&path))).await;
    stage.close().await;
    let closed = [
        "",
        "/themes/priorities",
        "/themes/trade_offs",
        "/themes/history",
        "/report",
        "/report/client",
    ];
    hold(
        &stage.noa,
        &closed.map(|page| stage.at(&format!("{round}{page}"))),
    )
    .await;
    stage.app.stop().await;
}

/// Fails when one of these pages scrolls sideways or has a fault at 200 % or in the dark.
async fn hold(browser: &Browser, pages: &[String]) {
    for page in pages {
        browser.goto(page).await;
        for look in [Look::Zoomed, Look::Dark] {
            look.put(browser).await;
            browser.assert_no_horizontal_scroll().await;
            browser.axe().await;
        }
    }
    Look::Desk.put(browser).await;
}
