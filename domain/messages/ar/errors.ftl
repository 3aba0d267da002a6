# See en/errors.ftl.

error-not-found = لا يوجد شيء كهذا هنا. تحقّق من المعرّف، أو اطلب إضافتك إلى العلامة التجارية.
error-forbidden = دورك لا يسمح بهذا ({ $action }). اطلبه من شخص بمستوى { $level } أو أعلى.
error-sign-in-required = سجّل الدخول للقيام بهذا.
error-invalid = هذه القيمة مفقودة أو ليست بالشكل الصحيح.
error-too-long =
    { $actual ->
        [zero] هذا النص خالٍ من الأحرف
        [one] في هذا النص حرف واحد
        [two] في هذا النص حرفان
        [few] في هذا النص { $actual } أحرف
        [many] في هذا النص { $actual } حرفًا
       *[other] في هذا النص { $actual } حرف
    }؛ الحد الأقصى { $limit }.
error-too-many =
    { $actual ->
        [zero] هذه القائمة خالية
        [one] في هذه القائمة عنصر واحد
        [two] في هذه القائمة عنصران
        [few] في هذه القائمة { $actual } عناصر
        [many] في هذه القائمة { $actual } عنصرًا
       *[other] في هذه القائمة { $actual } عنصر
    }؛ الحد الأقصى { $limit }.
error-already-exists = يوجد واحد بهذا الاسم أو العنوان بالفعل. اختر غيره.
error-wrong-credentials = عنوان البريد وكلمة المرور لا يتوافقان.
error-already-set-up = تم إعداد هذا النظام من قبل. سجّل الدخول بدلًا من ذلك.
error-wrong-setup-token = رمز الإعداد هذا ليس الرمز الذي طُبع عند التشغيل الأول، أو أنه استُخدم. أعد تشغيل ديوان لطباعة رمز جديد.
error-refresh-refused = انتهت هذه الجلسة. سجّل الدخول مرة أخرى.
error-password-too-short =
    { $limit ->
        [zero] يجب ألا تكون كلمة المرور فارغة.
        [one] يجب أن تتكون كلمة المرور من حرف واحد على الأقل.
        [two] يجب أن تتكون كلمة المرور من حرفين على الأقل.
        [few] يجب أن تتكون كلمة المرور من { $limit } أحرف على الأقل.
        [many] يجب أن تتكون كلمة المرور من { $limit } حرفًا على الأقل.
       *[other] يجب أن تتكون كلمة المرور من { $limit } حرف على الأقل.
    }
