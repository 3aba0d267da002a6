//! Finding what was said before on the same account, in the same words or nearly the same.
//!
//! Two texts are alike by how many pairs of neighbouring words they share (the coefficient of Sørensen and Dice), whatever their case,
//! marks and punctuation. Of a thread, its first text and the whole are compared, and the more alike of the two counts: so nobody hides
//! a text behind a thread, and nobody is told of the words with which all their threads end. What a series or a queue makes of one post comes again on purpose and is not counted.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::calendar::{post, post_variant};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::calendar::variants_of_posts;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;
use crate::strategy::words;

/// From how many percent on two texts say nearly the same.
pub const NEARLY_THE_SAME: u8 = 80;
/// The most posts that are compared: those nearest in time.
const MOST: i64 = 500;
/// How many characters of a text are compared.
const COMPARED: usize = 5000;

/// What is about to be said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    /// On which account.
    pub account_id: Uuid,
    /// The text.
    pub text: &'a str,
    /// What follows it as a thread.
    pub thread: &'a [String],
}

impl Said<'_> {
    fn texts(&self) -> Texts {
        let rest = self.thread.iter().flat_map(|part| ["\n", part.as_str()]).flat_map(str::chars);
        let whole: Option<String> =
            (!self.thread.is_empty()).then(|| self.text.chars().chain(rest).take(COMPARED).collect());
        Texts::of(&self.text.chars().take(COMPARED).collect::<String>(), whole.as_deref())
    }
}

/// A post that says nearly the same on the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// Which.
    pub post_id: Uuid,
    /// Its title.
    pub title: String,
    /// When it goes out, or went.
    pub due_at: DateTime<Utc>,
    /// On which account.
    pub account_id: Uuid,
    /// How alike the texts are, in percent; 100 is the same words in the same order.
    pub percent: u8,
}

#[derive(FromQueryResult)]
struct Other {
    post_id: Uuid,
    title: String,
    due_at: DateTime<Utc>,
    account_id: Uuid,
    text: String,
    whole: Option<String>,
}

