//! A report of an imagined brand: for the reference pictures, the example program and the measurements.

use chrono::{DateTime, Days as Later, NaiveDate, Weekday};

use super::model::{
    Audience, AudiencePart, AudienceSlice, Block, Budget, Campaign, Chart, ChartKind, Days, Figure, HeatCell, HeatMap,
    Look, Nothing, Number, OtherCalendar, Picture, Place, Point, Post, PostsBlock, Progress, Report, Standing,
    TextBlock, TextKind, Typeface, Unit, WhyNothing, Writing,
};
use crate::language::{Digits, Language};

/// What the people of the imagined brand write.
struct Said {
    title: &'static str,
    brand: &'static str,
    summary: &'static str,
    next: &'static str,
    posts: [&'static str; 2],
    campaign: &'static str,
    person: &'static str,
}

const fn said(language: Language) -> Said {
    match language {
        Language::En => Said {
            title: "March in numbers",
            brand: "Café Darya",
            summary: "The spring menu brought many new guests, most of them by way of the short films.\n\nReach grew in the second half of the month.",
            next: "Two more films in April.\nA survey among regular guests.",
            posts: [
                "Eight new dishes, three of them vegan. Come by before Friday and tell us which one stays all year. 🌿",
                "A short film from the roastery: from green bean to your cup in four minutes.",
            ],
            campaign: "Spring menu",
            person: "Sara",
        },
        Language::Fa => Said {
            title: "مارس در یک نگاه",
            brand: "کافه دریا",
            summary: "منوی بهاری مهمان‌های تازهٔ زیادی آورد؛ بیشترشان از راه ویدیوهای کوتاه.\n\nدسترسی در نیمهٔ دوم ماه بیشتر شد.",
            next: "دو ویدیوی دیگر در آوریل.\nنظرسنجی از مشتری‌های همیشگی.",
            posts: [
                "هشت غذای تازه که سه‌تای آن‌ها گیاهی است. تا جمعه سر بزنید و بگویید کدام بماند. 🌿",
                "فیلم کوتاهی از کارگاه: از دانهٔ سبز تا فنجان شما در چهار دقیقه.",
            ],
            campaign: "منوی بهاری",
            person: "سارا",
        },
        Language::Ar => Said {
            title: "مارس بالأرقام",
            brand: "مقهى دريا",
            summary: "جلبت قائمة الربيع ضيوفًا جددًا كثيرين، معظمهم عن طريق الأفلام القصيرة.\n\nازداد الوصول في النصف الثاني من الشهر.",
            next: "فيلمان آخران في أبريل.\nاستطلاع بين الضيوف الدائمين.",
            posts: [
                "ثمانية أطباق جديدة، ثلاثة منها نباتية. زورونا قبل الجمعة. 🌿",
                "فيلم قصير من المحمصة: من الحبة الخضراء إلى فنجانك في أربع دقائق.",
            ],
            campaign: "قائمة الربيع",
            person: "سارة",
        },
        Language::El => Said {
            title: "Ο Μάρτιος σε αριθμούς",
            brand: "Café Darya",
            summary: "Το ανοιξιάτικο μενού έφερε πολλούς νέους πελάτες, τους περισσότερους μέσα από τα μικρά βίντεο.\n\nΗ απήχηση αυξήθηκε στο δεύτερο μισό του μήνα.",
            next: "Δύο ακόμη βίντεο τον Απρίλιο.\nΈρευνα στους τακτικούς πελάτες.",
            posts: [
                "Οκτώ νέα πιάτα, τρία από αυτά νηστίσιμα. Περάστε μέχρι την Παρασκευή. 🌿",
                "Μια μικρή ταινία από το καβουρδιστήριο: από τον πράσινο κόκκο στο φλιτζάνι σας.",
            ],
            campaign: "Ανοιξιάτικο μενού",
            person: "Σοφία",
        },
        Language::He => Said {
            title: "מרץ במספרים",
            brand: "קפה דריה",
            summary: "תפריט האביב הביא אורחים חדשים רבים, רובם דרך הסרטונים הקצרים.\n\nהחשיפה גדלה במחצית השנייה של החודש.",
            next: "שני סרטונים נוספים באפריל.\nסקר בקרב האורחים הקבועים.",
            posts: [
                "שמונה מנות חדשות, שלוש מהן טבעוניות. בואו לפני יום שישי. 🌿",
                "סרטון קצר מבית הקלייה: מהפול הירוק אל הכוס שלכם בארבע דקות.",
            ],
            campaign: "תפריט האביב",
            person: "שרה",
        },
    }
}

/// Numbers that look like measured ones and are always the same.
const fn wave(n: i64) -> i64 {
    n * 7919 % 1900 + 120
}

const fn count(mantissa: i64) -> Number {
    Number { mantissa, places: 0 }
}

const fn cents(mantissa: i64) -> Number {
    Number { mantissa, places: 2 }
}

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, 1).unwrap_or_default() + Later::new(n)
}

