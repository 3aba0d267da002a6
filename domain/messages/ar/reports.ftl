# Reports that leave the house: schedules, letters, and the page of a shared report.

notice-report-paused = توقّف إعداد التقرير «{ $title }»: لم يعد المسؤول عنه مخوَّلًا، أو حُذف قالبه. راجع الجدولة ثم استأنفها.
notice-report-not-made = تعذّر إعداد التقرير «{ $title }» أو إرساله هذه المرّة. اطلبه يدويًّا؛ والجدولة مستمرّة.
mail-report-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: تقرير لم يُرسَل
mail-report-ready = مرحبًا،

    «{ $title }» لـ{ $brand }، من { $from } إلى { $to }، جاهز. الرابط صالح حتى { $when }، ولا حاجة إلى تسجيل الدخول.
    .subject = { $brand }: { $title }
    .button = اقرأ التقرير

report-files = حفظ بصيغة:
report-no-page = احفظ التقرير بإحدى هذه الصيغ:

report-title-client = تقرير التسويق
report-title-management = تقرير إلى الإدارة
report-title-team = تقرير الفريق
