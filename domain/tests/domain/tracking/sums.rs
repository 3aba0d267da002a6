//! Values that add up to more than an answer carries.

use anyhow::Result;
use diwan_domain::Failure;
use diwan_domain::tracking::{Asked, By, Model, attribution};
use diwan_domain::{Code, Context};

use super::Desk;

/// The most that one conversion is worth.
const MOST: i64 = 1_000_000_000_000_000;

impl Desk {
    /// So many conversions of the greatest value in a currency, each with one touch of this link.
    async fn dear(&self, link: uuid::Uuid, currency: &str, many: i32) -> Result<()> {
        let (brand, by) = (self.brand, self.person.id);
        self.test
            .db
            .run(&format!(
                "with sold as (
                   insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, value_minor, currency, recorded_by, recorded_at)
                     select gen_random_uuid(), '{brand}', 'SALE', 'Shop', '{currency} ' || n, sha256(convert_to('{currency}' || n, 'UTF8')),
                       '2024-03-01', {MOST}, '{currency}', '{by}', now() from generate_series(1, {many}) n returning id)
                 insert into conversion_touch select '{brand}', id, 1, '{link}', '2024-02-01' from sold"
            ))
            .await
    }
}

#[tokio::test]
async fn what_adds_up_beyond_sixty_four_bits_is_refused_and_never_wrong() -> Result<()> {
    let desk = Desk::new().await?;
    let link = desk.link("Offer").await?.id;
    // 2^63 - 1 is 9,223.37 of them.
    desk.dear(link, "KWD", 9_223).await?;
    desk.dear(link, "JPY", 9_000).await?;
    for model in [Model::FirstTouch, Model::LastTouch, Model::Linear] {
        let found = desk.attributed(model, By::Link).await?;
        let values: Vec<(i64, &str)> =
            found.total.values.iter().map(|value| (value.minor, value.currency.as_str())).collect();
        assert_eq!(values, [(9_000 * MOST, "JPY"), (9_223 * MOST, "KWD")], "{model:?}");
        assert_eq!(found.total.conversions, 18_223);
    }
    desk.dear(link, "EUR", 9_224).await?;
    for model in [Model::FirstTouch, Model::LastTouch, Model::Linear] {
        let asked = Asked {
            brand_id: desk.brand,
            from: "2024-01-01".parse()?,
            to: "2024-12-31".parse()?,
            model,
            by: By::Link,
            kinds: Vec::new(),
        };
        let context: Context = desk.test.act(&desk.person).await?;
        let refused = attribution(&context, asked).await;
        assert!(
            matches!(&refused, Err(Failure::Refused(errors)) if errors[0].code == Code::SumTooLarge),
            "{model:?}: {refused:?}"
        );
        context.roll_back().await?;
    }
    Ok(())
}
