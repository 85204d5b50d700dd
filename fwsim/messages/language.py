"""Which language a person is spoken to in: English, unless somebody switches.

The command line follows the environment or ``--lang``, a planner its own switch. What is written
into files is English whoever asks, and workers are never told of another language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH, GERMAN = "en", "de"
LANGUAGES = (ENGLISH, GERMAN)
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""As POSIX has it: the first that is set counts."""
_NO_LANGUAGE = frozenset({"", "C", "POSIX"})

_NUMBERS = {GERMAN: str.maketrans({",": "\u00a0", ".": ","})}
"""As DIN 5008 has it; the space does not break, and every code page has it."""

_everywhere: str | None = None
"""None until somebody has chosen."""
_here: ContextVar[str | None] = ContextVar("fwsim_language", default=None)


def language() -> str:
    """Return what is spoken here: ``en`` or ``de``."""
    return _here.get() or _everywhere or ENGLISH


def speak(spoken: str) -> None:
    """Speak a language from now on, in every thread of this process.

    Parameters
    ----------
    spoken
        ``en`` or ``de``.

    Raises
    ------
    ValueError
        If it is another.
    """
    global _everywhere  # noqa: PLW0603 - a kernel or a command line has one person before it
    _everywhere = _known(spoken)


def begin_to_speak(spoken: str) -> None:
    """Speak a language unless one was chosen before in this process.

    Parameters
    ----------
    spoken
        ``en`` or ``de``.

    Raises
    ------
    ValueError
        If it is another.
    """
    known = _known(spoken)
    if _everywhere is None:
        speak(known)


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Speak a language within a block, or a function that it decorates; other threads do not.

    Parameters
    ----------
    spoken
        ``en`` or ``de``.

    Raises
    ------
    ValueError
        If it is another.
    """
    before = _here.set(_known(spoken))
    try:
        yield
    finally:
        _here.reset(before)


def _known(spoken: str) -> str:
    if spoken not in LANGUAGES:
        raise ValueError(
            f"{spoken!r} is not a language of fwsim; expected {' or '.join(LANGUAGES)}"
        )
    return spoken


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language an environment asks for; one that fwsim does not speak is English.

    Parameters
    ----------
    environment
        Its variables. ``LANGUAGE`` is a list and goes first where a language is set at all, as
        GNU's gettext has it.
    """
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    if locale.partition(".")[0] in _NO_LANGUAGE:
        return ENGLISH
    for wanted in (*environment.get("LANGUAGE", "").split(":"), locale):
        if (code := wanted.partition(".")[0].partition("_")[0].lower()) in LANGUAGES:
            return code
    return ENGLISH


def localised(number: str) -> str:
    """Return a number that Python wrote (``1,600.5``) as the spoken language writes it."""
    return number.translate(_NUMBERS.get(language(), {}))


def number_marks() -> dict[str, str]:
    """Return what stands between thousands, and before what is less than one, for browsers."""
    return {"thousands": localised(","), "point": localised(".")}
