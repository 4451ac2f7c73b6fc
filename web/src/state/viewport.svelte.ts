// The part of a long list that is drawn, and where whoever reads it stands. Whatever grows, comes or
// goes around them, the row they look at stays where it is; whoever is at the end stays at the end.

import { flushSync, untrack } from 'svelte';
import { position, type Item } from '../lib/log';
import { Heights, spanOf, type Span } from '../lib/window';
import type { Spot } from './room.svelte';

/** A message of one line under a name. */
const GUESS_PX = 56;
/** Drawn above and below what is seen. */
const AROUND_PX = 800;
const NEAR_PX = 80;
/** Rows that are measured bring others into sight, which are measured in turn. */
const ROUNDS_MAX = 4;

export interface Drawn extends Span {
  /** How high everything above and below is. */
  above: number;
  below: number;
}

export class Viewport {
  drawn = $state.raw<Drawn>({ from: 0, to: 0, above: 0, below: 0 });
  atEnd = $state(true);

  #heights = new Heights(GUESS_PX);
  #known = new Map<number, number>();
  #rows = new Map<number, HTMLElement>();
  #seqs = new WeakMap<Element, number>();
  #items: Item[] = [];
  #first: number | undefined;
  #last: number | undefined;
  /** The end of the list is the end of all there is. */
  #isWhole = true;
  #anchor: Spot | null = null;
  #scroller: HTMLElement | undefined;
  #list: HTMLElement | undefined;
  #top = 0;
  #drawing = 0;
  readonly #observer = new ResizeObserver((entries) => this.#resized(entries));

  constructor(spot: Spot | null) {
    this.#anchor = spot;
    this.atEnd = spot === null;
  }

