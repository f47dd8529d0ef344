"""The judgement on one journal from what is stored: each state with its reason, next step, and since when."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from life import FACTS, HABITS, MONDAY, Habit, Life, judged

from codasync import errors, reception, stages
from codasync.continuity import Missing
from codasync.reception import WORST_FIRST, Judgement, Thresholds
from codasync.sandbox import coda_writer
from codasync.sandbox.days import banking_day_after

TODAY = dt.date(2026, 3, 9)


def week(*lost: int, life: Life | None = None, days: int = 5) -> list[coda_writer.Statement]:
    """Return a statement of 100.00 for each of some days, but for the days that are lost."""
    life = life or Life()
    for number in range(days):
        life.statement(100_000 + 10 * number)
        life.next_day()
    return [one for number, one in enumerate(life.statements) if number not in lost]


def trouble(**facts: Any) -> dict[str, Any]:
    """Return a document that needs somebody."""
    given = {"id": 12, "state": "unreadable", "reason": "line 3: found x", "noted_at": "2026-03-05T07:00:00Z"}
    return given | {"statement_date": "2026-03-04", "first_number": 3, "last_number": 3} | facts


# --- ok, off, waiting


def test_a_journal_in_order_needs_nobody() -> None:
    assert judged(week(), TODAY) == Judgement("ok", "last statement 2026-03-06")


def test_what_is_not_enabled_is_off_whatever_else_is_true() -> None:
    found = judged(week(2), TODAY, [trouble()], enabled=0, vanished_at="2026-03-01T00:00:00Z")
    assert found == Judgement("off", "reception is not enabled", "codasync enable-journal 0042 BE80001000000177")
    assert judged([], TODAY, enabled=0, dossier_code="A B").next_step.startswith("codasync enable-journal 'A B' ")


def test_a_journal_without_statements_waits_since_it_was_enabled() -> None:
    found = judged([], TODAY)
    assert (found.state, found.since) == ("waiting", dt.date(2026, 1, 1))
    earlier = [{"date": "2025-12-01", "served": 0}, {"date": "2025-12-15", "served": 1}]
    found = judged([], TODAY, passed_over=earlier, chosen_by_currency=1)
    command = "codasync enable-journal 0042 BE80001000000177 --currency EUR --since 2025-12-15"
    assert found.next_step.endswith(f"fetch the earlier ones: {command}")


# --- inactive


@pytest.mark.parametrize("word", [*stages.MANDATE, "Awaiting signature", "BANK_PROCEDURE"])
def test_each_stage_of_a_mandate_is_told_in_words_with_who_has_to_act(word: str) -> None:
    found = judged([], TODAY, mandate_state=word, mandate_reason="R-0")
    stage = stages.named(stages.MANDATE, word)
    assert stage
    assert found.state == "inactive"
    assert found.reason == f"{stage.reason} since 2025-11-17 (R-0)"
    assert found.next_step == stage.next_step
    assert found.since == dt.date(2025, 11, 17)


@pytest.mark.parametrize("word", [name for name, stage in stages.ACCOUNT.items() if not stage.done])
def test_a_mandate_can_be_active_while_the_account_is_not(word: str) -> None:
    found = judged([], TODAY, account_state=word)
    assert (found.state, found.since) == ("inactive", dt.date(2025, 11, 17))
    assert found.next_step


@pytest.mark.parametrize("word", ["CODA is provided", "bank activation completed + pending first CODA file"])
def test_an_account_that_needs_only_a_movement_is_not_inactive(word: str) -> None:
    assert judged([], TODAY, account_state=word).state == "waiting"
    assert judged(week(), TODAY, account_state=word).state == "ok"


def test_a_word_that_nobody_knows_is_shown_and_believed_only_while_nothing_comes() -> None:
    found = judged([], TODAY, mandate_state="Quarantined!", last_received_at=None)
    assert found.reason == "CodaBox gives the mandate as Quarantined! since 2025-11-17"
    assert judged(week(), TODAY, mandate_state="Quarantined!").state == "ok"
    changed = judged(week(), TODAY, mandate_state="Quarantined!", mandate_state_modified_at="2026-03-09T08:00:00")
    assert changed.state == "inactive"


def test_a_word_that_nobody_knows_is_told_also_while_statements_come() -> None:
    known: dict[str, Any] = {"account_state": "suspended", "account_state_modified_at": "2026-03-01T08:00:00"}
    found = judged(week(), TODAY, **known)
    assert found == Judgement(
        "ok", "last statement 2026-03-06; CodaBox gives the account as suspended since 2026-03-01"
    )
    # what was under way when the delivery was stopped proves nothing
    found = judged(week(), TODAY, **known | {"account_state_modified_at": "2026-03-04T08:00:00"})
    assert (found.state, found.since) == ("inactive", dt.date(2026, 3, 4))
    assert judged(week(), TODAY, account_state="Active").reason == "last statement 2026-03-06"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"mandate_state": "revoked"}, "CodaBox gives the mandate as revoked"),
        ({"mandate_state": "", "account_state": ""}, "CodaBox lists no mandate and no account for this IBAN"),
        ({"account_state": ""}, "CodaBox gives no account for this IBAN"),
    ],
)
def test_what_codabox_gives_without_a_day_is_told_and_believed_when_statements_stop(
    facts: dict[str, str], told: str
) -> None:
    undated: dict[str, Any] = {"mandate_state_modified_at": "", "account_state_modified_at": "", **facts}
    found = judged(week(), TODAY, **undated)
    assert (found.state, found.reason) == ("ok", f"last statement 2026-03-06; {told}")
    found = judged(week(), dt.date(2026, 3, 16), **undated)
    assert (found.state, found.reason) == ("inactive", told)


def test_a_missing_mandate_or_a_vanished_dossier_is_inactive() -> None:
    nothing: dict[str, Any] = {"mandate_state": "", "account_state": "", "mandate_state_modified_at": ""}
    assert judged([], TODAY, **nothing).reason == "CodaBox lists no mandate and no account for this IBAN"
    assert judged([], TODAY, **nothing, mandates_known=0).state == "waiting"
    found = judged(week(), TODAY, vanished_at="2026-03-08T07:00:00Z", last_poll_error="feed 1: gone")
    assert (found.state, found.since) == ("inactive", dt.date(2026, 3, 8))


# --- failing


def polls(kind: type[errors.CodasyncError], *, times: int = 2) -> dict[str, Any]:
    """Return what is known of a feed whose last polls failed."""
    since = "2026-03-09T07:00:00Z" if times == 1 else "2026-03-06T07:00:00Z"
    failed = {"last_failed_at": "2026-03-09T07:00:00Z", "failing_since": since}
    return {"last_poll_error": "normal feed 7: no", "last_poll_kind": kind.__name__, **failed}


@pytest.mark.parametrize(
    ("kind", "whose"),
    [
        (errors.NoConnection, "no connection from here to CodaBox"),
        (errors.TlsRefused, "on our side"),
        (errors.Unreachable, "CodaBox's"),
        (errors.Forbidden, "CodaBox's"),
        (errors.FeedStuck, "CodaBox's"),
        (errors.ApiChanged, "CodaBox's"),
        (errors.DatabaseTrouble, "on our side"),
        (errors.CodasyncError, "cannot be told"),
    ],
)
def test_failing_says_which_call_since_when_and_whose_trouble_it_is(
    kind: type[errors.CodasyncError], whose: str
) -> None:
    found = judged(week(), TODAY, **polls(kind))
    assert found.state == "failing"
    assert found.reason.startswith("the feed cannot be read since 2026-03-06T07:00:00Z: normal feed 7: no (")
    assert whose in found.reason
    assert (found.since, bool(found.next_step)) == (dt.date(2026, 3, 6), True)


@pytest.mark.parametrize("kind", [errors.NoConnection, errors.Unreachable])
def test_one_poll_that_the_next_can_mend_is_told_and_needs_nobody(kind: type[errors.CodasyncError]) -> None:
    found = judged(week(), TODAY, **polls(kind, times=1))
    assert found.state == "ok"
    assert "the last poll failed (normal feed 7: no)" in found.reason


def test_what_is_refused_fails_at_once() -> None:
    assert judged(week(), TODAY, **polls(errors.Forbidden, times=1)).state == "failing"


def test_passes_that_fail_fail_every_journal() -> None:
    refused: dict[str, Any] = {
        "pass_error": "CodaBox refuses the office's credentials",
        "pass_kind": "CredentialsRefused",
    }
    found = judged(week(), TODAY, **refused, pass_failing_since="2026-03-08T07:00:00Z", passes_failed=1)
    assert (found.state, found.since) == ("failing", dt.date(2026, 3, 8))
    assert "on our side" in found.reason
    away: dict[str, Any] = {
        "pass_error": "no route",
        "pass_kind": "NoConnection",
        "pass_failing_since": "2026-03-09T07:00:00Z",
    }
    assert judged(week(), TODAY, **away, passes_failed=1).state == "ok"
    assert judged(week(), TODAY, **away, passes_failed=2).state == "failing"


def test_passes_that_do_not_end_or_are_made_no_more_are_failing() -> None:
    assert judged(week(), TODAY, passes_cut_off=1, pass_cut_off_since="2026-03-09T07:00:00Z").state == "ok"
    found = judged(week(), TODAY, passes_cut_off=3, pass_cut_off_since="2026-03-07T07:00:00Z")
    assert (found.state, found.since) == ("failing", dt.date(2026, 3, 7))
    # polled on Thursday: Friday and Monday may pass, Tuesday is too much
    thursday = "2026-03-05T07:00:00Z"
    assert judged(week(), TODAY, last_polled_at=thursday).state == "ok"
    found = judged(week(), TODAY + dt.timedelta(days=1), last_polled_at=thursday)
    assert (found.state, found.since) == ("failing", dt.date(2026, 3, 5))
    assert "is `codasync sync` still scheduled?" in found.next_step
    assert judged([], TODAY, last_polled_at=None).reason.startswith("its feed was never read")


def test_what_codabox_lists_and_does_not_deliver_is_failing() -> None:
    found = judged(week(), TODAY, [trouble(state="unavailable", reason="404")])
    assert found.reason == "CodaBox lists document 12 but does not deliver: 404"
    assert "`codasync skip 12`" in found.next_step
    assert found.since == dt.date(2026, 3, 5)


# --- unreadable


def test_a_document_that_could_not_be_read_or_booked_is_unreadable() -> None:
    found = judged(week(), TODAY, [trouble(), trouble(id=13)])
    assert found.reason == "document 12 and 1 more could not be read: line 3: found x"
    assert found.since == dt.date(2026, 3, 5)
    assert found.next_step.startswith("look with `codasync show 12`; ask CodaBox for redelivery (MyCodaBox > ")
    assert found.next_step.splitlines()[-2:] == ["Missing: statement 3, of 2026-03-04"] * 2
    vague = judged(week(), TODAY, [trouble(statement_date="soon", first_number="x", last_number=None)])
    assert vague.next_step.endswith("Redeliver CODA)")
    found = judged(week(), TODAY, [trouble(state="stored", reason="kept, not booked: it differs from document 3")])
    assert found.state == "unreadable"
    assert found.next_step.endswith("ask the bank or CodaBox which is right, then `codasync skip 12`")


# --- gap, broken


def test_a_gap_names_numbers_days_and_amount_and_asks_for_them() -> None:
    found = judged(week(2), TODAY)
    assert found.state == "gap"
    assert found.reason == "statement 3 missing between 2026-03-03 and 2026-03-04: +100.02 EUR in all"
    assert found.since == dt.date(2026, 3, 3)
    assert found.missing == (Missing(3, 3, dt.date(2026, 3, 3), dt.date(2026, 3, 4), 100_020),)
    assert found.next_step.splitlines()[1:] == [
        "Please redeliver the following CODA statements, by the usual way of delivery.",
        "",
        "Client: Boulangerie Hélène (0042), enterprise number BE0403019261",
        "Account: BE80001000000177 EUR",
        "Missing: statement 3, between 2026-03-03 and 2026-03-04",
    ]


@pytest.mark.parametrize("habit", sorted(HABITS))
def test_a_gap_names_numbers_only_where_the_bank_counts(habit: str) -> None:
    # statements of two weeks, one day without a movement
    life = Life(HABITS[habit])
    week(life=life)
    life.next_day()
    week(life=life)
    [hole] = judged([one for number, one in enumerate(life.statements) if number != 7], TODAY).missing
    assert (hole.from_date, hole.to_date) == (dt.date(2026, 3, 11), dt.date(2026, 3, 12))
    counted = {"counting": 8, "repeating": 8, "monthly": 8, "zeros": None, "julian": None}[habit]
    assert (hole.from_number, hole.to_number) == (counted, counted)


def test_days_of_the_year_are_no_count_although_they_go_up_by_one_within_a_week() -> None:
    found = judged(week(2, life=Life(HABITS["julian"])), TODAY)
    assert (found.state, found.missing[0].from_number) == ("gap", None)


def test_a_number_that_is_missing_on_the_last_day_is_a_gap_even_if_the_others_could_be_put_in_order() -> None:
    life = Life()
    for amounts in ([2_000], [1_000], [-1_000], []):
        life.statement(*amounts)
    came = [one for one in life.statements if one.coda_number != 3]
    [hole] = judged(came, TODAY).missing
    assert (hole.from_number, hole.to_number, hole.difference_milli) == (3, 3, -1_000)


@pytest.mark.parametrize(
    ("paper", "told"),
    [(lambda count: count, "statement 3"), (lambda _: 0, "CODA number 103"), (lambda count: 1 + count // 4, "CODA n")],
)
def test_it_is_said_which_number_is_meant(paper: Callable[[int], int], told: str) -> None:
    came = week(2, life=Life(lambda days: (paper(len(days)), len(days) + 100)))
    found = judged(came, TODAY)
    assert found.reason.startswith(told)
    assert f"Missing: {told}" in found.next_step


def test_numbers_that_began_anew_in_the_hole_are_named_with_their_years() -> None:
    statements = week(3, 4, life=Life(first_day=dt.date(2025, 12, 29)), days=7)
    assert [one.coda_number for one in statements] == [1, 2, 3, 3, 4]
    found = judged(statements, dt.date(2026, 1, 7))
    assert found.reason.startswith("statements 4 (of 2025) to 2 (of 2026) missing between 2025-12-31 and 2026-01-05")
    statements = week(3, life=Life(first_day=dt.date(2025, 12, 29)), days=6)[:-1]
    assert judged(week(2, life=Life(first_day=dt.date(2025, 12, 29))), dt.date(2026, 1, 7)).missing[0].to_number is None


def test_several_gaps_are_told_the_latest_first_and_asked_for_together() -> None:
    found = judged(week(1, 3, 5, 7, 9, days=11), TODAY + dt.timedelta(days=9))
    assert found.reason.count("missing between") == 3
    assert found.reason.startswith("statement 10 missing between 2026-03-12 and 2026-03-13")
    assert found.reason.endswith("; and 2 more, the first from 2026-03-02 on")
    assert found.since == MONDAY
    assert len(found.missing) == found.next_step.count("Missing: ") == 5


def test_balances_that_do_not_connect_without_a_missing_number_are_broken() -> None:
    first, second, *others = week()
    torn = [first, second, *(moved(one, 7_000) for one in others)]
    found = judged(torn, TODAY)
    assert found.state == "broken"
    assert found.reason == ("balances do not connect on 2026-03-03, though no number is missing: +7.00 EUR unexplained")
    assert found.missing == (Missing(None, None, dt.date(2026, 3, 3), dt.date(2026, 3, 3), 7_000),)
    assert judged([*torn[:3], *torn[4:]], TODAY).state == "gap"


def moved(one: coda_writer.Statement, amount: int) -> coda_writer.Statement:
    """Return a statement with other balances."""
    return replace(one, old_balance_milli=one.old_balance_milli + amount)


def test_a_number_that_is_missing_although_balances_connect_is_a_lesser_doubt() -> None:
    life = Life()
    for amounts in ([1_000], [1_000], [5_000, -5_000], [1_000], [2_000]):
        life.statement(*amounts)
        life.next_day()
    came = [one for one in life.statements if one.coda_number != 3]
    found = judged(came, TODAY)
    assert (found.state, found.missing) == ("ok", ())
    assert found.reason.endswith(
        "; statement 3 (between 2026-03-03 and 2026-03-04) did not come, yet the balances connect:"
        " either there were no movements or they cancel out"
    )
    later = judged(came, dt.date(2026, 6, 1), thresholds=Thresholds(late_history=1000))
    assert later.reason == "last statement 2026-03-06"


def cancelled(*numbers: int, days: int, first_day: dt.date = MONDAY, habit: Habit = HABITS["counting"]) -> str:
    """Return the judgement's reason where the statements of these numbers never came, and add up to zero each."""
    life = Life(habit, first_day=first_day)
    for number in range(1, days + 1):
        life.statement(*((5_000, -5_000) if number in numbers else (1_000 * number,)))
        life.next_day()
    came = [one for number, one in enumerate(life.statements, start=1) if number not in numbers]
    found = judged(came, life.today)
    assert (found.state, found.missing) == ("ok", ())
    return found.reason


