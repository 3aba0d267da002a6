# See en/errors.ftl.

error-not-found = چنین چیزی اینجا نیست. شناسه را بررسی کنید، یا بخواهید شما را به برند اضافه کنند.
error-forbidden = نقش شما این کار را اجازه نمی‌دهد ({ $action }). از کسی با سطح { $level } یا بالاتر بخواهید.
error-sign-in-required = برای این کار وارد شوید.
error-invalid = این مقدار وارد نشده یا شکل درستی ندارد.
error-too-long = این متن { $actual } نویسه دارد؛ حداکثر { $limit } نویسه مجاز است.
error-too-many = این فهرست { $actual } مورد دارد؛ حداکثر { $limit } مورد مجاز است.
error-already-exists = موردی با این نام یا نشانی از پیش وجود دارد. نام یا نشانی دیگری انتخاب کنید.
error-wrong-credentials = نشانی ایمیل و گذرواژه با هم نمی‌خوانند.
error-already-set-up = این سامانه پیش‌تر راه‌اندازی شده است. به جای آن وارد شوید.
error-wrong-setup-token = این همان رمز راه‌اندازی نیست که در نخستین اجرا چاپ شد، یا پیش‌تر به کار رفته است. برای چاپ رمز تازه، دیوان را دوباره اجرا کنید.
error-refresh-refused = این نشست پایان یافته است. دوباره وارد شوید.
error-password-too-short = گذرواژه باید دست‌کم { $limit } نویسه داشته باشد.
error-unknown-time-zone = «{ $zone }» منطقهٔ زمانی نیست. یک نام IANA مانند Europe/Athens به کار ببرید.
error-unknown-network = دیوان شبکهٔ «{ $network }» را نمی‌شناسد.
error-wrong-connect-method = حساب‌های { $network } به شیوهٔ دیگری متصل می‌شوند: { $method }.
error-address-not-allowed = دیوان تنها با نشانی‌های عمومی و از راه https تماس می‌گیرد. گردانندهٔ سامانه می‌تواند نشانی‌های دیگر را در DIWAN_ALLOWED_HOSTS مجاز کند.
error-account-not-connected = حساب { $account } اکنون متصل نیست. نخست آن را دوباره متصل کنید.
error-changed-meanwhile = از زمانی که این را خوانده‌اید، کسی آن را تغییر داده است (نسخهٔ { $current }). دوباره بخوانید و تغییر خود را تکرار کنید.
error-wrong-state = تا زمانی که وضعیت آن { $state } است، این کار شدنی نیست.
error-thread-not-confirmed = این انتشار در شبکه { $posts } پست می‌سازد. با wholeThread بگویید که همهٔ آن‌ها آنجا هستند، یا sendNow را برگزینید تا آنچه کم است فرستاده شود.
error-not-rerunnable = این کار برای همیشه پایان یافته است. پست را دوباره زمان‌بندی کنید، حساب را دوباره متصل کنید، یا نامه را دوباره بخواهید.
error-time-in-past = این زمان گذشته است. زمان دیرتری انتخاب کنید.
error-time-too-far = این زمان دورتر از آن است که بتوان برایش برنامه ریخت. زمانی پیش از { $limit } انتخاب کنید.
error-no-variants = هر پست دست‌کم به یک حساب نیاز دارد که در آن منتشر شود.
error-asset-not-ready = فایل این تصویر هنوز بارگذاری نشده است.
error-file-too-large = این فایل از { $limit } بایت بزرگ‌تر است.
error-image-too-many-pixels = این تصویر بیش از { $limit } پیکسل دارد.
error-link-invalid = این پیوند معتبر نیست، یا پیش‌تر به کار رفته است.
error-link-expired = مهلت این پیوند گذشته است. پیوند تازه‌ای بخواهید.
error-text-empty = { $network } اینجا به متن نیاز دارد.
error-text-too-long-for-network = { $network } حداکثر { $limit } نویسه می‌پذیرد؛ این متن { $actual } نویسه دارد.
error-text-too-many-bytes-for-network = { $network } حداکثر { $limit } بایت می‌پذیرد؛ این متن { $actual } بایت دارد.
error-too-many-images-for-network = { $network } حداکثر { $limit } تصویر می‌پذیرد؛ اینجا { $actual } تصویر هست.
error-image-too-large-for-network = { $network } تصویرهای حداکثر { $limit } بایتی می‌پذیرد؛ این یکی { $actual } بایت دارد.
error-image-too-many-pixels-for-network = { $network } تصویرهای حداکثر { $limit } پیکسلی می‌پذیرد؛ این یکی { $actual } پیکسل دارد.
error-image-type-not-for-network = { $network } تصویرهایی از این نوع را نمی‌پذیرد.
error-alt-text-too-long-for-network = { $network } توضیح‌های حداکثر { $limit } نویسه‌ای می‌پذیرد؛ این یکی { $actual } نویسه دارد.
error-thread-not-for-network = { $network } رشته‌متن ندارد. همه را در یک متن بنویسید.
error-thread-too-long-for-network = { $network } رشته‌هایی با حداکثر { $limit } بخش می‌پذیرد؛ این یکی { $actual } بخش دارد.
error-thread-part-empty = این بخش از رشته خالی است. چیزی بنویسید یا آن را بردارید.
error-first-comment-not-for-network = در { $network } نمی‌توان از اینجا زیر پست خود نظر گذاشت. آن را در متن بنویسید.
error-link-not-for-network = { $network } پیوند جدا از متن نمی‌پذیرد. پیوند را در متن بنویسید.
error-page-address-invalid = این نشانی یک صفحه نیست. آن را کامل، با https:// و بدون فاصله بنویسید.
error-link-with-images = پست در { $network } یا پیوند نشان می‌دهد یا تصویر. یکی را بردارید.
error-option-not-for-network = { $network } گزینه‌ای به نام «{ $option }» ندارد. آن را بردارید.
error-option-value-not-for-network = { $network } این مقدار را برای «{ $option }» نمی‌پذیرد. یکی از مقدارهای خود آن را برگزینید.
error-banned-word = این برند «{ $word }» نمی‌گوید. آن را به شکل دیگری بگویید.
error-pillar-missing = این پست به هیچ یک از محورهای محتوای برند تعلق ندارد. یکی را انتخاب کنید.
error-off-mix = با این پست، «{ $pillar }» از { $total } پست این ماه { $actual } پست خواهد داشت؛ ترکیب برنامه‌ریزی‌شده { $limit } پست را مجاز می‌داند. محور یا ماه دیگری انتخاب کنید.
error-text-used-before = «{ $title }» در تاریخ { $date } در همین حساب تقریباً همین را می‌گوید. متن را تغییر دهید یا فاصلهٔ زمانی بیشتری بگذارید.
error-checklist-incomplete =
    { $count ->
        [one] یک مورد الزامی از چک‌لیست هنوز علامت نخورده است
       *[other] { $count } مورد الزامی از چک‌لیست هنوز علامت نخورده است
    }: { $items }. آنچه مانده است را انجام دهید و علامت بزنید.
