//! Who may decide a step. The one rule, asked for everybody when a step opens and for somebody when they decide.

use diwan_entity::approvals::approval_step::{StepAudience, StepMode};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use uuid::Uuid;

use super::ladder::Limits;
use crate::permission::Action;

/// Somebody's place in a brand, as far as deciding goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Whose place it is.
    pub user_id: Uuid,
    /// What kind of account.
    pub kind: UserKind,
    /// The level held in the brand or agency-wide, whichever is greater.
    pub level: Level,
    /// Who stands in for them now.
    pub delegate_id: Option<Uuid>,
}

/// What a step asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whether one is enough.
    pub mode: StepMode,
    /// Who.
    pub audience: StepAudience,
    /// From which level on.
    pub level: Option<Level>,
    /// Named people; of a step for all, those who were there when it opened.
    pub people: Vec<Uuid>,
}

/// What is to be decided.
#[derive(Debug, Clone)]
pub struct Matter<'a> {
    /// Who asked for it or wrote it.
    pub authors: &'a [Uuid],
    /// Whether they are kept from deciding.
    pub four_eyes: bool,
    /// The amount, if it is about money.
    pub minor: Option<i64>,
    /// What levels may decide of it.
    pub limits: &'a Limits,
}

impl Matter<'_> {
    /// Whether somebody is kept from deciding because it is their own.
    pub fn is_of(&self, user_id: Uuid) -> bool {
        self.four_eyes && self.authors.contains(&user_id)
    }
}

impl Asked {
    /// Whether the step asks for whoever has this place. Four eyes are another question.
    pub fn admits(&self, seat: &Seat, matter: &Matter<'_>) -> bool {
        if !Action::ApprovalDecide.rule().allows(seat.kind, Some(seat.level), None) {
            return false;
        }
        let staff = seat.kind == UserKind::Staff;
        let named = self.people.contains(&seat.user_id);
        let any = self.mode == StepMode::Any;
        match self.audience {
            StepAudience::Level => {
                staff && if any { self.level.is_some_and(|level| seat.level >= level) } else { named }
            }
            StepAudience::People => named,
            StepAudience::Client => seat.kind == UserKind::Client && (any || named),
            StepAudience::Limit => staff && matter.minor.is_none_or(|minor| matter.limits.covers(seat.level, minor)),
        }
    }

    /// The places that the step asks for, without those whose own it is.
    pub fn deciders<'a>(&self, seats: &'a [Seat], matter: &Matter<'_>) -> Vec<&'a Seat> {
        seats.iter().filter(|seat| !matter.is_of(seat.user_id) && self.admits(seat, matter)).collect()
    }

    /// The step as it opens: a step for all names everybody whom it asks for now. A level that nobody holds passes to the
    /// next one above that somebody holds; where nobody is there at all, whoever comes first is enough.
    pub fn open(mut self, seats: &[Seat], matter: &Matter<'_>) -> Self {
        if self.mode == StepMode::Any {
            return self;
        }
        let free = |seat: &&Seat| !matter.is_of(seat.user_id);
        let ids = |wanted: &dyn Fn(&&Seat) -> bool| -> Vec<Uuid> {
            seats.iter().filter(free).filter(|seat| wanted(seat)).map(|seat| seat.user_id).collect()
        };
        match self.audience {
            StepAudience::Level => {
                let from = self.level.unwrap_or(Level::Mid);
                let staff = |seat: &&Seat| seat.kind == UserKind::Staff;
                let level =
                    seats.iter().filter(free).filter(staff).map(|seat| seat.level).filter(|level| *level >= from);
                let level = level.min().unwrap_or(from);
                self.people = ids(&|seat| staff(seat) && seat.level == level);
                self.level = Some(level);
            }
            StepAudience::Client => self.people = ids(&|seat| seat.kind == UserKind::Client),
            StepAudience::People | StepAudience::Limit => return self,
        }
        if self.people.is_empty() {
            self.mode = StepMode::Any;
        }
        self
    }
}

/// Who stands in for somebody, if they may: with a place in the brand and of the same kind.
pub fn stand_in<'a>(seats: &'a [Seat], of: &Seat, matter: &Matter<'_>) -> Option<&'a Seat> {
    let delegate_id = of.delegate_id?;
    seats.iter().find(|seat| seat.user_id == delegate_id && seat.kind == of.kind && !matter.is_of(delegate_id))
}

