//! Webhooks and what they were told.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::notices::{self as domain, NewWebhook, WebhookChange};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::trust::notice::NoticeKind as Stored;
use diwan_entity::trust::{webhook_delivery, webhook_endpoint};
use diwan_platform::ids;

use super::own::NoticeKind;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// How far a delivery has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "webhook_delivery::DeliveryState")]
pub enum WebhookDeliveryState {
    /// It is tried, or tried again.
    Pending,
    /// The server answered with 2xx.
    Delivered,
    /// It did not arrive within a day, or the webhook was switched off.
    Failed,
}

/// Something that a webhook was told, or is still to be told.
#[derive(SimpleObject)]
struct WebhookDelivery {
    /// The `id` in the document: the same for every webhook and for every try.
    event_id: ID,
    /// The `kind` in the document: that of a notice, or `TEST`.
    kind: String,
    /// How far it has come.
    state: WebhookDeliveryState,
    /// How often it was tried.
    attempts: i32,
    /// The status of the last answer; null where there was none.
    last_status: Option<i32>,
    /// Why the last try failed, for operators.
    last_error: Option<String>,
    /// When it was last tried.
    last_attempt_at: Option<DateTime<Utc>>,
    /// When it happened.
    created_at: DateTime<Utc>,
    /// When it arrived or was given up.
    finished_at: Option<DateTime<Utc>>,
}

