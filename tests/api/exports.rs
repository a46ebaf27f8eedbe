//! The client's report as files: who gets them, when, and under which name.

use coherence::export::Format;
use reqwest::Response;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::db::on_both_databases;
use crate::visitor::Visitor;

fn header(reply: &Response, name: &str) -> String {
    let value = reply.headers().get(name).expect("it is set");
    value.to_str().expect("plain letters").to_owned()
}

/// How a file of that kind begins.
fn start(format: Format) -> &'static [u8] {
    match format {
        Format::Pdf => b"%PDF-1.7",
        Format::Slides | Format::Workbook => b"PK\x03\x04",
        Format::Table => b"\xef\xbb\xbfsection,kind,",
    }
}

/// Fetches every format below that path and checks what comes with it.
async fn all(visitor: &Visitor, below: &str, edition: &str) {
    for format in Format::ALL {
        let path = format!("{below}/report.{}", format.ending());
        let reply = visitor.reply(visitor.getting(&path)).await;
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(header(&reply, "content-type"), format.media_type());
        assert_eq!(
            header(&reply, "content-disposition"),
            format!(
                "attachment; filename=\"Halden-Instruments-Executive-team-2026-Q4-{edition}.{}\"",
                format.ending()
            )
        );
        assert_eq!(header(&reply, "cache-control"), "no-store");
        let body = reply.bytes().await.expect("a body");
        assert!(body.starts_with(start(format)), "{path}");
    }
}

async fn none(visitor: &Visitor, below: &str, status: u16) {
    for format in Format::ALL {
        let path = format!("{below}/report.{}", format.ending());
        visitor.get(&path).await.is(status);
    }
}

on_both_databases! {
    async fn the_report_is_taken_away_as_a_draft_then_as_published(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        all(&prepared.noa, &round, "draft").await;
        let page = prepared.noa.get(&round).await;
        for format in Format::ALL {
            page.says(&format!("{round}/report.{}\" download", format.ending()));
        }
        page.says("marked as a draft");
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        all(&prepared.noa, &round, "report").await;
        prepared.noa.get(&round).await.says("report to take away").does_not_say("marked as a draft");
        for ending in ["exe", "html", "PDF", "pdf.pdf", ""] {
            prepared.noa.get(&format!("{round}/report.{ending}")).await.is(404);
        }
    }

    async fn a_sponsor_takes_away_what_the_link_shows_and_only_while_it_is_open(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        let sponsor = Visitor::at(&prepared.app.address());
        none(&sponsor, "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404).await;
        none(&sponsor, "/s/nonsense", 404).await;
        let mut links = Vec::new();
        for _ in 0..2 {
            prepared.noa.post(&format!("{round}/share"), &[]).await.leads_to(&round);
            let page = prepared.noa.get(&round).await;
            links.push(page.link(&format!("{}/s/", prepared.app.address())).replace(&prepared.app.address(), ""));
            all(&sponsor, &links[links.len() - 1], "report").await;
            if links.len() == 1 {
                for format in Format::ALL {
                    sponsor.get(&links[0]).await.says(&format!("{}/report.{}", links[0], format.ending()));
                }
                sponsor.get(&format!("{}/report.exe", links[0])).await.is(404);
                prepared.noa.post(&format!("{round}/unshare"), &[("share", &page.field("share"))]).await.leads_to(&round);
                none(&sponsor, &links[0], 404).await;
            }
        }
        prepared.app.clock.advance(coherence::store::reports::SHARE_LIFE + chrono::TimeDelta::seconds(1));
        none(&sponsor, &links[1], 404).await;
    }

    async fn nobody_else_gets_a_file_and_nobody_one_of_too_few_answers(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        for nth in 0..3 {
            prepared.answer(PEOPLE[nth].1, SAID[nth]).await;
        }
        none(&prepared.noa, &round, 409).await;
        prepared.noa.post(&format!("{round}/close"), &[]).await.leads_to(&round);
        none(&prepared.noa, &round, 409).await;
        let elsewhere = prepared.noa.organisation("Brackwater Health").await;
        let colleague = prepared.noa.colleague(&elsewhere, "Kim Roe", "kim@example.com").await;
        none(&colleague, &round, 404).await;
        none(&Visitor::at(&prepared.app.address()), &round, 303).await;
    }
}
