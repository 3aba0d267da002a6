# Deliverables, payments and hours. `deliverable-` is the page on which the other side of a contract hands something in.

error-fee-exceeded = Only { $amount } { $currency } of the contract's fee are not planned yet. Plan less, or agree on an amendment.
error-payment-blocked = { $why ->
    [NOT_SIGNED] This payment waits until its contract is signed.
    [NOT_ACCEPTED] This payment waits until its deliverable is accepted.
    [NOT_YET] This payment waits for its day.
    [NOT_COMMITTED] This payment waits until its money is committed on a budget line. Ask whoever keeps the budget.
    [ABOVE_FEE] The payments of the contract are more than its fee. Plan less.
   *[other] This payment cannot be asked for yet.
}
error-payee-missing = Nobody has written down to which account this contract is paid. Name the account first.
error-payer-missing = Nobody has written down from which account is paid for this brand. Name the account first.
error-payments-under-way = Payments of this contract are being decided about or are on their way to the bank. Recall them, take the file back or note them as paid first.
error-currency-not-sepa = SEPA pays in EUR, not in { $currency }. Export this payment as CSV.
error-account-not-sepa = This account is not in a country of SEPA. Export the payment as CSV.
error-not-transferable = This amount cannot be transferred: nothing of it is left, or it is more than the bank takes.
error-iban-invalid = This is not an IBAN: its check digits do not fit. Copy it from an invoice.
error-bic-invalid = This is not a BIC: it has 8 or 11 letters and digits, such as COBADEFF.
error-bank-text-only = Write the name in Latin letters, as the bank knows it.
error-not-found-published = Nobody has found this published yet. Look at it and record the check, or send it back.
error-not-found-disclosed = “{ $words }” was not found in it. Look at it and record the check, or send it back.
error-work-rate-missing = There is no rate for { $day }. Set what an hour costs first.

deliverable-asks = { $agency } asks { $name } to hand in · { $brand }
deliverable-due = Due on { $when }
deliverable-brief = What it is to be
deliverable-disclosure = It must say:
deliverable-submitted = You have handed this in. The team is looking at it.
deliverable-accepted = This was accepted. There is nothing more for you to do.
deliverable-sent-back = This came back to you. Please hand it in again.
deliverable-withdrawn = This is not needed any more.
deliverable-hand-in = Hand in
deliverable-link = Address of the page
deliverable-link-hint = Where it is published, such as https://example.com/post/1.
deliverable-note = Anything you would like to say
deliverable-send = Hand in the address
deliverable-either = Send the address where it is published, or a file: one of the two.
deliverable-file = File
deliverable-file-hint = A picture of up to { $picture } MB, a film of up to { $film } GB, or a PDF of up to { $document } MB.
deliverable-send-file = Send the file and hand in

notice-deliverable-due = “{ $title }” is due on { $until } and was not handed in yet. Ask whoever hands it in.
notice-deliverable-overdue = “{ $title }” was due on { $until } and was not handed in. Ask whoever hands it in, or agree on another day.
mail-deliverable-link = Hello { $name },

    { $agency } asks you to hand in “{ $title }” for { $brand }. It is due on { $due }. On the page behind the link you send the address where it is published, or a file. You need not sign in.

    The link is good until { $when }. It is meant for you alone: whoever has it can hand in for you.
    .subject = To be handed in: { $title }
    .button = Hand in
mail-deliverable-sent-back = Hello { $name },

    “{ $title }” for { $brand } came back to you:

    { $reason }

    Please hand it in again. It is due on { $due }.
    .subject = Please hand in again: { $title }
    .button = Hand in again
mail-deliverable-soon = Hello { $name },

    “{ $title }” for { $brand } is due on { $due }, and nothing was handed in yet.
    .subject = Due soon: { $title }
    .button = Hand in
mail-deliverable-late = Hello { $name },

    “{ $title }” for { $brand } was due on { $due }, and nothing was handed in. Please hand it in now, or tell the team when you will.
    .subject = Overdue: { $title }
    .button = Hand in
mail-deliverable-notices = Hello { $name },

    { $list }
    .subject = { $brand }: something that was promised is due
