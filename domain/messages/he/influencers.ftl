# Influencers, and what users allowed to be done with what they made.

error-influencer-blocked = המשפיען הזה חסום: { $reason } בחרו אחר, או בקשו להסיר את החסימה.
error-influencer-exclusive = המשפיען הזה עובד עם { $competitor } בלבד בתחום „{ $category }” עד { $until }. המתינו, או בחרו אחר.
error-influencer-undisclosed = ב„{ $title }” מ-{ $date } לא צוין שזו פרסומת. הסכימו על כך בכתב לפני שתמשיכו.
error-influencer-language = המשפיען הזה מדבר { $languages }, והמותג { $wanted }. בחרו אחר, או הסכימו על השפה.
error-influencer-market = הקהל של המשפיען הזה נמצא ב-{ $markets }, לא ב-{ $wanted }. בחרו אחר.
error-grant-missing = מי שיצר את הקובץ הזה לא התיר לפרסם אותו שם במועד ההוא. בקשו היתר, בחרו חשבון או מועד אחר, או קובץ אחר.
error-licence-stays = הקובץ הזה התבקש ממי שיצר אותו, ולכן הרישיון שלו נשאר USER_GENERATED. ציינו זאת בשינוי.
error-asset-referred-to = משהו שחייב להישאר, כמו היתר או קבלה, מפנה לקובץ הזה, ולכן אי אפשר למחוק אותו. העבירו אותו לארכיון במקום.
