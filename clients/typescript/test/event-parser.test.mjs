import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../dist/event-parser.js";

const STREAM = "\uFEFFretry: 2000\r\n\r\n:heartbeat\n\nevent: snapshot\ndata: {\"a\":\rdata: \"\u00e4\u4e16\u{1F6A2}\"}\r\nid: 1-sent\n\n" +
    "event:mark\rdata:{}\r\rid: lost\nevent: lost\n\n\ndata\n\ndata:  two spaces\r\n\r\nevent: half\ndata: ";
const EVENTS = [
    { kind: "snapshot", data: "{\"a\":\n\"\u00e4\u4e16\u{1F6A2}\"}" },
    { kind: "mark", data: "{}" },
    { kind: "message", data: "" },
    { kind: "message", data: " two spaces" },
];
const bytes = new TextEncoder().encode(STREAM);

test("a stream that is cut at any two bytes gives the same events", () => {
    for (let first = 0; first <= bytes.length; first++) {
        for (let second = first; second <= bytes.length; second++) {
            const parser = new EventParser();
            const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
            assert.deepEqual(parts.flatMap(part => parser.push(part)), EVENTS, `${first} ${second}`);
        }
    }
});

test("a stream that comes byte by byte gives the same events", () => {
    const parser = new EventParser();
    assert.deepEqual([...bytes].flatMap(byte => parser.push(Uint8Array.of(byte))), EVENTS);
});

test("an event that is too long is refused, over any number of lines", () => {
    const parser = new EventParser(100);
    const line = new TextEncoder().encode(`data: ${"x".repeat(30)}\n`);
    parser.push(line);
    parser.push(line);
    assert.throws(() => parser.push(line), RangeError);
});
