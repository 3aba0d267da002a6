//! What the campaign brings: its link followed, and conversions by a signed webhook, by a file and by a mutation, each counted once.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use data_encoding::BASE64;
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::crypto::hmac_sha256;
use diwan_platform::http::Method;
use serde_json::{Value, json};

use super::agency::Agency;
use super::campaign::{CLICKS, CONVERSIONS};
use super::figures::{CURRENCY, grouped, share, written};
use super::offer::Project;
use crate::installation::text;
use crate::steps::Steps;

const READER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
const PROGRAM: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// What the campaign's link is credited with, each touch having an equal part.
#[derive(Debug)]
pub struct Earned {
    /// In how many conversions it has a part.
    pub conversions: i64,
    /// Its parts of their values, in minor units.
    pub minor: i64,
}

/// A link as a conversion names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Of the campaign.
    Campaign,
    /// Of no campaign.
    Other,
}

/// Something that somebody bought, or asked about where it has no value.
struct Conversion {
    id: &'static str,
    minor: Option<i64>,
    /// What they had followed before, in the order of time.
    touches: &'static [Link],
}

/// By the webhook.
const SENT: [Conversion; 2] = [
    Conversion { id: "order-1", minor: Some(500_000), touches: &[Link::Campaign] },
    Conversion { id: "order-2", minor: Some(333_333), touches: &[Link::Campaign, Link::Other] },
];
/// By the file.
const FILED: [Conversion; 2] = [
    Conversion { id: "fair-1", minor: Some(125_050), touches: &[Link::Campaign] },
    Conversion { id: "fair-2", minor: None, touches: &[Link::Campaign] },
];
/// By the mutation.
const SAID: [Conversion; 2] = [
    Conversion { id: "till-1", minor: Some(77_777), touches: &[Link::Other, Link::Campaign, Link::Campaign] },
    Conversion { id: "till-2", minor: Some(99_900), touches: &[] },
];

/// The links by their codes, and when all of it is told.
struct Links {
    campaign: String,
    other: String,
    now: DateTime<Utc>,
}

impl Conversion {
    /// What the campaign has of it: its part, and whether it has one.
    fn of_campaign(&self) -> (i64, bool) {
        let places = (1_i64..).zip(self.touches).filter(|(_, link)| **link == Link::Campaign);
        let touches = i64::try_from(self.touches.len()).unwrap_or(i64::MAX);
        let (mut minor, mut any) = (0, false);
        for (place, _) in places {
            minor += self.minor.map_or(0, |value| share(value, touches, place));
            any = true;
        }
        (minor, any)
    }
}

