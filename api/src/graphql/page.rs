//! Relay connections over the domain's pages.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{OutputType, Result};
use diwan_domain::paging::{MAX_PAGE, Page, Slice};
use diwan_gate::MAX_COMPLEXITY;
use diwan_platform::ids;
use uuid::Uuid;

use super::error::request_error;

/// The four arguments of a connection.
pub struct Window {
    /// How many from the beginning.
    pub first: Option<i32>,
    /// Only after this cursor.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Only before this cursor.
    pub before: Option<String>,
}

const CURSOR: &str = "cursor";

impl Window {
    /// The page that is asked for: exactly one of `first` and `last`, 1 to 100.
    pub fn page(&self) -> Result<Page> {
        let (size, from_end) = match (self.first, self.last) {
            (Some(size), None) => (size, false),
            (None, Some(size)) => (size, true),
            _ => return Err(request_error("BAD_REQUEST", "Give either `first` or `last`.")),
        };
        let size = u64::try_from(size).ok().filter(|size| (1..=MAX_PAGE).contains(size));
        let size = size.ok_or_else(|| request_error("BAD_REQUEST", "`first` and `last` are 1 to 100."))?;
        Ok(Page { size, after: cursor(self.after.as_deref())?, before: cursor(self.before.as_deref())?, from_end })
    }
}

fn cursor(text: Option<&str>) -> Result<Option<Uuid>> {
    let parse =
        |text| ids::decode(CURSOR, text).ok_or_else(|| request_error("BAD_REQUEST", "This cursor is not one of ours."));
    text.map(parse).transpose()
}

/// A slice as a connection.
pub fn connection<T, N: OutputType>(
    slice: Slice<T>,
    id: impl Fn(&T) -> Uuid,
    node: impl Fn(T) -> N,
) -> Connection<String, N> {
    let mut connection = Connection::new(slice.has_previous, slice.has_next);
    connection.edges.extend(slice.rows.into_iter().map(|row| Edge::new(ids::encode(CURSOR, id(&row)), node(row))));
    connection
}

/// What a connection costs: its rows at the cost of one each. What is refused in any case is not counted further, so that
/// connections in connections stay a number.
pub fn cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let rows = first.or(last).unwrap_or(1).clamp(1, 100);
    (1 + usize::try_from(rows).unwrap_or(1) * child).min(MAX_COMPLEXITY + 1)
}