/// Posts that are on their way or out within `days` of `at`, before or after; `kin` is all that came from the same source as the post.
const OTHERS: &str = "with origin as (
    select series_id, item_id from repeated_post where brand_id = $1 and post_id = $3
    union all select id, null from post_series where brand_id = $1 and post_id = $3
    union all select null, id from evergreen_item where brand_id = $1 and post_id = $3),
  kin as (
    select r.post_id from repeated_post r join origin o on r.series_id = o.series_id or r.item_id = o.item_id where r.brand_id = $1
    union select s.post_id from post_series s join origin o on s.id = o.series_id where s.brand_id = $1
    union select i.post_id from evergreen_item i join origin o on i.id = o.item_id where i.brand_id = $1)
  select p.id as post_id, p.title, p.due_at, v.social_account_id as account_id, left(v.text, $7) as text,
    case when v.thread <> '{}' then left(array_to_string(array_prepend(v.text, v.thread), E'\\n'), $7) end as whole
  from post p join post_variant v on v.brand_id = p.brand_id and v.post_id = p.id
  where p.brand_id = $1 and v.social_account_id = any ($2) and p.id <> $3 and p.id not in (select k.post_id from kin k)
    and p.state in ('IN_REVIEW', 'APPROVED', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED', 'PAUSED')
    and p.due_at >= $4 - $5 * interval '1 day' and p.due_at <= $4 + $5 * interval '1 day'
  order by abs(extract(epoch from p.due_at - $4)), p.id limit $6";

/// What other posts of the brand say nearly the same as each of these, as far as the caller sees them: per text, the most alike
/// first. One statement.
pub(crate) async fn said_before(
    context: &Context,
    (brand_id, post_id): (Uuid, Uuid),
    (at, days): (DateTime<Utc>, i32),
    said: &[Said<'_>],
) -> Result<Vec<Vec<Similar>>, Failure> {
    let accounts: Vec<Uuid> = said.iter().filter(|one| !one.text.trim().is_empty()).map(|one| one.account_id).collect();
    if accounts.is_empty() {
        return Ok(vec![Vec::new(); said.len()]);
    }
    let most = i32::try_from(COMPARED).unwrap_or(i32::MAX);
    let values = [brand_id.into(), accounts.into(), post_id.into(), at.into(), days.into(), MOST.into(), most.into()];
    let others: Vec<Other> = context.rows(OTHERS, values).await?;
    let texts = |other: &Other| Texts::of(&other.text, other.whole.as_deref());
    let others: Vec<(Texts, Other)> = others.into_iter().map(|other| (texts(&other), other)).collect();
    Ok(said.iter().map(|one| alike(one, &others)).collect())
}

fn alike(one: &Said<'_>, others: &[(Texts, Other)]) -> Vec<Similar> {
    let texts = one.texts();
    let same_account = others.iter().filter(|(_, other)| other.account_id == one.account_id);
    let mut found: Vec<Similar> = same_account
        .map(|(theirs, other)| Similar {
            post_id: other.post_id,
            title: other.title.clone(),
            due_at: other.due_at,
            account_id: other.account_id,
            percent: texts.likeness(theirs),
        })
        .filter(|similar| similar.percent >= NEARLY_THE_SAME)
        .collect();
    // The order by nearness in time stays among those that are as alike.
    found.sort_by_key(|similar| std::cmp::Reverse(similar.percent));
    found
}

/// The other posts that say nearly the same as a post on the same account, within so many days of when it is due, or of now.
pub async fn similar_posts(context: &Context, post: &post::Model, days: i32) -> Result<Vec<Similar>, Failure> {
    context.permit_some(Action::PostHistoryRead, post.brand_id).await?;
    if !(1..=365).contains(&days) {
        return Err(UserError::at(Code::Invalid, "days").into());
    }
    let variants: Vec<post_variant::Model> = variants_of_posts(context, &[post.id]).await?;
    let said = variants.iter().map(|variant| Said {
        account_id: variant.social_account_id,
        text: &variant.text,
        thread: &variant.thread,
    });
    let said: Vec<Said<'_>> = said.collect();
    let at = (post.due_at.unwrap_or(context.now), days);
    Ok(said_before(context, (post.brand_id, post.id), at, &said).await?.into_iter().flatten().collect())
}

/// What is compared of a variant.
#[derive(Debug)]
struct Texts {
    /// The text; of a thread, its first.
    first: Text,
    /// A thread as one text; none where nothing follows the first.
    whole: Option<Text>,
}

impl Texts {
    fn of(first: &str, whole: Option<&str>) -> Self {
        Self { first: Text::of(first), whole: whole.map(Text::of) }
    }

    fn likeness(&self, other: &Self) -> u8 {
        let firsts = self.first.likeness(&other.first);
        if self.whole.is_none() && other.whole.is_none() {
            return firsts;
        }
        firsts.max(self.all().likeness(other.all()))
    }

    /// Everything that it says.
    fn all(&self) -> &Text {
        self.whole.as_ref().unwrap_or(&self.first)
    }
}

/// A text as it is compared.
#[derive(Debug)]
struct Text {
    /// How often each pair of neighbours occurs; the beginning and the end are neighbours, too.
    pairs: HashMap<(String, String), usize>,
    /// How many pairs there are.
    count: usize,
    /// What is compared where there are no words: emoji alone, for example.
    bare: Option<String>,
}

impl Text {
    fn of(text: &str) -> Self {
        let words = words(text);
        let bare = words.is_empty().then(|| text.split_whitespace().collect::<String>());
        let mut pairs: HashMap<(String, String), usize> = HashMap::new();
        let mut before = String::new();
        let count = words.len() + 1;
        for word in words.into_iter().chain([String::new()]) {
            *pairs.entry((before, word.clone())).or_default() += 1;
            before = word;
        }
        Self { pairs, count, bare }
    }

    fn likeness(&self, other: &Self) -> u8 {
        if self.bare.is_some() || other.bare.is_some() {
            return if self.bare == other.bare { 100 } else { 0 };
        }
        let shared: usize =
            self.pairs.iter().map(|(pair, times)| other.pairs.get(pair).map_or(0, |theirs| *theirs.min(times))).sum();
        u8::try_from(200 * shared / (self.count + other.count)).unwrap_or(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn likeness(one: &str, other: &str) -> u8 {
        Text::of(one).likeness(&Text::of(other))
    }

    #[test]
    fn texts_are_alike_by_their_words_in_their_order() {
        assert_eq!(likeness("Good morning, Athens!", "GOOD MORNING ATHENS"), 100);
        assert_eq!(likeness("سلام به همه", "سَلام، به همه!"), 100);
        assert_eq!(likeness("🎉 🎉", "🎉🎉"), 100);
        assert_eq!(likeness("🎉", "Hello"), 0);
        assert_eq!(likeness("", "Hello"), 0);
        let long = "Our new roast is here: a bright coffee from the hills of Huila, in all our shops from Monday on";
        assert!(likeness(long, &long.replace("Monday", "Tuesday")) >= NEARLY_THE_SAME);
        assert!(likeness(long, "Our shops are closed on Monday") < NEARLY_THE_SAME);
        assert!(likeness("Dog bites man", "Man bites dog") < NEARLY_THE_SAME, "the order counts");
    }

    #[test]
    fn a_thread_is_compared_by_its_beginning_and_as_a_whole() {
        let texts = |text: &str, thread: &[&str]| {
            let thread: Vec<String> = thread.iter().map(|part| (*part).to_owned()).collect();
            Said { account_id: Uuid::nil(), text, thread: &thread }.texts()
        };
        let cut = texts("Our new roast is here", &["A bright coffee from Huila", "In all our shops"]);
        let one = texts("Our new roast is here. A bright coffee from Huila. In all our shops.", &[]);
        assert_eq!((cut.likeness(&one), one.likeness(&cut)), (100, 100), "cut otherwise, it says the same");
        let begun = texts("Our new roast is here", &["Come and see us on Monday from nine o'clock on, we have cake"]);
        assert_eq!(cut.likeness(&begun), 100, "it begins alike");
        let other = texts("Good morning, Athens", &["We are open today", "In all our shops"]);
        assert!(cut.likeness(&other) < NEARLY_THE_SAME, "threads may end alike");
    }

    proptest! {
        #[test]
        fn every_text_is_like_itself_and_likeness_has_no_direction(one in ".{0,80}", other in ".{0,80}") {
            prop_assert_eq!(likeness(&one, &one), 100);
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
            prop_assert!(likeness(&one, &other) <= 100);
        }
    }
}
