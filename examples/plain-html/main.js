/** A form with a picture and a question → the answer, written as it comes. No build step. */
import { createAssistant } from './mipha-web/index.js';

const element = (id) => document.getElementById(id);
const assistant = createAssistant({
  onProgress({ step, loaded_bytes, total_bytes }) {
    element('status').textContent = `${step} ${total_bytes ? Math.round((100 * loaded_bytes) / total_bytes) : 0} %`;
  },
});

async function ask() {
  const url = URL.createObjectURL(element('picture').files[0]);
  element('answer').textContent = '';
  try {
    const stream = await assistant.chat.completions.create({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: element('question').value },
          ],
        },
      ],
      stream: true,
    });
    for await (const chunk of stream) element('answer').append(chunk.choices[0]?.delta.content ?? '');
    element('status').textContent = `Answered on ${assistant.info.device}.`;
  } catch (error) {
    element('status').textContent = error.message;
  } finally {
    URL.revokeObjectURL(url);
  }
}

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void ask();
});
