//! One operation: the domain's context, shared by the resolvers and the loaders.

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::ErrorExtensions as _;
use async_graphql::dataloader::DataLoader;
use diwan_domain::trust::{Origin, Outcome};
use diwan_domain::{Context, Credential, Failure, Fault};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::error::{Refused, map_failure};
use super::loaders::{Batch, ById, Grouped, Loadable, Of};

/// Who a request says it is, from its access token or API token.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub Credential);

impl Caller {
    /// Under which name the caller pays.
    pub fn payer(&self) -> String {
        match self.0 {
            Credential::Session { user_id, .. } => user_id.to_string(),
            Credential::Token(hash) => Uuid::from_bytes(hash[..16].try_into().unwrap_or_default()).to_string(),
        }
    }
}

/// What a request brought along that a command wants to know.
#[derive(Debug, Clone, Default)]
pub struct RequestFacts {
    /// Where it comes from.
    pub origin: Origin,
    /// Names the request in the log and in the answer.
    pub request_id: String,
}

struct Inner {
    context: Arc<Context>,
    loader: DataLoader<Batch>,
    tasks: TaskTracker,
    facts: RequestFacts,
}

/// What an operation has, without its types: every object of the answer holds it, and for each of them the compiler would prove
/// anew that whatever is below may go from thread to thread, down to the client of mail. That was most of its work.
trait Whole: Send + Sync {
    fn inner(&self) -> &Inner;
    fn into_inner(self: Box<Self>) -> Inner;
}

impl Whole for Inner {
    fn inner(&self) -> &Inner {
        self
    }

    fn into_inner(self: Box<Self>) -> Inner {
        *self
    }
}

/// One operation: every object of the answer holds it.
#[derive(Clone)]
pub struct Op(Arc<Box<dyn Whole>>);

impl Deref for Op {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.inner().context
    }
}

impl Op {
    fn inner(&self) -> &Inner {
        self.0.inner()
    }

    /// Begins an operation.
    pub fn new(context: Context, facts: RequestFacts) -> Self {
        let context = Arc::new(context);
        let tasks = TaskTracker::new();
        let spawner = tasks.clone();
        let loader = DataLoader::new(Batch(Arc::clone(&context)), move |task| {
            spawner.spawn(task);
        });
        Self(Arc::new(Box::new(Inner { context, loader, tasks, facts })))
    }

    /// What the request brought along.
    pub fn facts(&self) -> &RequestFacts {
        &self.inner().facts
    }

    /// Gives the domain's context back when the answer has been made and nothing uses it any more.
    pub async fn end(self) -> Option<Context> {
        self.inner().tasks.close();
        self.inner().tasks.wait().await;
        let inner = Arc::into_inner(self.0)?.into_inner();
        drop(inner.loader);
        Arc::into_inner(inner.context)
    }

    /// The operation of the field that is being resolved.
    pub fn of<'a>(ctx: &async_graphql::Context<'a>) -> async_graphql::Result<&'a Self> {
        ctx.data_opt::<Self>().ok_or_else(|| {
            async_graphql::Error::new(
                "Queries and mutations go to POST /graphql; this connection is for subscriptions.",
            )
            .extend_with(|_, extensions| extensions.set("code", "BAD_REQUEST"))
        })
    }

    /// Runs a command so that a refusal leaves nothing behind: the object, or why not.
    pub async fn command<T>(
        &self,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> async_graphql::Result<(Option<T>, Vec<Refused>)> {
        let context: &Context = self;
        let fault = |error| map_failure(self, Failure::from(error));
        context.savepoint().await.map_err(fault)?;
        match command(context).await {
            Ok(done) => {
                context.end_savepoint(true).await.map_err(fault)?;
                Ok((Some(done), Vec::new()))
            }
            Err(Failure::Refused(errors)) => {
                context.end_savepoint(false).await.map_err(fault)?;
                let locale = context.locale();
                Ok((None, errors.iter().map(|error| Refused::new(locale, error)).collect()))
            }
            Err(failure) => Err(map_failure(self, failure)),
        }
    }

    /// Runs a command whose refusals leave a trace, such as a failed attempt that counts.
    pub async fn counted<T>(
        &self,
        command: impl AsyncFnOnce(&Context) -> Result<Outcome<T>, Failure>,
    ) -> async_graphql::Result<(Option<T>, Vec<Refused>)> {
        Ok(match self.command(command).await? {
            (Some(Ok(done)), refused) => (Some(done), refused),
            (Some(Err(error)), _) => (None, vec![Refused::new(self.locale(), &error)]),
            (None, refused) => (None, refused),
        })
    }

    /// One row by its id, batched with whatever else is asked for at the same time.
    pub async fn load<T: Loadable>(&self, id: Uuid) -> async_graphql::Result<Option<T>> {
        self.inner().loader.load_one(ById::<T>::new(id)).await.map_err(|failure| self.shared_fault(&failure))
    }

    /// A row that must be there because another row names it. Where it may not be read, the field is an error.
    pub async fn must_load<T: Loadable>(&self, id: Uuid) -> async_graphql::Result<T> {
        self.load(id).await?.ok_or_else(|| map_failure(self, diwan_domain::Code::NotFound.into()))
    }

    /// The rows that belong to a row, batched likewise.
    pub async fn load_of<T: Grouped>(&self, parent: Uuid) -> async_graphql::Result<Vec<T>> {
        let rows =
            self.inner().loader.load_one(Of::<T>::new(parent)).await.map_err(|failure| self.shared_fault(&failure))?;
        Ok(rows.unwrap_or_default())
    }

    /// A failure of a batch, which several fields share.
    fn shared_fault(&self, failure: &Failure) -> async_graphql::Error {
        map_failure(self, Failure::Fault(Fault::broken(failure.to_string())))
    }

    /// Maps a failure of a query.
    pub fn query<T>(&self, result: Result<T, Failure>) -> async_graphql::Result<T> {
        result.map_err(|failure| map_failure(self, failure))
    }
}
