// The signed-in session: who one is, the rooms, the people, and the connection that keeps them
// right. Components read it and call its verbs.

import { SvelteMap } from 'svelte/reactivity';
import { get, post, request } from '../lib/api';
import { Batch } from '../lib/batch';
import { count, isQuiet, unsettles } from '../lib/standing';
import { Outbox, wireText, type Pending } from '../lib/outbox';
import type { KeptHouse } from '../lib/keep';
import { Shelf } from '../lib/shelf';
import { Socket, type Connection } from '../lib/socket';
import { Store } from '../lib/store';
import { AllWriting } from '../lib/unsent';
import type { Lang } from '../lib/words';
import type {
  ClientFrame, CommandInfo, Commands, Done, Event, FileInfo, Resume, RoomSummary, Rooms, ServerFrame, SessionLimits, UserInfo,
} from '../protocol';
import { wantsAny } from '../lib/bell-wish';
import { Answers } from './answers.svelte';
import { sure } from './asking.svelte';
import type { Bell } from './bell.svelte';
import { inOrder, language, t } from './lang.svelte';
import { currency } from './money.svelte';
import { inOwnWords, isBelow } from '../lib/moderation';
import { inWords } from './refusal';
import { Keeper } from './keeper.svelte';
import { Kept } from './kept.svelte';
import { Plans } from './plans.svelte';
import { Room } from './room.svelte';
import { roomPath, route } from './route.svelte';
import { Standings } from './standings.svelte';
import { FollowedThreads } from './threads.svelte';

const READ_AFTER_MS = 400;
const TYPING_EVERY_MS = 3_000;

