/** What went wrong and what to do, in German. */
import type { Texts, Words } from './en.ts';
import type { enReasons } from './en-reasons.ts';

export const deFailures: Words['failures'] = {
  webgpuMissing: 'WebGPU wurde verlangt, aber dieser Browser bietet keinen brauchbaren Grafikadapter.',
  downloadUnconfirmed: 'Es müsste mehr geladen werden, als Sie erlaubt haben.',
  outOfMemory:
    'Der Arbeitsspeicher reichte nicht. Schließen Sie andere Tabs oder Programme und versuchen Sie es erneut.',
  downloadFailed:
    'Das Modell konnte nicht geladen werden. Prüfen Sie die Verbindung und versuchen Sie es erneut; was schon da ist, bleibt.',
  chunkCorrupt:
    'Ein Teil des Modells kam beschädigt an und wurde verworfen. Versuchen Sie es erneut; nur dieser Teil wird neu geladen.',
  quota: 'Der Browser hat keinen Platz dafür. Geben Sie Speicherplatz frei und versuchen Sie es erneut.',
  storageBlocked:
    'Der Browser sperrt den Speicher für diese Seite. Erlauben Sie Websitedaten oder verlassen Sie den privaten Modus, und versuchen Sie es erneut.',
  manifestInvalid: 'Der Modellordner hat nicht die erwartete Form.',
  modelUnsupported: 'Diese Version der Seite kann das Modell nicht ausführen.',
  selfTestFailed: 'Dieses Gerät rechnet mit dem Modell falsch, darum wurde es nicht gestartet.',
  contextFull:
    'Die Frage und die Unterhaltung davor sind länger, als das Modell lesen kann. Kürzen Sie die Frage oder beginnen Sie eine neue Unterhaltung.',
  cancelled: 'Gestoppt.',
  workerLost: 'Der Teil der Seite, der Antworten berechnet, ist ausgefallen und wird neu gestartet.',
  backendFailed: 'Die Antwort konnte nicht berechnet werden.',
  partMissing:
    'Dieser Teil der Seite konnte nicht geladen werden. Prüfen Sie die Verbindung und laden Sie die Seite neu.',
  serverUnreachable: 'Der Server ist nicht erreichbar. Prüfen Sie, ob er läuft und ob seine Adresse stimmt.',
  serverKey: '{server} verlangt einen gültigen Schlüssel. Prüfen Sie den Schlüssel unter „Quelle“.',
  serverForbidden: '{server} erlaubt das nicht. Prüfen Sie den Schlüssel und wofür er benutzt werden darf.',
  serverUnknown: '{server} kennt diese Adresse oder dieses Modell nicht. Prüfen Sie beides unter „Quelle“.',
  serverBusy:
    '{server} ist ausgelastet, oder ein Kontingent ist aufgebraucht. Warten Sie eine Weile und versuchen Sie es erneut.',
  serverMoved:
    '{server} leitet an eine andere Adresse weiter, der nicht gefolgt wird. Geben Sie unter „Quelle“ die endgültige Adresse ein.',
  serverFailed: '{server} hat versagt. Sehen Sie in sein Protokoll oder versuchen Sie es später erneut.',
  serverRefused: '{server} hat die Anfrage nicht angenommen.',
  serverForeign: 'So wie {server} antwortet kein OpenAI-kompatibler Server. Prüfen Sie die Adresse.',
  serverSaid: 'Die Antwort lautete: „{said}“',
};

