"""Lists brought into the registers from a file: read, looked at, and written only when somebody said so."""