impl WebhookDelivery {
    fn new(row: webhook_delivery::Model) -> Self {
        Self {
            event_id: ID(ids::encode("event", row.event_id)),
            kind: row.kind,
            state: row.state.into(),
            attempts: row.attempts,
            last_status: row.last_status,
            last_error: row.last_error,
            last_attempt_at: row.last_attempt_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// A server that is told of what people are told of.
pub struct Webhook {
    op: Op,
    row: webhook_endpoint::Model,
}

/// A server that is told of what people are told of, by `POST` of a JSON document with ids and codes:
/// `{ "id", "kind", "createdAt", "brandId", "data" }`, under the header `Diwan-Signature: t=<seconds since 1970>,v1=<code>`. The code is
/// the hexadecimal HMAC-SHA-256 of `<t>.<body>` under the webhook's secret. It may arrive twice, under the same `id`.
#[Object]
impl Webhook {
    /// The webhook's id.
    pub async fn id(&self) -> ID {
        Kind::Webhook.id(self.row.id)
    }
    /// The server.
    async fn url(&self) -> &str {
        &self.row.url
    }
    /// What it is told of.
    async fn kinds(&self) -> Vec<NoticeKind> {
        domain::kinds_of(&self.row).into_iter().map(Into::into).collect()
    }
    /// Whether it is told at all.
    async fn active(&self) -> bool {
        self.row.active
    }
    /// Tries in a row that failed.
    async fn failures(&self) -> i32 {
        self.row.failures
    }
    /// When it was switched off because nothing arrived for a day; null otherwise.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.row.disabled_at
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Who is told when it was switched off: whoever made it, until their work is handed over; null when the caller does not see that
    /// person.
    async fn owner(&self) -> Result<Option<User>> {
        let id = self.row.owner_id.unwrap_or(self.row.created_by);
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand; null where it is told of all.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
    /// What it was told, or is still to be told, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn deliveries(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, WebhookDelivery>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(domain::deliveries_of(&self.op, &self.row, page).await)?;
        Ok(connection(slice, |row| row.id, WebhookDelivery::new))
    }
}

/// A webhook to make.
#[derive(InputObject)]
struct CreateWebhookInput {
    /// Of which brand; left out, it is told of every brand.
    brand_id: Option<ID>,
    /// The server: https and public, unless the operator allows it.
    url: String,
    /// What it is told of; `WEBHOOK_DISABLED` is for people alone.
    kinds: Vec<NoticeKind>,
}

/// A change of a webhook; what is left out stays.
#[derive(InputObject)]
struct UpdateWebhookInput {
    /// Which webhook.
    webhook_id: ID,
    /// The version that was read.
    version: i32,
    /// The server.
    url: Option<String>,
    /// What it is told of.
    kinds: Option<Vec<NoticeKind>>,
    /// Whether it is told at all. Switched on again, what was not delivered meanwhile is not made up for.
    active: Option<bool>,
}

/// A webhook to end.
#[derive(InputObject)]
struct DeleteWebhookInput {
    /// Which webhook.
    webhook_id: ID,
}

/// A webhook to try.
#[derive(InputObject)]
struct TestWebhookInput {
    /// Which webhook.
    webhook_id: ID,
}

/// The answer of `createWebhook`.
#[derive(SimpleObject)]
struct CreateWebhookPayload {
    /// The webhook, when it was made.
    webhook: Option<Webhook>,
    /// Its secret, shown this once: what deliveries are signed with.
    secret: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of a mutation of a webhook.
#[derive(SimpleObject)]
struct WebhookPayload {
    /// The webhook, as it is now.
    webhook: Option<Webhook>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Queries for webhooks.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The webhooks of a brand, for SENIOR and above, or those that are told of every brand, for DIRECTOR and above agency-wide; in the
    /// order in which they were made, up to 20.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand; left out, those of the agency.")] brand_id: Option<ID>,
    ) -> Result<Vec<Webhook>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(brand_id.map(|id| Kind::Brand.parse(&id, "brandId")).transpose())?;
        let rows = op.query(domain::webhooks(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| Webhook { op: op.clone(), row }).collect())
    }
}

fn stored(kinds: Vec<NoticeKind>) -> Vec<Stored> {
    kinds.into_iter().map(Into::into).collect()
}

/// Does something to a webhook that is there.
async fn on_webhook(
    ctx: &Context<'_>,
    id: &ID,
    command: impl AsyncFnOnce(&Domain, uuid::Uuid) -> Result<webhook_endpoint::Model, Failure>,
) -> Result<WebhookPayload> {
    let op = Op::of(ctx)?;
    let command = async |context: &Domain| command(context, Kind::Webhook.parse(id, "webhookId")?).await;
    let (row, user_errors) = op.command(command).await?;
    Ok(WebhookPayload { webhook: row.map(|row| Webhook { op: op.clone(), row }), user_errors })
}

/// Mutations of webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook: of a brand, for SENIOR and above, or of all brands, for DIRECTOR and above agency-wide. Up to 20 of each.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: CreateWebhookInput,
    ) -> Result<CreateWebhookPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = input.brand_id.map(|id| Kind::Brand.parse(&id, "brandId")).transpose()?;
            let new = NewWebhook { brand_id, url: input.url, kinds: stored(input.kinds) };
            domain::create_webhook(context, new).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (webhook, secret) = done.map(|(row, secret)| (Webhook { op: op.clone(), row }, secret)).unzip();
        Ok(CreateWebhookPayload { webhook, secret, user_errors })
    }

    /// Changes a webhook, or switches it on or off. For whoever may make it.
    async fn update_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateWebhookInput,
    ) -> Result<WebhookPayload> {
        let UpdateWebhookInput { webhook_id, version, url, kinds, active } = input;
        on_webhook(ctx, &webhook_id, async |context, webhook_id| {
            let change = WebhookChange { webhook_id, version, url, kinds: kinds.map(stored), active };
            domain::update_webhook(context, change).await
        })
        .await
    }

    /// Ends a webhook: it is told nothing any more. For whoever may make it.
    async fn delete_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: DeleteWebhookInput,
    ) -> Result<WebhookPayload> {
        on_webhook(ctx, &input.webhook_id, domain::delete_webhook).await
    }

    /// Sends a webhook a document of the kind `TEST`, once; `deliveries` shows what came of it. For whoever may make it.
    async fn test_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: TestWebhookInput,
    ) -> Result<WebhookPayload> {
        on_webhook(ctx, &input.webhook_id, domain::test_webhook).await
    }
}
