//! Coherence asks a leadership team the same five questions, separately and in private, and shows
//! where its answers part. See `docs/ARCHITECTURE.md` for the rooms.

pub mod app;
pub mod assistant;
pub mod commands;
pub mod conduct;
pub mod demo;
pub mod error;
pub mod exchange;
pub mod export;
pub mod mail;
pub mod report;
pub mod scoring;
pub mod settings;
pub mod store;
pub mod survey;
pub mod telemetry;
pub mod themes;
pub mod vault;
pub mod web;
pub mod wording;
pub mod worker;
pub mod world;
