//! What of a brand's strategy is checked on its posts. Each check is off, warns or blocks, as the brand says.
//!
//! Clients are told nothing of this: it is how the team works. Freelancers are told what is wrong with their text, and what they
//! have not ticked; pillars and their mix are not theirs to mend, and are asked of the team when it schedules.

pub(crate) mod ground;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use diwan_entity::calendar::post::{self, Partnership};
use diwan_entity::strategy::content_checks::{self, CheckMode};
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use self::ground::Ground;
use self::words::{Finder, words};
use super::mix::allowed;
use crate::calendar::{Problem, ProblemSeverity, Said, said_before};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};

/// What one variant of a post says, as far as it is checked here.
#[derive(Debug)]
pub(crate) struct Spoken<'a> {
    /// Which variant.
    pub variant_id: Uuid,
    /// The account that says it.
    pub account_id: Uuid,
    /// Its place in the post, counted from 0.
    pub index: usize,
    /// Its language, BCP 47.
    pub language: Option<&'a str>,
    /// Everything that is published as text, with the name of its field: the text itself first.
    pub texts: Vec<(Cow<'static, str>, &'a str)>,
    /// What follows the text as a thread; among the texts as well.
    pub thread: &'a [String],
    /// The descriptions of its images and films, with their places among its files.
    pub alt_texts: Vec<(usize, &'a str)>,
}

/// What of a post is the post's own.
#[derive(Debug, Clone, Copy)]
struct Marks {
    pillar_id: Option<Uuid>,
    /// Whether the month in which it is due is known.
    dated: bool,
}

