//! Inviting people, levels held agency-wide, deactivating, handing work over, and one's own profile.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::tenancy::{self, HandOver, Invited, Invitee, NewPlace, ProfileChange};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tenancy::app_user;

use super::agency::said;
use super::groups::brand_ids;
use super::members::Specialty;
use super::people::User;
use super::types::{CalendarSystem, Level, Locale, UserKind};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::trust::Session;

/// A place to give.
#[derive(InputObject)]
struct PlaceInput {
    /// In which brand.
    brand_id: ID,
    /// The level, below the inviter's own there. Needed for staff; freelancers and clients are JUNIOR.
    level: Option<Level>,
    /// What they are good at.
    #[graphql(default)]
    specialties: Vec<Specialty>,
    /// From when on; from now on unless given.
    starts_at: Option<DateTime<Utc>>,
    /// Until when, within ten years; a freelancer's place needs an end.
    expires_at: Option<DateTime<Utc>>,
}

impl PlaceInput {
    fn into_domain(self, at: usize) -> Result<NewPlace, Failure> {
        Ok(NewPlace {
            brand_id: Kind::Brand.parse(&self.brand_id, &format!("places.{at}.brandId"))?,
            level: self.level.map(Into::into),
            specialties: self.specialties.into_iter().map(Into::into).collect(),
            starts_at: self.starts_at,
            expires_at: self.expires_at,
        })
    }
}

/// Somebody to invite.
#[derive(InputObject)]
struct InvitePersonInput {
    /// Their address. Whoever has it already just gets the places.
    email: String,
    /// Their name until they say otherwise, 1 to 200 characters.
    name: String,
    /// What kind of account: `STAFF`, `FREELANCER` or `CLIENT`. It does not change later.
    kind: UserKind,
    /// The language that they read; the agency's unless given.
    locale: Option<Locale>,
    /// A level to hold agency-wide, `DIRECTOR` or `CMO`: for staff, given by those above.
    agency_level: Option<Level>,
    /// Their places, up to 100.
    #[graphql(default)]
    places: Vec<PlaceInput>,
}

