//! The board: tight groups, themes that are only proposed or put away, undo, and a team's own words.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary, binary_null, boolean, integer_null, timestamp_with_time_zone as time,
    timestamp_with_time_zone_null as time_null, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables and the columns they gain, one statement each: SQLite adds one column at a time.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let off = |name| boolean(name).default(false).take();
    vec![
        ("theme", off("proposed")),
        ("theme", time_null("archived_at")),
        ("coding", off("tight")),
        ("coding_event", binary_null("before")),
        ("coding_event", integer_null("undoes")),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).take())
                .await?;
        }
        let mut id = uuid("id");
        id.primary_key();
        manager
            .create_table(
                Table::create()
                    .table("alias")
                    .col(id)
                    .col(uuid("team_id"))
                    .col(binary("words"))
                    .col(time("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_alias_team_id")
                            .from("alias", "team_id")
                            .to("team", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_alias_team_id")
                    .table("alias")
                    .col("team_id")
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("alias").take())
            .await?;
        for (table, column) in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager
                .alter_table(Table::alter().table(table).drop_column(name).take())
                .await?;
        }
        Ok(())
    }
}
