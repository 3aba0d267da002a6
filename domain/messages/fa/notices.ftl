# آگاهی‌ها: آنچه کسی باید بداند، با گام بعدی. `trouble` متنی از troubles.ftl است.

notice-publication-failed = «{ $title }» در { $network } ({ $account }) منتشر نشد. { $trouble }
notice-publication-unconfirmed = «{ $title }» در { $network } ({ $account }) به تصمیم شما نیاز دارد. { $trouble }
notice-publication-missed = «{ $title }» به‌موقع به { $network } ({ $account }) فرستاده نشد. { $trouble }
notice-publications-missed =
    { $count ->
        [one] زمان { $count } انتشار هنگامی رسید که انتشار متوقف بود و مهلت آن گذشته است. دوباره آن را زمان‌بندی کنید یا از برنامه بردارید.
       *[other] زمان { $count } انتشار هنگامی رسید که انتشار متوقف بود و مهلت آن‌ها گذشته است. دوباره آن‌ها را زمان‌بندی کنید یا از برنامه بردارید.
    }
notice-account-disconnected = { $network } دیگر ورود { $account } را نمی‌پذیرد. حساب را دوباره متصل کنید: تا آن هنگام چیزی آنجا منتشر نمی‌شود.
notice-webhook-disabled = وب‌هوک { $url } خاموش شد، چون یک روز چیزی به آن نرسید. سرور را درست کنید، با یک آزمایش امتحانش کنید و سپس وب‌هوک را دوباره روشن کنید.
notices-more =
    { $count ->
        [one] و { $count } مورد دیگر. آن را در دیوان ببینید.
       *[other] و { $count } مورد دیگر. آن‌ها را در دیوان ببینید.
    }
mail-notices =
    سلام { $name }،

    { $list }
    .subject =
        { $count ->
            [one] { $brand }: انتشار به شما نیاز دارد
           *[other] { $brand }: انتشار به شما نیاز دارد، { $count } مورد
        }
