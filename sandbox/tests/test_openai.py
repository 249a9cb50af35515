"""OpenAI: vectors that mean a little, its limits and its words, and its own client."""

import base64
import math
from array import array
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.openai.tokens import count_tokens
from sandbox.openai.vectors import embed
from sandbox.tests.client import SandboxClient

MODEL = "text-embedding-3-small"


def _ask(sandbox: SandboxClient, body: dict[str, Any], key: str = "sk-1") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {"Authorization": ""}
    return sandbox.http.post("/openai/v1/embeddings", json=body, headers=headers)


def _cosine(first: Any, second: Any) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_a_vector_for_every_input_in_order(sandbox: SandboxClient) -> None:
    answer = _ask(sandbox, {"model": MODEL, "input": ["What does a filling cost?", "Bring your passport."]}).json()

    vectors = [item["embedding"] for item in answer["data"]]
    assert [item["index"] for item in answer["data"]] == [0, 1]
    assert [len(vector) for vector in vectors] == [1536, 1536]
    assert math.isclose(math.hypot(*vectors[0]), 1, abs_tol=1e-5)
    assert answer["usage"] == {"prompt_tokens": 11, "total_tokens": 11}
    assert "sk-1" not in sandbox.http.get("/sandbox/ledger").text


def test_texts_about_the_same_thing_are_near_each_other() -> None:
    asked = embed("How much do you charge for white fillings?")

    same = _cosine(asked, embed("Our prices: a white filling costs 95 pounds."))
    other = _cosine(asked, embed("Parking is behind the building, two hours are free."))
    assert same > 0.4
    assert abs(other) < 0.1
    assert embed("?!") == embed("?!")


def test_fewer_dimensions_and_base64(sandbox: SandboxClient) -> None:
    answer = _ask(sandbox, {"model": MODEL, "input": "Hi", "dimensions": 256, "encoding_format": "base64"}).json()

    vector = array("f")
    vector.frombytes(base64.b64decode(answer["data"][0]["embedding"]))
    assert len(vector) == 256
    assert math.isclose(math.hypot(*vector), 1, abs_tol=1e-5)


REFUSED: tuple[tuple[dict[str, Any], int, str | None, str], ...] = (
    ({"model": "text-embedding-9", "input": "Hi"}, 404, "model_not_found", "does not exist"),
    ({"input": "Hi"}, 400, None, "model parameter"),
    ({"model": MODEL}, 400, None, "'$.input' is invalid"),
    ({"model": MODEL, "input": ""}, 400, None, "'$.input' is invalid"),
    ({"model": MODEL, "input": []}, 400, None, "'$.input' is invalid"),
    ({"model": MODEL, "input": ["Hi", ""]}, 400, None, "'$.input' is invalid"),
    ({"model": MODEL, "input": ["Hi"] * 2049}, 400, "array_above_max_length", "2049 instead"),
    ({"model": MODEL, "input": "word " * 8193}, 400, None, "maximum context length is 8192"),
    ({"model": MODEL, "input": ["word " * 8000] * 38}, 400, "max_tokens_per_request", "max 300000 tokens"),
    ({"model": MODEL, "input": "Hi", "dimensions": 1537}, 400, None, "Must be between 1 and 1536"),
    ({"model": MODEL, "input": "Hi", "encoding_format": "hex"}, 400, "invalid_value", "'float' and 'base64'"),
    ({"model": MODEL, "input": "Hi", "temperature": 1}, 400, None, "temperature"),
)


def test_what_is_refused_is_refused_in_openais_words(sandbox: SandboxClient) -> None:
    for body, status, code, words in REFUSED:
        answer = _ask(sandbox, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), words
        assert words in answer.json()["error"]["message"]

    bad, none = _ask(sandbox, {}, "sk-bad"), _ask(sandbox, {}, "")
    assert (bad.status_code, bad.json()["error"]["code"]) == (401, "invalid_api_key")
    assert (none.status_code, none.json()["error"]["type"]) == (401, "invalid_request_error")
    assert sandbox.http.post("/openai/v1/responses", json={}).status_code == 404


def test_a_fault_in_openais_words(sandbox: SandboxClient) -> None:
    sandbox.http.put("/sandbox/faults/openai", json={"status": 429, "times": 1})

    answer = _ask(sandbox, {"model": MODEL, "input": "Hi"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert answer.headers["retry-after"] == "1"


def test_tokens_are_counted_near_enough() -> None:
    assert [count_tokens(text) for text in ("", "price", "aftercare", "£95.50", "a  b")] == [1, 1, 2, 4, 3]


@pytest.fixture(scope="module")
def openai() -> Any:
    """The package, imported as late as possible."""
    import openai

    return openai


@pytest.fixture
def client(openai: Any, sandbox: SandboxClient) -> Iterator[Any]:
    """The official client, pointed at the sandbox."""
    base_url = f"{sandbox.base_url}/openai/v1"
    with openai.DefaultHttpxClient(trust_env=False) as http:
        yield openai.OpenAI(api_key="sk-1", base_url=base_url, http_client=http, max_retries=0)


@pytest.mark.filterwarnings("default")
def test_the_official_client_works(client: Any, openai: Any, sandbox: SandboxClient) -> None:
    made = client.embeddings.create(model=MODEL, input=["What does a filling cost?", "Hi"])

    assert [len(item.embedding) for item in made.data] == [1536, 1536]
    assert list(made.data[0].embedding) == pytest.approx(list(embed("What does a filling cost?")))
    assert sandbox.ledger()["requests"][-1]["body"]["encoding_format"] == "base64"
    with pytest.raises(openai.NotFoundError) as unknown:
        client.embeddings.create(model="none", input="Hi")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model=MODEL, input="")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-bad").embeddings.create(model=MODEL, input="Hi")
    sandbox.http.put("/sandbox/faults/openai", json={"status": 500, "times": 1})
    with pytest.raises(openai.InternalServerError):
        client.embeddings.create(model=MODEL, input="Hi")
