//! A second, blind coding of a round's statements.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary_null, boolean, integer, string_len, timestamp_with_time_zone as time,
    timestamp_with_time_zone_null as time_null, uuid, uuid_null,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn key(name: &'static str) -> ColumnDef {
    let mut column = uuid(name);
    column.primary_key();
    column
}

fn foreign(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    action: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(to, "id")
        .on_delete(action)
        .to_owned()
}

fn second_coding() -> TableCreateStatement {
    use ForeignKeyAction::Cascade;
    Table::create()
        .table("second_coding")
        .col(key("id"))
        .col(uuid("round_id"))
        .col(uuid("consultant_id"))
        .col(integer("version"))
        .col(time("started_at"))
        .col(time_null("finished_at"))
        .foreign_key(&mut foreign("second_coding", "round_id", "round", Cascade))
        .to_owned()
}

fn second_code() -> TableCreateStatement {
    use ForeignKeyAction::{Cascade, NoAction};
    const TABLE: &str = "second_code";
    Table::create()
        .table(TABLE)
        .col(key("id"))
        .col(uuid("second_coding_id"))
        .col(uuid("statement_id"))
        .col(string_len("side", 8))
        .col(integer("step"))
        .col(uuid_null("theme_id"))
        .col(binary_null("new_theme"))
        .col(uuid_null("became_id"))
        .col(uuid_null("first_id"))
        .col(boolean("first_confirmed"))
        .col(uuid_null("settled_id"))
        .foreign_key(&mut foreign(
            TABLE,
            "second_coding_id",
            "second_coding",
            Cascade,
        ))
        .foreign_key(&mut foreign(TABLE, "statement_id", "statement", Cascade))
        .foreign_key(&mut foreign(TABLE, "theme_id", "theme", NoAction))
        .foreign_key(&mut foreign(TABLE, "became_id", "theme", NoAction))
        .foreign_key(&mut foreign(TABLE, "first_id", "theme", NoAction))
        .foreign_key(&mut foreign(TABLE, "settled_id", "theme", NoAction))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create();
    let kind = if unique { "uq" } else { "ix" };
    index
        .name(format!("{kind}_{table}_{}", columns.join("_")))
        .table(table);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(second_coding()).await?;
        manager.create_table(second_code()).await?;
        for (table, columns, unique) in [
            // One second coding a round: what is compared is two coders.
            ("second_coding", &["round_id"][..], true),
            ("second_code", &["statement_id", "side"], true),
            ("second_code", &["second_coding_id"], false),
        ] {
            manager.create_index(index(table, columns, unique)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["second_code", "second_coding"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
