"""Text as people mean it: how values, names and typed words are compared.

What looks the same is the same: letters composed or not (``é`` as one character or two), wide ones,
capitals, any kind and number of spaces, straight and curly quotes, all kinds of dashes, and
characters that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_STRAIGHT = str.maketrans(
    dict.fromkeys("‘’‚‛‹›ʹʻʼʽ`´′Ꞌꞌ❛❜", "'")
    | dict.fromkeys("“”„‟″«»❝❞〝〞〟", '"')
    | dict.fromkeys("‐‑‒–—―−⁃˗֊־﹘﹣⸺⸻", "-")
    | {"\u2800": " "}  # a Braille pattern without dots
)
#: Characters that shape their neighbours: joiners and variation selectors.
_JOINERS = "\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
#: Characters that are not seen: controls, and those that Unicode calls default ignorable (soft
#: hyphen, marks of direction, word joiner, byte order mark, fillers, tags, …), and annotations.
#: (Unicode Character Database, DerivedCoreProperties.txt.)
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_NOT_SHOWN = re.compile(f"[{_UNSEEN}]+")
_NOT_COMPARED = re.compile(f"[{_UNSEEN}{_JOINERS}]+")
#: A character as HTML writes it, as HubSpot leaves it in names of forms: ``Demo &amp; more``.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
#: To what the Turkish capital of i folds: the letter, and a dot above.
_DOTTED = re.compile("i\u0307+")


def visible(text: str) -> str:
    """*text* without the characters that are not seen."""
    if text.isascii() and text.isprintable():  # nearly every text
        return text
    return _NOT_COMPARED.sub("", text)


def straight(text: str) -> str:
    """*text* with composed letters, single spaces, straight quotes and plain hyphens, without
    characters that are not seen and with those that HTML writes by name.
    """
    plain = _straight(text)
    while "&" in plain and (found := _ENTITY.sub(_of_entity, plain)) != plain:
        plain = _straight(found)
    return plain


def _straight(text: str) -> str:
    if not text.isascii():
        plain = _NOT_SHOWN.sub("", text).translate(_STRAIGHT)
        text = unicodedata.normalize("NFKC", plain).translate(_STRAIGHT)
    elif "`" in text:
        text = text.replace("`", "'")
    if not text.isprintable():
        text = _NOT_SHOWN.sub("", text)
    return " ".join(text.split())


def _of_entity(found: re.Match[str]) -> str:
    from html import unescape  # two thousand names, which hardly a value needs

    as_written = unescape(found[0])
    return as_written if as_written != found[0] else unescape(found[0].lower())


@lru_cache(maxsize=20_000)  # bounded: values of a few fields come again and again
def folded(text: str) -> str:
    """
    *text* in the form in which it is compared, without regard to case.

    The Turkish letters with and without a dot are one letter: otherwise ``TÜRKİYE`` and ``Türkiye``
    would be two words, and so would ``DIYARBAKIR`` and ``Diyarbakır``.
    """
    plain = straight(text).casefold()
    for _ in range(4):  # nearly every text needs one; a few letters go round
        if plain.isascii():
            break
        found = _DOTTED.sub("i", _NOT_COMPARED.sub("", plain).replace("ı", "i"))
        found = unicodedata.normalize("NFKC", found)
        if found == plain:
            break
        plain = straight(found).casefold()
    return plain


#: Words that names have or lack.
_FILLING = frozenset({"the", "and"})


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The letters and digits of a name without accents, spaces, articles and "and": ``U.S.A.`` is
    ``usa``, ``the Côte d’Ivoire`` is ``cotedivoire``.
    """
    plain = folded(text)
    if not plain.isascii():
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
