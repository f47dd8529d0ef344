"""The view `payment_matches`: which transaction may pay which invoice, why, and how sure that is; it books nothing.

One pair stands there once, by its best reason. A reference is one with right check digits: in the structured
communication, or typed in a free one. An invoice's number is looked for as a word of a free communication, and only
beside the exact amount. What names another reference is no payment by amount and account.
"""

# counts, pays in the right direction, in the same currency; so many days before and after the day of the invoice
_PAYS = """m.parent IS NULL AND NOT m.retold AND s.currency = i.currency AND i.effect_milli <> 0
          AND (i.effect_milli > 0) = (CASE i.inbox WHEN 'sales' THEN m.amount_milli > 0 ELSE m.amount_milli < 0 END)
          AND m.entry_date BETWEEN date(i.issue_date, '-30 days') AND date(i.issue_date, '+1 year')"""
_COLUMNS = """i.id AS invoice_id, m.id AS transaction_id, o.code AS dossier_code, i.inbox AS inbox,
               i.number AS number, m.entry_date AS entry_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli"""
_WHOLE = "abs(m.amount_milli) = abs(i.effect_milli)"
_OF_DOSSIER = """JOIN statement AS s ON s.id = m.statement AND s.client_id = i.client_id
        JOIN dossier AS o ON o.client_id = i.client_id"""
_TYPED = "SELECT 1 FROM movement_reference AS x WHERE x.movement = m.id AND"
# by whom it is paid is known, and the invoice is to be paid to somebody else
_ANOTHER_ACCOUNT = """i.inbox = 'purchases' AND i.payment_iban <> '' AND m.counterparty_iban <> ''
                    AND m.counterparty_iban <> i.payment_iban"""

PAYMENT_MATCHES = f"""
        SELECT {_COLUMNS},
               CASE WHEN {_WHOLE}
                    THEN 'structured reference and amount' ELSE 'structured reference, another amount' END AS reason,
               CASE WHEN {_WHOLE} THEN 0.99 ELSE 0.8 END AS confidence
        FROM invoice AS i
        JOIN movement AS m ON m.structured_communication = i.payment_reference
        {_OF_DOSSIER}
        WHERE i.payment_reference <> '' AND m.structured_communication <> '' AND {_PAYS}
        UNION ALL
        SELECT {_COLUMNS},
               CASE WHEN {_WHOLE}
                    THEN 'typed reference and amount' ELSE 'typed reference, another amount' END AS reason,
               CASE WHEN {_WHOLE} THEN 0.97 ELSE 0.75 END AS confidence
        FROM invoice AS i
        JOIN movement_reference AS r ON r.reference = i.payment_reference AND r.structured
        JOIN movement AS m ON m.id = r.movement
        {_OF_DOSSIER}
        WHERE i.payment_reference <> '' AND m.structured_communication <> i.payment_reference AND {_PAYS}
        UNION ALL
        SELECT {_COLUMNS},
               CASE WHEN {_ANOTHER_ACCOUNT}
                    THEN 'number and amount, to another account' ELSE 'number and amount' END AS reason,
               CASE WHEN {_ANOTHER_ACCOUNT} THEN 0.6 ELSE 0.9 END AS confidence
        FROM invoice AS i
        JOIN movement_reference AS r ON r.reference = i.number_key AND NOT r.structured
        JOIN movement AS m ON m.id = r.movement
        {_OF_DOSSIER}
        WHERE i.number_key <> '' AND {_PAYS} AND {_WHOLE} AND m.structured_communication = ''
          AND NOT EXISTS ({_TYPED} x.structured AND x.reference = i.payment_reference)
        UNION ALL
        SELECT {_COLUMNS}, 'amount and account, within 120 days' AS reason, 0.7 AS confidence
        FROM invoice AS i
        JOIN movement AS m ON m.counterparty_iban = i.payment_iban AND m.amount_milli = -i.effect_milli
        {_OF_DOSSIER}
        WHERE i.inbox = 'purchases' AND i.payment_iban <> '' AND m.counterparty_iban <> ''
          AND m.parent IS NULL AND NOT m.retold AND s.currency = i.currency AND m.structured_communication = ''
          AND NOT EXISTS ({_TYPED} (x.structured OR x.reference = i.number_key))
          AND m.entry_date BETWEEN date(i.issue_date, '-7 days') AND date(i.issue_date, '+120 days')"""  # noqa: S608
