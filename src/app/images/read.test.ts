import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { checkImage } from './read.ts';

const PICTURE = new Uint8Array(PNG.sync.write(new PNG({ width: 3, height: 2 })));

describe('checkPicture', () => {
  it('trusts the bytes, not the name or the type that came with them', async () => {
    await expect(checkImage(new File([PICTURE], 'a.jpg', { type: 'text/plain' }))).resolves.toMatchObject({
      blob: { type: 'image/png', size: PICTURE.length },
      clean: true,
    });
  });

  it('refuses what is no picture before a decoder sees it', async () => {
    await expect(checkImage(new Blob(['hello']))).rejects.toMatchObject({ code: 'image-unsupported' });
    await expect(checkImage(new Blob([]))).rejects.toMatchObject({ code: 'image-broken' });
  });

  it('refuses a huge file without reading it', async () => {
    const huge = Object.assign(new Blob([PICTURE]), { arrayBuffer: () => Promise.reject(new Error('was read')) });
    Object.defineProperty(huge, 'size', { value: 300 * 1024 * 1024 });
    await expect(checkImage(huge)).rejects.toMatchObject({ code: 'image-too-large' });
  });

  it('explains a file that has gone since it was chosen', async () => {
    const gone = Object.assign(new Blob([PICTURE]), {
      arrayBuffer: () => Promise.reject(new Error('NotReadableError')),
    });
    await expect(checkImage(gone)).rejects.toMatchObject({ code: 'image-broken', message: /moved or deleted/ });
  });
});
