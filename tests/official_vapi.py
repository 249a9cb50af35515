"""Vapi's own client, imported so that it costs seconds rather than a minute.

Its two thousand models build each other's validators as they are imported. Here each is built when it is first used,
from the same annotations: what a test does not touch is not built.
"""

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel


@cache
def official_vapi() -> Any:
    """The package `vapi`, with `vapi.types` and `vapi.core.api_error` in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vapi.core import pydantic_utilities

        pydantic_utilities.UniversalBaseModel.model_config["defer_build"] = True
        pydantic_utilities.update_forward_refs = _later
        from vapi.core import unchecked_base_model

        unchecked_base_model._get_model_fields = _complete_fields
        import vapi.core.api_error
        import vapi.types
    return vapi


def _later(model: type[BaseModel], **names: Any) -> None:
    """A model's forward references are found in its module, whenever it is built."""


def _complete_fields(model: type[BaseModel]) -> Mapping[str, Any]:
    """The fields of a model, with types in place of names: what the client takes an answer apart with.

    Raises:
        pydantic.errors.PydanticUndefinedAnnotation: a name that its module does not have.
    """
    if not model.__pydantic_fields_complete__:
        model.model_rebuild()
    return model.model_fields
