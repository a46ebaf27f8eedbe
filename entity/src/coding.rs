//! Codings: which theme a statement is about.

use sea_orm::entity::prelude::*;

use crate::types::{CodingId, RoundId, Side, StatementId, ThemeId};

/// One text of one statement and its theme: proposed by the program, decided by a consultant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coding")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CodingId,
    /// The round.
    pub round_id: RoundId,
    /// The statement.
    #[sea_orm(unique_key = "statement_side")]
    pub statement_id: StatementId,
    /// Which of its texts.
    #[sea_orm(unique_key = "statement_side")]
    pub side: Side,
    /// The theme it is in now.
    pub theme_id: ThemeId,
    /// Whether a consultant has decided.
    pub confirmed: bool,
    /// The proposal's confidence in (0, 1).
    pub confidence: f64,
    /// The proposal's second choice.
    pub second_id: Option<ThemeId>,
    /// Whether it was proposed in a tight group, so that it is shown where the proposal puts it.
    pub tight: bool,
    /// The statement.
    #[sea_orm(belongs_to, from = "statement_id", to = "id", on_delete = "Cascade")]
    pub statement: BelongsTo<super::statement::Entity>,
    /// The theme.
    #[sea_orm(belongs_to, from = "theme_id", to = "id", on_delete = "NoAction")]
    pub theme: BelongsTo<super::theme::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
