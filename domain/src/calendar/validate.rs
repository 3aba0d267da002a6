//! What the networks would refuse, and what the brand's own checks find, told before anything is scheduled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind};
use diwan_entity::calendar::post;
use diwan_entity::calendar::{post_variant, variant_asset};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{Capabilities, Draft, Limits};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use super::content::{Measured, draft_of, from_violation, words_of};
use super::{Problem, ProblemSeverity, assets_by_ids, variant_assets, variants_of_posts};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::media::{self, Shelf};
use crate::permission::Action;
use crate::strategy::{self, Spoken};
use crate::ugc::Grants;

/// A dry run: everything that would keep this post from being scheduled, and what it warns of. Nothing is written. `due_at`: as
/// if it were due then, instead of when it is.
pub async fn validate_post(
    context: &Context,
    post_id: Uuid,
    due_at: Option<DateTime<Utc>>,
) -> Result<Vec<Problem>, Failure> {
    let post = load_post(context, post_id, false).await?;
    context.permit_some(Action::ContentRead, post.brand_id).await?;
    let (_, problems) = check_post(context, &post, due_at.or(post.due_at)).await?;
    Ok(problems)
}

/// The post, or the refusal; locked when it is about to change.
pub async fn load_post(context: &Context, post_id: Uuid, lock: bool) -> Result<post::Model, Failure> {
    let select = post::Entity::visible([post_id]);
    let select = if lock { select.lock_exclusive() } else { select };
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "postId"))?)
}

/// What a network would be asked of one variant that is written, with what is known of its files.
pub(crate) async fn draft_with_media(
    context: &Context,
    (brand_id, variant_id): (Uuid, Uuid),
    network: &Capabilities,
    limits: &Limits,
) -> Result<Draft, Failure> {
    let gone = || Fault::broken("a variant is gone");
    let variant = context.one(post_variant::Entity::one_in_brand(brand_id, variant_id)).await?.ok_or_else(gone)?;
    let mut draft = draft_of(&variant)?;
    let places = variant_assets(context, &[variant_id]).await?;
    let ids: Vec<Uuid> = places.iter().map(|place| place.asset_id).collect();
    let assets = assets_by_ids(context, &ids).await?;
    let shelf = Shelf::load(context, brand_id, assets.iter()).await?;
    for id in ids {
        let asset = assets.iter().find(|asset| asset.id == id).ok_or_else(gone)?;
        draft.media.push(shelf.draft(asset, network, limits)?);
    }
    Ok(draft)
}

/// The post's variants, and what the networks would refuse of them or the brand's checks find, if the post is due then. Eight
/// statements, however many variants there are, and one more where something is shown that users made.
pub async fn check_post(
    context: &Context,
    post: &post::Model,
    due_at: Option<DateTime<Utc>>,
) -> Result<(Vec<post_variant::Model>, Vec<Problem>), Failure> {
    let variants = variants_of_posts(context, &[post.id]).await?;
    let accounts = variants.iter().map(|variant| variant.social_account_id);
    let accounts = social_account::Entity::in_brand(post.brand_id).filter(social_account::Column::Id.is_in(accounts));
    let accounts: HashMap<Uuid, social_account::Model> =
        context.all(accounts).await?.into_iter().map(|account| (account.id, account)).collect();
    let variant_ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let places = variant_assets(context, &variant_ids).await?;
    let asset_ids: Vec<Uuid> = places.iter().map(|place| place.asset_id).collect();
    let assets: HashMap<Uuid, asset::Model> =
        assets_by_ids(context, &asset_ids).await?.into_iter().map(|asset| (asset.id, asset)).collect();

    let shelf = Shelf::load(context, post.brand_id, assets.values()).await?;

    let mut problems = Vec::new();
    let mut drafts: Vec<Draft> = variants.iter().map(draft_of).collect::<Result<_, Fault>>()?;
    for (index, (variant, draft)) in variants.iter().zip(&mut drafts).enumerate() {
        let (variant_id, variant_index) = (Some(variant.id), Some(index));
        let mut refuse = |error, measured| {
            let severity = ProblemSeverity::Block;
            problems.push(Problem { variant_id, variant_index, severity, error, measured });
        };
        let mut add = |error| refuse(error, None);
        let account =
            accounts.get(&variant.social_account_id).ok_or_else(|| Fault::broken("a variant without its account"))?;
        if account.state != AccountState::Connected {
            let path = format!("variants.{index}.socialAccountId");
            add(UserError::at(Code::AccountNotConnected, &path).text("account", account.handle.clone()));
            continue;
        }
        let network = diwan_networks::network(&account.network)
            .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
        let limits: Limits = serde_json::from_value(account.limits.clone())
            .map_err(|error| Fault::broken(format!("the limits of account {}: {error}", account.id)))?;
        let name = network.capabilities().name;
        for (place, shown) in places.iter().filter(|place| place.variant_id == variant.id).enumerate() {
            let asset = assets.get(&shown.asset_id).ok_or_else(|| Fault::broken("a variant without its asset"))?;
            let path = format!("variants.{index}.assetIds.{place}");
            let at = |error: UserError| UserError { field: UserError::at(error.code, &path).field, ..error };
            match shelf.draft(asset, network.capabilities(), &limits) {
                Ok(facts) => draft.media.push(facts),
                Err(error) => add(at(error)),
            }
            media::unusable(asset, due_at.unwrap_or(context.now)).map(at).into_iter().for_each(&mut add);
        }
        for violation in network.validate(&limits, draft) {
            refuse(from_violation(&violation, name, index), Measured::of(&violation));
        }
    }
    problems.extend(rights(context, &variants, &places, &assets));
    problems.extend(undescribed(&variants, &drafts, &accounts));
    problems.extend(grants(context, (post.id, due_at), &variants, &places, &assets).await?);
    let network = |id: &Uuid| accounts.get(id).map_or("", |account| account.network.as_str());
    let spoken: Vec<Spoken<'_>> = variants
        .iter()
        .zip(&drafts)
        .enumerate()
        .map(|(index, (variant, draft))| Spoken {
            variant_id: variant.id,
            account_id: variant.social_account_id,
            index,
            language: variant.language.as_deref(),
            texts: words_of(draft, network(&variant.social_account_id)),
            thread: &draft.thread,
            alt_texts: places
                .iter()
                .filter(|place| place.variant_id == variant.id)
                .enumerate()
                .filter_map(|(place, shown)| Some((place, assets.get(&shown.asset_id)?)))
                // No network takes the description of a document: it has a title.
                .filter(|(_, asset)| asset.kind != Some(AssetKind::Document))
                .map(|(place, asset)| (place, asset.alt_text.as_str()))
                .collect(),
        })
        .collect();
    problems.extend(strategy::check_post(context, post, due_at, &spoken).await?);
    Ok((variants, problems))
}

