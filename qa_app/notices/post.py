"""Handing one letter after the other to the mail server, and what its answers mean for the next attempt."""

from __future__ import annotations

import contextlib
import smtplib
from types import TracebackType
from typing import Any

from flask import current_app

__all__ = ["LetterFailed", "LetterRefused", "Post", "PostError", "ServerFailed"]

PERMANENT = 500
CLOSING = 421


class PostError(Exception):
    """Mail did not go out; the text is the server's own or the system's.

    ::

        PostError
        ├── ServerFailed    nothing can be sent: no connection, no sign-in, the sender is not accepted
        └── LetterFailed    this letter did not go out, the next may
            └── LetterRefused    and never will: there is no such address
    """


class ServerFailed(PostError):
    """Nothing can be sent at the moment."""


class _LineClosed(ServerFailed):
    """The server ends the conversation; a new one may go on, and where it does not, the server failed."""


class LetterFailed(PostError):
    """This letter did not go out; another attempt may succeed."""


class LetterRefused(LetterFailed):
    """The server will never take a letter to this address."""


class Post:
    """An open connection for several letters; a context manager."""

    def __init__(self, timeout: float | None = None) -> None:
        options = {"timeout": timeout} if timeout is not None else {}
        self._backend: Any = current_app.extensions["mailman"].get_connection(**options)

    def __enter__(self) -> Post:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def deliver(self, message: Any) -> None:
        """Hand over one letter to one person; after a broken line the next letter gets a new one.

        Servers that take so many letters a line and no more say 421 and hang up: the letter goes by a new line.
        """
        try:
            self._hand_over(message)
        except _LineClosed:
            self._hang_up()
            self._hand_over(message)

    def _hand_over(self, message: Any) -> None:
        self._open()
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _judge(code, LetterRefused if code >= PERMANENT else LetterFailed, _in_words(code, words)) from error
        except smtplib.SMTPSenderRefused as error:
            raise _judge(error.smtp_code, ServerFailed, _describe(error)) from error
        except smtplib.SMTPDataError as error:
            raise _judge(error.smtp_code, LetterFailed, _describe(error)) from error
        except OSError as error:  # what smtplib raises is one, too
            self._hang_up()
            raise LetterFailed(_describe(error)) from error
        except ValueError as error:  # an address or a heading that no letter can have
            raise LetterRefused(_describe(error)) from error

    def _open(self) -> None:
        try:
            self._backend.open()
        except OSError as error:
            self._hang_up()
            raise ServerFailed(_describe(error)) from error

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._backend.close()


def _judge(code: int, otherwise: type[PostError], words: str) -> PostError:
    return _LineClosed(words) if code == CLOSING else otherwise(words)


def _in_words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _in_words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
