//! Walks PostgreSQL's own catalogue, so that a new table, index or function is held to the rules from its first
//! migration on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use diwan_platform::db;
use diwan_testkit::TestDb;
use diwan_testkit::services::TestServices;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, FromQueryResult};

mod owner;

/// Tables whose rows are no single brand's, and what guards each of them.
const WITHOUT_BRAND: &[(&str, &str)] = &[
    ("ai_usage", "the agency's; a number of tokens, through definer functions alone; nothing is granted"),
    ("agency", "the one row above all brands; its policy asks that somebody is signed in"),
    ("app_user", "a person can be in several brands; the policy `colleagues` decides"),
    ("approval_limit", "the agency's; its policies show it to staff and let the CMO write"),
    ("delegation", "a person's: the policy `own`, for both of them"),
    ("api_token", "an integration's; digests of tokens, seen by those who see the integration"),
    ("brand_group", "the agency's; its policy shows it with its brands"),
    ("calendar_feed", "a person's: the policy `own`"),
    ("influencer", "the agency's; its policy shows it with the brands that it is shared with"),
    ("influencer_exclusivity", "seen with the influencer"),
    ("influencer_profile", "seen with the influencer"),
    ("influencer_rate", "seen with the influencer"),
    ("invitation", "a person's; digests of tokens, seen by those who see the person"),
    ("rate_booking", "numbers of requests to networks, through a definer function alone; nothing is granted"),
    ("letter", "mail; sealed, and the worker's alone"),
    ("brand", "the brand itself: the policy `tenant` on its id"),
    ("audit_anchor", "the agency's; its policies show it to agency-wide levels and let the worker append"),
    ("audit_head", "written by the chain's definer trigger alone; nothing is granted"),
    (
        "failed_attempt",
        "digests of accounts, devices and addresses, through definer functions alone; nothing is granted",
    ),
    ("idempotency_record", "a person's: the policy `own`"),
    ("identity_link", "as whom a provider knows a person, through definer functions alone; nothing is granted"),
    ("identity_provider", "the agency's; its policies show it to the CMO and the worker, its secret is sealed"),
    (
        "report_host",
        "the agency's; its policies show it to the CMO and the worker, and `report_host()` to everybody what the host says itself",
    ),
    ("known_device", "a person's: the policy `own`"),
    ("passkey", "a person's: the policy `own`"),
    ("passkey_ceremony", "challenges, through definer functions alone; nothing is granted"),
    ("notice_setting", "a person's: the policy `own`; the worker reads it, to tell people as they want"),
    ("password_reset", "digests of one-time tokens, through definer functions alone; nothing is granted"),
    ("recovery_code", "a person's: the policy `own`"),
    ("refresh_token", "a person's: the policy `own`"),
    ("seaql_migrations", "the history of migrations; nothing is granted"),
    ("session", "a person's: the policy `own`"),
    ("setup_token", "digests of one-time tokens, through definer functions alone; nothing is granted"),
    ("sign_in_challenge", "a person's: the policy `own`"),
    ("single_sign_on", "a sign-in under way; digests and a sealed secret, for the worker and definer functions alone"),
    ("totp", "a person's: the policy `own`"),
    ("signing_key", "the installation's; seeds are sealed, and every process signs"),
];

/// Tables without row-level security.
const WITHOUT_SECURITY: &[&str] = &["seaql_migrations", "signing_key"];

/// Unique indexes of brand tables that do not begin with the brand.
const UNIQUE_ACROSS_BRANDS: &[(&str, &str)] = &[
    ("account_connection_state_hash_key", "the digest of 256 random bits, by which an OAuth answer finds its brand"),
    ("audit_event_agency_id_seq_key", "one chain per agency"),
    ("landing_page_code_key", "58 random bits that the product chooses, by which a landing page finds its brand"),
    ("tracked_link_code_key", "58 random bits that the product chooses, by which a short link finds its brand"),
    ("public_link_secret_hash_key", "the digest of 256 random bits, by which a public link finds its brand"),
    ("review_link_secret_hash_key", "the digest of 256 random bits, by which a review link finds its brand"),
];

/// The definer functions that the operator runs as the owner: they look across all brands.
const OF_THE_OWNER: &[&str] = &["brand_of_contract", "brand_of_proposal", "verify_budgets"];

