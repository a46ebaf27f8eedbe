//! Which consultants work for which organisation.

use sea_orm::entity::prelude::*;

use crate::types::{ConsultantId, MembershipId, OrganisationId};

/// One consultant's access to one organisation and all its teams.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    /// The organisation.
    #[sea_orm(unique_key = "organisation_consultant")]
    pub organisation_id: OrganisationId,
    /// The consultant.
    #[sea_orm(unique_key = "organisation_consultant")]
    pub consultant_id: ConsultantId,
    /// Since when.
    pub created_at: ChronoDateTimeUtc,
    /// The organisation.
    #[sea_orm(belongs_to, from = "organisation_id", to = "id", on_delete = "Cascade")]
    pub organisation: BelongsTo<super::organisation::Entity>,
    /// The consultant.
    #[sea_orm(belongs_to, from = "consultant_id", to = "id", on_delete = "Cascade")]
    pub consultant: BelongsTo<super::consultant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
