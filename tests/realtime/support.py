"""A fragment as plain as can be, so that these tests speak of delivery and not of looks."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from forums.models import Post


def post_html(post: Post, language: str) -> SafeString:
    words = "removed" if post.deleted_at else post.text
    return format_html('<article id="post-{}" data-number="{}" lang="{}">{}</article>', post.pk, post.number, language, words)
