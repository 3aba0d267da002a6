//! What figures of periods are made of: at most nine statements, however much there is, and of however many brands and periods.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_networks::Metric;
use diwan_platform::db;
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::statements::{
    ANSWERS, CONVERSIONS, COSTS, Converted, DUE, DuePosts, FOLLOWERS, Followed, LINKS, Links, MENTIONS, POSTS, Posted,
    Spent, Spoken, Talked, VISITS, Visited, values,
};
use crate::approvals::Money;
use crate::context::Context;
use crate::insights::kpi::Quantity;
use crate::permission::Action;

/// A post counts with what it had gathered so long after it went out, so that posts of all ages are compared alike.
pub const COUNTED_FOR: Duration = Duration::days(7);
/// How long a message is not yet unanswered.
pub const ANSWER_DUE: Duration = Duration::hours(24);
/// How old a number of followers may be to stand for a moment.
pub(in crate::insights) const FRESH: Duration = Duration::days(7);

/// A period as the statements ask for it.
#[derive(Debug, Clone, Copy)]
pub(in crate::insights) struct Span {
    pub days: (NaiveDate, NaiveDate),
    pub start: DateTime<Utc>,
    /// The moment after its end.
    pub end: DateTime<Utc>,
}

/// Which sums that whoever may read numbers may not all read are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::insights) struct Rights {
    pub links: bool,
    pub conversions: bool,
    pub costs: bool,
}

impl Rights {
    /// For work that is nobody's: whom it tells of what is looked at there.
    pub(in crate::insights) const ALL: Self = Self { links: true, conversions: true, costs: true };

    /// The caller's, in a brand that they see.
    pub(in crate::insights) fn of(context: &Context, brand_id: Uuid) -> Self {
        Self {
            links: context.may(Action::TrackedLinkRead, brand_id),
            conversions: context.may(Action::ConversionRead, brand_id),
            costs: context.may(Action::BudgetRead, brand_id),
        }
    }
}

/// Sums that are wanted: of one brand in one period.
#[derive(Debug, Clone, Copy)]
pub(in crate::insights) struct Wanted {
    pub brand_id: Uuid,
    /// Of this account alone; what belongs to no account is missing then.
    pub account_id: Option<Uuid>,
    pub span: Span,
    /// What was read, recorded or accepted from then on does not count, so that a past period is seen as it was seen then.
    pub known_by: Option<DateTime<Utc>>,
    pub rights: Rights,
}

impl Wanted {
    /// All that is known now of a whole brand.
    pub(in crate::insights) fn of_brand(brand_id: Uuid, span: Span, rights: Rights) -> Self {
        Self { brand_id, account_id: None, span, known_by: None, rights }
    }
}

