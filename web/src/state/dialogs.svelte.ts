// What lies over the page that keys open from anywhere, and words that go to the composer.

export const dialogs = $state<{ open: 'switcher' | 'search' | 'shortcuts' | 'admin' | null; words: string }>({ open: null, words: '' });
