"""Sets of what earlier code stored and sent, unchanged, which today's code must read."""
