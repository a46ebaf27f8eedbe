//! The steps that bring Coherence's database to its present shape. A step that has landed is never
//! edited; it imports no entity, so that it means the same for ever.

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::migrator::MigratorTrait;

mod m20261120_000001_first_tables;
mod m20261120_000002_board;
mod m20261120_000003_second_codings;
mod m20261120_000004_language_model;
mod m20261120_000005_debrief;
mod m20261120_000006_report_edits;

/// Runs all steps in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_first_tables::Migration),
            Box::new(m20261120_000002_board::Migration),
            Box::new(m20261120_000003_second_codings::Migration),
            Box::new(m20261120_000004_language_model::Migration),
            Box::new(m20261120_000005_debrief::Migration),
            Box::new(m20261120_000006_report_edits::Migration),
        ]
    }
}