export const deReasons: Texts<typeof enReasons> = {
  noQuestion: 'Geben Sie zuerst eine Frage ein.',
  noImage: 'Fügen Sie zuerst ein Bild hinzu; Ihre Frage bleibt stehen.',
  oneAtATime: 'Dieses Modell sieht sich immer nur ein Bild an: Das letzte wurde behalten.',
  tooManyImages: {
    one: 'Dieses Modell sieht sich immer nur ein Bild an. Entfernen Sie zuerst die anderen.',
    other: 'Dieses Modell sieht sich höchstens {max} Bilder auf einmal an. Entfernen Sie zuerst einige.',
  },
  noFile:
    'Das kam ohne Datei. Speichern Sie das Bild und fügen Sie es dann hinzu; diese Seite holt nichts von anderswo.',
  address:
    'Das ist eine Adresse. Diese Seite öffnet keine, damit niemand erfährt, was Sie ansehen. Speichern Sie das Bild und fügen Sie es dann hinzu.',
  sampleMissing:
    'Das Beispielbild konnte nicht geladen werden. Prüfen Sie die Verbindung oder nehmen Sie ein eigenes Bild.',
  screenFailed: 'Der Bildschirm wurde nicht aufgenommen.',
  emptyFile: 'Diese Datei ist leer. Nehmen Sie ein anderes Bild.',
  damaged: 'Dieses Bild ist beschädigt oder unvollständig. Nehmen Sie eine andere Kopie davon.',
  unreadable:
    'Dieses Bild konnte nicht gelesen werden: Es ist beschädigt oder auf eine Weise ungewöhnlich, die dieser Browser nicht kennt. Speichern Sie es neu als PNG oder JPEG, oder nehmen Sie eine andere Kopie.',
  gone: 'Die Datei konnte nicht gelesen werden. Wurde sie verschoben oder gelöscht?',
  notAnImage: 'Diese Datei ist kein Bild. Nehmen Sie eine PNG-, JPEG-, WebP-, GIF-, AVIF- oder BMP-Datei.',
  cannotOpen:
    'Dieser Browser kann solche Bilder nicht öffnen, oder es ist beschädigt. Speichern Sie es als JPEG oder PNG.',
  tooManyPixels:
    'Dieses Bild hat {width} × {height} Pixel, mehr als hier geöffnet werden können. Nehmen Sie eine kleinere Kopie.',
  tooManyBytes: 'Diese Datei ist größer als 256 MB. Nehmen Sie ein kleineres Bild.',
  heic: 'Das ist eine HEIC-Datei, die hier nicht geöffnet werden kann. Speichern oder teilen Sie sie als JPEG.',
  tiff: 'Das ist eine TIFF-Datei, die hier nicht geöffnet werden kann. Speichern Sie sie als PNG oder JPEG.',
  pdf: 'Das ist eine PDF-Datei, die hier nicht geöffnet werden kann. Nehmen Sie ein Bildschirmfoto der Seite.',
  svg: 'Das ist eine SVG-Datei, die hier nicht geöffnet werden kann. Speichern Sie sie als PNG.',
  zip: 'Das ist eine ZIP-Datei, die hier nicht geöffnet werden kann. Entpacken Sie sie und nehmen Sie das Bild darin.',
  video: 'Das ist ein Video, das hier nicht geöffnet werden kann. Nehmen Sie ein Bildschirmfoto der Szene.',
  insecureContext:
    'Das erlauben Browser nur Seiten, die über https oder von localhost kommen. Öffnen Sie diese Seite über https oder auf localhost.',
  importNotJson: '„{file}“ wurde nicht eingelesen: Es ist keine JSON-Datei.',
  importForeign: '„{file}“ wurde nicht eingelesen: Diese Seite hat sie nicht gespeichert.',
  importNewer: '„{file}“ wurde nicht eingelesen: Eine neuere Version dieser Seite hat sie gespeichert.',
  importBroken: '„{file}“ wurde nicht eingelesen: {path} ist nicht wie erwartet.',
  importImage: '„{file}“ wurde nicht eingelesen: {path} ist kein Bild, das hier geöffnet werden kann.',
  importTooLarge: '„{file}“ wurde nicht eingelesen: Sie ist größer als {max} MB.',
  'mixed-content':
    'Diese Seite kam über https, darum lässt der Browser sie mit {server} nur über https sprechen. Geben Sie dem Server ein Zertifikat oder öffnen Sie diese Seite über http.',
  policy:
    'Die Sicherheitsrichtlinie dieser Seite verbietet es, mit {server} zu sprechen. Öffnen Sie die Seite für andere Server.',
  network:
    '{server} antwortet nicht. Prüfen Sie, ob er läuft, ob seine Adresse stimmt und ob er Seiten von {page} annimmt (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  offline: '{server} ist nicht erreichbar: Dieses Gerät ist offline.',
  cors: '{server} antwortet, aber nicht den Seiten dieser Website. Lassen Sie ihn Seiten von {page} annehmen (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  silent: 'Der Server schwieg {seconds} s lang. Sehen Sie in sein Protokoll oder versuchen Sie es erneut.',
  endless: 'Der Server schickte eine Nachricht ohne Ende.',
  badAddress: 'Das ist keine Adresse eines Servers. Sie sieht etwa so aus: http://localhost:8000/v1',
  passwordInAddress: 'Lassen Sie Name und Passwort aus der Adresse weg; der Schlüssel hat ein eigenes Feld.',
  badKey: 'Ein Schlüssel hat nur Buchstaben, Ziffern und Zeichen, keine Leerzeichen.',
  partNotFetched:
    'Der Teil der Seite, der Antworten berechnet, konnte nicht geladen werden. Prüfen Sie die Verbindung und versuchen Sie es erneut.',
  noModelListed: '{server} nennt kein Modell. Laden Sie dort eines oder geben Sie seinen Namen ein.',
  wrongModel: '{server} hat kein Modell „{model}“. Vorhanden: {list}',
  cut: 'Die Verbindung zu {server} endete vor der Antwort. Versuchen Sie es erneut.',
  blind: 'Das Modell auf {server} sieht sich keine Bilder an.',
  serverTooLarge: '{server} nimmt keine so große Anfrage an. Nehmen Sie ein kleineres Bild.',
  notKept:
    'Dieses Modell wird in diesem Browser nicht mehr aufbewahrt. Laden Sie es erneut oder fügen Sie seine Dateien wieder hinzu.',
  noManifest:
    'Unter diesen Dateien ist keine manifest.json. Wählen Sie den ganzen Ordner eines Modells in model-format 1.',
  severalModels: 'Unter diesen Dateien sind mehrere Modelle. Wählen Sie den Ordner eines einzigen.',
  fileMissing: 'Die Datei {path} fehlt unter den gewählten. Wählen Sie den ganzen Ordner des Modells.',
  modelAddress:
    'Das ist keine Adresse eines Modells. Sie sieht aus wie https://example.org/modell/ oder Besitzer/Name.',
  strictPage:
    'Diese Seite lädt Modelle nur von ihrer eigenen Website, und der Browser setzt das durch. Öffnen Sie für dieses die andere Seite.',
  otherOrigin:
    'Das Modell konnte nicht von {server} geladen werden. Prüfen Sie die Adresse und die Verbindung. Außerdem muss der Anbieter anderen Websites erlauben, es zu lesen: Er muss mit jeder Datei den Header Access-Control-Allow-Origin senden.',
  modelNeedsHttps:
    'Diese Seite kam über https, darum lässt der Browser sie von {server} nur über https laden. Verwenden Sie eine Adresse, die mit https beginnt.',
};
