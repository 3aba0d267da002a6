# See en/mail.ftl.

letter-open = פתיחה
letter-in-full = אם הכפתור אינו פועל, פתחו את הכתובת הזאת:
letter-link = פתחו את הכתובת הזאת:
letter-footer = המכתב נכתב אוטומטית על ידי דיוואן ב-{ $server }. אם לא ציפיתם לו, אין צורך לעשות דבר.
