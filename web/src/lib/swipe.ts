// A finger that draws something to the side. Whatever scrolls sideways by itself keeps the finger.

/** So far, and this much more to the side than up or down. */
const FAR_PX = 64;
const STEEP = 1.8;

export interface Swipes {
  left?: () => void;
  right?: () => void;
}

/** What a way of the finger asks for. */
export function direction(dx: number, dy: number): keyof Swipes | null {
  if (Math.abs(dx) < FAR_PX || Math.abs(dx) < Math.abs(dy) * STEEP) return null;
  return dx > 0 ? 'right' : 'left';
}

function scrollsSideways(target: EventTarget | null, within: Element): boolean {
  for (let at = target instanceof Element ? target : null; at && at !== within; at = at.parentElement) {
    if (at.scrollWidth > at.clientWidth + 1 && getComputedStyle(at).overflowX !== 'visible' && getComputedStyle(at).overflowX !== 'hidden') return true;
  }
  return false;
}

/** For `use:`. */
export function swipe(element: HTMLElement, swipes: Swipes) {
  let now = swipes;
  let from: Touch | null = null;

  function start(event: TouchEvent): void {
    const [touch] = event.touches;
    from = event.touches.length === 1 && touch && !scrollsSideways(event.target, element) ? touch : null;
  }
  function end(event: TouchEvent): void {
    const [touch] = event.changedTouches;
    if (!from || !touch) return;
    const way = direction(touch.clientX - from.clientX, touch.clientY - from.clientY);
    from = null;
    if (way) now[way]?.();
  }
  element.addEventListener('touchstart', start, { passive: true });
  element.addEventListener('touchend', end, { passive: true });
  return {
    update(next: Swipes) {
      now = next;
    },
    destroy() {
      element.removeEventListener('touchstart', start);
      element.removeEventListener('touchend', end);
    },
  };
}
