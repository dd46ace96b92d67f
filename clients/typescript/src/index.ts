export { BerthClient, type EndpointQuery, type RequestOptions, type ReservationName, type SeatRequest } from "./client.js";
export type { BerthClientOptions } from "./dispatchers.js";
export { BerthError, type BerthProblem } from "./errors.js";
export type {
    EndpointPort, EndpointSnapshot, EndpointState, EndpointWarning, LeftOutPod, PickedEndpoint, PodEndpoint, PodSeats, SeatReservation,
    SeatTotals, TargetSeats,
} from "./model.js";
export type { WatchOptions } from "./watch.js";
