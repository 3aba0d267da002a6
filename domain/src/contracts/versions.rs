//! The versions of a contract: each that was saved is kept whole, and any two can be compared.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractKind};
use diwan_entity::contracts::contract_version;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use uuid::Uuid;

use super::content::{Clause, ContractTerms, clauses_of};
use crate::calendar::{Piece, text_pieces};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::finance::written;
use crate::permission::Permit;

/// How long all the clauses of a contract may be compared, word by word. What is left by then is shown as replaced.
const PATIENCE: Duration = Duration::from_millis(200);

/// What a version said beside its clauses, as it is kept: without how long before its end the team is told, which nobody signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTerms {
    /// With whom.
    pub kind: ContractKind,
    /// What it amends.
    pub amends_id: Option<Uuid>,
    /// What was agreed on.
    #[serde(flatten)]
    pub terms: ContractTerms,
}

impl From<&contract::Model> for SavedTerms {
    fn from(row: &contract::Model) -> Self {
        let terms = ContractTerms {
            title: row.title.clone(),
            influencer_id: row.influencer_id,
            person_id: row.person_id,
            party_name: row.party_name.clone(),
            party_address: row.party_address.clone(),
            party_email: row.party_email.clone(),
            locale: row.locale,
            campaign_id: row.campaign_id,
            fee_minor: row.fee_minor,
            currency: row.currency.clone(),
            line_id: row.line_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            exclusivity: row.exclusivity.clone(),
            exclusive_until: row.exclusive_until,
            disclosure: row.disclosure.clone(),
            usage_rights: row.usage_rights.clone(),
            usage_until: row.usage_until,
            // As it is read back.
            remind_days: 0,
        };
        Self { kind: row.kind, amends_id: row.amends_id, terms }
    }
}

/// What may differ between two versions, beside the clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractTerm {
    /// What it is called.
    Title,
    /// The name of the other side.
    PartyName,
    /// Their address.
    PartyAddress,
    /// Where the link goes.
    PartyEmail,
    /// The language of the document.
    Language,
    /// What it costs.
    Fee,
    /// The first day.
    StartsOn,
    /// The last day.
    EndsOn,
    /// For whom they do not work.
    Exclusivity,
    /// The last day of that.
    ExclusiveUntil,
    /// What discloses it.
    Disclosure,
    /// What may be done.
    UsageRights,
    /// The last day of that.
    UsageUntil,
}

/// A term that differs. What was not there is an empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermChange {
    /// Which.
    pub term: ContractTerm,
    /// What it said, and says, word by word.
    pub pieces: Vec<Piece>,
}

/// A clause that is not in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    /// Its place before, from 1; none where it is new.
    pub before: Option<usize>,
    /// Its place now, from 1; none where it is gone.
    pub now: Option<usize>,
    /// What its heading says, and said.
    pub heading: Vec<Piece>,
    /// What it says, and said.
    pub text: Vec<Piece>,
}

/// What differs between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractChanges {
    /// Terms.
    pub terms: Vec<TermChange>,
    /// Clauses, in the order in which they stand.
    pub clauses: Vec<ClauseChange>,
}

/// What a version said beside its clauses.
pub fn saved_terms(row: &contract_version::Model) -> Result<SavedTerms, Failure> {
    let read = serde_json::from_value(row.terms.clone());
    Ok(read.map_err(|error| Fault::broken(format!("version {} of {}: {error}", row.number, row.contract_id)))?)
}

/// Each term of a version as a text.
fn texts(saved: &SavedTerms) -> [(ContractTerm, String); 13] {
    use ContractTerm as T;
    let terms = &saved.terms;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let fee = format!("{} {}", written(terms.fee_minor, &terms.currency), terms.currency);
    [
        (T::Title, terms.title.clone()),
        (T::PartyName, terms.party_name.clone()),
        (T::PartyAddress, terms.party_address.clone()),
        (T::PartyEmail, terms.party_email.clone()),
        (T::Language, crate::messages::language_code(terms.locale).to_owned()),
        (T::Fee, fee),
        (T::StartsOn, day(terms.starts_on)),
        (T::EndsOn, day(terms.ends_on)),
        (T::Exclusivity, terms.exclusivity.clone()),
        (T::ExclusiveUntil, day(terms.exclusive_until)),
        (T::Disclosure, terms.disclosure.clone()),
        (T::UsageRights, terms.usage_rights.clone()),
        (T::UsageUntil, day(terms.usage_until)),
    ]
}

