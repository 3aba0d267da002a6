# صفحات الهبوط كما يراها الزوار.

landing-gone-title = لا توجد صفحة هنا
landing-gone = لم تعد هذه الصفحة موجودة، أو لم يُنسخ عنوانها كاملًا.
landing-of = صفحة من { $brand }
landing-name = الاسم
landing-email = البريد الإلكتروني
landing-phone = الهاتف
landing-message = الرسالة
landing-optional = (اختياري)
landing-trap = اترك هذا فارغًا
landing-mend = يُرجى مراجعة ما هو معلَّم ثم الإرسال من جديد.
landing-form-old = بقي هذا النموذج مفتوحًا مدة طويلة. لم يضع شيء: يُرجى الإرسال من جديد.
landing-field-missing = يُرجى ملء هذا الحقل.
landing-email-wrong = هذا ليس عنوان بريد إلكتروني. يكون على شكل name@example.com.
landing-consent-missing = يُرجى وضع علامة في هذا المربع إن كنت موافقًا. لا يمكننا قبول رسالتك دونها.
