//! The tables of Coherence's database, one file each. Entities never travel over the wire and
//! derive no `Deserialize`: a form is parsed into a survey type first.

pub mod alias;
pub mod assistance;
pub mod assistance_call;
pub mod coding;
pub mod coding_event;
pub mod consultant;
pub mod decision;
pub mod executive;
pub mod invitation;
pub mod membership;
pub mod organisation;
pub mod outbox;
pub mod report;
pub mod report_edit;
pub mod response;
pub mod round;
pub mod second_code;
pub mod second_coding;
pub mod session;
pub mod share;
pub mod statement;
pub mod team;
pub mod theme;
pub mod types;
