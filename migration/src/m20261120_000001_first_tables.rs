//! The first tables: people, rounds, answers, codings, letters.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, boolean, double, integer, string, string_len, string_null,
    timestamp_with_time_zone as time, timestamp_with_time_zone_null as time_null, uuid, uuid_null,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Columns in order; a key `a.b` in `unique` spans several.
struct Shape {
    table: &'static str,
    columns: Vec<ColumnDef>,
    unique: &'static [&'static [&'static str]],
    foreign: &'static [(&'static str, &'static str, ForeignKeyAction)],
}

fn key(name: &'static str) -> ColumnDef {
    let mut column = uuid(name);
    column.primary_key();
    column
}

fn people() -> Vec<Shape> {
    use ForeignKeyAction::Cascade;
    vec![
        Shape {
            table: "consultant",
            columns: vec![
                key("id"),
                binary("email_index"),
                binary("person"),
                string_null("password_hash"),
                integer("link_version"),
                time("created_at"),
            ],
            unique: &[&["email_index"]],
            foreign: &[],
        },
        Shape {
            table: "session",
            columns: vec![
                string("id").primary_key().take(),
                binary("state"),
                binary_null("owner"),
                time("expires_at"),
            ],
            unique: &[],
            foreign: &[],
        },
        Shape {
            table: "organisation",
            columns: vec![key("id"), string("name"), time("created_at")],
            unique: &[],
            foreign: &[],
        },
        Shape {
            table: "membership",
            columns: vec![
                key("id"),
                uuid("organisation_id"),
                uuid("consultant_id"),
                time("created_at"),
            ],
            unique: &[&["organisation_id", "consultant_id"]],
            foreign: &[
                ("organisation_id", "organisation", Cascade),
                ("consultant_id", "consultant", Cascade),
            ],
        },
        Shape {
            table: "team",
            columns: vec![
                key("id"),
                uuid("organisation_id"),
                string("name"),
                binary("data_key"),
                time("created_at"),
            ],
            unique: &[&["organisation_id", "name"]],
            foreign: &[("organisation_id", "organisation", Cascade)],
        },
        Shape {
            table: "executive",
            columns: vec![
                key("id"),
                uuid("team_id"),
                binary("email_index"),
                binary("person"),
                time("joined_at"),
                time_null("left_at"),
            ],
            unique: &[&["team_id", "email_index"]],
            foreign: &[("team_id", "team", Cascade)],
        },
    ]
}

fn rounds() -> Vec<Shape> {
    use ForeignKeyAction::Cascade;
    vec![
        Shape {
            table: "round",
            columns: vec![
                key("id"),
                uuid("team_id"),
                string("label"),
                string_len("state", 16),
                string_len("attribution", 16),
                string("language"),
                string("time_zone"),
                time("closes_at"),
                integer("retention_months"),
                string("message"),
                binary_null("promise_text"),
                string("weights"),
                big_integer("seed"),
                binary_null("data_key"),
                uuid_null("previous_id"),
                uuid("consultant_id"),
                integer("coding_version"),
                time("created_at"),
                time_null("opened_at"),
                time_null("closed_at"),
                time_null("published_at"),
                time_null("erased_at"),
            ],
            unique: &[&["team_id", "label"]],
            foreign: &[("team_id", "team", Cascade)],
        },
        Shape {
            table: "invitation",
            columns: vec![
                key("id"),
                uuid("round_id"),
                uuid("executive_id"),
                integer("link_version"),
                boolean("started"),
                boolean("submitted"),
                boolean("declined"),
                boolean("revoked"),
            ],
            unique: &[&["round_id", "executive_id"]],
            foreign: &[
                ("round_id", "round", Cascade),
                ("executive_id", "executive", Cascade),
            ],
        },
        Shape {
            table: "response",
            columns: vec![
                key("id"),
                uuid("round_id"),
                binary("locator"),
                binary("pseudonym"),
                binary("function"),
                integer("version"),
                binary_null("draft"),
                binary_null("submitted"),
            ],
            unique: &[&["locator"], &["round_id", "pseudonym"]],
            foreign: &[("round_id", "round", Cascade)],
        },
        Shape {
            table: "outbox",
            columns: vec![
                key("id"),
                string_len("kind", 16),
                uuid("invitation_id"),
                string("dedup_key"),
                string_len("state", 8),
                time("due_at"),
                integer("attempts"),
                binary_null("last_error"),
                time("created_at"),
                time_null("sent_at"),
            ],
            unique: &[&["dedup_key"]],
            foreign: &[("invitation_id", "invitation", Cascade)],
        },
    ]
}

fn results() -> Vec<Shape> {
    use ForeignKeyAction::{Cascade, NoAction};
    vec![
        Shape {
            table: "statement",
            columns: vec![
                key("id"),
                uuid("round_id"),
                uuid("response_id"),
                string_len("question", 16),
                integer("position"),
                binary_null("body"),
            ],
            unique: &[],
            foreign: &[
                ("round_id", "round", Cascade),
                ("response_id", "response", Cascade),
            ],
        },
        Shape {
            table: "theme",
            columns: vec![
                key("id"),
                uuid("team_id"),
                binary("name"),
                boolean("quoted"),
                uuid("first_round_id"),
                uuid_null("merged_into"),
                time("created_at"),
            ],
            unique: &[],
            foreign: &[("team_id", "team", Cascade)],
        },
        Shape {
            table: "coding",
            columns: vec![
                key("id"),
                uuid("round_id"),
                uuid("statement_id"),
                string_len("side", 8),
                uuid("theme_id"),
                boolean("confirmed"),
                double("confidence"),
                uuid_null("second_id"),
            ],
            unique: &[&["statement_id", "side"]],
            foreign: &[
                ("statement_id", "statement", Cascade),
                ("theme_id", "theme", NoAction),
            ],
        },
        Shape {
            table: "coding_event",
            columns: vec![
                key("id"),
                uuid("round_id"),
                integer("version"),
                uuid_null("consultant_id"),
                time("at"),
                binary("change"),
            ],
            unique: &[&["round_id", "version"]],
            foreign: &[("round_id", "round", Cascade)],
        },
        Shape {
            table: "report",
            columns: vec![
                key("id"),
                uuid("round_id"),
                integer("revision"),
                binary("client"),
                binary("score"),
                string("engine"),
                uuid("consultant_id"),
                time("published_at"),
            ],
            unique: &[&["round_id", "revision"]],
            foreign: &[("round_id", "round", Cascade)],
        },
        Shape {
            table: "share",
            columns: vec![
                key("id"),
                uuid("round_id"),
                time("expires_at"),
                boolean("revoked"),
                time("created_at"),
            ],
            unique: &[],
            foreign: &[("round_id", "round", Cascade)],
        },
    ]
}

/// Columns that queries search by and no unique key covers.
const INDEXES: &[(&str, &[&str])] = &[
    ("session", &["expires_at"]),
    ("membership", &["consultant_id"]),
    ("round", &["state", "closes_at"]),
    ("outbox", &["state", "due_at"]),
    ("outbox", &["invitation_id"]),
    ("statement", &["round_id"]),
    ("statement", &["response_id"]),
    ("theme", &["team_id"]),
    ("coding", &["round_id"]),
    ("coding", &["theme_id"]),
    ("share", &["round_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for shape in people().into_iter().chain(rounds()).chain(results()) {
            let mut table = Table::create();
            table.table(shape.table);
            for column in shape.columns {
                table.col(column);
            }
            for (from, to, action) in shape.foreign {
                table.foreign_key(
                    ForeignKey::create()
                        .name(format!("fk_{}_{from}", shape.table))
                        .from(shape.table, *from)
                        .to(*to, "id")
                        .on_delete(*action),
                );
            }
            manager.create_table(table.take()).await?;
            for columns in shape.unique {
                let name = format!("uq_{}_{}", shape.table, columns.join("_"));
                index(manager, shape.table, columns, name, true).await?;
            }
        }
        for (table, columns) in INDEXES {
            let name = format!("ix_{table}_{}", columns.join("_"));
            index(manager, table, columns, name, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for shape in results()
            .into_iter()
            .rev()
            .chain(rounds().into_iter().rev())
            .chain(people().into_iter().rev())
        {
            manager
                .drop_table(Table::drop().table(shape.table).to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    name: String,
    unique: bool,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    manager.create_index(index.take()).await
}