/// Refuses what users made and have not allowed to be published there then.
async fn grants(
    context: &Context,
    (post_id, due_at): (Uuid, Option<DateTime<Utc>>),
    variants: &[post_variant::Model],
    places: &[variant_asset::Model],
    assets: &HashMap<Uuid, asset::Model>,
) -> Result<Vec<Problem>, Failure> {
    if assets.values().all(|asset| asset.licence != Some(asset::Licence::UserGenerated)) {
        return Ok(Vec::new());
    }
    let grants = Grants::load(context, &[post_id]).await?;
    let mut problems = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        let missing = grants.missing_for(variant.id, due_at.unwrap_or(context.now));
        for (place, shown) in places.iter().filter(|place| place.variant_id == variant.id).enumerate() {
            if missing.contains(&shown.asset_id) {
                problems.push(Problem {
                    variant_id: Some(variant.id),
                    variant_index: Some(index),
                    severity: ProblemSeverity::Block,
                    error: UserError::at(Code::GrantMissing, &format!("variants.{index}.assetIds.{place}")),
                    measured: None,
                });
            }
        }
    }
    Ok(problems)
}

/// Warns of descriptions that a network does not take: nothing of what was written is left out unsaid.
fn undescribed(
    variants: &[post_variant::Model],
    drafts: &[Draft],
    accounts: &HashMap<Uuid, social_account::Model>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, (variant, draft)) in variants.iter().zip(drafts).enumerate() {
        let network =
            accounts.get(&variant.social_account_id).and_then(|account| diwan_networks::network(&account.network));
        let Some(network) = network else { continue };
        for place in network.undescribed(draft) {
            let error = UserError::at(Code::AltTextNotForNetwork, &format!("variants.{index}.assetIds.{place}"));
            problems.push(Problem {
                variant_id: Some(variant.id),
                variant_index: Some(index),
                severity: ProblemSeverity::Warning,
                error: error.text("network", network.capabilities().name),
                measured: None,
            });
        }
    }
    problems
}

/// Warns of what is shown though nobody has said by which right.
fn rights(
    context: &Context,
    variants: &[post_variant::Model],
    places: &[variant_asset::Model],
    assets: &HashMap<Uuid, asset::Model>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        for (place, shown) in places.iter().filter(|place| place.variant_id == variant.id).enumerate() {
            let Some(error) = assets.get(&shown.asset_id).and_then(|asset| media::without_rights(context, asset))
            else {
                continue;
            };
            problems.push(Problem {
                variant_id: Some(variant.id),
                variant_index: Some(index),
                severity: ProblemSeverity::Warning,
                error: UserError::at(error.code, &format!("variants.{index}.assetIds.{place}")),
                measured: None,
            });
        }
    }
    problems
}
