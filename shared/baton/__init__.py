"""Baton carries a lead from marketing to sales without dropping it."""
