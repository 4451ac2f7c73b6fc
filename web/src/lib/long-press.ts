// A finger that rests on something: what the second button of a mouse is elsewhere.

const REST_MS = 450;
const STILL_PX = 10;

/** For `use:`. */
export function longPress(element: HTMLElement, pressed: () => void) {
  let run = pressed;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = { x: 0, y: 0 };
  let touched = false;
  let ran = false;

  const cancel = () => clearTimeout(timer);
  function down(event: PointerEvent): void {
    cancel();
    ran = false;
    touched = event.pointerType === 'touch';
    // Controls inside have a press of their own, but for what is the thing itself.
    if (!touched || (event.target as Element).closest('button:not([data-whole]), a, input, [role=toolbar], [popover]')) return;
    at = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      ran = true;
      run();
    }, REST_MS);
  }
  function move(event: PointerEvent): void {
    if (Math.hypot(event.clientX - at.x, event.clientY - at.y) > STILL_PX) cancel();
  }
  /** What came up under the finger meanwhile was not pressed. */
  function lifted(event: TouchEvent): void {
    if (ran && event.cancelable) event.preventDefault();
  }
  function menu(event: Event): void {
    if (touched) event.preventDefault();
  }
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', cancel);
  element.addEventListener('pointercancel', cancel);
  element.addEventListener('touchend', lifted, { passive: false });
  element.addEventListener('contextmenu', menu);
  return {
    update(next: () => void) {
      run = next;
    },
    destroy() {
      cancel();
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', cancel);
      element.removeEventListener('pointercancel', cancel);
      element.removeEventListener('touchend', lifted);
      element.removeEventListener('contextmenu', menu);
    },
  };
}
