"""One file of settings, read strictly from the environment; `rabta check` explains what is wrong.

RABTA_HOME      folder of everything that this machine keeps (default ./var)
RABTA_PORT      port of the pages; the gateway is +1, the simulator +2 (default 8000)
RABTA_URL       address under which people reach the pages (default http://127.0.0.1:RABTA_PORT)
RABTA_HOOKS_URL address under which providers reach the gateway
RABTA_BIND      address on which pages and gateway listen (default 127.0.0.1)
RABTA_BEHIND_PROXY  1 when a reverse proxy says whether a visitor came over TLS
RABTA_DB_ROLE   database role of this process (set by the supervisor)
DATABASE_URL    a PostgreSQL of one's own; without it an embedded one is used
RABTA_TIME_ZONE, RABTA_REGION, RABTA_CITIZEN_LANGUAGE, RABTA_EMERGENCY_NUMBER   where the force is
RABTA_READ_MARKS      1: citizens see that the desk has read their message (where the channel can show it)
RABTA_HEADS     folder for signed heads of the record, best one on another machine (default RABTA_HOME/heads)
RABTA_HEADS_URL address to which each head is posted too
RABTA_READERS   processes that read the journal (default: one a core, at most four; one in the demonstration)
RABTA_REACH     addresses inside the own network that accounts may lead to (10.2.0.0/16,127.0.0.1); default none
RABTA_CLAMD     ClamAV's socket, or host:port; RABTA_CLAMD_DOWN  `pass` takes files unscanned while it is away
RABTA_DEMO      1 in the demonstration: loopback providers allowed, secrets shown, second factors may wait
RABTA_SECOND_FACTOR  `later` lets second factors wait as in the demonstration (for tests; never in service)
"""

import os
import sys
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from rabta.rules.reach import Network, networks


def _text(name: str, default: str) -> str:
    """The variable NAME, or the content of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(name, default)


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        sys.exit(f"{name} must be a whole number, not {value!r}. Set it right or leave it out.")
    return int(value)


def _address(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    try:
        return str(ip_address(value))
    except ValueError:
        sys.exit(
            f"{name} must be an address such as 0.0.0.0 or 10.0.0.5, not {value!r}. Set it right or leave it out."
        )


def _networks(name: str) -> tuple[Network, ...]:
    try:
        return networks(_text(name, ""))
    except ValueError:
        sys.exit(
            f"{name} must be addresses or networks such as 10.2.0.0/16,127.0.0.1. Set it right or leave it out."
        )


BASE_DIR = Path(__file__).resolve().parent
HOME = Path(_text("RABTA_HOME", "var")).resolve()
PORT = _number("RABTA_PORT", 8000)
BASE_URL = _text("RABTA_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HOOKS_URL = _text("RABTA_HOOKS_URL", f"http://127.0.0.1:{PORT + 1}").rstrip("/")
DEMO = _text("RABTA_DEMO", "0") == "1"
# A demonstration, whose passwords everybody knows, is reached from its own machine only.
BIND = "127.0.0.1" if DEMO else _address("RABTA_BIND", "127.0.0.1")
BEHIND_PROXY = _text("RABTA_BEHIND_PROXY", "0") == "1"
DEBUG = False
KEYS_DIR = HOME / "keys"
FILES_DIR = HOME / "files"
HEADS_DIR = Path(_text("RABTA_HEADS", str(HOME / "heads")))
HEADS_URL = _text("RABTA_HEADS_URL", "")
READERS = _number("RABTA_READERS", 1 if DEMO else min(os.cpu_count() or 1, 4))
REACH = _networks("RABTA_REACH")
CLAMD = _text("RABTA_CLAMD", "")
CLAMD_DOWN_PASSES = _text("RABTA_CLAMD_DOWN", "wait") == "pass"


def _secret_key() -> str:
    """Django's key lies with the other keys; a machine without keys yet gets one for this process only."""
    file = KEYS_DIR / "django.key"
    return _text("RABTA_SECRET_KEY", file.read_text().strip() if file.exists() else os.urandom(32).hex())


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]


