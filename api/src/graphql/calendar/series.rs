//! Posts that come again by a rule.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::calendar::{self as domain, NewSeries, Repeated};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::post_series;

use super::slots::RecurrenceInput;
use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// What becomes of a copy of a post, two weeks before its time. In the name and with the rights of whoever wrote the series or the
/// queue last.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "post_series::RepeatMode")]
pub enum RepeatMode {
    /// It stays a draft with a time.
    Draft,
    /// It is submitted for approval.
    Submit,
    /// It is scheduled; where the brand wants approval, it is submitted.
    Schedule,
}

/// A post that comes again, each time as a post of its own that is made up to 60 days ahead.
pub struct PostSeries {
    pub op: Op,
    pub row: post_series::Model,
}

/// A copy of a post for one day.
#[derive(SimpleObject)]
pub struct RepeatedPost {
    /// The day by the rule, in the brand's time zone.
    date: NaiveDate,
    /// When it was planned.
    due_at: DateTime<Utc>,
    /// The copy.
    post: Option<Post>,
    /// When it was submitted or scheduled, or when that was refused; null before.
    handed_on_at: Option<DateTime<Utc>>,
    /// Why it could not be submitted or scheduled: a value of `ErrorCode`. It waits as a draft; `validatePost` tells more.
    trouble: Option<String>,
}

/// The copies that a series or an item made.
pub(super) async fn repeated(op: &Op, rows: Vec<Repeated>) -> Result<Vec<RepeatedPost>> {
    let each = rows.into_iter().map(async |row| {
        let post = op.load(row.post_id).await?.map(|post| Post { op: op.clone(), row: post });
        let Repeated { on_date, due_at, handed_on_at, trouble, .. } = row;
        Ok::<_, async_graphql::Error>(RepeatedPost { date: on_date, due_at, post, handed_on_at, trouble })
    });
    futures::future::try_join_all(each).await
}

/// A post that comes again, each time as a post of its own that is made up to 60 days ahead.
#[Object]
impl PostSeries {
    /// The series' id.
    pub async fn id(&self) -> ID {
        Kind::Series.id(self.row.id)
    }
    /// The post that is copied: each copy says what it says then.
    async fn post(&self) -> Result<Option<Post>> {
        Ok(self.op.load(self.row.post_id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// On which days, as RFC 5545 writes it.
    async fn rule(&self) -> &str {
        &self.row.rule
    }
    /// The local time, such as `09:00`.
    async fn time(&self) -> String {
        self.row.at_time.format("%H:%M").to_string()
    }
    /// From this day on.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// The last day; null: without an end.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// What becomes of the copies.
    async fn mode(&self) -> RepeatMode {
        self.row.mode.into()
    }
    /// When it was ended by hand.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// The copies that were made, the latest day first, up to 200.
    #[graphql(complexity = "1 + 60 * child_complexity")]
    async fn occurrences(&self) -> Result<Vec<RepeatedPost>> {
        let rows = self.op.query(domain::repeated_of(&self.op, self.row.brand_id, self.row.id).await)?;
        repeated(&self.op, rows).await
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A post that is to come again.
#[derive(InputObject)]
struct CreatePostSeriesInput {
    /// Which post.
    post_id: ID,
    /// When.
    rule: RecurrenceInput,
    /// What becomes of the copies.
    #[graphql(default_with = "RepeatMode::Draft")]
    mode: RepeatMode,
}

/// A series to write anew.
#[derive(InputObject)]
struct UpdatePostSeriesInput {
    /// Which.
    series_id: ID,
    /// The version from which the change started.
    version: i32,
    /// When.
    rule: RecurrenceInput,
    /// What becomes of the copies.
    mode: RepeatMode,
}

/// A series to end.
#[derive(InputObject)]
struct EndPostSeriesInput {
    /// Which.
    series_id: ID,
}

/// The answer of what writes a series.
#[derive(SimpleObject)]
struct PostSeriesPayload {
    /// The series, when it was written.
    series: Option<PostSeries>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_series(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<post_series::Model, Failure>,
) -> Result<PostSeriesPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(PostSeriesPayload { series: row.map(|row| PostSeries { op: op.clone(), row }), user_errors })
}

/// Mutations of series.
#[derive(Default)]
pub struct SeriesMutation;

#[Object]
impl SeriesMutation {
    /// Lets a post come again. The posts are made by a job, each once. For MID and above.
    async fn create_post_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and its rule.")] input: CreatePostSeriesInput,
    ) -> Result<PostSeriesPayload> {
        let command = async |context: &Domain| {
            let new = NewSeries {
                post_id: Kind::Post.parse(&input.post_id, "postId")?,
                rule: input.rule.into_domain("rule")?,
                mode: input.mode.into(),
            };
            domain::create_series(context, new).await
        };
        of_series(Op::of(ctx)?, command).await
    }

    /// Writes a series anew. Drafts that are to come and that nobody has touched are put away and made anew. For MID and above.
    async fn update_post_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The series.")] input: UpdatePostSeriesInput,
    ) -> Result<PostSeriesPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Series.parse(&input.series_id, "seriesId")?;
            let change = (input.rule.into_domain("rule")?, input.mode.into());
            domain::update_series(context, id, input.version, change).await
        };
        of_series(Op::of(ctx)?, command).await
    }

    /// Ends a series for good. Drafts that are to come and that nobody has touched are put away. For MID and above.
    async fn end_post_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which series.")] input: EndPostSeriesInput,
    ) -> Result<PostSeriesPayload> {
        let command = async |context: &Domain| {
            domain::end_series(context, Kind::Series.parse(&input.series_id, "seriesId")?).await
        };
        of_series(Op::of(ctx)?, command).await
    }
}
