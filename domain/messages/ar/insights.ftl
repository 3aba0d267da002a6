# Figures: alerts, and where a figure stands beside its target.

notice-alert-above = «{ $title }»: الرقم حتى { $until } هو { $value }، أعلى من { $expected }. انظر ما وراءه ثم علّم التنبيه مقروءًا.
notice-alert-below = «{ $title }»: الرقم حتى { $until } هو { $value }، أدنى من { $expected }. انظر ما وراءه ثم علّم التنبيه مقروءًا.
notice-alert-target = «{ $title }»: الرقم حتى { $until } هو { $value }، والهدف يطلب { $expected } حتى ذلك اليوم. قرّر ما ينبغي فعله في الوقت الباقي.
notice-alert-unusual = «{ $title }»: الرقم حتى { $until } هو { $value }. في الأيام نفسها من الأسابيع السابقة كان بين { $low } و{ $high }، وغالبًا نحو { $expected }. انظر ما الذي اختلف.
mail-alert-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: رقم يحتاج إلى نظرة

notice-web-source-failed = «{ $title }»: لم تعد زيارات هذا الموقع تُقرأ. { $trouble }
mail-web-source-notices = مرحبًا { $name }،

    { $list }
    .subject = { $brand }: لم تعد الزيارات تُقرأ

notice-report-host-away = «{ $title }»: تعذّر الوصول إلى مضيف تقاريركم المشارَكة مدةً طويلة، ولم يعد يُفحص. تقود الروابط إلى عنوان المنصّة نفسها. أصلحوا اسمه أو الوكيل أو شهادته، ثم عيّنوه من جديد.
notice-report-host-taken = «{ $title }»: يجيب شيء آخر في مضيف تقاريركم المشارَكة، ولم يعد يُفحص. تقود الروابط إلى عنوان المنصّة نفسها، أمّا الروابط التي تذكر هذا المضيف فلا تُفتح. اجعلوا اسمه يقود إلى هنا، ثم عيّنوه من جديد.
mail-report-host-notices = مرحبًا { $name }،

    { $list }
    .subject = لم تعد التقارير تُقرأ في مضيفكم الخاص

insight-target-sum = { $value } حتى الآن، والمستحقّ حتى اليوم { $direction ->
        [AT_MOST] على الأكثر
       *[AT_LEAST] على الأقل
    } { $expected } من أصل { $target }: { $standing ->
        [AHEAD] متقدّم
        [BEHIND] متأخّر
       *[ON_TRACK] على المسار
    }.
insight-target-level = { $value }، والهدف { $direction ->
        [AT_MOST] على الأكثر
       *[AT_LEAST] على الأقل
    } { $target }: { $standing ->
        [AHEAD] متقدّم
        [BEHIND] متأخّر
       *[ON_TRACK] على المسار
    }.
insight-target-unknown = لا رقم يُقارَن بالهدف { $target }.
