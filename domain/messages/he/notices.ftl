# הודעות: מה שמישהו צריך לדעת, עם הצעד הבא. `trouble` הוא טקסט מתוך troubles.ftl.

notice-publication-failed = ״{ $title }״ לא פורסם ב-{ $network } ({ $account }). { $trouble }
notice-publication-unconfirmed = ״{ $title }״ ב-{ $network } ({ $account }) מחכה להחלטתכם. { $trouble }
notice-publication-missed = ״{ $title }״ לא נשלח בזמן אל { $network } ({ $account }). { $trouble }
notice-publications-missed =
    { $count ->
        [one] הגיע זמנו של פרסום אחד ({ $count }) כשהפרסום היה מושהה, והזמן שלו חלף. תזמנו אותו מחדש או הורידו אותו מהתזמון.
        [two] הגיע זמנם של שני פרסומים ({ $count }) כשהפרסום היה מושהה, והזמן שלהם חלף. תזמנו אותם מחדש או הורידו אותם מהתזמון.
       *[other] הגיע זמנם של { $count } פרסומים כשהפרסום היה מושהה, והזמן שלהם חלף. תזמנו אותם מחדש או הורידו אותם מהתזמון.
    }
notice-account-disconnected = { $network } לא מקבלת עוד את ההתחברות של { $account }. חברו את החשבון מחדש: עד אז לא יפורסם שם דבר.
notice-webhook-disabled = הוובהוק { $url } כובה, כי במשך יום שלם שום דבר לא הגיע אליו. תקנו את השרת, נסו אותו בבדיקה, ואז הפעילו את הוובהוק שוב.
notices-more =
    { $count ->
        [one] ועוד הודעה אחת ({ $count }). ראו אותה בדיוואן.
        [two] ועוד שתי הודעות ({ $count }). ראו אותן בדיוואן.
       *[other] ועוד { $count } הודעות. ראו אותן בדיוואן.
    }
mail-notices =
    שלום { $name },

    { $list }
    .subject =
        { $count ->
            [one] { $brand }: הפרסום צריך אתכם
            [two] { $brand }: הפרסום צריך אתכם פעמיים
           *[other] { $brand }: הפרסום צריך אתכם { $count } פעמים
        }