error-unknown-time-zone = «{ $zone }» ليست منطقة زمنية. استخدم اسمًا من أسماء IANA مثل Europe/Athens.
error-unknown-network = لا يعرف ديوان الشبكة «{ $network }».
error-wrong-connect-method = تُربط حسابات { $network } بطريقة أخرى: { $method }.
error-address-not-allowed = لا يتصل ديوان إلا بعناوين عامة وعبر https. يمكن لمشغّل النظام السماح بغيرها في DIWAN_ALLOWED_HOSTS.
error-account-not-connected = الحساب { $account } غير مربوط الآن. اربطه من جديد أولًا.
error-changed-meanwhile = غيّر شخص ما هذا منذ أن قرأته (الإصدار { $current }). اقرأه مرة أخرى وكرّر تعديلك.
error-wrong-state = لا يمكن القيام بهذا ما دامت الحالة { $state }.
error-thread-not-confirmed = يصنع هذا النشر { $posts } من المنشورات على الشبكة. أكّد عبر wholeThread أنها كلها موجودة، أو اختر sendNow ليُرسَل ما ينقص.
error-not-rerunnable = انتهى هذا العمل نهائيًا. أعد جدولة المنشور، أو اربط الحساب من جديد، أو اطلب الرسالة مرة أخرى.
error-time-in-past = هذا الوقت قد مضى. اختر وقتًا لاحقًا.
error-time-too-far = هذا أبعد مما يمكن التخطيط له. اختر وقتًا قبل { $limit }.
error-quota-reached = الحد الأقصى لما ينشره { $account } في الفترة التي تحسبها شبكته { $limit }، وقد خُطط لهذا العدد حول هذا الوقت. أول وقت متاح: { $free }.
error-no-variants = يحتاج المنشور إلى حساب واحد على الأقل يُنشر فيه.
error-asset-not-ready = لم يُرفع ملف هذه الصورة بعد.
error-file-too-large = هذا الملف أكبر من الحد المسموح (بالبايت): { $limit }.
error-image-too-many-pixels = عدد بكسلات هذه الصورة أكبر من الحد المسموح: { $limit }.
error-link-invalid = هذا الرابط غير صالح، أو أنه استُخدم.
error-link-expired = انتهت صلاحية هذا الرابط. اطلب رابطًا جديدًا.
error-text-empty = تحتاج { $network } إلى نص هنا.
error-text-too-long-for-network = الحد الأقصى لعدد الأحرف في { $network } هو { $limit }، وعددها في هذا النص { $actual }.
error-text-too-many-bytes-for-network = الحد الأقصى لحجم النص في { $network } بالبايت هو { $limit }، وحجم هذا النص { $actual }.
error-too-many-images-for-network = الحد الأقصى لعدد الصور في { $network } هو { $limit }، وعددها هنا { $actual }.
error-image-too-large-for-network = الحد الأقصى لحجم الصورة في { $network } بالبايت هو { $limit }، وحجم هذه الصورة { $actual }.
error-image-too-many-pixels-for-network = الحد الأقصى لعدد بكسلات الصورة في { $network } هو { $limit }، وعددها في هذه الصورة { $actual }.
error-image-type-not-for-network = لا تقبل { $network } صورًا من هذا النوع.
error-alt-text-too-long-for-network = الحد الأقصى لعدد أحرف الوصف في { $network } هو { $limit }، وعددها في هذا الوصف { $actual }.
error-alt-text-not-for-network = لا يقبل { $network } وصف هذه الصورة أو هذا الفيديو، ومن لا يستطيع الرؤية لن يعرف عنها شيئًا هناك.
error-thread-not-for-network = لا توجد سلاسل منشورات في { $network }. ضع كل شيء في نص واحد.
error-thread-too-long-for-network = الحد الأقصى لأجزاء السلسلة في { $network } هو { $limit }، وعددها في هذه السلسلة { $actual }.
error-thread-part-empty = هذا الجزء من السلسلة فارغ. اكتب شيئًا أو أزله.
error-first-comment-not-for-network = لا يمكن للحساب في { $network } أن يعلّق على منشوره من هنا. ضع التعليق في النص.
error-link-not-for-network = لا تقبل { $network } رابطًا إلى جانب النص. ضع الرابط في النص.
error-page-address-invalid = هذا ليس عنوان صفحة. اكتبه كاملًا مع https:// ومن دون مسافات.
error-link-with-images = يعرض المنشور في { $network } رابطًا أو صورًا، لا كليهما. أزل أحدهما.
error-option-not-for-network = لا يوجد في { $network } خيار «{ $option }». أزله.
error-option-value-not-for-network = لا تقبل { $network } هذه القيمة للخيار «{ $option }». اختر إحدى القيم المتاحة.
error-media-missing-for-network = لا تقبل { $network } منشورًا بلا صورة أو مقطع فيديو. أضف واحدًا.
error-media-mixed-for-network = يعرض المنشور في { $network } صورًا أو مقطع فيديو، لا كليهما. أزل أحدهما.
error-media-shape-not-for-network = لا تعرض { $network } صورة أو مقطع فيديو بهذا الشكل أو الحجم. اقتصّه أو اختر غيره.
error-too-many-videos-for-network = الحد الأقصى لمقاطع الفيديو في منشور { $network } هو { $limit }، وعددها في هذا المنشور { $actual }.
error-video-too-large-for-network = الحد الأقصى لحجم مقطع الفيديو في { $network } بالبايت هو { $limit }، وحجم هذا المقطع { $actual }.
error-video-too-long-for-network = الحد الأقصى لمدة مقطع الفيديو في { $network } بالثواني هو { $limit }، ومدة هذا المقطع { $actual }.
error-video-too-short-for-network = الحد الأدنى لمدة مقطع الفيديو في { $network } بالثواني هو { $limit }، ومدة هذا المقطع { $actual }.
error-document-not-for-network = لا تعرض { $network } المستندات. أزل المستند أو اعرض صفحاته صورًا.
error-too-many-documents-for-network = الحد الأقصى للمستندات في منشور { $network } هو { $limit }، وعددها في هذا المنشور { $actual }.
error-document-too-large-for-network = الحد الأقصى لحجم المستند في { $network } بالبايت هو { $limit }، وحجم هذا المستند { $actual }.
error-document-not-alone-on-network = يعرض المنشور في { $network } مستندًا، أو صورًا ومقاطع فيديو، لا كليهما. أزل أحدهما.
error-option-missing-for-network = تطلب { $network } الخيار «{ $option }» في كل منشور. حدّده.
error-not-together-on-network = لا يجتمع هذا مع بقية المنشور في { $network }. احذف أحدهما.
error-network-not-set-up = لم تُهيّأ { $network } هنا. يسجّل مشغّل النظام تطبيقًا لديها ويذكره في إعدادات الخادم.
error-change-not-for-network = لا تسمح { $network } بتغيير هذا من هنا. غيّره في { $network } نفسها.
error-banned-word = هذه العلامة التجارية لا تقول «{ $word }». عبّر عنها بطريقة أخرى.
error-pillar-missing = لا ينتمي هذا المنشور إلى أي من محاور محتوى العلامة التجارية. اختر محورًا.
error-off-mix = سيصبح عدد منشورات «{ $pillar }» في هذا الشهر { $actual } من أصل { $total }، والمزيج المخطط يسمح بما لا يتجاوز { $limit }. اختر محورًا آخر أو شهرًا آخر.
error-text-used-before = يقول «{ $title }» الشيء نفسه تقريبًا في هذا الحساب بتاريخ { $date }. غيّر الصياغة أو باعد بين المنشورين.
error-checklist-incomplete =
    { $count ->
        [zero] لم يبقَ في قائمة التحقق بند إلزامي بلا علامة
        [one] في قائمة التحقق بند إلزامي واحد لم يُعلَّم بعد
        [two] في قائمة التحقق بندان إلزاميان لم يُعلَّما بعد
        [few] في قائمة التحقق { $count } بنود إلزامية لم تُعلَّم بعد
        [many] في قائمة التحقق { $count } بندًا إلزاميًا لم يُعلَّم بعد
       *[other] في قائمة التحقق { $count } بند إلزامي لم يُعلَّم بعد
    }: { $items }. أنجز ما تبقى وضع عليه علامة.
