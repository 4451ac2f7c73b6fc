// What the switcher finds: rooms, people, what one can do. What begins with the words comes first,
// then where a word of it begins with them, then what has them anywhere.

export type PlaceKind = 'room' | 'person' | 'place' | 'command';

export interface Place {
  kind: PlaceKind;
  /** Unlike every other's. */
  key: string;
  label: string;
  detail: string;
  /** Other words by which it is found. */
  also?: string;
  /** Something waits there. */
  waits?: boolean;
}

const FOUND_MAX = 12;
/** With nothing asked for, nobody needs the list of all commands. */
const AT_REST: PlaceKind[] = ['room', 'person', 'place'];

export function findPlaces<P extends Place>(places: P[], asked: string): P[] {
  const words = fold(asked.trim().replace(/^[@#/](?=.)/u, ''));
  const only = KINDS[asked.trim()[0] ?? ''];
  const among = only ? places.filter(({ kind }) => kind === only) : places;
  // A sign alone asks for all of its kind.
  if (!words || (only && words.length === 1 && words === asked.trim())) {
    const rest = only ? among : among.filter(({ kind }) => AT_REST.includes(kind));
    return order(rest, (place) => (place.waits ? 0 : 1)).slice(0, FOUND_MAX);
  }
  const found = among.filter((place) => rank(place, words) < NONE);
  return order(found, (place) => rank(place, words)).slice(0, FOUND_MAX);
}

const KINDS: Record<string, PlaceKind | undefined> = { '@': 'person', '#': 'room', '/': 'command' };
const NONE = 9;
const fold = (text: string) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

function rank(place: Place, words: string): number {
  const name = fold(place.label.replace(/^[@#/]/u, ''));
  const also = fold(place.also ?? '');
  if (name.startsWith(words)) return 0;
  if (also.startsWith(words)) return 1;
  if (name.split(/[\s_.-]/u).some((part) => part.startsWith(words))) return 2;
  if (name.includes(words) || also.includes(words)) return 3;
  // A letter or two of the alphabet stand in every description.
  return (words.length > 2 || /[^\x00-\x7f]/.test(words)) && fold(place.detail).includes(words) ? 4 : NONE;
}

/** Keeps the order of what is alike. */
function order<P>(places: P[], by: (place: P) => number): P[] {
  return places.map((place, at) => ({ place, at, n: by(place) })).sort((a, b) => a.n - b.n || a.at - b.at).map(({ place }) => place);
}
