//! What a campaign cost, from every kind of cost, reckoned by hand.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use diwan_domain::campaigns::{CampaignContent, Closing, close_campaign, report_of};
use diwan_domain::payments::{HoursContent, NewWorkRate, accept_hours, log_hours, set_work_rate};
use diwan_domain::tracking::Model;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use uuid::Uuid;

use crate::campaigns::desk::{Desk, day, plan};

/// Two budgets in one currency: the campaign's own, and one that is no campaign's.
struct Purse {
    currency: &'static str,
    /// The campaign's lines: PRODUCTION, ADS, INFLUENCERS.
    own: [Uuid; 3],
    /// Lines of the other budget: FREELANCERS, ADS.
    other: [Uuid; 2],
}

/// What is booked, beyond what is booked by hand.
#[derive(Clone, Copy)]
enum Of {
    /// A contract of this campaign, if of any.
    Contract(Option<Uuid>),
    /// A promotion likewise.
    Boost(Option<Uuid>),
}

async fn budget(desk: &Desk, campaign: Option<Uuid>, currency: &str, categories: &[&str]) -> Result<Vec<Uuid>> {
    let (budget, brand, by) = (desk.id(), desk.brand, desk.chief.id);
    let now = desk.test.services.now().to_rfc3339();
    let of = campaign.map_or("null".to_owned(), |id| format!("'{id}'"));
    let period = if campaign.is_some() { "null, null" } else { "'2026-01-01', '2026-12-31'" };
    let mut sql = format!(
        "insert into budget (id, brand_id, name, campaign_id, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
           values ('{budget}', '{brand}', 'Of {budget}', {of}, {period}, '{currency}', 'OPEN', '{by}', '{now}', '{now}');"
    );
    let mut lines = Vec::new();
    for (position, category) in (1..).zip(categories) {
        let (line, given) = (desk.id(), desk.id());
        write!(
            sql,
            "insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
               values ('{line}', '{brand}', '{budget}', {position}, '{category}', '{category}', '{now}');
             insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
               values ('{given}', '{brand}', '{budget}', '{line}', 'ALLOCATE', 1000000, 'MANUAL', '{given}', 'Agreed', '{now}');"
        )?;
        lines.push(line);
    }
    desk.test.db.run(&sql).await?;
    Ok(lines)
}

impl Purse {
    async fn new(desk: &Desk, campaign: Uuid, currency: &'static str) -> Result<Self> {
        let own = budget(desk, Some(campaign), currency, &["PRODUCTION", "ADS", "INFLUENCERS"]).await?;
        let other = budget(desk, None, currency, &["FREELANCERS", "ADS"]).await?;
        let (own, other) = (own.try_into().ok().context("three lines")?, other.try_into().ok().context("two lines")?);
        Ok(Self { currency, own, other })
    }

    /// An entry on a line, as SQL.
    fn entry(desk: &Desk, line: Uuid, (kind, amount): (&str, i64), (source, id): (&str, Uuid)) -> String {
        let now = desk.test.services.now().to_rfc3339();
        format!(
            "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
               select '{}', brand_id, budget_id, id, '{kind}', {amount}, '{source}', '{id}', 'Paid', '{now}' from budget_line where id = '{line}';",
            desk.id()
        )
    }

    /// Spends on a line for something, and takes some of it back.
    async fn spend(&self, desk: &Desk, line: Uuid, (spent, refunded): (i64, i64), of: Of) -> Result<()> {
        let (id, brand, by, currency) = (desk.id(), desk.brand, desk.chief.id, self.currency);
        let now = desk.test.services.now().to_rfc3339();
        let named = |campaign: Option<Uuid>| campaign.map_or("null".to_owned(), |id| format!("'{id}'"));
        let (source, mut sql) = match of {
            Of::Contract(campaign) => (
                "CONTRACT",
                format!(
                    "insert into contract (id, brand_id, kind, title, state, party_name, locale, campaign_id, fee_minor, currency, line_id,
                         starts_on, clauses, shared_version, signer_id, created_by, created_at, updated_at, sent_at, signed_at)
                       values ('{id}', '{brand}', 'VENDOR', 'Films', 'ACTIVE', 'Studio', 'en', {}, {spent}, '{currency}', '{line}',
                         '2026-01-01', '[{{\"heading\": \"Work\", \"text\": \"Films\"}}]', 1, '{by}', '{by}', '{now}', '{now}', '{now}', '{now}');",
                    named(campaign)
                ),
            ),
            Of::Boost(campaign) => (
                "BOOST",
                format!(
                    "insert into ad_boost (id, brand_id, name, ad_set, network, campaign_id, objective, starts_on, ends_on, planned_minor,
                         currency, line_id, state, created_by, authors, created_at, updated_at, started_at)
                       values ('{id}', '{brand}', 'Guests', 'Guests', 'google_ads', {}, 'TRAFFIC', '2026-01-01', '2026-12-31', {spent},
                         '{currency}', '{line}', 'RUNNING', '{by}', array['{by}']::uuid[], '{now}', '{now}', '{now}');
                     insert into ad_boost_day (id, brand_id, boost_id, day, source_id, spend_minor, recorded_by, recorded_at)
                       values ('{}', '{brand}', '{id}', '2026-06-01', 'all', {spent}, '{by}', '{now}');",
                    named(campaign),
                    desk.id()
                ),
            ),
        };
        sql.push_str(&Self::entry(desk, line, ("SPEND", spent), (source, id)));
        if refunded > 0 {
            sql.push_str(&Self::entry(desk, line, ("REFUND", refunded), (source, id)));
        }
        desk.test.db.run(&sql).await
    }

    /// Books every kind of cost once, and beside each what is another's.
    async fn fill(&self, desk: &Desk, campaign: Uuid, another: Uuid) -> Result<()> {
        let [production, ads, influencers] = self.own;
        let [freelancers, ads_elsewhere] = self.other;
        // By hand: 700.00, of which 100.00 came back.
        let by_hand = [("SPEND", 70_000), ("REFUND", 10_000)];
        for what in by_hand {
            desk.test.db.run(&Self::entry(desk, production, what, ("MANUAL", desk.id()))).await?;
        }
        let booked = [
            (influencers, (25_000, 0), Of::Contract(Some(campaign))),
            // From another budget; a part came back.
            (freelancers, (45_000, 5_000), Of::Contract(Some(campaign))),
            // From this campaign's budget for another campaign: that one's cost.
            (influencers, (15_000, 0), Of::Contract(Some(another))),
            // From this campaign's budget for no campaign: what its budget paid.
            (influencers, (9_000, 0), Of::Contract(None)),
            (ads, (1_200, 0), Of::Boost(Some(campaign))),
            (ads_elsewhere, (3_333, 0), Of::Boost(Some(campaign))),
            (ads, (6_000, 0), Of::Boost(Some(another))),
            (ads, (800, 0), Of::Boost(None)),
            // What others spend elsewhere is nobody's business here.
            (freelancers, (7_777, 0), Of::Contract(Some(another))),
            (ads_elsewhere, (8_888, 0), Of::Boost(None)),
        ];
        for (line, amounts, of) in booked {
            self.spend(desk, line, amounts, of).await?;
        }
        Ok(())
    }
}

