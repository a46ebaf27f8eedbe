//! Errors as pages: what happened, what to do. One match decides the status; the cause is logged
//! once, here.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, ContentType, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError, web};
use minijinja::context;
use tracing_actix_web::RequestId;

use super::guard::harden;
use super::{State, limits};
use crate::error::{Error, Trouble};
use crate::survey::Language;
use crate::wording::{Arg, words};

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Refused(_) | Self::Stale => StatusCode::CONFLICT,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Vault(_) | Self::Page(_) | Self::Broken(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    // The page itself is made by `pages_for_errors`, which has the templates.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).finish()
    }
}

/// Key of the error's sentences in the message catalogue.
const fn key(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "error-not-found",
        Error::SignedOut => "error-signed-out",
        Error::CrossSite => "error-cross-site",
        Error::TooMany => "error-too-many",
        Error::Invalid(_) => "error-invalid",
        Error::Unreadable(_) => "error-unreadable",
        Error::Refused(_) => "error-refused",
        Error::Stale => "error-stale",
        Error::Unavailable { trouble, .. } => match trouble {
            Trouble::Full => "error-disk-full",
            Trouble::ReadOnly => "error-read-only",
            Trouble::Locked => "error-locked",
            Trouble::Unreachable => "error-unreachable",
        },
        Error::Database(_) | Error::Vault(_) | Error::Page(_) | Error::Broken(_) => {
            "error-internal"
        }
    }
}

/// Gives every error a page in the reader's language (or JSON to a script), and logs its cause.
pub async fn pages_for_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let request_id = request.extensions_id();
    let wants_json = accepts_json(request.headers());
    let language = language(request.headers());
    let reads = request.method() == Method::GET;
    let path = request
        .uri()
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let state = request.app_data::<web::Data<State>>().cloned();
    let client = state
        .as_ref()
        .map(|state| limits::client(request.request(), &state.settings));
    let asked = Asked {
        wants_json,
        language,
        reads,
        path,
        request_id,
    };
    // The request must not be held here: the router needs it for itself.
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        // A middleware failed (sessions could not be read, say): there is no request to answer to.
        Err(failed) => {
            let mut page = match failed.as_error::<Error>() {
                Some(error) => answer(state.as_ref().map(web::Data::get_ref), error, &asked),
                None if failed.as_response_error().status_code().is_server_error() => answer(
                    state.as_ref().map(web::Data::get_ref),
                    &Error::Broken(failed.to_string()),
                    &asked,
                ),
                None => return Err(failed),
            };
            let secure = state
                .as_ref()
                .is_some_and(|state| state.settings.public_url.starts_with("https://"));
            harden(page.headers_mut(), secure);
            return Err(InternalError::from_response("answered with a page", page).into());
        }
    };
    let Some(error) = response
        .response()
        .error()
        .and_then(|error| error.as_error::<Error>())
    else {
        return Ok(response);
    };
    let guesses = matches!(error, Error::NotFound)
        && PRIVATE.iter().any(|start| asked.path.starts_with(start));
    let page = match (&state, client) {
        (Some(state), Some(client)) if guesses && state.limits.unknown_link(&client).is_err() => {
            answer(Some(state), &Error::TooMany, &asked)
        }
        _ => answer(state.as_ref().map(web::Data::get_ref), error, &asked),
    };
    let (request, _) = response.into_parts();
    Ok(ServiceResponse::new(request, page))
}

/// Where private links lead: what is not found there counts as a guess.
const PRIVATE: [&str; 4] = ["/r/", "/s/", "/password/", "/set-up/"];

/// What is kept of a request for its error page.
struct Asked {
    wants_json: bool,
    language: Language,
    reads: bool,
    path: String,
    request_id: String,
}

fn answer(state: Option<&State>, error: &Error, asked: &Asked) -> HttpResponse {
    if matches!(error, Error::SignedOut) && asked.reads && !asked.wants_json {
        return HttpResponse::SeeOther()
            .insert_header((
                header::LOCATION,
                format!("/sign-in?next={}", in_query(&asked.path)),
            ))
            .finish();
    }
    let status = error.status_code();
    if status.is_server_error() {
        tracing::error!(error = error as &dyn std::error::Error, "a request failed");
    }
    match state {
        Some(state) if asked.wants_json => {
            json(state, error, status, asked.language, &asked.request_id)
        }
        Some(state) => page(state, error, status, asked.language, &asked.request_id),
        None => HttpResponse::build(status).finish(),
    }
}

trait ExtensionsId {
    fn extensions_id(&self) -> String;
}

impl ExtensionsId for ServiceRequest {
    fn extensions_id(&self) -> String {
        use actix_web::HttpMessage as _;
        self.extensions()
            .get::<RequestId>()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

fn accepts_json(headers: &header::HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"))
}

/// The first language of `Accept-Language` that the catalogue speaks.
fn language(headers: &header::HeaderMap) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .into_iter()
        .flat_map(|value| value.split(','))
        .find_map(|part| Language::parse(part.split(';').next().unwrap_or_default()).ok())
        .unwrap_or_default()
}

/// The path as a query's value.
fn in_query(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn sentences(
    state: &State,
    error: &Error,
    language: Language,
    request_id: &str,
) -> (String, String) {
    let say = |part: &str| {
        let id = Arg::from(request_id.to_owned());
        state
            .catalogue
            .say(language, &format!("{}-{part}", key(error)), &[("id", id)])
    };
    let what = match error {
        Error::Refused(why) => (*why).to_owned(),
        Error::Invalid(mistakes) => mistakes.to_string(),
        _ => say("what"),
    };
    (say("title"), what)
}

fn page(
    state: &State,
    error: &Error,
    status: StatusCode,
    language: Language,
    request_id: &str,
) -> HttpResponse {
    let (title, what) = sentences(state, error, language, request_id);
    let context = context! {
        t => words(state.catalogue.clone(), language),
        lang => language.code(),
        language => language.code(),
        title,
        what,
    };
    let rendered = state
        .templates
        .get_template("error.html")
        .and_then(|template| template.render(context));
    let mut response = HttpResponse::build(status);
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, HeaderValue::from_static("60")));
    }
    match rendered {
        Ok(html) => response.content_type(ContentType::html()).body(html),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the error page could not be rendered"
            );
            response
                .content_type(ContentType::plaintext())
                .body("Something went wrong on our side.")
        }
    }
}

fn json(
    state: &State,
    error: &Error,
    status: StatusCode,
    language: Language,
    request_id: &str,
) -> HttpResponse {
    let (title, what) = sentences(state, error, language, request_id);
    HttpResponse::build(status).json(serde_json::json!({ "error": title, "what": what }))
}
