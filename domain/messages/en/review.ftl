# Review by link: what a client sees who decides without signing in. `mail-review-` are the letters that bring the link.

review-asks = { $agency } asks { $name } for approval · { $brand }
review-due = Planned for { $when } ({ $zone })
review-not-planned = The time is not set yet.
review-until = Please answer by { $when }.
review-on = Post on { $network }
review-alt = Description: { $alt }
review-document = Document: { $name }
review-card = { $network } adds a preview of this page.
review-thread = The thread goes on
review-first-comment = First comment, by the account itself
review-link = Shown as a card that leads to this page.
review-options = Settings
review-said = What has been said
review-you = You
review-comment = Comment
review-send = Send the comment
review-decide = Your decision
review-words = What should change, or anything you would like to say
review-words-hint = Needed if you ask for changes.
review-words-missing = Say what should change.
review-comment-missing = Write your comment first.
review-approve = Approve
review-change = Ask for changes
review-decided-approved = You approved this: { $when }.
review-decided-changes-requested = You asked for changes: { $when }.
review-decided-by-approved = { $who } approved this: { $when }.
review-decided-by-changes-requested = { $who } asked for changes: { $when }.
review-not-asked = It is not your turn to decide now. You will get a letter when it is.
review-goes-on = The team goes on from here. There is nothing more for you to do.
review-over-approved = The post is approved. There is nothing more for you to do.
review-over-changes-requested = The team will change the post and ask you again.
review-is-newer = The team is working on a newer version, which you will be asked about.
review-changed = This has changed since you opened the page. Your answer does not count: look at it once more, then decide.
review-not-counted = Your answer does not count. { $why }
review-expires = This page is meant for { $name } and works until { $when }. Please do not pass the link on: whoever has it can answer for you.
review-title = Approval
review-ended = This link has ended
review-ended-expired = Its time is over. Ask the team for a new link.
review-ended-revoked = The team has ended it. Ask them for a new link.
review-ended-withdrawn = The team no longer asks about this post. There is nothing for you to do.
review-ended-voided = The post has changed, so what was asked about is no longer what would go out. You will get a new link when the team asks again.
review-unknown = This link is not valid. Open it as it stands in the letter, or ask the team for a new one.

mail-review-requested = Hello { $name },

    { $requester } asks for your approval of “{ $title }”. Look at it, then approve it or say what should change. You need not sign in.

    { $days ->
        [one] The link is good for one day. It is meant for you alone: whoever has it can answer for you.
       *[other] The link is good for { $days } days. It is meant for you alone: whoever has it can answer for you.
    }
    .subject = For your approval: { $title }
    .button = Look at it and decide

mail-review-reminder = Hello { $name },

    “{ $title }”, for which { $requester } asked your approval, still waits for you. Look at it, then approve it or say what should change. You need not sign in.

    { $days ->
        [one] The link is good for one day. It is meant for you alone: whoever has it can answer for you.
       *[other] The link is good for { $days } days. It is meant for you alone: whoever has it can answer for you.
    }
    .subject = Still waiting for your approval: { $title }
    .button = Look at it and decide

# Settings that only one network knows, by the names of `diwan_networks`, with their values. The label stands before the value.
option-visibility = Who sees it
option-visibility-public = Everybody
option-visibility-unlisted = Everybody, but not in public timelines
option-visibility-private = Followers only
option-visibility-direct = Only those who are mentioned
option-sensitive = The images are sensitive
option-spoiler-text = Content warning
option-silent = Sent without a sound
option-protected = Cannot be forwarded or saved
option-link-preview = Preview of the link
option-link-preview-none = None
option-link-preview-small = Small
option-link-preview-large = Large
option-link-preview-above = The preview of the link stands above the text
option-caption-above = The text stands above the images
option-poll = Poll answers, one per line
option-poll-minutes = Minutes the poll runs
option-poll-multiple = Several answers may be chosen in the poll
option-board = Board
option-format = Format
option-format-feed = Post
option-format-reel = Reel
option-format-story = Story
option-title = Title
option-cover-seconds = Moment of the film that is its cover, in seconds
option-reply-settings = Who may answer
option-reply-settings-following = Those whom the account follows
option-reply-settings-mentioned-users = Only those who are mentioned
option-reply-settings-subscribers = Subscribers only
option-reply-settings-verified = Verified accounts only
option-made-with-ai = Made with AI
option-visibility-connections = Connections only
option-link-title = Title of the link
option-document-title = Title of the document
option-link-description = Description of the link
option-poll-question = Question of the poll
option-poll-duration = How long the poll runs
option-poll-duration-one-day = One day
option-poll-duration-three-days = Three days
option-poll-duration-seven-days = One week
option-poll-duration-fourteen-days = Two weeks
option-privacy = Who sees it
option-privacy-public = Everybody
option-privacy-unlisted = Those who have the link
option-privacy-private = Nobody else
option-made-for-kids = It is made for children
option-tags = Tags, one per line
option-category = Category
option-disable-comment = Nobody can comment
option-disable-duet = Nobody can make a duet
option-disable-stitch = Nobody can stitch it
option-brand-organic = It promotes your own brand
option-brand-content = It is a paid partnership
option-post-type = Kind of post
option-post-type-update = News
option-post-type-event = Event
option-post-type-offer = Offer
option-event-title = Title of the event or offer
option-starts-at = It begins, as 2027-01-31 or 2027-01-31 18:30
option-ends-at = It ends, as 2027-01-31 or 2027-01-31 18:30
option-button = Button
option-button-book = Book
option-button-order = Order
option-button-shop = Shop
option-button-learn-more = Learn more
option-button-sign-up = Sign up
option-button-call = Call
option-button-link = Where the button leads
option-coupon-code = Coupon code
option-redeem-link = Where the offer is redeemed
option-terms = Terms of the offer
option-topic = Topic
option-reply-control = Who may answer
option-reply-control-everyone = Everybody
option-reply-control-accounts-you-follow = Those whom the account follows
option-reply-control-mentioned-only = Only those who are mentioned
option-reply-control-followers-only = Followers only
option-share-to-feed = The reel is shown among the posts, too
option-yes = Yes
option-no = No
