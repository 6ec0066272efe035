"""One file, two shapes: embedded (SQLite, in process, the default) and production (PostgreSQL, Redis). No app knows which it runs in."""

from email.utils import parseaddr
from pathlib import Path
from typing import Literal

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from network import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

# --- Which shape -----------------------------------------------------------------------------------------------
PRODUCTION = env.flag("PRODUCTION")
DEMO = env.flag("DEMO")  # the demo sign-in page and the banner; refused in production
DEBUG = env.flag("DEBUG")
if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured("DEMO and DEBUG must be off when PRODUCTION=1.")

SECRET_KEY = env.secret_key(VAR_DIR / "secret_key", production=PRODUCTION)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost 127.0.0.1 [::1]")
if PRODUCTION and (not ALLOWED_HOSTS or any("*" in host for host in ALLOWED_HOSTS)):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name this site's hosts, without *.")
SITE_ORIGIN = env.text("SITE_ORIGIN", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "")  # exact origin; "" = same as Host
SITE_HOSTS = env.sites("SITE_HOSTS")  # public sites with a host of their own: host=address of the site; an unknown host is refused as ever
if PRODUCTION and set(SITE_HOSTS) & set(ALLOWED_HOSTS):
    raise ImproperlyConfigured("SITE_HOSTS must not name a host of ALLOWED_HOSTS: that one shows the whole network.")
ALLOWED_HOSTS += SITE_HOSTS
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)  # how many proxies may be believed about scheme and address

DATABASE_URL = env.text("DATABASE_URL", "" if PRODUCTION else f"sqlite:///{VAR_DIR / 'multaqa.sqlite3'}")
REDIS_URL = env.text("REDIS_URL")
if PRODUCTION and not (DATABASE_URL and REDIS_URL):
    raise ImproperlyConfigured("DATABASE_URL and REDIS_URL are needed when PRODUCTION=1.")

