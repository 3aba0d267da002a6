//! Mutations of grants.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::ugc::{self as domain, Allowed, AskMessage, NewAsk};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::ugc::ugc_grant;
use uuid::Uuid;

use super::types::{UgcGrant, UgcScope};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// A value of a variable of the template.
#[derive(InputObject)]
struct UgcValueInput {
    /// The variable's name.
    name: String,
    /// What stands in its place, up to 5000 characters.
    value: String,
}

/// What somebody is asked: these words, or a template that is filled in.
#[derive(InputObject)]
struct UgcMessageInput {
    /// The words, 1 to 100,000 characters. Either they or a template.
    text: Option<String>,
    /// A template of the brand.
    template_id: Option<ID>,
    /// Values of its variables.
    #[graphql(default)]
    variables: Vec<UgcValueInput>,
    /// The account from which it is asked; with a template it is needed.
    account_id: Option<ID>,
}

impl UgcMessageInput {
    fn into_domain(self) -> Result<AskMessage, Failure> {
        match (self.text, self.template_id, self.account_id) {
            (Some(text), None, None) => Ok(AskMessage::Text(text)),
            (None, Some(template), Some(account)) => Ok(AskMessage::Template {
                template_id: Kind::ContentTemplate.parse(&template, "message.templateId")?,
                values: self.variables.into_iter().map(|value| (value.name, value.value)).collect(),
                account_id: Kind::Account.parse(&account, "message.accountId")?,
            }),
            _ => Err(UserError::at(Code::Invalid, "message").into()),
        }
    }
}

/// Somebody to ask for what they made.
#[derive(InputObject)]
struct AskForUgcInput {
    /// The file of the library that they made.
    asset_id: ID,
    /// What they are called, up to 200 characters.
    #[graphql(default)]
    author_name: String,
    /// Their name at the network, up to 200 characters, with or without `@`.
    author_handle: String,
    /// The key of the network where they are, as in `networks` or `countText`.
    network: String,
    /// What they are asked.
    message: UgcMessageInput,
}

/// What somebody allowed.
#[derive(InputObject)]
struct GrantUgcInput {
    /// Who was asked.
    grant_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What they allowed it for.
    scope: UgcScope,
    /// Keys of the networks for which they allowed it; for any when left out.
    #[graphql(default)]
    networks: Vec<String>,
    /// Where they allowed it, as they said it, up to 500 characters.
    #[graphql(default)]
    territory: String,
    /// From when on; from now on when left out.
    starts_at: Option<DateTime<Utc>>,
    /// Until when, not at this time any more; for ever when left out.
    ends_at: Option<DateTime<Utc>>,
    /// Another file of the library that proves it. Either it or an address is needed.
    evidence_asset_id: Option<ID>,
    /// An address that proves it, with http or https.
    evidence_url: Option<String>,
    /// What is noted of it, up to 2000 characters.
    #[graphql(default)]
    evidence_note: String,
}

/// That somebody said no.
#[derive(InputObject)]
struct RefuseUgcGrantInput {
    /// Who was asked.
    grant_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is noted of it, up to 2000 characters.
    #[graphql(default)]
    note: String,
}

/// That somebody took back what they had allowed.
#[derive(InputObject)]
struct RevokeUgcGrantInput {
    /// Which grant.
    grant_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// The answer of what records what came of asking.
#[derive(SimpleObject)]
struct UgcGrantPayload {
    /// The grant, when it was recorded.
    grant: Option<UgcGrant>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of what may take posts off the schedule.
#[derive(SimpleObject)]
struct UgcStopPayload {
    /// The grant, when it was recorded.
    grant: Option<UgcGrant>,
    /// How many publications were taken off the schedule, since no grant covers them: they are in `needsAttention`.
    publications_stopped: Option<Long>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_grant(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<ugc_grant::Model, Failure>,
) -> Result<UgcGrantPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(UgcGrantPayload { grant: row.map(|row| UgcGrant { op: op.clone(), row }), user_errors })
}

async fn of_stop(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<(ugc_grant::Model, usize), Failure>,
) -> Result<UgcStopPayload> {
    let (done, user_errors) = op.command(command).await?;
    let (grant, stopped) = done.unzip();
    Ok(UgcStopPayload {
        grant: grant.map(|row| UgcGrant { op: op.clone(), row }),
        publications_stopped: stopped.map(|count| Long(i64::try_from(count).unwrap_or(i64::MAX))),
        user_errors,
    })
}

fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::UgcGrant.parse(id, "grantId")
}

impl GrantUgcInput {
    fn into_domain(self) -> Result<Allowed, Failure> {
        let evidence = self.evidence_asset_id.map(|id| Kind::Asset.parse(&id, "evidenceAssetId"));
        Ok(Allowed {
            scope: self.scope.into(),
            networks: self.networks,
            territory: self.territory,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            evidence_asset_id: evidence.transpose()?,
            evidence_url: self.evidence_url,
            evidence_note: self.evidence_note,
        })
    }
}

/// Mutations of grants.
#[derive(Default)]
pub struct UgcMutation;

#[Object]
impl UgcMutation {
    /// Writes down that somebody is asked for what they made, and in which words. The file is a user's from then on: posts that show it
    /// without a grant are taken off the schedule. Nothing is sent. For MID and above.
    async fn ask_for_ugc(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is asked, for what, and how.")] input: AskForUgcInput,
    ) -> Result<UgcStopPayload> {
        let command = async |context: &Domain| {
            let new = NewAsk {
                asset_id: Kind::Asset.parse(&input.asset_id, "assetId")?,
                author_name: input.author_name,
                author_handle: input.author_handle,
                network: input.network,
                message: input.message.into_domain()?,
            };
            domain::ask_for_ugc(context, &new).await
        };
        of_stop(Op::of(ctx)?, command).await
    }

    /// Records what somebody allowed, with what proves it. It stays as it is recorded. For MID and above.
    async fn grant_ugc(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was allowed.")] input: GrantUgcInput,
    ) -> Result<UgcGrantPayload> {
        let command = async |context: &Domain| {
            let (id, version) = (which(&input.grant_id)?, input.version);
            domain::grant_ugc(context, id, version, &input.into_domain()?).await
        };
        of_grant(Op::of(ctx)?, command).await
    }

    /// Records that somebody said no. For MID and above.
    async fn refuse_ugc_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what is noted.")] input: RefuseUgcGrantInput,
    ) -> Result<UgcGrantPayload> {
        let command = async |context: &Domain| {
            domain::refuse_ugc_grant(context, which(&input.grant_id)?, input.version, &input.note).await
        };
        of_grant(Op::of(ctx)?, command).await
    }

    /// Records that somebody took back what they had allowed. What is planned and not covered by another grant is taken off the schedule,
    /// and the team is told. For MID and above.
    async fn revoke_ugc_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RevokeUgcGrantInput,
    ) -> Result<UgcStopPayload> {
        let command = async |context: &Domain| {
            domain::revoke_ugc_grant(context, which(&input.grant_id)?, input.version, &input.reason).await
        };
        of_stop(Op::of(ctx)?, command).await
    }
}
