# See en/review.ftl.

review-asks = { $agency } از { $name } تأیید می‌خواهد · { $brand }
review-due = زمان انتشار: { $when } ({ $zone })
review-not-planned = زمان انتشار هنوز تعیین نشده است.
review-until = لطفاً تا { $when } پاسخ دهید.
review-on = پست در { $network }
review-alt = توضیح تصویر: { $alt }
review-document = سند: { $name }
review-card = { $network } پیش‌نمایشی از این صفحه می‌افزاید.
review-thread = ادامهٔ رشته
review-first-comment = نخستین نظر، از خود حساب
review-link = به‌صورت کارتی نشان داده می‌شود که به این صفحه می‌رود.
review-options = تنظیم‌ها
review-said = گفت‌وگو
review-you = شما
review-comment = نظر
review-send = فرستادن نظر
review-decide = تصمیم شما
review-words = چه چیزی باید تغییر کند، یا هر چه می‌خواهید بگویید
review-words-hint = اگر تغییر می‌خواهید، نوشتن آن لازم است.
review-words-missing = بگویید چه چیزی باید تغییر کند.
review-comment-missing = نخست نظرتان را بنویسید.
review-approve = تأیید
review-change = درخواست تغییر
review-decided-approved = شما این را تأیید کردید: { $when }.
review-decided-changes-requested = شما تغییر خواستید: { $when }.
review-decided-by-approved = { $who } این را تأیید کرد: { $when }.
review-decided-by-changes-requested = { $who } تغییر خواست: { $when }.
review-not-asked = اکنون نوبت تصمیم شما نیست. نوبتتان که شد، نامه‌ای می‌گیرید.
review-goes-on = از این‌جا به بعد با تیم است. کار دیگری از شما لازم نیست.
review-over-approved = پست تأیید شده است. کار دیگری از شما لازم نیست.
review-over-changes-requested = تیم پست را تغییر می‌دهد و دوباره از شما می‌پرسد.
review-is-newer = تیم روی نسخهٔ تازه‌تری کار می‌کند و دربارهٔ آن از شما خواهد پرسید.
review-changed = از وقتی صفحه را باز کردید، این تغییر کرده است. پاسخ شما به حساب نیامد: یک بار دیگر نگاه کنید و سپس تصمیم بگیرید.
review-not-counted = پاسخ شما به حساب نیامد. { $why }
review-expires = این صفحه برای { $name } است و تا { $when } کار می‌کند. لطفاً پیوند را به کسی ندهید: هر کس آن را داشته باشد، می‌تواند به جای شما پاسخ دهد.
review-title = تأیید
review-ended = این پیوند پایان یافته است
review-ended-expired = زمانش گذشته است. از تیم پیوند تازه‌ای بخواهید.
review-ended-revoked = تیم به آن پایان داده است. از آن‌ها پیوند تازه‌ای بخواهید.
review-ended-withdrawn = تیم دیگر دربارهٔ این پست نمی‌پرسد. کاری از شما لازم نیست.
review-ended-voided = پست تغییر کرده است و آنچه از شما پرسیده شده بود، دیگر همان نیست که منتشر می‌شود. وقتی تیم دوباره بپرسد، پیوند تازه‌ای می‌گیرید.
review-unknown = این پیوند معتبر نیست. آن را همان‌گونه که در نامه آمده است باز کنید، یا از تیم پیوند تازه‌ای بخواهید.

mail-review-requested = سلام { $name }،

    { $requester } برای «{ $title }» تأیید شما را می‌خواهد. آن را ببینید و سپس تأیید کنید یا بگویید چه چیزی باید تغییر کند. لازم نیست وارد حساب شوید.

    { $days ->
        [one] پیوند یک روز اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما پاسخ دهد.
       *[other] پیوند { $days } روز اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما پاسخ دهد.
    }
    .subject = برای تأیید شما: { $title }
    .button = دیدن و تصمیم گرفتن

mail-review-reminder = سلام { $name }،

    «{ $title }» که { $requester } تأیید شما را برایش خواسته بود، هنوز منتظر شماست. آن را ببینید و سپس تأیید کنید یا بگویید چه چیزی باید تغییر کند. لازم نیست وارد حساب شوید.

    { $days ->
        [one] پیوند یک روز اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما پاسخ دهد.
       *[other] پیوند { $days } روز اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما پاسخ دهد.
    }
    .subject = هنوز منتظر تأیید شما: { $title }
    .button = دیدن و تصمیم گرفتن

