# See en/mail.ftl.

letter-open = باز کردن
letter-in-full = اگر دکمه کار نمی‌کند، این نشانی را باز کنید:
letter-link = این نشانی را باز کنید:
letter-footer = این نامه را دیوان در { $server } خودکار نوشته است. اگر انتظارش را نداشتید، لازم نیست کاری انجام دهید.

mail-invitation = سلام { $name }،

    { $inviter } شما را به { $agency } در دیوان دعوت کرده است. برای آغاز، گذرواژه‌ای انتخاب کنید.

    { $days ->
        [one] این دعوت { $days } روز اعتبار دارد.
       *[other] این دعوت { $days } روز اعتبار دارد.
    }
    .subject = { $inviter } شما را به { $agency } دعوت کرده است
    .button = پذیرفتن دعوت

mail-place-added = سلام { $name }،

    { $inviter } از { $agency } شما را به این برندها اضافه کرده است: { $brands }. از ورود بعدی آن‌ها را می‌بینید.
    .subject = شما به { $brands } اضافه شدید

mail-place-ending = سلام { $name }،

    همکاری شما در { $brand } در { $end } ({ $zone }) پایان می‌یابد. اگر زمان بیشتری لازم دارید، از تیم { $brand } بخواهید.
    .subject = همکاری شما در { $brand } به‌زودی پایان می‌یابد

mail-place-ending-team = همکاری { $name } در { $brand } در { $end } ({ $zone }) پایان می‌یابد.

    اگر زمان بیشتری به او نیاز دارید، پیش از آن تمدید کنید. وگرنه کارهای بازش را به دیگری بسپارید.
    .subject = { $name } به‌زودی از { $brand } می‌رود
mail-comment =
    سلام { $name }،

    { $how ->
        [reply] { $by } به نظر شما دربارهٔ «{ $title }» پاسخ داد:
       *[mention] { $by } در نظری دربارهٔ «{ $title }» از شما نام برد:
    }

    { $body }
    .subject = { $by }: { $title }
mail-password-reset =
    سلام { $name }،

    کسی درخواست کرده است که برای حساب شما گذرواژهٔ تازه‌ای انتخاب شود. اگر خود شما بوده‌اید، پیوند زیر را تا یک ساعت دیگر باز کنید. این پیوند یک بار کار می‌کند و به همهٔ نشست‌های باز شما پایان می‌دهد.

    اگر شما نبوده‌اید، لازم نیست کاری بکنید: گذرواژهٔ شما همان که بود می‌ماند.
    .subject = انتخاب گذرواژهٔ تازه


approval-who-level-any = هر کس با سطح { $level } یا بالاتر
approval-who-level-all = همهٔ کسانی که سطح { $level } دارند
approval-who-people = { $names }
approval-who-client = مشتری
approval-who-limit = کسی که سقفش این مبلغ را دربرمی‌گیرد (سطح { $level })
approval-who-team = تیم آژانس
approval-outcome-approved = تأیید شد
approval-outcome-changes-requested = تغییر خواسته شد
approval-outcome-withdrawn = پس گرفته شد
approval-outcome-voided = باطل شد، چون تغییر کرده بود
mail-approval-requested =
    سلام { $name }،

    { $requester } برای «{ $title }» تأیید می‌خواهد. لطفاً آن را ببینید و سپس تأیید کنید یا بگویید چه چیزی باید تغییر کند.
    .subject = برای تأیید شما: { $title }
mail-approval-reminder =
    سلام { $name }،

    «{ $title }» که { $requester } برایش تأیید خواسته بود، هنوز منتظر شماست. لطفاً آن را تأیید کنید یا بگویید چه چیزی باید تغییر کند.
    .subject = هنوز منتظر تأیید شما: { $title }
mail-approval-decided =
    سلام { $name }،

    آنچه برای تأیید فرستاده بودید، «{ $title }»، پاسخ گرفت: { $outcome }.

    { $comment }
    .subject = { $title }: { $outcome }
mail-post-assigned =
    سلام { $name }،

    { $by } کار روی «{ $title }» را به شما سپرده است.{ $dated ->
        [yes] {" "}مهلت آن { $due } است.
       *[no] {""}
    }

    { $brief }
    .subject = برای شما: { $title }
