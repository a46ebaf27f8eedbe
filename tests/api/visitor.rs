//! A browser without a window: keeps the session's cookie, follows nothing by itself.

use std::sync::{Mutex, PoisonError};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::multipart::Form;
use reqwest::{Client, RequestBuilder, Response, StatusCode};

/// Long enough, and nobody's.
pub const PASSWORD: &str = "four words that hold";

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
}

impl Answer {
    /// Fails the test unless the answer leads to that address, and returns it.
    #[track_caller]
    pub fn leads_to(&self, start: &str) -> String {
        assert_eq!(self.status, 303, "{}", self.body);
        assert!(
            self.location.starts_with(start),
            "{} does not start with {start}",
            self.location
        );
        self.location.clone()
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "“{text}” is not in {}", self.body);
        self
    }

    #[track_caller]
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "“{text}” is in {}", self.body);
        self
    }

    /// The value of the form field of that name, as the page gives it back.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let from = self
            .body
            .find(&format!("name=\"{name}\""))
            .unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let tag = &self.body[from..from + self.body[from..].find('>').expect("a tag ends")];
        tag.split_once("value=\"")
            .map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default())
            .to_owned()
    }

    /// The first address on the page that starts so.
    #[track_caller]
    pub fn link(&self, start: &str) -> String {
        let from = self
            .body
            .find(start)
            .unwrap_or_else(|| panic!("no link {start} in {}", self.body));
        self.body[from..]
            .split('"')
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

/// One person at one browser.
pub struct Visitor {
    client: Client,
    base: String,
    cookie: Mutex<Option<String>>,
}

impl Visitor {
    /// Somebody new at the server of that address (`http://127.0.0.1:1234`).
    pub fn at(base: &str) -> Self {
        // The program brings its own cryptography into every client it builds; this one is not its.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client can be built");
        Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            cookie: Mutex::default(),
        }
    }

    /// Somebody else with this visitor's cookie, as it is now.
    pub fn copy(&self) -> Self {
        Self {
            client: self.client.clone(),
            base: self.base.clone(),
            cookie: Mutex::new(self.cookie()),
        }
    }

    fn cookie(&self) -> Option<String> {
        self.cookie
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The answer as it came, for files.
    pub async fn reply(&self, request: RequestBuilder) -> Response {
        let request = match self.cookie() {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let response = request.send().await.expect("the server answers");
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .unwrap_or_default()
                .to_owned();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        }
        response
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = self.reply(request).await;
        let location = response
            .headers()
            .get(LOCATION)
            .map_or("", |at| at.to_str().expect("text"))
            .to_owned();
        Answer {
            status: response.status(),
            location,
            body: plain(&response.text().await.expect("a body")),
        }
    }

    pub fn getting(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub fn heading(&self, path: &str) -> RequestBuilder {
        self.client.head(format!("{}{path}", self.base))
    }

    pub fn posting(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.client
            .post(format!("{}{path}", self.base))
            .form(fields)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.getting(path)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.posting(path, fields)).await
    }

    pub async fn upload(&self, path: &str, form: Form) -> Answer {
        self.send(
            self.client
                .post(format!("{}{path}", self.base))
                .multipart(form),
        )
        .await
    }

    /// Uses the set-up link: signed in as the first consultant from then on.
    pub async fn set_up(base: &str, link: &str) -> Self {
        let visitor = Self::at(base);
        visitor.post(link, &first_consultant()).await.leads_to("/");
        visitor
    }

    /// Adds an organisation; returns its address.
    pub async fn organisation(&self, name: &str) -> String {
        self.post("/organisations", &[("organisation", name)])
            .await
            .leads_to("/organisations/")
    }

    /// Adds a team to an organisation; returns its address.
    pub async fn team(&self, organisation: &str, name: &str) -> String {
        self.post(&format!("{organisation}/teams"), &[("team", name)])
            .await
            .leads_to("/teams/")
    }

    /// Adds an executive to a team; returns the address of the executive's page.
    pub async fn executive(&self, team: &str, name: &str, email: &str) -> String {
        self.post(
            &format!("{team}/executives"),
            &[("name", name), ("email", email)],
        )
        .await
        .leads_to(team);
        let page = self.get(team).await;
        let row = page
            .body
            .find(name)
            .unwrap_or_else(|| panic!("{name} is not in {}", page.body));
        let from = row
            + page.body[row..]
                .find("/executives/")
                .expect("a link to the executive");
        page.body[from..]
            .split('"')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Gives a colleague access to an organisation, who then chooses a password: signed in from then on.
    pub async fn colleague(&self, organisation: &str, name: &str, email: &str) -> Self {
        let given = self
            .post(
                &format!("{organisation}/colleagues"),
                &[("name", name), ("email", email)],
            )
            .await;
        let link = given.is(200).link("/password/");
        let colleague = Self::at(&self.base);
        colleague
            .post(&link, &[("password", PASSWORD), ("again", PASSWORD)])
            .await
            .leads_to("/");
        colleague
    }
}

/// The fields of the set-up page.
pub fn first_consultant() -> [(&'static str, &'static str); 4] {
    [
        ("name", "Noa Berg"),
        ("email", "noa@example.com"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ]
}

/// The templates escape slashes too; an address on a page is compared as a browser reads it.
fn plain(body: &str) -> String {
    body.replace("&#x2f;", "/")
}
