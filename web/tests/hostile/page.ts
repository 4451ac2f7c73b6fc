// The page in which hostile messages are shown: the product's own component for what people write,
// without the policy that would stop what gets through. `show` says what it found.

import { flushSync, mount, unmount } from 'svelte';
import Prose from '../../src/components/Prose.svelte';
import { harm } from './harm';

declare global {
  interface Window {
    /** Called by whatever runs. */
    hit(): void;
    hits: number;
    show(texts: string[]): Promise<string[][]>;
    /** What the look at an element says of markup that nobody cleaned. */
    judge(html: string): string[];
  }
}

window.hits = 0;
window.hit = () => void window.hits++;

/** Everything that a pointer or the browser itself could set off. */
const EVENTS = ['pointerenter', 'mouseover', 'focus', 'load', 'error', 'toggle', 'animationstart', 'keydown'];

window.show = async (texts) => {
  const target = document.getElementById('app')!;
  const shown = texts.map((text) => mount(Prose, { target, props: { text, go: () => {}, me: 'ada', called: { mentions: ['ada'] } } }));
  flushSync();
  // Colours and formulas come from chunks that are fetched once.
  await import('../../src/lib/highlight');
  await import('../../src/lib/math');
  await new Promise((done) => setTimeout(done));
  const found = [...target.children].map((prose) => {
    const elements = [...prose.querySelectorAll('*')];
    for (const element of elements) for (const name of EVENTS) element.dispatchEvent(new Event(name));
    const inert = new DOMParser().parseFromString(prose.innerHTML, 'text/html');
    // What is written out and read again must be as harmless as it was.
    return [...elements.flatMap(harm), ...[...inert.body.querySelectorAll('*'), ...inert.head.children].flatMap(harm).map((what) => `read again: ${what}`)];
  });
  if (found.length !== texts.length) throw new Error(`${found.length} of ${texts.length} are in the page`);
  for (const one of shown) await unmount(one);
  if (target.childNodes.length > 0) throw new Error('something stays in the page');
  return found;
};

window.judge = (html) => {
  const inert = new DOMParser().parseFromString(html, 'text/html');
  return [...inert.querySelectorAll('*')].flatMap((element) => [...harm(element), ...(element === inert.body && inert.body.hasAttributes() ? ['attributes of the body'] : [])]);
};
