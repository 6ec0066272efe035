"""The planted world, for every test of the house that walks addresses."""

from tests.house.planted import planted

__all__ = ["planted"]
