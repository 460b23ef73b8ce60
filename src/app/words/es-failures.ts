/** What went wrong and what to do, in Spanish. */
import type { Texts, Words } from './en.ts';
import type { enReasons } from './en-reasons.ts';

export const esFailures: Words['failures'] = {
  webgpuMissing: 'Se pidió WebGPU, pero este navegador no ofrece ningún adaptador gráfico utilizable.',
  downloadUnconfirmed: 'Habría que descargar más de lo que aceptaste.',
  outOfMemory: 'No había memoria suficiente. Cierra otras pestañas o programas y vuelve a intentarlo.',
  downloadFailed:
    'No se pudo descargar el modelo. Comprueba la conexión y vuelve a intentarlo; lo que ya llegó se conserva.',
  chunkCorrupt: 'Una parte del modelo llegó dañada y se descartó. Vuelve a intentarlo y solo se descargará esa parte.',
  quota: 'El navegador no tiene espacio para guardar esto. Libera espacio en el disco y vuelve a intentarlo.',
  storageBlocked:
    'El navegador bloquea el almacenamiento de esta página. Permite los datos del sitio o sal de la navegación privada, y vuelve a intentarlo.',
  manifestInvalid: 'La carpeta del modelo no tiene la forma esperada.',
  modelUnsupported: 'Esta versión de la página no puede ejecutar ese modelo.',
  selfTestFailed: 'Este dispositivo calcula mal con el modelo, así que no se inició.',
  contextFull:
    'La pregunta y la conversación anterior son más largas de lo que el modelo puede leer. Acorta la pregunta o empieza una conversación nueva.',
  cancelled: 'Detenido.',
  workerLost: 'La parte de la página que calcula las respuestas dejó de funcionar y se está reiniciando.',
  backendFailed: 'No se pudo calcular la respuesta.',
  partMissing: 'No se pudo descargar esta parte de la página. Comprueba la conexión y recarga la página.',
  serverUnreachable: 'No se puede acceder al servidor. Comprueba que esté en marcha y que su dirección sea correcta.',
  serverKey: '{server} pide una clave válida. Revisa la clave en «Origen».',
  serverForbidden: '{server} no lo permite. Revisa la clave y para qué puede usarse.',
  serverUnknown: '{server} no conoce esa dirección o ese modelo. Revisa ambos en «Origen».',
  serverBusy: '{server} está ocupado o se agotó un límite. Espera un rato y vuelve a intentarlo.',
  serverMoved: '{server} remite a otra dirección, que no se sigue. Escribe la dirección definitiva en «Origen».',
  serverFailed: '{server} falló. Mira su registro o vuelve a intentarlo más tarde.',
  serverRefused: '{server} no aceptó la petición.',
  serverForeign: 'Lo que responde {server} no es lo que dice un servidor compatible con OpenAI. Revisa la dirección.',
  serverSaid: 'Dijo: «{said}»',
};

