//! Asking for a place to upload to: a signed, expiring address that takes one file.

use chrono::Duration;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::signed::{self, Link};
use sea_orm::{ActiveValue::Set, EntityTrait};
use url::Url;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;

/// What the upload's address is signed for.
pub const UPLOAD_PURPOSE: &str = "asset upload";

const LIFETIME: Duration = Duration::minutes(15);

/// An asset that waits for its bytes, and where to send them with `PUT`.
#[derive(Debug)]
pub struct RequestedUpload {
    /// The asset.
    pub asset: asset::Model,
    /// Where to.
    pub url: Url,
    /// Until when.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

/// Makes an asset that waits for its file. The name is a label only, never a path.
pub async fn request_upload(
    context: &Context,
    brand_id: Uuid,
    file_name: &str,
    alt_text: &str,
) -> Result<RequestedUpload, Failure> {
    let permit = context.permit(Action::AssetUpload, brand_id).await?;
    let mut wrong = Complaints::default();
    let file_name = wrong.text("fileName", file_name, 255);
    if file_name.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        wrong.add(UserError::at(Code::Invalid, "fileName"));
    }
    if alt_text.contains('\0') {
        wrong.add(UserError::at(Code::Invalid, "altText"));
    }
    if alt_text.chars().count() > 5000 {
        wrong.add(
            UserError::at(Code::TooLong, "altText").number("limit", 5000).number("actual", alt_text.chars().count()),
        );
    }
    wrong.check()?;
    let asset = asset::Entity::insert(asset::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        file_name: Set(file_name.to_owned()),
        alt_text: Set(alt_text.trim().to_owned()),
        state: Set(AssetState::AwaitingUpload),
        uploaded_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    let expires_at = context.now + LIFETIME;
    let token = signed::sign(&context.services.keys, UPLOAD_PURPOSE, Link { brand_id, id: asset.id, expires_at });
    let url = context.services.link(&format!("uploads/{token}"))?;
    Ok(RequestedUpload { asset, url, expires_at })
}
