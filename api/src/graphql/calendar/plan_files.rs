//! Content plans as files, in and out.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::calendar::{self as domain, ImportRun, NewExport};
use diwan_entity::calendar::{content_export, content_import};

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::insights::Download;
use crate::graphql::media::hex;
use crate::graphql::publishing::Trouble;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::ProblemSeverity;

/// The form of a file.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "content_export::PlanFormat")]
pub enum PlanFormat {
    /// Values separated by commas, UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

/// How far an import is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "content_import::ImportState")]
pub enum ImportState {
    /// Waits for its file.
    AwaitingFile,
    /// The file is here and can be read.
    Received,
    /// Being run.
    Queued,
    /// It was looked at and nothing was made: a dry run, or a row must be mended.
    Checked,
    /// Its posts are made.
    Imported,
    /// It could not be run; it can be run again.
    Failed,
}

/// Whether an export is there.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "content_export::ExportState")]
pub enum ExportState {
    /// Being written.
    Requested,
    /// Ready to fetch.
    Ready,
    /// It could not be written.
    Failed,
}

/// What becomes of a row.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::RowOutcome")]
pub enum RowOutcome {
    /// It would be made.
    Ready,
    /// It was made.
    Made,
    /// This row of this file was made before, and is passed over.
    Known,
    /// It must be mended.
    Refused,
    /// The row of headers, where there is something to tell of it.
    Header,
}

/// A column of a plan. Its header may be in any of the five languages.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PlanColumn")]
pub enum PlanColumn {
    /// `key`: what holds the rows of one post together; the post's id on export.
    Key,
    /// `title`: for the team.
    Title,
    /// `calendar`: its name.
    Calendar,
    /// `date`: by the brand's clocks.
    Date,
    /// `time`: by the brand's clocks; 09:00 unless given.
    Time,
    /// `accounts`: `handle` or `network:handle`, separated by semicolons.
    Accounts,
    /// `text`: what they say; where it is empty, the base text.
    Text,
    /// `base text`: what accounts say that have no text of their own.
    BaseText,
    /// `thread`: what follows the text, with a line `---` between the parts.
    Thread,
    /// `first comment`: what the accounts themselves answer.
    FirstComment,
    /// `language`: BCP 47.
    Language,
    /// `pillar`: its name.
    Pillar,
    /// `link`: a card where the network takes one; otherwise added to the text unless it is in it.
    Link,
    /// `options`: settings that only the network knows, one `name=value` a line.
    Options,
    /// `assignee`: a colleague's address.
    Assignee,
    /// `state`: passed over on import.
    State,
    /// `network ids`: passed over on import.
    NetworkIds,
    /// `network urls`: passed over on import.
    NetworkUrls,
}

/// Something that was found in a row.
#[derive(SimpleObject)]
struct PlanFinding {
    /// Where; null when it is the row as a whole.
    column: Option<PlanColumn>,
    /// Whether it keeps the row out.
    severity: ProblemSeverity,
    /// What, in the caller's language.
    error: Refused,
}

/// What came of a row.
#[derive(SimpleObject)]
struct PlanRow {
    /// Its number as a spreadsheet counts, the header being 1.
    row: i32,
    /// What became of it.
    outcome: RowOutcome,
    /// The title that the post has or would have.
    title: String,
    /// When the post is due or would be.
    due_at: Option<DateTime<Utc>>,
    /// On which accounts, as `network:handle`.
    accounts: Vec<String>,
    /// The post, where there is one.
    post_id: Option<ID>,
    /// What was found.
    findings: Vec<PlanFinding>,
}

/// A content plan that comes in as a file.
pub struct ContentImport {
    pub op: Op,
    pub row: content_import::Model,
}

/// A content plan that comes in as a file.
#[Object]
impl ContentImport {
    /// The import's id.
    pub async fn id(&self) -> ID {
        Kind::ContentImport.id(self.row.id)
    }
    /// What the file was called; a label only.
    async fn file_name(&self) -> &str {
        &self.row.file_name
    }
    /// How far it is.
    async fn state(&self) -> ImportState {
        self.row.state.into()
    }
    /// What the file truly is.
    async fn format(&self) -> Option<PlanFormat> {
        self.row.format.map(Into::into)
    }
    /// Size of the file in bytes.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// How many rows it has below the header.
    async fn row_count(&self) -> Option<i32> {
        self.row.row_count
    }
    /// Whether the last run was only to look.
    async fn dry_run(&self) -> bool {
        self.row.dry_run
    }
    /// Whether the last run left out rows that must be mended.
    async fn skip_invalid(&self) -> bool {
        self.row.skip_invalid
    }
    /// How many posts the last run made, or would have made.
    async fn post_count(&self) -> i32 {
        self.row.posts
    }
    /// How many rows must be mended.
    async fn refused_count(&self) -> i32 {
        self.row.refused
    }
    /// How many rows of this file were made before.
    async fn known_count(&self) -> i32 {
        self.row.known
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When the last run ended.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
    /// Why it could not be run.
    async fn error(&self) -> Option<Trouble> {
        self.row.error.as_deref().map(|kind| Trouble::new(self.op.locale(), kind, None))
    }
    /// What came of its rows in the last run, in the order of the file.
    #[graphql(complexity = "1 + usize::try_from(first.clamp(1, 500)).unwrap_or(1) * child_complexity")]
    async fn rows(
        &self,
        #[graphql(desc = "Only those that must be mended.", default = false)] only_refused: bool,
        #[graphql(desc = "How many to pass over.", default = 0)] offset: i32,
        #[graphql(desc = "How many, 1 to 500.", default = 50)] first: i32,
    ) -> Result<Vec<PlanRow>> {
        let found = domain::content_import_rows(&self.op, &self.row, only_refused, offset.into(), first.into()).await;
        let locale = self.op.locale();
        let rows = self.op.query(found)?.into_iter().map(|row| PlanRow {
            row: i32::try_from(row.row).unwrap_or(i32::MAX),
            outcome: row.outcome.into(),
            title: row.title,
            due_at: row.due_at,
            accounts: row.accounts,
            post_id: row.post_id.map(|id| Kind::Post.id(id)),
            findings: row
                .findings
                .iter()
                .map(|finding| PlanFinding {
                    column: finding.column.map(Into::into),
                    severity: finding.severity.into(),
                    error: Refused::new(locale, &finding.user_error()),
                })
                .collect(),
        });
        Ok(rows.collect())
    }
}

/// A content plan that goes out as a file; the result never changes afterwards.
pub struct ContentExport {
    pub op: Op,
    pub row: content_export::Model,
}

/// A content plan that goes out as a file; the result never changes afterwards.
#[Object]
impl ContentExport {
    /// The export's id.
    pub async fn id(&self) -> ID {
        Kind::ContentExport.id(self.row.id)
    }
    /// The form of the file.
    async fn format(&self) -> PlanFormat {
        self.row.format.into()
    }
    /// Whether it is there.
    async fn state(&self) -> ExportState {
        self.row.state.into()
    }
    /// From this day on; null: from the first.
    async fn starts_on(&self) -> Option<NaiveDate> {
        self.row.starts_on
    }
    /// Until this day; null: to the last.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was finished.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
    /// Size of the file in bytes.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// SHA-256 of the file, hexadecimal.
    async fn sha256(&self) -> Option<String> {
        self.row.sha256.as_deref().map(hex)
    }
    /// A signed link to the file that expires; a new one with every read.
    async fn download(&self) -> Result<Option<Download>> {
        if self.row.state != content_export::ExportState::Ready {
            return Ok(None);
        }
        let (url, expires_at) = self.op.query(domain::export_link(&self.op, &self.row))?;
        Ok(Some(Download { url: url.to_string(), expires_at }))
    }
    /// Why it could not be written.
    async fn error(&self) -> Option<Trouble> {
        self.row.error.as_deref().map(|kind| Trouble::new(self.op.locale(), kind, None))
    }
}

/// A plan to bring in.
#[derive(InputObject)]
struct RequestContentImportInput {
    /// Into which brand.
    brand_id: ID,
    /// What the file is called, 1 to 255 characters; a label only.
    file_name: String,
}

/// The answer of `requestContentImport`.
#[derive(SimpleObject)]
struct RequestContentImportPayload {
    /// The import, which waits for its file.
    content_import: Option<ContentImport>,
    /// Where to send the file with `PUT`: CSV or XLSX, up to 10 MB and 5,000 rows. What is wrong with it as a whole is told there.
    upload_url: Option<String>,
    /// Until when.
    expires_at: Option<DateTime<Utc>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An import to run.
#[derive(InputObject)]
struct ImportContentPlanInput {
    /// Which import.
    import_id: ID,
    /// Whether only to look.
    #[graphql(default = true)]
    dry_run: bool,
    /// Whether rows that must be mended are left out, instead of keeping all others from being made.
    #[graphql(default)]
    skip_invalid: bool,
}

/// The answer of `importContentPlan`.
#[derive(SimpleObject)]
struct ImportContentPlanPayload {
    /// The import: read it again until it is `CHECKED`, `IMPORTED` or `FAILED`.
    content_import: Option<ContentImport>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A plan to take out.
#[derive(InputObject)]
struct RequestContentExportInput {
    /// Of which brand.
    brand_id: ID,
    /// In which form.
    format: PlanFormat,
    /// Of one calendar; otherwise of every one that is not archived.
    calendar_id: Option<ID>,
    /// From this day on, by the brand's clocks. What has no time is left out then.
    starts_on: Option<NaiveDate>,
    /// Until this day, included. What has no time is left out then.
    ends_on: Option<NaiveDate>,
}

/// The answer of `requestContentExport`.
#[derive(SimpleObject)]
struct RequestContentExportPayload {
    /// The export: read it again until it is `READY` or `FAILED`.
    content_export: Option<ContentExport>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Queries for plans as files.
#[derive(Default)]
pub struct PlanFileQuery;

#[Object]
impl PlanFileQuery {
    /// How far an import is, and what came of its rows. For MID and above.
    async fn content_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] id: ID,
    ) -> Result<ContentImport> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::ContentImport.parse(&id, "id"))?;
        let row = op.query(domain::content_import(op, id).await)?;
        Ok(ContentImport { op: op.clone(), row })
    }

