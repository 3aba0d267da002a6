//! What a post is for, and what stands behind it.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, Partnership};
use diwan_entity::strategy::content_pillar;
use sea_orm::ColumnTrait as _;
use sea_orm::QueryFilter as _;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};

/// What a post is for, and what stands behind it. What is left out stays as it is, nothing on a new post; the inner `None`
/// takes it away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PostMarks {
    /// The pillar.
    pub pillar_id: Option<Option<Uuid>>,
    /// Whose money or gifts stand behind it.
    pub partnership: Option<Option<Partnership>>,
}

impl PostMarks {
    /// The pillar from now on.
    pub(crate) fn pillar(self, before: Option<&post::Model>) -> Option<Uuid> {
        self.pillar_id.unwrap_or_else(|| before.and_then(|post| post.pillar_id))
    }

    /// The partnership from now on.
    pub(crate) fn partnership(self, before: Option<&post::Model>) -> Option<Partnership> {
        self.partnership.unwrap_or_else(|| before.and_then(|post| post.partnership))
    }

    /// That the pillar is one that the caller sees, of the brand, and not put away. One statement, if there is a pillar.
    pub(crate) async fn check(self, context: &Context, brand_id: Uuid, wrong: &mut Complaints) -> Result<(), Failure> {
        let Some(Some(id)) = self.pillar_id else { return Ok(()) };
        let select = content_pillar::Entity::in_brand(brand_id).filter(content_pillar::Column::Id.eq(id));
        match context.one(select).await? {
            None => wrong.add(UserError::at(Code::NotFound, "pillarId")),
            Some(pillar) if pillar.archived_at.is_some() => {
                wrong.add(UserError::at(Code::WrongState, "pillarId").text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
        Ok(())
    }
}
