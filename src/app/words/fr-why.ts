/** Why a model runs where it does, or does not suit this device, in French. */
export const frWhy = {
  variantAsked: 'La variante {variant} a été demandée.',
  deviceAsked: '{device} a été demandé.',
  insecureGpu: 'Les navigateurs ne donnent WebGPU qu’aux pages venues par https ou de localhost.',
  noWebgpu: 'Ce navigateur n’offre pas WebGPU ici.',
  emulated: 'WebGPU n’est ici qu’émulé par logiciel, ce qui est plus lent que WebAssembly.',
  subgroups: 'Les sous-groupes de ce GPU sont trop petits ou absents ; ils ne sont pas utilisés.',
  lacks: '{variant} a besoin de {features}, que ce GPU n’a pas.',
  skipped: '{variant} est laissé de côté, car un essai a déjà échoué ici : {failure}',
  threads: '{variant} fonctionne avec {threads} fils d’exécution.',
  oneThread: '{variant} fonctionne avec un seul fil d’exécution.',
  notIsolated:
    '{variant} fonctionne avec un seul fil d’exécution, car cette page n’est pas isolée des autres origines.',
  insecureThread:
    '{variant} fonctionne avec un seul fil d’exécution, car cette page est venue par http simple. Par https ou sur localhost, c’est plus rapide.',
  runs: '{variant} fonctionne.',
  fails: '{variant} ne fonctionne pas ici : {failure}',
  newer: 'Une version plus récente de ce modèle ({bytes}) peut être téléchargée sous « Modèles ».',
  noTiles: 'Les grandes images ne sont pas découpées, ce qui prendrait longtemps sur le CPU.',
  crashes: 'Le GPU s’est arrêté (nombre de fois : {times}) ; le CPU est utilisé pour le moment.',
  browserModel:
    'Le navigateur calcule les réponses sur cet appareil avec un modèle qu’il a choisi et qu’il conserve lui-même.',
  browserOptions: 'Le choix des mots et la longueur dépendent de lui.',
  serverModel: '{server} calcule les réponses : vos images et vos questions y sont envoyées.',
  serverOnly: 'Rien n’est téléchargé et rien n’est calculé sur cet appareil.',
  wasmLimit: 'Sans WebGPU, un modèle peut faire {limit_bytes} au plus ; celui-ci fait {bytes}.',
  memory: 'Cet appareil a environ {memory_gb} de mémoire ; le modèle seul demande {bytes}.',
  room: 'Le navigateur accorde encore {room_bytes} à ce site ; le modèle demande {bytes}.',
  noMoreRoom: 'Le navigateur n’a plus de place pour ce site.',
  blocked:
    'Ce navigateur ne permet pas à la page de conserver des données. Quittez la navigation privée ou autorisez les données du site, puis rechargez la page.',
  notWritten: 'Le navigateur n’a pas pu enregistrer le modèle : {failure}',
  noVariant: 'Aucune variante de ce modèle ne fonctionne sur cet appareil. {why}',
};
