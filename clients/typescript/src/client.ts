import { Dispatchers, type BerthClientOptions } from "./dispatchers.js";
import { unreadable } from "./errors.js";
import type { EndpointSnapshot, PickedEndpoint, PodEndpoint, SeatReservation, TargetSeats } from "./model.js";
import { Confirmation, freezeEndpoint, readAge, readContent, readHead, Snapshot } from "./snapshot.js";
import { watch, type WatchOptions } from "./watch.js";

// In seconds, as in Berth.Client.
const MAX_WAIT = 3600;

/** Ends one request. */
export interface RequestOptions {
    /** Ends the request at once, with the signal's reason. */
    readonly signal?: AbortSignal | undefined;
}

/** One endpoint, chosen by the dispatcher; or one pod by its name or ordinal. */
export interface EndpointQuery extends RequestOptions {
    /** `namespace/service`. Default: the first target of the dispatcher. */
    readonly target?: string;
    /** The same key gives the same pod, from every dispatcher. Without `target` it needs `--picker sticky`. */
    readonly key?: string;
    /** Chooses among the pods of this zone; see `zoneFallback` of the answer. */
    readonly zone?: string;
    /**
     * Asks this cluster first, where the dispatcher follows several; see `clusterFallback` of the answer. With a pod or an ordinal,
     * it alone.
     */
    readonly cluster?: string;
    /** The pod with this ordinal. Needs `target`. */
    readonly ordinal?: number;
    /** The pod of this name. Needs `target`. */
    readonly pod?: string;
}

/** A request for seats. */
export interface SeatRequest extends RequestOptions {
    /** `namespace/service`. */
    readonly target: string;
    /** The number of seats, in one pod. Default 1. */
    readonly seats?: number;
    /** The client's key, such as a room: it chooses the pod with `--seat-policy sticky`. At most 255 characters. */
    readonly key?: string;
    /** The seconds that the client has to come. Default: the dispatcher's, 30. */
    readonly ttl?: number;
    /** The longest wait in line while all is full, in seconds. Default 0; at most 3600, and what the dispatcher allows, 60. */
    readonly wait?: number;
    /** Makes a repeated call safe: the same key gives the same reservation while it lives. Default: a new one for each call. */
    readonly idempotencyKey?: string;
}

/** Names a reservation. */
export type ReservationName = Pick<SeatReservation, "target" | "reservation">;

/**
 * A client of service A. Every method throws a `BerthError` when it is refused, and the signal's reason when it is aborted. Safe to share;
 * it holds nothing open except running watches.
 */
export class BerthClient {
    readonly #dispatchers: Dispatchers;

    /**
     * @param url The address of a dispatcher, or several, in the order in which they are asked: `http://HOST:PORT`, with the path in front
     * of `/v1` where there is one. A page may give a path of its own origin.
     * @param options The options.
     * @throws TypeError An address or an option has a fault; the message names all of them.
     */
    constructor(url: string | readonly string[], options: BerthClientOptions = {}) {
        this.#dispatchers = new Dispatchers(typeof url === "string" ? [url] : url, options);
    }

    /** Asks for one endpoint. */
    async getEndpoint(query: EndpointQuery = {}): Promise<PickedEndpoint> {
        const answer = await this.#dispatchers.send({ method: "GET", path: pathOf(query), signal: query.signal });
        const head = readHead(answer);
        const { endpoint, zoneFallback, clusterFallback } =
            answer as { endpoint?: PodEndpoint; zoneFallback?: boolean; clusterFallback?: boolean };
        if (endpoint === undefined)
            throw unreadable("The answer has no endpoint. Check that this is the address of a dispatcher.", 200);
        return Object.freeze({
            ...freezeEndpoint(endpoint),
            target: head.target,
            isStale: head.state === "stale",
            ageSeconds: readAge(head),
            zoneFallback: zoneFallback ?? false,
            clusterFallback: clusterFallback ?? false,
        });
    }

    /** Asks for all endpoints of a target. */
    async getEndpoints(target: string, options: RequestOptions = {}): Promise<EndpointSnapshot> {
        const answer = await this.#dispatchers.send({ method: "GET", path: `v1/endpoints/${segments(target)}`, signal: options.signal });
        const head = readHead(answer);
        return new Snapshot(head, readContent(answer), new Confirmation(readAge(head)));
    }

