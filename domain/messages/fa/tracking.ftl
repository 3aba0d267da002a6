# Tracked links, conversions, leads.

error-conversion-differs = «{ $source }» پیش‌تر تبدیل دیگری را با شناسهٔ «{ $id }» ثبت کرده است و آن همان‌گونه می‌ماند. این یکی را با شناسهٔ خودش بفرستید.
error-signature-wrong = این با رمز این نقطهٔ دریافت امضا نشده است. آن را به شیوهٔ Standard Webhooks امضا کنید.
error-signature-too-old = این بیش از { $minutes } دقیقه پیش یا در آینده امضا شده است. ساعت فرستنده را بررسی و دوباره امضا کنید.

page-link-gone-title = این پیوند به جایی نمی‌رسد
page-link-gone = این پیوند دیگر به کار نمی‌رود، یا کامل رونوشت نشده است.
