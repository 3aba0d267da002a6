# قراردادها: آنچه سند و صفحهٔ آن‌ها می‌گوید، و نامه‌هایی که پیوند را می‌آورند.

error-contract-work-open =
    { $count ->
        [one] { $count } تحویل یا پرداخت این قرارداد هنوز باز است. آن را بپذیرید یا پس بگیرید، بپردازید یا لغو کنید و سپس قرارداد را تمام کنید.
       *[other] { $count } تحویل و پرداخت این قرارداد هنوز باز است. آن‌ها را بپذیرید یا پس بگیرید، بپردازید یا لغو کنید و سپس قرارداد را تمام کنید.
    }
error-contract-both-sides = هیچ‌کس هر دو سوی قرارداد را در دست ندارد: کسی که از سوی ما امضا می‌کند، برای طرف دیگر پیوند نمی‌سازد. از همکاری بخواهید.

contract-kind-influencer = قرارداد با اینفلوئنسر
contract-kind-agency = قرارداد با آژانس
contract-kind-vendor = قرارداد با فروشنده
contract-kind-freelancer = قرارداد با فریلنسر
contract-between = میان { $agency }، برای { $brand }، و { $party }
contract-terms = آنچه توافق شده است
contract-party = طرف دیگر
contract-party-address = نشانی
contract-fee = دستمزد
contract-starts = نخستین روز
contract-ends = آخرین روز
contract-open-end = تا زمانی که یکی از دو طرف به آن پایان دهد
contract-exclusivity = انحصار
contract-exclusive-until = انحصار تا
contract-disclosure = در هر پست می‌آید
contract-usage = حق استفاده
contract-usage-until = حق استفاده تا
contract-amendment = الحاقیه
contract-amends = این سند «{ $title }» را که در { $when } امضا شده است تغییر می‌دهد. هرجا هر دو دربارهٔ یک چیز باشند، این معتبر است.
contract-signatures = امضاها
contract-signed-at = زمان امضا
contract-signed-at-utc = به وقت جهانی
contract-signed-from = از نشانی
contract-document-hash = ‏SHA-256 سندی که هر دو طرف امضا کرده‌اند
contract-version = نسخهٔ { $number }

sign-document = ذخیرهٔ سند (PDF)
sign-heading = امضا
sign-intro = با امضا، این قرارداد را همان‌گونه که در سند آمده است می‌پذیرید. نام شما، زمان و نشانی دستگاه شما همراه آن نگه داشته می‌شود.
sign-name = نام کامل شما
sign-name-hint = همان‌گونه که باید پای قرارداد بیاید.
sign-submit = قرارداد را امضا می‌کنم
sign-reason = اگر نمی‌خواهید امضا کنید: چرا؟
sign-decline = رد کردن
sign-by = { $name } از سوی { $side } امضا کرد: { $when }
sign-waiting = شما امضا کرده‌اید. طرف دیگر هنوز امضا نکرده است.
sign-signed = هر دو طرف این قرارداد را امضا کرده‌اند.
sign-declined = این قرارداد رد شد. دیگر کسی آن را امضا نمی‌کند.
sign-over = این قرارداد پایان یافته است.

notice-contract-ending = «{ $title }» در { $until } پایان می‌یابد. آن را تمدید کنید، بگذارید پایان یابد، یا آن هنگام تمامش کنید.
mail-contract-to-sign = سلام { $name }،

    «{ $title }» برای { $brand } آمادهٔ امضاست. آن را بخوانید و سپس امضا کنید یا بگویید چرا نه. لازم نیست وارد حساب شوید.

    پیوند تا { $when } اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما امضا کند.
    .subject = برای امضا: { $title }
    .button = خواندن و امضا
mail-contract-signed = سلام { $name }،

    هر دو طرف «{ $title }» را برای { $brand } امضا کرده‌اند. سند همراه با امضاها پشت این پیوند است که تا { $when } اعتبار دارد. لطفاً آن را ذخیره کنید.
    .subject = امضا شد: { $title }
    .button = دیدن قرارداد
mail-contract-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: قراردادی به‌زودی پایان می‌یابد

negotiation-intro = این قرارداد با { $agency } در دست گفت‌وگوست. تا هر دو طرف امضا نکرده‌اند، هیچ چیز آن کسی را متعهد نمی‌کند. پرسش یا نظر خود را پایین بنویسید.
negotiation-deciding = { $agency } اکنون دربارهٔ آن تصمیم می‌گیرد. وقتی نوبت امضا شد، خبرتان می‌کنیم.
negotiation-sent = این قرارداد با پیوند دیگری برای امضا فرستاده شد. لطفاً آن نامه را ببینید.
notice-contract-commented = { $who } دربارهٔ «{ $title }» نوشت. آن را بخوانید و سپس پاسخ دهید یا قرارداد را تغییر دهید.
mail-contract-to-read = سلام { $name }،

    این پیش‌نویس «{ $title }» برای { $brand } است. آن را بخوانید و در صفحه‌اش بپرسید یا نظر بدهید. لازم نیست وارد حساب شوید، و با خواندن آن چیزی امضا نمی‌شود.

    پیوند تا { $when } اعتبار دارد. این پیوند تنها برای شماست: هر کس آن را داشته باشد، می‌تواند به جای شما بنویسد.
    .subject = برای خواندن و گفت‌وگو: { $title }
    .button = خواندن و گفت‌وگو
mail-contract-reply = سلام { $name }،

    { $who } دربارهٔ «{ $title }» نوشت:

    { $words }

    با پیوندی که برایتان فرستاده شده است می‌توانید در صفحهٔ آن پاسخ دهید.
    .subject = { $who }: { $title }
mail-contract-comment-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: دربارهٔ یک قرارداد