def test_the_lesser_doubt_is_told_wherever_numbers_mostly_count() -> None:
    assert "; statement 3 (between 2026-03-03 and 2026-03-04) did not come" in cancelled(3, days=4)
    assert "; statements 3 to 4 (between 2026-03-03 and 2026-03-05) did not come" in cancelled(3, 4, days=5)
    several = cancelled(4, 6, 10, 16, days=20)
    assert re.findall(r"statement (\d+) \(", several) == ["16", "10", "6"]
    assert " and 1 more did not come" in several
    first_of_year = cancelled(4, days=9, first_day=dt.date(2026, 12, 29))
    assert "; statement 1 (between 2026-12-31 and 2027-01-04) did not come" in first_of_year
    on_paper = cancelled(5, days=9, habit=lambda days: (len(days), 0))
    assert "; statement 5 (between " in on_paper
    of_files = cancelled(5, days=9, habit=lambda days: (7, len(days)))
    assert "; CODA number 5 (between " in of_files


@pytest.mark.parametrize("habit", [HABITS["zeros"], HABITS["julian"], lambda days: (HABITS["repeating"](days)[0], 0)])
def test_numbers_that_do_not_count_give_no_doubt(habit: Habit) -> None:
    assert "did not come" not in cancelled(5, 9, days=30, habit=habit)


