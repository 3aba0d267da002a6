# Budgets and the ledger.

error-budget-exceeded = لم يبق هنا سوى { $amount } { $currency }. سجّل مبلغًا أقل، أو انقل مالًا من بند آخر، أو اطلب المزيد.
error-more-than-booked = المسجّل هنا من ذلك { $amount } { $currency } فقط. لا تسترجع أكثر منه.
error-budget-closed = هذه الميزانية مغلقة ولا يُسجَّل عليها شيء بعد الآن. اختر بندًا من ميزانية مفتوحة.
error-budget-committed = ما زال { $amount } { $currency } ملتزمًا به. حرّره أو رحّله إلى ميزانية تالية.
error-currency-differs = الميزانية الأخرى ليست بعملة { $currency }. اختر واحدة بالعملة نفسها.
error-receipt-required = أضف الإيصال أولًا: يُقدَّم المصروف مع إيصاله.
error-budget-line-required = حدّد أولًا بند الميزانية الذي يُقيَّد عليه هذا المبلغ.
error-boost-currency-differs = خُطِّط لهذا الترويج بعملة { $currency }. اذكر المبالغ وبند الميزانية بهذه العملة.
error-exchange-rate-missing = لا يوجد سعر صرف من { $from } إلى { $to } ليوم { $day } ولا للأيام الـ31 التي قبله. سجّل سعرًا أولًا.
