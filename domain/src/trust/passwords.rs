//! Passwords: which are good enough, changing one, and choosing a new one when it was forgotten.

use chrono::Duration;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::{agency, app_user};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::{db, password};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult};
use sea_orm::{QueryFilter as _, TryGetable as _};
use serde_json::json;
use uuid::Uuid;
use zxcvbn::{Score, zxcvbn};

use super::audit::record_own;
use super::letters::{Letter, queue_letter};
use super::sessions::{end_others, own_session};
use super::throttle::Throttle;
use super::{Outcome, second_factor};
use crate::context::{Actor, Context};
use crate::error::{Arg, Code, Complaints, Failure, Fault, UserError};

/// The shortest password, in characters (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where it is the only factor; 12 is a
/// compromise, since a second factor can be required).
pub const MIN_PASSWORD: usize = 12;

/// The longest address or password that is looked at, in bytes, so that nobody makes the server hash a novel.
pub const MAX_PASSWORD: usize = 1024;

/// How many characters of a password must not be its owner's own words.
const SECRET_REST: usize = 8;

/// How long a link to choose a new password is good.
const RESET: Duration = Duration::hours(1);

/// Complains of a password that is too short, too long or too easy to guess by somebody who knows `about` its owner: their
/// name, address, agency. There are no rules of composition: they make passwords harder to remember and no harder to guess.
pub fn check_password(wrong: &mut Complaints, path: &str, password: &str, about: &[&str]) {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return wrong.add(UserError::at(Code::PasswordTooShort, path).number("limit", MIN_PASSWORD));
    }
    if password.len() > MAX_PASSWORD {
        let error = UserError::at(Code::TooLong, path).number("limit", MAX_PASSWORD).number("actual", password.len());
        return wrong.add(error);
    }
    let words: Vec<&str> = about
        .iter()
        .flat_map(|text| std::iter::once(*text).chain(text.split(|c: char| !c.is_alphanumeric())))
        .filter(|word| word.chars().count() > 2)
        .collect();
    // What is left besides the owner's own words must be long enough to be a secret by itself.
    let rest = words
        .iter()
        .filter(|word| word.chars().count() > 3)
        .fold(password.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    if rest.chars().count() < SECRET_REST || zxcvbn(password, &words).score() < Score::Three {
        wrong.add(UserError::at(Code::PasswordTooWeak, path));
    }
}

/// The hash that is kept of a password.
pub(super) async fn hash(password: String) -> Result<String, Fault> {
    password::hash(password).await.map_err(|error| Fault::broken(error.to_string()))
}

/// The person themselves, as far as their own scope shows.
pub(super) async fn oneself(context: &Context, user_id: Uuid) -> Result<app_user::Model, Failure> {
    let row = context.one(app_user::Entity::find_by_id(user_id)).await?;
    row.ok_or_else(|| Fault::broken("a person does not see themselves").into())
}

/// Gives somebody another password, if it is good enough.
async fn set_password(context: &Context, actor: &Actor, path: &str, new: String) -> Result<(), Failure> {
    let person = oneself(context, actor.user_id).await?;
    let agency = context.one(agency::Entity::find_by_id(actor.agency_id)).await?;
    let agency = agency.map(|agency| agency.name).unwrap_or_default();
    let mut wrong = Complaints::default();
    check_password(&mut wrong, path, &new, &[&person.name, person.email.as_deref().unwrap_or_default(), &agency]);
    wrong.check()?;
    app_user::Entity::update_many()
        .col_expr(app_user::Column::PasswordHash, Expr::value(hash(new).await?))
        .filter(app_user::Column::Id.eq(actor.user_id))
        .exec(context.own_tx())
        .await?;
    Ok(())
}

/// Changes the caller's password and ends their other sessions. A refusal inside must be committed: it is counted.
pub async fn change_password(context: &Context, current: String, new: String) -> Result<Outcome<()>, Failure> {
    let actor = context.signed_in()?;
    let proof = second_factor::Proof::Password(current);
    if let Err(refused) = second_factor::prove_again(context, &actor, proof, "currentPassword").await? {
        return Ok(Err(refused));
    }
    set_password(context, &actor, "newPassword", new).await?;
    let ended = end_others(context, &actor).await?;
    record_own(context, &actor, "password.change", json!({ "sessions_ended": ended })).await?;
    Throttle::of_session(own_session(&actor)?).succeeded(context).await?;
    Ok(Ok(()))
}

