// An act of moderation, as a line for people.

import type { ModerationAct, ModerationKind } from '../protocol';
import type { Say } from './happening';
import type { Word } from './words';

const ACTS: Record<ModerationKind, Word> = {
  kick: 'actKick',
  ban: 'actBan',
  unban: 'actUnban',
  mute: 'actMute',
  unmute: 'actUnmute',
  slow: 'actSlow',
  keep: 'actKeep',
  remove_message: 'actRemoveMessage',
  settle_report: 'actSettleReport',
  set_role: 'actSetRole',
  close_account: 'actCloseAccount',
  open_account: 'actOpenAccount',
  take_second_factor: 'actTakeSecondFactor',
  remove_emoji: 'actRemoveEmoji',
  remove_avatar: 'actRemoveAvatar',
  remove_preview: 'actRemovePreview',
};

export function tellModeration(act: ModerationAct, say: Say): string {
  const room = act.room_name === undefined ? say('otherRoom') : `#${act.room_name}`;
  return say(ACTS[act.act], { user: act.user ?? '', room });
}

/** What became of a report: the server knows the language of the page only where somebody chose one. */
export function inOwnWords(data: unknown, say: Say): string | undefined {
  if (typeof data !== 'object' || data === null || !('report' in data) || !('state' in data)) return undefined;
  return say(data.state === 'removed' ? 'reportWasRemoved' : 'reportStays');
}
