//! Templates of contracts: clauses with variables, and how they are filled in.

use std::collections::BTreeMap;

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::ContractKind;
use diwan_entity::contracts::contract_template;
use diwan_entity::tenancy::agency::Locale;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::content::{Clause, ContractTerms, LONGEST_CLAUSE, LONGEST_CONTRACT, check_clauses, clauses_of, kept};
use super::words::{Names, day, fee};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::templates::{Unfilled, check_grammar, fill_whole};
use crate::trust;

/// The most values that are given at once.
const MOST_VALUES: usize = 100;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 5000;

/// A template as it is written.
#[derive(Debug, Clone)]
pub struct TemplateContent {
    /// What it is called, 1 to 200 characters, unlike every other of the brand.
    pub name: String,
    /// The language of its clauses.
    pub locale: Locale,
    /// 1 to 100 clauses, with variables as `{{name}}`.
    pub clauses: Vec<Clause>,
}

impl TemplateContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        let name = wrong.text("template.name", &self.name, 200).to_owned();
        let clauses = check_clauses(wrong, "template.clauses", &self.clauses);
        if self.clauses.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "template.clauses"));
        }
        for (index, clause) in clauses.iter().enumerate() {
            check_grammar(wrong, &format!("template.clauses.{index}.heading"), &clause.heading);
            check_grammar(wrong, &format!("template.clauses.{index}.text"), &clause.text);
        }
        Self { name, locale: self.locale, clauses }
    }
}

fn not_there() -> UserError {
    UserError::at(Code::NotFound, "templateId")
}

/// Writes a template down.
pub async fn create_contract_template(
    context: &Context,
    brand_id: Uuid,
    kind: ContractKind,
    content: &TemplateContent,
) -> Result<contract_template::Model, Failure> {
    let permit = context.permit(Action::ContractTemplateManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    wrong.check()?;
    let row = contract_template::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        kind: Set(kind),
        name: Set(content.name),
        locale: Set(content.locale),
        clauses: Set(kept(&content.clauses)?),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = contract_template::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "contract_template.create", row.id, json!({})).await?;
    Ok(row)
}

