// What came of a poll so far.

import type { Poll, Vote } from '../protocol';

export interface OptionStanding {
  /** From 1. */
  number: number;
  text: string;
  /** Handles, in the order of their votes. */
  users: string[];
  /** Of those who voted, in whole per cent. */
  share: number;
  leads: boolean;
}

export function standing(poll: Poll, votes: Vote[]): OptionStanding[] {
  const chosen = poll.options.map((_, at) => votes.filter(({ choices }) => choices.includes(at + 1)).map(({ user }) => user));
  const most = Math.max(...chosen.map((users) => users.length));
  return poll.options.map((text, at) => {
    const users = chosen[at] ?? [];
    const share = votes.length > 0 ? Math.round((100 * users.length) / votes.length) : 0;
    return { number: at + 1, text, users, share, leads: most > 0 && users.length === most };
  });
}

/** Timers wait no longer than 2³¹ ms. */
const WAIT_MS_MAX = 2 ** 31 - 1;

/** How long until a poll's time is over, as far as a timer waits; null where that is past or never. */
export function untilEnd(poll: Poll, now = Date.now()): number | null {
  const left = poll.ends_at ? Date.parse(poll.ends_at) - now : 0;
  return left > 0 ? Math.min(left, WAIT_MS_MAX) : null;
}

/** Whether a poll's time is over. */
export const isOver = (poll: Poll, now = Date.now()): boolean => poll.ends_at !== undefined && Date.parse(poll.ends_at) <= now;

/** What one chooses after having touched an option. */
export function touched(poll: Poll, mine: number[], number: number): number[] {
  if (!poll.several) return [number];
  return mine.includes(number) ? mine.filter((one) => one !== number) : [...mine, number];
}

/** The line that asks: `/poll` takes a question and its options on lines of their own. */
export function line(question: string, options: string[], several: boolean, endsAt?: Date): string {
  const lines = [question, ...options].map((one) => one.replaceAll(/\s+/g, ' ').trim()).filter((one) => one !== '');
  return (several ? 'several: ' : '') + (endsAt ? `until ${endsAt.toISOString()}: ` : '') + lines.join('\n');
}
