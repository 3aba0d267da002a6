//! Limits, checked before anything runs and announced with every answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest, NextValidation};
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{Object, Response, ServerError, SimpleObject, ValidationResult, Value, value};
use chrono::{DateTime, Duration, Utc};

use super::error::request_error;

/// The longest request body, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// The deepest nesting of fields. The introspection query of common clients nests 13 deep.
pub const MAX_DEPTH: usize = 16;
/// The most points that one operation may cost: one per field, rows of lists multiplied.
pub const MAX_COMPLEXITY: usize = 20_000;
/// How deep the parser follows nested selections.
pub const MAX_RECURSION: usize = 32;
/// The most directives on one field.
pub const MAX_DIRECTIVES: usize = 8;
/// The most aliases in one document.
pub const MAX_ALIASES: usize = 40;
/// The most mutations in one operation.
pub const MAX_MUTATIONS: usize = 20;
/// Points that one caller may spend per window.
const BUDGET: usize = 200_000;
/// How long a window is.
const WINDOW: Duration = Duration::minutes(1);

/// What a document is, as far as the transport must know before it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Whether it asks for the schema.
    pub introspects: bool,
}

/// Looks at a parsed document: which operation it is, and whether it stays within the limits that the schema does not check.
pub fn check_document(document: &ExecutableDocument, operation: Option<&str>) -> async_graphql::Result<Document> {
    let mut found = None;
    let mut aliases = 0;
    let mut introspects = false;
    for (name, definition) in document.operations.iter() {
        let definition = &definition.node;
        let set = &definition.selection_set.node;
        aliases += count_aliases(set);
        introspects |= asks_for_schema(set);
        if operation.is_none_or(|wanted| name.is_some_and(|name| name.as_str() == wanted)) {
            if found.is_some() {
                return Err(request_error("BAD_REQUEST", "Several operations were sent: name one in `operationName`."));
            }
            if definition.ty == OperationType::Mutation && set.items.len() > MAX_MUTATIONS {
                return Err(request_error(
                    "TOO_COMPLEX",
                    format!("One operation holds at most {MAX_MUTATIONS} mutations."),
                ));
            }
            found = Some(definition.ty);
        }
    }
    for fragment in document.fragments.values() {
        aliases += count_aliases(&fragment.node.selection_set.node);
        introspects |= asks_for_schema(&fragment.node.selection_set.node);
    }
    if aliases > MAX_ALIASES {
        return Err(request_error("TOO_COMPLEX", format!("One document holds at most {MAX_ALIASES} aliases.")));
    }
    let kind = found.ok_or_else(|| request_error("BAD_REQUEST", "There is no operation of this name."))?;
    Ok(Document { kind, introspects })
}

fn count_aliases(set: &SelectionSet) -> usize {
    set.items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => {
                usize::from(field.node.alias.is_some()) + count_aliases(&field.node.selection_set.node)
            }
            Selection::InlineFragment(fragment) => count_aliases(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => 0,
        })
        .sum()
}

fn asks_for_schema(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => matches!(field.node.name.node.as_str(), "__schema" | "__type"),
        Selection::InlineFragment(fragment) => asks_for_schema(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}

/// What a caller has spent in the window that runs.
#[derive(Debug, Clone, Copy)]
struct Spent {
    since: DateTime<Utc>,
    points: usize,
}

/// Points per caller and minute, kept by each API process for itself.
#[derive(Debug, Default)]
pub struct RateLimiter(Mutex<HashMap<String, Spent>>);

/// What a caller may still spend.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct RateLimit {
    /// Points per window.
    pub limit: usize,
    /// Points left in this window.
    pub remaining: usize,
    /// When the next window begins.
    pub reset_at: DateTime<Utc>,
}

impl RateLimiter {
    /// Spends points of a caller. `None` when there are not enough left: nothing is spent then.
    fn spend(&self, caller: &str, points: usize, now: DateTime<Utc>) -> (bool, RateLimit) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > 10_000 {
            all.retain(|_, spent| spent.since + WINDOW > now);
        }
        let spent = all.entry(caller.to_owned()).or_insert(Spent { since: now, points: 0 });
        if spent.since + WINDOW <= now {
            *spent = Spent { since: now, points: 0 };
        }
        let allowed = spent.points + points <= BUDGET;
        if allowed {
            spent.points += points;
        }
        (allowed, RateLimit { limit: BUDGET, remaining: BUDGET - spent.points, reset_at: spent.since + WINDOW })
    }
}

