"""The named rules of a handoff: the first that is active now and matches names the pool."""

from __future__ import annotations

from datetime import datetime

from baton.domain.conditions import Facts, holds, why_not
from baton.domain.phrase import Phrase
from baton.domain.policy import Handoff, Policy, Rule
from baton.domain.policy.rule_index import RULES_EXPLAINED, RuleIndex
from baton.domain.routing.search import Search
from baton.domain.routing.windows import out_of_window
from baton.domain.world.world import Needs


def needs_of_rules(policy: Policy, handoff: Handoff, facts: Facts, now: datetime) -> Needs:
    """Every pool and person that the rules can reach for a lead with these *facts*."""
    place = first_rule(policy, handoff, facts, now)
    if place is None:
        return Needs()
    chain = policy.chain[handoff.rules[place].pool]
    return Needs(pools=chain.pools, people=chain.people)


def first_rule(policy: Policy, handoff: Handoff, facts: Facts, now: datetime) -> int | None:
    """The index of the first rule that is active now and matches; None: none does."""
    index = policy.rule_index.get(handoff.stage)
    places = index.candidates(facts) if index else range(len(handoff.rules))
    for place in places:
        rule = handoff.rules[place]
        closed = rule.window is not None and out_of_window(policy, rule, now)
        if not closed and holds(rule.when, facts):
            return place
    return None


def explain_rules(search: Search, count: int) -> list[Phrase]:
    """The phrases for why the first *count* rules do not match. Beyond ``RULES_EXPLAINED`` they
    are only counted.
    """
    wanted = search.wanted
    rules = wanted.handoff.rules
    index = search.policy.rule_index.get(wanted.handoff.stage) or RuleIndex(rules)
    failures = index.word_failures(wanted.facts)[:count]
    phrases = [failure or _no(search, rule) for rule, failure in zip(rules, failures, strict=False)]
    if count > RULES_EXPLAINED:
        phrases.append(Phrase("rules.more", (count - RULES_EXPLAINED,)))
    return phrases


def _no(search: Search, rule: Rule) -> Phrase:
    why = _fault(search, rule)
    return Phrase("rule.no", (rule.id, why) if why is not None else (rule.id,))


def _fault(search: Search, rule: Rule) -> Phrase | None:
    closed = out_of_window(search.policy, rule, search.now) if rule.window else None
    return closed or why_not(rule.when, search.wanted.facts)
