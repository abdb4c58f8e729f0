"""The wire format of events: encoding and decoding, used by every part of Baton."""
