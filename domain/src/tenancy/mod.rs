//! Tenancy: the agency, its people, its brands. Whether somebody may is asked of [`crate::permission`].
//!
//! A brand is archived before it is deleted, and deleted only after days of grace: [`DeleteBrand`] empties every table of
//! it, and leaves a nameless row for the audit trail, which no query shows.

mod archive_brand;
mod brand_groups;
mod brands;
mod create_brand;
mod delete_job;
mod hours;
mod queries;
mod set_up;
mod update_agency;
mod update_brand;

pub use archive_brand::{archive_brand, delete_brand, keep_brand, restore_brand};
pub use brand_groups::{
    add_brands_to_group, brand_groups, create_brand_group, delete_brand_group, groups_by_ids, remove_brands_from_group,
    rename_brand_group,
};
pub use create_brand::{NewBrand, create_brand};
pub use delete_job::DeleteBrand;
pub use hours::{Opening, openings};
pub use queries::{BrandFilter, agency, brands, brands_by_ids, users_by_ids};
pub use set_up::{NewAgency, is_set_up, offer_setup, set_up_agency};
pub use update_agency::{AgencyChange, SecurityChange, update_agency, update_security};
pub use update_brand::{BrandChange, update_brand};
