/** Pictures of this browser: checked and decoded by code that is fetched when the first picture comes. */
import type { PictureReader } from '../session.ts';
import type { Picture } from '../state.ts';

export function restore(kept: Omit<Picture, 'url'>): Picture {
  return { ...kept, url: URL.createObjectURL(kept.blob) };
}

export const browserPictures: PictureReader = {
  read: async (file) => (await import('./read.ts')).readPicture(file),
  restore,
  release: (picture) => URL.revokeObjectURL(picture.url),
};
