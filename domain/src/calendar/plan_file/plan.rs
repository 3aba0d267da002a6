//! What rows mean in a brand: which posts they would be, and what is wrong with them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike as _, Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::calendar;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_entity::tenancy::agency::CalendarSystem;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_networks::{Draft, Limits, Options};
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::finding::{Finding, RowOutcome, RowReport};
use super::read::{Row, Table, shown};
use super::{Column, forms, values};
use crate::approvals;
use crate::calendar::content::{from_violation, words_of};
use crate::calendar::{PostContent, ProblemSeverity, VariantContent, at_wall_clock};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;
use crate::strategy::{self, PostMarks, Spoken};

/// How far ahead a post may be planned, as for scheduling.
const HORIZON: Duration = Duration::days(2 * 366);

/// When a post is due of which only the day is given.
const MORNING: (u32, u32) = (9, 0);

/// What a brand has, by name. Read in five statements.
pub(super) struct Ground {
    now: DateTime<Utc>,
    zone: Tz,
    system: CalendarSystem,
    calendars: Vec<(Uuid, String)>,
    accounts: Vec<(social_account::Model, Limits)>,
    pillars: Vec<(Uuid, String)>,
    /// By address in lower case.
    people: HashMap<String, (Uuid, UserKind)>,
}

/// A post that rows ask for.
#[derive(Debug)]
pub(super) struct Planned {
    /// What tells it from the others of the file.
    pub(super) key: String,
    /// Which of the reports is its first row's, and how many it has.
    pub(super) report: usize,
    pub(super) rows: usize,
    pub(super) calendar_id: Uuid,
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) pillar_id: Option<Uuid>,
    pub(super) assignee: Option<Uuid>,
    pub(super) content: PostContent,
}

/// Everything that a file asks for.
pub(super) struct Plan {
    /// Of each row.
    pub(super) reports: Vec<RowReport>,
    /// Those that nothing speaks against.
    pub(super) posts: Vec<Planned>,
}

impl Ground {
    pub(super) async fn load(permit: Permit<'_>, system: CalendarSystem, now: DateTime<Utc>) -> Result<Self, Failure> {
        let (tx, brand_id) = (permit.tx(), permit.brand_id);
        let zone: String = db::scalar(tx, "select time_zone from brand where id = $1", [brand_id.into()]).await?;
        let zone = zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        let calendars = calendar::Entity::in_brand(brand_id)
            .filter(calendar::Column::ArchivedAt.is_null())
            .order_by_asc(calendar::Column::Id)
            .all(tx)
            .await?;
        let accounts = social_account::Entity::in_brand(brand_id).all(tx).await?;
        let accounts = accounts.into_iter().map(|account| {
            let limits = serde_json::from_value(account.limits.clone());
            let limits =
                limits.map_err(|error| Fault::broken(format!("the limits of account {}: {error}", account.id)));
            limits.map(|limits| (account, limits))
        });
        let pillars = strategy::ground_of(permit, now).await?.pillars;
        let people = approvals::Ground::load(tx, brand_id, ApprovalKind::Post, None, now).await?;
        let people = people.seats.iter().filter_map(|seat| {
            let email = people.person(seat.user_id)?.email.as_ref()?;
            Some((email.to_lowercase(), (seat.user_id, seat.kind)))
        });
        Ok(Self {
            now,
            zone,
            system,
            calendars: calendars.into_iter().map(|calendar| (calendar.id, calendar.name)).collect(),
            accounts: accounts.collect::<Result<_, _>>()?,
            pillars: pillars.into_iter().map(|pillar| (pillar.id, pillar.name)).collect(),
            people: people.collect(),
        })
    }

    /// The plan of a file. Nothing is read or written.
    pub(super) fn plan(&self, table: &Table) -> Plan {
        let mut reports = Vec::with_capacity(table.rows.len() + 1);
        if !table.header.is_empty() {
            reports.push(RowReport {
                row: 1,
                outcome: RowOutcome::Header,
                title: String::new(),
                due_at: None,
                accounts: Vec::new(),
                post_id: None,
                findings: table.header.clone(),
            });
        }
        let mut posts = Vec::new();
        let mut rows = table.rows.as_slice();
        let mut keys = HashSet::new();
        while let Some(first) = rows.first() {
            let key = first.get(Column::Key).trim();
            let same = |row: &&Row| !key.is_empty() && row.get(Column::Key).trim() == key;
            let size = rows.iter().take_while(same).count().max(1);
            let (of_post, rest) = rows.split_at(size);
            rows = rest;
            let at = reports.len();
            let (planned, own) = self.post(of_post, at);
            reports.extend(own);
            if !keys.insert(planned.key.clone()) {
                reports[at].findings.push(Finding::error(Column::Key, &UserError::new(Code::AlreadyExists)));
            }
            let blocked =
                |report: &RowReport| report.findings.iter().any(|finding| finding.severity == ProblemSeverity::Block);
            if reports[at..].iter().any(blocked) {
                reports[at..].iter_mut().for_each(|report| report.outcome = RowOutcome::Refused);
            } else {
                posts.push(planned);
            }
        }
        Plan { reports, posts }
    }

