//! How often links were followed.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::brand;
use diwan_entity::tracking::link_click::Device;
use diwan_entity::tracking::tracked_link;
use sea_orm::{ActiveEnum as _, FromQueryResult};
use uuid::Uuid;

use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::strategy::date;

/// The most days that are asked for at a time.
const MOST_DAYS: i64 = 400;
/// The most hosts that are told.
const MOST_HOSTS: usize = 50;

/// How often a link was followed in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clicks {
    /// All of them.
    pub total: i64,
    /// By the day of the brand's clock; days without any are left out.
    pub days: Vec<(NaiveDate, i64)>,
    /// By the host of the page before, most first, at most 50: empty where none was named, `*` for any beyond the first hundred of a
    /// quarter of an hour.
    pub hosts: Vec<(String, i64)>,
    /// By the kind of device, most first.
    pub devices: Vec<(Device, i64)>,
}

#[derive(FromQueryResult)]
struct Row {
    day: Option<NaiveDate>,
    host: Option<String>,
    device: Option<String>,
    clicks: i64,
}

/// That a period begins before it ends, on days that the database knows, and has at most so many.
pub(super) fn period(wrong: &mut Complaints, (from, to): (NaiveDate, NaiveDate), most: i64) {
    date(wrong, "from", Some(from));
    date(wrong, "to", Some(to));
    let days = (to - from).num_days() + 1;
    if days < 1 {
        wrong.add(UserError::at(Code::Invalid, "to"));
    } else if days > most {
        wrong.add(UserError::at(Code::TooMany, "to").number("limit", most).number("actual", days));
    }
}

/// How often a link was followed from one day to another, both included, at most 400 days.
pub async fn link_clicks(
    context: &Context,
    link_id: Uuid,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Clicks, Failure> {
    let not_there = || UserError::at(Code::NotFound, "linkId");
    let link = context.one(tracked_link::Entity::visible([link_id])).await?.ok_or_else(not_there)?;
    context.permit(Action::MetricsRead, link.brand_id).await?;
    let mut wrong = Complaints::default();
    period(&mut wrong, (from, to), MOST_DAYS);
    wrong.check()?;
    let brand = context.one(brand::Entity::in_brand(link.brand_id)).await?.ok_or_else(not_there)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let after = to.checked_add_days(Days::new(1)).ok_or_else(|| UserError::at(Code::Invalid, "to"))?;
    let sql =
        "select (quarter at time zone $5)::date as day, referrer_host as host, device, sum(clicks)::bigint as clicks
      from link_click where brand_id = $1 and link_id = $2 and quarter >= $3 and quarter < $4
      group by grouping sets ((1), (2), (3)) order by 1, 4 desc, 2, 3";
    let values = [
        link.brand_id.into(),
        link.id.into(),
        day_start(zone, from).into(),
        day_start(zone, after).into(),
        brand.time_zone.clone().into(),
    ];
    let mut clicks = Clicks::default();
    for row in context.rows::<Row>(sql, values).await? {
        match row {
            Row { day: Some(day), clicks: count, .. } => {
                clicks.total += count;
                clicks.days.push((day, count));
            }
            Row { host: Some(host), clicks: count, .. } => clicks.hosts.push((host, count)),
            Row { device: Some(device), clicks: count, .. } => {
                clicks.devices.push((Device::try_from_value(&device)?, count));
            }
            Row { .. } => {}
        }
    }
    clicks.hosts.truncate(MOST_HOSTS);
    Ok(clicks)
}
