# See en/requests.ftl.

request-bad-request = هذا الطلب غير مكتوب بشكل صحيح. { $detail }
request-too-complex = هذا الطلب أكبر من المسموح. قسّمه إلى طلبات أصغر. { $detail }
request-too-deep = هذا الطلب متداخل أكثر من المسموح. { $detail }
request-rate-limited = استنفدت رصيدك من الطلبات. انتظر قليلًا ثم حاول مرة أخرى. { $detail }
request-unauthenticated = يلزم تسجيل الدخول لهذا، أو أن دخولك لم يعد صالحًا. سجّل الدخول مرة أخرى. { $detail }
request-idempotency-key-required = يحتاج هذا التغيير إلى الترويسة Idempotency-Key. { $detail }
request-idempotency-key-reused = استُخدم هذا الـ Idempotency-Key لطلب آخر. استخدم مفتاحًا جديدًا لكل طلب جديد. { $detail }
request-internal = حدث خطأ من جانبنا. حاول مرة أخرى؛ وإذا تكرر فأعطِ requestId لمشغّل النظام. { $detail }
