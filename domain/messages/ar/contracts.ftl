# العقود: ما تقوله مستنداتها وصفحتها، والرسائل التي تحمل الرابط.

error-contract-work-open =
    { $count ->
        [zero] لم يبقَ تسليم أو دفعة مفتوحة في هذا العقد. حاول إتمامه من جديد.
        [one] ما زال تسليم أو دفعة واحدة من هذا العقد مفتوحًا. اقبله أو اسحبه، ادفعها أو ألغها، ثم أتمم العقد.
        [two] ما زال تسليمان أو دفعتان من هذا العقد مفتوحين. اقبلهما أو اسحبهما، ادفعهما أو ألغهما، ثم أتمم العقد.
        [few] ما زالت { $count } تسليمات ودفعات من هذا العقد مفتوحة. اقبلها أو اسحبها، ادفعها أو ألغها، ثم أتمم العقد.
        [many] ما زال { $count } تسليمًا ودفعة من هذا العقد مفتوحًا. اقبلها أو اسحبها، ادفعها أو ألغها، ثم أتمم العقد.
       *[other] ما زال { $count } تسليم ودفعة من هذا العقد مفتوحًا. اقبلها أو اسحبها، ادفعها أو ألغها، ثم أتمم العقد.
    }
error-contract-both-sides = لا يمسك أحد بطرفَي العقد معًا: من يوقّع عنّا لا ينشئ رابطًا للطرف الآخر. اطلب ذلك من زميل.

contract-kind-influencer = عقد مع مؤثر
contract-kind-agency = عقد مع وكالة
contract-kind-vendor = عقد مع مورّد
contract-kind-freelancer = عقد مع مستقل
contract-between = بين { $agency }، عن { $brand }، و{ $party }
contract-terms = ما اتُّفق عليه
contract-party = الطرف الآخر
contract-party-address = العنوان
contract-fee = الأجر
contract-starts = أول يوم
contract-ends = آخر يوم
contract-open-end = إلى أن ينهيه أحد الطرفين
contract-exclusivity = الحصرية
contract-exclusive-until = الحصرية حتى
contract-disclosure = يرد في كل منشور
contract-usage = حقوق الاستخدام
contract-usage-until = حقوق الاستخدام حتى
contract-amendment = ملحق
contract-amends = يعدّل هذا «{ $title }» الموقّع في { $when }. وحيث يتناولان الأمر نفسه يسري هذا.
contract-signatures = التوقيعات
contract-signed-at = وقت التوقيع
contract-signed-at-utc = بالتوقيت العالمي
contract-signed-from = من العنوان
contract-document-hash = ‏SHA-256 للمستند الذي وقّعه الطرفان
contract-version = النسخة { $number }

sign-document = حفظ المستند (PDF)
sign-heading = التوقيع
sign-intro = بتوقيعك توافق على هذا العقد كما ورد في المستند. يُحفظ معه اسمك والوقت وعنوان جهازك.
sign-name = اسمك الكامل
sign-name-hint = كما ينبغي أن يرد أسفل العقد.
sign-submit = توقيع العقد
sign-reason = إن لم ترغب في التوقيع: لماذا؟
sign-decline = رفض
sign-by = وقّع { $name } عن { $side }: { $when }
sign-waiting = لقد وقّعت. لم يوقّع الطرف الآخر بعد.
sign-signed = وقّع الطرفان هذا العقد.
sign-declined = رُفض هذا العقد. لا يوقّعه أحد بعد الآن.
sign-over = انتهى هذا العقد.

notice-contract-ending = ينتهي «{ $title }» في { $until }. جدّده، أو دعه ينتهي، أو أتممه عندئذ.
mail-contract-to-sign = مرحبًا { $name }،

    «{ $title }» لصالح { $brand } جاهز للتوقيع. اقرأه ثم وقّعه أو اذكر سبب الرفض. لا حاجة إلى تسجيل الدخول.

    الرابط صالح حتى { $when }. وهو لك وحدك: من يملكه يستطيع التوقيع نيابةً عنك.
    .subject = للتوقيع: { $title }
    .button = القراءة والتوقيع
mail-contract-signed = مرحبًا { $name }،

    وقّع الطرفان «{ $title }» لصالح { $brand }. تجد المستند مع التوقيعات خلف الرابط الصالح حتى { $when }. يُرجى حفظه.
    .subject = تم التوقيع: { $title }
    .button = الاطلاع على العقد
mail-contract-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: عقد يقترب من نهايته

negotiation-intro = هذا العقد قيد التفاوض مع { $agency }. لا يُلزم شيء منه أحدًا قبل أن يوقّع الطرفان. اسأل أو علّق أدناه.
negotiation-deciding = تتخذ { $agency } قرارها بشأنه الآن. سنخبرك حين يحين وقت توقيعه.
negotiation-sent = أُرسل هذا العقد للتوقيع برابط آخر. يُرجى البحث عن تلك الرسالة.
notice-contract-commented = كتب { $who } عن «{ $title }». اقرأ ما كُتب ثم أجب أو غيّر العقد.
mail-contract-to-read = مرحبًا { $name }،

    هذه مسودة «{ $title }» لصالح { $brand }. اقرأها واسأل أو علّق في صفحتها. لا حاجة إلى تسجيل الدخول، وقراءتها لا توقّع شيئًا.

    الرابط صالح حتى { $when }. وهو لك وحدك: من يملكه يستطيع الكتابة نيابةً عنك.
    .subject = للقراءة والنقاش: { $title }
    .button = القراءة والنقاش
mail-contract-reply = مرحبًا { $name }،

    كتب { $who } عن «{ $title }»:

    { $words }

    يمكنك الرد في صفحته بالرابط الذي أُرسل إليك.
    .subject = { $who }: { $title }
mail-contract-comment-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: بشأن عقد
