# تحویل‌ها، پرداخت‌ها و ساعت‌ها. `deliverable-` صفحه‌ای است که طرف دیگر قرارداد در آن چیزی تحویل می‌دهد.

error-fee-exceeded = از مبلغ قرارداد تنها { $amount } { $currency } هنوز برنامه‌ریزی نشده است. کمتر برنامه‌ریزی کنید یا بر سر الحاقیه توافق کنید.
error-payment-blocked = { $why ->
    [NOT_SIGNED] این پرداخت تا امضای قرارداد منتظر می‌ماند.
    [NOT_ACCEPTED] این پرداخت تا پذیرفته شدن تحویل آن منتظر می‌ماند.
    [NOT_YET] روز این پرداخت هنوز نرسیده است.
    [NOT_COMMITTED] این پرداخت تا تعهد شدن پول آن روی یک ردیف بودجه منتظر می‌ماند. از مسئول بودجه بپرسید.
    [ABOVE_FEE] پرداخت‌های قرارداد از مبلغ آن بیشتر است. کمتر برنامه‌ریزی کنید.
   *[other] این پرداخت را هنوز نمی‌توان درخواست کرد.
}
error-payee-missing = کسی ننوشته است که این قرارداد به کدام حساب پرداخت می‌شود. نخست حساب را بنویسید.
error-payer-missing = کسی ننوشته است که برای این برند از کدام حساب پرداخت می‌شود. نخست حساب را بنویسید.
error-payments-under-way = دربارهٔ پرداخت‌های این قرارداد تصمیم گرفته می‌شود یا در راه بانک‌اند. نخست آن‌ها را پس بگیرید، فایل را برگردانید یا پرداخت‌شده ثبت کنید.
error-currency-not-sepa = سپا با یورو پرداخت می‌کند، نه با { $currency }. این پرداخت را به صورت CSV بگیرید.
error-account-not-sepa = این حساب در کشوری از سپا نیست. این پرداخت را به صورت CSV بگیرید.
error-not-transferable = این مبلغ را نمی‌توان منتقل کرد: چیزی از آن نمانده یا بیش از آن است که بانک می‌پذیرد.
error-iban-invalid = این شبا نیست: رقم‌های کنترلی آن نمی‌خواند. آن را از روی صورت‌حساب رونویسی کنید.
error-bic-invalid = این BIC نیست: ۸ یا ۱۱ حرف و رقم دارد، مانند COBADEFF.
error-bank-text-only = نام را با حروف لاتین بنویسید، همان گونه که بانک می‌شناسد.
error-not-found-published = کسی هنوز انتشار این را ندیده است. آن را ببینید و نتیجه را ثبت کنید، یا برگردانید.
error-not-found-disclosed = «{ $words }» در آن پیدا نشد. آن را ببینید و نتیجه را ثبت کنید، یا برگردانید.
error-work-rate-missing = برای { $day } نرخی نیست. نخست بهای هر ساعت را تعیین کنید.

deliverable-asks = { $agency } از { $name } می‌خواهد تحویل دهد · { $brand }
deliverable-due = تا { $when }
deliverable-brief = چه باید باشد
deliverable-disclosure = باید در آن نوشته باشد:
deliverable-submitted = این را تحویل داده‌اید. گروه آن را می‌بیند.
deliverable-accepted = این پذیرفته شد. دیگر کاری برای شما نمانده است.
deliverable-sent-back = این به شما برگشت. لطفاً دوباره تحویل دهید.
deliverable-withdrawn = به این دیگر نیازی نیست.
deliverable-hand-in = تحویل
deliverable-link = نشانی صفحه
deliverable-link-hint = جایی که منتشر شده است، مانند https://example.com/post/1.
deliverable-note = هر چه می‌خواهید بگویید
deliverable-send = نشانی را تحویل بده
deliverable-either = نشانی جایی را که منتشر شده است بفرستید، یا یک فایل: یکی از این دو.
deliverable-file = فایل
deliverable-file-hint = تصویری تا { $picture } مگابایت، فیلمی تا { $film } گیگابایت، یا PDF تا { $document } مگابایت.
deliverable-send-file = فایل را بفرست و تحویل بده

notice-deliverable-due = «{ $title }» باید تا { $until } تحویل داده شود و هنوز تحویل داده نشده است. از کسی که تحویلش می‌دهد بپرسید.
notice-deliverable-overdue = «{ $title }» باید تا { $until } تحویل داده می‌شد و نشد. از کسی که تحویلش می‌دهد بپرسید، یا روز دیگری قرار بگذارید.
mail-deliverable-link = سلام { $name }،

    { $agency } از شما می‌خواهد «{ $title }» را برای { $brand } تا { $due } تحویل دهید. در صفحهٔ پشت این پیوند، نشانی جایی را که منتشر شده است یا یک فایل می‌فرستید. لازم نیست وارد حساب شوید.

    پیوند تا { $when } کار می‌کند و تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما تحویل دهد.
    .subject = برای تحویل: { $title }
    .button = تحویل
mail-deliverable-sent-back = سلام { $name }،

    «{ $title }» برای { $brand } به شما برگشت:

    { $reason }

    لطفاً دوباره تحویل دهید. مهلت آن { $due } است.
    .subject = لطفاً دوباره تحویل دهید: { $title }
    .button = تحویل دوباره
mail-deliverable-soon = سلام { $name }،

    مهلت «{ $title }» برای { $brand } تا { $due } است و هنوز چیزی تحویل داده نشده است.
    .subject = مهلت نزدیک است: { $title }
    .button = تحویل
mail-deliverable-late = سلام { $name }،

    مهلت «{ $title }» برای { $brand } تا { $due } بود و چیزی تحویل داده نشد. لطفاً اکنون تحویل دهید، یا به تیم بگویید کی تحویل می‌دهید.
    .subject = مهلت گذشته است: { $title }
    .button = تحویل
mail-deliverable-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: مهلت چیزی که قرار بود تحویل شود
