"""
The ports: what a flow is given of the world outside, in the domain's words.

    crm      what decisions read of HubSpot, and what is shown in it
    slack    messages, and the boards that gather notices
    slots    what each slot outside shows
    token    an access token

Each is a module of its own, so that who needs one does not import what the others speak of. What
they raise stands in ``baton.failures``.
"""
