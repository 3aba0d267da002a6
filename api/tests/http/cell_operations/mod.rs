//! What the cells ask: each operation once or more, with an input that is right but for who sends it.
//!
//! A file per domain. Each has `operations`, a list to which a line is added, and `PERSONAL`, for what is everybody's own or any
//! stranger's and has its own tests. What the operations are about is made in `at.rs`.

mod alerts;
mod approvals;
mod at;
mod calendar;
mod calendars;
mod campaigns;
mod checklists;
mod community;
mod contracts;
mod figures;
mod finance;
mod ideas;
mod influencers;
mod listening;
mod media;
mod notices;
mod payments;
mod people;
mod planning;
mod promotion;
mod proposals;
mod publishing;
mod report_delivery;
mod reports;
pub mod strategy;
mod templates;
mod tenancy;
mod tracking;
mod trust;
mod web;

use diwan_domain::Action;
use diwan_domain::permission::Reach;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

pub use self::at::At;
use crate::kit::id;

/// A domain's operations.
type Operations = fn(&TestApp, &At) -> Vec<Operation>;

const DOMAINS: &[Operations] = &[
    tenancy::operations,
    people::operations,
    trust::operations,
    strategy::operations,
    calendar::operations,
    calendars::operations,
    media::operations,
    planning::operations,
    templates::operations,
    checklists::operations,
    ideas::operations,
    influencers::operations,
    campaigns::operations,
    finance::operations,
    promotion::operations,
    payments::operations,
    proposals::operations,
    contracts::operations,
    approvals::operations,
    figures::operations,
    publishing::operations,
    report_delivery::operations,
    reports::operations,
    notices::operations,
    tracking::operations,
    web::operations,
    listening::operations,
    community::operations,
    alerts::operations,
];

const PERSONAL: &[&[(&str, &str)]] = &[
    SHARED,
    tenancy::PERSONAL,
    people::PERSONAL,
    trust::PERSONAL,
    strategy::PERSONAL,
    calendar::PERSONAL,
    calendars::PERSONAL,
    media::PERSONAL,
    planning::PERSONAL,
    templates::PERSONAL,
    checklists::PERSONAL,
    ideas::PERSONAL,
    influencers::PERSONAL,
    campaigns::PERSONAL,
    finance::PERSONAL,
    promotion::PERSONAL,
    payments::PERSONAL,
    proposals::PERSONAL,
    contracts::PERSONAL,
    approvals::PERSONAL,
    figures::PERSONAL,
    publishing::PERSONAL,
    report_delivery::PERSONAL,
    reports::PERSONAL,
    notices::PERSONAL,
    tracking::PERSONAL,
    web::PERSONAL,
    listening::PERSONAL,
    community::PERSONAL,
    alerts::PERSONAL,
];

/// What belongs to no domain.
const SHARED: &[(&str, &str)] = &[
    ("node", "each type has its own rule: see `strangers`"),
    ("nodes", "each type has its own rule: see `strangers`"),
    ("rateLimit", "the caller's own"),
];

/// Whether the operation is everybody's own or any stranger's.
pub fn is_personal(field: &str) -> bool {
    PERSONAL.iter().any(|domain| domain.iter().any(|(name, _)| *name == field))
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A draft, which is somebody's.
    Draft,
    /// A post that is scheduled, or what belongs to it: clients see it.
    Scheduled,
    /// A file that a scheduled post shows: whoever uploaded it sees it, too.
    File,
    /// Anything else of a brand, or of the agency.
    Rest,
}

/// How it is asked.
pub enum Call {
    /// What is selected of the payload, and the input.
    Mutation(&'static str, Value),
    /// The whole query, whose one root field is named as the operation, and the variables.
    Query(String, Value),
}

/// One thing that is asked.
pub struct Operation {
    /// The root field.
    pub name: &'static str,
    /// Which way of using it, where there are several.
    pub variant: &'static str,
    /// What the table must allow; none for what is not in it.
    pub action: Option<Action>,
    pub about: About,
    /// Whether the right must go to everything of the brand.
    pub wholly: bool,
    /// Whether freelancers and clients do not even see the thing.
    pub hidden: bool,
    /// Codes that an allowed operation may end with here, since it needs more than the right.
    pub may_say: &'static [&'static str],
    /// Codes that stand for a refusal besides the usual one.
    pub refused_as: &'static [&'static str],
    pub call: Call,
}

impl Operation {
    /// Whether this tests the field.
    pub fn covers(&self, field: &str) -> bool {
        self.name == field
    }

    fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    fn wholly(mut self) -> Self {
        self.wholly = true;
        self
    }

    fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    fn may_say(mut self, codes: &'static [&'static str]) -> Self {
        self.may_say = codes;
        self
    }

    fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }
}

/// What is the agency's is refused as forbidden, or as not there where it is not even seen.
const UNSEEN: &[&str] = &["NOT_FOUND"];

fn mutation(name: &'static str, action: Action, selection: &'static str, input: Value) -> Operation {
    Operation {
        name,
        variant: "",
        action: Some(action),
        about: About::Rest,
        wholly: false,
        hidden: false,
        may_say: &[],
        refused_as: &[],
        call: Call::Mutation(selection, input),
    }
}

fn query(name: &'static str, action: Action, text: &str, variables: Value) -> Operation {
    Operation { call: Call::Query(text.to_owned(), variables), ..mutation(name, action, "", Value::Null) }
}

/// A list below `brand`.
fn list(action: Action, field: &str, at: &At) -> Operation {
    let text = format!("query($id: ID!) {{ brand(id: $id) {{ {field} }} }}");
    query("brand", action, &text, json!({ "id": id("brand", at.written.brand) }))
}

/// All of them, on the things of `at`.
pub fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    let mut all: Vec<Operation> = DOMAINS.iter().flat_map(|operations| operations(app, at)).collect();
    for each in &mut all {
        if each.action.is_some_and(|action| action.rule().reach == Reach::Agency) {
            each.refused_as = UNSEEN;
        }
    }
    all
}
