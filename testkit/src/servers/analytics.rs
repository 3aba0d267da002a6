//! A server on loopback that answers as Matomo (below `/matomo/`) and as Plausible, about one site: as strict as their interfaces are, from
//! their documentation, and with what goes wrong on demand.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use url::Url;
use url::form_urlencoded;

use super::stand_in::{Answer, Asked, StandIn};

/// The key that it takes.
pub const ANALYTICS_TOKEN: &str = "5e9f-known-to-the-site";
/// By which Matomo knows its site.
pub const MATOMO_SITE: &str = "7";
/// By which Plausible knows it.
pub const PLAUSIBLE_SITE: &str = "shop.example";

/// Visits of a day by one way in.
#[derive(Debug, Clone)]
pub struct SiteVisits {
    /// Which day.
    pub day: NaiveDate,
    /// How they came, as Matomo numbers it: 1 directly, 2 from search, 3 from a website, 7 from a network.
    pub kind: i64,
    /// From where.
    pub name: String,
    /// How many, how many of them ended where they began, and how many pages they saw.
    pub counts: [i64; 3],
}

/// How often a goal was reached on a day.
#[derive(Debug, Clone)]
pub struct SiteGoal {
    /// Which day.
    pub day: NaiveDate,
    /// Its number and its name.
    pub goal: (i64, String),
    /// How often.
    pub reached: i64,
    /// What that was worth, in the site's currency, which is EUR.
    pub revenue: f64,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteFault {
    /// It answers with this status, and asks for so many seconds of patience.
    Status(u16, Option<u32>),
    /// It answers with a page, as a proxy in front of it does.
    Page,
    /// It answers nothing for longer than anybody waits.
    Silent,
    /// It says that something is wrong, as Matomo does.
    Says(&'static str),
}

/// What it knows.
#[derive(Debug, Default)]
pub struct SiteNumbers {
    /// Its visits.
    pub visits: Vec<SiteVisits>,
    /// Its goals.
    pub goals: Vec<SiteGoal>,
}

#[derive(Default)]
struct State {
    numbers: SiteNumbers,
    /// What goes wrong with the request of this number, counted from 0.
    faults: HashMap<usize, SiteFault>,
    requests: Vec<String>,
}

/// The server; it stops when dropped.
pub struct AnalyticsServer {
    /// Where Plausible is.
    pub url: Url,
    stand_in: StandIn<State>,
}

impl AnalyticsServer {
    /// A server of a site that nobody has visited.
    pub async fn start() -> Result<Self> {
        let stand_in = StandIn::start(State::default(), answer).await?;
        Ok(Self { url: stand_in.url.clone(), stand_in })
    }

    /// Where Matomo is.
    pub fn matomo(&self) -> String {
        format!("{}matomo/index.php", self.url)
    }

    /// From now on it knows these.
    pub fn know(&self, numbers: SiteNumbers) {
        self.stand_in.state().numbers = numbers;
    }

    /// Something goes wrong with the request after so many more.
    pub fn fail_after(&self, requests: usize, fault: SiteFault) {
        let mut state = self.stand_in.state();
        let number = state.requests.len() + requests;
        state.faults.insert(number, fault);
    }

    /// What was asked so far: of Matomo the method, of Plausible what it is grouped by, and which days.
    pub fn requests(&self) -> Vec<String> {
        self.stand_in.state().requests.clone()
    }
}

fn answer(asked: &Asked, state: &mut State) -> Answer {
    let number = state.requests.len();
    let matomo = asked.target().starts_with("/matomo/");
    let (what, (status, told)) = if matomo { matomo_answer(asked, state) } else { plausible_answer(asked, state) };
    state.requests.push(what);
    match state.faults.remove(&number) {
        None => Answer::json(status, told.to_string()),
        Some(SiteFault::Status(status, patience)) => Answer::json(status, String::new()).after(patience),
        Some(SiteFault::Says(message)) => Answer::json(200, matomo_error(200, message).1.to_string()),
        Some(SiteFault::Page) => Answer::json(200, "<!doctype html><title>Back soon</title>".to_owned()),
        Some(SiteFault::Silent) => Answer::too_late(),
    }
}

/// What was asked, and the answer.
type Answered = (String, (u16, Value));

fn matomo_error(status: u16, message: &str) -> (u16, Value) {
    (status, json!({ "result": "error", "message": message }))
}

fn matomo_answer(asked: &Asked, state: &State) -> Answered {
    let form: HashMap<String, String> = form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let what = format!("{} {}", of("method"), of("date")).trim().to_owned();
    let right_way = asked.method() == "POST"
        && asked.target() == "/matomo/index.php"
        && asked.header("content-type") == Some("application/x-www-form-urlencoded");
    let answer = if !right_way || of("module") != "API" || !of("format").eq_ignore_ascii_case("json") {
        (404, json!("<html>"))
    } else if of("token_auth") != ANALYTICS_TOKEN {
        let said = "Unable to authenticate with the provided token. It is either invalid, expired or is required to be sent \
                    as a POST parameter.";
        matomo_error(401, said)
    } else if of("idSite") != MATOMO_SITE {
        matomo_error(200, "You can't access this resource as it requires 'view' access for the website id = 8.")
    } else {
        match of("method") {
            "SitesManager.getSiteFromId" => {
                let site = json!({ "idsite": 7, "name": "Shop", "timezone": "Asia/Tehran", "currency": "EUR" });
                (200, site)
            }
            "Goals.getGoals" => (200, matomo_goals(state)),
            method => matomo_report(method, (of("period"), of("date"), of("idGoal")), state),
        }
    };
    (what, answer)
}

fn matomo_goals(state: &State) -> Value {
    let mut goals = Map::new();
    for SiteGoal { goal: (id, name), .. } in &state.numbers.goals {
        goals.insert(id.to_string(), json!({ "idsite": "7", "idgoal": id.to_string(), "name": name, "revenue": "0" }));
    }
    // PHP writes an empty map as a list.
    if goals.is_empty() { json!([]) } else { Value::Object(goals) }
}

fn matomo_report(method: &str, (period, date, goal): (&str, &str, &str), state: &State) -> (u16, Value) {
    let range = date.split_once(',').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let Some((from, to)): Option<(NaiveDate, NaiveDate)> = range.filter(|_| period == "day") else {
        return matomo_error(400, "Please specify a value for 'date'.");
    };
    let mut days = Map::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        let visits: Vec<&SiteVisits> = state.numbers.visits.iter().filter(|visits| visits.day == day).collect();
        let told = match method {
            "VisitsSummary.get" => matomo_summary(&visits),
            "Referrers.getReferrerType" => matomo_types(&visits),
            "Referrers.getSocials" => matomo_names(&visits, 7),
            "Referrers.getWebsites" => matomo_names(&visits, 3),
            "Goals.get" => matomo_goal(state, day, goal),
            _ => return matomo_error(400, &format!("The method '{method}' does not exist or is not available.")),
        };
        days.insert(day.to_string(), told);
    }
    (200, Value::Object(days))
}

fn matomo_summary(visits: &[&SiteVisits]) -> Value {
    if visits.is_empty() {
        return json!([]);
    }
    let sum = |at: usize| visits.iter().filter_map(|visits| visits.counts.get(at)).sum::<i64>();
    json!({ "nb_visits": sum(0), "nb_actions": sum(2), "bounce_count": sum(1), "bounce_rate": "50%" })
}

fn matomo_row(label: &str, visits: &[&SiteVisits]) -> Value {
    let mut row = matomo_summary(visits);
    if let Some(row) = row.as_object_mut() {
        row.insert("label".to_owned(), json!(label));
    }
    row
}

fn matomo_types(visits: &[&SiteVisits]) -> Value {
    let mut types: BTreeMap<i64, Vec<&SiteVisits>> = BTreeMap::new();
    for visits in visits {
        types.entry(visits.kind).or_default().push(visits);
    }
    let rows = types.into_iter().map(|(kind, visits)| {
        let mut row = matomo_row("In words", &visits);
        if let Some(row) = row.as_object_mut() {
            row.insert("referrer_type".to_owned(), json!(kind));
        }
        row
    });
    Value::Array(rows.collect())
}

fn matomo_names(visits: &[&SiteVisits], kind: i64) -> Value {
    let of_kind = visits.iter().filter(|visits| visits.kind == kind);
    Value::Array(of_kind.map(|visits| matomo_row(&visits.name, &[visits])).collect())
}

fn matomo_goal(state: &State, day: NaiveDate, id: &str) -> Value {
    let goal = state.numbers.goals.iter().find(|goal| goal.day == day && goal.goal.0.to_string() == id);
    goal.map_or(
        json!([]),
        |goal| json!({ "nb_conversions": goal.reached, "nb_visits_converted": goal.reached, "revenue": goal.revenue }),
    )
}

fn plausible_error(status: u16, message: &str) -> (u16, Value) {
    (status, json!({ "error": message }))
}

fn plausible_answer(asked: &Asked, state: &State) -> Answered {
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let texts = |name: &str| -> Vec<String> {
        let all = body.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (dimensions, range) = (texts("dimensions"), texts("date_range"));
    let what = format!("{} {}", dimensions.join(" "), range.join(",")).trim().to_owned();
    let key = asked.header("authorization").and_then(|said| said.strip_prefix("Bearer "));
    let answer = if asked.method() != "POST" || asked.target() != "/api/v2/query" {
        plausible_error(404, "not found")
    } else if key.is_none() {
        plausible_error(401, "Missing API key. Please use a valid Plausible API key as a Bearer Token.")
    } else if key != Some(ANALYTICS_TOKEN) || body.get("site_id").and_then(Value::as_str) != Some(PLAUSIBLE_SITE) {
        plausible_error(
            401,
            "Invalid API key or site ID. Please make sure you're using a valid API key with access to the site.",
        )
    } else if asked.header("content-type") != Some("application/json") {
        plausible_error(400, "not JSON")
    } else {
        plausible_query(&body, (&texts("metrics"), &dimensions, &range), state)
    };
    (what, answer)
}

/// The keys that a query may have.
const KEYS: [&str; 8] =
    ["site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination"];

fn plausible_query(body: &Value, asked: (&[String], &[String], &[String]), state: &State) -> (u16, Value) {
    let (metrics, dimensions, range) = asked;
    if let Some(key) = body.as_object().and_then(|body| body.keys().find(|key| !KEYS.contains(&key.as_str()))) {
        return plausible_error(400, &format!("#/{key}: Schema does not allow additional properties."));
    }
    let known = |metric: &String| ["visits", "bounce_rate", "pageviews", "events"].contains(&metric.as_str());
    if metrics.is_empty() || !metrics.iter().all(known) {
        return plausible_error(400, "#/metrics: invalid");
    }
    let ordered = body.get("order_by").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let listed = |by: &Value| {
        let name = by.get(0).and_then(Value::as_str).unwrap_or_default();
        metrics.iter().chain(dimensions).any(|known| known == name)
    };
    if !ordered.iter().all(listed) {
        return plausible_error(400, "Invalid order_by entry.");
    }
    let page = |name: &str, without: u64| {
        let told = body.get("pagination").and_then(|page| page.get(name)).and_then(Value::as_u64);
        usize::try_from(told.unwrap_or(without)).unwrap_or(usize::MAX)
    };
    let (limit, offset) = (page("limit", 10_000), page("offset", 0));
    if limit > 10_000 {
        return plausible_error(400, "#/pagination/limit: too large");
    }
    let days = match range {
        [from, to] => from.parse::<NaiveDate>().ok().zip(to.parse::<NaiveDate>().ok()),
        _ => None,
    };
    let names: Vec<&str> = dimensions.iter().map(String::as_str).collect();
    let rows = match (names.as_slice(), days) {
        ([], None) if body.get("date_range") == Some(&json!("day")) => {
            vec![json!({ "dimensions": [], "metrics": [0] })]
        }
        (["time:day", "visit:source"], Some(days)) => plausible_sources(metrics, days, state),
        (["time:day", "event:goal"], Some(days)) if metrics == ["events"] => plausible_goals(days, state),
        (["time:day", "event:goal"], Some(_)) => {
            return plausible_error(400, "Session metric(s) cannot be queried along with event dimensions.");
        }
        _ => return plausible_error(400, "#/date_range: invalid"),
    };
    let rows: Vec<Value> = rows.into_iter().skip(offset).take(limit).collect();
    (200, json!({ "results": rows, "meta": {}, "query": body }))
}

fn plausible_sources(metrics: &[String], (from, to): (NaiveDate, NaiveDate), state: &State) -> Vec<Value> {
    let visits = state.numbers.visits.iter().filter(|visits| visits.day >= from && visits.day <= to);
    let row = |visits: &SiteVisits| {
        let [count, bounces, views] = visits.counts;
        // In hundredths, rounded, as it does.
        let rate = (bounces * 200 + count) / (count * 2).max(1);
        let of = |metric: &String| match metric.as_str() {
            "visits" => count,
            "bounce_rate" => rate,
            _ => views,
        };
        let name = if visits.kind == 1 { "Direct / None" } else { visits.name.as_str() };
        json!({ "dimensions": [visits.day, name], "metrics": metrics.iter().map(of).collect::<Vec<i64>>() })
    };
    visits.map(row).collect()
}

fn plausible_goals((from, to): (NaiveDate, NaiveDate), state: &State) -> Vec<Value> {
    let goals = state.numbers.goals.iter().filter(|goal| goal.day >= from && goal.day <= to);
    goals.map(|goal| json!({ "dimensions": [goal.day, goal.goal.1], "metrics": [goal.reached] })).collect()
}
