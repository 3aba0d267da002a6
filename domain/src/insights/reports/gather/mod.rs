//! What a report says, gathered in one snapshot in the name of whoever asked for it: row-level security and the table of permissions hold
//! as if they read it themselves, at the moment at which it is made.

mod audience;
mod campaigns;
mod community;
mod explored;
mod figures;
mod money;
mod pictures;
mod progress;

use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use diwan_entity::insights::report_look::ReportTypeface;
use diwan_entity::insights::report_run;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::agency::{Locale, WeekStart};
use diwan_reports::report::{
    Audience, Block, Days, Look, Nothing, Number, OtherCalendar, Report, TextBlock, TextKind, Typeface, WhyNothing,
    Writing,
};
use diwan_reports::{Digits, Language};
use sea_orm::{ActiveEnum as _, FromQueryResult};
use uuid::Uuid;

pub(super) use self::pictures::Pictures;
use super::blocks::{BlockKind, ReportBlock, blocks_of, hides};
use super::compose::{ReportTexts, against_of};
use super::look::{ReportLook, look_of, rgb};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};
use crate::insights::{Against, AskedInsights, Insights, Period, insights};
use crate::permission::Action;

/// What was gathered.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The report, without its pictures.
    pub(super) report: Report,
    /// The pictures, and where they stand.
    pub(super) pictures: Pictures,
    /// Before which block a program may write the summary that nobody wrote.
    pub(super) machine: Option<usize>,
}

/// Where and when a report is about.
#[derive(Debug, Clone, Copy)]
struct Ground {
    brand_id: Uuid,
    period: Period,
    compared: Period,
    against: Against,
    audience: ReportAudience,
    zone: Tz,
}

#[derive(FromQueryResult)]
struct Place {
    agency: String,
    brand: String,
    time_zone: String,
    week_start: String,
}

/// An operation of whoever asked for a report, with no more than they asked with. Refused where they are gone, their token is not good any
/// more, or they may not have it any more.
pub(super) async fn on_behalf(services: &Arc<Services>, run: &report_run::Model) -> Result<Context, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let scopes = run.scopes.as_ref();
    let scopes = scopes.map(|names| names.iter().filter_map(|name| Action::of_name(name)).collect());
    if context.enter_for(run.requested_by, run.token_id, scopes).await?.is_none() {
        return Err(Code::PersonDeactivated.into());
    }
    context.permit(Action::ReportRun, run.brand_id).await?;
    Ok(context)
}

/// Gathers a report. Refused where whoever asked for it may not have it any more. As many statements as its blocks need, whatever their
/// size.
pub(super) async fn gather(services: &Arc<Services>, run: &report_run::Model) -> Result<Gathered, Failure> {
    let context = on_behalf(services, run).await?;
    let gathered = read(&context, run).await;
    context.roll_back().await?;
    gathered
}

async fn read(context: &Context, run: &report_run::Model) -> Result<Gathered, Failure> {
    let sql =
        "select a.name as agency, b.name as brand, b.time_zone, coalesce(b.week_start, a.week_start) as week_start
      from brand b join agency a on a.id = b.agency_id where b.id = $1";
    let places: Vec<Place> = context.rows(sql, [run.brand_id.into()]).await?;
    let place = places.into_iter().next().ok_or_else(|| Fault::broken("a report of a brand that is gone"))?;
    let zone: Tz = place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let period = Period { from: run.from_day, to: run.to_day };
    let against = against_of(run.against.as_deref());
    let today = context.now.with_timezone(&zone).date_naive();
    let compared = period.compared(against, today).ok_or_else(|| Fault::broken("a period beyond the calendar"))?;
    let broken = |what: &str| Fault::broken(format!("the report {} has no {what}", run.id));
    let audience = run.audience.ok_or_else(|| broken("readers"))?;
    let ground = Ground { brand_id: run.brand_id, period, compared, against, audience, zone };
    let look = look_of(context, run.brand_id).await?;
    let (logo, left_out) = pictures::logo(context, (run.brand_id, look.logo_id), &place.brand).await?;
    let mut gathering = Gathering {
        ground,
        texts: texts_of(run)?,
        insights: None,
        found: Vec::new(),
        pictures: Pictures { logo, posts: Vec::new(), left_out },
        machine: None,
    };
    for block in blocks_of(run.blocks.as_ref().ok_or_else(|| broken("blocks"))?)? {
        // Asked again: what a run holds was right when it was asked for.
        if hides(audience, &block).is_none() {
            gathering.add(context, &block).await?;
        }
    }
    let Gathering { found, pictures, machine, .. } = gathering;
    let report = Report {
        title: run.title.clone().unwrap_or_default(),
        agency: place.agency,
        brand: Some(place.brand),
        audience: audience_of(audience),
        style: style(run, zone, &place.week_start)?,
        period: days(period),
        compared: Some(days(compared)),
        generated_at: context.now,
        look: look_in(look),
        blocks: found,
    };
    Ok(Gathered { report, pictures, machine })
}

