"""Compares every open lead, page by page, with its entries in the indexes.

The index ``owners`` has every open lead, even one whose wake-up was lost. The lead's own item says
what the other indexes should hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb.leads import index_attributes, lead_key
from baton.adapters.dynamodb.table import UNREADABLE, Item, Table, decode
from baton.application.ports.leads import Flaw
from baton.domain.lead import Lead
from baton.failures import NewerSchema

#: Leads per page; each is read whole.
PAGE = 100
#: The attributes by which an open lead is woken.
_WAKING = ("wakeShard", "wakeAt", "staleShard", "staleAt")


class OpenLeads:
    """The open leads of the table."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._rows = Table(client, table)

    def page(self, cursor: str) -> tuple[list[str], str]:
        """The leads after *cursor* (empty: from the beginning), and the cursor after them; empty:
        that was the last page. The index may lag a second behind."""
        asked: Item = {"TableName": self._table, "IndexName": "owners", "Limit": PAGE}
        if cursor:
            asked["ExclusiveStartKey"] = json.loads(cursor)
        with translated("table"):
            answer = self._client.scan(**asked)
        leads = [item["pk"]["S"].removeprefix("LEAD#") for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        return leads, json.dumps(last) if last else ""

    def flaws(self, leads: list[str]) -> Iterator[Flaw]:
        """The flaws found in *leads*; skips those that are closed by now."""
        for item in self._rows.get([lead_key(lead) for lead in leads]):
            lead_id = item["pk"]["S"].removeprefix("LEAD#")
            try:
                right = index_attributes(decode(item, Lead, "lead"))
                version = int(item["version"]["N"])
            except NewerSchema:
                continue  # newer code has a watchdog of its own
            except (*UNREADABLE, AssertionError) as error:
                # The wake-up of a lead that cannot be read can be neither checked nor repaired.
                yield Flaw(lead_id, f"cannot be read: {type(error).__name__}")
                continue
            wrong = [name for name in _WAKING if item.get(name) != right.get(name)]
            if wrong:
                waking = {name: right[name] for name in _WAKING if name in right}
                yield Flaw(lead_id, f"index: {', '.join(wrong)}", waking, version)

    def repair(self, flaw: Flaw) -> bool:
        """Correct the index attributes from the lead. False: the lead was meanwhile written, and
        its index attributes with it."""
        if flaw.right is None:
            return False
        sets = [name for name in _WAKING if name in flaw.right]
        removes = [name for name in _WAKING if name not in flaw.right]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in sets) if sets else ""
        if removes:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removes)
        values = {f":{name}": flaw.right[name] for name in sets}
        try:
            with translated("table"):
                self._client.update_item(
                    TableName=self._table,
                    Key=lead_key(flaw.lead),
                    UpdateExpression=expression.strip(),
                    # Loses against any decision made in between, which wrote the right attributes.
                    ConditionExpression="version = :version",
                    ExpressionAttributeNames={f"#{name}": name for name in (*sets, *removes)},
                    ExpressionAttributeValues={**values, ":version": {"N": str(flaw.version)}},
                )
        except ClientError:  # only a failed condition: others are translated
            return False
        return True
