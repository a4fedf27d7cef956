"""Builds the application: a list of named steps, without queries, network or migrations."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, g, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore, current_user
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup, escape
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from qa_app import access, audit
from qa_app.cli import register_commands
from qa_app.clock import now
from qa_app.db import db
from qa_app.home_folder import HomeFolder, Vault
from qa_app.jobs.queue import JobQueue, make_huey
from qa_app.models import Role, User, WebAuthn
from qa_app.people.sign_in import SignInForm, follow_sign_ins
from qa_app.rooms import ROOMS
from qa_app.web import errors, filters, i18n, navigation, routing, security

if TYPE_CHECKING:
    from config import Settings

__all__ = ["create_app"]

HERE = Path(__file__).parent


def create_app(settings: Settings) -> Flask:
    """Return the application for these settings."""
    app = Flask("qa_app", root_path=str(HERE))
    configure_base(app, settings)
    routing.configure_routing(app)
    configure_logging(settings)
    configure_database(app)
    configure_home(app, settings)
    configure_queue(app, settings)
    i18n.configure_i18n(app)
    configure_sign_in(app, settings)
    configure_limits(app, settings)
    configure_pages(app)
    security.configure_headers(app, secure_cookies=settings.assay_mode == "production")
    errors.configure_errors(app)
    configure_unit_of_work(app)
    for room in ROOMS:
        app.register_blueprint(room)
    limit_public_pages(app)
    register_commands(app)
    configure_servers(app, settings)
    return app


def configure_base(app: Flask, settings: Settings) -> None:
    """Set what Flask and its extensions read."""
    kept = settings.kept_secrets
    production = settings.assay_mode == "production"
    app.config.update(
        SECRET_KEY=kept["secret_key"],
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database.startswith("sqlite")},
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1_000_000,
        MAX_FORM_MEMORY_SIZE=20_000_000,
        TESTING=settings.assay_mode == "test",
        SESSION_COOKIE_NAME="assay",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=production,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=production,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,
        # Flask-Mailman's own would start TLS with anybody.
        MAIL_BACKEND="qa_app.notices.smtp" if settings.mail_backend == "smtp" else settings.mail_backend,
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password.get_secret_value() or None,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_USE_SSL=settings.mail_use_ssl,
        MAIL_TIMEOUT=settings.mail_timeout,
        MAIL_DEFAULT_SENDER=settings.mail_sender,
        MAIL_FILE_PATH=str(settings.home / "mail"),
        NOTICE_DAYS=settings.notice_days,
        ASSAY_MODE=settings.assay_mode,
        ASSAY_PUBLIC_URL=settings.assay_public_url,
        ASR_MODEL=settings.asr_model,
        ASR_KIND=settings.asr_kind,
    )


def configure_logging(settings: Settings) -> None:
    """Write events as text to a person and as JSON to a collector."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def configure_database(app: Flask) -> None:
    """Bind the session and the migrations."""
    db.init_app(app)
    Migrate(app, db, directory=str(HERE.parent / "migrations"), render_as_batch=True, compare_type=True)


def configure_home(app: Flask, settings: Settings) -> None:
    """Give the rooms their folder and the vault for seeds."""
    app.extensions["assay_home"] = HomeFolder(settings.home)
    app.extensions["assay_vault"] = Vault(settings.kept_secrets["secret_key"])


def configure_queue(app: Flask, settings: Settings) -> None:
    """Bind the queue; in tests jobs run at once."""
    huey = make_huey(
        database_url=settings.database,
        redis_url=settings.redis_url,
        home=settings.home,
        immediate=settings.assay_mode == "test",
    )
    app.extensions["assay_queue"] = JobQueue(app, huey, settings.worker_threads)


