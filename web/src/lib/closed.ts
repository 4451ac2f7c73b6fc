// That a dialog has closed. A browser's own word of it comes in a task of its own, behind a key that was
// pressed meanwhile, and would close what that key has opened. The attribute goes at once.

export function closed(dialog: HTMLDialogElement, tell: () => void): { update: (tell: () => void) => void; destroy: () => void } {
  const watch = new MutationObserver(() => dialog.open || tell());
  watch.observe(dialog, { attributeFilter: ['open'] });
  return {
    update: (other) => (tell = other),
    destroy: () => watch.disconnect(),
  };
}
