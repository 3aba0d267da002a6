//! Batched loading of links, landing pages, conversions with their touches, and leads.

use diwan_domain::tracking::LandingNumbers;
use diwan_domain::{Action, Context, Failure, tracking};
use diwan_entity::tracking::{conversion, conversion_touch, landing_page, landing_submission, lead, tracked_link};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for tracked_link::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::tracked_links_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::TrackedLinkRead, self.brand_id)
    }
}

impl Loadable for landing_page::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::landing_pages_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::LandingPageRead, self.brand_id)
    }
}

/// What a page brought, if the caller may know.
impl Grouped for LandingNumbers {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::landing_numbers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.page_id
    }
}

impl Loadable for landing_submission::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::landing_submissions_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::LeadRead, self.brand_id)
    }
}

impl Loadable for conversion::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::conversions_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ConversionRead, self.brand_id)
    }
}

/// The touches of a conversion, the earliest first.
impl Grouped for conversion_touch::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::touches_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.conversion_id
    }
}

impl Loadable for lead::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tracking::leads_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::LeadRead, self.brand_id)
    }
}
