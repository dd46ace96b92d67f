// The state of one target, live by /v1/watch: all pods, those left out, warnings, and how old it is.

import { named, pathOf } from './parts.js';

// A source event comes every 15 s. Without one for this long the connection is lost, whatever the browser thinks of it.
const SILENCE = 40_000;
const RETRY = 2_000;

export class Feed extends EventTarget {
  pods = new Map();
  leftOut = [];
  warnings = [];
  clashes = [];
  /** The latest state: target, version, state, staleSince, reason, clusters. Null before the first list. */
  head = null;
  /** Why there is no list yet, where the dispatcher knows. */
  reason = null;
  /** The time since when nothing is heard, or null. */
  lostSince = null;
  #confirmed = null;
  #source = null;
  #timer = 0;

  constructor(target) {
    super();
    this.target = target;
    this.#open();
  }

  /** Seconds since the API server confirmed the state, or null when that is not known. */
  get age() {
    return this.#confirmed === null ? null : Math.max(0, Date.now() - this.#confirmed) / 1000;
  }

  close() {
    clearTimeout(this.#timer);
    this.#source.close();
  }

  #open() {
    const source = this.#source = new EventSource(`../v1/watch/${pathOf(this.target)}?source`);
    const on = (kind, act) => source.addEventListener(kind, event => {
      this.#hear();
      act(JSON.parse(event.data));
    });
    on('snapshot', data => this.#replace(data));
    on('changes', data => this.#apply(data));
    on('source', data => this.#confirm(data));
    source.onerror = () => {
      this.#lose();
      // The browser comes back by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED)
        this.#wait(RETRY);
    };
    this.#wait(SILENCE);
  }

  #wait(time) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#source.close();
      this.#lose();
      this.#open();
    }, time);
  }

  #hear() {
    this.#wait(SILENCE);
    if (this.lostSince === null)
      return;
    this.lostSince = null;
    this.#tell('head');
  }

  #lose() {
    this.lostSince ??= new Date();
    this.#tell('head');
  }

  #confirm({ ageSeconds, reason }) {
    this.#confirmed = ageSeconds === null ? null : Date.now() - ageSeconds * 1000;
    this.reason = reason;
    this.#tell('head');
  }

  /** A whole state. What differs from the one before is told as changes, so that none is missed after a lost connection. */
  #replace(data) {
    const before = this.pods, isFirst = this.head === null, changes = [];
    this.pods = new Map(data.endpoints.map(named).map(endpoint => [endpoint.pod, endpoint]));
    for (const [pod, endpoint] of this.pods) {
      const kind = kindOf(before.get(pod), endpoint);
      if (kind)
        changes.push({ kind, pod, endpoint });
    }
    for (const pod of before.keys()) {
      if (!this.pods.has(pod))
        changes.push({ kind: 'left', pod, endpoint: null });
    }
    this.clashes = data.portClashes;
    this.#take(data, changes, isFirst);
  }

  #apply(data) {
    const changes = data.changes.map(change => ({ ...named(change), endpoint: change.endpoint && named(change.endpoint) }));
    for (const { pod, endpoint } of changes) {
      if (endpoint)
        this.pods.set(pod, endpoint);
      else
        this.pods.delete(pod);
    }
    this.#take(data, changes, false);
  }

  #take(data, changes, isFirst) {
    const { target, version, state, staleSince, reason, clusters = [] } = data;
    this.head = { target, version, state, staleSince, reason, clusters };
    this.leftOut = data.leftOut?.map(named) ?? this.leftOut;
    this.warnings = data.warnings ?? this.warnings;
    this.#tell('head');
    this.#tell('pods', { changes, isFirst });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

function kindOf(before, after) {
  if (!before)
    return 'joined';
  if (before.uid !== after.uid)
    return 'replaced';
  if (before.state !== after.state)
    return after.state;
  return before.authority === after.authority && before.node === after.node ? null : 'updated';
}
