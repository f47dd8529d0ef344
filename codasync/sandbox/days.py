"""The days on which banks book: Monday to Friday but for the holidays of the European payment system (TARGET)."""

from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (12, 25), (12, 26)}


def is_banking_day(day: date) -> bool:
    """Tell whether banks book on this day."""
    easter = _easter(day.year)
    moving = {easter - 2 * DAY, easter + DAY}
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS and day not in moving


def banking_days(first: date) -> Iterator[date]:
    """Yield the banking days from `first` on, without end."""
    day = first
    while True:
        if is_banking_day(day):
            yield day
        day += DAY


def banking_day_after(day: date, count: int = 1) -> date:
    """Return the banking day that is `count` banking days after `day`; 0 gives `day` itself or the next one."""
    if count < 0:
        raise ValueError("days do not go back")
    days = banking_days(day if count == 0 else day + DAY)
    for _ in range(count - 1):
        next(days)
    return next(days)


def banking_day_before(day: date) -> date:
    """Return the last banking day before `day`."""
    day -= DAY
    while not is_banking_day(day):
        day -= DAY
    return day


def _easter(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    leaps = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - leaps - rest % 4) % 7
    late = (golden + 11 * leaps + 22 * weekday) // 451
    month, day = divmod(leaps + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