    /// One post of one or more rows.
    fn post(&self, rows: &[Row], report: usize) -> (Planned, Vec<RowReport>) {
        let first = &rows[0];
        let mut reports: Vec<RowReport> = rows
            .iter()
            .map(|row| RowReport {
                row: row.number,
                outcome: RowOutcome::Ready,
                title: shown(first.get(Column::Title)),
                due_at: None,
                accounts: Vec::new(),
                post_id: None,
                findings: Vec::new(),
            })
            .collect();
        let mut wrong = Vec::new();
        let calendar_id = self.calendar(first.get(Column::Calendar), &mut wrong);
        let due_at = self.due_at(first, &mut wrong);
        let pillar_id = self.pillar(first.get(Column::Pillar), &mut wrong);
        let assignee = self.assignee(first.get(Column::Assignee), &mut wrong);
        let key = match first.get(Column::Key).trim() {
            "" => first.number.to_string(),
            key if key.chars().count() > 200 => {
                let error = UserError::new(Code::TooLong).number("limit", 200).number("actual", key.chars().count());
                wrong.push(Finding::error(Column::Key, &error));
                first.number.to_string()
            }
            // Apart from the numbers of rows without one.
            key => format!("key:{key}").chars().take(200).collect(),
        };
        let base_text = Some(first.get(Column::BaseText)).filter(|text| !text.is_empty());
        let mut content = PostContent {
            title: first.get(Column::Title).trim().to_owned(),
            base_text: base_text.map(str::to_owned),
            variants: Vec::new(),
            marks: PostMarks { pillar_id: pillar_id.map(Some), ..PostMarks::default() },
        };
        // Which row each variant is of.
        let mut of_rows = Vec::new();
        for (at, (row, report)) in rows.iter().zip(&mut reports).enumerate() {
            report.due_at = due_at;
            let found = self.variants(row, base_text, &mut report.findings);
            for (account, variant) in found {
                report.accounts.push(format!("{}:{}", account.network, account.handle));
                content.variants.push(variant);
                of_rows.push(at);
            }
        }
        reports[0].findings.extend(wrong);
        let mut complaints = Complaints::default();
        content.check(&mut complaints);
        if let Err(Failure::Refused(errors)) = complaints.check() {
            for error in errors {
                let (at, column) = whereabouts(&error, &of_rows);
                reports[at].findings.push(Finding::error(column, &error));
            }
        }
        self.warn(&content, &of_rows, &mut reports);
        let rows = rows.len();
        (Planned { key, report, rows, calendar_id, due_at, pillar_id, assignee, content }, reports)
    }

    /// What the networks would refuse.
    fn warn(&self, content: &PostContent, of_rows: &[usize], reports: &mut [RowReport]) {
        for (index, variant) in content.variants.iter().enumerate() {
            let Some((account, limits)) = self.accounts.iter().find(|(of, _)| of.id == variant.social_account_id)
            else {
                continue;
            };
            let Some(network) = diwan_networks::network(&account.network) else { continue };
            for violation in network.validate(limits, &variant.draft(content.base_text.as_deref())) {
                let error = from_violation(&violation, network.capabilities().name, index);
                let (at, column) = whereabouts(&error, of_rows);
                reports[at].findings.push(Finding::warning(column, &error));
            }
        }
    }

    fn calendar(&self, name: &str, wrong: &mut Vec<Finding>) -> Uuid {
        let name = name.trim();
        let found = match &self.calendars[..] {
            [(only, _)] if name.is_empty() => Some(*only),
            all => all.iter().find(|(_, of)| of.to_lowercase() == name.to_lowercase()).map(|(id, _)| *id),
        };
        found.unwrap_or_else(|| {
            wrong.push(Finding::error(Column::Calendar, &UserError::new(Code::NoSuchName).text("value", shown(name))));
            Uuid::nil()
        })
    }

    fn pillar(&self, name: &str, wrong: &mut Vec<Finding>) -> Option<Uuid> {
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        let same = |of: &&(Uuid, String)| of.1.to_lowercase() == name.to_lowercase();
        let found = self.pillars.iter().find(same).map(|(id, _)| *id);
        if found.is_none() {
            wrong.push(Finding::error(Column::Pillar, &UserError::new(Code::NoSuchName).text("value", shown(name))));
        }
        found
    }