def test_a_hole_that_was_passed_over_here_is_closed_by_a_command() -> None:
    passed_over = [{"date": "2026-03-03", "served": 1}, {"date": "2026-03-05", "served": 0}]
    found = judged(week(1, 3), TODAY, passed_over=passed_over)
    assert [one.from_number for one in found.missing] == [2, 4]
    assert [one.from_number for one in found.asked] == [4]
    fetch, ask = found.next_step.split("; then ")
    command = "codasync enable-journal 0042 BE80001000000177 --since 2026-03-02"
    assert fetch == f"fetch what was passed over: {command}"
    assert ask.startswith("ask CodaBox for redelivery (")
    assert ask.endswith("\nMissing: statement 4, between 2026-03-04 and 2026-03-05")
    earlier = judged(week(1), TODAY, passed_over=passed_over[:1], since="2026-02-01", chosen_by_currency=1)
    assert earlier.next_step.endswith(" --currency EUR --since 2026-02-01")


def test_what_codabox_cannot_redeliver_is_said_to_be_out_of_reach() -> None:
    old = week(2, life=Life(first_day=dt.date(2023, 3, 6)))
    found = judged(old, TODAY, thresholds=Thresholds(late_history=1000))
    # the mandate's state changed after these statements came: it was active before
    told = "Out of reach: CodaBox has nothing from before 2024-03-09. Ask the bank for these:\n"
    assert found.next_step.startswith(told)


