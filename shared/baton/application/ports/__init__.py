"""
The ports: what flows and doors are given of the world outside, in the domain's words.

    crm           what decisions read of HubSpot, and what is shown in it
    census        a whole HubSpot account, and the lead statuses in it
    slack         messages, and the boards that gather notices
    slots         what each slot outside shows
    leads         leads and the history of each, queues, due clocks, and who looks after them
    people        loads, and the trail of what was said of somebody
    queues        messages to ourselves: effects, wakes, offers
    dead_letters  messages that could not be worked
    log           what a flow notes of what came of news
    token         an access token
    secrets       what the doors check signatures with
    health        what tells whether Baton is at work

Each is a module of its own, so that who needs one does not import what the others speak of. What
they raise stands in ``baton.failures``.
"""
