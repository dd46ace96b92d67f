// The elements around the map: age, banner, one pod, where a key goes, the last changes, seats.
import { capital, clock, copyable, duration, getJson, letterOf, make, named, pathOf, plural, say, wordsOf } from './parts.js';

const MAX_CHANGES = 100;
const MAX_SINGLE = 10;

/** <berth-age>: live or stale, and since when. */
class BerthAge extends HTMLElement {
  #word = make('span', { className: 'word' });
  #age = make('span', { className: 'quiet' });

  connectedCallback() {
    this.replaceChildren(this.#word, this.#age);
  }

  update(feed) {
    const { head, age, lostSince } = feed;
    const state = lostSince ? 'lost' : head?.state ?? 'not listed';
    this.dataset.state = state;
    this.#word.textContent = capital(state);
    this.#age.textContent = head ? `version ${head.version}${age === null ? '' : `, confirmed ${duration(age)} ago`}` : '';
  }
}

/** <berth-banner>: what an operator has to know before anything else. Empty when all is well. */
class BerthBanner extends HTMLElement {
  update(feed) {
    const [kind, title, text] = bannerOf(feed);
    if (this.dataset.key === kind + title + text)
      return;
    this.dataset.key = kind + title + text;
    const parts = [make('strong', null, title), make('span', null, text)];
    this.replaceChildren(...kind ? [make('div', { className: `banner ${kind}` }, ...parts)] : []);
  }
}

function bannerOf({ head, lostSince, reason, pods, leftOut, target }) {
  if (lostSince)
    return ['lost', 'No connection to this dispatcher.', ` Nothing was heard since ${clock(lostSince)}. You see what it said last.`];
  if (!head)
    return ['none', `${target} is not listed yet.`, ` ${reason ?? 'The source has been asked and has not answered yet.'}`];
  if (head.state === 'stale')
    return ['stale', `Stale since ${clock(new Date(head.staleSince))}.`, ` You see the last good answer. ${head.reason ?? ''}`];
  const away = head.clusters.filter(({ state }) => state !== 'live');
  if (away.length > 0) {
    const names = away.map(({ name }) => name).join(', '), reasons = away.map(({ reason }) => reason).filter(Boolean).join(' ');
    return ['stale', `Not live: cluster ${names}.`, ` ${reasons}`];
  }
  if (pods.size === 0) {
    const others = leftOut.length > 0 ? ` ${plural(leftOut.length, 'pod')} cannot be dialled: see Left out.` : '';
    return ['none', `${target} has no pods.`, others];
  }
  return ['', '', ''];
}

/** <berth-pod>: all about the chosen pod. */
class BerthPod extends HTMLElement {
  #shown = null;
  // Where the window is narrow, the pod lies over the map.
  #close = make('button', { type: 'button', className: 'close' }, 'Close');

  connectedCallback() {
    this.#close.addEventListener('click', () => this.dispatchEvent(new Event('close')));
  }

