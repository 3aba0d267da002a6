# Figures: alerts, and where a figure stands beside its target.

notice-alert-above = “{ $title }”: the figure up to { $until } is { $value }, above { $expected }. See what lies behind it, then mark the alert as seen.
notice-alert-below = “{ $title }”: the figure up to { $until } is { $value }, below { $expected }. See what lies behind it, then mark the alert as seen.
notice-alert-target = “{ $title }”: the figure up to { $until } is { $value }, and the target asks for { $expected } by then. Decide what to do for the rest of the time.
notice-alert-unusual = “{ $title }”: the figure up to { $until } is { $value }. On the same weekdays of the weeks before it was between { $low } and { $high }, mostly about { $expected }. See what is different.
mail-alert-notices = Hello { $name },

    { $list }
    .subject = { $brand }: a figure needs a look

notice-web-source-failed = “{ $title }”: the visits of this site are not read any more. { $trouble }
mail-web-source-notices = Hello { $name },

    { $list }
    .subject = { $brand }: visits are not read any more

notice-report-host-away = “{ $title }”: the host of your shared reports could not be reached for too long, and is not looked at any more. Links lead to the installation's own address. Mend its name, the proxy or its certificate, then set it again.
notice-report-host-taken = “{ $title }”: something else answers at the host of your shared reports, and it is not looked at any more. Links lead to the installation's own address; those that named this host do not open. Have its name lead here, then set it again.
mail-report-host-notices = Hello { $name },

    { $list }
    .subject = Reports are not read at your own host any more

insight-target-sum = { $value } so far, with { $direction ->
        [AT_MOST] at most
       *[AT_LEAST] at least
    } { $expected } due by now, of { $target } in all: { $standing ->
        [AHEAD] ahead
        [BEHIND] behind
       *[ON_TRACK] on track
    }.
insight-target-level = { $value }, with a target of { $direction ->
        [AT_MOST] at most
       *[AT_LEAST] at least
    } { $target }: { $standing ->
        [AHEAD] ahead
        [BEHIND] behind
       *[ON_TRACK] on track
    }.
insight-target-unknown = There is no figure to compare with the target of { $target }.
