// An act of the audit log, laid out for people.

import type { Act } from '../protocol';
import { reasonWord } from './answers';
import { callWord, outcomeWord } from './lens';
import type { Say } from './happening';

export interface ActTold {
  /** The end of a turn rather than a call in it. */
  isReply: boolean;
  outcome: string;
  result: string;
}

/** A reply's result is why it was given; a call's is what came of it. */
export function tellAct(act: Act, say: Say): ActTold {
  const result = act.result ?? '';
  if (act.name !== 'reply') return { isReply: false, outcome: say(callWord(act.outcome)), result };
  const reason = result && say(reasonWord(result), { who: `@${act.asker}`, reason: result });
  return { isReply: true, outcome: say(outcomeWord(act)), result: reason };
}
