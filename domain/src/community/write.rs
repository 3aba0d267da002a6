//! Writing what was read: the same statements however many comments there are.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use diwan_networks::Comment;
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::jobs::Scope;

/// The longest text that is kept, in characters: networks take less.
const LONGEST_TEXT: usize = 10_000;
/// The longest name.
const LONGEST_NAME: usize = 300;
/// The longest id that is kept; what has a longer one is left out.
const LONGEST_ID: usize = 500;
/// So much earlier than a post went out, as we know it, something under it can have been written: clocks differ, and of some posts it is found
/// out late that they are there.
const EARLIER: Duration = Duration::hours(1);

/// Under what comments were read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub account_id: Uuid,
    pub publication_id: Uuid,
    /// The network's id of the post.
    pub remote_id: String,
    /// When it went out.
    pub published_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Known {
    remote_id: String,
    root: String,
}

/// What other people wrote last below the same, before a comment of the account.
#[derive(FromQueryResult)]
struct Before {
    remote_id: String,
    root: String,
    sent_at: DateTime<Utc>,
}

/// What was read earlier: which comment began the conversation of each of these, and the last [`Before`] each of the account's.
#[derive(Default)]
struct Earlier {
    roots: HashMap<String, String>,
    before: HashMap<String, (DateTime<Utc>, String)>,
}

#[derive(FromQueryResult)]
struct Touched {
    conversation_id: Uuid,
}

/// Which comment began the conversation of each of these, in the order in which they were written. What the account writes under its own post
/// belongs to the post, and begins nothing. Below such a part of the post it answers whoever wrote there last before it: where answers have no
/// answers, all of them stand below the part.
fn rooted(mut comments: Vec<Comment>, post_id: &str, earlier: Earlier) -> Vec<(Comment, String)> {
    let Earlier { mut roots, before } = earlier;
    comments.sort_by(|one, other| (one.at, &one.remote_id).cmp(&(other.at, &other.remote_id)));
    let mut seen = HashSet::new();
    comments.retain(|comment| seen.insert(comment.remote_id.clone()));
    let mut of_post = vec![post_id.to_owned()];
    // What other people wrote last below each, when, and in which conversation.
    let mut last: HashMap<String, (DateTime<Utc>, String)> = HashMap::new();
    let mut said = Vec::with_capacity(comments.len());
    for comment in comments {
        let above = &comment.in_reply_to;
        let answered = [last.get(above), before.get(&comment.remote_id)].into_iter().flatten().max();
        let answered = answered.filter(|_| comment.is_own && above != post_id).map(|(_, root)| root);
        // What is known stays where it is.
        let root = roots.get(&comment.remote_id).or_else(|| roots.get(above)).or(answered).cloned();
        if root.is_none() && comment.is_own && of_post.contains(above) {
            of_post.push(comment.remote_id);
            continue;
        }
        let root = root.unwrap_or_else(|| comment.remote_id.clone());
        if !comment.is_own {
            last.insert(above.clone(), (comment.at, root.clone()));
        }
        roots.insert(comment.remote_id.clone(), root.clone());
        said.push((comment, root));
    }
    said
}

fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

fn named(name: Option<&str>, most: usize) -> Option<String> {
    name.map(|name| cut(name.trim(), most)).filter(|name| !name.is_empty())
}

