//! Reading templates and hashtag sets, and trying them out. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Failure;
use diwan_domain::templates::{self as domain, Fill, Filled};

use super::types::{ContentTemplate, HashtagSet};
use crate::graphql::calendar::storable;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{SocialAccount, TextCount};
use crate::graphql::scalars::Kind;

/// A value of a declared variable.
#[derive(InputObject)]
struct TemplateValueInput {
    /// The variable's name.
    name: String,
    /// What stands in its place, up to 5000 characters. Braces in it are text.
    value: String,
}

/// A template filled in for one account.
#[derive(SimpleObject)]
struct FilledTemplate {
    /// The account.
    account: SocialAccount,
    /// The text; what has no value stands in it as the template has it. Null where it would be longer than any text may be.
    text: Option<String>,
    /// Whether nothing is missing or wrong: then the text can be used as it is.
    complete: bool,
    /// What is missing, and what else is wrong. `field` is `variables` with the variable's name, `dueAt` where the day is not known, or
    /// `text`.
    problems: Vec<Refused>,
    /// How long the text is as it stands, by the account's own limits.
    counts: Vec<TextCount>,
}

impl FilledTemplate {
    fn of(op: &Op, filled: Filled) -> Self {
        let problems = filled.problems.iter().map(|error| Refused::new(op.locale(), error));
        Self {
            account: SocialAccount { op: op.clone(), row: filled.account },
            text: filled.text,
            complete: filled.problems.is_empty(),
            problems: problems.collect(),
            counts: filled.counts.into_iter().map(Into::into).collect(),
        }
    }
}

/// A text with the hashtags of a set.
#[derive(SimpleObject)]
struct TextWithHashtags {
    /// The text with those that fit, as a paragraph of their own at its end.
    text: String,
    /// Those that were appended, without their sign.
    added: Vec<String>,
    /// Those that the text has already, in whatever case.
    already_there: Vec<String>,
    /// Those for which the account's limits leave no room: the first that did not fit, and all after it.
    left_out: Vec<String>,
    /// How long the text is now, by the account's own limits.
    counts: Vec<TextCount>,
}

/// Each account is paid like the counting of a text of some length.
fn filling_cost(accounts: usize, child: usize) -> usize {
    1 + accounts.min(1_000) * (child + 20)
}

/// A text is counted a few times.
fn tagging_cost(text: &str, child: usize) -> usize {
    1 + child + text.len() / 125
}

/// Queries for templates and hashtag sets.
#[derive(Default)]
pub struct TemplateQuery;

#[Object]
impl TemplateQuery {
    /// The templates of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn content_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Held by name, description or text, up to 200 characters.")] search: Option<String>,
        #[graphql(desc = "Those that were put away, instead of those that were not.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ContentTemplate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::content_templates(op, id, (archived, search.as_deref()), page).await)?;
        Ok(connection(slice, |row| row.id, |row| ContentTemplate { op: op.clone(), row }))
    }

    /// The hashtag sets of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn hashtag_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Held by name or hashtags, up to 200 characters.")] search: Option<String>,
        #[graphql(desc = "Those that were put away, instead of those that were not.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, HashtagSet>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::hashtag_sets(op, id, (archived, search.as_deref()), page).await)?;
        Ok(connection(slice, |row| row.id, |row| HashtagSet { op: op.clone(), row }))
    }

    /// A template filled in for each of these accounts, with what is missing and how long it is there. Nothing is written. For the
    /// agency's staff.
    #[graphql(complexity = "filling_cost(account_ids.len(), child_complexity)")]
    async fn filled_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template.")] template_id: ID,
        #[graphql(desc = "Values of declared variables.", default)] variables: Vec<TemplateValueInput>,
        #[graphql(desc = "Accounts of the template's brand, 1 to 50.")] account_ids: Vec<ID>,
        #[graphql(desc = "When it will be said: the day that `date` shows.")] due_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<FilledTemplate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let fill = || -> Result<Fill, Failure> {
            let accounts = account_ids.iter().enumerate();
            let accounts = accounts.map(|(at, id)| Kind::Account.parse(id, &format!("accountIds.{at}")));
            Ok(Fill {
                template_id: Kind::ContentTemplate.parse(&template_id, "templateId")?,
                values: variables.into_iter().map(|value| (value.name, value.value)).collect(),
                account_ids: accounts.collect::<Result<_, _>>()?,
                due_at: storable(due_at, "dueAt")?,
            })
        };
        let fill = op.query(fill())?;
        let filled = op.query(domain::filled_template(op, fill).await)?;
        Ok(filled.into_iter().map(|filled| FilledTemplate::of(op, filled)).collect())
    }

    /// A text with the hashtags of a set at its end, in their order, as far as they fit the account's limits; what does not fit is
    /// named, and nothing is cut. Nothing is written. For the agency's staff.
    #[graphql(complexity = "tagging_cost(&text, child_complexity)")]
    async fn text_with_hashtags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text, up to 100,000 characters.")] text: String,
        #[graphql(desc = "Which set.")] hashtag_set_id: ID,
        #[graphql(desc = "For which account of the set's brand.")] account_id: ID,
    ) -> Result<TextWithHashtags> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let set = op.query(Kind::HashtagSet.parse(&hashtag_set_id, "hashtagSetId"))?;
        let account = op.query(Kind::Account.parse(&account_id, "accountId"))?;
        let tagged = op.query(domain::text_with_hashtags(op, &text, set, account).await)?;
        Ok(TextWithHashtags {
            text: tagged.text,
            added: tagged.added,
            already_there: tagged.already_there,
            left_out: tagged.left_out,
            counts: tagged.counts.into_iter().map(Into::into).collect(),
        })
    }
}
