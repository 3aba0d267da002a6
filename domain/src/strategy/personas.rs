//! Whom a brand talks to: target audiences, and narrower ones within them.

use diwan_entity::strategy::persona;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, live, lock, maybe_text, texts};
use super::items::{Thing, has_room};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// What is known of an audience.
#[derive(Debug, Clone, Default)]
pub struct PersonaContent {
    /// 1 to 200 characters.
    pub name: String,
    /// Up to 10 000 characters.
    pub description: String,
    /// Age, place, income and the like, up to 5000 characters.
    pub demographics: String,
    /// Up to 100 of at most 300 characters.
    pub interests: Vec<String>,
    /// Why they do not buy, likewise.
    pub objections: Vec<String>,
}

impl PersonaContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        Self {
            name: wrong.text("persona.name", &self.name, 200).to_owned(),
            description: maybe_text(wrong, "persona.description", &self.description, 10_000),
            demographics: maybe_text(wrong, "persona.demographics", &self.demographics, 5000),
            interests: texts(wrong, "persona.interests", &self.interests, 100, 300),
            objections: texts(wrong, "persona.objections", &self.objections, 100, 300),
        }
    }
}

/// Writes down an audience, or with `parent_id` a narrower one within it.
pub async fn create_persona(
    context: &Context,
    brand_id: Uuid,
    parent_id: Option<Uuid>,
    content: PersonaContent,
) -> Result<persona::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    has_room(permit, &mut wrong, Thing::Persona).await?;
    if let Some(parent_id) = parent_id {
        let parent = lock::<persona::Entity>(context, parent_id, "parentId").await?;
        if parent.brand_id != brand_id {
            return Err(UserError::at(Code::NotFound, "parentId").into());
        }
        live(&mut wrong, parent.archived_at, "parentId");
        if parent.parent_id.is_some() {
            wrong.add(UserError::at(Code::WrongParent, "parentId").text("parent", "PERSONA"));
        }
    }
    wrong.check()?;
    let row = persona::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        parent_id: Set(parent_id),
        name: Set(content.name),
        description: Set(content.description),
        demographics: Set(content.demographics),
        interests: Set(content.interests),
        objections: Set(content.objections),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = persona::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "persona.create", row.id, serde_json::json!({ "parent": parent_id })).await?;
    Ok(row)
}

/// Says anew what is known of an audience: the whole of it.
pub async fn update_persona(
    context: &Context,
    persona_id: Uuid,
    version: i32,
    content: PersonaContent,
) -> Result<persona::Model, Failure> {
    let (permit, row) = begin::<persona::Entity>(context, Action::StrategyWrite, persona_id, "personaId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "personaId");
    let content = content.check(&mut wrong);
    wrong.check()?;
    let changed = persona::ActiveModel {
        name: Set(content.name),
        description: Set(content.description),
        demographics: Set(content.demographics),
        interests: Set(content.interests),
        objections: Set(content.objections),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "persona.update", row.id, serde_json::json!({ "version": row.version })).await?;
    Ok(row)
}
