//! Recording conversions, some at a time or by a file.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::tracking::{self as domain, Batch, NewConversion, Outcome, Touch};
use diwan_entity::tracking::conversion_import;

use super::WorthInput;
use super::conversions::{Conversion, ConversionKind, ConversionOutcome, ConversionResult};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::publishing::BulkErrorPolicy;
use crate::graphql::scalars::Kind;

/// A link that somebody followed before.
#[derive(InputObject)]
struct TouchInput {
    /// What the link's address ends with (`TrackedLink.code`).
    code: String,
    /// When; not after the conversion.
    at: DateTime<Utc>,
}

/// A conversion as its sender says it.
#[derive(InputObject)]
struct ConversionInput {
    /// The sender's id of it, 1 to 200 characters: recorded once for each source. Not an address of a person.
    id: String,
    /// What somebody did.
    kind: ConversionKind,
    /// What a `CUSTOM` one is called, 1 to 100 characters; for no other.
    name: Option<String>,
    /// When; not in the future.
    occurred_at: DateTime<Utc>,
    /// What it was worth.
    value: Option<WorthInput>,
    /// The links that were followed before, up to 50, in any order.
    #[graphql(default)]
    touches: Vec<TouchInput>,
}

impl ConversionInput {
    fn into_domain(self) -> NewConversion {
        NewConversion {
            external_id: self.id,
            kind: self.kind.into(),
            name: self.name,
            occurred_at: self.occurred_at,
            value: self.value.map(WorthInput::into_domain),
            touches: self.touches.into_iter().map(|TouchInput { code, at }| Touch { code, at }).collect(),
        }
    }
}

/// Conversions to record.
#[derive(InputObject)]
struct RecordConversionsInput {
    /// Of which brand.
    brand_id: ID,
    /// Who says so, 1 to 100 characters: ids are unlike within a source.
    source: String,
    /// 1 to 500.
    conversions: Vec<ConversionInput>,
    /// What comes of those that are refused.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
}

/// The answer of `recordConversions`.
#[derive(SimpleObject)]
struct RecordConversionsPayload {
    /// What came of each, in the order of the input; empty where everything was refused.
    results: Vec<ConversionResult>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What came of a file.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "conversion_import::ConversionImportState")]
pub enum ConversionImportState {
    /// Waits for its file.
    AwaitingFile,
    /// What was right in it is recorded.
    Recorded,
    /// Nothing of it is recorded, because rows were refused.
    Refused,
}

/// A row that was refused.
#[derive(SimpleObject)]
struct RefusedConversionRow {
    /// The line of the file in which it begins, counted from 1.
    line: i32,
    /// What must be mended in it.
    user_errors: Vec<Refused>,
}

/// Conversions that come in as a file.
pub struct ConversionImport {
    pub op: Op,
    pub row: conversion_import::Model,
}

