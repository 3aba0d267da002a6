# See en/mail.ftl.

letter-open = فتح
letter-in-full = إذا لم يعمل الزر، فافتح هذا العنوان:
letter-link = افتح هذا العنوان:
letter-footer = كتب ديوان هذه الرسالة تلقائيًا على { $server }. إذا لم تكن تتوقعها، فلا يلزمك فعل شيء.

mail-invitation = مرحبًا { $name }،

    يدعوك { $inviter } إلى { $agency } على ديوان. اختر كلمة مرور لتبدأ.

    { $days ->
        [zero] تنتهي صلاحية الدعوة اليوم.
        [one] الدعوة صالحة ليوم واحد.
        [two] الدعوة صالحة ليومين.
        [few] الدعوة صالحة لمدة { $days } أيام.
        [many] الدعوة صالحة لمدة { $days } يومًا.
       *[other] الدعوة صالحة لمدة { $days } يوم.
    }
    .subject = يدعوك { $inviter } إلى { $agency }
    .button = قبول الدعوة

mail-place-added = مرحبًا { $name }،

    أضافك { $inviter } من { $agency } إلى: { $brands }. ستراها عند تسجيل دخولك التالي.
    .subject = تمت إضافتك إلى { $brands }

mail-place-ending = مرحبًا { $name }،

    ينتهي عملك في { $brand } في { $end } ({ $zone }). إذا احتجت إلى وقت أطول، فاطلبه من فريق { $brand }.
    .subject = ينتهي عملك في { $brand } قريبًا

mail-place-ending-team = ينتهي عمل { $name } في { $brand } في { $end } ({ $zone }).

    إذا دعت الحاجة إلى وقت أطول، فمدّده قبل ذلك. وإلا فسلّم أعماله المفتوحة إلى غيره.
    .subject = يغادر { $name } العلامة { $brand } قريبًا
