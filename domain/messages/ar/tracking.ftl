# Tracked links, conversions, leads.

error-conversion-differs = سجّل «{ $source }» من قبل تحويلًا آخر بالمعرّف «{ $id }»، وهو يبقى كما هو. أرسل هذا بمعرّف خاص به.
error-sum-too-large = مجموع هذه القيم أكبر من أن يُذكر بدقة. اطلب أيامًا أقل، أو ابحث عن تحويلات قيمتها لا يمكن أن تكون صحيحة.
error-signature-wrong = هذا غير موقّع بسرّ نقطة الاستقبال هذه. وقّعه كما تنص مواصفة Standard Webhooks.
error-signature-too-old = وُقّع هذا قبل أكثر من { $minutes } دقائق أو في المستقبل. تحقّق من ساعة المُرسِل ووقّعه من جديد.

page-link-gone-title = هذا الرابط لا يؤدي إلى شيء
page-link-gone = لم يعد الرابط مستخدمًا، أو لم يُنسخ كاملًا.
