/** The words of the panel in which a person chooses what computes their answers, in Spanish. */
import type { Words } from './en.ts';

export const esPanel: Words['panel'] = {
  open: 'Origen',
  sending: 'Se envía a {host}',
  title: '¿Quién responde?',
  mipha: {
    label: 'Mipha, en este navegador',
    privacy: 'Las imágenes y las preguntas nunca salen de este dispositivo.',
  },
  hub: {
    label: 'Un modelo de Hugging Face Hub, en este navegador',
    privacy:
      'Las imágenes y las preguntas se quedan en este dispositivo. Los archivos del modelo se piden al hub, que así conoce tu dirección de red y qué modelo usas.',
    list: 'Modelo',
    other: 'Otro…',
    address: 'Repositorio',
    addressHint: 'propietario/nombre, o la dirección de su página en un hub',
    facts: '{skill} {size}, licencia {licence}.',
    size: 'Unos {size} por descargar',
    sizeUnknown: 'El tamaño se muestra al descargarlo',
  },
  skills: {
    smallest: 'Descripciones cortas y preguntas sencillas; el más pequeño.',
    charts: 'Descripciones, gráficos y texto en imágenes; el doble de grande, menos errores.',
    severalSmall: 'Como SmolVLM 256M, más nuevo; varias imágenes en una pregunta.',
    severalCharts: 'Como SmolVLM 500M, más nuevo; varias imágenes en una pregunta.',
    details: 'Preguntas sobre detalles de una imagen, respuestas más largas.',
    strongest: 'El más capaz de todos, en muchos idiomas; necesita una GPU potente y gigabytes de espacio.',
  },
  browser: {
    label: 'El modelo propio del navegador',
    privacy: 'El navegador calcula las respuestas en este dispositivo, con un modelo que elige él.',
    unavailable: 'Este navegador no tiene ninguno que mire imágenes.',
    downloadable: 'El navegador descarga antes su modelo; pueden ser gigabytes.',
  },
  server: {
    label: 'Un servidor de tu elección',
    privacy: 'Tus imágenes y preguntas se envían a {host}. Quien lo administra puede leerlas.',
    unnamed: 'ese servidor',
    explained: 'Cualquier servidor que hable el protocolo de chat de OpenAI: vLLM, llama.cpp, Ollama y otros.',
    address: 'Dirección',
    model: 'Nombre del modelo',
    modelHint: 'vacío: el primero que tenga el servidor',
    key: 'Clave',
    keyHint: 'se conserva hasta que se cierre esta página, salvo que marques la casilla',
    remember: 'Recordar la clave en este dispositivo; podrá leerla cualquiera que use este navegador',
  },
  strict:
    'Esta página solo puede hablar con su propio sitio; el navegador lo garantiza. Para esto, abre la otra página:',
  connect: 'Abrir la página que puede hablar con otros servidores',
  disconnect: 'Volver a la página que no habla con nadie más',
  use: 'Usar',
};
