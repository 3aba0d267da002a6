# What the product refuses. Each key is a code of `domain/src/error.rs`. Say what is wrong and the way out.

error-not-found = There is no such thing here. Check the id, or ask to be added to the brand.
error-forbidden = Your role does not allow this ({ $action }). Ask somebody of level { $level } or above.
error-sign-in-required = Sign in to do this.
error-invalid = This value is missing or not of the right form.
error-too-long = This has { $actual } characters; at most { $limit } are allowed.
error-too-many = This list has { $actual } entries; at most { $limit } are allowed.
error-already-exists = There is one with this name or address already. Choose another.
error-wrong-credentials = The address and the password do not fit together.
error-already-set-up = This installation has been set up. Sign in instead.
error-wrong-setup-token = This set-up token is not the one that was printed at the first start, or it was used. Restart Diwan to print a new one.
error-refresh-refused = This session has ended. Sign in again.
error-password-too-short = A password needs at least { $limit } characters.
error-unknown-time-zone = “{ $zone }” is not a time zone. Use an IANA name such as Europe/Athens.
error-unknown-network = Diwan does not know the network “{ $network }”.
error-wrong-connect-method = Accounts of { $network } are connected in another way: { $method }.
error-address-not-allowed = Diwan calls public addresses over https only. The operator can allow others in DIWAN_ALLOWED_HOSTS.
error-account-not-connected = The account { $account } is not connected now. Connect it again first.
error-changed-meanwhile = Somebody changed this since you read it (version { $current }). Read it again and repeat your change.
error-wrong-state = This cannot be done while it is { $state }.
error-thread-not-confirmed = This makes { $posts } posts on the network. Say with wholeThread that all of them are there, or choose sendNow: what is missing is sent.
error-not-rerunnable = This work ended for good. Schedule the post again, connect the account again, or ask for the letter again.
error-time-in-past = This time has passed. Choose a later one.
error-time-too-far = This is further away than can be planned. Choose a time before { $limit }.
error-quota-reached = { $account } may publish at most { $limit } posts in its network's period, and that many are planned around this time. The next free moment is { $free }.
error-no-variants = A post needs at least one account to go to.
error-asset-not-ready = The file of this image has not been uploaded yet.
error-file-too-large = This file is larger than { $limit } bytes.
error-image-too-many-pixels = This image has more than { $limit } pixels.
error-link-invalid = This link is not valid, or it was used.
error-link-expired = This link has expired. Ask for a new one.
error-text-empty = { $network } needs a text here.
error-text-too-long-for-network = { $network } takes at most { $limit } characters; this text has { $actual }.
error-text-too-many-bytes-for-network = { $network } takes at most { $limit } bytes; this text has { $actual }.
error-too-many-images-for-network = { $network } takes at most { $limit } images; there are { $actual }.
error-image-too-large-for-network = { $network } takes images of at most { $limit } bytes; this one has { $actual }.
error-image-too-many-pixels-for-network = { $network } takes images of at most { $limit } pixels; this one has { $actual }.
error-image-type-not-for-network = { $network } does not take images of this type.
error-alt-text-too-long-for-network = { $network } takes descriptions of at most { $limit } characters; this one has { $actual }.
error-alt-text-not-for-network = { $network } does not take the description of this image or film: people who cannot see it learn nothing of it there.
error-thread-not-for-network = { $network } makes no threads. Put everything into one text.
error-thread-too-long-for-network = { $network } takes threads of at most { $limit } parts; this one has { $actual }.
error-thread-part-empty = This part of the thread says nothing. Write something, or remove it.
error-first-comment-not-for-network = On { $network } an account does not comment on its own post from here. Put it into the text.
error-link-not-for-network = { $network } takes no link beside the text. Put the link into the text.
error-page-address-invalid = This is not the address of a page. Write it in full, with https:// and without spaces.
error-link-with-images = A post on { $network } shows either a link or images. Remove one of them.
error-option-not-for-network = { $network } has no option “{ $option }”. Remove it.
error-option-value-not-for-network = { $network } does not take this value for “{ $option }”. Choose one of those that it names.
error-media-missing-for-network = { $network } takes no post without an image or a film. Add one.
error-media-mixed-for-network = On { $network } a post shows images or a film, not both. Remove one or the other.
error-media-shape-not-for-network = { $network } does not show an image or a film of this shape or size. Crop it, or choose another.
error-too-many-videos-for-network = { $network } takes at most { $limit } films in a post; this one has { $actual }.
error-video-too-large-for-network = { $network } takes films of at most { $limit } bytes; this one has { $actual }.
error-video-too-long-for-network = { $network } takes films of at most { $limit } seconds; this one has { $actual }.
error-video-too-short-for-network = { $network } takes films of at least { $limit } seconds; this one has { $actual }.
error-document-not-for-network = { $network } shows no documents. Remove it, or show its pages as images.
error-too-many-documents-for-network = { $network } takes at most { $limit } documents in a post; this one has { $actual }.
error-document-too-large-for-network = { $network } takes documents of at most { $limit } bytes; this one has { $actual }.
error-document-not-alone-on-network = On { $network } a post shows a document, or images and films, not both. Remove one or the other.
error-option-missing-for-network = { $network } wants “{ $option }” for every post. Set it.
error-not-together-on-network = This does not go together with the rest of the post on { $network }. Leave one of the two out.
error-network-not-set-up = { $network } has not been set up here. The operator registers an application there and names it in the settings of the server.
error-change-not-for-network = { $network } does not let this be changed from here. Change it on { $network } itself.
error-banned-word = This brand does not say “{ $word }”. Say it in another way.
error-pillar-missing = This post belongs to no content pillar of the brand. Choose one.
error-off-mix = “{ $pillar }” would have { $actual } of the { $total } posts of this month; the planned mix allows { $limit }. Choose another pillar or another month.
error-text-used-before = “{ $title }” says nearly the same on this account on { $date }. Say it differently, or leave more time between the two.
error-checklist-incomplete =
    { $count ->
        [one] One required item of the checklist is not ticked
       *[other] { $count } required items of the checklist are not ticked
    }: { $items }. Do what is left and tick it.
