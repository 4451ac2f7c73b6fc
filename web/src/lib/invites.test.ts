import { expect, test } from 'vitest';
import { asked, isWhole, roleWord, type InviteDraft } from './invites';

const draft: InviteDraft = { role: 'member', room: '', uses: 5, hours: 24 };

test('a guest needs a room, others do not', () => {
  expect(isWhole(draft)).toBe(true);
  expect(isWhole({ ...draft, role: 'guest' })).toBe(false);
  expect(isWhole({ ...draft, role: 'guest', room: 'r1' })).toBe(true);
});

test('a room that was not chosen is not asked for', () => {
  expect(asked(draft)).toEqual({ role: 'member', uses: 5, hours: 24 });
  expect(asked({ ...draft, room: 'r1' })).toEqual({ role: 'member', uses: 5, hours: 24, room: 'r1' });
  expect(roleWord({ role: 'guest' })).toBe('roleGuest');
});
