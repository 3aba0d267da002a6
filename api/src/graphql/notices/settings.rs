//! How the caller wants to be told.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use diwan_domain::Context as Domain;
use diwan_domain::notices::{self as domain, NoticeSetting, NoticeWish};

use super::own::NoticeKind;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;

/// How the caller wants to be told of a kind of notice.
#[derive(SimpleObject)]
struct NotificationSetting {
    /// Of what.
    kind: NoticeKind,
    /// Whether in `notices`.
    in_app: bool,
    /// Whether by mail: at once, and then at most every ten minutes for the same brand and kind, with all that has come up since.
    email: bool,
}

impl NotificationSetting {
    fn new(setting: NoticeSetting) -> Self {
        Self { kind: setting.kind.into(), in_app: setting.in_app, email: setting.mail }
    }
}

/// How the caller wants to be told of a kind of notice; what is left out stays.
#[derive(InputObject)]
struct NotificationSettingInput {
    /// Of what. Of a webhook that was switched off whoever made it is always told.
    kind: NoticeKind,
    /// Whether in `notices`.
    in_app: Option<bool>,
    /// Whether by mail.
    email: Option<bool>,
}

/// A change of how the caller wants to be told.
#[derive(InputObject)]
struct UpdateNotificationSettingsInput {
    /// Each kind once.
    settings: Vec<NotificationSettingInput>,
}

/// The answer of `updateNotificationSettings`.
#[derive(SimpleObject)]
struct UpdateNotificationSettingsPayload {
    /// How it is now, of each kind.
    settings: Option<Vec<NotificationSetting>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Queries for how the caller wants to be told.
#[derive(Default)]
pub struct NoticeSettingQuery;

#[Object]
impl NoticeSettingQuery {
    /// How the caller wants to be told, of each kind. For people.
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Vec<NotificationSetting>> {
        let op = Op::of(ctx)?;
        let settings = op.query(domain::notification_settings(op).await)?;
        Ok(settings.into_iter().map(NotificationSetting::new).collect())
    }
}

/// Mutations of how the caller wants to be told.
#[derive(Default)]
pub struct NoticeSettingMutation;

#[Object]
impl NoticeSettingMutation {
    /// Changes how the caller wants to be told from now on. For people.
    async fn update_notification_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateNotificationSettingsInput,
    ) -> Result<UpdateNotificationSettingsPayload> {
        let wish = |setting: &NotificationSettingInput| NoticeWish {
            kind: setting.kind.into(),
            in_app: setting.in_app,
            mail: setting.email,
        };
        let wishes: Vec<NoticeWish> = input.settings.iter().map(wish).collect();
        let command = async |context: &Domain| domain::update_notification_settings(context, &wishes).await;
        let (settings, user_errors) = Op::of(ctx)?.command(command).await?;
        let settings = settings.map(|settings| settings.into_iter().map(NotificationSetting::new).collect());
        Ok(UpdateNotificationSettingsPayload { settings, user_errors })
    }
}
