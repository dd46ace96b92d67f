import assert from "node:assert/strict";
import { test } from "node:test";
import { BerthClient, BerthError } from "../dist/index.js";
import { broken, head, json, pod, problem, scriptedFetch } from "./scripted-fetch.mjs";

const one = json({ ...head(1, { ageSeconds: 2 }), endpoint: pod(0) });
const reservation = json({ reservation: "b-0.6c1f", state: "reserved", pod: "b-0", authority: "10.0.0.1:3000", ports: [], seats: 2,
    ticket: "t", ttl: 30, expiresAt: "2026-01-01T00:00:30+00:00" }, 201);

for (const [query, path] of [
    [{}, ""],
    [{ key: "a b", zone: "west" }, "?key=a+b&zone=west"],
    [{ target: "a/b" }, "v1/endpoints/a/b?pick"],
    [{ target: "a/b", key: "k&" }, "v1/endpoints/a/b?key=k%26"],
    [{ target: "a/b", ordinal: 0 }, "v1/endpoints/a/b/0"],
    [{ target: "a/b", pod: "b-0" }, "v1/endpoints/a/b/b-0"],
]) {
    test(`getEndpoint ${JSON.stringify(query)} asks for '${path}'`, async () => {
        const { fetch, requests } = scriptedFetch(one);
        const endpoint = await new BerthClient("https://d/berth", { fetch }).getEndpoint(query);
        assert.equal(requests[0].url, `https://d/berth/${path}`);
        assert.equal(requests[0].headers.get("Accept"), "application/json");
        assert.deepEqual([endpoint.authority, endpoint.target, endpoint.isStale, endpoint.ageSeconds, endpoint.zoneFallback],
            ["10.0.0.1:3000", "a/b", false, 2, false]);
    });
}

test("faults of arguments are named at once", async () => {
    const options = { token: "", answerTimeout: 0, idleTimeout: -1 };
    assert.throws(() => new BerthClient(["ftp://d", "http://u:p@d", "http://d?x"], options), error =>
        error instanceof TypeError && ["'ftp://d'", "user or a password", "'http://d?x'", "token is empty", "answerTimeout is 0",
            "idleTimeout is -1"].every(text => error.message.includes(text)));
    assert.throws(() => new BerthClient([]), /No dispatcher is given/);
    const berth = new BerthClient("http://d");
    assert.throws(() => berth.watch("service-b"), /'service-b' is no target/);
    await assert.rejects(berth.getEndpoint({ ordinal: 1 }), /without a target/);
    await assert.rejects(berth.getEndpoint({ target: "a/b", ordinal: 1, key: "k" }), /Give one of them/);
});

test("a time beyond its limit, which would fire at once as a timer, is refused", async () => {
    for (const idleTimeout of [3600.5, 2_147_484, 1e300, Infinity, NaN])
        assert.throws(() => new BerthClient("http://d", { idleTimeout }), new RegExp(`idleTimeout is .* above 0 and at most 3600\\.`));
    const { fetch, requests } = scriptedFetch(json({ reservation: "b-0.6c1f" }));
    const berth = new BerthClient("http://d", { fetch, idleTimeout: 3600 });
    for (const wait of [-1, 3601, 2_147_484, 1e300, Infinity, NaN])
        await assert.rejects(berth.reserveSeats({ target: "a/b", wait }), error =>
            error instanceof TypeError && error.message === `wait is ${wait}. Give seconds from 0 to 3600.`);
    assert.equal(requests.length, 0);
    await berth.reserveSeats({ target: "a/b", wait: 3600 });
    assert.deepEqual(requests.map(request => request.url), ["http://d/v1/seats/a/b?wait=3600s"]);
});

for (const [asked, seconds] of [
    ["0", 0], ["7", 7], ["31536000", 31_536_000], ["2147483647", 2_147_483_647], ["2147483648", 2_147_483_648],
    ["99999999999", 99_999_999_999], ["99999999999999999999", 1e20], ["9".repeat(400), Infinity], ["-5", null], ["1.5", null],
    ["1e3", null], ["7, 8", null], ["soon", null], ["", null], ["Sun, 22 Nov 2020 11:00:00 GMT", 0], [null, null],
]) {
    test(`Retry-After '${asked}' asks for ${seconds} s`, async () => {
        const { fetch } = scriptedFetch(problem("full", 503, asked === null ? {} : { "Retry-After": asked }));
        const error = await new BerthClient("http://d", { fetch }).getEndpoints("a/b").catch(e => e);
        assert.equal(error.retryAfter, seconds);
    });
}

