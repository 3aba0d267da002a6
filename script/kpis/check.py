"""Reckons every KPI of a generated year anew from its raw rows, and compares it with what the product said, to the last digit.

Written from docs/kpis.md alone, in another language than the product, with pandas for joins and sums and with fractions for rates.
Called by script/check-kpis with the folder of the year.
"""

import json
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas

WEEK = 7 * 86_400
INTERACTIONS = ["LIKES", "REPOSTS", "REPLIES", "QUOTES", "BOOKMARKS"]
# ISO 4217; what is not listed has two digits.
EXPONENTS = {"JPY": 0, "KWD": 3}
NO_FIGURE = {"Missing", "NothingToDivideBy", "ManyCurrencies"}


class Untold(Exception):
    """Why there is no figure."""


def day_start(zone, day):
    """The first moment of a day; where midnight is skipped, the moment of the change: the offset from before names it."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def months_before(day, months):
    """The same day so many months before, or the last of that month."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def compared(first, last, against, today):
    """The days with which a period is compared."""
    after = last + timedelta(days=1)
    if against == "YearBefore":
        begin = months_before(first, 12)
        end = max(months_before(after, 12) - timedelta(days=1), begin)
    elif first.day == 1 and after.day == 1:
        months = (after.year - first.year) * 12 + after.month - first.month
        begin, end = months_before(first, months), first - timedelta(days=1)
    else:
        length = (last - first).days + 1
        begin, end = first - timedelta(days=length), first - timedelta(days=1)
    if last >= today:
        begun = max((today - first).days, 0)
        end = min(end, begin + timedelta(days=begun))
    return begin, end