error-language-not-of-brand = This text is in “{ $language }”, which is not among the brand's languages ({ $languages }).
error-alt-text-missing = This image has no description. Write one for those who do not see it.
error-disclosure-missing = This post is marked as { $partnership }, and its text does not say so. { $listed ->
    [no] Enter the brand's disclosure words first.
   *[yes] Use one of these words: { $words }.
}
error-mix-above-whole = The planned shares are { $actual } % together; at most 100 % can be planned. Lower another pillar first, or change several at once.
error-wrong-parent = This stands under something else ({ $parent }).
error-parent-archived = What this stands under has been archived. Restore that first.
error-period-in-future = This period has not begun yet.
error-month-in-future = This month has not begun yet.
error-brand-archived = This brand is archived. Restore it first.
error-level-too-high = This concerns somebody at or above your own level ({ $level }). Ask somebody above.
error-kind-mismatch = This person has another kind of account ({ $kind }), which cannot be changed. Use another address.
error-not-a-member = This person holds no place there now. Add them to each of the brands first.
error-expiry-required = A freelancer's place needs an end. Say until when.
error-last-cmo = Somebody must remain CMO. Make somebody else CMO first.
error-not-yourself = You cannot do this to yourself. Ask somebody else.
error-person-deactivated = This person has been deactivated. Activate them first.
error-unknown-currency = “{ $currency }” is not a currency. Use an ISO 4217 code such as EUR.
error-password-too-weak = This password is too easy to guess. Make it longer, or use several unrelated words.
error-too-many-attempts = There were too many failed attempts. Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}, sign in with a passkey or single sign-on, or reset your password.
error-second-factor-wrong = This code is not right, or it was used. Enter the newest one, or use a recovery code.
error-second-factor-required = Your agency asks for a second factor. Set one up before you go on.
error-challenge-expired = This took too long or was done already. Begin again.
error-passkey-refused = This passkey was not accepted. Try again, or sign in another way.
error-single-sign-on-refused = Single sign-on was not accepted. Sign in another way, or ask your administrator.
error-scope-too-wide = A token cannot be given { $action }: you may not do that yourself, or programs may not at all.
error-four-eyes = You wrote this or asked for it yourself, so somebody else must approve it.
error-not-your-turn = This step is not yours to decide. It waits for: { $who }.
error-already-decided = You have decided on this step already.
error-nobody-can-approve = There is nobody who could approve this ({ $who }). Add somebody to the brand, or change the approval chain.
error-approval-required = In this brand a post must be approved before it is scheduled. Submit it for approval.
error-limit-exceeded = This is above your limit of { $limit } { $currency }. It needs somebody whose limit is higher.
error-reason-required = Say why, so that the next person knows what to do.
error-mail-not-configured = This installation cannot send mail. Ask the operator to set DIWAN_SMTP_URL.
error-not-by-dimension = { $metric } is a number of whole accounts: it cannot be told by { $dimension }. Leave one of the two out, or divide by BRAND, ACCOUNT, NETWORK or a time.
error-file-not-plan = This file is neither CSV nor an XLSX workbook. Save it as one of these.
error-file-not-text = This file is not UTF-8 throughout. Save it as “CSV UTF-8”, or as XLSX.
error-file-unfolds = This file unfolds to more than { $limit } bytes. Remove what is not of the plan, or save it as CSV.
error-formula-cell = The cell { $value } holds a formula. Replace formulas by their values.
error-column-missing = The column “{ $column }” is missing. The first row names the columns.
error-column-twice = The column “{ $column }” is there twice. Remove one.
error-column-unknown = The column “{ $column }” is not known and was passed over.
error-date-not-understood = “{ $value }” is not a date. Write it like 2026-11-30.
error-time-not-understood = “{ $value }” is not a time. Write it like 17:30.
error-no-such-name = The brand has nothing called “{ $value }” here. Check how it is written.
error-name-ambiguous = Several are called “{ $value }”. Write the network before the account, like mastodon:name.
error-rule-not-understood = This is not a rule for days that Diwan understands. Write it as RFC 5545 does, with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, without hours and without UNTIL: say the last day beside it.
error-slot-taken = Another post has this slot. Choose another, or take the next free one.
error-no-free-slot = No slot is free for this post within three months. Make one, or schedule the post by hand.

# Whom a step of an approval asks for. They stand in `error-not-your-turn` and `error-nobody-can-approve`.
approval-who-level-any = anyone of level { $level } or above
approval-who-level-all = everybody of level { $level }
approval-who-people = { $names }
approval-who-client = the client
approval-who-limit = somebody whose limit covers the amount (level { $level })
approval-who-team = the agency's team

# How a request ended. They stand in `mail-approval-decided`.
approval-outcome-approved = approved
approval-outcome-changes-requested = changes were requested
approval-outcome-withdrawn = withdrawn
approval-outcome-voided = void, because it was changed