option-visibility = چه کسانی می‌بینند
option-visibility-public = همه
option-visibility-unlisted = همه، ولی نه در خط زمانی عمومی
option-visibility-private = فقط دنبال‌کنندگان
option-visibility-direct = فقط کسانی که نامشان برده شده
option-sensitive = تصویرها حساس‌اند و در آغاز پوشیده‌اند
option-spoiler-text = هشدار محتوا
option-silent = بی‌صدا فرستاده می‌شود
option-protected = بازفرستادن و ذخیره‌اش ممکن نیست
option-link-preview = پیش‌نمایش پیوند
option-link-preview-none = بدون پیش‌نمایش
option-link-preview-small = کوچک
option-link-preview-large = بزرگ
option-link-preview-above = پیش‌نمایش پیوند بالای متن می‌آید
option-caption-above = متن بالای تصویرها می‌آید
option-poll = پاسخ‌های نظرسنجی، هر کدام در یک سطر
option-poll-minutes = مدت نظرسنجی به دقیقه
option-poll-multiple = در نظرسنجی می‌توان چند پاسخ برگزید
option-board = تابلو
option-format = قالب
option-format-feed = پست
option-format-reel = ریل
option-format-story = استوری
option-title = عنوان
option-cover-seconds = لحظه‌ای از فیلم که جلد آن است، به ثانیه
option-reply-settings = چه کسانی می‌توانند پاسخ دهند
option-reply-settings-following = کسانی که حساب دنبالشان می‌کند
option-reply-settings-mentioned-users = فقط کسانی که نامشان برده شده
option-reply-settings-subscribers = فقط مشترکان
option-reply-settings-verified = فقط حساب‌های تأییدشده
option-made-with-ai = با هوش مصنوعی ساخته شده
option-visibility-connections = فقط ارتباط‌های حساب
option-link-title = عنوان پیوند
option-document-title = عنوان سند
option-link-description = شرح پیوند
option-poll-question = پرسش نظرسنجی
option-poll-duration = نظرسنجی چه مدت باز است
option-poll-duration-one-day = یک روز
option-poll-duration-three-days = سه روز
option-poll-duration-seven-days = یک هفته
option-poll-duration-fourteen-days = دو هفته
option-privacy = چه کسانی می‌بینند
option-privacy-public = همه
option-privacy-unlisted = کسانی که پیوند را دارند
option-privacy-private = هیچ‌کس دیگر
option-made-for-kids = برای کودکان ساخته شده
option-tags = برچسب‌ها، هر کدام در یک سطر
option-category = دسته
option-disable-comment = کسی نمی‌تواند نظر بدهد
option-disable-duet = کسی نمی‌تواند دوئت بسازد
option-disable-stitch = کسی نمی‌تواند آن را استیچ کند
option-brand-organic = تبلیغ برند خود شماست
option-brand-content = همکاری تبلیغاتی با پرداخت است
option-post-type = نوع پست
option-post-type-update = خبر
option-post-type-event = رویداد
option-post-type-offer = پیشنهاد
option-event-title = عنوان رویداد یا پیشنهاد
option-starts-at = آغاز، به شکل 2027-01-31 یا 2027-01-31 18:30
option-ends-at = پایان، به شکل 2027-01-31 یا 2027-01-31 18:30
option-button = دکمه
option-button-book = رزرو
option-button-order = سفارش
option-button-shop = خرید
option-button-learn-more = بیشتر بدانید
option-button-sign-up = ثبت‌نام
option-button-call = تماس
option-button-link = مقصد دکمه
option-coupon-code = کد تخفیف
option-redeem-link = جایی که پیشنهاد استفاده می‌شود
option-terms = شرایط پیشنهاد
option-topic = موضوع
option-reply-control = چه کسانی می‌توانند پاسخ دهند
option-reply-control-everyone = همه
option-reply-control-accounts-you-follow = کسانی که حساب دنبالشان می‌کند
option-reply-control-mentioned-only = فقط کسانی که نامشان برده شده
option-reply-control-followers-only = فقط دنبال‌کنندگان
option-share-to-feed = ریل میان پست‌ها هم نمایش داده می‌شود
option-yes = بله
option-no = نه
