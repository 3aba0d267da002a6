//! Queries for content.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use diwan_domain::calendar;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What the networks would refuse of one variant.
#[derive(SimpleObject)]
struct VariantProblem {
    /// The variant.
    variant_id: ID,
    /// What, in the caller's language; `field` counts the variants from 0.
    error: Refused,
}

/// The answer of `validatePost`.
#[derive(SimpleObject)]
struct PostValidation {
    /// Whether nothing would keep the post from being scheduled.
    valid: bool,
    /// What would.
    problems: Vec<VariantProblem>,
}

/// Queries for content.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// A dry run of scheduling: what the networks would refuse. Nothing is written.
    async fn validate_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] post_id: ID,
    ) -> Result<PostValidation> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Post.parse(&post_id, "postId"))?;
        let locale = op.locale();
        let problems: Vec<_> = op
            .query(calendar::validate_post(op, id).await)?
            .iter()
            .map(|problem| VariantProblem {
                variant_id: Kind::Variant.id(problem.variant_id),
                error: Refused::new(locale, &problem.error),
            })
            .collect();
        Ok(PostValidation { valid: problems.is_empty(), problems })
    }
}