# --- Apps, from the ground up (who may know whom: docs/architecture.md) ------------------------------------------
INSTALLED_APPS = [
    "network",
    "network.activity",
    "network.spaces",
    "network.entities",
    "network.groups",
    "network.accreditation",
    "network.imports",
    "network.ties",
    "network.feeds",
    "profiles",
    "forums",
    "chat",
    "documents",
    "network.sites",
    "notifications",  # before notices, which takes its model and its admin page over
    "notices",
    "moderation",
    "realtime",
    "search",
    "insights",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_prose_editor",
    "csp",
    "network.admin_site.MultaqaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

# --- Who listens to an Activity, and what happens by the clock -----------------------------------------------------
ACTIVITY_NOW = ("realtime.broadcast.announce",)
ACTIVITY_SOON = ("notices.subscribers.notify", "chat.subscribers.open_room")
SESSIONS_ENDED = ("notices.actions.devices.sessions_ended",)  # of whom, and which (None: all of theirs): somebody signed out
SESSION_MOVED = ("notices.actions.devices.session_moved",)  # who, from, to: somebody signed in, or has a new password
SCHEDULE: tuple[tuple[str, int], ...] = (  # job name, every so many seconds
    ("spaces.mandates_turn", 60),
    ("spaces.remind_of_mandates", 3600),
    ("entities.ask_to_confirm", 3600),
    ("activity.sweep_jobs", 3600),
    ("sessions.clear", 86400),
    ("accreditation.turn", 3600),
    ("forums.sweep_files", 86400),
    ("chat.sweep", 86400),
    ("documents.steps", 600),
    ("notices.come_back", 60),
    ("mail.rounds", 15),
    ("mail.windows", 60),
    ("mail.sweep", 86400),
    ("push.sweep", 86400),
    ("imports.sweep", 86400),
    ("sites.sweep", 86400),
    ("feeds.due", 300),
    ("insights.close_days", 3600),
)

WAITING: tuple[str, ...] = (  # (actor) -> list[Waiting]
    "notices.waiting.requests",
    "notices.waiting.invitations",
    "notices.waiting.files",
    "notices.waiting.confirmations",
    "notices.waiting.ties",
    "notices.waiting.questions",
    "notices.waiting.feeds",
    "moderation.waiting.reports",
)
HEALTH = ("network.activity.health.queue", "notices.health.mail")  # () -> list[network.health.Measure]
# What stands open with somebody who leaves: (entity, from_user) -> list[network.spaces.handing.OpenItem]
HAND_OVER: tuple[str, ...] = (
    "network.spaces.handing.join_requests",
    "network.spaces.handing.invitations",
    "network.spaces.handing.groups",
    "network.accreditation.handing.files",
    "network.ties.handing.proposals",
    "network.imports.handing.lists",
    "network.sites.handing.questions",
    "documents.handing.drafts",
)
ACT_WORDS: tuple[str, ...] = (
    "network.accreditation.acts.WORDS", "network.feeds.acts.WORDS", "network.imports.acts.WORDS", "network.sites.acts.WORDS",
    "documents.acts.WORDS", "notices.acts.WORDS",
)  # fmt: skip  # what rooms call what they record: {verb: lazy sentence}, for the page of a mandate
# Acts between participants that stand on that page for whoever sees the thing: of these models, by visible_to().
ACT_THINGS: tuple[str, ...] = ("accreditation.Application",)
# What rooms add to an institution's page (network.entities.tabs): (actor, entity) -> list[Tab] or list[Item]; (request, entity) -> list[Block].
ENTITY_TABS: tuple[str, ...] = ("network.ties.tabs.tabs",)
ENTITY_MENU: tuple[str, ...] = (
    "network.sites.tabs.menu",
    "network.feeds.tabs.menu",
    "network.accreditation.blocks.menu",
    "network.imports.menu.lists",
    "documents.tabs.menu",
    "insights.tabs.menu",
)
ENTITY_BLOCKS: tuple[str, ...] = (
    "network.sites.tabs.blocks",
    "network.accreditation.blocks.affiliation",
    "network.ties.tabs.blocks",
    "network.feeds.tabs.blocks",
    "documents.tabs.blocks",
    "insights.tabs.blocks",
)
# Why only the secretariat changes how an institution stands: (institution) -> a sentence, or "".
ENTITY_HELD: tuple[str, ...] = ("network.accreditation.standing.held",)
# How institutions stand in their networks: (their numbers, or a query of them) -> {number: network.entities.standing.Affiliation}; and
# () -> a query of the numbers of those whose affiliation has lapsed, which the register does not call active.
ENTITY_AFFILIATIONS: tuple[str, ...] = ("network.accreditation.standing.affiliations",)
ENTITY_LAPSED: tuple[str, ...] = ("network.accreditation.standing.lapsed",)
# What feeds and widgets show: (institutions, language or "", how many) -> list[network.entities.news.Item], public ones only.
FEED_SOURCES: tuple[str, ...] = ("network.feeds.items.walls", "network.sites.news.pages", "documents.tabs.news")
FEED_SECTIONS = "network.sites.news.section"  # (code) -> network.entities.news.Section, or None: feeds of what is no kind of institution
# Calendars to subscribe to: (institution, or None for the network) -> list[network.feeds.calendar.Entry]. Where none comes there is no calendar.
CALENDAR_SOURCES: tuple[str, ...] = ()
DIGEST_SECTIONS: tuple[str, ...] = ()  # what rooms add to a digest: (actor, since) -> notices.mail.digest.Section or None
# What rooms add to the front page of a public site: (network.sites.places.Place, request) -> network.entities.tabs.SiteBlock or None.
SITE_BLOCKS: tuple[str, ...] = (
    "network.accreditation.blocks.site",
    "documents.tabs.site",
    "network.feeds.tabs.external",
    "network.feeds.tabs.events",
    "insights.tabs.site",
)
# What rooms add to the sitemap: the name of a file, and () -> entries as network.sites.views.machines.Entry, only what everyone reads.
SITEMAP_PARTS: dict[str, str] = {"guides": "documents.tabs.sitemap"}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "network.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "network.sites.hosts.SiteHostMiddleware",
    "network.middleware.CSPMiddleware",
    "network.middleware.SessionMiddleware",
    "network.middleware.LocaleMiddleware",
    "network.middleware.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "network.spaces.middleware.ActorMiddleware",
    "network.middleware.TooManyMiddleware",
    "network.middleware.ComeBackMiddleware",
    "network.middleware.ImpossibleMiddleware",
]

ROOT_URLCONF = "network.urls"
WSGI_APPLICATION = "network.wsgi.application"
ASGI_APPLICATION = "network.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "network.templatetags.house",
                "network.templatetags.parts",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "network.context.house",
            ],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # synchronous=FULL: what is acknowledged survives a power cut. The log is taken over every 16 MB: a post changes some hundred pages,
        # and the default (4 MB) copied the same pages of the indexes over again at every other post.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000;",
    }
