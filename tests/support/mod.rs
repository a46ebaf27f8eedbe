//! What the test binaries share. Mount it at the root of a binary under this very name,
//! because the macro of [`db`] refers to `crate::support`:
//!
//! ```ignore
//! #[path = "../support/mod.rs"]
//! mod support;
//! ```
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each test binary uses the part it needs"
)]
#![allow(
    clippy::doc_markdown,
    reason = "PostgreSQL, SQLite and WebDriver are names, not code"
)]

pub mod accessibility;
pub mod app;
pub mod browser;
pub mod db;
pub mod driver;
pub mod model;
pub mod smtp;
pub mod within;