fn picture() -> Picture {
    Picture {
        bytes: include_bytes!("../../examples/picture.png").to_vec(),
        mime_type: "image/png".to_owned(),
        alt: "A sun above the sea".to_owned(),
    }
}

/// The month of March 2025 of an imagined brand, with every kind of block: so many charts of its days, and so many posts.
pub fn example(language: Language, charts: u32, posts: u32) -> Report {
    let said = said(language);
    let text = |kind, text: &str| Block::Text(TextBlock { kind, text: text.to_owned() });
    let mut blocks = vec![text(TextKind::Summary, said.summary), Block::Figures(figures())];
    blocks.extend((0..charts).map(|n| Block::Chart(chart(n))));
    blocks.push(Block::Chart(by_network()));
    blocks.push(Block::HeatMap(heat_map()));
    blocks.push(Block::Posts(top_posts(&said, posts)));
    blocks.push(Block::Nothing(Nothing { block: "BOTTOM_POSTS".to_owned(), why: WhyNothing::Empty }));
    blocks.push(Block::Audience(audience()));
    blocks.push(Block::Campaigns(campaigns(&said)));
    blocks.push(Block::Budgets(budgets(&said)));
    blocks.push(Block::Progress(progress(&said)));
    blocks.push(text(TextKind::MachineSummary, said.summary));
    blocks.push(text(TextKind::NextSteps, said.next));
    Report {
        title: said.title.to_owned(),
        agency: "Studio Kiosk".to_owned(),
        brand: Some(said.brand.to_owned()),
        audience: Audience::Client,
        style: style(language),
        period: Days { from: day(0), to: day(30) },
        compared: Some(Days {
            from: NaiveDate::from_ymd_opt(2025, 2, 1).unwrap_or_default(),
            to: day(0) - Later::new(1),
        }),
        generated_at: DateTime::from_timestamp(1_743_574_500, 0).unwrap_or_default(),
        look: Look {
            logo: Some(picture()),
            accent: [15, 107, 107],
            typeface: Typeface::Sans,
            footer: None,
            names_agency: true,
        },
        blocks,
    }
}

const fn style(language: Language) -> Writing {
    let (digits, beside, week_start) = match language {
        Language::En | Language::El => (Digits::Latin, None, Weekday::Mon),
        Language::Fa => (Digits::Local, Some(OtherCalendar::Jalali), Weekday::Sat),
        Language::Ar => (Digits::Local, Some(OtherCalendar::Hijri), Weekday::Sun),
        Language::He => (Digits::Latin, Some(OtherCalendar::Hebrew), Weekday::Sun),
    };
    Writing { language, digits, beside, time_zone: chrono_tz::Asia::Tehran, week_start }
}

fn figure(kpi: &str, unit: Unit, value: Option<Number>) -> Figure {
    Figure {
        kpi: kpi.to_owned(),
        unit,
        value,
        before: None,
        change_percent: None,
        target: None,
        standing: None,
        missing_networks: Vec::new(),
    }
}

fn figures() -> Vec<Figure> {
    vec![
        Figure {
            before: Some(count(38_400)),
            change_percent: Some(cents(1_250)),
            target: Some(count(40_000)),
            standing: Some(Standing::Ahead),
            missing_networks: vec!["Mastodon".to_owned()],
            ..figure("REACH", Unit::Count, Some(count(43_200)))
        },
        Figure {
            before: Some(Number { mantissa: 38_251, places: 4 }),
            change_percent: Some(cents(-310)),
            target: Some(count(4)),
            standing: Some(Standing::Behind),
            ..figure("ENGAGEMENT_RATE_BY_REACH", Unit::Percent, Some(Number { mantissa: 37_065, places: 4 }))
        },
        Figure {
            before: Some(count(30)),
            change_percent: Some(count(0)),
            target: Some(count(30)),
            standing: Some(Standing::OnTrack),
            ..figure("PUBLISHED_POSTS", Unit::Count, Some(count(30)))
        },
        figure("FOLLOWERS", Unit::Count, None),
        Figure {
            before: Some(cents(1_420)),
            change_percent: Some(cents(-1_201)),
            ..figure("COST_PER_RESULT", Unit::Money("EUR".to_owned()), Some(cents(1_250)))
        },
        figure("RESPONSE_TIME", Unit::Seconds, Some(count(5_520))),
    ]
}

