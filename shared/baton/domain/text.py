"""Text as people mean it: how values, names and typed words are compared.

What looks the same is the same: letters composed or not (``é`` as one character or two), wide ones,
capitals, any kind and number of spaces, straight and curly quotes, all kinds of dashes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_STRAIGHT = str.maketrans(
    dict.fromkeys("‘’‚‛ʼ`´′", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff")  # not seen: soft hyphen, zero-width space, …
)


def straight(text: str) -> str:
    """*text* with composed letters, single spaces, straight quotes and plain hyphens."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_STRAIGHT)).translate(_STRAIGHT)
    elif "`" in text:
        text = text.replace("`", "'")
    return " ".join(text.split())


@lru_cache(maxsize=20_000)  # bounded: values of a few fields come again and again
def folded(text: str) -> str:
    """*text* in the form in which it is compared, without regard to case."""
    plain = straight(text).casefold()
    return plain if plain.isascii() else unicodedata.normalize("NFKC", plain)


#: Words that names have or lack.
_FILLING = frozenset({"the", "and"})


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The letters and digits of a name without accents, spaces, articles and "and": ``U.S.A.`` is
    ``usa``, ``the Côte d’Ivoire`` is ``cotedivoire``.
    """
    plain = folded(text)
    if not plain.isascii():
        # Turkish capitals fold to a letter and a dot above, so marks are dropped after folding.
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in letters if not unicodedata.combining(char))
    # A slash is kept: "N/A" is not Namibia.
    kept = (char if char.isalnum() or char == "/" else " " for char in plain.replace(".", ""))
    words = "".join(kept).split()
    return "".join(word for word in words if word not in _FILLING) or "".join(words)


def folded_all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, texts))


@lru_cache(maxsize=10_000)  # bounded: a long-lived process sees many policies
def pattern(texts: tuple[str, ...]) -> re.Pattern[str]:
    """One of *texts*, in which ``*`` is any text; to be matched with a folded value. Runs of stars
    are collapsed, to avoid needless backtracking.
    """
    spelled = (
        ".*".join(re.escape(part) for part in re.split(r"\*+", folded(text))) for text in texts
    )
    return re.compile("|".join(spelled), re.DOTALL)
