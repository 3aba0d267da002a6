//! Batched loading of budgets and what belongs to them.

use diwan_domain::finance::{self, BudgetForecast};
use diwan_domain::permission::Relation;
use diwan_domain::{Action, Context, Failure};
use diwan_entity::finance::{budget, budget_entry, budget_line, exchange_rate, expense, financial_request};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for budget::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::budgets_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BudgetRead, self.brand_id)
    }
}

impl Loadable for budget_line::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::lines_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BudgetRead, self.brand_id)
    }
}

impl Loadable for budget_entry::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::entries_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BudgetRead, self.brand_id)
    }
}

impl Loadable for exchange_rate::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::rates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BudgetRead, self.brand_id)
    }
}

impl Loadable for financial_request::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::financial_requests_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BudgetRead, self.brand_id)
    }
}

impl Loadable for expense::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::expenses_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        let own = context.actor().is_some_and(|actor| actor.user_id == self.created_by);
        let relation = Relation { own, assigned: false };
        context.extent(Action::ExpenseRead, self.brand_id).is_some_and(|extent| extent.covers(relation))
    }
}

impl Grouped for budget_line::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::lines_of_budgets(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.budget_id
    }
}

impl Grouped for BudgetForecast {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        finance::forecasts_of_budgets(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.budget_id
    }
}
