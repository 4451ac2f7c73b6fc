// The keys that do something anywhere, each once: what listens and what tells of them read this.

import type { Word } from './words';

export interface Shortcut {
  keys: string[];
  does: Word;
}

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
const CONTROL = isApple ? '⌘' : 'Ctrl';

export const SHORTCUTS: { title: Word; of: Shortcut[] }[] = [
  {
    title: 'keysAnywhere',
    of: [
      { keys: [CONTROL, 'K'], does: 'keySwitch' },
      { keys: ['/'], does: 'keySearch' },
      { keys: [CONTROL, 'Shift', 'F'], does: 'keySearchTyping' },
      { keys: ['Alt', '↑'], does: 'keyRoomBefore' },
      { keys: ['Alt', '↓'], does: 'keyRoomAfter' },
      { keys: ['?'], does: 'keyShortcuts' },
      { keys: ['Esc'], does: 'keyClose' },
    ],
  },
  {
    title: 'keysMessages',
    of: [
      { keys: ['↑', '↓'], does: 'keyMessages' },
      { keys: ['Enter'], does: 'keyMessageMenu' },
      { keys: ['End'], does: 'keyNewest' },
      { keys: ['C'], does: 'keyCompose' },
    ],
  },
  {
    title: 'keysWriting',
    of: [
      { keys: ['Enter'], does: 'keySend' },
      { keys: ['Shift', 'Enter'], does: 'keyBreak' },
      { keys: ['↑'], does: 'keyEditLast' },
      { keys: ['Tab'], does: 'keyComplete' },
    ],
  },
];

/** Keys without others held belong to whoever types. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
