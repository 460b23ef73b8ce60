/** A chosen picture → what the model sees in it. */
import { ApiError, createAssistant } from 'mipha-web';

// The runtime folder lies in public/: worker, WebAssembly and model are files, not modules of this bundle.
const assistant = createAssistant({ baseUrl: `${import.meta.env.BASE_URL}mipha/` });
const answer = document.querySelector<HTMLElement>('#answer')!;

const input = document.querySelector('input')!;

async function describe(file: File): Promise<void> {
  const url = URL.createObjectURL(file);
  answer.textContent = '…';
  try {
    const { choices, usage } = await assistant.chat.completions.create({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What shapes are in the picture?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
      max_tokens: 40,
      temperature: 0,
    });
    answer.textContent = choices[0].message.content;
    answer.dataset['tokens'] = String(usage.completion_tokens);
  } catch (thrown) {
    answer.textContent = thrown instanceof ApiError ? `${thrown.message} (${thrown.code})` : String(thrown);
  } finally {
    URL.revokeObjectURL(url);
  }
}

input.addEventListener('change', () => {
  if (input.files?.[0]) void describe(input.files[0]);
});
