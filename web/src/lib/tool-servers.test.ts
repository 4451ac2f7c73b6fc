import { expect, test } from 'vitest';
import type { ToolServerConfig } from '../protocol';
import { blankServer, fromConfig, reachedBy, toConfig } from './tool-servers';

const program: ToolServerConfig = {
  command: 'npx', args: ['-y', 'files server'], env: { TOKEN: '$FILES_TOKEN', URL: 'a=b' }, timeout_seconds: 20, rooms: ['general', 'ops'],
};
const address: ToolServerConfig = { url: 'https://tools.example/mcp', headers_env: { Authorization: 'TOOLS_TOKEN' } };

test('a configuration that is only looked at stays as it is', () => {
  expect(toConfig(fromConfig('files', program))).toEqual(program);
  expect(toConfig(fromConfig('far', address))).toEqual(address);
});

test('only what belongs to the way it is reached is kept', () => {
  const draft = { ...fromConfig('files', program), kind: 'address' as const, url: ' https://x ' };
  expect(toConfig(draft)).toEqual({ url: 'https://x', timeout_seconds: 20, rooms: ['general', 'ops'] });
});

test('rooms may be written as people write them', () => {
  expect(toConfig({ ...blankServer(), command: 'x', rooms: '#general，ops、 tea' }).rooms).toEqual(['general', 'ops', 'tea']);
});

test('a line tells how it is reached', () => {
  expect(reachedBy(program)).toBe('npx -y files server');
  expect(reachedBy(address)).toBe('https://tools.example/mcp');
});
