/** One server-sent event. */
export interface ServerSentEvent {
    readonly kind: string;
    readonly data: string;
}

// A snapshot takes about 430 characters a pod.
const MAX_EVENT = 128 * 1024 * 1024;

/**
 * Splits the bytes of a stream into server-sent events (WHATWG HTML, 9.2.6), wherever they are cut. Ids and retry times are passed over: a
 * `source` event names the state to resume from.
 */
export class EventParser {
    // It drops a byte order mark at the start, and keeps half a character until the rest arrives.
    readonly #decoder = new TextDecoder();
    readonly #maxEvent: number;
    #line = "";
    #isAfterReturn = false;
    #kind = "";
    #data: string[] = [];
    #length = 0;

    constructor(maxEvent = MAX_EVENT) {
        this.#maxEvent = maxEvent;
    }

    /** Takes the next bytes and returns the events that they complete. Throws a RangeError at an event that is too long. */
    push(bytes: Uint8Array): ServerSentEvent[] {
        let text = this.#decoder.decode(bytes, { stream: true });
        if (text === "")
            return [];
        // A return and a line feed are one end of a line, also when they come apart.
        if (this.#isAfterReturn && text.startsWith("\n"))
            text = text.slice(1);
        this.#isAfterReturn = text.endsWith("\r");
        const events: ServerSentEvent[] = [];
        let start = 0;
        for (const end of text.matchAll(/\r\n?|\n/g)) {
            this.#append(text.slice(start, end.index));
            start = end.index + end[0].length;
            const event = this.#endLine();
            if (event !== null)
                events.push(event);
        }

        this.#append(text.slice(start));
        return events;
    }

    #append(text: string): void {
        this.#line += text;
        this.#length += text.length;
        if (this.#length > this.#maxEvent)
            throw new RangeError(`an event has more than ${this.#maxEvent} characters`);
    }

    #endLine(): ServerSentEvent | null {
        const line = this.#line;
        this.#line = "";
        if (line === "")
            return this.#endEvent();
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
        if (name === "event")
            this.#kind = value;
        else if (name === "data")
            this.#data.push(value);
        return null;
    }

    #endEvent(): ServerSentEvent | null {
        // An event without data is none.
        const event = this.#data.length === 0 ? null : { kind: this.#kind || "message", data: this.#data.join("\n") };
        this.#kind = "";
        this.#data = [];
        this.#length = 0;
        return event;
    }
}
