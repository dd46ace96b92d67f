import { unreachable, unreadable } from "./errors.js";
import type { ServerSentEvent } from "./event-parser.js";
import type { EndpointSnapshot, EndpointWarning, LeftOutPod, PodEndpoint } from "./model.js";
import { Confirmation, freezeEndpoint, readAge, readContent, readHead, Snapshot, type SnapshotHead } from "./snapshot.js";

interface Change {
    readonly pod: string;
    readonly cluster?: string;
    readonly endpoint: PodEndpoint | null;
}

interface SourceMessage {
    readonly state: string | null;
    readonly ageSeconds: number | null;
    readonly reason: string | null;
}

/**
 * The set of one target, kept over connections. `snapshot` and `changes` events change it; a `source` event completes it, and only then is
 * it given on.
 */
export class WatchState {
    readonly #pods = new Map<string, PodEndpoint>();
    #leftOut: readonly LeftOutPod[] = [];
    #warnings: readonly EndpointWarning[] = [];
    #head: SnapshotHead | null = null;
    #confirmation = new Confirmation(null);
    #current: Snapshot | null = null;
    #id: string | null = null;
    #isComplete = true;
    #isLost = false;
    #confirmations = 0;
    readonly #hasOthers: boolean;

    /** @param hasOthers True when another dispatcher may have a list where this one has none. */
    constructor(hasOthers = false) {
        this.#hasOthers = hasOthers;
    }

    /** The dispatcher's name of the state, to resume from; null when it has to come whole. */
    get id(): string | null {
        return this.#id;
    }

    /** True once a set was given. */
    get hasGiven(): boolean {
        return this.#current !== null;
    }

    /** Counts how often a dispatcher has confirmed the set. */
    get confirmations(): number {
        return this.#confirmations;
    }

    /** Another connection begins: what arrived without its end is not built on. */
    beginConnection(): void {
        if (!this.#isComplete)
            this.#id = null;
        this.#isComplete = true;
    }

    /** The state has to come whole. */
    forget(): void {
        this.#id = null;
    }

    /** Takes an event. Returns the set that it completes, or null. Throws a BerthError for one that cannot be used. */
    take(event: ServerSentEvent): EndpointSnapshot | null {
        switch (event.kind) {
            case "snapshot":
            case "changes":
                this.#apply(event.kind, parse(event));
                return null;
            case "source":
                return this.#complete(parse(event) as SourceMessage);
            default:
                return null;
        }
    }

    /** No dispatcher confirms the set. Returns it as a stale one, or null when there is none or it is stale already. */
    lose(reason: string): EndpointSnapshot | null {
        this.#isLost = true;
        const current = this.#current;
        if (current === null || current.isStale)
            return null;
        const { target, version, observedAt } = current;
        return this.#current = new Snapshot(
            { target, version, observedAt, state: "stale", staleSince: new Date().toISOString(), reason }, current, this.#confirmation);
    }

    #apply(kind: "snapshot" | "changes", data: unknown): void {
        const head = readHead(data);
        if (kind === "changes" && this.#id === null && this.#isComplete)
            throw unreadable("The dispatcher sent changes before a snapshot.", 200);
        this.#isComplete = false;
        this.#id = null;
        if (kind === "snapshot")
            this.#replace(data);
        else
            this.#change(data as { changes?: readonly Change[]; leftOut?: readonly LeftOutPod[]; warnings?: readonly EndpointWarning[] });
        this.#head = head;
    }

    #replace(data: unknown): void {
        const content = readContent(data);
        this.#pods.clear();
        for (const endpoint of content.endpoints)
            this.#pods.set(keyOf(endpoint), endpoint);
        this.#leftOut = content.leftOut;
        this.#warnings = content.warnings;
    }

    #change(data: { changes?: readonly Change[]; leftOut?: readonly LeftOutPod[]; warnings?: readonly EndpointWarning[] }): void {
        for (const change of data.changes ?? []) {
            if (change.endpoint === null)
                this.#pods.delete(keyOf(change));
            else
                this.#pods.set(keyOf(change), freezeEndpoint(change.endpoint));
        }

        this.#leftOut = data.leftOut ?? this.#leftOut;
        this.#warnings = data.warnings ?? this.#warnings;
    }

    /** The dispatcher has no list yet. */
    #takeEmpty(reason: string): EndpointSnapshot | null {
        const detail = `The dispatcher has no endpoints of this target yet. ${reason}`;
        if (this.#hasOthers)
            throw unreachable(detail);
        return this.lose(detail);
    }

    #complete(source: SourceMessage): EndpointSnapshot | null {
        if (source.state === null)
            return source.reason === null ? null : this.#takeEmpty(source.reason);
        if (this.#head === null || (this.#isComplete && source.state !== this.#id))
            return null;
        const age = readAge(source);
        this.#confirmations++;
        if (this.#isComplete && !this.#isLost) {
            // The same set.
            this.#confirmation.confirm(age);
            return null;
        }

        // Earlier sets keep their own age.
        this.#confirmation = new Confirmation(age);
        this.#id = source.state;
        this.#isComplete = true;
        this.#isLost = false;
        return this.#current = new Snapshot(
            this.#head, { endpoints: [...this.#pods.values()], leftOut: this.#leftOut, warnings: this.#warnings }, this.#confirmation);
    }
}

// A pod of one name may be in several clusters.
function keyOf(pod: { readonly pod: string; readonly cluster?: string }): string {
    return pod.cluster === undefined ? pod.pod : `${pod.cluster}/${pod.pod}`;
}

function parse(event: ServerSentEvent): unknown {
    try {
        return JSON.parse(event.data);
    } catch (error) {
        throw unreadable(`The event '${event.kind}' is not JSON.`, 200, null, error);
    }
}
