/** A prompt and decoded images → the tensors that a hub model takes, by its own processor. */
import { type PreTrainedTokenizer, type Processor, RawImage, type Tensor } from '@huggingface/transformers';
import type { RgbaImage } from '../image/pixel-values.ts';

export type Inputs = Record<string, Tensor>;

/** Processors that take images before the text; the others take the text first. */
const PICTURES_FIRST = new Set(['Florence2Processor', 'Lfm2VlProcessor', 'PaliGemmaProcessor', 'PixtralProcessor']);

export type Encode = (inputs: Inputs) => Promise<Tensor>;
type Call = (...args: unknown[]) => Promise<Inputs>;
/** What the library's classes have and its types do not tell. */
interface Parts {
  config: Record<string, unknown>;
  tokenizer: (text: string | string[]) => Inputs;
  image_processor: (images: RawImage[]) => Promise<Inputs>;
}

export interface InputOptions {
  /** The class that the model names for its processor. */
  processorClass: string;
  imageToken: string;
  /** Whether images may be cut into tiles, each of which costs as much as an image; where the model does that. */
  tiles: boolean;
}

/** Three bytes a pixel; the decoder has dealt with transparency. */
export function toRawImage({ data, width, height }: RgbaImage): RawImage {
  return new RawImage(new Uint8ClampedArray(data), width, height, 4).rgb();
}

/** LLaVA's processor makes room for the first image of a prompt only; this does for all. */
async function llavaInputs(parts: Parts, text: string, images: RawImage[], imageToken: string): Promise<Inputs> {
  const pixels = await parts.image_processor(images);
  const [height = 0, width = 0] = pixels['pixel_values']?.dims.slice(-2) ?? [];
  const { patch_size, num_additional_image_tokens = 0 } = parts.config as Record<string, number | undefined>;
  const patches = Math.floor(height / (patch_size ?? height)) * Math.floor(width / (patch_size ?? width));
  const rows = imageToken.repeat(patches + num_additional_image_tokens);
  return { ...pixels, ...parts.tokenizer(text.replaceAll(imageToken, rows)) };
}

/** How many rows of features a model makes of an image; the vision graph has to run for that. */
async function rowsOf(encode: Encode, pixels: Inputs, count: number): Promise<number> {
  const { dims } = await encode(pixels);
  return dims.length > 2 ? (dims.at(-2) ?? 0) : Math.floor((dims[0] ?? 0) / count);
}

/** @param model what is needed of a loaded model */
export async function modelInputs(
  model: {
    processor: Processor;
    tokenizer: PreTrainedTokenizer;
    /** Runs the vision graph, or gives what it gave for these images before. */
    encode: Encode | undefined;
  },
  text: string,
  images: RawImage[],
  { processorClass, imageToken, tiles }: InputOptions,
): Promise<Inputs> {
  const { processor, encode } = model;
  const tokenizer = model.tokenizer as unknown as Parts['tokenizer'];
  const parts = processor as unknown as Parts;
  // Most processors cannot do without an image.
  if (images.length === 0) return tokenizer(text);
  if (!processor.tokenizer && encode) {
    // The library has no class for this model's processor: it prepares images, and we make room for them.
    const pixels = await parts.image_processor(images);
    const rows = await rowsOf(encode, pixels, images.length);
    return { ...pixels, ...tokenizer(text.replaceAll(imageToken, imageToken.repeat(rows))) };
  }
  if (processorClass === 'LlavaProcessor') return llavaInputs(parts, text, images, imageToken);
  const call = processor as unknown as Call;
  if (PICTURES_FIRST.has(processorClass)) return call(images, text, {});
  return call(text, images, tiles ? {} : { do_image_splitting: false });
}
