// Talks to troupe as OpenAI's own client does: `node completions.mjs URL TOKEN`. Prints what came as one line of JSON.
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [
  { role: 'developer', content: 'Call the user Captain.' },
  { role: 'user', content: [{ type: 'text', text: 'Say something nice.' }] },
];
const told = {};

told.models = (await client.models.list()).data.map((model) => model.id);
told.model = (await client.models.retrieve('chat')).id;

const whole = await client.chat.completions.create({ model: 'chat', messages, max_tokens: 50, temperature: 0.1, seed: 1, tools: [] });
told.whole = whole.choices[0].message.content;
told.usage = whole.usage;

const runner = client.chat.completions.stream({ model: 'chat', messages, stream_options: { include_usage: true } });
told.pieces = [];
runner.on('content', (delta) => told.pieces.push(delta));
const final = await runner.finalChatCompletion();
told.streamed = final.choices[0].message.content;
told.finish = final.choices[0].finish_reason;
told.streamedUsage = final.usage;

told.errors = {};
for (const [name, ask] of Object.entries({
  model: () => client.chat.completions.create({ model: 'nobody', messages }),
  messages: () => client.chat.completions.create({ model: 'chat', messages: [] }),
  key: () => new OpenAI({ baseURL, apiKey: 'sk-wrong', maxRetries: 0 }).models.list(),
}))
  try {
    await ask();
  } catch (error) {
    told.errors[name] = [error.constructor.name, error.status, error.code, error.param];
  }
console.log(JSON.stringify(told));
