//! From a report that was made to one that is published: the consultant's changes, the first publication, and
//! revisions.

use chrono::{DateTime, Utc};
use entity::types::RoundState;
use sea_orm::ConnectionTrait;

use super::frozen::Frozen;
use super::results::material;
use crate::error::Error;
use crate::report::edits::Reason;
use crate::report::review::Known;
use crate::report::{ClientReport, Edits, Material};
use crate::store::gate::ConsultantReader;
use crate::store::reports::{Contents, Occasion};
use crate::store::{Tools, coders, codings, decisions, invitations, report_edits, reports, themes};
use crate::survey::Language;
use crate::wording::{Catalogue, day};

/// What is said where too few answered for any report.
pub const fn too_few() -> Error {
    Error::Refused(
        "There is no report below four responses, because a reader could tell who said what.",
    )
}

/// The report as the program made it, and what the consultant changes about it.
#[derive(Clone, Debug)]
pub struct Editing {
    /// The report without the changes: made now, or as it was frozen with the first revision.
    pub original: ClientReport,
    /// The changes.
    pub edits: Edits,
    /// Counts them; 0 where none was ever kept.
    pub version: i32,
}

/// Reads the changes to a round's report. Before publication it makes the report, which takes its time: call it
/// outside a transaction, and hand over `made` where the material is at hand.
pub async fn editing(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    made: Option<&Material>,
) -> Result<Editing, Error> {
    let (original, published) = if reader.round().state() == RoundState::Published {
        let frozen = reports::original::<ClientReport, Edits>(db, tools, reader.round()).await?;
        let (original, edits) = frozen.ok_or(Error::NotFound)?.content;
        (original, edits.unwrap_or_default())
    } else {
        let built = match made {
            Some(material) => ClientReport::build(material),
            None => ClientReport::build(&Box::pin(material(db, tools, reader)).await?),
        };
        (built.map_err(|_| too_few())?, Edits::default())
    };
    Ok(match report_edits::of_round(db, tools, reader).await? {
        Some(kept) => Editing {
            original,
            edits: kept.content,
            version: kept.version,
        },
        None => Editing {
            original,
            edits: published,
            version: 0,
        },
    })
}

/// What of the team a report may not tell: who was asked, and their functions.
pub async fn known(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Known, Error> {
    let asked = invitations::progress(db, tools, reader.access(), reader.round().id()).await?;
    let mut known = Known::default();
    for one in asked {
        known.names.push(one.person.name.as_str().to_owned());
        let function = one.person.function.as_str().to_owned();
        if !function.is_empty() && !known.functions.contains(&function) {
            known.functions.push(function);
        }
    }
    Ok(known)
}

/// A report that is ready to be frozen.
pub struct Publication {
    coding_version: i32,
    editing: Editing,
    frozen: Frozen,
}

impl Publication {
    /// The version of the consultant's changes in it.
    pub const fn edits_version(&self) -> i32 {
        self.editing.version
    }

    /// The version of the coding it was made from.
    pub const fn coding_version(&self) -> i32 {
        self.coding_version
    }
}

/// Makes the report that would be published now. It takes its time: call it before the transaction
/// that publishes. Too few answers are refused with the report's own sentence.
pub async fn prepare(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Publication, Error> {
    let (access, round) = (reader.access(), reader.round());
    // Read before the codings: a change in between makes the report stale, never wrong.
    let coding_version = codings::version(db, round.id()).await?;
    let material = Box::pin(material(db, tools, reader)).await?;
    Ok(Publication {
        coding_version,
        editing: editing(db, tools, reader, Some(&material)).await?,
        frozen: Frozen::new(
            access.name(),
            round.label(),
            material.promise,
            &material.coded,
            &material.score,
        ),
    })
}

/// [`Error::Stale`] where the changes are no longer those of that version.
async fn unchanged(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    version: i32,
) -> Result<(), Error> {
    let kept = report_edits::of_round::<Edits>(db, tools, reader).await?;
    if kept.map_or(0, |kept| kept.version) == version {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Freezes what [`prepare`] made; [`Error::Stale`] where somebody has moved a statement or changed the report
/// since. A second coding that still runs ends with it. Call it in a writing transaction.
pub async fn publish(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    publication: &Publication,
    now: DateTime<Utc>,
) -> Result<i32, Error> {
    let Editing {
        original,
        edits,
        version,
    } = &publication.editing;
    unchanged(db, tools, reader, *version).await?;
    let contents = Contents {
        client: &edits.apply(original).report,
        original,
        edits,
        score: &publication.frozen,
        engine: env!("CARGO_PKG_VERSION"),
    };
    let occasion = Occasion::First {
        coding_version: publication.coding_version,
    };
    // What a report names is no proposal any more: the next round finds it in the codebook.
    themes::adopt_all_of(db, reader.round().id()).await?;
    let (access, round) = (reader.access(), reader.round());
    let revision = reports::publish(db, tools, access, round, &contents, occasion, now).await?;
    coders::end_unfinished(db, round.id()).await?;
    Ok(revision)
}

/// Publishes a report again with the consultant's changes of that version, as the revision after `seen`; figures,
/// themes and engine stay those of the first. [`Error::Stale`] where somebody else has published or changed it
/// meanwhile. Decisions of the debrief follow their questions to their new numbers. Call it in a writing
/// transaction that holds the round.
pub async fn revise(
    db: &impl ConnectionTrait,
    tools: &Tools,
    catalogue: &Catalogue,
    reader: &ConsultantReader,
    (seen, version): (i32, i32),
    reason: &Reason,
    now: DateTime<Utc>,
) -> Result<i32, Error> {
    let (access, round) = (reader.access(), reader.round());
    let missing = || Error::Refused("A revision follows a published report.");
    let last = reports::original::<ClientReport, Edits>(db, tools, round)
        .await?
        .ok_or_else(missing)?;
    let score = reports::score::<Frozen>(db, access, round.id())
        .await?
        .ok_or_else(missing)?;
    let (original, before) = last.content;
    let before = before.unwrap_or_default();
    let kept = report_edits::of_round::<Edits>(db, tools, reader).await?;
    let (edits, now_at) =
        kept.map_or_else(|| (before.clone(), 0), |kept| (kept.content, kept.version));
    if now_at != version {
        return Err(Error::Stale);
    }
    let mut client = edits.apply(&original).report;
    if client == before.apply(&original).report {
        return Err(Error::Refused(
            "Nothing of the report has changed since it was published. Change it first; then publish the revision.",
        ));
    }
    let number = seen.saturating_add(1);
    let date = now.with_timezone(&round.time_zone()).date_naive();
    client.meta.push(format!(
        "Revision {number}, {}: {}",
        day(catalogue, Language::En, date),
        reason.as_str()
    ));
    let contents = Contents {
        client: &client,
        original: &original,
        edits: &edits,
        score: &score.content,
        engine: &score.engine,
    };
    let occasion = Occasion::Revision {
        number,
        reason: reason.as_str(),
    };
    let revision = reports::publish(db, tools, access, round, &contents, occasion, now).await?;
    let (old, new) = (
        before.lay_over(&original).numbered(),
        edits.lay_over(&original).numbered(),
    );
    let place = |question: &String| new.iter().position(|other| other == question);
    let numbers: Vec<Option<usize>> = old
        .iter()
        .map(|question| place(question).map(|at| at + 1))
        .collect();
    decisions::renumber(db, round.id(), &numbers).await?;
    Ok(revision)
}
