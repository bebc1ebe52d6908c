import asyncio
import hashlib

from l1.events.content import ContentStored
from tests.web.site import picture


async def blobs(site):
    """What lies in the store, and what is still on its way."""
    root = site.node.settings.content_folder
    kept = [f for f in (root / "blobs").rglob("*") if f.is_file()]
    return len(kept), [f for f in (root / "tmp").rglob("*") if f.is_file() and f.stat().st_size]


async def test_a_form_and_a_bare_body_give_the_same_content(site):
    data = picture(1)
    form = await site.upload(data, "ein Bild ü.png")
    assert form["content_hash"] == hashlib.sha3_256(data).hexdigest()
    assert (form["size"], form["existing"], form["name"]) == (len(data), False, "ein Bild ü.png")
    answer = await site.owner.post("/cache/upload?name=bare", content=data)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/cache/{form['cid']}"
    assert answer.json() == {
        **form, "existing": True, "name": "bare", "position": form["position"] + 1,
    }  # fmt: skip


async def test_content_is_found_by_each_of_its_names(site):
    data = picture(2)
    sent = await site.upload(data)
    for name in (sent["cid"], sent["content_hash"], sent["content_hash"].upper()):
        assert (await site.owner.get(f"/cache/{name}")).content == data
    missing = await site.owner.get(f"/cache/{'0' * 64}")
    assert missing.status_code == 404
    assert (await site.owner.get("/cache/nonsense")).status_code == 400


async def test_other_fields_of_a_form_are_let_pass(site):
    data = {"title": "x", "more": "y" * 1000}
    files = {"file": ("a", b"abc" * 100_000)}
    answer = await site.owner.post("/cache/upload", data=data, files=files)
    assert answer.status_code == 201
    assert answer.json()["size"] == 300_000


async def test_a_form_of_many_parts_is_refused(site):
    parts = {str(number): (None, b"x") for number in range(100)}
    files = {**parts, "file": ("a", b"abc")}
    answer = await site.owner.post("/cache/upload", files=files)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    del files["0"]
    assert (await site.owner.post("/cache/upload", files=files)).status_code == 201


async def test_a_name_has_a_cap_and_no_control_characters(site):
    name = "a\n\x00\x1b\u2028b" + "ü" * 300
    kept = "ab" + "ü" * 253
    bare = await site.owner.post("/cache/upload", params={"name": name}, content=b"named")
    assert (bare.status_code, bare.json()["name"]) == (201, kept)
    form = await site.upload(b"named", name)
    assert form["name"].startswith(("ab", "a%0A"))
    assert len(form["name"]) == 255


async def test_a_body_that_says_it_is_too_large_is_not_read(site):
    answer = await site.owner.post("/cache/upload", content=b"x" * 3_200_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_body_that_turns_out_too_large_is_dropped(site):
    async def endless():
        for _ in range(60):
            yield b"x" * 65536

    answer = await site.owner.post("/cache/upload", content=endless())
    assert answer.status_code == 413
    assert await blobs(site) == (0, [])


BROKEN_FORMS = [
    (b"--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nabc", "boundary=b"),
    (b"--b\r\nContent-Disposition: form-data; name=f\r\n\r\nabc\r\n--b--\r\n", "boundary=b"),
    (b"nothing like it", "boundary=b"),
    (b"--b--\r\n", "boundary=b"),
    (b"", "boundary=b"),
    (b"x", "x=y"),
    (b"x", "boundary=" + "b" * 400),
]


async def test_a_form_that_breaks_off_or_has_no_file_leaves_nothing(site):
    for body, kind in BROKEN_FORMS:
        headers = {"Content-Type": f"multipart/form-data; {kind}"}
        answer = await site.owner.post("/cache/upload", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_upload"), body
    assert await blobs(site) == (0, [])


async def test_a_client_that_goes_away_leaves_nothing(site):
    host, port = site.url.removeprefix("http://").split(":")
    token = site.owner.headers["Authorization"]
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /cache/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
    writer.write(head.encode() + b"Content-Length: 2000000\r\n\r\n" + b"x" * 1_500_000)
    await writer.drain()
    root = site.node.settings.content_folder / "tmp"

    async def written():
        return any(file.stat().st_size for file in root.rglob("*") if file.is_file())

    await site.node.until(written, what="the first bytes on the disk")
    writer.close()

    async def gone():
        return (await blobs(site)) == (0, [])

    await site.node.until(gone, what="nothing left")
    assert await site.node.facts(ContentStored) == []


async def test_bytes_that_are_not_what_was_announced_are_refused(site):
    wrong = (await site.upload(picture(3)))["cid"]
    answer = await site.owner.post(f"/cache/upload?cid={wrong}", content=picture(4))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_cid")
    right = await site.owner.post(f"/cache/upload?cid={wrong}", content=picture(3))
    assert right.status_code == 201


async def test_a_browser_is_sent_to_the_contents_page(site):
    async with site.browser() as browser:
        answer = await browser.post("/cache/upload", files={"file": ("a.png", picture(5))})
        assert answer.status_code == 303
        page = await browser.get(answer.headers["location"])
        assert page.status_code == 200
        assert "a.png" in page.text


async def test_a_contents_page_looks_again_until_somebody_looked_into_it(site):
    cid = (await site.upload(picture(7)))["cid"]
    run = await site.run("identity", cid)
    again = 'http-equiv="refresh"'
    async with site.browser() as browser:
        assert again in (await browser.get(f"/cache/{cid}")).text
        assert again not in (await browser.get(f"/cache/{run['recipe_cid']}")).text
        async with site.node.worker():
            await site.node.probed(cid)
        assert again not in (await browser.get(f"/cache/{cid}")).text


async def test_a_name_is_text_wherever_it_stands(site):
    sent = await site.upload(picture(6), "<script>alert(1)</script>")
    async with site.browser() as browser:
        page = await browser.get(f"/cache/{sent['cid']}")
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text