/// Writes comments that were read just now. What is known is seen again, and has the text that it has now.
pub(super) async fn write(scope: &Scope, place: &Place, comments: Vec<Comment>) -> Result<(), DbErr> {
    let fits = |comment: &Comment| {
        let ids = [&comment.remote_id, &comment.in_reply_to];
        ids.into_iter().all(|id| !id.is_empty() && id.chars().count() <= LONGEST_ID)
    };
    // On some networks whoever writes says when, too.
    let in_time = |mut comment: Comment| {
        comment.at = comment.at.max(place.published_at - EARLIER).min(scope.now);
        comment
    };
    let comments: Vec<Comment> = comments.into_iter().filter(fits).map(in_time).collect();
    let earlier =
        Earlier { roots: known(scope, place, &comments).await?, before: before(scope, place, &comments).await? };
    let said = rooted(comments, &place.remote_id, earlier);
    if said.is_empty() {
        return Ok(());
    }
    begin(scope, place, &said).await?;
    let sql = "insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, author_id,
        author_name, is_own, text, sent_at, read_at, seen_at)
      select m.id, $1, c.id, $2, m.remote_id, m.in_reply_to, nullif(m.author_id, ''), nullif(m.author_name, ''), m.is_own,
        m.text, m.sent_at, $12, $12
      from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bool[], $10::text[], $11::timestamptz[])
          m (id, root, remote_id, in_reply_to, author_id, author_name, is_own, text, sent_at)
        join conversation c on c.brand_id = $1 and c.social_account_id = $2 and c.remote_id = m.root
      on conflict (brand_id, social_account_id, remote_id) do update set
        author_id = excluded.author_id, author_name = excluded.author_name, seen_at = excluded.seen_at, gone_at = null,
        is_own = excluded.is_own, asks = conversation_message.asks and not excluded.is_own,
        answered_at = case when not excluded.is_own then conversation_message.answered_at end,
        changed_at = case when conversation_message.text <> excluded.text then excluded.seen_at else conversation_message.changed_at end,
        text = excluded.text
      returning conversation_id";
    let ids: Vec<Uuid> = said.iter().map(|_| scope.new_id()).collect();
    let texts = |of: &dyn Fn(&(Comment, String)) -> String| said.iter().map(of).collect::<Vec<String>>();
    let values = [
        scope.brand_id.into(),
        place.account_id.into(),
        ids.into(),
        texts(&|(_, root)| root.clone()).into(),
        texts(&|(said, _)| said.remote_id.clone()).into(),
        texts(&|(said, _)| said.in_reply_to.clone()).into(),
        // An empty text stands for none: arrays of values that may be missing are not bound.
        texts(&|(said, _)| named(said.author_id.as_deref(), LONGEST_ID).unwrap_or_default()).into(),
        texts(&|(said, _)| named(said.author_name.as_deref(), LONGEST_NAME).unwrap_or_default()).into(),
        said.iter().map(|(said, _)| said.is_own).collect::<Vec<bool>>().into(),
        texts(&|(said, _)| cut(&said.text, LONGEST_TEXT)).into(),
        said.iter().map(|(said, _)| said.at).collect::<Vec<DateTime<Utc>>>().into(),
        scope.now.into(),
    ];
    let mut touched: Vec<Touched> = db::all(scope.tx(), sql, values).await?;
    touched.extend(join(scope, place, texts(&|(said, _)| said.remote_id.clone())).await?);
    settle(scope, touched).await
}

/// Brings conversations together where one began with an answer to what is read only now: some networks tell the newest first.
async fn join(scope: &Scope, place: &Place, read_now: Vec<String>) -> Result<Vec<Touched>, DbErr> {
    let sql = "with late as (
        select c.id as part, a.conversation_id as whole
        from conversation c
          join conversation_message m on m.brand_id = c.brand_id and m.conversation_id = c.id and m.remote_id = c.remote_id
          join conversation_message a on a.brand_id = c.brand_id and a.social_account_id = c.social_account_id
            and a.remote_id = m.in_reply_to
        where c.brand_id = $1 and c.publication_id = $2 and m.in_reply_to = any ($3) and a.conversation_id <> c.id)
      update conversation_message m set conversation_id = l.whole from late l where m.brand_id = $1 and m.conversation_id = l.part
      returning m.conversation_id";
    let values = [scope.brand_id.into(), place.publication_id.into(), read_now.into()];
    let joined: Vec<Touched> = db::all(scope.tx(), sql, values).await?;
    if !joined.is_empty() {
        let sql = "delete from conversation c where c.brand_id = $1 and c.publication_id = $2
          and not exists (select from conversation_message m where m.brand_id = c.brand_id and m.conversation_id = c.id)";
        let values = [scope.brand_id.into(), place.publication_id.into()];
        scope.tx().execute_raw(db::statement(sql, values)).await?;
    }
    Ok(joined)
}

/// What began the conversations of what is known of these comments, and of what they answer.
async fn known(scope: &Scope, place: &Place, comments: &[Comment]) -> Result<HashMap<String, String>, DbErr> {
    let ids = comments.iter().flat_map(|comment| [comment.remote_id.clone(), comment.in_reply_to.clone()]);
    let sql = "select m.remote_id, c.remote_id as root
      from conversation_message m join conversation c on c.brand_id = m.brand_id and c.id = m.conversation_id
      where m.brand_id = $1 and m.social_account_id = $2 and m.remote_id = any ($3)";
    let values = [scope.brand_id.into(), place.account_id.into(), ids.collect::<Vec<String>>().into()];
    let rows: Vec<Known> = db::all(scope.tx(), sql, values).await?;
    Ok(rows.into_iter().map(|row| (row.remote_id, row.root)).collect())
}

