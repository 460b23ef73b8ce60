/** Where the model lies that comes along. */
import { join } from 'node:path';

export const DEFAULT_MODEL = join(import.meta.dirname, '../public/models/mipha-nano');
