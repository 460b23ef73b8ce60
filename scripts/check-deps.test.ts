/** The import check catches what it is there for, and does not trip over text that only looks like an import. */
import { describe, expect, test } from 'vitest';
import { check, importsOf, LAYERS } from './check-deps.mjs';

const table = { 'contract/': [], 'engine/': ['contract/', '@huggingface/tokenizers'], 'src/app/': ['react'] };
const fine = [
  { path: 'contract/chat.ts', source: 'export const a = 1;' },
  {
    path: 'engine/preprocessor/tokenizer.ts',
    source: "import { Tokenizer } from '@huggingface/tokenizers';\nimport type { A } from '../../contract/chat.ts';",
  },
  { path: 'src/app/main.tsx', source: "import { useState } from 'react';\nimport './app.css';" },
];
const withFile = (path: string, source: string) => check([...fine, { path, source }], table);

describe('check', () => {
  test('accepts what the table allows', () => {
    expect(check(fine, table)).toEqual([]);
  });

  test.each([
    ['contract/a.ts', "import { x } from '../engine/x.ts';"],
    ['contract/a.ts', "import type { x } from '../engine/x.ts';"],
    ['contract/a.ts', "export { x } from 'react';"],
    ['contract/a.ts', "export * from 'react';"],
    ['contract/a.ts', "import 'react';"],
    ['contract/a.ts', "const x = await import('react');"],
    ['contract/a.ts', "import {\n  x,\n  y,\n} from 'node:fs';"],
    ['src/app/a.tsx', "import { x } from '../../engine/x.ts';"],
    ['src/app/a.tsx', "import { createRoot } from 'react-dom/client';"],
    ['engine/a.ts', "import { Tokenizer } from '@huggingface/tokenizers';"],
    ['engine/a.ts', "import * as ort from 'onnxruntime-web/wasm';"],
    ['engine/a.test.ts', "import { wrap } from 'comlink';"],
    ['src/app/a.ts', "import config from '../../vite.config.ts';"],
  ])('reports %s with %j', (path, source) => {
    expect(withFile(path, source)).toEqual([expect.stringContaining(`${path}: may not import`)]);
  });

  test('lets tests reach every layer and the test tools', () => {
    const source = "import { test } from 'vitest';\nimport { x } from '../engine/x.ts';";
    expect(withFile('contract/a.test.ts', source)).toEqual([]);
  });

  test('reports entries and layers that nothing uses', () => {
    const rest = fine.filter(({ path }) => path !== 'src/app/main.tsx');
    expect(check(rest, table)).toEqual([
      'stale layer: src/app/ has no files',
      'stale entry: src/app/ does not import react',
    ]);
  });

  test('the table names only layers that end in a slash', () => {
    expect(Object.keys(LAYERS).filter((layer) => !layer.endsWith('/'))).toEqual([]);
  });
});

describe('importsOf', () => {
  test('skips comments', () => {
    expect(
      importsOf("// import a from 'a';\n/* import b from 'b'; */\nimport c from 'c'; // import d from 'd'"),
    ).toEqual(['c']);
  });

  test('keeps a URL in a string apart from a comment', () => {
    expect(importsOf("const url = 'https://example.org';\nimport c from 'c';")).toEqual(['c']);
  });

  test('takes several imports on one line', () => {
    expect(importsOf("import a from 'a';import b from 'b';export {c} from 'c';")).toEqual(['a', 'b', 'c']);
  });
});
