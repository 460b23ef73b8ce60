/** A checkpoint, and where it has none of its own a vision tower's → everything that the graphs are made of. */
import { AppError } from '../../contract/errors.ts';
import type { ConnectorWeights } from '../parts/connector.ts';
import type { TowerWeights } from '../parts/tower.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { type Config, optionalText } from './config.ts';
import type { Family, LanguageConfig, LanguageWeights } from './family.ts';
import { identify, type Identity } from './identify.ts';
import { findKeys, findTower } from './keys.ts';
import { languageWeights } from './language.ts';
import { readLanguageConfig } from './language-config.ts';
import { connectorWeights, towerWeights } from './vision.ts';
import { readVisionConfig, type VisionConfig } from './vision-config.ts';

export interface Model {
  family: Family;
  layout: Identity['layout'];
  /** config.json, for what is no part of the graphs. */
  config: Config;
  language: LanguageConfig;
  vision: VisionConfig;
  weights: { language: LanguageWeights; tower: TowerWeights; connector: ConnectorWeights };
}

/** The checkpoint that holds the tower, and the prefix there. */
function locateTower(checkpoint: Checkpoint, separate: Checkpoint | undefined): [Checkpoint, string] {
  const own = findTower(checkpoint);
  if (separate) {
    if (own !== undefined)
      throw new AppError('request-invalid', 'The checkpoint holds its own vision tower. Leave out --vision-tower.');
    const prefix = findTower(separate);
    if (prefix !== undefined) return [separate, prefix];
    throw new AppError('model-unsupported', `${separate.files.name} holds no vision tower.`, {
      file: separate.files.name,
    });
  }
  if (own !== undefined) return [checkpoint, own];
  const name = optionalText(checkpoint.config, 'mm_vision_tower', '');
  const where = name === '' ? 'the tower that it was trained with' : name.slice(0, 200);
  throw new AppError(
    'model-unsupported',
    `The checkpoint holds no vision tower. Download ${where} and add --vision-tower with its folder.`,
    { vision_tower: name.slice(0, 200) },
  );
}

/** Everything is checked against config and headers; weights are read later. Throws `model-unsupported`. */
export function readModel(checkpoint: Checkpoint, separateTower?: Checkpoint): Model {
  const identity = identify(checkpoint.config);
  const { family, layout } = identity;
  const language = readLanguageConfig(identity);
  const vision = readVisionConfig(identity, language.hidden_size, separateTower?.config);
  if (vision.connector_size !== language.hidden_size)
    throw new AppError('model-unsupported', 'The connector does not fit the language model.', {
      connector: vision.connector_size,
      hidden_size: language.hidden_size,
    });
  const keys = findKeys(checkpoint);
  const [towerCheckpoint, towerPrefix] = locateTower(checkpoint, separateTower);
  const weights = {
    language: languageWeights(checkpoint, family, language, keys),
    tower: towerWeights(towerCheckpoint, vision, towerPrefix),
    connector: connectorWeights(checkpoint, vision, keys),
  };
  return { family, layout, config: checkpoint.config, language, vision, weights };
}
