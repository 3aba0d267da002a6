# Calendars: what they refuse, and the words of the feeds that other programs subscribe to.

error-calendar-in-use = { $count ->
    [one] { $count } post of this calendar is still on its way.
   *[other] { $count } posts of this calendar are still on their way.
} Take what is planned off the schedule first.
error-not-planned = This post has no time yet. Give it a date and a time.

# Where a post is on its way.
post-state-draft = draft
post-state-in-review = in review
post-state-changes-requested = changes requested
post-state-approved = approved
post-state-scheduled = scheduled
post-state-publishing = being published
post-state-published = published
post-state-partially-published = partly published
post-state-failed = failed
post-state-paused = paused
post-state-canceled = canceled
post-state-archived = archived

feed-state = State: { $state }
feed-accounts = Accounts: { $accounts }

# Templates and hashtag sets.
error-variable-not-declared = Line { $line }, character { $column }: the template declares no variable “{ $name }”. Declare it, or use one that is there.
error-variable-name-bad = Line { $line }, character { $column }: “{ $name }” is not the name of a variable. Write one name between the braces: letters, digits and underscores, a letter first.
error-variable-not-closed = Line { $line }, character { $column }: this variable is not closed. Write two closing braces after its name.
error-variable-missing = “{ $label }” ({ $name }) has no value yet. Fill it in.
error-hashtags-not-for-network = These hashtags are for { $networks }, not for { $network }. Choose another set.
