//! The debrief: decisions of a round, and letters that remind their owners.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary, binary_null, integer, integer_null, string, string_len,
    timestamp_with_time_zone as time, timestamp_with_time_zone_null as time_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DatabaseBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn key() -> ColumnDef {
    let mut id = uuid("id");
    id.primary_key();
    id
}

fn foreign(
    table: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(to, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

fn index(table: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let kind = if unique { "uq" } else { "ix" };
    let mut index = Index::create();
    index
        .name(format!("{kind}_{table}_{}", columns.join("_")))
        .table(table);
    if unique {
        index.unique();
    }
    for column in columns {
        index.col(*column);
    }
    index
}

/// The outbox under another name: as this step leaves it, or as it was before.
fn outbox(after: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("outbox_new")
        .col(key())
        .col(string_len("kind", 16))
        .col(if after {
            uuid_null("invitation_id")
        } else {
            uuid("invitation_id")
        })
        .col(string("dedup_key"))
        .col(string_len("state", 8))
        .col(time("due_at"))
        .col(integer("attempts"))
        .col(binary_null("last_error"))
        .col(time("created_at"))
        .col(time_null("sent_at"))
        .foreign_key(&mut foreign("outbox", "invitation_id", "invitation"));
    if after {
        table
            .col(uuid_null("decision_id"))
            .foreign_key(&mut foreign("outbox", "decision_id", "decision"));
    }
    table
}

/// SQLite cannot change whether a column may be NULL: the table is made anew and filled.
async fn rebuild_outbox(manager: &SchemaManager<'_>, after: bool) -> Result<(), DbErr> {
    manager.create_table(outbox(after)).await?;
    let columns = "id, kind, invitation_id, dedup_key, state, due_at, attempts, last_error, created_at, sent_at";
    manager
        .get_connection()
        .execute_unprepared(&format!(
            "INSERT INTO outbox_new ({columns}) SELECT {columns} FROM outbox"
        ))
        .await?;
    manager
        .drop_table(Table::drop().table("outbox").take())
        .await?;
    manager
        .rename_table(Table::rename().table("outbox_new", "outbox").take())
        .await?;
    for index in [
        index("outbox", &["dedup_key"], true),
        index("outbox", &["state", "due_at"], false),
        index("outbox", &["invitation_id"], false),
    ] {
        manager.create_index(index).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("decision")
                    .col(key())
                    .col(uuid("round_id"))
                    .col(integer_null("fork"))
                    .col(integer("version"))
                    .col(binary("body"))
                    .col(time("created_at"))
                    .col(time("updated_at"))
                    .foreign_key(&mut foreign("decision", "round_id", "round"))
                    .take(),
            )
            .await?;
        // One decision for each fork of the report; own ones have none, and NULLs differ.
        manager
            .create_index(index("decision", &["round_id", "fork"], true))
            .await?;
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            rebuild_outbox(manager, true).await?;
        } else {
            manager
                .alter_table(
                    Table::alter()
                        .table("outbox")
                        .modify_column(ColumnDef::new("invitation_id").uuid().null())
                        .add_column(uuid_null("decision_id"))
                        .take(),
                )
                .await?;
            manager
                .create_foreign_key(foreign("outbox", "decision_id", "decision"))
                .await?;
        }
        manager
            .create_index(index("outbox", &["decision_id"], false))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The older program knows no letters without an invitation.
        manager
            .get_connection()
            .execute_unprepared("DELETE FROM outbox WHERE invitation_id IS NULL")
            .await?;
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            rebuild_outbox(manager, false).await?;
        } else {
            manager
                .alter_table(
                    Table::alter()
                        .table("outbox")
                        .drop_column("decision_id")
                        .modify_column(ColumnDef::new("invitation_id").uuid().not_null())
                        .take(),
                )
                .await?;
        }
        manager
            .drop_table(Table::drop().table("decision").take())
            .await
    }
}
