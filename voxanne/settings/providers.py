"""Where the providers are, and as which application the product introduces itself to them.

A base URL is the only difference between a real provider and the bundled sandbox.
"""

import os

from voxanne.settings.base import env

# Empty means Twilio's own hosts; otherwise everything goes to this one address.
TWILIO_BASE_URL = env.str("TWILIO_BASE_URL", default="").rstrip("/")

# The platform's account, for what is done without a clinic's own.
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_PHONE_NUMBER = env.str("TWILIO_PHONE_NUMBER", default="")

# Whether the organisation's Twilio account serves agents that have none of their own.
TWILIO_ORG_FALLBACK = env.bool("TWILIO_ORG_FALLBACK", default=True)
# The platform's own account. Only `telephony.master_account` reads these two.
TWILIO_MASTER_ACCOUNT_SID = env.str("TWILIO_MASTER_ACCOUNT_SID", default="")
TWILIO_MASTER_AUTH_TOKEN = env.str("TWILIO_MASTER_AUTH_TOKEN", default="")
# So many numbers a clinic may have us buy: they are paid for by the platform.
MANAGED_NUMBERS_PER_CLINIC = env.int("MANAGED_NUMBERS_PER_CLINIC", default=5)

GOOGLE_ACCOUNTS_URL = env.str("GOOGLE_ACCOUNTS_URL", default="https://accounts.google.com").rstrip("/")
GOOGLE_OAUTH_URL = env.str("GOOGLE_OAUTH_URL", default="https://oauth2.googleapis.com").rstrip("/")
GOOGLE_API_URL = env.str("GOOGLE_API_URL", default="https://www.googleapis.com").rstrip("/")
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", default="")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", default="")

MICROSOFT_LOGIN_URL = env.str("MICROSOFT_LOGIN_URL", default="https://login.microsoftonline.com").rstrip("/")
MICROSOFT_GRAPH_URL = env.str("MICROSOFT_GRAPH_URL", default="https://graph.microsoft.com/v1.0").rstrip("/")
MICROSOFT_CLIENT_ID = env.str("MICROSOFT_CLIENT_ID", default="")
MICROSOFT_CLIENT_SECRET = env.str("MICROSOFT_CLIENT_SECRET", default="")

RESEND_BASE_URL = env.str("RESEND_BASE_URL", default="https://api.resend.com").rstrip("/")
ELEVENLABS_BASE_URL = env.str("ELEVENLABS_BASE_URL", default="https://api.elevenlabs.io").rstrip("/")

OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="https://api.openai.com/v1").rstrip("/")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
# "openai", "local" or "none"; empty: openai where there is a key for it.
EMBEDDER = env.str("EMBEDDER", default="")
if EMBEDDER == "local":
    # The model comes with a package: its libraries need not look for a newer one, nor start threads before a fork.
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
