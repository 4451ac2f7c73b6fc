// Many things that come one by one, taken together once a frame: what comes first is taken at
// once, what comes in its wake waits for the frame. Order is kept.

const UNSEEN_MS = 200;

export class Batch<T> {
  #waiting: T[] = [];
  #planned = false;

  constructor(
    readonly take: (one: T) => void,
    readonly frame: (run: () => void) => void = nextFrame,
  ) {}

  add(one: T): void {
    if (this.#planned) {
      this.#waiting.push(one);
      return;
    }
    this.take(one);
    this.#plan();
  }

  #plan(): void {
    this.#planned = true;
    this.frame(() => {
      this.#planned = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) this.take(one);
      if (waiting.length > 0) this.#plan();
    });
  }
}

/** A page that nobody sees has no frames. */
function nextFrame(run: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(run);
  else setTimeout(run, UNSEEN_MS);
}
