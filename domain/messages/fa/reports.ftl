# Reports that leave the house: schedules, letters, and the page of a shared report.

notice-report-paused = گزارش «{ $title }» دیگر تهیه نمی‌شود: مسئول آن دیگر اجازه ندارد یا قالبش حذف شده است. زمان‌بندی را بررسی کنید و سپس آن را ادامه دهید.
notice-report-not-made = گزارش «{ $title }» این بار تهیه یا ارسال نشد. آن را دستی درخواست کنید؛ زمان‌بندی ادامه دارد.
mail-report-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: گزارشی ارسال نشد
mail-report-ready = سلام،

    «{ $title }» برای { $brand }، از { $from } تا { $to }، آماده است. پیوند تا { $when } معتبر است و نیازی به ورود نیست.
    .subject = { $brand }: { $title }
    .button = خواندن گزارش

report-files = ذخیره به صورت:
report-no-page = گزارش را در یکی از این قالب‌ها ذخیره کنید:

report-title-client = گزارش بازاریابی
report-title-management = گزارش به مدیریت
report-title-team = گزارش تیم
