//! What links, campaigns, posts and sources are credited with.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::brand;
use diwan_entity::tracking::conversion::ConversionKind;
use sea_orm::{ActiveEnum as _, FromQueryResult, Value};
use uuid::Uuid;

use super::clicks::period;
use crate::approvals::Money;
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;

/// The most things that one answer credits.
const MOST_CREDITED: usize = 1000;
/// The most days of a period.
const MOST_DAYS: i64 = 1100;

/// How a conversion is credited to the touches before it, by the names that the trade has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The earliest touch has all of it.
    FirstTouch,
    /// The latest touch has all of it.
    LastTouch,
    /// Each touch has an equal part.
    Linear,
}

impl Model {
    /// The name in the API: `FIRST_TOUCH`.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstTouch => "FIRST_TOUCH",
            Self::LastTouch => "LAST_TOUCH",
            Self::Linear => "LINEAR",
        }
    }
}

/// What is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Each link.
    Link,
    /// The campaigns of the links, and of landing pages whose forms no link led to.
    Campaign,
    /// The posts of the links.
    Post,
    /// The sources that the links name (`utm_source`), or the addresses of landing pages where no link led there.
    Source,
}

impl By {
    /// The column of a link.
    fn column(self) -> &'static str {
        match self {
            Self::Link => "l.id::text",
            Self::Campaign => "l.campaign_id::text",
            Self::Post => "l.post_id::text",
            Self::Source => "l.utm_source",
        }
    }

    /// What a form of a landing page that no link led to is credited to: the campaign of the page, the source that its address named.
    fn of_form(self) -> &'static str {
        match self {
            Self::Campaign => "s.campaign_id::text",
            Self::Source => "s.utm_source",
            Self::Link | Self::Post => "null::text",
        }
    }

    fn key(self, text: Option<String>) -> Result<Key, Fault> {
        let Some(text) = text else { return Ok(Key::None) };
        if self == Self::Source {
            return Ok(Key::Source(text));
        }
        text.parse().map(Key::Id).map_err(|_| Fault::broken("a link is of something without an id"))
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of which brand.
    pub brand_id: Uuid,
    /// The first day, by the brand's clock.
    pub from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    pub to: NaiveDate,
    /// By which model.
    pub model: Model,
    /// What is credited.
    pub by: By,
    /// Only conversions of these kinds; of any when empty.
    pub kinds: Vec<ConversionKind>,
}

/// Who or what is credited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A link, a campaign or a post.
    Id(Uuid),
    /// A source.
    Source(String),
    /// Links that have none.
    None,
}

/// What something is credited with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credited {
    /// What.
    pub key: Key,
    /// How many conversions it has a part in. By [`Model::Linear`] a conversion may be counted with several.
    pub conversions: i64,
    /// Its parts of conversions, in millionths: of all together, a million for each conversion.
    pub credit_millionths: i64,
    /// Its parts of their values, once for each currency.
    pub values: Vec<Money>,
}

/// What a period's conversions are credited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Most credit first.
    pub credited: Vec<Credited>,
    /// What no link led to.
    pub unattributed: Credited,
    /// All of it, with what no link led to: exactly the sum of the parts.
    pub total: Credited,
}

#[derive(FromQueryResult)]
struct Row {
    attributed: bool,
    key: Option<String>,
    currency: Option<String>,
    conversions: i64,
    credit: i64,
    /// In digits: the sum of many is more than 64 bits hold.
    value: Option<String>,
}

/// Splits `picked` over its touches by the model `$2`. Of touches at the same moment, the one that its sender names first counts as
/// the earlier. A form of a landing page without a touch is credited whole, if `of_form` says to what.
fn split(picked: &str, (key, which): (&str, &str), (of_form, form_which): (&str, &str)) -> String {
    format!(
        "with picked as ({picked}),
         touch as (
           select t.conversion_id, t.link_id,
             row_number() over (partition by t.conversion_id order by t.touched_at, t.position) as place,
             count(*) over (partition by t.conversion_id) as parts
           from conversion_touch t join picked p on p.id = t.conversion_id where t.brand_id = $1),
         credited as (
           select p.id, p.currency, {key} as key,
             case when $2 = 'LINEAR' then app.share_of(1000000, t.parts, t.place) else 1000000 end as credit,
             case when $2 = 'LINEAR' then app.share_of(p.value_minor, t.parts, t.place) else p.value_minor end as value
           from picked p join touch t on t.conversion_id = p.id
             join tracked_link l on l.brand_id = $1 and l.id = t.link_id
           where (($2 = 'LINEAR') or ($2 = 'FIRST_TOUCH' and t.place = 1) or ($2 = 'LAST_TOUCH' and t.place = t.parts)) and {which}
           union all
           select p.id, p.currency, {of_form}, 1000000, p.value_minor
           from picked p join landing_submission s on s.brand_id = $1 and s.id = p.submission_id
           where {of_form} is not null and {form_which} and not exists (select from touch t where t.conversion_id = p.id))
         select true as attributed, key, currency, count(distinct id) as conversions, sum(credit)::bigint as credit,
           sum(value)::text as value
         from credited group by key, currency"
    )
}

