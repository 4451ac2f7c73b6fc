import { expect, test } from 'vitest';
import type { AgentInfo, ToolServerInfo } from '../protocol';
import { blank, fromAgent, isCovered, isOwnWords, isSame, toggled, toolGroups, toRequest } from './agents';

const heron: AgentInfo = {
  id: 'u1', handle: 'heron', display_name: 'Heron', avatar: '🪶', maker: 'ada', rooms: ['general'],
  online: true, retired: false, may_edit: true,
  settings: {
    persona: 'You answer in haiku.', lang: 'en', model: 'large', fallbacks: ['small', 'tiny'], temperature: 0.7,
    tools: ['search', 'files/*'], mode: 'ambient', budget: { tokens_day: 1000 },
  },
};

test('an agent that is only looked at stays as it is', () => {
  const request = toRequest(fromAgent(heron), false);
  expect(request).toEqual({ display_name: 'Heron', avatar: '🪶', settings: heron.settings, rooms: [] });
});

test('what is left empty is left to the server', () => {
  const draft = { ...blank(['r1']), handle: ' @heron ', persona: ' Hm. ' };
  expect(toRequest(draft, true)).toEqual({
    handle: 'heron',
    display_name: 'heron',
    avatar: '',
    settings: { persona: 'Hm.', fallbacks: [], mode: 'mention', budget: {} },
    rooms: ['r1'],
  });
});

test('no tools is another thing than all tools', () => {
  expect(toRequest({ ...blank([]), uses: 'none', tools: ['search'] }, true).settings?.tools).toEqual([]);
  expect(toRequest({ ...blank([]), uses: 'all', tools: ['search'] }, true).settings?.tools).toBeUndefined();
  expect(fromAgent({ ...heron, settings: { ...heron.settings, tools: [] } }).uses).toBe('none');
});

test('a model does not fall back on itself', () => {
  expect(toRequest({ ...fromAgent(heron), model: 'small' }, false).settings?.fallbacks).toEqual(['tiny']);
});

test('a preset asks before it sweeps away somebody’s own words', () => {
  const presets = [{ name: 'helper', title: 'Helper', avatar: '🪴', persona: 'You help.\n' }];
  expect(isOwnWords('', presets)).toBe(false);
  expect(isOwnWords('You help.', presets)).toBe(false);
  expect(isOwnWords('You sing.', presets)).toBe(true);
});

test('a change is noticed, and its taking back', () => {
  const draft = fromAgent(heron);
  expect(isSame(draft, { ...draft, tools: toggled(draft.tools, 'who', true) })).toBe(false);
  expect(isSame(draft, { ...draft, tools: toggled([...draft.tools, 'who'], 'who', false) })).toBe(true);
});

test('tools stand with their server, what is not offered any more too', () => {
  const files = { name: 'files', tools: [{ name: 'files/read' }] } as ToolServerInfo;
  expect(toolGroups(['search', 'help'], [files], ['gone/tool'])).toEqual([
    { server: '', tools: ['help', 'search'] },
    { server: 'files', tools: ['files/*', 'files/read'] },
    { server: 'gone', tools: ['gone/*', 'gone/tool'] },
  ]);
  expect(isCovered('files/read', ['files/*'])).toBe(true);
  expect(isCovered('files/*', ['files/*'])).toBe(false);
  expect(isCovered('search', ['files/*'])).toBe(false);
});