error-language-not-of-brand = لغة هذا النص «{ $language }» ليست من لغات العلامة التجارية ({ $languages }).
error-alt-text-missing = لا وصف لهذه الصورة. اكتب وصفًا لمن لا يراها.
error-disclosure-missing = هذا المنشور معلَّم بأنه { $partnership }، ونصه لا يفصح عن ذلك. { $listed ->
    [no] أدخل أولًا كلمات الإفصاح الخاصة بالعلامة التجارية.
   *[yes] استخدم إحدى هذه الكلمات: { $words }.
}
error-mix-above-whole = مجموع الحصص المخططة { $actual }٪، ولا يمكن أن يتجاوز ١٠٠٪. خفّض حصة محور آخر أولًا، أو غيّر عدة حصص معًا.
error-wrong-parent = مكان هذا تحت شيء آخر ({ $parent }).
error-parent-archived = ما يقع هذا تحته مؤرشف. استعده أولًا.
error-period-in-future = لم تبدأ هذه الفترة بعد.
error-month-in-future = لم يبدأ هذا الشهر بعد.
error-brand-archived = هذه العلامة التجارية مؤرشفة. استعدها أولًا.
error-level-too-high = هذا يخص شخصًا في مستواك أو فوقه ({ $level }). اطلبه من شخص أعلى مستوى.
error-kind-mismatch = لهذا الشخص نوع آخر من الحسابات ({ $kind }) لا يمكن تغييره. استخدم عنوانًا آخر.
error-expiry-required = يجب أن يكون لعمل المستقل تاريخ انتهاء. حدّده.
error-last-cmo = يجب أن يبقى شخص واحد على الأقل بمستوى CMO. امنح هذا المستوى لشخص آخر أولًا.
error-not-a-member = هذا الشخص ليس عضوًا هناك الآن. أضفه أولًا إلى كل علامة من هذه العلامات التجارية.
error-not-yourself = لا يمكنك فعل هذا لنفسك. اطلبه من شخص آخر.
error-person-deactivated = تم تعطيل حساب هذا الشخص. فعّله أولًا.
error-unknown-currency = «{ $currency }» ليست عملة. استخدم رمزًا من ISO 4217 مثل EUR.
error-password-too-weak = من السهل جدًا تخمين كلمة المرور هذه. اجعلها أطول، أو استخدم عدة كلمات لا رابط بينها.
error-too-many-attempts =
    جرت محاولات فاشلة كثيرة. حاول مرة أخرى { $seconds ->
        [zero] الآن
        [one] بعد ثانية واحدة
        [two] بعد ثانيتين
        [few] بعد { $seconds } ثوانٍ
        [many] بعد { $seconds } ثانية
       *[other] بعد { $seconds } ثانية
    }، أو سجّل الدخول بمفتاح مرور أو بالدخول الموحّد، أو أعد تعيين كلمة المرور.
