# Calendars: what they refuse, and the words of the feeds that other programs subscribe to.

error-calendar-in-use = { $count ->
    [one] { $count } پست این تقویم هنوز در راه انتشار است.
   *[other] { $count } پست این تقویم هنوز در راه انتشارند.
} نخست آنچه را برنامه‌ریزی شده از برنامه بردارید.
error-not-planned = این پست هنوز زمانی ندارد. برای آن تاریخ و ساعت تعیین کنید.

# Where a post is on its way.
post-state-draft = پیش‌نویس
post-state-in-review = در حال بازبینی
post-state-changes-requested = نیازمند تغییر
post-state-approved = تأییدشده
post-state-scheduled = زمان‌بندی‌شده
post-state-publishing = در حال انتشار
post-state-published = منتشرشده
post-state-partially-published = بخشی منتشرشده
post-state-failed = ناموفق
post-state-paused = متوقف
post-state-canceled = لغوشده
post-state-archived = بایگانی‌شده

feed-state = وضعیت: { $state }
feed-accounts = حساب‌ها: { $accounts }

# Templates and hashtag sets.
error-variable-not-declared = سطر { $line }، نویسهٔ { $column }: الگو متغیری به نام «{ $name }» تعریف نکرده است. آن را تعریف کنید، یا یکی از متغیرهای موجود را به کار ببرید.
error-variable-name-bad = سطر { $line }، نویسهٔ { $column }: «{ $name }» نام متغیر نیست. میان آکولادها یک نام بنویسید: حرف، رقم و زیرخط، که با حرف آغاز شود.
error-variable-not-closed = سطر { $line }، نویسهٔ { $column }: این متغیر بسته نشده است. پس از نام آن دو آکولاد بسته بنویسید.
error-variable-missing = «{ $label }» ({ $name }) هنوز مقدار ندارد. آن را پر کنید.
error-hashtags-not-for-network = این هشتگ‌ها برای { $networks } هستند، نه برای { $network }. مجموعهٔ دیگری انتخاب کنید.
