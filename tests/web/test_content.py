from tests.web.site import picture


async def test_bytes_come_whole_in_ranges_or_not_at_all(site):
    data = bytes(range(256)) * 20
    cid = (await site.upload(data))["cid"]
    path = f"/cache/{cid}/raw"
    whole = await site.owner.get(path)
    assert whole.content == data
    tag = whole.headers["etag"]
    assert tag == f'"{cid}"'
    one = await site.owner.get(path, headers={"Range": "bytes=10-19"})
    assert (one.status_code, one.content) == (206, data[10:20])
    last = await site.owner.get(path, headers={"Range": "bytes=-5"})
    assert last.content == data[-5:]
    two = await site.owner.get(path, headers={"Range": "bytes=0-1,100-101"})
    assert two.status_code == 206
    assert two.headers["content-type"].startswith("multipart/byteranges")
    far = await site.owner.get(path, headers={"Range": "bytes=999999-"})
    assert far.status_code == 416
    for odd in ("items=0-4", "bytes=", "bytes=5-2", "bytes=x-y", "bytes=" + "0-1," * 2000 + "0-1"):
        ignored = await site.owner.get(path, headers={"Range": odd})
        assert (ignored.status_code, ignored.content) == (200, data), odd[:20]
    same = await site.owner.get(path, headers={"Range": "bytes=0-4", "If-Range": tag})
    assert same.content == data[:5]
    other = await site.owner.get(path, headers={"Range": "bytes=0-4", "If-Range": '"else"'})
    assert (other.status_code, other.content) == (200, data)
    head = await site.owner.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(data)))


async def test_what_a_client_has_is_not_sent_again(site):
    cid = (await site.upload(b"some bytes"))["cid"]
    for tag in (f'"{cid}"', f'"x", W/"{cid}"', "*"):
        answer = await site.owner.get(f"/cache/{cid}", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
    answer = await site.owner.get(f"/cache/{cid}", headers={"If-None-Match": '"x"'})
    assert answer.status_code == 200


async def test_what_is_not_media_can_do_nothing_in_a_browser(site):
    page = b"<!doctype html><script>fetch('/runs')</script>"
    async with site.node.worker():
        cid = (await site.upload(page, "evil.html"))["cid"]
        await site.node.probed(cid)
    answer = await site.owner.get(f"/cache/{cid}/raw")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_a_type_is_kept_only_once_it_is_known(site):
    cid = (await site.upload(picture(9)))["cid"]
    before = await site.owner.get(f"/cache/{cid}/raw")
    assert "immutable" not in before.headers["cache-control"]
    assert before.headers["content-disposition"].startswith("attachment")
    async with site.node.worker():
        await site.node.probed(cid)
    after = await site.owner.get(f"/cache/{cid}/raw")
    assert "private" in after.headers["cache-control"]
    assert "immutable" in after.headers["cache-control"]
    assert after.headers["content-type"] == "image/png"
    assert after.headers["content-disposition"].startswith("inline")


async def test_what_nothing_needs_can_be_deleted(site):
    cid = (await site.upload(picture(10)))["cid"]
    assert (await site.owner.delete(f"/cache/{cid}")).status_code == 200
    assert (await site.owner.get(f"/cache/{cid}")).status_code == 404
    assert (await site.owner.delete(f"/cache/{cid}")).status_code == 404


async def test_what_a_run_names_cannot_be_deleted_and_the_answer_says_why(site):
    cid = (await site.upload(picture(11)))["cid"]
    run = await site.run("identity", cid)
    answer = await site.owner.delete(f"/cache/{cid}")
    assert answer.status_code == 409
    (reason,) = answer.json()["reasons"]
    assert (reason["code"], reason["refs"]) == ("input_of_run", [run["run_id"]])
    async with site.browser() as browser:
        page = await browser.post(f"/cache/{cid}/delete")
        assert page.status_code == 409
        assert "discard it first" in page.text


async def test_lists_go_on_where_the_last_page_ended(site):
    sent = [(await site.upload(picture(n)))["cid"] for n in range(20, 25)]
    seen, url = [], "/cache?limit=2"
    while url:
        answer = await site.owner.get(url)
        assert answer.json()["total"] == 5
        seen += [item["cid"] for item in answer.json()["items"]]
        url = answer.json()["next"]
        assert ("link" in answer.headers) == bool(url)
    assert seen == sent[::-1]
    for bad in ("limit=0", "limit=x", "limit=201", "after=%00", "type=song", "limit=٣"):
        assert (await site.owner.get(f"/cache?{bad}")).status_code == 400, bad


async def test_content_is_called_by_how_it_came_about(site):
    async with site.node.worker():
        cid = (await site.upload(picture(31), "a.png"))["cid"]
        run = await site.ended((await site.run("dog", cid))["run_id"])
    titles = {
        item["cid"]: item["title"] for item in (await site.owner.get("/cache")).json()["items"]
    }
    assert titles[cid] == "a.png"
    assert titles[run["output_cid"]] == "dog of a.png"
    assert titles[run["recipe_cid"]] == "recipe"
    assert titles[run["plan_cid"]] == "plan of a run"
    assert titles[run["provenance_cid"]] == "provenance of an output"


async def test_the_gallery_shows_media_only(site):
    async with site.node.worker():
        image = (await site.upload(picture(30)))["cid"]
        text = (await site.upload(b"just words", "a.txt"))["cid"]
        await site.node.probed(image)
        await site.node.probed(text)
    found = (await site.owner.get("/media")).json()["items"]
    assert [item["cid"] for item in found] == [image]
    async with site.browser() as browser:
        assert f"/cache/{image}/raw" in (await browser.get("/media?type=image")).text
        assert image not in (await browser.get("/media?type=video")).text