/// The functions that run as the owner.
const DEFINERS: &[&str] = &[
    "agency_chiefs",
    "approval_rules",
    "asked_for_asset",
    "audit_head",
    "authors_of_post",
    "begin_passkey_ceremony",
    "begin_reset",
    "begin_single_sign_on",
    "book_budget_entry",
    "book_requests",
    "brand_of_authorization",
    "brand_of_contract",
    "brand_of_proposal",
    "brand_people",
    "chain_audit_event",
    "content_ground",
    "count_failure",
    "end_delegations",
    "end_sessions",
    "enter_agency_work",
    "enter_brand",
    "enter_conversion_endpoint",
    "enter_deliverable",
    "enter_feed",
    "enter_job",
    "enter_landing_page",
    "enter_public_link",
    "enter_publication",
    "enter_review",
    "enter_session",
    "enter_setup",
    "enter_token",
    "enter_token_again",
    "enter_unproved",
    "enter_user",
    "expire_connections",
    "feed_read",
    "follow_link",
    "forget_failures",
    "forget_idempotency",
    "forget_jobs",
    "forget_letters",
    "forget_notices",
    "forget_passkey_ceremonies",
    "forget_sign_ins",
    "forget_single_sign_ons",
    "forget_uploads",
    "give_back_jobs",
    "hold_attempts",
    "holding_pause",
    "is_known_device",
    "is_set_up",
    "is_unshared",
    "keep_lease",
    "lost_ground",
    "make_metric_parts",
    "media_use",
    "next_job_due",
    "note_progress",
    "offer_setup",
    "open_challenge",
    "person_by_email",
    "places_of_absentees",
    "planned_on_network",
    "posts_showing",
    "provider_to_ask",
    "purge_brand",
    "queue_deliveries",
    "queue_letter",
    "quiet_jobs",
    "recognize_person",
    "record_refusal",
    "report_host",
    "roll_up_metrics",
    "settle_ai_tokens",
    "shared_calendars",
    "sign_in_by_email",
    "sign_in_providers",
    "start_job",
    "sum_ad_boost_days",
    "take_ai_tokens",
    "take_due_jobs",
    "take_ending_places",
    "take_invitation",
    "take_passkey_ceremony",
    "take_refresh_token",
    "take_reset",
    "take_single_sign_on",
    "token_used",
    "ugc_in_posts",
    "verify_budgets",
    "with_makers",
    "work_figures",
];

#[derive(Debug, FromQueryResult)]
struct Table {
    name: String,
    has_brand: bool,
    security: bool,
    forced: bool,
}

async fn tables(on: &DatabaseConnection) -> Result<Vec<Table>> {
    let sql = "select c.relname::text as name, c.relrowsecurity as security, c.relforcerowsecurity as forced,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'brand_id' and not a.attisdropped) as has_brand
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1";
    Ok(db::all(on, sql, []).await?)
}

async fn names(on: &DatabaseConnection, sql: &str) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
    }
    Ok(db::all::<Row>(on, sql, []).await?.into_iter().map(|row| row.name).collect())
}

#[tokio::test]
async fn every_table_of_a_brand_is_guarded_and_every_other_is_known() -> Result<()> {
    #[derive(FromQueryResult)]
    struct Policy {
        using: String,
        check: String,
        roles: String,
        command: String,
    }
    let test = TestDb::new().await?;
    let known: BTreeMap<_, _> = WITHOUT_BRAND.iter().copied().collect();
    let mut with_brand = 0;
    for table in tables(&test.owner).await? {
        let Table { name, has_brand, security, forced } = table;
        assert_eq!(has_brand, !known.contains_key(name.as_str()), "{name}: in both or neither of the lists");
        if WITHOUT_SECURITY.contains(&name.as_str()) {
            assert!(!security, "{name} has security now: strike it off the list");
            continue;
        }
        assert!(security && forced, "{name}: row-level security is not forced");
        if !has_brand {
            continue;
        }
        with_brand += 1;
        let sql = "select coalesce(qual, '') as using, coalesce(with_check, '') as check, roles::text as roles, cmd as command
          from pg_policies where schemaname = 'public' and tablename = $1 and policyname = 'tenant'";
        let policy: Policy =
            db::one(&test.owner, sql, [name.clone().into()]).await?.with_context(|| format!("{name}: no policy"))?;
        assert!(policy.using.contains("app.brands()"), "{name}: the policy reads {}", policy.using);
        assert_eq!(policy.roles, "{diwan_app}", "{name}");
        // The audit trail has a policy of its own for writing.
        if name == "audit_event" {
            assert_eq!(policy.command, "SELECT");
        } else {
            assert_eq!(policy.command, "ALL", "{name}");
            assert!(policy.check.contains("app.brands()"), "{name}: the policy writes {}", policy.check);
        }
        let others = format!(
            "select policyname::text as name from pg_policies where schemaname = 'public' and tablename = '{name}'
             and policyname not in ('tenant', 'definer') and 'diwan_app' = any (roles) and permissive = 'PERMISSIVE'"
        );
        let others = names(&test.owner, &others).await?;
        let known: &[&str] = match name.as_str() {
            "audit_event" => &["append"],
            // Rows without a brand, the agency's own, for the worker's scope without a brand.
            "job" | "notice" | "webhook_delivery" => &["agency_work"],
            // The agency's own, which everybody who is signed in reads; and why nothing of the agency goes out.
            "special_day" | "publishing_pause" | "influencer_block" => &["of_agency"],
            "webhook_endpoint" => &["worker"],
            _ => &[],
        };
        assert_eq!(others, known, "{name}: policies add up, so each more is a way around the others");
    }
    // Freelancers and clients are held back by every table, if only by one that says that it does not.
    let open = names(
        &test.owner,
        "select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'brand_id'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not exists (
           select from pg_policies p where p.tablename = c.relname and p.policyname = 'limited' and p.permissive = 'RESTRICTIVE')",
    )
    .await?;
    assert_eq!(open, Vec::<String>::new(), "nothing says what freelancers and clients see of it");
    assert!(with_brand >= 14, "only {with_brand} tables of brands were found");
    Ok(())
}