else:
    _timeout = "60s" if env.text("ROLE") == "worker" else "5s"
    DATABASES["default"]["OPTIONS"] = {
        "options": f"-c statement_timeout={_timeout} -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "network.resting.RestingCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
    # Fragments keyed by (id, version, language) never go stale, so every process may keep its own.
    "fragments": {
        "BACKEND": "network.kept.KeptCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
        "TIMEOUT": 3_600,  # a renamed author is renamed everywhere within the hour
    },
}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "profiles.User"
AUTHENTICATION_BACKENDS = ["profiles.keeping.KeepingBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "profiles.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "profiles.forms.SignupForm",
    "login": "profiles.forms.LoginForm",
    "request_login_code": "profiles.forms.RequestLoginCodeForm",
    "reauthenticate": "profiles.forms.ReauthenticateForm",
    "add_email": "profiles.forms.AddEmailForm",
    "change_password": "profiles.forms.ChangePasswordForm",
    "set_password": "profiles.forms.SetPasswordForm",
    "reset_password": "profiles.forms.ResetPasswordForm",
    "reset_password_from_key": "profiles.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_DISPLAY = "profiles.adapter.display"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True  # a slip in the address costs nothing
ACCOUNT_CHANGE_EMAIL = True  # one address; the new one counts when its code came back
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = True  # 14 days at most, 3 idle: network.middleware
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # all other sessions end, this one stays
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,30/m/ip",
    "login": "30/m/ip",
    "signup": "5/h/ip",
    "reset_password": "3/h/key,10/h/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "request_login_code": "3/5m/key,20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "profiles.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # passkeys on plain localhost only
MFA_TOTP_ISSUER = "Multaqa"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
USERSESSIONS_ADAPTER = "profiles.adapter.SessionsAdapter"

NOTIFICATIONS_NOTIFICATION_MODEL = "notices.Notice"

# --- Sessions and cookies: plain names only on plain HTTP at home -------------------------------------------------------
_HOST = "__Host-" if PRODUCTION else ""
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = f"{_HOST}mtq_s"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
SESSION_IDLE_AGE = 3 * 86_400
SESSION_TOUCH_EVERY = 3_600
CSRF_COOKIE_NAME = f"{_HOST}mtq_c"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN else []
CSRF_FAILURE_VIEW = "network.views.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_HOST}mtq_l"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 86_400
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Walls ----------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_MAX_BYTES = 25 * 1024 * 1024
BODY_MAX_BYTES = 1024 * 1024
_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN else ["http://localhost:*", "http://127.0.0.1:*"]
_SITE_ORIGINS = [f"https://{host}" if PRODUCTION else f"http://{host}:*" for host in SITE_HOSTS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Never 'self': user files are served on this host, outside /static/. No nonce: a cached page would hand it to all.
        "script-src": [f"{here}/static/" for here in (*_ORIGINS, *_SITE_ORIGINS)],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [
            SELF,
            *(
                [SITE_ORIGIN.replace("https://", "wss://").replace("http://", "ws://")]
                if SITE_ORIGIN
                else ["ws://localhost:*", "ws://127.0.0.1:*"]
            ),
        ],
        "media-src": [SELF],
        # These very addresses: user files stand on this host too, and none of them may become a worker, or the name and face of an app.
        "manifest-src": [f"{here}/{code}/manifest.webmanifest" for here in _ORIGINS for code in ("ar", "fr", "en")],
        "worker-src": [f"{here}/sw.js" for here in _ORIGINS],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "report-uri": ["/csp"],
    }
}

# --- Live -----------------------------------------------------------------------------------------------------------
LIVE_SOCKETS_PER_USER = env.number("LIVE_SOCKETS_PER_USER", 20)
LIVE_SOCKETS_PER_ADDRESS = env.number("LIVE_SOCKETS_PER_ADDRESS", 500)
LIVE_SOCKETS = env.number("LIVE_SOCKETS", 5_000)
LIVE_HEARTBEAT = 4.0
LIVE_FRAMES = (30, 10, 60)  # frames, in seconds, burst
# SQLite has one writer and gives the interpreter's lock away at each step: more than one page thread only costs. (Measured: half the CPU
# a page.) What takes long on purpose has threads of its own (network.http).
HTTP_THREADS = env.number("HTTP_THREADS", 1 if DATABASES["default"]["ENGINE"].endswith("sqlite3") else 4, least=1)
VISITS_FLUSH_SECONDS = env.number("VISITS_FLUSH_SECONDS", 5)  # visits wait so long in memory; 0: they are counted nowhere
VISITOR_CACHE_SECONDS = env.number("VISITOR_CACHE_SECONDS", 5)

# --- Languages --------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", _("Arabic")), ("fr", _("French")), ("en", _("English"))]
LANGUAGE_NAMES = {"ar": "العربية", "fr": "Français", "en": "English"}
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Africa/Tunis"  # the secretariat's clock: what pages say before the reader's own zone is known
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT") or VAR_DIR / "static")
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or VAR_DIR / "media")
MEDIA_URL = "/media/"  # never routed: files pass the permission check at /files/
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "network.static_storage.StaticStorage" if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

