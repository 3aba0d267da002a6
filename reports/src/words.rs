//! Every fixed word of a report, in each language. A new language is one more table here and one line in [`words`].

use crate::language::Language;

/// The words of one language. `{n}` and the like are replaced; no phrase needs a plural form.
pub(crate) struct Words {
    pub(crate) report: &'static str,
    pub(crate) generated: &'static str,
    pub(crate) time_zone: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) by_day: &'static str,
    pub(crate) published_by_day: &'static str,
    pub(crate) interactions_by_day: &'static str,
    pub(crate) posts: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) post: &'static str,
    pub(crate) account: &'static str,
    pub(crate) published: &'static str,
    pub(crate) posts_published: &'static str,
    /// `{n}` of `{m}` posts were measured.
    pub(crate) measured: &'static str,
    /// Last measured at `{when}`.
    pub(crate) measured_at: &'static str,
    pub(crate) never_measured: &'static str,
    pub(crate) no_posts: &'static str,
    pub(crate) no_accounts: &'static str,
    pub(crate) untitled: &'static str,
    /// What the sign for a missing number means.
    pub(crate) legend: &'static str,
    /// Page `{n}` of `{m}`.
    pub(crate) page: &'static str,
    pub(crate) comma: &'static str,
    /// As a heading.
    pub(crate) months: [&'static str; 12],
    /// After the number of a day.
    pub(crate) months_in_dates: [&'static str; 12],
    /// In the order of [`METRICS`].
    pub(crate) metrics: [&'static str; METRICS.len()],
}

/// The metrics that have words, in the order in which reports show them.
pub(crate) const METRICS: [&str; 21] = [
    "INTERACTIONS",
    "ENGAGEMENTS",
    "LIKES",
    "REACTIONS",
    "COMMENTS",
    "REPLIES",
    "SHARES",
    "REPOSTS",
    "QUOTES",
    "REACH",
    "IMPRESSIONS",
    "VIEWS",
    "VIDEO_VIEWS",
    "CLICKS",
    "LINK_CLICKS",
    "SAVES",
    "PROFILE_VIEWS",
    "FOLLOWERS",
    "FOLLOWS",
    "NEGATIVE_FEEDBACK",
    "DISLIKES",
];

/// The words of a language.
pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Fa => &FA,
        Language::Ar => &AR,
        Language::El => &EL,
        Language::He => &HE,
    }
}

impl Words {
    /// The word for a metric; a key that has none is written out as words.
    pub(crate) fn metric(&self, key: &str) -> String {
        METRICS.iter().position(|known| known.eq_ignore_ascii_case(key)).map_or_else(
            || {
                let plain = key.replace('_', " ").to_lowercase();
                let mut letters = plain.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            },
            |index| self.metrics[index].to_owned(),
        )
    }
}

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

static EN: Words = Words {
    report: "Monthly report",
    generated: "Generated",
    time_zone: "Time zone",
    summary: "Summary",
    by_day: "Day by day",
    published_by_day: "Posts published",
    interactions_by_day: "Interactions",
    posts: "Posts",
    accounts: "Accounts",
    post: "Post",
    account: "Account",
    published: "Published",
    posts_published: "Posts published",
    measured: "{n} of {m} posts measured",
    measured_at: "measured {when}",
    never_measured: "not measured",
    no_posts: "No posts were published in this month.",
    no_accounts: "No accounts published in this month.",
    untitled: "Untitled",
    legend: "no figure available; this is not zero",
    page: "Page {n} of {m}",
    comma: ",",
    months: ENGLISH_MONTHS,
    months_in_dates: ENGLISH_MONTHS,
    metrics: [
        "Interactions",
        "Engagements",
        "Likes",
        "Reactions",
        "Comments",
        "Replies",
        "Shares",
        "Reposts",
        "Quotes",
        "Reach",
        "Impressions",
        "Views",
        "Video views",
        "Clicks",
        "Link clicks",
        "Saves",
        "Profile views",
        "Followers",
        "Follows",
        "Negative feedback",
        "Dislikes",
    ],
};

const PERSIAN_MONTHS: [&str; 12] =
    ["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"];

