//! A fresh, empty database for each test, on both kinds the service runs on.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Where `tests/run` says how to reach its PostgreSQL.
const SERVER: &str = "COHERENCE_TEST_POSTGRES";

/// The kinds of database the service runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// Makes an empty database that lives as long as the returned value.
    pub async fn database(self) -> Database {
        match self {
            Self::Sqlite => Database::sqlite(),
            Self::Postgres => Database::postgres().await,
        }
    }
}

/// An empty database of its own for one test. Keep it until the test ends: dropping it removes the data.
pub struct Database {
    backend: Backend,
    url: String,
    home: Home,
}

/// What has to be removed when the test is over.
enum Home {
    Folder(TempDir),
    Schema { server: String, name: String },
}

impl Database {
    fn sqlite() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("coherence-test-")
            .tempdir()
            .expect("a temporary folder for the SQLite file can be made");
        Self {
            backend: Backend::Sqlite,
            url: format!("sqlite://{}?mode=rwc", file_in(&folder).display()),
            home: Home::Folder(folder),
        }
    }

    async fn postgres() -> Self {
        let Ok(server) = std::env::var(SERVER) else {
            panic!(
                "{SERVER} is not set: run the tests with tests/run, which starts a PostgreSQL for them"
            );
        };
        let name = format!("test_{}", Uuid::new_v4().simple());
        run_on(&server, &format!("CREATE SCHEMA {name}"))
            .await
            .unwrap_or_else(|error| panic!("the schema for this test could not be made: {error}"));
        let joint = if server.contains('?') { '&' } else { '?' };
        Self {
            backend: Backend::Postgres,
            // The service needs to know nothing of schemas: every connection made with this URL sees only this one.
            url: format!("{server}{joint}options=-c%20search_path%3D{name}"),
            home: Home::Schema { server, name },
        }
    }

    /// The address to put into the service's settings.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which kind of database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The SQLite file, for tests that make it read-only or copy it; `None` on PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.home {
            Home::Folder(folder) => Some(file_in(folder)),
            Home::Schema { .. } => None,
        }
    }

    /// A connection of the test's own, to look at what the service wrote.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url)
            .await
            .unwrap_or_else(|error| panic!("the test could not connect to its database: {error}"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Home::Schema { server, name } = &self.home else {
            return; // the folder removes itself
        };
        let (server, name) = (server.clone(), name.clone());
        // A thread of its own, because a runtime can't wait for another one inside itself. The lock timeout keeps a
        // transaction that a failed test left open from holding up the whole suite.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let order = format!("SET client_min_messages = warning; SET lock_timeout = '5s'; DROP SCHEMA {name} CASCADE");
            runtime.block_on(run_on(&server, &order)).map_err(std::io::Error::other)
        })
        .join();
        match dropped {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the schema of a test could not be dropped: {error}"),
            Err(_) => eprintln!("the schema of a test could not be dropped: the thread panicked"),
        }
    }
}

fn file_in(folder: &TempDir) -> PathBuf {
    Path::new(folder.path()).join("coherence.sqlite")
}

async fn connect(url: &str) -> Result<DatabaseConnection, sea_orm::DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await
}

async fn run_on(server: &str, order: &str) -> Result<(), sea_orm::DbErr> {
    let connection = connect(server).await?;
    connection.execute_unprepared(order).await?;
    connection.close().await
}

/// Runs a test on SQLite and on PostgreSQL: each function becomes a module with the tests `sqlite` and `postgres`.
///
/// ```ignore
/// on_both_databases! {
///     async fn a_round_without_an_executive_cannot_open(backend) {
///         let database = backend.database().await;
///         // ...
///     }
/// }
/// ```
macro_rules! on_both_databases {
    ($($(#[$about:meta])* async fn $name:ident($backend:ident $(: Backend)?) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, clippy::wildcard_imports, reason = "the body is written in the outer module")]
            use super::*;

            $(#[$about])*
            async fn test_on($backend: $crate::support::db::Backend) $body

            #[tokio::test]
            async fn sqlite() {
                test_on($crate::support::db::Backend::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                test_on($crate::support::db::Backend::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
