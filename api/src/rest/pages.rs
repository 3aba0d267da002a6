//! Pages for people who have no client application: joining by an invitation, choosing a new password.
//!
//! Plain HTML without scripts, under a policy that allows one stylesheet of our own. The token in the address is the
//! credential, and nothing else is: there is no cookie that a foreign page could make a browser send along, so there is
//! nothing to forge a request with. Opening a page spends nothing, because programs that look after mail open links, too.
//! The address goes nowhere: no referrer is sent, and the page at the end has an address of its own without the token.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::error::Arg;
use diwan_domain::trust::MIN_PASSWORD;
use diwan_domain::{Context, Failure, UserError, messages, tenancy, trust};
use diwan_entity::tenancy::agency::Locale;
use diwan_gate::Meter;
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;

use super::peer::peer;
use super::{header_text, language, status};
use crate::state::State;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What an attempt costs a stranger, in the points of the API: as much as to sign in.
const PRICE: usize = 5000;

/// The longest form.
const MOST_BYTES: usize = 16 * 1024;

/// What a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Join,
    Reset,
}

impl Door {
    /// Its name in addresses and in the catalogue.
    fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Reset => "reset",
        }
    }

    fn words(self, locale: Locale, what: &str) -> String {
        messages::message(locale, &format!("page-{}-{what}", self.name()), &[])
    }
}

/// What somebody filled in.
#[derive(Deserialize, Default)]
pub struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Where the pages are.
pub fn routes(config: &mut web::ServiceConfig) {
    for door in [Door::Join, Door::Reset] {
        let page = web::resource(format!("/{}/{{token}}", door.name()))
            .app_data(web::FormConfig::default().limit(MOST_BYTES))
            .route(web::get().to(move |http: HttpRequest| async move { ask(&http, door) }))
            .route(web::post().to(
                move |http: HttpRequest, state: web::Data<State>, token: web::Path<String>, form: web::Form<Form>| {
                    answer(http, state, token, form, door)
                },
            ));
        let end = web::get().to(move |http: HttpRequest| async move { done(&http, door) });
        config.service(page).route(&format!("/{}", door.name()), end);
    }
    config.route("/pages.css", web::get().to(style));
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(include_str!("../../assets/pages/style.css"))
}

fn ask(http: &HttpRequest, door: Door) -> HttpResponse {
    let locale = language(http);
    page(StatusCode::OK, locale, door, &form(locale, door, "", &[]))
}

fn done(http: &HttpRequest, door: Door) -> HttpResponse {
    let locale = language(http);
    page(StatusCode::OK, locale, door, &html! { p role="status" { (door.words(locale, "done")) } })
}

async fn answer(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    filled: web::Form<Form>,
    door: Door,
) -> HttpResponse {
    let locale = language(&http);
    let meter = Meter::new(Arc::clone(&state.limiter), peer(&http, &state), state.services.now());
    if meter.check().is_err() {
        let words = messages::message(locale, "page-busy", &[]);
        return page(StatusCode::TOO_MANY_REQUESTS, locale, door, &html! { p.wrong role="alert" { (words) } });
    }
    meter.fine(PRICE);
    let Form { name, password } = filled.into_inner();
    let user_agent = header_text(&http, "user-agent").unwrap_or_default();
    match run(&state, locale, door, &token, (&name, password), &user_agent).await {
        Ok(()) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/{}", door.name())))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish(),
        Err(Failure::Refused(errors)) => {
            let code = errors.first().map_or(StatusCode::UNPROCESSABLE_ENTITY, |first| status(first.code));
            page(code, locale, door, &form(locale, door, &name, &errors))
        }
        Err(Failure::Fault(fault)) => {
            tracing::error!(error = %fault, "a page failed");
            let words = messages::message(locale, "page-fault", &[]);
            page(StatusCode::INTERNAL_SERVER_ERROR, locale, door, &html! { p.wrong role="alert" { (words) } })
        }
    }
}

/// The command, in a transaction of its own. What it wrote before it refused is taken back, and what it counts, such as
/// attempts, stays.
async fn run(
    state: &State,
    locale: Locale,
    door: Door,
    token: &str,
    (name, password): (&str, String),
    user_agent: &str,
) -> Result<(), Failure> {
    let services = &state.services;
    let context = Context::stranger(Arc::clone(services), services.db.write().await?).speaking(locale);
    context.savepoint().await?;
    let done = match door {
        // It begins a session, which a page has no use for.
        Door::Join => match tenancy::accept_invitation(&context, token, name, password, user_agent).await {
            Ok(_session) => trust::sign_out(&context).await.map(drop),
            Err(failure) => Err(failure),
        },
        Door::Reset => trust::reset_password(&context, token, password).await,
    };
    if matches!(done, Err(Failure::Fault(_))) {
        context.roll_back().await?;
        return done;
    }
    context.end_savepoint(done.is_ok()).await?;
    context.commit().await?;
    done
}

fn form(locale: Locale, door: Door, name: &str, errors: &[UserError]) -> Markup {
    let words = |key: &str| messages::message(locale, key, &[]);
    let hint = messages::message(
        locale,
        "page-password-hint",
        &[("limit", Arg::Number(i64::try_from(MIN_PASSWORD).unwrap_or_default()))],
    );
    let at = |field: &str| -> Vec<String> {
        let of_field = errors.iter().filter(|error| error.field.last().is_some_and(|last| last == field));
        of_field.map(|error| messages::user_error(locale, error)).collect()
    };
    let elsewhere =
        errors.iter().filter(|error| !matches!(error.field.last().map(String::as_str), Some("name" | "password")));
    let (at_name, at_password) = (at("name"), at("password"));
    html! {
        p { (door.words(locale, "intro")) }
        @for error in elsewhere { p.wrong role="alert" { (messages::user_error(locale, error)) } }
        form method="post" accept-charset="utf-8" {
            @if door == Door::Join {
                label for="name" { (words("page-name")) }
                input #name name="name" type="text" dir="auto" required maxlength="200" autocomplete="name" value=(name)
                    aria-invalid=(!at_name.is_empty()) aria-describedby="name-wrong";
                div #name-wrong { @for said in &at_name { p.wrong role="alert" { (said) } } }
            }
            label for="password" { (words("page-password")) }
            input #password name="password" type="password" dir="ltr" required autocomplete="new-password"
                aria-invalid=(!at_password.is_empty()) aria-describedby="password-hint password-wrong";
            p #password-hint .hint { (hint) }
            div #password-wrong { @for said in &at_password { p.wrong role="alert" { (said) } } }
            button type="submit" { (door.words(locale, "submit")) }
        }
    }
}

fn page(status: StatusCode, locale: Locale, door: Door, inner: &Markup) -> HttpResponse {
    shell(status, locale, &door.words(locale, "title"), inner)
}

/// A page under the policy above.
pub(super) fn shell(status: StatusCode, locale: Locale, title: &str, inner: &Markup) -> HttpResponse {
    let whole = html! {
        (DOCTYPE)
        html lang=(messages::language_code(locale)) dir=(messages::direction(locale)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href="/pages.css";
            }
            body { main { h1 { (title) } (inner) } }
        }
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept-Language"))
        .body(whole.into_string())
}
