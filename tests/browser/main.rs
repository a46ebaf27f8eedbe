//! The pages in a real Chromium, served by the real application and fed by a real mail server.

#[path = "../support/mod.rs"]
mod support;

mod album;
mod board;
mod consultant;
mod executive;
mod pages;
mod report;
mod sample;
mod stage;
mod walk;
