//! Connections: SQLite inside the binary, or PostgreSQL.

use std::time::Duration;

use entity::{consultant, team};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait as _, PaginatorTrait as _, QuerySelect as _,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::Tools;

/// How long a statement waits for another writer on SQLite, and a request for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects to `sqlite://path?mode=rwc` or `postgres://...`.
pub async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                // With WAL, `Full` is what makes a committed answer survive a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(PATIENCE)
                .foreign_keys(true)
        });
    Database::connect(options).await
}

/// Begins a transaction that will write: on SQLite it takes the write lock at once, because a
/// transaction that read first and writes later may be refused whatever the patience.
pub async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    db.begin_with_options(TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    })
    .await
}

/// Whether the database holds anything sealed with a server key.
pub async fn holds_sealed_data(db: &DatabaseConnection) -> super::Result<bool> {
    let consultants = consultant::Entity::find().limit(1).count(db).await?;
    let teams = team::Entity::find().limit(1).count(db).await?;
    Ok(consultants + teams > 0)
}

/// Whether the vault opens what the database holds; a vault error where it does not.
pub async fn opens_with(db: &DatabaseConnection, tools: &Tools) -> super::Result<()> {
    if let Some(row) = consultant::Entity::find().limit(1).one(db).await? {
        super::consultants::person(db, tools, row.id).await?;
    }
    if let Some(row) = team::Entity::find().limit(1).one(db).await? {
        super::teams::data_key(tools, &row)?;
    }
    Ok(())
}

/// Copies an SQLite database into a new file while others read and write it.
pub async fn copy_sqlite(db: &DatabaseConnection, to: &std::path::Path) -> super::Result<()> {
    let to = to.to_string_lossy().into_owned();
    let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [to.into()]);
    db.execute_raw(copy).await?;
    Ok(())
}
