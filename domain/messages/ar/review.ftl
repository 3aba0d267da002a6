# See en/review.ftl.

review-asks = موافقة مطلوبة من { $name } لدى { $agency } · { $brand }
review-due = موعد النشر: { $when } ({ $zone })
review-not-planned = لم يُحدَّد موعد النشر بعد.
review-until = يُرجى الرد قبل { $when }.
review-on = منشور على { $network }
review-alt = وصف الصورة: { $alt }
review-document = المستند: { $name }
review-card = تضيف { $network } معاينة لهذه الصفحة.
review-thread = تتمة السلسلة
review-first-comment = أول تعليق، من الحساب نفسه
review-link = يظهر كبطاقة تؤدي إلى هذه الصفحة.
review-options = الإعدادات
review-said = ما قيل
review-you = أنت
review-comment = تعليق
review-send = إرسال التعليق
review-decide = قرارك
review-words = ما ينبغي تغييره، أو أي شيء تود قوله
review-words-hint = مطلوب إذا طلبت تغييرات.
review-words-missing = اذكر ما ينبغي تغييره.
review-comment-missing = اكتب تعليقك أولًا.
review-approve = موافقة
review-change = طلب تغييرات
review-decided-approved = وافقت على هذا: { $when }.
review-decided-changes-requested = طلبت تغييرات: { $when }.
review-decided-by-approved = تمت الموافقة من { $who }: { $when }.
review-decided-by-changes-requested = طُلبت تغييرات من { $who }: { $when }.
review-not-asked = ليس دورك في القرار الآن. ستصلك رسالة حين يأتي.
review-goes-on = يتابع الفريق من هنا. لا يلزمك فعل شيء آخر.
review-over-approved = تمت الموافقة على المنشور. لا يلزمك فعل شيء آخر.
review-over-changes-requested = سيغيّر الفريق المنشور ثم يسألك من جديد.
review-is-newer = يعمل الفريق على نسخة أحدث وسيسألك عنها.
review-changed = تغيّر هذا منذ أن فتحت الصفحة. لم يُحتسب ردك: اطّلع عليه مرة أخرى ثم قرّر.
review-not-counted = لم يُحتسب ردك. { $why }
review-expires = هذه الصفحة مخصصة لـ { $name } وتعمل حتى { $when }. يُرجى عدم تمرير الرابط: من يملكه يستطيع الرد نيابةً عنك.
review-title = الموافقة
review-ended = انتهى هذا الرابط
review-ended-expired = انتهت مدته. اطلب من الفريق رابطًا جديدًا.
review-ended-revoked = أنهاه الفريق. اطلب منهم رابطًا جديدًا.
review-ended-withdrawn = لم يعد الفريق يسأل عن هذا المنشور. لا يلزمك فعل شيء.
review-ended-voided = تغيّر المنشور، فلم يعد ما سُئلت عنه هو ما سيُنشر. ستتلقى رابطًا جديدًا حين يسأل الفريق من جديد.
review-unknown = هذا الرابط غير صالح. افتحه كما ورد في الرسالة، أو اطلب من الفريق رابطًا جديدًا.

mail-review-requested = مرحبًا { $name }،

    يطلب { $requester } موافقتك على «{ $title }». اطّلع عليه ثم وافق أو اذكر ما ينبغي تغييره. لا حاجة إلى تسجيل الدخول.

    { $days ->
        [zero] الرابط لا يصلح بعد اليوم. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [one] الرابط صالح ليوم واحد. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [two] الرابط صالح ليومين. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [few] الرابط صالح لمدة { $days } أيام. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [many] الرابط صالح لمدة { $days } يومًا. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
       *[other] الرابط صالح لمدة { $days } يوم. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
    }
    .subject = بانتظار موافقتك: { $title }
    .button = الاطلاع والقرار

