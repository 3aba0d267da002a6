//! Short links, landing pages, conversions, leads.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    links(at).into_iter().chain(landing_pages(at)).chain(conversions(at)).chain(leads(at)).collect()
}

fn links(at: &At) -> Vec<Operation> {
    let (brand, link) = (id("brand", at.written.brand), id("link", at.written.tracking.link));
    let list = "query($id: ID!) { trackedLinks(brandId: $id, first: 5) { nodes { shortUrl post { id } } } }";
    let clicks = "query($id: ID!) { linkClicks(linkId: $id, from: \"2026-01-01\", to: \"2026-12-31\") { total } }";
    let convention = "query($id: ID!) { utmConvention(brandId: $id) { source } }";
    let said = json!({ "name": "Summer", "targetUrl": "https://shop.example/summer" });
    let versioned = json!({ "linkId": link, "version": 1 });
    let (write, change) = (Action::TrackedLinkWrite, Action::TrackedLinkChange);
    vec![
        query("trackedLinks", Action::TrackedLinkRead, list, json!({ "id": brand })),
        query("utmConvention", Action::TrackedLinkRead, convention, json!({ "id": brand })),
        query("linkClicks", Action::MetricsRead, clicks, json!({ "id": link })).hidden(),
        mutation("createTrackedLink", write, "trackedLink { id }", json!({ "brandId": brand, "link": said })),
        mutation(
            "updateTrackedLink",
            change,
            "trackedLink { id }",
            json!({ "linkId": link, "version": 1, "link": said }),
        )
        .hidden(),
        mutation("archiveTrackedLink", change, "trackedLink { id }", versioned.clone()).hidden(),
        mutation("restoreTrackedLink", change, "trackedLink { id }", versioned).hidden().may_say(&["WRONG_STATE"]),
        mutation(
            "setUtmConvention",
            Action::UtmConventionSet,
            "utmConvention { version }",
            json!({ "brandId": brand, "version": 1, "source": "{{ network }}" }),
        ),
    ]
}

fn landing_pages(at: &At) -> Vec<Operation> {
    let (brand, page) = (id("brand", at.written.brand), id("landing", at.written.tracking.landing));
    let list = "query($id: ID!) { landingPages(brandId: $id, first: 5) { nodes { url figures { visits } } } }";
    let said = json!({ "slug": "summer", "locale": "EN", "title": "Summer", "blocks": [{ "kind": "TEXT", "text": "Hello" }],
        "label": "Look", "call": { "linkId": id("link", at.written.tracking.link) } });
    let versioned = json!({ "pageId": page, "version": 1 });
    let (write, publish) = (Action::LandingPageWrite, Action::LandingPagePublish);
    vec![
        query("landingPages", Action::LandingPageRead, list, json!({ "id": brand })),
        mutation("createLandingPage", write, "landingPage { id }", json!({ "brandId": brand, "page": said })),
        mutation(
            "updateLandingPage",
            write,
            "landingPage { id }",
            json!({ "pageId": page, "version": 1, "page": said }),
        )
        .hidden(),
        mutation("publishLandingPage", publish, "landingPage { id }", versioned.clone()).hidden(),
        mutation("archiveLandingPage", publish, "landingPage { id }", versioned.clone()).hidden(),
        mutation("restoreLandingPage", publish, "landingPage { id }", versioned).hidden().may_say(&["WRONG_STATE"]),
    ]
}

fn conversions(at: &At) -> Vec<Operation> {
    let (brand, tracking) = (id("brand", at.written.brand), at.written.tracking);
    let of_brand = json!({ "id": brand });
    let list =
        "query($id: ID!) { conversions(brandId: $id, first: 5) { nodes { id value { minor } touches { at } } } }";
    let attribution =
        "query($id: ID!) { attribution(input: { brandId: $id, from: \"2026-01-01\", to: \"2026-12-31\", model: LINEAR,
      by: LINK }) { total { credit values { minor } } } }";
    let endpoints = "query($id: ID!) { conversionEndpoints(brandId: $id) { url } }";
    let import = "query($id: ID!) { conversionImport(id: $id) { state } }";
    let sale = json!({ "id": "7", "kind": "SALE", "occurredAt": "2024-01-01T10:00:00Z" });
    vec![
        query("conversions", Action::ConversionRead, list, of_brand.clone()),
        query("attribution", Action::ConversionRead, attribution, of_brand.clone()),
        query("conversionEndpoints", Action::ConversionEndpointManage, endpoints, of_brand),
        query(
            "conversionImport",
            Action::ConversionRecord,
            import,
            json!({ "id": id("conversionimport", tracking.import) }),
        )
        .hidden(),
        mutation(
            "recordConversions",
            Action::ConversionRecord,
            "results { outcome }",
            json!({ "brandId": brand, "source": "Till", "conversions": [sale] }),
        ),
        mutation(
            "requestConversionImport",
            Action::ConversionRecord,
            "uploadUrl",
            json!({ "brandId": brand, "source": "Till" }),
        ),
        mutation(
            "createConversionEndpoint",
            Action::ConversionEndpointManage,
            "conversionEndpoint { id }",
            json!({ "brandId": brand, "source": "Till" }),
        ),
        mutation(
            "deleteConversionEndpoint",
            Action::ConversionEndpointManage,
            "conversionEndpoint { id }",
            json!({ "endpointId": id("endpoint", tracking.endpoint) }),
        )
        .hidden(),
    ]
}

fn leads(at: &At) -> Vec<Operation> {
    let (brand, lead) = (id("brand", at.written.brand), id("lead", at.written.tracking.lead));
    let list = "query($id: ID!) { leads(brandId: $id, first: 5) { nodes { id contact { email } value { minor } } } }";
    let said = json!({ "source": "Fair", "contact": { "name": "Lina" } });
    let versioned = json!({ "leadId": lead, "version": 1 });
    let write = Action::LeadWrite;
    vec![
        query("leads", Action::LeadRead, list, json!({ "id": brand })),
        mutation("createLead", write, "lead { id }", json!({ "brandId": brand, "lead": said })),
        mutation("updateLead", write, "lead { id }", json!({ "leadId": lead, "version": 1, "lead": said })).hidden(),
        mutation("qualifyLead", write, "lead { id }", versioned).hidden(),
        mutation("handOverLead", write, "lead { id }", json!({ "leadId": lead, "version": 1, "to": "Sami" }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation(
            "closeLead",
            write,
            "lead { id }",
            json!({ "leadId": lead, "version": 1, "outcome": "LOST", "note": "No budget" }),
        )
        .hidden(),
    ]
}
