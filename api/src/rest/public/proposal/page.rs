//! How a proposal looks: from what the domain says to HTML, and nothing else.

use diwan_domain::UserError;
use diwan_domain::proposals::{ClientAct, ProposalPage, amount, decimal, in_digits, percent};
use diwan_entity::proposals::proposal::ProposalState;
use diwan_entity::proposals::proposal_line;
use maud::{Markup, html};

use super::super::frame::{Words, area, foot, refusals, remarks, wrong};

/// The longest that somebody writes, in characters.
const LONGEST: u16 = 5000;

/// What was sent and not done, so that nobody types it again.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was to be done.
    pub act: Option<ClientAct>,
    /// Why it was not done.
    pub errors: Vec<UserError>,
}

/// A page and the words of its reader.
struct View<'a> {
    words: Words,
    page: &'a ProposalPage,
}

/// A proposal. `path` is where the page is.
pub fn proposal(path: &str, page: &ProposalPage, sent: &Sent) -> Markup {
    let view = View { words: Words(page.locale), page };
    let words = view.words;
    let from = [("agency", page.agency.as_str()), ("name", page.reader.as_str()), ("brand", page.brand.as_str())];
    html! {
        p.hint { (words.with("offer-from", &from)) }
        @if page.open { p.due { (words.with("offer-until", &[("when", &page.valid_until)])) } }
        (view.outcome())
        (refusals(words, &sent.errors, &["comment", "reason", "name"]))
        @for section in &page.offer.sections {
            section { h2 dir="auto" { (section.heading) } div.text dir="auto" { (section.body) } }
        }
        (view.scope())
        (view.terms())
        (view.lines())
        @if !page.offer.terms.is_empty() {
            section { h2 { (words.say("offer-terms")) } div.text dir="auto" { (page.offer.terms) } }
        }
        @if page.file { p { a href={ (path) "/file" } { (words.say("offer-file")) } } }
        @if page.signed.as_ref().is_some_and(|signed| signed.file) { p { a href={ (path) "/accepted" } { (words.say("offer-signed-file")) } } }
        (view.talk(sent))
        @if page.open { (view.accept(sent)) (view.decline(sent)) }
        (foot(words, &page.reader, &page.expires_at))
    }
}

