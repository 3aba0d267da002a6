//! What a review shows of a post: each variant as its network will show it.

use std::collections::HashMap;

use diwan_entity::calendar::asset::{self, AssetKind, AssetState};
use diwan_entity::calendar::post;
use diwan_entity::publishing::social_account;
use diwan_networks::Preview;
use diwan_platform::crypto::sha256;
use serde::Serialize;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::{calendar, publishing};

/// A variant as it will look.
#[derive(Debug, Clone)]
pub struct ShownVariant {
    /// The network's name, as people know it.
    pub network: String,
    /// The name that the account shows.
    pub name: String,
    /// The account's handle, without a leading `@`.
    pub handle: String,
    /// The language of the text, BCP 47.
    pub language: Option<String>,
    /// The text as the network shows it, and what it adds.
    pub preview: Preview,
    /// Its pictures and films, in order.
    pub pictures: Vec<Picture>,
}

/// A picture or film of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// The file.
    pub id: Uuid,
    /// What people hear who do not see it.
    pub alt_text: String,
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// Whether it is a film.
    pub film: bool,
}

/// What is decided upon: its digest changes with anything that is shown of it.
#[derive(Serialize)]
struct Decided<'a> {
    title: &'a str,
    version: i32,
    due_at: Option<chrono::DateTime<chrono::Utc>>,
    variants: Vec<(Uuid, &'a str, &'a str, &'a str, &'a [Picture])>,
}

/// The variants of a post, and the digest of what is shown of it. Four statements, however many there are.
pub(super) async fn content_of(context: &Context, post: &post::Model) -> Result<(Vec<ShownVariant>, String), Failure> {
    let variants = calendar::variants_of_posts(context, &[post.id]).await?;
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.social_account_id).collect();
    let accounts = publishing::social_accounts_by_ids(context, &ids).await?;
    let accounts: HashMap<Uuid, social_account::Model> = accounts.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let places = calendar::variant_assets(context, &ids).await?;
    let ids: Vec<Uuid> = places.iter().map(|place| place.asset_id).collect();
    let assets = calendar::assets_by_ids(context, &ids).await?;
    let assets: HashMap<Uuid, asset::Model> =
        assets.into_iter().filter(|row| row.state == AssetState::Ready).map(|row| (row.id, row)).collect();

    let (mut shown, mut facts) = (Vec::with_capacity(variants.len()), Vec::with_capacity(variants.len()));
    for variant in &variants {
        let Some(account) = accounts.get(&variant.social_account_id) else { continue };
        let mine = places.iter().filter(|place| place.variant_id == variant.id);
        let pictures: Vec<Picture> = mine.filter_map(|place| assets.get(&place.asset_id)).map(picture).collect();
        let network = diwan_networks::network(&account.network);
        shown.push(ShownVariant {
            network: network.map_or(account.network.as_str(), |network| network.capabilities().name).to_owned(),
            name: account.display_name.clone(),
            handle: account.handle.clone(),
            language: variant.language.clone(),
            preview: network.map(|network| network.preview(&variant.text, pictures.len())).unwrap_or_default(),
            pictures: pictures.clone(),
        });
        facts.push((account, variant.text.as_str(), pictures));
    }
    let decided = Decided {
        title: &post.title,
        version: post.version,
        due_at: post.due_at,
        variants: facts
            .iter()
            .map(|(account, text, pictures)| {
                (account.id, account.handle.as_str(), account.display_name.as_str(), *text, pictures.as_slice())
            })
            .collect(),
    };
    let facts = serde_json::to_vec(&decided).map_err(|error| crate::Fault::broken(error.to_string()))?;
    Ok((shown, data_encoding::HEXLOWER.encode(&sha256(&facts))))
}

fn picture(asset: &asset::Model) -> Picture {
    Picture {
        id: asset.id,
        alt_text: asset.alt_text.clone(),
        width: asset.width.unwrap_or_default(),
        height: asset.height.unwrap_or_default(),
        film: asset.kind == Some(AssetKind::Video),
    }
}
