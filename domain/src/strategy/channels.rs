//! Where a brand is, where it is not, and why.

use diwan_entity::strategy::channel_choice;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, live};
use super::items::{Thing, has_room};
use crate::context::Context;
use crate::error::{Complaints, Failure};
use crate::permission::Action;
use crate::trust;

/// A choice with its reason.
#[derive(Debug, Clone)]
pub struct ChannelContent {
    /// What the channel is called, 1 to 100 characters, unlike that of any other choice of the brand. Not only networks that
    /// are connected here: also a blog, a newsletter, a network that the brand keeps away from.
    pub channel: String,
    /// Whether the brand is there.
    pub chosen: bool,
    /// Why, 1 to 5000 characters.
    pub reason: String,
}

impl ChannelContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        Self {
            channel: wrong.text("choice.channel", &self.channel, 100).to_owned(),
            chosen: self.chosen,
            reason: wrong.text("choice.reason", &self.reason, 5000).to_owned(),
        }
    }
}

/// Writes a choice down.
pub async fn create_channel_choice(
    context: &Context,
    brand_id: Uuid,
    content: ChannelContent,
) -> Result<channel_choice::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    has_room(permit, &mut wrong, Thing::ChannelChoice).await?;
    super::items::name_is_free(permit, &mut wrong, (Thing::ChannelChoice, &content.channel), None, "choice.channel")
        .await?;
    wrong.check()?;
    let row = channel_choice::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        channel: Set(content.channel),
        chosen: Set(content.chosen),
        reason: Set(content.reason),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = channel_choice::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = serde_json::json!({ "chosen": row.chosen });
    trust::record(permit, context.now, "channel_choice.create", row.id, detail).await?;
    Ok(row)
}

/// Says it anew: the whole of it.
pub async fn update_channel_choice(
    context: &Context,
    choice_id: Uuid,
    version: i32,
    content: ChannelContent,
) -> Result<channel_choice::Model, Failure> {
    let (permit, row) =
        begin::<channel_choice::Entity>(context, Action::StrategyWrite, choice_id, "channelChoiceId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "channelChoiceId");
    let content = content.check(&mut wrong);
    let named = (Thing::ChannelChoice, content.channel.as_str());
    super::items::name_is_free(permit, &mut wrong, named, Some(row.id), "choice.channel").await?;
    wrong.check()?;
    let changed = channel_choice::ActiveModel {
        channel: Set(content.channel),
        chosen: Set(content.chosen),
        reason: Set(content.reason),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version, "chosen": row.chosen });
    trust::record(permit, context.now, "channel_choice.update", row.id, detail).await?;
    Ok(row)
}
