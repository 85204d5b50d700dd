"""What every section of a scenario has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from fwsim.problems import InputError
from fwsim.quantities.units import TOLERANCE
from fwsim.scenario.as_far_as_readable import (
    Mistake,
    Reading,
    TakenOut,
    read_as_far,
    unreadable,
)
from fwsim.scenario.document import Document, Path_, document_of
from fwsim.scenario.document_reading import read_document

S = TypeVar("S", bound="Section")


class ValuesError(InputError):
    """Values that a program hands over make no section: there is no file they stand in."""


class Section(BaseModel):
    """Part of a scenario file: frozen, unknown keys are errors, and no error repeats a password.

    Raises
    ------
    InputError
        As of a file: with every wrong value, what was expected, and the nearest right thing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    go_together: ClassVar[frozenset[str]] = frozenset()
    """Fields whose numbers `check_together` compares."""

    @classmethod
    def stand_in(cls, path: Path_) -> Any:  # noqa: ARG003
        """Return what is read in the place of a required value that is wrong; None if nothing."""
        return None

    def check_together(self, tolerance: Fraction = TOLERANCE) -> None:
        """Refuse numbers each of which is one by itself, but not beside the others.

        Parameters
        ----------
        tolerance
            By how much shares may miss 100 %.

        Raises
        ------
        ValueError
            If they do not go together.
        """

    def __init__(self, /, **data: Any) -> None:
        with _told(type(self), lambda name: document_of(data, name)):
            super().__init__(**data)

    # Else pydantic calls it for every section within another, and the place of a value is lost.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def described_in(cls, document: Document, **how: Any) -> Self:
        """Return the section that a file describes; `how` is pydantic's.

        Raises
        ------
        InputError
            With every problem of the file.
        """
        reading = cls.as_far_as_readable(document, **how)
        if reading.value is None or reading.mistakes:
            raise InputError(reading.problems(document))
        return reading.value

    @classmethod
    def as_far_as_readable(cls, document: Document, **how: Any) -> Reading[Self]:
        """Return what a file describes as far as it can be read; `how` is pydantic's."""
        return _reading_of(cls, document, **how)

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """Return the section that plain data describe; `how` is pydantic's.

        Raises
        ------
        InputError
            As of a file.
        """
        with _told(cls, lambda name: document_of(obj, name), **how):
            return super().model_validate(obj, **how)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Self:
        """Return the section that a JSON text describes; see `model_validate`."""
        text = (
            json_data if isinstance(json_data, str) else bytes(json_data).decode("utf-8", "replace")
        )
        with _told(cls, lambda name: read_document(text, name), **how):
            return super().model_validate_json(json_data, **how)


def _reading_of(
    model: type[S], document: Document, first: ValidationError | None = None, **how: Any
) -> Reading[S]:
    """Return what a file describes as far as it can be read.

    Parameters
    ----------
    model
        The section.
    document
        The file.
    first
        What reading it whole has raised, if that is done.
    how
        Pydantic's.
    """
    from fwsim.scenario.complaints import mistakes_of

    def mistakes(error: ValidationError, data: Any, out: TakenOut) -> Iterator[Mistake]:
        left = document if data is document.data else replace(document, data=data)
        # What is left of a list is no longer where it stood.
        yield from mistakes_of(error, left, model, lambda path: out.in_file(path, document.data))

    validator = model.__pydantic_validator__
    return read_as_far(
        document.data,
        lambda data: validator.validate_python(data, **how),
        mistakes,
        first,
        stand_in=model.stand_in,
        out=unreadable(document.wrong, model.stand_in),
    )


@contextmanager
def _told(model: type[Section], document: Callable[[str], Document], **how: Any) -> Iterator[None]:
    """Tell what pydantic finds wrong as it is told of a file."""
    try:
        yield
    except ValidationError as error:
        read = document(model.__name__)
        raise ValuesError(_reading_of(model, read, error, **how).problems(read)) from None