export class Session {
  me = $state<UserInfo>()!;
  connection = $state<Connection>('connecting');
  rooms = new SvelteMap<string, Room>();
  /** Public rooms that one could join. */
  others = $state<RoomSummary[]>([]);
  users = new SvelteMap<string, UserInfo>();
  commands = $state<CommandInfo[]>([]);
  pending = $state<Pending[]>([]);
  toast = $state('');
  /** What the server takes; known once it has said so. */
  limits = $state.raw<SessionLimits>();
  /** Rings where this device wants it; its code comes only then. */
  bell = $state.raw<Bell>();
  readonly answers = new Answers((asked) => this.#try(asked));
  readonly kept = new Kept((asked) => this.#try(asked));
  readonly plans = new Plans((asked) => this.#try(asked), ({ text }) => (this.toast = t('reminded', { text })));
  readonly threads = new FollowedThreads(
    (asked) => this.#try(asked),
    (room) => this.rooms.get(room)?.summary.read_seq ?? 0,
  );
  readonly standings = new Standings((asked) => this.#try(asked));
  /** What one has begun to write and not sent. */
  readonly unsent: AllWriting;

  #outbox = new Outbox();
  readonly #shelf: Shelf;
  #epoch = '';
  readonly #keeper: Keeper;
  #socket: Socket;
  /** Under a flood the page is drawn once a frame, however much came. */
  #frames = new Batch<() => void>((take) => take());
  #asked = new Map<string, { room: string; key?: string }>();
  #ids = 0;
  #typedAt = 0;
  #reading: ReturnType<typeof setTimeout> | undefined;
  readonly #ended: () => void;

  /** `kept` is what the device remembers of the last time. */
  constructor(me: UserInfo, store: Store, kept: KeptHouse | undefined, ended: () => void) {
    this.me = me;
    this.#ended = ended;
    this.#keeper = new Keeper(store, () => this.#house());
    if (kept?.me.id === me.id) {
      this.#epoch = this.#keeper.epoch = kept.epoch;
      for (const user of kept.users) this.users.set(user.handle.toLowerCase(), { ...user, presence: 'offline' });
      for (const summary of kept.rooms) this.#add(summary);
    }
    this.unsent = new AllWriting(me.id);
    this.#shelf = new Shelf(me.id);
    this.#outbox.entries = this.#shelf.take();
    this.pending = [...this.#outbox.entries];
    const url = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws?lang=${document.documentElement.lang.slice(0, 2)}`;
    this.#socket = new Socket(url, {
      frame: (frame) => this.#frames.add(() => this.#frame(frame)),
      connection: (state) => this.#frames.add(() => this.#connection(state)),
      resume: () => this.#resume(),
    });
    this.#socket.open();
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#looked);
    void this.loadCommands();
    if (wantsAny()) this.wantBell().then((bell) => bell.load()).catch(() => {});
  }

  /** The bell, fetched where it was not there yet. */
  async wantBell(): Promise<Bell> {
    const { Bell } = await import('./bell.svelte');
    return (this.bell ??= new Bell(this));
  }

  /** Ends the session on this page. */
  end(): void {
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#looked);
    this.#socket.end();
    this.#keeper.end();
  }

  get sorted(): Room[] {
    return [...this.rooms.values()].sort((a, b) => inOrder(a.summary.name, b.summary.name));
  }

  /** Of the rooms that are not quiet. */
  get unread(): number {
    return [...this.rooms.values()].reduce((sum, { summary }) => sum + (isQuiet(summary) ? 0 : summary.unread), 0);
  }

  /** Unread messages that call one. */
  get mentions(): number {
    return [...this.rooms.values()].reduce((sum, room) => sum + (room.summary.mentions ?? 0), 0);
  }

  /** Admins and owners: they moderate every room and see what others do not. */
  get isAdmin(): boolean {
    return this.me.role === 'owner' || this.me.role === 'admin';
  }

  /** Whether one moderates a room: admins do, and whoever made it. The server has the last word. */
  moderates(room: Room): boolean {
    return room.summary.kind !== 'direct' && (this.isAdmin || room.summary.moderates === true);
  }

  /** Whether one may mute, remove or ban somebody in a room: nobody moderates upwards, nor themselves. */
  maySanction(room: Room, { id, role }: Pick<UserInfo, 'id' | 'role'>): boolean {
    return this.moderates(room) && id !== this.me.id && isBelow(role, this.me.role);
  }

  /** Who moderates a room says what agents do in it, and either side of a direct one. */
  steersAgents(room: Room): boolean {
    return room.summary.kind === 'direct' || this.moderates(room);
  }

  user(handle: string): UserInfo | undefined {
    return this.users.get(handle.toLowerCase());
  }

  roomAt(place: string): Room | undefined {
    return this.rooms.get(place) ?? this.sorted.find((room) => room.summary.name === place);
  }

  async loadCommands(): Promise<void> {
    this.commands = (await get<Commands>('/api/commands').catch(() => ({ commands: [] }))).commands;
  }

  async loadOthers(): Promise<void> {
    const { rooms } = await get<Rooms>('/api/rooms').catch(() => ({ rooms: [] }));
    this.others = rooms.filter((room) => !room.joined);
  }

  // What one does.

  send(room: Room, text: string, reply_to?: string, isPrivate = false, files: FileInfo[] = []): void {
    room.held = false;
    const entry = this.#outbox.add(room.id, text, reply_to, isPrivate, files);
    this.#echo();
    this.#post(entry);
  }

  again(key: string): void {
    const entry = this.#outbox.entries.find((entry) => entry.key === key);
    if (!entry) return;
    delete entry.refused;
    this.#echo();
    this.#post(entry);
  }

  discard(key: string): void {
    this.#outbox.drop(key);
    this.#echo();
  }

  edit(room: Room, message_id: string, text: string): void {
    this.#ask(room, { type: 'edit', message_id, text });
  }

  remove(room: Room, message_id: string): void {
    this.#ask(room, { type: 'delete', message_id });
  }

  async askToRemove(room: Room, message_id: string): Promise<void> {
    if (await sure(t('removeAsk'), t('remove'))) this.remove(room, message_id);
  }

  react(room: Room, message_id: string, emoji: string, remove: boolean): void {
    this.#ask(room, remove ? { type: 'react', message_id, emoji, remove } : { type: 'react', message_id, emoji });
  }

  stop(room: Room, draft_id: string): void {
    this.#ask(room, { type: 'stop', draft_id });
  }

  retry(room: Room, message_id: string): void {
    this.#ask(room, { type: 'retry', message_id });
  }

  /** Allows or refuses what an agent asked for. The card is settled by the event that follows. */
  async decide(room: Room, number: number, approve: boolean): Promise<void> {
    await this.#try(post(`/api/rooms/${room.id}/approvals/${number}`, { approve }));
  }

  typing(room: Room): void {
    if (Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.#socket.send({ type: 'typing', room: room.id });
  }

  /** Everything in the room is seen. */
  read(room: Room): void {
    if (document.visibilityState !== 'visible' || room.held || room.summary.read_seq >= room.summary.seq) return;
    clearTimeout(this.#reading);
    // What comes while this waits may be out of sight by then.
    const { seq } = room.summary;
    this.#reading = setTimeout(() => {
      if (room.held) return;
      if (this.#socket.send({ type: 'read', room: room.id, seq })) this.#wasRead(room, seq);
    }, READ_AFTER_MS);
  }

  /** Opens a room by id, name or `@handle`, and goes there. */
  async visit(which: string): Promise<void> {
    const summary = await this.#try(get<RoomSummary>(`/api/rooms/${encodeURIComponent(which)}`));
    if (!summary) return;
    if (summary.joined) this.#add(summary);
    route.go(roomPath(summary.id));
  }

  async create(name: string, kind: 'public' | 'private', topic: string): Promise<boolean> {
    const summary = await this.#try(post<RoomSummary>('/api/rooms', { name, kind, topic }));
    if (!summary) return false;
    this.#add(summary);
    route.go(roomPath(summary.id));
    return true;
  }

  /** Takes somebody else's message away; everybody reads why. */
  async removeOther(message_id: string, reason: string): Promise<boolean> {
    const why = reason.trim() && `?${new URLSearchParams({ reason: reason.trim() })}`;
    return (await this.#try(request('DELETE', `/api/messages/${message_id}${why}`).then(() => true))) ?? false;
  }

  async report(message_id: string, reason: string): Promise<boolean> {
    const done = await this.#try(post(`/api/messages/${message_id}/reports`, { reason }).then(() => true));
    if (done) this.toast = t('reportSent');
    return done ?? false;
  }

  /** Answers a report, and every other one of the same message. */
  async settle(report: number, remove: boolean, reason = ''): Promise<void> {
    await this.#try(post(`/api/reports/${report}`, { remove, reason }));
  }

  /** Runs a command with its arguments by name. */
  async run(name: string, room: string | undefined, args: Record<string, unknown>): Promise<Done | undefined> {
    return this.#try(post<Done>(`/api/commands/${name}`, { room, args }));
  }

  /** Something could not be fetched at all. */
  unreachable(): void {
    this.toast = t('offlineNow');
  }

  /** Changes the language of the page, and of what the server says. */
  async speak(lang: Lang): Promise<void> {
    await language.choose(lang);
    await this.run('lang', undefined, { lang: language.server });
    await this.loadCommands();
  }

  async signOut(): Promise<void> {
    await import('../lib/push').then(({ leave }) => leave()).catch(() => {});
    await this.#try(request('POST', '/api/logout'));
    this.#ended();
  }

  // What comes.

  #frame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        return this.#welcome(frame);
      case 'ready':
        return this.#ready();
      case 'ack': {
        const asked = this.#answered(frame.id);
        if (asked?.key) {
          const room = this.rooms.get(frame.room);
          this.#outbox.acked(asked.key, frame.message_id, (id) => room?.shows(id) ?? false);
          this.#echo();
        }
        return;
      }
      case 'error':
        return this.#refused(frame);
      case 'event':
        return this.#event(frame);
      case 'room':
        this.#add(frame.room);
        return;
      case 'draft':
        return this.rooms.get(frame.room)?.draft(frame);
      case 'draft.end':
        return this.rooms.get(frame.room)?.draftEnded(frame.draft_id);
      case 'notice': {
        const asked = this.#asked.get(frame.id ?? '');
        if (asked?.key) {
          this.#outbox.drop(asked.key);
          this.#echo();
        }
        const room = this.rooms.get(asked?.room ?? frame.room ?? '');
        const text = inOwnWords(frame.data, t) ?? frame.text;
        if (room) room.notice(text);
        else this.toast = text;
        return;
      }
      case 'presence':
        for (const user of frame.users) this.#known(user);
        return;
      case 'typing':
        if (frame.user !== this.me.handle) this.rooms.get(frame.room)?.types(frame.user);
        return;
      case 'read': {
        const room = this.rooms.get(frame.room);
        if (room) this.#wasRead(room, frame.seq);
        return;
      }
      case 'unsent':
        return this.unsent.take(frame.unsent);
      case 'notifying':
        return this.bell?.take(frame.notifying);
      case 'standing': {
        const room = this.rooms.get(frame.room);
        if (room) this.standings.take(room, frame);
        return;
      }
      case 'later':
        return this.plans.take(frame.later, frame.gone ?? false);
      case 'reports': {
        const room = this.rooms.get(frame.room);
        if (room) room.summary.reports = frame.open;
        return;
      }
      case 'restricted':
        this.rooms.get(frame.room)?.restricts(frame.user === this.me.handle, frame.silenced_until);
        return this.#toldWhy(frame);
      case 'saved':
        return this.kept.take(frame.message_id, frame.on);
      case 'reset': {
        const room = this.rooms.get(frame.room);
        if (!room) return;
        room.summary.seq = Math.max(room.summary.seq, room.counted);
        if (room.log) void room.load(true);
        return;
      }
      case 'pong':
        return;
    }
  }

  #welcome(frame: ServerFrame & { type: 'welcome' }): void {
    const sameLife = this.#epoch === frame.epoch;
    this.#epoch = this.#keeper.epoch = frame.epoch;
    this.me = frame.user;
    currency.code = frame.currency;
    this.limits = frame.limits;
    for (const user of frame.users) this.#known(user);
    const mine = new Set(frame.rooms.map((room) => room.id));
    for (const id of this.rooms.keys()) if (!mine.has(id)) this.rooms.delete(id);
    void this.#keeper.only(mine);
    for (const summary of frame.rooms) {
      const room = this.rooms.get(summary.id);
      if (!room) {
        this.#add(summary);
        continue;
      }
      // The events that were missed are on their way and move the number themselves.
      room.summary = { ...summary, seq: sameLife ? room.summary.seq : summary.seq };
      room.counted = summary.seq;
      room.drafts = [];
      if (room.members.length < summary.members.length) room.members = summary.members;
      if (!sameLife && room.log) void room.load(true);
    }
    this.#keeper.houseChanged();
    void this.loadOthers();
  }

  #ready(): void {
    this.#asked.clear();
    void this.plans.load();
    void this.threads.load();
    void this.unsent.settle().catch(() => {});
    for (const room of this.rooms.values()) room.settle();
    for (const entry of this.#outbox.unanswered()) this.#post(entry);
  }

  #event(event: Event): void {
    const room = this.rooms.get(event.room);
    if (!room) return;
    if (event.seq > room.summary.seq) count(room.summary, event, room.counted, this.me);
    if (event.seq > room.counted && unsettles(room.summary, event)) this.standings.recount(room);
    room.take(event);
    if (this.connection === 'ready') this.bell?.ring(room, event);
    if (event.kind === 'message.posted') {
      this.threads.take(event, this.me.handle);
      this.#outbox.posted(event.message.id);
      this.#echo();
      if (event.from === this.me.handle) this.#answeredIn(room, event.seq);
    }
    const out = event.kind === 'member.left' || event.kind === 'member.removed';
    if (out && event.user_id === this.me.id) {
      if (event.kind === 'member.removed') {
        const because = room.because ? t('because', { reason: room.because }) : '';
        this.toast = `${t(event.banned ? 'wereBanned' : 'wereRemoved', { by: event.from, room: `#${room.summary.name}` })} ${because}`.trim();
      }
      this.rooms.delete(room.id);
      void this.#keeper.forget(room.id);
      void this.loadOthers();
    }
  }

  /** Why one was muted, or put out: before the event that says so, or behind it. */
  #toldWhy({ room: id, user, reason, silenced_until }: ServerFrame & { type: 'restricted' }): void {
    if (!reason || user !== this.me.handle) return;
    const room = this.rooms.get(id);
    if (room && silenced_until) room.notice(t('mutedBecause', { reason }), true);
    else if (room) room.because = reason;
    else this.toast = `${this.toast} ${t('because', { reason })}`.trim();
  }

  #refused(frame: ServerFrame & { type: 'error' }): void {
    const asked = this.#answered(frame.id);
    if (asked?.key && frame.code !== 'user_offline') {
      const entry = this.#outbox.entries.find((entry) => entry.key === asked.key);
      if (entry && !entry.command) {
        this.#outbox.refused(asked.key, frame.message);
        this.#echo();
        return;
      }
    }
    if (asked?.key) {
      this.#outbox.drop(asked.key);
      this.#echo();
    }
    const room = this.rooms.get(asked?.room ?? '');
    if (room) room.notice(frame.message, frame.code !== 'user_offline');
    else this.toast = frame.message;
  }

  #connection(state: Connection): void {
    this.connection = state;
    if (state === 'ended') this.#ended();
  }

  #resume(): Resume | undefined {
    if (!this.#epoch) return undefined;
    const rooms = Object.fromEntries([...this.rooms].map(([id, room]) => [id, room.summary.seq]));
    return { epoch: this.#epoch, rooms };
  }

  // Helpers.

  #post(entry: Pending): void {
    const frame: ClientFrame = { type: 'send', room: entry.room, text: wireText(entry), key: entry.key };
    if (entry.reply_to) frame.reply_to = entry.reply_to;
    if (entry.files) frame.files = entry.files.map(({ id }) => id);
    const id = `s${++this.#ids}`;
    if (this.#socket.send({ ...frame, id })) this.#asked.set(id, { room: entry.room, key: entry.key });
  }

  #ask(room: Room, frame: ClientFrame): void {
    const id = `a${++this.#ids}`;
    this.#asked.set(id, { room: room.id });
    if (!this.#socket.send({ ...frame, id })) this.toast = t('reconnecting');
  }

  /** What a frame answers. It stays known: a notice may follow the ack of the same request. */
  #answered(id: string | undefined): { room: string; key?: string } | undefined {
    return this.#asked.get(id ?? '');
  }

  /** Whoever says something has read what stands before it, wherever they said it. */
  #answeredIn(room: Room, seq: number): void {
    room.held = false;
    if (seq > room.summary.read_seq && this.#socket.send({ type: 'read', room: room.id, seq })) this.#wasRead(room, seq);
  }

  #wasRead(room: Room, seq: number): void {
    if (seq <= room.summary.read_seq) return;
    room.summary.read_seq = seq;
    void this.bell?.wasRead(room.id);
    if (room.summary.unread === 0) return;
    if (seq < Math.max(room.summary.seq, room.counted)) return this.standings.recount(room);
    room.summary.unread = 0;
    room.summary.mentions = 0;
    this.threads.wasRead(room.id);
  }

  #add(summary: RoomSummary): Room {
    const known = this.rooms.get(summary.id);
    if (known) return known;
    const room = new Room(summary, this.#keeper);
    this.rooms.set(summary.id, room);
    this.others = this.others.filter((other) => other.id !== summary.id);
    return room;
  }

  #house(): Omit<KeptHouse, 'epoch' | 'shape'> {
    return {
      me: $state.snapshot(this.me),
      users: [...this.users.values()],
      rooms: [...this.rooms.values()].map((room) => $state.snapshot(room.summary)),
    };
  }

  #known(user: UserInfo): void {
    this.users.set(user.handle.toLowerCase(), user);
    if (user.id === this.me.id) this.me = user;
  }

  #echo(): void {
    this.pending = [...this.#outbox.entries];
    this.#shelf.keep(this.#outbox.entries);
  }

  async #try<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      this.toast = inWords(error);
      return undefined;
    }
  }

  #hurry = () => this.#socket.hurry();
  #looked = () => {
    if (document.visibilityState === 'visible') this.#socket.hurry();
  };
}
