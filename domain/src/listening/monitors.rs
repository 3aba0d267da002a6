//! What a brand listens for.

use chrono::NaiveDate;
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::listening::listening_monitor::{self, MonitorKind};
use diwan_entity::tenancy::brand;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::count_job::CountMentions;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::not_ahead;
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::strategy::hashtags;
use crate::trust;

/// The most monitors of a brand that are not archived.
pub const MOST_MONITORS: usize = 20;
/// The most words, phrases and hashtags of one.
pub const MOST_WORDS: usize = 20;
/// The most characters of all of them together: what a network takes in one question.
const MOST_LETTERS: usize = 300;
/// The longest word or phrase, in characters.
const LONGEST: usize = 80;

/// Something to listen for.
#[derive(Debug, Clone)]
pub struct NewMonitor {
    /// For which brand.
    pub brand_id: Uuid,
    /// Of whom it is.
    pub kind: MonitorKind,
    /// What the team calls it, 1 to 100 characters, unlike any other that is not archived.
    pub name: String,
    /// Words and phrases, each up to 80 characters.
    pub keywords: Vec<String>,
    /// Hashtags, with or without their sign. With the words 1 to 20, of up to 300 characters together.
    pub hashtags: Vec<String>,
    /// From which day on it is compared, by the brand's clock: today unless given.
    pub compared_from: Option<NaiveDate>,
}

/// What of a monitor changes; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct MonitorChange {
    /// Another name.
    pub name: Option<String>,
    /// Other words and phrases.
    pub keywords: Option<Vec<String>>,
    /// Other hashtags.
    pub hashtags: Option<Vec<String>>,
    /// Compared from another day on.
    pub compared_from: Option<NaiveDate>,
}

/// What is looked for, once it was checked.
struct Words {
    keywords: Vec<String>,
    hashtags: Vec<String>,
}

impl Words {
    fn check(wrong: &mut Complaints, said: &[String], tags: &[String]) -> Self {
        let keywords = keywords(wrong, said);
        let hashtags = hashtags(wrong, "hashtags", tags, MOST_WORDS);
        let (words, letters) = (keywords.len() + hashtags.len(), letters(&keywords) + letters(&hashtags));
        if said.is_empty() && tags.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "keywords"));
        } else if words > MOST_WORDS {
            wrong.add(UserError::at(Code::TooMany, "keywords").number("limit", MOST_WORDS).number("actual", words));
        } else if letters > MOST_LETTERS {
            wrong.add(UserError::at(Code::TooLong, "keywords").number("limit", MOST_LETTERS).number("actual", letters));
        }
        Self { keywords, hashtags }
    }
}

fn letters(words: &[String]) -> usize {
    words.iter().map(|word| word.chars().count()).sum()
}

/// Words and phrases, none twice in whatever case. Quotes are what networks put around them.
fn keywords(wrong: &mut Complaints, said: &[String]) -> Vec<String> {
    if said.len() > MOST_WORDS {
        wrong.add(UserError::at(Code::TooMany, "keywords").number("limit", MOST_WORDS).number("actual", said.len()));
        return Vec::new();
    }
    let (mut seen, mut read) = (Vec::with_capacity(said.len()), Vec::with_capacity(said.len()));
    for (place, word) in said.iter().enumerate() {
        let path = format!("keywords.{place}");
        let word = wrong.text(&path, word, LONGEST).split_whitespace().collect::<Vec<_>>().join(" ");
        let is_told = word.chars().any(char::is_alphanumeric);
        if !word.is_empty() && (!is_told || word.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'))) {
            wrong.add(UserError::at(Code::Invalid, &path));
        }
        let same = word.to_lowercase();
        if seen.contains(&same) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
        seen.push(same);
        read.push(word);
    }
    read
}

/// The clock of a brand.
pub(super) async fn zone_of(context: &Context, brand_id: Uuid) -> Result<Tz, Failure> {
    let brand = context.one(brand::Entity::in_brand(brand_id)).await?.ok_or(Code::NotFound)?;
    Ok(brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?)
}

