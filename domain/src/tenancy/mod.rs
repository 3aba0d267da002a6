//! Tenancy: the agency, its people, its brands. Whether somebody may is asked of [`crate::permission`].
//!
//! Who manages whom is one rule (`rank`). A place ends by itself, by being ended, and with the account.
//!
//! A brand is archived before it is deleted, and deleted only after days of grace: [`DeleteBrand`] empties every table of
//! it, and leaves a nameless row for the audit trail, which no query shows.

mod accept_invitation;
mod archive_brand;
mod brand_groups;
mod brands;
mod change_place;
mod create_brand;
mod delete_job;
mod hand_over;
mod hand_over_owned;
mod hours;
mod invite;
mod members;
mod people;
mod queries;
mod rank;
mod remind;
mod set_up;
mod update_agency;
mod update_brand;

pub use accept_invitation::accept_invitation;
pub use archive_brand::{archive_brand, delete_brand, keep_brand, restore_brand};
pub use brand_groups::{
    add_brands_to_group, brand_groups, create_brand_group, delete_brand_group, groups_by_ids, remove_brands_from_group,
    rename_brand_group,
};
pub use change_place::{end_membership, extend_membership, resume_membership, suspend_membership, update_membership};
pub use create_brand::{NewBrand, create_brand};
pub use delete_job::DeleteBrand;
pub use hand_over::{HandOver, HandedOver, hand_over_work};
pub use hours::{Opening, openings};
pub use invite::{Invited, Invitee, NewPlace, invite_person, resend_invitation, revoke_invitation};
pub use members::{
    MemberFilter, PeopleFilter, PersonState, PlaceState, invitations_of, members, memberships_by_ids, memberships_of,
    people,
};
pub use people::{ProfileChange, deactivate_person, reactivate_person, set_agency_level, update_profile};
pub use queries::{BrandFilter, agency, brands, brands_by_ids, users_by_ids};
pub use rank::manages_person;
pub use remind::remind_of_endings;
pub(crate) use set_up::looks_like_an_address;
pub use set_up::{NewAgency, is_set_up, offer_setup, set_up_agency};
pub use update_agency::{AgencyChange, SecurityChange, update_agency, update_security};
pub use update_brand::{BrandChange, update_brand};