# --- Mail ---------------------------------------------------------------------------------------------------------------
# Whatever is sent waits in a row of its own (notices.Mail) and goes out by the queue, by MAIL_TRANSPORT: no page waits for a mail server.
EMAIL_BACKEND = "notices.mail.outbox.Backend"
MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", PRODUCTION)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Multaqa <multaqa@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
LINK_ORIGIN = SITE_ORIGIN or "http://localhost:8000"  # of the addresses in mails; `serve` says its own port
MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"  # in Message-ID and List-Id
MAIL_IN_DOMAIN = env.text("MAIL_IN_DOMAIN")  # mail to reply+…@ this domain comes to us; empty: nobody answers by mail
MAIL_IN_MAX_BYTES = env.number("MAIL_IN_MAX_BYTES", 40 * 1024 * 1024, least=1024 * 1024)  # a file of 25 MB is a third larger in a mail
MAIL_IN_AUTHSERV = env.text(
    "MAIL_IN_AUTHSERV"
)  # our mail server's name in Authentication-Results: what it calls forged (dmarc=fail) is left
IMAP_HOST = env.text("IMAP_HOST")  # a mailbox that is asked every minute; empty: none is
IMAP_PORT = env.number("IMAP_PORT", 993, least=1)
IMAP_TLS = env.flag("IMAP_TLS", True)  # off only for a mailbox on this very machine
IMAP_USER = env.text("IMAP_USER")
IMAP_PASSWORD = env.text("IMAP_PASSWORD")
IMAP_FOLDER = env.text("IMAP_FOLDER", "INBOX")
ANYMAIL_WEBHOOK_SECRET = env.text("ANYMAIL_WEBHOOK_SECRET")  # "name:password" which a mail service sends to /anymail/…; empty: no such door
ANYMAIL = {"WEBHOOK_SECRET": ANYMAIL_WEBHOOK_SECRET} if ANYMAIL_WEBHOOK_SECRET else {}
if IMAP_HOST:
    SCHEDULE += (("mail.fetch", 60),)
MAIL_GRACE_SECONDS = env.number("MAIL_GRACE_SECONDS", 60)  # "at once" waits so long: what is read on the page meanwhile is not mailed
PUSH_HOSTS = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
    *env.hosts("PUSH_HOSTS"),
]  # the browsers' push services; a name that begins with a dot stands for all below it
PUSH_TRIAL_ORIGINS: list[str] = []  # of tests
FEED_TRIAL_ORIGINS: list[str] = []  # of tests: http://127.0.0.1:port, which is fetched though it is nobody's website
MAIL_PATIENCE_DAYS = 3  # so long a mail that cannot be delivered yet is tried again

# --- Limits of content (reliability, Checklist) ----------------------------------------------------------------------------
PAGE_SIZE = 20
EDIT_WINDOW_HOURS = env.number("EDIT_WINDOW_HOURS", 24)
CHAT_EDIT_WINDOW_MINUTES = env.number("CHAT_EDIT_WINDOW_MINUTES", 60)
CHAT_MESSAGE_LENGTH = 4_000
CHAT_PARTICIPANTS = 100  # people and institutions in one conversation; more belong in a group
RATES = {  # action: (how many, in seconds)
    "post": (env.number("RATE_POSTS", 10, least=1), 60),
    "chat": (env.number("RATE_CHAT", 30, least=1), 10),
    "converse": (20, 600),  # conversations begun
    "report": (20, 3_600),
    "upload": (20, 600),
    "import": (30, 600),
    "search": (30, 60),
    "lookup": (240, 60),
    "mention": (50, 86_400),
    "react": (60, 60),
    "draft": (120, 60),
    "apply": (20, 86_400),
    "verify": (30, 60),  # certificates asked for, an address
    "keep": (30, 60),  # texts of those who were signed out, an address
    "invite": (50, 86_400),
    "invitation": (60, 3_600),  # links of invitations opened, an address
    "csp": (60, 60),
    "export": (30, 600),  # tables taken away
    "booklet": (6, 600),  # booklets: each takes seconds to draw
    "refusal": (1, 3_600),  # polite mails to whoever wrote from somewhere else, an address
    "devices": (30, 3_600),
    "question": (5, 3_600),  # of visitors, an address
    "questions": (100, 3_600),  # of visitors, an institution
    "fetch": (20, 600),  # feeds of other websites tried by hand
    "trial": (5, 3_600),  # digests sent to oneself
}
SILENCED_SYSTEM_CHECKS = [
    "models.W036",  # conditional unique constraints exist on both of our databases
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # A refusal (403, 404) is an answer, not a fault: its traceback tells nothing.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
