//! Every query and mutation by everybody, on what is theirs, assigned to them, anybody's and another brand's: what the table
//! allows works, what it refuses answers as the convention says and changes nothing.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use diwan_domain::Action;
use diwan_domain::permission::{Extent, Reach, Relation};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::cell_operations::{About, At, Call, Operation, is_personal, operations};
use crate::kit::id;
use crate::snapshot::Snapshot;

const WHOSE: [Whose; 4] = [Whose::Own, Whose::Assigned, Whose::Anybodys, Whose::Foreign];
const LEVELS: [Level; 5] = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];

/// Somebody, as the table sees them.
#[derive(Debug, Clone, Copy)]
struct Who {
    kind: UserKind,
    in_brand: Option<Level>,
    in_agency: Option<Level>,
}

/// Whose the thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Assigned,
    Anybodys,
    Foreign,
}

fn everybody() -> Vec<Who> {
    let mut all = Vec::new();
    for kind in [UserKind::Staff, UserKind::Freelancer, UserKind::Client, UserKind::Integration] {
        // Freelancers and clients hold one level: the database refuses any other.
        let levels = if matches!(kind, UserKind::Freelancer | UserKind::Client) { &LEVELS[..1] } else { &LEVELS[..] };
        all.extend(levels.iter().map(|level| Who { kind, in_brand: Some(*level), in_agency: None }));
    }
    for level in [Level::Director, Level::Cmo] {
        all.push(Who { kind: UserKind::Staff, in_brand: None, in_agency: Some(level) });
    }
    all
}

impl Who {
    /// How the API should answer: nothing, or the code of the refusal.
    fn refusal(self, operation: &Operation, whose: Whose) -> Option<&'static str> {
        let action = operation.action?;
        let rule = action.rule();
        // (Of what is the agency's, `refused_as` says more.)
        let foreign = whose == Whose::Foreign && self.in_agency.is_none();
        if rule.reach == Reach::Brand && foreign {
            return Some("NOT_FOUND");
        }
        // Row-level security shows these two nothing else of a post's kind.
        let limited = matches!(self.kind, UserKind::Freelancer | UserKind::Client);
        let seen = match operation.about {
            About::Draft => whose == Whose::Assigned,
            About::Scheduled => whose == Whose::Assigned || self.kind == UserKind::Client,
            About::File => matches!(whose, Whose::Own | Whose::Assigned) || self.kind == UserKind::Client,
            About::Rest => true,
        };
        if limited && !seen {
            return Some("NOT_FOUND");
        }
        if limited && operation.hidden {
            return Some("NOT_FOUND");
        }
        let relation = Relation { own: whose == Whose::Own, assigned: whose == Whose::Assigned };
        let extent = rule.extent(self.kind, self.in_brand, self.in_agency);
        let may = extent.is_some_and(|extent| operation.about == About::Rest || extent.covers(relation));
        let may = may && (!operation.wholly || extent == Some(Extent::Any));
        (!may).then_some("FORBIDDEN")
    }

    async fn person(self, app: &TestApp, at: &At) -> Result<Person> {
        let mut person = app.person(self.kind, self.in_agency).await?;
        if let Some(level) = self.in_brand {
            app.join(&person, at.written.brand, level).await?;
        }
        if self.kind == UserKind::Integration {
            // A token of the highest maker with every scope: what is left is what the place gives.
            person.token = app.api_token(&person, &at.chief).await?.1;
        }
        Ok(person)
    }
}

/// What the API said: nothing, or the first code.
fn said(answer: &Answer, operation: &Operation) -> String {
    if !answer.code().is_empty() {
        return answer.code().to_owned();
    }
    match &operation.call {
        Call::Mutation(..) => answer.user_codes(operation.name).first().cloned().unwrap_or_default(),
        // A thing that is not there, or not theirs, is null.
        Call::Query(..) => {
            let found = answer.get(operation.name);
            let nothing =
                found.is_null() || found.as_object().is_some_and(|object| object.values().all(Value::is_null));
            if nothing { "NOT_FOUND".to_owned() } else { String::new() }
        }
    }
}

async fn ask(app: &TestApp, token: &str, operation: &Operation) -> Result<Answer> {
    match &operation.call {
        Call::Mutation(selection, input) => {
            app.client.try_mutate(token, operation.name, selection, input.clone()).await
        }
        Call::Query(query, variables) => app.client.gql(token, query, variables.clone()).await,
    }
}