/// Has somebody work so many minutes for campaigns, at a rate of their own, and all but the last accepted.
async fn work(desk: &Desk, worker: &Person, rate: (&str, i64), minutes: &[(i32, Option<Uuid>)]) -> Result<()> {
    let brand = desk.brand;
    let rate = NewWorkRate {
        person_id: worker.id,
        contract_id: None,
        minor_per_hour: rate.1,
        currency: rate.0.to_owned(),
        starts_on: day("2026-01-01"),
    };
    desk.must(&desk.chief, async |context| set_work_rate(context, brand, rate).await).await?;
    let mut ids = Vec::new();
    for (minutes, campaign_id) in minutes {
        let hours = HoursContent {
            worked_on: day("2026-06-10"),
            minutes: *minutes,
            note: "Cutting".to_owned(),
            contract_id: None,
            campaign_id: *campaign_id,
        };
        let entry = desk.must(worker, async |context| log_hours(context, brand, worker.id, hours).await).await?;
        ids.push(entry.id);
    }
    ids.pop();
    desk.must(&desk.chief, async |context| accept_hours(context, brand, &ids).await).await?;
    Ok(())
}

#[tokio::test]
async fn a_campaign_costs_what_is_its_own_once_in_every_currency() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(plan()).await?;
    let another = desk.create(CampaignContent { name: "Autumn".to_owned(), ..plan() }).await?.id;
    // Two decimals, none, three.
    for (currency, per_hour) in [("EUR", 3_333), ("JPY", 1_001), ("KWD", 5_001)] {
        Purse::new(&desk, row.id, currency).await?.fill(&desk, row.id, another).await?;
        let worker = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
        let minutes = [(50, Some(row.id)), (30, Some(row.id)), (120, Some(another)), (90, None), (60, Some(row.id))];
        work(&desk, &worker, (currency, per_hour), &minutes).await?;
    }
    let closing = Closing {
        campaign_id: row.id,
        version: row.version,
        lessons: "Begin earlier".to_owned(),
        model: Model::LastTouch,
    };
    let closed = desk.must(&desk.planner, async |context| close_campaign(context, closing).await).await?;
    let report = report_of(&closed)?.context("a report")?;
    let costs = report.returned.costs.iter();
    let costs: Vec<(&str, &str, i64)> =
        costs.map(|cost| (cost.category.as_str(), cost.amount.currency.as_str(), cost.amount.minor)).collect();
    // ADS: 1,200 + 3,333 + 800. FREELANCERS: 45,000 - 5,000. INFLUENCERS: 25,000 + 9,000. PRODUCTION: 70,000 - 10,000.
    // STAFF, for 50 and 30 minutes, each rounded half to even: at 33.33 EUR 2,777.5 and 1,666.5 are 2,778 and 1,666; at 1,001 JPY 834.17
    // and 500.5 are 834 and 500; at 5.001 KWD 4,167.5 and 2,500.5 are 4,168 and 2,500.
    let mut expected = Vec::new();
    for (category, minor) in [("ADS", 5_333), ("FREELANCERS", 40_000), ("INFLUENCERS", 34_000), ("PRODUCTION", 60_000)]
    {
        expected.extend(["EUR", "JPY", "KWD"].map(|currency| (category, currency, minor)));
    }
    expected.extend([("STAFF", "EUR", 4_444), ("STAFF", "JPY", 1_334), ("STAFF", "KWD", 6_668)]);
    assert_eq!(costs, expected);
    assert!(report.returned.unbooked.is_empty());
    assert_eq!(report.returned.roi, None, "never across currencies");
    Ok(())
}
