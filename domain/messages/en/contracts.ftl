# Contracts: what their documents and their page say, and the letters that bring the link.

error-contract-work-open =
    { $count ->
        [one] One delivery or payment of this contract is still open. Accept or withdraw it, pay or cancel it, then complete the contract.
       *[other] { $count } deliveries and payments of this contract are still open. Accept or withdraw them, pay or cancel them, then complete the contract.
    }
error-contract-both-sides = Nobody holds both ends of a contract: whoever signs for us makes no link for the other side. Ask a colleague.

contract-kind-influencer = Contract with an influencer
contract-kind-agency = Contract with an agency
contract-kind-vendor = Contract with a vendor
contract-kind-freelancer = Contract with a freelancer
contract-between = Between { $agency }, for { $brand }, and { $party }
contract-terms = What is agreed
contract-party = The other side
contract-party-address = Address
contract-fee = Fee
contract-starts = First day
contract-ends = Last day
contract-open-end = Until one side ends it
contract-exclusivity = Exclusivity
contract-exclusive-until = Exclusive until
contract-disclosure = Stands in every post
contract-usage = Rights of use
contract-usage-until = Rights of use until
contract-amendment = Amendment
contract-amends = This amends “{ $title }”, signed { $when }. Where both say the same thing, this holds.
contract-signatures = Signatures
contract-signed-at = Signed
contract-signed-at-utc = In universal time
contract-signed-from = From the address
contract-document-hash = SHA-256 of the document that both sides signed
contract-version = Version { $number }

sign-document = Save the document (PDF)
sign-heading = Sign
sign-intro = By signing you agree to this contract as the document has it. Your name, the time and the address of your device are kept with it.
sign-name = Your full name
sign-name-hint = As it is to stand under the contract.
sign-submit = Sign the contract
sign-reason = If you do not want to sign: why?
sign-decline = Decline
sign-by = { $name } signed for { $side }: { $when }
sign-waiting = You have signed. The other side has not yet.
sign-signed = Both sides have signed this contract.
sign-declined = This contract was declined. Nobody signs it any more.
sign-over = This contract has ended.

notice-contract-ending = “{ $title }” ends on { $until }. Renew it, let it end, or complete it then.
mail-contract-to-sign = Hello { $name },

    “{ $title }” for { $brand } is ready to be signed. Read it, then sign it or say why not. You need not sign in.

    The link is good until { $when }. It is meant for you alone: whoever has it can sign for you.
    .subject = To be signed: { $title }
    .button = Read and sign
mail-contract-signed = Hello { $name },

    Both sides have signed “{ $title }” for { $brand }. You find the document with the signatures behind the link, which is good until { $when }. Please save it.
    .subject = Signed: { $title }
    .button = See the contract
mail-contract-notices = Hello { $name },

    { $list }
    .subject = { $brand }: a contract ends soon

negotiation-intro = This is being negotiated with { $agency }. Nothing of it binds anybody before both sides have signed. Ask or comment below.
negotiation-deciding = { $agency } is deciding about this now. You will hear when it is to be signed.
negotiation-sent = This was sent to be signed, by another link. Please look for that letter.
notice-contract-commented = { $who } wrote about “{ $title }”. Read it, then answer or change the contract.
mail-contract-to-read = Hello { $name },

    Here is a draft of “{ $title }” for { $brand }. Read it, and ask or comment on its page. You need not sign in, and reading it signs nothing.

    The link is good until { $when }. It is meant for you alone: whoever has it can write for you.
    .subject = To read and discuss: { $title }
    .button = Read and discuss
mail-contract-reply = Hello { $name },

    { $who } wrote about “{ $title }”:

    { $words }

    You can answer on its page, by the link that you were sent.
    .subject = { $who }: { $title }
mail-contract-comment-notices = Hello { $name },

    { $list }
    .subject = { $brand }: about a contract
