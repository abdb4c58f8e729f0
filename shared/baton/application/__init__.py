"""The flows (load, decide, commit, send), their ports, and the audits."""
