//! Reports made of blocks: asked for, taken back, and their files.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::insights::Against;
use diwan_domain::insights::reports::{self as domain, NewComposed, ReportTexts};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::insights::report_file;
use uuid::Uuid;

use super::figures::InsightComparison;
use super::report_templates::ReportAudience;
use super::types::{Download, ReportRun};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::loaders::Grouped;
use crate::graphql::media::hex;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{CalendarSystem, Locale};

/// What kind of file a report is made as. All of them say the same.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_file::ReportFormat")]
pub enum ReportFormat {
    /// A document to be read and printed.
    Pdf,
    /// A workbook, with a sheet for each block and charts.
    Xlsx,
    /// A table of every number.
    Csv,
    /// A page that needs nothing else.
    Html,
}

/// Why no program wrote the summary of a report. The report is no less for it.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum NoMachineSummary {
    /// The operator has set none up.
    NotSetUp,
    /// Nothing is left of what the operator allows for a month.
    TokensSpent,
    /// There was no answer, or none in time.
    NoAnswer,
    /// What it wrote was empty, too long, or said a number that is not in the report.
    AnswerDiscarded,
    /// The report has no figures that it could be about.
    NoFigures,
}

impl NoMachineSummary {
    /// By the name under which a run keeps it.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "NOT_SET_UP" => Self::NotSetUp,
            "TOKENS_SPENT" => Self::TokensSpent,
            "NO_ANSWER" => Self::NoAnswer,
            "ANSWER_DISCARDED" => Self::AnswerDiscarded,
            "NO_FIGURES" => Self::NoFigures,
            _ => return None,
        })
    }
}

/// A file of a report. It never changes.
pub struct ReportFile {
    op: Op,
    row: report_file::Model,
}

impl ReportFile {
    /// The files of a report, in the order of their formats.
    pub async fn of(op: &Op, run_id: Uuid) -> Result<Vec<Self>> {
        let mut rows: Vec<report_file::Model> = op.load_of(run_id).await?;
        rows.sort_unstable_by_key(|row| row.format);
        Ok(rows.into_iter().map(|row| Self { op: op.clone(), row }).collect())
    }
}

/// A file of a report. It never changes.
#[Object]
impl ReportFile {
    /// What kind of file.
    async fn format(&self) -> ReportFormat {
        self.row.format.into()
    }
    /// Its size in bytes.
    async fn byte_size(&self) -> Long {
        Long(self.row.byte_size)
    }
    /// Its SHA-256, hexadecimal.
    async fn sha256(&self) -> String {
        hex(&self.row.sha256)
    }
    /// A signed link to it that expires; a new one with every read.
    async fn download(&self) -> Result<Download> {
        let (url, expires_at) = self.op.query(domain::file_link(&self.op, &self.row))?;
        Ok(Download { url: url.to_string(), expires_at })
    }
}

impl Grouped for report_file::Model {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::files_of_reports(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.report_id
    }
}

/// The digits of the numbers of a report.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum ReportDigits {
    /// 0 to 9.
    Latin,
    /// Those of its language, where that has its own.
    Local,
}

/// What people write for a report. Plain; an empty line parts paragraphs. Each needs its block in the template.
#[derive(InputObject)]
struct ReportTextsInput {
    /// The period in short, 1 to 20 000 characters.
    summary: Option<String>,
    /// What is for the agency alone, likewise.
    notes: Option<String>,
    /// What comes next, likewise.
    next_steps: Option<String>,
}

/// A report that is wanted. Of its template exactly one is named.
#[derive(InputObject)]
struct ComposeReportInput {
    /// Of which brand.
    brand_id: ID,
    /// One of the brand's templates.
    template_id: Option<ID>,
    /// The template that is built in for these readers.
    built_in: Option<ReportAudience>,
    /// The first day, by the brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// With what it is compared; the period before unless given.
    against: Option<InsightComparison>,
    /// What it is called, 1 to 200 characters; after its template unless given.
    title: Option<String>,
    /// What people write for it.
    texts: Option<ReportTextsInput>,
    /// The language; the brand's unless given.
    locale: Option<Locale>,
    /// Its digits; those that readers of the language are used to unless given.
    digits: Option<ReportDigits>,
    /// The calendar whose dates stand beside the Gregorian ones; none unless given.
    calendar_beside: Option<CalendarSystem>,
    /// As which files it is made: each once, at least one.
    formats: Vec<ReportFormat>,
}

impl ComposeReportInput {
    fn into_domain(self) -> Result<NewComposed, Failure> {
        let brand_id = Kind::Brand.parse(&self.brand_id, "brandId")?;
        let template_id = self.template_id.map(|id| Kind::ReportTemplate.parse(&id, "templateId")).transpose()?;
        if template_id.is_some() == self.built_in.is_some() {
            return Err(UserError::at(Code::Invalid, "templateId").into());
        }
        let texts = self.texts.map_or_else(ReportTexts::default, |texts| ReportTexts {
            summary: texts.summary,
            notes: texts.notes,
            next_steps: texts.next_steps,
        });
        Ok(NewComposed {
            brand_id,
            template: domain::TemplateChoice::of(template_id, self.built_in.map(Into::into))?,
            from: self.from,
            to: self.to,
            against: self.against.map_or(Against::PeriodBefore, Into::into),
            title: self.title,
            texts,
            locale: self.locale.map(Into::into),
            local_digits: self.digits.map(|digits| digits == ReportDigits::Local),
            beside: self.calendar_beside.map(Into::into),
            formats: self.formats.into_iter().map(Into::into).collect(),
        })
    }
}

/// The answer of `composeReport`.
#[derive(SimpleObject)]
struct ComposeReportPayload {
    /// The report: read it again until it is not `REQUESTED` any more.
    report: Option<ReportRun>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A report to take back.
#[derive(InputObject)]
struct CancelReportInput {
    /// Which: one that was not made yet.
    report_id: ID,
}

/// The answer of `cancelReport`.
#[derive(SimpleObject)]
struct CancelReportPayload {
    /// The report, when it was taken back.
    report: Option<ReportRun>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of reports made of blocks.
#[derive(Default)]
pub struct ReportMutation;

#[Object]
impl ReportMutation {
    /// Has a report made of the blocks of a template. It shows what whoever asks may read, now and when it is made. For MID and above.
    async fn compose_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: ComposeReportInput,
    ) -> Result<ComposeReportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| domain::compose_report(context, input.into_domain()?).await;
        let (row, user_errors) = op.command(command).await?;
        Ok(ComposeReportPayload { report: row.map(|row| ReportRun { op: op.clone(), row }), user_errors })
    }

    /// Takes back a report that was not made yet; nothing of it is kept. For MID and above.
    async fn cancel_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: CancelReportInput,
    ) -> Result<CancelReportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Report.parse(&input.report_id, "reportId")?;
            domain::cancel_report(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CancelReportPayload { report: row.map(|row| ReportRun { op: op.clone(), row }), user_errors })
    }
}