fn chart(n: u32) -> Chart {
    let first = i64::from(n) * 31;
    let points = (0..31_u32).map(|index| {
        let at = first + i64::from(index);
        // Every eleventh day lacks its number, the third and later charts have nothing to compare with.
        let value = (index % 11 != 8).then(|| count(wave(at)));
        Point { at: Place::Day(day(index.into())), value, before: (n < 2).then(|| count(wave(at + 400))) }
    });
    Chart {
        metric: if n.is_multiple_of(2) { "REACH" } else { "INTERACTIONS" }.to_owned(),
        unit: Unit::Count,
        kind: if n.is_multiple_of(2) { ChartKind::Line } else { ChartKind::Bars },
        points: points.collect::<Vec<Point>>(),
    }
}

fn by_network() -> Chart {
    let networks = [("Instagram", Some(1_840)), ("LinkedIn", Some(912)), ("Mastodon", None)];
    let points = networks.map(|(name, value)| Point {
        at: Place::Named(name.to_owned()),
        value: value.map(count),
        before: Some(count(800)),
    });
    Chart { metric: "INTERACTIONS".to_owned(), unit: Unit::Count, kind: ChartKind::Bars, points: points.to_vec() }
}

fn heat_map() -> HeatMap {
    let cells = (0..168_u8).filter(|n| n.is_multiple_of(3)).map(|n| HeatCell {
        weekday: Weekday::try_from(n / 24).unwrap_or(Weekday::Mon),
        hour: n % 24,
        value: Some(count(wave(n.into()) / 16)),
        posts: u32::from(n % 7 + 1),
        enough: n % 7 >= 2,
    });
    HeatMap { metric: "INTERACTIONS_PER_POST".to_owned(), cells: cells.collect() }
}

fn top_posts(said: &Said, posts: u32) -> PostsBlock {
    let posts = (0..posts).map(|n| {
        let known = i64::from(n);
        let [first, second] = said.posts;
        Post {
            text: if n.is_multiple_of(2) { first } else { second }.to_owned(),
            network_name: "Instagram".to_owned(),
            account_handle: "@cafe.darya".to_owned(),
            published_at: DateTime::from_timestamp(1_740_820_000 + known * 43_000, 0).unwrap_or_default(),
            url: Some(format!("https://social.example/p/{n}")),
            picture: (n % 3 != 2).then(picture),
            metrics: vec![
                ("INTERACTIONS".to_owned(), Some(count(wave(known)))),
                ("REACH".to_owned(), Some(count(wave(known) * 17))),
                ("SAVES".to_owned(), n.is_multiple_of(2).then(|| count(wave(known) / 40))),
            ],
        }
    });
    PostsBlock { metric: "INTERACTIONS".to_owned(), best: true, posts: posts.collect() }
}

fn audience() -> Vec<AudienceSlice> {
    let slice = |key: &str, known_percent: Option<Number>, parts: &[(&str, i64, Option<i64>)]| {
        let part = |(key, share, people): &(&str, i64, Option<i64>)| AudiencePart {
            key: (*key).to_owned(),
            share: cents(*share),
            people: *people,
        };
        AudienceSlice {
            key: key.to_owned(),
            known_percent,
            viewers_from: if known_percent.is_some() { Vec::new() } else { vec!["YouTube".to_owned()] },
            missing_networks: vec!["Mastodon".to_owned()],
            parts: parts.iter().map(part).collect(),
        }
    };
    let ages = [("18-24", 3_125, Some(1_031)), ("25-34", 4_375, Some(1_444)), ("35-44", 2_500, Some(825))];
    vec![
        slice("AUDIENCE_AGE", Some(cents(8_250)), &ages),
        // Of viewers: how many followers that are nobody knows.
        slice("AUDIENCE_GENDER", None, &[("FEMALE", 5_750, None), ("MALE", 3_500, None), ("OTHER", 750, None)]),
    ]
}

fn campaigns(said: &Said) -> Vec<Campaign> {
    let euros = |cents| (Number { mantissa: cents, places: 2 }, "EUR".to_owned());
    vec![Campaign {
        name: said.campaign.to_owned(),
        days: Days { from: day(2), to: day(23) },
        cost: Some(euros(125_000)),
        value: Some(euros(318_050)),
        conversions: Some(214),
        return_percent: Some(cents(15_444)),
    }]
}

fn budgets(said: &Said) -> Vec<Budget> {
    vec![Budget {
        name: said.campaign.to_owned(),
        currency: "EUR".to_owned(),
        allocated: cents(500_000),
        committed: cents(80_000),
        spent: cents(125_000),
        left: cents(295_000),
    }]
}

fn progress(said: &Said) -> Vec<Progress> {
    let counts = [("POSTS_WRITTEN", 21), ("POSTS_PUBLISHED", 18), ("REVIEWS_GIVEN", 4), ("TASKS_DONE", 33)];
    vec![Progress {
        name: said.person.to_owned(),
        level: "JUNIOR".to_owned(),
        counts: counts.map(|(key, count)| (key.to_owned(), count)).to_vec(),
    }]
}
