// The page for operators: ties the feed of one target to the elements that show it.
import { Feed } from './feed.js';
import './map.js';
import { chip } from './panels.js';
import { byId, capital, fill, getJson, make, named, pathOf, repeat, STATES, wordsOf } from './parts.js';

const one = name => document.querySelector(`berth-${name}`);
const map = one('map'), key = one('key'), changesList = one('changes'), states = byId('states'), by = byId('by'), find = byId('find');
const shownStates = new Set(), chips = new Map();
let feed = null, chosen = null, targets = [], clashesSeen = '', seats = new Map(), stopSeats = null, hasSeats = false;

const settings = () => new URLSearchParams(location.search);

/** Shows the target that the address of the page names, else the first. */
function open() {
  const wanted = settings().get('target') ?? targets[0]?.target;
  by.value = settings().get('by') ?? 'node';
  if (by.selectedIndex < 0)
    by.value = 'node';
  if (!wanted || wanted === feed?.target) {
    if (feed)
      map.show(feed, by.value);
    return;
  }
  feed?.close();
  stopSeats?.();
  chosen = null;
  clashesSeen = '';
  seats = new Map();
  byId('target').textContent = wanted;
  byId('seats').hidden = true;
  key.clear(wanted);
  changesList.clear();
  map.mark(new Set());
  const opened = feed = new Feed(wanted);
  feed.addEventListener('head', showHead);
  feed.addEventListener('pods', ({ detail: { changes, isFirst } }) => {
    map.update(changes, isFirst);
    if (!isFirst)
      changesList.add(changes);
    showLists();
    showPod();
  });
  map.show(feed, by.value);
  showHead();
  showLists();
  showPod();
  markTarget();
  if (hasSeats)
    stopSeats = repeat(() => askSeats(opened), () => Math.max(2_000, opened.pods.size));
}

function go(changes) {
  const query = settings();
  for (const [name, value] of Object.entries(changes))
    query.set(name, value);
  history.pushState(null, '', `?${query.toString().replaceAll('%2F', '/')}`);
  open();
}

function showHead() {
  one('age').update(feed);
  one('banner').update(feed);
  const available = [...feed.pods.values()].filter(pod => pod.state === 'ready').length;
  const state = feed.lostSince ? 'LOST ' : feed.head?.state === 'stale' ? 'STALE ' : '';
  document.title = `${state}${available}/${feed.pods.size} ${feed.target} · Berth`;
  document.body.dataset.state = feed.lostSince ? 'lost' : feed.head?.state ?? 'none';
}

function showLists() {
  fill('left-out', feed.leftOut, ({ pod, reason, detail }) => [make('strong', null, pod), ` ${wordsOf(reason)}: ${detail}`]);
  fill('warnings', feed.warnings, ({ kind, detail }) => [make('strong', null, capital(wordsOf(kind))), ` ${detail}`]);
}

// The pods of the target that is shown come first.
function claimants(claims) {
  const rank = ({ target, pod }) => `${target === feed.target ? 0 : 1} ${target} ${pod}`;
  return claims.map(named).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map(({ target, pod }) => target === feed.target ? pod : `${pod} (${target})`).join(' and ');
}

function showClashes(clashes) {
  fill('clashes', clashes, ({ address, port, protocol, claims }) => [
    make('strong', null, `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`),
    ` is claimed by ${claimants(claims)}`,
  ]);
  map.mark(new Set(clashes.flatMap(({ claims }) => claims.filter(({ target }) => target === feed.target).map(claim => named(claim).pod))));
}

function showPod() {
  const leftOut = feed.pods.has(chosen) ? null : feed.leftOut.find(({ pod }) => pod === chosen);
  one('pod').update(chosen, feed.pods.get(chosen), leftOut, seats.get(chosen));
}

