import assert from "node:assert/strict";
import { test } from "node:test";
import { BerthClient, BerthError } from "../dist/index.js";
import { broken, event, head, json, pod, problem, scriptedFetch, snapshot, source, stream } from "./scripted-fetch.mjs";

const names = set => set.endpoints.map(endpoint => endpoint.pod).join(" ");

/** Reads sets until there are as many as wanted, and then leaves the loop. */
async function read(berth, count, options) {
    const sets = [];
    for await (const set of berth.watch("a/b", options)) {
        sets.push(set);
        if (sets.length === count)
            break;
    }

    return sets;
}

test("snapshot and changes give whole frozen sets in order of ordinals", async () => {
    const { fetch, requests } = scriptedFetch(stream([
        snapshot(1, [pod(0), pod(2)]), event("mark", { version: 1 }), source("d-1", 2),
        event("changes", { ...head(2), changes: [
            { kind: "joined", pod: "b-1", endpoint: pod(1) }, { kind: "left", pod: "b-0", endpoint: null },
            { kind: "draining", pod: "b-2", endpoint: pod(2, { state: "draining" }) },
        ], leftOut: [{ pod: "x", reason: "no-ordinal", detail: "d" }] }), source("d-2", 3),
    ], { stays: true }));
    const [first, second] = await read(new BerthClient("http://d/x", { fetch, token: () => "secret" }), 2);

    assert.equal(names(first), "b-0 b-2");
    assert.equal(names(second), "b-1 b-2");
    assert.deepEqual(second.available.map(endpoint => endpoint.pod), ["b-1"]);
    assert.equal(second.leftOut[0].reason, "no-ordinal");
    assert.ok(first.ageSeconds >= 2 && second.ageSeconds >= 3 && second.ageSeconds < 60);
    assert.ok([second, second.endpoints, second.endpoints[0], second.endpoints[0].addresses, second.leftOut[0]].every(Object.isFrozen));
    assert.equal(requests[0].url, "http://d/x/v1/watch/a/b?source");
    assert.equal(requests[0].headers.get("Authorization"), "Bearer secret");
});

test("a watch resumes from the last complete state, and not from half of one", async () => {
    const { fetch, requests } = scriptedFetch(
        stream([snapshot(1, [pod(0)]), source("d-1")]),
        stream([event("changes", { ...head(2), changes: [{ kind: "joined", pod: "b-1", endpoint: pod(1) }] }), source("d-2"),
            event("changes", { ...head(3), changes: [{ kind: "left", pod: "b-0", endpoint: null }] })]),
        stream([snapshot(3, [pod(1)]), source("d-3")], { stays: true }));
    const sets = await read(new BerthClient("http://d", { fetch }), 5);

    // Each connection ended at once, which is a failure: the set is stale in between.
    assert.deepEqual(
        sets.map(set => `${names(set)} ${set.isStale} ${set.version}`),
        ["b-0 false 1", "b-0 true 1", "b-0 b-1 false 2", "b-0 b-1 true 2", "b-1 false 3"]);
    assert.deepEqual(requests.map(request => request.headers.get("Last-Event-ID")), [null, "d-1", null]);
});

test("the set is stale while no dispatcher answers, and live again when nothing has changed", async () => {
    const { fetch } = scriptedFetch(stream([snapshot(1, [pod(0)]), source("d-1")]), broken, stream([source("d-1", 0)], { stays: true }));
    const [live, stale, again] = await read(new BerthClient("http://d", { fetch }), 3);

    assert.equal(live.isStale, false);
    assert.equal(stale.isStale, true);
    assert.match(stale.staleReason, /The watch of http:\/\/d\/ ended/);
    assert.ok(Date.parse(stale.staleSince) <= Date.now());
    assert.deepEqual([again.isStale, again.staleSince, again.staleReason, names(again)], [false, null, null, "b-0"]);
});

