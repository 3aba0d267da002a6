//! Mutations of agency and brands.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use diwan_domain::tenancy::{self, NewAgency, NewBrand};

use super::agency::Agency;
use super::brand::Brand;
use super::types::Locale;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::trust::Session;

/// The agency and its first person.
#[derive(InputObject)]
struct SetUpAgencyInput {
    /// The one-time token that Diwan printed at its first start.
    setup_token: String,
    /// The agency's name, 1 to 200 characters.
    agency_name: String,
    /// IANA time zone, such as `Europe/Athens`.
    time_zone: String,
    /// ISO 4217 code, such as `EUR`.
    base_currency: String,
    /// The language of the agency and of its first person.
    locale: Locale,
    /// The CMO's name, 1 to 200 characters.
    name: String,
    /// The CMO's address.
    email: String,
    /// The CMO's password, 12 characters or more, and not easy to guess.
    password: String,
}

/// The answer of `setUpAgency`.
#[derive(SimpleObject)]
struct SetUpAgencyPayload {
    /// The agency, when it was made.
    agency: Option<Agency>,
    /// The CMO's session.
    session: Option<Session>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A brand to make.
#[derive(InputObject)]
struct CreateBrandInput {
    /// Its name, 1 to 200 characters, unlike that of any other brand.
    name: String,
    /// IANA time zone; the agency's unless given.
    time_zone: Option<String>,
    /// Its language; the agency's unless given.
    locale: Option<Locale>,
}

/// The answer of `createBrand`.
#[derive(SimpleObject)]
struct CreateBrandPayload {
    /// The brand, when it was made.
    brand: Option<Brand>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of agency and brands.
#[derive(Default)]
pub struct TenancyMutation;

#[Object]
impl TenancyMutation {
    /// Makes the agency and its CMO, once, with the token that was printed at the first start.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn set_up_agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency and its first person.")] input: SetUpAgencyInput,
    ) -> Result<SetUpAgencyPayload> {
        let op = Op::of(ctx)?;
        let new = NewAgency {
            setup_token: input.setup_token,
            agency_name: input.agency_name,
            time_zone: input.time_zone,
            base_currency: input.base_currency,
            locale: input.locale.into(),
            name: input.name,
            email: input.email,
            password: input.password,
        };
        let user_agent = op.facts().origin.user_agent.clone();
        let (done, user_errors) =
            op.command(async |context| tenancy::set_up_agency(context, new, &user_agent).await).await?;
        let (agency, session) = done.unzip();
        Ok(SetUpAgencyPayload {
            agency: agency.map(|row| Agency { op: op.clone(), row }),
            session: session.map(|session| Session { op: op.clone(), session }),
            user_errors,
        })
    }

    /// Makes a brand with its first calendar. For DIRECTOR and above, agency-wide.
    async fn create_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand.")] input: CreateBrandInput,
    ) -> Result<CreateBrandPayload> {
        let op = Op::of(ctx)?;
        let new = NewBrand { name: input.name, time_zone: input.time_zone, locale: input.locale.map(Into::into) };
        let (row, user_errors) = op.command(async |context| tenancy::create_brand(context, new).await).await?;
        Ok(CreateBrandPayload { brand: row.map(|row| Brand { op: op.clone(), row }), user_errors })
    }
}