#[tokio::test]
async fn the_application_owns_nothing_and_bypasses_nothing() -> Result<()> {
    let test = TestDb::new().await?;
    let flags: bool = test
        .value("select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication from pg_roles where rolname = 'diwan_app'")
        .await?;
    assert!(!flags, "diwan_app has an attribute that it must not have");
    for (what, catalogue, owner) in [
        ("a relation", "pg_class", "relowner"),
        ("a function", "pg_proc", "proowner"),
        ("a schema", "pg_namespace", "nspowner"),
        ("a type", "pg_type", "typowner"),
    ] {
        let owned: i64 =
            test.value(&format!("select count(*) from {catalogue} where {owner} = 'diwan_app'::regrole")).await?;
        assert_eq!(owned, 0, "diwan_app owns {what}");
    }
    let member: i64 = test.value("select count(*) from pg_auth_members where member = 'diwan_app'::regrole").await?;
    assert_eq!(member, 0, "diwan_app is a member of another role");
    let granted = names(
        &test.owner,
        "select table_name || ' ' || privilege_type as name from information_schema.table_privileges
         where grantee in ('diwan_app', 'PUBLIC') and table_schema = 'public'
           and (privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') or grantee = 'PUBLIC'
             or table_name in ('audit_head', 'setup_token')
             or (table_name = 'seaql_migrations' and privilege_type <> 'SELECT')
             or (table_name = 'audit_event' and privilege_type in ('UPDATE', 'DELETE')))",
    )
    .await?;
    assert_eq!(granted, Vec::<String>::new(), "granted beyond need");
    // Who may create a table could name it as one of ours and be found first.
    let creates: bool = test
        .value("select has_schema_privilege('diwan_app', 'public', 'create') or has_schema_privilege('diwan_app', 'app', 'create')")
        .await?;
    assert!(!creates, "diwan_app can create things in a schema");
    Ok(())
}

#[tokio::test]
async fn a_reference_cannot_cross_brands() -> Result<()> {
    #[derive(Debug, FromQueryResult)]
    struct ForeignKey {
        name: String,
        from: Vec<String>,
        to: Vec<String>,
    }
    let test = TestDb::new().await?;
    let sql = "
      select conrelid::regclass || '.' || conname as name,
        (select array_agg(a.attname::text order by k.n) from unnest(c.conkey) with ordinality k (col, n)
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.col) as from,
        (select array_agg(a.attname::text order by k.n) from unnest(c.confkey) with ordinality k (col, n)
          join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.col) as to
      from pg_constraint c where contype = 'f' and connamespace = 'public'::regnamespace
        and exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'brand_id')
        and exists (select from pg_attribute a where a.attrelid = c.confrelid and a.attname = 'brand_id')";
    let keys: Vec<ForeignKey> = db::all(&test.owner, sql, []).await?;
    assert!(keys.len() >= 12, "only {} foreign keys were found", keys.len());
    for ForeignKey { name, from, to } in keys {
        assert!(from.len() >= 2 && from[0] == "brand_id" && to[0] == "brand_id", "{name}: {from:?} to {to:?}");
    }
    Ok(())
}

