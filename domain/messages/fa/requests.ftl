# See en/requests.ftl.

request-bad-request = این درخواست درست نوشته نشده است. { $detail }
request-too-complex = این درخواست بیش از اندازه بزرگ است. آن را به چند درخواست کوچک‌تر تقسیم کنید. { $detail }
request-too-deep = این درخواست بیش از اندازه تودرتو است. { $detail }
request-rate-limited = سهم درخواست‌های شما تمام شده است. کمی صبر کنید و دوباره امتحان کنید. { $detail }
request-unauthenticated = برای این کار باید وارد شوید، یا ورود شما دیگر معتبر نیست. دوباره وارد شوید. { $detail }
request-idempotency-key-required = این تغییر به سرآیند Idempotency-Key نیاز دارد. { $detail }
request-idempotency-key-reused = این Idempotency-Key پیش‌تر برای درخواست دیگری به کار رفته است. برای درخواست تازه کلید تازه‌ای به کار ببرید. { $detail }
request-internal = مشکلی از سوی ما پیش آمد. دوباره امتحان کنید؛ اگر تکرار شد، requestId را به گردانندهٔ سامانه بدهید. { $detail }
