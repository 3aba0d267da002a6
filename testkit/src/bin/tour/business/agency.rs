//! The agency of the tour: its people, its brand, its limits, and what they do in the API.

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_testkit::client::Client;
use serde_json::{Value, json};
use url::Url;

use super::figures::CURRENCY;
use crate::installation::{Installation, PASSWORD, read, text};

/// What is asked of a request that climbs the ladder.
pub const REQUEST: &str = "id kind amount { minor currency } steps { position level audience }";
/// Up to which amount a level approves what, in minor units.
const LIMITS: [(&str, &str, i64); 7] = [
    ("MID", "PROPOSAL", 5_000),
    ("SENIOR", "PROPOSAL", 50_000),
    ("MID", "CONTRACT", 100_000),
    ("SENIOR", "CONTRACT", 250_000),
    ("MID", "PAYMENT", 20_000),
    ("SENIOR", "PAYMENT", 100_000),
    ("SENIOR", "CAMPAIGN", 250_000),
];

/// Somebody who is signed in.
pub struct Person {
    /// As the API writes it.
    pub id: String,
    token: String,
}

/// A request that climbs the ladder, as it should be.
#[derive(Debug, Clone, Copy)]
pub struct Climb {
    /// What it is about.
    pub kind: &'static str,
    /// How much.
    pub minor: i64,
    /// The first level whose limit covers it.
    pub level: &'static str,
}

/// The agency. Athens is its clock.
pub struct Agency {
    /// A client of the API.
    pub client: Client,
    /// The brand's id.
    pub brand: String,
    /// The CMO.
    pub nour: Person,
    /// A SENIOR.
    pub lina: Person,
    /// A MID, who does the work.
    pub maya: Person,
    /// Another MID, who looks at it.
    pub rami: Person,
    today: NaiveDate,
}

impl Agency {
    /// Sets it up with everybody in it.
    pub async fn set_up(installation: &Installation) -> Result<Self> {
        let client = installation.client.clone();
        let token = installation.set_up().await?;
        let me = client.gql(&token, "{ viewer { user { id } } }", json!({})).await?.ok()?;
        let nour = Person { id: me.text("viewer.user.id")?, token };
        let input = json!({ "name": "Bahar", "timeZone": "Europe/Athens", "locale": "EN" });
        let brand = client.mutate(&nour.token, "createBrand", "brand { id }", input).await?;
        let brand = brand.text("createBrand.brand.id")?;
        for (level, kind, minor) in LIMITS {
            let limit = json!({ "level": level, "kind": kind, "currency": CURRENCY, "amountMinor": minor });
            client.mutate(&nour.token, "setApprovalLimit", "limits { level }", limit).await?;
        }
        let lina = joined(&client, &nour, &brand, ("Lina Kos", "SENIOR")).await?;
        let maya = joined(&client, &nour, &brand, ("Maya Nasser", "MID")).await?;
        let rami = joined(&client, &nour, &brand, ("Rami Aziz", "MID")).await?;
        Ok(Self { client, brand, nour, lina, maya, rami, today: SystemClock.now().date_naive() })
    }

    /// A day so many days from now, by the clock of Greenwich: in Athens it is this day or the next.
    pub fn day(&self, from_now: u64) -> Result<NaiveDate> {
        self.today.checked_add_days(Days::new(from_now)).context("the end of all days")
    }

    /// Runs a mutation, and answers its payload.
    pub async fn mutate(&self, by: &Person, name: &str, selection: &str, input: Value) -> Result<Value> {
        let answer = self.client.mutate(&by.token, name, selection, input).await?;
        Ok(answer.get(name).clone())
    }

    /// Runs a mutation that must be refused with this code, whatever else is wrong with it.
    pub async fn refused(&self, by: &Person, name: &str, input: Value, code: &str) -> Result<()> {
        let answer = self.client.try_mutate(&by.token, name, "userErrors { message }", input).await?;
        let codes = answer.user_codes(name);
        ensure!(codes.iter().any(|known| known == code), "{name} is to be refused with {code}: {}", answer.body);
        Ok(())
    }

    /// Runs a query.
    pub async fn ask(&self, by: &Person, query: &str, variables: Value) -> Result<Value> {
        Ok(self.client.gql(&by.token, query, variables).await?.ok()?.body["data"].clone())
    }

