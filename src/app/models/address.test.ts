import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';

test.each([
  ['owner/name', 'https://huggingface.co/owner/name'],
  ['  HuggingFaceTB/SmolVLM-256M-Instruct ', 'https://huggingface.co/HuggingFaceTB/SmolVLM-256M-Instruct'],
  ['https://huggingface.co/owner/name?x=1', 'https://huggingface.co/owner/name'],
  ['https://hf.co/owner/name/', 'https://huggingface.co/owner/name'],
  ['https://huggingface.co/owner/name/tree/v1', 'https://huggingface.co/owner/name/tree/v1'],
])('%s is a model of the hub', (typed, address) => expect(parseAddress(typed)).toEqual({ kind: 'hub', address }));

test.each([
  ['https://example.org/models/mipha', 'https://example.org/models/mipha/'],
  ['https://example.org/models/mipha/manifest.json', 'https://example.org/models/mipha/'],
  ['HTTP://example.org:8080/m/?a=b#c', 'http://example.org:8080/m/'],
  ['https://me:secret@example.org/m', 'https://example.org/m/'],
  ['https://example.org', 'https://example.org/'],
  ['https://example.org/manifest.json', 'https://example.org/'],
  ['https://huggingface.co/owner/name/resolve/main/build', 'https://huggingface.co/owner/name/resolve/main/build/'],
])('%s is a folder', (typed, url) => expect(parseAddress(typed)).toEqual({ kind: 'folder', url }));

test.each([
  '',
  'name',
  'a/b/c',
  '../a',
  'javascript:alert(1)//x',
  'data:text/html,x',
  'file:///etc/passwd',
  'https://',
])('%s is refused', (typed) => expect(parseAddress(typed)).toBeNull());
