//! The tables as sea-orm models, and finders that name the brand first. No rules.
//!
//! One file per table, grouped by domain. What a column means, its range and its invariants stand with the table, in
//! the crate `diwan-migration`.
#![expect(missing_docs, reason = "columns are documented where they are defined, in the migrations")]

pub mod approvals;
pub mod calendar;
pub mod campaigns;
pub mod community;
pub mod contracts;
pub mod curation;
pub mod finance;
pub mod influencers;
pub mod insights;
pub mod links;
pub mod listening;
pub mod media;
pub mod payments;
pub mod projects;
pub mod promotion;
pub mod proposals;
pub mod publishing;
pub mod strategy;
pub mod tenancy;
pub mod tracking;
pub mod trust;
pub mod ugc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

/// A table whose rows belong to a brand. Its finders ask for the brand first, so that a query without one stands out.
pub trait InBrand: EntityTrait {
    /// The column that names the brand.
    const BRAND: Self::Column;
    /// The row's own id.
    const ID: Self::Column;

    /// The rows of one brand.
    fn in_brand(brand_id: Uuid) -> Select<Self> {
        Self::find().filter(Self::BRAND.eq(brand_id))
    }

    /// One row of one brand.
    fn one_in_brand(brand_id: Uuid, id: Uuid) -> Select<Self> {
        Self::in_brand(brand_id).filter(Self::ID.eq(id))
    }

    /// Rows by id, in whichever of the caller's brands they are: row-level security alone decides what is seen.
    /// For look-ups by a global id, where the caller does not name the brand.
    fn visible(ids: impl IntoIterator<Item = Uuid>) -> Select<Self> {
        Self::find().filter(Self::ID.is_in(ids))
    }
}
