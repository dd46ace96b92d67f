/** A fetch whose answers a test writes: each is a function of the request, asked in turn. The last one stays. */
export function scriptedFetch(...answers) {
    const requests = [];
    const fetch = async (url, init) => {
        const request = { url: url.href, method: init.method, body: init.body, headers: init.headers, signal: init.signal };
        requests.push(request);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer(request);
    };
    return { fetch, requests };
}

export const json = (value, status = 200, headers = {}) => () =>
    new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });

export const problem = (word, status, headers = {}) => json(
    { type: `urn:berth:problem:${word}`, title: word, status, detail: `It is ${word}.`, instance: "/" }, status,
    { "Content-Type": "application/problem+json", ...headers });

export const broken = () => {
    throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
};

/** An event stream that sends texts and then ends, or stays open without another byte. */
export const stream = (texts, { stays = false } = {}) => () => new Response(new ReadableStream({
    start(controller) {
        for (const text of texts)
            controller.enqueue(new TextEncoder().encode(text));
        if (!stays)
            controller.close();
    },
}), { headers: { "Content-Type": "text/event-stream" } });

export const event = (kind, data) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

export const pod = (ordinal, more = {}) => ({
    pod: `b-${ordinal}`, uid: `uid-${ordinal}`, ordinal, authority: `10.0.0.1:${3000 + ordinal}`, address: "10.0.0.1",
    addresses: ["10.0.0.1"], port: 3000 + ordinal, ports: [{ name: "", port: 3000 + ordinal, protocol: "TCP" }], node: "n", zone: "z",
    ready: true, serving: true, terminating: false, state: "ready", ...more,
});

export const head = (version, more = {}) => ({
    target: "a/b", version, observedAt: "2026-01-01T00:00:00+00:00", state: "live", staleSince: null, reason: null, ...more,
});

export const snapshot = (version, pods) => event("snapshot", { ...head(version), endpoints: pods, leftOut: [], warnings: [] });

export const source = (state, ageSeconds = 0.5, reason = null) => event("source", { state, ageSeconds, dispatchers: ["d"], reason });
