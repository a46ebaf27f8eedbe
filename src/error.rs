//! The one closed error of the service, and what kind of trouble it is.

use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::survey::Mistakes;
use crate::vault::VaultError;

/// What can go wrong between a request and its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such page. Unknown, expired and withdrawn links are deliberately one case, and
    /// so is what another consultant may see.
    #[error("there is no such page")]
    NotFound,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The request came from another site.
    #[error("the request came from another site")]
    CrossSite,
    /// Too many requests of one kind.
    #[error("too many attempts")]
    TooMany,
    /// Something typed breaks a rule, and the page that asked cannot be shown again.
    #[error("{0}")]
    Invalid(#[from] Mistakes),
    /// The request cannot be read at all.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// What was asked for does not fit the state of things; the sentence says why.
    #[error("{0}")]
    Refused(&'static str),
    /// Somebody else changed the same thing first.
    #[error("somebody else changed this first")]
    Stale,
    /// The database cannot take anything just now.
    #[error("the database is unavailable: {trouble}")]
    Unavailable {
        /// Why.
        trouble: Trouble,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// Sealed data did not open.
    #[error("the vault failed")]
    Vault(#[from] VaultError),
    /// A page could not be rendered.
    #[error("a page could not be rendered")]
    Page(#[from] minijinja::Error),
    /// Something that cannot happen did.
    #[error("{0}")]
    Broken(String),
}

/// Why the database cannot take anything just now: the operator can mend each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The disk is full.
    Full,
    /// The file or its folder cannot be written.
    ReadOnly,
    /// Another process holds the database.
    Locked,
    /// It cannot be reached or read.
    Unreachable,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "its disk is full",
            Self::ReadOnly => "it can be read and not written",
            Self::Locked => "another program holds it",
            Self::Unreachable => "it cannot be reached",
        })
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if matches!(error, DbErr::RecordNotFound(_)) {
            return Self::NotFound;
        }
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Self::Stale;
        }
        match trouble(&error) {
            Some(trouble) => Self::Unavailable {
                trouble,
                source: error,
            },
            None => Self::Database(error),
        }
    }
}

fn trouble(error: &DbErr) -> Option<Trouble> {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return Some(Trouble::Unreachable);
    }
    let (DbErr::Conn(RuntimeErr::SqlxError(inner))
    | DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))) = error
    else {
        return matches!(error, DbErr::Conn(_)).then_some(Trouble::Unreachable);
    };
    match &**inner {
        sqlx::Error::Database(said) => of_code(said.code().as_deref().unwrap_or_default()),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Some(Trouble::Unreachable),
        _ => None,
    }
}

/// By SQLite's result code (extended codes carry the primary one in their low byte,
/// <https://www.sqlite.org/rescode.html>) or PostgreSQL's five-character SQLSTATE.
fn of_code(code: &str) -> Option<Trouble> {
    if code.len() == 5 {
        return match code {
            "53100" => Some(Trouble::Full),
            "25006" => Some(Trouble::ReadOnly),
            "55P03" | "40P01" | "40001" => Some(Trouble::Locked),
            "53300" | "57P01" | "57P02" | "57P03" => Some(Trouble::Unreachable),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xFF {
        5 | 6 => Some(Trouble::Locked),
        8 => Some(Trouble::ReadOnly),
        10 | 14 => Some(Trouble::Unreachable),
        13 => Some(Trouble::Full),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_codes_of_both_databases_name_the_trouble() {
        for (code, trouble) in [
            ("13", Trouble::Full),
            ("8", Trouble::ReadOnly),
            ("1032", Trouble::ReadOnly),
            ("5", Trouble::Locked),
            ("517", Trouble::Locked),
            ("778", Trouble::Unreachable),
            ("53100", Trouble::Full),
            ("25006", Trouble::ReadOnly),
        ] {
            assert_eq!(of_code(code), Some(trouble), "{code}");
        }
        assert_eq!(of_code("19"), None);
        assert_eq!(of_code("23505"), None);
    }
}
