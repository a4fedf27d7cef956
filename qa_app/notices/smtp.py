"""The SMTP connection of Flask-Mailman, with a certificate that is looked at.

Flask-Mailman 1.1.1 starts TLS without a context, and Python then accepts any certificate: a password could be read by
whoever stands between. Here STARTTLS is checked as SMTP over TLS is; an own authority is named by SSL_CERT_FILE.
"""

from __future__ import annotations

import smtplib
from typing import Any

from flask_mailman.backends import smtp
from flask_mailman.utils import DNS_NAME

__all__ = ["EmailBackend"]


class EmailBackend(smtp.EmailBackend):
    """What `MAIL_BACKEND=smtp` means here."""

    connection: smtplib.SMTP | None

    def open(self) -> bool | None:
        """Connect, start TLS if asked to, sign in; tell whether the connection is new, none if it silently failed."""
        if not self.use_tls:
            is_new: bool | None = super().open()
            return is_new
        if self.connection:
            return False
        options: dict[str, Any] = {"timeout": self.timeout} if self.timeout is not None else {}
        try:
            opened = smtplib.SMTP(self.host, self.port, local_hostname=DNS_NAME.get_fqdn(), **options)
            try:
                opened.starttls(context=self.ssl_context)
                if self.username and self.password:
                    opened.login(self.username, self.password)
            except OSError:
                opened.close()
                raise
        except OSError:
            if not self.fail_silently:
                raise
            return None
        # Only now: half open it would be taken for open the next time, and send in the clear.
        self.connection = opened
        return True
