# Pages that open by a link, for people who need not sign in.

link-title = Diwan
link-ended = This link has ended
link-ended-expired = Its time is over. Ask the team for a new link.
link-ended-revoked = The team has ended it. Ask them for a new link.
link-unknown = This link is not valid. Open it as it stands in the letter, or ask the team for a new one.
link-expires = This page is meant for { $name } and works until { $when }. Please do not pass the link on: whoever has it can answer for you.
