//! Places in brands as the API shows them.

use async_graphql::{Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use diwan_domain::tenancy::{self, MemberFilter, PeopleFilter};
use diwan_entity::tenancy::{app_user, membership};

use super::brand::Brand;
use super::people::User;
use super::types::{Level, UserKind};
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;

/// What somebody is good at.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "membership::Specialty")]
pub enum Specialty {
    /// Plans what a brand wants and how it gets there.
    Strategist,
    /// Runs calendar and content.
    ContentManager,
    /// Talks with the public.
    CommunityManager,
    /// Reads the numbers.
    ReportAnalyst,
    /// Runs advertisements.
    AdsManager,
    /// Makes pictures.
    Designer,
    /// Makes videos.
    VideoMaker,
    /// Writes.
    Copywriter,
}

/// How a place stands now. The first that fits counts.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "tenancy::PlaceState")]
pub enum MembershipState {
    /// It was ended.
    Ended,
    /// Its term is over.
    Expired,
    /// It is suspended.
    Suspended,
    /// Whoever has it has not accepted the invitation yet.
    Invited,
    /// Its term has not begun.
    Upcoming,
    /// It holds.
    Active,
}

/// How an account stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "tenancy::PersonState")]
pub enum PersonState {
    /// Has not accepted the invitation yet.
    Invited,
    /// Can sign in.
    Active,
    /// Was deactivated.
    Deactivated,
}

/// Which members of a brand are wanted.
#[derive(InputObject, Default)]
pub struct MemberFilterInput {
    /// Only these kinds of accounts.
    #[graphql(default)]
    kinds: Vec<UserKind>,
    /// Only these levels.
    #[graphql(default)]
    levels: Vec<Level>,
    /// Only with one of these specialties.
    #[graphql(default)]
    specialties: Vec<Specialty>,
    /// Only in one of these states.
    #[graphql(default)]
    states: Vec<MembershipState>,
}

impl MemberFilterInput {
    /// As the domain has it.
    pub fn into_domain(self) -> MemberFilter {
        MemberFilter {
            kinds: self.kinds.into_iter().map(Into::into).collect(),
            levels: self.levels.into_iter().map(Into::into).collect(),
            specialties: self.specialties.into_iter().map(Into::into).collect(),
            states: self.states.into_iter().map(Into::into).collect(),
        }
    }
}

/// Which people are wanted.
#[derive(InputObject, Default)]
pub struct PeopleFilterInput {
    /// Only these kinds of accounts.
    #[graphql(default)]
    kinds: Vec<UserKind>,
    /// Only in one of these states.
    #[graphql(default)]
    states: Vec<PersonState>,
    /// Only those who hold a level agency-wide, or only those who do not.
    agency_wide: Option<bool>,
    /// A part of the name or of the address, up to 200 characters; case does not matter.
    search: Option<String>,
}

impl PeopleFilterInput {
    /// As the domain has it.
    pub fn into_domain(self) -> PeopleFilter {
        PeopleFilter {
            kinds: self.kinds.into_iter().map(Into::into).collect(),
            states: self.states.into_iter().map(Into::into).collect(),
            agency_wide: self.agency_wide,
            search: self.search,
        }
    }
}

/// Somebody's place in a brand.
pub struct Membership {
    pub op: Op,
    pub row: membership::Model,
}

/// Somebody's place in a brand.
#[Object]
impl Membership {
    /// The place's id.
    pub async fn id(&self) -> ID {
        Kind::Membership.id(self.row.id)
    }
    /// Whose place it is.
    async fn user(&self) -> Result<User> {
        Ok(User { op: self.op.clone(), row: self.op.must_load(self.row.user_id).await? })
    }
    /// In which brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
    /// The level held there.
    async fn level(&self) -> Level {
        self.row.level.into()
    }
    /// What they are good at.
    async fn specialties(&self) -> Result<Vec<Specialty>> {
        let names = self.row.specialties.iter();
        let parsed = names.map(<membership::Specialty as sea_orm::ActiveEnum>::try_from_value);
        let parsed = parsed.collect::<Result<Vec<_>, _>>();
        let parsed = self.op.query(parsed.map_err(Into::into))?;
        Ok(parsed.into_iter().map(Into::into).collect())
    }
    /// From when on it holds.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.row.starts_at
    }
    /// When it ends by itself, if it does.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.expires_at
    }
    /// How it stands now.
    async fn state(&self) -> Result<MembershipState> {
        let person: app_user::Model = self.op.must_load(self.row.user_id).await?;
        let joined = person.joined_at.is_some() || person.kind == app_user::UserKind::Integration;
        Ok(tenancy::PlaceState::of(&self.row, joined, self.op.now).into())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
}