/// Has the networks asked as soon as a worker is free, where they are not asked already.
async fn count(context: &Context, permit: Permit<'_>) -> Result<(), Failure> {
    enqueue(permit, CountMentions.kind(), permit.brand_id, context.now, context.now).await?;
    Ok(())
}

/// The monitors that are not archived, in the order in which they were made. At most [`MOST_MONITORS`].
fn living(brand_id: Uuid) -> sea_orm::Select<listening_monitor::Entity> {
    listening_monitor::Entity::in_brand(brand_id)
        .filter(listening_monitor::Column::ArchivedAt.is_null())
        .order_by_asc(listening_monitor::Column::Id)
}

/// Whether a name is another's.
fn is_taken(others: &[listening_monitor::Model], name: &str) -> bool {
    others.iter().any(|other| other.name.to_lowercase() == name.to_lowercase())
}

/// Makes a monitor. Networks are asked for the days that they still tell of as soon as a worker is free.
pub async fn create_monitor(context: &Context, new: NewMonitor) -> Result<listening_monitor::Model, Failure> {
    let permit = context.permit(Action::ListeningManage, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 100).to_owned();
    let words = Words::check(&mut wrong, &new.keywords, &new.hashtags);
    if let Some(day) = new.compared_from {
        not_ahead(context, &mut wrong, "comparedFrom", day);
    }
    let others = context.all(living(new.brand_id)).await?;
    if is_taken(&others, &name) {
        wrong.add(UserError::at(Code::AlreadyExists, "name"));
    }
    if new.kind == MonitorKind::Own && others.iter().any(|other| other.kind == MonitorKind::Own) {
        wrong.add(UserError::at(Code::AlreadyExists, "kind"));
    }
    if others.len() >= MOST_MONITORS {
        wrong.add(UserError::new(Code::TooMany).number("limit", MOST_MONITORS).number("actual", others.len() + 1));
    }
    wrong.check()?;
    let today = context.now.with_timezone(&zone_of(context, new.brand_id).await?).date_naive();
    let row = listening_monitor::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        kind: Set(new.kind),
        name: Set(name),
        keywords: Set(words.keywords),
        hashtags: Set(words.hashtags),
        words_since: Set(context.now),
        compared_from: Set(new.compared_from.unwrap_or(today)),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    };
    let row = listening_monitor::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    count(context, permit).await?;
    let detail = json!({ "kind": row.kind, "name": row.name, "keywords": row.keywords, "hashtags": row.hashtags });
    trust::record(permit, context.now, "listening_monitor.create", row.id, detail).await?;
    Ok(row)
}

/// A monitor that is not archived, held, with the right to change it.
async fn held(context: &Context, id: Uuid) -> Result<(Permit<'_>, listening_monitor::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "monitorId");
    let row = context.one(listening_monitor::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ListeningManage, row.brand_id).await?;
    let locked = listening_monitor::Entity::one_in_brand(row.brand_id, row.id).lock_exclusive();
    let row = context.one(locked).await?.ok_or_else(not_there)?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "monitorId").text("state", "ARCHIVED").into());
    }
    Ok((permit, row))
}

