//! Executives from a list: looked at first, stored when confirmed.

use reqwest::multipart::{Form, Part};

use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor};

const LIST: &str = "name,email,title,function,language\n\
    Ada Quill,ada@example.com,CFO,Finance,en\n\
    Bo Lind,bo@example.com,,Sales,\n\
    Cy Roe,cy@example.com,\"Head of Operations, Nordics\",Operations,de\n";

/// A fresh server, its first consultant, and the address of an empty team.
async fn started(backend: Backend) -> (TestApp, Visitor, String) {
    let app = TestApp::start(backend).await;
    let noa = Visitor::set_up(&app.address(), &app.set_up_path()).await;
    let organisation = noa.organisation("Halden").await;
    let team = noa.team(&organisation, "Board").await;
    (app, noa, team)
}

async fn look(noa: &Visitor, team: &str, list: &str) -> Answer {
    let form = Form::new()
        .text("list", list.to_owned())
        .text("action", "preview");
    noa.upload(&format!("{team}/import"), form).await
}

/// Confirms what the preview shows.
async fn confirm(noa: &Visitor, team: &str, list: &str, preview: &Answer) -> Answer {
    let form = Form::new()
        .text("list", list.to_owned())
        .text("plan", preview.field("plan"))
        .text("action", "store");
    noa.upload(&format!("{team}/import"), form).await
}

async fn upload(noa: &Visitor, team: &str, list: &str, file: Vec<u8>) -> Answer {
    let form = Form::new()
        .text("list", list.to_owned())
        .part("file", Part::bytes(file).file_name("team.csv"));
    noa.upload(&format!("{team}/import"), form).await
}

on_both_databases! {
    async fn the_preview_names_each_bad_line_and_stores_nothing(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let list = format!("{LIST}Di Moor,nobody,,,\n,eve@example.com,,,\nAda Again,ADA@example.com,,,\nFay,fay@example.com,,,xx\n");
        look(&noa, &team, &list)
            .await
            .is(200)
            .says("Add 3 executives")
            .says("Four lines cannot be taken")
            .says("Line 5").says("Email is not an e-mail address")
            .says("Line 6").says("Name must not be empty")
            .says("Line 7").says("The address is on line 2 already")
            .says("Line 8").says("Language “xx” is not one of en, de")
            .says("Head of Operations, Nordics");
        noa.get(&team).await.is(200).says("Nobody to ask yet").does_not_say("Ada Quill");
    }

    async fn a_confirmed_list_is_stored_and_importing_it_again_changes_nothing(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let preview = look(&noa, &team, LIST).await;
        let done = confirm(&noa, &team, LIST, &preview).await.leads_to(&team);
        noa.get(&done).await.is(200).says("Three executives added, none changed").says("Cy Roe");
        let before = noa.get(&team).await.body;
        let again = look(&noa, &team, LIST).await;
        again.is(200).says("Nothing would change").says("Three executives of the list are in the team already").does_not_say("value=\"store\"");
        // Even a confirmation sent twice adds nobody.
        confirm(&noa, &team, LIST, &preview).await.is(409).says("The team has changed since you looked");
        assert_eq!(noa.get(&team).await.body, before);
    }

    async fn lines_are_counted_as_a_browser_shows_them_empty_ones_included(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        // As a browser sends a text area: every line break as two characters; pasted from a spreadsheet.
        let list = "Ada Quill\tada@example.com\r\n\r\nBo Lind\tnobody\r\n";
        look(&noa, &team, list).await.is(200).says("Add 1 executive").says("Line 3");
    }

    async fn changed_details_and_those_who_come_back_are_told_apart(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let preview = look(&noa, &team, LIST).await;
        confirm(&noa, &team, LIST, &preview).await.leads_to(&team);
        let page = noa.get(&team).await;
        let row = page.body.find("Bo Lind").expect("in the team");
        let from = row + page.body[row..].find("/executives/").expect("a link");
        let bo = page.body[from..].split('"').next().expect("an address");
        noa.post(&format!("{bo}/leave"), &[]).await.leads_to(&team);
        let list = "name,email,title,function,language\nAda Quill,ada@example.com,Treasurer,Finance,en\nBo Lind,bo@example.com,,Sales,\n";
        let preview = look(&noa, &team, list).await;
        preview
            .is(200)
            .says("Change 1 executive, bring 1 back")
            .says("Job title becomes “Treasurer”; it was “CFO”.")
            .says("comes back")
            .says("not on the list: Cy Roe");
        confirm(&noa, &team, list, &preview).await.leads_to(&team);
        noa.get(&team).await.is(200).says("Three executives").says("Treasurer").does_not_say("left the team");
    }

    async fn a_team_that_changed_since_the_preview_is_shown_again(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let preview = look(&noa, &team, LIST).await;
        noa.executive(&team, "Ada Quill", "ada@example.com").await;
        confirm(&noa, &team, LIST, &preview).await.is(409).says("Nothing was stored").says("Add 2 executives, change 1");
        noa.get(&team).await.is(200).says("One executive");
    }

    async fn a_file_takes_the_place_of_what_was_pasted(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let file = "\u{feff}email;name\r\nbo@example.com;Bo Lind\r\n".as_bytes().to_vec();
        let preview = upload(&noa, &team, "Ada Quill,ada@example.com", file).await;
        preview.is(200).says("Bo Lind").says("Add 1 executive").does_not_say("Ada Quill");
    }

    async fn a_list_that_cannot_be_read_is_given_back_with_the_reason(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        look(&noa, &team, "name,email,salary\nAda,ada@example.com,1").await.is(422).says("“salary” that is not known").says("Ada,ada@example.com,1");
        look(&noa, &team, "  ").await.is(422).says("The list is empty");
        upload(&noa, &team, "", b"name,email\nZ\xfcrich,a@example.com".to_vec()).await.is(422).says("Line 2 is not UTF-8 text");
        upload(&noa, &team, "", vec![b'x'; 600 * 1024]).await.is(422).says("larger than 512 KB");
        upload(&noa, &team, "Ada,ada@example.com,,,xx", Vec::new()).await.is(422).says("No line of the list can be taken");
        noa.post(&format!("{team}/import"), &[("list", LIST)]).await.is(400);
        noa.get(&team).await.is(200).says("Nobody to ask yet");
    }

    async fn hostile_lines_are_shown_and_not_obeyed(backend: Backend) {
        let (_app, noa, team) = started(backend).await;
        let list = "</textarea><script>alert(1)</script>,eve@example.com\n\"<b>\",nobody";
        look(&noa, &team, list).await.is(200).does_not_say("<script>alert").does_not_say("</textarea><script").says("&lt;script&gt;");
    }
}