fn texts_of(run: &report_run::Model) -> Result<ReportTexts, Failure> {
    let Some(kept) = &run.texts else { return Ok(ReportTexts::default()) };
    let read = serde_json::from_value(kept.clone());
    Ok(read.map_err(|error| Fault::broken(format!("the texts of report {}: {error}", run.id)))?)
}

/// A report in the making.
struct Gathering {
    ground: Ground,
    texts: ReportTexts,
    /// Read once, for all blocks of figures.
    insights: Option<Insights>,
    found: Vec<Block>,
    pictures: Pictures,
    machine: Option<usize>,
}

impl Gathering {
    async fn add(&mut self, context: &Context, block: &ReportBlock) -> Result<(), Failure> {
        let made = match block.kind {
            BlockKind::Summary => self.text(block, TextKind::Summary).into_iter().collect(),
            BlockKind::Notes => self.text(block, TextKind::Notes).into_iter().collect(),
            BlockKind::NextSteps => self.text(block, TextKind::NextSteps).into_iter().collect(),
            _ => self.told(context, block).await?,
        };
        self.found.extend(made);
        Ok(())
    }

    /// What somebody wrote; nothing where nobody did.
    fn text(&mut self, block: &ReportBlock, kind: TextKind) -> Option<Block> {
        let Some(text) = self.texts.of(block.kind) else {
            if block.machine && self.machine.is_none() {
                self.machine = Some(self.found.len());
            }
            return None;
        };
        Some(Block::Text(TextBlock { kind, text: text.to_owned() }))
    }

    /// A block of figures, with its charts where it has any; of what cannot be told, why.
    async fn told(&mut self, context: &Context, block: &ReportBlock) -> Result<Vec<Block>, Failure> {
        let told = match block.kind {
            BlockKind::Audience => audience::audience(context, &self.ground).await,
            BlockKind::Community => self.community(context).await,
            _ => self.read(context, block).await.map(|one| vec![one]),
        };
        match told {
            Err(Failure::Refused(errors)) => {
                let forbidden = errors.iter().any(|error| error.code == Code::Forbidden);
                let why = if forbidden { WhyNothing::NotAllowed } else { WhyNothing::Empty };
                Ok(vec![nothing(block.kind, why)])
            }
            told => told,
        }
    }

    /// The figures of the period, read once.
    async fn insights(&mut self, context: &Context) -> Result<&Insights, Failure> {
        if self.insights.is_none() {
            let Ground { brand_id, period, against, .. } = self.ground;
            self.insights = Some(insights(context, AskedInsights { brand_id, period, against }).await?);
        }
        Ok(self.insights.as_ref().ok_or_else(|| Fault::broken("figures that were read"))?)
    }

    async fn community(&mut self, context: &Context) -> Result<Vec<Block>, Failure> {
        let ground = self.ground;
        context.permit(Action::CommunityRead, ground.brand_id).await?;
        let insights = self.insights(context).await?;
        community::community(context, &ground, insights).await
    }

