# Influencers, and what users allowed to be done with what they made.

error-influencer-blocked = هذا المؤثر محظور: { $reason } اختر غيره، أو اطلب رفع الحظر.
error-influencer-exclusive = يعمل هذا المؤثر حصريًا مع { $competitor } في «{ $category }» حتى { $until }. انتظر، أو اختر غيره.
error-influencer-undisclosed = لم يُذكر أنه إعلان في «{ $title }» بتاريخ { $date }. اتفق على ذلك كتابةً قبل المتابعة.
error-influencer-language = يتحدث هذا المؤثر { $languages }، والعلامة { $wanted }. اختر غيره، أو اتفق معه على اللغة.
error-influencer-market = جمهور هذا المؤثر في { $markets }، لا في { $wanted }. اختر غيره.
error-grant-missing = من صنع هذا الملف لم يسمح بنشره هناك في ذلك الموعد. اطلب إذنًا، أو اختر حسابًا أو موعدًا أو ملفًا آخر.
error-licence-stays = طُلب هذا الملف ممن صنعه، فيبقى ترخيصه USER_GENERATED. اذكر ذلك في تعديلك.
error-asset-referred-to = يستند إلى هذا الملف شيء يجب أن يبقى، كإذن أو إيصال، فلا يمكن حذفه. أرشفه بدلًا من ذلك.
