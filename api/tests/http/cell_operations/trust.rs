//! Integrations, identity providers and the audit trail.

use chrono::Duration;
use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[
    ("addPasskey", "the caller's own"),
    ("beginPasskeyProof", "the caller's own"),
    ("beginPasskeyRegistration", "the caller's own"),
    ("beginPasskeySignIn", "any stranger"),
    ("beginSingleSignOn", "any stranger"),
    ("completeSingleSignOn", "whoever holds the ticket and the code"),
    ("signInOptions", "any stranger"),
    ("beginTotp", "the caller's own"),
    ("changePassword", "the caller's own"),
    ("completeSignIn", "whoever holds the challenge"),
    ("confirmTotp", "the caller's own"),
    ("refreshSession", "whoever holds the token"),
    ("removePasskey", "the caller's own"),
    ("removeTotp", "the caller's own"),
    ("renamePasskey", "the caller's own"),
    ("renewRecoveryCodes", "the caller's own"),
    ("requestPasswordReset", "any stranger"),
    ("resetPassword", "whoever holds the link"),
    ("revokeOtherSessions", "the caller's own"),
    ("revokeSession", "the caller's own"),
    ("signIn", "any stranger"),
    ("signInWithPasskey", "whoever holds the passkey"),
    ("signOut", "the caller's own"),
];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    [integrations(app, at), identity_providers(at), trail(at)].into_iter().flatten().collect()
}

fn integrations(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, expires) = (id("brand", at.written.brand), (app.services.now() + Duration::days(1)).to_rfc3339());
    let program = id("user", at.written.integration);
    vec![
        mutation(
            "createIntegration",
            Action::IntegrationManage,
            "integration { id }",
            json!({ "name": "Shop", "places": [{ "brandId": brand, "level": "JUNIOR" }] }),
        ),
        mutation(
            "createApiToken",
            Action::IntegrationManage,
            "secret",
            json!({ "integrationId": program, "name": "Key", "scopes": ["BRAND_READ"], "expiresAt": expires }),
        )
        .hidden(),
        mutation(
            "revokeApiToken",
            Action::IntegrationManage,
            "token { id }",
            json!({ "tokenId": id("apitoken", at.written.api_token) }),
        )
        .hidden(),
        mutation(
            "endIntegration",
            Action::IntegrationManage,
            "integration { id }",
            json!({ "integrationId": program }),
        )
        .hidden(),
        list(Action::IntegrationManage, "integrations(first: 5) { nodes { id } }", at).variant("integrations"),
    ]
}

fn identity_providers(at: &At) -> Vec<Operation> {
    let provider = id("idp", at.provider);
    let new =
        json!({ "name": "New ID", "issuer": "https://id.nour.example", "clientId": provider, "clientSecret": "x" });
    vec![
        query("identityProviders", Action::SecurityUpdate, "{ identityProviders { id } }", json!({})),
        mutation("addIdentityProvider", Action::SecurityUpdate, "identityProvider { id }", new),
        mutation(
            "updateIdentityProvider",
            Action::SecurityUpdate,
            "identityProvider { id }",
            json!({ "identityProviderId": provider, "version": 1, "name": "Nour" }),
        ),
        mutation(
            "removeIdentityProvider",
            Action::SecurityUpdate,
            "removed",
            json!({ "identityProviderId": provider }),
        ),
    ]
}

fn trail(at: &At) -> Vec<Operation> {
    let brand = json!({ "id": id("brand", at.written.brand) });
    vec![
        query(
            "auditEvents",
            Action::AuditRead,
            "query($id: ID!) { auditEvents(brandId: $id, first: 5) { nodes { seq } } }",
            brand,
        )
        .variant("of a brand"),
        query("auditEvents", Action::AgencyAuditRead, "query { auditEvents(first: 5) { nodes { seq } } }", json!({})),
        query("auditAnchors", Action::AgencyAuditRead, "query { auditAnchors(first: 5) { nodes { seq } } }", json!({})),
        mutation("exportAudit", Action::AuditExport, "export { url }", json!({})),
    ]
}
