//! Templates and hashtag sets as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::templates::{self as domain, BuiltIn};
use diwan_entity::calendar::{content_template, hashtag_set};

use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::ContentPillar;
use crate::graphql::tenancy::Brand;

/// What is known wherever a template is filled in, and need not be declared.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "BuiltIn")]
pub enum BuiltInVariable {
    /// `{{ brand.name }}`: the brand's name.
    BrandName,
    /// `{{ date }}`: the day on which it is due, by the brand's clock, as its language writes it.
    Date,
    /// `{{ account.handle }}`: the account's name at its network, without a leading `@`.
    AccountHandle,
    /// `{{ account.name }}`: the name that the account shows.
    AccountName,
    /// `{{ network }}`: the network's name.
    Network,
}

/// Something that a template is filled in with.
#[derive(SimpleObject)]
struct TemplateVariable {
    /// How the text names it, between two braces on either side.
    name: String,
    /// What people read.
    label: String,
    /// What stands where no value is given; null: nothing.
    default: Option<String>,
    /// Whether there must be a value each time.
    required: bool,
    /// Whether the text uses it.
    used: bool,
}

/// A text with variables, to be filled in again and again.
pub struct ContentTemplate {
    pub op: Op,
    pub row: content_template::Model,
}

/// A text with variables, to be filled in again and again.
#[Object]
impl ContentTemplate {
    /// The template's id.
    pub async fn id(&self) -> ID {
        Kind::ContentTemplate.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What it is for.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// The text as it is written, with `{{ name }}` where something is filled in.
    async fn text(&self) -> &str {
        &self.row.text
    }
    /// Its language, BCP 47.
    async fn language(&self) -> Option<&str> {
        self.row.language.as_deref()
    }
    /// What posts from it are about.
    async fn pillar(&self) -> Result<Option<ContentPillar>> {
        let Some(id) = self.row.pillar_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ContentPillar { op: self.op.clone(), row }))
    }
    /// What is declared, in its order.
    async fn variables(&self) -> Result<Vec<TemplateVariable>> {
        let variables = self.op.query(domain::used_variables(&self.row))?;
        let shown = variables.declared.into_iter().map(|(variable, used)| TemplateVariable {
            name: variable.name,
            label: variable.label,
            default: variable.default,
            required: variable.required,
            used,
        });
        Ok(shown.collect())
    }
    /// What is built in and used by the text.
    async fn built_in_variables(&self) -> Result<Vec<BuiltInVariable>> {
        let variables = self.op.query(domain::used_variables(&self.row))?;
        Ok(variables.built_in.into_iter().map(Into::into).collect())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Hashtags that go together, in their order.
pub struct HashtagSet {
    pub op: Op,
    pub row: hashtag_set::Model,
}

/// Hashtags that go together, in their order.
#[Object]
impl HashtagSet {
    /// The set's id.
    pub async fn id(&self) -> ID {
        Kind::HashtagSet.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The hashtags in the order in which they are appended, without their sign.
    async fn hashtags(&self) -> &[String] {
        &self.row.hashtags
    }
    /// The language of texts that it is for, BCP 47; null: any.
    async fn language(&self) -> Option<&str> {
        self.row.language.as_deref()
    }
    /// Keys of the networks that it is for; empty: any.
    async fn networks(&self) -> &[String] {
        &self.row.networks
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
