//! Queries for content.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::calendar;

use super::types::storable;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::publishing::TextUnit;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::ProblemSeverity;

/// What the networks would refuse, or what the brand's own checks found.
#[derive(SimpleObject)]
struct VariantProblem {
    /// The variant; null when it is the post's as a whole.
    variant_id: Option<ID>,
    /// Whether it keeps the post from being submitted and scheduled.
    severity: ProblemSeverity,
    /// What, in the caller's language; `field` counts the variants from 0.
    error: Refused,
    /// How much of a text there is, in `unit`, where that is the problem.
    counted: Option<Long>,
    /// The most that the account takes.
    limit: Option<Long>,
    /// What was counted.
    unit: Option<TextUnit>,
}

/// The answer of `validatePost`.
#[derive(SimpleObject)]
struct PostValidation {
    /// Whether nothing would keep the post from being scheduled.
    valid: bool,
    /// What would, and what only warns.
    problems: Vec<VariantProblem>,
}

/// Queries for content.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// A dry run of scheduling: what the networks would refuse, and what the brand's own checks find. Nothing is written.
    async fn validate_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] post_id: ID,
        #[graphql(desc = "As if it were due then, instead of when it is.")] due_at: Option<DateTime<Utc>>,
    ) -> Result<PostValidation> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Post.parse(&post_id, "postId"))?;
        let due_at = op.query(storable(due_at, "dueAt"))?;
        let locale = op.locale();
        let problems: Vec<_> = op
            .query(calendar::validate_post(op, id, due_at).await)?
            .iter()
            .map(|problem| VariantProblem {
                variant_id: problem.variant_id.map(|id| Kind::Variant.id(id)),
                severity: problem.severity.into(),
                error: Refused::new(locale, &problem.error),
                counted: problem.measured.map(|measured| measured.counted.into()),
                limit: problem.measured.map(|measured| measured.limit.into()),
                unit: problem.measured.map(|measured| measured.unit.into()),
            })
            .collect();
        let valid = problems.iter().all(|problem| problem.severity != ProblemSeverity::Block);
        Ok(PostValidation { valid, problems })
    }
}
