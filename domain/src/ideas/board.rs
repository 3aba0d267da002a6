//! Reading ideas: the board, the list, and ideas by what became of them.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea::{self, IdeaState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, Iterable as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The most ideas of a column that the board shows.
pub const MOST_SHOWN: u64 = 100;

/// Which ideas are wanted.
#[derive(Debug, Clone, Default)]
pub struct IdeaFilter {
    /// In one of these columns; in any when empty.
    pub states: Vec<IdeaState>,
    /// For one of these pillars; for any or none when empty.
    pub pillar_ids: Vec<Uuid>,
    /// Given to one of these people; to anybody or nobody when empty.
    pub assignee_ids: Vec<Uuid>,
    /// With this tag.
    pub tag: Option<String>,
    /// Whose title, note or tags hold this, in any case; up to 200 characters.
    pub search: Option<String>,
    /// Those that were put away, instead of those that were not.
    pub archived: bool,
}

/// The ideas of a brand, newest first.
pub async fn ideas(
    context: &Context,
    brand_id: Uuid,
    filter: IdeaFilter,
    page: Page,
) -> Result<Slice<idea::Model>, Failure> {
    context.permit(Action::IdeaRead, brand_id).await?;
    let away = idea::Column::ArchivedAt;
    let mut all = Condition::all().add(if filter.archived { away.is_not_null() } else { away.is_null() });
    if !filter.states.is_empty() {
        all = all.add(idea::Column::State.is_in(filter.states));
    }
    if !filter.pillar_ids.is_empty() {
        all = all.add(idea::Column::PillarId.is_in(filter.pillar_ids));
    }
    if !filter.assignee_ids.is_empty() {
        all = all.add(idea::Column::AssigneeId.is_in(filter.assignee_ids));
    }
    if let Some(tag) = asked(filter.tag, "filter.tag")? {
        all = all.add(Expr::cust_with_values("tags @> $1", [vec![tag]]));
    }
    if let Some(text) = asked(filter.search, "filter.search")? {
        let pattern = format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"));
        let holds = "title || ' ' || note || ' ' || array_to_string(tags, ' ') ilike $1";
        all = all.add(Expr::cust_with_values(holds, [pattern]));
    }
    newest_first(context, idea::Entity::in_brand(brand_id).filter(all), idea::Column::Id, page).await
}

/// What is looked for, in lower case; none where it is nothing.
fn asked(text: Option<String>, field: &str) -> Result<Option<String>, Failure> {
    let text = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.contains('\0') || text.chars().count() > 200) {
        return Err(UserError::at(Code::Invalid, field).into());
    }
    Ok(text)
}

/// A column of the board.
#[derive(Debug, Clone)]
pub struct Column {
    /// Which.
    pub state: IdeaState,
    /// How many ideas are in it, shown or not.
    pub count: i64,
    /// The first of them, in their order; of TAKEN, the last that were taken.
    pub ideas: Vec<idea::Model>,
}

/// The first of each column by the index that has them in this order: no more is read than is shown.
const BOARD: &str = "
  select i.* from unnest($2::text[]) with ordinality s (state, n)
    cross join lateral (select * from idea i where i.brand_id = $1 and i.state = s.state and i.archived_at is null
      order by i.position, i.post_id desc limit $3) i
  order by s.n, i.position, i.post_id desc";

#[derive(FromQueryResult)]
struct Counted {
    state: String,
    count: i64,
}

/// The board of a brand: all columns in their order, each with its first `most` ideas. Two statements.
pub async fn idea_board(context: &Context, brand_id: Uuid, most: u64) -> Result<Vec<Column>, Failure> {
    context.permit(Action::IdeaRead, brand_id).await?;
    let most = i64::try_from(most.min(MOST_SHOWN)).unwrap_or_default();
    let states: Vec<String> = IdeaState::iter().map(|state| state.to_value()).collect();
    let shown: Vec<idea::Model> = context.rows(BOARD, [brand_id.into(), states.into(), most.into()]).await?;
    let sql = "select state, count(*) as count from idea where brand_id = $1 and archived_at is null group by state";
    let counts: Vec<Counted> = context.rows(sql, [brand_id.into()]).await?;
    let mut columns: Vec<Column> = IdeaState::iter()
        .map(|state| {
            let counted = counts.iter().find(|row| row.state == state.to_value());
            Column { state, count: counted.map_or(0, |row| row.count), ideas: Vec::new() }
        })
        .collect();
    for row in shown {
        if let Some(column) = columns.iter_mut().find(|column| column.state == row.state) {
            column.ideas.push(row);
        }
    }
    Ok(columns)
}

/// Ideas by id.
pub async fn ideas_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<idea::Model>, Failure> {
    Ok(context.all(idea::Entity::visible(ids.iter().copied())).await?)
}

/// The ideas that became these posts.
pub async fn ideas_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<idea::Model>, Failure> {
    Ok(context.all(idea::Entity::find().filter(idea::Column::PostId.is_in(post_ids.iter().copied()))).await?)
}

/// The ideas that were made of these items of feeds.
pub async fn ideas_of_items(context: &Context, item_ids: &[Uuid]) -> Result<Vec<idea::Model>, Failure> {
    Ok(context.all(idea::Entity::find().filter(idea::Column::ItemId.is_in(item_ids.iter().copied()))).await?)
}