impl View<'_> {
    /// How it stands, for whoever has nothing to answer now.
    fn outcome(&self) -> Markup {
        let (words, page) = (self.words, self.page);
        html! {
            @if let Some(signed) = &page.signed {
                div.outcome role="status" {
                    p { strong { (words.with("offer-accepted", &[("who", &signed.by), ("when", &signed.at)])) } }
                    p.hint { (words.say("offer-digest")) " " bdi dir="ltr" { (signed.sha256) } }
                }
            } @else if page.state == ProposalState::Declined {
                div.outcome role="status" { p { strong { (words.say("offer-declined")) } } }
            } @else if page.too_late {
                div.outcome role="status" {
                    p { strong { (words.with("offer-too-late", &[("agency", &page.agency)])) } }
                }
            }
        }
    }

    fn scope(&self) -> Markup {
        let page = self.page;
        html! {
            @if !page.offer.scope.is_empty() {
                section {
                    h2 { (self.words.say("offer-scope")) }
                    ul.offer-scope {
                        @for (work, place) in page.offer.scope.iter().zip(&page.numbers) {
                            li {
                                p { strong { bdi dir="ltr" { (in_digits_of(page, &place.number)) } } " " bdi { (work.title) } }
                                @if !work.detail.is_empty() { div.text dir="auto" { (work.detail) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// When the project and the campaigns are.
    fn terms(&self) -> Markup {
        let words = self.words;
        html! {
            section {
                h2 { (words.say("offer-when")) }
                ul.offer-scope {
                    @for term in &self.page.terms {
                        @let days = [("title", term.title.as_str()), ("from", term.from.as_str()), ("to", term.to.as_str())];
                        li { (words.with("offer-term", &days)) }
                    }
                }
            }
        }
    }

    fn money(&self, minor: i64) -> Markup {
        let currency = &self.page.offer.currency;
        html! { bdi dir="ltr" { (amount(self.page.locale, minor, currency)) " " (currency) } }
    }

    /// What a line is, and how its amount comes about.
    fn line(&self, line: &proposal_line::Model) -> Markup {
        let (words, locale) = (self.words, self.page.locale);
        let number = |text: String| in_digits(locale, &text);
        html! {
            p { strong dir="auto" { (line.name) } }
            @if !line.detail.is_empty() { div.text dir="auto" { (line.detail) } }
            p.hint {
                bdi { (number(decimal(line.quantity_milli, 3))) " " (line.unit) } " × " (self.money(line.unit_price_minor))
                @if line.discount_minor > 0 {
                    " · " (words.say("offer-discount")) " " (self.money(line.discount_minor))
                }
                " · " (words.with("offer-tax", &[("percent", &number(percent(line.tax_bp)))]))
            }
            p { (self.money(line.net_minor)) }
        }
    }

    fn lines(&self) -> Markup {
        let (words, page) = (self.words, self.page);
        let chosen = page.signed.as_ref().map(|signed| signed.chosen.as_slice()).unwrap_or_default();
        let counts = |line: &&proposal_line::Model| !line.optional || chosen.contains(&line.id);
        let options = page.lines.iter().any(|line| line.optional);
        html! {
            section {
                h2 { (words.say("offer-lines")) }
                @for line in page.lines.iter().filter(counts) { article.post { (self.line(line)) } }
                dl.offer-totals {
                    dt { (words.say("offer-net")) } dd { (self.money(page.totals.net)) }
                    dt { (words.say("offer-tax-total")) } dd { (self.money(page.totals.tax)) }
                    dt { strong { (words.say("offer-gross")) } } dd { strong { (self.money(page.totals.gross)) } }
                }
                @if options && page.signed.is_none() { p.hint { (words.say("offer-gross-hint")) } }
            }
        }
    }

    /// What a form sends besides what is filled in.
    fn about(&self) -> Markup {
        html! {
            input type="hidden" name="once" value=(self.page.once);
            input type="hidden" name="digest" value=(self.page.digest);
        }
    }

    fn talk(&self, sent: &Sent) -> Markup {
        let (words, page) = (self.words, self.page);
        let text = match &sent.act {
            Some(ClientAct::Comment(text)) => text.as_str(),
            _ => "",
        };
        html! {
            section {
                (remarks(words, &page.said))
                @if page.open {
                    form method="post" accept-charset="utf-8" {
                        (self.about())
                        label for="comment" { (words.say("offer-comment")) }
                        (area(words, &sent.errors, ("comment", text), LONGEST))
                        button.other type="submit" name="act" value="comment" { (words.say("offer-send")) }
                    }
                }
            }
        }
    }

    fn accept(&self, sent: &Sent) -> Markup {
        let (words, page) = (self.words, self.page);
        let (name, taken) = match &sent.act {
            Some(ClientAct::Accept { name, chosen }) => (name.as_str(), chosen.as_slice()),
            _ => Default::default(),
        };
        let options: Vec<&proposal_line::Model> = page.lines.iter().filter(|line| line.optional).collect();
        let said = wrong(words, &sent.errors, "name");
        html! {
            section.decide {
                h2 { (words.say("offer-answer")) }
                form method="post" accept-charset="utf-8" {
                    (self.about())
                    @if !options.is_empty() {
                        fieldset.offer-options {
                            legend { (words.say("offer-options")) }
                            @for line in options {
                                @let id = format!("option-{}", line.position);
                                div.offer-option {
                                    input type="checkbox" id=(id) name="option" value=(line.id) checked[taken.contains(&line.id)];
                                    label for=(id) { (self.line(line)) }
                                }
                            }
                        }
                    }
                    label for="name" { (words.say("offer-name")) }
                    p #name-hint .hint { (words.say("offer-name-hint")) }
                    input #name name="name" type="text" dir="auto" required maxlength="200" autocomplete="name" value=(name)
                        aria-invalid=(!said.is_empty()) aria-describedby="name-hint name-wrong";
                    div #name-wrong { @for said in &said { p.wrong role="alert" { (said) } } }
                    button type="submit" name="act" value="accept" { (words.say("offer-accept")) }
                }
            }
        }
    }

    fn decline(&self, sent: &Sent) -> Markup {
        let words = self.words;
        let text = match &sent.act {
            Some(ClientAct::Decline(text)) => text.as_str(),
            _ => "",
        };
        html! {
            section {
                form method="post" accept-charset="utf-8" {
                    (self.about())
                    label for="reason" { (words.say("offer-reason")) }
                    (area(words, &sent.errors, ("reason", text), LONGEST))
                    button.other type="submit" name="act" value="decline" { (words.say("offer-decline")) }
                }
            }
        }
    }
}

/// A number such as 1.2.3 with the digits of the reader; its points are no decimal points.
fn in_digits_of(page: &ProposalPage, number: &str) -> String {
    number.split('.').map(|part| in_digits(page.locale, part)).collect::<Vec<_>>().join(".")
}
