//! Batched loading of proposals, projects and what belongs to them.

use diwan_domain::{Action, Context, Failure, projects, proposals};
use diwan_entity::projects::{project, project_campaign, work_item};
use diwan_entity::proposals::{
    proposal, proposal_acceptance, proposal_comment, proposal_line, proposal_template, proposal_version,
};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for proposal::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::proposals_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ProposalRead, self.brand_id)
    }
}

impl Loadable for proposal_version::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::versions_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ProposalRead, self.brand_id)
    }
}

impl Loadable for proposal_comment::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::comments_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ProposalRead, self.brand_id)
    }
}

impl Loadable for proposal_template::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::templates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        proposals::reads_whole(context, self.brand_id)
    }
}

impl Loadable for project::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        projects::projects_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ProjectRead, self.brand_id)
    }
}

impl Loadable for work_item::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        projects::work_items_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ProjectRead, self.brand_id)
    }
}

impl Grouped for proposal_version::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::versions_of_proposals(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.proposal_id
    }
}

impl Grouped for proposal_line::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::lines_of_versions(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.version_id
    }
}

impl Grouped for proposal_comment::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::comments_of_proposals(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.proposal_id
    }
}

impl Grouped for proposal_acceptance::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        proposals::acceptances_of_proposals(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.proposal_id
    }
}

impl Grouped for work_item::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        projects::work_items_of_projects(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.project_id
    }
}

impl Grouped for project_campaign::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        projects::campaigns_of_projects(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.project_id
    }
}
