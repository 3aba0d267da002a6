# Notices: what somebody should know, with the next step. `trouble` is a text of troubles.ftl.

notice-publication-failed = “{ $title }” did not go out on { $network } ({ $account }). { $trouble }
notice-publication-unconfirmed = “{ $title }” on { $network } ({ $account }) needs your decision. { $trouble }
notice-publication-missed = “{ $title }” was not sent to { $network } ({ $account }) in time. { $trouble }
notice-publications-missed =
    { $count ->
        [one] One publication came due while publishing was paused, and its time is over. Schedule it again, or take it off the schedule.
       *[other] { $count } publications came due while publishing was paused, and their time is over. Schedule them again, or take them off the schedule.
    }
notice-account-disconnected = { $network } no longer accepts the sign-in of { $account }. Connect the account again: until then nothing goes out there.
notice-webhook-disabled = The webhook { $url } was switched off, because nothing arrived there for a day. Mend the server, try it with a test, then switch the webhook on again.
notices-more =
    { $count ->
        [one] And one more. See it in Diwan.
       *[other] And { $count } more. See them in Diwan.
    }
mail-notices =
    Hello { $name },

    { $list }
    .subject =
        { $count ->
            [one] { $brand }: publishing needs you
           *[other] { $brand }: publishing needs you, { $count } times
        }
