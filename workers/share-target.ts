/** A form that another app posts to the installed one → images that wait until the page asks for them. */

/** More than any question takes; the page says so. A site can post here as well, so there has to be an end. */
const MOST_FILES = 20;
/** The name under which the system shares files; public/app.webmanifest says the same. */
const FIELD = 'pictures';

/** Not among the caches of versions: an update leaves it alone. */
const nameOf = (scope: string): string => `shared ${scope}`;

/** A form without a chosen file sends one that has neither name nor content. */
const isFile = (entry: FormDataEntryValue): entry is File =>
  typeof entry !== 'string' && entry.name + entry.size !== '0';

/** Keeps the files and sends the browser to the page, which adds them to the draft. Nothing is ever asked by itself. */
export async function receiveShare(request: Request, scope: string): Promise<Response> {
  try {
    const files = (await request.formData()).getAll(FIELD).filter(isFile).slice(0, MOST_FILES);
    await caches.delete(nameOf(scope));
    const cache = await caches.open(nameOf(scope));
    for (const [index, file] of files.entries()) {
      await cache.put(new URL(`shared/${index}`, scope), new Response(file));
    }
  } catch {
    // No form, or no room for what it holds: the page says that no file came.
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** The files of the last share, once; none when the browser refuses to give them. */
export async function takeShared(scope: string): Promise<Blob[]> {
  try {
    return await take(scope);
  } catch {
    return []; // the page then says that no file came
  }
}

async function take(scope: string): Promise<Blob[]> {
  const cache = await caches.open(nameOf(scope));
  const blobs: Blob[] = [];
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (kept !== undefined) blobs.push(await kept.blob());
  }
  await caches.delete(nameOf(scope));
  return blobs;
}
