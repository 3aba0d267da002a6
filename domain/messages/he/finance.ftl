# Budgets and the ledger.

error-budget-exceeded = נותרו כאן רק { $amount } { $currency }. רשמו פחות, העבירו כסף משורה אחרת או בקשו עוד.
error-more-than-booked = מתוך זה רשומים כאן רק { $amount } { $currency }. אל תחזירו יותר מכך.
error-budget-closed = התקציב הזה סגור ולא נרשם בו עוד דבר. בחרו שורה בתקציב פתוח.
error-budget-committed = { $amount } { $currency } עדיין משוריינים. שחררו אותם או העבירו אותם לתקציב הבא.
error-currency-differs = התקציב האחר אינו ב-{ $currency }. בחרו תקציב באותו מטבע.
error-receipt-required = הוסיפו קודם את הקבלה: הוצאה מוגשת יחד עם הקבלה.
error-budget-line-required = ציינו קודם את שורת התקציב שבה זה נרשם.
error-boost-currency-differs = הקידום הזה מתוכנן ב-{ $currency }. ציינו סכומים ושורת תקציב במטבע הזה.
error-exchange-rate-missing = אין שער המרה מ-{ $from } ל-{ $to } ליום { $day } או ל-31 הימים שלפניו. רשמו שער קודם.