    fn assignee(&self, email: &str, wrong: &mut Vec<Finding>) -> Option<Uuid> {
        let email = email.trim();
        if email.is_empty() {
            return None;
        }
        let error = match self.people.get(&email.to_lowercase()) {
            Some((id, UserKind::Staff | UserKind::Freelancer)) => return Some(*id),
            Some((_, kind)) => UserError::new(Code::KindMismatch).text("kind", kind.to_value()),
            None => UserError::new(Code::NoSuchName).text("value", shown(email)),
        };
        wrong.push(Finding::error(Column::Assignee, &error));
        None
    }

    fn due_at(&self, row: &Row, wrong: &mut Vec<Finding>) -> Option<DateTime<Utc>> {
        let (date, time) = (values::latin(row.get(Column::Date)), values::latin(row.get(Column::Time)));
        // A cell that holds both, as spreadsheets keep them.
        let (date, own) = date.split_once(' ').map_or((date.as_str(), ""), |(date, time)| (date, time.trim()));
        let time = if time.is_empty() { own } else { time.as_str() };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let day = values::date(date, self.system);
        if day.is_none() {
            let error = UserError::new(Code::DateNotUnderstood).text("value", shown(date));
            wrong.push(Finding::error(Column::Date, &error));
        }
        let morning = NaiveTime::from_hms_opt(MORNING.0, MORNING.1, 0);
        let clock = if time.is_empty() { morning } else { values::time(time) };
        if clock.is_none() {
            let error = UserError::new(Code::TimeNotUnderstood).text("value", shown(time));
            wrong.push(Finding::error(Column::Time, &error));
        }
        let due_at = at_wall_clock(self.zone, day?.and_time(clock?));
        let limit = self.now + HORIZON;
        if due_at > limit {
            let error = UserError::new(Code::TimeTooFar).text("limit", limit.format("%F").to_string());
            wrong.push(Finding::error(Column::Date, &error));
        } else if due_at <= self.now {
            // A plan of the past may be kept as one; it is not scheduled.
            wrong.push(Finding::warning(Column::Date, &UserError::new(Code::TimeInPast)));
        }
        Some(due_at)
    }

    /// What a row says on each of its accounts.
    fn variants(
        &self,
        row: &Row,
        base_text: Option<&str>,
        wrong: &mut Vec<Finding>,
    ) -> Vec<(&social_account::Model, VariantContent)> {
        let (text, link) = (row.get(Column::Text), row.get(Column::Link).trim());
        let follows = base_text.is_some_and(|base| text.is_empty() || text == base);
        let own = (!follows).then_some(text);
        let filled = |column: Column| Some(row.get(column)).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let options = forms::options(row.get(Column::Options)).unwrap_or_else(|| {
            wrong.push(Finding::error(Column::Options, &UserError::new(Code::Invalid)));
            Options::new()
        });
        let language = Some(row.get(Column::Language).trim()).filter(|tag| !tag.is_empty());
        let mut found = Vec::new();
        let names = row.get(Column::Accounts).split([';', '؛']).map(str::trim).filter(|name| !name.is_empty());
        for name in names {
            match self.account(name) {
                Ok(account) => {
                    let card = diwan_networks::network(&account.network).is_some_and(|of| of.capabilities().link);
                    let text = if card { own.map(str::to_owned) } else { with_link(own, base_text, link) };
                    let variant = VariantContent {
                        social_account_id: account.id,
                        text,
                        language: language.map(str::to_owned),
                        asset_ids: Vec::new(),
                        thread: forms::thread(row.get(Column::Thread)),
                        first_comment: filled(Column::FirstComment),
                        link: Some(link.to_owned()).filter(|link| card && !link.is_empty()),
                        options: options.clone(),
                    };
                    found.push((account, variant));
                }
                Err(error) => wrong.push(Finding::error(Column::Accounts, &error)),
            }
        }
        let of_accounts = [Column::Text, Column::Link, Column::Thread, Column::FirstComment, Column::Options];
        if found.is_empty() && wrong.is_empty() && of_accounts.iter().any(|column| !row.get(*column).trim().is_empty())
        {
            // It would be lost.
            wrong.push(Finding::error(Column::Accounts, &UserError::new(Code::NoVariants)));
        }
        found
    }

