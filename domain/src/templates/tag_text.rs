//! A text with the hashtags of a set.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::hashtag_set;
use diwan_entity::publishing::social_account;
use diwan_networks::TextCount;
use uuid::Uuid;

use super::shelf::{live, seen};
use crate::calendar::{MOST_TEXT, count_for};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::strategy::{folded, hashtags_in};

/// A text with the hashtags of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedText {
    /// The text with those that fit, as a paragraph of their own at its end.
    pub text: String,
    /// Those that were appended.
    pub added: Vec<String>,
    /// Those that the text has already, in whatever case.
    pub already_there: Vec<String>,
    /// Those for which there is no room.
    pub left_out: Vec<String>,
    /// How long the text is by the account's own limits.
    pub counts: Vec<TextCount>,
}

/// Appends the hashtags of a set in their order, up to the first for which the account's limits leave no room. Nothing is written.
/// A text runs as it ran before: the hashtags follow it in the order of what is said, whichever way that is written.
pub async fn text_with_hashtags(
    context: &Context,
    text: &str,
    set_id: Uuid,
    account_id: Uuid,
) -> Result<TaggedText, Failure> {
    let set = seen::<hashtag_set::Entity>(context, set_id, "hashtagSetId").await?;
    context.permit(Action::ContentRead, set.brand_id).await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, set.archived_at, "hashtagSetId");
    let length = text.chars().count();
    if length > MOST_TEXT {
        wrong.add(UserError::at(Code::TooLong, "text").number("limit", MOST_TEXT).number("actual", length));
    }
    wrong.check()?;
    let account = context.one(social_account::Entity::one_in_brand(set.brand_id, account_id)).await?;
    let account = account.ok_or_else(|| UserError::at(Code::NotFound, "accountId"))?;
    if !set.networks.is_empty() && !set.networks.contains(&account.network) {
        let error = UserError::at(Code::HashtagsNotForNetwork, "hashtagSetId");
        return Err(error.text("network", account.network).text("networks", set.networks.join(", ")).into());
    }
    let said = hashtags_in(text);
    let (already_there, mut added): (Vec<_>, Vec<_>) =
        set.hashtags.into_iter().partition(|tag| said.contains(&folded(tag)));
    let left_out = added.split_off(how_many_fit(&account, text, &added)?);
    let text = appended(text, &added);
    let counts = count_for(&account, &text)?;
    Ok(TaggedText { text, added, already_there, left_out, counts })
}

/// How many of these, from the first on, fit. With more of them a text is never shorter, so that half of what is left is tried each
/// time: a long text is counted a few times, not once for each hashtag.
fn how_many_fit(account: &social_account::Model, text: &str, tags: &[String]) -> Result<usize, Failure> {
    let (mut fit, mut over) = (0, tags.len() + 1);
    while over - fit > 1 {
        let middle = fit.midpoint(over);
        let longer = appended(text, &tags[..middle]);
        let room = |count: &TextCount| count.counted <= count.limit;
        if longer.chars().count() <= MOST_TEXT && count_for(account, &longer)?.iter().all(room) {
            fit = middle;
        } else {
            over = middle;
        }
    }
    Ok(fit)
}

fn appended(text: &str, tags: &[String]) -> String {
    if tags.is_empty() {
        return text.to_owned();
    }
    let tags = tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ");
    match text.trim_end() {
        "" => tags,
        said => format!("{said}\n\n{tags}"),
    }
}
