// What a turn did, laid out for people.

import { plain } from './plain';
import type { MessageView, TurnView } from '../protocol';
import type { Item } from './log';
import type { Word } from './words';

const OUTCOMES: Record<string, Word> = {
  spoke: 'turnSpoke',
  acted: 'turnActed',
  silent: 'turnSilent',
  failed: 'turnFailed',
  stopped: 'turnStopped',
};

export function outcomeWord(turn: Pick<TurnView, 'outcome'>): Word {
  return OUTCOMES[turn.outcome ?? ''] ?? 'turnLasts';
}

const CALL_OUTCOMES: Record<string, Word> = {
  told: 'callTold',
  done: 'callDone',
  refused: 'callRefused',
  asked: 'callAsked',
};

export function callWord(outcome: string | undefined): Word {
  return CALL_OUTCOMES[outcome ?? ''] ?? 'callUnknown';
}

/** The turns about a message; of an answer the one that it came from first. */
export function inOrder(turns: TurnView[], message: string): TurnView[] {
  return [...turns].sort((a, b) => Number(b.reply === message) - Number(a.reply === message));
}

/** JSON with a line for each thing in it; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The beginning of a text in one line. */
export function firstWords(text: string, charsMax = 90): string {
  const line = [...plain(text).replace(/\s+/g, ' ')];
  return line.length > charsMax ? `${line.slice(0, charsMax - 1).join('').trimEnd()}…` : line.join('');
}

export interface ReadMessage {
  seq: number;
  /** None where the message is not loaded. */
  view?: MessageView;
}

export function readMessages(seqs: number[], items: Item[]): ReadMessage[] {
  const loaded = new Map(items.filter((item) => item.kind === 'message').map((item) => [item.seq, item]));
  return seqs.map((seq) => {
    const view = loaded.get(seq);
    return view ? { seq, view } : { seq };
  });
}