  /** `around` are the parts beside the list that may grow. Answers with what undoes it. */
  attach(scroller: HTMLElement, list: HTMLElement, ...around: HTMLElement[]): () => void {
    this.#scroller = scroller;
    this.#list = list;
    for (const one of [scroller, ...around]) this.#observer.observe(one);
    return () => {
      this.#observer.disconnect();
      cancelAnimationFrame(this.#drawing);
    };
  }

  /** For `use:` on every row. */
  row = (element: HTMLElement, seq: number) => {
    this.#rows.set(seq, element);
    this.#seqs.set(element, seq);
    this.#observer.observe(element);
    return {
      destroy: () => {
        if (this.#rows.get(seq) === element) this.#rows.delete(seq);
        this.#observer.unobserve(element);
      },
    };
  };

  /** Takes the list as it is now, before it is drawn. */
  take(items: Item[], isWhole: boolean): void {
    const known = (at: number) => this.#known.get(items[at]?.seq ?? -1);
    const { count } = this.#heights;
    const grew = items.length >= count && items[0]?.seq === this.#first && (count === 0 || items[count - 1]?.seq === this.#last);
    if (grew && count > 0) this.#heights.grow(items.length, known);
    else this.#heights.reset(items.length, known);
    this.#items = items;
    this.#first = items[0]?.seq;
    this.#last = items.at(-1)?.seq;
    this.#isWhole = isWhole;
    untrack(() => {
      if (!isWhole) this.#leaveEnd();
      this.#draw();
    });
  }

  /** Measures what was drawn anew, and puts whoever reads where they were. */
  settle(): void {
    for (let round = 0; round < ROUNDS_MAX && this.#measure(); round++) {
      this.#draw();
      flushSync();
    }
    this.#place();
  }

  /** Somebody scrolled. */
  scrolled(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const top = scroller.scrollTop;
    const isNear = scroller.scrollHeight - top - scroller.clientHeight < NEAR_PX;
    // What grows below moves nobody away from the end; only going up does.
    if (top < this.#top - 1 || isNear) this.atEnd = isNear && this.#isWhole;
    this.#top = top;
    this.#anchor = this.#seen();
    const focused = document.activeElement;
    const isFocused = focused !== scroller && scroller.contains(focused);
    this.#draw();
    flushSync();
    this.settle();
    if (isFocused && document.activeElement === document.body) scroller.focus({ preventScroll: true });
  }

  toEnd(): void {
    this.atEnd = true;
    this.#draw();
    flushSync();
    this.settle();
  }

  /** Shows the row of this number, or the next one, in the middle; answers with it. */
  toMiddle(seq: number): HTMLElement | undefined {
    return this.#to(seq, (this.#scroller?.clientHeight ?? 0) * 0.35);
  }

  /** Shows the row beside another one, moving no more than it takes. */
  step(from: number, by: -1 | 1): HTMLElement | undefined {
    const item = this.#items[position(this.#items, from) + by];
    const scroller = this.#scroller;
    if (!item || !scroller) return undefined;
    const drawn = this.#rows.get(item.seq);
    if (!drawn) return this.#to(item.seq, by < 0 ? NEAR_PX : scroller.clientHeight - 2 * NEAR_PX);
    drawn.scrollIntoView({ block: 'nearest' });
    return drawn;
  }

  /** The first row that is seen, and where it stands. */
  get spot(): Spot | null {
    return this.atEnd ? null : this.#anchor;
  }

  /** Whether the row of this number, or the next one, begins above what is seen. */
  isAbove(seq: number): boolean {
    const scroller = this.#scroller;
    return scroller !== undefined && this.#start() + this.#heights.before(position(this.#items, seq)) < scroller.scrollTop;
  }

  element(seq: number): HTMLElement | undefined {
    return this.#rows.get(seq);
  }

  /** Whose row it is. */
  seqOf(row: Element): number | undefined {
    return this.#seqs.get(row);
  }

  #to(seq: number, top: number): HTMLElement | undefined {
    const item = this.#items[position(this.#items, seq)];
    if (!item) return undefined;
    this.atEnd = false;
    this.#anchor = { seq: item.seq, top };
    this.#draw();
    flushSync();
    this.settle();
    return this.#rows.get(item.seq);
  }

  #leaveEnd(): void {
    if (!this.atEnd) return;
    this.atEnd = false;
    this.#anchor ??= this.#seen();
  }

  #seen(): Spot | null {
    const scroller = this.#scroller;
    if (!scroller || this.#items.length === 0) return null;
    const within = scroller.scrollTop - this.#start();
    const at = this.#heights.at(Math.max(0, within));
    const seq = this.#items[at]?.seq;
    return seq === undefined ? null : { seq, top: this.#heights.before(at) - within };
  }

  #start(): number {
    return this.#list?.offsetTop ?? 0;
  }

  /** How far down the list is what is seen. */
  #within(): number {
    const height = this.#scroller?.clientHeight ?? 0;
    if (this.atEnd || !this.#anchor) return this.#heights.total - height;
    return this.#heights.before(position(this.#items, this.#anchor.seq)) - this.#anchor.top;
  }

  #draw(): void {
    const height = this.#scroller?.clientHeight ?? innerHeight;
    const { from, to } = spanOf(this.#heights, Math.max(0, this.#within()), height, AROUND_PX);
    const above = this.#heights.before(from);
    const below = Math.max(0, this.#heights.total - this.#heights.before(to));
    const now = this.drawn;
    if (now.from !== from || now.to !== to || now.above !== above || now.below !== below) this.drawn = { from, to, above, below };
  }

  #measure(): boolean {
    let changed = false;
    for (const [seq, row] of this.#rows) {
      if (!this.#known.has(seq)) changed = this.#learn(seq, row.getBoundingClientRect().height) || changed;
    }
    return changed;
  }

  #learn(seq: number, height: number): boolean {
    this.#known.set(seq, height);
    const at = position(this.#items, seq);
    return this.#items[at]?.seq === seq && this.#heights.set(at, height) !== 0;
  }

  #place(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const wanted = this.atEnd || !this.#anchor ? scroller.scrollHeight - scroller.clientHeight : this.#start() + this.#within();
    if (Math.abs(scroller.scrollTop - wanted) >= 1) scroller.scrollTop = wanted;
    this.#top = scroller.scrollTop;
  }

  /** Nothing is drawn anew while the page is laid out: that is the next frame's. */
  #resized(entries: ResizeObserverEntry[]): void {
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      const seq = this.#seqs.get(target);
      const height = borderBoxSize[0]?.blockSize;
      if (seq === undefined || height === undefined) changed = true;
      else if (this.#rows.get(seq) === target && this.#learn(seq, height)) changed = true;
    }
    if (!changed) return;
    this.#place();
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => {
      this.#draw();
      flushSync();
      this.settle();
    });
  }
}
