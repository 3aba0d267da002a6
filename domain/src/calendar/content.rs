//! What a post says, as it is written and as it is checked.

use std::borrow::Cow;

use diwan_entity::calendar::post_variant;
use diwan_networks::{Draft, OptionKind, Options, Part, TextUnit, Violation, ViolationCode};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::strategy::PostMarks;

/// What a post says.
#[derive(Debug, Clone, Default)]
pub struct PostContent {
    /// For the team, never published. 1 to 300 characters.
    pub title: String,
    /// What is said wherever a variant has no text of its own.
    pub base_text: Option<String>,
    /// One per account, 1 to 50.
    pub variants: Vec<VariantContent>,
    /// What it is for, and what stands behind it.
    pub marks: PostMarks,
}

/// What one account will say.
#[derive(Debug, Clone, Default)]
pub struct VariantContent {
    /// The account.
    pub social_account_id: Uuid,
    /// A text of its own; none: the post's base text.
    pub text: Option<String>,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Images in order.
    pub asset_ids: Vec<Uuid>,
    /// What follows the text as a thread, in order, up to 49.
    pub thread: Vec<String>,
    /// What the account itself answers to the post right away.
    pub first_comment: Option<String>,
    /// A page shown as a card beside the text: `http` or `https`, up to 2000 characters.
    pub link: Option<String>,
    /// Settings that only its network knows, up to 20. Whether it knows them is asked when the post is checked.
    pub options: Options,
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
pub(crate) const MOST_TEXT: usize = 100_000;
/// The most texts of a thread after the first.
const MOST_PARTS: usize = 49;
/// The most characters of a link.
const MOST_LINK: usize = 2000;
/// The most options of a variant, and the most characters of the name of one and of its value.
const MOST_OPTIONS: usize = 20;
const MOST_NAME: usize = 64;
const MOST_VALUE: usize = 1000;

impl PostContent {
    /// What can be told from the content alone; `prefix` is where it stands in the input.
    pub(crate) fn check(&self, wrong: &mut Complaints) {
        wrong.text("title", &self.title, 300);
        if self.variants.len() > MOST {
            wrong.add(
                UserError::at(Code::TooMany, "variants").number("limit", MOST).number("actual", self.variants.len()),
            );
        }
        if let Some(text) = &self.base_text {
            check_text(wrong, text, "baseText");
        }
        for (index, variant) in self.variants.iter().enumerate() {
            variant.check(wrong, index);
            if variant.text.is_none() && self.base_text.is_none() {
                wrong.add(UserError::at(Code::Invalid, &format!("variants.{index}.text")));
            }
            if self.variants[..index].iter().any(|other| other.social_account_id == variant.social_account_id) {
                wrong.add(UserError::at(Code::AlreadyExists, &format!("variants.{index}.socialAccountId")));
            }
        }
    }
}

impl VariantContent {
    /// What is said, where this is the post's base text.
    pub(super) fn said<'a>(&'a self, base_text: Option<&'a str>) -> &'a str {
        self.text.as_deref().or(base_text).unwrap_or_default()
    }

    /// What its network would be asked of it.
    pub(super) fn draft(&self, base_text: Option<&str>) -> Draft {
        Draft {
            text: self.said(base_text).to_owned(),
            media: Vec::new(),
            thread: self.thread.clone(),
            first_comment: self.first_comment.clone(),
            link: self.link.clone(),
            options: self.options.clone(),
        }
    }

    /// The row of it, under an id of its own; the ids beside it are the brand's and the post's.
    pub(super) fn row(
        &self,
        id: Uuid,
        (brand_id, post_id): (Uuid, Uuid),
        base_text: Option<&str>,
    ) -> post_variant::ActiveModel {
        post_variant::ActiveModel {
            id: Set(id),
            brand_id: Set(brand_id),
            post_id: Set(post_id),
            social_account_id: Set(self.social_account_id),
            text: Set(self.said(base_text).to_owned()),
            language: Set(self.language.clone()),
            own_text: Set(self.text.is_some()),
            thread: Set(self.thread.clone()),
            first_comment: Set(self.first_comment.clone()),
            link: Set(self.link.clone()),
            options: Set(serde_json::json!(self.options)),
        }
    }

