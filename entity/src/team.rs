//! Teams: the group whose coherence is measured.

use sea_orm::entity::prelude::*;

use crate::types::{OrganisationId, Sealed, TeamId};

/// A leadership team.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// The organisation it leads.
    #[sea_orm(unique_key = "organisation_name")]
    pub organisation_id: OrganisationId,
    /// 1 to 120 characters, unique in its organisation.
    #[sea_orm(unique_key = "organisation_name")]
    pub name: String,
    /// The team's data key (executives, themes, history), wrapped by the server key.
    pub data_key: Sealed,
    /// When it was added.
    pub created_at: ChronoDateTimeUtc,
    /// The organisation.
    #[sea_orm(belongs_to, from = "organisation_id", to = "id", on_delete = "Cascade")]
    pub organisation: BelongsTo<super::organisation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