function showStates() {
  const counts = map.count();
  for (const state of [...STATES.keys(), ...counts.keys()]) {
    const count = counts.get(state) ?? 0, isShown = count > 0 || state === 'ready' || shownStates.has(state);
    let button = chips.get(state);
    if (!button && isShown) {
      button = make('button', { type: 'button', className: 'chip', ariaPressed: 'false' }, chip(state), capital(wordsOf(state)), make('b'));
      button.addEventListener('click', () => toggle(state, button));
      chips.set(state, button);
      states.replaceChildren(...[...STATES.keys(), ...chips.keys()].map(name => chips.get(name)).filter(Boolean));
    }
    if (button) {
      button.hidden = !isShown;
      button.lastChild.textContent = count.toLocaleString('en');
    }
  }
}

function toggle(state, button) {
  if (!shownStates.delete(state))
    shownStates.add(state);
  button.ariaPressed = String(shownStates.has(state));
  map.filter(shownStates, find.value);
}

/** The list of targets, with the state of each. Clashes with other targets are told here too: a watch has only those inside its target. */
async function askTargets() {
  ({ targets } = await getJson('../v1/targets'));
  const nav = byId('targets');
  nav.hidden = targets.length < 2;
  const list = nav.querySelector('ul'), links = new Map([...list.querySelectorAll('a')].map(link => [link.dataset.target, link]));
  targets.forEach(({ target, state, endpoints = 0, available = 0, leftOut = 0, portClashes = 0 }, index) => {
    const link = links.get(target) ?? createLink(target);
    link.dataset.state = state === 'live' && (available < endpoints || leftOut + portClashes > 0) ? 'some' : state;
    const text = state === 'live' || state === 'stale' ? `${available}/${endpoints}` : '';
    const more = [state === 'live' ? '' : wordsOf(state), leftOut > 0 ? `${leftOut} left out` : '', portClashes > 0 ? 'port clash' : ''];
    link.lastChild.textContent = [text, ...more].filter(Boolean).join(' · ');
    if (list.children[index] !== link.parentElement)
      list.insertBefore(link.parentElement, list.children[index] ?? null);
  });
  while (list.children.length > targets.length)
    list.lastChild.remove();
  if (!feed)
    open();
  markTarget();
  await askClashes(targets.find(({ target }) => target === feed?.target));
}

function createLink(target) {
  const link = make('a', { href: `?target=${target}` }, make('span', null, target), make('small'));
  link.dataset.target = target;
  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    event.preventDefault();
    go({ target });
  });
  make('li', null, link);
  return link;
}

function markTarget() {
  for (const link of byId('targets').querySelectorAll('a'))
    link.ariaCurrent = link.dataset.target === feed?.target ? 'page' : null;
}

async function askClashes(state) {
  const seen = `${state?.target} ${state?.portClashes} ${state?.portClashes > 0 ? state.version : ''}`;
  if (!state || seen === clashesSeen)
    return;
  const asked = feed, clashes = state.portClashes > 0 ? (await getJson(`../v1/endpoints/${state.target}`)).portClashes : [];
  if (asked !== feed)
    return;
  clashesSeen = seen;
  showClashes(clashes);
}

async function askSeats(opened) {
  const all = await getJson(`../v1/seats/${pathOf(opened.target)}`);
  if (opened !== feed)
    return;
  byId('seats').hidden = false;
  one('seats').update(all);
  seats = new Map(all.pods.map(pod => [named(pod).pod, pod]));
  map.fillSeats(seats);
  showPod();
}

map.addEventListener('drawn', () => {
  showStates();
  map.fillSeats(seats);
});
map.addEventListener('choose', ({ detail }) => {
  chosen = detail;
  showPod();
});
key.addEventListener('found', ({ detail }) => {
  if (map.reveal(detail))
    return;
  find.value = '';
  shownStates.clear();
  chips.forEach(button => button.ariaPressed = 'false');
  map.filter(shownStates, '');
  map.reveal(detail);
});
one('pod').addEventListener('close', () => {
  chosen = null;
  showPod();
});
by.addEventListener('change', () => go({ by: by.value }));
find.addEventListener('input', () => map.filter(shownStates, find.value));
find.addEventListener('keydown', event => {
  if (event.key === 'Enter')
    map.focusFirst();
});
addEventListener('popstate', open);
setInterval(() => feed && one('age').update(feed), 1_000);
({ seats: hasSeats } = await getJson('about.json').catch(() => ({ seats: false })));
repeat(askTargets, () => Math.max(5_000, targets.length * 10));
