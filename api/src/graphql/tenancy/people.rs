//! People as the API shows them.

use async_graphql::{ID, Object, Result, SimpleObject};
use diwan_domain::permission;
use diwan_entity::tenancy::app_user;

use super::brand::Brand;
use super::types::{Action, Level, Locale, UserKind};
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;

/// A person, or a program, who signs in.
pub struct User {
    pub op: Op,
    pub row: app_user::Model,
}

/// A person, or a program, who signs in.
#[Object]
impl User {
    /// The person's id.
    pub async fn id(&self) -> ID {
        Kind::User.id(self.row.id)
    }
    /// Their name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What kind of account they have.
    async fn kind(&self) -> UserKind {
        self.row.kind.into()
    }
    /// The language that they read.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Their address: for themselves and for those who hold a level agency-wide, else null.
    async fn email(&self) -> Option<&str> {
        let actor = self.op.actor()?;
        if actor.user_id == self.row.id || actor.agency_level.is_some() { self.row.email.as_deref() } else { None }
    }
    /// The level that they hold agency-wide, if any.
    async fn agency_level(&self) -> Option<Level> {
        self.row.agency_level.map(Level::from)
    }
}

/// A place of the caller in a brand.
#[derive(SimpleObject)]
pub struct ViewerMembership {
    /// The brand.
    pub brand: Brand,
    /// The level held there.
    pub level: Level,
}

/// Who asks.
pub struct Viewer {
    pub op: Op,
}

/// Who asks.
#[Object]
impl Viewer {
    /// The person.
    async fn user(&self) -> Result<User> {
        let actor = self.op.query(self.op.signed_in())?;
        Ok(User { op: self.op.clone(), row: self.op.must_load(actor.user_id).await? })
    }

    /// The places that the caller holds now. A level held agency-wide is `user.agencyLevel`, and holds in every brand.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn memberships(&self) -> Result<Vec<ViewerMembership>> {
        let actor = self.op.query(self.op.signed_in())?;
        let mut places: Vec<_> = actor.levels.iter().collect();
        places.sort_unstable();
        let places = places.into_iter().map(async |(brand_id, level)| {
            let row = self.op.must_load(*brand_id).await?;
            Result::Ok(ViewerMembership { brand: Brand { op: self.op.clone(), row }, level: (*level).into() })
        });
        futures::future::try_join_all(places).await
    }

    /// Whether the caller may do something, so that a client can grey out what would be refused.
    async fn can(
        &self,
        #[graphql(desc = "What.")] action: Action,
        #[graphql(desc = "In which brand; left out for what is the agency's.")] on: Option<ID>,
    ) -> Result<bool> {
        let brand_id = match &on {
            Some(id) => self.op.query(Kind::Brand.parse(id, "on"))?,
            None => uuid::Uuid::nil(),
        };
        let action: permission::Action = action.into();
        if action.rule().reach == permission::Reach::Brand
            && self.op.query(self.op.brand_archived(brand_id).await)?.is_none()
        {
            return Ok(false);
        }
        Ok(self.op.may(action, brand_id))
    }
}
