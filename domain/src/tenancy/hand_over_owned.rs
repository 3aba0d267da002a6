//! What somebody looks after and that somebody else can take over: contracts and the signatures that they wait for, proposals, projects,
//! deliverables, what repeats posts in somebody's name, webhooks, and requests for money that nobody was asked for yet. In all brands at
//! once, in a constant number of statements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::tenancy::app_user::{self, UserKind};
use diwan_entity::tenancy::membership;
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::hand_over::{HandedOver, brands_in_which};
use crate::context::Context;
use crate::error::Failure;
use crate::permission::{Action, Permit};

/// Who can take something over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taker {
    /// Anybody of the team.
    Team,
    /// Staff alone: the others see nothing of it.
    Staff,
    /// Whoever may do this where it is: nobody else can go on with it.
    May(Action),
}

/// A kind of thing that somebody looks after.
struct Owned {
    /// Its name in what is told of it.
    name: &'static str,
    /// Its table, `t` in the expressions.
    table: &'static str,
    /// Whose it is, as an expression.
    whose: &'static str,
    /// Which of the rows are still worked at.
    open: &'static str,
    /// The column that says whose it is.
    column: &'static str,
    /// What else changes with it; `$4` is now.
    besides: &'static str,
    taker: Taker,
}

/// The one place that says what somebody looks after.
static OWNED: &[Owned] = &[
    Owned {
        name: "contracts",
        table: "contract",
        whose: "coalesce(t.owner_id, t.created_by)",
        open: "t.state not in ('COMPLETED', 'DECLINED', 'TERMINATED')",
        column: "owner_id",
        besides: "updated_at = $4",
        taker: Taker::May(Action::ContractWrite),
    },
    // Those that we have not signed yet.
    Owned {
        name: "signatures",
        table: "contract",
        whose: "t.signer_id",
        open: "t.state in ('APPROVED', 'SENT') and not exists (select from contract_signature s
          join contract_document d on d.brand_id = s.brand_id and d.id = s.document_id
          where s.brand_id = t.brand_id and s.contract_id = t.id and s.side = 'OURS' and d.number = t.version)",
        column: "signer_id",
        besides: "updated_at = $4",
        taker: Taker::May(Action::ContractSign),
    },
    Owned {
        name: "deliverables",
        table: "deliverable",
        whose: "t.assignee_id",
        open: "t.state in ('DUE', 'SUBMITTED', 'SENT_BACK')",
        column: "assignee_id",
        besides: "updated_at = $4, version = t.version + 1",
        taker: Taker::Team,
    },
    Owned {
        name: "proposals",
        table: "proposal",
        whose: "coalesce(t.owner_id, t.sent_by, t.created_by)",
        open: "t.state in ('DRAFT', 'IN_REVIEW', 'SENT', 'VIEWED')",
        column: "owner_id",
        besides: "updated_at = $4",
        taker: Taker::May(Action::ProposalWrite),
    },
    Owned {
        name: "projects",
        table: "project",
        whose: "coalesce(t.owner_id, t.created_by)",
        open: "t.state = 'OPEN'",
        column: "owner_id",
        besides: "updated_at = $4",
        taker: Taker::Staff,
    },
    // Whoever takes these over answers for the posts that they make from now on.
    Owned {
        name: "series",
        table: "post_series",
        whose: "t.in_name_of",
        open: "t.ended_at is null",
        column: "in_name_of",
        besides: "",
        taker: Taker::May(Action::SeriesManage),
    },
    Owned {
        name: "queues",
        table: "evergreen_queue",
        whose: "t.in_name_of",
        open: "true",
        column: "in_name_of",
        besides: "",
        taker: Taker::May(Action::SeriesManage),
    },
    // Those of one brand: whoever looks after one is told when it was switched off.
    Owned {
        name: "webhooks",
        table: "webhook_endpoint",
        whose: "coalesce(t.owner_id, t.created_by)",
        open: "t.brand_id is not null and t.deleted_at is null",
        column: "owner_id",
        besides: "",
        taker: Taker::May(Action::WebhookManage),
    },
    Owned {
        name: "financial_requests",
        table: "financial_request",
        whose: "coalesce(t.owner_id, t.created_by)",
        open: "t.state in ('DRAFT', 'SENT_BACK')",
        column: "owner_id",
        besides: "updated_at = $4",
        taker: Taker::May(Action::FinancialRequestWrite),
    },
    // Whoever takes these over answers for the reports that they make and send from now on.
    Owned {
        name: "report_schedules",
        table: "report_schedule",
        whose: "t.in_name_of",
        open: "true",
        column: "in_name_of",
        besides: "",
        taker: Taker::May(Action::ReportScheduleManage),
    },
    // Whoever takes these over is told in their place.
    Owned {
        name: "insight_alerts",
        table: "insight_alert",
        whose: "t.owner_id",
        open: "true",
        column: "owner_id",
        besides: "updated_at = $4, recipient_ids = array(select distinct unnest(array_replace(t.recipient_ids, $1, $3)))",
        taker: Taker::May(Action::InsightAlertManage),
    },
];