class World:
    def __init__(self, folder):
        def table(name):
            return pandas.DataFrame(json.loads((folder / f"{name}.json").read_text()))

        self.accounts = table("accounts")
        self.network = dict(zip(self.accounts.id, self.accounts.network))
        self.publications = table("publications")
        self.samples = table("samples")
        self.links = table("links")
        self.clicks = table("clicks")
        self.conversions = table("conversions")
        self.entries = table("entries")
        self.hours = table("hours")
        self.hours["worked_on"] = pandas.to_datetime(self.hours.worked_on).dt.date
        self.visits = table("visits")
        self.visits["day"] = pandas.to_datetime(self.visits.day).dt.date
        self.monitors, self.mention_sources = table("monitors"), table("mention_sources")
        self.mentions = table("mentions").merge(self.monitors[["id", "kind"]], left_on="monitor_id", right_on="id")
        self.mentions["day"] = pandas.to_datetime(self.mentions.day).dt.date
        for column in ("compared_from", "compared_until"):
            days = self.monitors[column]
            self.monitors[column] = [date.fromisoformat(day) if isinstance(day, str) else date.max for day in days]
        self.readings, self.messages = table("readings"), table("messages")
        self.zones = {row.id: ZoneInfo(row.time_zone) for row in table("brands").itertuples()}

        posted = self.publications[self.publications.state == "PUBLISHED"]
        said = self.samples[self.samples.publication_id.notna()].merge(
            posted[["id", "published_at"]], left_on="publication_id", right_on="id"
        )
        said = said[said.sampled_at < said.published_at + WEEK].sort_values("sampled_at")
        newest = said.groupby(["publication_id", "metric"]).value.last().unstack()
        for metric in [*INTERACTIONS, "REACH", "VIEWS", "DISLIKES"]:
            if metric not in newest:
                newest[metric] = pandas.NA
        figures = pandas.DataFrame(
            {
                "interactions": newest[INTERACTIONS].sum(axis=1, min_count=1),
                "reach": newest.REACH,
                "views": newest.VIEWS,
                "dislikes": newest.DISLIKES,
            }
        )
        self.posted = posted.merge(figures, left_on="id", right_index=True, how="left")
        self.followers = self.samples[self.samples.publication_id.isna() & (self.samples.metric == "FOLLOWERS")]

    def level(self, account, at):
        """The newest number of followers of the week before a moment."""
        read = self.followers
        read = read[(read.social_account_id == account) & (read.sampled_at >= at - WEEK) & (read.sampled_at < at)]
        return None if read.empty else int(read.loc[read.sampled_at.idxmax()].value)

    def spoken(self, brand, first, last, due_until):
        """Mentions of a period: the brand's own, those that are compared, and which networks lack some of either."""
        known, lacks = Counter(), {"mentions": set(), "all mentions": set()}
        monitors = self.monitors[self.monitors.brand_id == brand]
        for source in self.mention_sources[self.mention_sources.brand_id == brand].itertuples():
            told = self.mentions[self.mentions.source_id == source.id]
            if told.empty or told.day.min() > last:
                continue
            within = told[(told.day >= first) & (told.day <= last)]
            own = within[within.kind == "OWN"]
            if not own.empty:
                known["mentions"] += int(own.mentions.sum())
            days = 0
            for day, rows in within.groupby("day"):
                alive = monitors[(monitors.compared_from <= day) & (monitors.compared_until >= day)]
                rows = rows[rows.monitor_id.isin(alive.id)]
                if set(rows.monitor_id) == set(alive.id) and {"OWN", "COMPETITOR"} <= set(rows.kind):
                    days += 1
                    known["own mentions"] += int(rows[rows.kind == "OWN"].mentions.sum())
                    known["all mentions"] += int(rows.mentions.sum())
            if isinstance(source.network, str):
                due = max(0, (due_until - max(first, told.day.min())).days)
                if own.day.nunique() < due:
                    lacks["mentions"].add(source.network)
                if days < due:
                    lacks["all mentions"].add(source.network)
        return known, lacks

    def talked(self, brand, start, end, now, lacks):
        """What people asked under posts, and what was answered: whole seconds, and nobody is unanswered before a day is over."""
        asked = self.messages[(self.messages.brand_id == brand) & self.messages.asks]
        asked = asked[(asked.sent_at >= start) & (asked.sent_at < end)]
        posts = self.posted[self.posted.brand_id == brand]
        posts = posts[(posts.published_at >= start - 30 * 86400) & (posts.published_at < end)]
        known = Counter()
        for account in self.accounts[self.accounts.brand_id == brand].itertuples():
            here = posts[posts.social_account_id == account.id]
            read = int(here.id.isin(self.readings.publication_id).sum())
            said = asked[asked.social_account_id == account.id]
            answered = said[said.answered_at.notna()]
            due = len(answered) + int((said.answered_at.isna() & (said.sent_at + 86400 <= now)).sum())
            if read < len(here):
                lacks(account.network, "answers")
            if read > 0 or due > 0:
                known["answered"] += len(answered)
                known["due messages"] += due
                known["seconds"] += sum(int(value) for value in answered.answered_at - answered.sent_at)
        return known

    def sums(self, brand, first, last, now):
        """What the figures of a period are made of, and which networks lack something."""
        zone = self.zones[brand]
        start, end = day_start(zone, first), day_start(zone, last + timedelta(days=1))
        of_brand = lambda frame: frame[frame.brand_id == brand]
        known, lacking = Counter(), {}

        def add(name, value):
            if value is not None:
                known[name] += int(value)

        def lacks(network, *names):
            for name in names:
                lacking.setdefault(name, set()).add(network)

        levels = {}
        for account in of_brand(self.accounts).itertuples():
            before, after = self.level(account.id, start), self.level(account.id, min(end, now))
            if account.state == "DISCONNECTED" and after is None:
                continue
            levels[account.id] = after
            add("followers", after)
            if after is None:
                lacks(account.network, "followers")
            if before is None or after is None:
                lacks(account.network, "before")
            else:
                add("before", before)
                add("after", after)

        posts = of_brand(self.posted)
        posts = posts[(posts.published_at >= start) & (posts.published_at < end)]
        known["posts"] = len(posts)
        if posts.empty:
            known.update({"reach": 0, "views": 0, "interactions": 0, "counted": 0})
        for post in posts.itertuples():
            network, followers = self.network[post.social_account_id], levels.get(post.social_account_id)
            has = {
                name: None if pandas.isna(getattr(post, name)) else int(getattr(post, name))
                for name in ("interactions", "reach", "views", "dislikes")
            }
            for name, value in has.items():
                add(name, value)
                if value is None:
                    lacks(network, name)
            if has["interactions"] is not None:
                known["counted"] += 1
            if has["interactions"] is not None and followers is not None:
                add("interactions of followed", has["interactions"])
                add("followers of posts", followers)
            else:
                lacks(network, "followed")
            if has["interactions"] is not None and has["reach"] is not None:
                add("interactions of reached", has["interactions"])
                add("reach of interacted", has["reach"])
            else:
                lacks(network, "reached")
            if has["interactions"] is not None and has["dislikes"] is not None:
                add("dislikes of both", has["dislikes"])
                add("reactions", has["interactions"] + has["dislikes"])
            else:
                lacks(network, "both")

        for name, value in self.talked(brand, start, end, now, lacks).items():
            add(name, value)

        due = of_brand(self.publications)
        due = due[(due.due_at >= start) & (due.due_at < end)]
        known["due"] = int(due.state.isin(["PUBLISHED", "FAILED", "MISSED", "NEEDS_ATTENTION"]).sum())
        known["kept"] = int((due.state == "PUBLISHED").sum())

        if (of_brand(self.links).created_at < end).any():
            clicks = of_brand(self.clicks)
            known["clicks"] = int(clicks[(clicks.quarter >= start) & (clicks.quarter < end)].clicks.sum())

        visits = of_brand(self.visits)
        visits = visits[(visits.day >= first) & (visits.day <= last)]
        if not visits.empty:
            known["visits"] = int(visits.sessions.sum())
            known["social visits"] = int(visits[visits.channel == "SOCIAL"].sessions.sum())
            said = visits[visits.bounces.notna()]
            if not said.empty:
                known["bounces"] = int(said.bounces.sum())
                known["visits of bounces"] = int(said.sessions.sum())

        # By now that many whole days of the period are over.
        over = min((last - first).days + 1, int((min(end, now) - start + 3600) // 86400))
        said, missing = self.spoken(brand, first, last, first + timedelta(days=over))
        known.update(said)
        for name, networks in missing.items():
            for network in networks:
                lacks(network, name)

        conversions = of_brand(self.conversions)
        values = {}
        if not conversions.empty:
            within = conversions[(conversions.occurred_at >= start) & (conversions.occurred_at < end)]
            known["conversions"] = len(within)
            known["from links"] = int(within.linked.sum())
            worth = within[within.linked & within.value_minor.notna()]
            values = {code: int(minor) for code, minor in worth.groupby("currency").value_minor.sum().items()}

        costs = Counter()
        entries = of_brand(self.entries)
        entries = entries[(entries.booked_at >= start) & (entries.booked_at < end)]
        for entry in entries.itertuples():
            if entry.kind in ("SPEND", "REFUND"):
                costs[entry.currency] += entry.amount_minor if entry.kind == "SPEND" else -entry.amount_minor
        hours = of_brand(self.hours)
        hours = hours[(hours.worked_on >= first) & (hours.worked_on <= last) & hours.of_team & (hours.state == "ACCEPTED")]
        for hour in hours.itertuples():
            costs[hour.currency] += hour.fee_minor
        costs = {code: minor for code, minor in costs.items() if minor != 0}
        young = int((posts.published_at > now - WEEK).sum())
        return known, lacking, costs, values, young


def four_digits(value):
    """A decimal of at most four digits behind the point, half to even."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        # A quotient that ends in a half is exact in so many digits; any other is on its own side of it.
        return Fraction(exact.quantize(Decimal("0.0001"), ROUND_HALF_EVEN))


def whole(value):
    return Fraction(round(value))


def figure(kpi, sums):
    """The figure and its currency, or why there is none."""
    known, _, costs, values, _ = sums

    def one(name):
        if name not in known:
            raise Untold("Missing")
        return known[name]

    def ratio(part, over, times=100):
        if over <= 0:
            raise Untold("NothingToDivideBy")
        return four_digits(Fraction(part * times, over))

    def money(*amounts):
        codes = {code for amount in amounts for code in amount}
        if len(codes) > 1:
            raise Untold("ManyCurrencies")
        return next(iter(codes), None)

    totals = {
        "FOLLOWERS": "followers", "PUBLISHED_POSTS": "posts", "REACH": "reach", "VIEWS": "views",
        "INTERACTIONS": "interactions", "REFERRAL_TRAFFIC": "clicks", "CONVERSIONS": "conversions",
        "SESSIONS": "visits", "SOCIAL_SESSIONS": "social visits", "MENTIONS": "mentions",
    }
    shares = {
        "ENGAGEMENT_RATE_BY_FOLLOWERS": ("interactions of followed", "followers of posts"),
        "ENGAGEMENT_RATE_BY_REACH": ("interactions of reached", "reach of interacted"),
        "NEGATIVE_FEEDBACK_RATE": ("dislikes of both", "reactions"),
        "CONVERSION_RATE": ("from links", "clicks"),
        "POSTING_CONSISTENCY": ("kept", "due"),
        "RESPONSE_RATE": ("answered", "due messages"),
        "BOUNCE_RATE": ("bounces", "visits of bounces"),
        "SHARE_OF_VOICE": ("own mentions", "all mentions"),
    }
    if kpi in totals:
        return Fraction(one(totals[kpi])), None
    if kpi in shares:
        part, over = (one(name) for name in shares[kpi])
        return ratio(part, over), None
    if kpi == "FOLLOWER_GROWTH":
        return Fraction(one("after") - one("before")), None
    if kpi == "AUDIENCE_GROWTH_RATE":
        return ratio(one("after") - one("before"), one("before")), None
    if kpi == "INTERACTIONS_PER_POST":
        return ratio(one("interactions"), one("counted"), 1), None
    if kpi == "RESPONSE_TIME":
        return ratio(one("seconds"), one("answered"), 1), None
    if kpi == "COST_PER_RESULT":
        code = money(costs)
        cost = next(iter(costs.values()), None)
        if cost is None or "conversions" not in known:
            raise Untold("Missing")
        if known["conversions"] <= 0:
            raise Untold("NothingToDivideBy")
        return whole(Fraction(cost, known["conversions"])), code
    if kpi == "RETURN_ON_INVESTMENT":
        money(costs, values)
        cost, value = next(iter(costs.values()), None), next(iter(values.values()), None)
        if cost is None or value is None:
            raise Untold("Missing")
        return ratio(value - cost, cost), None
    raise KeyError(kpi)


NEEDS = {
    "FOLLOWERS": "followers", "FOLLOWER_GROWTH": "before", "AUDIENCE_GROWTH_RATE": "before", "REACH": "reach", "VIEWS": "views",
    "INTERACTIONS": "interactions", "INTERACTIONS_PER_POST": "interactions", "ENGAGEMENT_RATE_BY_FOLLOWERS": "followed",
    "ENGAGEMENT_RATE_BY_REACH": "reached", "MENTIONS": "mentions", "SHARE_OF_VOICE": "all mentions",
    "RESPONSE_TIME": "answers", "RESPONSE_RATE": "answers", "NEGATIVE_FEEDBACK_RATE": "both",
}


def text(value, currency):
    """As the product writes it: an amount with all digits of its currency, anything else without zeros at its end."""
    if value is None:
        return None
    with localcontext() as context:
        context.prec = 60
        if currency is not None:
            places = EXPONENTS.get(currency, 2)
            return f"{Decimal(int(value)).scaleb(-places):.{places}f}"
        plain = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain


def expected(kpi, now, before):
    def told(sums):
        try:
            return figure(kpi, sums), None
        except Untold as why:
            return None, str(why)

    this, why = told(now)
    other, _ = told(before)
    value, currency = this if this else (None, None)
    # An amount in another currency says nothing beside this one.
    if other and value is not None and other[1] != currency:
        other = None
    earlier, code = other if other else (None, None)
    code = currency or code
    both = value is not None and earlier is not None
    change = four_digits(Fraction((value - earlier) * 100, earlier)) if both and earlier > 0 else None
    return {
        "value": text(value, code), "why": why, "currency": code, "before": text(earlier, code),
        "difference": text(value - earlier, code) if both else None, "change": text(change, None),
        "missing": sorted(now[1].get(NEEDS.get(kpi), ())),
    }


def main():
    folder = Path(sys.argv[1])
    world = World(folder)
    told = json.loads((folder / "figures.json").read_text())
    today_utc, cache = told["now"], {}
    checked, kinds, wrong = 0, Counter(), 0
    for answer in told["figures"]:
        brand = answer["brand"]
        today = datetime.fromtimestamp(today_utc, world.zones[brand]).date()
        first, last = date.fromisoformat(answer["from"]), date.fromisoformat(answer["to"])
        other = compared(first, last, answer["against"], today)
        if [day.isoformat() for day in other] != [answer["compared_from"], answer["compared_to"]]:
            wrong += 1
            print(f"{brand} {first} {last} {answer['against']}: compared with {answer['compared_from']}, not {other[0]}")
        spans = []
        for span in [(first, last), other]:
            key = (brand, *span)
            if key not in cache:
                cache[key] = world.sums(*key, today_utc)
            spans.append(cache[key])
        if spans[0][4] != answer["young"]:
            wrong += 1
            print(f"{brand} {first} {last}: {answer['young']} young posts, not {spans[0][4]}")
        for said in answer["figures"]:
            if said["kpi"] in SKIPPED:
                continue
            reckoned = expected(said["kpi"], *spans)
            for name, value in reckoned.items():
                if said[name] != value:
                    wrong += 1
                    if wrong <= 40:
                        print(f"{brand} {first} {last} {answer['against']} {said['kpi']} {name}: {said[name]}, not {value}")
            checked += 1
            kinds[said["kpi"] if said["value"] is not None else said["why"]] += 1
    print(f"{checked} figures of {len(told['figures'])} answers were reckoned anew; {wrong} differ")
    for name, count in sorted(kinds.items()):
        print(f"  {name:30} {count}")
    # A year in which some figure is never told, or in which nothing is ever missing, would prove little.
    assert all(kinds[name] > 100 for name in ALL if name not in SKIPPED), "some KPIs are hardly told"
    assert all(kinds[why] > 0 for why in NO_FIGURE), "some reasons never stand"
    sys.exit(1 if wrong else 0)


SKIPPED = set()
ALL = [
    "FOLLOWERS", "FOLLOWER_GROWTH", "AUDIENCE_GROWTH_RATE", "PUBLISHED_POSTS", "REACH", "VIEWS", "INTERACTIONS", "INTERACTIONS_PER_POST",
    "ENGAGEMENT_RATE_BY_FOLLOWERS", "ENGAGEMENT_RATE_BY_REACH", "REFERRAL_TRAFFIC", "CONVERSIONS", "CONVERSION_RATE", "POSTING_CONSISTENCY",
    "COST_PER_RESULT", "RETURN_ON_INVESTMENT", "SESSIONS", "SOCIAL_SESSIONS", "BOUNCE_RATE", "MENTIONS", "SHARE_OF_VOICE",
    "RESPONSE_TIME", "RESPONSE_RATE", "NEGATIVE_FEEDBACK_RATE",
]

if __name__ == "__main__":
    main()
