//! Connecting accounts, scheduling, settling.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::publishing::{self, ConnectInput, Settlement};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_platform::http::is_web;
use url::Url;

use super::types::{AccountConnection, Publication, SocialAccount};
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A password made for applications.
#[derive(InputObject)]
struct AppPasswordInput {
    /// The server that keeps the account, such as `https://bsky.social`.
    service: String,
    /// Handle or address.
    identifier: String,
    /// The app password; never the account's own.
    password: String,
}

/// Agreeing at the network.
#[derive(InputObject)]
struct OAuthInput {
    /// The server that keeps the account, such as `https://mastodon.social`; not needed where the network has only one (`needsServer`
    /// in `networks`).
    instance: Option<String>,
}

/// A bot.
#[derive(InputObject)]
struct BotTokenInput {
    /// The chat in which it posts: its id, or its name with `@`. The bot must be allowed to post there.
    chat: String,
    /// The bot's token.
    token: String,
}

/// How the account is connected; see `connectMethod` in `networks`.
#[derive(OneofObject)]
enum ConnectUsing {
    /// With a password made for applications.
    AppPassword(AppPasswordInput),
    /// By agreeing at the network.
    Oauth(OAuthInput),
    /// With the token of a bot.
    BotToken(BotTokenInput),
}

/// An account to connect.
#[derive(InputObject)]
struct ConnectAccountInput {
    /// For which brand.
    brand_id: ID,
    /// The network's key, as in `networks`.
    network: String,
    /// How.
    using: ConnectUsing,
}

/// The answer of `connectAccount`.
#[derive(SimpleObject)]
struct ConnectAccountPayload {
    /// The way to the account: read it again until it is `CONNECTED` or `FAILED`.
    connection: Option<AccountConnection>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Which accounts are connected.
#[derive(InputObject)]
struct ChooseAccountsInput {
    /// The connection that is `CHOOSING`.
    connection_id: ID,
    /// The ids at the network, of its `candidates`; at least one.
    remote_ids: Vec<String>,
}

/// The answer of `chooseAccounts`.
#[derive(SimpleObject)]
struct ChooseAccountsPayload {
    /// The accounts, connected.
    social_accounts: Vec<SocialAccount>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An account to disconnect.
#[derive(InputObject)]
struct DisconnectAccountInput {
    /// Which account.
    social_account_id: ID,
}

/// The answer of `disconnectAccount`.
#[derive(SimpleObject)]
struct DisconnectAccountPayload {
    /// The account, once disconnected.
    social_account: Option<SocialAccount>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A post to schedule.
#[derive(InputObject)]
struct SchedulePostInput {
    /// Which post.
    post_id: ID,
    /// When it goes out: after now, within two years.
    due_at: DateTime<Utc>,
}

/// The answer of `schedulePost`.
#[derive(SimpleObject)]
struct SchedulePostPayload {
    /// The post, when it is scheduled.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A post to take off the schedule.
#[derive(InputObject)]
struct UnschedulePostInput {
    /// Which post.
    post_id: ID,
}

/// The answer of `unschedulePost`.
#[derive(SimpleObject)]
struct UnschedulePostPayload {
    /// The post, a draft again.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Where a publication was found.
#[derive(InputObject)]
struct IsThereInput {
    /// The network's own id of it; of a thread, that of its first post.
    remote_id: String,
    /// Of a thread, or a post with a first comment: that all of it is there. Without, such a publication is refused: `sendNow` sends
    /// what is missing.
    #[graphql(default)]
    whole_thread: bool,
    /// Where it is seen.
    url: Option<String>,
}

/// What the person saw.
#[derive(OneofObject)]
enum SettleAs {
    /// It is on the network.
    IsThere(IsThereInput),
    /// It is not: send it now. Of a thread, what a look at the network shows not to be there yet. Always `true`.
    SendNow(bool),
    /// It is not, and it shall not be sent. Of a thread, what is there stays, and no more follows. Always `true`.
    GiveUp(bool),
}

/// A publication to settle.
#[derive(InputObject)]
struct SettlePublicationInput {
    /// Which publication.
    publication_id: ID,
    /// What the person saw.
    #[graphql(name = "as")]
    outcome: SettleAs,
}

/// The answer of `settlePublication`.
#[derive(SimpleObject)]
struct SettlePublicationPayload {
    /// The publication, when it is settled.
    publication: Option<Publication>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

fn address(text: &str, field: &str) -> Result<Url, Failure> {
    Url::parse(text.trim()).ok().filter(is_web).ok_or_else(|| UserError::at(Code::Invalid, field).into())
}

impl ConnectUsing {
    fn into_domain(self) -> Result<ConnectInput, Failure> {
        Ok(match self {
            Self::AppPassword(input) => ConnectInput::AppPassword {
                service: address(&input.service, "using.appPassword.service")?,
                identifier: input.identifier,
                password: input.password,
            },
            Self::Oauth(input) => ConnectInput::OAuth {
                instance: input.instance.map(|instance| address(&instance, "using.oauth.instance")).transpose()?,
            },
            Self::BotToken(input) => ConnectInput::BotToken { chat: input.chat, token: input.token },
        })
    }
}

impl SettleAs {
    fn into_domain(self) -> Result<Settlement, Failure> {
        match self {
            Self::IsThere(input) => Ok(Settlement::IsThere {
                remote_id: input.remote_id,
                whole_thread: input.whole_thread,
                url: input.url.map(|url| address(&url, "as.isThere.url")).transpose()?,
            }),
            Self::SendNow(true) => Ok(Settlement::SendNow),
            Self::GiveUp(true) => Ok(Settlement::GiveUp),
            Self::SendNow(false) | Self::GiveUp(false) => Err(UserError::at(Code::Invalid, "as").into()),
        }
    }
}

/// Mutations of accounts and publications.
#[derive(Default)]
pub struct PublishingMutation;

#[Object]
impl PublishingMutation {
    /// Begins to connect an account of a network. For SENIOR and above.
    async fn connect_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: ConnectAccountInput,
    ) -> Result<ConnectAccountPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            publishing::connect_account(context, brand_id, &input.network, input.using.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(ConnectAccountPayload { connection: row.map(|row| AccountConnection { op: op.clone(), row }), user_errors })
    }

