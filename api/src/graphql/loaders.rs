//! Batched loading: all the rows of one kind that an operation wants at one time come in one statement.

mod people;
mod planning;

use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use diwan_domain::permission::Extent;
use diwan_domain::{Action, Context, Failure, calendar, insights, publishing, tenancy, trust};
use diwan_entity::calendar::{
    asset, calendar as calendars, comment_mention, content_export, content_import, content_promise, post,
    post_assignment, post_comment, post_variant, special_day, variant_asset,
};
use diwan_entity::insights::report_run;
use diwan_entity::publishing::{
    account_connection, publication, publication_attempt, publication_change, social_account,
};
use diwan_entity::tenancy::brand;
use diwan_entity::trust::job;
use uuid::Uuid;

/// Loads within one operation.
pub struct Batch(pub Arc<Context>);

/// Rows that are loaded by an id, and know in which brand they are.
pub trait Loadable: Clone + Send + Sync + Sized + 'static {
    /// Loads the rows of these ids.
    fn load(context: &Context, ids: &[Uuid]) -> impl Future<Output = Result<Vec<Self>, Failure>> + Send;
    /// The id by which it was asked for.
    fn key(&self) -> Uuid;
    /// Whether the caller may read it, beyond what row-level security hands out.
    fn may_read(&self, context: &Context) -> bool;
}

/// One row by its id.
pub struct ById<T>(pub Uuid, PhantomData<fn() -> T>);

impl<T> ById<T> {
    /// Asks for the row of this id.
    pub fn new(id: Uuid) -> Self {
        Self(id, PhantomData)
    }
}

impl<T> Clone for ById<T> {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl<T> PartialEq for ById<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for ById<T> {}

impl<T> Hash for ById<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[async_trait::async_trait]
impl<T: Loadable> Loader<ById<T>> for Batch {
    type Value = T;
    type Error = Arc<Failure>;

    async fn load(&self, keys: &[ById<T>]) -> Result<HashMap<ById<T>, T>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = T::load(&self.0, &ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().filter(|row| row.may_read(&self.0)).map(|row| (ById::new(row.key()), row)).collect())
    }
}

/// The rows that belong to one row: an id that several rows share.
pub struct Of<T>(pub Uuid, PhantomData<fn() -> T>);

impl<T> Of<T> {
    /// Asks for the rows that belong to this id.
    pub fn new(id: Uuid) -> Self {
        Self(id, PhantomData)
    }
}

impl<T> Clone for Of<T> {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl<T> PartialEq for Of<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Of<T> {}

impl<T> Hash for Of<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Rows that belong to another row.
pub trait Grouped: Clone + Send + Sync + Sized + 'static {
    /// Loads the rows that belong to these ids, in the order in which they are shown.
    fn load(context: &Context, parents: &[Uuid]) -> impl Future<Output = Result<Vec<Self>, Failure>> + Send;
    /// What it belongs to.
    fn parent(&self) -> Uuid;
}

#[async_trait::async_trait]
impl<T: Grouped> Loader<Of<T>> for Batch {
    type Value = Vec<T>;
    type Error = Arc<Failure>;

    async fn load(&self, keys: &[Of<T>]) -> Result<HashMap<Of<T>, Vec<T>>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut groups: HashMap<Of<T>, Vec<T>> = keys.iter().map(|key| (key.clone(), Vec::new())).collect();
        for row in T::load(&self.0, &ids).await.map_err(Arc::new)? {
            groups.entry(Of::new(row.parent())).or_default().push(row);
        }
        Ok(groups)
    }
}

/// What is written, planned and published is read by those who may read content.
fn reads_content(context: &Context, brand_id: Uuid) -> bool {
    context.may(Action::ContentRead, brand_id)
}

/// What only names a brand's things is read by those who may read the brand.
fn reads_brand(context: &Context, brand_id: Uuid) -> bool {
    context.may(Action::BrandRead, brand_id)
}

impl Loadable for brand::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        tenancy::brands_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_brand(context, self.id)
    }
}

impl Loadable for calendars::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::calendars_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_brand(context, self.brand_id)
    }
}

impl Loadable for asset::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::assets_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for post::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::posts_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for post_variant::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::variants_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for social_account::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::social_accounts_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_brand(context, self.brand_id)
    }
}

impl Loadable for account_connection::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::connections_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Its authorization address connects an account: only for those who may do that.
        context.may(Action::AccountConnect, self.brand_id)
    }
}

impl Loadable for publication::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::publications_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for content_import::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::imports_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ContentImport, self.brand_id)
    }
}

impl Loadable for content_export::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::export_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ContentExport, self.brand_id)
    }
}

impl Loadable for report_run::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        insights::reports_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ReportRun, self.brand_id)
    }
}

impl Loadable for job::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        trust::jobs_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // How work went is the team's to know.
        self.brand_id.is_some_and(|brand_id| context.extent(Action::ContentRead, brand_id) == Some(Extent::Any))
    }
}

impl Loadable for post_assignment::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::assignments_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for post_comment::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::comments_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_content(context, self.brand_id)
    }
}

impl Loadable for special_day::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::special_days_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        self.brand_id.map_or_else(|| context.actor().is_some(), |brand_id| reads_brand(context, brand_id))
    }
}

impl Loadable for content_promise::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::content_promises_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.extent(Action::ContentRead, self.brand_id) == Some(Extent::Any)
    }
}

impl Grouped for comment_mention::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::mentions_of_comments(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.comment_id
    }
}

impl Grouped for post_assignment::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::assignments_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
    }
}

impl Grouped for post_variant::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::variants_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
    }
}

impl Grouped for variant_asset::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::variant_assets(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.variant_id
    }
}

impl Grouped for publication::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::publications_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
    }
}

impl Grouped for publication_attempt::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::attempts_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.publication_id
    }
}

impl Grouped for publication_change::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::changes_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.publication_id
    }
}

impl Grouped for insights::LatestNumbers {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        insights::latest_numbers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.publication_id
    }
}
