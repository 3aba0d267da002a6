//! Hashtags that go together.

use diwan_entity::calendar::hashtag_set;
use diwan_networks::{NetworkKey, text_rules};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::shelf::{Kept as _, archive, begin, has_room, live, name_is_free, restore, take_turns};
use crate::calendar::looks_like_a_language;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::strategy::hashtags;
use crate::trust;

/// The most hashtags of a set.
const MOST_HASHTAGS: usize = 100;

/// What a set is.
#[derive(Debug, Clone, Default)]
pub struct SetContent {
    /// 1 to 200 characters, unlike that of any other set of the brand that is not put away.
    pub name: String,
    /// 1 to 100 in the order in which they are appended, with or without their sign; none twice, in whatever case.
    pub hashtags: Vec<String>,
    /// The language of texts that it is for, BCP 47.
    pub language: Option<String>,
    /// Keys of the networks that it is for, also of those that are only counted for; empty: any.
    pub networks: Vec<String>,
}

impl SetContent {
    fn check(self, wrong: &mut Complaints) -> Self {
        let name = wrong.text("set.name", &self.name, 200).to_owned();
        if self.hashtags.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "set.hashtags"));
        }
        let hashtags = hashtags(wrong, "set.hashtags", &self.hashtags, MOST_HASHTAGS);
        if self.language.as_deref().is_some_and(|tag| !looks_like_a_language(tag)) {
            wrong.add(UserError::at(Code::Invalid, "set.language"));
        }
        check_networks(wrong, &self.networks);
        Self { name, hashtags, ..self }
    }

    fn onto(self, row: hashtag_set::ActiveModel) -> hashtag_set::ActiveModel {
        hashtag_set::ActiveModel {
            name: Set(self.name),
            hashtags: Set(self.hashtags),
            language: Set(self.language),
            networks: Set(self.networks),
            ..row
        }
    }
}

fn check_networks(wrong: &mut Complaints, networks: &[String]) {
    // No more can be known without one being there twice.
    let most = text_rules().len() + diwan_networks::registry().len();
    if networks.len() > most {
        wrong.add(UserError::at(Code::TooMany, "set.networks").number("limit", most).number("actual", networks.len()));
        return;
    }
    for (index, key) in networks.iter().enumerate() {
        let path = format!("set.networks.{index}");
        if NetworkKey::parse(key).is_none() && text_rules().iter().all(|rules| rules.key != key) {
            let shown: String = key.chars().take(64).collect();
            wrong.add(UserError::at(Code::UnknownNetwork, &path).text("network", shown));
        } else if networks[..index].contains(key) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
    }
}

/// Writes a set down.
pub async fn create_hashtag_set(
    context: &Context,
    brand_id: Uuid,
    content: SetContent,
) -> Result<hashtag_set::Model, Failure> {
    let permit = context.permit(Action::TemplateManage, brand_id).await?;
    take_turns(permit).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    wrong.check()?;
    let mut wrong = Complaints::default();
    has_room::<hashtag_set::Entity>(permit, &mut wrong, "brandId").await?;
    name_is_free::<hashtag_set::Entity>(permit, &mut wrong, (&content.name, None), "set.name").await?;
    wrong.check()?;
    let row = content.onto(hashtag_set::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    });
    let row = hashtag_set::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "hashtag_set.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says a set anew: the whole of it.
pub async fn update_hashtag_set(
    context: &Context,
    id: Uuid,
    version: i32,
    content: SetContent,
) -> Result<hashtag_set::Model, Failure> {
    let (permit, row) = begin::<hashtag_set::Entity>(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, hashtag_set::Entity::FIELD);
    let content = content.check(&mut wrong);
    wrong.check()?;
    let mut wrong = Complaints::default();
    name_is_free::<hashtag_set::Entity>(permit, &mut wrong, (&content.name, Some(id)), "set.name").await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = hashtag_set::ActiveModel {
        updated_at: Set(context.now),
        version: Set(version),
        ..content.onto(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "hashtag_set.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Puts a set away.
pub async fn archive_hashtag_set(context: &Context, id: Uuid, version: i32) -> Result<hashtag_set::Model, Failure> {
    archive::<hashtag_set::Entity>(context, id, version).await
}

/// Brings a set back.
pub async fn restore_hashtag_set(context: &Context, id: Uuid, version: i32) -> Result<hashtag_set::Model, Failure> {
    restore::<hashtag_set::Entity>(context, id, version).await
}
