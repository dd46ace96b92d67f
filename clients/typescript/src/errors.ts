import type { PodEndpoint } from "./model.js";

/** The members of a `BerthError`. */
export interface BerthProblem {
    readonly type: string;
    readonly title: string;
    readonly detail: string;
    readonly status: number;
    readonly retryAfter?: number | null;
    readonly endpoint?: PodEndpoint | null;
}

/**
 * A refused or failed request. The problem of an answer (RFC 9457) is given as it is: `type` is `urn:berth:problem:...`, as
 * docs/http-api.md lists them. Where no dispatcher answered, `status` is 0 and `type` is `urn:berth:client:unreachable`; an answer that no
 * dispatcher gives is `urn:berth:client:unreadable`.
 */
export class BerthError extends Error {
    override readonly name = "BerthError";
    /** The kind of the problem, for programs to compare. */
    readonly type: string;
    /** The kind of the problem, for people. */
    readonly title: string;
    /** A sentence for people: what happened, the values, and what to do. The same as `message`. */
    readonly detail: string;
    /** The HTTP status, or 0 without an answer. */
    readonly status: number;
    /** The seconds after which asking again helps, as the dispatcher says; null where it does not say. */
    readonly retryAfter: number | null;
    /** The pod that was asked for and is not ready (`urn:berth:problem:pod-not-ready`), else null. */
    readonly endpoint: PodEndpoint | null;

    constructor(problem: BerthProblem, cause?: unknown) {
        super(problem.detail, cause === undefined ? undefined : { cause });
        this.type = problem.type;
        this.title = problem.title;
        this.detail = problem.detail;
        this.status = problem.status;
        this.retryAfter = problem.retryAfter ?? null;
        this.endpoint = problem.endpoint ?? null;
    }
}

const PROBLEM = "urn:berth:problem:";
const UNREACHABLE = "urn:berth:client:unreachable";
const UNREADABLE = "urn:berth:client:unreadable";

// Their cause is the dispatcher that was asked, so that another one may do better.
const OF_THE_DISPATCHER = ["internal", "not-listed", "too-stale", "not-ready"].map(word => PROBLEM + word);

/** No dispatcher answered. */
export function unreachable(detail: string, cause?: unknown): BerthError {
    return new BerthError({ type: UNREACHABLE, title: "Dispatcher unreachable", detail, status: 0 }, cause);
}

/** Something answered, and it was not what a dispatcher says. */
export function unreadable(detail: string, status: number, retryAfter: number | null = null, cause?: unknown): BerthError {
    return new BerthError({ type: UNREADABLE, title: "Unreadable answer", detail, status, retryAfter }, cause);
}

/** True when another dispatcher may give an answer where this one failed. */
export function isOfTheDispatcher(error: BerthError): boolean {
    return error.type === UNREACHABLE || (error.type === UNREADABLE && error.status !== 404) || OF_THE_DISPATCHER.includes(error.type);
}

/** True when asking again does not help: the request, the token or the target has to change. */
export function isRefusal(error: BerthError): boolean {
    return error.type.startsWith(PROBLEM) && [400, 401, 403, 404].includes(error.status);
}
