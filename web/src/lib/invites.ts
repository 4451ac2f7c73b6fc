// What one may choose for a link that invites.

import type { InviteLink, InviteRequest, Role } from '../protocol';
import type { Word } from './words';

export const LASTS: [hours: number, name: Word][] = [[1, 'inviteHour'], [24, 'inviteDay'], [168, 'inviteWeek'], [720, 'inviteMonth']];
export const USES = [1, 5, 25, 100, 1000];
export const ROLES: [role: Role, name: Word][] = [['guest', 'roleGuest'], ['member', 'roleMember'], ['admin', 'roleAdmin']];

export interface InviteDraft {
  role: Role;
  /** A room's id; empty for none. */
  room: string;
  uses: number;
  hours: number;
}

/** Without a room a guest would come into an empty place. */
export const isWhole = ({ role, room }: InviteDraft): boolean => role !== 'guest' || room !== '';

export function asked({ role, room, uses, hours }: InviteDraft): InviteRequest {
  return { role, uses, hours, ...(room ? { room } : {}) };
}

/** The words for a link's role, wherever it came from. */
export const roleWord = (link: Pick<InviteLink, 'role'>): Word => ROLES.find(([role]) => role === link.role)?.[1] ?? 'roleMember';
