//! A board of 112 statements, sorted to the end: by keys alone, by dragging, and without any script.

use std::fmt::Write as _;

use coherence::survey::Question;
use coherence::survey::draft::{Entry, Part};
use fantoccini::key::Key;
use serde_json::Value;

use crate::consultant::{self, Board};
use crate::pages::tab_to;
use crate::stage::{Stage, entry};
use crate::support::browser::{Browser, Kind};

/// Themes and how executives write about them, in words of their own.
const SUBJECTS: [(&str, [&str; 8]); 14] = [
    (
        "Platform reliability",
        [
            "Fix platform reliability",
            "Uptime of 99.95",
            "Fewer incidents on the platform",
            "Reliability before anything new",
            "Stop the nightly outages",
            "A platform that does not fall over",
            "Cut the incident count by half",
            "Reliable releases",
        ],
    ),
    (
        "Nordic expansion",
        [
            "Enter Sweden and Norway",
            "Nordic launch in spring",
            "First customers in Stockholm",
            "Open the Oslo office",
            "Scandinavia as the next market",
            "Go live in the Nordics",
            "A distributor in Sweden",
            "Norway before summer",
        ],
    ),
    (
        "Customer retention",
        [
            "Stop losing accounts at renewal",
            "Churn below five per cent",
            "Keep the customers we have",
            "Renewal rate back up",
            "Retention of the top fifty",
            "Win back lost accounts",
            "Net revenue retention of 110",
            "Renewals without discounts",
        ],
    ),
    (
        "Gross margin",
        [
            "Gross margin to 62 per cent",
            "Less discounting",
            "Raise prices on old contracts",
            "Margin before growth",
            "Cheaper hosting",
            "Cost of sales down",
            "Protect the margin",
            "Better margins on services",
        ],
    ),
    (
        "Hiring",
        [
            "Hire ten engineers",
            "Fill the open sales posts",
            "A new head of product",
            "Recruit in Poland",
            "Shorter time to hire",
            "Grow the data team",
            "Interns for support",
            "Hiring plan for the year",
        ],
    ),
    (
        "Analytics module",
        [
            "Ship the analytics module",
            "Dashboards for enterprise",
            "Analytics for every customer",
            "Reporting that customers ask for",
            "Launch insights",
            "Finish the analytics beta",
            "Sell analytics as an add-on",
            "Usage reports",
        ],
    ),
    (
        "Fewer meetings",
        [
            "Fewer meetings",
            "No meetings on Monday",
            "Shorter steering committees",
            "Cancel the weekly review",
            "Meeting-free afternoons",
            "Half as many committees",
            "End the status calls",
            "One meeting fewer a day",
        ],
    ),
    (
        "Rebrand",
        [
            "The rebrand",
            "New logo and website",
            "Relaunch the brand",
            "Brand work with the agency",
            "The naming project",
            "A new visual identity",
            "Brand campaign",
            "The website redesign",
        ],
    ),
    (
        "Certification",
        [
            "Pass the ISO certification",
            "Security audit in June",
            "Get certified",
            "SOC 2 report",
            "Close the audit findings",
            "Compliance for banks",
            "The security certificate",
            "Audit readiness",
        ],
    ),
    (
        "Partner channel",
        [
            "Build the partner channel",
            "Sell through resellers",
            "Five new partners",
            "Partner portal",
            "Training for resellers",
            "A partner manager",
            "Revenue through partners",
            "Channel agreements",
        ],
    ),
    (
        "Data migration",
        [
            "Finish the data migration",
            "Move everyone off the old database",
            "Migrate the last tenants",
            "Switch off the legacy system",
            "Old data centre closed",
            "Migration done by March",
            "No customer on the old stack",
            "Cut over the archive",
        ],
    ),
    (
        "Onboarding",
        [
            "Onboard customers in ten days",
            "Faster onboarding",
            "Self-service set-up",
            "Time to first value",
            "Onboarding without consultants",
            "Guided set-up for new users",
            "Shorten implementation",
            "A set-up wizard",
        ],
    ),
    (
        "Pricing",
        [
            "New price list",
            "Usage-based pricing",
            "Simplify the packages",
            "Three packages instead of nine",
            "Pricing page",
            "Test higher list prices",
            "Packages for small firms",
            "Price experiments",
        ],
    ),
    (
        "Support quality",
        [
            "Answer tickets within a day",
            "Support in German",
            "Ticket backlog to zero",
            "Better help pages",
            "Second-line support",
            "Satisfaction of support above 90",
            "A night shift in support",
            "Fewer escalations",
        ],
    ),
];

/// 14 texts of each of eight executives: one of each subject.
fn answers(person: usize) -> [(Question, Part); 5] {
    let text = |subject: usize| entry(SUBJECTS[subject % 14].1[person]);
    let part = |entries: Vec<Entry>| Part {
        version: 0,
        unknown: false,
        entries,
    };
    let trade = |subject: usize| Entry {
        over: SUBJECTS[subject + 1].1[person].to_owned(),
        ..text(subject)
    };
    let ask = Entry {
        function: "Sales".to_owned(),
        ..text(12)
    };
    let other = Entry {
        function: "Product".to_owned(),
        ..text(13)
    };
    [
        (Question::Priorities, part((0..5).map(text).collect())),
        (Question::TradeOffs, part(vec![trade(5)])),
        (Question::Stops, part((7..10).map(text).collect())),
        (Question::Successes, part(vec![text(10), text(11)])),
        (Question::Asks, part(vec![ask, other])),
    ]
}

