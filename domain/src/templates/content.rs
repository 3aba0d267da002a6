//! What a template says.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_template;
use diwan_entity::strategy::content_pillar;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::variables::{Variable, check_declared, check_text};
use crate::calendar::{MOST_TEXT, looks_like_a_language};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::strategy::maybe_text;

/// What a template says.
#[derive(Debug, Clone, Default)]
pub struct TemplateContent {
    /// 1 to 200 characters, unlike that of any other template of the brand that is not put away.
    pub name: String,
    /// What it is for, up to 10 000 characters.
    pub description: String,
    /// With `{{ name }}` where something is filled in; 1 to 100 000 characters, kept as it is written.
    pub text: String,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// What posts from it are about.
    pub pillar_id: Option<Uuid>,
    /// What it is filled in with, up to 50. The text need not use all.
    pub variables: Vec<Variable>,
}

impl TemplateContent {
    /// What can be told from the content alone.
    pub(super) fn check(self, wrong: &mut Complaints) -> Self {
        let name = wrong.text("template.name", &self.name, 200).to_owned();
        let description = maybe_text(wrong, "template.description", &self.description, 10_000);
        if self.language.as_deref().is_some_and(|tag| !looks_like_a_language(tag)) {
            wrong.add(UserError::at(Code::Invalid, "template.language"));
        }
        let variables = check_declared(wrong, "template.variables", &self.variables);
        let length = self.text.chars().count();
        if length > MOST_TEXT {
            let error = UserError::at(Code::TooLong, "template.text");
            wrong.add(error.number("limit", MOST_TEXT).number("actual", length));
        } else if self.text.trim().is_empty() || self.text.contains('\0') {
            wrong.add(UserError::at(Code::Invalid, "template.text"));
        } else {
            check_text(wrong, "template.text", &self.text, &variables);
        }
        Self { name, description, variables, ..self }
    }

    /// That the pillar is one of the brand, and not put away unless the template had it `before`.
    pub(super) async fn check_pillar(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        (brand_id, before): (Uuid, Option<Uuid>),
    ) -> Result<(), Failure> {
        let Some(id) = self.pillar_id.filter(|id| before != Some(*id)) else { return Ok(()) };
        match context.one(content_pillar::Entity::one_in_brand(brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "template.pillarId")),
            Some(pillar) if pillar.archived_at.is_some() => {
                wrong.add(UserError::at(Code::WrongState, "template.pillarId").text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Writes it onto a row.
    pub(super) fn onto(self, row: content_template::ActiveModel) -> Result<content_template::ActiveModel, Failure> {
        let variables = serde_json::to_value(&self.variables).map_err(|error| Fault::broken(error.to_string()))?;
        Ok(content_template::ActiveModel {
            name: Set(self.name),
            description: Set(self.description),
            text: Set(self.text),
            language: Set(self.language),
            pillar_id: Set(self.pillar_id),
            variables: Set(variables),
            ..row
        })
    }
}
