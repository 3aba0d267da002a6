//! Queries for ideas.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::Failure;
use diwan_domain::ideas::{self, IdeaFilter};
use uuid::Uuid;

use super::types::{Idea, IdeaBoard, IdeaState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which ideas are wanted.
#[derive(InputObject, Default)]
struct IdeaFilterInput {
    /// In one of these columns; in any when empty.
    #[graphql(default)]
    states: Vec<IdeaState>,
    /// For one of these pillars; for any or none when empty.
    #[graphql(default)]
    pillar_ids: Vec<ID>,
    /// Given to one of these people; to anybody or nobody when empty.
    #[graphql(default)]
    assignee_ids: Vec<ID>,
    /// With this tag, in any case.
    tag: Option<String>,
    /// Whose title, note or tags hold this, in any case; up to 200 characters.
    search: Option<String>,
    /// Those that were put away, instead of those that were not.
    #[graphql(default)]
    archived: bool,
}

impl IdeaFilterInput {
    fn into_domain(self) -> Result<IdeaFilter, Failure> {
        let parse = |kind: Kind, ids: &[ID], field: &str| {
            let ids = ids.iter().enumerate();
            let ids = ids.map(|(place, id)| kind.parse(id, &format!("filter.{field}.{place}")));
            ids.collect::<Result<Vec<Uuid>, Failure>>()
        };
        Ok(IdeaFilter {
            states: self.states.into_iter().map(Into::into).collect(),
            pillar_ids: parse(Kind::Pillar, &self.pillar_ids, "pillarIds")?,
            assignee_ids: parse(Kind::User, &self.assignee_ids, "assigneeIds")?,
            tag: self.tag,
            search: self.search,
            archived: self.archived,
        })
    }
}

/// Columns of the board.
const COLUMNS: usize = 4;

/// Queries for ideas.
#[derive(Default)]
pub struct IdeaQuery;

#[Object]
impl IdeaQuery {
    /// The ideas of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn ideas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<IdeaFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Idea>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = op.query(filter.unwrap_or_default().into_domain())?;
        let slice = op.query(ideas::ideas(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Idea { op: op.clone(), row }))
    }

    /// The ideas of a brand in columns, as somebody put them in order. For the agency's staff.
    #[graphql(complexity = "cost(Some(first), None, COLUMNS * child_complexity)")]
    async fn idea_board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many of each column, 1 to 100.", default = 100)] first: i32,
    ) -> Result<IdeaBoard> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first: Some(first), after: None, last: None, before: None }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        Ok(IdeaBoard::of(op, op.query(ideas::idea_board(op, brand_id, page.size).await)?))
    }
}
