//! What is committed for something else in the product and neither spent nor released.

use diwan_entity::finance::budget_entry::SourceKind;
use sea_orm::{ActiveEnum as _, FromQueryResult};
use uuid::Uuid;

use super::ledger::OPEN;
use crate::context::Context;
use crate::error::Failure;

#[derive(FromQueryResult)]
struct Sum {
    open: i64,
}

/// How much is committed for this source now, in minor units, wherever it was carried over to.
pub(crate) async fn committed_for(
    context: &Context,
    brand_id: Uuid,
    (kind, id): (SourceKind, Uuid),
) -> Result<i64, Failure> {
    let sql = format!(
        "select coalesce(sum({OPEN}), 0)::bigint as open from budget_entry e
         where e.brand_id = $1 and e.source_kind = $2 and e.source_id = $3 and e.kind in ('COMMIT', 'RELEASE', 'SPEND')"
    );
    let row = context.rows::<Sum>(&sql, [brand_id.into(), kind.to_value().into(), id.into()]).await?.pop();
    Ok(row.map_or(0, |row| row.open))
}
