//! Endpoints to which servers send conversions.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::tracking as domain;
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tracking::conversion_endpoint;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// An endpoint to which a server sends conversions.
pub struct ConversionEndpoint {
    pub op: Op,
    pub row: conversion_endpoint::Model,
}

/// An endpoint to which a server sends conversions by `POST`, signed as Standard Webhooks has it, within five minutes. The body is
/// `{ "conversions": [{ "id", "kind", "name", "occurredAt", "value": { "minor", "currency" }, "touches": [{ "code", "at" }] }] }` with 1 to
/// 500 of them in at most 1 MiB: the fields of `ConversionInput`. All of it is recorded or nothing. The answer is 200 with
/// `{ "recorded", "known" }`; 401 where the signature does not fit, 409 where an id stands for something else, 422 where something must be
/// mended. Sent again, it is recorded once.
#[Object]
impl ConversionEndpoint {
    /// The endpoint's id.
    pub async fn id(&self) -> ID {
        Kind::ConversionEndpoint.id(self.row.id)
    }
    /// What the source of its conversions is called.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// Where the server sends them.
    async fn url(&self) -> Result<String> {
        let path = format!("hooks/conversions/{}", Kind::ConversionEndpoint.id(self.row.id).as_str());
        let url = self.op.services.link(&path).map_err(Failure::from);
        Ok(self.op.query(url)?.into())
    }
    /// When something was last received; null: never.
    async fn last_received_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_received_at
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// An endpoint to make.
#[derive(InputObject)]
struct CreateConversionEndpointInput {
    /// Of which brand.
    brand_id: ID,
    /// What the source of its conversions is called, 1 to 100 characters; unlike that of any other endpoint of the brand.
    source: String,
}

/// An endpoint to end.
#[derive(InputObject)]
struct DeleteConversionEndpointInput {
    /// Which endpoint.
    endpoint_id: ID,
}

/// The answer of `createConversionEndpoint`.
#[derive(SimpleObject)]
struct CreateConversionEndpointPayload {
    /// The endpoint, when it was made.
    conversion_endpoint: Option<ConversionEndpoint>,
    /// Its secret, shown this once, as Standard Webhooks writes it: `whsec_` and base64.
    secret: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteConversionEndpoint`.
#[derive(SimpleObject)]
struct DeleteConversionEndpointPayload {
    /// The endpoint, as it was.
    conversion_endpoint: Option<ConversionEndpoint>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of endpoints.
#[derive(Default)]
pub struct EndpointMutation;

#[Object]
impl EndpointMutation {
    /// Makes an endpoint to which a server sends conversions; up to 20 in a brand. For SENIOR and above.
    async fn create_conversion_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: CreateConversionEndpointInput,
    ) -> Result<CreateConversionEndpointPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_conversion_endpoint(context, brand_id, &input.source).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (row, secret) = done.unzip();
        let conversion_endpoint = row.map(|row| ConversionEndpoint { op: op.clone(), row });
        Ok(CreateConversionEndpointPayload { conversion_endpoint, secret, user_errors })
    }

    /// Ends an endpoint: nothing is received there any more. What was recorded stays. For SENIOR and above.
    async fn delete_conversion_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: DeleteConversionEndpointInput,
    ) -> Result<DeleteConversionEndpointPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ConversionEndpoint.parse(&input.endpoint_id, "endpointId")?;
            domain::delete_conversion_endpoint(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        let conversion_endpoint = row.map(|row| ConversionEndpoint { op: op.clone(), row });
        Ok(DeleteConversionEndpointPayload { conversion_endpoint, user_errors })
    }
}
