//! Pages of a list, by keyset: a page begins after the last row of the one before, wherever rows come and go.
//!
//! Ids are `UUIDv7`, so that the id alone is a stable order by time: newest first.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};

/// The most rows that one page may hold.
pub const MAX_PAGE: u64 = 100;

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many, 1 to [`MAX_PAGE`].
    pub size: u64,
    /// Only what comes after this row.
    pub after: Option<Uuid>,
    /// Only what comes before this row.
    pub before: Option<Uuid>,
    /// Counted from the end of the list instead of the beginning.
    pub from_end: bool,
}

/// A part of a list, in the order of the list.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are rows before.
    pub has_previous: bool,
    /// Whether there are rows after.
    pub has_next: bool,
}

/// The pattern for `ilike` of what holds a text that is looked for, up to 200 characters; none where nothing is.
pub(crate) fn pattern(search: Option<&str>, field: &str) -> Result<Option<String>, Failure> {
    let Some(text) = search.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.contains('\0') || text.chars().count() > 200 {
        return Err(UserError::at(Code::Invalid, field).into());
    }
    Ok(Some(format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))))
}

/// Reads one page of a list that runs from the newest id to the oldest.
pub async fn newest_first<E>(
    context: &Context,
    select: Select<E>,
    id: E::Column,
    page: Page,
) -> Result<Slice<E::Model>, Failure>
where
    E: EntityTrait,
    E::Model: Send,
{
    let mut select = select;
    if let Some(after) = page.after {
        select = select.filter(id.lt(after));
    }
    if let Some(before) = page.before {
        select = select.filter(id.gt(before));
    }
    select = if page.from_end { select.order_by_asc(id) } else { select.order_by_desc(id) };
    let mut rows = context.all(select.limit(page.size + 1)).await?;
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    if page.from_end {
        rows.reverse();
    }
    // Towards the far side the extra row tells; on the near side a cursor means that something lies beyond it.
    let (has_previous, has_next) =
        if page.from_end { (more, page.before.is_some()) } else { (page.after.is_some(), more) };
    Ok(Slice { rows, has_previous, has_next })
}
