/** What went wrong and what to do, in French. */
import type { Texts, Words } from './en.ts';
import type { enReasons } from './en-reasons.ts';

export const frFailures: Words['failures'] = {
  webgpuMissing: 'WebGPU a été demandé, mais ce navigateur n’offre aucun adaptateur graphique utilisable.',
  downloadUnconfirmed: 'Il faudrait télécharger plus que ce que vous avez accepté.',
  outOfMemory: 'La mémoire n’a pas suffi. Fermez d’autres onglets ou programmes, puis réessayez.',
  downloadFailed:
    'Le modèle n’a pas pu être téléchargé. Vérifiez la connexion, puis réessayez ; ce qui est arrivé est conservé.',
  chunkCorrupt:
    'Une partie du modèle est arrivée endommagée et a été écartée. Réessayez : seule cette partie sera retéléchargée.',
  quota: 'Le navigateur n’a pas la place de conserver cela. Libérez de l’espace disque, puis réessayez.',
  storageBlocked:
    'Le navigateur bloque le stockage pour cette page. Autorisez les données de site ou quittez la navigation privée, puis réessayez.',
  manifestInvalid: 'Le dossier du modèle n’a pas la forme attendue.',
  modelUnsupported: 'Cette version de la page ne peut pas exécuter ce modèle.',
  selfTestFailed: 'Cet appareil calcule des réponses fausses avec le modèle, qui n’a donc pas été démarré.',
  contextFull:
    'La question et la conversation qui la précède sont plus longues que ce que le modèle peut lire. Raccourcissez la question ou commencez une nouvelle conversation.',
  cancelled: 'Arrêté.',
  workerLost: 'La partie de la page qui calcule les réponses s’est arrêtée ; elle redémarre.',
  backendFailed: 'La réponse n’a pas pu être calculée.',
  partMissing: 'Cette partie de la page n’a pas pu être chargée. Vérifiez la connexion, puis rechargez la page.',
  serverUnreachable: 'Le serveur est injoignable. Vérifiez qu’il fonctionne et que son adresse est juste.',
  serverKey: '{server} demande une clé valide. Vérifiez la clé sous « Origine ».',
  serverForbidden: '{server} ne le permet pas. Vérifiez la clé et ce à quoi elle donne droit.',
  serverUnknown: '{server} ne connaît pas cette adresse ou ce modèle. Vérifiez les deux sous « Origine ».',
  serverBusy: '{server} est occupé ou une limite est épuisée. Attendez un moment, puis réessayez.',
  serverMoved:
    '{server} renvoie vers une autre adresse, qui n’est pas suivie. Saisissez l’adresse définitive sous « Origine ».',
  serverFailed: '{server} a échoué. Consultez son journal ou réessayez plus tard.',
  serverRefused: '{server} n’a pas accepté la requête.',
  serverForeign: 'La réponse de {server} n’est pas celle d’un serveur compatible avec OpenAI. Vérifiez l’adresse.',
  serverSaid: 'Sa réponse : « {said} »',
};

