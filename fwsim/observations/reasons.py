"""Why a device failed or was not reached, in whatever words a log says it."""

from __future__ import annotations

from functools import cache

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.messages import GERMAN, speaking, translated
from fwsim.spelling import LONGEST, folded, spelled_out

_ROUND = " .!:;\"'()"
_ALSO: dict[Detail, tuple[str, ...]] = {
    Detail.IDF_NOT_AVAILABLE: (
        "image definition file not found",
        "IDF not available",
        "IDF not found",
        "Imagedefinitionsdatei nicht gefunden",
        "IDF nicht verfügbar",
        "IDF nicht gefunden",
    ),
    Detail.IDF_SIGNATURE_INVALID: ("invalid IDF signature", "ungültige IDF-Signatur"),
    Detail.PACKAGE_NOT_FOUND: ("package missing", "Paket fehlt"),
    Detail.TRANSFER_FAILED: (
        "transfer error",
        "transfer aborted",
        "download failed",
        "download error",
        "download aborted",
        "Übertragungsfehler",
        "Übertragung abgebrochen",
        "Transfer fehlgeschlagen",
        "Transfer abgebrochen",
        "Download fehlgeschlagen",
        "Download abgebrochen",
    ),
    Detail.PACKAGE_SIGNATURE_INVALID: ("invalid package signature", "ungültige Paketsignatur"),
    Detail.INSTALLATION_FAILED: (
        "installation error",
        "install failed",
        "writing failed",
        "write failed",
        "write error",
        "Installationsfehler",
        "Schreiben fehlgeschlagen",
        "Schreibfehler",
    ),
}
"""Plain words for the same [A]."""


def detail_of(text: str) -> Detail:
    """Return the reason that a text gives; `Detail.NONE` if it is none that is known."""
    return _known().get(_plain(text), Detail.NONE) if len(text) <= LONGEST else Detail.NONE


def _plain(text: str) -> str:
    return spelled_out(folded(text.strip(_ROUND)))


@cache
def _known() -> dict[str, Detail]:
    """Return fwsim's own words, in English and German, and others for them."""
    with speaking(GERMAN):
        german = {translated("reason", text): detail for detail, text in DETAIL_TEXTS.items()}
    others = {text: detail for detail, texts in _ALSO.items() for text in texts}
    own = {text: detail for detail, text in DETAIL_TEXTS.items()}
    found = {_plain(text): detail for text, detail in (german | others | own).items()}
    found.pop("")
    for detail in (Detail.NONE, Detail.URL, Detail.DEFERRED_FOR):  # these are no reasons
        found = {text: one for text, one in found.items() if one is not detail}
    return found
