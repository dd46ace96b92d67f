// Small parts that all elements use: DOM nodes, words and times.

/** The letter and the name of each state. A state that this page does not know yet has '?'. */
export const STATES = new Map([
  ['ready', 'R'], ['not-ready', 'N'], ['cordoned', 'C'], ['draining', 'D'], ['terminating', 'T'], ['left-out', 'L'], ['no-pod', '–'],
]);

export const letterOf = state => STATES.get(state) ?? '?';

export const wordsOf = state => state.replaceAll('-', ' ');

export const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

export const plural = (count, one, many = one + 's') => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Creates an element with properties and children. Text is text: nothing is ever parsed as HTML. */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** A target as part of a path. */
export const pathOf = target => target.split('/').map(encodeURIComponent).join('/');

/** The same with the cluster in front of the name, where there are several: two pods of one name in two clusters are two pods. */
export const named = pod => pod.cluster ? { ...pod, pod: `${pod.cluster}/${pod.pod}` } : pod;

export const byId = id => document.getElementById(id);

/** Shows or hides a section and fills its list. */
export function fill(id, items, format) {
  const section = byId(id);
  section.hidden = items.length === 0;
  section.querySelector('ul').replaceChildren(...items.slice(0, 200).map(item => make('li', null, ...format(item))),
    ...items.length > 200 ? [make('li', { className: 'quiet' }, `and ${plural(items.length - 200, 'more')}`)] : []);
}

/** A duration in two units at most: 4 s, 4 min 10 s, 2 h 5 min. */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60)
    return `${s} s`;
  if (s < 3600)
    return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400)
    return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
}

export const clock = date => date.toLocaleTimeString('en-GB');

let telling = 0;

/** Tells a screen reader something, at most once a second. */
export function say(text) {
  clearTimeout(telling);
  telling = setTimeout(() => byId('said').textContent = text, 1000);
}

/** Copies a text. Over plain HTTP browsers have no navigator.clipboard, and an older way is taken. */
export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    const focused = document.activeElement;
    const area = make('textarea', { className: 'hidden', value: text, readOnly: true, ariaLabel: 'Copy' });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    focused?.focus();
  }
  byId('said').textContent = `Copied ${text}`;
}

/** A text with a button that copies it. */
export function copyable(text, label) {
  const button = make('button', { type: 'button', className: 'copy', ariaLabel: `Copy ${label} ${text}` }, 'Copy');
  button.addEventListener('click', async () => {
    await copy(text);
    button.textContent = 'Copied';
    setTimeout(() => button.textContent = 'Copy', 1500);
  });
  return make('span', { className: 'copyable' }, make('code', null, text), button);
}

/** Fetches JSON. A problem (RFC 9457) becomes an error with its sentence. */
export async function getJson(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok)
    throw new Error(body.detail ?? response.statusText);
  return body;
}

/** Runs something now and then again after a while, until stopped. A failed run is tried again; nothing runs while the page is hidden. */
export function repeat(run, pause) {
  let timer = 0, stopped = false;
  const again = async () => {
    if (!document.hidden)
      await run().catch(() => {});
    if (!stopped)
      timer = setTimeout(again, pause());
  };
  again();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
