//! The texts of a second coding.

use sea_orm::entity::prelude::*;

use crate::types::{Sealed, SecondCodeId, SecondCodingId, Side, StatementId, ThemeId};

/// One text of one statement and the theme the second coder gave it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_code")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecondCodeId,
    /// The second coding.
    pub second_coding_id: SecondCodingId,
    /// The statement.
    #[sea_orm(unique_key = "statement_side")]
    pub statement_id: StatementId,
    /// Which of its texts.
    #[sea_orm(unique_key = "statement_side")]
    pub side: Side,
    /// The coding's version once this text was coded: the order of the codes. 0 for a text that was not
    /// reached before the comparison.
    pub step: i32,
    /// The theme of the codebook; `None` for a new theme and where the coder could not tell.
    pub theme_id: Option<ThemeId>,
    /// The name of a new theme, sealed with the team's data key.
    pub new_theme: Option<Sealed>,
    /// The theme of the codebook that the new theme became when a difference was settled.
    pub became_id: Option<ThemeId>,
    /// The first coder's theme when the two were compared; `None` until then.
    pub first_id: Option<ThemeId>,
    /// Whether a consultant had decided it by then.
    pub first_confirmed: bool,
    /// The theme that a difference was settled on; it counts for as long as the text is there.
    pub settled_id: Option<ThemeId>,
    /// The second coding.
    #[sea_orm(
        belongs_to,
        from = "second_coding_id",
        to = "id",
        on_delete = "Cascade"
    )]
    pub second_coding: BelongsTo<super::second_coding::Entity>,
    /// The statement.
    #[sea_orm(belongs_to, from = "statement_id", to = "id", on_delete = "Cascade")]
    pub statement: BelongsTo<super::statement::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