error-language-not-of-brand = زبان این متن «{ $language }» است که در میان زبان‌های برند ({ $languages }) نیست.
error-alt-text-missing = این تصویر توضیح ندارد. برای کسانی که آن را نمی‌بینند توضیحی بنویسید.
error-disclosure-missing = این پست { $partnership } علامت خورده، اما متن آن این را نمی‌گوید. { $listed ->
    [no] نخست واژه‌های افشای برند را وارد کنید.
   *[yes] یکی از این واژه‌ها را به کار ببرید: { $words }.
}
error-mix-above-whole = سهم‌های برنامه‌ریزی‌شده روی هم { $actual } درصد است؛ حداکثر ۱۰۰ درصد شدنی است. نخست سهم محور دیگری را کم کنید، یا چند سهم را با هم تغییر دهید.
error-wrong-parent = این زیر چیز دیگری جای می‌گیرد ({ $parent }).
error-parent-archived = آنچه این زیر آن جای دارد بایگانی شده است. نخست آن را بازگردانید.
error-period-in-future = این دوره هنوز آغاز نشده است.
error-month-in-future = این ماه هنوز آغاز نشده است.
error-brand-archived = این برند بایگانی شده است. نخست آن را بازگردانید.
error-level-too-high = این به کسی هم‌سطح یا بالاتر از شما ({ $level }) مربوط است. از کسی در سطح بالاتر بخواهید.
error-kind-mismatch = حساب این شخص از نوع دیگری است ({ $kind }) و نوع حساب تغییر نمی‌کند. نشانی دیگری به کار ببرید.
error-expiry-required = همکاری فریلنسر باید تاریخ پایان داشته باشد. بگویید تا چه زمانی.
error-last-cmo = دست‌کم یک نفر باید CMO بماند. نخست کس دیگری را CMO کنید.
error-not-a-member = این شخص اکنون آنجا جایگاهی ندارد. نخست او را به هر یک از برندها اضافه کنید.
error-not-yourself = این کار را نمی‌توانید برای خودتان انجام دهید. از کس دیگری بخواهید.
error-person-deactivated = این شخص غیرفعال شده است. نخست او را فعال کنید.
error-unknown-currency = «{ $currency }» واحد پول نیست. یک کد ISO 4217 مانند EUR به کار ببرید.
error-password-too-weak = حدس زدن این گذرواژه بسیار آسان است. آن را بلندتر کنید، یا چند واژهٔ بی‌ربط به کار ببرید.
error-too-many-attempts = تلاش‌های ناموفق زیادی انجام شد. { $seconds } ثانیهٔ دیگر دوباره امتحان کنید، با کلید عبور یا ورود یکپارچه وارد شوید، یا گذرواژهٔ خود را بازنشانی کنید.
error-second-factor-wrong = این کد درست نیست، یا پیش‌تر به کار رفته است. تازه‌ترین کد را وارد کنید، یا یک کد بازیابی به کار ببرید.
error-second-factor-required = آژانس شما ورود دومرحله‌ای را الزامی کرده است. پیش از ادامه آن را راه‌اندازی کنید.
error-challenge-expired = این کار بیش از اندازه طول کشید یا پیش‌تر انجام شده است. از نو آغاز کنید.
error-passkey-refused = این کلید عبور پذیرفته نشد. دوباره امتحان کنید، یا به شیوهٔ دیگری وارد شوید.
error-single-sign-on-refused = ورود یکپارچه پذیرفته نشد. به شیوهٔ دیگری وارد شوید، یا از مدیر خود بپرسید.
error-scope-too-wide = به این توکن نمی‌توان { $action } داد: خود شما این اجازه را ندارید، یا برنامه‌ها هرگز ندارند.
error-four-eyes = خود شما این را نوشته یا درخواست کرده‌اید، پس کس دیگری باید آن را تأیید کند.
error-not-your-turn = تصمیم این مرحله با شما نیست. منتظر این است: { $who }.
error-already-decided = شما پیش‌تر دربارهٔ این مرحله تصمیم گرفته‌اید.
error-nobody-can-approve = کسی نیست که بتواند این را تأیید کند ({ $who }). کسی را به برند اضافه کنید، یا زنجیرهٔ تأیید را تغییر دهید.
error-approval-required = در این برند پست باید پیش از زمان‌بندی تأیید شود. آن را برای تأیید بفرستید.
error-limit-exceeded = این از سقف شما ({ $limit } { $currency }) بیشتر است. کسی با سقف بالاتر لازم است.
error-reason-required = دلیل را بگویید تا نفر بعدی بداند چه کند.
error-mail-not-configured = این سامانه نمی‌تواند ایمیل بفرستد. از گردانندهٔ سامانه بخواهید DIWAN_SMTP_URL را تنظیم کند.
error-file-not-plan = این فایل نه CSV است و نه کارپوشهٔ XLSX. آن را به یکی از این دو ذخیره کنید.
error-file-not-text = همهٔ این فایل UTF-8 نیست. آن را با قالب «CSV UTF-8» یا XLSX ذخیره کنید.
error-file-unfolds = این فایل پس از باز شدن بیش از { $limit } بایت است. آنچه جزو برنامه نیست را بردارید، یا به شکل CSV ذخیره کنید.
error-formula-cell = در خانهٔ { $value } فرمول هست. مقدار فرمول‌ها را به جای آن‌ها بگذارید.
error-column-missing = ستون «{ $column }» نیست. نام ستون‌ها در سطر نخست می‌آید.
error-column-twice = ستون «{ $column }» دو بار آمده است. یکی را بردارید.
error-column-unknown = ستون «{ $column }» شناخته نشد و نادیده گرفته شد.
error-date-not-understood = «{ $value }» تاریخ نیست. آن را مانند 1405-09-09 یا 2026-11-30 بنویسید.
error-time-not-understood = «{ $value }» ساعت نیست. آن را مانند 17:30 بنویسید.
error-no-such-name = این برند اینجا چیزی به نام «{ $value }» ندارد. املای آن را بررسی کنید.
error-name-ambiguous = چند مورد «{ $value }» نام دارند. نام شبکه را پیش از حساب بنویسید، مانند mastodon:name.
error-rule-not-understood = این قاعده‌ای برای روزها نیست که دیوان بفهمد. آن را به شیوهٔ RFC 5545 با FREQ=DAILY، WEEKLY، MONTHLY یا YEARLY، بدون ساعت و بدون UNTIL بنویسید و روز پایان را جداگانه بگویید.
error-slot-taken = این جایگاه را پست دیگری گرفته است. جایگاه دیگری برگزینید یا نخستین جایگاه آزاد را بگیرید.
error-no-free-slot = تا سه ماه آینده جایگاه آزادی برای این پست نیست. جایگاهی بسازید یا پست را دستی زمان‌بندی کنید.
