//! Every word that a composed report says itself, in each language: a file for each. `{n}` and the like are replaced.
//!
//! They are the words of the product's messages (`domain/messages`) where these have them.

mod ar;
mod el;
mod en;
mod fa;
mod he;

use chrono::Weekday;

use super::model::{Audience, Standing, WhyNothing};
use crate::language::Language;
use crate::words::words;

/// The words of one language.
pub(crate) struct ReportWords {
    /// Whose words they are.
    pub(crate) language: Language,
    // The head.
    pub(crate) agency: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) audience_head: &'static str,
    pub(crate) period: &'static str,
    /// Before the days that it is compared with.
    pub(crate) compared_with: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) compared_from: &'static str,
    pub(crate) compared_to: &'static str,
    pub(crate) generated: &'static str,
    pub(crate) time_zone: &'static str,
    /// Page `{n}` of `{m}`.
    pub(crate) page: &'static str,
    /// What the sign for a missing number means.
    pub(crate) legend: &'static str,
    // Figures and charts.
    pub(crate) kpi_head: &'static str,
    pub(crate) value: &'static str,
    pub(crate) before: &'static str,
    pub(crate) change: &'static str,
    pub(crate) target: &'static str,
    pub(crate) status: &'static str,
    pub(crate) missing: &'static str,
    /// Nothing from `{networks}`.
    pub(crate) missing_from: &'static str,
    pub(crate) place: &'static str,
    pub(crate) this_period: &'static str,
    pub(crate) other_period: &'static str,
    pub(crate) weekday_head: &'static str,
    pub(crate) hour: &'static str,
    pub(crate) too_few: &'static str,
    /// What pale places of a heat map say.
    pub(crate) too_few_legend: &'static str,
    /// Above the numbers of a drawing.
    pub(crate) numbers: &'static str,
    pub(crate) less: &'static str,
    pub(crate) more: &'static str,
    // Posts.
    pub(crate) post: &'static str,
    pub(crate) posts: &'static str,
    pub(crate) network: &'static str,
    pub(crate) account: &'static str,
    pub(crate) published: &'static str,
    pub(crate) link: &'static str,
    pub(crate) untitled: &'static str,
    /// Before the name of a metric.
    pub(crate) ordered_by: &'static str,
    // Audiences.
    /// A part of those of whom it is known.
    pub(crate) share: &'static str,
    /// Of how many of the followers it is known.
    pub(crate) known: &'static str,
    /// The networks that tell of viewers where others tell of followers.
    pub(crate) viewers_from: &'static str,
    // Campaigns, budgets, progress.
    pub(crate) name: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) worth: &'static str,
    pub(crate) conversions: &'static str,
    pub(crate) return_on_investment: &'static str,
    pub(crate) allocated: &'static str,
    pub(crate) committed: &'static str,
    pub(crate) spent: &'static str,
    pub(crate) left: &'static str,
    pub(crate) level_head: &'static str,
    /// Said beside a text that a program wrote.
    pub(crate) machine: &'static str,
    // How things are put together.
    pub(crate) list_comma: &'static str,
    /// From `{a}` to `{b}`.
    pub(crate) range: &'static str,
    pub(crate) hours: &'static str,
    pub(crate) minutes: &'static str,
    pub(crate) seconds: &'static str,
    // Words for keys, in the order of the lists below.
    pub(crate) audiences: [&'static str; 3],
    pub(crate) standings: [&'static str; 3],
    pub(crate) why: [&'static str; 2],
    pub(crate) genders: [&'static str; GENDERS.len()],
    /// From Monday.
    pub(crate) weekdays: [&'static str; 7],
    /// The same where there is little room.
    pub(crate) short_weekdays: [&'static str; 7],
    pub(crate) blocks: [&'static str; BLOCKS.len()],
    pub(crate) kpis: [&'static str; KPIS.len()],
    pub(crate) content_types: [&'static str; CONTENT_TYPES.len()],
    pub(crate) levels: [&'static str; LEVELS.len()],
    pub(crate) counts: [&'static str; COUNTS.len()],
}

/// The blocks that have a heading. `OVERVIEW` is what a report is about.
pub(crate) const BLOCKS: [&str; 15] = [
    "OVERVIEW",
    "SUMMARY",
    "MACHINE_SUMMARY",
    "FIGURES",
    "CHART",
    "HEAT_MAP",
    "TOP_POSTS",
    "BOTTOM_POSTS",
    "AUDIENCE",
    "COMMUNITY",
    "CAMPAIGNS",
    "BUDGETS",
    "PROGRESS",
    "NOTES",
    "NEXT_STEPS",
];

/// The KPIs of `docs/kpis.md` and what else is measured that the monthly report does not know.
pub(crate) const KPIS: [&str; 38] = [
    "FOLLOWERS",
    "FOLLOWER_GROWTH",
    "AUDIENCE_GROWTH_RATE",
    "PUBLISHED_POSTS",
    "REACH",
    "VIEWS",
    "INTERACTIONS",
    "INTERACTIONS_PER_POST",
    "ENGAGEMENT_RATE_BY_FOLLOWERS",
    "ENGAGEMENT_RATE_BY_REACH",
    "REFERRAL_TRAFFIC",
    "CONVERSIONS",
    "CONVERSION_RATE",
    "POSTING_CONSISTENCY",
    "COST_PER_RESULT",
    "RETURN_ON_INVESTMENT",
    "SESSIONS",
    "SOCIAL_SESSIONS",
    "BOUNCE_RATE",
    "NEGATIVE_FEEDBACK_RATE",
    "RESPONSE_TIME",
    "RESPONSE_RATE",
    "SHARE_OF_VOICE",
    "MENTIONS",
    "BOOKMARKS",
    "POSTS",
    "AUDIENCE_AGE",
    "AUDIENCE_GENDER",
    "AUDIENCE_COUNTRY",
    "AUDIENCE_CITY",
    "AUDIENCE_INDUSTRY",
    "AUDIENCE_SENIORITY",
    "AUDIENCE_JOB_FUNCTION",
    "AUDIENCE_COMPANY_SIZE",
    "MESSAGES_RECEIVED",
    "MESSAGES_ANSWERED",
    "MESSAGES_UNANSWERED",
    "SHARE_OF_VOICE_MISSING_DAYS",
];

/// Genders, and what is said otherwise or not at all.
const GENDERS: [&str; 3] = ["FEMALE", "MALE", "OTHER"];

/// Kinds of content.
pub(crate) const CONTENT_TYPES: [&str; 5] = ["TEXT", "LINK", "IMAGE", "CAROUSEL", "VIDEO"];

/// Levels, lowest first.
pub(crate) const LEVELS: [&str; 5] = ["JUNIOR", "MID", "SENIOR", "DIRECTOR", "CMO"];

/// What people brought forward.
pub(crate) const COUNTS: [&str; 5] =
    ["POSTS_WRITTEN", "POSTS_PUBLISHED", "REVIEWS_GIVEN", "CAMPAIGNS_RUN", "TASKS_DONE"];

/// The words of a language.
pub(crate) const fn report_words(language: Language) -> &'static ReportWords {
    match language {
        Language::En => &en::WORDS,
        Language::Fa => &fa::WORDS,
        Language::Ar => &ar::WORDS,
        Language::El => &el::WORDS,
        Language::He => &he::WORDS,
    }
}

impl ReportWords {
    /// The name of a KPI or metric; a key that has none is written out as words.
    pub(crate) fn kpi(&self, key: &str) -> String {
        found(&KPIS, &self.kpis, key).map_or_else(|| words(self.language).metric(key), str::to_owned)
    }

    /// The heading of a block; a key that has none is written out as words.
    pub(crate) fn block(&self, key: &str) -> String {
        self.known_or_written_out(&BLOCKS, &self.blocks, key)
    }

    /// A kind of content; a key that has none is written out as words.
    pub(crate) fn content_type(&self, key: &str) -> String {
        self.known_or_written_out(&CONTENT_TYPES, &self.content_types, key)
    }

    /// A gender; none for any other key.
    pub(crate) fn gender(&self, key: &str) -> Option<&'static str> {
        found(&GENDERS, &self.genders, key)
    }

    /// A level; a key that has none is written out as words.
    pub(crate) fn level(&self, key: &str) -> String {
        self.known_or_written_out(&LEVELS, &self.levels, key)
    }

    /// What a count of progress counts; a key that has none is written out as words.
    pub(crate) fn count(&self, key: &str) -> String {
        self.known_or_written_out(&COUNTS, &self.counts, key)
    }

    /// For whom a report is.
    pub(crate) const fn audience(&self, audience: Audience) -> &'static str {
        let [team, management, client] = self.audiences;
        match audience {
            Audience::Team => team,
            Audience::Management => management,
            Audience::Client => client,
        }
    }

    /// How a figure stands to its target.
    pub(crate) const fn standing(&self, standing: Standing) -> &'static str {
        let [ahead, on_track, behind] = self.standings;
        match standing {
            Standing::Ahead => ahead,
            Standing::OnTrack => on_track,
            Standing::Behind => behind,
        }
    }

    /// Why a block is empty.
    pub(crate) const fn why_nothing(&self, why: WhyNothing) -> &'static str {
        let [empty, not_allowed] = self.why;
        match why {
            WhyNothing::Empty => empty,
            WhyNothing::NotAllowed => not_allowed,
        }
    }

    /// A day of the week.
    pub(crate) const fn weekday(&self, day: Weekday) -> &'static str {
        of_week(self.weekdays, day)
    }

    /// A day of the week where there is little room.
    pub(crate) const fn short_weekday(&self, day: Weekday) -> &'static str {
        of_week(self.short_weekdays, day)
    }

    fn known_or_written_out(&self, keys: &[&str], said: &[&'static str], key: &str) -> String {
        // No metric has the name of any of these keys: what is found there is the key, written out.
        found(keys, said, key).map_or_else(|| words(self.language).metric(key), str::to_owned)
    }
}

const fn of_week(names: [&'static str; 7], day: Weekday) -> &'static str {
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = names;
    match day {
        Weekday::Mon => monday,
        Weekday::Tue => tuesday,
        Weekday::Wed => wednesday,
        Weekday::Thu => thursday,
        Weekday::Fri => friday,
        Weekday::Sat => saturday,
        Weekday::Sun => sunday,
    }
}

fn found(keys: &[&str], said: &[&'static str], key: &str) -> Option<&'static str> {
    keys.iter().position(|known| known.eq_ignore_ascii_case(key.trim())).and_then(|index| said.get(index).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_keep_their_places_and_every_key_has_a_word() {
        for language in Language::ALL {
            let words = report_words(language);
            assert_eq!(words.language, language);
            for (phrase, places) in [
                (words.page, ["{n}", "{m}"]),
                (words.range, ["{a}", "{b}"]),
                (words.missing_from, ["{networks}"; 2]),
                (words.hours, ["{n}"; 2]),
                (words.minutes, ["{n}"; 2]),
                (words.seconds, ["{n}"; 2]),
            ] {
                assert!(places.iter().all(|place| phrase.contains(place)), "{phrase}");
            }
            let all = [
                &words.audiences[..],
                &words.standings,
                &words.why,
                &words.genders,
                &words.weekdays,
                &words.short_weekdays,
                &words.blocks,
                &words.kpis,
                &words.content_types,
                &words.levels,
                &words.counts,
            ];
            assert!(all.concat().iter().all(|word| !word.trim().is_empty()), "{language:?}");
            // Where a word says which it is, no two of a list are the same.
            for list in all {
                let mut words: Vec<_> = list.to_vec();
                words.sort_unstable();
                words.dedup();
                assert!(words.len() == list.len() || list.len() == KPIS.len(), "{list:?}");
            }
        }
    }

    #[test]
    fn what_has_no_word_is_written_out() {
        let words = report_words(Language::En);
        assert_eq!(words.kpi("likes"), "Likes");
        assert_eq!(words.kpi("STORY_TAPS"), "Story taps");
        assert_eq!(words.level("INTERN"), "Intern");
        assert_eq!(words.block("NEXT_STEPS"), "Next steps");
    }

    #[test]
    fn every_kpi_of_the_catalogue_has_a_word() {
        let page = include_str!("../../../../docs/kpis.md");
        // The page has other tables, too: those of KPIs begin with that word.
        let tables = page.split("\n\n").filter(|part| part.starts_with("| KPI |"));
        let keys: Vec<_> =
            tables.flat_map(str::lines).filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert!(keys.len() >= 20, "{keys:?}");
        for key in keys {
            let known = KPIS.contains(&key) || crate::words::METRICS.contains(&key);
            assert!(known, "{key} has no word in reports/src/report/words");
        }
    }
}
