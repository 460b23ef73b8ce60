/** A checkpoint's preprocessor_config.json, or its tower's habits → how a picture becomes pixel values. */
import type { Source } from '../../contract/files.ts';
import type { Preprocessor } from '../../contract/manifest.ts';
import { type Config, optionalSection, optionalText, real, unusable } from '../families/config.ts';
import type { Model } from '../families/model.ts';
import { readJsonObject } from '../weights/checkpoint.ts';

/** What the checkpoint says about pictures; the first folder that has such a file speaks. */
async function readConfig(folders: readonly Source[]): Promise<Config> {
  for (const folder of folders) {
    const own = await readJsonObject(folder, 'preprocessor_config.json');
    if (own) return own;
    const joint = await readJsonObject(folder, 'processor_config.json');
    const inside = joint && optionalSection(joint, 'image_processor');
    if (inside) return inside;
  }
  return {};
}

function triple(
  config: Config,
  name: string,
  min: number,
  fallback: [number, number, number],
): [number, number, number] {
  const value = Object.hasOwn(config, name) ? (config[name] ?? fallback) : fallback;
  const valid =
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((part) => typeof part === 'number' && Number.isFinite(part) && part >= min && part <= 1e6);
  if (!valid) throw unusable(`${name} (preprocessor_config.json)`, 'must be three numbers');
  return value as [number, number, number];
}

/** `336`, `{"shortest_edge": 336}` or `{"height": 336, "width": 336}` must be the side that the tower sees. */
function checkSize(config: Config, name: string, side: number): void {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  if (value === undefined || value === null) return;
  const sides = typeof value === 'object' ? Object.values(value) : [value];
  if (sides.length === 0 || sides.some((one) => one !== side))
    throw unusable(
      `${name} (preprocessor_config.json)`,
      `is ${JSON.stringify(value).slice(0, 80)}; the tower sees ${side}`,
    );
}

/** How a picture that is no square becomes one. */
function fitOf(
  { layout, config: top, vision }: Pick<Model, 'layout' | 'config' | 'vision'>,
  config: Config,
): 'pad' | 'crop' | 'stretch' {
  if (layout === 'hf') {
    const padding = optionalText(config, 'image_processor_type', '').startsWith('LlavaImageProcessor');
    if (padding && config['do_pad'] === true) return 'pad';
  } else {
    const ratio = optionalText(top, 'image_aspect_ratio', '');
    if (ratio === 'pad') return 'pad';
    // The whole picture comes first among the tiles, stretched.
    if (ratio.startsWith('anyres')) return 'stretch';
  }
  const crop = config['do_center_crop'] ?? vision.kind.id === 'clip';
  return crop === true ? 'crop' : 'stretch';
}

/** Of the folders' preprocessor_config.json the first that is there counts. Throws `model-unsupported`. */
export async function readPreprocessor(model: Model, folders: readonly Source[]): Promise<Preprocessor> {
  return preprocessorOf(model, await readConfig(folders));
}

/** @param config of the image preprocessor, as parsed JSON. Throws `model-unsupported` for steps nobody here knows. */
export function preprocessorOf(model: Pick<Model, 'layout' | 'config' | 'vision'>, config: Config): Preprocessor {
  const { kind, image_size, image_tokens } = model.vision;
  for (const step of ['do_resize', 'do_rescale', 'do_normalize'])
    if (config[step] === false) throw unusable(`${step} (preprocessor_config.json)`, 'is off, which cannot be built');
  const resample = config['resample'] ?? 3;
  if (resample !== 3)
    throw unusable('resample (preprocessor_config.json)', 'is not 3 (bicubic), which cannot be built');
  const fit = fitOf(model, config);
  checkSize(config, 'size', image_size);
  if (fit === 'crop') checkSize(config, 'crop_size', image_size);
  const mean = triple(config, 'image_mean', -1e6, kind.mean);
  const [r, g, b] = mean.map((part) => Math.min(255, Math.max(0, Math.trunc(part * 255))));
  return {
    image_size,
    // int(mean * 255), as the reference pads before it normalises
    pad_color: fit === 'pad' ? [r as number, g as number, b as number] : null,
    ...(fit === 'crop' ? { crop: true } : {}),
    resample: 'bicubic',
    rescale: real(config, 'rescale_factor', 1e-9, 1e9, 1 / 255),
    mean,
    std: triple(config, 'image_std', 1e-9, kind.std),
    image_tokens,
  };
}
