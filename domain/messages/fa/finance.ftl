# Budgets and the ledger.

error-budget-exceeded = اینجا تنها { $amount } { $currency } مانده است. مبلغ کمتری ثبت کنید، از ردیف دیگری پول به اینجا بیاورید، یا بیشتر درخواست کنید.
error-more-than-booked = از این مورد تنها { $amount } { $currency } اینجا ثبت شده است. بیش از آن پس نگیرید.
error-budget-closed = این بودجه بسته است و دیگر چیزی در آن ثبت نمی‌شود. ردیفی از یک بودجهٔ باز برگزینید.
error-budget-committed = هنوز { $amount } { $currency } در تعهد است. آن را آزاد کنید یا به بودجهٔ بعدی ببرید.
error-currency-differs = بودجهٔ دیگر به { $currency } نیست. بودجه‌ای با همین ارز برگزینید.
error-receipt-required = نخست رسید را بیفزایید: هزینه همراه با رسید ارائه می‌شود.
error-budget-line-required = نخست ردیف بودجه‌ای را که این مبلغ در آن ثبت می‌شود نام ببرید.
error-boost-currency-differs = این تبلیغ به { $currency } برنامه‌ریزی شده است. مبلغ‌ها و ردیف بودجه را به همین ارز نام ببرید.
error-exchange-rate-missing = برای { $day } یا ۳۱ روز پیش از آن نرخ تبدیلی از { $from } به { $to } نیست. نخست نرخی ثبت کنید.