  /** Shows a pod; redraws only what is new, so that a button keeps its focus. */
  update(pod, endpoint, leftOut, seats) {
    const now = JSON.stringify([pod, endpoint, leftOut, seats]);
    if (this.#shown === now)
      return;
    this.#shown = now;
    if (!pod)
      this.replaceChildren(make('h2', null, 'Pod'), make('p', { className: 'quiet' }, 'Choose a cell to see its pod.'));
    else
      this.replaceChildren(make('h2', null, pod), ...partsOf(endpoint, leftOut, seats), this.#close);
    this.dataset.pod = pod ?? '';
  }
}

function partsOf(endpoint, leftOut, seats) {
  if (leftOut)
    return [make('p', null, make('strong', null, 'Left out: '), `${wordsOf(leftOut.reason)}. ${capital(leftOut.detail)}.`)];
  if (!endpoint)
    return [make('p', { className: 'quiet' }, 'No pod has this name now.')];
  const rows = [['State', make('span', { className: 'state' }, chip(endpoint.state), capital(wordsOf(endpoint.state)))]];
  for (const address of endpoint.addresses) {
    for (const { name, port, protocol } of endpoint.ports) {
      const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`, isMain = authority === endpoint.authority;
      const term = [name || (isMain ? 'Address' : 'Port'), protocol === 'TCP' ? '' : protocol].join(' ').trim();
      rows.push([term, copyable(authority, name || 'address')]);
    }
  }
  for (const host of endpoint.hostname ? [endpoint.hostname] : [])
    rows.push(['Host name', copyable(host, 'host name')]);
  rows.push(['Node', endpoint.node ?? 'unknown'], ['Zone', endpoint.zone ?? 'unknown']);
  rows.push(['UID', make('code', null, endpoint.uid ?? 'unknown')]);
  if (endpoint.cluster)
    rows.push(['Cluster', endpoint.cluster]);
  if (seats) {
    const { desk, taken, reserved, free, capacity } = seats;
    const counts = `${taken} taken, ${reserved} reserved, ${free} free of ${capacity}${desk === 'closed' ? '; closed' : ''}`;
    rows.push(['Seats', desk === 'silent' ? 'The desk is silent' : counts]);
  }
  return [make('dl', null, ...rows.flatMap(([term, value]) => [make('dt', null, term), make('dd', null, value)]))];
}

/** The small mark of a state, as its cells have it. */
export function chip(state) {
  const mark = make('i', { className: 'mark', ariaHidden: 'true' }, letterOf(state));
  mark.dataset.state = letterOf(state) === '?' ? 'unknown' : state;
  return mark;
}

/** <berth-key>: asks the server where a key goes, so that the answer is that of every client. */
class BerthKey extends HTMLElement {
  #target = '';
  #input = make('input', { id: 'key', autocomplete: 'off', spellcheck: false, required: true, maxLength: 1000 });
  #answer = make('p', { role: 'status' });

  connectedCallback() {
    const form = make('form', null, make('label', { htmlFor: 'key' }, 'Key'), this.#input, make('button', { type: 'submit' }, 'Ask'));
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#ask();
    });
    this.replaceChildren(form, this.#answer);
  }

  clear(target) {
    this.#target = target;
    this.#answer.replaceChildren();
  }

  async #ask() {
    const target = this.#target, key = this.#input.value;
    try {
      const { endpoint, version } = await getJson(`../v1/endpoints/${pathOf(target)}?key=${encodeURIComponent(key)}`);
      if (target !== this.#target)
        return;
      const { pod } = named(endpoint);
      this.#answer.replaceChildren(make('strong', null, pod), ` of version ${version} `, copyable(endpoint.authority, 'address'));
      this.dispatchEvent(new CustomEvent('found', { detail: pod }));
    } catch (error) {
      this.#answer.textContent = error.message;
    }
  }
}

/** <berth-changes>: what has changed while this page was open, newest first. */
class BerthChanges extends HTMLElement {
  #list = make('ol', { reversed: true, role: 'list' });

  connectedCallback() {
    this.clear();
  }

  clear() {
    this.#list.replaceChildren();
    this.replaceChildren(make('p', { className: 'quiet' }, 'None since this page was opened.'));
  }

  add(changes, pods) {
    if (changes.length === 0)
      return;
    const time = clock(new Date()), counts = new Map();
    for (const { kind } of changes)
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const lines = changes.length <= MAX_SINGLE
      ? changes.map(({ kind, pod }) => [kind, `${pod} ${sentenceOf(kind)}`])
      : [...counts].map(([kind, count]) => [kind, `${plural(count, 'pod')} ${sentenceOf(kind)}`]);
    for (const [kind, text] of lines)
      this.#list.prepend(make('li', null, make('time', null, time), chip(STATE_OF[kind] ?? kind), text));
    while (this.#list.children.length > MAX_CHANGES)
      this.#list.lastChild.remove();
    if (!this.#list.isConnected)
      this.replaceChildren(this.#list);
    say(lines.slice(0, 3).map(([, text]) => text).join('. '));
  }
}

const STATE_OF = { joined: 'ready', left: 'no-pod', replaced: 'ready', updated: 'ready' };
const SENTENCES = { joined: 'joined', left: 'left', replaced: 'was replaced', updated: 'was updated', 'not-ready': 'is not ready' };
const sentenceOf = kind => SENTENCES[kind] ?? `is ${wordsOf(kind)}`;

/** <berth-seats>: all seats of the target. */
class BerthSeats extends HTMLElement {
  update({ capacity, free, reserved, taken, waiting, pods }) {
    const silent = pods.filter(pod => pod.desk === 'silent').length, closed = pods.filter(pod => pod.desk === 'closed').length;
    const bar = make('div', { className: 'bar', role: 'img', ariaLabel: `${taken} of ${capacity} seats taken, ${reserved} reserved` },
      make('i', { className: 'taken' }), make('i', { className: 'reserved' }));
    bar.children[0].style.inlineSize = `${100 * taken / Math.max(1, capacity)}%`;
    bar.children[1].style.inlineSize = `${100 * reserved / Math.max(1, capacity)}%`;
    const more = [[waiting, 'waiting', 'waiting'], [silent, 'desk silent', 'desks silent'], [closed, 'desk closed', 'desks closed']]
      .filter(([count]) => count > 0).map(([count, one, many]) => plural(count, one, many));
    const [t, r, f, c] = [taken, reserved, free, capacity].map(count => count.toLocaleString('en'));
    this.replaceChildren(bar, make('p', null, `${t} taken, ${r} reserved, ${f} free of ${c}`),
      ...more.length > 0 ? [make('p', { className: 'quiet' }, more.join(', '))] : []);
  }
}

const elements = { age: BerthAge, banner: BerthBanner, pod: BerthPod, key: BerthKey, changes: BerthChanges, seats: BerthSeats };
for (const [name, type] of Object.entries(elements))
  customElements.define(`berth-${name}`, type);
