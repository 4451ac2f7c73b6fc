// Answers of agents: why they were given, which are out of date.

import type { Feedback, MessageView } from '../protocol';
import type { Word } from './words';

const REASONS: Record<string, Word> = {
  direct_room: 'spokeDirect',
  mentioned: 'spokeMentioned',
  reply_to_agent: 'spokeReply',
  called_by_name: 'spokeCalled',
  follow_up: 'spokeFollowUp',
  ambient: 'spokeAmbient',
  asked_again: 'spokeAgain',
};

/** The phrase for a reason. A failure may stand behind it, set off by a colon. */
export function reasonWord(reason: string): Word {
  return REASONS[reason.split(':')[0] ?? ''] ?? 'spokeOther';
}

/** Whether the question was changed since it was answered. */
export function isOutdated(answer: MessageView, question: MessageView | undefined): boolean {
  if (!question?.edited_at || question.deleted) return false;
  return new Date(question.edited_at).getTime() > new Date(answer.at).getTime();
}

/** What is said of an answer once one has found it good or not; the same once more takes it back. */
export function rated(before: Feedback | undefined, good: boolean): Feedback {
  const { up, down, mine: mineBefore } = before ?? { up: 0, down: 0, mine: null };
  const mine = mineBefore === good ? null : good;
  const step = (which: boolean) => Number(mine === which) - Number(mineBefore === which);
  return { up: up + step(true), down: down + step(false), mine };
}
