"""What is counted about messages."""

from voxanne.metrics import counter

MESSAGES = counter(
    "messages",
    "What became of messages. `twice`: a provider has two for one wish, which must never be.",
    labels=("channel", "outcome"),
)
for _channel in ("sms", "whatsapp", "email"):
    for _outcome in ("sent", "failed", "uncertain", "twice", "delivered", "undelivered", "complained", "received"):
        MESSAGES.labels(_channel, _outcome)
