//! Consultants' base pages: who comes in, and what they find.

use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{PASSWORD, Visitor, first_consultant};

/// A fresh server and its first consultant, signed in.
async fn started(backend: Backend) -> (TestApp, Visitor) {
    let app = TestApp::start(backend).await;
    let noa = Visitor::set_up(&app.address(), &app.set_up_path()).await;
    (app, noa)
}

on_both_databases! {
    async fn the_set_up_link_works_once_and_no_other_does(backend: Backend) {
        let app = TestApp::start(backend).await;
        let (noa, late) = (Visitor::at(&app.address()), Visitor::at(&app.address()));
        let link = app.set_up_path();
        noa.get(&link).await.is(200).says("Set up Coherence");
        noa.get("/set-up/AAAA").await.is(404);
        noa.post(&link, &first_consultant()).await.leads_to("/");
        noa.get("/").await.is(200).says("Welcome, Noa Berg").says("Add an organisation");
        late.get(&link).await.is(404);
        late.post(&link, &first_consultant()).await.is(404);
    }

    async fn a_wrong_set_up_names_every_field_and_keeps_all_but_the_password(backend: Backend) {
        let app = TestApp::start(backend).await;
        let noa = Visitor::at(&app.address());
        let typed = [("name", "Noa <Berg>"), ("email", "noa"), ("password", "too short"), ("again", "too short")];
        let again = noa.post(&app.set_up_path(), &typed).await;
        again
            .is(422)
            .says("Your e-mail is not an e-mail address")
            .says("Password needs at least 12 characters")
            .says(r##"<a href="#email">"##)
            .says(r#"aria-invalid="true""#)
            .does_not_say("too short")
            .does_not_say("<Berg>");
        assert_eq!(again.field("name"), "Noa &lt;Berg&gt;");
        assert_eq!(again.field("email"), "noa");
        let differing = [("name", "Noa"), ("email", "noa@example.com"), ("password", PASSWORD), ("again", "another password")];
        noa.post(&app.set_up_path(), &differing).await.is(422).says("Password again differs from the first one");
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(backend: Backend) {
        let (app, _) = started(backend).await;
        let guest = Visitor::at(&app.address());
        let wrong = guest.post("/sign-in", &[("email", "noa@example.com"), ("password", "not the password")]).await;
        let unknown = guest.post("/sign-in", &[("email", "bo@example.com"), ("password", "not the password")]).await;
        let no_address = guest.post("/sign-in", &[("email", "bo"), ("password", "not the password")]).await;
        wrong.is(422).says("do not belong together").does_not_say("not the password");
        assert_eq!(wrong.field("email"), "noa@example.com");
        assert_eq!(unknown.status, wrong.status);
        assert_eq!(unknown.body.replace("bo@example.com", "noa@example.com"), wrong.body);
        assert_eq!(no_address.body.replace(r#""bo""#, r#""noa@example.com""#), wrong.body);
    }

    async fn signing_in_leads_to_the_page_that_was_asked_for_and_to_no_other_site(backend: Backend) {
        let (app, noa) = started(backend).await;
        noa.organisation("Halden").await;
        let guest = Visitor::at(&app.address());
        let asked = guest.get("/organisations").await.leads_to("/sign-in?next=");
        assert_eq!(guest.get(&asked).await.field("next"), "/organisations");
        let credentials = |next| [("email", "NOA@example.com"), ("password", PASSWORD), ("next", next)];
        guest.post("/sign-in", &credentials("/organisations")).await.leads_to("/organisations");
        guest.get("/organisations").await.is(200).says("Halden");
        let to = guest.post("/sign-in", &credentials("//evil.example/")).await.leads_to("/");
        assert_eq!(to, "/");
    }

    async fn nobody_signed_in_changes_anything(backend: Backend) {
        let (app, noa) = started(backend).await;
        let guest = Visitor::at(&app.address());
        guest.post("/organisations", &[("organisation", "Halden")]).await.is(401);
        noa.get("/organisations").await.is(200).does_not_say("Halden");
    }

    async fn head_is_answered_like_get_without_a_body(backend: Backend) {
        let app = TestApp::start(backend).await;
        for (path, status) in [("/sign-in", 200), ("/", 303), ("/nowhere", 404)] {
            let guest = Visitor::at(&app.address());
            let head = guest.send(guest.heading(path)).await;
            assert_eq!((head.status.as_u16(), head.body.as_str()), (status, ""), "{path}");
        }
    }

    async fn signing_out_ends_the_session_on_the_server(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let stolen = noa.copy();
        stolen.get("/organisations").await.is(200);
        noa.post("/sign-out", &[]).await.leads_to("/sign-in");
        noa.get("/organisations").await.leads_to("/sign-in");
        stolen.get("/organisations").await.leads_to("/sign-in");
    }

    async fn the_eleventh_sign_in_of_a_minute_is_refused(backend: Backend) {
        let (app, _) = started(backend).await;
        let guest = Visitor::at(&app.address());
        for _ in 0..10 {
            guest.post("/sign-in", &[("email", "noa@example.com"), ("password", "a guess of many")]).await.is(422);
        }
        guest.post("/sign-in", &[("email", "noa@example.com"), ("password", PASSWORD)]).await.is(429);
    }

    async fn a_post_from_another_site_is_refused(backend: Backend) {
        let (_app, noa) = started(backend).await;
        for (header, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
            let forged = noa.posting("/organisations", &[("organisation", "Halden")]).header(header, value);
            noa.send(forged).await.is(403);
        }
        noa.get("/organisations").await.is(200).does_not_say("Halden");
    }

    async fn another_consultants_organisation_team_and_executive_are_unknown_pages(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let shared = noa.organisation("Halden").await;
        let private = noa.organisation("Orrin and Vale").await;
        let team = noa.team(&private, "Board").await;
        let executive = noa.executive(&team, "Ada Quill", "ada@example.com").await;
        let kim = noa.colleague(&shared, "Kim Ito", "kim@example.com").await;
        kim.get("/organisations").await.is(200).says("Halden").does_not_say("Orrin");
        kim.get(&shared).await.is(200);
        let unknown = kim.get("/teams/00000000-0000-4000-8000-000000000000").await;
        for path in [&private, &team, &executive, &format!("{team}/import")] {
            let answer = kim.get(path).await;
            answer.is(404);
            assert_eq!(without_ids(&answer.body), without_ids(&unknown.body), "{path}");
        }
        let fields = [("name", "Eve"), ("email", "eve@example.com"), ("organisation", "Eve"), ("team", "Eve")];
        for path in [
            format!("{private}/rename"),
            format!("{private}/teams"),
            format!("{private}/colleagues"),
            format!("{team}/executives"),
            executive.clone(),
            format!("{executive}/leave"),
            format!("{executive}/return"),
        ] {
            kim.post(&path, &fields).await.is(404);
        }
        noa.get(&team).await.is(200).says("One executive").says("Ada Quill").does_not_say("Eve");
    }

    async fn a_colleagues_link_works_once_and_the_account_cannot_be_taken_over_through_it(backend: Backend) {
        let (app, noa) = started(backend).await;
        let halden = noa.organisation("Halden").await;
        let fields = [("name", "Kim Ito"), ("email", "kim@example.com")];
        let first = noa.post(&format!("{halden}/colleagues"), &fields).await.is(200).link("/password/");
        // Given twice: a new link, and the old one ends.
        let second = noa.post(&format!("{halden}/colleagues"), &fields).await.is(200).link("/password/");
        let kim = Visitor::at(&app.address());
        kim.get(&first).await.is(404);
        kim.get(&second).await.is(200).says("kim@example.com");
        // Until Kim has chosen a password, whoever holds the link could; so no other organisation is added.
        let orrin = noa.organisation("Orrin").await;
        noa.post(&format!("{orrin}/colleagues"), &fields).await.is(422).says("has not chosen a password yet");
        kim.post(&second, &[("password", "short"), ("again", "short")]).await.is(422).says("at least 12 characters");
        kim.post(&second, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads_to("/");
        kim.get(&second).await.is(404);
        kim.get("/organisations").await.is(200).says("Halden").does_not_say("Orrin");
        noa.post(&format!("{orrin}/colleagues"), &fields).await.is(200).says("sign in with the password they have");
        kim.get("/organisations").await.is(200).says("Orrin");
    }

    async fn every_field_has_a_limit_and_keeps_what_was_typed(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let halden = noa.organisation("Halden").await;
        let team = noa.team(&halden, "Board").await;
        let ada = noa.executive(&team, "Ada Quill", "ada@example.com").await;
        let (long, longer) = ("x".repeat(61), "y".repeat(121));
        let executives = format!("{team}/executives");
        for (path, field, typed, rule) in [
            ("/organisations", "organisation", longer.as_str(), "The organisation’s name may have at most 120 characters; it has 121"),
            ("/organisations", "organisation", " ", "The organisation’s name must not be empty"),
            (&format!("{halden}/rename"), "organisation", &longer, "at most 120 characters"),
            (&format!("{halden}/teams"), "team", &longer, "The team’s name may have at most 120 characters"),
            (&format!("{halden}/teams"), "team", "Board", "has a team of that name already"),
            (&format!("{halden}/colleagues"), "email", "kim", "E-mail is not an e-mail address"),
            (&executives, "name", &longer, "Name may have at most 120 characters"),
            (&executives, "name", "bell\u{7}", "Name contains a character that cannot be shown"),
            (&executives, "email", "ada@", "E-mail is not an e-mail address"),
            (&executives, "email", "ADA@example.com", "with this e-mail is in the team already"),
            (&executives, "title", &longer, "Job title may have at most 120 characters"),
            (&executives, "function", &long, "Function may have at most 60 characters"),
            (&executives, "language", "fr", "Language is not one of the choices"),
            (&ada, "title", &longer, "Job title may have at most 120 characters"),
            (&ada, "email", "", "E-mail must not be empty"),
        ] {
            let mut fields = vec![("name", "Bo Lind"), ("email", "bo@example.com")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, typed));
            let answer = noa.post(path, &fields).await;
            answer.is(422).says(rule).says(r#"role="alert""#).says(&format!("id=\"{field}-mistake\""));
            if field != "language" {
                assert_eq!(answer.field(field), typed, "{path}");
            }
            if field != "name" && path.contains("/executives") {
                assert_eq!(answer.field("name"), "Bo Lind", "{path}");
            }
        }
        noa.get(&team).await.is(200).says("One executive").does_not_say("Bo Lind");
    }

    async fn an_executive_is_changed_leaves_and_comes_back(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let halden = noa.organisation("Halden").await;
        let team = noa.team(&halden, "Board").await;
        let ada = noa.executive(&team, "Ada Quill", "ada@example.com").await;
        noa.executive(&team, "Bo Lind", "bo@example.com").await;
        let changed = [("name", "Ada Quill-Roe"), ("email", "ada@example.org"), ("title", "CFO"), ("function", "Finance"), ("language", "de")];
        let saved = noa.post(&ada, &changed).await.leads_to(&team);
        noa.get(&saved).await.is(200).says("The changes are saved").says("Ada Quill-Roe").says("Finance").says("Deutsch");
        let taken = noa.post(&ada, &[("name", "Ada"), ("email", "bo@example.com")]).await;
        assert_eq!(taken.is(422).field("email"), "bo@example.com");
        noa.post(&format!("{ada}/leave"), &[]).await.leads_to(&team);
        noa.get(&team).await.is(200).says("One executive has left the team").says("Is back");
        noa.post(&format!("{ada}/return"), &[]).await.leads_to(&team);
        noa.get(&team).await.is(200).says("Two executives").does_not_say("has left the team");
    }

    async fn reading_pages_changes_nothing_and_leaving_needs_a_button(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let halden = noa.organisation("Halden").await;
        let team = noa.team(&halden, "Board").await;
        let ada = noa.executive(&team, "Ada Quill", "ada@example.com").await;
        for path in [format!("{ada}/leave"), "/sign-out".to_owned()] {
            let answer = noa.get(&path).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
        noa.get(&team).await.is(200).says("One executive").does_not_say("left the team");
    }

    async fn a_hostile_name_is_shown_and_not_obeyed(backend: Backend) {
        let (_app, noa) = started(backend).await;
        let halden = noa.organisation("<script>alert(1)</script> & \"Sons\"").await;
        let team = noa.team(&halden, "Board").await;
        noa.executive(&team, "\u{5e2}\u{5d3}\u{5d4} Ada", "ada@example.com").await;
        for path in ["/organisations", &halden, &team] {
            noa.get(path).await.is(200).says("&lt;script&gt;").does_not_say("<script>alert");
        }
        noa.get(&halden).await.says("&quot;Sons&quot;");
    }

    async fn the_home_page_says_what_to_do_next(backend: Backend) {
        let (_app, noa) = started(backend).await;
        noa.get("/").await.is(200).says("Add an organisation");
        let halden = noa.organisation("Halden").await;
        noa.get(&halden).await.is(200).says("Add the first one");
        let team = noa.team(&halden, "Board").await;
        noa.get("/").await.is(200).says("No round yet").says(&team);
        noa.get(&team).await.is(200).says("Nobody to ask yet");
        noa.executive(&team, "Ada Quill", "ada@example.com").await;
        noa.get(&team).await.is(200).says(&format!("{team}/rounds/new")).says("at least four");
    }
}

/// The page without what differs from request to request.
fn without_ids(body: &str) -> String {
    body.split_whitespace()
        .filter(|word| word.matches('-').count() < 4)
        .collect::<Vec<_>>()
        .join(" ")
}