/// What other people wrote last, before each of the account's comments, below what it stands below.
async fn before(
    scope: &Scope,
    place: &Place,
    comments: &[Comment],
) -> Result<HashMap<String, (DateTime<Utc>, String)>, DbErr> {
    let own: Vec<&Comment> = comments.iter().filter(|one| one.is_own && one.in_reply_to != place.remote_id).collect();
    if own.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "select distinct on (o.remote_id) o.remote_id, c.remote_id as root, m.sent_at
      from unnest($3::text[], $4::text[], $5::timestamptz[]) o (remote_id, above, at)
        join conversation c on c.brand_id = $1 and c.publication_id = $2
        join conversation_message m on m.brand_id = c.brand_id and m.conversation_id = c.id and m.in_reply_to = o.above
          and not m.is_own and m.sent_at <= o.at
      order by o.remote_id, m.sent_at desc, m.remote_id desc";
    let values = [
        scope.brand_id.into(),
        place.publication_id.into(),
        own.iter().map(|one| one.remote_id.clone()).collect::<Vec<String>>().into(),
        own.iter().map(|one| one.in_reply_to.clone()).collect::<Vec<String>>().into(),
        own.iter().map(|one| one.at).collect::<Vec<DateTime<Utc>>>().into(),
    ];
    let rows: Vec<Before> = db::all(scope.tx(), sql, values).await?;
    Ok(rows.into_iter().map(|row| (row.remote_id, (row.sent_at, row.root))).collect())
}

