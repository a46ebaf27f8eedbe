//! Deletion: what executives wrote goes on the date they were promised.

use chrono::{DateTime, Months, Utc};
use entity::types::RoundId;
use entity::{response, round, statement};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Result, coders, report_edits};

/// Rounds whose answers must be deleted by now, as promised.
pub async fn due_to_erase(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<RoundId>> {
    let mut due = Vec::new();
    for row in round::Entity::find()
        .filter(round::COLUMN.closed_at.is_not_null())
        .filter(round::COLUMN.erased_at.is_null())
        .all(db)
        .await?
    {
        // Of the row alone: a round that cannot be read in full is deleted on time all the same.
        let months = Months::new(u32::try_from(row.retention_months).unwrap_or_default());
        let erases_at = row.closed_at.and_then(|at| at.checked_add_months(months));
        if erases_at.is_some_and(|at| at <= now) {
            due.push(row.id);
        }
    }
    Ok(due)
}

/// Deletes everything executives wrote in the round, and forgets its data key, so that the quotations
/// in published reports go too. Codings, themes and figures stay; a second coding and changes to the report go. Call it in a writing transaction.
pub async fn erase(db: &impl ConnectionTrait, id: RoundId, now: DateTime<Utc>) -> Result<()> {
    let nothing = || Expr::value(Option::<Vec<u8>>::None);
    response::Entity::update_many()
        .col_expr(response::Column::Draft, nothing())
        .col_expr(response::Column::Submitted, nothing())
        .filter(response::COLUMN.round_id.eq(id))
        .exec(db)
        .await?;
    statement::Entity::update_many()
        .col_expr(statement::Column::Body, nothing())
        .filter(statement::COLUMN.round_id.eq(id))
        .exec(db)
        .await?;
    coders::erase(db, id).await?;
    report_edits::erase(db, id).await?;
    round::Entity::update_many()
        .col_expr(round::Column::DataKey, nothing())
        .col_expr(round::Column::ErasedAt, Expr::value(now))
        .filter(round::COLUMN.id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
