# Tracked links, conversions, leads.

error-conversion-differs = “{ $source }” has recorded another conversion under the id “{ $id }”, which stays as it is. Send this one under an id of its own.
error-sum-too-large = These values add up to more than can be told exactly. Ask for fewer days, or look for conversions with a value that cannot be right.
error-signature-wrong = This is not signed with the secret of this endpoint. Sign it as the Standard Webhooks specification says.
error-signature-too-old = This was signed more than { $minutes } minutes ago, or in the future. Look at the clock of the sender and sign it anew.

page-link-gone-title = This link leads nowhere
page-link-gone = The link is no longer in use, or it was not copied whole.
