//! What a post says, as it is written and as it is checked.

use diwan_networks::{TextUnit, Violation, ViolationCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Code, Complaints, Failure, UserError};
use crate::strategy::PostMarks;

/// What a post says.
#[derive(Debug, Clone)]
pub struct PostContent {
    /// For the team, never published. 1 to 300 characters.
    pub title: String,
    /// One per account, 1 to 50.
    pub variants: Vec<VariantContent>,
    /// What it is for, and what stands behind it.
    pub marks: PostMarks,
}

/// What one account will say.
#[derive(Debug, Clone)]
pub struct VariantContent {
    /// The account.
    pub social_account_id: Uuid,
    /// The text.
    pub text: String,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Images in order.
    pub asset_ids: Vec<Uuid>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemSeverity {
    /// Somebody should know.
    Warning,
    /// The post cannot go on so.
    Block,
}

/// Something that a network would refuse, or that the brand's own checks found.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which variant; none when it is the post's as a whole.
    pub variant_id: Option<Uuid>,
    /// The variant's place in the post, counted from 0.
    pub variant_index: Option<usize>,
    /// Whether it keeps the post from going on.
    pub severity: ProblemSeverity,
    /// What, with the numbers.
    pub error: UserError,
    /// How much of a text there is, where that is the problem.
    pub measured: Option<Measured>,
}

/// How much of a text there is, and how much may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// How many there are.
    pub counted: u64,
    /// The most that the account takes.
    pub limit: u64,
    /// Of what.
    pub unit: TextUnit,
}

impl Measured {
    /// What the network counted.
    pub(super) fn of(violation: &Violation) -> Option<Self> {
        Some(Self { counted: violation.actual?, limit: violation.limit?, unit: violation.unit? })
    }
}

/// Refuses what has a problem that blocks; warnings do not.
pub(crate) fn refuse_blocked(problems: Vec<Problem>) -> Result<(), Failure> {
    let blocks = problems.into_iter().filter(|problem| problem.severity == ProblemSeverity::Block);
    let errors: Vec<UserError> = blocks.map(|problem| problem.error).collect();
    if errors.is_empty() { Ok(()) } else { Err(Failure::Refused(errors)) }
}

/// The most variants of a post, and the most images of a variant.
const MOST: usize = 50;
/// The most characters of a text, on whatever network.
pub(super) const MOST_TEXT: usize = 100_000;

impl PostContent {
    /// What can be told from the content alone; `prefix` is where it stands in the input.
    pub(crate) fn check(&self, wrong: &mut Complaints) {
        wrong.text("title", &self.title, 300);
        if self.variants.len() > MOST {
            wrong.add(
                UserError::at(Code::TooMany, "variants").number("limit", MOST).number("actual", self.variants.len()),
            );
        }
        for (index, variant) in self.variants.iter().enumerate() {
            variant.check(wrong, index);
            if self.variants[..index].iter().any(|other| other.social_account_id == variant.social_account_id) {
                wrong.add(UserError::at(Code::AlreadyExists, &format!("variants.{index}.socialAccountId")));
            }
        }
    }
}

impl VariantContent {
    fn check(&self, wrong: &mut Complaints, index: usize) {
        let length = self.text.chars().count();
        if length > MOST_TEXT {
            let path = format!("variants.{index}.text");
            wrong.add(UserError::at(Code::TooLong, &path).number("limit", MOST_TEXT).number("actual", length));
        }
        if self.text.contains('\0') {
            wrong.add(UserError::at(Code::Invalid, &format!("variants.{index}.text")));
        }
        if self.language.as_deref().is_some_and(|tag| !looks_like_a_language(tag)) {
            wrong.add(UserError::at(Code::Invalid, &format!("variants.{index}.language")));
        }
        if self.asset_ids.len() > MOST {
            let path = format!("variants.{index}.assetIds");
            wrong.add(UserError::at(Code::TooMany, &path).number("limit", MOST).number("actual", self.asset_ids.len()));
        }
        for (place, id) in self.asset_ids.iter().enumerate() {
            if self.asset_ids[..place].contains(id) {
                wrong.add(UserError::at(Code::AlreadyExists, &format!("variants.{index}.assetIds.{place}")));
            }
        }
    }
}

/// The form of a BCP 47 tag, as the database checks it.
pub(crate) fn looks_like_a_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A network's refusal in the product's words.
pub(crate) fn from_violation(violation: &Violation, network: &'static str, index: usize) -> UserError {
    let (code, field) = match violation.code {
        ViolationCode::TextEmpty => (Code::TextEmpty, "text"),
        ViolationCode::TextTooLong => (Code::TextTooLongForNetwork, "text"),
        ViolationCode::TextTooManyBytes => (Code::TextTooManyBytesForNetwork, "text"),
        ViolationCode::TooManyImages => (Code::TooManyImagesForNetwork, "assetIds"),
        ViolationCode::ImageTooLarge => (Code::ImageTooLargeForNetwork, "assetIds"),
        ViolationCode::ImageTooManyPixels => (Code::ImageTooManyPixelsForNetwork, "assetIds"),
        ViolationCode::ImageTypeUnsupported => (Code::ImageTypeNotForNetwork, "assetIds"),
        ViolationCode::AltTextTooLong => (Code::AltTextTooLongForNetwork, "assetIds"),
    };
    let place = violation.media_index.map(|media| format!(".{media}")).unwrap_or_default();
    let mut error = UserError::at(code, &format!("variants.{index}.{field}{place}")).text("network", network);
    if let Some(limit) = violation.limit {
        error = error.number("limit", limit);
    }
    if let Some(actual) = violation.actual {
        error = error.number("actual", actual);
    }
    error
}
