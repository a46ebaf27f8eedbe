//! Responses: one executive's answers in one round, with nothing that joins them to the executive.

use sea_orm::entity::prelude::*;

use crate::types::{Digest, ResponseId, RoundId, Sealed};

/// A response. All of a round's responses are made at once, in random order, when it opens; there
/// is no time of writing, so neither order nor clock joins a response to an invitation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "response")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResponseId,
    /// The round.
    #[sea_orm(unique_key = "round_pseudonym")]
    pub round_id: RoundId,
    /// Derived from server key and invitation: how the private link finds the response.
    #[sea_orm(unique)]
    pub locator: Digest,
    /// Derived from server key, team and executive: the same person in the next round.
    #[sea_orm(unique_key = "round_pseudonym")]
    pub pseudonym: Digest,
    /// The executive's function when the round opened, sealed with the round's data key. Only the
    /// engine reads it.
    pub function: Sealed,
    /// Counts saved changes; a save names the one it was based on.
    pub version: i32,
    /// What has been typed so far, sealed with the round's data key.
    pub draft: Option<Sealed>,
    /// What was submitted last, sealed with the round's data key.
    pub submitted: Option<Sealed>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
