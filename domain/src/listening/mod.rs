//! Listening: what people say of a brand and of those it is compared with. Here: how often, by days.
//!
//! Decided here:
//! - A monitor is one thing that is listened for: the brand itself (`OWN`, one at a time) or a competitor, by words, phrases and hashtags. It
//!   is archived, never deleted: its past days stay.
//! - A source counts mentions: a network that is asked through a connected account of the brand, or somebody who sends days (CSV, API). What a
//!   source says of a day replaces what it said before. A day without a row is not known; a day with none has a zero.
//! - Each monitor says from which day on it is compared. A share is made of the days of a source on which every monitor that is compared then
//!   is known, the brand's own and a competitor's among them: of the others nobody knows who is missing. So all are counted by the same.
//! - Networks are asked by the worker alone, in the morning of the brand, of the days that are over. No text is kept, and nobody's name.

mod compared;
mod count_job;
mod csv_file;
mod monitors;
mod queries;
mod record;
mod trouble;
mod write;

pub(crate) use compared::compared_days;
pub use count_job::CountMentions;
pub use csv_file::{MOST_MENTION_BYTES, MOST_MENTION_LINES};
pub use monitors::{
    MOST_MONITORS, MOST_WORDS, MonitorChange, NewMonitor, archive_monitor, change_monitor, create_monitor, monitors,
};
pub use queries::{Compared, ComparedMonitor, ComparedSource, ShareOfVoice, VoiceDay, mention_sources, share_of_voice};
pub use record::{MOST_MENTION_ROWS, Mentions, RecordedMentions, import_mentions, record_mentions};
pub use trouble::MENTION_TROUBLES;
