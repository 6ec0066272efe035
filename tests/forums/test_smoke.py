import pytest

pytestmark = pytest.mark.django_db


def test_pages_open(client, world, topic, public_topic):
    for who in (None, world.carmen, world.ezz, world.dara):
        client.logout()
        if who:
            client.force_login(who.user)
        for url in ["/ar/topics/", "/en/topics/?show=unread", f"/ar/boards/{world.open_board.pk}/", f"/en/topics/{public_topic.pk}/", "/fr/topics/new/", "/en/drafts/", f"/ar/posts/{public_topic.posts.first().pk}/menu/"]:
            r = client.get(url)
            print(who and who.page.handle, url, r.status_code, len(r.content))
            assert r.status_code in (200, 302), r.content[:3000]
