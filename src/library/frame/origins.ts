/** The site owner's embed-origins.json → the origins that may talk to the frame; anything unclear means nobody. */
import { AppError } from '../../../contract/errors.ts';

export const ORIGINS_FILE = 'embed-origins.json';
const MAX_ORIGINS = 1000;

/**
 * Exactly as a browser writes it: `https://shop.example`, `http://127.0.0.1:8080`. No path, no `null`, and no `*`, which
 * URLs may contain.
 */
function isOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !/^https?:\/\/[a-z0-9.:[\]-]+$/.test(value) || !URL.canParse(value)) return false;
  return new URL(value).origin === value;
}

/** Throws `request-invalid` that says which entry is at fault: half a list would hide a mistake. */
export function readOrigins(file: unknown): ReadonlySet<string> {
  const { origins, ...rest } = Object(file) as { origins?: unknown };
  if (!Array.isArray(origins) || origins.length > MAX_ORIGINS || Object.keys(rest).length > 0)
    throw new AppError('request-invalid', `${ORIGINS_FILE} has to be { "origins": ["https://…"] }.`);
  for (const origin of origins) {
    if (isOrigin(origin)) continue;
    const shown = JSON.stringify(origin).slice(0, 100);
    const form = 'scheme, host and port as browsers write them, such as "https://shop.example"';
    throw new AppError('request-invalid', `${ORIGINS_FILE}: ${shown} is not an origin (${form}).`);
  }
  return new Set(origins);
}

/** Asked anew each time: a copy of an older list might let in who was taken off it. */
export async function fetchOrigins(base: string): Promise<ReadonlySet<string>> {
  const response = await fetch(new URL(ORIGINS_FILE, base), { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new AppError('download-failed', `${ORIGINS_FILE}: status ${response.status}`);
  return readOrigins(await response.json());
}

/**
 * Whether every page around the frame may show it. Browsers that keep `location.ancestorOrigins` to themselves pass
 * undefined; there the handshake decides, which only the innermost page can make.
 */
export function mayBeShown(ancestors: readonly string[] | undefined, allowed: ReadonlySet<string>): boolean {
  return ancestors === undefined || ancestors.every((origin) => allowed.has(origin));
}
