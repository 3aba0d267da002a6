//! The ideas board: each idea in one place whatever is done at once, and a post once.

use anyhow::{Context as _, Result};
use diwan_domain::calendar::{NewPost, PostContent};
use diwan_domain::curation::{delete_source, save_item_as_idea};
use diwan_domain::ideas::{
    IdeaContent, IdeaSource, MOST_IDEAS, NewPlace, archive_idea, assign_idea, create_idea, idea_board, move_idea,
    restore_idea, turn_idea_into_post, update_idea,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::calendar::idea::{self, IdeaState};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::{Person, TestServices};
use proptest::collection::vec;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

/// The columns in which an idea has a place.
const PLACES: [IdeaState; 3] = [IdeaState::New, IdeaState::Exploring, IdeaState::Ready];

struct Desk {
    test: TestServices,
    brand: Uuid,
    calendar: Uuid,
    person: Person,
}

fn named(title: &str) -> IdeaContent {
    IdeaContent { title: title.to_owned(), ..IdeaContent::default() }
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let calendar = test.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = test.member(brand, Level::Junior, UserKind::Staff).await?;
        Ok(Self { test, brand, calendar, person })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn try_it<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<Result<T, Code>> {
        self.act(&self.person, command).await
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.try_it(command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    async fn create(&self, title: &str) -> Result<idea::Model> {
        self.must(async |context| create_idea(context, self.brand, named(title)).await).await
    }

    async fn shift(&self, id: Uuid, column: IdeaState, after: Option<Uuid>) -> Result<Result<idea::Model, Code>> {
        self.try_it(async |context| move_idea(context, id, NewPlace { column, after }).await).await
    }

    fn draft(&self) -> NewPost {
        let content = PostContent { title: "Launch".to_owned(), ..PostContent::default() };
        NewPost { calendar_id: self.calendar, content }
    }

    /// The board as it lies in the database. Its places have to be 1, 2, 3 and so on in each column.
    async fn board(&self) -> Result<[Vec<Uuid>; 3]> {
        let mut board = [const { Vec::new() }; 3];
        for (column, state) in board.iter_mut().zip(PLACES) {
            let sql = format!(
                "select coalesce(string_agg(position || ' ' || id, ',' order by position), '') from idea
                 where brand_id = '{}' and state = '{}' and position is not null",
                self.brand,
                state.to_value()
            );
            let rows: String = self.test.db.value(&sql).await?;
            for (place, row) in rows.split(',').filter(|row| !row.is_empty()).enumerate() {
                let (position, id) = row.split_once(' ').context("a place and an id")?;
                assert_eq!(position.parse::<usize>()?, place + 1, "{state:?}: {rows}");
                column.push(id.parse()?);
            }
        }
        Ok(board)
    }

    async fn version(&self, id: Uuid) -> Result<i32> {
        self.test.db.value(&format!("select version from idea where id = '{id}'")).await
    }

    /// Everything of all ideas, to see that a refusal changed nothing.
    async fn all(&self) -> Result<String> {
        self.test.db.value("select string_agg(i::text, '|' order by id) from idea i").await
    }
}

#[tokio::test]
async fn an_idea_is_said_anew_under_its_version_and_tidied() -> Result<()> {
    let desk = Desk::new().await?;
    let content = IdeaContent {
        title: "  Show the roastery ".to_owned(),
        tags: vec!["Behind the Scenes".to_owned(), "coffee".to_owned(), "COFFEE ".to_owned()],
        source: IdeaSource {
            title: Some(String::new()),
            url: Some("HTTPS://news.example/قهوه".to_owned()),
            credit: Some(" Lina ".to_owned()),
        },
        ..IdeaContent::default()
    };
    let made = desk.must(async |context| create_idea(context, desk.brand, content).await).await?;
    assert_eq!((made.title.as_str(), made.state, made.position), ("Show the roastery", IdeaState::New, Some(1)));
    assert_eq!(made.tags, ["behind the scenes", "coffee"]);
    assert_eq!(made.source_url.as_deref(), Some("https://news.example/%D9%82%D9%87%D9%88%D9%87"));
    assert_eq!((made.source_title.as_deref(), made.credit.as_deref()), (None, Some("Lina")));

    let save =
        async |title: &str| desk.try_it(async |context| update_idea(context, made.id, 1, named(title)).await).await;
    let (one, other) = tokio::join!(save("One"), save("Other"));
    let (one, other) = (one?, other?);
    let kept = if one.is_ok() { "One" } else { "Other" };
    assert_eq!([one.err(), other.err()].into_iter().flatten().collect::<Vec<_>>(), [Code::ChangedMeanwhile]);
    let row: String = desk.test.db.value("select title || ' ' || version from idea").await?;
    assert_eq!(row, format!("{kept} 2"));

    // Tidying the board is nothing that a writer has to know of.
    desk.shift(made.id, IdeaState::Ready, None).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.must(async |context| update_idea(context, made.id, 2, named("Third")).await).await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_changes() -> Result<()> {
    let desk = Desk::new().await?;
    let (one, two) = (desk.create("One").await?, desk.create("Two").await?);
    let gone = desk.create("Gone").await?;
    desk.must(async |context| archive_idea(context, gone.id, 1).await).await?;
    let taken = desk.create("Taken").await?;
    desk.must(async |context| turn_idea_into_post(context, taken.id, desk.draft()).await).await?;
    let nobody = ids::new_id(desk.test.services.now());
    let before = desk.all().await?;
    for (id, column, after, code) in [
        (one.id, IdeaState::Taken, None, Code::Invalid),
        (one.id, IdeaState::New, Some(one.id), Code::Invalid),
        (one.id, IdeaState::New, Some(nobody), Code::NotFound),
        (one.id, IdeaState::Ready, Some(two.id), Code::WrongState),
        (one.id, IdeaState::New, Some(gone.id), Code::WrongState),
        (one.id, IdeaState::New, Some(taken.id), Code::WrongState),
        (gone.id, IdeaState::New, None, Code::WrongState),
        (taken.id, IdeaState::Ready, None, Code::WrongState),
        (nobody, IdeaState::Ready, None, Code::NotFound),
    ] {
        assert_eq!(desk.shift(id, column, after).await?, Err(code), "{id} {column:?} {after:?}");
    }
    for id in [gone.id, taken.id] {
        let said = desk.try_it(async |context| update_idea(context, id, 2, named("New")).await).await?;
        assert_eq!(said, Err(Code::WrongState));
        let turned = desk.try_it(async |context| turn_idea_into_post(context, id, desk.draft()).await).await?;
        assert_eq!(turned.err(), Some(Code::WrongState));
    }
    assert_eq!(desk.try_it(async |context| archive_idea(context, gone.id, 2).await).await?, Err(Code::WrongState));
    assert_eq!(desk.try_it(async |context| restore_idea(context, one.id, 1).await).await?, Err(Code::WrongState));
    assert_eq!(desk.try_it(async |context| archive_idea(context, one.id, 9).await).await?, Err(Code::ChangedMeanwhile));
    let assigned = desk.try_it(async |context| assign_idea(context, one.id, Some(desk.person.id)).await).await?;
    assert_eq!(assigned, Err(Code::Forbidden), "a junior gives work to nobody");
    assert_eq!(desk.all().await?, before);
    assert_eq!(desk.test.db.count("post").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_full_board_takes_no_more() -> Result<()> {
    let desk = Desk::new().await?;
    let gone = desk.create("Gone").await?;
    desk.must(async |context| archive_idea(context, gone.id, 1).await).await?;
    desk.test
        .db
        .run(&format!(
            "insert into idea (id, brand_id, title, state, position, created_by, created_at, updated_at)
             select gen_random_uuid(), '{}', 'Idea ' || n, 'READY', n, '{}', now(), now() from generate_series(1, {MOST_IDEAS}) n",
            desk.brand, desk.person.id
        ))
        .await?;
    let more = desk.try_it(async |context| create_idea(context, desk.brand, named("More")).await).await?;
    assert_eq!(more, Err(Code::TooMany));
    assert_eq!(desk.try_it(async |context| restore_idea(context, gone.id, 2).await).await?, Err(Code::TooMany));
    assert_eq!(desk.test.db.count("idea").await?, MOST_IDEAS + 1);
    // What is taken makes room. The board shows the first of a column, and how many there are.
    let ready: Uuid = desk.test.db.value("select id from idea where position = 500").await?;
    desk.must(async |context| turn_idea_into_post(context, ready, desk.draft()).await).await?;
    desk.create("More").await?;
    let board = desk.must(async |context| idea_board(context, desk.brand, 100).await).await?;
    let sizes: Vec<_> = board.iter().map(|column| (column.state, column.count, column.ideas.len())).collect();
    let expected =
        [(IdeaState::New, 1, 1), (IdeaState::Exploring, 0, 0), (IdeaState::Ready, 999, 100), (IdeaState::Taken, 1, 1)];
    assert_eq!(sizes, expected);
    let shown: Vec<_> = board[2].ideas.iter().map(|row| row.position).collect();
    assert_eq!(shown, (1..=100).map(Some).collect::<Vec<_>>());
    Ok(())
}

/// What a board should be, without a database.
#[derive(Default)]
struct Model {
    columns: [Vec<Uuid>; 3],
    away: Vec<(Uuid, usize)>,
}

impl Model {
    fn pick(&self, number: usize) -> Option<(usize, usize)> {
        let all: Vec<_> =
            (0..3).flat_map(|column| (0..self.columns[column].len()).map(move |at| (column, at))).collect();
        (!all.is_empty()).then(|| all[number % all.len()])
    }
}

/// One thing that somebody does at the board; the numbers choose what of it.
async fn step(desk: &Desk, model: &mut Model, (what, which, column, behind): (u8, usize, usize, usize)) -> Result<()> {
    match what {
        0..=2 => model.columns[0].insert(0, desk.create(&format!("Idea {which}")).await?.id),
        3..=7 => {
            let Some((from, at)) = model.pick(which) else { return Ok(()) };
            let id = model.columns[from].remove(at);
            let place = behind % (model.columns[column].len() + 1);
            let after = place.checked_sub(1).map(|before| model.columns[column][before]);
            let moved = desk.shift(id, PLACES[column], after).await?;
            let moved = moved.map_err(|code| anyhow::anyhow!("{code:?}"))?;
            assert_eq!((moved.state, moved.position), (PLACES[column], Some(i32::try_from(place)? + 1)));
            model.columns[column].insert(place, id);
        }
        8 => {
            let Some((from, at)) = model.pick(which) else { return Ok(()) };
            let id = model.columns[from].remove(at);
            let version = desk.version(id).await?;
            desk.must(async |context| archive_idea(context, id, version).await).await?;
            model.away.push((id, from));
        }
        9 => {
            let Some((id, column)) = model.away.pop() else { return Ok(()) };
            let version = desk.version(id).await?;
            desk.must(async |context| restore_idea(context, id, version).await).await?;
            model.columns[column].insert(0, id);
        }
        _ => {
            let Some((from, at)) = model.pick(which) else { return Ok(()) };
            let id = model.columns[from].remove(at);
            desk.must(async |context| turn_idea_into_post(context, id, desk.draft()).await).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn whatever_is_done_to_a_board_it_is_as_if_it_were_a_list() -> Result<()> {
    let mut runner = TestRunner::deterministic();
    for _ in 0..6 {
        let desk = Desk::new().await?;
        let steps = vec((0..=10_u8, 0..100_usize, 0..3_usize, 0..100_usize), 10..40);
        let steps = steps.new_tree(&mut runner).map_err(|reason| anyhow::anyhow!("{reason}"))?.current();
        let mut model = Model::default();
        for (number, one) in steps.iter().enumerate() {
            step(&desk, &mut model, *one).await?;
            assert_eq!(desk.board().await?, model.columns, "after {number} of {steps:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn many_who_move_at_once_lose_no_place_and_double_none() -> Result<()> {
    let desk = Desk::new().await?;
    let mut all = Vec::new();
    for number in 0..12 {
        all.push(desk.create(&format!("Idea {number}")).await?.id);
    }
    let shift = async |number: usize| {
        let (id, other) = (all[number * 5 % 12], all[(number * 7 + 3) % 12]);
        let after = (!number.is_multiple_of(3) && id != other).then_some(other);
        desk.shift(id, PLACES[number % 3], after).await
    };
    let come_and_go = async |number: usize| {
        let made = desk.create(&format!("Late {number}")).await?;
        desk.must(async |context| archive_idea(context, made.id, 1).await).await
    };
    let moves = futures::future::join_all((0..40).map(shift));
    let others = futures::future::join_all((0..8).map(come_and_go));
    let (moved, others) = tokio::join!(moves, others);
    let mut done = 0;
    for outcome in moved {
        match outcome? {
            Ok(_) => done += 1,
            // Where the one behind which it was to go has gone elsewhere meanwhile.
            Err(code) => assert_eq!(code, Code::WrongState),
        }
    }
    assert!(done >= 13, "those that go to the head of a column always can: {done}");
    for outcome in others {
        outcome?;
    }
    let mut there = desk.board().await?.concat();
    there.sort_unstable();
    all.sort_unstable();
    assert_eq!(there, all);
    Ok(())
}

#[tokio::test]
async fn of_twenty_who_make_a_post_of_an_idea_one_does() -> Result<()> {
    let desk = Desk::new().await?;
    let idea = desk.create("One").await?;
    let other = desk.create("Other").await?;
    let turn =
        async |_: i32| desk.try_it(async |context| turn_idea_into_post(context, idea.id, desk.draft()).await).await;
    let outcomes = futures::future::join_all((0..20).map(turn)).await;
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused, [&Code::WrongState; 19]);
    assert_eq!(desk.test.db.count("post").await?, 1);
    let post: Uuid = desk.test.db.value("select id from post").await?;
    let named: Uuid =
        desk.test.db.value(&format!("select post_id from idea where id = '{}' and state = 'TAKEN'", idea.id)).await?;
    assert_eq!(named, post);
    assert_eq!(desk.board().await?, [vec![other.id], vec![], vec![]]);
    assert_eq!(desk.test.db.count("curated_post").await?, 0, "nobody said where it was found");
    Ok(())
}

#[tokio::test]
async fn what_a_feed_brought_is_an_idea_once_and_stays_credited() -> Result<()> {
    let desk = Desk::new().await?;
    let there = desk.test.fill_brand("Beta").await?;
    desk.test.join(&desk.person, there.brand, Level::Mid).await?;
    let item = there.planning.source_item;
    let long = "Coffee ".repeat(40);
    desk.test.db.run(&format!("update source_item set title = '{}' where id = '{item}'", long.trim_end())).await?;
    let save = async |_: i32| desk.try_it(async |context| save_item_as_idea(context, item).await).await;
    let outcomes = futures::future::join_all((0..8).map(save)).await.into_iter().collect::<Result<Vec<_>>>()?;
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused, [&Code::AlreadyExists; 7]);
    let idea = outcomes.into_iter().find_map(Result::ok).context("one idea")?;
    assert_eq!((idea.title.chars().count(), idea.title.ends_with('…')), (200, true));
    assert_eq!(idea.note, format!("{}\n\nIt is good", long.trim_end()), "what was cut stands whole in the note");
    let source = (idea.source_title.as_deref(), idea.source_url.as_deref(), idea.credit.as_deref());
    assert_eq!(source, (Some("News"), Some("https://news.example/1"), Some("Lina")));

    // The feed is given up: the idea still knows, and tells the post.
    desk.must(async |context| delete_source(context, there.planning.source).await).await?;
    let kept: bool = desk.test.db.value(&format!("select item_id is null from idea where id = '{}'", idea.id)).await?;
    assert!(kept, "the idea stays");
    let new = NewPost { calendar_id: there.calendar, ..desk.draft() };
    let (idea, post) = desk.must(async |context| turn_idea_into_post(context, idea.id, new).await).await?;
    assert_eq!((idea.state, idea.post_id), (IdeaState::Taken, Some(post.id)));
    let credit: String = desk
        .test
        .db
        .value(&format!(
            "select source_title || ' ' || source_url || ' ' || credit from curated_post where post_id = '{}'",
            post.id
        ))
        .await?;
    assert_eq!(credit, "News https://news.example/1 Lina");
    Ok(())
}

#[tokio::test]
async fn the_database_refuses_what_the_board_cannot_be() -> Result<()> {
    let desk = Desk::new().await?;
    let one = desk.create("One").await?.id;
    desk.create("Two").await?;
    let away = format!("where id = '{one}'");
    for (sql, key) in [
        (format!("update idea set position = 1 {away}"), "idea_place"),
        (format!("update idea set position = null {away}"), "idea_check"),
        (format!("update idea set position = 0 {away}"), "idea_position_check"),
        (format!("update idea set state = 'TAKEN', position = null {away}"), "idea_check"),
        (format!("update idea set archived_at = now() {away}"), "idea_check"),
        (format!("update idea set state = 'LOST' {away}"), "idea_state_check"),
        (format!("update idea set title = '' {away}"), "idea_title_check"),
        (format!("update idea set source_url = 'javascript:alert(1)' {away}"), "idea_source_url_check"),
        (format!("update idea set tags = array_fill('x'::text, array[11]) {away}"), "idea_tags_check"),
    ] {
        let error = desk.test.db.run(&sql).await.err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(error.contains(key), "{sql}: {error}");
    }
    Ok(())
}
