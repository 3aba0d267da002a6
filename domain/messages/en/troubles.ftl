# Why a publication is where it is: each key a value of `publication.trouble`. Say what happened and the next step.

trouble-retry = The network could not be reached or had a fault. Diwan tries again by itself.
trouble-rate-limited = The network asks for patience. Diwan tries again by itself.
trouble-waiting = The network is still at work on an image or a film. Diwan goes on by itself.
trouble-not-set-up = The network has not been set up here. The operator registers an application there and names it in the settings of the server; then connect again.
trouble-no-account = Whoever agreed may publish to no page or channel there. Agree as somebody who may, or with an account of the right kind, and allow everything that is asked for.
trouble-reconnect = The network no longer accepts the account's sign-in. Connect the account again, then schedule the post again.
trouble-content = The network refused the content. Change the post and schedule it again.
trouble-ask = The network refused for a reason that Diwan cannot mend. See the detail, then decide.
trouble-unknown = The network did not answer, so the post may or may not be there. Diwan looks for it and never sends it twice.
trouble-cannot-tell = The network does not tell whether the post is there. Look at the account, then say whether it is.
trouble-missed = It came due while publishing was not possible for longer than the brand allows. Schedule it again.
trouble-expired = Nobody agreed at the network in time. Connect the account again.
trouble-gave-up = Diwan tried for a long time without success. See the detail, then schedule it again.
trouble-given-up = Somebody decided that it is not sent any more. What is there stays. Schedule it again if it is to go out after all.
trouble-partly-published = A part of this is on the network, the rest was not sent. See the detail, then send the rest, or give it up: what is there stays.
trouble-too-many-rows = There are more than 5,000 rows. Choose fewer days or one calendar.
trouble-cell-too-long = A text is longer than a cell of a workbook takes. Export as CSV.
trouble-not-allowed = Whoever asked for this may not read it any more. Somebody who may can ask for it anew.
trouble-media-gone = A file of this post cannot be read. Upload it again.
trouble-media-expired = A file of this post was not to be used any more. Choose another, or extend its rights, and schedule again.
trouble-grant-missing = Whoever made a file of this post has not allowed it to be published, or no longer. Record a grant or choose another file, and schedule again.
trouble-paused = Publishing was paused when it came due. When the pause ends, Diwan sends it if it is still within the time that the brand allows. To choose another time, schedule it again.

# Why an identity provider cannot be used: each key a value of `identity_provider.trouble`. Say what happened and the next step.

provider-address = Diwan may not call this address. Ask your operator to allow it, or use the provider's public address.
provider-algorithms = The provider signs in no way that Diwan believes. Let it sign ID tokens with RS256, PS256, ES256 or EdDSA.
provider-away = The provider could not be reached or had a fault. Diwan looks again within an hour; change the provider to look at once.
provider-issuer = The provider calls itself by another address. Remove it here and add it with the issuer exactly as its metadata writes it.
provider-not-openid = There is no readable OpenID Connect metadata at this address. Compare the issuer with what the provider's administration shows.

# Why a feed could not be read: each key a value of `source.trouble`. Say what happened and the next step.

source-address = Diwan may not call this address, or one that it leads to. Use the feed's public address with https.
source-away = The feed's server could not be reached or had a fault. Diwan tries again by itself, ever more seldom.
source-gone = The feed is gone for good, says its server. Strike it out, or take it up again if you know better.
source-not-a-feed = What is there is no RSS, Atom or JSON feed. Check the address.
source-redirects = The address leads on and on. Use the feed's own address.
source-refused = The feed's server refuses to give it. Check the address.
source-too-large = The feed is larger than Diwan reads. Look for a shorter one on the same site.

# Why visits could not be read: each key a value of `web_source.trouble`. Say what happened and the next step.

web-address = Diwan may not call this address. Connect the server by its public address with https.
web-away = The server could not be reached or had a fault. Diwan tries again by itself, ever more seldom.
web-gave-up = Diwan tried for a long time without success. The operator looks at the job; then have the server asked again.
web-not-analytics = What is there answers neither as Matomo nor as Plausible. Check the address and the kind, then connect again.
web-refused = The server does not accept the key, or the key does not read this site. Connect again with a key that does.
web-too-large = The server answers with more than Diwan reads. Bring the numbers as a file.

# Why a network does not tell how often something is spoken of: each key a value of `mention_source.trouble`. Say what happened and the next step.

mentions-app-not-set-up = Diwan has no application of its own at this network for this. The operator sets one up; the networks part of the operating guide says how.
mentions-away = The network could not be reached or had a fault. Diwan tries again by itself, ever more seldom.
mentions-gave-up = Diwan tried for a long time without success. The operator looks at the job.
mentions-needs-reconnect = The account through which Diwan asks is not accepted any more. Connect it again.
mentions-not-served = The server of this account does not tell how often something is spoken of. Bring the numbers as a file.
mentions-patience = The network wants to be left alone for a while. Diwan asks again by itself.
mentions-refused = The network refuses to count this. Look at what it says in the detail; if it wants something of the application, the operator mends it.

# Why a publication is stuck. Say what is the matter and the next step.

stuck-needs-attention = It needs a person: see its trouble, then decide with `settlePublication`.
stuck-account-not-connected = Its account is not connected. Connect it again; what is waiting goes out then, if it is not too late.
stuck-set-aside = It failed too often and was set aside. See its trouble, mend it, and schedule it again.
stuck-paused = Somebody holds it back. Resume publishing when it may go on.
stuck-unconfirmed = The network has not answered for more than two minutes. Diwan looks for it and never sends it twice.
stuck-retrying = It has been tried for more than ten minutes. Diwan goes on by itself; see its trouble.
stuck-not-begun = Its time is over by more than a minute and no worker has begun it. The operator looks whether the worker runs.
