/** The text of a stored version, of either kind → what the model is called and which pieces its files consist of. */
import { CHUNK_BYTES } from '../contract/manifest.ts';
import { LOCAL_SCHEME, type ModelSource } from '../contract/stored-models.ts';
import { manifestOf, type Version } from './records.ts';

/** Marks the list of a hub model's files; see hub/listing.ts. */
export const HUB_FORMAT = 'hub-1';

export interface PieceList {
  id: string;
  name: string;
  source: ModelSource;
  chunk_bytes: number;
  files: { bytes: number; chunks: string[] }[];
}

function isFile(value: unknown): value is PieceList['files'][number] {
  const { bytes, chunks } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof bytes === 'number' && Array.isArray(chunks) && chunks.every((sum) => typeof sum === 'string');
}

/** Null for what is no list of a hub model's files. */
function hubPieces(text: string): PieceList | null {
  try {
    const { format, repo, files } = JSON.parse(text) as Record<string, unknown>;
    if (format !== HUB_FORMAT || typeof repo !== 'string' || !Array.isArray(files) || !files.every(isFile)) return null;
    return { id: repo, name: repo.split('/')[1] ?? repo, source: 'hub', chunk_bytes: CHUNK_BYTES, files };
  } catch {
    return null; // damaged: as if it were not there
  }
}

/** Null when this version of the page cannot read the version. */
export function piecesOf(version: Version, modelUrl: string): PieceList | null {
  const manifest = manifestOf(version);
  if (!manifest) return hubPieces(version.text);
  const { id, name, chunk_bytes, files } = manifest;
  return { id, name, source: modelUrl.startsWith(LOCAL_SCHEME) ? 'files' : 'folder', chunk_bytes, files };
}
