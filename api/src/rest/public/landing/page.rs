//! How a landing page looks: from what the domain says to HTML, and nothing else. What the brand wrote is text, never HTML.

use diwan_domain::tracking::{
    AskedField, Block, BlockKind, CameBy, FormField, LandingCall, LandingForm, LandingView, SentForm,
};
use diwan_domain::{Code, UserError, messages};
use maud::{Markup, html};

use super::super::frame::Words;
use super::of_field;

/// What was sent and not kept, so that nobody types it again.
#[derive(Debug, Default)]
pub struct Sent {
    /// What was filled in.
    pub form: SentForm,
    /// Why it was not kept.
    pub errors: Vec<UserError>,
}

/// A page. `path` is where it is.
pub fn landing(path: &str, view: &LandingView, sent: &Sent) -> Markup {
    let words = Words(view.locale);
    html! {
        @if let Some(picture) = &view.picture {
            figure { img src={ (path) "/picture" } alt=(picture.alt) width=[picture.width] height=[picture.height]; }
        }
        @for one in &view.blocks { (block(one)) }
        @match &view.call {
            LandingCall::Link(Some(code)) => { p { a.action href={ "/l/" (code) } { (view.label) } } }
            LandingCall::Link(None) => {}
            LandingCall::Form(form) => { (filled(words, &view.label, form, sent)) }
        }
        (whose(words, &view.brand))
    }
}

/// Whose page it is, at the end.
pub fn whose(words: Words, brand: &str) -> Markup {
    html! { p.hint.end { (words.with("landing-of", &[("brand", brand)])) } }
}

fn block(block: &Block) -> Markup {
    match block.kind {
        BlockKind::Heading => html! { h2 dir="auto" { (block.text) } },
        BlockKind::Text => html! { div.text dir="auto" { (block.text) } },
        BlockKind::Points => {
            let points = block.text.lines().map(str::trim).filter(|point| !point.is_empty());
            html! { ul.points { @for point in points { li dir="auto" { (point) } } } }
        }
    }
}

fn filled(words: Words, label: &str, form: &LandingForm, sent: &Sent) -> Markup {
    let trap = words.say("landing-trap");
    html! {
        section.decide {
            @if of_field(&sent.errors, "ticket").is_some() {
                p.wrong.aloud role="alert" { (words.say("landing-form-old")) }
            } @else if !sent.errors.is_empty() {
                p.wrong.aloud role="alert" { (words.say("landing-mend")) }
            }
            form method="post" accept-charset="utf-8" {
                input type="hidden" name="ticket" value=(form.ticket);
                (taken_along(&form.came_by))
                @for asked in &form.fields { (asked_for(words, *asked, sent)) }
                // Whoever sees the page does not see this.
                div.away aria-hidden="true" {
                    label for="website" { (trap) }
                    input #website name="website" type="text" tabindex="-1" autocomplete="off";
                }
                (consent(words, &form.consent, sent))
                button type="submit" { (label) }
            }
        }
    }
}

/// What the address said, so that it is known when the form comes.
fn taken_along(came_by: &CameBy) -> Markup {
    let utm = &came_by.utm;
    let named = [
        ("utm_source", utm.source.as_deref()),
        ("utm_medium", utm.medium.as_deref()),
        ("utm_campaign", utm.campaign.as_deref()),
        ("utm_content", utm.content.as_deref()),
        ("utm_term", utm.term.as_deref()),
        ("via", Some(came_by.link.as_str()).filter(|link| !link.is_empty())),
    ];
    html! {
        @for (name, value) in named {
            @if let Some(value) = value { input type="hidden" name=(name) value=(value); }
        }
    }
}

/// What is wrong with a field, in words.
fn wrong(words: Words, field: FormField, sent: &Sent) -> Option<String> {
    let error = of_field(&sent.errors, field.key())?;
    Some(match (error.code, field) {
        (Code::Invalid, FormField::Email) if !sent.form.email.trim().is_empty() => words.say("landing-email-wrong"),
        (Code::Invalid, _) => words.say("landing-field-missing"),
        _ => messages::user_error(words.0, error),
    })
}

fn asked_for(words: Words, asked: AskedField, sent: &Sent) -> Markup {
    let AskedField { field, required } = asked;
    let (key, form) = (field.key(), &sent.form);
    let (value, kind, most, autocomplete) = match field {
        FormField::Name => (&form.name, "text", 200, "name"),
        FormField::Email => (&form.email, "email", 254, "email"),
        FormField::Phone => (&form.phone, "tel", 40, "tel"),
        FormField::Message => (&form.message, "", 5000, "off"),
    };
    let direction = if matches!(field, FormField::Email | FormField::Phone) { "ltr" } else { "auto" };
    let said = wrong(words, field, sent);
    let described = format!("{key}-wrong");
    html! {
        label for=(key) {
            (words.say(&format!("landing-{key}")))
            @if !required { " " span.hint { (words.say("landing-optional")) } }
        }
        @if field == FormField::Message {
            textarea id=(key) name=(key) rows="4" dir="auto" maxlength=(most) required[required] aria-invalid=(said.is_some())
                aria-describedby=(described) { (value) }
        } @else {
            input id=(key) name=(key) type=(kind) dir=(direction) maxlength=(most) required[required] autocomplete=(autocomplete)
                value=(value) aria-invalid=(said.is_some()) aria-describedby=(described);
        }
        div id=(described) { @if let Some(said) = &said { p.wrong role="alert" { (said) } } }
    }
}

fn consent(words: Words, text: &str, sent: &Sent) -> Markup {
    let missing = of_field(&sent.errors, "consent").is_some();
    html! {
        div.offer-option {
            input #consent name="consent" type="checkbox" value="yes" required checked[sent.form.consent] aria-invalid=(missing)
                aria-describedby="consent-wrong";
            label for="consent" { div.text dir="auto" { (text) } }
        }
        div #consent-wrong { @if missing { p.wrong role="alert" { (words.say("landing-consent-missing")) } } }
    }
}