export const esReasons: Texts<typeof enReasons> = {
  noQuestion: 'Escribe primero una pregunta.',
  noImage: 'Añade primero una imagen; tu pregunta se conserva.',
  oneAtATime: 'Este modelo mira una sola imagen cada vez: se conservó la última.',
  tooManyImages: {
    one: 'Este modelo mira una sola imagen cada vez. Quita antes las demás.',
    other: 'Este modelo mira {max} imágenes cada vez. Quita antes algunas.',
  },
  noFile:
    'Eso llegó sin archivo. Guarda antes la imagen y luego añádela; esta página no descarga nada de otros sitios.',
  address:
    'Eso es una dirección. Esta página no abre ninguna, para que nadie sepa qué miras. Guarda la imagen y luego añádela.',
  sampleMissing: 'No se pudo descargar la imagen de ejemplo. Comprueba la conexión o añade una imagen tuya.',
  screenFailed: 'No se capturó ninguna imagen de la pantalla.',
  emptyFile: 'Este archivo está vacío. Añade otra imagen.',
  damaged: 'Esta imagen está dañada o incompleta. Añade otra copia.',
  unreadable:
    'No se pudo leer esta imagen: está dañada o tiene algo inusual que este navegador no conoce. Guárdala de nuevo como PNG o JPEG, o añade otra copia.',
  gone: 'No se pudo leer el archivo. ¿Se movió o se borró?',
  notAnImage: 'Este archivo no es una imagen. Añade un archivo PNG, JPEG, WebP, GIF, AVIF o BMP.',
  cannotOpen: 'Este navegador no puede abrir este tipo de imagen, o está dañada. Guárdala como JPEG o PNG.',
  tooManyPixels:
    'Esta imagen tiene {width} × {height} píxeles, más de los que se pueden abrir aquí. Añade una copia más pequeña.',
  tooManyBytes: 'Este archivo ocupa más de 256 MB. Añade una imagen más pequeña.',
  heic: 'Este es un archivo HEIC, que no se puede abrir aquí. Guárdalo o compártelo como JPEG.',
  tiff: 'Este es un archivo TIFF, que no se puede abrir aquí. Guárdalo como PNG o JPEG.',
  pdf: 'Este es un archivo PDF, que no se puede abrir aquí. Haz una captura de pantalla de la página y añádela.',
  svg: 'Este es un archivo SVG, que no se puede abrir aquí. Guárdalo como PNG.',
  zip: 'Este es un archivo ZIP, que no se puede abrir aquí. Descomprímelo y añade la imagen que contiene.',
  video: 'Este es un vídeo, que no se puede abrir aquí. Haz una captura de pantalla de la escena y añádela.',
  insecureContext:
    'Los navegadores solo permiten esto a páginas que llegan por https o desde localhost. Abre esta página por https o en localhost.',
  importNotJson: 'No se importó «{file}»: no es un archivo JSON.',
  importForeign: 'No se importó «{file}»: no lo guardó esta página.',
  importNewer: 'No se importó «{file}»: lo guardó una versión más nueva de esta página.',
  importBroken: 'No se importó «{file}»: {path} no es como se esperaba.',
  importImage: 'No se importó «{file}»: {path} no es una imagen que se pueda abrir aquí.',
  importTooLarge: 'No se importó «{file}»: ocupa más de {max} MB.',
  'mixed-content':
    'Esta página llegó por https, así que el navegador solo le permite hablar con {server} por https. Da un certificado al servidor o abre esta página por http.',
  policy: 'La política de seguridad de esta página prohíbe hablar con {server}. Abre la página para otros servidores.',
  network:
    '{server} no responde. Comprueba que esté en marcha, que su dirección sea correcta y que acepte páginas de {page} (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  offline: 'No se puede acceder a {server}: este dispositivo no tiene conexión.',
  cors: '{server} responde, pero no a las páginas de este sitio. Haz que acepte páginas de {page} (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  silent: 'El servidor estuvo {seconds} s en silencio. Mira su registro o vuelve a intentarlo.',
  endless: 'El servidor envió un mensaje sin final.',
  badAddress: 'Esa no es la dirección de un servidor. Tiene un aspecto como http://localhost:8000/v1',
  passwordInAddress: 'No pongas nombre ni contraseña en la dirección; la clave tiene su propio campo.',
  badKey: 'Una clave solo tiene letras, cifras y signos, sin espacios.',
  partNotFetched:
    'No se pudo descargar la parte de la página que calcula las respuestas. Comprueba la conexión y vuelve a intentarlo.',
  noModelListed: '{server} no ofrece ningún modelo. Carga uno allí o escribe su nombre.',
  wrongModel: '{server} no tiene el modelo «{model}». Tiene: {list}',
  cut: 'La conexión con {server} terminó antes que la respuesta. Vuelve a intentarlo.',
  blind: 'El modelo de {server} no mira imágenes.',
  serverTooLarge: '{server} no acepta una petición de este tamaño. Usa una imagen más pequeña.',
  notKept: 'Este modelo ya no está guardado en este navegador. Descárgalo otra vez o vuelve a añadir sus archivos.',
  noManifest:
    'Entre estos archivos no hay ningún manifest.json. Elige la carpeta entera de un modelo en model-format 1.',
  severalModels: 'Entre estos archivos hay varios modelos. Elige la carpeta de uno de ellos.',
  fileMissing: 'El archivo {path} falta entre los elegidos. Elige la carpeta entera del modelo.',
  modelAddress:
    'Esto no es la dirección de un modelo. Tiene la forma https://example.org/modelo/ o propietario/nombre.',
  strictPage:
    'Esta página solo descarga modelos de su propio sitio, y el navegador lo hace cumplir. Abre la otra página para este.',
  otherOrigin:
    'No se pudo descargar el modelo de {server}. Comprueba la dirección y la conexión. Además, quien lo aloja debe permitir que otros sitios lo lean: tiene que enviar la cabecera Access-Control-Allow-Origin con cada archivo.',
  modelNeedsHttps:
    'Esta página llegó por https, así que el navegador solo le deja descargar de {server} por https. Usa una dirección que empiece por https.',
};
