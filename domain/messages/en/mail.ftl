# Letters. `mail-<template>` is the text, its attribute `subject` the subject, and `button`, where there is a link, what to
# press. `letter-` is what stands around each of them.

letter-open = Open
letter-in-full = If the button does not work, open this address:
letter-link = Open this address:
letter-footer = Diwan wrote this by itself, at { $server }. If you did not expect it, you need not do anything.

mail-invitation = Hello { $name },

    { $inviter } invites you to { $agency } on Diwan. Choose a password to begin.

    { $days ->
        [one] The invitation is good for one day.
       *[other] The invitation is good for { $days } days.
    }
    .subject = { $inviter } invites you to { $agency }
    .button = Accept the invitation

mail-place-added = Hello { $name },

    { $inviter } of { $agency } has added you to: { $brands }. You see it the next time you sign in.
    .subject = You have been added to { $brands }

mail-place-ending = Hello { $name },

    your place in { $brand } ends on { $end } ({ $zone }). If you need longer, ask the team of { $brand }.
    .subject = Your place in { $brand } ends soon

mail-place-ending-team = The place of { $name } in { $brand } ends on { $end } ({ $zone }).

    If they are needed longer, extend it before then. If not, hand their open work over.
    .subject = { $name } leaves { $brand } soon
mail-approval-requested =
    Hello { $name },

    { $requester } asks for approval of “{ $title }”. Please look at it, then approve it or say what should change.
    .subject = For your approval: { $title }
mail-approval-reminder =
    Hello { $name },

    “{ $title }”, for which { $requester } asked approval, still waits for you. Please approve it or say what should change.
    .subject = Still waiting for your approval: { $title }
mail-approval-decided =
    Hello { $name },

    What you submitted for approval, “{ $title }”, has an answer: { $outcome }.

    { $comment }
    .subject = { $title }: { $outcome }
mail-post-assigned =
    Hello { $name },

    { $by } gave you “{ $title }” to work on.{ $dated ->
        [yes] {" "}It is due { $due }.
       *[no] {""}
    }

    { $brief }
    .subject = For you: { $title }
mail-comment =
    Hello { $name },

    { $how ->
        [reply] { $by } answered your comment on “{ $title }”:
       *[mention] { $by } mentioned you in a comment on “{ $title }”:
    }

    { $body }
    .subject = { $by }: { $title }
mail-password-reset =
    Hello { $name },

    Somebody asked to choose a new password for your account. If it was you, open the link below within an hour. It works once, and ends every session in which you are signed in.

    If it was not you, there is nothing to do: your password stays as it is.
    .subject = Choose a new password