def configure_sign_in(app: Flask, settings: Settings) -> None:
    """Bind Flask-Security: passwords by argon2, TOTP and recovery codes available, relative `next` only."""
    key = settings.kept_secrets["secret_key"]
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.kept_secrets["password_salt"],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 (a scheme, not a secret)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        # Its commands would change people without a trace in the audit trail; ours are `flask user`.
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_REGISTERABLE=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_VERIFY_URL="/account/confirm",
        SECURITY_TWO_FACTOR_SETUP_URL="/account/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/sign-in/code",  # noqa: S106 - an address  # noqa: S106 (an address)
        SECURITY_TWO_FACTOR_SELECT_URL="/sign-in/method",
        SECURITY_TWO_FACTOR_RESCUE_URL="/sign-in/rescue",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/account/recovery-codes",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/sign-in/recovery",
        SECURITY_RECOVERABLE=False,
        SECURITY_TRACKABLE=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=False,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": key[:44]},
        SECURITY_TOTP_ISSUER="Assay",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_ANONYMOUS_USER_DISABLED=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_REDIRECT_ALLOW_SUBDOMAINS=False,
        SECURITY_FRESHNESS=timedelta(hours=12),
        SECURITY_I18N_DIRNAME=["builtin", str(HERE / "translations")],
    )
    CSRFProtect(app)
    Mail(app)
    Security(app, SQLAlchemyUserDatastore(db, User, Role, WebAuthn), login_form=SignInForm)
    follow_sign_ins(app)


def configure_limits(app: Flask, settings: Settings) -> None:
    """Limit sign-in attempts per address; with several processes the counts live in Redis."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=settings.assay_mode != "test",
        RATELIMIT_HEADERS_ENABLED=True,
    )
    # The views keep only a weak reference to the limiter.
    limiter = app.extensions["assay_limiter"] = Limiter(get_remote_address, app=app)
    for endpoint in ("security.login", "security.two_factor_token_validation"):
        limited: Any = limiter.limit(settings.sign_in_limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def limit_public_pages(app: Flask) -> None:
    """Limit what anybody may ask without signing in: whether a document's code is known."""
    limiter = app.extensions["assay_limiter"]
    for endpoint in ("assessment.check", "assessment.verify"):
        limited: Any = limiter.limit("30 per minute")(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def configure_pages(app: Flask) -> None:
    """Give every template its formats, icons, rights and navigation."""
    filters.configure_filters(app)

    @lru_cache(maxsize=512)
    def draw(sprite: str, name: str, label: str) -> Markup:
        address = escape(f"{sprite}#{name}")
        described = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="ic" {}><use href="{}"></use></svg>').format(described, address)

    def icon(name: str, label: str = "") -> Markup:
        if "icons" not in g:  # where they lie depends on the proxy in front
            g.icons = url_for("static", filename="vendor/icons.svg")
        return draw(g.icons, name, label)

    app.jinja_env.globals.update(icon=icon, allow=access.allow, Permission=access.Permission, now=now)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")

    @app.context_processor
    def give_frame() -> dict[str, Any]:
        signed_in = bool(current_user and current_user.is_authenticated)
        return {
            "organisation": i18n.current_organisation(),
            # Asked for by the pages that show the bar: its counts are queries.
            "navigation": lambda: navigation.navigation_for(access.acting_user()) if signed_in else [],
            "theme": current_user.theme if signed_in else "auto",
            "view_names": app.view_functions,
        }


def configure_unit_of_work(app: Flask) -> None:
    """End every request in one commit or one rollback."""

    @app.before_request
    def note_address() -> None:
        audit.address.set(request.remote_addr)

    @app.after_request
    def commit_or_roll_back(response: Response) -> Response:
        if response.status_code < 400 and not g.get("keep_nothing"):
            db.session.commit()
        else:
            db.session.rollback()
        return response


def configure_servers(app: Flask, settings: Settings) -> None:
    """Believe the proxies in front, and serve static files from the process itself."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if settings.assay_mode != "test":
        static = WhiteNoise(app.wsgi_app, root=str(HERE / "static"), prefix="static/", max_age=3600)
        app.wsgi_app = static  # type: ignore[method-assign]
