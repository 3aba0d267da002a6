//! People, their places, and what they decide.

use diwan_domain::permission::Extent;
use diwan_domain::{Action, Context, Failure, approvals, tenancy, trust};
use diwan_entity::approvals::{approval_chain, approval_entry, approval_request, approval_step, delegation};
use diwan_entity::tenancy::{agency, app_user, brand_group, invitation, membership};
use diwan_entity::trust::api_token;
use uuid::Uuid;

use super::{Grouped, Loadable};

impl Loadable for agency::Model {
    async fn load(context: &Context, _ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        Ok(vec![tenancy::agency(context).await?])
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.actor().is_some()
    }
}

impl Loadable for brand_group::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::groups_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Row-level security shows it to agency-wide levels and to staff of one of its brands.
        context.actor().is_some_and(|actor| actor.kind == app_user::UserKind::Staff)
    }
}

impl Loadable for membership::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::memberships_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        let own = context.actor().is_some_and(|actor| actor.user_id == self.user_id);
        own || context.may(Action::MemberRead, self.brand_id)
    }
}

impl Loadable for app_user::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::users_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Only staff have a directory; everybody knows themselves.
        context.actor().is_some_and(|actor| actor.user_id == self.id || actor.kind == app_user::UserKind::Staff)
    }
}

impl Grouped for membership::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::memberships_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.user_id
    }
}

impl Grouped for invitation::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::invitations_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.user_id
    }
}

impl Loadable for approval_request::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::requests_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ApprovalRead, self.brand_id)
    }
}

impl Loadable for approval_chain::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::chains_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Who decides is the team's to know.
        context.extent(Action::ApprovalRead, self.brand_id) == Some(Extent::Any)
    }
}

impl Loadable for delegation::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::delegations_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.actor().is_some_and(|actor| actor.user_id == self.from_id || actor.user_id == self.to_id)
    }
}

impl Grouped for approval_request::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::requests_about(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.subject_id
    }
}

impl Grouped for approval_step::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::steps_of_requests(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.request_id
    }
}

impl Grouped for approval_entry::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::history_of_requests(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.request_id
    }
}

impl Grouped for approvals::Decidable {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        approvals::can_decide(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.request_id
    }
}

impl Grouped for api_token::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        trust::tokens_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.user_id
    }
}
