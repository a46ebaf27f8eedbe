use std::sync::Arc;

use minijinja::{Environment, UndefinedBehavior};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::survey::promise::{Attribution, Promise};
use crate::survey::{EmailAddress, Language};
use crate::wording::{Catalogue, NoticeFacts, notice};

const LINK: &str = "https://ask.example.com/r/0Vf3kq-nW8_aTt2LxYbQ9Zs4";

fn env() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    minijinja_embed::load_templates!(&mut env);
    env
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("valid")
}

fn facts(kind: LetterKind, language: Language) -> LetterFacts {
    let closes_at = "2026-12-04T17:00:00Z".parse().expect("a time");
    let time_zone = chrono_tz::Europe::Berlin;
    let catalogue = Catalogue::load().expect("valid");
    let about = NoticeFacts {
        promise: Promise {
            attribution: Attribution::Confidential,
            retention_months: 12,
        },
        provider: None,
        organisation: "Halden Instruments",
        team: "Executive team",
        consultant: "Anna Weber",
        others: &[],
        team_size: 8,
        closes_at,
        time_zone,
    };
    LetterFacts {
        kind,
        language,
        to_name: "Ada Lovelace".into(),
        to_address: address("ada@halden.example"),
        consultant_name: "Anna Weber".into(),
        consultant_address: address("anna@weber.example"),
        system_address: address("letters@ask.example.com"),
        organisation: "Halden Instruments".into(),
        team: "Executive team".into(),
        label: "2026-Q4".into(),
        closes_at,
        time_zone,
        link: LINK.into(),
        message: "We meet on 11 December.\nPlease answer before.\n\nThank you.".into(),
        notice: notice(&catalogue, language, &about),
        message_id_key: "invitation:ada@halden.example:2026-Q4".into(),
        now: "2026-11-20T12:00:00Z".parse().expect("a time"),
    }
}

fn write(facts: &LetterFacts) -> Letter {
    let catalogue = Arc::new(Catalogue::load().expect("valid"));
    compose(&env(), &catalogue, facts).expect("renders")
}

fn raw(letter: &Letter) -> String {
    String::from_utf8(letter.message().expect("a message").formatted()).expect("ASCII")
}