/// A cell that is to be refused.
struct Refused {
    /// Which it is, for whoever reads that it was not.
    what: String,
    operation: Operation,
    /// The codes that it may answer, besides those of the operation.
    codes: Vec<&'static str>,
}

impl Refused {
    async fn ask(&self, app: &TestApp, token: &str) -> Result<()> {
        let Self { what, operation, codes } = self;
        let answer = ask(app, token, operation).await.with_context(|| what.clone())?;
        let got = said(&answer, operation);
        let fits = codes.contains(&got.as_str()) || operation.refused_as.contains(&got.as_str());
        assert!(fits, "{what}: {got:?} instead of {codes:?}: {}", answer.body);
        Ok(())
    }
}

/// Asks for what is to be refused, and looks once whether all of it changed nothing: to look costs many times what asking does. If
/// something changed, each is asked again alone, so that the one to blame is named.
async fn refuse(app: &TestApp, before: &Snapshot, token: &str, cells: &[Refused]) -> Result<()> {
    for cell in cells {
        cell.ask(app, token).await?;
    }
    let changed = before.changed(app).await?;
    if changed.is_empty() {
        return Ok(());
    }
    before.restore(app).await?;
    for cell in cells {
        cell.ask(app, token).await?;
        let changed = before.changed(app).await?;
        assert!(changed.is_empty(), "refused and done: {}: {changed:?}", cell.what);
    }
    let all: Vec<_> = cells.iter().map(|cell| cell.what.as_str()).collect();
    bail!("refused and done, by several of these together: {changed:?}: {all:#?}");
}

/// The cells of some people on some things; answers how many were refused and how many allowed.
async fn cells(which: impl Fn(&Who, Whose) -> bool) -> Result<(usize, usize)> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let theirs = At::new(&app).await?;
    let nobody = Snapshot::take(&app, "nobody").await?;
    let mut somebody = Snapshot::take(&app, "somebody").await?;
    let (mut refused, mut allowed) = (0, 0);
    for who in everybody() {
        for whose in WHOSE.into_iter().filter(|whose| which(&who, *whose)) {
            nobody.restore(&app).await?;
            let person = who.person(&app, &theirs).await?;
            let foreign = place(&app, &theirs, &person, whose).await?;
            somebody.renew(&app).await?;
            let (mut to_refuse, mut to_allow) = (Vec::new(), Vec::new());
            for operation in operations(&app, foreign.as_ref().unwrap_or(&theirs)) {
                // Whose it is makes no difference to what belongs to nobody.
                if operation.about == About::Rest && matches!(whose, Whose::Own | Whose::Assigned) {
                    continue;
                }
                let what = format!("{} {} by {who:?} on {whose:?}", operation.name, operation.variant);
                match who.refusal(&operation, whose) {
                    Some(code) => to_refuse.push(Refused { what, operation, codes: vec![code] }),
                    None => to_allow.push((what, operation)),
                }
            }
            refuse(&app, &somebody, &person.token, &to_refuse).await?;
            refused += to_refuse.len();
            allowed += to_allow.len();
            for (what, operation) in to_allow {
                let answer = ask(&app, &person.token, &operation).await.with_context(|| what.clone())?;
                let got = said(&answer, &operation);
                let fits = got.is_empty() || operation.may_say.contains(&got.as_str());
                assert!(fits, "{what}: {got}: {}", answer.body);
                if matches!(operation.call, Call::Mutation(..)) {
                    // The next finds everything as this did.
                    somebody.restore(&app).await?;
                }
            }
        }
    }
    Ok((refused, allowed))
}

/// Makes the thing somebody's; or points at another brand's, which it answers.
async fn place(app: &TestApp, at: &At, person: &Person, whose: Whose) -> Result<Option<At>> {
    match whose {
        Whose::Own => at.make_own(app, person).await?,
        Whose::Assigned => at.assign(app, person).await?,
        Whose::Anybodys => {}
        Whose::Foreign => return Ok(Some(At::new(app).await?)),
    }
    Ok(None)
}

async fn count(name: &str, which: impl Fn(&Who, Whose) -> bool) -> Result<()> {
    let (refused, allowed) = Box::pin(cells(which)).await?;
    println!("{name}: {} cells, {refused} refused, {allowed} allowed", refused + allowed);
    assert!(refused > 0 && allowed > 0);
    Ok(())
}