# --- between accounting and the first statement


def line(day: str, balance: int | None = None, number: int | None = None, amount: int = 1) -> dict[str, Any]:
    """Return a line of accounting."""
    return {"date": day, "year": int(day[:4]), "number": number, "amount_milli": amount, "balance_milli": balance}


@pytest.mark.parametrize(
    ("ends", "missing"),
    [
        (line("2026-02-27", 1_000_000), None),
        (line("2026-02-27", 900_000), (None, None, 100_000)),
        (line("2026-02-27", 900_000, 7), (8, 9, 100_000)),
        (line("2026-02-27", None, 7), (8, 9, None)),
        (line("2026-02-27", None, 9), None),
        (line("2026-02-27"), None),
        (line("2026-03-02", 1), None),
        (line("2026-02-27", None, 10), None),  # of the first statement itself, whose day is later
    ],
)
def test_the_first_coda_has_to_connect_to_accounting(ends: dict[str, Any], missing: tuple[object, ...] | None) -> None:
    life = Life()
    statements = [numbered(one, 9) for one in week(life=life)]
    # whatever accounting has booked of CODA since says nothing of what is missing before
    later = [
        line(str(one.new_balance_date), ends["balance_milli"] and one.new_balance_milli, ends["number"] and number)
        for number, one in enumerate(statements, start=10)
    ]
    for near in ([ends], [ends, *later[:1]], [ends, *later]):
        found = judged(statements, TODAY, near=near)
        if missing is None:
            assert (found.state, found.missing) == ("ok", ())
            continue
        [hole] = found.missing
        assert (hole.from_number, hole.to_number, hole.difference_milli) == missing
        assert (hole.from_date, hole.to_date) == (dt.date(2026, 2, 27), dt.date(2026, 3, 1))
        assert found.state == "gap"
        assert "between accounting, whose last line before is of 2026-02-27, and the first CODA" in found.reason


