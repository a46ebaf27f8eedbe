//! Statements: the entries of the submitted responses, made when the round closes.

use sea_orm::entity::prelude::*;

use crate::types::{QuestionKey, ResponseId, RoundId, Sealed, StatementId};

/// A statement. Its words are sealed; they leave the database only through the store's gate.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StatementId,
    /// The round.
    pub round_id: RoundId,
    /// The response it belongs to.
    pub response_id: ResponseId,
    /// The question it answers.
    pub question: QuestionKey,
    /// Place in the executive's list, from 0.
    pub position: i32,
    /// JSON of the statement's words, sealed with the round's data key; `None` once erased.
    pub body: Option<Sealed>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
    /// The response.
    #[sea_orm(belongs_to, from = "response_id", to = "id", on_delete = "Cascade")]
    pub response: BelongsTo<super::response::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