    async fn read(&mut self, context: &Context, block: &ReportBlock) -> Result<Block, Failure> {
        let ground = &{ self.ground };
        Ok(match block.kind {
            BlockKind::Figures => {
                let insights = self.insights(context).await?;
                figures::figures(insights, block, ground.audience)
            }
            BlockKind::Chart => explored::chart(context, ground, block).await?,
            BlockKind::HeatMap => explored::heat_map(context, ground, block).await?,
            BlockKind::TopPosts | BlockKind::BottomPosts => {
                let (posts, ids) = explored::posts(context, ground, block).await?;
                let (wanted, left_out) = pictures::of_publications(context, ground.brand_id, &ids).await?;
                self.pictures.left_out = self.pictures.left_out.saturating_add(left_out);
                self.pictures.posts.extend(wanted.into_iter().map(|(post, file)| (self.found.len(), post, file)));
                posts
            }
            BlockKind::Campaigns => campaigns::campaigns(context, ground, block).await?,
            BlockKind::Budgets => money::budgets(context, ground).await?,
            BlockKind::Progress => progress::progress(context, ground).await?,
            BlockKind::Audience
            | BlockKind::Community
            | BlockKind::Summary
            | BlockKind::Notes
            | BlockKind::NextSteps => nothing(block.kind, WhyNothing::Empty),
        })
    }
}

/// A block that holds nothing.
fn nothing(kind: BlockKind, why: WhyNothing) -> Block {
    Block::Nothing(Nothing { block: kind.name().to_owned(), why })
}

fn days(period: Period) -> Days {
    Days { from: period.from, to: period.to }
}

fn audience_of(audience: ReportAudience) -> Audience {
    match audience {
        ReportAudience::Team => Audience::Team,
        ReportAudience::Management => Audience::Management,
        ReportAudience::Client => Audience::Client,
    }
}

fn style(run: &report_run::Model, time_zone: Tz, week_start: &str) -> Result<Writing, Failure> {
    let week_start = match WeekStart::try_from_value(&week_start.to_owned())? {
        WeekStart::Monday => Weekday::Mon,
        WeekStart::Saturday => Weekday::Sat,
        WeekStart::Sunday => Weekday::Sun,
    };
    Ok(Writing {
        language: language(run.locale),
        digits: if run.digits.as_deref() == Some("LOCAL") { Digits::Local } else { Digits::Latin },
        beside: match run.beside.as_deref() {
            Some("JALALI") => Some(OtherCalendar::Jalali),
            Some("HIJRI") => Some(OtherCalendar::Hijri),
            Some("HEBREW") => Some(OtherCalendar::Hebrew),
            _ => None,
        },
        time_zone,
        week_start,
    })
}

fn language(locale: Locale) -> Language {
    Language::from_code(&locale.to_value()).unwrap_or(Language::En)
}

fn look_in(look: ReportLook) -> Look {
    Look {
        logo: None,
        accent: rgb(&look.accent).unwrap_or([0x1f, 0x5f, 0x8b]),
        typeface: match look.typeface {
            ReportTypeface::Sans => Typeface::Sans,
            ReportTypeface::Serif => Typeface::Serif,
        },
        footer: look.footer,
        names_agency: look.names_agency,
    }
}

/// A decimal as it is told, `-12.5`; none of what is none, or has more digits than a number of a report.
fn number(text: &str) -> Option<Number> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let places = u8::try_from(part.len()).ok().filter(|places| *places <= 9)?;
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{whole}{part}").parse().ok())?.map(|mantissa| Number { mantissa, places })
}

/// An amount in minor units.
fn amount(minor: i64, currency: &str) -> Number {
    let places = crate::finance::exponent(currency).and_then(|digits| u8::try_from(digits).ok());
    Number { mantissa: minor, places: places.unwrap_or_default() }
}

/// The first day of a month by its number, for what is told by months.
fn first_of(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike as _;
    day.with_day(1).unwrap_or(day)
}

/// The name by which people know a network.
fn network_name(key: &str) -> String {
    diwan_networks::network(key).map_or(key, |network| network.capabilities().name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_taken_exactly() {
        let told = |text: &str| number(text).map(|number| (number.mantissa, number.places));
        assert_eq!(told("12.50"), Some((1250, 2)));
        assert_eq!(told("-0.05"), Some((-5, 2)));
        assert_eq!(told("7"), Some((7, 0)));
        for wrong in ["", "1.2.3", "1.-2", "x", "99999999999999999999", "0.0000000001"] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
        assert_eq!((amount(1250, "KWD").places, amount(1250, "JPY").places), (3, 0));
    }
}
