"""What must be true of every endpoint, tested over the catalogue."""

import re

import pytest

from l1.compose import endpoints
from l1.web.openapi import document
from tests.web.site import HTML

EVERY = list(endpoints())
NAMES = [endpoint.name for endpoint in EVERY]
ENDLESS = ("/cache/events", "/media/events")
RUN = "00000000-0000-4000-8000-000000000000"


def address(endpoint):
    """An address of the endpoint at which there is nothing."""
    name = "0" * 64 if endpoint.path.startswith("/cache") else RUN
    return re.sub(r"{\w+}", name, endpoint.path)


@pytest.mark.parametrize("endpoint", EVERY, ids=NAMES)
def test_it_is_described(endpoint):
    assert endpoint.summary
    assert endpoint.answers
    operation = document(EVERY, "http://x")["paths"][endpoint.path][endpoint.method.lower()]
    assert operation["summary"] == endpoint.summary
    assert bool(operation["security"]) != endpoint.public
    named = {parameter["name"] for parameter in operation["parameters"]}
    assert named == set(re.findall(r"{(\w+)}", endpoint.path)) | set(endpoint.query)


async def test_each_lets_nobody_in_whom_it_does_not_know(site):
    for endpoint in EVERY:
        relayed = {"X-Forwarded-For": "203.0.113.9"}
        answer = await site.stranger.request(endpoint.method, address(endpoint), headers=relayed)
        if not endpoint.public:
            assert answer.status_code == 401, endpoint.name
            assert answer.json()["code"] == "unauthorized"


async def test_each_answers_data_and_pages_as_it_says(site):
    async with site.browser() as browser:
        for endpoint in EVERY:
            if endpoint.path == "/logout" or endpoint.path in ENDLESS:
                continue
            plain = await site.owner.request(endpoint.method, address(endpoint))
            page = await browser.request(endpoint.method, address(endpoint))
            assert plain.status_code < 500, endpoint.name
            assert page.status_code < 500, endpoint.name
            _check(endpoint, plain, "application/problem+json")
            _check(endpoint, page, "text/html")


def _check(endpoint, answer, of_problems):
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code >= 400:
        assert kind == of_problems, (endpoint.name, answer.text)
        if kind != "text/html":
            problem = answer.json()
            assert problem["status"] == answer.status_code
            assert problem["request_id"] == answer.headers["x-request-id"]
            assert {"type", "title", "detail", "code"} <= set(problem)
    elif answer.status_code == 200:
        assert kind in endpoint.gives, endpoint.name
    else:
        assert answer.status_code in endpoint.answers, endpoint.name


async def test_each_pages_language_is_chosen_by_accept(site):
    for endpoint in EVERY:
        if endpoint.method == "GET" and set(endpoint.gives) == {"application/json", "text/html"}:
            page = await site.owner.get(address(endpoint), headers=HTML)
            data = await site.owner.get(address(endpoint), headers={"Accept": "*/*"})
            assert page.headers["content-type"].startswith("text/html"), endpoint.name
            assert "json" in data.headers["content-type"], endpoint.name
            assert "Accept" in page.headers["vary"]


async def test_other_methods_and_addresses_are_problems(site):
    wrong = await site.owner.patch("/runs")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]
    assert (await site.owner.get("/nowhere")).json()["code"] == "not_found"
    page = await site.stranger.get("/nowhere", headers=HTML)
    assert (page.status_code, "There is nothing" in page.text) == (404, True)
    assert "Log out" not in page.text
    async with site.browser() as browser:
        assert "Log out" in (await browser.get("/nowhere")).text
    assert (await site.owner.get("/static/../app.py")).status_code == 404
    assert (await site.owner.get("/static/%2e%2e%2fapp.py")).status_code == 404


async def test_the_document_is_whole(site):
    written = (await site.stranger.get("/openapi.json")).json()
    assert written["openapi"] == "3.1.0"
    ids = [o["operationId"] for path in written["paths"].values() for o in path.values()]
    assert len(set(ids)) == len(ids) == len(EVERY)
    schemas = written["components"]["schemas"]
    for ref in re.findall(r"#/components/schemas/(\w+)", str(written)):
        assert ref in schemas
