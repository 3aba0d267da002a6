# Figures: alerts, and where a figure stands beside its target.

notice-alert-above = «{ $title }»: رقم تا { $until } برابر { $value } است، بالاتر از { $expected }. علت آن را بررسی کنید و سپس هشدار را دیده‌شده علامت بزنید.
notice-alert-below = «{ $title }»: رقم تا { $until } برابر { $value } است، پایین‌تر از { $expected }. علت آن را بررسی کنید و سپس هشدار را دیده‌شده علامت بزنید.
notice-alert-target = «{ $title }»: رقم تا { $until } برابر { $value } است و هدف تا آن روز { $expected } می‌خواهد. برای زمان باقی‌مانده تصمیم بگیرید.
notice-alert-unusual = «{ $title }»: رقم تا { $until } برابر { $value } است. در همین روزهای هفته‌های پیش میان { $low } و { $high } بود، بیشتر نزدیک { $expected }. ببینید چه چیزی فرق کرده است.
mail-alert-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: رقمی نیاز به بررسی دارد

notice-web-source-failed = «{ $title }»: بازدیدهای این سایت دیگر خوانده نمی‌شود. { $trouble }
mail-web-source-notices = سلام { $name }،

    { $list }
    .subject = { $brand }: بازدیدها دیگر خوانده نمی‌شوند

notice-report-host-away = «{ $title }»: میزبان گزارش‌های هم‌رسانی‌شدهٔ شما مدتی طولانی در دسترس نبود و دیگر بررسی نمی‌شود. پیوندها به نشانی خود سامانه می‌روند. نام، پراکسی یا گواهی آن را درست کنید و سپس دوباره تنظیمش کنید.
notice-report-host-taken = «{ $title }»: در میزبان گزارش‌های هم‌رسانی‌شدهٔ شما چیز دیگری پاسخ می‌دهد و این میزبان دیگر بررسی نمی‌شود. پیوندها به نشانی خود سامانه می‌روند و آن‌هایی که این میزبان را نام می‌برند باز نمی‌شوند. نام آن را به اینجا برگردانید و سپس دوباره تنظیمش کنید.
mail-report-host-notices = سلام { $name }،

    { $list }
    .subject = گزارش‌ها دیگر در میزبان خودتان خوانده نمی‌شوند

insight-target-sum = تاکنون { $value }، در حالی که تا امروز { $direction ->
        [AT_MOST] حداکثر
       *[AT_LEAST] دست‌کم
    } { $expected } از کل { $target } لازم بود: { $standing ->
        [AHEAD] جلوتر
        [BEHIND] عقب‌تر
       *[ON_TRACK] طبق برنامه
    }.
insight-target-level = { $value }، با هدف { $direction ->
        [AT_MOST] حداکثر
       *[AT_LEAST] دست‌کم
    } { $target }: { $standing ->
        [AHEAD] جلوتر
        [BEHIND] عقب‌تر
       *[ON_TRACK] طبق برنامه
    }.
insight-target-unknown = رقمی نیست که با هدف { $target } مقایسه شود.
