/** What an image is to a prompt → pieces of text and rows of features, in the order in which a model reads them. */
import type { Preprocessor } from '../contract/manifest.ts';

/** `rows` are consecutive rows of image_embeds. */
export type ImageSegment = { text: string } | { rows: number };

/** Made once by the preprocessor; the prompt expands it, and nobody else counts rows. */
export type ImageLayout = readonly ImageSegment[];

/** Rows of image_embeds that one crop gives, [rows, hidden_size]. */
export function rowsPerCrop(preprocessor: Preprocessor): number {
  return preprocessor.image_tokens;
}

/** The layout of every image of a model that sees the whole image as one crop. */
export function singleCropLayout(preprocessor: Preprocessor): ImageLayout {
  return [{ rows: rowsPerCrop(preprocessor) }];
}

/** Rows of image_embeds that a layout has in all. */
export function rowsOf(layout: ImageLayout): number {
  return layout.reduce((sum, segment) => sum + ('rows' in segment ? segment.rows : 0), 0);
}
