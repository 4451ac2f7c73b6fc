// That a dialog has closed. A browser tells it in a task of its own: of one that is gone by then nobody
// is told, or it would close what was opened in its place meanwhile.

export function closed(dialog: HTMLDialogElement, tell: () => void): { update: (tell: () => void) => void; destroy: () => void } {
  const told = () => tell();
  dialog.addEventListener('close', told);
  return {
    update: (other) => (tell = other),
    destroy: () => dialog.removeEventListener('close', told),
  };
}