#[derive(FromQueryResult)]
struct InBrand {
    brand_id: Uuid,
}

/// What was handed over of each kind, in which brands.
#[derive(Debug, Default)]
pub(super) struct Taken(HashMap<&'static str, HashMap<Uuid, usize>>);

impl Taken {
    /// How many of a kind in all.
    fn total(&self, name: &str) -> usize {
        self.0.get(name).map_or(0, |brands| brands.values().sum())
    }

    /// How many of each kind in all.
    pub(super) fn counted(&self) -> HandedOver {
        HandedOver {
            contracts: self.total("contracts"),
            signatures: self.total("signatures"),
            deliverables: self.total("deliverables"),
            proposals: self.total("proposals"),
            projects: self.total("projects"),
            repeats: self.total("series") + self.total("queues"),
            webhooks: self.total("webhooks"),
            financial_requests: self.total("financial_requests"),
            report_schedules: self.total("report_schedules"),
            insight_alerts: self.total("insight_alerts"),
            ..HandedOver::default()
        }
    }

    /// How many of each kind in one brand, for the audit trail.
    pub(super) fn in_brand(&self, brand_id: Uuid) -> serde_json::Value {
        let counts = OWNED.iter().map(|owned| {
            let count = self.0.get(owned.name).and_then(|brands| brands.get(&brand_id)).copied().unwrap_or_default();
            (owned.name.to_owned(), json!(count))
        });
        serde_json::Value::Object(counts.collect())
    }
}

/// The brands, of those that the caller sees, in which somebody looks after something.
pub(super) async fn brands_with(context: &Context, user_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let each = OWNED
        .iter()
        .map(|owned| format!("select t.brand_id from {} t where {} = $1 and {}", owned.table, owned.whose, owned.open));
    let sql = each.collect::<Vec<_>>().join(" union ");
    let rows: Vec<InBrand> = context.rows(&sql, [user_id.into()]).await?;
    Ok(rows.into_iter().map(|row| row.brand_id).collect())
}

/// How much of it is still somebody's in these brands.
pub(super) async fn still_owned(context: &Context, user_id: Uuid, brand_ids: &[Uuid]) -> Result<usize, Failure> {
    #[derive(FromQueryResult)]
    struct Count {
        held: i64,
    }
    let each = OWNED.iter().map(|owned| {
        format!(
            "(select count(*) from {} t where t.brand_id = any ($2) and {} = $1 and {})",
            owned.table, owned.whose, owned.open
        )
    });
    let sql = format!("select {} as held", each.collect::<Vec<_>>().join(" + "));
    let rows: Vec<Count> = context.rows(&sql, [user_id.into(), brand_ids.to_vec().into()]).await?;
    Ok(rows.first().map_or(0, |row| usize::try_from(row.held).unwrap_or_default()))
}

/// Hands it over, each kind in those of the brands in which the heir can take it. `places` has those of theirs that count now.
pub(super) async fn take(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (from, heir): (Uuid, &app_user::Model),
    (brand_ids, places): (&[Uuid], &[membership::Model]),
) -> Result<Taken, Failure> {
    let staff = heir.kind == UserKind::Staff;
    let mut taken = Taken::default();
    for owned in OWNED {
        let here = match owned.taker {
            Taker::May(action) => brands_in_which(heir, places, brand_ids, action),
            Taker::Staff if !staff => Vec::new(),
            Taker::Staff | Taker::Team => brand_ids.to_vec(),
        };
        if here.is_empty() {
            continue;
        }
        let Owned { table, whose, open, column, besides, .. } = owned;
        let comma = if besides.is_empty() { "" } else { ", " };
        // Locked in the order of their ids, as whoever locks several does.
        let sql = format!(
            "with held as (select t.id from {table} t where t.brand_id = any ($2) and {whose} = $1 and {open} order by t.id for update),
               moved as (update {table} t set {column} = $3{comma}{besides} from held h
                 where t.brand_id = any ($2) and t.id = h.id returning t.brand_id)
             select brand_id from moved"
        );
        let mut values: Vec<Value> = vec![from.into(), here.into(), heir.id.into()];
        if !besides.is_empty() {
            values.push(now.into());
        }
        let rows: Vec<InBrand> = db::all(permit.tx(), &sql, values).await?;
        for row in rows {
            *taken.0.entry(owned.name).or_default().entry(row.brand_id).or_default() += 1;
        }
    }
    if taken.total("signatures") > 0 {
        // Whoever signs now makes a link of their own.
        let sql = "update public_link l set revoked_at = $3
          where l.brand_id = any ($2) and l.purpose = 'SIGN_CONTRACT' and l.user_id = $1 and l.revoked_at is null and l.used_at is null
            and l.expires_at > $3 and exists (select from contract c
              where c.brand_id = l.brand_id and c.id = l.subject_id and c.state in ('APPROVED', 'SENT') and c.signer_id <> $1)";
        let values = [from.into(), brand_ids.to_vec().into(), now.into()];
        permit.tx().execute_raw(db::statement(sql, values)).await?;
    }
    Ok(taken)
}
