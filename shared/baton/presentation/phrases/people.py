"""Who is away, and who is back."""

from __future__ import annotations

from baton.presentation.phrases.choosing import Words, given, one_of

PHRASES: dict[str, Words] = {
    "away": given(1, "away {when}, {by} says", "away {when}, they say"),
    "away.title": given(0, "{by} has set you to away {when}", "You are away {1}"),
    "away.until": "until {until:at}",
    "away.further_notice": "until further notice",
    "away.nothing_changed": "Nothing changed",
    "away.past": "{until:at} is already past.",
    "away.until_past": "away until {until:at}, which is already past",
    "away.refused": "HubSpot does not accept them as owner",
    "away.unreachable": "Slack brings them no messages",
    "away.no_leads": "You get no new leads.",
    "away.open_leads": "Your {open:open lead stays/open leads stay} yours, and the clocks run on.",
    "away.leads_handed_over": "You have {open:open lead/open leads}. What you have neither"
    " accepted nor been in touch with goes to others; the rest stays yours, and the clocks run on.",
    "away.leads_covered": "You have {open:open lead/open leads}. What you have neither accepted"
    " nor been in touch with goes to your backup until you are back; the rest stays yours, and the"
    " clocks run on.",
    "away.backup": "New leads of your accounts go to {backup}.",
    "away.back_earlier": "Back earlier? /baton back",
    "back": given(0, "back, {by} says", "back, they say"),
    "back.title": given(0, "{by} has set you to back", "You are back"),
    "back.leads": "You get new leads again.",
    "back.unreachable_no_more": "Slack brings them messages again",
    "back.taken_again": "HubSpot accepts them as owner again",
    "back.inactive": "But the roster has you as inactive, so you get none yet: ask RevOps.",
    "back.refused": "But HubSpot does not accept you as owner, so you get none yet: ask RevOps.",
    "back.unreachable": "But Slack says that messages do not reach you, so you get no leads yet:"
    " ask RevOps.",
    "back.time_off": "But the roster has time off for you until {until:at}: ask RevOps to end it.",
    "person.unknown": "Baton does not know you",
    "person.unknown_why": "Nobody in the roster has your Slack id, so you get no leads:"
    " ask RevOps.",
    "refused.why": "Their user was deactivated or removed there, so they get no leads any more.",
    "refused.open_leads": "Their {open:open lead goes/open leads go} to others, where somebody can"
    " take them.",
    "refused.no_more": "HubSpot accepts {person} as owner again",
    "unreachable": "Slack brings {person} no messages",
    "unreachable.why": "Their user was deactivated, is a guest or belongs to another workspace,"
    " or their id in roster.yaml is wrong. They get no leads until Slack says otherwise.",
    "unreachable.said": one_of(
        deactivated="Their Slack user is deactivated: take them out of roster.yaml, or have an"
        " administrator activate it again. They get no leads until then.",
        bot="The slack_user that roster.yaml has for them is a bot's: correct it. They get no leads"
        " until then.",
        guest="They are a guest in Slack: have an administrator make them a full member. They get"
        " no leads until then.",
        elsewhere="The slack_user that roster.yaml has for them belongs to another workspace:"
        " correct it. They get no leads until then.",
        unknown="Slack knows no user by the slack_user that roster.yaml has for them: correct it."
        " They get no leads until then.",
    ),
    "unreachable.no_more": "Slack brings {person} messages again",
    "refused.leads_again": "They get leads again.",
    "digest.due": "due {due:at}",
    "digest.nothing_since": "due {due:at}; nothing has happened since",
    "digest.answered": "due {due:at}; {what} {late:about} late",
    "digest.open": given(
        1, "still open, {late:about} late; {end}", "still open, {late:about} late"
    ),
    "digest.more": "and {count} more",
    "digest.in_place": "You get this in place of {manager}, who is not there: it is about their"
    " team.",
    "digest.since.first": "New breaches of the team of {manager} are those since {since:at}.",
    "digest.since.last": "New breaches of the team of {manager} are those since the last digest,"
    " {since:at}.",
    "digest.since.bound": "New breaches of the team of {manager} are those since {since:at}; the"
    " last digest was longer ago.",
    "answered.accepted": "accepted",
    "answered.touched": "first touch",
    "answered.kept": "kept",
    "answered.pulled_back": "pulled back to the next rep",
    "answered.recycled": "recycled",
    "answered.disqualified": "disqualified",
    "answered.qualified": "qualified",
}
