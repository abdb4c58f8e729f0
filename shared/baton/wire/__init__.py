"""The words events travel in, and how they are read; used on every side of Baton."""
