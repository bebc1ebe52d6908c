import asyncio
import json
import re

import pytest

from l1.actions.delete_content import delete_content
from tests.running.node import ME
from tests.web.site import picture


async def events(answer):
    """Read server-sent events, one after the other."""
    data = []
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            data.append(line.removeprefix("data: "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def live(page):
    """The stream that a page follows."""
    return re.search(r'data-live="([^"]+)"', page.text)[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", ["/media", "/cache", "/media?type=image"])
async def test_a_page_of_media_hears_what_comes_and_what_goes(site, path):
    async with site.node.worker(), site.browser() as browser, asyncio.timeout(30):
        first = (await site.upload(picture(1)))["cid"]
        await site.node.probed(first)
        page = await browser.get(path)
        assert first in page.text
        async with browser.stream("GET", live(page)) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            heard = events(answer)
            second = (await site.upload(picture(2)))["cid"]
            said = await anext(heard)
            assert second in said, "nothing is said of what stood on the page already"
            while "image ·" not in said.partition(first)[0]:  # until the probe has looked
                said = await anext(heard)
            assert first in said
            assert 'type="file"' not in said, "a form that is being filled in stays as it is"
            await delete_content(site.node.services, ME, first)
            while first in said:
                said = await anext(heard)
            assert second in said


async def test_a_program_hears_the_list_as_data(site):
    async with site.node.worker(), asyncio.timeout(30):
        cid = (await site.upload(picture(3)))["cid"]
        await site.node.probed(cid)
        async with site.owner.stream("GET", "/media/events?limit=1") as answer:
            told = json.loads(await anext(events(answer)))
    assert [item["cid"] for item in told["items"]] == [cid]


async def test_older_pages_and_lists_that_there_are_not_do_not_follow(site):
    for shade in (4, 5):
        await site.upload(picture(shade))
    async with site.browser() as browser:
        newest = await browser.get("/cache?limit=1")
        (older,) = re.findall(r'href="(/cache\?[^"]+)" rel="next"', newest.text)
        assert "data-live" not in (await browser.get(older.replace("&amp;", "&"))).text
        async with (
            asyncio.timeout(20),
            browser.stream("GET", "/cache/events?limit=1&view=html") as s,
        ):
            said = await anext(events(s))
        assert older in said, "the next page is one of the list, not of the stream"
    assert (await site.owner.get("/media/events?type=smell")).status_code == 400
    assert (await site.stranger.get("/media/events")).status_code == 401
