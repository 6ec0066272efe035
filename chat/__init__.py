"""Live chat: conversations that only those who take part in them read."""
