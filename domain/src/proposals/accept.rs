//! The client says yes: project, budget and campaigns are opened in the same transaction, once.
//!
//! Whoever accepts holds the proposal's row alone; whoever comes after finds it accepted. The database holds the same by
//! the unique keys of the acceptance and of the project (migration `m0054`).

use std::collections::BTreeMap;

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::proposals::proposal::{self, ProposalState};
use diwan_entity::proposals::{proposal_acceptance, proposal_line};
use diwan_platform::crypto::sha256;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};
use serde_json::json;
use uuid::Uuid;

use super::document::Whole;
use super::letters::{News, tell_sender};
use super::page::answerable;
use super::price::Totals;
use super::{ExpireProposal, RenderAcceptance};
use crate::campaigns::{AgreedCampaign, plan_agreed};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::{AgreedBudget, LineContent, open_agreed};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::messages;
use crate::projects::{NewProject, open_project};
use crate::public_links::{self, PublicLink};
use crate::trust;

/// What somebody signs.
#[derive(Debug, Clone)]
pub(super) struct Acceptance {
    /// Their name, as they typed it, 1 to 200 characters.
    pub name: String,
    /// The options that they take.
    pub chosen: Vec<Uuid>,
    /// The digest of what their page showed.
    pub digest: String,
    /// The address on the network from which they sign.
    pub address: String,
}

/// Accepts a proposal whose row is locked. The same again counts once; another answer to what was accepted is refused.
pub(super) async fn accept(
    context: &Context,
    link: &PublicLink,
    row: proposal::Model,
    acceptance: Acceptance,
) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &acceptance.name, 200).to_owned();
    wrong.check()?;
    let mut chosen = acceptance.chosen;
    chosen.sort_unstable();
    chosen.dedup();
    if row.state == ProposalState::Accepted {
        let there = proposal_acceptance::Entity::in_brand(row.brand_id)
            .filter(proposal_acceptance::Column::ProposalId.eq(row.id));
        let same = |there: &proposal_acceptance::Model| there.signer_name == name && there.chosen == chosen;
        if context.one(there).await?.as_ref().is_some_and(same) {
            return Ok(());
        }
    }
    let row = answerable(context, link, row).await?;
    let permit = link.permit(context);
    let whole = Whole::load(permit.tx(), row.clone()).await?;
    if whole.digest()? != acceptance.digest {
        return Err(UserError::at(Code::ChangedMeanwhile, "digest").number("current", row.version).into());
    }
    let is_option = |id: &Uuid| whole.lines.iter().any(|line| line.optional && line.id == *id);
    if !chosen.iter().all(is_option) {
        return Err(UserError::at(Code::Invalid, "options").into());
    }
    let taken: Vec<&proposal_line::Model> = whole.taken(&chosen).collect();
    if taken.is_empty() {
        return Err(UserError::at(Code::Invalid, "options").into());
    }
    let totals = Totals::of(taken.iter().copied());
    let on_behalf = row.owner_id.or(row.sent_by).ok_or_else(|| Fault::broken("an answer to what was not sent"))?;
    let campaign_ids = plan_agreed(context, permit, on_behalf, campaigns(&whole)).await?;
    let budget = open_agreed(context, permit, budget(&whole, &taken, on_behalf)).await?;
    let project = NewProject {
        plan: whole.offer.project.clone(),
        scope: whole.offer.scope.clone(),
        proposal_id: row.id,
        budget_id: budget.id,
        campaign_ids,
        created_by: on_behalf,
    };
    let project = open_project(context, permit, project).await?;
    let document = whole.document(&chosen)?;
    let digest = sha256(document.as_bytes());
    let acceptance_id = context.new_id();
    let signed = proposal_acceptance::ActiveModel {
        id: Set(acceptance_id),
        brand_id: Set(row.brand_id),
        proposal_id: Set(row.id),
        version_id: Set(whole.version.id),
        link_id: Set(link.id),
        signer_name: Set(name.clone()),
        signed_at: Set(context.now),
        address: Set(acceptance.address),
        chosen: Set(chosen),
        net_minor: Set(totals.net),
        tax_minor: Set(totals.tax),
        document: Set(document),
        document_sha256: Set(digest.to_vec()),
        project_id: Set(project.id),
        file_at: Set(None),
        file_bytes: Set(None),
        file_sha256: Set(None),
    };
    proposal_acceptance::Entity::insert(signed).exec_without_returning(permit.tx()).await?;
    enqueue(permit, RenderAcceptance.kind(), acceptance_id, context.now, context.now).await?;
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::Accepted),
        ended_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    cancel(permit, ExpireProposal.kind(), &[row.id], context.now).await?;
    public_links::used(permit, context.now, link).await?;
    tell_sender(permit.tx(), &context.services, context.now, &row, News::Accepted(&name)).await?;
    let sha256 = data_encoding::HEXLOWER.encode(&digest);
    let detail = json!({ "link": link.id, "version": row.version, "sha256": sha256, "project": project.id });
    trust::record(permit, context.now, "proposal.accept", row.id, detail).await?;
    Ok(())
}

fn campaigns(whole: &Whole) -> Vec<AgreedCampaign> {
    let currency = &whole.offer.currency;
    let agreed = whole.offer.campaigns.iter().cloned().map(|plan| AgreedCampaign {
        name: plan.name,
        objective: plan.objective,
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
        planned: plan.planned_minor.map(|minor| (minor, currency.clone())),
    });
    agreed.collect()
}

/// The budget that an accepted proposal gives its project: a line for each category of what was taken, with what it comes to without tax.
fn budget(whole: &Whole, taken: &[&proposal_line::Model], created_by: Uuid) -> AgreedBudget {
    let mut sums: BTreeMap<LineCategory, i64> = BTreeMap::new();
    for line in taken {
        *sums.entry(line.category).or_default() += line.net_minor;
    }
    let name = |category: LineCategory| {
        let key = format!("budget-category-{}", category.to_value().to_lowercase());
        messages::message(whole.row.locale, &key, &[])
    };
    AgreedBudget {
        name: whole.offer.project.name.clone(),
        currency: whole.offer.currency.clone(),
        period: (whole.offer.project.starts_on, whole.offer.project.ends_on),
        created_by,
        lines: sums
            .into_iter()
            .map(|(category, minor)| (LineContent { name: name(category), category }, minor))
            .collect(),
        source_id: whole.row.id,
        reason: whole.offer.title.clone(),
    }
}
