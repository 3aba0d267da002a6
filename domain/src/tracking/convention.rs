//! The brand's convention for the parameters of links.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diwan_entity::tracking::utm_convention;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::address::Utm;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::templates::{check_plain, fill_plain};
use crate::trust;

/// What a template may be filled in with: where the link is shown, the names of its campaign and its post, and the day on which it is
/// made by the brand's clock (`2026-11-30`).
pub(super) const VARIABLES: [&str; 4] = ["network", "campaign", "post", "date"];

/// The longest template and the longest parameter, in characters.
pub(super) const LONGEST: usize = 200;

/// The templates of a brand's convention; none: the parameter is not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConventionTemplates {
    /// Of `utm_source`.
    pub source: Option<String>,
    /// Of `utm_medium`.
    pub medium: Option<String>,
    /// Of `utm_campaign`.
    pub campaign: Option<String>,
    /// Of `utm_content`.
    pub content: Option<String>,
    /// Of `utm_term`.
    pub term: Option<String>,
}

/// What a link is of, in words.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) network: Option<String>,
    pub(super) campaign: Option<String>,
    pub(super) post: Option<String>,
    pub(super) date: String,
}

impl ConventionTemplates {
    /// Those of a convention.
    pub fn of(row: &utm_convention::Model) -> Self {
        Self {
            source: row.source.clone(),
            medium: row.medium.clone(),
            campaign: row.campaign.clone(),
            content: row.content.clone(),
            term: row.term.clone(),
        }
    }

    /// The parameters of a link.
    pub(super) fn fill(&self, facts: &Facts) -> Utm {
        let plain = |text: Option<&String>| text.map(|text| slug(text)).filter(|text| !text.is_empty());
        let (network, campaign, post) =
            (plain(facts.network.as_ref()), plain(facts.campaign.as_ref()), plain(facts.post.as_ref()));
        let value = |name: &str| match name {
            "network" => network.as_deref(),
            "campaign" => campaign.as_deref(),
            "post" => post.as_deref(),
            "date" => Some(facts.date.as_str()),
            _ => None,
        };
        let fill = |text: &Option<String>| text.as_deref().and_then(|text| fill_plain(text, LONGEST, value));
        Utm {
            source: fill(&self.source),
            medium: fill(&self.medium),
            campaign: fill(&self.campaign),
            content: fill(&self.content),
            term: fill(&self.term),
        }
    }
}

/// A name as it stands in a parameter: in lower case, and one hyphen for whatever is neither a letter nor a digit. Statistics tell
/// capitals from small letters, and would count `Spring Sale` and `spring-sale` apart.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(80).collect()
}

/// The day by a brand's clock.
pub(super) fn day(zone: Tz, at: DateTime<Utc>) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d").to_string()
}

/// The convention of a brand; none until somebody sets one.
pub async fn utm_convention(context: &Context, brand_id: Uuid) -> Result<Option<utm_convention::Model>, Failure> {
    context.permit(Action::TrackedLinkRead, brand_id).await?;
    Ok(context.one(utm_convention::Entity::find_by_id(brand_id)).await?)
}

/// Sets the convention of a brand. Links that are there stay as they are. `version` is the one that was read, 0 where there was none.
pub async fn set_utm_convention(
    context: &Context,
    brand_id: Uuid,
    version: i32,
    templates: ConventionTemplates,
) -> Result<utm_convention::Model, Failure> {
    use utm_convention::{ActiveModel, Column, Entity};
    let permit = context.permit(Action::UtmConventionSet, brand_id).await?;
    let mut wrong = Complaints::default();
    let mut check = |path: &str, text: Option<String>| {
        let text = text.filter(|text| !text.trim().is_empty())?;
        let text = wrong.text(path, &text, LONGEST).to_owned();
        if text.chars().any(char::is_control) {
            wrong.add(UserError::at(Code::Invalid, path));
        }
        check_plain(&mut wrong, path, &text, &VARIABLES);
        Some(text)
    };
    let row = ActiveModel {
        brand_id: Set(brand_id),
        source: Set(check("source", templates.source)),
        medium: Set(check("medium", templates.medium)),
        campaign: Set(check("campaign", templates.campaign)),
        content: Set(check("content", templates.content)),
        term: Set(check("term", templates.term)),
        set_by: Set(permit.person()?),
        updated_at: Set(context.now),
        version: Set(version.saturating_add(1)),
    };
    let known = context.one(Entity::find_by_id(brand_id)).await?;
    wrong.version(known.map_or(0, |row| row.version), version);
    wrong.check()?;
    // Of two who set it at once the second finds another version than it has read.
    let unchanged = OnConflict::column(Column::BrandId)
        .update_columns([
            Column::Source,
            Column::Medium,
            Column::Campaign,
            Column::Content,
            Column::Term,
            Column::SetBy,
            Column::UpdatedAt,
            Column::Version,
        ])
        .action_and_where(Expr::col((Entity, Column::Version)).eq(version))
        .to_owned();
    let written = Entity::insert(row).on_conflict(unchanged).exec_without_returning(permit.tx()).await?;
    let row = context.one(Entity::find_by_id(brand_id)).await?.ok_or(Code::NotFound)?;
    if written == 0 {
        return Err(UserError::at(Code::ChangedMeanwhile, "version").number("current", row.version).into());
    }
    trust::record(permit, context.now, "utm_convention.set", brand_id, json!({ "version": row.version })).await?;
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(campaign: Option<&str>) -> Facts {
        Facts {
            network: Some("mastodon".to_owned()),
            campaign: campaign.map(str::to_owned),
            post: None,
            date: "2026-11-30".to_owned(),
        }
    }

    #[test]
    fn a_parameter_is_filled_in_whole_or_left_out() {
        let templates = ConventionTemplates {
            source: Some("{{ network }}".to_owned()),
            medium: Some("social".to_owned()),
            campaign: Some("{{ campaign }}_{{ date }}".to_owned()),
            content: Some("{{ post }}".to_owned()),
            term: None,
        };
        let utm = templates.fill(&facts(Some("Spring  Sale: 50 % off!")));
        assert_eq!(utm.source.as_deref(), Some("mastodon"));
        assert_eq!(utm.medium.as_deref(), Some("social"));
        assert_eq!(utm.campaign.as_deref(), Some("spring-sale-50-off_2026-11-30"));
        assert_eq!((utm.content, utm.term), (None, None), "no post, no parameter");
        assert_eq!(templates.fill(&facts(None)).campaign, None);
        assert_eq!(templates.fill(&facts(Some("…"))).campaign, None, "a name without a letter is none");
        assert_eq!(templates.fill(&facts(Some("جشن بهار"))).campaign.as_deref(), Some("جشن-بهار_2026-11-30"));
    }
}
