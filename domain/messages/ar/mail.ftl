# See en/mail.ftl.

letter-open = فتح
letter-in-full = إذا لم يعمل الزر، فافتح هذا العنوان:
letter-link = افتح هذا العنوان:
letter-footer = كتب ديوان هذه الرسالة تلقائيًا على { $server }. إذا لم تكن تتوقعها، فلا يلزمك فعل شيء.
