//! The demo's outbox: letters kept in memory are read here instead of being sent. With a mail
//! server, or letters as files, there is no such page.

use actix_web::{HttpResponse, web};
use minijinja::{Value, context};

use super::State;
use crate::error::Error;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/outbox", web::get().to(list))
        .route("/outbox/{nth}", web::get().to(one));
}

async fn list(state: web::Data<State>) -> Result<HttpResponse, Error> {
    let letters = state.letters.as_ref().ok_or(Error::NotFound)?.letters();
    // The newest first; its number in the address is its place in time.
    let rows: Vec<Value> = letters
        .iter()
        .enumerate()
        .rev()
        .map(|(nth, letter)| {
            context! {
                nth,
                to => letter.to.name.clone(),
                address => letter.to.address.as_str(),
                subject => letter.subject.clone(),
                at => letter.written_at.format("%-d %B %Y, %H:%M UTC").to_string(),
            }
        })
        .collect();
    state.page("outbox/list.html", context! { rows })
}

async fn one(state: web::Data<State>, nth: web::Path<usize>) -> Result<HttpResponse, Error> {
    let letters = state.letters.as_ref().ok_or(Error::NotFound)?.letters();
    let letter = letters.get(*nth).ok_or(Error::NotFound)?;
    let link = letter
        .text
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap_or_default();
    state.page(
        "outbox/letter.html",
        context! {
            from => letter.from.name.clone(),
            from_address => letter.from.address.as_str(),
            to => letter.to.name.clone(),
            address => letter.to.address.as_str(),
            subject => letter.subject.clone(),
            text => letter.text.clone(),
            link,
        },
    )
}