static FA: Words = Words {
    report: "گزارش ماهانه",
    generated: "زمان تهیه",
    time_zone: "منطقهٔ زمانی",
    summary: "خلاصه",
    by_day: "روز به روز",
    published_by_day: "پست‌های منتشرشده",
    interactions_by_day: "تعامل‌ها",
    posts: "پست‌ها",
    accounts: "حساب‌ها",
    post: "پست",
    account: "حساب",
    published: "انتشار",
    posts_published: "پست‌های منتشرشده",
    measured: "{n} از {m} پست سنجیده شده",
    measured_at: "سنجش: {when}",
    never_measured: "سنجیده نشده",
    no_posts: "در این ماه پستی منتشر نشده است.",
    no_accounts: "در این ماه هیچ حسابی پستی منتشر نکرده است.",
    untitled: "بدون عنوان",
    legend: "عددی در دسترس نیست؛ به معنی صفر نیست",
    page: "صفحهٔ {n} از {m}",
    comma: "،",
    months: PERSIAN_MONTHS,
    months_in_dates: PERSIAN_MONTHS,
    metrics: [
        "تعامل‌ها",
        "درگیری",
        "پسند",
        "واکنش",
        "دیدگاه",
        "پاسخ",
        "اشتراک‌گذاری",
        "بازنشر",
        "نقل‌قول",
        "دسترسی",
        "نمایش",
        "بازدید",
        "بازدید ویدیو",
        "کلیک",
        "کلیک پیوند",
        "ذخیره",
        "بازدید نمایه",
        "دنبال‌کننده",
        "دنبال‌کردن",
        "بازخورد منفی",
        "نپسندیدن",
    ],
};

const ARABIC_MONTHS: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

static AR: Words = Words {
    report: "التقرير الشهري",
    generated: "وقت الإعداد",
    time_zone: "المنطقة الزمنية",
    summary: "الملخص",
    by_day: "يومًا بيوم",
    published_by_day: "المنشورات",
    interactions_by_day: "التفاعلات",
    posts: "المنشورات",
    accounts: "الحسابات",
    post: "المنشور",
    account: "الحساب",
    published: "النشر",
    posts_published: "عدد المنشورات",
    measured: "المنشورات المقيسة: {n} من {m}",
    measured_at: "وقت القياس: {when}",
    never_measured: "لم يُقَس",
    no_posts: "لم يُنشر أي منشور في هذا الشهر.",
    no_accounts: "لم ينشر أي حساب في هذا الشهر.",
    untitled: "بلا عنوان",
    legend: "لا رقم متاح، ولا يعني ذلك صفرًا",
    page: "صفحة {n} من {m}",
    comma: "،",
    months: ARABIC_MONTHS,
    months_in_dates: ARABIC_MONTHS,
    metrics: [
        "التفاعلات",
        "المشاركة",
        "الإعجابات",
        "ردود الفعل",
        "التعليقات",
        "الردود",
        "المشاركات",
        "إعادة النشر",
        "الاقتباسات",
        "الوصول",
        "مرات الظهور",
        "المشاهدات",
        "مشاهدات الفيديو",
        "النقرات",
        "نقرات الرابط",
        "الحفظ",
        "زيارات الملف",
        "المتابعون",
        "المتابعات",
        "ملاحظات سلبية",
        "عدم الإعجاب",
    ],
};

