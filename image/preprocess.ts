/** Decoded pixels → the crops that a vision graph sees, and where their features stand in a prompt. */
import type { Preprocessor } from '../contract/manifest.ts';
import { type ImageLayout, singleCropLayout } from './layout.ts';
import { pixelValues, type RgbaImage } from './pixel-values.ts';

export interface PreprocessedImage {
  /** pixel_values of one crop each, [3, image_size, image_size]; their features follow each other in this order. */
  crops: Float32Array[];
  layout: ImageLayout;
}

export function preprocess(image: RgbaImage, preprocessor: Preprocessor): PreprocessedImage {
  return { crops: [pixelValues(image, preprocessor)], layout: singleCropLayout(preprocessor) };
}
