// <berth-map>: one cell for each ordinal, in groups. Only the cells that change are touched, so that 10,000 of them stay smooth.
import { entriesOf, groupsOf, titleOf } from './entries.js';
import { estimate, inNextRow, isWide, put } from './layout.js';
import { copy, letterOf, make, wordsOf } from './parts.js';

// At most ten times a second, however fast changes arrive.
const PAUSE = 100;
const COMPACT_FROM = 1_000;
// Blocks out of sight are not laid out. A block ends with a row of groups.
const BLOCK_GROUPS = 48;
const BLOCK_CELLS = 400;

class BerthMap extends HTMLElement {
  #feed = null;
  #by = 'node';
  #cells = new Map();
  #groups = new Map();
  #gone = new Map();
  #others = new Map();
  #clashing = new Set();
  #states = new Set();
  #text = '';
  #current = null;
  #chosen = null;
  #timer = 0;
  #isDue = false;
  #drawn = 0;
  #cell = make('button', { type: 'button', className: 'cell', tabIndex: -1 });

  connectedCallback() {
    this.setAttribute('role', 'group');
    this.setAttribute('aria-labelledby', 'pods');
    this.setAttribute('aria-describedby', 'hint');
    this.addEventListener('click', event => this.#choose(event.target.closest('.cell')));
    this.addEventListener('keydown', event => this.#key(event));
    this.addEventListener('focusin', event => this.#rove(event.target.closest('.cell')));
    this.addEventListener('pointerover', event => {
      const cell = event.target.closest('.cell');
      if (cell)
        cell.title = cell.ariaLabel;
    });
  }

  /** Shows another target, or another grouping of the same one. */
  show(feed, by) {
    if (feed !== this.#feed)
      this.#gone.clear();
    clearTimeout(this.#timer);
    this.#feed = feed;
    this.#by = by;
    this.#cells.clear();
    this.#groups.clear();
    this.#others.clear();
    this.#current = null;
    this.replaceChildren();
    this.#draw();
  }

  /** Takes changes of the pods. The first ones are the whole set. */
  update(changes, isFirst) {
    for (const { kind, pod } of changes) {
      const before = this.#cells.get(pod)?.entry;
      if (kind === 'left' && before && before.state !== 'left-out')
        this.#gone.set(pod, { ...before, state: 'no-pod', authority: null, goneAt: Date.now() });
      else if (kind !== 'left')
        this.#gone.delete(pod);
    }
    const wait = this.#drawn + PAUSE - performance.now();
    if (wait <= 0)
      this.#draw();
    else if (!this.#isDue) {
      // The timer may be that of pods that have left, which is a long one.
      clearTimeout(this.#timer);
      this.#isDue = true;
      this.#timer = setTimeout(() => this.#draw(), wait);
    }
    for (const { pod } of isFirst || changes.length > 200 ? [] : changes)
      this.#flash(this.#cells.get(pod));
  }

  /** Shows only cells of some states (none for all) that contain a text. */
  filter(states, text) {
    this.#states = states;
    this.#text = text.trim().toLowerCase();
    for (const cell of this.#cells.values())
      cell.hidden = !this.#matches(cell.entry);
    this.#hideEmpty();
  }

  /** Marks the pods that have part in a clash of ports. */
  mark(pods) {
    const before = this.#clashing;
    this.#clashing = pods;
    for (const pod of [...before, ...pods]) {
      const cell = this.#cells.get(pod);
      if (cell)
        this.#paint(cell, cell.entry);
    }
  }

  /** Shows how much of each pod's seats is in use. */
  fillSeats(seats) {
    // A silent desk says nothing of its seats.
    for (const [pod, { capacity = 0, taken, reserved }] of seats) {
      const cell = this.#cells.get(pod), used = capacity > 0 ? Math.round(100 * (taken + reserved) / capacity) / 100 : 0;
      if (cell && capacity > 0 && cell.used !== used) {
        cell.used = used;
        cell.classList.add('seated');
        cell.style.setProperty('--used', used);
      }
    }
  }

  /** Chooses the cell of a pod, and brings it into view. Returns false when a filter hides it. */
  reveal(pod) {
    const cell = this.#cells.get(pod);
    this.#choose(cell);
    cell?.scrollIntoView({ block: 'nearest' });
    return !cell?.hidden;
  }

  /** Focuses the first cell that is shown. */
  focusFirst() {
    this.querySelector('.cell:not([hidden])')?.focus();
  }

  /** Counts the cells by state. */
  count() {
    const counts = new Map();
    for (const { entry } of this.#cells.values())
      counts.set(entry.state, (counts.get(entry.state) ?? 0) + 1);
    return counts;
  }

  #draw() {
    clearTimeout(this.#timer);
    this.#isDue = false;
    this.classList.toggle('compact', this.#feed.pods.size >= COMPACT_FROM);
    const entries = entriesOf(this.#feed, this.#gone, this.#others), seen = new Set(entries.map(entry => entry.pod));
    for (const [pod, cell] of this.#cells) {
      if (!seen.has(pod)) {
        this.#cells.delete(pod);
        this.#release(cell);
      }
    }
    this.#place(groupsOf(entries, this.#by));
    this.#hideEmpty();
    this.#drawn = performance.now();
    this.dispatchEvent(new Event('drawn'));
    if (this.#gone.size > 0)
      this.#timer = setTimeout(() => this.#draw(), 5_000);
  }

  #place(groups) {
    const kept = new Set(), width = this.clientWidth;
    let block = null, at = null, count = 0, cells = 0;
    for (const [key, entries] of groups) {
      if (!block || count === BLOCK_GROUPS || cells >= BLOCK_CELLS && isWide(entries)) {
        block = block ? block.nextElementSibling ?? this.#addBlock() : this.firstElementChild ?? this.#addBlock();
        at = block.firstElementChild;
        count = cells = 0;
      }
      count++;
      cells += entries.length;
      kept.add(key);
      const group = this.#groups.get(key) ?? this.#createGroup(key);
      this.#retitle(group, key, entries);
      at = put(block, group.section, at);
      this.#fill(group.cells, entries);
    }
    for (const [key, group] of this.#groups) {
      if (!kept.has(key)) {
        group.section.remove();
        this.#groups.delete(key);
      }
    }
    for (const empty of this.querySelectorAll('.block:empty'))
      empty.remove();
    for (const each of this.children)
      estimate(each, width, this.classList.contains('compact'));
    if (!this.#current)
      this.#rove(this.querySelector('.cell'));
  }

  #fill(container, entries) {
    let at = container.firstElementChild;
    for (const entry of entries) {
      const cell = this.#cells.get(entry.pod) ?? this.#create(entry.pod);
      if (cell.entry !== entry)
        this.#paint(cell, entry);
      at = put(container, cell, at);
    }
  }

  #addBlock() {
    const block = make('div', { className: 'block' });
    this.append(block);
    return block;
  }

  #createGroup(key) {
    const title = make('h3'), cells = make('div', { className: 'cells' }), section = make('section', { className: 'group' }, title, cells);
    const group = { section, title, cells };
    this.#groups.set(key, group);
    return group;
  }

  #retitle(group, key, entries) {
    const { name, more } = titleOf(this.#by, key, entries), text = [name, ...more].join(' · ');
    if (group.text === text)
      return;
    group.text = text;
    group.title.replaceChildren(make('strong', null, name), text.slice(name.length));
    group.section.classList.toggle('wide', isWide(entries));
    group.section.count = entries.length;
  }

  #create(pod) {
    const cell = this.#cell.cloneNode();
    this.#cells.set(pod, cell);
    return cell;
  }

  #paint(cell, entry) {
    const { pod, ordinal, state, authority, node, detail } = entry, isClash = this.#clashing.has(pod);
    cell.entry = entry;
    cell.dataset.state = letterOf(state) === '?' ? 'unknown' : state;
    cell.classList.toggle('clash', isClash);
    // The style sheet shows both: one node a cell is a fifth of the memory, and the name of the button stays the one below.
    cell.dataset.letter = letterOf(state) + (isClash ? '!' : '');
    cell.dataset.ordinal = ordinal ?? '?';
    cell.ariaLabel = [pod, wordsOf(state), authority ?? detail, node, isClash ? 'port clash' : null].filter(Boolean).join(', ');
    cell.hidden = !this.#matches(entry);
  }

  #matches({ pod, ordinal, state, authority, node, zone }) {
    if (this.#states.size > 0 && !this.#states.has(state))
      return false;
    const text = this.#text;
    return text === '' || `${ordinal}` === text
      || !/^\d+$/.test(text) && `${pod} ${authority} ${node} ${zone}`.toLowerCase().includes(text);
  }

  #hideEmpty() {
    const filters = this.#states.size > 0 || this.#text !== '';
    let shown = 0;
    for (const { section, cells } of this.#groups.values()) {
      section.hidden = filters && !cells.querySelector('.cell:not([hidden])');
      shown += section.hidden ? 0 : 1;
    }
    this.dataset.empty = shown > 0 ? '' : this.#cells.size > 0 ? 'No pod is like this.' : 'Pods appear here as soon as there are some.';
  }

  #flash(cell) {
    if (!cell)
      return;
    cell.classList.remove('changed');
    // Reading a size makes the browser see that the class was gone.
    void cell.offsetWidth;
    cell.classList.add('changed');
  }

  #release(cell) {
    if (cell === this.#current)
      this.#current = null;
    cell.remove();
  }

  #rove(cell) {
    if (!cell || cell === this.#current)
      return;
    if (this.#current)
      this.#current.tabIndex = -1;
    this.#current = cell;
    cell.tabIndex = 0;
  }

  #choose(cell) {
    if (!cell)
      return;
    this.#chosen?.removeAttribute('aria-current');
    this.#chosen = cell;
    cell.setAttribute('aria-current', 'true');
    this.#rove(cell);
    this.dispatchEvent(new CustomEvent('choose', { detail: cell.entry.pod }));
  }

  #key(event) {
    const cell = event.target.closest('.cell');
    if (!cell || event.ctrlKey || event.metaKey || event.altKey)
      return;
    if (event.key.toLowerCase() === 'c' && cell.entry.authority) {
      copy(cell.entry.authority);
      return;
    }
    const cells = [...this.querySelectorAll('.group:not([hidden]) .cell:not([hidden])')], at = cells.indexOf(cell);
    const to = { ArrowRight: () => cells[at + 1], ArrowLeft: () => cells[at - 1], Home: () => cells[0], End: () => cells.at(-1),
      ArrowDown: () => inNextRow(cells, at, 1), ArrowUp: () => inNextRow(cells, at, -1) }[event.key];
    if (!to)
      return;
    event.preventDefault();
    to()?.focus();
  }
}

customElements.define('berth-map', BerthMap);
