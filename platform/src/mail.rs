//! Mail over SMTP. One connection a mail: the product writes few, and none waits for another.

use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use url::Url;
use uuid::Uuid;

/// How long the server may take to answer one command.
const SILENCE: Duration = Duration::from_secs(15);

/// How long one mail may take. Shorter than a job's lease.
const TOTAL: Duration = Duration::from_secs(45);

/// Answers of a server that refuse us and not the letter: who we are has to be mended by an operator, and until then the
/// letter waits.
const NOT_THE_LETTER: &[u16] = &[530, 534, 535, 538];

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server will not take this mail, now or later.
    #[error("refused by the mail server ({0})")]
    Refused(u16),
    /// No mail can be made of it: the recipient is no address.
    #[error("this is not an address to which mail can be sent")]
    Unusable,
    /// Perhaps later. Says what happened, without anything of the mail.
    #[error("the mail server could not take it now: {0}")]
    Later(String),
}

/// Where mail goes and who sends it.
#[derive(Clone)]
pub struct MailSettings {
    /// `smtps://` is TLS from the first byte, `smtp://` insists on STARTTLS, and `smtp://...?tls=none` is in the clear.
    pub url: Url,
    /// The sender.
    pub from: Mailbox,
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailSettings({} by {:?})", self.from, self.url.host_str())
    }
}

impl MailSettings {
    /// Whether this is an address of a mail server. A password goes over TLS only.
    pub fn can_be(url: &Url) -> bool {
        let plain = match url.query() {
            None => false,
            Some("tls=none") if url.scheme() == "smtp" => true,
            Some(_) => return false,
        };
        let with_password = !url.username().is_empty() || url.password().is_some();
        matches!(url.scheme(), "smtp" | "smtps")
            && url.has_host()
            && matches!(url.path(), "" | "/")
            && url.fragment().is_none()
            && !(plain && with_password)
    }
}

/// One mail to one person.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    /// Names it for ever: mailboxes show a mail that came twice under one name once.
    pub id: Uuid,
    /// Whom it is for.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The language, as in `lang` of HTML.
    pub language: &'a str,
    /// For those who read plain text.
    pub text: String,
    /// For everybody else.
    pub html: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// Sends mail.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: String,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({} by {})", self.from, self.server)
    }
}

impl Mailer {
    /// Sets it up; nothing is called yet.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let url = &settings.url;
        let host = url.host_str().ok_or(MailError::Unusable)?.trim_matches(['[', ']']).to_owned();
        let tls = || TlsParameters::new(host.clone()).map_err(|error| MailError::Later(error.to_string()));
        let (tls, port) = match (url.scheme(), url.query()) {
            ("smtps", _) => (Tls::Wrapper(tls()?), 465),
            (_, None) => (Tls::Required(tls()?), 587),
            (_, Some(_)) => (Tls::None, 25),
        };
        let port = url.port().unwrap_or(port);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.clone())
            .port(port)
            .tls(tls)
            .timeout(Some(SILENCE));
        if !url.username().is_empty() {
            let decoded = |text: &str| percent_decoded(text);
            builder = builder
                .credentials(Credentials::new(decoded(url.username()), decoded(url.password().unwrap_or_default())));
        }
        Ok(Self { transport: builder.build(), from: settings.from.clone(), server: format!("{host}:{port}") })
    }

    /// The server, for an operator.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Connects, signs in, and goes away.
    pub async fn check(&self) -> Result<(), MailError> {
        match tokio::time::timeout(TOTAL, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Later("it does not answer as a mail server does".to_owned())),
            Ok(Err(error)) => Err(MailError::Later(words(&error))),
            Err(_) => Err(MailError::Later("it takes too long".to_owned())),
        }
    }

    /// Sends one mail. After an error it may have been sent all the same: the last answer of the server may be lost.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match tokio::time::timeout(TOTAL, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err(MailError::Later("it takes too long".to_owned())),
        }
    }

    fn message(&self, mail: Mail<'_>) -> Result<Message, MailError> {
        let to = mail.to.parse().map_err(|_| MailError::Unusable)?;
        let part = |kind: ContentType, body: String| SinglePart::builder().header(kind).body(body);
        Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id.simple(), self.from.email.domain())))
            .date(SystemTime::from(mail.at))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .header(ContentLanguage(mail.language.to_owned()))
            .header(AutoSubmitted)
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, mail.text))
                    .singlepart(part(ContentType::TEXT_HTML, mail.html)),
            )
            .map_err(|_| MailError::Unusable)
    }
}

fn percent_decoded(text: &str) -> String {
    // As the value of a form, in which only `+` means something else.
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn judge(error: &lettre::transport::smtp::Error) -> MailError {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !NOT_THE_LETTER.contains(&code) => {
            tracing::warn!(answer = words(error), "the mail server refused a mail");
            MailError::Refused(code)
        }
        _ => MailError::Later(words(error)),
    }
}

/// What a server said. Some quote what displeases them: words with an address in them could open a door, and are kept
/// from the log and the database.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        said = format!("{said}: {inner}");
        source = inner.source();
    }
    if said.contains('/') {
        return error.status().map_or_else(|| "it failed".to_owned(), |code| u16::from(code).to_string());
    }
    said.chars().take(300).collect()
}

/// RFC 3282: the language, so that programs that read aloud know it.
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// RFC 3834: written by a program, so that answering machines keep silent.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_over_tls_only() {
        let can_be = |url: &str| MailSettings::can_be(&Url::parse(url).unwrap());
        assert!(can_be("smtps://mail.example") && can_be("smtp://me:secret@mail.example:587"));
        assert!(can_be("smtp://localhost:1025?tls=none"));
        assert!(!can_be("smtp://me:secret@mail.example?tls=none") && !can_be("smtp://mail.example?tls=perhaps"));
        assert!(!can_be("https://mail.example") && !can_be("smtps://mail.example?tls=none"));
    }

    #[test]
    fn what_is_printed_holds_no_password() {
        let url = Url::parse("smtps://me:sec%2Bret@mail.example").unwrap();
        let settings = MailSettings { url, from: "Diwan <diwan@example.com>".parse().unwrap() };
        let mailer = Mailer::new(&settings).unwrap();
        assert_eq!(mailer.server(), "mail.example:465");
        assert!(!format!("{settings:?} {mailer:?}").contains("ret"));
        assert_eq!(percent_decoded("sec%2Bret+%40"), "sec+ret+@");
    }

    #[test]
    fn a_mail_says_its_name_language_and_author() {
        let url = Url::parse("smtp://localhost:1025?tls=none").unwrap();
        let mailer = Mailer::new(&MailSettings { url, from: "Diwan <diwan@example.com>".parse().unwrap() }).unwrap();
        let mail = |to| Mail {
            id: Uuid::nil(),
            to,
            subject: "دعوت شدید",
            language: "fa",
            text: "سلام".to_owned(),
            html: "<p>سلام</p>".to_owned(),
            at: DateTime::UNIX_EPOCH,
        };
        let text = String::from_utf8(mailer.message(mail("dina@nour.example")).unwrap().formatted()).unwrap();
        assert!(text.contains("Message-ID: <00000000000000000000000000000000@example.com>"), "{text}");
        assert!(text.contains("Content-Language: fa") && text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("Subject: =?utf-8?b?"), "{text}");
        for bad in ["", "nobody", "a@b\r\nBcc: c@d"] {
            assert!(matches!(mailer.message(mail(bad)), Err(MailError::Unusable)), "{bad}");
        }
    }
}
