//! Who manages whom: the one rule, asked wherever a place, a level or a person is changed.

use diwan_entity::tenancy::app_user::Level;
use diwan_entity::tenancy::{app_user, membership};
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use crate::context::{Actor, Context};
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};

/// The levels that somebody holds: where it is asked about, and agency-wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Held {
    /// In the brand, or the highest in any.
    pub(super) brand: Option<Level>,
    /// Agency-wide.
    pub(super) agency: Option<Level>,
}

impl Held {
    /// Of whoever asks, in a brand.
    pub(super) fn own(actor: &Actor, brand_id: Uuid) -> Self {
        Self { brand: actor.levels.get(&brand_id).copied(), agency: actor.agency_level }
    }

    fn highest(self) -> Option<Level> {
        self.brand.max(self.agency)
    }

    /// Whether somebody who holds these levels manages somebody who holds those, or gives them away: only what is below the
    /// own level; the agency's CMO everybody, and the CMO of a brand everybody but the agency's CMO.
    pub(super) fn manages(self, theirs: Self) -> bool {
        if self.agency == Some(Level::Cmo) {
            return true;
        }
        if self.highest() == Some(Level::Cmo) {
            return theirs.agency != Some(Level::Cmo);
        }
        theirs.highest() < self.highest()
    }

    /// The refusal of what the rule does not give.
    pub(super) fn must_manage(self, theirs: Self, path: &str) -> Result<(), UserError> {
        if self.manages(theirs) {
            return Ok(());
        }
        let own = self.highest().map(|level| level.to_value()).unwrap_or_default();
        Err(UserError::at(Code::LevelTooHigh, path).text("level", own))
    }
}

/// The highest of these places.
fn highest_place(places: &[membership::Model]) -> Option<Level> {
    places.iter().filter(|place| place.ended_at.is_none()).map(|place| place.level).max()
}

/// Whether the caller manages a person who holds these places: in one of the places, or agency-wide.
pub fn manages_person(context: &Context, person: &app_user::Model, places: &[membership::Model]) -> bool {
    where_managed(context, person, places).is_some()
}

/// Where the caller manages a person: in this brand, or agency-wide (the nil id).
fn where_managed(context: &Context, person: &app_user::Model, places: &[membership::Model]) -> Option<Uuid> {
    let actor = context.actor().filter(|actor| actor.user_id != person.id)?;
    let theirs = Held { brand: highest_place(places), agency: person.agency_level };
    if context.may(Action::PeopleManage, Uuid::nil())
        && (Held { brand: None, agency: actor.agency_level }).manages(theirs)
    {
        return Some(Uuid::nil());
    }
    let managed = |place: &&membership::Model| {
        let theirs = Held { brand: Some(place.level), agency: person.agency_level };
        place.ended_at.is_none()
            && context.may(Action::MemberManage, place.brand_id)
            && Held::own(&actor, place.brand_id).manages(theirs)
    };
    places.iter().find(managed).map(|place| place.brand_id)
}

/// The right to manage a person who holds these places.
pub(super) async fn permit_person<'a>(
    context: &'a Context,
    person: &app_user::Model,
    places: &[membership::Model],
) -> Result<Permit<'a>, Failure> {
    let actor = context.signed_in()?;
    let found = where_managed(context, person, places);
    match found {
        Some(brand_id) if brand_id.is_nil() => context.permit_agency(Action::PeopleManage).await,
        Some(brand_id) => context.permit(Action::MemberManage, brand_id).await,
        None => {
            let place = places.iter().find(|place| context.may(Action::MemberManage, place.brand_id));
            let permit = match place {
                Some(place) => context.permit(Action::MemberManage, place.brand_id).await?,
                None => context.permit_agency(Action::PeopleManage).await?,
            };
            if actor.user_id == person.id {
                return Err(UserError::at(Code::NotYourself, "userId").into());
            }
            let own = Held::own(&actor, permit.brand_id).highest().map(|level| level.to_value()).unwrap_or_default();
            Err(UserError::at(Code::LevelTooHigh, "userId").text("level", own).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [Option<Level>; 6] =
        [None, Some(Level::Junior), Some(Level::Mid), Some(Level::Senior), Some(Level::Director), Some(Level::Cmo)];
    const AGENCY: [Option<Level>; 3] = [None, Some(Level::Director), Some(Level::Cmo)];

    #[test]
    fn nobody_manages_somebody_at_or_above_their_own_level_but_a_cmo() {
        for (own_brand, own_agency, brand, agency) in every_pair() {
            let (own, theirs) = (Held { brand: own_brand, agency: own_agency }, Held { brand, agency });
            let below = theirs.highest() < own.highest();
            let chief = own.highest() == Some(Level::Cmo);
            let outranked = agency == Some(Level::Cmo) && own_agency != Some(Level::Cmo);
            assert_eq!(own.manages(theirs), (below || chief) && !outranked, "{own:?} {theirs:?}");
        }
    }

    #[expect(clippy::type_complexity, reason = "two people with two levels each")]
    fn every_pair() -> Vec<(Option<Level>, Option<Level>, Option<Level>, Option<Level>)> {
        let mut all = Vec::new();
        for own_brand in LEVELS {
            for own_agency in AGENCY {
                for brand in LEVELS {
                    all.extend(AGENCY.map(|agency| (own_brand, own_agency, brand, agency)));
                }
            }
        }
        all
    }
}
