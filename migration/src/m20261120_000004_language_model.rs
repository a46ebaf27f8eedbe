//! The optional language model: the provider that a round names, one row for each round that may
//! ask it, and the log of calls. No text of a statement is in any of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, integer, string, string_len, string_len_null, string_null,
    timestamp_with_time_zone as time, timestamp_with_time_zone_null as time_null, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn of_round(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_round_id"))
        .from(table, "round_id")
        .to("round", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it SQLite would run the step outside a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("round")
                    .add_column(string_null("model_provider"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("assistance")
                    .col(uuid("round_id").primary_key())
                    .col(string("provider"))
                    .col(string_len("state", 8))
                    .col(string_len_null("reason", 16))
                    .col(time("due_at"))
                    .col(integer("attempts"))
                    .col(time_null("settled_at"))
                    .foreign_key(&mut of_round("assistance"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_assistance_state_due_at")
                    .table("assistance")
                    .col("state")
                    .col("due_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("assistance_call")
                    .col(uuid("id").primary_key())
                    .col(uuid("round_id"))
                    .col(string("provider"))
                    .col(string("model"))
                    .col(time("at"))
                    .col(string_len("outcome", 16))
                    .col(string_null("detail"))
                    .col(big_integer_null("millis"))
                    .col(big_integer_null("tokens_in"))
                    .col(big_integer_null("tokens_out"))
                    .col(big_integer_null("cost_micros"))
                    .col(string_len_null("currency", 3))
                    .foreign_key(&mut of_round("assistance_call"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_assistance_call_round_id")
                    .table("assistance_call")
                    .col("round_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["assistance_call", "assistance"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        manager
            .alter_table(
                Table::alter()
                    .table("round")
                    .drop_column("model_provider")
                    .to_owned(),
            )
            .await
    }
}