#[derive(FromQueryResult)]
struct Forgetful {
    name: String,
    locale: String,
}

/// Sends a letter with which a new password can be chosen, if somebody has this address. The answer and the work are the
/// same if nobody has.
pub async fn request_password_reset(context: &Context, email: &str) -> Result<(), Failure> {
    let email = email.trim().to_lowercase();
    if email.len() > 254 || email.contains('\0') {
        return Ok(());
    }
    let throttle = Throttle::of_resets(&email);
    let patience = throttle.hold(context).await?;
    throttle.failed(context).await?;
    let token = token("reset")?;
    let values = [
        email.clone().into(),
        sha256(token.as_bytes()).to_vec().into(),
        context.now.into(),
        (context.now + RESET).into(),
    ];
    let tx = context.own_tx();
    tx.execute_unprepared("savepoint letter").await?;
    let found: Option<Forgetful> = db::one(tx, "select * from app.begin_reset($1, $2, $3, $4)", values).await?;
    let nobody = found.is_none();
    let found = found.unwrap_or(Forgetful { name: email.clone(), locale: Locale::En.to_value() });
    let letter = Letter {
        // For nobody the letter is written and taken back, so that it takes as long.
        to: if nobody { "nobody@localhost".to_owned() } else { email },
        locale: Locale::try_from_value(&found.locale)?,
        template: "password-reset",
        args: vec![("name", Arg::Text(found.name.into()))],
        link: Some(context.services.link(&format!("reset/{token}"))?),
    };
    let queued = queue_letter(tx, &context.services, letter).await;
    let keep = queued.is_ok() && !nobody && patience.is_none();
    let end = if keep { "release savepoint letter" } else { "rollback to savepoint letter" };
    tx.execute_unprepared(end).await?;
    // Where there is no agency yet nobody has an address, and no letter can be written.
    if nobody { Ok(()) } else { queued }
}

/// Chooses a new password with the token of a letter, and ends every session of the person. It signs nobody in, so a second
/// factor is still asked for.
pub async fn reset_password(context: &Context, token: &str, new: String) -> Result<(), Failure> {
    let values = [sha256(token.trim().as_bytes()).to_vec().into(), context.now.into()];
    let row = context.own_tx().query_one_raw(db::statement("select app.take_reset($1, $2)", values)).await?;
    let user_id =
        row.map(|row| Option::<Uuid>::try_get_by(&row, 0).map_err(sea_orm::DbErr::from)).transpose()?.flatten();
    let user_id = user_id.ok_or_else(|| UserError::at(Code::LinkInvalid, "token"))?;
    let actor = context.enter_unproved(user_id).await?.ok_or_else(|| UserError::at(Code::LinkInvalid, "token"))?;
    set_password(context, &actor, "password", new).await?;
    let ended = end_others(context, &actor).await?;
    context.own_tx().execute_unprepared("delete from known_device").await?;
    let email = oneself(context, user_id).await?.email.unwrap_or_default();
    Throttle::of_sign_in(&email, None, "").succeeded(context).await?;
    Ok(record_own(context, &actor, "password.reset", json!({ "sessions_ended": ended })).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<Code> {
        let mut wrong = Complaints::default();
        check_password(&mut wrong, "password", password, &["Dina Haddad", "dina@nour.example", "Nour Agency"]);
        match wrong.check() {
            Err(Failure::Refused(errors)) => errors.iter().map(|error| error.code).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_and_what_is_long_and_odd_is_not() {
        for short in ["", "short", "elevenchars"] {
            assert_eq!(codes(short), [Code::PasswordTooShort], "{short}");
        }
        for weak in
            ["passwordpassword", "aaaaaaaaaaaaaaaa", "123456789012", "dinahaddad2024", "qwertyuiopas", "nour agency 1"]
        {
            assert_eq!(codes(weak), [Code::PasswordTooWeak], "{weak}");
        }
        assert_eq!(codes(&"x".repeat(1025)), [Code::TooLong]);
        for good in
            ["correct horse battery staple", "a long password of mine", "vmq8 hpl2 zzt0", "کتاب سبز در باران می‌خواند"]
        {
            assert_eq!(codes(good), [], "{good}");
        }
    }
}