/// The meter of one request: whose points it spends, and what it found.
#[derive(Debug)]
pub struct Meter {
    limiter: Arc<RateLimiter>,
    caller: String,
    now: DateTime<Utc>,
    seen: Mutex<Option<(usize, RateLimit)>>,
}

impl Meter {
    /// A meter for this caller: a person's id or a stranger's address.
    pub fn new(limiter: Arc<RateLimiter>, caller: String, now: DateTime<Utc>) -> Self {
        Self { limiter, caller, now, seen: Mutex::new(None) }
    }

    fn spend(&self, points: usize) -> bool {
        let (allowed, left) = self.limiter.spend(&self.caller, points, self.now);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((points, left));
        allowed
    }

    /// What the caller may still spend.
    pub fn left(&self) -> RateLimit {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map_or_else(|| self.limiter.spend(&self.caller, 0, self.now).1, |(_, left)| left)
    }

    /// What the operation cost, once it has been measured.
    fn cost(&self) -> Option<usize> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).map(|(points, _)| points)
    }
}

/// Measures each operation before it runs, refuses what the caller cannot pay, and tells the price.
pub struct CostExtension;

impl ExtensionFactory for CostExtension {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for CostExtension {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        let Some(meter) = ctx.data_opt::<Arc<Meter>>() else {
            return response;
        };
        let left = meter.left();
        let Some(cost) = meter.cost() else {
            return response;
        };
        let told: Value = value!({
            "requested": cost,
            "maximum": MAX_COMPLEXITY,
            "limit": left.limit,
            "remaining": left.remaining,
            "resetAt": (left.reset_at.to_rfc3339()),
        });
        response.extension("cost", told)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        if let Some(meter) = ctx.data_opt::<Arc<Meter>>()
            && !meter.spend(result.complexity)
        {
            let reset = meter.left().reset_at.to_rfc3339();
            let error = request_error("RATE_LIMITED", format!("You have spent your points. New ones come at {reset}."));
            return Err(vec![error.into_server_error(async_graphql::Pos::default())]);
        }
        Ok(result)
    }
}

/// Queries about the limits themselves.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// What the caller may still spend; the same as the `RateLimit` headers of every answer.
    async fn rate_limit(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<RateLimit> {
        Ok(ctx.data::<Arc<Meter>>()?.left())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, operation: Option<&str>) -> async_graphql::Result<Document> {
        check_document(&async_graphql::parser::parse_query(text).unwrap(), operation)
    }

    #[test]
    fn the_operation_is_found() {
        assert_eq!(check("{ viewer { can } }", None).unwrap().kind, OperationType::Query);
        let two = "query A { viewer { id } } mutation B { signOut { signedOut } }";
        assert_eq!(check(two, Some("B")).unwrap().kind, OperationType::Mutation);
        assert!(check(two, None).is_err());
        assert!(check(two, Some("C")).is_err());
        assert!(
            check("query I { ...F } fragment F on Query { __schema { types { name } } }", None).unwrap().introspects
        );
    }

    #[test]
    fn aliases_are_counted_wherever_they_stand() {
        let many: String = (0..=MAX_ALIASES).map(|n| format!("a{n}: agency {{ id }} ")).collect();
        assert!(check(&format!("{{ {many} }}"), None).is_err());
        assert!(check(&format!("{{ ...F }} fragment F on Query {{ {many} }}"), None).is_err());
    }

    #[test]
    fn points_come_back_with_the_next_window() {
        let limiter = RateLimiter::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert!(limiter.spend("a", BUDGET, now).0);
        assert!(!limiter.spend("a", 1, now).0);
        assert!(limiter.spend("b", 1, now).0);
        assert!(limiter.spend("a", 1, now + WINDOW).0);
    }
}
