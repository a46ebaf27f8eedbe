//! What executives see, behind their private link: the notice, the five questions, the last step,
//! their own answers, and the way to decline. Every word comes from the message catalogue. A GET
//! changes nothing; whatever was typed comes back with every answer that is not a redirection.

mod form;
mod kept;
mod last;
mod pages;
mod proof;
mod questions;
mod shown;
mod view;

use actix_web::web;
use chrono::{DateTime, Utc};
use minijinja::{Value, context};

use super::State;
use crate::store::invitations::OpenInvitation;
use crate::survey::{Language, Rule};
use crate::wording::{self, Arg};

/// The pages of one private link, all below `/r/{token}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/r/{token}")
            .route("", web::get().to(pages::welcome))
            .route("/last", web::get().to(last::show))
            .route("/last", web::post().to(last::save))
            .route("/done", web::get().to(pages::done))
            .route("/decline", web::get().to(pages::ask_to_decline))
            .route("/decline", web::post().to(pages::decline))
            .route("/{number}", web::get().to(questions::show))
            .route("/{number}", web::post().to(questions::save)),
    );
}

/// One executive's language, for saying things in it.
#[derive(Clone, Copy)]
struct Speech<'a> {
    state: &'a State,
    language: Language,
}

impl<'a> Speech<'a> {
    fn of(state: &'a State, invitation: &OpenInvitation) -> Self {
        Self {
            state,
            language: invitation.language(),
        }
    }

    fn say(self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.state.catalogue.say(self.language, key, args)
    }

    /// What is wrong with that field. Where one chooses rather than types, "must not be empty"
    /// would be the wrong words.
    fn mistake(self, field: &str, rule: &Rule) -> String {
        let chosen = matches!(
            field.split('.').next(),
            Some("quote" | "function" | "comparison" | "perceived")
        );
        if chosen && matches!(rule, Rule::Required | Rule::NotAChoice) {
            return self.say("respond-choose-one", &[]);
        }
        wording::mistake(&self.state.catalogue, self.language, rule)
    }

    fn moment(self, at: DateTime<Utc>, zone: chrono_tz::Tz) -> String {
        wording::moment(&self.state.catalogue, self.language, at, zone)
    }

    /// What every page needs: the words, the language, and where its links lead.
    fn frame(self, token: &str) -> Value {
        context! {
            t => wording::words(self.state.catalogue.clone(), self.language),
            lang => self.language.code(),
            language => self.language.code(),
            base => base(token),
            bar => "",
        }
    }

    /// [`frame`](Self::frame) with what only an open invitation knows.
    fn page(self, token: &str, invitation: &OpenInvitation) -> Value {
        let label = wording::round_label(
            &self.state.catalogue,
            self.language,
            invitation.round().label(),
        );
        let bar = self.say(
            "respond-bar",
            &[
                ("organisation", invitation.organisation().into()),
                ("team", invitation.team().into()),
                ("label", (&label).into()),
            ],
        );
        context! {
            bar,
            label,
            organisation => invitation.organisation(),
            team => invitation.team(),
            consultant => invitation.consultant(),
            name => invitation.person().name.as_str(),
            closes => self.moment(invitation.closes_at(), invitation.time_zone()),
            ..self.frame(token)
        }
    }
}

/// The address of the private page. The token has been read, so it holds URL-safe characters only.
fn base(token: &str) -> String {
    format!("/r/{token}")
}