/// What posts of one kind brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTypeFigures {
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` or `VIDEO`.
    pub content_type: String,
    /// How many publications of it went out.
    pub posts: i64,
    /// How many of them have a number of interactions.
    pub counted: i64,
    /// Their interactions; none where no network said any.
    pub interactions: Option<i64>,
}

/// The sums of a period.
#[derive(Debug, Default)]
pub(in crate::insights) struct Sums {
    pub known: HashMap<Quantity, i64>,
    /// The networks of which a number is missing.
    pub lacking: HashMap<Quantity, BTreeSet<String>>,
    /// The accounts of which a number is missing, and those of which there is one.
    pub without: HashMap<Quantity, HashSet<Uuid>>,
    pub with: HashMap<Quantity, HashSet<Uuid>>,
    /// Followers at the end, of each account of which they are known.
    pub followers: HashMap<Uuid, i64>,
    /// The last day of which visits are known, whether a source lacks any of the days, and of how many days of which sources they are; the
    /// latter two are not asked where all that is known now counts.
    pub visits_until: Option<NaiveDate>,
    pub visits_lack: bool,
    pub visits_of: Option<String>,
    /// The last day of which mentions are known, of how many days of which sources they are, and those that are compared, with how many
    /// monitors there are.
    pub mentions_until: Option<NaiveDate>,
    pub mentions_of: String,
    pub compared_of: String,
    /// What was spent, and what came of it, once for each currency. None where the caller may not read it.
    pub costs: Option<Vec<Money>>,
    pub values: Option<Vec<Money>>,
    /// Whether the caller may read of links, and of conversions.
    pub links_told: bool,
    pub conversions_told: bool,
    pub content_types: Vec<ContentTypeFigures>,
    /// Publications that have not yet had the time for which they count.
    pub young: i64,
}

impl Sums {
    pub(super) fn get(&self, quantity: Quantity) -> Option<i64> {
        self.known.get(&quantity).copied()
    }

    pub(super) fn lacking(&self, quantity: Quantity) -> impl Iterator<Item = &String> {
        self.lacking.get(&quantity).into_iter().flatten()
    }

    pub(super) fn add(&mut self, quantity: Quantity, value: Option<i64>) {
        if let Some(value) = value {
            let sum = self.known.entry(quantity).or_default();
            *sum = sum.saturating_add(value);
        }
    }

    /// Notes whether an account of a network lacks some of these, or has all of it.
    pub(super) fn note(&mut self, quantities: &[Quantity], lacks: bool, (network, account_id): (&str, Uuid)) {
        for quantity in quantities {
            let accounts = if lacks { &mut self.without } else { &mut self.with };
            accounts.entry(*quantity).or_default().insert(account_id);
            if lacks {
                self.lacking.entry(*quantity).or_default().insert(network.to_owned());
            }
        }
    }

    /// Whether an account lacks some of this here, all of which it has there.
    fn has_less(&self, quantity: Quantity, there: &Self) -> bool {
        let has = |accounts: &HashMap<Quantity, HashSet<Uuid>>, id: &Uuid| {
            accounts.get(&quantity).is_some_and(|ids| ids.contains(id))
        };
        let whole = |id: &Uuid| has(&there.with, id) && !has(&there.without, id);
        self.without.get(&quantity).is_some_and(|ids| ids.iter().any(whole))
    }

    /// Whether a figure that needs these is made of less here than there: of an account that has a number there, or of days of which visits or
    /// mentions are not known.
    pub(in crate::insights) fn lost(&self, needs: &[Quantity], there: &Self) -> bool {
        self.lacks_days(needs) || needs.iter().any(|need| self.has_less(*need, there))
    }

    /// Whether visits or mentions that it needs are not known of all of its days.
    pub(in crate::insights) fn lacks_days(&self, needs: &[Quantity]) -> bool {
        (self.visits_lack && needs.iter().any(|need| need.is_of_visits()))
            || needs.iter().any(|need| need.is_of_mentions() && self.without.contains_key(need))
    }

    /// Whether visits or mentions that it needs are of other sources here than there, or of more or fewer days of one: what came or went with a
    /// site says nothing of those that stay.
    pub(in crate::insights) fn of_other_sources(&self, needs: &[Quantity], there: &Self) -> bool {
        needs.iter().any(|need| match need {
            Quantity::Mentions => self.mentions_of != there.mentions_of,
            Quantity::OwnMentions | Quantity::AllMentions => self.compared_of != there.compared_of,
            _ => need.is_of_visits() && self.visits_of != there.visits_of,
        })
    }

    /// The last day of which what a figure needs is known, of what comes to be known by days; none of anything else, and where no day is.
    pub(in crate::insights) fn known_until(&self, needs: &[Quantity]) -> Option<NaiveDate> {
        let visits = self.visits_until.filter(|_| needs.iter().any(|need| need.is_of_visits()));
        visits.or_else(|| self.mentions_until.filter(|_| needs.iter().any(|need| need.is_of_mentions())))
    }

    /// Followers of the accounts of which they are known there, too; none where that is not so of any.
    pub(in crate::insights) fn followers_of(&self, there: &Self) -> Option<i64> {
        let both = self.followers.iter().filter(|(id, _)| there.followers.contains_key(*id));
        both.map(|(_, followers)| *followers).reduce(i64::saturating_add)
    }
}

/// What was asked for, as rows come for it.
struct Answers<'a> {
    tx: &'a DatabaseTransaction,
    now: DateTime<Utc>,
    wanted: &'a [Wanted],
    sums: Vec<Sums>,
}

/// The sums of each of these, in their order, as far as they are told; for whoever may read the numbers of all these brands.
pub(in crate::insights) async fn sums(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    wanted: &[Wanted],
) -> Result<Vec<Sums>, DbErr> {
    let mut answers = Answers { tx, now, wanted, sums: wanted.iter().map(begun).collect() };
    let followers = answers.followed().await?;
    answers.posted(&followers).await?;
    answers.talked().await?;
    answers.came_and_bought().await?;
    Ok(answers.sums)
}

/// Before anything is known: what is told.
fn begun(wanted: &Wanted) -> Sums {
    let Rights { links, conversions, costs } = wanted.rights;
    Sums {
        links_told: links,
        conversions_told: conversions,
        values: conversions.then(Vec::new),
        costs: costs.then(Vec::new),
        ..Sums::default()
    }
}

/// Whether it is wanted of a whole brand.
fn whole(wanted: &Wanted) -> bool {
    wanted.account_id.is_none()
}

impl Answers<'_> {
    /// The rows of a statement about those of which this is wanted.
    async fn rows<T: FromQueryResult>(
        &self,
        sql: &str,
        of: impl Fn(&Wanted) -> bool,
        more: Vec<Value>,
    ) -> Result<Vec<T>, DbErr> {
        let Some(mut values) = values(self.wanted, self.now, of) else { return Ok(Vec::new()) };
        values.extend(more);
        db::all(self.tx, sql, values).await
    }

    /// The sums at this place.
    fn at(&mut self, place: i32) -> Option<&mut Sums> {
        self.sums.get_mut(usize::try_from(place).ok()?)
    }

    /// Followers at both ends. Answers those at the end, by place and account.
    async fn followed(&mut self) -> Result<HashMap<(i32, Uuid), i64>, DbErr> {
        let first = self.wanted.iter().map(|wanted| wanted.span.start - FRESH).min().unwrap_or(self.now);
        let last = self.wanted.iter().map(|wanted| wanted.span.end).max().unwrap_or(self.now);
        let rows: Vec<Followed> = self.rows(FOLLOWERS, |_| true, vec![first.into(), last.into()]).await?;
        let mut followers = HashMap::new();
        for row in rows {
            let Some(sums) = self.at(row.place) else { continue };
            sums.add(Quantity::Followers, row.after);
            let whose = (row.network.as_str(), row.id);
            sums.note(&[Quantity::Followers], row.after.is_none(), whose);
            let both = row.before.zip(row.after);
            sums.note(&[Quantity::FollowersBefore, Quantity::FollowersAfter], both.is_none(), whose);
            if let Some((before, after)) = both {
                sums.add(Quantity::FollowersBefore, Some(before));
                sums.add(Quantity::FollowersAfter, Some(after));
            }
            if let Some(after) = row.after {
                sums.followers.insert(row.id, after);
                followers.insert((row.place, row.id), after);
            }
        }
        Ok(followers)
    }

    async fn posted(&mut self, followers: &HashMap<(i32, Uuid), i64>) -> Result<(), DbErr> {
        let first = self.wanted.iter().map(|wanted| wanted.span.start).min().unwrap_or(self.now);
        let last = self.wanted.iter().map(|wanted| wanted.span.end).max().unwrap_or(self.now);
        let more: Vec<Value> = vec![
            first.into(),
            (last + COUNTED_FOR).into(),
            Metric::interactions().into(),
            (self.now - COUNTED_FOR).into(),
            db::seconds(COUNTED_FOR).into(),
        ];
        let rows: Vec<Posted> = self.rows(POSTS, |_| true, more).await?;
        for sums in &mut self.sums {
            sums.add(Quantity::PublishedPosts, Some(0));
        }
        for row in rows {
            if let Some(sums) = self.at(row.place) {
                take_in(&row, sums, followers.get(&(row.place, row.account_id)).copied());
            }
        }
        for sums in &mut self.sums {
            if sums.get(Quantity::PublishedPosts) == Some(0) {
                // Nothing went out: what nothing brought is nothing.
                for quantity in [Quantity::Reach, Quantity::Views, Quantity::Interactions, Quantity::CountedPosts] {
                    sums.add(quantity, Some(0));
                }
            }
        }
        for DuePosts { place, due, kept } in self.rows::<DuePosts>(DUE, |_| true, Vec::new()).await? {
            if let Some(sums) = self.at(place) {
                sums.add(Quantity::DuePosts, Some(due));
                sums.add(Quantity::KeptPosts, Some(kept));
            }
        }
        Ok(())
    }

    /// What people asked under posts, and what was answered. An account of which nothing was read lacks it; where nothing was read at all, nothing
    /// is known.
    async fn talked(&mut self) -> Result<(), DbErr> {
        const NEEDS: [Quantity; 3] = [Quantity::SecondsToAnswer, Quantity::AnsweredMessages, Quantity::DueMessages];
        let more = vec![db::seconds(ANSWER_DUE).into(), self.now.into()];
        for row in self.rows::<Talked>(ANSWERS, |_| true, more).await? {
            let Some(sums) = self.at(row.place) else { continue };
            sums.note(&NEEDS, row.read < row.posts, (row.network.as_str(), row.account_id));
            if row.read > 0 || row.due > 0 {
                sums.add(Quantity::SecondsToAnswer, Some(row.seconds));
                sums.add(Quantity::AnsweredMessages, Some(row.answered));
                sums.add(Quantity::DueMessages, Some(row.due));
            }
        }
        Ok(())
    }

    /// What belongs to no account.
    async fn came_and_bought(&mut self) -> Result<(), DbErr> {
        for row in self.rows::<Visited>(VISITS, whole, Vec::new()).await? {
            let Some(sums) = self.at(row.place) else { continue };
            sums.add(Quantity::Sessions, row.sessions);
            sums.add(Quantity::SocialSessions, row.social);
            sums.add(Quantity::Bounces, row.bounces);
            sums.add(Quantity::SessionsOfBounces, row.of_bounces);
            (sums.visits_until, sums.visits_lack, sums.visits_of) = (row.last_known, row.lacking, row.made_of);
        }
        for row in self.rows::<Spoken>(MENTIONS, whole, Vec::new()).await? {
            if let Some(sums) = self.at(row.place) {
                spoken_of(&row, sums);
            }
        }
        let links = |wanted: &Wanted| whole(wanted) && wanted.rights.links;
        for Links { place, clicks } in self.rows::<Links>(LINKS, links, Vec::new()).await? {
            if let Some(sums) = self.at(place) {
                sums.add(Quantity::LinkClicks, Some(clicks.unwrap_or_default()));
            }
        }
        let conversions = |wanted: &Wanted| whole(wanted) && wanted.rights.conversions;
        for row in self.rows::<Converted>(CONVERSIONS, conversions, Vec::new()).await? {
            let Some(sums) = self.at(row.place) else { continue };
            sums.add(Quantity::Conversions, row.ever.then_some(row.conversions));
            sums.add(Quantity::ConversionsFromLinks, row.ever.then_some(row.from_links));
            if let (Some(currency), Some(minor), Some(values)) = (row.currency, row.value, &mut sums.values) {
                values.push(Money { minor, currency });
            }
        }
        let costs = |wanted: &Wanted| whole(wanted) && wanted.rights.costs;
        for Spent { place, currency, minor } in self.rows::<Spent>(COSTS, costs, Vec::new()).await? {
            if let Some(costs) = self.at(place).and_then(|sums| sums.costs.as_mut()) {
                costs.push(Money { minor, currency });
            }
        }
        Ok(())
    }
}

/// What one source says of mentions. A network that lacks days is named, and a source that does is seen like an account without a number; one
/// that compares nothing at all is no part of what is compared.
fn spoken_of(row: &Spoken, sums: &mut Sums) {
    sums.add(Quantity::Mentions, row.mentions);
    sums.add(Quantity::OwnMentions, row.own);
    sums.add(Quantity::AllMentions, row.whole);
    sums.mentions_until = sums.mentions_until.max(row.last_known);
    let _ = write!(sums.mentions_of, "{} {}, ", row.source_id, row.days);
    if let Some(monitors) = row.monitors {
        let _ = write!(sums.compared_of, "{} {} {monitors}, ", row.source_id, row.compared_days);
    }
    for (quantity, days, due) in [
        (Quantity::Mentions, row.days, row.own_due),
        (Quantity::OwnMentions, row.compared_days, row.due),
        (Quantity::AllMentions, row.compared_days, row.due),
    ] {
        let lacks = days < due;
        if days > 0 || (lacks && quantity == Quantity::Mentions) {
            let sources = if lacks { &mut sums.without } else { &mut sums.with };
            sources.entry(quantity).or_default().insert(row.source_id);
        }
        if let Some(network) = row.network.clone().filter(|_| lacks) {
            sums.lacking.entry(quantity).or_default().insert(network);
        }
    }
}

fn take_in(row: &Posted, sums: &mut Sums, followers: Option<i64>) {
    sums.young += row.young;
    sums.add(Quantity::PublishedPosts, Some(row.posts));
    sums.add(Quantity::Interactions, row.interactions);
    sums.add(Quantity::CountedPosts, row.interactions.map(|_| row.counted));
    sums.add(Quantity::Reach, row.reach);
    sums.add(Quantity::Views, row.views);
    sums.add(Quantity::InteractionsOfReached, row.interactions_of_reached);
    sums.add(Quantity::ReachOfInteracted, row.reach_of_interacted);
    sums.add(Quantity::NegativeReactions, row.dislikes);
    sums.add(Quantity::Reactions, row.reactions);
    if let (Some(interactions), Some(followers)) = (row.interactions, followers) {
        sums.add(Quantity::InteractionsOfFollowed, Some(interactions));
        sums.add(Quantity::FollowersOfPosts, Some(followers.saturating_mul(row.counted)));
    }
    let whose = (row.network.as_str(), row.account_id);
    let uncounted = row.counted < row.posts;
    sums.note(&[Quantity::Interactions, Quantity::CountedPosts], uncounted, whose);
    let unfollowed = uncounted || followers.is_none();
    sums.note(&[Quantity::InteractionsOfFollowed, Quantity::FollowersOfPosts], unfollowed, whose);
    sums.note(&[Quantity::Reach], row.reached < row.posts, whose);
    sums.note(&[Quantity::Views], row.viewed < row.posts, whose);
    let apart = row.both < row.posts;
    sums.note(&[Quantity::InteractionsOfReached, Quantity::ReachOfInteracted], apart, whose);
    sums.note(&[Quantity::NegativeReactions, Quantity::Reactions], row.disliked < row.posts, whose);
    let known = sums.content_types.iter().position(|figures| figures.content_type == row.content_type);
    let place = known.unwrap_or(sums.content_types.len());
    if known.is_none() {
        let content_type = row.content_type.clone();
        sums.content_types.push(ContentTypeFigures { content_type, posts: 0, counted: 0, interactions: None });
    }
    if let Some(figures) = sums.content_types.get_mut(place) {
        figures.posts += row.posts;
        figures.counted += row.counted;
        if let Some(more) = row.interactions {
            figures.interactions = Some(figures.interactions.unwrap_or_default().saturating_add(more));
        }
    }
}
