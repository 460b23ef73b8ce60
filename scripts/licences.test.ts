import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licencesOf, packageFolder } from './licences.mjs';

const installed = (name: string) => join(import.meta.dirname, '../node_modules', name);

describe('packageFolder', () => {
  it.each([
    ['/a/node_modules/marked/lib/x.js', '/a/node_modules/marked'],
    ['/a/node_modules/@huggingface/jinja/dist/x.js?y', '/a/node_modules/@huggingface/jinja'],
    ['/a/node_modules/b/node_modules/c/x.js', '/a/node_modules/b/node_modules/c'],
    ['\0/a/node_modules/react/index.js?commonjs', '/a/node_modules/react'],
    ['/a/src/app/x.ts', null],
    ['\0vite/preload-helper.js', null],
  ])('%s', (id, folder) => expect(packageFolder(id)).toBe(folder));
});

describe('licencesOf', () => {
  it('has the licence files of the packages and of what they depend on, once each', async () => {
    const text = await licencesOf([installed('react-dom'), installed('react'), installed('@huggingface/transformers')]);
    expect([...text.matchAll(/^={100}\n(\S+) /gm)].map((match) => match[1])).toEqual(
      expect.arrayContaining([
        '@huggingface/jinja',
        'onnxruntime-web',
        'protobufjs',
        'react',
        'react-dom',
        'scheduler',
      ]),
    );
    expect(text.match(/^react 19/gm)?.length).toBe(1);
    expect(text).toContain('Copyright (c) Meta Platforms, Inc. and affiliates.');
    expect(text).not.toContain('empty-npm-package');
  });

  it('names holder and text where a package brings no file', async () => {
    const text = await licencesOf([installed('onnxruntime-web')]);
    expect(text).toMatch(/onnxruntime-web [\d.]+ \(MIT\)/);
    expect(text).toContain('Copyright (c) Microsoft Corporation');
    expect(text).toMatch(/ThirdPartyNotices\.txt/);
  });

  it('refuses a package whose licence nobody has looked at', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'package-'));
    await writeFile(join(folder, 'package.json'), '{"name":"odd","version":"1.0.0","license":"Beerware"}');
    await expect(licencesOf([folder])).rejects.toThrow('the text of "Beerware" is not known');
  });
});
