// The arrow keys between the controls of a group that is one stop for Tab: a bar of buttons, a
// menu, tabs.

/** Where a key leads from one of so many; none for any other key. */
export function nextOf(key: string, at: number, many: number, axis: 'row' | 'column'): number | null {
  const [back, forth] = axis === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  if (many === 0) return null;
  if (key === forth) return (at + 1) % many;
  if (key === back) return at <= 0 ? many - 1 : at - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return many - 1;
  return null;
}

/** Moves the focus within the element that listens; answers with where it went. */
export function rove(event: KeyboardEvent & { currentTarget: HTMLElement }, axis: 'row' | 'column'): HTMLElement | null {
  const controls = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const next = nextOf(event.key, controls.indexOf(document.activeElement as HTMLElement), controls.length, axis);
  const control = next === null ? undefined : controls[next];
  if (!control) return null;
  event.preventDefault();
  control.focus();
  return control;
}
