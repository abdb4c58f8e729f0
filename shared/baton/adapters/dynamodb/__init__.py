"""The one table: how each kind of item is keyed, read and conditionally written."""
