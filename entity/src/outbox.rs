//! The outbox: letters to be sent, by kind and reader. Their text is rendered when they are sent.

use sea_orm::entity::prelude::*;

use crate::types::{DecisionId, InvitationId, LetterId, LetterKind, LetterState, Sealed};

/// A letter.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LetterId,
    /// What it says.
    pub kind: LetterKind,
    /// The invitation whose executive it is for; none where it is about a decision.
    pub invitation_id: Option<InvitationId>,
    /// One per recipient and occasion: what is put in twice is sent once.
    #[sea_orm(unique)]
    pub dedup_key: String,
    /// Where it stands.
    pub state: LetterState,
    /// When it may be sent, or tried again.
    pub due_at: ChronoDateTimeUtc,
    /// How often it was leased.
    pub attempts: i32,
    /// The mail server's last words, sealed with the server's data key (they may hold the address).
    pub last_error: Option<Sealed>,
    /// When it was put in.
    pub created_at: ChronoDateTimeUtc,
    /// When the mail server took it.
    pub sent_at: Option<ChronoDateTimeUtc>,
    /// The decision whose owner it is for.
    pub decision_id: Option<DecisionId>,
    /// The invitation.
    #[sea_orm(belongs_to, from = "invitation_id", to = "id", on_delete = "Cascade")]
    pub invitation: BelongsTo<Option<super::invitation::Entity>>,
    /// The decision.
    #[sea_orm(belongs_to, from = "decision_id", to = "id", on_delete = "Cascade")]
    pub decision: BelongsTo<Option<super::decision::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
