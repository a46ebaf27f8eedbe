//! What cannot be put in later: the shape of the database, what is sealed in it, and that nothing
//! in it joins a confidential statement to a person.

use std::collections::BTreeSet;

use entity::{
    alias, assistance, assistance_call, coding, coding_event, consultant, decision, executive,
    invitation, membership, organisation, outbox, report, report_edit, response, round,
    second_code, second_coding, session, share, statement, team, theme,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, Statement};

use crate::stage::{Stage, TEAM};
use crate::support::db::{Backend, on_both_databases};

/// Every table of the database by name, migrations' own left out.
const TABLES: [&str; 23] = [
    "alias",
    "assistance",
    "assistance_call",
    "coding",
    "coding_event",
    "consultant",
    "decision",
    "executive",
    "invitation",
    "membership",
    "organisation",
    "outbox",
    "report",
    "report_edit",
    "response",
    "round",
    "second_code",
    "second_coding",
    "session",
    "share",
    "statement",
    "team",
    "theme",
];

async fn rows(db: &DatabaseConnection, sql: &str) -> Vec<Vec<String>> {
    let backend = db.get_database_backend();
    let found = db
        .query_all_raw(Statement::from_string(backend, sql))
        .await
        .expect("the catalogue can be read");
    found
        .iter()
        .map(|row| {
            row.column_names()
                .iter()
                .map(|name| {
                    row.try_get::<Option<String>>("", name)
                        .map(Option::unwrap_or_default)
                        .or_else(|_| row.try_get::<i64>("", name).map(|n| n.to_string()))
                        .or_else(|_| row.try_get::<i32>("", name).map(|n| n.to_string()))
                        .unwrap_or_else(|error| panic!("{name}: {error}"))
                })
                .collect()
        })
        .collect()
}

/// Name, type and nullability of every column, and the columns of every unique key.
async fn shape(db: &DatabaseConnection) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    for table in TABLES {
        if db.get_database_backend() == DbBackend::Sqlite {
            for row in rows(
                db,
                &format!(
                    "SELECT name, upper(type), \"notnull\", pk FROM pragma_table_info('{table}')"
                ),
            )
            .await
            {
                // A declared length means nothing to SQLite, nor does the name of a blob; the writers differ in them.
                let kind = row[1].split('(').next().unwrap_or_default();
                let kind = if kind.contains("BINARY") {
                    "BLOB"
                } else {
                    kind
                };
                shape.insert(format!(
                    "{table}.{} {kind} notnull={} pk={}",
                    row[0], row[2], row[3]
                ));
            }
            for index in rows(db, &format!("SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" = 1 AND origin <> 'pk'")).await {
                    let columns = rows(db, &format!("SELECT name FROM pragma_index_info('{}') ORDER BY seqno", index[0])).await;
                    shape.insert(format!("{table} unique {}", columns.concat().join(",")));
                }
        } else {
            let sql = format!(
                "SELECT column_name::text, data_type::text, is_nullable::text FROM information_schema.columns \
                     WHERE table_name = '{table}' AND table_schema = current_schema()"
            );
            for row in rows(db, &sql).await {
                shape.insert(format!("{table}.{}", row.join(" ")));
            }
            let sql = format!(
                "SELECT (SELECT string_agg(a.attname::text, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k(att, n) \
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att) AS columns \
                     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace \
                     WHERE i.indisunique AND c.relname = '{table}' AND s.nspname = current_schema()"
            );
            for row in rows(db, &sql).await {
                shape.insert(format!("{table} unique {}", row[0]));
            }
        }
    }
    shape
}

