/** One port of a pod. */
export interface EndpointPort {
    /** The name in the port scheme; empty for the only port. */
    readonly name: string;
    readonly port: number;
    /** `TCP` or `UDP`. */
    readonly protocol: string;
}

/** The state of a pod for new clients. Only `ready` pods are picked. */
export type EndpointState = "ready" | "not-ready" | "draining" | "terminating" | "cordoned";

/** One pod that can be dialled. */
export interface PodEndpoint {
    /** The pod's name, such as `service-b-2`. */
    readonly pod: string;
    /** The pod's UID: another one under the same name is another process. */
    readonly uid: string | null;
    readonly ordinal: number | null;
    /** `address:port`, as a client connects to it. */
    readonly authority: string;
    readonly address: string;
    /** All addresses, the one of `authority` first. */
    readonly addresses: readonly string[];
    /** The host name that leads to the pod from outside, for clients that check its certificate. Absent where the pod has none. */
    readonly host?: string;
    readonly port: number;
    readonly ports: readonly EndpointPort[];
    readonly node: string | null;
    readonly zone: string | null;
    /**
     * The cluster that the pod is in. Absent when the dispatcher follows one cluster. Two pods of one name in two clusters are two
     * pods.
     */
    readonly cluster?: string;
    readonly ready: boolean;
    readonly serving: boolean;
    readonly terminating: boolean;
    readonly state: EndpointState;
}

/** The endpoint that the dispatcher chose, and how sure it is of it. */
export interface PickedEndpoint extends PodEndpoint {
    /** `namespace/service`. */
    readonly target: string;
    /** True while the dispatcher cannot confirm its snapshot. */
    readonly isStale: boolean;
    /** The seconds since the API server last confirmed the snapshot, when the dispatcher answered; null when it did not say. */
    readonly ageSeconds: number | null;
    /** True when `zone` was asked for and no pod of that zone was available, so that this one is in another. */
    readonly zoneFallback: boolean;
    /** True when the pod is of another cluster than the one asked for, or than the preferred one. */
    readonly clusterFallback: boolean;
}

/** A pod that cannot be dialled. */
export interface LeftOutPod {
    readonly pod: string;
    readonly reason: string;
    readonly detail: string;
}

/** Something that a person has to look at. */
export interface EndpointWarning {
    readonly kind: string;
    readonly detail: string;
}

/** The complete set of one target at one version. It never changes; only `ageSeconds` moves, as a clock does. */
export interface EndpointSnapshot {
    /** `namespace/service`. */
    readonly target: string;
    /** Counts the changes that one dispatcher has seen. Do not compare the versions of two dispatchers. */
    readonly version: number;
    /** The time of the last change, by the dispatcher's clock (RFC 3339). */
    readonly observedAt: string;
    /** All pods that can be dialled, by ordinal. */
    readonly endpoints: readonly PodEndpoint[];
    /** Those for new clients: in the state `ready`. */
    readonly available: readonly PodEndpoint[];
    readonly leftOut: readonly LeftOutPod[];
    readonly warnings: readonly EndpointWarning[];
    /** True while the set is not confirmed: the dispatcher says so, or no dispatcher can be reached. */
    readonly isStale: boolean;
    /** Since when (RFC 3339), or null while it is live. */
    readonly staleSince: string | null;
    /** Why, as a sentence, or null while it is live. */
    readonly staleReason: string | null;
    /**
     * The seconds since the API server last confirmed this set, now; null when the dispatcher did not say. The set that a watch gave last
     * is confirmed every 15 s while the watch waits for the next one.
     */
    readonly ageSeconds: number | null;
}

/** Seats that are kept for a client on its way. */
export interface SeatReservation {
    /** `namespace/service`. */
    readonly target: string;
    /** The name of the reservation: the pod, a dot and 32 hexadecimal digits. */
    readonly reservation: string;
    /** `taken` once the pod has redeemed the ticket. */
    readonly state: "reserved" | "taken";
    readonly pod: string;
    /** `address:port` of the pod. */
    readonly authority: string;
    /** The pod's host name, where it has one. */
    readonly host?: string;
    readonly ports: readonly EndpointPort[];
    readonly seats: number;
    /** The proof (a JWT). The client shows it to the pod. */
    readonly ticket: string;
    /** The seconds that the client has to come. */
    readonly ttl: number;
    /** The end of that time (RFC 3339), by the pod's clock. */
    readonly expiresAt: string;
}

/** Counts of seats. */
export interface SeatTotals {
    readonly capacity: number;
    readonly free: number;
    readonly reserved: number;
    readonly taken: number;
}

/** The seats of one pod; without counts while its desk is silent. */
export interface PodSeats extends Partial<SeatTotals> {
    readonly pod: string;
    readonly authority: string;
    readonly desk: "open" | "closed" | "silent";
}

/** The seats of a target by pod, and in all. */
export interface TargetSeats extends SeatTotals {
    readonly target: string;
    /** The clients in line. */
    readonly waiting: number;
    readonly pods: readonly PodSeats[];
}
