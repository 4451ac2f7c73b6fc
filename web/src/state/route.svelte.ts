// Where the page is: `/`, `/room/ID?m=SEQ`, `/setup#CODE`, `/join#CODE`; what stands beside the
// room (`panel=NAME&of=WHAT`) and whether the settings are open (`settings=TAB`). All of it is in
// the address, so going back closes what was opened last.

export type Place =
  | { page: 'home' }
  | { page: 'room'; room: string; message: number | null }
  | { page: 'setup' | 'join'; code: string };

/** What stands in the side panel: its name in `features.ts`, and what of it. */
export interface PanelPlace {
  name: string;
  of: string;
}

interface Shown {
  place: Place;
  panel: PanelPlace | null;
  settings: string | null;
}

/** On a screen so narrow the panel covers the room. */
const narrow = matchMedia('(max-width: 760px)');

function read(): Shown {
  const query = new URLSearchParams(location.search);
  const name = query.get('panel');
  return { place: place(query), panel: name ? { name, of: query.get('of') ?? '' } : null, settings: query.get('settings') };
}

function place(query: URLSearchParams): Place {
  const [, page, name] = location.pathname.split('/');
  if (page === 'setup' || page === 'join') return { page, code: location.hash.slice(1) };
  if (page === 'room' && name) {
    const message = Number(query.get('m'));
    return { page: 'room', room: decodeURIComponent(name), message: message > 0 ? message : null };
  }
  return { page: 'home' };
}

class Route {
  #shown = $state.raw(read());

  constructor() {
    addEventListener('popstate', () => (this.#shown = read()));
  }

  get place(): Place {
    return this.#shown.place;
  }

  get panel(): PanelPlace | null {
    return this.#shown.panel;
  }

  get settings(): string | null {
    return this.#shown.settings;
  }

  go(path: string, replace = false): void {
    if (replace) history.replaceState(null, '', path);
    else if (path !== location.pathname + location.search) history.pushState(null, '', path);
    this.#shown = read();
  }

  /** Goes to a message. What stands beside the room stays there, unless it covers the room. */
  toMessage(room: string, seq: number): void {
    const panel = narrow.matches ? null : this.panel;
    this.go(`${roomPath(room)}?${new URLSearchParams({ m: `${seq}`, ...(panel ? { panel: panel.name, of: panel.of } : {}) })}`);
  }

  showPanel(name: string, of = ''): void {
    this.#open({ panel: name, of });
  }

  /** Whether what is opened beside the room covers it. */
  get covers(): boolean {
    return narrow.matches;
  }

  hidePanel(): void {
    if (this.panel) this.#close('panel', 'of');
  }

  showSettings(tab: string): void {
    this.#open({ settings: tab });
  }

  hideSettings(): void {
    if (this.settings !== null) this.#close('settings');
  }

  /** What takes the place of another one of its kind takes its entry in the history too. */
  #open(what: Record<string, string>): void {
    const query = new URLSearchParams(location.search);
    const [kind] = Object.keys(what);
    const replaces = query.has(kind ?? '');
    for (const [key, value] of Object.entries(what)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const path = `${location.pathname}?${query}`;
    if (replaces) history.replaceState(history.state, '', path);
    else history.pushState({ opened: kind }, '', path);
    this.#shown = read();
  }

  #close(...keys: string[]): void {
    if ((history.state as { opened?: string } | null)?.opened === keys[0]) {
      history.back();
      return;
    }
    const query = new URLSearchParams(location.search);
    for (const key of keys) query.delete(key);
    this.go(`${location.pathname}${query.size > 0 ? `?${query}` : ''}`, true);
  }
}

export const route = new Route();
export const roomPath = (id: string) => `/room/${encodeURIComponent(id)}`;