/// What a brand's conversions of a period are credited to. In one statement. Refused where their values add up to more than 64 bits hold.
pub async fn attribution(context: &Context, asked: Asked) -> Result<Attribution, Failure> {
    context.permit(Action::ConversionRead, asked.brand_id).await?;
    let mut wrong = Complaints::default();
    period(&mut wrong, (asked.from, asked.to), MOST_DAYS);
    wrong.check()?;
    let brand = context.one(brand::Entity::in_brand(asked.brand_id)).await?.ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let after = asked.to.checked_add_days(Days::new(1)).ok_or_else(|| UserError::at(Code::Invalid, "to"))?;
    let kinds: Vec<String> = asked.kinds.iter().map(ConversionKind::to_value).collect();
    let picked = "select c.id, c.value_minor, c.currency, c.submission_id from conversion c
      where c.brand_id = $1 and c.occurred_at >= $3 and c.occurred_at < $4 and (cardinality($5::text[]) = 0 or c.kind = any ($5))";
    let sql = format!(
        "{} union all
         select false, null, p.currency, count(*), count(*) * 1000000, sum(p.value_minor)::text from picked p
         where not exists (select from conversion_touch t where t.brand_id = $1 and t.conversion_id = p.id)
           and not exists (select from landing_submission s
             where s.brand_id = $1 and s.id = p.submission_id and {} is not null)
         group by p.currency",
        split(picked, (asked.by.column(), "true"), (asked.by.of_form(), "true")),
        asked.by.of_form()
    );
    let values: [Value; 5] = [
        asked.brand_id.into(),
        asked.model.name().into(),
        day_start(zone, asked.from).into(),
        day_start(zone, after).into(),
        kinds.into(),
    ];
    let rows: Vec<Row> = context.rows(&sql, values).await?;
    fold(rows, asked.by)
}

/// Puts the rows of each thing together.
fn fold(rows: Vec<Row>, by: By) -> Result<Attribution, Failure> {
    let mut credited: BTreeMap<Key, Credited> = BTreeMap::new();
    let (mut unattributed, mut total) = (Credited::nothing(Key::None), Credited::nothing(Key::None));
    let mut counted = 0_i64;
    let too_large = || UserError::at(Code::SumTooLarge, "to");
    for row in rows {
        total.add(&row).ok_or_else(too_large)?;
        counted += row.credit;
        if row.attributed {
            let key = by.key(row.key.clone())?;
            credited.entry(key.clone()).or_insert_with(|| Credited::nothing(key)).add(&row).ok_or_else(too_large)?;
        } else {
            unattributed.add(&row).ok_or_else(too_large)?;
        }
    }
    // A conversion has a part in several rows, and is one.
    total.conversions = counted / 1_000_000;
    if credited.len() > MOST_CREDITED {
        let error = UserError::at(Code::TooMany, "to").number("limit", MOST_CREDITED).number("actual", credited.len());
        return Err(error.into());
    }
    let mut credited: Vec<Credited> = credited.into_values().collect();
    credited.sort_by(|one, other| other.credit_millionths.cmp(&one.credit_millionths).then(one.key.cmp(&other.key)));
    Ok(Attribution { credited, unattributed, total })
}

impl Credited {
    fn nothing(key: Key) -> Self {
        Self { key, conversions: 0, credit_millionths: 0, values: Vec::new() }
    }

    /// None where a sum is more than 64 bits hold.
    fn add(&mut self, row: &Row) -> Option<()> {
        self.conversions += row.conversions;
        self.credit_millionths += row.credit;
        let (Some(value), Some(currency)) = (&row.value, &row.currency) else { return Some(()) };
        let value: i64 = value.parse().ok()?;
        if let Some(money) = self.values.iter_mut().find(|money| money.currency == *currency) {
            money.minor = money.minor.checked_add(value)?;
        } else {
            self.values.push(Money { minor: value, currency: currency.clone() });
            self.values.sort_by(|one, other| one.currency.cmp(&other.currency));
        }
        Some(())
    }
}

/// What a campaign is credited with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attributed {
    /// How many conversions its links and landing pages have a part in.
    pub(crate) conversions: i64,
    /// Its parts of their values, once for each currency; none where no conversion has a value.
    pub(crate) values: Vec<Money>,
}

/// What the links and landing pages of a campaign are credited with, whenever it happened. Whoever calls has asked for the right to amounts.
pub(crate) async fn attributed_value(
    context: &Context,
    (brand_id, campaign_id): (Uuid, Uuid),
    model: Model,
) -> Result<Attributed, Failure> {
    let picked =
        "select c.id, c.value_minor, c.currency, c.submission_id from conversion c where c.brand_id = $1 and c.id in (
      select o.conversion_id from conversion_touch o join tracked_link k on k.brand_id = o.brand_id and k.id = o.link_id
      where o.brand_id = $1 and k.campaign_id = $3
      union all
      select d.id from landing_submission f join conversion d on d.brand_id = f.brand_id and d.submission_id = f.id
      where f.brand_id = $1 and f.campaign_id = $3)";
    let by = By::Campaign;
    let sql = split(picked, (by.column(), "l.campaign_id = $3"), (by.of_form(), "s.campaign_id = $3"));
    let values: [Value; 3] = [brand_id.into(), model.name().into(), campaign_id.into()];
    let mut all = Credited::nothing(Key::Id(campaign_id));
    for row in context.rows::<Row>(&sql, values).await? {
        all.add(&row).ok_or_else(|| UserError::at(Code::SumTooLarge, "campaignId"))?;
    }
    Ok(Attributed { conversions: all.conversions, values: all.values })
}