#[tokio::test]
async fn unique_keys_of_brands_begin_with_the_brand() -> Result<()> {
    #[derive(Debug, FromQueryResult)]
    struct Index {
        name: String,
        first: Option<String>,
    }
    let test = TestDb::new().await?;
    let sql = "
      select i.indexrelid::regclass::text as name, a.attname::text as first
      from pg_index i join pg_class t on t.oid = i.indrelid
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indisunique and not i.indisprimary and t.relnamespace = 'public'::regnamespace
        and exists (select from pg_attribute b where b.attrelid = t.oid and b.attname = 'brand_id')";
    let indexes: Vec<Index> = db::all(&test.owner, sql, []).await?;
    let across: BTreeSet<_> = indexes
        .iter()
        .filter(|index| index.first.as_deref() != Some("brand_id"))
        .map(|index| index.name.as_str())
        .collect();
    let known: BTreeSet<_> = UNIQUE_ACROSS_BRANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(across, known, "a unique key across brands tells one brand what another has");
    assert!(indexes.len() >= 20, "only {} unique indexes were found", indexes.len());
    Ok(())
}

#[tokio::test]
async fn functions_that_run_as_the_owner_are_known_and_narrow() -> Result<()> {
    #[derive(Debug, FromQueryResult)]
    struct Function {
        name: String,
        settings: Vec<String>,
        public: bool,
        application: bool,
        trigger: bool,
    }
    let test = TestDb::new().await?;
    let sql = "
      select proname::text as name, coalesce(proconfig, '{}') as settings,
        exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantee = 0 and e.privilege_type = 'EXECUTE') as public,
        has_function_privilege('diwan_app', oid, 'execute') as application,
        prorettype = 'trigger'::regtype as trigger
      from pg_proc where prosecdef and pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      order by 1";
    let functions: Vec<Function> = db::all(&test.owner, sql, []).await?;
    let found: Vec<_> = functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(found, DEFINERS);
    for function in &functions {
        let has = |setting: &str| function.settings.iter().any(|found| found == setting);
        assert!(has("search_path=pg_catalog, public, pg_temp"), "{function:?}");
        assert!(!function.public, "anyone may call {}", function.name);
        let granted = !function.trigger && !OF_THE_OWNER.contains(&function.name.as_str());
        assert_eq!(function.application, granted, "{}", function.name);
    }
    let helpers: bool = test
        .value(
            "select has_function_privilege('diwan_app', 'app.force_row_security(regclass)', 'execute')
               or has_function_privilege('diwan_app', 'app.protect_brand_table(regclass, text, text)', 'execute')",
        )
        .await?;
    assert!(!helpers, "the application may change the policies' helpers");
    Ok(())
}

#[tokio::test]
async fn no_view_runs_as_its_owner() -> Result<()> {
    let test = TestDb::new().await?;
    let views = names(
        &test.owner,
        "select c.oid::regclass::text as name from pg_class c where c.relkind in ('v', 'm')
         and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
         and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)",
    )
    .await?;
    assert_eq!(views, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn without_a_scope_no_table_shows_a_row() -> Result<()> {
    let test = TestServices::new().await?;
    test.fill_brand("Alpha").await?;
    for Table { name, .. } in tables(&test.db.owner).await? {
        let readable: bool =
            test.db.value(&format!("select has_table_privilege('diwan_app', '{name}', 'select')")).await?;
        if !readable || WITHOUT_SECURITY.contains(&name.as_str()) {
            continue;
        }
        let of_people = [
            "totp",
            "recovery_code",
            "sign_in_challenge",
            "known_device",
            "passkey",
            "identity_provider",
            "report_host",
            "single_sign_on",
        ];
        if !["idempotency_record", "refresh_token", "letter", "invitation"].contains(&name.as_str())
            && !of_people.contains(&name.as_str())
        {
            assert!(test.db.count(&name).await? > 0, "{name}: nothing that could be seen");
        }
        // The search path that marks definer functions means nothing to the application.
        for before in ["select 1", "set local search_path = pg_catalog, public, pg_temp"] {
            let tx = test.services.db.write().await?;
            tx.execute_unprepared(before).await?;
            let seen: i64 = db::scalar(&tx, &format!("select count(*) from {name}"), []).await?;
            assert_eq!(seen, 0, "{name} after {before}");
        }
    }
    Ok(())
}
