"""What somebody asks moderators to look at."""
