import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

const PAGE = 'https://example.org/mipha/index.html';
const EMBEDDED = 'https://example.org/mipha/models/mipha-nano/';

describe('readSettings', () => {
  it('takes the embedded model beside the page by default', () => {
    expect(readSettings('', PAGE)).toEqual({ modelUrl: EMBEDDED });
  });

  it('reads device, variant and model folder', () => {
    expect(readSettings('?device=webgpu&variant=f32&model=models/tiny', PAGE)).toEqual({
      modelUrl: 'https://example.org/mipha/models/tiny/',
      device: 'webgpu',
      variant: 'f32',
    });
  });

  it.each(['https://evil.example/m/', '//evil.example/m', '../other/', 'data:text/plain,x', 'm/?a=1', 'http://', ''])(
    'keeps the embedded model instead of %j',
    (folder) => {
      expect(readSettings(`?model=${encodeURIComponent(folder)}&device=tpu`, PAGE)).toEqual({ modelUrl: EMBEDDED });
    },
  );
});
