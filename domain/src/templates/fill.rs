//! Filling a template in, for each account that will say it.

use std::collections::HashMap;

use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_template;
use diwan_entity::publishing::social_account;
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use diwan_entity::tenancy::brand;
use diwan_networks::TextCount;
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::grammar::{Assembled, BuiltIn, assemble, composed, parse};
use super::shelf::{live, seen};
use super::variables::{MOST_VARIABLES, Variable, check_value, declared};
use crate::calendar::{MOST_TEXT, count_for};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::messages::date_in_words;
use crate::permission::Action;

/// The most accounts that a template is filled in for at a time.
const MOST_ACCOUNTS: usize = 50;
/// The most characters of a wrong name that a message shows.
const SHOWN: usize = 60;

/// How to fill a template in.
#[derive(Debug, Clone)]
pub struct Fill {
    /// Which template.
    pub template_id: Uuid,
    /// Values of declared variables by their names, each up to 5000 characters.
    pub values: Vec<(String, String)>,
    /// For these accounts of its brand, 1 to 50.
    pub account_ids: Vec<Uuid>,
    /// When it will be said.
    pub due_at: Option<DateTime<Utc>>,
}

/// A template filled in for one account.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The account.
    pub account: social_account::Model,
    /// The text; what has no value stands in it as the template has it. None where it would be longer than any text may be.
    pub text: Option<String>,
    /// What is missing, and what else is wrong.
    pub problems: Vec<UserError>,
    /// How long the text is by the account's own limits.
    pub counts: Vec<TextCount>,
}

/// Fills a template in and tells what is missing. Nothing is written. Three statements, however many accounts there are.
pub async fn filled_template(context: &Context, fill: Fill) -> Result<Vec<Filled>, Failure> {
    let template = seen::<content_template::Entity>(context, fill.template_id, "templateId").await?;
    context.permit(Action::ContentRead, template.brand_id).await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, template.archived_at, "templateId");
    if fill.due_at.is_some_and(|at| !(1..=9999).contains(&at.year())) {
        wrong.add(UserError::at(Code::Invalid, "dueAt"));
    }
    let (most, actual) = (MOST_ACCOUNTS, fill.account_ids.len());
    if actual > most {
        wrong.add(UserError::at(Code::TooMany, "accountIds").number("limit", most).number("actual", actual));
    } else if actual == 0 {
        wrong.add(UserError::at(Code::Invalid, "accountIds"));
    }
    let declared = declared(&template)?;
    let values = check_values(&mut wrong, &fill.values, &declared);
    wrong.check()?;
    let accounts = accounts(context, template.brand_id, &fill.account_ids).await?;
    let brand = context.one(brand::Entity::in_brand(template.brand_id)).await?.ok_or(Code::NotFound)?;
    let date = fill.due_at.map(|at| date(&brand, at)).transpose()?;
    let pieces = parse(&template.text).0;
    let fill_in = |account: social_account::Model| {
        let network = diwan_networks::network(&account.network)
            .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
        let assembled = assemble(&pieces, MOST_TEXT, |name| match BuiltIn::of_name(name) {
            Some(BuiltIn::BrandName) => Some(brand.name.as_str()),
            Some(BuiltIn::Date) => date.as_deref(),
            Some(BuiltIn::AccountHandle) => Some(account.handle.as_str()),
            Some(BuiltIn::AccountName) => Some(account.display_name.as_str()),
            Some(BuiltIn::Network) => Some(network.capabilities().name),
            None => values.get(name).copied().flatten(),
        });
        let problems = problems(&assembled, &declared);
        let counts = assembled.text.as_deref().map(|text| count_for(&account, text)).transpose()?;
        Ok(Filled { text: assembled.text, problems, counts: counts.unwrap_or_default(), account })
    };
    accounts.into_iter().map(fill_in).collect()
}

/// What each declared variable is filled in with; none where a value is still to be given.
fn check_values<'a>(
    wrong: &mut Complaints,
    values: &'a [(String, String)],
    declared: &'a [Variable],
) -> HashMap<&'a str, Option<&'a str>> {
    let mut filled: HashMap<&str, Option<&str>> = declared
        .iter()
        .map(|variable| {
            let without = if variable.required { None } else { Some(variable.default.as_deref().unwrap_or_default()) };
            (variable.name.as_str(), without)
        })
        .collect();
    if values.len() > MOST_VARIABLES {
        let error = UserError::at(Code::TooMany, "variables");
        wrong.add(error.number("limit", MOST_VARIABLES).number("actual", values.len()));
        return filled;
    }
    let mut given: Vec<&str> = Vec::with_capacity(values.len());
    for (index, (name, value)) in values.iter().enumerate() {
        let at = |field: &str| format!("variables.{index}.{field}");
        check_value(wrong, &at("value"), value);
        let name = composed(name.trim());
        let Some(variable) = declared.iter().find(|variable| variable.name == name) else {
            let shown: String = name.chars().take(SHOWN).collect();
            wrong.add(UserError::at(Code::NoSuchName, &at("name")).text("value", shown));
            continue;
        };
        if given.contains(&variable.name.as_str()) {
            wrong.add(UserError::at(Code::AlreadyExists, &at("name")));
        }
        given.push(&variable.name);
        // Nothing is no value where there must be one.
        let value = (!variable.required || !value.trim().is_empty()).then_some(value.as_str());
        filled.insert(&variable.name, value);
    }
    filled
}

/// These accounts of the brand, in their order.
async fn accounts(context: &Context, brand_id: Uuid, ids: &[Uuid]) -> Result<Vec<social_account::Model>, Failure> {
    let select = social_account::Entity::in_brand(brand_id).filter(social_account::Column::Id.is_in(ids.to_vec()));
    let found: HashMap<Uuid, social_account::Model> =
        context.all(select).await?.into_iter().map(|account| (account.id, account)).collect();
    let mut wrong = Complaints::default();
    let mut accounts = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        let path = format!("accountIds.{index}");
        match found.get(id) {
            None => wrong.add(UserError::at(Code::NotFound, &path)),
            Some(_) if ids[..index].contains(id) => wrong.add(UserError::at(Code::AlreadyExists, &path)),
            Some(account) => accounts.push(account.clone()),
        }
    }
    wrong.check()?;
    Ok(accounts)
}

/// The day as the brand's readers write it: by its clock, in its language, and in the calendar by which that is read.
fn date(brand: &brand::Model, at: DateTime<Utc>) -> Result<String, Failure> {
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    // As CLDR has it: of these languages, Persian alone is read with a calendar of its own in everyday life.
    let system = if brand.locale == Locale::Fa { CalendarSystem::Jalali } else { CalendarSystem::Gregorian };
    Ok(date_in_words(brand.locale, system, zone, at))
}

fn problems(assembled: &Assembled, declared: &[Variable]) -> Vec<UserError> {
    let missing = assembled.missing.iter().map(|name| {
        match declared.iter().find(|variable| variable.name == *name) {
            Some(variable) => UserError::at(Code::VariableMissing, &format!("variables.{name}"))
                .text("name", name.clone())
                .text("label", variable.label.clone()),
            // Of what is built in, the day alone may be unknown.
            None => UserError::at(Code::NotPlanned, "dueAt"),
        }
    });
    let too_long = assembled
        .text
        .is_none()
        .then(|| UserError::at(Code::TooLong, "text").number("limit", MOST_TEXT).number("actual", assembled.length));
    missing.chain(too_long).collect()
}
