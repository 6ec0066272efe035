"""What happened, and who listens. `record` and `later` are the doors (`from network.activity.recording import record`)."""
