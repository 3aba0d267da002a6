# See en/mail.ftl.

letter-open = فتح
letter-in-full = إذا لم يعمل الزر، فافتح هذا العنوان:
letter-link = افتح هذا العنوان:
letter-footer = كتب ديوان هذه الرسالة تلقائيًا على { $server }. إذا لم تكن تتوقعها، فلا يلزمك فعل شيء.

mail-invitation = مرحبًا { $name }،

    يدعوك { $inviter } إلى الانضمام إلى { $agency } على ديوان. اختر كلمة مرور لتبدأ.

    { $days ->
        [zero] تنتهي صلاحية الدعوة اليوم.
        [one] الدعوة صالحة ليوم واحد.
        [two] الدعوة صالحة ليومين.
        [few] الدعوة صالحة لمدة { $days } أيام.
        [many] الدعوة صالحة لمدة { $days } يومًا.
       *[other] الدعوة صالحة لمدة { $days } يوم.
    }
    .subject = يدعوك { $inviter } إلى الانضمام إلى { $agency }
    .button = قبول الدعوة

mail-place-added = مرحبًا { $name }،

    أضافك { $inviter } من { $agency } إلى العلامات التالية: { $brands }. ستراها عند تسجيل دخولك التالي.
    .subject = تمت إضافتك إلى { $brands }

mail-place-ending = مرحبًا { $name }،

    ينتهي عملك في { $brand } في { $end } ({ $zone }). إذا احتجت إلى وقت أطول، فاطلبه من فريق { $brand }.
    .subject = ينتهي عملك في { $brand } قريبًا

mail-place-ending-team = ينتهي عمل { $name } في { $brand } في { $end } ({ $zone }).

    إذا دعت الحاجة إلى وقت أطول، فمدّده قبل ذلك. وإلا فسلّم أعماله المفتوحة إلى غيره.
    .subject = يغادر { $name } العلامة { $brand } قريبًا
mail-comment =
    مرحبًا { $name }،

    { $how ->
        [reply] رد على تعليقك على «{ $title }» من { $by }:
       *[mention] ورد ذكرك في تعليق من { $by } على «{ $title }»:
    }

    { $body }
    .subject = { $by }: { $title }
mail-password-reset =
    مرحبًا { $name }،

    طلب أحدهم اختيار كلمة مرور جديدة لحسابك. إن كنت أنت من طلب ذلك، فافتح الرابط أدناه خلال ساعة. يعمل الرابط مرة واحدة، وينهي كل جلسة سجّلت الدخول فيها.

    إن لم تكن أنت، فلا حاجة إلى أي إجراء: تبقى كلمة مرورك كما هي.
    .subject = اختيار كلمة مرور جديدة


approval-who-level-any = أي شخص بمستوى { $level } أو أعلى
approval-who-level-all = جميع من هم بمستوى { $level }
approval-who-people = { $names }
approval-who-client = العميل
approval-who-limit = شخص يغطي حدّه هذا المبلغ (المستوى { $level })
approval-who-team = فريق الوكالة
approval-outcome-approved = تمت الموافقة
approval-outcome-changes-requested = طُلبت تعديلات
approval-outcome-withdrawn = سُحب الطلب
approval-outcome-voided = أُلغي لأنه عُدّل
mail-approval-requested =
    مرحبًا { $name }،

    يطلب { $requester } الموافقة على «{ $title }». يُرجى الاطلاع عليه ثم الموافقة أو ذكر ما ينبغي تغييره.
    .subject = بانتظار موافقتك: { $title }
mail-approval-reminder =
    مرحبًا { $name }،

    ما زال «{ $title }» الذي طلب { $requester } الموافقة عليه بانتظارك. يُرجى الموافقة أو ذكر ما ينبغي تغييره.
    .subject = ما زال بانتظار موافقتك: { $title }
mail-approval-decided =
    مرحبًا { $name }،

    جاء الرد على ما أرسلته للموافقة، «{ $title }»: { $outcome }.

    { $comment }
    .subject = { $title }: { $outcome }
mail-post-assigned =
    مرحبًا { $name }،

    أسند إليك { $by } العمل على «{ $title }».{ $dated ->
        [yes] {" "}الموعد النهائي: { $due }.
       *[no] {""}
    }

    { $brief }
    .subject = لك: { $title }
