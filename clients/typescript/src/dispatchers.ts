import { BerthError, isOfTheDispatcher, unreachable, unreadable, type BerthProblem } from "./errors.js";

// In seconds, as in Berth.Client. A timer of JavaScript takes at most 2,147,483 s: one that is longer fires at once.
const MAX_ANSWER_TIMEOUT = 300;
const MAX_IDLE_TIMEOUT = 3600;

/** The options of a `BerthClient`. Every one has a default. */
export interface BerthClientOptions {
    /**
     * The bearer token of each request, or a function that gives it. The function is called for each request, so that tokens may rotate.
     * Default: none. It is sent as it is: use `https` where others can listen.
     */
    readonly token?: string | (() => string | Promise<string>);
    /** Sends the requests. Default: `fetch` of the browser or of Node. */
    readonly fetch?: typeof globalThis.fetch;
    /** The seconds in which a dispatcher has to answer. Default 10; above 0, at most 300. */
    readonly answerTimeout?: number;
    /**
     * The seconds without a byte after which a watch counts as dead. Default 35; above 0, at most 3600. A dispatcher sends something every
     * 15 s.
     */
    readonly idleTimeout?: number;
}

/** One request to the first dispatcher that answers. */
export interface DispatcherRequest {
    readonly method: "GET" | "POST" | "DELETE";
    /** The path and query after the dispatcher's address, without a slash in front. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Seconds that the dispatcher may take in addition; at most 3600. */
    readonly extraTime?: number;
    readonly signal?: AbortSignal | undefined;
}

/** An open answer. `close` ends it at once. */
export interface OpenAnswer {
    readonly url: URL;
    readonly response: Response;
    /** The head has arrived: from now on only `close` and the caller's signal end it. */
    readonly keep: () => void;
    readonly close: () => void;
    /** What a failure of its body means. */
    readonly toError: (failure: unknown) => BerthError;
}

/** The dispatchers of a client, and the one that answered last. */
export class Dispatchers {
    readonly #urls: readonly URL[];
    readonly #options: BerthClientOptions;
    #answered = 0;

    constructor(urls: readonly string[], options: BerthClientOptions) {
        const faults = [...urlFaults(urls), ...optionFaults(options)];
        if (faults.length > 0)
            throw new TypeError(faults.join(" "));
        this.#urls = urls.map(toUrl);
        this.#options = options;
    }

    get count(): number {
        return this.#urls.length;
    }

    get idleTimeout(): number {
        return this.#options.idleTimeout ?? 35;
    }

    /** The turn of the dispatcher that answered last. Turns count on; each is another dispatcher's. */
    get turn(): number {
        return this.#answered;
    }

    /**
     * Sends a request and returns the JSON of the answer. When a dispatcher does not answer, or has no list yet, the next one is asked; a
     * single one is asked a second time when the connection broke.
     */
    async send(request: DispatcherRequest): Promise<unknown> {
        const failures: BerthError[] = [];
        for (let turn = this.#answered; ; turn++) {
            try {
                const answer = await this.#sendOnce(turn, request);
                this.#answered = turn % this.count;
                return answer;
            } catch (error) {
                if (!(error instanceof BerthError))
                    throw error;
                failures.push(error);
                if (!isOfTheDispatcher(error))
                    throw error;
                if (failures.length >= this.#attempts(error))
                    throw failures[0];
            }
        }
    }

    /** Opens an answer of the dispatcher whose turn it is. Throws a BerthError when it is not 2xx. */
    async open(turn: number, request: DispatcherRequest): Promise<OpenAnswer> {
        const { signal } = request;
        signal?.throwIfAborted();
        const url = this.#urls[turn % this.count] as URL;
        const limit = (this.#options.answerTimeout ?? 10) + (request.extraTime ?? 0);
        const controller = new AbortController();
        let isLate = false;
        const timer = setTimeout(() => {
            isLate = true;
            controller.abort();
        }, limit * 1000);
        const end = (): void => controller.abort(signal?.reason);
        signal?.addEventListener("abort", end, { once: true });
        const close = (): void => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
            controller.abort();
        };
        const toError = (failure: unknown): BerthError => {
            signal?.throwIfAborted();
            return failure instanceof BerthError ? failure : isLate ? late(url, limit) : broken(url, failure);
        };
        try {
            const response = await this.#fetch(url, request, controller.signal);
            if (!response.ok)
                throw await readProblem(url, response);
            return { url, response, keep: () => clearTimeout(timer), close, toError };
        } catch (error) {
            close();
            throw toError(error);
        }
    }

    async #sendOnce(turn: number, request: DispatcherRequest): Promise<unknown> {
        const answer = await this.open(turn, request);
        try {
            const text = await answer.response.text();
            return answer.response.status === 204 ? undefined : JSON.parse(text) as unknown;
        } catch (error) {
            throw error instanceof SyntaxError ? notADispatcher(answer.url, answer.response, error) : answer.toError(error);
        } finally {
            answer.close();
        }
    }

