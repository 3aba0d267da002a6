//! How a brand's reports look: with the brand's own logo, colour and letters, and with or without the agency's name.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind, AssetState, Licence};
use diwan_entity::insights::report_look::{self, ReportTypeface};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::media::unusable;
use crate::permission::Action;
use crate::trust;

/// The colour of reports that have none of their own.
pub const ACCENT: &str = "#1f5f8b";
/// The longest line at the foot, in characters.
const LONGEST_FOOTER: usize = 200;

/// How reports look: the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLook {
    /// A picture of the brand's media library.
    pub logo_id: Option<Uuid>,
    /// The colour of headings and charts: `#rrggbb`.
    pub accent: String,
    /// The letters.
    pub typeface: ReportTypeface,
    /// A line at the foot of every page, 1 to 200 characters; the agency's name when none.
    pub footer: Option<String>,
    /// Whether the agency's name stands at the head.
    pub names_agency: bool,
}

impl Default for ReportLook {
    fn default() -> Self {
        Self {
            logo_id: None,
            accent: ACCENT.to_owned(),
            typeface: ReportTypeface::Sans,
            footer: None,
            names_agency: true,
        }
    }
}

impl From<report_look::Model> for ReportLook {
    fn from(row: report_look::Model) -> Self {
        let report_look::Model { logo_id, accent, typeface, footer, names_agency, .. } = row;
        Self { logo_id, accent, typeface, footer, names_agency }
    }
}

/// The parts of a colour that is written `#rrggbb`: red, green, blue.
pub(super) fn rgb(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    // The library would also take a sign.
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some([part(0)?, part(2)?, part(4)?])
}

/// Whether a file of the library can be a logo; else why not.
pub(super) fn unfit(row: &asset::Model, now: chrono::DateTime<chrono::Utc>) -> Option<UserError> {
    const FIELD: &str = "look.logoId";
    if row.state != AssetState::Ready {
        return Some(UserError::at(Code::AssetNotReady, FIELD));
    }
    if !matches!(row.kind, Some(AssetKind::Image | AssetKind::Infographic)) {
        return Some(UserError::at(Code::FileTypeUnsupported, FIELD));
    }
    // Users allow posts and advertising on networks; a report is neither.
    if row.licence == Some(Licence::UserGenerated) {
        return Some(UserError::at(Code::GrantMissing, FIELD));
    }
    let mut error = unusable(row, now)?;
    error.field = FIELD.split('.').map(str::to_owned).collect();
    Some(error)
}

/// Says how a brand's reports look from now on. Reports that were made stay as they are.
pub async fn set_report_look(context: &Context, brand_id: Uuid, look: ReportLook) -> Result<ReportLook, Failure> {
    let permit = context.permit(Action::ReportLookSet, brand_id).await?;
    let mut wrong = Complaints::default();
    let accent = look.accent.to_ascii_lowercase();
    if rgb(&accent).is_none() {
        wrong.add(UserError::at(Code::Invalid, "look.accent"));
    }
    let footer = look.footer.as_deref().map(|text| wrong.text("look.footer", text, LONGEST_FOOTER).to_owned());
    if let Some(id) = look.logo_id {
        match context.one(asset::Entity::one_in_brand(brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "look.logoId")),
            Some(row) => {
                if let Some(error) = unfit(&row, context.now) {
                    wrong.add(error);
                }
            }
        }
    }
    wrong.check()?;
    let row = report_look::ActiveModel {
        brand_id: Set(brand_id),
        logo_id: Set(look.logo_id),
        accent: Set(accent),
        typeface: Set(look.typeface),
        footer: Set(footer),
        names_agency: Set(look.names_agency),
        set_by: Set(permit.person()?),
        updated_at: Set(context.now),
    };
    let anew = OnConflict::column(report_look::Column::BrandId)
        .update_columns([
            report_look::Column::LogoId,
            report_look::Column::Accent,
            report_look::Column::Typeface,
            report_look::Column::Footer,
            report_look::Column::NamesAgency,
            report_look::Column::SetBy,
            report_look::Column::UpdatedAt,
        ])
        .to_owned();
    let row = report_look::Entity::insert(row).on_conflict(anew).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "report_look.set", brand_id, json!({ "namesAgency": row.names_agency })).await?;
    Ok(row.into())
}

/// How a brand's reports look.
pub async fn report_look(context: &Context, brand_id: Uuid) -> Result<ReportLook, Failure> {
    context.permit(Action::ReportRun, brand_id).await?;
    look_of(context, brand_id).await
}

/// The same, for whoever has asked for the right.
pub(super) async fn look_of(context: &Context, brand_id: Uuid) -> Result<ReportLook, Failure> {
    let row = context.one(report_look::Entity::in_brand(brand_id)).await?;
    Ok(row.map(Into::into).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(rgb("#1f5f8b"), Some([0x1f, 0x5f, 0x8b]));
        assert_eq!(rgb(ACCENT), Some([0x1f, 0x5f, 0x8b]));
        for wrong in ["1f5f8b", "#1f5f8", "#1f5f8b0", "#+f5f8b", "#1f5f8é", "#12345g", ""] {
            assert_eq!(rgb(wrong), None, "{wrong}");
        }
    }
}
