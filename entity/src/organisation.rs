//! Organisations: a consultant's clients.

use sea_orm::entity::prelude::*;

use crate::types::OrganisationId;

/// An organisation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    /// 1 to 120 characters.
    pub name: String,
    /// When it was added.
    pub created_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