/// Conversions that come in as a file.
#[Object]
impl ConversionImport {
    /// The import's id.
    pub async fn id(&self) -> ID {
        Kind::ConversionImport.id(self.row.id)
    }
    /// Who says so.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// What came of the file.
    async fn state(&self) -> ConversionImportState {
        self.row.state.into()
    }
    /// How many conversions were recorded.
    async fn recorded_count(&self) -> i32 {
        self.row.recorded
    }
    /// How many had been recorded before.
    async fn known_count(&self) -> i32 {
        self.row.known
    }
    /// How many rows were refused.
    async fn refused_count(&self) -> i32 {
        self.row.refused
    }
    /// The rows that were refused, the first 500 of them, with the first ten reasons of each.
    async fn refused_rows(&self) -> Result<Vec<RefusedConversionRow>> {
        let locale = self.op.locale();
        let rows = self.op.query(domain::refused_rows(&self.row))?;
        let told = rows.into_iter().map(|(line, errors)| RefusedConversionRow {
            line: i32::try_from(line).unwrap_or(i32::MAX),
            user_errors: errors.iter().map(|error| Refused::new(locale, error)).collect(),
        });
        Ok(told.collect())
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When its file was read.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
}

/// A file to send.
#[derive(InputObject)]
struct RequestConversionImportInput {
    /// Of which brand.
    brand_id: ID,
    /// Who says so, 1 to 100 characters: ids are unlike within a source.
    source: String,
    /// What comes of rows that are refused.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
}

/// The answer of `requestConversionImport`.
#[derive(SimpleObject)]
struct RequestConversionImportPayload {
    /// The import, which waits for its file.
    conversion_import: Option<ConversionImport>,
    /// Where to send the file with `PUT`: CSV in UTF-8, up to 5 MB and 5,000 rows. The first row names the columns: `id`, `kind` and
    /// `occurredAt` (RFC 3339), and, where wanted, `name`, `value` (as `12.50`), `currency` and `touches` (`code@time`, with spaces
    /// between). What is wrong with it as a whole is told there, and then the address can be used again.
    upload_url: Option<String>,
    /// Until when.
    expires_at: Option<DateTime<Utc>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

fn result(op: &Op, (index, outcome): (usize, Outcome)) -> ConversionResult {
    let index = i32::try_from(index).unwrap_or(i32::MAX);
    let shown = |outcome, row: Box<_>| ConversionResult {
        index,
        outcome,
        conversion: Some(Conversion { op: op.clone(), row: *row }),
        user_errors: Vec::new(),
    };
    match outcome {
        Outcome::Recorded(row) => shown(ConversionOutcome::Recorded, row),
        Outcome::Known(row) => shown(ConversionOutcome::Known, row),
        Outcome::Refused(errors) => ConversionResult {
            index,
            outcome: ConversionOutcome::Refused,
            conversion: None,
            user_errors: errors.iter().map(|error| Refused::new(op.locale(), error)).collect(),
        },
    }
}

/// Mutations of conversions.
#[derive(Default)]
pub struct ConversionMutation;

#[Object]
impl ConversionMutation {
    /// Records conversions, each once for its source and id: the same sent again is `KNOWN`, and something else under a known id is
    /// refused (`CONVERSION_DIFFERS`). For MID and above, and for programs.
    #[graphql(complexity = "1 + input.conversions.len() * (1 + child_complexity)")]
    async fn record_conversions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversions.")] input: RecordConversionsInput,
    ) -> Result<RecordConversionsPayload> {
        let op = Op::of(ctx)?;
        let RecordConversionsInput { brand_id, source, conversions, error_policy } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let conversions = conversions.into_iter().map(ConversionInput::into_domain).collect();
            let batch = Batch { source, policy: error_policy.into(), conversions };
            domain::record_conversions(context, brand_id, batch).await
        };
        let (recorded, user_errors) = op.command(command).await?;
        let outcomes = recorded.unwrap_or_default().outcomes;
        let results = outcomes.into_iter().enumerate().map(|outcome| result(op, outcome)).collect();
        Ok(RecordConversionsPayload { results, user_errors })
    }

    /// Gives an address to which a file of conversions is sent. It takes one file, within 15 minutes. For MID and above, and for
    /// programs.
    async fn request_conversion_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What will be sent.")] input: RequestConversionImportInput,
    ) -> Result<RequestConversionImportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::request_conversion_import(context, brand_id, &input.source, input.error_policy.into()).await
        };
        let (asked, user_errors) = op.command(command).await?;
        let Some(asked) = asked else {
            return Ok(RequestConversionImportPayload {
                conversion_import: None,
                upload_url: None,
                expires_at: None,
                user_errors,
            });
        };
        Ok(RequestConversionImportPayload {
            conversion_import: Some(ConversionImport { op: op.clone(), row: asked.import }),
            upload_url: Some(asked.url.into()),
            expires_at: Some(asked.expires_at),
            user_errors,
        })
    }
}
