"""A real SMTP server for tests: a thread on a free port that keeps what it is given and can misbehave on purpose."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

__all__ = ["SmtpServer", "serve_smtp"]


@dataclass
class SmtpServer:
    """What came in, and how to treat what comes next."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    connections: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    """Address -> answer to RCPT, as ``550 no such user``."""
    drop_at: str = ""
    """Command at which the line goes dead: DATA, or END for after the letter was sent and before the answer."""
    drops: int = 1_000
    letters_a_line: int = 1_000
    """After so many the server says 421 and hangs up."""
    slow_seconds: float = 0.0
    tls: ssl.SSLContext | None = None

    def sent_to(self, address: str) -> list[EmailMessage]:
        """Return the letters to one address."""
        return [letter for to, letter in self.letters if to == address]

    def drops_now(self, command: str) -> bool:
        """Tell whether to go dead at this command; counts down."""
        if command != self.drop_at or self.drops == 0:
            return False
        self.drops -= 1
        return True


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        house = self.server.house
        house.connections += 1
        self.say("220 test")
        recipients: list[str] = []
        taken = 0
        while line := self.rfile.readline().decode().strip():
            command, _, rest = line.partition(" ")
            command = command.upper()
            if house.drops_now(command):
                return
            if command == "MAIL" and taken >= house.letters_a_line:
                self.say("421 enough for one conversation")
                return
            if command == "EHLO":
                offers = ["test", *(["STARTTLS"] if house.tls else []), "AUTH PLAIN", "8BITMIME"]
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            elif command == "STARTTLS" and house.tls:
                self.say("220 go ahead")
                self.rfile.close()
                self.connection = house.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            elif command == "AUTH":
                house.signed_in.append(base64.b64decode(rest.split()[1]).decode().split("\0")[1])
                self.say("235 welcome")
            elif command == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                recipients.append(address)
                self.say(house.refused.get(address, "250 fine"))
            elif command == "DATA":
                self.say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                time.sleep(house.slow_seconds)
                if house.drops_now("END"):
                    return
                letter = message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)
                taken += 1
                house.letters.append((recipients.pop(), letter))
                self.say("250 kept")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # TLS has put a socket of its own around the one that the server closes

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    house: SmtpServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, or does not trust us, is part of the test."""


@contextmanager
def serve_smtp(tls_at_once: ssl.SSLContext | None = None) -> Iterator[SmtpServer]:
    """Serve until the block ends; with a context, TLS from the first byte."""
    with _Listener(("127.0.0.1", 0), _Conversation) as listener:
        listener.house = SmtpServer(port=listener.server_address[1])
        if tls_at_once is not None:
            listener.socket = tls_at_once.wrap_socket(listener.socket, server_side=True)
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        yield listener.house
        listener.shutdown()
        thread.join()
