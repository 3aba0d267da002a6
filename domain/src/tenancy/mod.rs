//! Tenancy: the agency, its people, its brands. Whether somebody may is asked of [`crate::permission`].

mod create_brand;
mod queries;
mod set_up;

pub use create_brand::{NewBrand, create_brand};
pub use queries::{agency, brands, brands_by_ids, users_by_ids};
pub use set_up::{NewAgency, is_set_up, offer_setup, set_up_agency};
