# Calendars: what they refuse, and the words of the feeds that other programs subscribe to.

error-calendar-in-use = { $count ->
    [zero] لا يزال { $count } منشور من هذا التقويم في طريقه إلى النشر.
    [one] لا يزال منشور واحد ({ $count }) من هذا التقويم في طريقه إلى النشر.
    [two] لا يزال منشوران ({ $count }) من هذا التقويم في طريقهما إلى النشر.
    [few] لا تزال { $count } منشورات من هذا التقويم في طريقها إلى النشر.
    [many] لا يزال { $count } منشورًا من هذا التقويم في طريقه إلى النشر.
   *[other] لا يزال { $count } منشور من هذا التقويم في طريقه إلى النشر.
} أزل ما خُطِّط له من الجدول أولًا.
error-not-planned = ليس لهذا المنشور وقت بعد. حدِّد له تاريخًا وساعة.

# Where a post is on its way.
post-state-draft = مسودة
post-state-in-review = قيد المراجعة
post-state-changes-requested = مطلوب تعديلات
post-state-approved = معتمد
post-state-scheduled = مجدول
post-state-publishing = قيد النشر
post-state-published = منشور
post-state-partially-published = منشور جزئيًا
post-state-failed = فشل
post-state-paused = موقوف
post-state-canceled = ملغى
post-state-archived = مؤرشف

feed-state = الحالة: { $state }
feed-accounts = الحسابات: { $accounts }

# Templates and hashtag sets.
error-variable-not-declared = السطر { $line }، المحرف { $column }: لا يعرّف القالب متغيّرًا باسم «{ $name }». عرّفه، أو استخدم متغيّرًا موجودًا.
error-variable-name-bad = السطر { $line }، المحرف { $column }: «{ $name }» ليس اسم متغيّر. اكتب اسمًا واحدًا بين الأقواس: حروف وأرقام وشرطات سفلية، أوله حرف.
error-variable-not-closed = السطر { $line }، المحرف { $column }: هذا المتغيّر غير مغلق. اكتب قوسين مغلقين بعد اسمه.
error-variable-missing = «{ $label }» ({ $name }) بلا قيمة بعد. املأه.
error-hashtags-not-for-network = هذه الوسوم مخصّصة لـ { $networks }، لا لـ { $network }. اختر مجموعة أخرى.
