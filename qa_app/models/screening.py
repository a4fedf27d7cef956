"""Learned scores: the models with their figures and training sets, and what they say of each conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.user import User

__all__ = ["MachineScore", "ScreeningModel"]


class ScreeningModel(Base):
    """One training: from what it learned, how well it predicts what it had not seen, and where its file lies."""

    __tablename__ = "screening_models"

    id: Mapped[PrimaryKey]
    version: Mapped[int] = mapped_column(unique=True)
    is_active: Mapped[bool | None] = mapped_column(unique=True, comment="true for the one in use, none for all others")
    trained_at: Mapped[datetime]
    trained_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    learned_since: Mapped[datetime | None] = mapped_column(comment="opening of the first conversation it learned from")
    learned_until: Mapped[datetime | None] = mapped_column(comment="opening of the last one")
    training_size: Mapped[int] = mapped_column(comment="inspected conversations it learned from")
    critical_count: Mapped[int] = mapped_column(comment="those of them with a critical error")
    agent_count: Mapped[int]
    training_digest: Mapped[str] = mapped_column(comment="SHA-256 over ids and scores, scoring.screening.model")
    folds: Mapped[int]
    language: Mapped[str] = mapped_column(default="", comment="languages of the training set: en, zh, or both")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="out of sample: estimates with intervals")
    settings: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="penalties chosen, size of the vocabulary, versions of the libraries"
    )
    file: Mapped[str] = mapped_column(comment="path below ASSAY_HOME/screening")
    file_digest: Mapped[str] = mapped_column(comment="SHA-256 of the file: another one is refused")
    file_size: Mapped[int]
    audit: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, comment="last audit: groups against all")
    audited_at: Mapped[datetime | None]

    trained_by: Mapped[User | None] = relationship()


class MachineScore(Base):
    """What a model says of a conversation; a proposal, never a score."""

    __tablename__ = "machine_scores"

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    model_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("screening_models.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[float] = mapped_column(comment="0-100, of a conversation without critical error")
    critical_probability: Mapped[float] = mapped_column(comment="0-1")
    fold: Mapped[int | None] = mapped_column(
        comment="the tenth that was left out for it; none: nobody had scored it, all ten speak"
    )
    language: Mapped[str] = mapped_column(default="", comment="of what the agent said: en, zh, or empty")
    scored_at: Mapped[datetime]
