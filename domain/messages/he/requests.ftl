# See en/requests.ftl.

request-bad-request = הבקשה הזאת אינה כתובה כראוי. { $detail }
request-too-complex = הבקשה הזאת גדולה מדי. חלקו אותה לבקשות קטנות יותר. { $detail }
request-too-deep = הבקשה הזאת מקוננת עמוק מדי. { $detail }
request-rate-limited = ניצלתם את מכסת הבקשות שלכם. המתינו מעט ונסו שוב. { $detail }
request-unauthenticated = נדרשת התחברות, או שההתחברות שלכם אינה תקפה עוד. התחברו שוב. { $detail }
request-idempotency-key-required = לשינוי הזה נדרשת הכותרת Idempotency-Key. { $detail }
request-idempotency-key-reused = ה-Idempotency-Key הזה כבר שימש לבקשה אחרת. השתמשו במפתח חדש לכל בקשה חדשה. { $detail }
request-internal = משהו השתבש אצלנו. נסו שוב; אם זה חוזר, מסרו את ה-requestId למפעיל המערכת. { $detail }
