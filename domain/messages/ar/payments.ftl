# التسليمات والمدفوعات والساعات. `deliverable-` هي الصفحة التي يسلّم فيها الطرف الآخر في العقد.

error-fee-exceeded = لم يبقَ من أجر العقد دون تخطيط سوى { $amount } { $currency }. خطّط لأقل، أو اتفق على ملحق.
error-payment-blocked = { $why ->
    [NOT_SIGNED] تنتظر هذه الدفعة توقيع عقدها.
    [NOT_ACCEPTED] تنتظر هذه الدفعة قبول ما يُسلَّم لها.
    [NOT_YET] لم يحن يوم هذه الدفعة بعد.
    [NOT_COMMITTED] تنتظر هذه الدفعة الالتزام بمالها على بند من ميزانية. اسأل من يدير الميزانية.
    [ABOVE_FEE] دفعات العقد أكثر من أجره. خطّط لأقل.
   *[other] لا يمكن طلب هذه الدفعة بعد.
}
error-payee-missing = لم يكتب أحد إلى أي حساب يُدفع لهذا العقد. اكتب الحساب أولاً.
error-payer-missing = لم يكتب أحد من أي حساب يُدفع لهذه العلامة. اكتب الحساب أولاً.
error-payments-under-way = دفعات هذا العقد قيد القرار أو في طريقها إلى البنك. استرجعها أو استرد الملف أو سجّلها مدفوعة أولاً.
error-currency-not-sepa = يدفع SEPA باليورو وليس بعملة { $currency }. صدّر هذه الدفعة بصيغة CSV.
error-account-not-sepa = هذا الحساب ليس في بلد من بلدان SEPA. صدّر الدفعة بصيغة CSV.
error-not-transferable = لا يمكن تحويل هذا المبلغ: لم يبقَ منه شيء، أو هو أكثر مما يقبله البنك.
error-iban-invalid = هذا ليس رقم IBAN: أرقام التحقق لا تتوافق. انسخه من فاتورة.
error-bic-invalid = هذا ليس رمز BIC: له ٨ أو ١١ حرفاً ورقماً، مثل COBADEFF.
error-bank-text-only = اكتب الاسم بحروف لاتينية، كما يعرفه البنك.
error-not-found-published = لم يجد أحد هذا منشوراً بعد. انظر إليه وسجّل الفحص، أو أعده.
error-not-found-disclosed = لم يُعثر فيه على «{ $words }». انظر إليه وسجّل الفحص، أو أعده.
error-work-rate-missing = لا يوجد سعر ليوم { $day }. حدّد كلفة الساعة أولاً.

deliverable-asks = تطلب { $agency } من { $name } التسليم · { $brand }
deliverable-due = الموعد { $when }
deliverable-brief = ما المطلوب
deliverable-disclosure = يجب أن يُكتب فيه:
deliverable-submitted = لقد سلّمت هذا. الفريق ينظر إليه.
deliverable-accepted = قُبل هذا. لم يبقَ لك شيء تفعله.
deliverable-sent-back = عاد هذا إليك. سلّمه مرة أخرى من فضلك.
deliverable-withdrawn = لم يعد هذا مطلوباً.
deliverable-hand-in = التسليم
deliverable-link = عنوان الصفحة
deliverable-link-hint = حيث نُشر، مثل https://example.com/post/1.
deliverable-note = أي شيء تود قوله
deliverable-send = سلّم العنوان
deliverable-either = أرسل عنوان الصفحة التي نُشر فيها، أو ملفًا: واحدًا من الاثنين.
deliverable-file = ملف
deliverable-file-hint = صورة حتى { $picture } ميغابايت، أو فيلم حتى { $film } غيغابايت، أو ملف PDF حتى { $document } ميغابايت.
deliverable-send-file = أرسل الملف وسلّم

notice-deliverable-due = موعد تسليم «{ $title }» هو { $until } ولم يُسلَّم بعد. اسأل من يسلّمه.
notice-deliverable-overdue = كان موعد تسليم «{ $title }» هو { $until } ولم يُسلَّم. اسأل من يسلّمه، أو اتفقوا على يوم آخر.
mail-deliverable-link = مرحبًا { $name }،

    تطلب منك { $agency } تسليم «{ $title }» من أجل { $brand }. الموعد { $due }. في الصفحة التي يفتحها الرابط ترسل عنوان المكان الذي نُشر فيه، أو ملفًا. لا حاجة لتسجيل الدخول.

    يعمل الرابط حتى { $when }. وهو لك وحدك: من يملكه يستطيع التسليم نيابةً عنك.
    .subject = للتسليم: { $title }
    .button = سلّم
mail-deliverable-sent-back = مرحبًا { $name }،

    عاد إليك «{ $title }» من أجل { $brand }:

    { $reason }

    سلّمه مرة أخرى من فضلك. الموعد { $due }.
    .subject = سلّم مرة أخرى من فضلك: { $title }
    .button = سلّم مرة أخرى
mail-deliverable-soon = مرحبًا { $name }،

    موعد تسليم «{ $title }» من أجل { $brand } هو { $due }، ولم يُسلَّم شيء بعد.
    .subject = الموعد قريب: { $title }
    .button = سلّم
mail-deliverable-late = مرحبًا { $name }،

    كان موعد تسليم «{ $title }» من أجل { $brand } هو { $due }، ولم يُسلَّم شيء. سلّمه الآن من فضلك، أو أخبر الفريق متى تسلّمه.
    .subject = فات الموعد: { $title }
    .button = سلّم
mail-deliverable-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: حان موعد تسليم شيء متفق عليه
