import re

import httpx

from l1.access.owner import new_login_code
from tests.web.site import HTML


async def test_a_stranger_is_told_how_to_come_in(site):
    answer = await site.stranger.get("/runs")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthorized"
    page = await site.stranger.get("/runs", headers=HTML)
    assert page.status_code == 401
    assert "artdag login-link" in page.text


async def test_a_wrong_token_is_refused_even_where_none_is_needed(site):
    wrong = {"Authorization": "Bearer no"}
    for path in ("/runs", "/"):
        answer = await site.stranger.get(path, headers=wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


async def test_a_login_code_opens_one_session(site):
    code = await new_login_code(site.node.services.views.pool)
    first = await site.stranger.post("/auth", data={"auth_token": code})
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert (await site.stranger.get("/runs")).status_code == 200
    async with httpx.AsyncClient(base_url=site.url) as another:
        second = await another.post("/auth", data={"auth_token": code})
        assert second.status_code == 401
        assert (await another.get("/runs")).status_code == 401


async def test_a_look_at_a_login_link_does_not_use_it_up(site):
    link = f"/auth?auth_token={await new_login_code(site.node.services.views.pool)}"
    looked = await site.stranger.head(link)
    assert looked.status_code == 204
    assert "set-cookie" not in looked.headers
    for _ in range(2):
        page = await site.stranger.get(link, headers=HTML)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers
    assert (await site.stranger.get("/runs")).status_code == 401
    # One press of its one button, as a browser without scripts does it.
    (form,) = re.findall(r'<form [^>]*method="post" action="([^"]+)"', page.text)
    (field,) = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', page.text)
    assert page.text.count("<button") == 1
    assert "<script" not in page.text
    pressed = await site.stranger.post(form, data=dict([field]))
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/")
    assert (await site.stranger.get("/runs")).status_code == 200
    assert (await site.stranger.get(link, headers=HTML)).headers["location"] == "/"


async def test_a_login_link_that_is_no_good_says_so_at_once(site):
    for link in ("/auth", "/auth?auth_token=", "/auth?auth_token=nonsense"):
        page = await site.stranger.get(link, headers=HTML)
        assert page.status_code == 401
        assert "used before or is too old" in page.text
    for sent in ({}, {"auth_token": "nonsense"}):
        answer = await site.stranger.post("/auth", data=sent)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_login_code")


async def test_another_sites_page_cannot_log_out(site):
    async with site.browser() as browser:
        del browser.headers["Origin"]
        sent = [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "odd")]
        sent += [{"Referer": "https://evil.test/page"}, {"Origin": "null"}]
        for headers in sent:
            assert (await browser.get("/logout", headers=headers)).status_code == 403, headers
        assert (await browser.head("/logout")).status_code == 204
        assert (await browser.get("/runs")).status_code == 200
        typed = {"Sec-Fetch-Site": "none"}
        assert (await browser.get("/logout", headers=typed)).status_code == 303
        assert (await browser.get("/runs")).status_code == 401


async def test_over_https_the_cookie_is_secure(site):
    code = await new_login_code(site.node.services.views.pool)
    behind_proxy = {"X-Forwarded-Proto": "https"}
    answer = await site.stranger.post("/auth", data={"auth_token": code}, headers=behind_proxy)
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_after_logging_out_the_cookie_opens_nothing(site):
    async with site.browser() as browser:
        cookies = dict(browser.cookies)
        assert (await browser.get("/runs")).status_code == 200
        assert (await browser.post("/logout")).status_code == 303
        again = await site.stranger.get("/runs", cookies=None, headers=_cookie(cookies))
        assert again.status_code == 401


async def test_another_sites_page_cannot_use_the_session(site):
    async with site.browser() as browser:
        for origin in ("https://evil.test", "null", "http://127.0.0.1:1"):
            answer = await browser.post("/demo", headers={"Origin": origin})
            assert answer.status_code == 403, origin
        del browser.headers["Origin"]
        assert (await browser.post("/demo")).status_code == 403
        same = await browser.post("/demo", headers={"Sec-Fetch-Site": "same-origin"})
        assert same.status_code == 303


async def test_a_name_that_is_not_ours_is_refused(site):
    for host in ("evil.test", "evil.test:80", "user@localhost", "10.0.0.1", "[::2]"):
        answer = await site.owner.get("/runs", headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (421, "bad_host"), host
    for host in ("localhost:1", "127.0.0.1", "[::1]:8100"):
        assert (await site.owner.get("/runs", headers={"Host": host})).status_code == 200, host


async def test_metrics_are_for_the_owner_and_this_machine(site):
    assert (await site.stranger.get("/metrics")).status_code == 200
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        relayed = {name: "203.0.113.9"}
        assert (await site.stranger.get("/metrics", headers=relayed)).status_code == 401, name
        assert (await site.owner.get("/metrics", headers=relayed)).status_code == 200, name


async def test_no_page_may_run_foreign_code_or_be_framed(site):
    policy = (await site.stranger.get("/", headers=HTML)).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def _cookie(cookies):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