/// Begins the conversations that are not there yet.
async fn begin(scope: &Scope, place: &Place, said: &[(Comment, String)]) -> Result<(), DbErr> {
    let mut new: HashMap<&str, DateTime<Utc>> = HashMap::new();
    for (comment, root) in said {
        new.entry(root).and_modify(|at| *at = comment.at.min(*at)).or_insert(comment.at);
    }
    let mut roots: Vec<(String, DateTime<Utc>)> = new.into_iter().map(|(root, at)| (root.to_owned(), at)).collect();
    roots.sort();
    let ids: Vec<Uuid> = roots.iter().map(|_| scope.new_id()).collect();
    let (roots, times): (Vec<String>, Vec<DateTime<Utc>>) = roots.into_iter().unzip();
    let sql = "insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at, created_at)
      select c.id, $1, $2, $3, 'COMMENT', c.remote_id, c.began_at, c.began_at, $7
      from unnest($4::uuid[], $5::text[], $6::timestamptz[]) c (id, remote_id, began_at)
      on conflict (brand_id, social_account_id, remote_id) do nothing";
    let values = [
        scope.brand_id.into(),
        place.account_id.into(),
        place.publication_id.into(),
        ids.into(),
        roots.into(),
        times.into(),
        scope.now.into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// What was not seen since a reading began is gone: neither name nor text of it stays.
pub(super) async fn forget(scope: &Scope, place: &Place, begun_at: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "update conversation_message m set gone_at = $4, text = '', author_id = null, author_name = null, asks = false, answered_at = null
      from conversation c where c.brand_id = $1 and c.publication_id = $2 and m.brand_id = c.brand_id and m.conversation_id = c.id
        and m.seen_at < $3 and m.gone_at is null
      returning m.conversation_id";
    let values = [scope.brand_id.into(), place.publication_id.into(), begun_at.into(), scope.now.into()];
    let touched: Vec<Touched> = db::all(scope.tx(), sql, values).await?;
    settle(scope, touched).await
}

/// Finds out anew which messages of these conversations ask, when they were answered, and who waits.
async fn settle(scope: &Scope, touched: Vec<Touched>) -> Result<(), DbErr> {
    let mut ids: Vec<Uuid> = touched.into_iter().map(|row| row.conversation_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let sql = "with said as (
        select m.id, m.conversation_id, m.is_own, m.sent_at, not m.is_own and coalesce(lag(m.is_own) over w, true) as asks,
          min(m.sent_at) filter (where m.is_own) over (w rows between current row and unbounded following) as answered_at
        from conversation_message m where m.brand_id = $1 and m.conversation_id = any ($2) and m.gone_at is null
        window w as (partition by m.conversation_id order by m.sent_at, m.remote_id)),
      marked as (
        update conversation_message m set asks = s.asks, answered_at = case when s.asks then s.answered_at end
        from said s where m.brand_id = $1 and m.id = s.id
          and (m.asks <> s.asks or m.answered_at is distinct from case when s.asks then s.answered_at end)),
      sums as (
        select s.conversation_id, min(s.sent_at) as began_at, max(s.sent_at) as last_message_at,
          max(s.sent_at) filter (where not s.is_own) as asked_at,
          max(s.sent_at) filter (where s.asks and s.answered_at is null) as waiting_since
        from said s group by s.conversation_id)
      update conversation c set began_at = coalesce(s.began_at, c.began_at), last_message_at = coalesce(s.last_message_at, c.last_message_at),
        asked_at = s.asked_at, waiting_since = s.waiting_since
      from unnest($2::uuid[]) t (id) left join sums s on s.conversation_id = t.id
      where c.brand_id = $1 and c.id = t.id";
    scope.tx().execute_raw(db::statement(sql, [scope.brand_id.into(), ids.into()])).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(id: &str, to: &str, is_own: bool, second: i64) -> Comment {
        Comment {
            remote_id: id.to_owned(),
            in_reply_to: to.to_owned(),
            author_id: None,
            author_name: None,
            is_own,
            text: String::new(),
            at: DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap_or_default(),
        }
    }

    #[test]
    fn what_the_account_writes_under_its_own_post_begins_nothing() {
        let all = vec![
            comment("answer", "question", true, 9),
            comment("rest", "post", true, 1),
            comment("more", "rest", true, 2),
            comment("question", "rest", false, 3),
            comment("other", "post", false, 4),
            comment("late", "old", false, 5),
        ];
        let roots = HashMap::from([("old".to_owned(), "oldest".to_owned())]);
        let said = rooted(all, "post", Earlier { roots, ..Earlier::default() });
        let roots: Vec<(&str, &str)> = said.iter().map(|(one, root)| (one.remote_id.as_str(), root.as_str())).collect();
        let expected = [("question", "question"), ("other", "other"), ("late", "oldest"), ("answer", "question")];
        assert_eq!(roots, expected);
    }

    fn roots(comments: Vec<Comment>, earlier: Earlier) -> Vec<(String, String)> {
        rooted(comments, "post", earlier).into_iter().map(|(one, root)| (one.remote_id, root)).collect()
    }

    fn pair(id: &str, root: &str) -> (String, String) {
        (id.to_owned(), root.to_owned())
    }

    #[test]
    fn below_its_own_first_comment_the_account_answers_who_wrote_there_last() {
        let first = || comment("first", "post", true, 1);
        let all = vec![
            first(),
            comment("rest", "first", true, 2),
            comment("question", "first", false, 3),
            comment("answer", "first", true, 4),
            comment("other", "first", false, 5),
            comment("second", "first", true, 6),
        ];
        let expected =
            [pair("question", "question"), pair("answer", "question"), pair("other", "other"), pair("second", "other")];
        assert_eq!(roots(all, Earlier::default()), expected);

        // The question was read before, on another page.
        let at = comment("question", "first", false, 3).at;
        let before = || HashMap::from([("answer".to_owned(), (at, "question".to_owned()))]);
        let earlier = Earlier { before: before(), ..Earlier::default() };
        let expected = [pair("answer", "question")];
        assert_eq!(roots(vec![comment("answer", "first", true, 4)], earlier), expected);
        let earlier = Earlier { before: before(), ..Earlier::default() };
        assert_eq!(roots(vec![first(), comment("answer", "first", true, 4)], earlier), expected);

        // What is known stays where it is, whoever wrote last.
        let known = HashMap::from([("answer".to_owned(), "question".to_owned())]);
        let all = vec![first(), comment("other", "first", false, 3), comment("answer", "first", true, 4)];
        let told = roots(all, Earlier { roots: known, ..Earlier::default() });
        assert_eq!(told, [pair("other", "other"), pair("answer", "question")]);
    }
}