def test_balances_of_accounting_that_are_not_the_banks_say_nothing() -> None:
    near = [line("2026-02-27", 0), line("2026-03-02", 100_000), line("2026-03-03", 200_010)]
    assert judged(week(), TODAY, near=near).state == "ok"
    assert judged(week(), TODAY, near=near[:1]).state == "gap"


def numbered(one: coda_writer.Statement, before: int) -> coda_writer.Statement:
    """Return a statement with higher numbers."""
    return replace(one, paper_number=one.paper_number + before, coda_number=one.coda_number + before)


def test_a_hole_that_accounting_has_bridged_is_closed() -> None:
    life = Life()
    came = week(2, life=life)
    lines = [
        line(str(one.new_balance_date), one.new_balance_milli, number, 100_000 + 10 * (number - 1))
        for number, one in enumerate(life.statements, start=1)
    ]
    without_balances = [one | {"balance_milli": None} for one in lines]
    without_numbers = [one | {"number": None} for one in lines]
    assert [judged(came, TODAY, near=near).state for near in (lines, without_balances, without_numbers)] == ["ok"] * 3
    # one that has not what is missing has not bridged it, however far it has come
    for near in (lines, without_balances, without_numbers):
        for booked in (near[:2], [*near[:2], near[3]], [*near[:2], *near[3:]]):
            assert judged(came, TODAY, near=booked).state == "gap"