def _database() -> dict:
    """Connection settings for the role of this process."""
    role = os.environ.get("RABTA_DB_ROLE", "rabta_web")
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": role, "connect_timeout": 5},
    }
    url = _text("DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        password = _text(f"{role.upper()}_PASSWORD", unquote(parts.password or ""))
        return common | {
            "NAME": parts.path.lstrip("/") or "rabta",
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "USER": role,
            "PASSWORD": password,
        }
    from rabta.embedded import DATABASE, socket_folder

    return common | {"NAME": DATABASE, "HOST": str(socket_folder(HOME)), "PORT": 5432, "USER": role}


DATABASES = {"default": _database()}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton.apps.SimpleAppConfig",  # the loaders are our own
    "csp",
    "procrastinate.contrib.django",
    "rabta.audit",
    "rabta.files",
    "rabta.force",
    "rabta.people",
    "rabta.channels",
    "rabta.outbox",
    "rabta.cases",
    "rabta.intake",
    "rabta.publishing",
    "rabta.groups",
    "rabta.desk",
    "rabta.figures",
    "rabta.retention",
    "rabta.review",
    "rabta.web",
    "rabta.jobs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "rabta.web.middleware.WithoutNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rabta.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rabta.web.middleware.ScopedTransaction",
    "rabta.web.accounts.gate.Gate",
]

ROOT_URLCONF = "rabta.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "rabta.web.template_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "rabta.web.context.page",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "rabta.web.templatetags.rabta"],
        },
    }
]
COTTON_DIR = "cotton"

AUTH_USER_MODEL = "force.Officer"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# Limits and used codes are shared by all web processes. What is allowed to which role: web/accounts/data/sign_in.csv.
CACHES = {"default": {"BACKEND": "rabta.web.cache.SharedCache", "TIMEOUT": 3600}}
SECOND_FACTOR_MAY_WAIT = DEMO or _text("RABTA_SECOND_FACTOR", "now") == "later"
STEP_UP_SECONDS = 10 * 60  # sensitive acts want a second factor, or what there is, so recently
ACCOUNT_ADAPTER = "rabta.web.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_SECONDS
ACCOUNT_RATE_LIMITS = {
    "login": None,  # counted below, with an answer on the page itself
    "login_failed": "30/5m/ip,5/5m/key",  # the key is the account with the address, or the account's second factor
    "login_account": "30/h/key",  # one account, from wherever
    "login_known": "5/5m/key",  # one account in a browser that has signed in to it before
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "ask_link": "20/10m/ip,3/10m/key",
    "ask_link_known": "3/10m/key",  # in a browser in which the officer of that number signed in before
    "open_link": "20/5m/ip",
    "export": "20/h/user",
    "handed": "500/h/key",  # cases that one other force hands in
}
MFA_ADAPTER = "rabta.web.accounts.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # officers have no e-mail here
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_TOTP_ISSUER = "Rabta"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi")), ("ur", _("Urdu"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _text("RABTA_TIME_ZONE", "Asia/Karachi")
REGION = _text("RABTA_REGION", "PK")  # country of telephone numbers written without a country code
CITIZEN_LANGUAGE = _text(
    "RABTA_CITIZEN_LANGUAGE", "ur"
)  # for people whose language is not known: a photo alone
EMERGENCY_NUMBER = _text("RABTA_EMERGENCY_NUMBER", "15")
READ_MARKS = _text("RABTA_READ_MARKS", "1") == "1"  # citizens see that the desk has read their message
FORMAT_MODULE_PATH = "rabta.web.formats"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "web" / "static", Path(str(files("allauth.mfa"))) / "static"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_SECURE = BASE_URL.startswith("https://")
# With https no other host of the domain can set them (`__Host-`); the demonstration on the loopback has none.
_HOST_ONLY = "__Host-" if _SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST_ONLY}rabta_session", f"{_HOST_ONLY}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_AGE = (
    7 * 24 * 3600
)  # the longest that any role may stay signed in; see web/accounts/data/sign_in.csv
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if BEHIND_PROXY:  # X-Forwarded-Proto is believed only then: without a proxy anybody could say it
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if _SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = HOME / "tmp"  # made by the web process: nothing that people send lies in a shared /tmp

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_links": {"()": "rabta.kit.logs.WithoutLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_links"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"rabta": {"level": "INFO"}},
}
