//! Links by which clients decide without signing in.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{Context as Domain, Failure, approvals};
use diwan_entity::approvals::review_link;
use uuid::Uuid;

use super::types::user;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::loaders::Grouped;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// A link by which one client decides about one request without signing in. It also ends with the request being taken back or
/// void, and with the client's place.
pub struct ReviewLink {
    pub op: Op,
    pub row: review_link::Model,
}

/// A link by which one client decides about one request without signing in. It also ends with the request being taken back or
/// void, and with the client's place.
#[Object]
impl ReviewLink {
    /// The link's id; not its secret.
    async fn id(&self) -> ID {
        Kind::ReviewLink.id(self.row.id)
    }
    /// The client who decides by it; null when the caller does not see that person.
    async fn client(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.user_id)).await
    }
    /// Who made it; null when it went out with a letter, or the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        user(&self.op, self.row.created_by).await
    }
    /// Whether it went out with a letter.
    async fn by_letter(&self) -> bool {
        self.row.created_by.is_none()
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Until when it works, unless it is ended before.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
    /// When it was ended; null while it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }
}

impl Grouped for review_link::Model {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::review_links_of_requests(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.request_id
    }
}

/// A link to make.
#[derive(InputObject)]
struct CreateReviewLinkInput {
    /// Which request: about a post, pending, with a step open that asks the client.
    request_id: ID,
    /// The client who decides by it.
    user_id: ID,
}

/// A link to end.
#[derive(InputObject)]
struct RevokeReviewLinkInput {
    /// Which link.
    review_link_id: ID,
}

/// The answer of `createReviewLink`.
#[derive(SimpleObject)]
struct CreateReviewLinkPayload {
    /// The link, when it was made.
    review_link: Option<ReviewLink>,
    /// Its address, shown this once: whoever has it decides as the client. To be handed to that client and nobody else.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `revokeReviewLink`.
#[derive(SimpleObject)]
struct RevokeReviewLinkPayload {
    /// The link that is ended.
    review_link: Option<ReviewLink>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of review links.
#[derive(Default)]
pub struct ReviewLinkMutation;

#[Object]
impl ReviewLinkMutation {
    /// Makes a link by which a client looks at a post and decides without signing in, good for 14 days, for handing over by another
    /// way than mail: letters bring links of their own. For MID and above, of posts that they neither wrote nor asked about.
    async fn create_review_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which request, and for whom.")] input: CreateReviewLinkInput,
    ) -> Result<CreateReviewLinkPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let request_id = Kind::Approval.parse(&input.request_id, "requestId")?;
            approvals::create_review_link(context, request_id, Kind::User.parse(&input.user_id, "userId")?).await
        };
        let (done, user_errors) = op.command(command).await?;
        let link = |(row, url): (review_link::Model, url::Url)| (ReviewLink { op: op.clone(), row }, url.to_string());
        let (review_link, url) = done.map(link).unzip();
        Ok(CreateReviewLinkPayload { review_link, url, user_errors })
    }

    /// Ends a link: it opens nothing any more. For MID and above.
    async fn revoke_review_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] input: RevokeReviewLinkInput,
    ) -> Result<RevokeReviewLinkPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ReviewLink.parse(&input.review_link_id, "reviewLinkId")?;
            approvals::revoke_review_link(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        let review_link = row.map(|row| ReviewLink { op: op.clone(), row });
        Ok(RevokeReviewLinkPayload { review_link, user_errors })
    }
}
