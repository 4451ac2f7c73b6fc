// Where the page is: `/`, `/room/ID?m=SEQ`, `/setup#CODE`, `/join#CODE`.

export type Place =
  | { page: 'home' }
  | { page: 'room'; room: string; message: number | null }
  | { page: 'setup' | 'join'; code: string };

function read(): Place {
  const [, page, name] = location.pathname.split('/');
  if (page === 'setup' || page === 'join') return { page, code: location.hash.slice(1) };
  if (page === 'room' && name) {
    const message = Number(new URLSearchParams(location.search).get('m'));
    return { page: 'room', room: decodeURIComponent(name), message: message > 0 ? message : null };
  }
  return { page: 'home' };
}

class Route {
  place = $state<Place>(read());

  constructor() {
    addEventListener('popstate', () => (this.place = read()));
  }

  go(path: string, replace = false): void {
    if (replace) history.replaceState(null, '', path);
    else if (path !== location.pathname + location.search) history.pushState(null, '', path);
    this.place = read();
  }
}

export const route = new Route();
export const roomPath = (id: string) => `/room/${encodeURIComponent(id)}`;
