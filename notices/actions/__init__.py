"""What can be done with notices, by noun: the only writers of this room's tables."""

from notices.actions.notices import forget_thread, mark_all_read, mark_read, mark_thread_read, tell

__all__ = ["forget_thread", "mark_all_read", "mark_read", "mark_thread_read", "tell"]
