/** The sources as they are → the thread that decodes: threads of Node 20 have to learn TypeScript themselves. */
import { register } from 'tsx/esm/api';

register();
await import('./decoder.thread.ts');
