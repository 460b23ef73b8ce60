/** One assistant for as long as a component lives → ask it, see the answer grow, stop it. */
import { type Assistant, createAssistant } from 'mipha-web';
import { useCallback, useEffect, useRef, useState } from 'react';

// The runtime folder lies in public/: worker, WebAssembly and model are files, not modules of this bundle.
const baseUrl = `${import.meta.env.BASE_URL}mipha/`;

export function useAssistant() {
  const assistant = useRef<Assistant | null>(null);
  const running = useRef<AbortController | null>(null);
  const [answer, setAnswer] = useState('');
  const [status, setStatus] = useState('');

  useEffect(() => {
    // Costs nothing yet: the model is loaded with the first question, and freed with the component.
    assistant.current = createAssistant({ baseUrl, onProgress: ({ step }) => setStatus(step) });
    return () => {
      running.current?.abort();
      void assistant.current?.dispose();
    };
  }, []);

  const ask = useCallback(async (picture: File, question: string): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setAnswer('');
    const url = URL.createObjectURL(picture);
    try {
      const stream = await assistant.current!.chat.completions.create({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url } },
              { type: 'text', text: question },
            ],
          },
        ],
        stream: true,
        signal: controller.signal,
      });
      for await (const { choices } of stream) setAnswer((text) => text + (choices[0]?.delta.content ?? ''));
      setStatus('done');
    } catch (thrown) {
      if (!controller.signal.aborted) setStatus(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      URL.revokeObjectURL(url);
    }
  }, []);

  const stop = useCallback(() => running.current?.abort(), []);
  return { answer, status, ask, stop };
}
