// What has a cell, and in which group: pods, pods that have just left, pods left out, and ordinals without any of them.

import { plural, wordsOf } from './parts.js';

// A pod that has left keeps its cell for a while: its successor usually comes back to the same ordinal.
const KEEP_GONE = 60_000;
const MAX_GAPS = 1_000;
const RANGE = 100;
const FEW = 24;
const LEFT_OUT = '~left-out';
const NO_POD = '~no-pod';

const KEYS = {
  node: entry => entry.node ?? null,
  zone: entry => entry.zone ?? null,
  cluster: entry => entry.cluster ?? null,
  ordinal: entry => Number.isInteger(entry.ordinal) ? Math.floor(entry.ordinal / RANGE) * RANGE : null,
};

const natural = new Intl.Collator('en', { numeric: true }).compare;
const byOrdinal = (a, b) => (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity) || 0;
const rank = key => [null, LEFT_OUT, NO_POD].indexOf(key);

/**
 * Lists all entries by ordinal. An entry that has not changed is the same object as before.
 * @param gone pods that have left, by name; those that left long ago are taken out.
 * @param others the entries that are no pods, by name, as they were; replaced by those of now.
 */
export function entriesOf({ pods, leftOut }, gone, others) {
  const entries = [...pods.values()], before = new Map(others), isLeftOut = new Set(leftOut.map(({ pod }) => pod));
  for (const [pod, entry] of gone) {
    if (pods.has(pod) || isLeftOut.has(pod) || Date.now() - entry.goneAt > KEEP_GONE)
      gone.delete(pod);
    else
      entries.push(entry);
  }
  others.clear();
  const add = made => {
    const known = before.get(made.pod), entry = known && known.detail === made.detail && known.isGap === made.isGap ? known : made;
    others.set(made.pod, entry);
    entries.push(entry);
  };
  for (const { pod, reason, detail } of leftOut) {
    if (!pods.has(pod) && !others.has(pod))
      add({ pod, ordinal: ordinalOf(pod), state: 'left-out', reason, detail });
  }
  for (const made of gapsOf(entries))
    add(made);
  return entries.sort(byOrdinal);
}

/** Groups entries by node, zone, cluster or range of ordinals: pairs of a key and its entries, in order. */
export function groupsOf(entries, by) {
  const groups = new Map();
  for (const entry of entries) {
    const key = entry.state === 'left-out' ? LEFT_OUT : entry.isGap && by !== 'ordinal' ? NO_POD : KEYS[by](entry), group = groups.get(key);
    if (group)
      group.push(entry);
    else
      groups.set(key, [entry]);
  }
  return [...groups].sort((a, b) => rank(a[0]) - rank(b[0]) || natural(a[0], b[0]));
}

/** The name of a group, and what else its title says. */
export function titleOf(by, key, entries) {
  if (key === LEFT_OUT)
    return { name: 'Left out', more: [plural(entries.length, 'pod')] };
  if (key === NO_POD)
    return { name: 'No pod', more: [plural(entries.length, 'ordinal')] };
  const { node, zone, address, ordinal } = entries[0], counts = new Map();
  for (const { state } of entries)
    counts.set(state, (counts.get(state) ?? 0) + 1);
  const more = by === 'node' && node ? [zone, address] : [];
  if (by !== 'ordinal' && entries.length > FEW)
    more.push(`${ordinal} to ${entries.at(-1).ordinal}`);
  if (by !== 'node' || entries.length > FEW)
    more.push(plural(entries.length - (counts.get('no-pod') ?? 0), 'pod'));
  for (const [state, count] of counts)
    more.push(state === 'ready' ? null : `${count} ${wordsOf(state)}`);
  return { name: key === null ? `No ${by}` : by === 'ordinal' ? `${key} to ${key + RANGE - 1}` : key, more: more.filter(Boolean) };
}

function gapsOf(entries) {
  const taken = new Set();
  let least = Infinity, most = -1, stem = '';
  for (const { ordinal, pod, state } of entries) {
    if (!Number.isInteger(ordinal))
      continue;
    taken.add(ordinal);
    // A pod may be left out because its ordinal is far too large.
    if (state === 'left-out')
      continue;
    least = Math.min(least, ordinal);
    if (ordinal > most)
      [most, stem] = [ordinal, pod.slice(0, pod.lastIndexOf('-') + 1)];
  }
  const gaps = [];
  for (let ordinal = least + 1; ordinal < most && gaps.length < MAX_GAPS; ordinal++) {
    if (!taken.has(ordinal))
      gaps.push({ pod: stem + ordinal, ordinal, state: 'no-pod', isGap: true });
  }
  return gaps;
}

const ordinalOf = pod => /-(0|[1-9]\d*)$/.test(pod) ? Number(pod.slice(pod.lastIndexOf('-') + 1)) : null;