    fn account(&self, name: &str) -> Result<&social_account::Model, UserError> {
        let lower = name.to_lowercase();
        let named = |account: &social_account::Model| {
            let handle = account.handle.to_lowercase();
            let bare = |name: &str| name.trim_start_matches('@') == handle.trim_start_matches('@');
            let of_network = lower.strip_prefix(&account.network).and_then(|rest| rest.strip_prefix(':'));
            bare(&lower) || of_network.is_some_and(|rest| bare(rest.trim()))
        };
        // One that is disconnected counts only where no other has the name.
        let mut all: Vec<_> =
            self.accounts.iter().map(|(account, _)| account).filter(|account| named(account)).collect();
        if all.iter().any(|account| account.state != AccountState::Disconnected) {
            all.retain(|account| account.state != AccountState::Disconnected);
        }
        match all[..] {
            [] => Err(UserError::new(Code::NoSuchName).text("value", shown(name))),
            [account] if account.state == AccountState::Disconnected => {
                Err(UserError::new(Code::AccountNotConnected).text("account", account.handle.clone()))
            }
            [account] => Ok(account),
            _ => Err(UserError::new(Code::NameAmbiguous).text("value", shown(name))),
        }
    }
}

/// The text with a link that it does not hold already, as a paragraph of its own. Where the text is the base text, it is one of its own
/// then.
fn with_link(own: Option<&str>, base_text: Option<&str>, link: &str) -> Option<String> {
    let said = own.or(base_text).unwrap_or_default();
    if said.contains(link) {
        own.map(str::to_owned)
    } else if said.is_empty() {
        Some(link.to_owned())
    } else {
        Some(format!("{said}\n\n{link}"))
    }
}

/// Which row and column a complaint about a post's content is about.
fn whereabouts(error: &UserError, of_rows: &[usize]) -> (usize, Option<Column>) {
    let mut path = error.field.iter().map(String::as_str);
    match path.next() {
        Some("title") => (0, Some(Column::Title)),
        Some("pillarId") => (0, Some(Column::Pillar)),
        Some("baseText") => (0, Some(Column::BaseText)),
        Some("variants") => {
            let index = path.next().and_then(|index| index.parse::<usize>().ok());
            let row = index.and_then(|index| of_rows.get(index)).copied().unwrap_or_default();
            let column = match path.next() {
                Some("text") => Some(Column::Text),
                Some("thread") => Some(Column::Thread),
                Some("firstComment") => Some(Column::FirstComment),
                Some("language") => Some(Column::Language),
                Some("link") => Some(Column::Link),
                Some("options") => Some(Column::Options),
                Some("socialAccountId") | None => Some(Column::Accounts),
                Some(_) => None,
            };
            (row, column)
        }
        _ => (0, None),
    }
}

/// Adds what the brand's own checks find. One statement for each month in which anything of the file is due.
pub(super) async fn check(permit: Permit<'_>, ground: &Ground, plan: &mut Plan) -> Result<(), Failure> {
    let mut months: HashMap<Option<(i32, u32)>, strategy::PostGround> = HashMap::new();
    for post in &plan.posts {
        let local = post.due_at.map(|due_at| due_at.with_timezone(&ground.zone).date_naive());
        let month = local.map(|day| (day.year(), day.month()));
        let of_month = match months.entry(month) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(strategy::ground_of(permit, post.due_at.unwrap_or(ground.now)).await?),
        };
        let base_text = post.content.base_text.as_deref();
        let drafts: Vec<Draft> = post.content.variants.iter().map(|variant| variant.draft(base_text)).collect();
        let network = |id| {
            let account = ground.accounts.iter().find(|(account, _)| account.id == id);
            account.map_or("", |(account, _)| account.network.as_str())
        };
        let spoken: Vec<Spoken<'_>> = post
            .content
            .variants
            .iter()
            .zip(&drafts)
            .enumerate()
            .map(|(index, (variant, draft))| Spoken {
                variant_id: Uuid::nil(),
                account_id: variant.social_account_id,
                index,
                language: variant.language.as_deref(),
                texts: words_of(draft, network(variant.social_account_id)),
                thread: &draft.thread,
                alt_texts: Vec::new(),
            })
            .collect();
        let problems = strategy::check_planned(of_month, post.pillar_id, post.due_at.is_some(), &spoken);
        // The rows above count as well.
        if let Some(pillar) = of_month.pillars.iter_mut().find(|pillar| Some(pillar.id) == post.pillar_id) {
            pillar.posts += 1;
        }
        let of_rows = rows_of_variants(post, &plan.reports);
        for problem in problems {
            let (at, column) = whereabouts(&problem.error, &of_rows);
            let finding = Finding::warning(column, &problem.error);
            let findings = &mut plan.reports[post.report + at].findings;
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    Ok(())
}

/// Which row of its own each variant of a post is of.
fn rows_of_variants(post: &Planned, reports: &[RowReport]) -> Vec<usize> {
    let own = reports[post.report..post.report + post.rows].iter().enumerate();
    own.flat_map(|(at, report)| report.accounts.iter().map(move |_| at)).collect()
}
