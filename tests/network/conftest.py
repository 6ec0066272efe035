"""Who joins a network, for every test of it."""

from tests.network.accreditation import chair, w

__all__ = ["chair", "w"]