on_both_databases! {
    async fn entities_and_migrations_describe_the_same_tables(backend: Backend) {
        let (migrated, derived) = (backend.database().await, backend.database().await);
        let (migrated, derived) = (migrated.connect().await, derived.connect().await);
        Migrator::up(&migrated, None).await.expect("the migrations run");
        derived
            .get_schema_builder()
            .register(consultant::Entity)
            .register(session::Entity)
            .register(organisation::Entity)
            .register(membership::Entity)
            .register(team::Entity)
            .register(executive::Entity)
            .register(round::Entity)
            .register(invitation::Entity)
            .register(response::Entity)
            .register(alias::Entity)
            .register(decision::Entity)
            .register(outbox::Entity)
            .register(statement::Entity)
            .register(theme::Entity)
            .register(coding::Entity)
            .register(coding_event::Entity)
            .register(second_coding::Entity)
            .register(second_code::Entity)
            .register(report::Entity)
            .register(report_edit::Entity)
            .register(share::Entity)
            .register(assistance::Entity)
            .register(assistance_call::Entity)
            .apply(&derived)
            .await
            .expect("the entities describe tables");
        let (from_migrations, from_entities) = (shape(&migrated).await, shape(&derived).await);
        assert!(from_migrations.len() > 100, "the catalogue was read: {from_migrations:?}");
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!(only(&from_migrations, &from_entities), Vec::<String>::new(), "only in the migrations");
        assert_eq!(only(&from_entities, &from_migrations), Vec::<String>::new(), "only in the entities");
    }

    async fn migrations_go_down_and_up_again(backend: Backend) {
        let database = backend.database().await;
        let db = database.connect().await;
        Migrator::up(&db, None).await.expect("up");
        let before = shape(&db).await;
        Migrator::down(&db, None).await.expect("down");
        assert!(shape(&db).await.is_empty());
        Migrator::up(&db, None).await.expect("up again");
        assert_eq!(shape(&db).await, before);
    }

    async fn in_confidential_mode_no_row_joins_a_statement_to_a_person(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await.answered_by(5).await;
        stage.close().await;
        let db = stage.app.db();
        let invitations = invitation::Entity::find().all(db).await.expect("read");
        let responses = response::Entity::find().all(db).await.expect("read");
        let statements = statement::Entity::find().all(db).await.expect("read");
        assert_eq!((invitations.len(), responses.len(), statements.len()), (5, 5, 5 * 6));
        // No value of a response or statement occurs in an invitation or an executive, bar the round.
        let mut persons = BTreeSet::new();
        for row in &invitations {
            persons.extend([row.id.0.as_bytes().to_vec(), row.executive_id.0.as_bytes().to_vec()]);
        }
        for row in executive::Entity::find().all(db).await.expect("read") {
            persons.extend([row.id.0.as_bytes().to_vec(), row.email_index.0.clone()]);
        }
        for row in &responses {
            for value in [row.id.0.as_bytes().to_vec(), row.locator.0.clone(), row.pseudonym.0.clone()] {
                assert!(!persons.contains(&value), "a response holds a key of a person");
            }
        }
        // Neither does the order in which rows were made: responses come in the order of their
        // random keys, and statements too.
        let by_key = |sql: &str| {
            let sql = sql.to_owned();
            async move { rows(db, &sql).await }
        };
        if db.get_database_backend() == DbBackend::Sqlite {
            for table in ["response", "statement"] {
                let made = by_key(&format!("SELECT hex(id) AS id FROM {table} ORDER BY rowid")).await;
                let mut sorted = made.clone();
                sorted.sort();
                assert_eq!(made, sorted, "{table} rows are made in the order of their random keys");
            }
        }
        // And no column of them is a time.
        let times: Vec<String> = shape(db)
            .await
            .into_iter()
            .filter(|column| column.starts_with("response.") || column.starts_with("statement."))
            .filter(|column| column.to_lowercase().contains("time") || column.contains("_at "))
            .collect();
        assert_eq!(times, Vec::<String>::new());
    }

    async fn the_consultants_pages_of_a_confidential_round_never_show_who_said_what(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await.answered_by(5).await;
        stage.close().await;
        let round = &stage.round;
        for question in ["priorities", "trade_offs", "stops", "successes", "asks"] {
            let board = stage.noa.get(&format!("{round}/themes/{question}")).await;
            board.is(200).says("zz");
            for (name, address, _) in TEAM {
                board.does_not_say(name).does_not_say(address);
            }
        }
        for path in ["report", "report/client", "score.json"] {
            let page = stage.noa.get(&format!("{round}/{path}")).await;
            page.is(200);
            for (name, address, _) in TEAM {
                page.does_not_say(name).does_not_say(address);
            }
        }
        let score: serde_json::Value = serde_json::from_str(&stage.noa.get(&format!("{round}/score.json")).await.body).expect("JSON");
        assert_eq!(score["format"], "coherence-score/1");
        assert_eq!(score["index"]["leave_one_out"], serde_json::json!([]));
        // While statements are being sorted, nothing is shown person by person: moving one would
        // show whose figures move with it.
        assert_eq!((&score["similarity"], &score["camps"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        stage.noa.get(&format!("{round}/report")).await.does_not_say("answers are, of 100");
        stage.noa.post(&format!("{round}/publish"), &[("sure", "yes")]).await.leads_to("/rounds/");
        let body = stage.noa.get(&format!("{round}/score.json")).await.body;
        let score: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(score["similarity"]["executives"], serde_json::json!(["A", "B", "C", "D", "E"]));
        assert_eq!(score["questions"]["asks"]["list"], serde_json::json!([]));
        let findings = score["findings"].as_array().expect("findings");
        assert!(!findings.is_empty() && findings.iter().all(|finding| finding.get("functions").is_none()));
    }

    async fn a_colleague_who_came_after_the_opening_was_not_promised_in(backend: Backend) {
        let stage = Stage::open(backend, "consultant").await.answered_by(4).await;
        let organisation = stage.noa.get("/organisations").await.link("/organisations/");
        let early = stage.noa.colleague(&organisation, "Kim Roe", "kim@example.com").await;
        stage.app.clock.advance(chrono::TimeDelta::minutes(1));
        let late = stage.noa.colleague(&organisation, "Lou Orr", "lou@example.com").await;
        stage.close().await;
        let board = format!("{}/themes/stops", stage.round);
        early.get(&board).await.is(200).says("The rebrand");
        for path in ["themes/stops", "report", "report/client", "score.json"] {
            late.get(&format!("{}/{path}", stage.round)).await.is(409).does_not_say("rebrand").does_not_say("zz");
        }
        late.get(&stage.round).await.is(200).does_not_say("zz");
    }

    async fn correcting_an_address_ends_the_link_that_went_to_the_old_one(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await;
        stage.app.deliver().await;
        let (name, address, _) = TEAM[0];
        let old = stage.app.private_path(address);
        let reader = crate::visitor::Visitor::at(&stage.app.address());
        reader.get(&old).await.is(200);
        let page = stage.noa.get(&stage.team).await;
        let row = page.body.find(name).expect("the executive is listed");
        let from = row + page.body[row..].find("/executives/").expect("a link");
        let executive = page.body[from..].split('"').next().expect("a path").to_owned();
        let fields = [("name", name), ("email", "right@halden.example"), ("function", "Finance")];
        stage.noa.post(&executive, &fields).await.leads_to("/teams/");
        reader.get(&old).await.is(404);
        let round = stage.noa.get(&stage.round).await;
        let row = round.body.find(name).expect("listed");
        let field = round.body[row..].find("name=\"invitation\"").expect("a form") + row;
        let value = round.body[field..].split("value=\"").nth(1).expect("a value");
        let invitation = value.split('"').next().expect("an id");
        stage.noa.post(&format!("{}/resend", stage.round), &[("invitation", invitation)]).await.leads_to("/rounds/");
        assert_eq!(stage.app.deliver().await, 1);
        let new = stage.app.private_path("right@halden.example");
        assert_ne!(new, old);
        reader.get(&new).await.is(200);
    }

    async fn the_promise_decides_whether_the_consultant_sees_names(backend: Backend) {
        for (attribution, sees) in [("confidential", false), ("consultant", true), ("named", true)] {
            let stage = Stage::open(backend, attribution).await.answered_by(4).await;
            stage.close().await;
            let board = stage.noa.get(&format!("{}/themes/stops", stage.round)).await;
            board.is(200);
            let names = TEAM.iter().filter(|(name, ..)| board.body.contains(name)).count();
            assert_eq!(names > 0, sees, "{attribution}");
        }
    }

    async fn answers_are_deleted_when_that_was_promised_and_figures_stay(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await.answered_by(5).await;
        stage.close().await;
        let board = format!("{}/themes/priorities", stage.round);
        stage.noa.get(&board).await.is(200).says("zzquillon");
        stage.noa.post(&format!("{}/publish", stage.round), &[("sure", "yes")]).await.leads_to("/rounds/");
        let shared = stage.noa.post(&format!("{}/share", stage.round), &[]).await;
        assert_eq!(shared.status, 303);
        let link = stage.noa.get(&stage.round).await.link("/s/");
        let sponsor = crate::visitor::Visitor::at(&stage.app.address());
        sponsor.get(&link).await.is(200);
        assert_eq!(stage.app.janitor.step().await.expect("cleans"), 0);
        stage.app.clock.set("2027-11-20T12:00:01Z".parse().expect("a time"));
        assert_eq!(stage.app.janitor.step().await.expect("cleans"), 1);
        assert_eq!(stage.app.janitor.step().await.expect("cleans"), 0, "once");
        let db = stage.app.db();
        assert!(response::Entity::find().all(db).await.expect("read").iter().all(|r| r.draft.is_none() && r.submitted.is_none()));
        assert!(statement::Entity::find().all(db).await.expect("read").iter().all(|s| s.body.is_none()));
        assert!(round::Entity::find().all(db).await.expect("read").iter().all(|r| r.data_key.is_none()));
        assert_eq!(coding::Entity::find().all(db).await.expect("read").len(), 5 * 7, "codings stay");
        sponsor.get(&link).await.is(404);
        let again = stage.noa.post("/sign-in", &[("email", "noa@example.com"), ("password", crate::visitor::PASSWORD)]).await;
        again.leads_to("/");
        let gone = stage.noa.get(&board).await;
        assert_eq!(gone.status, 409);
        gone.says("deleted").does_not_say("zzquillon");
        stage.noa.get(&stage.round).await.is(200).does_not_say("zzquillon");
    }
}

#[tokio::test]
async fn the_database_file_holds_no_name_no_address_and_nothing_that_was_written() {
    let stage = Stage::open(Backend::Sqlite, "confidential")
        .await
        .answered_by(5)
        .await;
    stage.close().await;
    stage
        .app
        .db()
        .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .expect("the log is folded in");
    let file = stage.app.database().file().expect("a file");
    let mut bytes = std::fs::read(&file).expect("the file can be read");
    bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(
        holds("Halden Instruments"),
        "the search finds what is there: organisations are not sealed"
    );
    for (name, address, function) in TEAM {
        let own = format!(
            "zz{}",
            name.split(' ').next().expect("a first name").to_lowercase()
        );
        for text in [name, address, function, &own] {
            assert!(!holds(text), "“{text}” stands in the database");
        }
    }
    for text in [
        "Noa Berg",
        "noa@example.com",
        "Platform reliability",
        "Custom deals",
    ] {
        assert!(!holds(text), "“{text}” stands in the database");
    }
}