# --- late

QUIET = Thresholds(stale_days=100)


def rhythm(*waits: int) -> list[coda_writer.Statement]:
    """Return statements with so many banking days between them, twelve times over."""
    life = Life()
    life.statement(1_000)
    for wait in waits * 12:
        life.next_day(wait)
        life.statement(1_000)
    return life.statements


@pytest.mark.parametrize(("waits", "silent"), [((1,), 6), ((5,), 11), ((1, 1, 4), 9), ((20,), 41)])
def test_an_account_is_late_by_its_own_rhythm(waits: Sequence[int], silent: int) -> None:
    statements = rhythm(*waits)
    last = statements[-1].new_balance_date
    states = []
    for days in (silent - 2, silent + 2):
        found = judged(statements, banking_day_after(last, days + 1), thresholds=QUIET)
        states.append(found.state)
    assert states == ["ok", "late"]
    assert found.since == last
    assert f"no statement since {last}, " in found.reason
    assert "It may be quiet" in found.reason
    assert found.next_step.endswith(f"Missing: statements since {last}")


def test_empty_statements_are_no_silence() -> None:
    life = Life()
    week(life=life, days=10)
    for _ in range(14):
        life.statement()
        life.next_day()
    assert judged(life.statements, life.today, last_received_at=f"{life.today}T07:00:00Z").state == "ok"
    found = judged(life.statements, banking_day_after(life.today, 7), last_received_at=f"{life.today}T07:00:00Z")
    assert found.state == "late"
    assert f"no statement since {life.today}, " in found.reason


