"""Mail out and in. `outbox` keeps and sends; each kind of mail has a module that composes it when it is sent; `incoming` takes what comes."""
