"""Whether accounting has processed a CODA statement, as an SQL expression on the rows around it.

The expression speaks of a row `s` of table `statement` and of `a`, the row of `ledger_account` for its account, all
NULL where accounting has never booked anything on it. Statements are looked at whole: either all movements of one are
processed, or none. Without certainty a statement stays unprocessed: what shows twice is noticed, what hides is not.
"""

_YEAR = "substr(s.date, 1, 4)"
_OF_ACCOUNT = "t.client_id = s.client_id AND t.iban = s.iban AND t.currency = s.currency"

# another statement of the account that has this number in the same year, and so makes it say nothing
_SHARED = f"""EXISTS (
    SELECT 1 FROM statement AS t
    WHERE {_OF_ACCOUNT} AND t.{{column}} = {{number}} AND t.transaction_count > 0 AND t.id <> {{but}}
      AND t.date BETWEEN {_YEAR} || '-01-01' AND {_YEAR} || '-12-31')"""  # noqa: S608

# The ledger holds the statement of this number, as its days show: no line from after it alone, and either the lines add
# up to it, or there are no fewer lines than movements and they go on to its last day.
_HELD = f"""EXISTS (
    SELECT 1 FROM (
        SELECT count(*) AS lines, sum(l.amount_milli) AS total_milli, min(l.date) AS first, max(l.date) AS last
        FROM ledger_line AS l
        WHERE l.account = a.id AND l.year = CAST({_YEAR} AS INTEGER) AND l.number = {{number}}
    ) AS g
    WHERE g.first <= s.date AND (
        g.lines >= s.transaction_count AND g.last >= (
            SELECT max(m.entry_date) FROM movement AS m WHERE m.statement = s.id AND m.parent IS NULL)
        OR g.total_milli = s.new_balance_milli - s.old_balance_milli AND EXISTS (
            SELECT 1 FROM movement AS m
            WHERE m.statement = s.id AND m.parent IS NULL AND (m.entry_date <= g.last OR m.value_date <= g.last))))"""  # noqa: S608

# the number of the paper statement is the one that accountants know
_BY_PAPER_NUMBER = f"""(
    s.paper_number > 0 AND {_HELD.format(number="s.paper_number")}
    AND NOT {_SHARED.format(column="paper_number", number="s.paper_number", but="s.id")})"""

# a number that no paper statement of the year has is that of the file
_BY_CODA_NUMBER = f"""(
    s.coda_number > 0 AND {_HELD.format(number="s.coda_number")}
    AND NOT {_SHARED.format(column="coda_number", number="s.coda_number", but="s.id")}
    AND NOT {_SHARED.format(column="paper_number", number="s.coda_number", but="0")})"""

# every movement has its line: as many lines of its day and amount as there are movements, up to this statement
_BY_LINES = f"""NOT EXISTS (
    SELECT 1 FROM movement AS m
    WHERE m.statement = s.id AND m.parent IS NULL AND NOT m.retold AND (m.entry_date IS NULL OR (
        SELECT count(*) FROM ledger_line AS l
        WHERE l.account = a.id AND l.date = m.entry_date AND l.amount_milli = m.amount_milli
    ) < (
        SELECT count(*) FROM movement AS n
        WHERE n.statement = s.id AND n.entry_date = m.entry_date AND n.amount_milli = m.amount_milli
          AND n.parent IS NULL AND NOT n.retold
    ) + (
        SELECT count(*) FROM statement AS t CROSS JOIN movement AS n ON n.statement = t.id
        WHERE {_OF_ACCOUNT} AND t.date BETWEEN m.entry_date AND s.date AND (t.date < s.date OR t.id < s.id)
          AND n.entry_date = m.entry_date AND n.amount_milli = m.amount_milli AND n.parent IS NULL
          AND NOT n.retold)))"""  # noqa: S608

# a movement may be booked in several lines: the day has more lines than movements, and they add up to the same
_BY_DAY = f"""(s.retold = 0 AND EXISTS (
    SELECT 1 FROM (
        SELECT count(*) AS lines, sum(l.amount_milli) AS total_milli
        FROM ledger_line AS l WHERE l.account = a.id AND l.date = s.date
    ) AS g CROSS JOIN (
        SELECT sum(t.transaction_count) AS movements, sum(t.new_balance_milli - t.old_balance_milli) AS total_milli
        FROM statement AS t WHERE {_OF_ACCOUNT} AND t.date = s.date AND t.retold = 0
    ) AS c
    WHERE g.lines > c.movements AND g.total_milli = c.total_milli))"""  # noqa: S608

PROCESSED = f"(a.id IS NOT NULL AND ({_BY_PAPER_NUMBER} OR {_BY_CODA_NUMBER} OR {_BY_DAY} OR {_BY_LINES}))"
