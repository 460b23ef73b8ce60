/** What a video shows right now → a JPEG; and one still of a screen the person picks, with the sharing ended at once. */
import { AppError } from '../../../contract/errors.ts';
import { drawJpeg } from './draw.ts';

/** Null when the video shows nothing yet. */
export async function still(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0) return null;
  const size = { width: video.videoWidth, height: video.videoHeight };
  return drawJpeg(size, (context) => context.drawImage(video, 0, 0), 0.92);
}

/** Throws `image-broken` when the person cancels or the browser forbids it. */
export async function captureScreen(): Promise<Blob> {
  let stream: MediaStream | null = null;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    const image = await still(video);
    if (image === null) throw new Error('the shared screen showed nothing');
    return image;
  } catch (thrown) {
    throw new AppError('image-broken', 'No picture of the screen was taken.', { reason: 'screenFailed' }, thrown);
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
}
