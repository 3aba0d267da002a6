# See en/proposals.ftl.

error-proposal-without-lines = لا شيء معروض بعد. أضف بندًا بسعره أولًا.
error-proposal-not-reviewed = لم يوافق الفريق على هذه النسخة بعد. انتظر المراجعة ثم أرسلها.

offer-from = تعرض { $agency } هذا على { $name } · { $brand }
offer-until = يمكنك قبوله حتى نهاية { $when }.
offer-scope = ما سننجزه
offer-when = المواعيد
offer-term = { $title }: { $from } – { $to }
offer-lines = التكلفة
offer-discount = خصم
offer-tax = ضريبة { $percent }٪
offer-net = بدون الضريبة
offer-tax-total = الضريبة
offer-gross = المستحق
offer-gross-hint = بدون الخيارات التي يمكنك اختيارها أدناه.
offer-terms = الشروط
offer-file = العرض بصيغة PDF
offer-said = ما قيل
offer-comment = اسأل أو علّق
offer-send = إرسال
offer-answer = جوابك
offer-options = خيارات: علّم ما تريده إضافةً
offer-name = اسمك الكامل
offer-name-hint = اسمك والزر أدناه هما توقيعك. يُحفظ معهما الوقت وعنوانك على الشبكة وبصمة هذا العرض بعينه.
offer-accept = قبول وتوقيع
offer-reason = إن لم يناسبك: لماذا؟
offer-decline = رفض
offer-accepted = قبل { $who } هذا العرض: { $when }.
offer-digest = بصمة ما قُبل (SHA-256):
offer-declined = رُفض هذا العرض. لم يبقَ عليك شيء.
offer-too-late = انقضى وقت القبول. اطلب من { $agency } عرضًا جديدًا.

budget-category-ads = الإعلانات
budget-category-influencers = المؤثرون
budget-category-production = الإنتاج
budget-category-freelancers = المستقلون
budget-category-staff = فريقنا
budget-category-tools = الأدوات
budget-category-other = أخرى

mail-proposal-sent = مرحبًا { $name }،

    لدى { $agency } عرض لـ { $brand }: «{ $title }». اقرأه واسأل عمّا تريد، ثم اقبله أو ارفضه. لا حاجة إلى تسجيل الدخول. يسري حتى نهاية { $until }.

    الرابط لك وحدك: من يملكه يستطيع أن يجيب عنك.
    .subject = عرض لك: { $title }
    .button = قراءة العرض

mail-proposal-reply = مرحبًا { $name }،

    كتب { $who } عن العرض «{ $title }»:

    { $words }

    يمكنك الرد في صفحته بالرابط الذي أُرسل إليك.
    .subject = { $who }: { $title }

mail-proposal-accepted = مرحبًا { $name }،

    قبل { $who } العرض «{ $title }». فُتح مشروعه وميزانيته وحملاته.
    .subject = قُبل: { $title }

mail-proposal-declined = مرحبًا { $name }،

    رفض { $who } العرض «{ $title }»:

    { $words }
    .subject = رُفض: { $title }

mail-proposal-commented = مرحبًا { $name }،

    كتب { $who } عن «{ $title }»:

    { $words }
    .subject = { $who }: { $title }

mail-proposal-expired = مرحبًا { $name }،

    لم يجب { $who } عن «{ $title }» في الوقت المحدد. راجعه لتعرضه من جديد.
    .subject = بلا جواب: { $title }

# The file of what was accepted, and its last page.
offer-signed-file = ما قُبل، موقّعًا، بصيغة PDF
offer-acceptance = القبول
offer-taken = جميع المبالغ بعملة { $currency }. يظهر ما قُبل مع الخيارات التي اختيرت.

mail-proposal-link = مرحبًا { $name }،

    هذا رابط جديد للعرض «{ $title }». لم يعد الرابط السابق يعمل.

    الرابط لك وحدك: من يملكه يستطيع أن يجيب عنك.
    .subject = رابط جديد: { $title }
    .button = فتح العرض

mail-proposal-signed = مرحبًا { $name }،

    قُبل العرض «{ $title }». تجد ما قُبل مستندًا موقّعًا خلف الرابط الصالح حتى { $when }. يُرجى حفظه.
    .subject = تم التوقيع: { $title }
    .button = الاطلاع على العرض الموقّع
