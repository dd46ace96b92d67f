import { unreadable } from "./errors.js";
import type { EndpointSnapshot, EndpointWarning, LeftOutPod, PodEndpoint } from "./model.js";

// In seconds, as in Berth.Remote.
const MAX_AGE = 100 * 365 * 24 * 3600;

/** The members at the start of every answer about a target. */
export interface SnapshotHead {
    readonly target: string;
    readonly version: number;
    readonly observedAt: string;
    readonly ageSeconds?: number;
    readonly state: string;
    readonly staleSince: string | null;
    readonly reason: string | null;
}

/** The time since the API server last confirmed something, by a clock that never jumps. */
export class Confirmation {
    #age: number | null = null;
    #at = 0;

    constructor(age: number | null | undefined) {
        this.confirm(age);
    }

    get ageSeconds(): number | null {
        return this.#age === null ? null : this.#age + (performance.now() - this.#at) / 1000;
    }

    confirm(age: number | null | undefined): void {
        this.#age = age ?? null;
        this.#at = performance.now();
    }
}

/** The pods of a snapshot, and the lists beside them. */
export interface SnapshotContent {
    readonly endpoints: readonly PodEndpoint[];
    readonly leftOut: readonly LeftOutPod[];
    readonly warnings: readonly EndpointWarning[];
}

/** A snapshot, frozen. */
export class Snapshot implements EndpointSnapshot {
    readonly target: string;
    readonly version: number;
    readonly observedAt: string;
    readonly endpoints: readonly PodEndpoint[];
    readonly available: readonly PodEndpoint[];
    readonly leftOut: readonly LeftOutPod[];
    readonly warnings: readonly EndpointWarning[];
    readonly isStale: boolean;
    readonly staleSince: string | null;
    readonly staleReason: string | null;
    readonly #confirmation: Confirmation;

    constructor(head: SnapshotHead, content: SnapshotContent, confirmation: Confirmation) {
        this.target = head.target;
        this.version = head.version;
        this.observedAt = head.observedAt;
        this.endpoints = Object.freeze([...content.endpoints].sort(compare));
        this.available = Object.freeze(this.endpoints.filter(endpoint => endpoint.state === "ready"));
        this.leftOut = freezeAll(content.leftOut);
        this.warnings = freezeAll(content.warnings);
        this.isStale = head.state === "stale";
        this.staleSince = head.staleSince;
        this.staleReason = head.reason;
        this.#confirmation = confirmation;
        Object.freeze(this);
    }

    get ageSeconds(): number | null {
        return this.#confirmation.ageSeconds;
    }
}

/** Reads the age of an answer or event, in seconds: at most 100 years. Throws a BerthError when it is negative or no number. */
export function readAge(value: { readonly ageSeconds?: number | null }): number | null {
    const age = value.ageSeconds ?? null;
    if (age !== null && !(typeof age === "number" && age >= 0))
        throw unreadable(`The age ${age} is no number of seconds from 0. Check that this is the address of a dispatcher.`, 200);
    return age === null ? null : Math.min(age, MAX_AGE);
}

/** Reads the head of an answer. Throws a BerthError when there is none. */
export function readHead(value: unknown): SnapshotHead {
    const head = value as SnapshotHead | null;
    if (typeof head?.target !== "string" || typeof head.version !== "number" || typeof head.state !== "string")
        throw unreadable("The answer has no target, version or state. Check that this is the address of a dispatcher.", 200);
    return head;
}

/** Reads a whole snapshot. Throws a BerthError when it is none. */
export function readContent(value: unknown): SnapshotContent {
    const content = value as SnapshotContent | null;
    if (!Array.isArray(content?.endpoints))
        throw unreadable("The answer has no list of endpoints. Check that this is the address of a dispatcher.", 200);
    return {
        endpoints: content.endpoints.map(freezeEndpoint),
        leftOut: content.leftOut ?? [],
        warnings: content.warnings ?? [],
    };
}

/** An endpoint as the dispatcher wrote it, which never changes. */
export function freezeEndpoint(endpoint: PodEndpoint): PodEndpoint {
    Object.freeze(endpoint.addresses);
    freezeAll(endpoint.ports);
    return Object.freeze(endpoint);
}

function freezeAll<T>(items: readonly T[]): readonly T[] {
    for (const item of items)
        Object.freeze(item);
    return Object.freeze(items);
}

// By ordinal; pods without one come last, by name.
function compare(left: PodEndpoint, right: PodEndpoint): number {
    const last = Number.MAX_SAFE_INTEGER;
    const byOrdinal = (left.ordinal ?? last) - (right.ordinal ?? last);
    return byOrdinal || (left.pod < right.pod ? -1 : left.pod > right.pod ? 1 : 0);
}