/// The header block as mail programs read it: folded lines joined.
fn headers(letter: &Letter) -> Vec<String> {
    let raw = raw(letter);
    let (head, _) = raw.split_once("\r\n\r\n").expect("a body follows");
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

/// What a reader of the HTML part reads, in one line.
fn read(html: &str) -> String {
    let mut text = String::new();
    let body = html.split_once("<body").expect("a body").1;
    for piece in body.split('<').skip(1) {
        text.push(' ');
        text.push_str(piece.split_once('>').expect("a closed tag").1);
    }
    let text = text
        .replace("&#x2f;", "/")
        .replace("&#x27;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_letters_read_as_approved_in_every_language() {
    for language in Language::ALL {
        for kind in LetterKind::ALL {
            let letter = write(&facts(kind, language));
            let name = format!("{}_{}", kind.key(), language.code());
            let shown = format!(
                "From: {} <{}>\nReply-To: {} <{}>\nTo: {} <{}>\nSubject: {}\n\n{}",
                letter.from.name,
                letter.from.address.as_str(),
                letter.reply_to.name,
                letter.reply_to.address.as_str(),
                letter.to.name,
                letter.to.address.as_str(),
                letter.subject,
                letter.text,
            );
            insta::assert_snapshot!(name.clone(), shown);
            insta::assert_snapshot!(format!("{name}_html"), letter.html);
        }
    }
}

#[test]
fn the_html_says_the_same_as_the_text_but_for_the_button() {
    for language in Language::ALL {
        for kind in LetterKind::ALL {
            let letter = write(&facts(kind, language));
            let text = letter.text.replace("\n- ", " ");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let button = match language {
                Language::En => "Open my private page ",
                Language::De => "Meine private Seite öffnen ",
            };
            assert_eq!(read(&letter.html).replacen(button, "", 1), text);
        }
    }
}

#[test]
fn a_letter_holds_no_link_but_the_private_one_and_nothing_that_is_loaded() {
    for kind in LetterKind::ALL {
        let letter = write(&facts(kind, Language::En));
        assert_eq!(letter.text.matches("://").count(), 1);
        assert_eq!(
            letter.html.matches(LINK).count(),
            2,
            "once to open, once to read"
        );
        assert_eq!(letter.html.matches("://").count(), 2);
        for loaded in ["<img", "<link", "<script", "src=", "url(", "@import"] {
            assert!(!letter.html.contains(loaded), "{loaded}");
        }
        assert!(letter.text.lines().any(|line| line == LINK));
    }
}

#[test]
fn a_subject_gives_nothing_away() {
    for language in Language::ALL {
        for kind in LetterKind::ALL {
            let facts = facts(kind, language);
            let subject = write(&facts).subject;
            for told in [
                &facts.to_name,
                &facts.consultant_name,
                &facts.organisation,
                &facts.team,
            ] {
                assert!(!subject.contains(told.as_str()), "{subject}");
            }
            assert!((10..70).contains(&subject.chars().count()), "{subject}");
        }
    }
}

#[test]
fn the_headers_name_the_consultant_and_mark_the_letter_as_automatic() {
    let head = headers(&write(&facts(LetterKind::Invitation, Language::En)));
    for line in [
        "From: \"Anna Weber\" <letters@ask.example.com>",
        "Reply-To: \"Anna Weber\" <anna@weber.example>",
        "To: \"Ada Lovelace\" <ada@halden.example>",
        "Subject: Five questions, ten minutes, by Friday 4 December",
        "Auto-Submitted: auto-generated",
        "Date: Fri, 20 Nov 2026 12:00:00 +0000",
    ] {
        assert!(
            head.iter().any(|own| own == line),
            "{line} is not among {head:#?}"
        );
    }
}

#[test]
fn the_message_id_depends_on_the_key_alone_and_holds_no_address() {
    let first = facts(LetterKind::Invitation, Language::En);
    let mut again = first.clone();
    again.message = "Other words".into();
    let mut other = first.clone();
    other.message_id_key.push('2');
    let id = write(&first).message_id;
    assert_eq!(write(&again).message_id, id);
    assert_ne!(write(&other).message_id, id);
    assert!(
        id.starts_with('<') && id.ends_with("@ask.example.com>"),
        "{id}"
    );
    assert!(!id.contains("ada") && !id.contains("halden"), "{id}");
}

#[test]
fn hostile_names_stay_names() {
    for name in [
        "Ada\r\nBcc: eve@example.com",
        "Ada\n\nHello",
        "\"Ada\" <eve@example.com>, x",
        "Ada\\\" (comment) ;:@",
        "Ada 🦊 Łovelace",
        "<script>alert(1)</script>",
        "\u{202E}gro.live\u{202C}",
        "=?utf-8?q?Bcc=3A?=",
        "{{ link }} {% raw %}",
        "",
        "\0",
    ] {
        let mut facts = facts(LetterKind::Invitation, Language::En);
        for field in [
            &mut facts.to_name,
            &mut facts.consultant_name,
            &mut facts.organisation,
            &mut facts.team,
            &mut facts.label,
            &mut facts.message,
        ] {
            name.clone_into(field);
        }
        let letter = write(&facts);
        let message = letter.message().expect("a message");
        let to: Vec<String> = message
            .envelope()
            .to()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(to, ["ada@halden.example"], "{name:?}");
        let names: Vec<String> = headers(&letter)
            .iter()
            .map(|line| line.split(':').next().unwrap_or_default().to_lowercase())
            .collect();
        let known = [
            "from",
            "reply-to",
            "to",
            "subject",
            "date",
            "message-id",
            "auto-submitted",
            "mime-version",
            "content-type",
        ];
        assert!(
            names.iter().all(|own| known.contains(&own.as_str())),
            "{name:?}: {names:?}"
        );
        assert_eq!(names.len(), known.len(), "{name:?}: {names:?}");
        assert!(!letter.html.contains("<script"), "{name:?}");
        assert!(!letter.html.contains("<eve@"), "{name:?}");
        assert!(
            !letter.text.contains('\u{202E}') && !letter.text.contains('\r'),
            "{name:?}"
        );
    }
}

#[test]
fn a_strange_link_is_escaped() {
    let mut facts = facts(LetterKind::Receipt, Language::En);
    facts.link = "https://x.example/\"><b>".into();
    let letter = write(&facts);
    assert!(!letter.html.contains("\"><b>"), "{}", letter.html);
}

#[test]
fn what_a_log_could_show_of_a_letter_is_its_identifier() {
    let letter = write(&facts(LetterKind::Invitation, Language::En));
    let shown = format!("{letter:?}");
    assert_eq!(shown, format!("Letter({})", letter.message_id));
}

#[tokio::test]
async fn files_make_their_directory_and_keep_one_file_per_letter() {
    let place = tempfile::tempdir().expect("a directory");
    let files = Files::new(place.path().join("a/b"));
    let first = write(&facts(LetterKind::Invitation, Language::En));
    let mut later = first.clone();
    later.written_at += chrono::TimeDelta::seconds(1);
    for letter in [&later, &first, &first] {
        files.send(letter).await.expect("written");
    }
    let mut names: Vec<String> = std::fs::read_dir(place.path().join("a/b"))
        .expect("made")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|name| {
        std::path::Path::new(name)
            .extension()
            .is_some_and(|e| e == "eml")
    }));
    assert!(names[0].starts_with("20261120T120000"), "{names:?}");
    let kept = std::fs::read_to_string(place.path().join("a/b").join(&names[0])).expect("readable");
    assert!(
        kept.contains("To: \"Ada Lovelace\" <ada@halden.example>"),
        "{kept}"
    );
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_refuses_for_now() {
    let place = tempfile::NamedTempFile::new().expect("a file");
    let files = Files::new(place.path().join("below"));
    let letter = write(&facts(LetterKind::Receipt, Language::En));
    let refusal = files
        .send(&letter)
        .await
        .expect_err("a file is no directory");
    assert!(!refusal.permanent && !refusal.words.is_empty());
}

#[tokio::test]
async fn memory_keeps_letters_in_order_and_clones_share_them() {
    let memory = Memory::default();
    let shared: Arc<dyn Mailer> = Arc::new(memory.clone());
    for kind in LetterKind::ALL {
        shared
            .send(&write(&facts(kind, Language::De)))
            .await
            .expect("kept");
    }
    let subjects: Vec<String> = memory
        .letters()
        .into_iter()
        .map(|letter| letter.subject)
        .collect();
    assert_eq!(
        subjects,
        [
            "Fünf Fragen, zehn Minuten, bis Freitag, 4. Dezember",
            "Noch offen: fünf Fragen, zehn Minuten, bis Freitag, 4. Dezember",
            "Ihre Antworten sind angekommen",
        ]
    );
}

/// A mail server that answers every recipient with that line; returns its address.
async fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let (read, mut write) = socket.split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test\r\n").await.expect("sent");
        let mut in_letter = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let said = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_letter => {
                    in_letter = false;
                    "250 taken"
                }
                _ if in_letter => continue,
                "RCPT" => answer,
                "DATA" => {
                    in_letter = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 yes",
            };
            if write
                .write_all(format!("{said}\r\n").as_bytes())
                .await
                .is_err()
            {
                break;
            }
        }
    });
    url
}

