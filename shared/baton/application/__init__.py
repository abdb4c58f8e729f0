"""The flows, the ports they are given, and the audits: load, decide, commit, send."""