    /// Connects those of the accounts that somebody may publish to who agreed at a network. For SENIOR and above.
    async fn choose_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounts.")] input: ChooseAccountsInput,
    ) -> Result<ChooseAccountsPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Connection.parse(&input.connection_id, "connectionId")?;
            publishing::choose_accounts(context, id, &input.remote_ids).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let accounts = rows.unwrap_or_default().into_iter().map(|row| SocialAccount { op: op.clone(), row });
        Ok(ChooseAccountsPayload { social_accounts: accounts.collect(), user_errors })
    }

    /// Ends an account's connection and forgets its secrets. For SENIOR and above.
    async fn disconnect_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: DisconnectAccountInput,
    ) -> Result<DisconnectAccountPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Account.parse(&input.social_account_id, "socialAccountId")?;
            publishing::disconnect_account(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(DisconnectAccountPayload {
            social_account: row.map(|row| SocialAccount { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Schedules a post: each variant goes out once. What failed or was missed is scheduled again. For MID and above.
    async fn schedule_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and its time.")] input: SchedulePostInput,
    ) -> Result<SchedulePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            publishing::schedule_post(context, Kind::Post.parse(&input.post_id, "postId")?, input.due_at).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SchedulePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Takes a post off the schedule: it is a draft again. For MID and above.
    async fn unschedule_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] input: UnschedulePostInput,
    ) -> Result<UnschedulePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            publishing::unschedule_post(context, Kind::Post.parse(&input.post_id, "postId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UnschedulePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Decides about a publication that needs a person: it is there, send it now, or give up. For MID and above.
    async fn settle_publication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The publication and what was seen.")] input: SettlePublicationInput,
    ) -> Result<SettlePublicationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Publication.parse(&input.publication_id, "publicationId")?;
            publishing::settle_publication(context, id, input.outcome.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SettlePublicationPayload { publication: row.map(|row| Publication { op: op.clone(), row }), user_errors })
    }
}