#[tokio::test]
async fn a_server_takes_a_letter_or_says_why_not() {
    let letter = write(&facts(LetterKind::Invitation, Language::En));
    for (answer, expected) in [
        ("250 yes", None),
        (
            "550 5.1.1 mailbox unknown",
            Some((true, "550 5.1.1 mailbox unknown")),
        ),
        ("451 4.3.0 later", Some((false, "451 4.3.0 later"))),
    ] {
        let smtp = Smtp::new(&server(answer).await).expect("valid");
        let sent = smtp.send(&letter).await;
        let refused = sent
            .as_ref()
            .err()
            .map(|refusal| (refusal.permanent, refusal.words.as_str()));
        assert_eq!(refused, expected);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_refuses_for_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let letter = write(&facts(LetterKind::Invitation, Language::En));
    let refusal = Smtp::new(&url)
        .expect("valid")
        .send(&letter)
        .await
        .expect_err("nobody listens");
    assert!(!refusal.permanent && !refusal.words.is_empty());
}

fn owner_facts(language: Language) -> OwnerFacts {
    let usual = facts(LetterKind::Reminder, language);
    OwnerFacts {
        language,
        to_name: usual.to_name,
        to_address: usual.to_address,
        consultant_name: usual.consultant_name,
        consultant_address: usual.consultant_address,
        system_address: usual.system_address,
        organisation: usual.organisation,
        team: usual.team,
        label: usual.label,
        question: Some("Do we protect platform reliability this quarter, or stop it first?".into()),
        decision: "Protect it. Two engineers work on nothing else.".into(),
        due_on: "2026-12-18".parse().ok(),
        stops: "The weekly status deck".into(),
        message_id_key: "decision/7/ada/2026-12-11".into(),
        now: usual.now,
    }
}

fn write_owner(facts: &OwnerFacts) -> Letter {
    let catalogue = Arc::new(Catalogue::load().expect("valid"));
    compose_owner(&env(), &catalogue, facts).expect("renders")
}

#[test]
fn the_letter_to_an_owner_reads_as_approved_and_says_the_same_in_both_forms() {
    for language in Language::ALL {
        let letter = write_owner(&owner_facts(language));
        let name = format!("decision_{}", language.code());
        let shown = format!("Subject: {}\n\n{}", letter.subject, letter.text);
        insta::assert_snapshot!(name.clone(), shown);
        insta::assert_snapshot!(format!("{name}_html"), letter.html);
        let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(read(&letter.html), text);
        assert!(!letter.text.contains("://") && !letter.html.contains("://"));
        for told in ["Ada", "Anna", "Halden", "Executive", "platform"] {
            assert!(!letter.subject.contains(told), "{}", letter.subject);
        }
    }
}

#[test]
fn an_owner_reads_of_a_decision_no_more_than_there_is() {
    let mut facts = owner_facts(Language::En);
    facts.question = None;
    facts.due_on = None;
    facts.stops = String::new();
    facts.decision = "<b>Protect</b> it.\r\nBcc: eve@example.com {{ link }}".into();
    let letter = write_owner(&facts);
    assert!(!letter.text.contains("What stops") && !letter.text.contains("By "));
    assert!(
        letter
            .text
            .contains("<b>Protect</b> it. Bcc: eve@example.com {{ link }}")
    );
    assert!(!letter.html.contains("<b>Protect"));
    let to = letter.message().expect("a message");
    assert_eq!(to.envelope().to().len(), 1);
}