/// A template that is about to change, with the right to it; its row is locked.
async fn begin(context: &Context, template_id: Uuid) -> Result<(Permit<'_>, contract_template::Model), Failure> {
    let seen = context.one(contract_template::Entity::visible([template_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ContractTemplateManage, seen.brand_id).await?;
    let select = contract_template::Entity::visible([template_id]).lock_exclusive();
    Ok((permit, context.one(select).await?.ok_or_else(not_there)?))
}

/// Says a template anew: the whole of it. Contracts that began from it stay as they are.
pub async fn update_contract_template(
    context: &Context,
    template_id: Uuid,
    version: i32,
    content: &TemplateContent,
) -> Result<contract_template::Model, Failure> {
    let (permit, row) = begin(context, template_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED"));
    }
    let content = content.check(&mut wrong);
    wrong.check()?;
    let version = row.version + 1;
    let changed = contract_template::ActiveModel {
        name: Set(content.name),
        locale: Set(content.locale),
        clauses: Set(kept(&content.clauses)?),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "contract_template.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Puts a template away.
pub async fn archive_contract_template(
    context: &Context,
    template_id: Uuid,
) -> Result<contract_template::Model, Failure> {
    let (permit, row) = begin(context, template_id).await?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    let changed = contract_template::ActiveModel {
        archived_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "contract_template.archive", row.id, json!({})).await?;
    Ok(row)
}

/// The templates of a brand that were not put away, newest first.
pub async fn contract_templates(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<contract_template::Model>, Failure> {
    context.permit(Action::ContractRead, brand_id).await?;
    let select = contract_template::Entity::in_brand(brand_id).filter(contract_template::Column::ArchivedAt.is_null());
    newest_first(context, select, contract_template::Column::Id, page).await
}

/// Templates by id.
pub async fn contract_templates_by_ids(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<contract_template::Model>, Failure> {
    Ok(context.all(contract_template::Entity::visible(ids.iter().copied())).await?)
}

/// What a contract's own terms are called in templates, in the language of the contract; what is not said has no value.
fn own_values(names: &Names, terms: &ContractTerms) -> BTreeMap<String, String> {
    let locale = terms.locale;
    let values = [
        ("title", terms.title.trim().to_owned()),
        ("agency", names.agency.clone()),
        ("brand", names.brand.clone()),
        ("party_name", terms.party_name.trim().to_owned()),
        ("party_address", terms.party_address.trim().to_owned()),
        ("fee", fee(terms.fee_minor, &terms.currency)),
        ("starts_on", terms.starts_on.map(|date| day(locale, date)).unwrap_or_default()),
        ("ends_on", terms.ends_on.map(|date| day(locale, date)).unwrap_or_default()),
        ("exclusivity", terms.exclusivity.trim().to_owned()),
        ("exclusive_until", terms.exclusive_until.map(|date| day(locale, date)).unwrap_or_default()),
        ("disclosure", terms.disclosure.trim().to_owned()),
        ("usage_rights", terms.usage_rights.trim().to_owned()),
        ("usage_until", terms.usage_until.map(|date| day(locale, date)).unwrap_or_default()),
    ];
    let said = values.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The clauses of a template filled in for a contract. A variable that has no value, neither given nor of the contract itself, is
/// complained of by its name.
pub(super) async fn clauses_from_template(
    context: &Context,
    (brand_id, kind, template_id): (Uuid, ContractKind, Uuid),
    terms: &ContractTerms,
    given: &[(String, String)],
    wrong: &mut Complaints,
) -> Result<Vec<Clause>, Failure> {
    let row = context.one(contract_template::Entity::one_in_brand(brand_id, template_id)).await?;
    let Some(row) = row.filter(|row| row.archived_at.is_none()) else {
        wrong.add(not_there());
        return Ok(Vec::new());
    };
    if row.kind != kind {
        wrong.add(UserError::at(Code::Invalid, "templateId"));
        return Ok(Vec::new());
    }
    if given.len() > MOST_VALUES {
        let error = UserError::at(Code::TooMany, "values").number("limit", MOST_VALUES);
        wrong.add(error.number("actual", given.len()));
        return Ok(Vec::new());
    }
    let mut values = own_values(&Names::of(context, brand_id).await?, terms);
    for (index, (name, value)) in given.iter().enumerate() {
        let value = wrong.text(&format!("values.{index}.value"), value, LONGEST_VALUE).to_owned();
        values.insert(name.trim().to_owned(), value);
    }
    let clauses = clauses_of(&row.clauses)?;
    let (mut filled, mut missing) = (Vec::with_capacity(clauses.len()), Vec::<String>::new());
    for (index, clause) in clauses.iter().enumerate() {
        let mut fill = |text: &str, most: usize, part: &str| {
            match fill_whole(text, most, |name| values.get(name).map(String::as_str)) {
                Ok(text) => return text,
                Err(Unfilled::Missing(names)) => {
                    for name in names {
                        if !missing.contains(&name) {
                            missing.push(name);
                        }
                    }
                }
                Err(Unfilled::TooLong(actual)) => {
                    let error = UserError::at(Code::TooLong, &format!("clauses.{index}.{part}"));
                    wrong.add(error.number("limit", most).number("actual", actual));
                }
            }
            String::new()
        };
        let heading = fill(&clause.heading, 200, "heading");
        filled.push(Clause { heading, text: fill(&clause.text, LONGEST_CLAUSE, "text") });
    }
    for name in missing {
        let error = UserError::at(Code::VariableMissing, &format!("values.{name}"));
        wrong.add(error.text("name", name.clone()).text("label", name));
    }
    let length: usize = filled.iter().map(|clause| clause.text.chars().count()).sum();
    if length > LONGEST_CONTRACT {
        let error = UserError::at(Code::TooLong, "clauses").number("limit", LONGEST_CONTRACT);
        wrong.add(error.number("actual", length));
    }
    Ok(filled)
}