    /// Whether an export is there, and where. For staff, MID and above.
    async fn content_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] id: ID,
    ) -> Result<ContentExport> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::ContentExport.parse(&id, "id"))?;
        let row = op.query(domain::content_export(op, id).await)?;
        Ok(ContentExport { op: op.clone(), row })
    }
}

/// Mutations of plans as files.
#[derive(Default)]
pub struct PlanFileMutation;

#[Object]
impl PlanFileMutation {
    /// Asks for a place to send a content plan to. For MID and above.
    async fn request_content_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: RequestContentImportInput,
    ) -> Result<RequestContentImportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::request_content_import(context, brand_id, &input.file_name).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (upload_url, expires_at) = done.as_ref().map(|asked| (asked.url.to_string(), asked.expires_at)).unzip();
        let content_import = done.map(|asked| ContentImport { op: op.clone(), row: asked.import });
        Ok(RequestContentImportPayload { content_import, upload_url, expires_at, user_errors })
    }

    /// Looks at a plan that was sent, row by row, or makes its posts: drafts, all in one go or none. The same file makes its posts
    /// once: rows that were made of it before are passed over. For MID and above.
    async fn import_content_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import, and how.")] input: ImportContentPlanInput,
    ) -> Result<ImportContentPlanPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let import_id = Kind::ContentImport.parse(&input.import_id, "importId")?;
            let run = ImportRun { import_id, dry_run: input.dry_run, skip_invalid: input.skip_invalid };
            domain::import_content_plan(context, run).await
        };
        let (row, user_errors) = op.command(command).await?;
        let content_import = row.map(|row| ContentImport { op: op.clone(), row });
        Ok(ImportContentPlanPayload { content_import, user_errors })
    }

    /// Has a content plan written as a file that can be brought in again. For staff, MID and above.
    async fn request_content_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: RequestContentExportInput,
    ) -> Result<RequestContentExportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let new = NewExport {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                format: input.format.into(),
                calendar_id: input.calendar_id.as_ref().map(|id| Kind::Calendar.parse(id, "calendarId")).transpose()?,
                starts_on: input.starts_on,
                ends_on: input.ends_on,
            };
            domain::request_content_export(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        let content_export = row.map(|row| ContentExport { op: op.clone(), row });
        Ok(RequestContentExportPayload { content_export, user_errors })
    }
}