    /**
     * Gives all endpoints of a target, and again after every change, until the loop is left or the signal aborts. A watch finds its way
     * back by itself: while no dispatcher can be reached, the last set is given once more as a stale one. Errors never remove endpoints.
     */
    watch(target: string, options: WatchOptions = {}): AsyncGenerator<EndpointSnapshot, never, void> {
        return watch(this.#dispatchers, `v1/watch/${segments(target)}?source`, options);
    }

    /** Reserves seats in one pod. The request is repeated only with the same idempotency key, so it never reserves twice. */
    async reserveSeats(request: SeatRequest): Promise<SeatReservation> {
        const { target, seats, key, ttl, wait } = request;
        if (wait !== undefined && !(wait >= 0 && wait <= MAX_WAIT))
            throw new TypeError(`wait is ${wait}. Give seconds from 0 to ${MAX_WAIT}.`);
        const answer = await this.#dispatchers.send({
            method: "POST",
            path: `v1/seats/${segments(target)}${wait === undefined ? "" : `?wait=${wait}s`}`,
            headers: { "Content-Type": "application/json", "Idempotency-Key": request.idempotencyKey ?? newKey() },
            body: JSON.stringify({ seats, key, ttl }),
            extraTime: wait ?? 0,
            signal: request.signal,
        });
        return toReservation(answer, target);
    }

    /** Gives a reservation more time: `ttl` seconds from now on, by default the dispatcher's 30. Its ticket is a new one. */
    async renewSeats(reservation: ReservationName, options: RequestOptions & { readonly ttl?: number } = {}): Promise<SeatReservation> {
        const answer = await this.#dispatchers.send({
            method: "POST",
            path: `${pathOfReservation(reservation)}/renew`,
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ ttl: options.ttl }),
            signal: options.signal,
        });
        return toReservation(answer, reservation.target);
    }

    /** Ends a reservation or a session. One that was released before is no error. */
    async releaseSeats(reservation: ReservationName, options: RequestOptions = {}): Promise<void> {
        await this.#dispatchers.send({ method: "DELETE", path: pathOfReservation(reservation), signal: options.signal });
    }

    /** Asks for the seats of a target, by pod and in all. */
    async getSeats(target: string, options: RequestOptions = {}): Promise<TargetSeats> {
        return await this.#dispatchers.send(
            { method: "GET", path: `v1/seats/${segments(target)}`, signal: options.signal }) as TargetSeats;
    }
}

function segments(target: string): string {
    const parts = target.split("/");
    if (parts.length !== 2 || parts.includes(""))
        throw new TypeError(`'${target}' is no target. Give NAMESPACE/SERVICE, such as k8s-example2/service-b.`);
    return parts.map(encodeURIComponent).join("/");
}

function pathOf(query: EndpointQuery): string {
    const one = query.pod ?? query.ordinal?.toString();
    const isChosen = query.key !== undefined || query.zone !== undefined;
    if ((one !== undefined && isChosen) || (query.pod !== undefined && query.ordinal !== undefined))
        throw new TypeError("Of pod, ordinal, and key with zone, several are given. Give one of them.");
    if (one !== undefined && query.target === undefined)
        throw new TypeError("pod or ordinal is given without a target. Give the target too.");
    if (query.target !== undefined && one !== undefined)
        return `v1/endpoints/${segments(query.target)}/${encodeURIComponent(one)}${
            query.cluster === undefined ? "" : `?cluster=${encodeURIComponent(query.cluster)}`}`;
    const search = new URLSearchParams();
    if (query.key !== undefined)
        search.set("key", query.key);
    if (query.zone !== undefined)
        search.set("zone", query.zone);
    if (query.cluster !== undefined)
        search.set("cluster", query.cluster);
    const choice = search.toString();
    if (query.target === undefined)
        return choice === "" ? "" : `?${choice}`;
    const onlyCluster = query.cluster !== undefined && choice.startsWith("cluster=");
    return `v1/endpoints/${segments(query.target)}?${choice === "" ? "pick" : choice}${onlyCluster ? "&pick" : ""}`;
}

function pathOfReservation(reservation: ReservationName): string {
    return `v1/seats/${segments(reservation.target)}/${encodeURIComponent(reservation.reservation)}`;
}

function toReservation(answer: unknown, target: string): SeatReservation {
    const reservation = answer as SeatReservation | undefined;
    if (typeof reservation?.reservation !== "string")
        throw unreadable("The answer has no reservation. Check that this is the address of a dispatcher.", 200);
    return Object.freeze({ ...reservation, target });
}

// Not randomUUID: pages that came by http do not have it.
function newKey(): string {
    return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