test("a stream that falls silent is left", async () => {
    const { fetch, requests } = scriptedFetch(
        stream([snapshot(1, [pod(0)]), source("d-1")], { stays: true }), stream([snapshot(2, [pod(1)]), source("d-2")], { stays: true }));
    const reasons = [];
    const sets = await read(
        new BerthClient("http://d", { fetch, idleTimeout: 0.01 }), 3, { onRetry: error => reasons.push(error.message) });

    assert.equal(names(sets[2]), "b-1");
    assert.match(reasons[0], /sent nothing for 0.01 s/);
    assert.ok(requests[0].signal.aborted);
});

test("the dispatchers are asked in turn, without a pause until all have failed", async () => {
    const { fetch, requests } = scriptedFetch(
        broken, stream([source(null, null, "The API is away.")], { stays: true }), stream([snapshot(1, [pod(0)]), source("c-1")]));
    const delays = [];
    const berth = new BerthClient(["http://a", "http://b", "http://c"], { fetch });
    await read(berth, 1, { onRetry: (error, delay) => delays.push(delay) });

    assert.deepEqual(requests.map(request => new URL(request.url).host), ["a", "b", "c"]);
    assert.deepEqual(delays, [0, 0]);
});

for (const [asked, least, most] of [["7", 7, 7], ["31536000", 300, 300], ["0", 0.1, 0.2]]) {
    test(`Retry-After ${asked} is honoured up to five minutes`, async () => {
        const { fetch } = scriptedFetch(problem("too-many-requests", 429, { "Retry-After": asked }));
        const stop = new AbortController();
        let waited = null;
        const onRetry = (error, delay) => {
            waited = delay;
            stop.abort();
        };
        await assert.rejects(read(new BerthClient("http://d", { fetch }), 1, { signal: stop.signal, onRetry }), { name: "AbortError" });
        assert.ok(waited >= least && waited <= most, `${waited}`);
    });
}

test("an age beyond any clock counts as 100 years, and a negative one ends the connection only", async () => {
    const withAge = age => source("x-1").replace("\"ageSeconds\":0.5", `"ageSeconds":${age}`);
    const { fetch } = scriptedFetch(
        stream([snapshot(1, [pod(0)]), withAge(-1)]), stream([snapshot(1, [pod(0)]), withAge("\"1\"")]),
        stream([snapshot(1, [pod(0)]), withAge("1e400")], { stays: true }));
    const reasons = [];
    const [set] = await read(new BerthClient("http://d", { fetch }), 1, { onRetry: error => reasons.push(error.detail) });
    assert.ok(set.ageSeconds >= 3_153_600_000 && set.ageSeconds < 3_153_600_060, `${set.ageSeconds}`);
    assert.match(reasons.join("\n"), /^The age -1 is no number of seconds from 0.*\nThe age 1 is no number/);
});

test("a watch that is refused before its first set throws", async () => {
    const { fetch } = scriptedFetch(problem("unknown-target", 404));
    await assert.rejects(read(new BerthClient("http://d", { fetch }), 1), error =>
        error instanceof BerthError && error.type === "urn:berth:problem:unknown-target" && error.status === 404);
});

test("a signal ends the watch at once, though the fetch ignores it", async () => {
    const { fetch } = scriptedFetch(stream([snapshot(1, [pod(0)]), source("d-1")], { stays: true }));
    const stop = new AbortController();
    const sets = [];
    const loop = (async () => {
        for await (const set of new BerthClient("http://d", { fetch }).watch("a/b", { signal: stop.signal })) {
            sets.push(set);
            setImmediate(() => stop.abort(new Error("enough")));
        }
    })();
    await assert.rejects(loop, { message: "enough" });
    assert.equal(sets.length, 1);
});

test("something that is no event stream, or no event, is left and named", async () => {
    const { fetch } = scriptedFetch(
        json({}), stream(["event: snapshot\ndata: {\n\n"]), stream([event("changes", { ...head(1), changes: [] })]),
        stream([snapshot(1, [pod(0)]), source("d-1")], { stays: true }));
    const reasons = [];
    await read(new BerthClient("http://d", { fetch }), 1, { onRetry: error => reasons.push(error.message) });

    assert.match(reasons[0], /answered 200 with application\/json/);
    assert.match(reasons[1], /'snapshot' is not JSON/);
    assert.match(reasons[2], /changes before a snapshot/);
});
