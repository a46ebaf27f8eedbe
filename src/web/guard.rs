//! What every answer carries, and what no request may do.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::State;
use crate::error::Error;

/// Everything comes from this server; inline styles of the figures are the one exception, scripts
/// there are none.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// Adds the security headers; pages are never kept by a cache, assets say so themselves.
pub async fn secure_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let secure = request
        .app_data::<web::Data<State>>()
        .is_some_and(|state| state.settings.public_url.starts_with("https://"));
    let mut response = next.call(request).await?;
    harden(response.headers_mut(), secure);
    Ok(response)
}

/// Adds the security headers that an answer does not have yet.
pub(super) fn harden(headers: &mut HeaderMap, secure: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    // A private link must not reach another site as the referrer.
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Marks a request that asked for the head of an answer only.
#[derive(Clone, Copy, Debug)]
struct HeadOnly;

/// Whether nobody will read the answer: only its head was asked for, or a browser fetches it ahead in case somebody
/// follows a link.
pub(super) fn unread(request: &HttpRequest) -> bool {
    let ahead = ["sec-purpose", "purpose", "x-moz"];
    request.extensions().contains::<HeadOnly>()
        || ahead.into_iter().any(|name| {
            let value = request.headers().get(name);
            value.is_some_and(|value| value.as_bytes().windows(8).any(|part| part == b"prefetch"))
        })
}

/// Answers HEAD as GET: the connection leaves the body out by itself.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(HeadOnly);
    }
    next.call(request).await
}

/// Refuses writing requests that another site's page sent. Browsers say where a request comes from
/// (`Sec-Fetch-Site`, else `Origin`); a program that says neither carries no cookie of a browser.
pub async fn refuse_cross_site(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if !reads && !same_site(&request) {
        return Ok(request.into_response(HttpResponse::from_error(Error::CrossSite)));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn same_site(request: &ServiceRequest) -> bool {
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else {
        return true;
    };
    let host = text("host").unwrap_or_default();
    origin
        .split_once("://")
        .is_some_and(|(_, from)| from == host)
}
