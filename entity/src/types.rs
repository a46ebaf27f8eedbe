//! Newtypes for keys and states, so that one kind of id is never taken for another.

use sea_orm::{DbErr, DeriveActiveEnum, DeriveValueType, EnumIter, TryFromU64, prelude::StringLen};
use uuid::Uuid;

/// Declares newtypes over `Uuid` that serve as primary and foreign keys.
macro_rules! uuid_key {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

uuid_key! {
    /// Key of a consultant.
    ConsultantId,
    /// Key of an organisation.
    OrganisationId,
    /// Key of a consultant's access to an organisation.
    MembershipId,
    /// Key of a team.
    TeamId,
    /// Key of an executive.
    ExecutiveId,
    /// Key of a team's own words.
    AliasId,
    /// Key of a round.
    RoundId,
    /// Key of an invitation.
    InvitationId,
    /// Key of a response; random, and never derived from an invitation's.
    ResponseId,
    /// Key of a statement; random.
    StatementId,
    /// Key of a theme.
    ThemeId,
    /// Key of a coding.
    CodingId,
    /// Key of a line in the history of codings.
    CodingEventId,
    /// Key of a second, blind coding.
    SecondCodingId,
    /// Key of one text of a second coding; random.
    SecondCodeId,
    /// Key of a published report.
    ReportId,
    /// Key of a decision.
    DecisionId,
    /// Key of a letter in the outbox.
    LetterId,
    /// Key of a sponsor's link.
    ShareId,
    /// Key of a call to a language model.
    AssistanceCallId,
}

/// Bytes sealed by the vault (version, nonce, ciphertext, tag). Only the vault opens them.
#[derive(Clone, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// A keyed digest (32 bytes): equal inputs give equal digests, and nothing can be read from one
/// without the server key.
#[derive(Clone, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Digest(pub Vec<u8>);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(..)")
    }
}

/// Where a round stands. It only ever moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum RoundState {
    /// Being prepared; nobody has been asked.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// Executives have been asked and can answer.
    #[sea_orm(string_value = "open")]
    Open,
    /// Answers are final; statements are being coded.
    #[sea_orm(string_value = "closed")]
    Closed,
    /// The report is frozen.
    #[sea_orm(string_value = "published")]
    Published,
}

/// What the executives were promised about attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Attribution {
    /// Nobody sees who wrote a statement.
    #[sea_orm(string_value = "confidential")]
    Confidential,
    /// The consultant sees who wrote a statement; the report does not say.
    #[sea_orm(string_value = "consultant")]
    Consultant,
    /// The consultant and the report name the author.
    #[sea_orm(string_value = "named")]
    Named,
}

/// Which of the five questions a statement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum QuestionKey {
    /// What are our top priorities right now?
    #[sea_orm(string_value = "priorities")]
    Priorities,
    /// What trade-offs are we deliberately making?
    #[sea_orm(string_value = "trade_offs")]
    TradeOffs,
    /// Which work should stop if capacity gets tight?
    #[sea_orm(string_value = "stops")]
    Stops,
    /// How will we know this quarter was successful?
    #[sea_orm(string_value = "successes")]
    Successes,
    /// What are we asking other teams to deprioritise?
    #[sea_orm(string_value = "asks")]
    Asks,
}

/// Which text of a statement a coding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum Side {
    /// The statement's only text.
    #[sea_orm(string_value = "whole")]
    Whole,
    /// What a trade-off favours.
    #[sea_orm(string_value = "favour")]
    Favour,
    /// What a trade-off gives up.
    #[sea_orm(string_value = "over")]
    Over,
}

/// The kinds of letter Coherence sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum LetterKind {
    /// The private invitation into a round.
    #[sea_orm(string_value = "invitation")]
    Invitation,
    /// A reminder to somebody who has not answered.
    #[sea_orm(string_value = "reminder")]
    Reminder,
    /// The receipt for submitted answers, without the answers.
    #[sea_orm(string_value = "receipt")]
    Receipt,
    /// A decision of the debrief, to its owner.
    #[sea_orm(string_value = "decision")]
    Decision,
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum LetterState {
    /// Waiting for its time or its next attempt.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Accepted by the mail server.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// Refused for good, or given up.
    #[sea_orm(string_value = "dead")]
    Dead,
    /// No longer wanted: its reader has answered, declined or left, or the round has closed.
    #[sea_orm(string_value = "dropped")]
    Dropped,
}

/// Where a round's grouping by a language model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum AssistanceState {
    /// The model has still to be asked, or asked again.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// The model's grouping was taken over.
    #[sea_orm(string_value = "done")]
    Done,
    /// The program's own grouping stays; the reason says why.
    #[sea_orm(string_value = "kept")]
    Kept,
}

/// Why the program's own grouping stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum KeptReason {
    /// The provider that the notice names is not the one that is set.
    #[sea_orm(string_value = "not_set")]
    NotSet,
    /// There was no text that may be sent.
    #[sea_orm(string_value = "nothing")]
    Nothing,
    /// No answer in time.
    #[sea_orm(string_value = "late")]
    Late,
    /// No connection, or a broken one.
    #[sea_orm(string_value = "unreachable")]
    Unreachable,
    /// The provider took no more requests.
    #[sea_orm(string_value = "busy")]
    Busy,
    /// The provider answered with an error.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// The answer did not fit the statements.
    #[sea_orm(string_value = "misfit")]
    Misfit,
    /// The model declined to answer.
    #[sea_orm(string_value = "declined")]
    Declined,
    /// Everything was sorted, published or deleted before the answer came.
    #[sea_orm(string_value = "overtaken")]
    Overtaken,
    /// The server stopped too often in between.
    #[sea_orm(string_value = "interrupted")]
    Interrupted,
}

/// How one call to a language model ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum CallOutcome {
    /// Sent; how it ended is not known (the server stopped before the answer).
    #[sea_orm(string_value = "asked")]
    Asked,
    /// A grouping that fits the statements.
    #[sea_orm(string_value = "answered")]
    Answered,
    /// No answer in time.
    #[sea_orm(string_value = "late")]
    Late,
    /// No connection, or a broken one.
    #[sea_orm(string_value = "unreachable")]
    Unreachable,
    /// The provider took no more requests.
    #[sea_orm(string_value = "busy")]
    Busy,
    /// The provider answered with an error.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// An answer that does not fit the statements.
    #[sea_orm(string_value = "misfit")]
    Misfit,
    /// The model declined to answer.
    #[sea_orm(string_value = "declined")]
    Declined,
}