def test_a_statement_of_a_day_that_is_still_to_come_breaks_no_silence_and_is_told() -> None:
    *others, last = week(days=10)
    wrong = [*others, replace(last, new_balance_date=dt.date(2027, 3, 13))]
    told = "a statement is dated 2027-03-13, which is still to come"
    assert judged(wrong, dt.date(2026, 3, 13)).reason == f"last statement 2027-03-13; {told}"
    found = judged(wrong, dt.date(2026, 5, 12))
    assert (found.state, found.since) == ("late", dt.date(2026, 3, 12))
    assert found.reason.endswith(told)


def test_who_delivered_before_the_mandate_changed_is_not_out_of_reach() -> None:
    found = judged(week(days=10), dt.date(2026, 4, 8), mandate_state_modified_at="2026-04-05T10:00:00")
    assert found.state == "late"
    assert found.next_step.endswith("\nMissing: statements since 2026-03-13")


def test_an_account_without_enough_history_is_never_late() -> None:
    assert judged(week(), dt.date(2026, 12, 1)).state == "ok"
    assert judged(week(days=7), dt.date(2026, 12, 1)).state == "late"
    assert judged(week(days=7), dt.date(2026, 12, 1), thresholds=Thresholds(late_history=7)).state == "ok"


def test_silence_counts_from_when_the_journal_was_enabled_and_one_long_holiday_is_no_rhythm() -> None:
    statements = week(days=7)
    assert judged(statements, dt.date(2026, 12, 1), enabled_at="2026-11-27T08:00:00Z").state == "ok"
    life = Life()
    week(life=life, days=30)
    life.next_day(40)
    week(life=life, days=3)
    today = banking_day_after(life.today, 8)
    assert judged(life.statements, today).state == "late"


def test_holidays_of_belgian_banks_are_no_silence() -> None:
    # Easter 2026: Good Friday 3 April, Easter Monday 6 April
    statements = week(life=Life(first_day=dt.date(2026, 3, 16)), days=12)
    last = statements[-1].new_balance_date
    assert last == dt.date(2026, 3, 31)
    assert judged(statements, dt.date(2026, 4, 9)).state == "ok"
    assert judged(statements, dt.date(2026, 4, 10)).state == "late"


# --- several at once


def test_the_worst_is_the_state_and_the_others_are_told_as_well() -> None:
    today = dt.date(2026, 4, 30)
    found = judged(week(2, days=12), today, [trouble()])
    assert found.state == "unreadable"
    assert "; also gap: statement 3 missing" in found.reason
    assert "; also late: no statement since 2026-03-17" in found.reason
    assert len(found.missing) == 1
    # who cannot receive is silent for that reason
    found = judged(week(2, days=12), today, [trouble()], **polls(errors.Forbidden))
    assert found.state == "failing"
    assert "; also unreadable: document 12 could not be read" in found.reason
    assert "; also gap: " in found.reason
    assert "late" not in found.reason
    assert len(found.missing) == 1


@pytest.mark.parametrize("habit", ["zeros", "counting"])
@pytest.mark.parametrize("days", [1, 3])
def test_historical_coda_beside_statements_that_begin_on_their_own_day_makes_no_gap(habit: str, days: int) -> None:
    life = Life(HABITS[habit])
    for number in range(6):
        life.statement(1_000 + number)
        life.next_day(2)
    came = [replace(one, old_balance_date=one.new_balance_date) for one in life.statements]
    again = life.historical(dt.date(2026, 1, 1), life.today, days)
    for both in ([*came, *again], [*again, *came]):
        assert judged(both, life.today).missing == ()
    lost = [one for number, one in enumerate(came) if number != 3]
    assert len(judged(lost, life.today).missing) == 1


def test_the_same_facts_give_the_same_judgement_in_whatever_order_statements_came() -> None:
    statements = week(2, days=12)
    assert judged(statements, TODAY) == judged(statements[::-1], TODAY)


def test_states_are_ordered_from_the_worst_and_every_one_is_known() -> None:
    assert set(WORST_FIRST) > reception.NEEDS_SOMEBODY
    assert {FACTS["account_state"], FACTS["mandate_state"]} == {stages.ACTIVE}


def test_holes_that_ended_before_a_day_are_not_told() -> None:
    assert judged(week(2), TODAY, since_day=dt.date(2026, 3, 4)).state == "gap"
    assert judged(week(2), TODAY, since_day=dt.date(2026, 3, 5)) == judged(week(), TODAY)