test("a problem is an error with its members", async () => {
    const { fetch, requests } = scriptedFetch(problem("full", 503, { "Retry-After": "3" }));
    const error = await new BerthClient("http://d", { fetch }).reserveSeats({ target: "a/b" }).catch(e => e);
    assert.ok(error instanceof BerthError && error instanceof Error);
    assert.deepEqual([error.name, error.type, error.title, error.detail, error.message, error.status, error.retryAfter],
        ["BerthError", "urn:berth:problem:full", "full", "It is full.", "It is full.", 503, 3]);
    assert.equal(requests.length, 1);
});

test("an answer of another server is named", async () => {
    const { fetch } = scriptedFetch(() => new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }));
    const error = await new BerthClient("http://d", { fetch }).getEndpoints("a/b").catch(e => e);
    assert.deepEqual([error.type, error.status], ["urn:berth:client:unreadable", 502]);
    assert.match(error.message, /answered 502 with text\/html/);
});

test("a broken connection is tried once more, with the same idempotency key", async () => {
    const { fetch, requests } = scriptedFetch(broken, reservation);
    const seat = await new BerthClient("http://d", { fetch }).reserveSeats({ target: "a/b", seats: 2, key: "room", ttl: 30, wait: 5 });
    assert.deepEqual([seat.target, seat.reservation, seat.ticket], ["a/b", "b-0.6c1f", "t"]);
    assert.equal(requests[1].url, "http://d/v1/seats/a/b?wait=5s");
    assert.deepEqual(JSON.parse(requests[1].body), { seats: 2, key: "room", ttl: 30 });
    assert.match(requests[0].headers.get("Idempotency-Key"), /^[0-9a-f]{32}$/);
    assert.equal(requests[0].headers.get("Idempotency-Key"), requests[1].headers.get("Idempotency-Key"));
});

test("a dispatcher that is away is named, after the second attempt", async () => {
    const { fetch, requests } = scriptedFetch(broken);
    const error = await new BerthClient("http://d", { fetch }).getEndpoint().catch(e => e);
    assert.deepEqual([error.type, error.status, requests.length], ["urn:berth:client:unreachable", 0, 2]);
    assert.match(error.message, /http:\/\/d\/ cannot be reached: connect ECONNREFUSED\. Check/);
});

test("the next dispatcher is asked when one is away or has no list, and stays the first", async () => {
    const { fetch, requests } = scriptedFetch(broken, problem("not-listed", 503), one);
    const berth = new BerthClient(["http://a", "http://b", "http://c"], { fetch });
    await berth.getEndpoint();
    await berth.getEndpoint();
    assert.deepEqual(requests.map(request => new URL(request.url).host), ["a", "b", "c", "c"]);
});

test("a refusal is not carried to the next dispatcher", async () => {
    const { fetch, requests } = scriptedFetch(problem("unauthorized", 401));
    await assert.rejects(new BerthClient(["http://a", "http://b"], { fetch }).getEndpoint(), { status: 401 });
    assert.equal(requests.length, 1);
});

test("a release is repeated when its answer was lost", async () => {
    const { fetch, requests } = scriptedFetch(broken, () => new Response(null, { status: 204 }));
    await new BerthClient("http://d", { fetch }).releaseSeats({ target: "a/b", reservation: "b-0.6c1f" });
    const urls = requests.map(request => `${request.method} ${request.url}`);
    assert.deepEqual(urls, Array(2).fill("DELETE http://d/v1/seats/a/b/b-0.6c1f"));
});

test("a dispatcher that does not answer in time is given up, and not asked again", async () => {
    const { fetch, requests } = scriptedFetch(({ signal }) => new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))));
    const error = await new BerthClient("http://d", { fetch, answerTimeout: 0.01 }).getEndpoint().catch(e => e);
    assert.match(error.message, /did not answer within 0.01 s/);
    assert.equal(requests.length, 1);
    const stop = new AbortController();
    const asked = new BerthClient("http://d", { fetch }).getEndpoint({ signal: stop.signal });
    stop.abort();
    await assert.rejects(asked, { name: "AbortError" });
});
