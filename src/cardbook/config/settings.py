"""Django settings; everything an office may want to change comes from the environment.

Neighbours: `environment.py` (folders, keys), `embedded.py` (the database), `urls.py`.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cardbook.config import embedded
from cardbook.config.environment import KeyRing, read_environment, secret_file
from cardbook.law.parameters import parameter

HOUSE = Path(__file__).resolve().parents[1]
ENVIRONMENT = read_environment()
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
TESTING = bool(os.environ.get("CARDBOOK_TESTING"))
SECRET_KEY = secret_file(ENVIRONMENT.keys, "django.key", size=48).hex()
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "cardbook.web",  # first, so that its templates come before those of allauth
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "cardbook.ledger",
    "cardbook.orgs",
    "cardbook.people",
    "cardbook.cards",
    "cardbook.custody",
    "cardbook.papers",
    "cardbook.outbox",
    "cardbook.lifecycle",
    "cardbook.registers",
    "cardbook.imports",
    "cardbook.chapters.duties",
    "cardbook.chapters.intake",
    "cardbook.chapters.issuance",
    "cardbook.chapters.corrections",
    "cardbook.chapters.stranded",
    "cardbook.chapters.usage",
    "cardbook.chapters.safekeeping",
    "cardbook.chapters.liability",
    "cardbook.insight",
]

MIDDLEWARE = [
    "cardbook.web.middleware.FrontMiddleware",  # first: whoever comes after sees who really asks
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cardbook.web.middleware.ActorMiddleware",
    "cardbook.web.middleware.UnwritableMiddleware",
    "cardbook.web.middleware.HeadersMiddleware",
    "cardbook.web.answered.AnsweredMiddleware",
    "cardbook.web.asking.AskedMiddleware",
    "cardbook.web.damaged.DamagedMiddleware",
    "cardbook.web.looking.LookingMiddleware",  # last: it sees what the page itself answers
]

ROOT_URLCONF = "cardbook.config.urls"
WSGI_APPLICATION = "cardbook.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [
            *sorted(HOUSE.glob("chapters/*/*/templates")),
            HOUSE / "insight" / "figures" / "templates",
            HOUSE / "demo" / "templates",
        ],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cardbook.web.context.shell",
                *(["cardbook.demo.context.accounts"] if DEMO else []),
            ],
        },
    },
]


LONGEST_QUEUE_SECONDS = 5


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # After a restart of the server no window meets one of the old connections of the pool.
        "CONN_HEALTH_CHECKS": True,
        # A page waits so long for a connection and then says that it is busy (B7). The pool gives
        # a failed attempt up as soon, or its ever longer pauses would outlast the trouble.
        "OPTIONS": {
            # What is planned once stays planned (ADR 0017): left to itself the server thinks a
            # statement about an array over again each time, expecting more rows than one.
            # A program that was killed leaves no statement running, nor what it has locked.
            "options": (
                "-c plan_cache_mode=force_generic_plan -c client_connection_check_interval=2s"
            ),
            "pool": {
                "min_size": 1,
                "max_size": 8,
                "timeout": LONGEST_QUEUE_SECONDS,
                "reconnect_timeout": LONGEST_QUEUE_SECONDS,
            },
        },
    }


# Two roles from the first day: the owner migrates, the application's role serves and holds neither
# UPDATE, DELETE nor TRUNCATE on the ledger (architecture, section 4).
DATABASE_URLS = embedded.urls_from_environment(os.environ) or embedded.ensure_running(
    ENVIRONMENT.data
)
DATABASES = {
    "default": _database(DATABASE_URLS.app_url),
    "owner": _database(DATABASE_URLS.owner_url) | {"OPTIONS": {}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "cardbook.web.accounts.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "cardbook.web.accounts.StaffAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Guessing is stopped at the account: five wrong passwords lock it for a quarter of an hour,
# whoever types them. The address only stops a machine that tries many accounts: a whole county
# comes from one gateway, so the limit is what three hundred people mistype on a Monday.
LOGIN_TRIES = parameter("login_tries").values[-1].value
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"{LOGIN_TRIES}/15m/key,300/15m/ip",
    "login": "600/m/ip",
    "reauthenticate": f"{LOGIN_TRIES}/15m/user",
    "change_password": f"{LOGIN_TRIES}/15m/user",
}
# What anybody may read; a whole county comes from one gateway.
PUBLIC_RATE_LIMITS = {"offers": "600/m/ip"}
# The counts are shared by all processes and survive a restart; no cache server for that alone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cardbook_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MFA_ADAPTER = "cardbook.web.second_factor.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Personal data is sealed with SM4-GCM, looked up by HMAC-SM3; keys are files outside the history.
# A new version is a new file (vault.2.key); the highest seals, all of them open.
VAULT_KEYS = KeyRing(ENVIRONMENT.keys)
INDEX_KEY = secret_file(ENVIRONMENT.keys, "index.key", size=32)
# The sealer signs checkpoints of the ledger with it (architecture, section 4, Proof).
LEDGER_KEY = secret_file(ENVIRONMENT.keys, "ledger.key", size=32)
PAPERS_ROOT = ENVIRONMENT.files

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO or TESTING
# Otherwise every test client would walk all static files anew, and a file that changed beneath a
# demo would be sent with the length it had before; an installation's have digests in their names.
WHITENOISE_AUTOREFRESH = DEBUG or DEMO or TESTING

# A window is shared by shifts: fifteen idle minutes end a session, twelve hours end any session.
# The cookie's age starts anew whenever the session is saved, so ActorMiddleware counts as well.
SESSION_COOKIE_AGE = LONGEST_SECONDS = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_SECONDS = 60 * int(str(parameter("session_minutes").values[-1].value))
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS = os.environ.get("CARDBOOK_TLS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
# Preloading is for names of the open internet; an office's server is not on any browser's list.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

# A longer file is a worker's business; sister systems draw the line here too (domain.md 6.3).
IMPORT_ROWS_IN_REQUEST = 1_000
# A sheet to be signed with more rows is set as PDF by a worker, after its cards are handed out.
SHEET_ROWS_IN_REQUEST = int(os.environ.get("CARDBOOK_SHEET_ROWS", "300"))
# What registers jobs; a worker must know them all before the first one comes.
PROCRASTINATE_IMPORT_PATHS = [
    "cardbook.chapters.intake.receive.manifest_job",
    "cardbook.chapters.issuance.collective.sheet_job",
    "cardbook.chapters.intake.opening.opening_job",
    "cardbook.chapters.usage.uses.use_files",
    "cardbook.chapters.usage.transfer.move_files",
    "cardbook.config.asking",
    "cardbook.config.delivering",
    "cardbook.config.merging",
    "cardbook.config.purging",
    "cardbook.config.vault.night",
    "cardbook.config.reminding",
]
# Port -> adapter for pages, which know neither (chapters/bank_sheets.py).
BANK_SHEETS = "cardbook.adapters.bank_sheets.read"
BANK_INBOX = "cardbook.config.switchboard.inbox_of"
MAKER_ORDER = "cardbook.adapters.maker_files.write_order"
BANK_ACCOUNTS = "cardbook.adapters.maker_files.write_accounts"
PROVINCE_DESK = "cardbook.config.switchboard.province_of"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

if TESTING:  # a city's worth of passwords in milliseconds, tests only
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
