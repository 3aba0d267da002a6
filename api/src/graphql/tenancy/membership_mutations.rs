//! Changing somebody's place in a brand.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{Context as Domain, Failure, tenancy};
use diwan_entity::tenancy::membership;
use uuid::Uuid;

use super::members::{Membership, Specialty};
use super::types::Level;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A change of a place. What is left out stays.
#[derive(InputObject)]
struct UpdateMembershipInput {
    /// Which place.
    membership_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The level from now on, below the caller's own there.
    level: Option<Level>,
    /// What they are good at: the whole of it.
    specialties: Option<Vec<Specialty>>,
}

/// A place that is to last until another time.
#[derive(InputObject)]
struct ExtendMembershipInput {
    /// Which place.
    membership_id: ID,
    /// When it ends by itself, within ten years; null: it does not, which a freelancer's must.
    expires_at: Option<DateTime<Utc>>,
}

/// A place to suspend.
#[derive(InputObject)]
struct SuspendMembershipInput {
    /// Which place.
    membership_id: ID,
}

/// A place to resume.
#[derive(InputObject)]
struct ResumeMembershipInput {
    /// Which place.
    membership_id: ID,
}

/// A place to end.
#[derive(InputObject)]
struct EndMembershipInput {
    /// Which place.
    membership_id: ID,
}

/// The answer of what changes a place.
#[derive(SimpleObject)]
struct MembershipPayload {
    /// The place, when it was changed.
    membership: Option<Membership>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_place(
    op: &Op,
    id: &ID,
    command: impl AsyncFnOnce(&Domain, Uuid) -> Result<membership::Model, Failure>,
) -> Result<MembershipPayload> {
    let command = async |context: &Domain| command(context, Kind::Membership.parse(id, "membershipId")?).await;
    let (row, user_errors) = op.command(command).await?;
    Ok(MembershipPayload { membership: row.map(|row| Membership { op: op.clone(), row }), user_errors })
}

/// Mutations of places: for SENIOR and above, only of people below the own level, never of oneself. All of them take effect
/// with the person's next request.
#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Gives a place another level or other specialties. For SENIOR and above, over people below the own level.
    async fn update_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateMembershipInput,
    ) -> Result<MembershipPayload> {
        let level = input.level.map(Into::into);
        let specialties = input.specialties.map(|all| all.into_iter().map(Into::into).collect());
        let command = async |context: &Domain, id| {
            tenancy::update_membership(context, id, input.version, level, specialties).await
        };
        of_place(Op::of(ctx)?, &input.membership_id, command).await
    }

    /// Lets a place last until another time; one that has expired holds again. For SENIOR and above, over people below the own
    /// level.
    async fn extend_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which place, until when.")] input: ExtendMembershipInput,
    ) -> Result<MembershipPayload> {
        let command = async |context: &Domain, id| tenancy::extend_membership(context, id, input.expires_at).await;
        of_place(Op::of(ctx)?, &input.membership_id, command).await
    }

    /// Suspends a place: whoever has it sees the brand no more until it is resumed. For SENIOR and above, over people below the
    /// own level.
    async fn suspend_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which place.")] input: SuspendMembershipInput,
    ) -> Result<MembershipPayload> {
        let command = async |context: &Domain, id| tenancy::suspend_membership(context, id).await;
        of_place(Op::of(ctx)?, &input.membership_id, command).await
    }

    /// Resumes a suspended place. For SENIOR and above, over people below the own level.
    async fn resume_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which place.")] input: ResumeMembershipInput,
    ) -> Result<MembershipPayload> {
        let command = async |context: &Domain, id| tenancy::resume_membership(context, id).await;
        of_place(Op::of(ctx)?, &input.membership_id, command).await
    }

    /// Ends a place for good; whoever comes back is invited anew. For SENIOR and above, over people below the own level.
    async fn end_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which place.")] input: EndMembershipInput,
    ) -> Result<MembershipPayload> {
        let command = async |context: &Domain, id| tenancy::end_membership(context, id).await;
        of_place(Op::of(ctx)?, &input.membership_id, command).await
    }
}
