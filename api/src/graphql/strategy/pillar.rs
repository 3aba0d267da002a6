//! What a brand talks about, and how much of it.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::strategy::PillarMix as Mix;
use diwan_entity::calendar::post;
use diwan_entity::strategy::content_pillar;

use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::Brand;

/// What stands behind a post besides the brand.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "post::Partnership")]
#[expect(clippy::enum_variant_names, reason = "a paid partnership is what the networks call it")]
pub enum Partnership {
    /// Somebody is paid for it.
    PaidPartnership,
    /// Somebody got something for it.
    Gift,
    /// Somebody has a part of what it sells.
    Affiliate,
}

/// What a brand talks about, and how much of it.
pub struct ContentPillar {
    pub op: Op,
    pub row: content_pillar::Model,
}

/// What a brand talks about, and how much of it.
#[Object]
impl ContentPillar {
    /// The pillar's id.
    pub async fn id(&self) -> ID {
        Kind::Pillar.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What belongs to it.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// Its planned part of the posts, in basis points: 10 000 is all of them.
    async fn share_basis_points(&self) -> i32 {
        self.row.share_bp
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// What is planned of a pillar in a month.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PillarMix {
    #[graphql(skip)]
    op: Op,
    #[graphql(skip)]
    pillar_id: uuid::Uuid,
    /// Its planned part, in basis points.
    planned_basis_points: i32,
    /// Its part of the month's posts as they are, in basis points, rounded; null without posts.
    actual_basis_points: Option<i32>,
    /// How many posts of the month are of it.
    posts: Long,
    /// How many may be, with the tolerance, as long as the month has the posts that it has.
    allowed: Long,
}

impl PillarMix {
    /// As the domain has it.
    pub fn of(op: &Op, mix: Mix) -> Self {
        let actual = (mix.total > 0).then(|| (mix.posts * 10_000 + mix.total / 2) / mix.total);
        Self {
            op: op.clone(),
            pillar_id: mix.pillar_id,
            planned_basis_points: mix.share_bp,
            actual_basis_points: actual.and_then(|part| i32::try_from(part).ok()),
            posts: Long(mix.posts),
            allowed: Long(mix.allowed),
        }
    }
}

#[async_graphql::ComplexObject]
impl PillarMix {
    /// Which pillar.
    async fn pillar(&self) -> Result<ContentPillar> {
        Ok(ContentPillar { op: self.op.clone(), row: self.op.must_load(self.pillar_id).await? })
    }
}
