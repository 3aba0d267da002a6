//! A host of the agency's own at which its shared reports are read, so that their addresses name the agency and no product.
//!
//! It counts once it was read there, over HTTPS, what this installation says: then its name, the operator's proxy and its certificate are in
//! order, and a link that is made works. Until then links name the installation. Those that were made before go on at both.
//! An installation is one agency's, so nobody else can claim a name that leads here.

use diwan_entity::insights::report_host::{self, ReportHostState};
use diwan_entity::tenancy::agency;
use diwan_platform::app_url::AppUrl;
use diwan_platform::crypto::token;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _, FromQueryResult, QuerySelect as _,
};
use serde_json::json;
use url::{Host, Url};

use super::ProveReportHost;
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::trust;

/// Where the host must say its challenge.
pub const CHALLENGE_PATH: &str = "/.well-known/diwan-report-host";

/// Ends of names that never lead to a host on the internet: RFC 6761, 6762, 7686, 8375 and 9476, and what ICANN keeps for private use.
const NEVER_PUBLIC: [&str; 8] = ["alt", "arpa", "home", "internal", "invalid", "local", "localhost", "onion"];

/// What everybody may know of the host.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct OwnHost {
    /// Its name, in lower case and ASCII.
    pub host: String,
    /// What it says at [`CHALLENGE_PATH`].
    pub challenge: String,
    state: String,
    /// Whether it was ever read there.
    was_proven: bool,
}

impl OwnHost {
    /// Whether links name it.
    pub fn is_proven(&self) -> bool {
        self.state == ReportHostState::Proven.to_value()
    }

    /// Whether there is nothing there but reports: once it was proven. Before, the name may be one at which people work, set by mistake.
    pub fn is_closed(&self) -> bool {
        self.was_proven
    }

    /// Whether a certificate may be asked for it: it was set, and is proven or may still be. It cannot be proven without one.
    pub fn may_have_certificate(&self) -> bool {
        self.state != ReportHostState::Failed.to_value()
    }
}

/// The host, as anybody may know it. One statement.
async fn known(on: &impl ConnectionTrait) -> Result<Option<OwnHost>, Fault> {
    Ok(db::one(on, "select * from app.report_host()", []).await?)
}

/// The host that a request named, if it is the agency's own: only what is shared is there.
pub async fn own_host(services: &Services, named: &str) -> Result<Option<OwnHost>, Fault> {
    Ok(known(services.db.unscoped()).await?.filter(|own| own.host == named))
}

/// Where a link to a report leads: to the agency's own host once it is proven.
pub(crate) async fn address(services: &Services, on: &impl ConnectionTrait, path: &str) -> Result<Url, Fault> {
    match known(on).await?.filter(OwnHost::is_proven) {
        Some(own) => {
            let url = Url::parse(&format!("https://{}/{path}", own.host));
            url.map_err(|error| Fault::broken(format!("the host of reports: {error}")))
        }
        None => services.link(path),
    }
}

/// A name as it is kept; none where it can be no host on the internet.
fn public_name(text: &str) -> Option<String> {
    // Takes names in any script, and answers Punycode in lower case; addresses, ports and paths are none.
    let Ok(Host::Domain(name)) = Host::parse(text.trim()) else { return None };
    let name = name.strip_suffix('.').unwrap_or(&name);
    let labels: Vec<&str> = name.split('.').collect();
    let plain = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = labels.last()?;
    let fits = labels.len() > 1
        && (4..=253).contains(&name.len())
        && labels.iter().all(plain)
        && last.bytes().any(|byte| byte.is_ascii_lowercase())
        && !NEVER_PUBLIC.contains(last);
    fits.then(|| name.to_owned())
}

/// Sets the host at which shared reports are read, or takes it away. What is set anew is looked at at once; one that is proven stays so.
pub async fn set_report_host(context: &Context, host: Option<&str>) -> Result<Option<report_host::Model>, Failure> {
    const FIELD: &str = "host";
    let permit = context.permit_agency(Action::ReportHostSet).await?;
    let named = match host {
        Some(text) => {
            let name = public_name(text).ok_or_else(|| UserError::at(Code::Invalid, FIELD))?;
            let app = context.services.app_url.as_ref().and_then(AppUrl::host);
            // At the host that is set there are reports alone: the API and the client application stay where they are.
            if context.services.public_url.host_str() == Some(name.as_str()) || app.as_deref() == Some(name.as_str()) {
                return Err(UserError::at(Code::AlreadyExists, FIELD).into());
            }
            Some(name)
        }
        None => None,
    };
    // Whoever sets two at once sets one after the other.
    context.one(agency::Entity::find().lock_exclusive()).await?.ok_or(Code::NotFound)?;
    let before = context.one(report_host::Entity::find()).await?;
    if let (Some(row), Some(name)) = (&before, &named)
        && row.host == *name
        && row.state == ReportHostState::Proven
    {
        return Ok(before);
    }
    if before.is_none() && named.is_none() {
        return Ok(None);
    }
    let was = before.map(|row| row.host);
    report_host::Entity::delete_many().exec(permit.tx()).await?;
    let detail = json!({ "from": was, "to": named });
    let row = match named {
        Some(host) => {
            let row = report_host::ActiveModel {
                id: Set(context.new_id()),
                agency_id: Set(permit.agency_id),
                host: Set(host),
                challenge: Set(token("dwh")?),
                state: Set(ReportHostState::Pending),
                trouble: Set(None),
                set_by: Set(permit.person()?),
                set_at: Set(context.now),
                proven_at: Set(None),
                checked_at: Set(None),
            };
            let row = report_host::Entity::insert(row).exec_with_returning(permit.tx()).await?;
            enqueue(permit, ProveReportHost.kind(), row.id, context.now, context.now).await?;
            Some(row)
        }
        None => None,
    };
    trust::record(permit, context.now, "report_host.set", permit.agency_id, detail).await?;
    Ok(row)
}

/// The host at which shared reports are read; none where it is the installation's. For a CMO.
pub async fn report_host(context: &Context) -> Result<Option<report_host::Model>, Failure> {
    context.permit_agency(Action::ReportHostSet).await?;
    Ok(context.one(report_host::Entity::find()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_public_names() {
        for said in ["reports.agency.example", " Reports.Agency.Example. "] {
            assert_eq!(public_name(said).as_deref(), Some("reports.agency.example"), "{said}");
        }
        for said in ["αναφορές.ελ", "گزارش.ایران"] {
            let found = public_name(said).unwrap_or_default();
            assert!(found.is_ascii() && found.starts_with("xn--") && found.contains(".xn--"), "{said}: {found}");
            assert_eq!(public_name(&found), Some(found.clone()), "what is kept is kept as it is");
        }
        for wrong in [
            "",
            "reports",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "1.2.3",
            "https://reports.agency.example",
            "reports.agency.example:8080",
            "reports.agency.example/x",
            "*.agency.example",
            "re_ports.agency.example",
            "-a.example",
            "a-.example",
            "a..example",
            "a.b",
            "reports.local",
            "a.internal",
            "b.localhost",
            "x.onion",
            "user@agency.example",
            "a b.example",
        ] {
            assert_eq!(public_name(wrong), None, "{wrong}");
        }
        assert_eq!(public_name(&format!("{}.example", "a".repeat(64))), None);
        assert_eq!(public_name(&format!("{}example", "a.".repeat(130))), None);
    }
}
