/** Reads the vision tower's sizes and the choice of its features out of config.json, in each layout's words. */
import type { Activation } from '../parts/mlp.ts';
import {
  type Config,
  mustBeOff,
  optionalSection,
  optionalText,
  real,
  section,
  unusable,
  whole,
  word,
} from './config.ts';
import type { Identity } from './identify.ts';
import { PUBLISHED, TOWERS, type TowerKind } from './towers.ts';

export interface VisionConfig {
  kind: TowerKind;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  image_size: number;
  patch_size: number;
  layer_norm_eps: number;
  hidden_act: Activation;
  /** Layers that run; most published models take the penultimate layer's output. */
  used_layers: number;
  /** Rows that leave the tower: the patches, and before them the class row of a CLIP tower. */
  tower_rows: number;
  /** Rows that one picture gives: those of the tower without the class row. */
  image_tokens: number;
  /** Width of the connector's output: the language model's hidden size. */
  connector_size: number;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_new: 'gelu_tanh',
  gelu: 'gelu',
  quick_gelu: 'quick_gelu',
};

/** Where a layout says what: the tower's section, and which of its features are used. */
interface Description {
  tower: Config;
  kind: TowerKind;
  /** Absent numbers are filled in from the kind. */
  complete: boolean;
  select_layer: number;
  /** Whether the first of the tower's rows is left out. */
  drop_first: boolean;
}

/** The kind that a word like `openai/clip-vit-large-patch14-336` or `siglip_vision_model` names. */
function kindOf(name: string, field: string): TowerKind {
  const kind = TOWERS.find(({ id }) => name.toLowerCase().includes(id));
  if (!kind) throw unusable(field, `is "${name.slice(0, 200)}"; SigLIP and CLIP towers can be built`);
  return kind;
}

const MAX_LAYERS = 512;

/** Mipha names every number; the classes' own defaults are another model's. */
function describeMipha(config: Config): Description {
  const nested = section(config, 'vision_config');
  const tower = section(nested, 'vision_tower');
  word(section(nested, 'mm_projector'), 'mm_projector_type', { mlp2x_gelu: true });
  const name = optionalText(tower, 'vision_model_name_or_path', optionalText(tower, 'model_type', ''));
  const kind = kindOf(name, 'vision_config.vision_tower');
  const patches = word(tower, 'mm_vision_select_feature', { patch: true, cls_patch: false }, 'patch');
  return {
    tower,
    kind,
    complete: false,
    select_layer: whole(tower, 'mm_vision_select_layer', MAX_LAYERS, -2, -MAX_LAYERS),
    drop_first: kind.class_row && patches,
  };
}

/** LLaVA's own code names the tower and leaves its numbers to the tower's checkpoint. */
function describeLlava(config: Config, separate: Config | undefined): Description {
  word(config, 'mm_projector_type', { mlp2x_gelu: true });
  for (const name of ['mm_use_im_start_end', 'mm_resampler_type', 's2']) mustBeOff(config, name);
  const name = optionalText(config, 'mm_vision_tower', '');
  const short = name.slice(name.lastIndexOf('/') + 1);
  const published = Object.hasOwn(PUBLISHED, short) ? (PUBLISHED[short] as Config) : undefined;
  const own = separate && (optionalSection(separate, 'vision_config') ?? separate);
  const tower = own ?? published;
  if (!tower)
    throw unusable(
      'mm_vision_tower',
      `is "${name.slice(0, 200)}", whose sizes are unknown; give its folder with --vision-tower`,
    );
  const kind = kindOf(optionalText(tower, 'model_type', name), 'mm_vision_tower');
  const patches = word(config, 'mm_vision_select_feature', { patch: true, cls_patch: false }, 'patch');
  return {
    tower,
    kind,
    complete: true,
    select_layer: whole(config, 'mm_vision_select_layer', MAX_LAYERS, -2, -MAX_LAYERS),
    drop_first: kind.class_row && patches,
  };
}

/** Hugging Face leaves out what equals the defaults; `default` drops the first row whatever the tower. */
function describeHuggingFace(config: Config): Description {
  const tower = section(config, 'vision_config');
  const onevision = config['model_type'] === 'llava_onevision';
  word(config, 'projector_hidden_act', { gelu: true }, 'gelu');
  const strategy = onevision ? 'full' : 'default';
  return {
    tower,
    kind: kindOf(optionalText(tower, 'model_type', onevision ? 'siglip' : 'clip'), 'vision_config.model_type'),
    complete: true,
    select_layer: whole(config, 'vision_feature_layer', MAX_LAYERS, onevision ? -1 : -2, -MAX_LAYERS),
    drop_first: word(config, 'vision_feature_select_strategy', { default: true, full: false }, strategy),
  };
}

function describe({ layout, top }: Identity, separate: Config | undefined): Description {
  switch (layout) {
    case 'mipha':
      return describeMipha(top);
    case 'llava':
      return describeLlava(top, separate);
    case 'hf':
      return describeHuggingFace(top);
  }
}

/**
 * @param separate config.json of a tower that has a checkpoint of its own
 * @param hidden_size of the language model
 */
export function readVisionConfig(identity: Identity, hidden_size: number, separate?: Config): VisionConfig {
  const { tower, kind, complete, select_layer, drop_first } = describe(identity, separate);
  const fallback = (name: string): number | undefined => (complete ? kind.defaults[name] : undefined);
  const size = (name: string, max: number): number => whole(tower, name, max, fallback(name));
  const layers = size('num_hidden_layers', MAX_LAYERS);
  // hidden_states[0] is the input of layer 0, so index s means that s layers ran; −1 means all of them.
  const used_layers = select_layer < 0 ? layers + 1 + select_layer : select_layer;
  if (used_layers < 0 || used_layers > layers)
    throw unusable('the vision feature layer (select_layer)', `is ${select_layer}, but the tower has ${layers} layers`);
  const image_size = size('image_size', 4096);
  const patch_size = size('patch_size', image_size);
  const width = size('hidden_size', 1 << 16);
  const num_attention_heads = size('num_attention_heads', 1024);
  if (width % num_attention_heads !== 0) throw unusable('num_attention_heads', 'does not divide the hidden size');
  whole(tower, 'num_channels', 3, 3, 3);
  const tower_rows = Math.floor(image_size / patch_size) ** 2 + (kind.class_row ? 1 : 0);
  const image_tokens = tower_rows - (drop_first ? 1 : 0);
  if (image_tokens < 1) throw unusable('patch_size', `is ${patch_size}, which leaves no row of a picture`);
  const mipha = identity.layout === 'mipha' ? section(section(identity.top, 'vision_config'), 'mm_projector') : {};
  return {
    kind,
    hidden_size: width,
    intermediate_size: size('intermediate_size', 1 << 18),
    num_hidden_layers: layers,
    num_attention_heads,
    image_size,
    patch_size,
    layer_norm_eps: real(tower, 'layer_norm_eps', 0, 1, fallback('layer_norm_eps')),
    hidden_act: word(tower, 'hidden_act', ACTIVATIONS, complete ? kind.hidden_act : undefined),
    used_layers,
    tower_rows,
    image_tokens,
    connector_size: whole(mipha, 'hidden_size', 1 << 16, hidden_size),
  };
}