/// Whether a step for all is done: everybody who can still decide has decided, or whoever stands in for them has.
/// `decided` are those who decided and those for whom they did.
pub fn all_decided(asked: &Asked, seats: &[Seat], matter: &Matter<'_>, decided: &[Uuid]) -> bool {
    asked.deciders(seats, matter).into_iter().all(|seat| {
        decided.contains(&seat.user_id)
            || stand_in(seats, seat, matter).is_some_and(|delegate| decided.contains(&delegate.user_id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVELS: [Level; 5] = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];

    fn id(number: u8) -> Uuid {
        Uuid::from_u128(u128::from(number))
    }

    fn seats() -> impl Strategy<Value = Vec<Seat>> {
        let kinds = proptest::sample::select(vec![UserKind::Staff, UserKind::Freelancer, UserKind::Client]);
        let seat = (kinds, proptest::sample::select(LEVELS.to_vec()), proptest::option::of(0..8_u8));
        proptest::collection::vec(seat, 0..8).prop_map(|seats| {
            let seat = |(number, (kind, level, delegate)): (u8, (UserKind, Level, Option<u8>))| Seat {
                user_id: id(number),
                kind,
                level: if kind == UserKind::Staff { level } else { Level::Junior },
                delegate_id: delegate.filter(|other| *other != number).map(id),
            };
            (0..8_u8).zip(seats).map(seat).collect()
        })
    }

    fn asked() -> impl Strategy<Value = Asked> {
        let modes = proptest::sample::select(vec![StepMode::Any, StepMode::All]);
        let audiences = vec![StepAudience::Level, StepAudience::People, StepAudience::Client];
        let levels = proptest::sample::select(LEVELS[1..].to_vec());
        let people = proptest::collection::vec((0..8_u8).prop_map(id), 1..4);
        (modes, proptest::sample::select(audiences), levels, people).prop_map(|(mode, audience, level, people)| Asked {
            mode,
            audience,
            level: (audience == StepAudience::Level).then_some(level),
            people: if audience == StepAudience::People { people } else { Vec::new() },
        })
    }

    proptest! {
        #[test]
        fn nobody_decides_on_their_own(asked in asked(), seats in seats(), authors in proptest::collection::vec((0..8_u8).prop_map(id), 1..4)) {
            let limits = Limits::default();
            let matter = Matter { authors: &authors, four_eyes: true, minor: None, limits: &limits };
            let asked = asked.open(&seats, &matter);
            for seat in asked.deciders(&seats, &matter) {
                prop_assert!(!authors.contains(&seat.user_id));
                prop_assert!(stand_in(&seats, seat, &matter).is_none_or(|delegate| !authors.contains(&delegate.user_id)));
            }
        }

        #[test]
        fn freelancers_and_juniors_decide_nothing(asked in asked(), seats in seats()) {
            let limits = Limits::default();
            let matter = Matter { authors: &[], four_eyes: true, minor: None, limits: &limits };
            let asked = asked.open(&seats, &matter);
            for seat in asked.deciders(&seats, &matter) {
                prop_assert!(seat.kind == UserKind::Client || (seat.kind == UserKind::Staff && seat.level >= Level::Mid));
            }
        }

        #[test]
        fn all_is_everybody_of_one_level(seats in seats(), level in proptest::sample::select(LEVELS[1..].to_vec())) {
            let limits = Limits::default();
            let matter = Matter { authors: &[], four_eyes: true, minor: None, limits: &limits };
            let asked = Asked { mode: StepMode::All, audience: StepAudience::Level, level: Some(level), people: Vec::new() };
            let open = asked.open(&seats, &matter);
            let held = open.level.unwrap_or(Level::Cmo);
            prop_assert!(held >= level);
            let exactly: Vec<Uuid> = seats.iter().filter(|seat| seat.kind == UserKind::Staff && seat.level == held)
                .map(|seat| seat.user_id).collect();
            prop_assert_eq!(&open.people, &exactly);
            prop_assert_eq!(open.deciders(&seats, &matter).len(), exactly.len());
            if exactly.is_empty() {
                prop_assert!(!seats.iter().any(|seat| seat.kind == UserKind::Staff && seat.level >= level));
            } else {
                prop_assert!(!all_decided(&open, &seats, &matter, &[]));
                prop_assert!(all_decided(&open, &seats, &matter, &exactly));
            }
        }
    }
}
