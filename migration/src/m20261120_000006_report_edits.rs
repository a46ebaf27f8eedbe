//! Changes to a report before it is published, revisions after, and how often a sponsor's link was opened.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary, binary_null, integer, timestamp_with_time_zone as time,
    timestamp_with_time_zone_null as time_null, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn added() -> Vec<(&'static str, ColumnDef)> {
    let mut opened = integer("opened");
    opened.default(0);
    vec![
        ("report", binary_null("original")),
        ("report", binary_null("edits")),
        ("report", binary_null("reason")),
        ("share", opened),
        ("share", time_null("opened_at")),
    ]
}

fn report_edit() -> TableCreateStatement {
    let mut round = uuid("round_id");
    round.primary_key();
    Table::create()
        .table("report_edit")
        .col(round)
        .col(integer("version"))
        .col(binary("body"))
        .col(uuid("consultant_id"))
        .col(time("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_report_edit_round_id")
                .from("report_edit", "round_id")
                .to("round", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(report_edit()).await?;
        // One statement a column: SQLite adds no two at once.
        for (table, column) in added() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in added().into_iter().rev() {
            let name = column.get_column_name();
            manager
                .alter_table(Table::alter().table(table).drop_column(name).to_owned())
                .await?;
        }
        manager
            .drop_table(Table::drop().table("report_edit").to_owned())
            .await
    }
}