fn subject_of(text: &str) -> &'static str {
    let found = SUBJECTS.iter().find(|(_, texts)| texts.contains(&text));
    found.unwrap_or_else(|| panic!("nobody wrote {text}")).0
}

/// The closed round of eight executives, and its board.
async fn large() -> (Stage, String) {
    let mut list = String::from("name,email,function\n");
    for person in 1..=8 {
        writeln!(
            list,
            "Person {person},person{person}@ferrowvane.example,Product"
        )
        .expect("a text");
    }
    let stage = Stage::open_with(&list, 8).await;
    for person in 1..=8 {
        let email = format!("person{person}@ferrowvane.example");
        stage.answer_with(&email, answers(person - 1), "2").await;
    }
    stage.app.deliver().await;
    stage.close().await;
    let board = format!("{}/themes/all", stage.round);
    (stage, board)
}

/// What lies in hand, and what the card offers for it.
struct InHand {
    text: String,
    likely: Vec<String>,
    themes: Vec<String>,
}

impl InHand {
    async fn on(browser: &Browser) -> Option<Self> {
        let script = "const now = document.getElementById('now'); if (!now || !/^To sort/.test(document.getElementById('to-sort').textContent)) return null;
            return { text: document.querySelector('#now-text q').textContent.trim(),
                likely: [...now.querySelectorAll('.pick button span')].map((s) => s.firstChild.textContent.trim()),
                themes: [...document.querySelectorAll('#all-themes option')].map((o) => o.value) }";
        let found = browser.script(script).await;
        let list = |name: &str| -> Vec<String> {
            let items = found[name].as_array().into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Some(Self {
            text: found["text"].as_str()?.to_owned(),
            likely: list("likely"),
            themes: list("themes"),
        })
    }
}

/// Every statement lies, confirmed, with all others of its subject and with no other.
async fn is_sorted(board: &Board<'_>) {
    board
        .browser
        .wait_for_text("All 112 statements have a confirmed theme")
        .await;
    let cards = board.cards().await;
    assert_eq!(cards.len(), 112);
    for card in &cards {
        assert_eq!(card.theme, subject_of(&card.text), "{}", card.text);
    }
}

#[tokio::test]
async fn a_board_of_112_statements_is_sorted_by_the_keyboard_alone() {
    let (stage, path) = large().await;
    let noa = &stage.noa;
    noa.goto(&stage.at(&path)).await;
    let board = Board { browser: noa };
    noa.screenshot("board-112-to-sort").await;
    // Once onto the card, by the tabulator; from there single keys do everything.
    tab_to(noa, "at.closest('#now')").await;
    for _ in 0..112 {
        let card = InHand::on(noa).await.expect("something to sort");
        let wanted = subject_of(&card.text);
        if let Some(at) = card.likely.iter().position(|name| name == wanted) {
            board.changes(noa.press(&(at + 1).to_string())).await;
        } else {
            let known = card.themes.iter().any(|name| name == wanted);
            noa.press(if known { "/" } else { "n" }).await;
            // A name that the program has in mind is selected: typing takes its place.
            let name = format!("{wanted}{}", char::from(Key::Enter));
            board.changes(noa.press(&name)).await;
        }
    }
    is_sorted(&board).await;
    noa.screenshot("board-112-sorted").await;
    // And back again.
    tab_to(noa, "at.dataset.key === 'u'").await;
    board.changes(noa.press(&Key::Enter)).await;
    noa.wait_for_text("111 of 112 statements").await;
    stage.app.stop().await;
}

#[tokio::test]
async fn a_board_of_112_statements_is_sorted_by_dragging() {
    let (stage, path) = large().await;
    let noa = &stage.noa;
    let board = Board { browser: noa };
    noa.goto(&stage.at(&path)).await;
    let mut made = std::collections::BTreeSet::new();
    for _ in 0..112 {
        let card = InHand::on(noa).await.expect("something to sort");
        let wanted = subject_of(&card.text);
        if made.insert(wanted) {
            board.new_theme(wanted).await;
            continue;
        }
        let target = board.theme_id(wanted).await;
        let to = format!("article.theme[data-theme='{target}'] h3");
        noa.script(&format!(
            "document.querySelector(\"{to}\").scrollIntoView({{ block: 'center' }})"
        ))
        .await;
        board.changes(noa.drag("#now-text", &to)).await;
    }
    is_sorted(&board).await;
    stage.app.stop().await;
}

#[tokio::test]
async fn a_board_of_112_statements_is_sorted_without_any_script() {
    let (stage, path) = large().await;
    let plain = Kind::desktop(1280, 900).without_scripts().start().await;
    plain.goto(&stage.at("/sign-in")).await;
    consultant::sign_in(&plain).await;
    // Going on before the answer is there would be going on without a session.
    plain.wait_for_text("Sign out").await;
    plain.goto(&stage.at(&path)).await;
    let board = Board { browser: &plain };
    for _ in 0..112 {
        let card = InHand::on(&plain).await.expect("something to sort");
        let wanted = subject_of(&card.text);
        if card.themes.iter().any(|name| name == wanted) {
            board.move_to(wanted).await;
        } else {
            board.new_theme(wanted).await;
        }
    }
    is_sorted(&board).await;
    stage.app.stop().await;
}
