//! What all things of a strategy have in common: they are put away and brought back.

use chrono::{DateTime, Utc};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

use super::fields::MOST_ITEMS;
use super::mix::check_whole;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// A kind of thing that can be put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A target audience.
    Persona,
    /// What holds the brand back.
    Challenge,
    /// What the brand wants.
    Objective,
    /// What is measured.
    Kpi,
    /// What the brand talks about.
    ContentPillar,
    /// Where the brand is.
    ChannelChoice,
    /// How content is made.
    ContentPlan,
}

impl Thing {
    /// Its table, which is also its name on the audit trail.
    fn table(self) -> &'static str {
        match self {
            Self::Persona => "persona",
            Self::Challenge => "challenge",
            Self::Objective => "objective",
            Self::Kpi => "kpi",
            Self::ContentPillar => "content_pillar",
            Self::ChannelChoice => "channel_choice",
            Self::ContentPlan => "content_plan",
        }
    }

    /// Whether things of this kind stand under each other.
    fn is_tree(self) -> bool {
        matches!(self, Self::Persona | Self::Objective)
    }

    /// The column that no two live things of a brand have alike.
    fn name(self) -> &'static str {
        if self == Self::ChannelChoice { "channel" } else { "name" }
    }
}

/// Lets one at a time add, move and put away things of a brand's strategy (migration `m0020`).
pub(super) async fn take_turns(permit: Permit<'_>) -> Result<(), Failure> {
    let turn = db::statement("select app.lock_strategy($1)", [permit.brand_id.into()]);
    permit.tx().execute_raw(turn).await?;
    Ok(())
}

/// That the brand may have one more of a kind.
pub(super) async fn has_room(permit: Permit<'_>, wrong: &mut Complaints, thing: Thing) -> Result<(), Failure> {
    take_turns(permit).await?;
    let sql = format!("select count(*) from {} where brand_id = $1 and archived_at is null", thing.table());
    let live: i64 = db::scalar(permit.tx(), &sql, [permit.brand_id.into()]).await?;
    let live = usize::try_from(live).unwrap_or(usize::MAX);
    if live >= MOST_ITEMS {
        wrong.add(UserError::at(Code::TooMany, "brandId").number("limit", MOST_ITEMS).number("actual", live + 1));
    }
    Ok(())
}

/// That no other live thing of the kind has this name.
pub(super) async fn name_is_free(
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (thing, name): (Thing, &str),
    own: Option<Uuid>,
    field: &str,
) -> Result<(), Failure> {
    // Complained of already, and nothing that the database could compare.
    if name.contains('\0') {
        return Ok(());
    }
    let sql = format!(
        "select exists (select from {} where brand_id = $1 and lower({}) = lower($2) and archived_at is null and id is distinct from $3)",
        thing.table(),
        thing.name()
    );
    if db::scalar(permit.tx(), &sql, [permit.brand_id.into(), name.into(), own.into()]).await? {
        wrong.add(UserError::at(Code::AlreadyExists, field));
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Standing {
    brand_id: Uuid,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
}

/// Looks at a thing, asks for the right, and takes the turn.
async fn begin(context: &Context, thing: Thing, id: Uuid, version: i32) -> Result<(Permit<'_>, Standing), Failure> {
    let sql = format!("select brand_id, version, archived_at from {} where id = $1", thing.table());
    let read = async || {
        let rows: Vec<Standing> = context.rows(&sql, [id.into()]).await?;
        rows.into_iter().next().ok_or_else(|| Failure::from(UserError::at(Code::NotFound, "id")))
    };
    let permit = context.permit(Action::StrategyWrite, read().await?.brand_id).await?;
    take_turns(permit).await?;
    // Read again: what counts is how it stands now that it is our turn.
    let row = context.rows::<Standing>(&format!("{sql} for update"), [id.into()]).await?;
    let row = row.into_iter().next().ok_or_else(|| UserError::at(Code::NotFound, "id"))?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    wrong.check()?;
    Ok((permit, row))
}

/// Sets `archived_at` of a thing and of what stands under it and has the state `$4`.
async fn set_archived(
    permit: Permit<'_>,
    thing: Thing,
    id: Uuid,
    (now, from, to): (DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<u64, Failure> {
    let table = thing.table();
    let below = if thing.is_tree() {
        format!(
            "union all select c.id from {table} c join below b on c.parent_id = b.id where c.brand_id = $1 and c.archived_at is not distinct from $4"
        )
    } else {
        String::new()
    };
    let sql = format!(
        "with recursive below as (select id from {table} where brand_id = $1 and id = $2 {below})
         update {table} set archived_at = $5, updated_at = $3, version = version + 1
         where brand_id = $1 and id in (select id from below) and archived_at is not distinct from $4"
    );
    let values = [permit.brand_id.into(), id.into(), now.into(), from.into(), to.into()];
    Ok(permit.tx().execute_raw(db::statement(&sql, values)).await?.rows_affected())
}

/// Puts a thing away, with what stands under it.
pub async fn archive_item(context: &Context, thing: Thing, id: Uuid, version: i32) -> Result<(), Failure> {
    let (permit, row) = begin(context, thing, id, version).await?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "id").text("state", "ARCHIVED").into());
    }
    let gone = set_archived(permit, thing, id, (context.now, None, Some(context.now))).await?;
    let action = format!("{}.archive", thing.table());
    trust::record(permit, context.now, &action, id, serde_json::json!({ "things": gone })).await?;
    Ok(())
}

/// Brings a thing back, with what was put away together with it.
pub async fn restore_item(context: &Context, thing: Thing, id: Uuid, version: i32) -> Result<(), Failure> {
    let (permit, row) = begin(context, thing, id, version).await?;
    let Some(archived_at) = row.archived_at else {
        return Err(UserError::at(Code::WrongState, "id").text("state", "LIVE").into());
    };
    let mut wrong = Complaints::default();
    has_room(permit, &mut wrong, thing).await?;
    if thing.is_tree() {
        let sql = format!(
            "select exists (select from {0} c join {0} p on p.brand_id = c.brand_id and p.id = c.parent_id
             where c.brand_id = $1 and c.id = $2 and p.archived_at is not null)",
            thing.table()
        );
        if db::scalar(permit.tx(), &sql, [permit.brand_id.into(), id.into()]).await? {
            wrong.add(UserError::at(Code::ParentArchived, "id"));
        }
    }
    if matches!(thing, Thing::Kpi | Thing::ContentPillar | Thing::ChannelChoice) {
        let sql = format!("select {} from {} where brand_id = $1 and id = $2", thing.name(), thing.table());
        let name: String = db::scalar(permit.tx(), &sql, [permit.brand_id.into(), id.into()]).await?;
        name_is_free(permit, &mut wrong, (thing, &name), Some(id), "id").await?;
    }
    if thing == Thing::ContentPillar {
        let sql = "select coalesce(array_agg(share_bp), '{}') from content_pillar
          where brand_id = $1 and (archived_at is null or id = $2)";
        let shares: Vec<i32> = db::scalar(permit.tx(), sql, [permit.brand_id.into(), id.into()]).await?;
        check_whole(shares, "id").unwrap_or_else(|error| wrong.add(error));
    }
    wrong.check()?;
    let back = set_archived(permit, thing, id, (context.now, Some(archived_at), None)).await?;
    let action = format!("{}.restore", thing.table());
    trust::record(permit, context.now, &action, id, serde_json::json!({ "things": back })).await?;
    Ok(())
}