    async #fetch(url: URL, request: DispatcherRequest, signal: AbortSignal): Promise<Response> {
        const headers = new Headers({ Accept: "application/json", ...request.headers });
        const token = await this.#findToken(url);
        if (token !== undefined)
            headers.set("Authorization", `Bearer ${token}`);
        // Not every fetch looks at a signal that has been aborted before.
        signal.throwIfAborted();
        // A browser's fetch wants to be called on the global object.
        const send = this.#options.fetch ?? globalThis.fetch.bind(globalThis);
        return send(new URL(request.path, url), {
            method: request.method, headers, signal, cache: "no-store", ...(request.body === undefined ? {} : { body: request.body }),
        });
    }

    async #findToken(url: URL): Promise<string | undefined> {
        const { token } = this.#options;
        if (typeof token !== "function")
            return token;
        try {
            return await token();
        } catch (error) {
            throw unreachable(`There is no token for ${url.href}: ${reasonOf(error)}. Correct the function that returns it.`, error);
        }
    }

    /** The number of attempts. One that took all its time is not repeated with the same dispatcher. */
    #attempts(error: BerthError): number {
        return this.count > 1 ? this.count : error.status === 0 && error.cause !== undefined ? 2 : 1;
    }
}

function late(url: URL, limit: number): BerthError {
    return unreachable(
        `${url.href} did not answer within ${limit} s. Check that a dispatcher runs there, and that this machine reaches it.`);
}

// Browsers do not say why, on purpose.
function broken(url: URL, failure: unknown): BerthError {
    return unreachable(
        `${url.href} cannot be reached: ${reasonOf(failure)}. Check the address, that a dispatcher runs there, and for a page of another ` +
        "origin, that the dispatcher allows it (--cors-origin).", failure);
}

/** An answer of something that is no dispatcher. */
export function notADispatcher(url: URL, response: Response, cause?: unknown): BerthError {
    const type = response.headers.get("Content-Type") ?? "no type";
    return unreadable(
        `${url.href} answered ${response.status} with ${type}, which a dispatcher does not do. Check that this is the address of a ` +
        "dispatcher, and not of a proxy or another server.", response.status, readRetryAfter(response), cause);
}

async function readProblem(url: URL, response: Response): Promise<BerthError> {
    try {
        const problem = JSON.parse(await response.text()) as Partial<BerthProblem> | null;
        if (typeof problem?.type === "string" && typeof problem.detail === "string")
            return new BerthError({
                type: problem.type,
                title: problem.title ?? "",
                detail: problem.detail,
                status: response.status,
                retryAfter: readRetryAfter(response),
                endpoint: problem.endpoint ?? null,
            });
    } catch (error) {
        if (!(error instanceof SyntaxError))
            throw error;
    }

    return notADispatcher(url, response);
}

function readRetryAfter(response: Response): number | null {
    const text = response.headers.get("Retry-After");
    if (text === null)
        return null;
    if (/^\d+$/.test(text))
        return Number(text);
    // A date that a proxy has put there. It starts with the day of the week; Date.parse alone takes -5 for a date too.
    const seconds = /^[A-Z]/i.test(text) ? (Date.parse(text) - Date.now()) / 1000 : NaN;
    return Number.isNaN(seconds) ? null : Math.max(seconds, 0);
}

function reasonOf(error: unknown): string {
    let inner = error;
    while (inner instanceof Error && inner.cause instanceof Error)
        inner = inner.cause;
    const message = inner instanceof Error ? inner.message || inner.name : String(inner);
    return message.replace(/\.$/, "");
}

function toUrl(text: string): URL {
    // A page may give a path of its own origin.
    const url = new URL(text, globalThis.location?.href);
    if (!url.pathname.endsWith("/"))
        url.pathname += "/";
    return url;
}

function urlFaults(urls: readonly string[]): string[] {
    if (urls.length === 0)
        return ["No dispatcher is given. Give the address of at least one, such as http://service-a.example.com."];
    return urls.flatMap(text => {
        try {
            const url = toUrl(text);
            if (url.protocol !== "http:" && url.protocol !== "https:")
                return [`'${text}' is no address of a dispatcher. Give http://HOST:PORT or https://HOST:PORT.`];
            if (url.username !== "" || url.password !== "")
                return [`The address of the dispatcher at ${url.host} contains a user or a password. Leave them out, and give a token.`];
            return url.search + url.hash === "" ? [] : [`'${text}' has a query or a fragment. Give the address in front of /v1 only.`];
        } catch {
            return [`'${text}' is no address of a dispatcher. Give http://HOST:PORT or https://HOST:PORT.`];
        }
    });
}

function optionFaults(options: BerthClientOptions): string[] {
    const faults: string[] = [];
    if (options.token === "")
        faults.push("token is empty. Give a token, or leave it out.");
    if (options.answerTimeout !== undefined && !(options.answerTimeout > 0 && options.answerTimeout <= MAX_ANSWER_TIMEOUT))
        faults.push(`answerTimeout is ${options.answerTimeout}. Give seconds above 0 and at most ${MAX_ANSWER_TIMEOUT}.`);
    if (options.idleTimeout !== undefined && !(options.idleTimeout > 0 && options.idleTimeout <= MAX_IDLE_TIMEOUT))
        faults.push(`idleTimeout is ${options.idleTimeout}. Give seconds above 0 and at most ${MAX_IDLE_TIMEOUT}.`);
    return faults;
}
