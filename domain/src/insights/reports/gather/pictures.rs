//! The pictures of a report: which are wanted is read with everything else, their bytes are fetched when no transaction is open.

use std::collections::HashMap;

use diwan_platform::storage::Storage;
use diwan_reports::report::{Block, Picture, Report};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::context::{Context, Services};
use crate::error::Failure;
use crate::media::{SCREEN, THUMBNAIL, rendition_key};

/// The largest picture that a report takes, in bytes.
const LARGEST: i64 = 300_000;
/// The most pictures of posts of a report.
const MOST: usize = 50;

/// A picture that is wanted.
#[derive(Debug, FromQueryResult)]
pub(super) struct Wanted {
    brand_id: Uuid,
    file_id: Uuid,
    purpose: String,
    mime_type: String,
    alt: String,
}

/// What is known of the rights of a file `a` at the moment `$5`, as `unfit` asks it of a logo: what users made is allowed for posts and for
/// advertising on networks, and a report is neither.
const MAY_BE_SHOWN: &str = "(a.archived_at is null and (a.usable_from is null or a.usable_from <= $5)
  and (a.usable_until is null or a.usable_until > $5) and a.licence is distinct from 'USER_GENERATED')";

#[derive(FromQueryResult)]
struct Logo {
    shown: bool,
    #[sea_orm(nested)]
    picture: Wanted,
}

#[derive(FromQueryResult)]
struct OfPost {
    publication_id: Uuid,
    shown: bool,
    #[sea_orm(nested)]
    picture: Wanted,
}

/// The pictures that a report wants.
#[derive(Debug)]
pub(in crate::insights::reports) struct Pictures {
    pub(super) logo: Option<Wanted>,
    /// Of which block, of which of its posts.
    pub(super) posts: Vec<(usize, usize, Wanted)>,
    /// How many there are that may not be shown, or not now.
    pub(in crate::insights::reports) left_out: i32,
}

/// The logo in the best form that is small enough; none while there is no such form. And how many may not be shown: one, or none. One
/// statement, where there is a logo.
pub(super) async fn logo(
    context: &Context,
    (brand_id, asset_id): (Uuid, Option<Uuid>),
    brand: &str,
) -> Result<(Option<Wanted>, i32), Failure> {
    let Some(asset_id) = asset_id else { return Ok((None, 0)) };
    let sql = format!(
        "select r.brand_id, r.file_id, r.purpose, r.mime_type, $6::text as alt, {MAY_BE_SHOWN} as shown
      from asset a join media_rendition r on r.brand_id = a.brand_id and r.file_id = a.file_id
      where a.brand_id = $1 and a.id = $2 and r.purpose = any ($3) and r.byte_size <= $4
      order by r.byte_size desc, r.id limit 1"
    );
    let forms = vec![SCREEN.to_owned(), THUMBNAIL.to_owned()];
    let values =
        [brand_id.into(), asset_id.into(), forms.into(), LARGEST.into(), context.now.into(), brand.to_owned().into()];
    let found: Option<Logo> = context.rows(&sql, values).await?.into_iter().next();
    Ok(match found {
        Some(logo) if logo.shown => (Some(logo.picture), 0),
        Some(_) => (None, 1),
        None => (None, 0),
    })
}

/// The first picture of each of these publications, by its place among them; and how many of these may not be shown. One statement, however many
/// there are. No other picture of the post takes the place of one that may not be shown.
pub(super) async fn of_publications(
    context: &Context,
    brand_id: Uuid,
    publication_ids: &[Uuid],
) -> Result<(Vec<(usize, Wanted)>, i32), Failure> {
    let sql = format!(
        "select distinct on (p.id) p.id as publication_id, r.brand_id, r.file_id, r.purpose, r.mime_type,
        a.alt_text as alt, {MAY_BE_SHOWN} as shown
      from publication p join variant_asset x on x.brand_id = p.brand_id and x.variant_id = p.variant_id
        join asset a on a.brand_id = x.brand_id and a.id = x.asset_id
        join media_rendition r on r.brand_id = a.brand_id and r.file_id = a.file_id and r.purpose = $3 and r.byte_size <= $4
      where p.brand_id = $1 and p.id = any ($2)
      order by p.id, x.position, r.id"
    );
    let values =
        [brand_id.into(), publication_ids.to_vec().into(), THUMBNAIL.into(), LARGEST.into(), context.now.into()];
    let found: Vec<OfPost> = context.rows(&sql, values).await?;
    let (shown, withheld): (Vec<OfPost>, Vec<OfPost>) = found.into_iter().partition(|row| row.shown);
    let mut shown: HashMap<Uuid, Wanted> = shown.into_iter().map(|row| (row.publication_id, row.picture)).collect();
    let places = publication_ids.iter().enumerate();
    let places = places.filter_map(|(place, id)| Some((place, shown.remove(id)?))).collect();
    Ok((places, i32::try_from(withheld.len()).unwrap_or(i32::MAX)))
}

impl Wanted {
    /// The picture; none where it cannot be read: a report is no less for it.
    async fn fetch(self, storage: &Storage) -> Option<Picture> {
        let Self { brand_id, file_id, purpose, mime_type, alt } = self;
        match storage.get(rendition_key(brand_id, file_id, &purpose)).await {
            Ok(bytes) => Some(Picture { bytes: bytes.to_vec(), mime_type, alt }),
            Err(error) => {
                tracing::warn!(%file_id, purpose, %error, "a picture of a report is missing");
                None
            }
        }
    }
}

impl Pictures {
    /// Fetches them, one after the other, to where they belong.
    pub(in crate::insights::reports) async fn fetch(self, services: &Services, report: &mut Report) {
        if let Some(logo) = self.logo {
            report.look.logo = logo.fetch(&services.storage).await;
        }
        for (block, post, wanted) in self.posts.into_iter().take(MOST) {
            if let Some(Block::Posts(found)) = report.blocks.get_mut(block)
                && let Some(place) = found.posts.get_mut(post)
            {
                place.picture = wanted.fetch(&services.storage).await;
            }
        }
    }
}
