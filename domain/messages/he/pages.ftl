# See en/pages.ftl.

page-oauth-connected = החשבון מתחבר. אפשר לסגור את הדף הזה.
page-oauth-declined = החשבון לא חובר, כי הרשת לא אישרה זאת. אפשר לסגור את הדף הזה.
page-oauth-fault = משהו השתבש אצלנו. חברו את החשבון מחדש.
page-fault = משהו השתבש אצלנו. נסו שוב.
page-nowhere = אין דבר בכתובת הזאת.
page-join-title = ברוכים הבאים לדיוואן
page-join-intro = הוזמנתם. כתבו את שמכם ובחרו סיסמה.
page-join-submit = הצטרפות
page-join-done = הצטרפתם. עכשיו אפשר להתחבר ולסגור את הדף הזה.
page-reset-title = סיסמה חדשה
page-reset-intro = בחרו סיסמה חדשה. תנותקו מכל המכשירים.
page-reset-submit = שמירת הסיסמה
page-reset-done = הסיסמה שלכם שונתה ונותקתם מכל המכשירים. עכשיו אפשר להתחבר ולסגור את הדף הזה.
page-name = השם שלכם
page-password = סיסמה
page-password-hint =
    { $limit ->
        [one] לפחות תו אחד.
        [two] לפחות שני תווים.
       *[other] לפחות { $limit } תווים.
    } כמה מילים שאינן קשורות זו לזו קל לזכור וקשה לנחש.
page-busy = הגיעו בקשות רבות מהרשת שלכם. המתינו דקה ונסו שוב.