error-second-factor-wrong = هذا الرمز غير صحيح، أو أنه استُخدم. أدخل أحدث رمز، أو استخدم رمز استرداد.
error-second-factor-required = تشترط وكالتك التحقق بخطوتين. قم بإعداده قبل أن تتابع.
error-challenge-expired = استغرق هذا وقتًا طويلًا أو أنه تم من قبل. ابدأ من جديد.
error-passkey-refused = لم يُقبل مفتاح المرور هذا. حاول مرة أخرى، أو سجّل الدخول بطريقة أخرى.
error-single-sign-on-refused = لم يُقبل الدخول الموحّد. سجّل الدخول بطريقة أخرى، أو اسأل المسؤول لديك.
error-scope-too-wide = لا يمكن منح هذا الرمز { $action }: إما أنك لا تملك هذا الحق، أو أنه لا يُمنح للبرامج أبدًا.
error-four-eyes = أنت من كتب هذا أو طلبه، لذا يجب أن يوافق عليه شخص آخر.
error-not-your-turn = القرار في هذه الخطوة ليس لك. إنها تنتظر: { $who }.
error-already-decided = سبق أن اتخذت قرارك في هذه الخطوة.
error-nobody-can-approve = لا يوجد من يمكنه الموافقة على هذا ({ $who }). أضف شخصًا إلى العلامة التجارية، أو غيّر سلسلة الموافقات.
error-approval-required = في هذه العلامة التجارية يجب أن يُوافق على المنشور قبل جدولته. أرسله للموافقة.
error-limit-exceeded = هذا يتجاوز حدّك البالغ { $limit } { $currency }. يلزم شخص حدّه أعلى.
error-reason-required = اذكر السبب، ليعرف من يليك ما عليه فعله.
error-mail-not-configured = لا يمكن لهذا النظام إرسال البريد. اطلب من المشغّل ضبط DIWAN_SMTP_URL.
error-not-by-dimension = { $metric } رقم يخص الحساب كله، فلا يُذكر حسب { $dimension }. احذف أحدهما، أو قسّم حسب BRAND أو ACCOUNT أو NETWORK أو الزمن.
error-file-not-plan = هذا الملف ليس CSV ولا مصنّف XLSX. احفظه بإحدى الصيغتين.
error-file-not-text = هذا الملف ليس كله بترميز UTF-8. احفظه بصيغة «CSV UTF-8» أو XLSX.
error-file-unfolds = حجم هذا الملف بعد فكّه أكثر من { $limit } بايت. أزل ما ليس من الخطة، أو احفظه بصيغة CSV.
error-formula-cell = في الخلية { $value } صيغة حسابية. ضع القيم مكان الصيغ.
error-column-missing = العمود «{ $column }» غير موجود. أسماء الأعمدة في الصف الأول.
error-column-twice = العمود «{ $column }» مكرر. أزل أحدهما.
error-column-unknown = العمود «{ $column }» غير معروف وقد تُجوهل.
error-date-not-understood = «{ $value }» ليس تاريخًا. اكتبه هكذا: 2026-11-30.
error-time-not-understood = «{ $value }» ليس وقتًا. اكتبه هكذا: 17:30.
error-no-such-name = لا يوجد هنا في العلامة التجارية شيء باسم «{ $value }». تحقق من كتابته.
error-name-ambiguous = أكثر من واحد باسم «{ $value }». اكتب الشبكة قبل الحساب، مثل mastodon:name.
error-rule-not-understood = هذه ليست قاعدة للأيام يفهمها ديوان. اكتبها كما في RFC 5545 بقيمة FREQ=DAILY أو WEEKLY أو MONTHLY أو YEARLY، بلا ساعات وبلا UNTIL، واذكر اليوم الأخير على حدة.
error-slot-taken = هذا الموعد لمنشور آخر. اختر موعدًا آخر أو خذ أول موعد متاح.
error-no-free-slot = لا موعد متاحًا لهذا المنشور خلال ثلاثة أشهر. أنشئ موعدًا أو جدول المنشور يدويًا.
