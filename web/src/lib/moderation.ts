// Acts of moderation: who may be the subject of one, and each as a line for people.

import type { ModerationAct, ModerationKind, Role } from '../protocol';
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
  take_passkeys: 'actTakePasskeys',
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

const RANKS: Record<Role, number> = { guest: 0, member: 1, admin: 2, owner: 3 };

/** Whether a moderator may act on somebody, by the server's rule: on members and guests whoever moderates, on others only a higher role. */
export function isBelow(subject: Role, actor: Role): boolean {
  return RANKS[subject] <= RANKS.member || RANKS[subject] < RANKS[actor];
}

/** Whoever is muted until somebody lifts it is muted for a year; what is further away than this is told so. */
const LONG_MS = 180 * 86_400_000;

export function isLong(until: string, now = Date.now()): boolean {
  return new Date(until).getTime() - now > LONG_MS;
}