// In parts, so that they run side by side.
#[tokio::test]
async fn cells_of_juniors_and_mids() -> Result<()> {
    let which =
        |who: &Who, _: Whose| who.kind == UserKind::Staff && who.in_brand.is_some_and(|level| level <= Level::Mid);
    count("JUNIOR and MID", which).await
}

#[tokio::test]
async fn cells_of_seniors_and_above() -> Result<()> {
    let which =
        |who: &Who, _: Whose| who.kind == UserKind::Staff && who.in_brand.is_some_and(|level| level > Level::Mid);
    count("SENIOR and above", which).await
}

#[tokio::test]
async fn cells_of_those_who_see_every_brand() -> Result<()> {
    count("agency-wide", |who, _| who.in_agency.is_some()).await
}

#[tokio::test]
async fn cells_of_freelancers_and_clients() -> Result<()> {
    count("freelancers and clients", |who, _| matches!(who.kind, UserKind::Freelancer | UserKind::Client)).await
}

/// Every other cell of programs, of each level and of each thing as many as of the others: two tests that take equally long.
fn in_first_half(who: Who, whose: Whose) -> bool {
    let level = LEVELS.iter().position(|level| who.in_brand == Some(*level)).unwrap_or_default();
    (level % 2 == 0) == matches!(whose, Whose::Own | Whose::Foreign)
}

#[tokio::test]
async fn cells_of_integrations_one_half() -> Result<()> {
    count("integrations, one half", |who, whose| who.kind == UserKind::Integration && in_first_half(*who, whose)).await
}

#[tokio::test]
async fn cells_of_integrations_the_other_half() -> Result<()> {
    let which = |who: &Who, whose: Whose| who.kind == UserKind::Integration && !in_first_half(*who, whose);
    count("integrations, the other half", which).await
}

#[tokio::test]
async fn cells_of_strangers() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let at = At::new(&app).await?;
    let outsider = app.person(UserKind::Staff, None).await?;
    let elsewhere = app.member(app.brand("Elsewhere").await?, Level::Cmo, UserKind::Staff).await?;
    let before = Snapshot::take(&app, "before").await?;
    let mut refused = 0;
    for (who, person) in
        [("nobody", None), ("without a place", Some(&outsider)), ("of another brand", Some(&elsewhere))]
    {
        let mut to_refuse = Vec::new();
        for operation in operations(&app, &at) {
            let Some(action) = operation.action else { continue };
            let codes = match (person, action.rule().reach) {
                (None, _) => vec!["SIGN_IN_REQUIRED", "NOT_FOUND", "UNAUTHENTICATED"],
                (_, Reach::Agency) => vec!["FORBIDDEN"],
                _ => vec!["NOT_FOUND"],
            };
            let what = format!("{} {} by {who}", operation.name, operation.variant);
            to_refuse.push(Refused { what, operation, codes });
        }
        refuse(&app, &before, person.map_or("", |person| person.token.as_str()), &to_refuse).await?;
        refused += to_refuse.len();
    }
    println!("strangers: {refused} cells, {refused} refused, 0 allowed");
    Ok(())
}

#[tokio::test]
async fn every_operation_of_the_schema_and_every_action_has_cells() -> Result<()> {
    let app = TestApp::new().await?;
    let at = At::new(&app).await?;
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    let schema = app.client.gql(&at.chief.token, query, json!({})).await?.ok()?;
    let mut missing = BTreeSet::new();
    let all = operations(&app, &at);
    for root in ["queryType", "mutationType"] {
        for field in schema.get(&format!("__schema.{root}.fields")).as_array().context("fields")? {
            let name = field["name"].as_str().context("a name")?;
            let is_query = root == "queryType";
            let tested = all.iter().any(|each| each.covers(name) && matches!(each.call, Call::Query(..)) == is_query);
            if !tested && !is_personal(name) {
                missing.insert(name.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "operations without cells: {missing:?}");
    let without: Vec<_> =
        Action::ALL.iter().filter(|action| !all.iter().any(|each| each.action == Some(**action))).collect();
    if !without.is_empty() {
        bail!("actions without an operation: {without:?}");
    }
    assert!(id("brand", at.written.brand).starts_with("brand_"));
    Ok(())
}