mail-review-reminder = مرحبًا { $name }،

    ما زال «{ $title }»، الذي طلب { $requester } موافقتك عليه، بانتظارك. اطّلع عليه ثم وافق أو اذكر ما ينبغي تغييره. لا حاجة إلى تسجيل الدخول.

    { $days ->
        [zero] الرابط لا يصلح بعد اليوم. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [one] الرابط صالح ليوم واحد. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [two] الرابط صالح ليومين. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [few] الرابط صالح لمدة { $days } أيام. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
        [many] الرابط صالح لمدة { $days } يومًا. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
       *[other] الرابط صالح لمدة { $days } يوم. وهو لك وحدك: من يملكه يستطيع الرد نيابةً عنك.
    }
    .subject = ما زال بانتظار موافقتك: { $title }
    .button = الاطلاع والقرار

option-visibility = من يراه
option-visibility-public = الجميع
option-visibility-unlisted = الجميع، ولكن ليس في الخطوط الزمنية العامة
option-visibility-private = المتابِعون فقط
option-visibility-direct = المذكورون فقط
option-sensitive = الصور حساسة ومحجوبة في البداية
option-spoiler-text = تحذير من المحتوى
option-silent = يُرسَل بلا صوت
option-protected = لا يمكن إعادة توجيهه ولا حفظه
option-link-preview = معاينة الرابط
option-link-preview-none = بلا معاينة
option-link-preview-small = صغيرة
option-link-preview-large = كبيرة
option-link-preview-above = معاينة الرابط فوق النص
option-caption-above = النص فوق الصور
option-poll = إجابات الاستطلاع، كل واحدة في سطر
option-poll-minutes = مدة الاستطلاع بالدقائق
option-poll-multiple = يمكن اختيار عدة إجابات في الاستطلاع
option-board = اللوحة
option-format = الشكل
option-format-feed = منشور
option-format-reel = ريل
option-format-story = قصة
option-title = العنوان
option-cover-seconds = لحظة الفيلم التي تكون غلافه، بالثواني
option-reply-settings = من يمكنه الرد
option-reply-settings-following = من يتابعهم الحساب
option-reply-settings-mentioned-users = المذكورون فقط
option-reply-settings-subscribers = المشتركون فقط
option-reply-settings-verified = الحسابات الموثّقة فقط
option-made-with-ai = صُنع بالذكاء الاصطناعي
option-visibility-connections = جهات الاتصال فقط
option-link-title = عنوان الرابط
option-document-title = عنوان المستند
option-link-description = وصف الرابط
option-poll-question = سؤال الاستطلاع
option-poll-duration = مدة الاستطلاع
option-poll-duration-one-day = يوم واحد
option-poll-duration-three-days = ثلاثة أيام
option-poll-duration-seven-days = أسبوع
option-poll-duration-fourteen-days = أسبوعان
option-privacy = من يراه
option-privacy-public = الجميع
option-privacy-unlisted = من لديه الرابط
option-privacy-private = لا أحد غيرك
option-made-for-kids = مخصص للأطفال
option-tags = الوسوم، واحد في كل سطر
option-category = الفئة
option-disable-comment = لا يمكن لأحد التعليق
option-disable-duet = لا يمكن لأحد إنشاء دويتو
option-disable-stitch = لا يمكن لأحد دمجه بستيتش
option-brand-organic = يروّج لعلامتك التجارية
option-brand-content = شراكة مدفوعة
option-post-type = نوع المنشور
option-post-type-update = خبر
option-post-type-event = حدث
option-post-type-offer = عرض
option-event-title = عنوان الحدث أو العرض
option-starts-at = البداية، بصيغة 2027-01-31 أو 2027-01-31 18:30
option-ends-at = النهاية، بصيغة 2027-01-31 أو 2027-01-31 18:30
option-button = الزر
option-button-book = احجز
option-button-order = اطلب
option-button-shop = تسوّق
option-button-learn-more = اعرف المزيد
option-button-sign-up = سجّل
option-button-call = اتصل
option-button-link = وجهة الزر
option-coupon-code = رمز القسيمة
option-redeem-link = مكان الاستفادة من العرض
option-terms = شروط العرض
option-topic = الموضوع
option-reply-control = من يمكنه الرد
option-reply-control-everyone = الجميع
option-reply-control-accounts-you-follow = من يتابعهم الحساب
option-reply-control-mentioned-only = المذكورون فقط
option-reply-control-followers-only = المتابِعون فقط
option-share-to-feed = يظهر الريل بين المنشورات أيضًا
option-yes = نعم
option-no = لا