    fn check(&self, wrong: &mut Complaints, index: usize) {
        let at = |field: &str| format!("variants.{index}.{field}");
        if let Some(text) = &self.text {
            check_text(wrong, text, &at("text"));
        }
        if self.language.as_deref().is_some_and(|tag| !looks_like_a_language(tag)) {
            wrong.add(UserError::at(Code::Invalid, &at("language")));
        }
        check_count(wrong, self.asset_ids.len(), MOST, &at("assetIds"));
        for (place, id) in self.asset_ids.iter().enumerate() {
            if self.asset_ids[..place].contains(id) {
                wrong.add(UserError::at(Code::AlreadyExists, &at(&format!("assetIds.{place}"))));
            }
        }
        check_count(wrong, self.thread.len(), MOST_PARTS, &at("thread"));
        for (place, part) in self.thread.iter().enumerate() {
            check_text(wrong, part, &at(&format!("thread.{place}")));
        }
        if let Some(comment) = &self.first_comment {
            // Nothing to say is none.
            if comment.trim().is_empty() {
                wrong.add(UserError::at(Code::Invalid, &at("firstComment")));
            }
            check_text(wrong, comment, &at("firstComment"));
        }
        if let Some(link) = &self.link {
            check_link(wrong, link, &at("link"));
        }
        check_count(wrong, self.options.len(), MOST_OPTIONS, &at("options"));
        for (name, value) in &self.options {
            if looks_like_an_option(name) {
                let path = at(&format!("options.{name}"));
                check_length(wrong, value, MOST_VALUE, &path);
            } else {
                // A name of another form would not stand in a path.
                wrong.add(UserError::at(Code::Invalid, &at("options")));
            }
        }
    }
}

fn check_text(wrong: &mut Complaints, text: &str, path: &str) {
    check_length(wrong, text, MOST_TEXT, path);
}

/// A text that the database keeps, of so many characters at most; it may be empty.
fn check_length(wrong: &mut Complaints, text: &str, limit: usize, path: &str) {
    let length = text.chars().count();
    if length > limit {
        wrong.add(UserError::at(Code::TooLong, path).number("limit", limit).number("actual", length));
    }
    if text.contains('\0') {
        wrong.add(UserError::at(Code::Invalid, path));
    }
}

fn check_count(wrong: &mut Complaints, count: usize, limit: usize, path: &str) {
    if count > limit {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", limit).number("actual", count));
    }
}

/// The address of a page: what the database takes for one, and can be read as one.
fn check_link(wrong: &mut Complaints, link: &str, path: &str) {
    let length = link.chars().count();
    if length > MOST_LINK {
        wrong.add(UserError::at(Code::TooLong, path).number("limit", MOST_LINK).number("actual", length));
    } else if !is_a_page(link) {
        wrong.add(UserError::at(Code::PageAddressInvalid, path));
    }
}

fn is_a_page(link: &str) -> bool {
    let begins = |scheme: &str| link.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    (begins("http://") || begins("https://"))
        && !link.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(link).is_ok_and(|url| url.has_host())
}

/// `lower_snake`, as networks name their options.
fn looks_like_an_option(name: &str) -> bool {
    name.len() <= MOST_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What a network would be asked of a variant that is written, without its files.
pub(super) fn draft_of(variant: &post_variant::Model) -> Result<Draft, Fault> {
    Ok(Draft {
        text: variant.text.clone(),
        media: Vec::new(),
        thread: variant.thread.clone(),
        first_comment: variant.first_comment.clone(),
        link: variant.link.clone(),
        options: options_of(variant)?,
    })
}

/// The options of a variant that is written.
pub fn options_of(variant: &post_variant::Model) -> Result<Options, Fault> {
    let read = serde_json::from_value(variant.options.clone());
    read.map_err(|error| Fault::broken(format!("the options of variant {}: {error}", variant.id)))
}

/// Everything of a draft that is published as words, each with the name of its field: the text first.
pub(super) fn words_of<'a>(draft: &'a Draft, network: &str) -> Vec<(Cow<'static, str>, &'a str)> {
    let mut words: Vec<(Cow<'static, str>, &str)> = vec![("text".into(), draft.text.as_str())];
    let parts = draft.thread.iter().enumerate();
    words.extend(parts.map(|(place, part)| (format!("thread.{place}").into(), part.as_str())));
    words.extend(draft.first_comment.iter().map(|comment| ("firstComment".into(), comment.as_str())));
    let known = diwan_networks::network(network).map_or(&[][..], |network| network.capabilities().options);
    let free = known.iter().filter(|option| matches!(option.kind, OptionKind::Text { .. } | OptionKind::Lines { .. }));
    words.extend(free.filter_map(|option| {
        let value = draft.options.get(option.name)?;
        Some((format!("options.{}", option.name).into(), value.as_str()))
    }));
    words
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
    let code = match violation.code {
        ViolationCode::TextEmpty => Code::TextEmpty,
        ViolationCode::TextTooLong => Code::TextTooLongForNetwork,
        ViolationCode::TextTooManyBytes => Code::TextTooManyBytesForNetwork,
        ViolationCode::TooManyImages => Code::TooManyImagesForNetwork,
        ViolationCode::ImageTooLarge => Code::ImageTooLargeForNetwork,
        ViolationCode::ImageTooManyPixels => Code::ImageTooManyPixelsForNetwork,
        ViolationCode::ImageTypeUnsupported => Code::ImageTypeNotForNetwork,
        ViolationCode::AltTextTooLong => Code::AltTextTooLongForNetwork,
        ViolationCode::ThreadNotOffered => Code::ThreadNotForNetwork,
        ViolationCode::ThreadTooLong => Code::ThreadTooLongForNetwork,
        ViolationCode::ThreadPartEmpty => Code::ThreadPartEmpty,
        ViolationCode::FirstCommentNotOffered => Code::FirstCommentNotForNetwork,
        ViolationCode::LinkNotOffered => Code::LinkNotForNetwork,
        ViolationCode::LinkInvalid => Code::PageAddressInvalid,
        ViolationCode::LinkWithImages => Code::LinkWithImages,
        ViolationCode::OptionUnknown => Code::OptionNotForNetwork,
        ViolationCode::OptionInvalid => Code::OptionValueNotForNetwork,
        ViolationCode::OptionMissing => Code::OptionMissingForNetwork,
        ViolationCode::NotTogether => Code::NotTogetherOnNetwork,
        ViolationCode::MediaMissing => Code::MediaMissingForNetwork,
        ViolationCode::MediaMixed => Code::MediaMixedForNetwork,
        ViolationCode::MediaShape => Code::MediaShapeNotForNetwork,
        ViolationCode::TooManyVideos => Code::TooManyVideosForNetwork,
        ViolationCode::VideoTooLarge => Code::VideoTooLargeForNetwork,
        ViolationCode::VideoTooLong => Code::VideoTooLongForNetwork,
        ViolationCode::VideoTooShort => Code::VideoTooShortForNetwork,
        ViolationCode::DocumentNotOffered => Code::DocumentNotForNetwork,
        ViolationCode::TooManyDocuments => Code::TooManyDocumentsForNetwork,
        ViolationCode::DocumentTooLarge => Code::DocumentTooLargeForNetwork,
        ViolationCode::DocumentNotAlone => Code::DocumentNotAloneOnNetwork,
    };
    let of_images = matches!(
        violation.code,
        ViolationCode::TooManyImages
            | ViolationCode::ImageTooLarge
            | ViolationCode::ImageTooManyPixels
            | ViolationCode::ImageTypeUnsupported
            | ViolationCode::AltTextTooLong
            | ViolationCode::MediaMissing
            | ViolationCode::MediaMixed
            | ViolationCode::MediaShape
            | ViolationCode::TooManyVideos
            | ViolationCode::VideoTooLarge
            | ViolationCode::VideoTooLong
            | ViolationCode::VideoTooShort
            | ViolationCode::DocumentNotOffered
            | ViolationCode::TooManyDocuments
            | ViolationCode::DocumentTooLarge
            | ViolationCode::DocumentNotAlone
    );
    let field = match &violation.part {
        Part::Text if of_images => {
            let place = violation.media_index.map(|media| format!(".{media}")).unwrap_or_default();
            format!("assetIds{place}")
        }
        Part::Text => "text".to_owned(),
        Part::Thread(place) => format!("thread.{place}"),
        Part::FirstComment => "firstComment".to_owned(),
        Part::Link => "link".to_owned(),
        Part::Option(name) => format!("options.{name}"),
    };
    let mut error = UserError::at(code, &format!("variants.{index}.{field}")).text("network", network);
    if let Part::Option(name) = &violation.part {
        error = error.text("option", name.clone());
    }
    if let Some(limit) = violation.limit {
        error = error.number("limit", limit);
    }
    if let Some(actual) = violation.actual {
        error = error.number("actual", actual);
    }
    error
}
