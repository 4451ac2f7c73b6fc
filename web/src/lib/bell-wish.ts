// Whether this device wants to be told by more than a number: known at the start, so that the rest
// of the bell is fetched only where it is wanted.

export const WISHES = ['desktop', 'sound'] as const;
export type Wish = (typeof WISHES)[number];

const name = (wish: Wish) => `salon.bell.${wish}`;

export const wants = (wish: Wish): boolean => localStorage.getItem(name(wish)) === 'on';
export const wantsAny = (): boolean => WISHES.some(wants);

export function wish(which: Wish, on: boolean): void {
  if (on) localStorage.setItem(name(which), 'on');
  else localStorage.removeItem(name(which));
}
