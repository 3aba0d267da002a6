//! What is said of an idea.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea;
use diwan_entity::strategy::content_pillar;
use diwan_platform::http::is_web;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::place::{begin, on_board};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::media::tidy_tags;
use crate::permission::Action;
use crate::strategy::{date, maybe_text};
use crate::trust;

/// The longest title, in characters.
pub(crate) const LONGEST_TITLE: usize = 200;
/// The longest note, in characters.
pub(crate) const LONGEST_NOTE: usize = 5000;
/// The most tags of an idea.
const MOST_TAGS: usize = 10;
/// The longest address, in characters.
const LONGEST_URL: usize = 2000;

/// What is said of an idea.
#[derive(Debug, Clone, Default)]
pub struct IdeaContent {
    /// 1 to 200 characters.
    pub title: String,
    /// Plain text, up to 5000 characters.
    pub note: String,
    /// What it would be for.
    pub pillar_id: Option<Uuid>,
    /// The day for which somebody would like it. It may be past: then it is late, not wrong.
    pub wished_for: Option<NaiveDate>,
    /// Up to 10 of at most 50 characters; kept in lower case, none twice.
    pub tags: Vec<String>,
    /// Where it was found.
    pub source: IdeaSource,
}

/// Where an idea was found, what that is called, and whose it is. What is not known, or empty, is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdeaSource {
    /// What it is called, up to 300 characters.
    pub title: Option<String>,
    /// An address of the web, up to 2000 characters. Nobody calls it.
    pub url: Option<String>,
    /// Whose it is, up to 300 characters.
    pub credit: Option<String>,
}

impl IdeaContent {
    /// What can be told from the content alone.
    pub(super) fn check(&self, wrong: &mut Complaints) -> Self {
        date(wrong, "idea.wishedFor", self.wished_for);
        Self {
            title: wrong.text("idea.title", &self.title, LONGEST_TITLE).to_owned(),
            note: maybe_text(wrong, "idea.note", &self.note, LONGEST_NOTE),
            pillar_id: self.pillar_id,
            wished_for: self.wished_for,
            tags: tidy_tags(wrong, "idea.tags", &self.tags, MOST_TAGS),
            source: self.source.check(wrong),
        }
    }

    /// That the pillar is one of the brand, and not put away unless the idea had it `before`.
    pub(super) async fn check_pillar(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        (brand_id, before): (Uuid, Option<Uuid>),
    ) -> Result<(), Failure> {
        let Some(id) = self.pillar_id.filter(|id| before != Some(*id)) else { return Ok(()) };
        match context.one(content_pillar::Entity::one_in_brand(brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "idea.pillarId")),
            Some(pillar) if pillar.archived_at.is_some() => {
                wrong.add(UserError::at(Code::WrongState, "idea.pillarId").text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Writes it onto a row.
    pub(super) fn onto(self, row: idea::ActiveModel) -> idea::ActiveModel {
        idea::ActiveModel {
            title: Set(self.title),
            note: Set(self.note),
            pillar_id: Set(self.pillar_id),
            wished_for: Set(self.wished_for),
            tags: Set(self.tags),
            source_title: Set(self.source.title),
            source_url: Set(self.source.url),
            credit: Set(self.source.credit),
            ..row
        }
    }
}

impl IdeaSource {
    fn check(&self, wrong: &mut Complaints) -> Self {
        let mut text = |field: &str, value: Option<&String>, max: usize| {
            let path = format!("idea.source.{field}");
            let value = value.map(|value| maybe_text(wrong, &path, value, max));
            value.filter(|value| !value.is_empty())
        };
        let (title, credit) = (text("title", self.title.as_ref(), 300), text("credit", self.credit.as_ref(), 300));
        let mut url = text("url", self.url.as_ref(), LONGEST_URL);
        // What is too long as it stands is told already.
        if let Some(written) = url.as_mut().filter(|written| written.chars().count() <= LONGEST_URL) {
            match Url::parse(written).ok().filter(is_web) {
                None => wrong.add(UserError::at(Code::Invalid, "idea.source.url")),
                // Written out it may be longer: what is no ASCII takes three characters for each byte.
                Some(parsed) if parsed.as_str().len() > LONGEST_URL => {
                    let long = UserError::at(Code::TooLong, "idea.source.url").number("limit", LONGEST_URL);
                    wrong.add(long.number("actual", parsed.as_str().len()));
                }
                Some(parsed) => *written = parsed.into(),
            }
        }
        Self { title, url, credit }
    }

    /// As it stands on a row; none where nothing is known.
    pub fn of(row: &idea::Model) -> Option<Self> {
        let source = Self { title: row.source_title.clone(), url: row.source_url.clone(), credit: row.credit.clone() };
        (source != Self::default()).then_some(source)
    }
}

/// Says an idea anew: the whole of it.
pub async fn update_idea(
    context: &Context,
    idea_id: Uuid,
    version: i32,
    content: IdeaContent,
) -> Result<idea::Model, Failure> {
    let (permit, row) = begin(context, Action::IdeaWrite, idea_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    on_board(&mut wrong, &row);
    let content = content.check(&mut wrong);
    content.check_pillar(context, &mut wrong, (row.brand_id, row.pillar_id)).await?;
    wrong.check()?;
    let changed = idea::ActiveModel {
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..content.onto(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "idea.update", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}