/// What differs between two versions.
pub fn changes_between(
    (terms_before, before): (&SavedTerms, &[Clause]),
    (terms_now, now): (&SavedTerms, &[Clause]),
) -> ContractChanges {
    let until = Instant::now() + PATIENCE;
    let terms = texts(terms_before).into_iter().zip(texts(terms_now));
    let terms = terms.filter(|((_, was), (_, is))| was != is);
    let terms = terms.map(|((term, was), (_, is))| TermChange { term, pieces: text_pieces(&was, &is, until) });
    let mut clauses = Vec::new();
    for step in capture_diff_slices_deadline(Algorithm::Myers, before, now, Some(until)) {
        if matches!(step, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (step.old_range(), step.new_range());
        for place in 0..old.len().max(new.len()) {
            let (was, is) = (old.clone().nth(place), new.clone().nth(place));
            // A clause that is not there says nothing.
            let of = |clauses: &[Clause], place: Option<usize>| {
                let found = place.and_then(|place| clauses.get(place)).cloned();
                found.unwrap_or_else(|| Clause { heading: String::new(), text: String::new() })
            };
            let (old, new) = (of(before, was), of(now, is));
            clauses.push(ClauseChange {
                before: was.map(|place| place + 1),
                now: is.map(|place| place + 1),
                heading: text_pieces(&old.heading, &new.heading, until),
                text: text_pieces(&old.text, &new.text, until),
            });
        }
    }
    ContractChanges { terms: terms.collect(), clauses }
}

/// Keeps what a contract says now as the version that it counts.
pub(super) async fn save_version(permit: Permit<'_>, now: DateTime<Utc>, row: &contract::Model) -> Result<(), Failure> {
    let terms = serde_json::to_value(SavedTerms::from(row)).map_err(|error| Fault::broken(error.to_string()))?;
    let version = contract_version::ActiveModel {
        brand_id: Set(row.brand_id),
        contract_id: Set(row.id),
        number: Set(row.version),
        terms: Set(terms),
        clauses: Set(row.clauses.clone()),
        author_id: Set(permit.person()?),
        saved_at: Set(now),
    };
    contract_version::Entity::insert(version).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// Everybody who wrote at a contract.
pub(super) async fn authors(context: &Context, row: &contract::Model) -> Result<Vec<Uuid>, Failure> {
    let select =
        contract_version::Entity::in_brand(row.brand_id).filter(contract_version::Column::ContractId.eq(row.id));
    let authors: BTreeSet<Uuid> = context.all(select).await?.into_iter().map(|version| version.author_id).collect();
    Ok(authors.into_iter().chain([row.created_by]).collect::<BTreeSet<_>>().into_iter().collect())
}

/// The versions of these contracts that the caller sees, newest first.
pub async fn versions_of_contracts(context: &Context, ids: &[Uuid]) -> Result<Vec<contract_version::Model>, Failure> {
    let select = contract_version::Entity::find()
        .filter(contract_version::Column::ContractId.is_in(ids.iter().copied()))
        .order_by_asc(contract_version::Column::ContractId)
        .order_by_desc(contract_version::Column::Number);
    Ok(context.all(select).await?)
}

/// What differs between two versions of a contract. One that the caller does not see is not there.
pub async fn contract_changes(
    context: &Context,
    contract: &contract::Model,
    (from, to): (i32, i32),
) -> Result<ContractChanges, Failure> {
    let select = contract_version::Entity::in_brand(contract.brand_id)
        .filter(contract_version::Column::ContractId.eq(contract.id))
        .filter(contract_version::Column::Number.is_in([from, to]));
    let rows = context.all(select).await?;
    let of = |number: i32, path: &str| {
        let found = rows.iter().find(|row| row.number == number);
        found.ok_or_else(|| Failure::from(UserError::at(Code::NotFound, path)))
    };
    let (before, now) = (of(from, "from")?, of(to, "to")?);
    let (was, is) =
        ((saved_terms(before)?, clauses_of(&before.clauses)?), (saved_terms(now)?, clauses_of(&now.clauses)?));
    Ok(changes_between((&was.0, &was.1), (&is.0, &is.1)))
}

#[cfg(test)]
mod tests {
    use diwan_entity::tenancy::agency::Locale;

    use super::*;
    use crate::calendar::PieceKind;

    fn clause(heading: &str, text: &str) -> Clause {
        Clause { heading: heading.to_owned(), text: text.to_owned() }
    }

    fn terms(fee_minor: i64) -> SavedTerms {
        let terms = ContractTerms {
            title: "Spring".to_owned(),
            influencer_id: None,
            person_id: None,
            party_name: "Sara".to_owned(),
            party_address: String::new(),
            party_email: String::new(),
            locale: Locale::En,
            campaign_id: None,
            fee_minor,
            currency: "KWD".to_owned(),
            line_id: None,
            starts_on: NaiveDate::from_ymd_opt(2026, 3, 1),
            ends_on: None,
            exclusivity: String::new(),
            exclusive_until: None,
            disclosure: String::new(),
            usage_rights: String::new(),
            usage_until: None,
            remind_days: 0,
        };
        SavedTerms { kind: ContractKind::Influencer, amends_id: None, terms }
    }

    #[test]
    fn what_differs_is_told_once_and_the_rest_is_not() {
        let before = [clause("Work", "Two films"), clause("Pay", "On delivery")];
        let now = [clause("Work", "Three films"), clause("Pay", "On delivery"), clause("Law", "Of Kuwait")];
        let changes = changes_between((&terms(1250), &before), (&terms(1500), &now));
        let of = |kind, pieces: &[Piece]| -> String {
            pieces.iter().filter(|piece| piece.kind == kind).map(|piece| piece.text.as_str()).collect()
        };
        assert_eq!(changes.terms.len(), 1);
        assert_eq!(changes.terms[0].term, ContractTerm::Fee);
        assert_eq!(of(PieceKind::Removed, &changes.terms[0].pieces), "1.250");
        assert_eq!(of(PieceKind::Added, &changes.terms[0].pieces), "1.500");
        let places: Vec<_> = changes.clauses.iter().map(|change| (change.before, change.now)).collect();
        assert_eq!(places, [(Some(1), Some(1)), (None, Some(3))]);
        assert_eq!(of(PieceKind::Removed, &changes.clauses[0].text), "Two");
        assert_eq!(of(PieceKind::Added, &changes.clauses[1].text), "Of Kuwait");
        assert_eq!(changes_between((&terms(1), &now), (&terms(1), &now)), ContractChanges::default());
    }

    #[test]
    fn terms_are_read_as_they_were_kept() {
        let kept = serde_json::to_value(terms(7)).unwrap();
        // One level, with nothing that nobody signs: versions that were kept before read the same.
        assert_eq!(kept["title"], "Spring");
        assert_eq!(kept.as_object().map(serde_json::Map::len), Some(20));
        assert!(kept.get("remind_days").is_none());
        assert_eq!(serde_json::from_value::<SavedTerms>(kept).unwrap(), terms(7));
    }
}
