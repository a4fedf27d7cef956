"""Every setting, typed, with its default and a sentence; the environment is read here and nowhere else.

`load_settings` is called by `wsgi.py` and by the commands. It refuses to start unsafe: a production
installation without its own secret key is an error that says what to set.
"""

from __future__ import annotations

import json
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings", "SettingsError", "load_settings"]

ROOT = Path(__file__).resolve().parent


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and how to mend it."""


class Settings(BaseSettings):
    """The settings of one installation. Names are those of the environment, in capitals."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True, env_ignore_empty=True)

    assay_home: Path = Field(Path("instance"), description="Folder in which the installation keeps all that it writes.")
    assay_mode: Literal["local", "production", "test"] = Field(
        "local", description="`production` insists on secrets from the environment and on secure cookies."
    )
    assay_demo: bool = Field(True, description="Whether `./run` loads the demo company into an empty database.")
    assay_public_url: str = Field(
        "",
        description="Address people reach it by: links in e-mail, and the QR code on documents, lead there.",
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    web_threads: int = Field(8, ge=1, le=256, description="Threads of each web process.")
    web_processes: int = Field(1, ge=1, le=64, description="Web processes; more than one needs `REDIS_URL` for limits.")
    worker_threads: int = Field(2, ge=1, le=64, description="Jobs that one worker process runs at a time.")
    database_url: str = Field("", description="SQLAlchemy address; empty: a SQLite file in `ASSAY_HOME`.")
    redis_url: str = Field("", description="Redis for the queue and the rate limits; empty: the database's own file.")
    secret_key: SecretStr = Field(SecretStr(""), description="Signs sessions and seals seeds; empty: made and kept.")
    password_salt: SecretStr = Field(SecretStr(""), description="Salt of password hashes; empty: made and kept.")
    trusted_proxies: int = Field(0, ge=0, le=9, description="Number of proxies in front whose headers are believed.")
    mail_backend: Literal["console", "smtp", "file", "locmem"] = Field(
        "console", description="How e-mail leaves: printed, by SMTP, into files, or kept in memory for tests."
    )
    mail_server: str = Field("localhost", description="SMTP server.")
    mail_port: int = Field(25, ge=1, le=65535, description="SMTP port.")
    mail_username: str = Field("", description="SMTP user; empty: none.")
    mail_password: SecretStr = Field(SecretStr(""), description="SMTP password.")
    mail_use_tls: bool = Field(False, description="Whether SMTP starts TLS after connecting (often port 587).")
    mail_use_ssl: bool = Field(False, description="Whether SMTP speaks TLS from the beginning (often port 465).")
    mail_timeout: int = Field(30, ge=1, le=300, description="Seconds the SMTP server has for each answer.")
    mail_sender: str = Field("assay@example.com", description="Sender of e-mail.")
    notice_days: int = Field(90, ge=1, description="Days after which a notice that was read is deleted.")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="`auto`: text on a terminal, else JSON.")
    asr_model: str = Field(
        "", description="Folder of a sherpa-onnx model for speech recognition; empty: off (docs/recordings.md)."
    )
    asr_kind: Literal["paraformer", "sense_voice", "whisper", "transducer"] = Field(
        "paraformer", description="Kind of that model: `paraformer`, `sense_voice`, `whisper` or `transducer`."
    )
    upload_megabytes: int = Field(512, ge=1, description="Largest file that may be uploaded in the browser.")
    sign_in_limit: str = Field("10 per minute", description="Sign-in attempts allowed from one address.")
    session_hours: int = Field(12, ge=1, le=24 * 30, description="Hours after which an idle session ends.")

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, value: str) -> str:
        """Accept the short forms that hosting services hand out."""
        for short in ("postgres://", "postgresql://"):
            if value.startswith(short):
                return "postgresql+psycopg://" + value.removeprefix(short)
        return value

    @field_validator("assay_public_url")
    @classmethod
    def check_the_address(cls, value: str) -> str:
        """Refuse what a telephone could not open; a slash at the end is left out."""
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError(f"{value!r} is no address: it should look like https://qa.example.com")
        return value.rstrip("/")

    @field_validator("mail_sender")
    @classmethod
    def check_the_sender(cls, value: str) -> str:
        """Refuse what no server would take as a sender: `qa@example.com`, or `Quality <qa@example.com>`."""
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+|[^<>@\r\n]+ <[^@\s<>]+@[^@\s<>]+>", value):
            raise ValueError(f"{value!r} is no sender: it should look like qa@example.com or Quality <qa@example.com>")
        return value

    @model_validator(mode="after")
    def choose_one_way_to_encrypt(self) -> Settings:
        """Refuse both ways at once: a server speaks TLS from the beginning, or starts it."""
        if self.mail_use_tls and self.mail_use_ssl:
            raise ValueError("set MAIL_USE_TLS (often port 587) or MAIL_USE_SSL (often port 465), not both")
        return self

    @model_validator(mode="after")
    def refuse_unsafe(self) -> Settings:
        """Stop a production start that lacks its own secrets."""
        if self.assay_mode == "production":
            for name in ("secret_key", "password_salt"):
                if len(getattr(self, name).get_secret_value()) < 32:
                    raise ValueError(f"{name.upper()} must have at least 32 characters when ASSAY_MODE=production")
        return self

    @cached_property
    def home(self) -> Path:
        """`ASSAY_HOME`, absolute."""
        return self.assay_home if self.assay_home.is_absolute() else ROOT / self.assay_home

    @cached_property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.home / 'assay.db'}"

    @cached_property
    def kept_secrets(self) -> dict[str, str]:
        """Return the secrets in force: from the environment, else made once and kept in `ASSAY_HOME/secrets.json`."""
        given = {name: getattr(self, name).get_secret_value() for name in ("secret_key", "password_salt")}
        if all(given.values()):
            return given
        path = self.home / "secrets.json"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(json.dumps({name: secrets.token_urlsafe(48) for name in given}), encoding="utf-8")
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return {name: value or kept[name] for name, value in given.items()}


def load_settings(**overrides: object) -> Settings:
    """Read the environment (and `.env`) into settings; `overrides` are for tests and commands."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"- {'.'.join(str(part) for part in e['loc']).upper() or 'settings'}: {e['msg']}" for e in error.errors()
        ]
        raise SettingsError("The settings cannot be used:\n" + "\n".join(lines) + "\nSee docs/settings.md.") from error