/// The answer of `invitePerson` and `resendInvitation`.
#[derive(SimpleObject)]
struct InvitationPayload {
    /// Who was invited.
    user: Option<User>,
    /// Where the invitation is accepted, if this installation sends no mail: hand it over yourself, it is shown once.
    invitation_url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An invitation to send again.
#[derive(InputObject)]
struct ResendInvitationInput {
    /// Whose.
    user_id: ID,
}

/// An invitation to take back.
#[derive(InputObject)]
struct RevokeInvitationInput {
    /// Whose.
    user_id: ID,
}

/// An invitation to accept.
#[derive(InputObject)]
struct AcceptInvitationInput {
    /// What the link of the letter ends with.
    token: String,
    /// The person's name, 1 to 200 characters.
    name: String,
    /// The password, 12 characters or more.
    password: String,
}

/// The answer of `acceptInvitation`.
#[derive(SimpleObject)]
struct AcceptInvitationPayload {
    /// The session, when the invitation was accepted.
    session: Option<Session>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A level to hold agency-wide.
#[derive(InputObject)]
struct SetAgencyLevelInput {
    /// Who.
    user_id: ID,
    /// `DIRECTOR` or `CMO`; null takes it away.
    level: Option<Level>,
}

/// Somebody to deactivate.
#[derive(InputObject)]
struct DeactivatePersonInput {
    /// Who.
    user_id: ID,
}

/// Somebody to let back.
#[derive(InputObject)]
struct ReactivatePersonInput {
    /// Who.
    user_id: ID,
}

/// What changes in the caller's own profile. What is left out stays.
#[derive(InputObject)]
struct UpdateProfileInput {
    /// The name, 1 to 200 characters.
    name: Option<String>,
    /// The language to read.
    locale: Option<Locale>,
    /// The calendar in which dates are read.
    calendar_system: Option<CalendarSystem>,
    /// IANA time zone; null: the agency's.
    time_zone: MaybeUndefined<String>,
}

/// The answer of what changes a person.
#[derive(SimpleObject)]
struct PersonPayload {
    /// The person, when they were changed.
    user: Option<User>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Whose work goes to whom.
#[derive(InputObject)]
struct HandOverWorkInput {
    /// Whose work.
    from_user_id: ID,
    /// Who does it from now on: staff or a freelancer who holds a place in each of the brands now.
    to_user_id: ID,
    /// In these brands, up to 500; in all in which there is such work, unless given.
    brand_ids: Option<Vec<ID>>,
}

/// The answer of `handOverWork`.
#[derive(SimpleObject)]
struct HandOverWorkPayload {
    /// How many posts are assigned to the other person now; null when refused.
    posts: Option<i32>,
    /// How many ideas are assigned to the other person now; null when refused.
    ideas: Option<i32>,
    /// How many ideas stay the first person's, because the other is not of the staff; null when refused.
    ideas_left: Option<i32>,
    /// How many tasks of campaigns are left to do and assigned to the other person now; null when refused.
    campaign_tasks: Option<i32>,
    /// How many items of checklists are left to do and assigned to the other person now; null when refused.
    checklist_items: Option<i32>,
    /// How many contracts that go on the other person looks after now; null when refused.
    contracts: Option<i32>,
    /// How many contracts that wait for a signature of ours the other person signs now; null when refused.
    contract_signatures: Option<i32>,
    /// How many deliverables the other person hands in now; null when refused.
    deliverables: Option<i32>,
    /// How many proposals that are not answered the other person looks after now; null when refused.
    proposals: Option<i32>,
    /// How many open projects the other person looks after now; null when refused.
    projects: Option<i32>,
    /// How many series and evergreen queues make posts in the other person's name now; null when refused.
    repeated_posts: Option<i32>,
    /// Of how many webhooks of brands the other person is told now, when one is switched off; null when refused.
    webhooks: Option<i32>,
    /// How many financial requests that are drafts or came back the other person looks after now; null when refused.
    financial_requests: Option<i32>,
    /// How many schedules make and send reports in the other person's name now; null when refused.
    report_schedules: Option<i32>,
    /// How many alerts of figures the other person looks after now, and is told of; null when refused.
    insight_alerts: Option<i32>,
    /// How much of all that they look after stays the first person's, because the other is not of the staff or may not do it; null when refused.
    owned_left: Option<i32>,
    /// How many steps of requests that wait for approval name the other person now; null when refused.
    approval_steps: Option<i32>,
    /// How many approval chains name the other person now; null when refused.
    approval_chains: Option<i32>,
    /// Of how many people's places, given by the first, the other person is told before they end; null when refused.
    places: Option<i32>,
    /// In how many brands; null when refused.
    brands: Option<i32>,
    /// How many steps wait for the first person still, because the other may not decide them or is their author, or because the
    /// first is not below the caller; null when refused.
    approval_steps_left: Option<i32>,
    /// How many approval chains name the first person still, because the other may not approve there, or because the first is
    /// not below the caller; null when refused.
    approval_chains_left: Option<i32>,
    /// How many delegations ended, in which the first person stood in for somebody or somebody for them; null when refused.
    delegations: Option<i32>,
    /// How many delegations stay, because the first person has a place where nothing was handed over, or is not below the
    /// caller; null when refused.
    delegations_left: Option<i32>,
    /// How many API tokens that the first person had made are revoked; their integrations stay. Null when refused.
    api_tokens: Option<i32>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn invitation(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<Invited, Failure>,
) -> Result<InvitationPayload> {
    let (invited, user_errors) = op.command(command).await?;
    let (person, url) = invited.map(|Invited { person, url }| (person, url)).unzip();
    Ok(InvitationPayload {
        user: person.map(|row| User { op: op.clone(), row }),
        invitation_url: url.flatten().map(Into::into),
        user_errors,
    })
}

async fn person(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<app_user::Model, Failure>,
) -> Result<PersonPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(PersonPayload { user: row.map(|row| User { op: op.clone(), row }), user_errors })
}

/// Mutations of people.
#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Invites somebody by a letter that is good for 7 days; whoever has the address already just gets the places. For SENIOR
    /// and above in each of the brands, only for levels below the own; a level agency-wide is given by those above it.
    async fn invite_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and where to.")] input: InvitePersonInput,
    ) -> Result<InvitationPayload> {
        let command = async |context: &Domain| {
            let places = input.places.into_iter().enumerate().map(|(at, place)| place.into_domain(at));
            let invitee = Invitee {
                email: input.email,
                name: input.name,
                kind: input.kind.into(),
                locale: input.locale.map(Into::into),
                agency_level: input.agency_level.map(Into::into),
                places: places.collect::<Result<_, _>>()?,
            };
            tenancy::invite_person(context, invitee).await
        };
        invitation(Op::of(ctx)?, command).await
    }

    /// Sends somebody who has not joined yet a new invitation; the one before is good no more. For those who manage them.
    async fn resend_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: ResendInvitationInput,
    ) -> Result<InvitationPayload> {
        let command = async |context: &Domain| {
            tenancy::resend_invitation(context, Kind::User.parse(&input.user_id, "userId")?).await
        };
        invitation(Op::of(ctx)?, command).await
    }

