// Which rows of a long list are drawn, and how high everything else is. Rows that were never seen
// are guessed; a row's true height takes the guess's place once it is measured.
//
// A Fenwick tree holds the heights, so that asking where a row begins, and which row stands at a
// height, takes some twenty steps in a list of a hundred thousand.

export class Heights {
  /** What a row is taken for until it is measured. */
  readonly #guess: number;
  #heights = new Float64Array(0);
  #tree = new Float64Array(1);
  #count = 0;

  constructor(guess: number) {
    this.#guess = guess;
  }

  get count(): number {
    return this.#count;
  }

  get total(): number {
    return this.before(this.#count);
  }

  /** As many rows as these, each with the height that is known of it. */
  reset(count: number, known: (at: number) => number | undefined): void {
    this.#count = count;
    this.#room(count);
    for (let at = 0; at < count; at++) this.#heights[at] = known(at) ?? this.#guess;
    this.#build();
  }

  /** Rows more at the end. */
  grow(count: number, known: (at: number) => number | undefined): void {
    const from = this.#count;
    if (count > this.#heights.length) {
      const before = this.#heights;
      this.#room(count + Math.max(256, count >> 1));
      this.#heights.set(before.subarray(0, from));
      this.#count = from;
      this.#build();
    }
    for (let at = from; at < count; at++) {
      const height = known(at) ?? this.#guess;
      this.#count = at + 1;
      this.#heights[at] = height;
      // The node sums up the rows that it covers, of which the newest is this one.
      const node = at + 1;
      this.#tree[node] = height + this.before(at) - this.before(node - (node & -node));
    }
  }

  height(at: number): number {
    return this.#heights[at] ?? 0;
  }

  /** Takes a measured height; answers by how much the list grew. */
  set(at: number, height: number): number {
    const by = height - this.height(at);
    if (at >= this.#count || by === 0) return 0;
    this.#heights[at] = height;
    for (let node = at + 1; node <= this.#count; node += node & -node) this.#tree[node]! += by;
    return by;
  }

  /** The height of all rows before this one: where it begins. */
  before(at: number): number {
    let sum = 0;
    for (let node = Math.min(at, this.#count); node > 0; node -= node & -node) sum += this.#tree[node]!;
    return sum;
  }

  /** The row that stands at a height; the last one where it is below all. */
  at(y: number): number {
    let [node, left] = [0, y];
    for (let step = highestBit(this.#count); step > 0; step >>= 1) {
      const next = node + step;
      if (next <= this.#count && this.#tree[next]! <= left) {
        node = next;
        left -= this.#tree[next]!;
      }
    }
    return Math.max(0, Math.min(node, this.#count - 1));
  }

  #room(count: number): void {
    this.#heights = new Float64Array(count);
    this.#tree = new Float64Array(count + 1);
  }

  #build(): void {
    this.#tree.fill(0);
    for (let node = 1; node <= this.#count; node++) {
      this.#tree[node]! += this.#heights[node - 1]!;
      const parent = node + (node & -node);
      if (parent <= this.#count) this.#tree[parent]! += this.#tree[node]!;
    }
  }
}

const highestBit = (n: number) => (n === 0 ? 0 : 1 << (31 - Math.clz32(n)));

export interface Span {
  from: number;
  to: number;
}

/** The rows to draw: what is seen, and so much above and below. */
export function spanOf(heights: Heights, top: number, height: number, around: number): Span {
  if (heights.count === 0) return { from: 0, to: 0 };
  return { from: heights.at(Math.max(0, top - around)), to: Math.min(heights.count, heights.at(Math.max(0, top + height + around)) + 1) };
}
