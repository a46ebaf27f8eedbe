//! The language model: off by default, asked only where the notice names it, believed only where its
//! answer fits, and never in the way.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use coherence::assistant::Assistant;
use coherence::settings::Settings;
use coherence::store::assistance;
use coherence::worker::{Sorted, Sorter};
use entity::types::{AssistanceState, CallOutcome, KeptReason, RoundId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use tokio::sync::oneshot;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::support::model::{Act, Model};
use crate::visitor::{Answer, Visitor};

const PROVIDER: &str = "Example Ltd, Dublin";
const KEY: &str = "sk-zzsecret";
/// Themes of a good answer: a statement belongs to the first whose word it contains.
const THEMES: &[(&str, &str)] = &[
    ("Platform", "eliability"),
    ("Nordics", "Sweden"),
    ("Analytics", "nalytics"),
    ("All else", ""),
];

fn settings(model: &Model) -> Vec<(&'static str, String)> {
    vec![
        ("COHERENCE_LANGUAGE_MODEL_URL", model.url()),
        ("COHERENCE_LANGUAGE_MODEL_KEY", KEY.to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_NAME", "some-model".to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_PROVIDER", PROVIDER.to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_TIMEOUT", "1".to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_PRICE_IN", "0.25".to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_PRICE_OUT", "2.00".to_owned()),
        ("COHERENCE_LANGUAGE_MODEL_CURRENCY", "EUR".to_owned()),
    ]
}

async fn prepared(backend: Backend, model: &Model) -> Prepared {
    let settings = settings(model);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    Prepared::on(TestApp::with_settings(backend, &settings).await, &PEOPLE).await
}

/// A round whose notice names the provider, closed after all five answered.
async fn closed(backend: Backend, model: &Model) -> (Prepared, String) {
    let prepared = prepared(backend, model).await;
    let round = prepared.closed(&[("provider", PROVIDER)]).await;
    (prepared, round)
}

fn id(round: &str) -> RoundId {
    round.trim_start_matches("/rounds/").parse().expect("a key")
}

/// A sorter of another copy of the server, with a language model of that provider.
fn other_copy(prepared: &Prepared, model: &Model, provider: &str) -> Sorter {
    let mut settings = settings(model);
    settings.retain(|(name, _)| *name != "COHERENCE_LANGUAGE_MODEL_PROVIDER");
    settings.push(("COHERENCE_LANGUAGE_MODEL_PROVIDER", provider.to_owned()));
    let settings = Settings::read(
        None,
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    )
    .expect("valid");
    let state = prepared.app.state();
    Sorter {
        db: state.db.clone(),
        tools: state.tools.clone(),
        assistant: Some(Assistant::new(&settings.model.expect("a model")).expect("a client")),
        clock: Arc::new(prepared.app.clock.clone()),
    }
}

async fn step(prepared: &Prepared) -> Sorted {
    prepared.app.sorter.step().await.expect("the sorter works")
}

/// Lets the round wait for the model again, as if it had just closed.
async fn wait_again(prepared: &Prepared, round: &str) {
    entity::assistance::Entity::update_many()
        .col_expr(
            entity::assistance::Column::State,
            Expr::value(AssistanceState::Waiting),
        )
        .col_expr(
            entity::assistance::Column::Reason,
            Expr::value(Option::<String>::None),
        )
        .col_expr(entity::assistance::Column::Attempts, Expr::value(0))
        .col_expr(
            entity::assistance::Column::DueAt,
            Expr::value(prepared.app.now()),
        )
        .filter(entity::assistance::COLUMN.round_id.eq(id(round)))
        .exec(prepared.app.db())
        .await
        .expect("written");
}

/// Whether the box that lets a language model help is ticked.
fn ticked(form: &Answer) -> bool {
    let from = form.body.find("id=\"provider-box\"").expect("a box");
    let tag = &form.body[from..from + form.body[from..].find('>').expect("a tag ends")];
    tag.contains("checked")
}

/// The key of the statement with that text on the board.
fn coding(page: &Answer, text: &str) -> String {
    let holds = |rest: &&str| {
        let words = rest.split_once('>').map_or("", |(_, words)| words);
        words.trim_start_matches("<q>").starts_with(text)
    };
    let keys = page.body.split("data-coding=\"").skip(1);
    keys.filter_map(|rest| rest.split_once('"'))
        .find(|(_, rest)| holds(rest))
        .map_or_else(
            || panic!("“{text}” is not on the board"),
            |(key, _)| key.to_owned(),
        )
}

/// All pages on which a word of the model could turn up.
async fn pages(noa: &Visitor, round: &str) -> String {
    let mut all = noa.get(round).await.body;
    for question in [
        "priorities",
        "trade_offs",
        "stops",
        "successes",
        "asks",
        "history",
    ] {
        all.push_str(&noa.get(&format!("{round}/themes/{question}")).await.body);
    }
    all
}

on_both_databases! {
    async fn without_a_language_model_nothing_speaks_of_one(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        prepared.noa.get(&format!("{}/rounds/new", prepared.team)).await.is(200).does_not_say("anguage model");
        let forged = prepared.save(&[("provider", PROVIDER)]).await;
        forged.is(422).says("Language model is not one of the choices offered.");
        let round = prepared.closed(&[]).await;
        assert_eq!(step(&prepared).await, Sorted::Idle);
        prepared.noa.get(&round).await.is(200).does_not_say("anguage model");
    }

    async fn a_round_whose_box_is_not_ticked_never_asks(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        let form = prepared.noa.get(&format!("{}/rounds/new", prepared.team)).await;
        form.is(200).says("A language model of Example Ltd, Dublin may propose groups").says("deleting them here does not delete them there");
        assert!(!ticked(&form), "off by default");
        prepared.save(&[("provider", "Another Ltd")]).await.is(422).says("Language model is not one of the choices offered.");
        let round = prepared.closed(&[]).await;
        assert_eq!(step(&prepared).await, Sorted::Idle);
        assert!(model.asked().is_empty());
        prepared.noa.get(&round).await.is(200).does_not_say("Example Ltd");
        let letters = prepared.app.letters();
        assert!(letters.iter().all(|letter| !letter.text.contains("Example Ltd")));
    }

    async fn the_notice_names_the_provider_before_anything_is_asked(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        let round = prepared.draft(&[("provider", PROVIDER), ("language", "de")]).await;
        let edit = prepared.noa.get(&format!("{round}/edit")).await;
        assert!(ticked(&edit));
        prepared.noa.get(&round).await.is(200).says("One of Example Ltd, Dublin may propose groups").says("For this, statements of the round are sent to Example Ltd, Dublin");
        prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        prepared.app.deliver().await;
        let reader = Visitor::at(&prepared.app.address());
        for (_, email) in PEOPLE {
            let letter = prepared.app.letters().into_iter().find(|letter| letter.to.address.as_str() == email).expect("a letter");
            let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains("darf ein Sprachmodell von Example Ltd, Dublin vorschlagen"), "{text}");
            assert!(letter.html.contains("Sprachmodell von Example Ltd, Dublin"));
            reader.get(&prepared.app.private_path(email)).await.is(200).says("darf ein Sprachmodell von Example Ltd, Dublin vorschlagen");
        }
        // Moving the closing time keeps the sentence.
        prepared.noa.post(&format!("{round}/extend"), &[("closes_at", "2026-12-11T18:00")]).await.leads_to(&round);
        prepared.noa.get(&round).await.says("11 December 2026").says("statements of the round are sent to Example Ltd, Dublin");
        // It cannot be taken back either.
        prepared.noa.get(&format!("{round}/edit")).await.is(409);
        assert!(model.asked().is_empty(), "nothing is sent before the close");
    }

    async fn after_the_close_the_model_groups_what_nobody_has_decided(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        let round = prepared.open(&[("provider", PROVIDER)]).await;
        for (nth, (_, email)) in PEOPLE.iter().enumerate() {
            // The last one's words are for the consultant alone.
            let quote = if nth == 4 { "consultant" } else { "verbatim" };
            prepared.answer_quoting(email, SAID[nth], quote).await;
        }
        prepared.noa.post(&format!("{round}/close"), &[]).await.leads_to(&round);
        let board = format!("{round}/themes/priorities");
        let waiting = "The language model of Example Ltd, Dublin is being asked";
        prepared.noa.get(&round).await.is(200).says(waiting);
        let before = prepared.noa.get(&board).await;
        before.is(200).says(waiting);
        let drafts: Vec<_> = entity::theme::Entity::find().all(prepared.app.db()).await.expect("read").into_iter().map(|theme| theme.id).collect();

        model.will(Act::groups(THEMES));
        assert_eq!(step(&prepared).await, Sorted::Regrouped);
        assert_eq!(step(&prepared).await, Sorted::Idle, "once");

        let asked = model.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].line, "POST /v1/chat/completions HTTP/1.1");
        assert_eq!(asked[0].authorization.as_deref(), Some("Bearer sk-zzsecret"));
        let statements = asked[0].statements();
        let mut texts: Vec<&str> = statements.iter().map(|(_, text)| text.as_str()).collect();
        texts.sort_unstable();
        let mut expected: Vec<&str> = SAID[..4].iter().flatten().copied().collect();
        expected.extend([["stability", "new features"]; 4].into_iter().flatten());
        expected.sort_unstable();
        assert_eq!(texts, expected, "all texts but those for the consultant only, and nothing besides");
        let mut numbers: Vec<u64> = statements.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>(), "numbers made for the call");
        assert!(asked[0].known().is_empty());
        for (name, email) in PEOPLE {
            assert!(!asked[0].raw.contains(name) && !asked[0].raw.contains(email));
        }
        for secret in ["Halden", "Executive team", "Noa Berg", "2026-Q4", "Relaunch", id(&round).to_string().as_str()] {
            assert!(!asked[0].raw.contains(secret), "{secret} was sent");
        }
        for coding in entity::coding::Entity::find().all(prepared.app.db()).await.expect("read") {
            assert!(!asked[0].raw.contains(&coding.statement_id.to_string()) && !asked[0].raw.contains(&coding.id.to_string()));
        }

        let after = prepared.noa.get(&board).await;
        after.is(200).says("Grouped with the language model of Example Ltd, Dublin.");
        // A statement the program had left alone comes with the model's name for a theme.
        let meetings = coding(&after, "Fewer meetings");
        let card = prepared.noa.get(&format!("{board}?at={meetings}")).await;
        card.says("All else").does_not_say("Fewer meetings</h3>");
        prepared.noa.get(&format!("{round}/themes/history")).await.says("Grouped 20 statements again with the language model of Example Ltd, Dublin, four new themes").says("The program");
        let codings = entity::coding::Entity::find().all(prepared.app.db()).await.expect("read");
        let moved = codings.iter().filter(|coding| !drafts.contains(&coding.theme_id)).count();
        assert_eq!(moved, 20, "all that was sent, and nothing else");
        assert!(codings.iter().all(|coding| !coding.confirmed), "proposed, decided by nobody");
        let unmeasured: Vec<_> = codings.iter().filter(|coding| coding.confidence == 0.5).collect();
        assert!(!unmeasured.is_empty(), "nobody has measured the model");
        assert!(unmeasured.iter().all(|coding| coding.second_id.is_some_and(|second| drafts.contains(&second)) && !coding.tight), "what the program had in mind is the other choice");
        prepared.noa.get(&round).await.says("until the rest is sorted");

        let page = prepared.noa.get(&round).await;
        page.says("Friday 20 November 2026, 12:00, London time. Answered")
            .says("some-model of Example Ltd, Dublin; 0.0 s; 10000 tokens sent, 2000 received; 0.0065 EUR")
            .does_not_say(KEY);
        // A form from before is told what has happened, and nothing is overwritten.
        let version = before.field("version");
        let old = [("version", version.as_str()), ("close", "yes")];
        prepared.noa.post(&format!("{board}/confirm"), &old).await.is(409);
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        let published = prepared.noa.get(&board).await;
        for name in ["Platform", "Nordics", "Analytics", "All else"] {
            published.says(&format!("tabindex=\"-1\">{name}</h3>"));
        }
    }

    async fn an_answer_that_misbehaves_changes_nothing_and_none_of_its_words_get_anywhere(backend: Backend) {
        let model = Model::start();
        let elsewhere = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let location: &'static str = Box::leak(format!("location: {}/chat/completions\r\n", elsewhere.url()).into_boxed_str());
        let board = format!("{round}/themes/priorities");
        let untouched = prepared.noa.get(&board).await.field("version");
        let statements = |answer: &mut serde_json::Value, change: fn(&mut Vec<serde_json::Value>)| {
            change(answer["new_themes"][0]["statements"].as_array_mut().expect("a list"));
        };
        let fits = "answered what does not fit the statements";
        let cases: Vec<(&str, Act, CallOutcome, &str, &str)> = vec![
            ("not JSON", Act::Body("<html>zzmodelwords</html>".into()), CallOutcome::Misfit, "the answer is no chat completion", fits),
            ("no completion", Act::Body("{\"choices\":[]}".into()), CallOutcome::Misfit, "the answer is no chat completion", fits),
            ("ten megabytes", Act::Big, CallOutcome::Misfit, "the answer has more than 1048576 bytes", fits),
            ("prose", Act::says("Here are your themes: zzmodelwords"), CallOutcome::Misfit, "the answer is not of the shape asked for", fits),
            ("wrong schema", Act::says(r#"{"themes":{"zzmodelwords":[1,2]}}"#), CallOutcome::Misfit, "the answer is not of the shape asked for", fits),
            ("a key too many", Act::groups_but(|answer| { answer["note"] = json!("zzmodelwords"); }), CallOutcome::Misfit, "the answer is not of the shape asked for", fits),
            ("an unknown number", Act::groups_but(move |answer| statements(answer, |list| list.push(json!(9_999)))), CallOutcome::Misfit, "there is no statement 9999", fits),
            ("a number missing", Act::groups_but(move |answer| statements(answer, |list| { list.retain(|n| n.as_u64() != Some(3)); })), CallOutcome::Misfit, "1 statements are in no theme", fits),
            ("a number twice", Act::groups_but(move |answer| statements(answer, |list| list.push(json!(4)))), CallOutcome::Misfit, "statement 4 is given twice", fits),
            ("a known theme of its own", Act::groups_but(|answer| { answer["known_themes"] = json!([{ "theme": 1, "statements": [] }]); }), CallOutcome::Misfit, "there is no known theme 1", fits),
            ("markup in a name", Act::groups_but(|answer| { answer["new_themes"][0]["name"] = json!("<script>zzmodelwords</script>"); }), CallOutcome::Misfit, "the name of new theme 1 is not plain words", fits),
            ("an empty name", Act::groups_but(|answer| { answer["new_themes"][0]["name"] = json!(" "); }), CallOutcome::Misfit, "the name of new theme 1 must not be empty", fits),
            ("an endless name", Act::groups_but(|answer| { answer["new_themes"][0]["name"] = json!("zzmodelwords".repeat(9)); }), CallOutcome::Misfit, "the name of new theme 1 may have at most 80 characters; it has 108", fits),
            ("a refusal", Act::Body(json!({ "choices": [{ "message": { "content": null, "refusal": "zzmodelwords" }, "finish_reason": "stop" }] }).to_string()), CallOutcome::Declined, "the model declined", "declined to answer"),
            ("no key", Act::Status(401, ""), CallOutcome::Failed, "status 401", "answered with an error"),
            ("a redirect", Act::Status(307, location), CallOutcome::Failed, "status 307", "answered with an error"),
        ];
        for (nth, (name, act, outcome, detail, note)) in cases.into_iter().enumerate() {
            model.will(act);
            assert!(matches!(step(&prepared).await, Sorted::Kept(_)), "{name}");
            assert_eq!(step(&prepared).await, Sorted::Idle, "{name}: not asked again");
            assert_eq!(model.asked().len(), nth + 1, "{name}");
            let calls = assistance::calls_of(prepared.app.db(), id(&round)).await.expect("read");
            let call = calls.iter().find(|call| call.detail.as_deref() == Some(detail)).unwrap_or_else(|| panic!("{name}: {calls:?}"));
            assert_eq!(call.outcome, outcome, "{name}");
            let page = prepared.noa.get(&board).await;
            page.is(200).says(note).says("this is the program’s own grouping.");
            assert_eq!(page.field("version"), untouched, "{name}: the board is as it was");
            prepared.noa.get(&round).await.says(note).says("class=\"warning\"");
            assert!(!pages(&prepared.noa, &round).await.contains("zzmodelwords"), "{name}");
            wait_again(&prepared, &round).await;
        }
        assert!(elsewhere.asked().is_empty(), "no redirect is followed");
    }

    async fn what_may_pass_is_asked_again_after_a_wait_three_times_in_all(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let now = prepared.app.now();
        model.will(Act::Status(500, ""));
        assert_eq!(step(&prepared).await, Sorted::Later(now + TimeDelta::seconds(15)));
        prepared.noa.get(&round).await.says("is being asked");
        prepared.app.clock.advance(TimeDelta::seconds(14));
        assert_eq!(step(&prepared).await, Sorted::Idle);
        prepared.app.clock.advance(TimeDelta::seconds(1));
        // 12:01:45, ninety seconds from now.
        model.will(Act::Status(429, "retry-after: Fri, 20 Nov 2026 12:01:45 GMT\r\n"));
        assert_eq!(step(&prepared).await, Sorted::Later(now + TimeDelta::seconds(105)));
        prepared.app.clock.advance(TimeDelta::seconds(90));
        model.will(Act::groups(THEMES));
        assert_eq!(step(&prepared).await, Sorted::Regrouped);
        assert_eq!(model.asked().len(), 3);
        prepared.noa.get(&round).await.says("Answered with an error (status 500)").says("Took no more requests (status 429: no more requests for now)");

        // Three failures are enough, and a provider that wants to be left alone for long is.
        wait_again(&prepared, &round).await;
        for _ in 0..2 {
            model.will(Act::Cut);
            let Sorted::Later(at) = step(&prepared).await else { panic!("asked again later") };
            prepared.app.clock.set(at);
        }
        model.will(Act::Cut);
        assert_eq!(step(&prepared).await, Sorted::Kept(KeptReason::Unreachable));
        prepared.noa.get(&round).await.says("could not be reached; this is the program’s own grouping.");
        wait_again(&prepared, &round).await;
        model.will(Act::Status(429, "retry-after: 3600\r\n"));
        assert_eq!(step(&prepared).await, Sorted::Kept(KeptReason::Busy));
        assert_eq!(model.asked().len(), 7);
    }

    async fn a_model_that_says_nothing_is_given_up_after_the_time_the_operator_set(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        for _ in 0..2 {
            model.will(Act::Silent);
            let Sorted::Later(at) = step(&prepared).await else { panic!("asked again later") };
            prepared.app.clock.set(at);
        }
        model.will(Act::Silent);
        assert_eq!(step(&prepared).await, Sorted::Kept(KeptReason::Late));
        let note = "The language model of Example Ltd, Dublin did not answer in time; this is the program’s own grouping.";
        prepared.noa.get(&round).await.says(note);
        prepared.noa.get(&format!("{round}/themes/stops")).await.says(note);
    }

    async fn what_a_consultant_decides_while_the_model_thinks_stays(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let (leave, wait) = oneshot::channel();
        model.will(Act::SaysAfter(wait, Box::new(|asked| asked.grouped(THEMES).to_string())));
        let board = format!("{round}/themes/priorities");
        let decide = async {
            model.wait_for(1).await;
            let page = prepared.noa.get(&board).await;
            let fields = [("version", page.field("version")), ("coding", coding(&page, "Fewer meetings")), ("name", "Noa’s own".to_owned())];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            prepared.noa.post(&format!("{board}/new"), &fields).await.leads_to(&board);
            leave.send(()).expect("the model waits");
        };
        let (sorted, ()) = tokio::join!(step(&prepared), decide);
        assert_eq!(sorted, Sorted::Regrouped);
        prepared.noa.get(&board).await.says("tabindex=\"-1\">Noa’s own</h3>");
        let codings = entity::coding::Entity::find().all(prepared.app.db()).await.expect("read");
        let decided: Vec<_> = codings.iter().filter(|coding| coding.confirmed).collect();
        assert_eq!(decided.len(), 1);
        assert_eq!(codings.iter().filter(|coding| coding.theme_id == decided[0].theme_id).count(), 1);
        prepared.noa.get(&format!("{round}/themes/history")).await.says("Grouped 24 statements again");
        // What the consultant did can still be taken back.
        prepared.noa.post(&format!("{board}/undo"), &[]).await.leads_to(&board);
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        prepared.noa.get(&board).await.says("tabindex=\"-1\">Platform</h3>").does_not_say("Noa’s own</h3>");
    }

    async fn a_report_published_first_is_not_touched(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let (leave, wait) = oneshot::channel();
        model.will(Act::SaysAfter(wait, Box::new(|asked| asked.grouped(THEMES).to_string())));
        let publish = async {
            model.wait_for(1).await;
            prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
            leave.send(()).expect("the model waits");
        };
        let (sorted, ()) = tokio::join!(step(&prepared), publish);
        assert_eq!(sorted, Sorted::Kept(KeptReason::Overtaken));
        prepared.noa.get(&round).await.says("was not needed any more");
        prepared.noa.get(&format!("{round}/themes/history")).await.does_not_say("again");
    }

    async fn only_the_very_provider_that_the_kept_notice_names_is_asked(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let other = other_copy(&prepared, &model, "Example Ltd, Delaware");
        assert_eq!(other.step().await.expect("works"), Sorted::Kept(KeptReason::NotSet));
        prepared.noa.get(&round).await.says("this server does not use it any more; this is the program’s own grouping.");
        wait_again(&prepared, &round).await;
        let none = Sorter { assistant: None, ..other_copy(&prepared, &model, PROVIDER) };
        assert_eq!(none.step().await.expect("works"), Sorted::Kept(KeptReason::NotSet));
        assert!(model.asked().is_empty());
        wait_again(&prepared, &round).await;
        model.will(Act::groups(THEMES));
        assert_eq!(step(&prepared).await, Sorted::Regrouped);
    }

    async fn no_row_in_the_database_gives_the_leave_that_the_kept_notice_does_not(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        let round = prepared.closed(&[]).await;
        let db = prepared.app.db();
        entity::round::Entity::update_many()
            .col_expr(entity::round::Column::ModelProvider, Expr::value(PROVIDER))
            .exec(db)
            .await
            .expect("written");
        let provider = coherence::survey::Provider::parse(PROVIDER).expect("a name");
        assistance::want(db, id(&round), &provider, prepared.app.now()).await.expect("written");
        assert_eq!(step(&prepared).await, Sorted::Kept(KeptReason::NotSet));
        assert!(model.asked().is_empty());
    }

    async fn a_draft_that_names_a_provider_who_is_gone_does_not_open(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        let round = prepared.draft(&[("provider", PROVIDER)]).await;
        entity::round::Entity::update_many()
            .col_expr(entity::round::Column::ModelProvider, Expr::value("Gone GmbH, Bonn"))
            .exec(prepared.app.db())
            .await
            .expect("written");
        prepared.noa.get(&round).await.says("name a language model of Gone GmbH, Bonn, which this server does not use any more");
        prepared.noa.post(&format!("{round}/open"), &[]).await.is(422).says("Save the settings again, then open the round.");
        let edit = prepared.noa.get(&format!("{round}/edit")).await;
        assert!(!ticked(edit.is(200)), "another provider is agreed to anew");
        prepared.noa.post(&format!("{round}/edit"), &[("label", "2026-Q4"), ("attribution", "confidential"), ("retention_months", "12"), ("language", "en"), ("time_zone", "Europe/London"), ("closes_at", "2026-12-04T18:00"), ("message", "")]).await.leads_to(&round);
        prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        prepared.app.deliver().await;
    }

    async fn two_copies_of_the_server_ask_once(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let other = other_copy(&prepared, &model, PROVIDER);
        let (leave, wait) = oneshot::channel();
        model.will(Act::SaysAfter(wait, Box::new(|asked| asked.grouped(THEMES).to_string())));
        let second = async {
            model.wait_for(1).await;
            assert_eq!(other.step().await.expect("works"), Sorted::Idle, "leased to the first");
            // The first takes longer than its lease: the second takes the round over.
            prepared.app.clock.advance(TimeDelta::seconds(62));
            model.will(Act::groups(&[("From the second", "")]));
            assert_eq!(other.step().await.expect("works"), Sorted::Regrouped);
            leave.send(()).expect("the first still waits");
        };
        let (first, ()) = tokio::join!(step(&prepared), second);
        assert_eq!(first, Sorted::PassedOn);
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        prepared.noa.get(&format!("{round}/themes/priorities")).await.says("tabindex=\"-1\">From the second</h3>").does_not_say("tabindex=\"-1\">Platform</h3>");
    }

    async fn a_server_that_stops_in_the_middle_leaves_a_line_in_the_log_and_gives_up_in_the_end(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        for attempt in 1..=3 {
            model.will(Act::Silent);
            let interrupted = async { model.wait_for(attempt).await };
            tokio::select! {
                done = prepared.app.sorter.step() => panic!("{done:?}"),
                () = interrupted => {}
            }
            prepared.app.clock.advance(TimeDelta::minutes(2));
        }
        assert_eq!(step(&prepared).await, Sorted::Kept(KeptReason::Interrupted));
        let calls = assistance::calls_of(prepared.app.db(), id(&round)).await.expect("read");
        assert_eq!(calls.iter().map(|call| call.outcome).collect::<Vec<_>>(), [CallOutcome::Asked; 3]);
        prepared.noa.get(&round).await.says("No end is known").says("The server stopped while");
    }

    async fn only_names_that_consultants_gave_are_sent_to_the_next_round(backend: Backend) {
        let model = Model::start();
        let prepared = prepared(backend, &model).await;
        // A round whose executives were told of no language model.
        let round = prepared.closed(&[]).await;
        let board = format!("{round}/themes/priorities");
        let change = async |action: &str, fields: &[(&str, &str)]| {
            let version = prepared.noa.get(&board).await.field("version");
            let mut fields = fields.to_vec();
            fields.push(("version", &version));
            prepared.noa.post(&format!("{board}/{action}"), &fields).await.leads_to(&board);
        };
        let page = prepared.noa.get(&board).await;
        // One name is the consultant's own; another is the program's, taken over as the page offers it.
        change("new", &[("coding", &coding(&page, "Relaunch the brand")), ("name", "Brand and marketing")]).await;
        let meetings = coding(&page, "Fewer meetings");
        change("new", &[("coding", &meetings), ("name", "Fewer meetings")]).await;
        let page = prepared.noa.get(&board).await;
        let at = page.body.find(">Brand and marketing</h3>").expect("a theme");
        let theme = page.body[..at].rsplit("id=\"theme-").next().and_then(|rest| rest.split('"').next()).expect("a key").to_owned();
        let mut codings: Vec<String> = page.body.split("data-coding=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        codings.sort();
        codings.dedup();
        let all: Vec<(&str, &str)> = codings.iter().map(|coding| ("coding", coding.as_str())).collect();
        change("confirm", &all).await;
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        let known: Vec<_> = entity::theme::Entity::find().filter(entity::theme::COLUMN.proposed.eq(false)).all(prepared.app.db()).await.expect("read");
        assert!(known.len() > 3, "the others were confirmed under the program's names");

        let next = prepared.open(&[("label", "2027-Q1"), ("provider", PROVIDER)]).await;
        for (nth, (_, email)) in PEOPLE.iter().enumerate() {
            let mut said = SAID[nth];
            said[2] = ["Cash", "Relaunch the brand", "Cash first", "A new office", "Fewer meetings"][nth];
            prepared.answer(email, said).await;
        }
        prepared.noa.post(&format!("{next}/close"), &[]).await.leads_to(&next);
        model.will(Act::groups(&[("Brand and marketing", "brand"), ("Cash", "Cash"), ("Other things", "")]));
        assert_eq!(step(&prepared).await, Sorted::Regrouped);
        let asked = &model.asked()[0];
        assert_eq!(asked.known(), [(1, "Brand and marketing".to_owned())]);
        assert!(asked.statements().iter().any(|(_, text)| text == "Cash"));
        assert!(!asked.raw.contains("Fewer meetings"));
        // What the program has put into a theme that bears an executive's words stays there, unsent.
        let unsent: Vec<_> = known.iter().filter(|known| known.id.to_string() != theme).map(|known| known.id).collect();
        let codings = entity::coding::Entity::find().filter(entity::coding::COLUMN.round_id.eq(id(&next))).all(prepared.app.db()).await.expect("read");
        let stayed = codings.iter().filter(|coding| unsent.contains(&coding.theme_id)).count();
        assert!(stayed > 0, "the next round has statements like those of the first");
        assert_eq!(stayed + asked.statements().len(), codings.len());
        let branded = codings.iter().filter(|coding| coding.theme_id.to_string() == theme).count();
        assert_eq!(branded, 2, "a theme that stands is used, not made again");
        let page = prepared.noa.get(&format!("{next}/themes/priorities")).await;
        page.says("Brand and marketing").says("Cash");
        // A name that the provider gave goes back to it in the round after, once it is the codebook's.
        let board = format!("{next}/themes/priorities");
        let page = prepared.noa.get(&board).await;
        let cash = coding(&page, "Cash first");
        let fields = [("version", page.field("version")), ("coding", cash), ("name", "Cash".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        prepared.noa.post(&format!("{board}/new"), &fields).await.leads_to(&board);
        prepared.noa.post(&format!("{next}/publish"), &[]).await.leads_to(&next);
        let last = prepared.closed(&[("label", "2027-Q2"), ("provider", PROVIDER)]).await;
        model.will(Act::groups(&[("Other things", "")]));
        assert_eq!(step(&prepared).await, Sorted::Regrouped, "{last}");
        let mut names: Vec<String> = model.asked()[1].known().into_iter().map(|(_, name)| name).collect();
        names.dedup();
        assert_eq!(names, ["Brand and marketing", "Cash"], "the consultant's and the provider's own");
    }

    async fn the_next_round_takes_the_choice_over_only_for_the_same_provider(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        let next = prepared.noa.post(&format!("{round}/next"), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        assert!(ticked(&prepared.noa.get(&format!("{next}/edit")).await));
        prepared.noa.post(&format!("{next}/delete"), &[]).await.leads_to("/teams/");
        entity::round::Entity::update_many()
            .col_expr(entity::round::Column::ModelProvider, Expr::value("Gone GmbH, Bonn"))
            .exec(prepared.app.db())
            .await
            .expect("written");
        let next = prepared.noa.post(&format!("{round}/next"), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        assert!(!ticked(&prepared.noa.get(&format!("{next}/edit")).await));
        prepared.noa.get(&next).await.does_not_say("anguage model");
    }

    async fn the_log_goes_with_the_round(backend: Backend) {
        let model = Model::start();
        let (prepared, round) = closed(backend, &model).await;
        model.will(Act::groups(THEMES));
        assert_eq!(step(&prepared).await, Sorted::Regrouped);
        let db = prepared.app.db();
        assert_eq!(assistance::all_calls(db).await.expect("read").len(), 1);
        entity::round::Entity::delete_by_id(id(&round)).exec(db).await.expect("deleted");
        assert!(assistance::all_calls(db).await.expect("read").is_empty());
        assert_eq!(assistance::of_round(db, id(&round)).await.expect("read"), None);
    }
}

/// Runs a command of the program without stopping this thread's endpoints.
async fn command(
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
) -> std::process::Output {
    tokio::task::spawn_blocking(move || {
        std::process::Command::new(env!("CARGO_BIN_EXE_coherence"))
            .args(arguments)
            .env_clear()
            .envs(variables)
            .output()
            .expect("the program runs")
    })
    .await
    .expect("it ends")
}

fn in_folder(folder: &Path, model: &Model) -> Vec<(&'static str, String)> {
    let mut variables = settings(model);
    variables.push(("COHERENCE_DATA_DIR", folder.display().to_string()));
    variables
}

#[tokio::test]
async fn an_operator_sees_what_is_set_without_asking_it_and_asks_it_when_told_to() {
    let model = Model::start();
    let folder = tempfile::tempdir().expect("a folder");
    let variables = in_folder(folder.path(), &model);
    let said = |output: &std::process::Output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    let checked = command(vec!["check".into()], variables.clone()).await;
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(
        said(&checked).contains(
            "Language model: some-model of Example Ltd, Dublin, at 127.0.0.1. It was not asked"
        ),
        "{}",
        said(&checked)
    );
    assert!(!said(&checked).contains("zzsecret"));
    assert!(model.asked().is_empty(), "no traffic that nobody asked for");

    model.will(Act::groups(&[("Uptime", "platform"), ("Office", "")]));
    let tried = command(vec!["try-language-model".into()], variables.clone()).await;
    assert!(tried.status.success(), "{}", said(&tried));
    assert!(said(&tried).contains("10000 tokens sent, 2000 received."));
    assert!(
        said(&tried).contains("and the answer fits."),
        "{}",
        said(&tried)
    );
    model.will(Act::Status(401, ""));
    let refused = command(vec!["try-language-model".into()], variables.clone()).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("status 401"), "{}", said(&refused));
    assert!(!said(&refused).contains("zzsecret") && !said(&refused).contains("zzmodelwords"));

    let calls = command(vec!["language-model-calls".into()], variables.clone()).await;
    assert!(calls.status.success(), "{}", said(&calls));
    assert!(said(&calls).starts_with("at,round,provider,model,outcome,"));
    let off = vec![("COHERENCE_DATA_DIR", folder.path().display().to_string())];
    let none = command(vec!["try-language-model".into()], off.clone()).await;
    assert_eq!(none.status.code(), Some(2));
    assert!(said(&command(vec!["check".into()], off).await).contains("Language model: none."));
}
