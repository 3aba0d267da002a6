# Proposals: what a client reads on the page, and the letters about them.

error-proposal-without-lines = There is nothing on offer yet. Add a line with a price first.
error-proposal-not-reviewed = The team has not approved this version yet. Wait for the review, then send it.

offer-from = { $agency } offers this to { $name } · { $brand }
offer-until = You can accept it until the end of { $when }.
offer-scope = What we will do
offer-when = When
offer-term = { $title }: { $from } – { $to }
offer-lines = What it costs
offer-discount = Discount
offer-tax = { $percent } % tax
offer-net = Without tax
offer-tax-total = Tax
offer-gross = To be paid
offer-gross-hint = Without the options, which you can choose below.
offer-terms = Terms
offer-file = The proposal as a PDF
offer-said = What has been said
offer-comment = Ask or comment
offer-send = Send
offer-answer = Your answer
offer-options = Options: tick what you would like as well
offer-name = Your full name
offer-name-hint = Your name and the button below are your signature. The time, your address on the network and a digest of exactly this proposal are kept with it.
offer-accept = Accept and sign
offer-reason = If it is not right for you: why?
offer-decline = Decline
offer-accepted = { $who } accepted this: { $when }.
offer-digest = Digest of what was accepted (SHA-256):
offer-declined = This was declined. There is nothing more for you to do.
offer-too-late = The time for accepting this is over. Ask { $agency } for a new one.

# The lines of the budget that an accepted proposal opens.
budget-category-ads = Advertising
budget-category-influencers = Influencers
budget-category-production = Production
budget-category-freelancers = Freelancers
budget-category-staff = Our team
budget-category-tools = Tools
budget-category-other = Other

mail-proposal-sent = Hello { $name },

    { $agency } has a proposal for { $brand }: “{ $title }”. Read it, ask what you would like to know, then accept or decline it. You need not sign in. It is good until the end of { $until }.

    The link is meant for you alone: whoever has it can answer for you.
    .subject = A proposal for you: { $title }
    .button = Read the proposal

mail-proposal-reply = Hello { $name },

    { $who } wrote about the proposal “{ $title }”:

    { $words }

    You can answer on its page, by the link that you were sent.
    .subject = { $who }: { $title }

mail-proposal-accepted = Hello { $name },

    { $who } accepted “{ $title }”. Its project, budget and campaigns are open.
    .subject = Accepted: { $title }

mail-proposal-declined = Hello { $name },

    { $who } declined “{ $title }”:

    { $words }
    .subject = Declined: { $title }

mail-proposal-commented = Hello { $name },

    { $who } wrote about “{ $title }”:

    { $words }
    .subject = { $who }: { $title }

mail-proposal-expired = Hello { $name },

    { $who } did not answer “{ $title }” in time. Revise it to offer it anew.
    .subject = No answer: { $title }

# The file of what was accepted, and its last page.
offer-signed-file = What was accepted, signed, as a PDF
offer-acceptance = Acceptance
offer-taken = All amounts are in { $currency }. What was accepted is shown, with the options that were taken.

mail-proposal-link = Hello { $name },

    Here is a new link to the proposal “{ $title }”. The one that you had before no longer works.

    It is meant for you alone: whoever has it can answer for you.
    .subject = A new link: { $title }
    .button = Open the proposal

mail-proposal-signed = Hello { $name },

    “{ $title }” was accepted. You find what was accepted as a signed document behind the link, which is good until { $when }. Please save it.
    .subject = Signed: { $title }
    .button = See the signed proposal
