//! Rules of the service, through a real socket, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod assistant;
mod board;
mod coders;
mod command_line;
mod consult;
mod debrief;
mod edits;

mod exports;
mod foundations;
mod house;
mod import;
mod respond;
mod rounds;
mod stage;
mod trend;
mod trouble;
mod visitor;
