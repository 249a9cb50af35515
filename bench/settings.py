"""The product's settings, with one more address: the bare view that it is compared with."""

from voxanne.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