/// What the brand's checks find. Two statements, however many variants there are; none for a client.
pub(crate) async fn check_post(
    context: &Context,
    post: &post::Model,
    due_at: Option<DateTime<Utc>>,
    spoken: &[Spoken<'_>],
) -> Result<Vec<Problem>, Failure> {
    if context.signed_in()?.kind == UserKind::Client {
        return Ok(Vec::new());
    }
    let permit = context.permit_some(Action::ContentRead, post.brand_id).await?;
    let ground = Ground::load(permit, post.id, due_at.unwrap_or(context.now)).await?;
    let mut problems = Vec::new();
    if context.may(Action::StrategyRead, post.brand_id) {
        let marks = Marks { pillar_id: post.pillar_id, dated: due_at.is_some() };
        check_marks(&ground, marks, &mut problems);
    }
    check_checklist(&ground, &mut problems);
    check_texts(&ground, post.partnership, spoken, &mut problems);
    check_repetition(context, (post, due_at), &ground.checks, spoken, &mut problems).await?;
    Ok(problems)
}

/// What posts of the month of `due_at` that are not written yet are checked against. For whoever may write them.
pub(crate) async fn ground_of(permit: Permit<'_>, due_at: DateTime<Utc>) -> Result<Ground, Failure> {
    Ground::load(permit, Uuid::nil(), due_at).await
}

/// What the brand's checks find in a post that is not written yet. `dated`: whether it is due in the month of the ground.
pub(crate) fn check_planned(
    ground: &Ground,
    pillar_id: Option<Uuid>,
    dated: bool,
    spoken: &[Spoken<'_>],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_marks(ground, Marks { pillar_id, dated }, &mut problems);
    check_texts(ground, None, spoken, &mut problems);
    problems
}

/// How bad a finding of this check is; none when the check is off.
fn severity(mode: CheckMode) -> Option<ProblemSeverity> {
    match mode {
        CheckMode::Off => None,
        CheckMode::Warn => Some(ProblemSeverity::Warning),
        CheckMode::Block => Some(ProblemSeverity::Block),
    }
}

/// The pillar and the mix.
fn check_marks(ground: &Ground, marks: Marks, problems: &mut Vec<Problem>) {
    let mut add = |mode, error| {
        if let Some(severity) = severity(mode) {
            problems.push(Problem { variant_id: None, variant_index: None, severity, error, measured: None });
        }
    };
    let pillar = ground.pillars.iter().find(|pillar| Some(pillar.id) == marks.pillar_id);
    let Some(pillar) = pillar else {
        // Also one that was put away: it is not among those that live.
        if !ground.pillars.is_empty() {
            add(ground.checks.missing_pillar, UserError::at(Code::PillarMissing, "pillarId"));
        }
        return;
    };
    // Without shares there is no plan to be off from; without a time no month.
    if !marks.dated || ground.pillars.iter().all(|pillar| pillar.share_bp == 0) {
        return;
    }
    let total = ground.pillars.iter().map(|pillar| pillar.posts).sum::<i64>() + 1;
    let limit = allowed(pillar.share_bp, ground.checks.mix_tolerance_bp, total);
    if pillar.posts + 1 > limit {
        let error = UserError::at(Code::OffMix, "pillarId").text("pillar", pillar.name.clone());
        add(
            ground.checks.off_mix,
            error.number("actual", pillar.posts + 1).number("total", total).number("limit", limit),
        );
    }
}

/// What of the checklist must be done and is not.
fn check_checklist(ground: &Ground, problems: &mut Vec<Problem>) {
    /// So many items are named, the others counted.
    const NAMED: usize = 5;
    let Some(severity) = severity(ground.checks.open_checklist) else { return };
    let open = &ground.open_items;
    if open.is_empty() {
        return;
    }
    let mut items = open.iter().take(NAMED).map(|item| format!("“{item}”")).collect::<Vec<_>>().join(", ");
    if open.len() > NAMED {
        items.push_str(", …");
    }
    let error = UserError::at(Code::ChecklistIncomplete, "checklist").number("count", open.len()).text("items", items);
    problems.push(Problem { variant_id: None, variant_index: None, severity, error, measured: None });
}

/// What was said before on the same account. One statement, unless nobody asks.
async fn check_repetition(
    context: &Context,
    (post, due_at): (&post::Model, Option<DateTime<Utc>>),
    checks: &content_checks::Model,
    spoken: &[Spoken<'_>],
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let Some(severity) = severity(checks.duplicate_text) else { return Ok(()) };
    let said = spoken.iter().map(|variant| Said {
        account_id: variant.account_id,
        text: variant.texts.first().map_or("", |(_, text)| *text),
        thread: variant.thread,
    });
    let said: Vec<Said<'_>> = said.collect();
    let at = (due_at.unwrap_or(context.now), checks.duplicate_days);
    let found = said_before(context, (post.brand_id, post.id), at, &said).await?;
    for (variant, similar) in spoken.iter().zip(found) {
        let Some(worst) = similar.into_iter().next() else { continue };
        let error = UserError::at(Code::TextUsedBefore, &format!("variants.{}.text", variant.index));
        let error = error.text("title", worst.title).text("date", worst.due_at.format("%F").to_string());
        let (variant_id, variant_index) = (Some(variant.variant_id), Some(variant.index));
        problems.push(Problem { variant_id, variant_index, severity, error, measured: None });
    }
    Ok(())
}

/// What each variant says.
fn check_texts(ground: &Ground, partnership: Option<Partnership>, spoken: &[Spoken<'_>], problems: &mut Vec<Problem>) {
    let checks = &ground.checks;
    let banned = Finder::new(ground.banned.iter().map(|word| word.text.as_str()));
    let disclosing = Finder::new(checks.disclosure_words.iter().map(String::as_str));
    for variant in spoken {
        let mut add = |severity: Option<ProblemSeverity>, error| {
            if let Some(severity) = severity {
                let (variant_id, variant_index) = (Some(variant.variant_id), Some(variant.index));
                problems.push(Problem { variant_id, variant_index, severity, error, measured: None });
            }
        };
        let at = |field: &str| format!("variants.{}.{field}", variant.index);
        let texts: Vec<(&str, Vec<String>)> =
            variant.texts.iter().map(|(field, text)| (field.as_ref(), words(text))).collect();
        let images = variant.alt_texts.iter().map(|(place, text)| (format!("assetIds.{place}"), words(text)));
        let images: Vec<(String, Vec<String>)> = images.collect();
        let everything = texts.iter().map(|(field, text)| (*field, text));
        for (field, text) in everything.chain(images.iter().map(|(field, text)| (field.as_str(), text))) {
            for place in banned.find(text) {
                let word = &ground.banned[place];
                if let (Some(of), Some(language)) = (&word.language, variant.language)
                    && !covers(of, language)
                {
                    continue;
                }
                let worst = severity(checks.banned_words);
                let error = UserError::at(Code::BannedWord, &at(field)).text("word", word.text.clone());
                add(worst.map(|worst| worst.min(word.severity)), error);
            }
        }
        if let Some(language) = variant.language
            && !ground.languages.is_empty()
            && !ground.languages.iter().any(|own| covers(own, language))
        {
            let error = UserError::at(Code::LanguageNotOfBrand, &at("language"));
            let error = error.text("language", language.to_owned()).text("languages", ground.languages.join(", "));
            add(severity(checks.language), error);
        }
        for (place, text) in &variant.alt_texts {
            if text.trim().is_empty() {
                let error = UserError::at(Code::AltTextMissing, &at(&format!("assetIds.{place}")));
                add(severity(checks.missing_alt_text), error);
            }
        }
        if let Some(partnership) = partnership
            // Where everybody reads it: not further down a thread, nor in a comment.
            && texts.first().is_none_or(|(_, text)| disclosing.find(text).is_empty())
        {
            let error = UserError::at(Code::DisclosureMissing, &at("text"));
            let error = error.text("partnership", partnership.to_value());
            let listed = if checks.disclosure_words.is_empty() { "no" } else { "yes" };
            let error = error.text("listed", listed).text("words", checks.disclosure_words.join(", "));
            add(severity(checks.missing_disclosure), error);
        }
    }
}

/// Whether a tag is this language or a narrower one: `en` covers `en-GB` (RFC 4647 §3.3.1).
fn covers(range: &str, tag: &str) -> bool {
    let mut parts = tag.split('-');
    range.split('-').all(|wanted| parts.next().is_some_and(|part| part.eq_ignore_ascii_case(wanted)))
}
