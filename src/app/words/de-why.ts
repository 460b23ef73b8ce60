/** Why a model runs where it does, or does not suit this device, in German. */
export const deWhy = {
  variantAsked: 'Die Variante {variant} wurde verlangt.',
  deviceAsked: '{device} wurde verlangt.',
  insecureGpu: 'WebGPU geben Browser nur Seiten, die über https oder von localhost kommen.',
  noWebgpu: 'Dieser Browser bietet hier kein WebGPU.',
  emulated: 'WebGPU wird hier nur in Software nachgebildet; das ist langsamer als WebAssembly.',
  subgroups: 'Untergruppen dieser GPU sind zu klein oder fehlen; sie werden nicht verwendet.',
  lacks: '{variant} braucht {features}; das hat diese GPU nicht.',
  skipped: '{variant} wird übersprungen, weil es hier schon einmal gescheitert ist: {failure}',
  threads: '{variant} läuft mit {threads} Threads.',
  oneThread: '{variant} läuft mit einem Thread.',
  notIsolated: '{variant} läuft mit einem Thread, weil diese Seite nicht von anderen Herkünften isoliert ist.',
  insecureThread:
    '{variant} läuft mit einem Thread, weil diese Seite über einfaches http kam. Über https oder auf localhost geht es schneller.',
  runs: '{variant} läuft.',
  fails: '{variant} geht hier nicht: {failure}',
  newer: 'Eine neuere Fassung dieses Modells ({bytes}) lässt sich unter „Modelle“ laden.',
  noTiles: 'Große Bilder werden nicht in Kacheln zerlegt; das würde auf der CPU lange dauern.',
  crashes: 'Die GPU ist schon ausgefallen ({times}-mal); vorerst rechnet die CPU.',
  browserModel:
    'Der Browser berechnet die Antworten auf diesem Gerät mit einem Modell, das er selbst gewählt hat und verwahrt.',
  browserOptions: 'Wie Wörter gewählt werden und wie lang Antworten sind, bestimmt er selbst.',
  serverModel: '{server} berechnet die Antworten: Ihre Bilder und Fragen werden dorthin gesendet.',
  serverOnly: 'Es wird nichts geladen und auf diesem Gerät nichts berechnet.',
  wasmLimit: 'Ohne WebGPU darf ein Modell höchstens {limit_bytes} haben; dieses hat {bytes}.',
  memory: 'Dieses Gerät hat etwa {memory_gb} Arbeitsspeicher; das Modell allein braucht {bytes}.',
  room: 'Der Browser erlaubt dieser Seite noch {room_bytes}; das Modell braucht {bytes}.',
  noMoreRoom: 'Der Browser hat für diese Seite keinen Platz mehr.',
  blocked:
    'Dieser Browser lässt die Seite keine Daten aufbewahren. Verlassen Sie den privaten Modus oder erlauben Sie Websitedaten, und laden Sie die Seite neu.',
  notWritten: 'Der Browser konnte das Modell nicht speichern: {failure}',
  noVariant: 'Keine Variante dieses Modells läuft auf diesem Gerät. {why}',
};
