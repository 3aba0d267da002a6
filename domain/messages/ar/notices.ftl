# الإشعارات: ما ينبغي أن يعرفه شخص ما، مع الخطوة التالية. `trouble` نص من troubles.ftl.

notice-publication-failed = لم يُنشر «{ $title }» على { $network } ({ $account }). { $trouble }
notice-publication-unconfirmed = يحتاج «{ $title }» على { $network } ({ $account }) إلى قرارك. { $trouble }
notice-publication-missed = لم يُرسل «{ $title }» إلى { $network } ({ $account }) في وقته. { $trouble }
notice-publications-missed =
    { $count ->
        [zero] لم يحن وقت أي نشر ({ $count }) أثناء إيقاف النشر.
        [one] حان وقت نشر واحد ({ $count }) أثناء إيقاف النشر وانقضت مهلته. أعد جدولته أو أزله من الجدول.
        [two] حان وقت عمليتَي نشر ({ $count }) أثناء إيقاف النشر وانقضت مهلتهما. أعد جدولتهما أو أزلهما من الجدول.
        [few] حان وقت { $count } عمليات نشر أثناء إيقاف النشر وانقضت مهلتها. أعد جدولتها أو أزلها من الجدول.
        [many] حان وقت { $count } عملية نشر أثناء إيقاف النشر وانقضت مهلتها. أعد جدولتها أو أزلها من الجدول.
       *[other] حان وقت { $count } عملية نشر أثناء إيقاف النشر وانقضت مهلتها. أعد جدولتها أو أزلها من الجدول.
    }
notice-account-disconnected = لم تعد { $network } تقبل تسجيل دخول { $account }. أعد ربط الحساب: فحتى ذلك الحين لا يُنشر عليه شيء.
notice-webhook-disabled = أُوقف خطاف الويب { $url } لأن شيئًا لم يصل إليه طوال يوم. أصلح الخادم وجرّبه باختبار، ثم شغّل خطاف الويب من جديد.
notices-more =
    { $count ->
        [zero] ولا شيء غير ذلك ({ $count }).
        [one] وإشعار واحد آخر ({ $count }). اطّلع عليه في ديوان.
        [two] وإشعاران آخران ({ $count }). اطّلع عليهما في ديوان.
        [few] و{ $count } إشعارات أخرى. اطّلع عليها في ديوان.
        [many] و{ $count } إشعارًا آخر. اطّلع عليها في ديوان.
       *[other] و{ $count } إشعار آخر. اطّلع عليها في ديوان.
    }
mail-notices =
    مرحبًا { $name }،

    { $list }
    .subject =
        { $count ->
            [zero] { $brand }: النشر يحتاج إليك
            [one] { $brand }: النشر يحتاج إليك
            [two] { $brand }: النشر يحتاج إليك مرتين
            [few] { $brand }: النشر يحتاج إليك { $count } مرات
            [many] { $brand }: النشر يحتاج إليك { $count } مرة
           *[other] { $brand }: النشر يحتاج إليك { $count } مرة
        }
