// Text into the clipboard. A page that came over plain HTTP from another machine has no clipboard
// of its own and takes the old way.

export async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const before = document.activeElement as HTMLElement | null;
  const box = document.createElement('textarea');
  box.value = text;
  box.className = 'visually-hidden';
  // Inside an open dialog nothing outside of it can be selected.
  (before?.closest('dialog') ?? document.body).append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
  before?.focus();
}
