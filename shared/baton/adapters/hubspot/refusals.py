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

#: An answer that is not JSON says this, whatever its status: it is not of HubSpot's API.
NOT_HUBSPOT = "NOT_JSON"
#: Said of an object that does not exist.
NO_SUCH_OBJECT = "NO_SUCH_OBJECT"

_STRANGE = (
    "no answer of HubSpot's API: check its address, and what stands between (a proxy, a firewall)"
)
_NO_PATH = "HubSpot has no such path (any more): update Baton, or check the address of its API"
_REQUEST = (
    "HubSpot does not take such a request: check the address of its API, and what stands between"
)

RULES: tuple[Rule, ...] = (
    Rule(_only(400), Act.GRANT, "MISSING_PERMISSION", _OPERATOR, "grant it to the app's user"),
    Rule(_only(400), Act.REFUSED, NOT_HUBSPOT, advice=_STRANGE),
    Rule(_only(400), Act.PROPERTIES),
    Rule(_only(401), Act.RENEW, "", _OPERATOR),
    Rule(_only(402), Act.GRANT, "", _OPERATOR, "check the account's subscription in HubSpot"),
    Rule(_only(403), Act.GRANT, NOT_HUBSPOT, _OPERATOR, _STRANGE),
    Rule(_only(403), Act.GRANT, "", _OPERATOR),
    Rule(_only(404), Act.GRANT, NOT_HUBSPOT, _OPERATOR, "check the address of HubSpot's API"),
    Rule(_only(404), Act.GONE, NO_SUCH_OBJECT),
    # Of a batch, a search or a list, and of a version that HubSpot has retired.
    Rule(_only(404), Act.GRANT, "", _OPERATOR, _NO_PATH),
    Rule(range(405, 407), Act.REFUSED, advice=_REQUEST),
    Rule(_only(408), Act.LOOK),
    Rule(_only(409), Act.REFUSED, advice="another object has this value already: merge the two"),
    Rule(_only(413), Act.REFUSED, advice="the request is too large: shorten the longest value"),
    Rule(_only(414), Act.REFUSED, advice="the request is too large: name fewer properties"),
    Rule(_only(410), Act.GRANT, "", _OPERATOR, _NO_PATH),
    Rule(_only(415), Act.REFUSED, advice=_REQUEST),
    # Misdirected, or too early: the same on another connection.
    Rule(_only(421), Act.RETRY, wait=timedelta(seconds=2)),
    Rule(_only(425), Act.RETRY, wait=timedelta(seconds=2)),
    Rule(_only(422), Act.REFUSED, NOT_HUBSPOT, advice=_STRANGE),
    Rule(_only(422), Act.PROPERTIES),
    # Locked: another request is changing the same record.
    Rule(_only(423), Act.RETRY, wait=timedelta(seconds=2)),
    Rule(_only(426), Act.GRANT, "", _OPERATOR, _NO_PATH),
    Rule(_only(429), Act.RETRY, "TEN_SECONDLY_ROLLING", timedelta(seconds=10)),
    # Of searches; comes without rate headers.
    Rule(_only(429), Act.RETRY, "SECONDLY", timedelta(seconds=1)),
    # Ends at midnight of the account; asking costs little.
    Rule(_only(429), Act.RETRY, "DAILY", timedelta(minutes=15)),
    Rule(_only(429), Act.RETRY, wait=timedelta(seconds=1)),
    # The only header that can be long is the token's.
    Rule(_only(431), Act.GRANT, "", _OPERATOR, "check the access token: the request is too long"),
    Rule(_only(451), Act.GRANT, "", _OPERATOR, "ask HubSpot's support what the law forbids"),
    # The account is being moved between data centres.
    Rule(_only(477), Act.RETRY, wait=timedelta(seconds=30)),
    Rule(
        range(400, 500),
        Act.REFUSED,
        advice="HubSpot does not document this answer: ask its support, then redrive",
    ),
    # 502 to 504 and 520 to 526: a gateway gave up on a request that HubSpot may carry out. Below
    # 400: a redirect, which HubSpot does not document; 0: no answer; from 600 on: none of HTTP's.
    Rule(range(1000), Act.LOOK),
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

#: Where HubSpot says nothing of the kind.
NO_NAME = (
    "HubSpot names no property: its log of the app's calls (Development, Monitoring) says more"
)

#: Codes of what is missing, which is none of the properties that were sent.
MISSING = frozenset(
    ("REQUIRED_FIELD", "MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY")
)
#: Codes of what is missing or cannot be written, which say nothing about the value that was sent.
NOT_ABOUT_THE_VALUE = MISSING | {"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"}

#: Categories of errors beside the results of a batch that mean "there is no such object, or it has
#: no associations"; both are answers, not failures.
NOTHING_THERE = frozenset(("OBJECT_NOT_FOUND", "crm.associations.NO_ASSOCIATIONS_FOUND"))


def rule_for(status: int, problem: Problem, of_one: bool = True) -> Rule:
    """
    The row of an answer. Every status of three digits has one.

    Args:
        of_one: Whether the request was about one object.
    """
    said = {problem.category, problem.sub_category, problem.policy}
    if not problem.readable:
        said.add(NOT_HUBSPOT)
    if problem.permission:
        said.add("MISSING_PERMISSION")
    # HubSpot leaves the category out, or names one such as OBJECT_NOT_FOUND.
    unsaid = not (problem.category or problem.sub_category)
    if of_one and (unsaid or any("NOT_FOUND" in one for one in said)):
        said.add(NO_SUCH_OBJECT)
    return next(
        rule for rule in RULES if status in rule.statuses and (not rule.says or rule.says in said)
    )


def advice_for(code: str, because: tuple[str, ...] = ()) -> str:
    """What a person can do about one property that HubSpot refuses with *code*."""
    about = f" of {', '.join(because)}" if because else ""
    return ADVICE.get(code, OTHER_CODE).replace("{because}", about)
