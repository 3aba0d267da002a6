# صفحه‌های فرود، چنان که بازدیدکنندگان می‌بینند.

landing-gone-title = صفحه‌ای در این نشانی نیست
landing-gone = این صفحه دیگر در دسترس نیست، یا نشانی آن کامل رونوشت نشده است.
landing-of = صفحه‌ای از { $brand }
landing-name = نام
landing-email = رایانامه
landing-phone = تلفن
landing-message = پیام
landing-optional = (اختیاری)
landing-trap = این را خالی بگذارید
landing-mend = لطفاً آنچه را نشان شده است ببینید و دوباره بفرستید.
landing-form-old = این فرم بیش از اندازه باز مانده بود. چیزی از دست نرفته است: لطفاً دوباره بفرستید.
landing-field-missing = لطفاً این را پر کنید.
landing-email-wrong = این نشانی رایانامه نیست. نشانی درست مانند name@example.com است.
landing-consent-missing = اگر موافقید، لطفاً این خانه را علامت بزنید. بدون آن نمی‌توانیم پیام شما را بپذیریم.
