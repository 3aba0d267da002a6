//! A brand's settings, and its life from the archive to its end.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use diwan_domain::tenancy::{self, BrandChange};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tenancy::brand;
use uuid::Uuid;

use super::agency::{BusinessHoursInput, said, to_openings};
use super::brand::Brand;
use super::types::{Locale, WeekStart};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A change of a brand's settings. What is left out stays.
#[derive(InputObject)]
struct UpdateBrandInput {
    /// Which brand.
    brand_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Its name, 1 to 200 characters, unlike that of any other brand.
    name: Option<String>,
    /// Its language.
    locale: Option<Locale>,
    /// IANA time zone, in which the brand is planned.
    time_zone: Option<String>,
    /// How long after its time a post may still go out, 60 to 86400 seconds.
    publish_grace_seconds: Option<i32>,
    /// ISO 4217 code; null: as the agency's.
    base_currency: MaybeUndefined<String>,
    /// The day on which a week begins; null: as the agency's.
    week_start: MaybeUndefined<WeekStart>,
    /// When somebody is there: the whole of it, up to 70 entries; null: as the agency's.
    business_hours: MaybeUndefined<Vec<BusinessHoursInput>>,
}

/// The answer of what changes a brand.
#[derive(SimpleObject)]
struct BrandPayload {
    /// The brand, when it was changed.
    brand: Option<Brand>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

macro_rules! of_one_brand {
    ($($(#[$doc:meta])* $name:ident),*) => {
        $($(#[$doc])*
        #[derive(InputObject)]
        struct $name {
            /// Which brand.
            brand_id: ID,
        })*
    };
}

of_one_brand!(
    /// A brand to archive.
    ArchiveBrandInput,
    /// A brand to bring back.
    RestoreBrandInput,
    /// A brand to delete.
    DeleteBrandInput,
    /// A brand to keep.
    KeepBrandInput
);

async fn of_brand(
    op: &Op,
    brand_id: &ID,
    command: impl AsyncFnOnce(&Domain, Uuid) -> Result<brand::Model, Failure>,
) -> Result<BrandPayload> {
    let command = async |context: &Domain| command(context, Kind::Brand.parse(brand_id, "brandId")?).await;
    let (row, user_errors) = op.command(command).await?;
    Ok(BrandPayload { brand: row.map(|row| Brand { op: op.clone(), row }), user_errors })
}

/// Mutations of a brand's settings and life.
#[derive(Default)]
pub struct BrandMutation;

#[Object]
impl BrandMutation {
    /// Changes a brand's settings. For SENIOR and above.
    async fn update_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateBrandInput,
    ) -> Result<BrandPayload> {
        let command = async |context: &Domain, brand_id| {
            let change = BrandChange {
                brand_id,
                version: input.version,
                name: input.name,
                locale: input.locale.map(Into::into),
                time_zone: input.time_zone,
                publish_grace_seconds: input.publish_grace_seconds,
                base_currency: said(input.base_currency),
                week_start: said(input.week_start).map(|start| start.map(Into::into)),
                business_hours: said(input.business_hours).map(|hours| hours.map(to_openings)),
            };
            tenancy::update_brand(context, change).await
        };
        of_brand(Op::of(ctx)?, &input.brand_id, command).await
    }

    /// Archives a brand: what is planned is taken off the schedule, what is being sent ends by itself, and nothing changes in
    /// it from then on. For DIRECTOR and above.
    async fn archive_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] input: ArchiveBrandInput,
    ) -> Result<BrandPayload> {
        of_brand(Op::of(ctx)?, &input.brand_id, async |context, id| tenancy::archive_brand(context, id).await).await
    }

    /// Brings an archived brand back, unless it is ordered to be deleted. Its posts are planned anew by people. For DIRECTOR
    /// and above.
    async fn restore_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] input: RestoreBrandInput,
    ) -> Result<BrandPayload> {
        of_brand(Op::of(ctx)?, &input.brand_id, async |context, id| tenancy::restore_brand(context, id).await).await
    }

    /// Orders an archived brand to be deleted with everything in it, after the agency's days of grace. For the CMO.
    async fn delete_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] input: DeleteBrandInput,
    ) -> Result<BrandPayload> {
        of_brand(Op::of(ctx)?, &input.brand_id, async |context, id| tenancy::delete_brand(context, id).await).await
    }

    /// Takes the order to delete a brand back: it stays archived. For the CMO.
    async fn keep_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] input: KeepBrandInput,
    ) -> Result<BrandPayload> {
        of_brand(Op::of(ctx)?, &input.brand_id, async |context, id| tenancy::keep_brand(context, id).await).await
    }
}
