"""Who is no reader: programs, by what they call themselves. Short on purpose: most say bot, crawl or spider, and a page that is only
prefetched was not read (Sec-Purpose). A program that poses as a browser is counted; honest ones are not, and that is what can be had
without following anybody."""

from __future__ import annotations

import re
from functools import lru_cache

_PROGRAMS = re.compile(
    r"bot\b|bot[/;_ -]|crawl|spider|slurp|scrap|fetch|monitor|uptime|pingdom|preview|headless|phantom|puppeteer|playwright|selenium|lighthouse|"
    r"archiver|validator|checker|scanner|feed|rss|curl|wget|python|httpx|aiohttp|okhttp|go-http|java/|libwww|perl|ruby|axios|node-fetch|postman|"
    r"facebookexternalhit|whatsapp|telegram|skypeuri|embedly|quora link|pinterest|vkshare|mediapartners|google-|bingpreview|yandex|baidu|"
    r"ia_archiver|ahrefs|semrush|dataprovider|censys|zgrab|masscan|nmap|nutch",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_048)
def is_program(agent: str) -> bool:
    """Whether this User-Agent is a program's; one that says nothing is one."""
    return len(agent) < 12 or _PROGRAMS.search(agent) is not None
