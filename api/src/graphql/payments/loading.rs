//! Batched loading of payments and what belongs to them.

use diwan_domain::payments::{self, Held};
use diwan_domain::permission::Relation;
use diwan_domain::{Action, Context, Failure};
use diwan_entity::payments::{payee, payment, payment_file, time_entry, work_rate};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for payment::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::payments_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Row-level security shows freelancers those of their own contracts.
        context.may(Action::PaymentRead, self.brand_id)
    }
}

/// The payments in a file.
impl Grouped for payment::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::payments_of_files(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.file_id.unwrap_or_default()
    }
}

impl Loadable for payment_file::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::payment_files_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::PaymentExport, self.brand_id)
    }
}

/// Whom a contract pays.
impl Grouped for payee::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::payees_of_contracts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.contract_id
    }
}

impl Grouped for Held {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::blocks_of_payments(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.payment_id
    }
}

fn own(context: &Context, person_id: Uuid) -> Relation {
    Relation { own: context.actor().is_some_and(|actor| actor.user_id == person_id), assigned: false }
}

impl Loadable for time_entry::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::time_entries_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        let relation = own(context, self.person_id);
        context.extent(Action::HoursRead, self.brand_id).is_some_and(|extent| extent.covers(relation))
    }
}

impl Loadable for work_rate::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        payments::work_rates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        let relation = own(context, self.person_id);
        context.extent(Action::HoursRead, self.brand_id).is_some_and(|extent| extent.covers(relation))
    }
}