export const frReasons: Texts<typeof enReasons> = {
  noQuestion: 'Écrivez d’abord une question.',
  noImage: 'Ajoutez d’abord une image ; votre question est conservée.',
  oneAtATime: 'Ce modèle regarde une image à la fois : la dernière a été gardée.',
  tooManyImages: {
    one: 'Ce modèle regarde une image à la fois. Retirez d’abord les autres.',
    other: 'Ce modèle regarde {max} images à la fois. Retirez-en d’abord quelques-unes.',
  },
  noFile:
    'C’est arrivé sans fichier. Enregistrez d’abord l’image, puis ajoutez-la ; cette page ne va rien chercher ailleurs.',
  address:
    'C’est une adresse. Cette page n’en ouvre aucune, pour que personne n’apprenne ce que vous regardez. Enregistrez l’image, puis ajoutez-la.',
  sampleMissing: 'L’image d’exemple n’a pas pu être chargée. Vérifiez la connexion ou ajoutez une image à vous.',
  screenFailed: 'Aucune image de l’écran n’a été prise.',
  emptyFile: 'Ce fichier est vide. Ajoutez une autre image.',
  damaged: 'Cette image est endommagée ou incomplète. Ajoutez-en une autre copie.',
  unreadable:
    'Cette image n’a pas pu être lue : elle est endommagée, ou d’un genre que ce navigateur ne connaît pas. Enregistrez-la à nouveau en PNG ou JPEG, ou ajoutez une autre copie.',
  gone: 'Le fichier n’a pas pu être lu. A-t-il été déplacé ou supprimé ?',
  notAnImage: 'Ce fichier n’est pas une image. Ajoutez un fichier PNG, JPEG, WebP, GIF, AVIF ou BMP.',
  cannotOpen:
    'Ce navigateur ne peut pas ouvrir ce type d’image, ou elle est endommagée. Enregistrez-la en JPEG ou PNG.',
  tooManyPixels:
    'Cette image a {width} × {height} pixels, plus qu’on ne peut en ouvrir ici. Ajoutez une copie plus petite.',
  tooManyBytes: 'Ce fichier dépasse 256 Mo. Ajoutez une image plus petite.',
  heic: 'C’est un fichier HEIC, qui ne peut pas être ouvert ici. Enregistrez-le ou partagez-le en JPEG.',
  tiff: 'C’est un fichier TIFF, qui ne peut pas être ouvert ici. Enregistrez-le en PNG ou JPEG.',
  pdf: 'C’est un fichier PDF, qui ne peut pas être ouvert ici. Faites une capture d’écran de la page et ajoutez-la.',
  svg: 'C’est un fichier SVG, qui ne peut pas être ouvert ici. Enregistrez-le en PNG.',
  zip: 'C’est un fichier ZIP, qui ne peut pas être ouvert ici. Décompressez-le et ajoutez l’image qu’il contient.',
  video: 'C’est une vidéo, qui ne peut pas être ouverte ici. Faites une capture d’écran de la scène et ajoutez-la.',
  insecureContext:
    'Les navigateurs ne permettent cela qu’aux pages venues par https ou de localhost. Ouvrez cette page par https ou sur localhost.',
  importNotJson: '« {file} » n’a pas été importé : ce n’est pas un fichier JSON.',
  importForeign: '« {file} » n’a pas été importé : il n’a pas été enregistré par cette page.',
  importNewer: '« {file} » n’a pas été importé : une version plus récente de cette page l’a enregistré.',
  importBroken: '« {file} » n’a pas été importé : {path} n’est pas conforme.',
  importImage: '« {file} » n’a pas été importé : {path} n’est pas une image qui peut être ouverte ici.',
  importTooLarge: '« {file} » n’a pas été importé : il dépasse {max} Mo.',
  'mixed-content':
    'Cette page est arrivée par https, le navigateur ne la laisse donc parler à {server} que par https. Donnez un certificat au serveur ou ouvrez cette page par http.',
  policy:
    'La politique de sécurité de cette page interdit de parler à {server}. Ouvrez la page destinée aux autres serveurs.',
  network:
    '{server} ne répond pas. Vérifiez qu’il fonctionne, que son adresse est juste et qu’il accepte les pages de {page} (Ollama : OLLAMA_ORIGINS, vLLM : --allowed-origins).',
  offline: '{server} est injoignable : cet appareil est hors ligne.',
  cors: '{server} répond, mais pas aux pages de ce site. Faites-lui accepter les pages de {page} (Ollama : OLLAMA_ORIGINS, vLLM : --allowed-origins).',
  silent: 'Le serveur est resté silencieux {seconds} s. Consultez son journal ou réessayez.',
  endless: 'Le serveur a envoyé un message sans fin.',
  badAddress: 'Ce n’est pas l’adresse d’un serveur. Elle ressemble à http://localhost:8000/v1',
  passwordInAddress: 'Ne mettez ni nom ni mot de passe dans l’adresse ; la clé a son propre champ.',
  badKey: 'Une clé n’a que des lettres, des chiffres et des signes, sans espaces.',
  partNotFetched:
    'La partie de la page qui calcule les réponses n’a pas pu être chargée. Vérifiez la connexion, puis réessayez.',
  noModelListed: '{server} n’annonce aucun modèle. Chargez-en un là-bas ou saisissez son nom.',
  wrongModel: '{server} n’a pas de modèle « {model} ». Disponibles : {list}',
  cut: 'La connexion avec {server} s’est terminée avant la réponse. Réessayez.',
  blind: 'Le modèle de {server} ne regarde pas les images.',
  serverTooLarge: '{server} n’accepte pas de requête de cette taille. Prenez une image plus petite.',
  notKept: 'Ce modèle n’est plus conservé dans ce navigateur. Retéléchargez-le ou ajoutez à nouveau ses fichiers.',
  noManifest:
    'Il n’y a pas de manifest.json parmi ces fichiers. Choisissez le dossier entier d’un modèle au format model-format 1.',
  severalModels: 'Il y a plusieurs modèles parmi ces fichiers. Choisissez le dossier de l’un d’eux.',
  fileMissing: 'Le fichier {path} manque parmi ceux choisis. Choisissez le dossier entier du modèle.',
  modelAddress: 'Ce n’est pas l’adresse d’un modèle. Elle ressemble à https://example.org/modele/ ou propriétaire/nom.',
  strictPage:
    'Cette page ne télécharge de modèles que depuis son propre site, et le navigateur y veille. Ouvrez l’autre page pour celui-ci.',
  otherOrigin:
    'Le modèle n’a pas pu être téléchargé depuis {server}. Vérifiez l’adresse et la connexion. L’hébergeur doit aussi autoriser les autres sites à le lire : il doit envoyer l’en-tête Access-Control-Allow-Origin avec chaque fichier.',
  modelNeedsHttps:
    'Cette page est arrivée par https, le navigateur ne la laisse donc télécharger depuis {server} que par https. Utilisez une adresse qui commence par https.',
};
