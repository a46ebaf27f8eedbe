//! Published reports, frozen.

use sea_orm::entity::prelude::*;

use crate::types::{ConsultantId, ReportId, RoundId, Sealed};

/// A published report: what was shown, with the data behind it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportId,
    /// The round.
    #[sea_orm(unique_key = "round_revision")]
    pub round_id: RoundId,
    /// 1 for the first publication.
    #[sea_orm(unique_key = "round_revision")]
    pub revision: i32,
    /// The client's report as JSON, sealed with the round's data key, because it quotes: it goes when
    /// the answers go. The promise has been applied.
    pub client: Sealed,
    /// The report as the program made it, before the consultant's changes; sealed like `client`. `None` in
    /// rows made before there were changes: there `client` is the original.
    pub original: Option<Sealed>,
    /// The changes as JSON, sealed like `client`.
    pub edits: Option<Sealed>,
    /// Why this revision was made, sealed like `client`; `None` for the first.
    pub reason: Option<Sealed>,
    /// The score and the coding behind it as JSON, without words, sealed with the team's data key.
    pub score: Sealed,
    /// Version of the program that computed it.
    pub engine: String,
    /// Who published it.
    pub consultant_id: ConsultantId,
    /// When.
    pub published_at: ChronoDateTimeUtc,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
