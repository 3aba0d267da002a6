# Influencers, and what users allowed to be done with what they made.

error-influencer-blocked = همکاری با این اینفلوئنسر بسته است: { $reason } دیگری را برگزینید یا بخواهید که این منع برداشته شود.
error-influencer-exclusive = این اینفلوئنسر تا { $until } در «{ $category }» تنها برای { $competitor } کار می‌کند. صبر کنید یا دیگری را برگزینید.
error-influencer-undisclosed = در «{ $title }» به تاریخ { $date } گفته نشده که تبلیغ است. پیش از ادامه، کتبی بر آن توافق کنید.
error-influencer-language = زبان این اینفلوئنسر { $languages } است و زبان برند { $wanted }. دیگری را برگزینید یا دربارهٔ زبان توافق کنید.
error-influencer-market = مخاطبان این اینفلوئنسر در { $markets } هستند، نه در { $wanted }. دیگری را برگزینید.
error-grant-missing = سازندهٔ این فایل اجازهٔ انتشار آن را در آن‌جا و آن زمان نداده است. اجازه بگیرید، حساب یا زمان دیگری برگزینید، یا فایل دیگری.
error-licence-stays = برای این فایل از سازنده‌اش اجازه خواسته شده است؛ پس مجوز آن USER_GENERATED می‌ماند. در تغییر خود همین را بنویسید.
error-asset-referred-to = چیزی که باید بماند، مانند یک اجازه یا رسید، به این فایل بسته است و نمی‌توان آن را پاک کرد. به‌جای آن بایگانی کنید.