/// Changes a monitor. Days that were counted by other words stay as they are, but for those of which networks still tell.
pub async fn change_monitor(
    context: &Context,
    monitor_id: Uuid,
    change: MonitorChange,
) -> Result<listening_monitor::Model, Failure> {
    let (permit, row) = held(context, monitor_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", change.name.as_ref().unwrap_or(&row.name), 100).to_owned();
    let said = change.keywords.as_ref().unwrap_or(&row.keywords);
    let words = Words::check(&mut wrong, said, change.hashtags.as_ref().unwrap_or(&row.hashtags));
    if let Some(day) = change.compared_from {
        not_ahead(context, &mut wrong, "comparedFrom", day);
    }
    let others = context.all(living(row.brand_id).filter(listening_monitor::Column::Id.ne(row.id))).await?;
    if is_taken(&others, &name) {
        wrong.add(UserError::at(Code::AlreadyExists, "name"));
    }
    wrong.check()?;
    let others_looked_for = words.keywords != row.keywords || words.hashtags != row.hashtags;
    let mut row = row.into_active_model();
    row.name = Set(name);
    if others_looked_for {
        row.keywords = Set(words.keywords);
        row.hashtags = Set(words.hashtags);
        row.words_since = Set(context.now);
    }
    if let Some(day) = change.compared_from {
        row.compared_from = Set(day);
    }
    let row = row.update(permit.tx()).await?;
    if others_looked_for {
        count(context, permit).await?;
    }
    let detail = json!({ "name": row.name, "keywords": row.keywords, "hashtags": row.hashtags, "comparedFrom": row.compared_from });
    trust::record(permit, context.now, "listening_monitor.change", row.id, detail).await?;
    Ok(row)
}

/// Archives a monitor: it is counted no more, and compared up to yesterday. Its days stay.
pub async fn archive_monitor(context: &Context, monitor_id: Uuid) -> Result<listening_monitor::Model, Failure> {
    let (permit, row) = held(context, monitor_id).await?;
    let zone = zone_of(context, row.brand_id).await?;
    let today = context.now.with_timezone(&zone).date_naive();
    let kind = row.kind.to_value();
    let mut row = row.into_active_model();
    row.archived_at = Set(Some(context.now));
    row.compared_until = Set(Some(today.pred_opt().unwrap_or(today)));
    let row = row.update(permit.tx()).await?;
    trust::record(permit, context.now, "listening_monitor.archive", row.id, json!({ "kind": kind })).await?;
    Ok(row)
}

/// What a brand listens for: what is not archived first, each in the order in which it was made; of the archived ones the newest 100. For
/// whoever may read numbers.
pub async fn monitors(context: &Context, brand_id: Uuid) -> Result<Vec<listening_monitor::Model>, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    listed(context, brand_id).await
}

/// The same for whoever was permitted before.
pub(super) async fn listed(context: &Context, brand_id: Uuid) -> Result<Vec<listening_monitor::Model>, Failure> {
    let mut rows = context.all(living(brand_id)).await?;
    let archived = listening_monitor::Entity::in_brand(brand_id)
        .filter(listening_monitor::Column::ArchivedAt.is_not_null())
        .order_by_desc(listening_monitor::Column::ArchivedAt)
        .limit(100);
    rows.extend(context.all(archived).await?);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(keywords: &[&str], hashtags: &[&str]) -> Result<Vec<String>, Vec<(Code, String)>> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut wrong = Complaints::default();
        let words = Words::check(&mut wrong, &owned(keywords), &owned(hashtags));
        match wrong.check() {
            Ok(()) => Ok([words.keywords, words.hashtags].concat()),
            Err(Failure::Refused(errors)) => {
                Err(errors.into_iter().map(|error| (error.code, error.field.join("."))).collect())
            }
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }

    #[test]
    fn words_are_those_that_networks_can_look_for() {
        assert_eq!(checked(&["  Tea \t house ", "@nour"], &["#Tea"]).unwrap(), ["Tea house", "@nour", "Tea"]);
        let at = |code, path: &str| vec![(code, path.to_owned())];
        assert_eq!(checked(&[], &[]).unwrap_err(), at(Code::Invalid, "keywords"));
        assert_eq!(checked(&["tea", "TEA"], &[]).unwrap_err(), at(Code::AlreadyExists, "keywords.1"));
        assert_eq!(checked(&["the \"best\""], &[]).unwrap_err(), at(Code::Invalid, "keywords.0"));
        assert_eq!(checked(&["?!"], &[]).unwrap_err(), at(Code::Invalid, "keywords.0"));
        assert_eq!(checked(&[" "], &[]).unwrap_err(), at(Code::Invalid, "keywords.0"));
        assert_eq!(checked(&[], &["two words"]).unwrap_err(), at(Code::Invalid, "hashtags.0"));
        let many: Vec<String> = (0..15).map(|place| format!("word{place}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(checked(&many, &many[..6]).unwrap_err(), at(Code::TooMany, "keywords"));
        let long: Vec<String> = (0..4).map(|place| format!("{place}{}", "a".repeat(79))).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(checked(&long, &[]).unwrap_err(), at(Code::TooLong, "keywords"));
    }
}
