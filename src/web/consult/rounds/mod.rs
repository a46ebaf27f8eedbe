//! Rounds: their settings, the one screen of each, what is done to them, and their reports.

use actix_web::web;

mod closed;
mod debrief;
mod deeds;
mod draft;
mod edit;
mod form;
mod letter;
mod notices;
mod open;
mod page;
mod publish;
mod results;

/// The routes of rounds.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/teams/{id}/rounds/new")
                .route(web::get().to(form::new_page))
                .route(web::post().to(form::create)),
        )
        .service(
            web::resource("/rounds/{id}/edit")
                .route(web::get().to(form::edit_page))
                .route(web::post().to(form::edit)),
        )
        .route("/rounds/{id}", web::get().to(page::get))
        .route("/rounds/{id}/letter", web::get().to(letter::get))
        .route("/rounds/{id}/open", web::post().to(deeds::open))
        .route("/rounds/{id}/remind", web::post().to(deeds::remind))
        .route("/rounds/{id}/extend", web::post().to(deeds::extend))
        .route("/rounds/{id}/close", web::post().to(deeds::close))
        .route("/rounds/{id}/resend", web::post().to(deeds::resend))
        .route("/rounds/{id}/revoke", web::post().to(deeds::revoke))
        .service(
            web::resource("/rounds/{id}/publish")
                .route(web::get().to(publish::get))
                .route(web::post().to(publish::save)),
        )
        .service(
            web::resource("/rounds/{id}/report/edit")
                .route(web::get().to(edit::get))
                .route(web::post().to(edit::save)),
        )
        .route(
            "/rounds/{id}/report/revision/{number}",
            web::get().to(results::revision),
        )
        .route("/rounds/{id}/share", web::post().to(deeds::share))
        .route("/rounds/{id}/unshare", web::post().to(deeds::unshare))
        .route("/rounds/{id}/next", web::post().to(deeds::next))
        .route("/rounds/{id}/delete", web::post().to(deeds::delete))
        .service(
            web::resource("/rounds/{id}/debrief")
                .route(web::get().to(debrief::get))
                .route(web::post().to(debrief::save)),
        )
        .route(
            "/rounds/{id}/debrief/delete",
            web::post().to(debrief::delete),
        )
        .route("/rounds/{id}/debrief/list", web::get().to(debrief::list))
        .route(
            "/rounds/{id}/debrief/list.txt",
            web::get().to(debrief::text),
        )
        .route("/rounds/{id}/report", web::get().to(results::consultant))
        .route("/rounds/{id}/report/client", web::get().to(results::client))
        .route("/rounds/{id}/report.{ending}", web::get().to(results::file))
        .route("/rounds/{id}/score.json", web::get().to(results::score));
}
