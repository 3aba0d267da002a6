# The media library: what it refuses.

error-file-type-unsupported = هذا الملف ليس من الأنواع المقبولة هنا: JPEG أو PNG أو GIF أو WebP أو MP4 أو MOV أو PDF.
error-file-damaged = هذا الملف تالف ولا يمكن قراءته.
error-upload-busy = يرسل شخص آخر هذا الملف الآن. انتظر، أو اطلب عنوانًا جديدًا.
error-wrong-offset = يُستكمل الملف من البايت { $current }.
error-upload-missing = لا يوجد ملف في العنوان الذي أُعطي له. أرسله إلى هناك أولًا.
error-no-direct-upload = لا تُحفظ الملفات هنا في حاوية. أرسل هذا الملف إلى عنوان الرفع.
error-store-unavailable = تعذّر حفظ الملف. حاول لاحقًا، أو أخبر المشغّل.
error-quota-exceeded = الحد الأقصى لما تحفظه هذه العلامة التجارية بالبايت: { $limit }. احذف ملفات، أو اطلب المزيد من أحد المديرين.
error-asset-in-use = { $count ->
    [zero] لا منشور يعرض هذا الملف.
    [one] منشور واحد ({ $count }) يعرض هذا الملف.
    [two] منشوران ({ $count }) يعرضان هذا الملف.
    [few] { $count } منشورات تعرض هذا الملف.
    [many] { $count } منشورًا تعرض هذا الملف.
   *[other] { $count } منشور تعرض هذا الملف.
} أزله منها أولًا.
error-asset-archived = هذا الملف مؤرشف. استعده، أو اختر ملفًا آخر.
error-asset-expired = لا يجوز استخدام هذا الملف إلا حتى { $limit }. اختر ملفًا آخر أو موعدًا أبكر، أو مدّد حقوقه.
error-asset-not-yet-usable = لا يجوز استخدام هذا الملف إلا ابتداءً من { $limit }. اختر ملفًا آخر أو موعدًا لاحقًا.
error-rights-missing = لم يذكر أحد بأي حق يُستخدم هذا الملف. دوّن رخصته.
error-rendition-pending = لا تزال نسخة هذه الصورة المخصصة لـ{ $network } قيد الإعداد. حاول بعد قليل.
error-folder-not-empty = لا يزال في هذا المجلد شيء. انقله أولًا.
error-folder-in-itself = لا يمكن أن يكون المجلد داخل نفسه. اختر مكانًا آخر.
error-folder-too-deep = الحد الأقصى لتداخل المجلدات هو { $limit }. اختر مكانًا آخر.
