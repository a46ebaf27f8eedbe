//! Style sheets and scripts, embedded in the binary.

use actix_web::http::header::{self, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, web};
use sha2::{Digest as _, Sha256};

use crate::error::Error;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static str,
}

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        Asset {
            name: $name,
            kind: $kind,
            body: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $name)),
        }
    };
}

const ASSETS: &[Asset] = &[
    asset!("app.css", "text/css; charset=utf-8"),
    asset!("respond.css", "text/css; charset=utf-8"),
    asset!("consult.css", "text/css; charset=utf-8"),
    asset!("debrief.css", "text/css; charset=utf-8"),
    asset!("edit.css", "text/css; charset=utf-8"),
    asset!("round.css", "text/css; charset=utf-8"),
    asset!("board.css", "text/css; charset=utf-8"),
    asset!("coders.css", "text/css; charset=utf-8"),
    asset!("report.css", "text/css; charset=utf-8"),
    asset!("trend.css", "text/css; charset=utf-8"),
    asset!("respond.js", "text/javascript; charset=utf-8"),
    asset!("board.js", "text/javascript; charset=utf-8"),
    asset!("coders.js", "text/javascript; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
];

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/assets/{name}", web::get().to(serve));
}

/// Tells versions of an asset apart.
fn fingerprint(body: &str) -> String {
    hex::encode(&Sha256::digest(body.as_bytes())[..8])
}

async fn serve(
    name: web::Path<String>,
    known: web::Header<IfNoneMatch>,
) -> Result<HttpResponse, Error> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == *name)
        .ok_or(Error::NotFound)?;
    let tag = EntityTag::new_strong(fingerprint(asset.body));
    let fresh = match &known.0 {
        IfNoneMatch::Any => false,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    };
    let mut response = if fresh {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header(header::ETag(tag));
    Ok(if fresh {
        response.finish()
    } else {
        response
            .insert_header((header::CONTENT_TYPE, asset.kind))
            .body(asset.body)
    })
}