    /// Reads something as Maya does.
    pub async fn read(&self, of: (&str, &str), selection: &str) -> Result<Value> {
        self.wait(of, selection, Value::is_object).await
    }

    /// Reads it until `done` says so.
    pub async fn wait(&self, of: (&str, &str), selection: &str, done: impl Fn(&Value) -> bool) -> Result<Value> {
        read((&self.client, &self.maya.token), of, selection, done).await
    }

    /// Has a request climb the ladder: Rami approves the first step and is refused the second, which is above his limit; `upper`
    /// approves that. The request must be about what it should be.
    pub async fn climb(&self, request: &Value, expected: Climb, upper: &Person) -> Result<()> {
        let Climb { kind, minor, level } = expected;
        let shown = json!({ "minor": minor, "currency": CURRENCY });
        ensure!(request["kind"] == kind && request["amount"] == shown, "not {kind} of {minor}: {request}");
        let last = json!({ "position": 2, "level": level, "audience": "LIMIT" });
        ensure!(request["steps"][1] == last, "the second step is not that of a {level}: {request}");
        let step = |position: i32| json!({ "requestId": request["id"], "step": position });
        let first = self.mutate(&self.rami, "approveRequest", "request { state }", step(1)).await?;
        ensure!(first["request"]["state"] == "PENDING", "approved by one step of two: {first}");
        self.refused(&self.rami, "approveRequest", step(2), "LIMIT_EXCEEDED").await?;
        let second = self.mutate(upper, "approveRequest", "request { state }", step(2)).await?;
        ensure!(second["request"]["state"] == "APPROVED", "not approved: {second}");
        Ok(())
    }

    /// Where a link of the product leads on this machine.
    pub fn address(&self, link: &Value) -> Result<Url> {
        let link = Url::parse(&text(link)?)?;
        Ok(self.client.base.join(link.path())?)
    }

    /// Fetches a file, and checks that it has this SHA-256 in hexadecimal.
    pub async fn fetch(&self, link: &str, sha256: &Value) -> Result<Vec<u8>> {
        let file = self.client.get(link).await?;
        ensure!(file.status.is_success(), "a download answered {}", file.status);
        let digest = data_encoding::HEXLOWER.encode(&diwan_platform::crypto::sha256(&file.body));
        ensure!(*sha256 == digest, "what was downloaded has the SHA-256 {digest}, not {sha256}");
        Ok(file.body.to_vec())
    }

    /// Checks what a line of a budget has: what was given, what is set aside, what is spent, and that the rest is what is left.
    pub async fn check_line(&self, line: &str, [given, committed, spent]: [i64; 3]) -> Result<()> {
        let selection =
            "balance { allocated { minor } overdraft { minor } committed { minor } spent { minor } left { minor } }";
        let seen = self.read(("BudgetLine", line), selection).await?;
        let minor = |amount: i64| json!({ "minor": amount });
        let expected = json!({ "allocated": minor(given), "overdraft": minor(0), "committed": minor(committed),
            "spent": minor(spent), "left": minor(given - committed - spent) });
        ensure!(seen["balance"] == expected, "the line {line} has {}, not {expected}", seen["balance"]);
        Ok(())
    }
}

/// Invites somebody to the brand, who joins by the link.
async fn joined(client: &Client, by: &Person, brand: &str, (name, level): (&str, &str)) -> Result<Person> {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let input = json!({ "email": format!("{first}@agency.example"), "name": name, "kind": "STAFF",
        "places": [{ "brandId": brand, "level": level }] });
    let invited = client.mutate(&by.token, "invitePerson", "user { id } invitationUrl", input).await?;
    let link = invited.text("invitePerson.invitationUrl")?;
    let token = link.rsplit('/').next().unwrap_or_default();
    let input = json!({ "token": token, "name": name, "password": PASSWORD });
    let joined = client.mutate("", "acceptInvitation", "session { accessToken user { id } }", input).await?;
    Ok(Person {
        id: joined.text("acceptInvitation.session.user.id")?,
        token: joined.text("acceptInvitation.session.accessToken")?,
    })
}
