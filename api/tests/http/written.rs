//! What is written by a plan is what the library would have resolved.

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
use chrono::DateTime;
use diwan_api::{CalendarView, Plan, Written};
use diwan_domain::calendar::{self as domain, Span};
use diwan_entity::calendar::post::PostState as State;
use diwan_entity::publishing::publication::PublicationState as Publication;
use diwan_entity::publishing::social_account::AccountState as Account;
use diwan_entity::tenancy::agency;
use uuid::Uuid;

fn example() -> CalendarView {
    let (id, at) = (Uuid::from_u128(5), DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let count = domain::Count {
        system: agency::CalendarSystem::Jalali,
        week_start: agency::WeekStart::Saturday,
        zone: chrono_tz::Asia::Tehran,
    };
    let person = domain::ViewPerson { id, name: Some("سارا".to_owned()) };
    let variant = domain::ViewVariant {
        id,
        text: "Hello".to_owned(),
        language: None,
        account_id: id,
        network: "mastodon".to_owned(),
        handle: "nour".to_owned(),
        display_name: "Nour".to_owned(),
        account_state: Account::NeedsReconnect,
        publication_state: Some(Publication::NeedsAttention),
    };
    let post = domain::ViewPost {
        id,
        brand_id: id,
        brand_name: "Nour".to_owned(),
        calendar_id: id,
        calendar_name: None,
        calendar_colour: Some("#3b6ea5".to_owned()),
        title: "A post".to_owned(),
        state: State::PartiallyPublished,
        due_at: at,
        updated_at: at,
        version: 3,
        created_by: domain::ViewPerson { id, name: None },
        authors: vec![person.clone()],
        assignees: Vec::new(),
        variants: vec![variant],
    };
    let days = count.days(Span::Month, at.date_naive()).into_iter().map(|day| {
        let posts = if day.date == at.date_naive() { vec![post.clone()] } else { Vec::new() };
        domain::ViewDay { day, posts, special_days: Vec::new() }
    });
    CalendarView::new(domain::View { count, days: days.collect(), has_more: true })
}

struct Both;

#[Object]
impl Both {
    async fn resolved(&self) -> CalendarView {
        example()
    }
    async fn written(&self, ctx: &Context<'_>) -> Written<CalendarView> {
        Written::new(&example(), &Plan::of(ctx))
    }
}

#[tokio::test]
async fn what_is_written_by_a_plan_is_what_the_library_resolves() {
    let schema = Schema::new(Both, EmptyMutation, EmptySubscription);
    let whole = "startsAt endsAt timeZone weekStart calendarSystem hasMore __typename
      days { date local { year month monthCode day system } jalali { day } hijri { monthCode } hebrew { year } startsAt endsAt
        specialDays { name date } posts { id title state dueAt localTime updatedAt version brand { id name }
          calendar { id name colour } createdBy { id name __typename } authors { id name } assignees { id }
          variants { id text language account { id network handle displayName state } publicationState } } }";
    let aliases = "a: hasMore b: hasMore days { ...Some ... on CalendarViewDay { date posts { title } } posts { t: title again: title id } }";
    let skipped = "hasMore @skip(if: true) timeZone @include(if: true) days { date @include(if: false) posts { id @skip(if: false) } }";
    for selection in [whole, aliases, skipped] {
        let fragment = if selection.contains("...Some") {
            "fragment Some on CalendarViewDay { startsAt posts { version } }"
        } else {
            ""
        };
        let ask = async |field: &str| {
            let answer = schema.execute(format!("{{ it: {field} {{ {selection} }} }} {fragment}")).await;
            assert_eq!(answer.errors, Vec::new());
            serde_json::to_value(answer.data).expect("JSON")
        };
        let (resolved, written) = (ask("resolved").await, ask("written").await);
        assert_eq!(resolved, written, "{selection}");
        assert_eq!(resolved.to_string().len(), written.to_string().len());
    }
}
