import { notADispatcher, type Dispatchers, type OpenAnswer } from "./dispatchers.js";
import { BerthError, isRefusal, unreachable, unreadable } from "./errors.js";
import { EventParser, type ServerSentEvent } from "./event-parser.js";
import type { EndpointSnapshot } from "./model.js";
import { WatchState } from "./watch-state.js";

/** The options of a watch. */
export interface WatchOptions {
    /** Ends the watch at once: the loop throws the signal's reason, as `fetch` does. */
    readonly signal?: AbortSignal | undefined;
    /** Called when a connection has ended, with the reason and the seconds until the next one. For logs; the watch goes on by itself. */
    readonly onRetry?: (error: BerthError, delay: number) => void;
}

// Those of Berth.Remote, in seconds.
const FIRST_DELAY = 0.2;
const LONGEST_DELAY = 30;
const LONGEST_ASKED_DELAY = 300;
const SHORT_LIFE = 1;

/**
 * Gives the set of a target and then each newer one, until the signal aborts. Nothing is read ahead: a slow caller gets the latest set. It
 * throws only when no set was ever given and every dispatcher refuses the request.
 */
export async function* watch(
    dispatchers: Dispatchers, path: string, options: WatchOptions): AsyncGenerator<EndpointSnapshot, never, void> {
    const state = new WatchState(dispatchers.count > 1);
    let rounds = 0;
    let round: BerthError[] = [];
    for (let turn = dispatchers.turn; ; turn++) {
        const began = performance.now();
        const confirmations = state.confirmations;
        const ended = yield* follow(dispatchers, turn, path, state, options.signal);
        // A stream that worked may end at any time. One that ends at once is a failure, so that nothing is asked without a pause.
        const hasWorked = state.confirmations > confirmations && performance.now() - began >= SHORT_LIFE * 1000;
        // The clients of a dispatcher that restarts do not all come back in the same moment.
        let delay = hasWorked && dispatchers.count === 1 ? Math.random() : 0;
        rounds = hasWorked ? 0 : rounds;
        round = hasWorked ? [] : [...round, ended];
        if (round.length === dispatchers.count) {
            if (!state.hasGiven && round.every(isRefusal))
                throw round[0] as BerthError;
            const stale = state.lose((round[0] as BerthError).detail);
            if (stale !== null)
                yield stale;
            delay = delayAfter(++rounds, round);
            round = [];
        }

        options.onRetry?.(ended, delay);
        await sleep(delay, options.signal);
    }
}

/** Follows one connection to its end. Returns the reason of the end. */
async function* follow(
    dispatchers: Dispatchers, turn: number, path: string, state: WatchState, signal: AbortSignal | undefined,
): AsyncGenerator<EndpointSnapshot, BerthError, void> {
    let answer: OpenAnswer | null = null;
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    // A cancelled reader ends its read at once, whatever the given fetch does about signals.
    const end = (): void => void reader?.cancel().catch(() => undefined);
    try {
        answer = await dispatchers.open(turn, { method: "GET", path, headers: headersOf(state), signal });
        if (!answer.response.headers.get("Content-Type")?.startsWith("text/event-stream") || answer.response.body === null)
            return notADispatcher(answer.url, answer.response);
        answer.keep();
        reader = answer.response.body.getReader();
        signal?.addEventListener("abort", end, { once: true });
        state.beginConnection();
        const parser = new EventParser();
        for (;;) {
            const bytes = await read(answer.url, reader, dispatchers.idleTimeout, end);
            for (const event of parse(answer.url, parser, bytes)) {
                signal?.throwIfAborted();
                const set = take(state, event);
                if (set !== null)
                    yield set;
            }
        }
    } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof BerthError)
            return error;
        throw error;
    } finally {
        signal?.removeEventListener("abort", end);
        end();
        answer?.close();
    }
}

function headersOf(state: WatchState): Record<string, string> {
    return state.id === null ? { Accept: "text/event-stream" } : { Accept: "text/event-stream", "Last-Event-ID": state.id };
}

/** Reads bytes. Throws a BerthError at the end of the stream, and when nothing comes for too long. */
async function read(
    url: URL, reader: ReadableStreamDefaultReader<Uint8Array>, idleTimeout: number, end: () => void): Promise<Uint8Array> {
    let isSilent = false;
    const timer = setTimeout(() => {
        isSilent = true;
        end();
    }, idleTimeout * 1000);
    try {
        const result = await reader.read();
        if (isSilent)
            throw unreachable(`The watch of ${url.href} sent nothing for ${idleTimeout} s. Another one is tried.`);
        if (result.done)
            throw unreachable(`The watch of ${url.href} ended. Another one is tried.`);
        return result.value;
    } catch (error) {
        throw error instanceof BerthError ? error : unreachable(`The watch of ${url.href} broke. Another one is tried.`, error);
    } finally {
        clearTimeout(timer);
    }
}

function parse(url: URL, parser: EventParser, bytes: Uint8Array): ServerSentEvent[] {
    try {
        return parser.push(bytes);
    } catch (error) {
        throw unreadable(`${url.href} sent something that cannot be used: ${(error as Error).message}.`, 200, null, error);
    }
}

function take(state: WatchState, event: ServerSentEvent): EndpointSnapshot | null {
    try {
        return state.take(event);
    } catch (error) {
        state.forget();
        throw error instanceof BerthError ? error : unreadable(
            `The event '${event.kind}' cannot be read: ${(error as Error).message}.`, 200, null, error);
    }
}

/** The seconds to wait: backoff with jitter, or longer where every dispatcher asks for more. */
function delayAfter(rounds: number, round: readonly BerthError[]): number {
    const full = Math.min(FIRST_DELAY * 2 ** Math.min(rounds - 1, 30), LONGEST_DELAY);
    const backoff = full * (0.5 + Math.random() / 2);
    const asked = Math.min(...round.map(failure => failure.retryAfter ?? 0));
    return Math.max(backoff, Math.min(asked, LONGEST_ASKED_DELAY));
}

function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
        if (signal?.aborted === true)
            return reject(signal.reason as Error);
        const end = (): void => {
            clearTimeout(timer);
            reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener("abort", end);
            resolve();
        }, seconds * 1000);
        signal?.addEventListener("abort", end, { once: true });
    });
}
