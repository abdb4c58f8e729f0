"""The lead's facts under the policy's names, and the score computed from them."""