static EL: Words = Words {
    report: "Μηνιαία αναφορά",
    generated: "Δημιουργήθηκε",
    time_zone: "Ζώνη ώρας",
    summary: "Σύνοψη",
    by_day: "Ανά ημέρα",
    published_by_day: "Δημοσιεύσεις",
    interactions_by_day: "Αλληλεπιδράσεις",
    posts: "Δημοσιεύσεις",
    accounts: "Λογαριασμοί",
    post: "Δημοσίευση",
    account: "Λογαριασμός",
    published: "Ημερομηνία",
    posts_published: "Δημοσιεύσεις",
    measured: "μετρήθηκαν {n} από {m}",
    measured_at: "μέτρηση: {when}",
    never_measured: "χωρίς μέτρηση",
    no_posts: "Δεν υπάρχουν δημοσιεύσεις αυτόν τον μήνα.",
    no_accounts: "Κανένας λογαριασμός δεν δημοσίευσε αυτόν τον μήνα.",
    untitled: "Χωρίς τίτλο",
    legend: "δεν υπάρχει διαθέσιμος αριθμός· δεν σημαίνει μηδέν",
    page: "Σελίδα {n} από {m}",
    comma: ",",
    months: [
        "Ιανουάριος",
        "Φεβρουάριος",
        "Μάρτιος",
        "Απρίλιος",
        "Μάιος",
        "Ιούνιος",
        "Ιούλιος",
        "Αύγουστος",
        "Σεπτέμβριος",
        "Οκτώβριος",
        "Νοέμβριος",
        "Δεκέμβριος",
    ],
    months_in_dates: [
        "Ιανουαρίου",
        "Φεβρουαρίου",
        "Μαρτίου",
        "Απριλίου",
        "Μαΐου",
        "Ιουνίου",
        "Ιουλίου",
        "Αυγούστου",
        "Σεπτεμβρίου",
        "Οκτωβρίου",
        "Νοεμβρίου",
        "Δεκεμβρίου",
    ],
    metrics: [
        "Αλληλεπιδράσεις",
        "Συμμετοχή",
        "Μου αρέσει",
        "Αντιδράσεις",
        "Σχόλια",
        "Απαντήσεις",
        "Κοινοποιήσεις",
        "Αναδημοσιεύσεις",
        "Παραθέσεις",
        "Απήχηση",
        "Εμφανίσεις",
        "Προβολές",
        "Προβολές βίντεο",
        "Κλικ",
        "Κλικ συνδέσμου",
        "Αποθηκεύσεις",
        "Προβολές προφίλ",
        "Ακόλουθοι",
        "Νέοι ακόλουθοι",
        "Αρνητικά σχόλια",
        "Δεν μου αρέσει",
    ],
};

static HE: Words = Words {
    report: "דוח חודשי",
    generated: "הופק",
    time_zone: "אזור זמן",
    summary: "סיכום",
    by_day: "יום אחר יום",
    published_by_day: "פוסטים שפורסמו",
    interactions_by_day: "אינטראקציות",
    posts: "פוסטים",
    accounts: "חשבונות",
    post: "פוסט",
    account: "חשבון",
    published: "פורסם",
    posts_published: "פוסטים שפורסמו",
    measured: "נמדדו {n} מתוך {m} פוסטים",
    measured_at: "נמדד: {when}",
    never_measured: "לא נמדד",
    no_posts: "לא פורסמו פוסטים בחודש זה.",
    no_accounts: "אף חשבון לא פרסם בחודש זה.",
    untitled: "ללא כותרת",
    legend: "אין נתון זמין; אין פירושו אפס",
    page: "עמוד {n} מתוך {m}",
    comma: ",",
    months: [
        "ינואר",
        "פברואר",
        "מרץ",
        "אפריל",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט",
        "ספטמבר",
        "אוקטובר",
        "נובמבר",
        "דצמבר",
    ],
    months_in_dates: [
        "בינואר",
        "בפברואר",
        "במרץ",
        "באפריל",
        "במאי",
        "ביוני",
        "ביולי",
        "באוגוסט",
        "בספטמבר",
        "באוקטובר",
        "בנובמבר",
        "בדצמבר",
    ],
    metrics: [
        "אינטראקציות",
        "מעורבות",
        "לייקים",
        "תגובות רגש",
        "תגובות",
        "מענים",
        "שיתופים",
        "פרסומים מחדש",
        "ציטוטים",
        "חשיפה",
        "הופעות",
        "צפיות",
        "צפיות וידאו",
        "הקלקות",
        "הקלקות קישור",
        "שמירות",
        "צפיות בפרופיל",
        "עוקבים",
        "מעקבים חדשים",
        "משוב שלילי",
        "דיסלייקים",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_keep_their_places_and_nothing_is_empty() {
        for language in Language::ALL {
            let words = words(language);
            for phrase in [words.measured, words.page] {
                assert!(phrase.contains("{n}") && phrase.contains("{m}"), "{phrase}");
            }
            assert!(words.measured_at.contains("{when}"));
            assert!(
                words.metrics.iter().chain(&words.months).chain(&words.months_in_dates).all(|word| !word.is_empty())
            );
        }
    }

    #[test]
    fn an_unknown_metric_is_written_out() {
        assert_eq!(words(Language::En).metric("STORY_TAPS_BACK"), "Story taps back");
        assert_eq!(words(Language::Fa).metric("LIKES"), "پسند");
        assert_eq!(words(Language::En).metric(""), "");
    }
}
