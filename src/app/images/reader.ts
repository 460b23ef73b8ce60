/** Images of this browser: checked and decoded by code that is fetched when the first image comes. */
import type { ImageReader } from '../session.ts';
import type { AttachedImage } from '../state.ts';

export function restore(kept: Omit<AttachedImage, 'url'>): AttachedImage {
  return { ...kept, url: URL.createObjectURL(kept.blob) };
}

export const browserImages: ImageReader = {
  read: async (file) => (await import('./read.ts')).readImage(file),
  restore,
  release: (image) => URL.revokeObjectURL(image.url),
};
