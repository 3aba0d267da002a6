# See en/proposals.ftl.

error-proposal-without-lines = هنوز چیزی پیشنهاد نشده است. نخست یک ردیف با قیمت اضافه کنید.
error-proposal-not-reviewed = تیم هنوز این نسخه را تأیید نکرده است. منتظر بررسی بمانید، سپس بفرستید.

offer-from = { $agency } این را به { $name } پیشنهاد می‌کند · { $brand }
offer-until = تا پایان { $when } می‌توانید آن را بپذیرید.
offer-scope = آنچه انجام می‌دهیم
offer-when = زمان
offer-term = { $title }: { $from } – { $to }
offer-lines = هزینه‌ها
offer-discount = تخفیف
offer-tax = مالیات { $percent }٪
offer-net = بدون مالیات
offer-tax-total = مالیات
offer-gross = قابل پرداخت
offer-gross-hint = بدون گزینه‌هایی که می‌توانید در پایین انتخاب کنید.
offer-terms = شرایط
offer-file = پیشنهاد به‌صورت PDF
offer-said = آنچه گفته شده است
offer-comment = پرسش یا نظر
offer-send = فرستادن
offer-answer = پاسخ شما
offer-options = گزینه‌ها: آنچه را که افزون بر این می‌خواهید علامت بزنید
offer-name = نام کامل شما
offer-name-hint = نام شما و دکمهٔ پایین امضای شما هستند. زمان، نشانی شما در شبکه و چکیدهٔ دقیق همین پیشنهاد همراه آن نگه داشته می‌شود.
offer-accept = پذیرفتن و امضا
offer-reason = اگر مناسب شما نیست: چرا؟
offer-decline = رد کردن
offer-accepted = { $who } این را پذیرفت: { $when }.
offer-digest = چکیدهٔ آنچه پذیرفته شد (SHA-256):
offer-declined = این پیشنهاد رد شد. کار دیگری برای شما نمانده است.
offer-too-late = زمان پذیرفتن آن گذشته است. از { $agency } پیشنهاد تازه‌ای بخواهید.

budget-category-ads = تبلیغات
budget-category-influencers = اینفلوئنسرها
budget-category-production = تولید
budget-category-freelancers = فریلنسرها
budget-category-staff = تیم ما
budget-category-tools = ابزارها
budget-category-other = سایر

mail-proposal-sent = سلام { $name }،

    { $agency } پیشنهادی برای { $brand } دارد: «{ $title }». آن را بخوانید، هر چه می‌خواهید بپرسید، سپس بپذیرید یا رد کنید. لازم نیست وارد شوید. تا پایان { $until } اعتبار دارد.

    این پیوند تنها برای شماست: هر که آن را داشته باشد می‌تواند به جای شما پاسخ دهد.
    .subject = پیشنهادی برای شما: { $title }
    .button = خواندن پیشنهاد

mail-proposal-reply = سلام { $name }،

    { $who } دربارهٔ پیشنهاد «{ $title }» نوشت:

    { $words }

    با پیوندی که برایتان فرستاده شده است می‌توانید در صفحهٔ آن پاسخ دهید.
    .subject = { $who }: { $title }

mail-proposal-accepted = سلام { $name }،

    { $who } «{ $title }» را پذیرفت. پروژه، بودجه و کمپین‌های آن باز شدند.
    .subject = پذیرفته شد: { $title }

mail-proposal-declined = سلام { $name }،

    { $who } «{ $title }» را رد کرد:

    { $words }
    .subject = رد شد: { $title }

mail-proposal-commented = سلام { $name }،

    { $who } دربارهٔ «{ $title }» نوشت:

    { $words }
    .subject = { $who }: { $title }

mail-proposal-expired = سلام { $name }،

    { $who } به‌موقع به «{ $title }» پاسخ نداد. برای پیشنهاد دوباره، آن را بازنگری کنید.
    .subject = بی‌پاسخ: { $title }

# The file of what was accepted, and its last page.
offer-signed-file = آنچه پذیرفته شد، امضاشده، به‌صورت PDF
offer-acceptance = پذیرش
offer-taken = همهٔ مبلغ‌ها به { $currency } است. آنچه پذیرفته شد همراه با گزینه‌های برگزیده آمده است.

mail-proposal-link = سلام { $name }،

    این پیوند تازهٔ پیشنهاد «{ $title }» است. پیوندی که پیش‌تر داشتید دیگر کار نمی‌کند.

    این پیوند تنها برای شماست: هر که آن را داشته باشد می‌تواند به جای شما پاسخ دهد.
    .subject = پیوند تازه: { $title }
    .button = باز کردن پیشنهاد

mail-proposal-signed = سلام { $name }،

    «{ $title }» پذیرفته شد. آنچه پذیرفته شد به‌صورت سندی امضاشده پشت این پیوند است که تا { $when } اعتبار دارد. لطفاً آن را ذخیره کنید.
    .subject = امضا شد: { $title }
    .button = دیدن پیشنهاد امضاشده
