//! Rounds: one run of the five questions for one team.

use sea_orm::entity::prelude::*;

use crate::types::{Attribution, ConsultantId, RoundId, RoundState, Sealed, TeamId};

/// A round. What executives were promised is fixed once it opens.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "round")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoundId,
    /// The team that is asked.
    #[sea_orm(unique_key = "team_label")]
    pub team_id: TeamId,
    /// Usually a quarter, `2026-Q4`; 1 to 40 characters, unique in its team.
    #[sea_orm(unique_key = "team_label")]
    pub label: String,
    /// Where the round stands.
    pub state: RoundState,
    /// Who may see who wrote what.
    pub attribution: Attribution,
    /// Language of executives without one of their own: `en` or `de`.
    pub language: String,
    /// IANA name of the time zone in which dates are shown.
    pub time_zone: String,
    /// When answers become final.
    pub closes_at: ChronoDateTimeUtc,
    /// Named answers are deleted this many months after closing.
    pub retention_months: i32,
    /// The consultant's own words in the letter; may be empty.
    pub message: String,
    /// The notice word for word, as JSON by language, sealed with the server's data key (it names
    /// the consultants); set when the round opens.
    pub promise_text: Option<Sealed>,
    /// Weights of the five questions as JSON.
    pub weights: String,
    /// Seed of every random draw in the score.
    pub seed: i64,
    /// The provider whose language model may group the statements, as its executives read it; 1 to
    /// 80 characters. What counts is the notice as kept: this is what a draft will say.
    pub model_provider: Option<String>,
    /// The round's data key, wrapped by the server key; `None` once the answers have been erased.
    pub data_key: Option<Sealed>,
    /// The round this one continues.
    pub previous_id: Option<RoundId>,
    /// Who opened it and signs the letters.
    pub consultant_id: ConsultantId,
    /// Counts changes to the coding; the board refuses to write over a later one.
    pub coding_version: i32,
    /// When it was made.
    pub created_at: ChronoDateTimeUtc,
    /// When it opened.
    pub opened_at: Option<ChronoDateTimeUtc>,
    /// When it closed.
    pub closed_at: Option<ChronoDateTimeUtc>,
    /// When its report was first published.
    pub published_at: Option<ChronoDateTimeUtc>,
    /// When the named answers were deleted.
    pub erased_at: Option<ChronoDateTimeUtc>,
    /// The team.
    #[sea_orm(belongs_to, from = "team_id", to = "id", on_delete = "Cascade")]
    pub team: BelongsTo<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
