# Tracked links, conversions, leads.

error-conversion-differs = המקור „{ $source }” כבר רשם המרה אחרת תחת המזהה „{ $id }”, והיא נשארת כפי שהיא. שלחו את זו תחת מזהה משלה.
error-sum-too-large = סכום הערכים האלה גדול מכדי שיימסר במדויק. בקשו פחות ימים, או חפשו המרות שערכן לא ייתכן.
error-signature-wrong = זה אינו חתום בסוד של נקודת הקליטה הזאת. חתמו עליו כפי שקובע המפרט Standard Webhooks.
error-signature-too-old = זה נחתם לפני יותר מ־{ $minutes } דקות, או בעתיד. בדקו את שעון השולח וחתמו מחדש.

page-link-gone-title = הקישור הזה אינו מוביל לשום מקום
page-link-gone = הקישור אינו בשימוש עוד, או שלא הועתק במלואו.
