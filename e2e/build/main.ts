/** A page for tests alone: hands the calls of a test to the worker that builds. */
import { wrap } from 'comlink';
import { allowOwnScripts } from '../../workers/trusted-scripts.ts';
import type { Building } from './build.worker.ts';

allowOwnScripts();
const worker = new Worker(new URL('./build.worker.ts', import.meta.url), { type: 'module' });
Object.assign(globalThis, { building: wrap<Building>(worker) });
