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
