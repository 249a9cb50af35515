"""How a voice sounds: one sentence spoken by the clinic's own ElevenLabs account, made once and kept."""

from django.core.cache import cache

from agents.voices import VOICES, Voice
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.scope import org_scope
from providers.elevenlabs.client import ElevenLabsClient
from voxanne.errors import NotFound

SENTENCE = "Thank you for calling. How can I help you today?"
KEPT_S = 30 * 24 * 60 * 60
MEDIA_TYPE = "audio/mpeg"


def find_sample_voice(sample_id: str) -> Voice:
    """The offered voice of that sample.

    Raises:
        NotFound: no voice is offered under that id.
    """
    voice = next((voice for voice in VOICES if voice.sample_id == sample_id), None)
    if voice is None:
        raise NotFound("We could not find that voice.")
    return voice


def get_sample(*, org: Organization, sample_id: str) -> bytes:
    """The sentence in one voice, as MP3. It says nothing of any clinic, so one that was made serves all.

    Call it with no transaction open.

    Raises:
        NotFound: no voice is offered under that id.
        NotConnected: the clinic has no ElevenLabs account here. ProviderError: ElevenLabs did not speak.
    """
    voice = find_sample_voice(sample_id)
    key = f"voice-sample:{voice.sample_id}"
    known: bytes | None = cache.get(key)
    if known is not None:
        return known
    with org_scope(org):
        own = credential_service.get(org.pk, Provider.ELEVENLABS)
    audio = ElevenLabsClient(own.api_key.reveal()).speak(voice_id=voice.sample_id, text=SENTENCE)
    cache.set(key, audio, KEPT_S)
    return audio
