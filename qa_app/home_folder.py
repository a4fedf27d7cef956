"""Where the installation keeps files, and how it seals secrets at rest; both are given by the factory."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from flask import current_app

__all__ = ["HomeFolder", "Vault", "home_folder", "vault"]


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """`ASSAY_HOME` and its sub-folders, made when first asked for."""

    root: Path

    def folder(self, name: str) -> Path:
        """Return a sub-folder such as `recordings`, `uploads`, `exports`, `files`, `fonts`."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path


class Vault:
    """Seals small secrets (seeds of draws) with a key derived from the installation's own."""

    def __init__(self, secret_key: str) -> None:
        key = hashlib.sha256(b"assay.vault.v1" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, plain: bytes) -> bytes:
        """Encrypt and authenticate."""
        return self._fernet.encrypt(plain)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; raises `cryptography.fernet.InvalidToken` if the secret key changed or the bytes did."""
        return self._fernet.decrypt(sealed)


def home_folder() -> HomeFolder:
    """Return the folder of the application in force."""
    folder: HomeFolder = current_app.extensions["assay_home"]
    return folder


def vault() -> Vault:
    """Return the vault of the application in force."""
    box: Vault = current_app.extensions["assay_vault"]
    return box
