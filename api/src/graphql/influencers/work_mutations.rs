//! Mutations of what was said to influencers and of what they brought.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::influencers::{self as domain, NewOutreach, NewResult, OutreachChange};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::influencers::influencer_outreach;

use super::work::{InfluencerOutreach, InfluencerResult, OutreachChannel};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What was said to an influencer.
#[derive(InputObject)]
struct RecordOutreachInput {
    /// For which brand.
    brand_id: ID,
    /// To whom.
    influencer_id: ID,
    /// How.
    channel: OutreachChannel,
    /// When; now when left out, and never later.
    said_at: Option<DateTime<Utc>>,
    /// What, 1 to 5000 characters.
    message: String,
    /// On which day somebody asks again.
    follow_up_on: Option<NaiveDate>,
}

/// What came of it.
#[derive(InputObject)]
struct UpdateOutreachInput {
    /// Of what.
    outreach_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What they answered, up to 5000 characters; empty: nothing yet.
    #[graphql(default)]
    answer: String,
    /// When they answered; now when left out and there is an answer.
    answered_at: Option<DateTime<Utc>>,
    /// On which day somebody asks again; nobody does when left out.
    follow_up_on: Option<NaiveDate>,
}

/// A figure that somebody states.
#[derive(InputObject)]
struct StatedNumberInput {
    /// Of what, such as `reach`: 1 to 100 characters.
    name: String,
    /// How many.
    value: Long,
}

/// What an influencer brought.
#[derive(InputObject)]
struct RecordInfluencerResultInput {
    /// Which brand.
    brand_id: ID,
    /// Who.
    influencer_id: ID,
    /// What it is called, 1 to 300 characters.
    title: String,
    /// A publication of the brand that it was.
    publication_id: Option<ID>,
    /// Where it is, with http or https, up to 2000 characters. Nobody calls it.
    url: Option<String>,
    /// On which day.
    happened_on: NaiveDate,
    /// Up to 30 figures, none of the same name twice.
    #[graphql(default)]
    numbers: Vec<StatedNumberInput>,
    /// Who states them, up to 300 characters; needed where there are any.
    #[graphql(default)]
    source: String,
    /// Whether the advertising was named as such; not known when left out.
    disclosed: Option<bool>,
    /// What else there is to say, up to 5000 characters.
    #[graphql(default)]
    note: String,
}

/// A result that was recorded by mistake.
#[derive(InputObject)]
struct DeleteInfluencerResultInput {
    /// Which.
    result_id: ID,
}

/// The answer of what writes down what was said.
#[derive(SimpleObject)]
struct OutreachPayload {
    /// What was said, when it was written down.
    outreach: Option<InfluencerOutreach>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `recordInfluencerResult`.
#[derive(SimpleObject)]
struct RecordInfluencerResultPayload {
    /// The result, when it was recorded.
    result: Option<InfluencerResult>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteInfluencerResult`.
#[derive(SimpleObject)]
struct DeleteInfluencerResultPayload {
    /// The id of what is gone.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_outreach(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<influencer_outreach::Model, Failure>,
) -> Result<OutreachPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(OutreachPayload { outreach: row.map(|row| InfluencerOutreach { op: op.clone(), row }), user_errors })
}

impl RecordInfluencerResultInput {
    fn into_domain(self) -> Result<NewResult, Failure> {
        let number = |StatedNumberInput { name, value: Long(value) }| domain::StatedNumber { name, value };
        let publication = self.publication_id.map(|id| Kind::Publication.parse(&id, "publicationId"));
        Ok(NewResult {
            brand_id: Kind::Brand.parse(&self.brand_id, "brandId")?,
            influencer_id: Kind::Influencer.parse(&self.influencer_id, "influencerId")?,
            title: self.title,
            publication_id: publication.transpose()?,
            url: self.url,
            happened_on: self.happened_on,
            numbers: self.numbers.into_iter().map(number).collect(),
            source: self.source,
            disclosed: self.disclosed,
            note: self.note,
        })
    }
}

/// Mutations of what was said to influencers and of what they brought.
#[derive(Default)]
pub struct InfluencerWorkMutation;

#[Object]
impl InfluencerWorkMutation {
    /// Writes down what was said to an influencer. Nothing is sent. For MID and above.
    async fn record_outreach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, to whom and how.")] input: RecordOutreachInput,
    ) -> Result<OutreachPayload> {
        let command = async |context: &Domain| {
            let new = NewOutreach {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                influencer_id: Kind::Influencer.parse(&input.influencer_id, "influencerId")?,
                channel: input.channel.into(),
                said_at: input.said_at,
                message: input.message,
                follow_up_on: input.follow_up_on,
            };
            domain::record_outreach(context, &new).await
        };
        of_outreach(Op::of(ctx)?, command).await
    }

    /// Writes down what came of it, and when somebody asks again. For MID and above.
    async fn update_outreach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came of it.")] input: UpdateOutreachInput,
    ) -> Result<OutreachPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Outreach.parse(&input.outreach_id, "outreachId")?;
            let UpdateOutreachInput { version, answer, answered_at, follow_up_on, .. } = input;
            let change = OutreachChange { version, answer, answered_at, follow_up_on };
            domain::update_outreach(context, id, &change).await
        };
        of_outreach(Op::of(ctx)?, command).await
    }

    /// Records what an influencer brought a brand: a publication, or figures that somebody states. For MID and above.
    async fn record_influencer_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and whose.")] input: RecordInfluencerResultInput,
    ) -> Result<RecordInfluencerResultPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| domain::record_result(context, &input.into_domain()?).await;
        let (row, user_errors) = op.command(command).await?;
        let result = row.map(|row| InfluencerResult { op: op.clone(), row });
        Ok(RecordInfluencerResultPayload { result, user_errors })
    }

    /// Takes a result back that was recorded by mistake. For MID and above.
    async fn delete_influencer_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteInfluencerResultInput,
    ) -> Result<DeleteInfluencerResultPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::InfluencerResult.parse(&input.result_id, "resultId")?;
            domain::delete_result(context, id).await?;
            Ok(input.result_id)
        };
        let (deleted_id, user_errors) = op.command(command).await?;
        Ok(DeleteInfluencerResultPayload { deleted_id, user_errors })
    }
}
