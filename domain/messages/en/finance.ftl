# Budgets and the ledger.

error-budget-exceeded = Only { $amount } { $currency } are left here. Book less, move money here from another line, or ask for more.
error-more-than-booked = Only { $amount } { $currency } of that are booked here. Take back no more than that.
error-budget-closed = This budget is closed, and nothing is booked on it any more. Choose a line of an open budget.
error-budget-committed = { $amount } { $currency } are still committed. Release them, or carry them over to a following budget.
error-currency-differs = The other budget is not in { $currency }. Choose one in the same currency.
error-receipt-required = Add the receipt first: an expense is handed in with it.
error-budget-line-required = Name the budget line on which this is booked first.
error-boost-currency-differs = This promotion is planned in { $currency }. Name amounts and a budget line in that currency.
error-exchange-rate-missing = There is no exchange rate from { $from } to { $to } for { $day } or the 31 days before. Record one first.
