/** The model manager's part of the words in Spanish. */
import type { Words } from './en.ts';

export const esModels: Words['models'] = {
  title: 'Modelos',
  explained:
    'Los modelos se guardan en este navegador. Al borrar uno se libera su espacio; se puede descargar o añadir otra vez.',
  none: 'Aquí no hay ningún modelo guardado.',
  stored: '{size}, guardado aquí',
  partly: '{size} ya están aquí',
  running: 'En uso',
  use: 'Usar {name}',
  update: 'Actualizar ({size})',
  resume: 'Descargar el resto ({size})',
  delete: 'Borrar {name}',
  deleteAll: 'Borrar todos los modelos',
  deleteAllSure: 'Pulsa otra vez para borrar todos los modelos',
  add: 'Añadir un modelo desde una carpeta',
  addHelp:
    'Elige una carpeta con un modelo en model-format 1. Se comprueba y se copia a este navegador; no se sube nada.',
  working: 'Descargando o copiando un modelo',
  progress: '{loaded} de {total}',
  speed: '{speed} por segundo',
  left: 'quedan {time}',
  pause: 'Pausar',
  firstRun: 'Descargar un modelo',
  firstRunText: 'Antes hay que descargar {name}: {size}.',
  firstRunMore: 'Se guarda en este navegador, así que solo ocurre una vez. Licencia: {license}.',
  metered: 'Esta conexión es de uso medido o ahorra datos.',
  download: 'Descargar ({size})',
  notNow: 'Ahora no',
};