    /// Takes an invitation back; the places stay until they are ended. For those who manage the person.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RevokeInvitationInput,
    ) -> Result<PersonPayload> {
        let command = async |context: &Domain| {
            tenancy::revoke_invitation(context, Kind::User.parse(&input.user_id, "userId")?).await
        };
        person(Op::of(ctx)?, command).await
    }

    /// Accepts an invitation: chooses name and password, and begins a session.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token, name and password.")] input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let op = Op::of(ctx)?;
        let user_agent = op.facts().origin.user_agent.clone();
        let AcceptInvitationInput { token, name, password } = input;
        let command =
            async |context: &Domain| tenancy::accept_invitation(context, &token, &name, password, &user_agent).await;
        let (session, user_errors) = op.command(command).await?;
        Ok(AcceptInvitationPayload { session: session.map(|session| Session { op: op.clone(), session }), user_errors })
    }

    /// Gives somebody a level agency-wide, or takes it away. For those who hold a greater one; a CMO gives all. There is always
    /// one CMO.
    async fn set_agency_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and which level.")] input: SetAgencyLevelInput,
    ) -> Result<PersonPayload> {
        let command = async |context: &Domain| {
            let user_id = Kind::User.parse(&input.user_id, "userId")?;
            tenancy::set_agency_level(context, user_id, input.level.map(Into::into)).await
        };
        person(Op::of(ctx)?, command).await
    }

    /// Deactivates somebody: their sessions and invitations end, and their next request is refused. For DIRECTOR and above,
    /// agency-wide, and only people below the own level; a CMO everybody but the last CMO.
    async fn deactivate_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: DeactivatePersonInput,
    ) -> Result<PersonPayload> {
        let command = async |context: &Domain| {
            tenancy::deactivate_person(context, Kind::User.parse(&input.user_id, "userId")?).await
        };
        person(Op::of(ctx)?, command).await
    }

    /// Lets somebody back who was deactivated; they sign in anew. For those who may deactivate them.
    async fn reactivate_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: ReactivatePersonInput,
    ) -> Result<PersonPayload> {
        let command = async |context: &Domain| {
            tenancy::reactivate_person(context, Kind::User.parse(&input.user_id, "userId")?).await
        };
        person(Op::of(ctx)?, command).await
    }

    /// Changes the caller's own profile.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateProfileInput,
    ) -> Result<PersonPayload> {
        let change = ProfileChange {
            name: input.name,
            locale: input.locale.map(Into::into),
            calendar_system: input.calendar_system.map(Into::into),
            time_zone: said(input.time_zone),
        };
        person(Op::of(ctx)?, async |context| tenancy::update_profile(context, change).await).await
    }

    /// Gives somebody's open work to somebody else, in all brands at once: posts and ideas that are assigned to them and not over,
    /// the contracts, proposals, projects, deliverables, webhooks and drafts of financial requests that they look after, what repeats
    /// posts in their name, and what they were named to approve. API tokens that they made there are revoked; delegations to them and by them end when
    /// nothing of theirs is left out. For SENIOR and above in every brand concerned.
    async fn hand_over_work(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose work goes to whom.")] input: HandOverWorkInput,
    ) -> Result<HandOverWorkPayload> {
        let command = async |context: &Domain| {
            let order = HandOver {
                from: Kind::User.parse(&input.from_user_id, "fromUserId")?,
                to: Kind::User.parse(&input.to_user_id, "toUserId")?,
                brand_ids: input.brand_ids.as_deref().map(brand_ids).transpose()?,
            };
            tenancy::hand_over_work(context, order).await
        };
        let (done, user_errors) = Op::of(ctx)?.command(command).await?;
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(HandOverWorkPayload {
            posts: done.map(|done| count(done.posts)),
            ideas: done.map(|done| count(done.ideas)),
            ideas_left: done.map(|done| count(done.ideas_left)),
            campaign_tasks: done.map(|done| count(done.campaign_tasks)),
            checklist_items: done.map(|done| count(done.items)),
            contracts: done.map(|done| count(done.contracts)),
            contract_signatures: done.map(|done| count(done.signatures)),
            deliverables: done.map(|done| count(done.deliverables)),
            proposals: done.map(|done| count(done.proposals)),
            projects: done.map(|done| count(done.projects)),
            repeated_posts: done.map(|done| count(done.repeats)),
            webhooks: done.map(|done| count(done.webhooks)),
            financial_requests: done.map(|done| count(done.financial_requests)),
            report_schedules: done.map(|done| count(done.report_schedules)),
            insight_alerts: done.map(|done| count(done.insight_alerts)),
            owned_left: done.map(|done| count(done.owned_left)),
            approval_steps: done.map(|done| count(done.steps)),
            approval_chains: done.map(|done| count(done.chains)),
            places: done.map(|done| count(done.places)),
            brands: done.map(|done| count(done.brands)),
            approval_steps_left: done.map(|done| count(done.steps_left)),
            approval_chains_left: done.map(|done| count(done.chains_left)),
            delegations: done.map(|done| count(done.delegations)),
            delegations_left: done.map(|done| count(done.delegations_left)),
            api_tokens: done.map(|done| count(done.tokens)),
            user_errors,
        })
    }
}
