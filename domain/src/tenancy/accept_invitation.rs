//! Accepting an invitation: a stranger with the link chooses a password and is signed in.

use diwan_entity::tenancy::app_user;
use diwan_platform::crypto::sha256;
use diwan_platform::{db, password};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;
use crate::trust::{self, Session};

#[derive(FromQueryResult)]
struct Taken {
    user_id: Uuid,
    state: String,
}

/// Takes the invitation, writes name and password, and begins a session.
pub async fn accept_invitation(
    context: &Context,
    token: &str,
    name: &str,
    password: String,
    user_agent: &str,
) -> Result<Session, Failure> {
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200).to_owned();
    trust::check_password(&mut wrong, "password", &password, &[&name]);
    wrong.check()?;
    let values = [sha256(token.trim().as_bytes()).to_vec().into(), context.now.into()];
    let taken: Option<Taken> = db::one(context.own_tx(), "select * from app.take_invitation($1, $2)", values).await?;
    let taken = taken.ok_or_else(|| UserError::at(Code::LinkInvalid, "token"))?;
    if taken.state == "EXPIRED" {
        return Err(UserError::at(Code::LinkExpired, "token").into());
    }
    let hash = password::hash(password).await.map_err(|error| Fault::broken(error.to_string()))?;
    let actor = context.enter_user(taken.user_id, None).await?;
    app_user::Entity::update_many()
        .col_expr(app_user::Column::Name, Expr::value(name))
        .col_expr(app_user::Column::PasswordHash, Expr::value(hash))
        .col_expr(app_user::Column::JoinedAt, Expr::value(context.now))
        .filter(app_user::Column::Id.eq(taken.user_id))
        .exec(context.own_tx())
        .await?;
    let permit = Permit {
        tx: context.own_tx(),
        brand_id: Uuid::nil(),
        actor_id: Some(taken.user_id),
        agency_id: actor.agency_id,
    };
    trust::record(permit, context.now, "user.join", taken.user_id, serde_json::json!({})).await?;
    trust::start_session(context, taken.user_id, user_agent).await
}
