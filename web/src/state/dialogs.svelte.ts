// What lies over the page that keys open from anywhere, and words that go to the composer.

type Dialog = 'switcher' | 'search' | 'shortcuts' | 'admin';

export const dialogs = $state<{ open: Dialog | null; words: string }>({ open: null, words: '' });

/** Says that one has closed. A browser tells it late: the next one may be open by then, and stays. */
export function shut(dialog: Dialog): void {
  if (dialogs.open === dialog) dialogs.open = null;
}
