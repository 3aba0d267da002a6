//! How long a text is, while it is being written.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use diwan_domain::calendar;
use diwan_networks::{TextCount as Counted, TextRules};

use crate::graphql::context::Op;
use crate::graphql::scalars::Long;

/// What a network counts in a text.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "diwan_networks::TextUnit")]
pub enum TextUnit {
    /// What a reader takes for one character (extended grapheme clusters): an emoji is one.
    Graphemes,
    /// Graphemes, where every link counts the same and a mention counts without its host.
    MastodonCharacters,
    /// Units of UTF-16: a letter is one, most emoji are two or more.
    #[graphql(name = "UTF16_UNITS")]
    Utf16Units,
    /// One for what is written with letters, two for other signs and for an emoji, 23 for a link.
    XWeighted,
    /// Characters, where an emoji counts as many as it has bytes.
    ThreadsCharacters,
    /// Bytes of UTF-8.
    Bytes,
    /// Hashtags.
    Hashtags,
    /// Mentions of accounts.
    Mentions,
    /// Different links.
    Links,
}

/// What a limit of a text is for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "diwan_networks::TextPart")]
pub enum TextPart {
    /// The post's text.
    Text,
    /// The title above it.
    Title,
    /// The description of a video or a pin.
    Description,
    /// The text under a picture or a video.
    Caption,
}

/// What a text comes to under one limit.
#[derive(SimpleObject)]
pub struct TextCount {
    /// What the limit is for: the text is counted as if it were that.
    part: TextPart,
    /// What was counted.
    unit: TextUnit,
    /// How many there are.
    counted: Long,
    /// The most that the network takes by default.
    limit: Long,
    /// How many are left; below 0: how many there are too many.
    remaining: Long,
}

/// What a text comes to on one network.
#[derive(SimpleObject)]
struct NetworkTextCount {
    /// The network's key.
    network: &'static str,
    /// Its name.
    name: &'static str,
    /// Under each of its limits.
    counts: Vec<TextCount>,
}

impl From<Counted> for TextCount {
    fn from(count: Counted) -> Self {
        let (counted, limit) = (Long::from(count.counted), Long::from(count.limit));
        Self { part: count.part.into(), unit: count.unit.into(), remaining: Long(limit.0 - counted.0), counted, limit }
    }
}

fn answer((rules, counts): (&'static TextRules, Vec<Counted>)) -> NetworkTextCount {
    NetworkTextCount { network: rules.key, name: rules.name, counts: counts.into_iter().map(Into::into).collect() }
}

/// Each network is paid, and each thousand bytes that is counted for it.
fn cost(text: &str, networks: Option<&Vec<String>>, child: usize) -> usize {
    let networks = networks.map_or(diwan_networks::text_rules().len(), Vec::len);
    1 + networks * (child + text.len() / 1_000)
}

/// The query that counts texts.
#[derive(Default)]
pub struct CountingQuery;

#[Object]
impl CountingQuery {
    /// How long a text is on each network, in the way in which that network counts, and how much is left: for showing it while it is
    /// being written. By the networks' defaults: what an account's own server allows is in `validatePost`.
    #[graphql(complexity = "cost(&text, networks.as_ref(), child_complexity)")]
    async fn count_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text, up to 100,000 characters.")] text: String,
        #[graphql(desc = "Keys of networks, such as `x`; every network when left out.")] networks: Option<Vec<String>>,
    ) -> Result<Vec<NetworkTextCount>> {
        let op = Op::of(ctx)?;
        let counts = op.query(calendar::count_text(op, &text, networks.as_deref()))?;
        Ok(counts.into_iter().map(answer).collect())
    }
}
