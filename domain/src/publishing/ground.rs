//! What is known of a publication when its job begins: two statements, one that locks and one that reads.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use diwan_entity::calendar::post_variant;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, FromQueryResult, IdenStatic, Iterable};
use uuid::Uuid;

use super::line;
use crate::error::Fault;
use crate::jobs::{Job as _, JobError, Scope, Work};

/// A publication with all that decides whether it is sent now.
pub(super) struct Ground {
    pub(super) row: publication::Model,
    pub(super) account: social_account::Model,
    /// What it says; none of one that was canceled and whose draft was written anew.
    pub(super) variant: Option<post_variant::Model>,
    pub(super) facts: Facts,
}

/// What counts beside the rows.
#[derive(Debug, Clone, Copy, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, as the statement says it")]
pub(super) struct Facts {
    /// Whether it shows files.
    pub(super) has_files: bool,
    /// Since when the request of its open attempt may have been on its way; none without such an attempt.
    pub(super) open_since: Option<DateTime<Utc>>,
    /// The pause that holds it back. It does not end before this transaction does.
    pub(super) pause: Option<Uuid>,
    /// The brand's grace.
    pub(super) grace_seconds: i32,
    /// Whether the brand is archived.
    pub(super) archived: bool,
    /// How many stand before it in line, [`line::MOST_COUNTED`] at most.
    pub(super) earlier: i64,
    /// Whether one of those is being sent.
    pub(super) sending: bool,
    /// Whether others of its account's line are due and not begun.
    pub(super) others_due: bool,
}

static READ: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select {publication}, {account}, {variant},
           exists (select from variant_asset s where s.brand_id = p.brand_id and s.variant_id = p.variant_id) as has_files,
           (select coalesce(t.sending_at, t.started_at) from publication_attempt t
             where t.brand_id = p.brand_id and t.publication_id = p.id and t.outcome is null) as open_since,
           app.holding_pause(p.brand_id, p.post_id, p.social_account_id) as pause,
           b.publish_grace_seconds as grace_seconds, b.archived_at is not null as archived,
           b.id is not null as has_brand, a.id is not null as has_account,
           ahead.earlier, ahead.sending, {others_due} as others_due
         from publication p
           left join brand b on b.id = p.brand_id
           left join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
           left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
           cross join lateral ({earlier}) ahead
         where p.brand_id = $1 and p.id = $2",
        publication = columns::<publication::Column>("p", OF_PUBLICATION),
        account = columns::<social_account::Column>("a", OF_ACCOUNT),
        variant = columns::<post_variant::Column>("v", OF_VARIANT),
        earlier = line::EARLIER,
        others_due = line::others_due(),
    )
});

const OF_PUBLICATION: &str = "p_";
const OF_ACCOUNT: &str = "a_";
const OF_VARIANT: &str = "v_";

/// All columns of a table, under names that begin with this.
fn columns<C: Iterable + IdenStatic>(table: &str, prefix: &str) -> String {
    let named = |column: C| format!("{table}.{name} as {prefix}{name}", name = column.as_str());
    C::iter().map(named).collect::<Vec<_>>().join(", ")
}

/// A transaction of the job with its post, its publication and then itself locked: everyone who changes them takes them in this order. With
/// the states of the post's other publications, which stay as they are until it ends.
pub(super) async fn begin(work: &Work) -> Result<(Scope, Vec<PublicationState>), JobError> {
    let (scope, others): (_, Option<Vec<String>>) = work.enter("select app.enter_publication($1, $2, $3)").await?;
    let others = others.ok_or(JobError::LeaseLost)?;
    let others = others.into_iter().map(|state| PublicationState::try_from_value(&state));
    Ok((scope, others.collect::<Result<_, _>>()?))
}

/// Reads it. After [`begin`], so that it is as whoever had it before left it. What belongs to it and is not seen is there all the same, since
/// nothing takes a publication, its account or its brand away while its job lives: a policy hides it, and the job must not end as done.
pub(super) async fn read(scope: &Scope) -> Result<Ground, JobError> {
    let kind = super::Publish.kind();
    let most = line::MOST_COUNTED;
    let values = [scope.brand_id.into(), scope.subject_id().into(), scope.now.into(), kind.into(), most.into()];
    let unseen =
        |what: &str| Fault::broken(format!("publication {}: its {what} is not to be seen", scope.subject_id()));
    let found = scope.tx().query_one_raw(db::statement(&READ, values)).await?.ok_or_else(|| unseen("row"))?;
    for (column, what) in [("has_brand", "brand"), ("has_account", "account")] {
        if !found.try_get::<bool>("", column)? {
            return Err(unseen(what).into());
        }
    }
    let row = publication::Model::from_query_result(&found, OF_PUBLICATION)?;
    let variant = match row.variant_id {
        Some(_) => Some(post_variant::Model::from_query_result(&found, OF_VARIANT)?),
        None => None,
    };
    let account = social_account::Model::from_query_result(&found, OF_ACCOUNT)?;
    Ok(Ground { row, account, variant, facts: Facts::from_query_result(&found, "")? })
}