impl Links {
    /// When it happened, and when the links were followed before: minutes apart.
    fn touches<'a>(&'a self, conversion: &'a Conversion) -> impl Iterator<Item = (&'a str, String)> {
        conversion.touches.iter().zip(0_i64..).map(move |(link, place)| {
            let code = if *link == Link::Campaign { &self.campaign } else { &self.other };
            (code.as_str(), moment(self.now - TimeDelta::hours(2) + TimeDelta::minutes(place)))
        })
    }

    fn json(&self, conversion: &Conversion) -> Value {
        let touches: Vec<Value> =
            self.touches(conversion).map(|(code, at)| json!({ "code": code, "at": at })).collect();
        let value = conversion.minor.map(|minor| json!({ "minor": minor, "currency": CURRENCY }));
        json!({ "id": conversion.id, "kind": "SALE", "occurredAt": moment(self.happened()), "value": value, "touches": touches })
    }

    fn row(&self, conversion: &Conversion) -> String {
        let touches: Vec<String> = self.touches(conversion).map(|(code, at)| format!("{code}@{at}")).collect();
        let (kind, value, currency) = match conversion.minor {
            Some(minor) => ("SALE", written(minor), CURRENCY),
            None => ("LEAD", String::new(), ""),
        };
        let (id, at) = (conversion.id, moment(self.happened()));
        format!("{id},{kind},{at},{value},{currency},{}\n", touches.join(" "))
    }

    fn happened(&self) -> DateTime<Utc> {
        self.now - TimeDelta::hours(1)
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// All of them. Answers what the campaign is credited with.
pub async fn recorded(agency: &Agency, project: &Project, steps: &mut Steps) -> Result<Earned> {
    let links = Links {
        campaign: link(
            agency,
            json!({ "name": "Spring", "targetUrl": "https://shop.example/", "campaignId": project.campaign }),
            CLICKS,
        )
        .await?,
        other: link(agency, json!({ "name": "The window", "targetUrl": "https://shop.example/window" }), 0).await?,
        now: SystemClock.now(),
    };
    steps.done(&format!(
        "the campaign's link was followed by {CLICKS} readers, who count, and by a program, which does not"
    ));
    by_webhook(agency, &links).await?;
    steps.done("2 conversions by a signed webhook; sent again they count once, forged they are refused");
    by_file(agency, &links).await?;
    steps.done("2 by a CSV file; the file again counts once");
    by_mutation(agency, &links).await?;
    steps.done("2 by a mutation; said again they count once, and with another value one is refused");
    let all = [SENT, FILED, SAID];
    let parts: Vec<(i64, bool)> = all.iter().flatten().map(Conversion::of_campaign).collect();
    let minor: i64 = parts.iter().map(|(minor, _)| minor).sum();
    let earned = Earned { conversions: i64::try_from(parts.iter().filter(|(_, any)| *any).count())?, minor };
    ensure!(earned.conversions == CONVERSIONS, "the tour itself enters {} conversions", earned.conversions);
    credited(agency, project, &earned).await?;
    steps.done(&format!("the campaign is credited with {} {CURRENCY} of {} conversions", grouped(minor), CONVERSIONS));
    Ok(earned)
}

/// Makes a link and has it followed, so often by readers and once by a program. Answers its code.
async fn link(agency: &Agency, said: Value, clicks: i64) -> Result<String> {
    let input = json!({ "brandId": agency.brand, "link": said });
    let selection = "trackedLink { id code shortUrl destination }";
    let made = agency.mutate(&agency.maya, "createTrackedLink", selection, input).await?["trackedLink"].take();
    let address = text(&made["shortUrl"])?;
    for place in 0..=clicks {
        let agent = if place == 0 { PROGRAM } else { READER };
        let answer = agency.client.request(Method::GET, &address)?.header("user-agent", agent).send().await?;
        let there = answer.header("location").is_some_and(|to| made["destination"] == to);
        ensure!(answer.status == 302 && there, "{address} answered {} to {agent}", answer.status);
    }
    let query = "query($id: ID!, $from: NaiveDate!, $to: NaiveDate!) { linkClicks(linkId: $id, from: $from, to: $to) { total } }";
    let days = json!({ "id": made["id"], "from": agency.day(0)?, "to": agency.day(1)? });
    let counted = agency.ask(&agency.maya, query, days).await?;
    ensure!(counted["linkClicks"]["total"] == clicks, "{clicks} readers were counted as {counted}");
    text(&made["code"])
}

/// As a shop sends them.
async fn by_webhook(agency: &Agency, links: &Links) -> Result<()> {
    let input = json!({ "brandId": agency.brand, "source": "Shop" });
    agency.refused(&agency.maya, "createConversionEndpoint", input.clone(), "FORBIDDEN").await?;
    let made =
        agency.mutate(&agency.lina, "createConversionEndpoint", "conversionEndpoint { url } secret", input).await?;
    let (url, secret) = (text(&made["conversionEndpoint"]["url"])?, text(&made["secret"])?);
    let secret = BASE64.decode(secret.strip_prefix("whsec_").context("a secret of another kind")?.as_bytes())?;
    let body = json!({ "conversions": SENT.iter().map(|sale| links.json(sale)).collect::<Vec<_>>() }).to_string();
    let forged = send(agency, &url, (b"another secret", &body)).await?;
    ensure!(forged.0 == 401, "signed with another secret: {forged:?}");
    for (recorded, known) in [(2, 0), (0, 2)] {
        let answer = send(agency, &url, (&secret, &body)).await?;
        ensure!(answer == (200, json!({ "recorded": recorded, "known": known })), "the webhook answered {answer:?}");
    }
    Ok(())
}

/// Sends a body, signed by Standard Webhooks.
async fn send(agency: &Agency, url: &str, (secret, body): (&[u8], &str)) -> Result<(u16, Value)> {
    let (id, at) = ("msg_1", SystemClock.now().timestamp());
    let signature = BASE64.encode(&hmac_sha256(secret, format!("{id}.{at}.{body}").as_bytes()));
    let request = agency.client.request(Method::POST, url)?;
    let request = request.header("webhook-id", id).header("webhook-timestamp", &at.to_string());
    let request = request.header("webhook-signature", &format!("v1,{signature}"));
    let answer = request.bytes("application/json", body.to_owned().into()).send().await?;
    Ok((answer.status.as_u16(), answer.json().unwrap_or_default()))
}

/// As somebody brings a list.
async fn by_file(agency: &Agency, links: &Links) -> Result<()> {
    let rows: String = FILED.iter().map(|sale| links.row(sale)).collect();
    let file = format!("id,kind,occurredAt,value,currency,touches\n{rows}");
    for (recorded, known) in [(2, 0), (0, 2)] {
        let input = json!({ "brandId": agency.brand, "source": "Fair" });
        let asked = agency.mutate(&agency.maya, "requestConversionImport", "uploadUrl", input).await?;
        let sent = agency.client.put(&text(&asked["uploadUrl"])?, file.clone()).await?;
        let said: Value = sent.json()?;
        let expected = json!({ "ok": true, "recorded": recorded, "known": known, "refused": 0 });
        ensure!(said == expected, "the file was answered {said}, not {expected}");
    }
    Ok(())
}

/// As a program says them.
async fn by_mutation(agency: &Agency, links: &Links) -> Result<()> {
    let conversions: Vec<Value> = SAID.iter().map(|sale| links.json(sale)).collect();
    let mut input = json!({ "brandId": agency.brand, "source": "Till", "conversions": conversions });
    for outcome in ["RECORDED", "KNOWN"] {
        let done = agency.mutate(&agency.maya, "recordConversions", "results { outcome }", input.clone()).await?;
        let expected = json!([{ "outcome": outcome }, { "outcome": outcome }]);
        ensure!(done["results"] == expected, "not {outcome}: {done}");
    }
    input["conversions"][0]["value"]["minor"] = json!(1);
    agency.refused(&agency.maya, "recordConversions", input, "CONVERSION_DIFFERS").await
}

/// What the product says of the whole, and of the campaign's part of it.
async fn credited(agency: &Agency, project: &Project, earned: &Earned) -> Result<()> {
    let query = "query($input: AttributionInput!) { attribution(input: $input) {
      shares { campaign { id } conversions values { minor } } unattributed { conversions values { minor } }
      total { conversions values { minor } } } }";
    let input = json!({ "brandId": agency.brand, "from": agency.day(0)? - TimeDelta::days(1), "to": agency.day(1)?,
        "model": "LINEAR", "by": "CAMPAIGN" });
    let seen = agency.ask(&agency.maya, query, json!({ "input": input })).await?["attribution"].take();
    let of = |conversions: i64, minor: i64| json!({ "conversions": conversions, "values": [{ "minor": minor }] });
    let ways = [SENT, FILED, SAID];
    let all: Vec<&Conversion> = ways.iter().flatten().collect();
    let whole: i64 = all.iter().filter_map(|one| one.minor).sum();
    let alone: i64 = all.iter().filter(|one| one.touches.is_empty()).filter_map(|one| one.minor).sum();
    ensure!(seen["total"] == of(6, whole) && seen["unattributed"] == of(1, alone), "not {whole} and {alone}: {seen}");
    let mut of_campaign = of(earned.conversions, earned.minor);
    of_campaign["campaign"] = json!({ "id": project.campaign });
    let mut of_others = of(2, whole - alone - earned.minor);
    of_others["campaign"] = Value::Null;
    let shares = seen["shares"].as_array().context("no shares")?;
    let fits = shares.len() == 2 && shares.contains(&of_campaign) && shares.contains(&of_others);
    ensure!(fits, "not {of_campaign} and {of_others}: {seen}");
    Ok(())
}
