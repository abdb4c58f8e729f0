"""
The ports: what flows and entry points need of the outside world, in the domain's words.

    crm           what decisions read of HubSpot, and what is written to it
    census        a whole HubSpot account, and the lead statuses in it
    slack         messages, and the boards that gather notices
    slots         what each slot outside shows
    leads         leads and the history of each, queues, due clocks, and who looks after them
    people        loads, and the trail of availability changes
    queues        messages to ourselves: effects, wakes, offers
    dead_letters  messages that could not be worked
    log           what a flow logs about its results
    token         an access token
    secrets       what entry points check signatures with
    health        whether Baton is working

Each is a module of its own, so that importing one does not load the types of the others. Their
exceptions are in ``baton.failures``.
"""
