"""Run as a program of its own by fetch.py: a feed on stdin, its entries as JSON on stdout. It imports nothing of the house.

Exit 2: no feed. The parser sees bytes only, so it never fetches anything itself.
"""

import calendar
import json
import resource
import sys

MEMORY = 512 * 1024 * 1024
SECONDS = 8
MOST = 50


def main(content_type: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import feedparser  # noqa: PLC0415 -- inside the limits

    try:
        read = feedparser.parse(sys.stdin.buffer.read(), response_headers={"content-type": content_type} if content_type else {})
    except Exception:
        return 2
    if not read.get("version"):
        return 2
    entries = []
    for entry in read.entries[:MOST]:
        at = entry.get("published_parsed") or entry.get("updated_parsed")
        words = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", [])), "")
        entries.append(
            {
                "id": str(entry.get("id") or entry.get("link") or "")[:2000],
                "title": str(entry.get("title", ""))[:2000],
                "link": str(entry.get("link", ""))[:2000],
                "html": str(words)[:20_000],
                "at": calendar.timegm(at) if at else None,
            }
        )
    said = {"title": str(read.feed.get("title", ""))[:500], "language": str(read.feed.get("language", ""))[:20], "entries": entries}
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
