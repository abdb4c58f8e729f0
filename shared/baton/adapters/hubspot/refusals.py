"""HubSpot's answers as a table: what Baton does about each, and what a person can do.

Sources: HubSpot's pages "Error handling" (statuses, fields of a body), "Usage guidelines" (429,
its policies and headers), the changelog's "CRM API Write Validation Enforcement" (the codes that
begin with MISSING) and "Property Validations Rules will be enforced for APIs" (INVALID_ALPHA and
the like), and bodies that users of the API have reported. Every field of a body may be missing.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import NamedTuple

from baton.adapters.hubspot.problems import Problem


class Act(Enum):
    """What Baton does about an answer."""

    RETRY = "try again; HubSpot changed nothing"
    LOOK = "try again, but look first: HubSpot may have carried it out"
    RENEW = "read the token again, try again, and later once more"
    GRANT = "try again later: an operator must grant a scope, or correct an address"
    GONE = "HubSpot has no such object"
    REFUSED = "park: never as it is"
    PROPERTIES = "write without the refused properties, and park what is left"


class Rule(NamedTuple):
    """One row: the first that fits an answer says what to do."""

    statuses: range
    act: Act
    #: A category, subcategory or policy that the body must name. Empty: whatever it says.
    says: str = ""
    #: Least wait before the next try, unless the answer itself says how long.
    wait: timedelta | None = None
    #: What a person can do. Empty: nothing, or see `ADVICE`.
    advice: str = ""


def _only(status: int) -> range:
    return range(status, status + 1)


#: An operator must act, so the work is kept until then.
_OPERATOR = timedelta(minutes=5)

#: An answer that is no page of HubSpot's API says this, whatever its status.
NOT_HUBSPOT = "NOT_JSON"

RULES: tuple[Rule, ...] = (
    Rule(_only(400), Act.GRANT, "MISSING_PERMISSION", _OPERATOR, "grant it to the app's user"),
    Rule(_only(400), Act.REFUSED, NOT_HUBSPOT),
    Rule(_only(400), Act.PROPERTIES),
    Rule(_only(401), Act.RENEW, "", _OPERATOR),
    Rule(_only(403), Act.GRANT, "", _OPERATOR),
    # HubSpot's own 404 is JSON; any other comes from a wrong address or from something in between.
    Rule(_only(404), Act.GRANT, NOT_HUBSPOT, _OPERATOR, "check the address of HubSpot's API"),
    Rule(_only(404), Act.GONE),
    Rule(_only(408), Act.LOOK),
    Rule(_only(409), Act.REFUSED, advice="another object has this value already: merge the two"),
    Rule(_only(413), Act.REFUSED, advice="the request is too large: shorten the longest value"),
    Rule(_only(414), Act.REFUSED, advice="the request is too large: name fewer properties"),
    # Locked: another request is changing the same record.
    Rule(_only(423), Act.RETRY, wait=timedelta(seconds=2)),
    Rule(_only(429), Act.RETRY, "TEN_SECONDLY_ROLLING", timedelta(seconds=10)),
    # Of searches; comes without rate headers.
    Rule(_only(429), Act.RETRY, "SECONDLY", timedelta(seconds=1)),
    # Ends at midnight of the account; asking costs little.
    Rule(_only(429), Act.RETRY, "DAILY", timedelta(minutes=15)),
    Rule(_only(429), Act.RETRY, wait=timedelta(seconds=1)),
    # The account is being moved between data centres.
    Rule(_only(477), Act.RETRY, wait=timedelta(seconds=30)),
    Rule(range(400, 500), Act.REFUSED),
    # 502 to 504 and 520 to 526: a gateway gave up on a request that HubSpot may carry out. Below
    # 400: a redirect, which HubSpot does not document; 0: no answer.
    Rule(range(600), Act.LOOK),
)

_OPTIONAL = "fill it in, or make it optional in HubSpot (Settings, Objects, Create record)"
#: Error code of one property -> what a person can do. In braces: the properties that the rule of
#: the account is about.
ADVICE: dict[str, str] = {
    "PROPERTY_DOESNT_EXIST": "create it (`baton hubspot setup`), or take it out of the policy",
    "READ_ONLY_VALUE": "HubSpot calculates it: take it out of the policy",
    "INVALID_OPTION": "add the option to the property in HubSpot, or change it in the policy",
    "INVALID_OWNER_ID": "make the person an owner in HubSpot, or change their id in the policy",
    "INVALID_INTEGER": "the property has another type in HubSpot: see `baton doctor`",
    "INVALID_LONG": "the property has another type in HubSpot: see `baton doctor`",
    "INVALID_NUMERIC": "the property has another type in HubSpot: see `baton doctor`",
    "INVALID_DATE": "the property has another type in HubSpot: see `baton doctor`",
    "INVALID_EMAIL": "correct the address",
    "LEADING_TRAILING_WHITESPACE": "take the space around it out of the policy",
    "MISSING_REQUIRED_PROPERTY": _OPTIONAL,
    "REQUIRED_FIELD": _OPTIONAL,
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY": "fill it in on the record, or relax the rule in"
    " HubSpot (Settings, Properties, conditional logic{because})",
}
#: For every other code: rules of a property have codes that HubSpot does not list.
OTHER_CODE = "a rule of the property refuses the value: change the rule in HubSpot, or the value"

#: Codes of what is missing, which is none of the properties that were sent.
MISSING = frozenset(
    ("REQUIRED_FIELD", "MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY")
)
#: Codes of what is missing or cannot be written, which say nothing about the value that was sent.
NOT_ABOUT_THE_VALUE = MISSING | {"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"}

#: Categories of errors beside the results of a batch that mean "there is no such object, or it has
#: no associations"; both are answers, not failures.
NOTHING_THERE = frozenset(("OBJECT_NOT_FOUND", "crm.associations.NO_ASSOCIATIONS_FOUND"))


def rule_for(status: int, problem: Problem) -> Rule:
    """The row of an answer. Every status below 600 has one; higher ones do not exist."""
    said = {problem.category, problem.sub_category, problem.policy}
    if not problem.readable:
        said.add(NOT_HUBSPOT)
    if problem.permission:
        said.add("MISSING_PERMISSION")
    return next(
        rule for rule in RULES if status in rule.statuses and (not rule.says or rule.says in said)
    )


def advice_for(code: str, because: tuple[str, ...] = ()) -> str:
    """What a person can do about one property that HubSpot refuses with *code*."""
    about = f" of {', '.join(because)}" if because else ""
    return ADVICE.get(code, OTHER_CODE).replace("{because}", about)
