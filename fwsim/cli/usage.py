"""A command line that is used wrongly, told in the language that is spoken.

Click tells it in English; what of that is not known here stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click

from fwsim.cli.synonyms import meant_command, meant_option, meant_word
from fwsim.messages import ENGLISH, language, say
from fwsim.messages.retelling import filled, retold
from fwsim.secrecy import prose_without_secrets

LANGUAGE = "lang"
MOST_UNKNOWN = 20
"""Unknown options of one command line that are told."""
_HEAD = "Usage: "
_FAULTS = (
    "usage.no_option",
    "usage.no_command",
    "usage.missing_command",
    "usage.extra_argument",
    "usage.extra_arguments",
    "usage.needs_value",
    "usage.takes_no_value",
    "usage.no_integer",
    "usage.no_integer_in_range",
    "usage.not_in_range",
    "usage.not_one_of",
)
"""What click says, as this version or an earlier one has it."""


class SeveralWrong(click.UsageError):
    """More than one thing that is wrong with a command line."""

    def __init__(self, errors: Sequence[click.UsageError], ctx: click.Context) -> None:
        super().__init__(_one_below_the_other([error.format_message() for error in errors]), ctx)
        self.errors = tuple(errors)


def besides(
    first: click.UsageError, command: click.Command, ctx: click.Context, args: Sequence[str]
) -> list[click.UsageError]:
    """Return what else is wrong with the words of a command: click stops at the first.

    Parameters
    ----------
    first
        What it has stopped at.
    command, ctx, args
        Which command, in which context, with which words.
    """
    left = list(args)
    found: list[click.UsageError] = []
    error: click.UsageError | None = first
    while isinstance(error, click.NoSuchOption) and len(found) < MOST_UNKNOWN:
        if error is not first:
            found.append(error)
        left = [word for word in left if not _gives(word, error.option_name)]
        error = _stops_at(command, ctx, left)
    if _stops_at(command, ctx, left) is not None:  # as at an option without its value
        return found
    return found + _bad_values(first, command, ctx, left)


def _gives(word: str, option: str) -> bool:
    """Tell whether a word of a command line gives an option; -xy gives -x and -y."""
    are_letters = len(option) == 2 and word[:1] == "-" and word[:2] != "--"
    return word.partition("=")[0] == option or (are_letters and option[1] in word)


def _stops_at(
    command: click.Command, ctx: click.Context, words: Sequence[str]
) -> click.UsageError | None:
    try:
        command.make_parser(ctx).parse_args(list(words))
    except click.UsageError as error:
        return error
    return None


def _bad_values(
    first: click.UsageError, command: click.Command, ctx: click.Context, words: Sequence[str]
) -> list[click.UsageError]:
    """Return the options whose values are none, but for one that is told already."""
    values, rest, order = command.make_parser(ctx).parse_args(list(words))
    found: list[click.UsageError] = []
    told = getattr(getattr(first, "param", None), "name", None)
    # The language comes first: it is what the others are told in.
    for parameter in sorted(order, key=lambda one: one.name != LANGUAGE):
        if parameter.name == told or (parameter.is_eager and parameter.name != LANGUAGE):
            continue
        try:
            parameter.handle_parse_result(ctx, values, [])
        except click.UsageError as error:
            found.append(error)
    # A word behind an unknown option may be its value; where nothing else is wrong, click tells it.
    if rest and told is not None and not ctx.allow_extra_args:
        several = "s" if len(rest) > 1 else ""
        text = f"Got unexpected extra argument{several} ({' '.join(map(str, rest))})"
        found.append(click.UsageError(text, ctx))
    return found


class WrongUse(click.UsageError):
    """What is wrong with a command line, in other words than click's."""

    def __init__(self, error: click.UsageError) -> None:
        errors = error.errors if isinstance(error, SeveralWrong) else (error,)
        super().__init__(_one_below_the_other([_in_words(one) for one in errors]), error.ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is used, where there is help, and what is wrong."""
        if self.ctx is not None:
            usage = say("usage.head", usage=self.ctx.get_usage().removeprefix(_HEAD))
            click.echo(f"{usage}\n{say('usage.help', command=self.ctx.command_path)}\n", err=True)
        click.echo(say("usage.error", message=self.message), file=file, err=file is None)


@contextmanager
def told_in_words() -> Iterator[None]:
    """Tell wrong use in the language that is spoken; in English as click has it."""
    try:
        yield
    except click.UsageError as error:
        several = error.errors if isinstance(error, SeveralWrong) else (error,)
        for one in several:
            vars(one)["message"] = prose_without_secrets(one.message)
            _name_what_was_meant(one)
            if language() == ENGLISH and isinstance(one, click.BadParameter):
                vars(one)["message"] = _with_near(one.message, one)  # click says it only of names
        if isinstance(error, SeveralWrong):
            told = [prose_without_secrets(one.format_message()) for one in several]
            vars(error)["message"] = _one_below_the_other(told)
        is_help = type(error).__name__ == "NoArgsIsHelpError"
        if language() == ENGLISH or isinstance(error, WrongUse) or is_help:
            raise
        raise WrongUse(error) from None


def _one_below_the_other(messages: Sequence[str]) -> str:
    """Return messages of which each is told as an error of its own; the first will be."""
    first, *others = messages
    return "\n".join([first, *(say("usage.error", message=one) for one in others)])


def _name_what_was_meant(error: click.UsageError) -> None:
    """Have an error name what was meant: click takes the dashes of two options for likeness."""
    param = getattr(error, "param", None)
    if param is not None and isinstance(param.type, click.Choice):
        found = filled("usage.not_one_of", error.message) or {}
        vars(error)["possibilities"] = meant_word(found.get("value", ""), param.type.choices)
        return
    if error.ctx is None or not hasattr(error, "possibilities"):
        return
    if isinstance(error, click.NoSuchOption):
        command = error.ctx.command
        known = [name for each in command.get_params(error.ctx) for name in each.opts]
        meant = meant_option(error.option_name, known)
    elif name := getattr(error, "command_name", ""):
        meant = meant_command(name, getattr(error.ctx.command, "commands", ()))
    else:
        return
    vars(error)["possibilities"] = meant


def _in_words(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return say("usage.missing", name=_hint(error))
    text = next(filter(None, (retold(name, error.message, str) for name in _FAULTS)), error.message)
    if isinstance(error, click.BadParameter) and (name := _hint(error)):
        return say("usage.bad_value", name=name, fault=_with_near(text, error))
    return _with_near(text, error)


def _hint(error: click.BadParameter) -> str:
    """Return the name of a parameter as click shows it."""
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    return " / ".join(map(repr, hint)) if isinstance(hint, (list, tuple)) else str(hint or "")


def _with_near(text: str, error: click.UsageError) -> str:
    """Return what is wrong with the nearest of the names that may have been meant."""
    names = getattr(error, "possibilities", None)
    return text.removesuffix(".") + say("near.meant", name=names[0]) if names else text
